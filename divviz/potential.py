"""The dual of W1: a critic that scores places, and how far it tells P from Q at slopes up to 1.

The score of a critic f is E_P[f] - E_Q[f]. With the CDFs F of P and G of Q it is the integral of
f'(x) (G(x) - F(x)) dx, so no critic of slopes between -1 and 1 scores above W1, the integral of
|F - G|, and one whose slope is the sign of G - F scores W1 itself.
Source: Villani, Topics in Optimal Transportation (2003), theorem 1.14 and (2.48).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from divviz.areas import areas, staircase
from divviz.discrete import numbers, refuse
from divviz.dist import QUIET, Array, SceneError
from divviz.gap import zeros
from divviz.ladders import on_line
from divviz.pair import Pair
from divviz.places import refuse_unordered
from divviz.quadrature import interpolated, rule

FARTHEST = 1e30
ROUNDED = 1e-9  # by how much a slope of 1 may exceed 1
ZEROS = 1e-6  # of half a panel: how far off `zeros` may be
EQUAL = 1e-12  # of the largest: a gap of the CDFs that is smaller is rounding


@dataclass(frozen=True)
class Critic:
    """A broken line through `values` (k,) at ascending x (k,), with the slopes `left` and `right`
    beyond its ends.
    """

    x: tuple[float, ...]
    values: tuple[float, ...]
    left: float = 0.0
    right: float = 0.0

    @QUIET
    def at(self, x: Any) -> Array:
        """The critic at places x of any shape."""
        places = np.asarray(x, float)
        before = np.minimum(places - self.x[0], 0.0)
        after = np.maximum(places - self.x[-1], 0.0)
        inner = np.interp(places, self.x, self.values)
        result: Array = inner + _times(self.left, before) + _times(self.right, after)
        return result

    @property
    @QUIET
    def slopes(self) -> Array:
        """The slope of each piece from left to right (k + 1,), those beyond the ends included."""
        inner = np.diff(self.values) / np.diff(self.x)
        return np.concatenate([[self.left], inner, [self.right]])

    @property
    def lipschitz(self) -> float:
        """The steepest slope up or down: the Lipschitz constant."""
        return float(np.abs(self.slopes).max())

    @property
    def feasible(self) -> bool:
        """Whether no slope exceeds 1, but for rounding."""
        return self.lipschitz <= 1 + ROUNDED


def _times(slope: float, way: Array) -> Any:
    """slope times way, where no slope times an endless way is 0."""
    return slope * way if slope else 0.0


def critic(x: Iterable[float], values: Iterable[float]) -> Critic:
    """The broken line through values (k,) at ascending x (k,), level beyond its ends.

    SceneError for no places, places that do not ascend, numbers beyond 1e30, and lengths that
    differ.

    >>> critic([0, 1, 3], [0, 1, 0]).lipschitz
    1.0
    """
    at, f = _checked_places(x), numbers(values, "potential_value")
    if len(f) != len(at):
        raise SceneError("critic", count=len(at))
    refuse("potential_value", f, ~(np.abs(f) <= FARTHEST))
    return Critic(tuple(at.tolist()), tuple((f + 0.0).tolist()))


def _checked_places(x: Iterable[float]) -> Array:
    at = numbers(x, "place") + 0.0
    if not len(at):
        raise SceneError("places_none")
    refuse_unordered(at)
    return at


# --- scores ---------------------------------------------------------------------------------------


@QUIET
def score(pair: Pair, f: Critic) -> float | None:
    """E_P[f] - E_Q[f] in units of f: at most W1 times the Lipschitz constant of f.

    inf or -inf where a tail decides so, None where two tails contradict each other.
    """
    left, inner, right = areas(pair, np.array(f.x))
    rise = np.diff(f.values)
    # The mean gap over a piece is at most 1, whatever its width: no slope is formed.
    total = float((rise * (inner / np.diff(f.x))).sum())
    ends = [slope * area for slope, area in ((f.left, left), (f.right, right)) if slope and area]
    found = math.fsum([total, *ends]) if all(map(math.isfinite, ends)) else sum(ends)
    return None if math.isnan(found) else found + 0.0


@QUIET
def best_on(pair: Pair, x: Iterable[float]) -> Critic:
    """The feasible critic of the highest score among broken lines with corners at x (k,) alone.

    It is level beyond its ends, and 0 at the first place. On the outcomes of a discrete pair it
    scores W1. SceneError as for `critic`.
    """
    at = _checked_places(x)
    return Critic(tuple(at.tolist()), _climbed(at, _signs(areas(pair, at)[1], np.diff(at))))


def _signs(area: Array, width: Array) -> Array:
    """The sign of each area (n,), 0 where it is rounding: next to nothing, and so its height."""
    small = [np.abs(v) <= EQUAL * np.abs(v).max(initial=0.0) for v in (area, area / width)]
    return np.where(small[0] & small[1], 0.0, np.sign(area))


def _climbed(x: Array, slopes: Array) -> tuple[float, ...]:
    """Values (k,) from 0 along the slopes (k - 1,)."""
    return tuple((np.append(0.0, np.cumsum(slopes * np.diff(x))) + 0.0).tolist())


# --- the steepest critic --------------------------------------------------------------------------


@QUIET
def steepest(pair: Pair) -> Critic:
    """A feasible critic that scores W1: its slope is the sign of G - F, and 0 where F = G.

    It is 0 at P's median. Where the CDFs are equal any slope between -1 and 1 would do; beyond the
    last difference that double precision shows, the critic goes on as it was unless both
    distributions have ended. Named outcomes stand at 0, 1, 2, ...

    >>> from divviz.grammar import parse
    >>> steepest(Pair(parse("pmf(0:1)"), parse("pmf(3:1)"))).values
    (0.0, -3.0)
    """
    if pair.mixed:
        turns, slopes = _mixed_turns(pair)
    elif pair.discrete:
        inner = _signs(areas(pair, pair.x)[1], np.diff(pair.x))
        turns, slopes = pair.x, np.concatenate([[0.0], inner, [0.0]])
    else:
        turns, slopes = _smooth_turns(pair)
    return _through(pair, turns, slopes)


def _through(pair: Pair, turns: Array, slopes: Array) -> Critic:
    """The critic with slopes (k + 1,) between turns (k,), without corners that are none."""
    wide = np.append(turns[1:] > turns[:-1], True)[: len(turns)]
    turns, slopes = turns[wide], np.append(slopes[:1], slopes[1:][wide]) + 0.0
    bent = slopes[1:] != slopes[:-1]
    turns, slopes = turns[bent], np.append(slopes[:1], slopes[1:][bent])
    median = float(pair.P.quantile(0.5))
    if not len(turns):
        return Critic((median,), (0.0,), float(slopes[0]), float(slopes[0]))
    raw = Critic(
        tuple(turns.tolist()), _climbed(turns, slopes[1:-1]), float(slopes[0]), float(slopes[-1])
    )
    values = np.array(raw.values) - raw.at(median) + 0.0
    return Critic(raw.x, tuple(values.tolist()), raw.left, raw.right)


def _mixed_turns(pair: Pair) -> tuple[Array, Array]:
    _, cuts, density = staircase(pair)
    low, high = density.support()[0][0], density.support()[-1][1]
    cuts = np.union1d(cuts, [end for end in (low, high) if math.isfinite(end)])
    left, inner, right = areas(pair, cuts)
    return cuts, np.concatenate([[np.sign(left)], _signs(inner, np.diff(cuts)), [np.sign(right)]])


def _smooth_turns(pair: Pair) -> tuple[Array, Array]:
    """Where the sign of the gap changes (k,), and -sign before, between and after (k + 1,)."""
    x, gap = _framed(pair)
    sign = np.where(np.abs(gap) > EQUAL * np.abs(gap).max(), -np.sign(gap), 0.0).ravel()
    flat = x.ravel()
    seen = np.flatnonzero(sign)
    if not len(seen):
        return flat[:1], np.zeros(2)
    first, last = int(seen[0]), int(seen[-1])
    ended = [all(d.tail()[k].kind == "end" for d in (pair.P, pair.Q)) for k in (0, 1)]
    sign[:first] = 0.0 if ended[0] else sign[first]
    sign[last + 1 :] = 0.0 if ended[1] else sign[last]
    change = np.flatnonzero(sign[1:] != sign[:-1])
    turns = np.where(sign[change] == 0, flat[change], flat[change + 1])
    across = sign[change] * sign[change + 1] < 0
    turns[across] = _crossing_places(pair, change[across])
    return turns, np.append(sign[change], sign[-1] if not len(change) else sign[change[-1] + 1])


def _framed(pair: Pair) -> tuple[Array, Array]:
    """Places and F - G (k, n + 2) at the start, the nodes and the end of each panel."""
    mesh, steps = pair.mesh, pair.gap.steps
    assert steps is not None
    panels, shape = mesh.panels, (len(mesh.panels), mesh.order)
    starts, stops = on_line(panels, panels.start), on_line(panels, panels.stop)
    return (
        np.column_stack([starts, mesh.x.reshape(shape), stops]),
        np.column_stack([steps.before, pair.gap.values.reshape(shape), steps.after]),
    )


def _crossing_places(pair: Pair, change: Any) -> Array:
    """The places where the gap crosses 0 after the framed points number `change`."""
    mesh, steps = pair.mesh, pair.gap.steps
    assert steps is not None
    panel, slot = np.divmod(change, mesh.order + 2)
    if mesh.order == 1:
        s = 2 * steps.before[panel] / (steps.before[panel] - steps.after[panel]) - 1
    else:
        s = _sharpened(pair.gap.values.reshape(-1, mesh.order)[panel], steps.moves[panel], slot)
    own = mesh.panels.take(panel)
    return on_line(own, 0.5 * (own.start + own.stop) + 0.5 * s * (own.stop - own.start))


def _sharpened(values: Array, moves: Array, slot: Any) -> Array:
    """Where in [-1, 1] the interpolants of values (r, n) cross 0 past `slot`, by Newton's steps."""
    s = zeros(values, slot)
    both = np.stack([values, moves / rule(values.shape[1]).weights], axis=1)
    for _ in range(2):
        value, slope = interpolated(both, s[:, None])[..., 0].T
        step = np.where(slope != 0, value / np.where(slope != 0, slope, 1.0), 0.0)
        s = s - np.clip(step, -ZEROS, ZEROS)
    return np.clip(s, -1.0, 1.0)
