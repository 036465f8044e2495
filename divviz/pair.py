"""Pair: P and Q on common ground, with everything their comparison needs."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np

from divviz.dist import QUIET, Array, Dist, SceneError, Vector, as_points
from divviz.empirical import plain
from divviz.gap import Gap, beyond, smooth_gap, step_gap
from divviz.ground import Ground as Ground
from divviz.ground import log_ratio
from divviz.infinity import REASONS as REASONS
from divviz.infinity import Reason as Reason
from divviz.infinity import endures as endures
from divviz.infinity import far, heavy, outside_interval, outside_outcome
from divviz.mesh import Mesh, mesh_of
from divviz.outcomes import joined_labels, outcomes_of

LONG = 4096  # from here on a few sums are worth a way of their own


def _meet(w: Vector, v: Vector) -> bool:
    """Whether w and v are both positive somewhere, mostly seen among the first."""
    return any(
        bool(((w.array[part] > 0) & (v.array[part] > 0)).any())
        for part in (slice(0, LONG), slice(LONG, None))
    )


def _beyond(w: Vector, v: Vector) -> bool:
    """Whether w has a positive weight where v has none."""
    return bool(v.array.min() == 0 and ((w.array > 0) & (v.array == 0)).any())


class Pair:
    """P and Q, with what their comparison needs, computed when first asked for.

    A pair of outcomes and a density is mixed: it has CDFs and no common ground. SceneError("kinds")
    when those outcomes have names, SceneError("labels") when only one names its outcomes and their
    counts differ.
    """

    def __init__(self, p: Dist, q: Dist) -> None:
        if p.kind != q.kind and (p.labels or q.labels):
            raise SceneError("kinds", p=p.kind, q=q.kind)
        # A fitted member compares as what it is, with its family's own formulas.
        self.P = plain(p)
        self.Q = plain(q)
        # What was computed of this pair, by what it is: measures build on one another.
        self.kept: dict[Any, Any] = {}
        self.mixed = p.kind != q.kind
        self.kind = "mixed" if self.mixed else p.kind
        self.labels = None if self.mixed else joined_labels(p, q)

    @property
    def discrete(self) -> bool:
        """Whether P and Q are both distributions of outcomes."""
        return self.kind == "discrete"

    @cached_property
    def columns(self) -> tuple[Vector, Vector] | None:
        """The weights of P and Q where they are two long lists on the same outcomes, else None."""
        if self.P.name != "pmf" or self.Q.name != "pmf":
            return None
        (w, x, names), (v, y, others) = self.P.args, self.Q.args
        if len(w) < LONG or len(w) != len(v) or x != y or names != others:
            return None
        if x is not None and not x.ascends:
            return None
        return (w, v) if math.isfinite(w.total) and math.isfinite(v.total) else None

    @cached_property
    def ground(self) -> Ground:
        """Outcomes, or the nodes of the integrals, with the masses of P and Q."""
        if self.mixed:
            raise TypeError("outcomes and a density have no common ground")
        if not self.discrete:
            return self.mesh.ground
        return outcomes_of(self.P, self.Q, self.labels)

    @cached_property
    def mesh(self) -> Mesh:
        """The panels of the integrals (densities only)."""
        finite_pq, finite_qp = self.heavy_q is None, self.heavy_p is None
        return mesh_of(self.P, self.Q, finite_pq=finite_pq, finite_qp=finite_qp)

    @property
    def x(self) -> Array:
        """Sorted outcomes or nodes (n,)."""
        return self.ground.x

    @property
    def log_p(self) -> Array:
        """Log mass or log density of P at x (n,), -inf where P has none."""
        return self.ground.log_p

    @property
    def log_q(self) -> Array:
        """Log mass or log density of Q at x (n,), -inf where Q has none."""
        return self.ground.log_q

    @cached_property
    def p(self) -> Array:
        """Mass or density of P at x (n,)."""
        return self.ground.p if self.discrete else np.exp(self.log_p)

    @cached_property
    def q(self) -> Array:
        """Mass or density of Q at x (n,)."""
        return self.ground.q if self.discrete else np.exp(self.log_q)

    @cached_property
    def weights(self) -> Array:
        """The weight of each node (n,) in units of x; 1 for outcomes."""
        return np.ones(len(self.x)) if self.discrete else self.mesh.weights

    @QUIET
    def on(self, x: Any) -> Ground:
        """P and Q at places of your own (n,), as densities or masses: for plots."""
        points = as_points(x)
        if self.discrete:
            at = np.minimum(np.searchsorted(self.x, points.x), len(self.x) - 1)
            if np.array_equal(self.x[at], points.x):
                return self.ground.take(at)
        # exp(700) stands for the infinite density at a singular end.
        log_p = np.minimum(self.P.log_density(points), 700.0)
        log_q = np.minimum(self.Q.log_density(points), 700.0)
        ratio = log_ratio(self.P, self.Q, points, log_p, log_q)
        return Ground(points.x, np.exp(log_p), np.exp(log_q), log_p, log_q, ratio)

    @cached_property
    def swapped(self) -> Pair:
        """The pair (Q, P)."""
        return Pair(self.Q, self.P)

    @cached_property
    def outside_q(self) -> Reason | None:
        """Where P has mass and Q has none, else None; decided from the supports."""
        if self.columns is not None and not _beyond(*self.columns):
            return None
        return self._outside(self.P, self.Q, self.ground if self.discrete else None, "P")

    @cached_property
    def outside_p(self) -> Reason | None:
        """Where Q has mass and P has none, else None."""
        if self.columns is not None and not _beyond(*self.columns[::-1]):
            return None
        return self._outside(self.Q, self.P, self.ground.swapped if self.discrete else None, "Q")

    def _outside(self, p: Dist, q: Dist, ground: Ground | None, who: str) -> Reason | None:
        if p.kind == "continuous":
            return outside_interval(p, q, who)
        assert ground is not None
        return outside_outcome(p, q, ground, self.labels, who)

    @cached_property
    def heavy_q(self) -> Reason | None:
        """Set when the expectation of -log q under P diverges in a tail."""
        return heavy(self.P, self.Q, "P")

    @cached_property
    def heavy_p(self) -> Reason | None:
        """Set when the expectation of -log p under Q diverges in a tail."""
        return heavy(self.Q, self.P, "Q")

    @cached_property
    def disjoint(self) -> bool:
        """Whether no place has mass of both."""
        if self.columns is not None:
            return not _meet(*self.columns)
        # No node lies on an end of a support, so touching intervals share none.
        common = self.ground.common
        return common is not None and not common.any()

    @cached_property
    def far(self) -> Reason | None:
        """Set when W1 is infinite: power tails with no mean that do not cancel."""
        return far(self.P, self.Q)

    def beyond(self, who: str) -> float:
        """What the tails beyond the last node add to the expectation of -log other under who."""
        p, q = (self.P, self.Q) if who == "P" else (self.Q, self.P)
        return 0.0 if self.discrete else beyond(p, q, self.mesh)

    @cached_property
    @QUIET
    def gap(self) -> Gap:
        """F - G, the difference of the CDFs, with its exact absolute integral."""
        return step_gap(self.ground) if self.discrete else smooth_gap(self.P, self.Q, self.mesh)
