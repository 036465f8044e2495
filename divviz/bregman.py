"""Sums of positive terms for what would otherwise be a small difference of large numbers.

For f(r) with f(1) = f'(1) = 0 every term of sum q f(p/q) is positive, so that the divergence of
nearly identical P and Q keeps its digits. Source: Banerjee et al., JMLR 6 (2005), table 1.
"""

from __future__ import annotations

import numpy as np

from divviz.dist import Array

# A sum of p log p/q above this has lost at most two digits to cancellation: sum |p log p/q| is
# at most KL + sqrt(2 KL).
PLAIN = 1e-3


def growth(e: Array) -> Array:
    """exp(e) - 1 - e, never negative, to full relative precision also for tiny e (any shape)."""
    small = np.abs(e) < 1e-2
    inner = np.where(small, e, 0.0)
    series = np.ones_like(inner) / 40320
    for factorial in (5040, 720, 120, 24, 6, 2):
        series = series * inner + 1 / factorial
    return np.where(small, series * inner * inner, np.expm1(e) - e)


def excess(p: Array, q: Array, e: Array) -> Array:
    """p (r - 1 - log r) for r = q/p = exp(e), any shape."""
    near = e < 1
    inner = np.where(near, e, 0.0)
    return np.where(near, p * growth(inner), (q - p) - p * np.where(near, 0.0, e))


def power_excess(p: Array, q: Array, d: Array, a: float, mean: Array) -> Array:
    """p^a q^(1-a) - a p - (1 - a) q for log p/q = d where both have mass, any shape.

    `mean` is p^a q^(1-a), from logs, as p or q may be below the smallest double.

    Of one sign throughout: that of a (a - 1).
    """
    near = np.abs(d) < 0.5
    inner = np.where(near, d, 0.0)
    close = q * (growth(a * inner) - a * growth(inner))
    return np.where(near, close, mean - a * p - (1 - a) * q)
