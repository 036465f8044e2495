"""A generator f that a hand bends: broken lines with f(1) = 0, and the divergence it makes.

A broken line is a choice with reasons: what the hand holds is what there is; its conjugate is a
broken line too, whose every piece is one tangent; and its divergence is a sum of a few hockey
sticks, one for each kink, of which total variation is the one at u = 1. Convexity is that slopes
do not fall. An end may be open: f(0) infinite, as in -log u, or its slope, as in u log u.
Sources: Liese & Vajda, IEEE Trans. Inf. Theory 52 (2006), on f-divergences as mixtures of such
kinks; Sason & Verdu, IEEE Trans. Inf. Theory 62 (2016), on the divergence E_gamma.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from divviz.cutting import cut_at_levels
from divviz.dist import QUIET, Array, SceneError, spell
from divviz.generators import Generator, generator
from divviz.ground import Ground
from divviz.infinity import Reason
from divviz.information import infinite_pq, infinite_qp
from divviz.overlap import total_variation
from divviz.pair import Pair
from divviz.powers import sampled

KNOTS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
ONE = KNOTS.index(1.0)
RISE = len(KNOTS)  # what comes after the knots: the slope beyond the last
DIGITS = 6
STEEPEST = 1000.0
_U = np.array(KNOTS)
_KINKS = _U[1:]
_BELOW = _KINKS < 1
_WIDTHS = np.diff(_U)
# Rows: the heights at the knots, and the slope beyond the last. A line, and a hinge at each kink.
_TILT = np.append(_U - 1, 1.0)
_HINGES = np.vstack(
    [np.maximum(np.where(_BELOW, -1, 1) * (_U[:, None] - _KINKS), 0.0), np.where(_BELOW, 0.0, 1.0)]
)


@dataclass(frozen=True)
class Bent:
    """f by its slopes (6,) between the knots and beyond the last, from left to right.

    Made by `bent`. A first slope of -inf stands for a piece like -log u that goes on from the next
    slope, a last of inf for one like u log u that goes on from the one before.
    """

    slopes: tuple[float, ...]

    @cached_property
    def heights(self) -> Array:
        """f at the knots (6,), 0 at 1."""
        inner = np.array(self.slopes[: len(KNOTS) - 1])
        rise = np.concatenate([[0.0], np.cumsum(np.maximum(inner, -STEEPEST) * _WIDTHS)])
        result: Array = rise - rise[ONE] + 0.0
        if math.isinf(self.slopes[0]):
            result[0] = math.inf
        return result

    @cached_property
    def straight(self) -> Array:
        """The slopes (6,) with an open end as steep as the piece beside it."""
        s = np.array(self.slopes)
        if math.isinf(s[0]):
            s[0] = s[1]
        if math.isinf(s[-1]):
            s[-1] = s[-2]
        return s

    @cached_property
    def kinks(self) -> Array:
        """By how much the slope grows at each knot but the first (5,): at 1/4, 1/2, 1, 2, 4."""
        result: Array = np.diff(self.straight)
        return result

    @property
    def open_left(self) -> bool:
        """Whether f(0) is infinite."""
        return math.isinf(self.slopes[0])

    @property
    def open_right(self) -> bool:
        """Whether the slope grows without bound."""
        return math.isinf(self.slopes[-1])

    def __str__(self) -> str:
        return ",".join(spell(s) for s in self.slopes)


def bent(slopes: Iterable[object]) -> Bent:
    """The generator of 6 slopes that do not fall, each from -1000 to 1000, rounded to 1e-6.

    The first may be -inf and the last inf. SceneError for anything else.

    >>> bent([-0.5, -0.5, -0.5, 0.5, 0.5, 0.5]).heights.tolist()
    [0.5, 0.375, 0.25, 0.0, 0.5, 1.5]
    """
    given = [_number(place, slope) for place, slope in enumerate(_listed(slopes), 1)]
    if len(given) != RISE:
        raise SceneError("bent_count", count=len(given), most=RISE)
    for place, (left, right) in enumerate(pairwise(given), 2):
        if right < left:
            raise SceneError("bent_convex", position=place, value=right, before=left)
    return Bent(tuple(given))


def _listed(values: Iterable[object]) -> list[object]:
    if not isinstance(values, Iterable):
        raise SceneError("numbers_list", value=type(values).__name__)
    return list(values)


def _number(place: int, value: object) -> float:
    error = SceneError("bent_slope", position=place, value=value, most=STEEPEST)
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise error from None
    end = (place == 1 and number == -math.inf) or (place == RISE and number == math.inf)
    if not (abs(number) <= STEEPEST or end):
        raise error
    return round(number, DIGITS) + 0.0


def read(text: object) -> Bent:
    """The generator that `str` of one spells, six numbers with commas; else SceneError.

    >>> str(read("-1,-0.75,-.5,0.5,1,inf"))
    '-1,-0.75,-0.5,0.5,1,inf'
    """
    if not isinstance(text, str) or len(text) > 40 * RISE:
        raise SceneError("bent_text")
    return bent(text.split(","))


# --- bending ---------------------------------------------------------------------------------


def start(key: str) -> Bent:
    """Through the values at the knots of a generator of GENERATORS, less f(1); else SceneError.

    Its ends are open where that generator's are: f(0) or f'(inf) infinite.
    """
    one = generator(key)
    heights = one.f(_U) - one.f(np.array(1.0))
    rise = one.critic[1]
    slopes = np.diff(heights) / _WIDTHS
    slopes[~np.isfinite(slopes)] = -np.inf
    return bent([*slopes.tolist(), max(rise, float(slopes[-1]))])


def dragged(one: Bent, knot: int, to: float) -> Bent:
    """The nearest to `one` whose height at that knot, by index, is `to`; RISE for the last slope.

    An end opens with `to` inf. Drag from what stood there when the hand took hold, so that going
    back goes back. Errors as `convex`.
    """
    target = [*one.heights.tolist(), one.slopes[-1]]
    if knot not in range(len(target)):
        raise SceneError("bent_held", index=knot)
    target[knot] = to
    return convex(target[:RISE], target[RISE], knot)


def convex(heights: Iterable[object], rise: float, held: int | None = None) -> Bent:
    """The convex f nearest to `heights` (6,) at the knots and to the slope `rise` beyond the last.

    f(1) = 0 whatever is given there, and the one `held`, a knot's index or RISE, stays where it is;
    the others give way, by as little as the sum of their squares allows. f(0) and rise may be inf.
    SceneError for numbers that are none or too large, or a knot that cannot be held.
    """
    target = np.array([_height(k, h) for k, h in enumerate(_listed(heights))])
    if len(target) != len(KNOTS):
        raise SceneError("bent_count", count=len(target), most=len(KNOTS))
    target = np.append(target, _height(RISE, rise))
    if held is not None and (held == ONE or not 0 <= held <= RISE):
        raise SceneError("bent_held", index=held)
    return _nearest(target, held)


def _height(k: int, value: object) -> float:
    if k == ONE:
        return 0.0
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not (abs(number) <= STEEPEST / 8 or (number == math.inf and k in (0, RISE))):
        raise SceneError("bent_height", value=value, most=STEEPEST / 8)
    return number


def _nearest(target: Array, held: int | None) -> Bent:
    """Least squares over f = a (u - 1) + the sum of w hinges, where no w is negative."""
    from scipy.optimize import nnls

    finite = np.isfinite(target)
    # An open end takes the place of the kink beside it.
    free = np.array([finite[0], True, True, True, finite[RISE]])
    hinges, wanted = _HINGES[:, free], np.where(finite, target, 0.0)
    if held is not None and finite[held]:
        # The one that is held says what a is, whatever the kinks are: so it is met exactly.
        share = _TILT / _TILT[held]
        design = hinges - np.outer(share, hinges[held])
        found, _ = nnls(design[finite], (wanted - share * wanted[held])[finite])
        tilt = (wanted[held] - hinges[held] @ found) / _TILT[held]
    else:
        design = np.column_stack([hinges, _TILT, -_TILT])
        *found, up, down = nnls(design[finite], wanted[finite])[0]
        tilt = up - down
    kinks = np.zeros(len(_KINKS))
    kinks[free] = found
    slopes = tilt + np.append(0.0, np.cumsum(kinks)) - kinks[:2].sum()
    slopes = np.clip(slopes, -STEEPEST, STEEPEST)
    slopes[[0, -1]] = np.where(finite[[0, -1]], slopes[[0, -1]], (-math.inf, math.inf))
    return bent(slopes.tolist())


# --- the generator ---------------------------------------------------------------------------


def made(one: Bent) -> Generator:
    """The generator with all that those of GENERATORS have: f, slope, conjugate, divergence."""
    return Generator(
        "bent",
        "f(u)",
        lambda u: _f(one, np.asarray(u, float)),
        lambda u: _slope(one, np.asarray(u, float)),
        lambda t: _conjugate(one, np.asarray(t, float)),
        (one.slopes[0], one.slopes[-1]),
        lambda pair: divergence(one, pair),
        lambda pair: infinite(one, pair),
    )


def _f(one: Bent, u: Array) -> Array:
    s = one.straight
    inner = np.where(u < KNOTS[1], one.heights[1] + s[0] * (u - KNOTS[1]), 0.0)
    lines = np.interp(u, _U[1:], one.heights[1:])
    f = np.where(u < KNOTS[1], inner, lines)
    f = np.where(u > KNOTS[-1], one.heights[-1] + s[-1] * (u - KNOTS[-1]), f)
    if one.open_left:
        x = np.minimum(u / KNOTS[1], 1.0)
        f = f + (x - 1 - np.log(x))
    if one.open_right:
        y = np.maximum(u / KNOTS[-1], 1.0)
        f = f + np.where(np.isinf(y), np.inf, KNOTS[-1] * (y * np.log(y) - y + 1))
    return f + 0.0


def _slope(one: Bent, u: Array) -> Array:
    """f', and at a kink the middle of its range, as for total variation."""
    s = one.straight
    right = s[np.clip(np.searchsorted(_U, u, side="right") - 1, 0, RISE - 1)]
    left = s[np.clip(np.searchsorted(_U, u, side="left") - 1, 0, RISE - 1)]
    slope = 0.5 * (left + right)
    if one.open_left:
        slope = slope + np.minimum(1 / KNOTS[1] - 1 / u, 0.0)
    if one.open_right:
        slope = slope + np.log(np.maximum(u / KNOTS[-1], 1.0))
    return slope + 0.0


