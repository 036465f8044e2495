"""F - G, the gap of two CDFs, its absolute integral, and what lies past the last node.

The gap is summed from p - q, never as a difference of CDFs, so that nearly equal distributions
and far tails keep their digits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from divviz.dist import Array, Dist
from divviz.ground import Ground
from divviz.infinity import endures
from divviz.mesh import Mesh
from divviz.quadrature import interpolated, rule


@dataclass(frozen=True)
class Gap:
    """F - G: its values (n,) after each outcome or at each node x (n,), and W1, its |integral|."""

    x: Array
    values: Array
    integral: float


def _differences(g: Ground) -> Array:
    """p - q, from the ratio where subtraction would lose digits."""
    d = g.log_ratio
    near = np.abs(d) < 0.5
    return np.where(near, g.q * np.expm1(np.where(near, d, 0.0)), g.p - g.q)


def _cumulated(m: Array, first: float = 0.0, last: float = 0.0) -> Array:
    """Running sums of m from `first` and back from `last`: small tails keep their digits."""
    left = first + np.cumsum(m)
    right = np.append(np.cumsum(m[:0:-1])[::-1], 0.0) - last
    size = np.cumsum(np.abs(m))
    return np.where(size <= 0.5 * size[-1], left, -right)


def step_gap(g: Ground) -> Gap:
    """The gap of two distributions of outcomes."""
    values = _cumulated(_differences(g))
    integral = float((np.abs(values[:-1]) * np.diff(g.x)).sum())
    return Gap(g.x, values, integral)


def smooth_gap(p: Dist, q: Dist, mesh: Mesh) -> Gap:
    """The gap of two densities: by panels, exact at its sign changes and in power tails."""
    n = mesh.order
    m = _differences(mesh.ground).reshape(len(mesh.panels), n)
    # m holds weight times dx/ds times p - q: the weights of the rule are already in it.
    (first, left), (last, right) = (_tail_gap(p, q, mesh, side) for side in (-1, 1))
    after = _cumulated(m.sum(axis=1), first, last)
    before = np.concatenate([[first], after[:-1]])
    # Each panel starts from its smaller end, as subtracting would leave that end only noise.
    falling = np.abs(after) < np.abs(before)
    onward = m @ rule(n).primitive
    back = (m[:, ::-1] @ rule(n).primitive)[:, ::-1]
    values = np.where(falling[:, None], after[:, None] - back, before[:, None] + onward)
    weights = np.exp(mesh.log_weights)
    if n == 1:
        return Gap(mesh.ground.x, values.ravel(), _broken_line(before, after, weights[:, 0]))
    path = _path(values, values * weights, before, after, m)
    turns = np.concatenate([[-left], path, [path[-1] + right]])
    return Gap(mesh.ground.x, values.ravel(), float(np.abs(np.diff(turns)).sum()))


def _broken_line(before: Array, after: Array, width: Array) -> float:
    """The absolute integral of a gap that is linear on each panel."""
    a, b = np.abs(before), np.abs(after)
    both = np.where(a + b > 0, a + b, 1.0)
    area = np.where(before * after < 0, (a * a + b * b) / both, a + b)
    return float(0.5 * (width * area).sum())


def _path(values: Array, steps: Array, before: Array, after: Array, m: Array) -> Array:
    """The integral of the gap up to 0, each of its sign changes, and the end."""
    ends = np.concatenate([[0.0], np.cumsum(steps.sum(axis=1))])
    framed = np.concatenate([before[:, None], values, after[:, None]], axis=1)
    positive = framed > 0
    panel, slot = np.nonzero(positive[:, 1:] != positive[:, :-1])
    if not len(panel):
        return ends[[0, -1]]
    root = _roots(framed[panel], values[panel], m[panel], slot)
    inner = ends[panel] + _integral_to(root, steps[panel])
    return np.concatenate([[0.0], inner, ends[-1:]])


def _roots(framed: Array, values: Array, m: Array, slot: Any) -> Array:
    """Where the gap crosses 0 between neighbours `slot` and `slot` + 1 of each frame (r, n + 2)."""
    r = rule(values.shape[1])
    s = np.concatenate([[-1.0], r.nodes, [1.0]])
    rows = np.arange(len(slot))
    low, high = s[slot], s[slot + 1]
    a, b = framed[rows, slot], framed[rows, slot + 1]
    root = low + (high - low) * (a / (a - b))
    both = np.stack([values, m / r.weights], axis=1)
    for _ in range(3):
        # The gap's slope is the density difference itself, so Newton's step costs no more.
        value, slope = interpolated(both, root[:, None])[..., 0].T
        step = np.where(slope != 0, value / np.where(slope != 0, slope, 1.0), 0.0)
        root = np.clip(root - step, low, high)
    return root


def _integral_to(root: Array, steps: Array) -> Array:
    """The integral of each panel's weighted values `steps` (r, n) from -1 to its root (r,)."""
    r = rule(steps.shape[1])
    half = 0.5 * (root + 1)[:, None]
    values = interpolated((steps / r.weights)[:, None], half * r.nodes + (half - 1))
    result: Array = half[:, 0] * (values[:, 0] @ r.weights)
    return result


def _tail_gap(p: Dist, q: Dist, mesh: Mesh, side: int) -> tuple[float, float]:
    """F - G at the outermost node and its integral past it, by the first terms of power tails."""
    i = 0 if side < 0 else 1
    gap = area = 0.0
    for sign, dist in ((-side, p), (side, q)):
        for alpha, c in dist.tail()[i].terms:
            if 1 < alpha < 10:
                log_x = mesh.last_log(side)
                gap += sign * c / alpha * math.exp(-alpha * log_x)
                area += sign * c / (alpha * (alpha - 1)) * math.exp((1 - alpha) * log_x)
    return gap, area


def beyond(p: Dist, q: Dist, mesh: Mesh) -> float:
    """The integral of p (-log q) past the outermost nodes, from the first terms of the tails.

    Only a power tail of p can leave anything there, and only against a growth rate |x|**order.
    """
    total = 0.0
    for side, one, other in zip((-1, 1), p.tail(), q.tail(), strict=True):
        if one.kind != "power" or other.kind != "order" or not endures(one, other):
            continue
        log_x = mesh.last_log(side)
        for alpha, c in one.terms:
            if c > 0:
                excess = alpha - other.order
                size = math.log(c) + math.log(other.rate) - excess * log_x
                total += math.exp(size) / excess if size > -700 else 0.0
    return total
