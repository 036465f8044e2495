"""F - G, the gap of two CDFs, its absolute integral, and what lies past the last node.

The gap is summed from p - q, never as a difference of CDFs, so that nearly equal distributions
and far tails keep their digits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from divviz.dist import Array, Dist
from divviz.ground import Ground
from divviz.infinity import endures
from divviz.mesh import Mesh
from divviz.quadrature import interpolated, rule


class Steps(NamedTuple):
    """The gap panel by panel: its moves (k, n) node by node, its values before and after (k,)."""

    moves: Array
    before: Array
    after: Array


@dataclass(frozen=True)
class Gap:
    """F - G: its values (n,) after each outcome or at each node x (n,), and W1, its |integral|."""

    x: Array
    values: Array
    integral: float
    steps: Steps | None = None

    @cached_property
    def turns(self) -> Array:
        """F - G from left to right wherever it may turn, 0 at both ends: at p = q and at jumps."""
        if self.steps is None:
            return np.concatenate([[0.0], self.values])
        moves, before, after = self.steps
        inner = np.concatenate([before, after[-1:]])
        if moves.shape[1] > 1:
            inner = _with_turns(moves, before, inner)
        return np.concatenate([[0.0], inner, [0.0]])


def _with_turns(moves: Array, before: Array, edges: Array) -> Array:
    """The gap at the panels' edges (k + 1,) and, in order, wherever p = q inside of a panel."""
    k, n = moves.shape
    slope = moves / rule(n).weights
    ends = interpolated(slope[:, None], np.broadcast_to([-1.0, 1.0], (k, 2)))[:, 0]
    framed = np.concatenate([ends[:, :1], slope, ends[:, 1:]], axis=1) > 0
    panel, slot = np.nonzero(framed[:, 1:] != framed[:, :-1])
    if not len(panel):
        return edges
    root = zeros(slope[panel], slot)
    values = before[panel] + _integral_to(root, moves[panel])
    order = np.lexsort((np.append(np.full(k + 1, -2.0), root), np.append(np.arange(k + 1), panel)))
    result: Array = np.concatenate([edges, values])[order]
    return result


def zeros(slope: Array, slot: Any) -> Array:
    """Where the interpolants of slope (r, n) cross 0 between neighbours `slot` and `slot` + 1."""
    s = np.concatenate([[-1.0], rule(slope.shape[1]).nodes, [1.0]])
    low, high = s[slot], s[slot + 1]
    share = np.linspace(0.0, 1.0, 9)
    rows = np.arange(len(slot))
    for _ in range(8):
        at = low[:, None] + (high - low)[:, None] * share
        positive = interpolated(slope[:, None], at)[:, 0] > 0
        change = np.argmax(positive[:, 1:] != positive[:, :-1], axis=1)
        low, high = at[rows, change], at[rows, change + 1]
    return 0.5 * (low + high)


def _cumulated(m: Array, first: float = 0.0, last: float = 0.0) -> Array:
    """Running sums of m from `first` and back from `last`: small tails keep their digits."""
    size = np.abs(m).cumsum()
    half = int(size.searchsorted(0.5 * size[-1], side="right"))
    result = np.empty(len(m))
    left, right = result[:half], result[half:]
    m[:half].cumsum(out=left)
    left += first
    right[-1:] = 0.0
    m[half + 1 :][::-1].cumsum(out=right[:-1][::-1])
    right -= last
    np.negative(right, out=right)
    return result


def step_gap(g: Ground) -> Gap:
    """The gap of two distributions of outcomes."""
    values = _cumulated(g.change)
    integral = float((np.abs(values[:-1]) * (g.x[1:] - g.x[:-1])).sum())
    return Gap(g.x, values, integral)


def smooth_gap(p: Dist, q: Dist, mesh: Mesh) -> Gap:
    """The gap of two densities: by panels, exact at its sign changes and in power tails."""
    n = mesh.order
    m = mesh.ground.change.reshape(len(mesh.panels), n)
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
    steps = Steps(m, before, after)
    if n == 1:
        area = _broken_line(before, after, weights[:, 0])
        return Gap(mesh.ground.x, values.ravel(), area, steps)
    path = _path(values, values * weights, before, after, m)
    turns = np.concatenate([[-left], path, [path[-1] + right]])
    area = float(np.abs(np.diff(turns)).sum())
    return Gap(mesh.ground.x, values.ravel(), area, steps)


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
            if alpha >= 10:
                continue
            log_x = mesh.last_log(side)
            gap += sign * c / alpha * math.exp(-alpha * log_x)
            if alpha > 1:
                area += sign * c / (alpha * (alpha - 1)) * math.exp((1 - alpha) * log_x)
    return gap, area


def square_beyond(p: Dist, q: Dist, mesh: Mesh) -> float:
    """The integral of (F - G)^2 past the outermost nodes, by the first terms of power tails."""
    total = 0.0
    for i, side in enumerate((-1, 1)):
        terms = [
            (alpha, sign * c / alpha)
            for sign, dist in ((1, p), (-1, q))
            for alpha, c in dist.tail()[i].terms
            if alpha < 10
        ]
        total += squares_beyond(terms, mesh.last_log(side))
    return max(total, 0.0)


def squares_beyond(terms: list[tuple[float, float]], log_x: float) -> float:
    """The integral from x on of the square of the sum of a x**-alpha over `terms` (alpha, a)."""
    return sum(
        a * b * math.exp((1 - alpha - beta) * log_x) / (alpha + beta - 1)
        for alpha, a in terms
        for beta, b in terms
        if alpha + beta > 1
    )


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
