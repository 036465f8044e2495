"""Densities written in mpmath, and their information measures by tanh-sinh to 30 digits.

The line is cut into pieces that each family chooses for itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import mpmath as mp

from divviz.families import Dist

DIGITS = 30
ENTROPIES = ("entropy_p", "entropy_q", "cross_entropy_pq", "cross_entropy_qp")
INFORMATION = (*ENTROPIES, "kl_pq", "kl_qp", "js")
INF = math.inf


@dataclass(frozen=True)
class Exact:
    """log_pdf in mpmath, cuts of the line, (end, exponent) of singular ends, tail indices."""

    log_pdf: Callable[[Any], Any]
    cuts: tuple[float, ...]
    support: tuple[float, float] = (-INF, INF)
    exponents: tuple[tuple[float, float], ...] = ()
    alpha: float = 1.0


def normal(mu: float, sigma: float) -> Exact:
    m, s = mp.mpf(mu), mp.mpf(sigma)
    cuts = tuple(mu + sigma * k for k in (-9, -6, -3.5, -2, -1, 0, 1, 2, 3.5, 6, 9))
    constant = mp.log(s) + mp.log(2 * mp.pi) / 2
    return Exact(lambda x: -(((x - m) / s) ** 2) / 2 - constant, cuts)


def laplace(mu: float, b: float) -> Exact:
    m, s = mp.mpf(mu), mp.mpf(b)
    cuts = tuple(mu + b * k for k in (-40, -12, -5, -2, 0, 2, 5, 12, 40))
    return Exact(lambda x: -abs(x - m) / s - mp.log(2 * s), cuts)


def student_t(nu: float, mu: float, sigma: float) -> Exact:
    n, m, s = mp.mpf(nu), mp.mpf(mu), mp.mpf(sigma)
    constant = mp.log(mp.gamma((n + 1) / 2) / mp.gamma(n / 2) / mp.sqrt(mp.pi * n) / s)
    cuts = tuple(mu + sigma * k for k in (-12, -4, -1.5, 0, 1.5, 4, 12))
    return Exact(
        lambda x: constant - (n + 1) / 2 * mp.log(1 + ((x - m) / s) ** 2 / n), cuts, alpha=nu
    )


def cauchy(x0: float, gamma: float) -> Exact:
    return student_t(1.0, x0, gamma)


def uniform(a: float, b: float) -> Exact:
    return Exact(lambda x: -mp.log(mp.mpf(b) - mp.mpf(a)), (a, b), (a, b))


def exponential(rate: float) -> Exact:
    r = mp.mpf(rate)
    cuts = tuple(k / rate for k in (0, 1, 3, 8, 20, 60))
    return Exact(lambda x: mp.log(r) - r * x, cuts, (0.0, INF))


def gamma(shape: float, rate: float) -> Exact:
    k, r = mp.mpf(shape), mp.mpf(rate)
    constant = k * mp.log(r) - mp.loggamma(k)
    mean, sd = shape / rate, math.sqrt(shape) / rate
    cuts = {0.0} | {mean + j * sd for j in (-6, -3, -1, 0, 1, 3, 6, 12, 40) if mean + j * sd > 0}
    return Exact(
        lambda x: constant + (k - 1) * mp.log(x) - r * x,
        tuple(sorted(cuts)),
        (0.0, INF),
        ((0.0, min(shape, 1.0)),),
    )


def beta(a: float, b: float) -> Exact:
    constant = mp.log(mp.beta(a, b))
    c, d = mp.mpf(a) - 1, mp.mpf(b) - 1
    return Exact(
        lambda x: c * mp.log(x) + d * mp.log(1 - x) - constant,
        (0.0, 0.05, 0.3, 0.7, 0.95, 1.0),
        (0.0, 1.0),
        ((0.0, min(a, 1.0)),),
    )


def mixed(*parts: tuple[float, Exact]) -> Exact:
    total = mp.fsum(w for w, _ in parts)

    def log_pdf(x: Any) -> Any:
        inside = [(w, e) for w, e in parts if e.support[0] <= x <= e.support[1]]
        return mp.log(mp.fsum(w / total * mp.exp(e.log_pdf(x)) for w, e in inside))

    low = min(e.support[0] for _, e in parts)
    high = max(e.support[1] for _, e in parts)
    cuts = tuple(sorted({c for _, e in parts for c in e.cuts}))
    return Exact(log_pdf, cuts, (low, high), alpha=min(e.alpha for _, e in parts))


EXACT = {
    f.__name__: f for f in (normal, laplace, student_t, cauchy, uniform, exponential, gamma, beta)
}


@mp.workdps(DIGITS)
def exact_of(dist: Dist) -> Exact:
    if dist.name == "mixture":
        weights = dist.weights.tolist()
        return mixed(*zip(weights, map(exact_of, dist.parts), strict=True))
    return EXACT[dist.name](*dist.args)


@lru_cache(maxsize=4)
def tanh_sinh(level: int) -> list[tuple[Any, Any]]:
    """(distance from the nearer end of [0, 1], weight, at the left end?) of the rule."""
    step = mp.mpf(1) / 2**level
    nodes = []
    for k in range(int(4.6 / step) + 1):
        s = mp.pi / 2 * mp.sinh(k * step)
        distance = 1 / (1 + mp.exp(2 * s))
        weight = step * mp.pi / 2 * mp.cosh(k * step) / mp.cosh(s) ** 2 / 2
        nodes.append((distance, weight))
    return nodes


@mp.workdps(DIGITS)
def integrate_all(p: Exact, q: Exact, level: int = 4) -> dict[str, Any]:
    """The seven information measures of two densities."""
    cuts = sorted({mp.mpf(c) for e in (p, q) for c in e.cuts})
    totals: dict[str, Any] = dict.fromkeys(INFORMATION, mp.mpf(0))
    for x, w in places(p, q, cuts, level):
        log_p = p.log_pdf(x) if p.support[0] <= x <= p.support[1] else None
        log_q = q.log_pdf(x) if q.support[0] <= x <= q.support[1] else None
        add(totals, w, log_p, log_q)
    return totals


def add(totals: dict[str, Any], w: Any, log_p: Any, log_q: Any) -> None:
    a = mp.exp(log_p) * w if log_p is not None else mp.mpf(0)
    b = mp.exp(log_q) * w if log_q is not None else mp.mpf(0)
    if log_p is not None:
        totals["entropy_p"] -= a * log_p
    if log_q is not None:
        totals["entropy_q"] -= b * log_q
    if log_p is None or log_q is None:
        totals["js"] += (a + b) * mp.log(2) / 2
        return
    d = log_p - log_q
    totals["cross_entropy_pq"] -= a * log_q
    totals["cross_entropy_qp"] -= b * log_p
    totals["kl_pq"] += a * d
    totals["kl_qp"] -= b * d
    ratio = mp.exp(-abs(d))
    to_m = mp.log((1 + ratio) / 2)
    up, down = (a, b) if d > 0 else (b, a)
    totals["js"] += (-up * to_m + down * (-abs(d) - to_m)) / 2


def places(p: Exact, q: Exact, cuts: list[Any], level: int) -> Any:
    ends = {e: min(x for s, x in (*p.exponents, *q.exponents) if s == e)
            for e, _ in (*p.exponents, *q.exponents)}  # fmt: skip
    for a, b in pairwise(cuts):
        yield from piece(a, b, ends.get(float(a), 1.0), level)
    alpha = min(p.alpha, q.alpha)
    if min(p.support[0], q.support[0]) == -INF:
        yield from ((-x, w) for x, w in tail(-cuts[0], alpha, level))
    if max(p.support[1], q.support[1]) == INF:
        yield from tail(cuts[-1], alpha, level)


def piece(a: Any, b: Any, exponent: float, level: int) -> Any:
    """[a, b] with x = a + (b - a) u^(1/exponent), which flattens the singular end a."""
    power = 1 / mp.mpf(exponent)
    for distance, weight in tanh_sinh(level):
        for u in {distance, 1 - distance}:
            x = a + (b - a) * u**power
            if a < x < b:
                yield x, weight * (b - a) * power * u ** (power - 1)


def tail(c: Any, alpha: float, level: int) -> Any:
    """[c, inf) with x = c + s (u^(-1/alpha) - 1)."""
    scale, power = max(abs(c), mp.mpf(1)), 1 / mp.mpf(alpha)
    for distance, weight in tanh_sinh(level):
        for u in {distance, 1 - distance}:
            x = c + scale * (u**-power - 1)
            if x > c:
                yield x, weight * scale * power * u ** (-power - 1)
