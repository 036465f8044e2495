"""P and Q at the same places, as masses and logs: what every measure is computed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from divviz.dist import Array, Dist, Points


@dataclass(frozen=True)
class Ground:
    """P and Q at the same places x (n,): masses p, q and the logs of mass or density.

    At the nodes of an integral p and q are density times weight, so that every expectation is a
    plain sum. `log_ratio` is log p - log q where both are positive (+-inf elsewhere, 0 where
    neither is).
    """

    x: Array
    p: Array
    q: Array
    log_p: Array
    log_q: Array
    log_ratio: Array

    @cached_property
    def common(self) -> NDArray[np.bool_] | None:
        """Where both P and Q have mass (n,), None for everywhere."""
        both = np.isfinite(self.log_p) & np.isfinite(self.log_q)
        return None if both.all() else both

    @cached_property
    def swapped(self) -> Ground:
        """The same with P and Q exchanged."""
        return Ground(self.x, self.q, self.p, self.log_q, self.log_p, -self.log_ratio)


def ratio_of_logs(log_p: Array, log_q: Array) -> Array:
    """log p - log q, with 0 where both are 0."""
    with np.errstate(invalid="ignore"):
        d: Array = log_p - log_q
    neither = np.isnan(d)
    if neither.any():
        d[neither] = 0.0
    return d


def log_ratio(p: Dist, q: Dist, points: Points, log_p: Array, log_q: Array) -> Array:
    """log p - log q at points (any shape), by the family's own formula where they are close."""
    d = ratio_of_logs(log_p, log_q)
    if p.family is not q.family or p.family.log_ratio is None:
        return d
    close = p.family.log_ratio(points, p.args, q.args)
    if close is None:
        return d
    # Far apart the plain difference has all digits, and log1p near -1 would have few.
    return np.where((np.abs(d) < 0.5) & np.isfinite(close), close, d)