def _conjugate(one: Bent, t: Array) -> Array:
    """sup of t u - f(u): at a knot, or beside the open ends where the slope of f is t."""
    s, h = one.straight, one.heights
    first = 1 if one.open_left else 0
    # At an infinite t the knot at 0 still has its say: 0 times infinity is 0 there.
    at_knots = np.clip(t, -1e300, 1e300)[..., None] * _U[first:] - h[first:]
    result: Array = at_knots.max(axis=-1)
    if one.open_left:
        u = KNOTS[1]
        beside = s[0] * u - h[1] - np.log1p(u * np.maximum(s[0] - t, 0.0))
        result = np.where(t < s[0], beside, result)
    if one.open_right:
        u = KNOTS[-1]
        beyond = s[-1] * u - h[-1] + u * np.expm1(np.maximum(t - s[-1], 0.0))
        return np.where(t > s[-1], beyond, result) + 0.0
    return np.where(t > s[-1], np.inf, result) + 0.0


def tangent(one: Generator, u: float) -> tuple[float, float]:
    """(t, -f*(t)): slope and intercept of the tangent of f at u >= 0, t in the middle at a kink.

    The tangent is the highest line of that slope below f: f(v) >= t v - f*(t) for all v.
    """
    t = float(one.slope(np.array(u)))
    if math.isinf(t):
        return t, float(one.f(np.array(u)))
    return t, 0.0 - float(one.conjugate(np.array(t)))


