"""Distances between CDFs and quantiles: Wasserstein of any order, energy, KS, Cramer-von Mises.

They need no common density, so that outcomes and a density may be compared as well: such a pair
is called mixed. Each value takes a Pair for which the number is finite.
"""

from __future__ import annotations

import math

import numpy as np

from divviz import columns, monotone, staircase
from divviz.convergence import far_apart
from divviz.coupling import coupling, lengthened, norm
from divviz.dist import QUIET, Array
from divviz.gap import square_beyond
from divviz.ground import Ground
from divviz.infinity import Reason, unmatched
from divviz.overlap import difference
from divviz.pair import Pair


@QUIET
def gap_term(g: Ground, **_: float) -> Array:
    """p - q, whose running sum is the gap of the CDFs, whatever the order or the scale."""
    return difference(g)


# --- why a number is infinite


def infinite_w1(pair: Pair) -> Reason | None:
    """Why W1 is infinite, else None."""
    return pair.far


def infinite_wasserstein(pair: Pair, p: float) -> Reason | None:
    """Why the Wasserstein distance of order p is infinite, else None."""
    if p == 1:
        return pair.far
    return None if pair.P == pair.Q else far_apart(pair.P, pair.Q, p)


def infinite_energy(pair: Pair) -> Reason | None:
    """Why the integral of (F - G)^2 is infinite: a power tail of index up to 1/2, unmatched."""
    return unmatched(pair.P, pair.Q, 0.5, "half")


# --- values


def wasserstein_1(pair: Pair) -> float:
    """W1 in units of x: the integral of |F - G|.

    Source: Villani, Topics in Optimal Transportation (2003), (2.48). SciPy's wasserstein_distance
    is the same number.
    """
    if pair.P.name == pair.Q.name == "samples":
        return _between_samples(*(dist.args[0].ordered for dist in (pair.P, pair.Q)))
    if pair.columns is not None:
        w, v = pair.columns
        places = pair.P.args[1]
        x = None if places is None else places.array
        found = columns.w1(w.array, v.array, (w.total, v.total), x)
        if found is not None:
            return found
    if pair.P == pair.Q:
        return 0.0
    if pair.mixed:
        return staircase.cost(pair, 1.0)
    return pair.gap.integral


def _between_samples(x: Array, y: Array) -> float:
    """W1 of two sorted samples (n,), (m,): the k-th goes to the k-th, or to its share of them."""
    n, m = len(x), len(y)
    if n == m:
        return columns.distance(x, y) / n
    # Levels k/n and j/m in one order, as whole multiples of 1/(n m), which are exact.
    levels = np.concatenate([m * np.arange(1, n + 1), n * np.arange(1, m + 1)])
    levels.sort(kind="stable")
    mass = np.diff(levels, prepend=0)
    i, j = (levels - 1) // m, (levels - 1) // n
    return float((np.abs(x[i] - y[j]) * (mass / (n * m))).sum())


@QUIET
def wasserstein(pair: Pair, p: float) -> float:
    """W_p in units of x: (integral of |F^-1(u) - G^-1(u)|^p du)^(1/p), or its supremum.

    Source: Villani, Topics in Optimal Transportation (2003), (2.47). POT's one-dimensional
    functions return W_p^p, without the root.
    """
    if pair.P == pair.Q:
        return 0.0
    if p == 1:
        return wasserstein_1(pair)
    if pair.mixed:
        return staircase.farthest(pair) if math.isinf(p) else staircase.cost(pair, p) ** (1 / p)
    if pair.discrete:
        way, mass = coupling(pair.ground if math.isinf(p) else lengthened(pair))
        return norm(way, mass, p)
    return monotone.distance(pair, p)


@QUIET
def energy_distance(pair: Pair) -> float:
    """sqrt(2 integral of (F - G)^2 dx), in roots of units of x.

    Source: Szekely & Rizzo, J. Stat. Plan. Inference 143 (2013), (2.5) and (2.1). This is SciPy's
    energy_distance; some texts name its square so.
    """
    if pair.P == pair.Q:
        return 0.0
    if pair.mixed:
        return math.sqrt(2 * staircase.squared_gap(pair))
    values = pair.gap.values
    if pair.discrete:
        top = float(np.abs(values).max()) or 1.0  # the square of 1e-300 is no double
        return top * math.sqrt(2 * float(((values[:-1] / top) ** 2 * np.diff(pair.x)).sum()))
    steps = pair.gap.steps
    if pair.mesh.order == 1 and steps is not None:
        a, b = steps.before, steps.after
        return math.sqrt(2 / 3 * float((pair.weights * (a * a + a * b + b * b)).sum()))
    inner = float((pair.weights * values**2).sum())
    return math.sqrt(2 * (inner + square_beyond(pair.P, pair.Q, pair.mesh)))


@QUIET
def kolmogorov_smirnov(pair: Pair) -> float:
    """The largest |F - G|. Source: Kolmogorov, Giorn. Ist. Ital. Attuari 4 (1933)."""
    if pair.mixed:
        return staircase.largest_gap(pair)
    return min(float(np.abs(pair.gap.turns).max()), 1.0)


@QUIET
def cramer_von_mises(pair: Pair) -> float:
    """The integral of (F - G)^2 d(F + G)/2: the criterion without the sizes of samples.

    Source: Anderson, Ann. Math. Stat. 33 (1962), (2), for equally large samples.
    """
    if pair.mixed:
        return staircase.criterion(pair)
    values = pair.gap.values
    if not pair.discrete and pair.mesh.order == 1 and pair.gap.steps is not None:
        a, b = pair.gap.steps.before, pair.gap.steps.after
        values = np.sqrt((a * a + a * b + b * b) / 3)
    g = pair.ground
    return float((values**2 * 0.5 * (g.p + g.q)).sum())
