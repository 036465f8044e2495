"""The oracle's distances of distribution functions: W_p, energy, Kolmogorov, Cramer, and MMD.

Densities: 34-digit CDFs at tanh-sinh nodes, quantile functions, characteristic functions. Outcomes:
exact steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import mpmath as mp
import numpy as np
from double_double import exp, where
from exact import INF, LOG, Exact, lead
from exact_integrals import Integrals, graded, logs, nodes, refined
from exact_sums import Masses, Sums

MOMENTS = (1.5, 2.0, 4.0)
BANDWIDTHS = (0.3, 1.0, 10.0)
Row = tuple[str, dict[str, float], Any, Any]


# Densities, from F - G


def gap_of(p: Exact, q: Exact) -> Callable[[Any], Any]:
    """F - G, from the tail that keeps its digits."""
    assert p.cdf and q.cdf

    def gap(x: Any) -> Any:
        low = p.cdf(x)
        if low > 0.5 and p.sf and q.sf:
            return q.sf(x) - p.sf(x)
        return low - q.cdf(x)

    return gap


def crossing_cuts(gap: Callable[[Any], Any], cuts: list[Any]) -> list[Any]:
    """`cuts` and the places where F = G."""
    grid = []
    for a, b in pairwise(cuts):
        # Odd shares: a crossing on the grid itself would not be a change of sign.
        grid += [a + (b - a) * mp.mpf(share) for share in (0, 0.2371, 0.5113, 0.7719)]
    grid.append(cuts[-1])
    values = [gap(x) for x in grid]
    found = list(cuts)
    for (a, u), (b, v) in pairwise(zip(grid, values, strict=True)):
        if u * v < 0 and min(abs(u), abs(v)) > 1e-30:
            found.append(root(gap, a, b, u))
    return sorted(found)


def root(f: Callable[[Any], Any], a: Any, b: Any, at_a: Any) -> Any:
    """Where f changes sign, by halving: a cut that is off by 1e-15 moves an integral by 1e-30."""
    for _ in range(55):
        middle = (a + b) / 2
        a, b = (middle, b) if f(middle) * at_a > 0 else (a, middle)
    return (a + b) / 2


def smooth_rows(p: Exact, q: Exact) -> Iterator[Row]:
    """W1, energy distance, Kolmogorov-Smirnov and Cramer-von Mises of densities with CDFs."""
    cuts = refined(p, q)
    gap = gap_of(p, q)
    cuts = graded(crossing_cuts(gap, cuts), {mp.mpf(pole) for e in (p, q) for pole in e.poles})
    x, log_w = nodes((p, q), cuts, 6)
    weights = exp(log_w)
    (log_p, in_p), (log_q, in_q) = logs(p, x), logs(q, x)
    places = x.anchor + x.offset
    f = [gap(mp.mpf(a) + mp.mpf(b)) for a, b in zip(places.high, places.low, strict=True)]
    gaps = np.array([float(v) for v in f])
    w = weights.high
    tails = [e.growth(side, 0) for e in (p, q) for side in (-INF, INF)]
    orders = [lead(g)[1] - 1 for g in tails if g is not None and lead(g)[0] == LOG]
    least = min(orders, default=mp.mpf(99))
    if least > 1:
        yield "w1", {}, math.fsum(np.abs(gaps) * w), None
    if least > 0.5:
        yield "energy_distance", {}, math.sqrt(2 * math.fsum(gaps**2 * w)), None
    mass = where(in_p, exp(log_p + log_w), 0.0) + where(in_q, exp(log_q + log_w), 0.0)
    yield "cramer_von_mises", {}, math.fsum(gaps**2 * mass.high) / 2, None
    yield "kolmogorov_smirnov", {}, Integrals(p, q).kolmogorov(), None


# Densities, from quantile functions


def quantile_rows(p: Exact, q: Exact, moments: tuple[float, ...] = MOMENTS) -> Iterator[Row]:
    """W_p from the quantile functions; the moments must be finite."""
    f, g = p.quantile, q.quantile
    assert f and g
    with mp.workdps(160):

        def way(u: Any) -> Any:
            return f(u) - g(u)

        grid = [mp.mpf(10) ** -k for k in range(30, 1, -1)]
        grid += [mp.mpf(k) / 50 for k in range(1, 50)] + [1 - u for u in reversed(grid)]
        cuts = [mp.mpf(0), mp.mpf(1) / 2, mp.mpf(1)]
        values = [way(u) for u in grid]
        for (a, u), (b, v) in pairwise(zip(grid, values, strict=True)):
            if u * v < 0:
                cuts.append(root(way, a, b, u))
        cuts.sort()
        rows = [(u, w, abs(way(u))) for a, b in pairwise(cuts) for u, w in unit_nodes(a, b)]
        for order in moments:
            power = mp.mpf(order)
            total = mp.fsum(w * d**power for _, w, d in rows)
            yield "wasserstein", {"p": order}, total ** (1 / power), None


def unit_nodes(a: Any, b: Any, steps: int = 12) -> Iterator[tuple[Any, Any]]:
    for k in range(-round(4.6 * steps), round(4.6 * steps) + 1):
        t = mp.mpf(k) / steps
        s = mp.pi / 2 * mp.sinh(t)
        weight = mp.pi / 2 * mp.cosh(t) / steps / mp.cosh(s) ** 2 / 2 * (b - a)
        share = 1 / (1 + mp.exp(2 * abs(s)))
        yield (a + (b - a) * share if t < 0 else b - (b - a) * share), weight


# Densities, from characteristic functions


def characteristic(name: str, *args: float) -> Callable[[Any], Any]:
    """E exp(i w X). Source: any table, such as Johnson, Kotz & Balakrishnan (1994)."""
    a, b = (mp.mpf(v) for v in (*args, 0)[:2])
    return {
        "normal": lambda w: mp.exp(1j * a * w - b * b * w * w / 2),
        "laplace": lambda w: mp.exp(1j * a * w) / (1 + b * b * w * w),
        "cauchy": lambda w: mp.exp(1j * a * w - b * abs(w)),
        "logistic": lambda w: mp.exp(1j * a * w) * (mp.pi * b * w / mp.sinh(mp.pi * b * w)
                                                     if w else 1),
        "exponential": lambda w: a / (a - 1j * w),
        "gamma": lambda w: (1 - 1j * w / b) ** -a,
        "uniform": lambda w: (mp.exp(1j * b * w) - mp.exp(1j * a * w)) / (1j * w * (b - a))
        if w else mp.mpf(1),
        "gumbel": lambda w: mp.gamma(1 - 1j * b * w) * mp.exp(1j * a * w),
    }[name]  # fmt: skip


def mmd(p: tuple[Any, ...], q: tuple[Any, ...], sigma: float) -> Any:
    """The root of the integral of |phi - psi|^2 over the kernel's spectral density N(0, 1/sigma^2).

    Source: Sriperumbudur et al., Journal of Machine Learning Research 11 (2010), corollary 4.
    """
    one, other, s = characteristic(*p), characteristic(*q), mp.mpf(sigma)

    def term(z: Any) -> Any:
        w = z / s
        return abs(one(w) - other(w)) ** 2 * mp.exp(-z * z / 2)

    cuts = [0, 0.01, 0.1, 0.5, 1, 2, 3, 4, 5, 6, 7.5, 9, 11]
    with mp.workdps(25):
        return mp.sqrt(2 * mp.quad(term, cuts, method="gauss-legendre", maxdegree=5)
                       / mp.sqrt(2 * mp.pi))  # fmt: skip


# Outcomes


def step_rows(p: Masses, q: Masses) -> Iterator[Row]:
    """All of transport for two lists of outcomes."""
    gaps = Sums(p, q, ()).gaps()
    places = [exactly(x) for x, *_ in gaps]
    widths = [b - a for a, b in pairwise(places)]
    inner = [g for _, g, _, _ in gaps[:-1]]
    yield "w1", {}, mp.fsum(abs(g) * w for g, w in zip(inner, widths, strict=True)), None
    square = mp.fsum(g * g * w for g, w in zip(inner, widths, strict=True))
    yield "energy_distance", {}, mp.sqrt(2 * square), None
    yield "kolmogorov_smirnov", {}, max((abs(g) for g in inner), default=mp.mpf(0)), None
    yield "cramer_von_mises", {}, mp.fsum(g * g * (a + b) for _, g, a, b in gaps[:-1]) / 2, None
    for order in MOMENTS:
        yield "wasserstein", {"p": order}, coupled(gaps, places, order), None
    if len(gaps) <= 80:
        for sigma in BANDWIDTHS:
            yield "mmd", {"sigma": sigma}, kernel(gaps, places, sigma), None


def exactly(x: Any) -> Any:
    return mp.mpf(x.numerator) / x.denominator if hasattr(x, "numerator") else mp.mpf(x)


def coupled(gaps: list[Any], places: list[Any], order: float) -> Any:
    """W_p by walking both quantile functions in step."""
    power, total = mp.mpf(order), mp.mpf(0)
    left = [[m[2], x] for m, x in zip(gaps, places, strict=True) if m[2]]
    right = [[m[3], x] for m, x in zip(gaps, places, strict=True) if m[3]]
    i = j = 0
    while i < len(left) and j < len(right):
        step = min(left[i][0], right[j][0])
        total += step * abs(left[i][1] - right[j][1]) ** power
        left[i][0] -= step
        right[j][0] -= step
        i, j = i + (left[i][0] <= 0), j + (right[j][0] <= 0)
    return total ** (1 / power)


def kernel(gaps: list[Any], places: list[Any], sigma: float) -> Any:
    change = [a - b for _, _, a, b in gaps]
    s = 2 * mp.mpf(sigma) ** 2
    total = mp.fsum(c * c for c in change)
    for i, x in enumerate(places):
        total += 2 * mp.fsum(change[i] * change[j] * mp.exp(-((x - places[j]) ** 2) / s)
                             for j in range(i))  # fmt: skip
    return mp.sqrt(max(total, mp.mpf(0)))
