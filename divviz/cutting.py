"""Panels of two densities cut at given places, and where p/q turns or crosses given levels.

Between such cuts an integrand that has a kink there, |p - c q| say, is smooth again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from divviz.dist import QUIET, Array
from divviz.ground import log_ratio
from divviz.ladders import on_line, points_at
from divviz.pair import Pair
from divviz.quadrature import Panels, rule

SAMPLES = 16
INSIDE = 1 - 1e-12  # the ends of a panel, seen from within
ROUNDS = 10
SHARE = np.linspace(0.0, 1.0, 9)
NOISE = 1e-11  # what rounding may move log p/q by, relative to the logs
NOTHING = -50.0  # log of a panel's mass that no sum notices
Index = NDArray[np.intp]


class _Bracket(NamedTuple):
    """Stretches low..high (r,) of s in [-1, 1], each of the panel `at` (r,)."""

    at: Index
    low: Array
    high: Array


@QUIET
def cut_at(panels: Panels, x: Array) -> Panels:
    """The panels cut at those of the places x (n,) that lie inside of one."""
    left, right = on_line(panels, panels.start), on_line(panels, panels.stop)
    at = np.clip(np.searchsorted(right, x), 0, len(panels) - 1)
    inside = (left[at] < x) & (x < right[at])
    at, x = at[inside], x[inside]
    offset, side = x - panels.anchor[at], panels.side[at]
    return _divided(panels, at, np.where(side == 0, offset, np.log(np.abs(offset))))


def _divided(panels: Panels, at: Index, u: Array) -> Panels:
    """The panels with those of index `at` (r,) divided at u (r,), each within its panel."""
    owner = np.concatenate([np.arange(len(panels)), at])
    start = np.concatenate([panels.start, u])
    way = np.sign(panels.stop - panels.start)[owner]
    order = np.lexsort((start * way, owner))
    owner, start = owner[order], start[order]
    last = np.append(owner[1:] != owner[:-1], True)
    stop = np.where(last, panels.stop[owner], np.append(start[1:], 0.0))
    some = start != stop
    owner = owner[some]
    return Panels(panels.anchor[owner], panels.side[owner], start[some], stop[some])


@QUIET
def cut_at_levels(pair: Pair, panels: Panels, levels: Array) -> Panels:
    """The panels cut where log p/q takes one of the `levels` (k,), and where it turns.

    A turn is cut as well, so that between cuts log p/q rises or falls and takes a level once.
    """
    if pair.mesh.order == 1:
        return panels
    s, d = _sampled(pair, panels)
    turns, peak = _turning(s, d)
    panels = _divided(panels, turns.at, _turn(pair, panels, turns, peak))
    s, d = _sampled(pair, panels)
    above = d[:, :, None] > levels
    panel, slot, level = np.nonzero(above[:, 1:] != above[:, :-1])
    found = _Bracket(panel, s[slot], s[slot + 1])
    return _divided(panels, panel, _crossing(pair, panels, found, levels[level]))


def _sampled(pair: Pair, panels: Panels) -> tuple[Array, Array]:
    """s (m,) and log p/q there (k, m); 0 where no mass is near."""
    s = np.concatenate([[-INSIDE], rule(SAMPLES).nodes, [INSIDE]])
    every = np.broadcast_to(s, (len(panels), len(s)))
    points = points_at(panels, _along(panels, np.arange(len(panels)), every))
    log_p, log_q = (d.family.log_density(points, *d.args) for d in (pair.P, pair.Q))
    d = log_ratio(pair.P, pair.Q, points, log_p, log_q)
    width = np.log(np.abs(on_line(panels, panels.stop) - on_line(panels, panels.start)))
    mass = np.maximum(log_p, log_q).max(axis=1) + width
    return s, np.where((mass > NOTHING)[:, None], d, 0.0)


def _along(panels: Panels, at: Index, s: Array) -> Array:
    """u at s (r, m) of the panels `at` (r,)."""
    start, stop = panels.start[at][:, None], panels.stop[at][:, None]
    result: Array = 0.5 * (stop + start) + 0.5 * (stop - start) * s
    return result


def _ratio(pair: Pair, panels: Panels, at: Index, s: Array) -> Array:
    points = points_at(panels.take(at), _along(panels, at, s))
    log_p, log_q = (d.family.log_density(points, *d.args) for d in (pair.P, pair.Q))
    return log_ratio(pair.P, pair.Q, points, log_p, log_q)


def _turning(s: Array, d: Array) -> tuple[_Bracket, Array]:
    """Stretches within which log p/q has a greatest value (peak 1) or a least (-1), (r,)."""
    rise = np.diff(d)
    sure = np.abs(rise) > NOISE * (1 + np.abs(d[:, 1:]))
    way = np.where(sure & np.isfinite(rise), np.sign(rise), 0.0)
    # Two samples of the same height may stand on both sides of the turn.
    level = way[:, :-1] == 0
    before = np.where(level, np.pad(way, ((0, 0), (1, 0)))[:, :-2], way[:, :-1])
    panel, slot = np.nonzero(before * way[:, 1:] < 0)
    return _Bracket(panel, s[slot - level[panel, slot]], s[slot + 2]), before[panel, slot]


def _turn(pair: Pair, panels: Panels, found: _Bracket, peak: Array) -> Array:
    """u of the extremes (r,), each stretch narrowed fourfold in each round around its best."""
    at, low, high = found
    rows = np.arange(len(at))
    for _ in range(ROUNDS if len(at) else 0):
        s = low[:, None] + (high - low)[:, None] * SHARE
        best = np.argmax(peak[:, None] * _ratio(pair, panels, at, s), axis=1)
        low, high = s[rows, np.maximum(best - 1, 0)], s[rows, np.minimum(best + 1, len(SHARE) - 1)]
    return _along(panels, at, (0.5 * (low + high))[:, None])[:, 0]


def _crossing(pair: Pair, panels: Panels, found: _Bracket, level: Array) -> Array:
    """u where log p/q crosses `level` (r,) in its stretch, narrowed eightfold in each round."""
    at, low, high = found
    rows = np.arange(len(at))
    for _ in range(ROUNDS if len(at) else 0):
        s = low[:, None] + (high - low)[:, None] * SHARE
        above = _ratio(pair, panels, at, s) > level[:, None]
        change = np.argmax(above[:, 1:] != above[:, :-1], axis=1)
        low, high = s[rows, change], s[rows, change + 1]
    return _along(panels, at, (0.5 * (low + high))[:, None])[:, 0]
