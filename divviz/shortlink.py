"""A link cut to a length: what it leaves out, and what that does to the numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import numpy as np

from divviz import families
from divviz.dist import Array, Dist, SceneError
from divviz.errors import spell
from divviz.grammar import decode
from divviz.measures import FIRST, values
from divviz.outcomes import joined_labels
from divviz.pair import Pair
from divviz.scene import Scene, query_string

DIGITS = (0, 9, 6, 4, 3)  # significant digits that numbers keep; 0: all of them
COARSER = (1, 2, 4, 8)  # neighbouring cells of a drawn density that become one
FEWEST_CELLS = 16
LONG_KNOB = 100  # characters from which a lesson's own setting is worth leaving out
SAME = 1e-12

_DATA = re.compile(r"(samples|histogram|fitted)\(")
_NUMBER = re.compile(r"(?:^|(?<=[(,:*+]))-?\d+\.\d+(?:e-?\d+)?(?=[),:*+]|$)")
_KNOB_NUMBER = re.compile(r"(?:^|(?<=[,:;>*]))-?\d+\.\d+(?:e-?\d+)?(?=[,:;>*]|$)")
_DRAWN = re.compile(r"drawn\(([^,()]+,[^,()]+),([\w-]+)\)")

Read = Callable[[str], tuple[Scene, Sequence[SceneError]]]
Parts = Mapping[str, str]


class Cut(NamedTuple):
    """One thing that a link leaves out: "digits", "cells", "names" or "knobs", and how far."""

    code: str
    fields: Mapping[str, Any]


class Change(NamedTuple):
    """The number, a key of MEASURES, that differs most for its size, before and after."""

    key: str
    before: float
    after: float


@dataclass(frozen=True)
class Short:
    """A link, what it leaves out, and the number that changes most; None where all stay."""

    link: str
    cuts: tuple[Cut, ...] = ()
    change: Change | None = None
    data: bool = False


class _Step(NamedTuple):
    knobs: int
    unnamed: bool
    cells: int
    digits: int
    once: bool


def shortened(scene: Scene, link: str, most: int, read: Read) -> Short:
    """The link of a scene in at most so many characters, with the least left out that does it.

    `read` gives the scene of a link, so that what is cut is read as a visitor's browser has it.
    Tried in turn: names said once, which changes nothing; fewer digits; coarser cells; no names;
    without the longest of a lesson's settings. No cut may make a finite number infinite, or the
    other way round. What holds data, and what no cut makes short enough, stays whole.
    """
    parts = dict(parse_qsl(link, keep_blank_values=True))
    data = any(_DATA.search(parts.get(side, "")) for side in ("p", "q"))
    if len(link) <= most or data:
        return Short(link, data=data)
    named = _named(scene, parts)
    steps = _steps(parts)
    if len(query_string(_cut(parts, named, steps[-1]))) > most:
        return Short(link)
    before = _numbers(scene)
    for step in steps:
        text = query_string(_cut(parts, named, step))
        after = _kept(before, text, read) if len(text) <= most else None
        if after is not None:
            return Short(text, tuple(_cuts(parts, named, step)), _largest(before, after))
    return Short(link)


def _steps(parts: Parts) -> list[_Step]:
    """Every way to cut, the one that leaves out least first."""
    knobs = range(len(_long_knobs(parts)) + 1)
    ways = product(knobs, (False, True), COARSER, DIGITS, (False, True))
    return [_Step(*way) for way in ways]


def _cut(parts: Parts, named: Mapping[str, Parts], step: _Step) -> dict[str, str]:
    """The parts of a link after a step."""
    gone = _long_knobs(parts)[: step.knobs]
    names = named["none"] if step.unnamed else named["once"] if step.once else {}
    kept = {key: text for key, text in {**parts, **names}.items() if key not in gone}
    return {key: _shorter(key, text, step) for key, text in kept.items()}


def _shorter(key: str, text: str, step: _Step) -> str:
    if key in ("unit", "show"):
        return text
    if key not in ("p", "q"):
        return _rounded(text, _KNOB_NUMBER, step.digits)
    return _rounded(_coarser(text, step.cells), _NUMBER, step.digits)


def _cuts(parts: Parts, named: Mapping[str, Parts], step: _Step) -> Iterator[Cut]:
    """What a step leaves out of a link, where there was something to leave out."""
    gone = _long_knobs(parts)[: step.knobs]
    if gone:
        yield Cut("knobs", {"names": gone})
    if step.unnamed and named["none"]:
        yield Cut("names", {})
    if step.cells > 1:
        yield Cut("cells", {"count": step.cells})
    if step.digits:
        yield Cut("digits", {"count": step.digits})


# ---- the cuts ------------------------------------------------------------------------------------


def _rounded(text: str, number: re.Pattern[str], digits: int) -> str:
    """Numbers to so many significant digits; 0 leaves them."""
    if not digits:
        return text
    return number.sub(lambda found: spell(float(f"{float(found[0]):.{digits}g}")), text)


def _coarser(text: str, cells: int) -> str:
    """Drawn densities with each so many neighbouring cells as one, where they divide by that."""
    return _DRAWN.sub(lambda found: f"drawn({found[1]},{_merged(found[2], cells)})", text)


def _merged(code: str, cells: int) -> str:
    levels = np.array(decode(code), float)
    if cells == 1 or len(levels) % cells or len(levels) // cells < FEWEST_CELLS:
        return code
    means = levels.reshape(-1, cells).mean(axis=1)
    # What was drawn above 0 anywhere stays above 0: a cell of level 0 is outside the support.
    whole = np.where(means > 0, np.maximum(np.rint(means), 1), 0)
    return families.levels_text(whole.astype(int).tolist())


def _named(scene: Scene, parts: Parts) -> dict[str, Parts]:
    """P and Q as text with their names "once", by P alone, and with "none"; empty without names."""
    sides: dict[str, Dist] = {side: getattr(scene, side) for side in ("p", "q") if side in parts}
    labels = joined_labels(scene.p, scene.q)
    bare = {
        side: str(families.pmf(_masses(dist, labels)))
        for side, dist in sides.items()
        if labels is not None and dist.labels is not None
    }
    alike = len(bare) == 2 and scene.p.labels == scene.q.labels
    return {"none": bare, "once": {"q": bare["q"]} if alike else {}}


def _masses(dist: Dist, labels: Sequence[str]) -> Array:
    own = dict(zip(dist.labels or (), dist.weights.tolist(), strict=True))
    return np.array([own.get(name, 0.0) for name in labels])


def _long_knobs(parts: Parts) -> list[str]:
    """A lesson's own settings that take much room, the longest first."""
    own = [key for key in parts if key not in ("p", "q", "unit", "show")]
    return sorted(
        (key for key in own if len(parts[key]) > LONG_KNOB), key=lambda key: -len(parts[key])
    )