# --- the divergence --------------------------------------------------------------------------


def infinite(one: Bent, pair: Pair) -> Reason | None:
    """Why D_f is infinite, else None: only an open end can make it so."""
    found = infinite_pq(pair) if one.open_right else None
    return found or (infinite_qp(pair) if one.open_left else None)


def divergence(one: Bent, pair: Pair) -> float:
    """D_f(P||Q) where it is finite: E_Q[f(p/q)] + f'(inf) P(q = 0)."""
    return math.fsum(parts(one, pair).values())


def parts(one: Bent, pair: Pair) -> dict[float, float]:
    """What each kink u adds to D_f, its bend times its hockey stick; and the open ends at 0, inf.

    Each is 0 or more, and they sum to D_f, where it is finite.
    """
    found = {
        knot: bend * hockey_stick(pair, knot)
        for knot, bend in zip(KNOTS[1:], one.kinks.tolist(), strict=True)
        if bend > 0
    }
    if one.open_left:
        found[0.0] = _open_end(_places(pair).swapped, 1 / KNOTS[1]) + pair.beyond("Q")
    if one.open_right:
        found[math.inf] = _open_end(_places(pair), KNOTS[-1]) + pair.beyond("P")
    return found


@QUIET
def hockey_stick(pair: Pair, knot: float) -> float:
    """E_Q[(p/q - c)+] + P(q = 0), or E_Q[(c - p/q)+], for c one of the knots: above 1, or below.

    At c = 1 both are total variation.
    """
    if knot == 1:
        return total_variation(pair)
    if pair.disjoint:
        return min(knot, 1.0)
    if ("hockey_stick", knot) not in pair.kept:
        g = _places(pair)
        more = g.p - knot * g.q if knot > 1 else knot * g.q - g.p
        pair.kept["hockey_stick", knot] = float(np.maximum(more, 0.0).sum())
    found: float = pair.kept["hockey_stick", knot]
    return found


def _places(pair: Pair) -> Ground:
    """Outcomes, or nodes of panels cut where p/q passes a knot."""
    if pair.discrete:
        return pair.ground
    if "bent" not in pair.kept:
        panels = cut_at_levels(pair, pair.mesh.panels, np.log(_KINKS[_KINKS != 1]))
        pair.kept["bent"] = sampled(pair, panels, pair.mesh.order).ground
    found: Ground = pair.kept["bent"]
    return found


@QUIET
def _open_end(g: Ground, c: float) -> float:
    """The sum of p log(p/(c q)) - p + c q where p > c q: u log u above its tangent at c."""
    d = g.log_ratio - math.log(c)
    some = (d > 0) & (g.p > 0)
    p, q, d = g.p[some], g.q[some], d[some]
    return float((p * d - p + c * q).sum())
