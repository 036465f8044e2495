"""The area between two CDFs, piece by piece: the integral of G - F between places of the line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz.dist import Array, Breaks, Dist
from divviz.ladders import on_line
from divviz.pair import Pair
from divviz.quadrature import Panels, interpolated, partition, rule


def areas(pair: Pair, x: Array) -> tuple[float, Array, float]:
    """The integral of G - F up to x[0], between neighbours of x (k - 1,), and from x[-1] on.

    x (k,) ascends. Measured errors are below 1e-11 of W1; an end is inf or -inf where it diverges.
    """
    if pair.mixed:
        return _mixed_areas(pair, x)
    if pair.discrete:
        return _step_areas(pair, x)
    return _smooth_areas(pair, x)


# --- outcomes -------------------------------------------------------------------------------------


def _step_areas(pair: Pair, x: Array) -> tuple[float, Array, float]:
    cuts = np.union1d(pair.x, x)
    level = np.append(0.0, pair.gap.values)
    gap = level[np.searchsorted(pair.x, cuts[:-1], side="right")]
    gap = np.where(cuts[:-1] >= pair.x[-1], 0.0, gap)
    return _summed(-gap * np.diff(cuts), cuts[:-1], x)


def _summed(area: Array, start: Array, x: Array) -> tuple[float, Array, float]:
    """The areas of narrow pieces that start at `start` (m,), over each piece between places x."""
    piece = np.searchsorted(x, start, side="right")
    sums = np.asarray(np.bincount(piece, weights=area, minlength=len(x) + 1), float)
    return float(sums[0]), sums[1:-1], float(sums[-1])


# --- densities ------------------------------------------------------------------------------------


def _smooth_areas(pair: Pair, x: Array) -> tuple[float, Array, float]:
    mesh, gap = pair.mesh, pair.gap
    assert gap.steps is not None
    k, n = len(mesh.panels), mesh.order
    if n == 1:
        steps = 0.5 * mesh.weights[:, None] * (gap.steps.before + gap.steps.after)[:, None]
    else:
        steps = (gap.values * mesh.weights).reshape(k, n)
    up_to = np.concatenate([[0.0], np.cumsum(steps.sum(axis=1))])
    panel, s = _located(mesh.panels, x)
    if n == 1:
        part = _line_to(s, gap.steps.before[panel], gap.steps.after[panel], mesh.weights[panel])
    else:
        part = _integral_to(s, steps[panel])
    below = up_to[panel] + part
    left, right = (_tail_area(pair, side) for side in (-1, 1))
    return left - float(below[0]), -np.diff(below), right - float(up_to[-1] - below[-1])


def _located(panels: Panels, x: Array) -> tuple[Any, Array]:
    """The panel of each place (k,) and where in it, as s of [-1, 1]; the ends for places beyond."""
    edges = np.append(on_line(panels, panels.start), on_line(panels, panels.stop)[-1:])
    panel = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(panels) - 1)
    own = panels.take(panel)
    offset = x - own.anchor
    ladder = own.side != 0
    u = np.where(ladder, np.log(np.where(ladder, own.side * offset, 1.0)), offset)
    s = 2 * (u - own.start) / (own.stop - own.start) - 1
    return panel, np.clip(np.nan_to_num(s, nan=-1.0), -1.0, 1.0)


def _integral_to(s: Array, steps: Array) -> Array:
    """The integral of each panel's weighted values `steps` (k, n) from -1 to s (k,)."""
    r = rule(steps.shape[1])
    half = 0.5 * (s + 1)[:, None]
    values = interpolated((steps / r.weights)[:, None], half * r.nodes + (half - 1))
    result: Array = half[:, 0] * (values[:, 0] @ r.weights)
    return result


def _line_to(s: Array, before: Array, after: Array, width: Array) -> Array:
    """The integral of a line from `before` to `after` over the share (s + 1)/2 of its width."""
    share = 0.5 * (s + 1)
    result: Array = width * share * (before + 0.5 * share * (after - before))
    return result


def _tail_area(pair: Pair, side: int) -> float:
    """The integral of G - F past the last node of one side, by the first terms of power tails."""
    end = 0 if side < 0 else 1
    endless = _endless(pair, side)
    if endless:
        return endless
    signed = ((side, pair.P), (-side, pair.Q))
    return _terms_beyond(
        [(s * c, alpha) for s, dist in signed for alpha, c in dist.tail()[end].terms],
        pair.mesh.panels,
        side,
    )


def _terms_beyond(terms: list[tuple[float, float]], panels: Panels, side: int) -> float:
    """The integral of the sum of c/alpha r^-alpha over `terms` (c, alpha), past the last panel."""
    log_r = float(panels.start[0] if side < 0 else panels.stop[-1])
    return sum(
        c / (alpha * (alpha - 1)) * math.exp((1 - alpha) * log_r)
        for c, alpha in terms
        if 1 < alpha < 10
    )


def _endless(pair: Pair, side: int) -> float:
    """inf or -inf where the integral of G - F is endless on a side, else 0."""
    end = 0 if side < 0 else 1
    heavy: dict[float, float] = {}
    for sign, dist in ((side, pair.P), (-side, pair.Q)):
        for alpha, c in dist.tail()[end].terms:
            if alpha <= 1:
                heavy[alpha] = heavy.get(alpha, 0.0) + sign * c
    left = [(alpha, c) for alpha, c in heavy.items() if c]
    return math.copysign(math.inf, min(left)[1]) if left and pair.far is not None else 0.0


# --- outcomes against a density -------------------------------------------------------------------


def _mixed_areas(pair: Pair, x: Array) -> tuple[float, Array, float]:
    level, cuts, density = staircase(pair)
    sign = 1.0 if pair.P.kind == "discrete" else -1.0
    cuts = np.union1d(cuts, x)
    panels = partition(density.breaks, Breaks(tuple(cuts.tolist())))
    panels, _ = panels.split(np.ones(len(panels), bool))
    points, log_slope = panels.nodes(16)
    y = points.x.ravel()
    stairs = level(y)
    gap = sign * np.where(stairs == 1, -density.sf(y), density.cdf(y) - stairs)
    weights = np.exp(log_slope + np.log(rule(16).weights)).ravel()
    left, inner, right = _summed(gap * weights, y, x)
    tails = [_mixed_tail(pair, density, -sign, side, panels) for side in (-1, 1)]
    return left + tails[0], inner, right + tails[1]


def _mixed_tail(pair: Pair, density: Dist, sign: float, side: int, panels: Panels) -> float:
    endless = _endless(pair, side)
    if endless or not panels.side[0 if side < 0 else -1]:
        return endless
    terms = density.tail()[0 if side < 0 else 1].terms
    return _terms_beyond([(sign * side * c, alpha) for alpha, c in terms], panels, side)


def staircase(pair: Pair) -> tuple[Any, Array, Dist]:
    """The CDF of the outcomes, all places where it and the density's may cross, the density."""
    atoms, density = (pair.P, pair.Q) if pair.P.kind == "discrete" else (pair.Q, pair.P)
    at, logs = atoms.atoms()
    at, mass = at[np.isfinite(logs)], np.exp(logs[np.isfinite(logs)])
    after = np.minimum(np.cumsum(mass), 1.0)
    after[-1] = 1.0
    caught = density.quantile(after[:-1])
    cuts = np.union1d(at, caught[np.isfinite(caught)])
    level = np.append(0.0, after)
    return (lambda y: level[np.searchsorted(at, y, side="right")]), cuts, density
