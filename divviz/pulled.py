"""f as a hand has it: a generator by its key or a broken line, and how tall its picture is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from divviz import bent, knobs
from divviz.bent import KNOTS, RISE, STEEPEST, Bent
from divviz.dist import SceneError
from divviz.generators import GENERATORS, Generator

KEYS = ("kl", "reverse_kl", "js", "total_variation", "squared_hellinger", "pearson")
# The points with a hand: the one at 1/4 follows, so that a finger can tell them apart.
HANDS = {"0": 0, "0.5": 2, "2": 4, "4": 5, "end": RISE}
RIGHT = 4.75  # the ratio at which a picture ends, and where the hand beyond the last knot is
DEPTH = 0.3  # of the height above zero: how far below zero a picture goes
SNAP = 0.012  # of a picture's height: closer to zero than this is exactly there
HIGHEST = STEEPEST / 8  # of what a hand can take hold of
REACH = HIGHEST / 7  # of a hand: where f(1/2) is below zero, f(4) is six times as far above
TALL = knobs.number("f", 1.0, 0.01, 100 * STEEPEST, 0.01)


@dataclass(frozen=True)
class Curve:
    """f: one of KEYS, or `own` where a hand has bent it; its picture ends `tall` above zero.

    Made by `read`; its one spelling is the key, or the slopes, and how tall where that is not
    what fits: `0,0,0,0,1,1;6`.
    """

    key: str
    own: Bent | None
    tall: float

    def __str__(self) -> str:
        if self.own is None:
            return self.key
        fits = self.tall == tall_enough(made(self.own))
        return str(self.own) if fits else f"{self.own};{self.tall:.6g}"

    @property
    def generator(self) -> Generator:
        """The generator itself."""
        return GENERATORS[self.key] if self.own is None else made(self.own)

    @property
    def broken(self) -> Bent:
        """The broken line that a hand takes hold of."""
        return bent.start(self.key) if self.own is None else self.own


@lru_cache(maxsize=64)
def made(own: Bent) -> Generator:
    """The generator of a broken line."""
    return bent.made(own)


@lru_cache(maxsize=64)
def read(text: str) -> Curve:
    """The curve that `str` of one spells; SceneError for no curve, or one too high for a hand.

    >>> read("0,0,0,0,1,1").tall
    3.0
    """
    if text in KEYS:
        return Curve(text, None, tall_enough(GENERATORS[text]))
    slopes, _, tall = text.partition(";")
    own = bent.read(slopes)
    for height in (*own.heights.tolist(), own.slopes[-1]):
        if HIGHEST < abs(height) < math.inf:
            raise SceneError("bent_height", value=height, most=HIGHEST)
    return Curve("", own, TALL.read(tall) if tall else tall_enough(made(own)))


def tall_enough(one: Generator) -> float:
    """How high a picture must go to show f between its knots, to two digits."""
    heights = one.f(np.array([*KNOTS, RIGHT]))
    # An end that is open runs off the picture anyway.
    seen = heights[:-1] if math.isinf(one.critic[1]) else heights
    seen = seen[np.isfinite(seen)]
    low = min(float(seen.min()), float(heights[-1]), 0.0)
    top = max(1.08 * float(seen.max()), -1.05 * low / DEPTH, 0.2)
    power = 10.0 ** (math.floor(math.log10(top)) - 1)
    return float(f"{math.ceil(top / power) * power:.6g}")


def dragged(now: Curve, hand: str, to: float) -> Curve:
    """The curve with one of HANDS at a height; at the top of its picture an end opens.

    The picture stays as tall as it was. SceneError for another hand.
    """
    if hand not in HANDS:
        raise SceneError("bent_held", index=hand[:20])
    knot, target = HANDS[hand], min(max(to, -REACH), REACH)
    if abs(target) < SNAP * now.tall:
        target = 0.0
    if knot in (0, RISE) and to >= now.tall:
        target = math.inf
    elif knot == RISE:
        # The piece beyond the last knot is what is held: it only turns upward.
        last, before = KNOTS[-1], float(now.broken.straight[-2])
        rise = (target - float(now.generator.f(np.array(last)))) / (RIGHT - last)
        target = max(min(rise, REACH), before)
    return Curve("", bent.dragged(now.broken, knot, target), now.tall)


def fitted(now: Curve) -> Curve:
    """The same curve in a picture that is as tall as it needs to be."""
    return read(now.key or str(now.own))
