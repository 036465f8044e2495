"""The nodes at which two densities are sampled, refined until the integrals are resolved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from divviz.dist import QUIET, Array, Dist
from divviz.ground import Ground, log_ratio
from divviz.quadrature import Panels, partition, rule

NODES = 16
MANY_PANELS = 96
TOLERANCE = 1e-9
ROUNDS = 40
MOST_PANELS = 4000


@dataclass(frozen=True)
class Mesh:
    """Panels with their nodes: `ground` (flattened), weights (k n,) and the rule's order."""

    panels: Panels
    order: int
    x: Array
    log_weights: Array
    log_p: Array
    log_q: Array
    log_ratio: Array

    @cached_property
    def ground(self) -> Ground:
        """Nodes from left to right with masses = density times weight."""
        p = np.exp(self.log_p + self.log_weights)
        q = np.exp(self.log_q + self.log_weights)
        return Ground(
            self.x.ravel(),
            p.ravel(),
            q.ravel(),
            self.log_p.ravel(),
            self.log_q.ravel(),
            self.log_ratio.ravel(),
        )

    def last_log(self, side: int) -> float:
        """The log distance of the outermost node from the anchor of its ladder."""
        return float(self.panels.start[0] if side < 0 else self.panels.stop[-1])

    @cached_property
    def weights(self) -> Array:
        """The weight of each node (k n,), in units of x."""
        with np.errstate(all="ignore"):
            return np.exp(self.log_weights).ravel()


def _sampled(p: Dist, q: Dist, panels: Panels, order: int) -> Mesh:
    points, log_slope = panels.nodes(order)
    log_p = p.family.log_density(points, *p.args)
    log_q = q.family.log_density(points, *q.args)
    ratio = log_ratio(p, q, points, log_p, log_q)
    log_weights = log_slope + np.log(rule(order).weights)
    return Mesh(panels, order, points.x, log_weights, log_p, log_q, ratio)


@QUIET
def mesh_of(p: Dist, q: Dist, *, finite_pq: bool, finite_qp: bool) -> Mesh:
    """Panels of two densities, halved until every integrand that is finite is resolved."""
    panels = partition(p.breaks, q.breaks)
    if p.flat and q.flat:
        return _sampled(p, q, panels, 1)
    # The many cells of a drawn density are narrow already: half the nodes do.
    narrow = len(panels) > MANY_PANELS and (p.flat or q.flat)
    order = NODES // 2 if narrow else NODES
    if narrow:
        for _ in range(2):
            panels, _ = panels.split(panels.side != 0)
    mesh = _sampled(p, q, panels, order)
    # Where log p/q has a formula of its own, p - q is right however small.
    exact = p.family is q.family or "mixture" in (p.name, q.name)
    for _ in range(ROUNDS):
        wide = _unresolved(mesh, finite_pq, finite_qp, exact)
        if not wide.any() or len(mesh.panels) > MOST_PANELS:
            break
        mesh = _refined(p, q, mesh, wide)
    return mesh


def _refined(p: Dist, q: Dist, mesh: Mesh, wide: NDArray[np.bool_]) -> Mesh:
    panels, new = mesh.panels.split(wide)
    again = np.repeat(np.arange(len(wide)), 1 + wide)
    fresh = _sampled(p, q, panels.take(new), mesh.order)

    def merged(old: Array, values: Array) -> Array:
        result = old[again]
        result[new] = values
        return result

    return Mesh(
        panels,
        mesh.order,
        merged(mesh.x, fresh.x),
        merged(mesh.log_weights, fresh.log_weights),
        merged(mesh.log_p, fresh.log_p),
        merged(mesh.log_q, fresh.log_q),
        merged(mesh.log_ratio, fresh.log_ratio),
    )


def _unresolved(mesh: Mesh, finite_pq: bool, finite_qp: bool, exact: bool) -> NDArray[np.bool_]:
    """Panels where an integrand still has weight in its highest Legendre coefficients."""
    g = mesh.ground
    p, q, d, change = g.p, g.q, g.log_ratio, g.change
    log_p, log_q = np.maximum(g.log_p, -1e300), np.maximum(g.log_q, -1e300)
    common = np.isfinite(d)
    alone = not common.all()
    if alone:
        d, change = np.where(common, d, 0.0), np.where(common, change, 0.0)
    soft = np.log1p(np.exp(-np.abs(d))) + np.maximum(-d, 0.0)
    mixed = q * (soft + d) + p * soft
    rows = [
        change,
        change * np.tanh(0.5 * d),
        p * log_p,
        q * log_q,
        np.where(common, mixed, 0.0) if alone else mixed,
    ]
    if finite_pq:
        rows.append(p * d)
    if finite_qp:
        rows.append(q * d)
    stack = np.array(rows)
    ends = np.abs(stack.reshape(len(rows), -1, mesh.order) @ rule(mesh.order).tail)
    rest = np.maximum(ends[..., 0], ends[..., 1])
    total = np.abs(stack).sum(axis=1)
    # Rounding of masses that sum to 1 must not be mistaken for structure.
    limit = np.maximum(TOLERANCE * total, 1e-14)
    if exact:
        limit[:2] = np.maximum(TOLERANCE * total, 1e-14 * np.minimum(1.0, 1e3 * total))[:2]
    return np.asarray((rest > limit[:, None]).any(axis=0))