# ---- what a cut changes --------------------------------------------------------------------------


def _numbers(scene: Scene) -> dict[str, float]:
    """The numbers of the first screen; NaN where one means nothing."""
    found = values(Pair(scene.p, scene.q), scene.unit, keys=FIRST)
    return {key: math.nan if value is None else value for key, value in found.items()}


def _kept(before: Mapping[str, float], link: str, read: Read) -> dict[str, float] | None:
    """The numbers of a cut link; None where it cannot be read, or takes one to infinity or back."""
    try:
        scene, errors = read(link)
        after = _numbers(scene)
    except SceneError:
        return None
    lost = errors or any(_kind(before[key]) != _kind(after[key]) for key in before)
    return None if lost else after


def _largest(before: Mapping[str, float], after: Mapping[str, float]) -> Change | None:
    """The number that changes most for its size; None where none does."""
    finite = [Change(key, before[key], after[key]) for key in before if math.isfinite(before[key])]
    some = [one for one in finite if abs(one.after - one.before) > SAME * max(1, abs(one.before))]
    return max(some, key=_share, default=None)


def _kind(value: float) -> str:
    return "number" if math.isfinite(value) else str(value)


def _share(change: Change) -> float:
    return abs(change.after - change.before) / max(abs(change.after), abs(change.before))
