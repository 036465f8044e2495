"""Counts: failures before a success (negative binomial), and ranks that fall by a power (Zipf)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from divviz.discrete import N, deviance, log_rest_quotient, stirling_error, whole
from divviz.dist import (
    END,
    SPAN,
    Array,
    Family,
    Handle,
    Interval,
    Param,
    Points,
    Tail,
    log_quotient,
)

SUCCESSES = Param("r", 3.0, 0.1, 30.0, 1e-6, 1e3, scale="log")
HIT = Param("p", 0.4, 0.02, 1.0, 0.001, 1.0)
EXPONENT = Param("s", 1.0, 0.0, 4.0, 0.0, 100.0)
ENOUGH = SPAN + 5
RANKS = Param("n", N.default, 2, N.high, 1, 1e6, integer=True)


# negative binomial


def _log_counts(k: Array, r: float, p: float) -> Array:
    """The log of Gamma(k + r) / (k! Gamma(r)) p^r (1-p)^k, for p < 1.

    Source: Johnson, Kemp & Kotz, Univariate Discrete Distributions (2005), (5.1), in the form of
    Loader (2000) as r/(k + r) times a binomial mass.
    """
    x = np.where(k > 0, k, 1.0)
    n = x + r
    body = (
        stirling_error(n)
        - stirling_error(x)
        - stirling_error(r)
        - deviance(x, n * (1 - p))
        - deviance(r, n * p)
        - 0.5 * (np.log(2 * math.pi * x) + np.log1p(x / r))
    )
    return np.where(k > 0, body, r * math.log(p))


def _log_negative_binomial(x: Points, r: float, p: float) -> Array:
    on = whole(x, 0, math.inf)
    k = np.where(on, x.x, 0.0)
    if p == 1:
        return np.where(on & (k == 0), 0.0, -np.inf)
    return np.where(on, _log_counts(k, r, p), -np.inf)


def _negative_binomial_ratio(x: Points, a: Any, b: Any) -> Array | None:
    (r, p), (s, q) = a, b
    if r != s or p == 1 or q == 1:
        return None
    return r * log_quotient(p, q) + x.x * log_rest_quotient(p, q)


def _negative_binomial_span(r: float, p: float) -> Interval:
    """The counts outside of which Chernoff's bound leaves less than exp(-SPAN)."""
    if p == 1:
        return 0.0, 0.0
    mean = r * (1 - p) / p
    high = mean + 1
    while _exponent(high, r, p) < ENOUGH:
        high = mean + 2 * (high - mean)
    low = 0.0 if -r * math.log(p) < ENOUGH else _where(0.0, mean, r, p)
    return math.floor(low), math.ceil(_where(high, mean, r, p))


def _exponent(k: float, r: float, p: float) -> float:
    """Chernoff's exponent: P(X >= k), or P(X <= k) below the mean, is at most exp(-this)."""
    n = k + r
    return (k * math.log(k / (n * (1 - p))) if k > 0 else 0.0) + r * math.log(r / (n * p))


def _where(outer: float, inner: float, r: float, p: float) -> float:
    for _ in range(30):
        middle = 0.5 * (outer + inner)
        outer, inner = (middle, inner) if _exponent(middle, r, p) > ENOUGH else (outer, middle)
    return outer


def _negative_binomial_tail(r: float, p: float) -> tuple[Tail, Tail]:
    if p == 1:
        return END, END
    return END, Tail("order", 1.0, -math.log1p(-p), more=((0.0, 1 - r),))


def _negative_binomial_cdf(x: Array, r: float, p: float) -> Array:
    from scipy.special import betainc

    k = np.floor(x)
    inner: Array = betainc(r, np.maximum(k, 0.0) + 1, p)
    return np.where(k < 0, 0.0, inner)


def _negative_binomial_sf(x: Array, r: float, p: float) -> Array:
    from scipy.special import betaincc

    k = np.floor(x)
    inner: Array = betaincc(r, np.maximum(k, 0.0) + 1, p)
    return np.where(k < 0, 1.0, inner)


def _negative_binomial_centre(x: float, r: float, p: float) -> tuple[float, float]:
    return r, HIT.clip(r / (r + x) if x > 0 else 1.0)


NEGATIVE_BINOMIAL = Family(
    "negative_binomial",
    "discrete",
    (SUCCESSES, HIT),
    log_density=_log_negative_binomial,
    support=lambda r, p: ((0.0, 0.0 if p == 1 else math.inf),),
    span=_negative_binomial_span,
    cdf=_negative_binomial_cdf,
    sf=_negative_binomial_sf,
    tail=_negative_binomial_tail,
    mean=lambda r, p: r * (1 - p) / p,
    sd=lambda r, p: math.sqrt(r * (1 - p)) / p,
    handles=(Handle("centre", lambda r, p: r * (1 - p) / p, _negative_binomial_centre),),
    log_ratio=_negative_binomial_ratio,
)


# zipf


@lru_cache(maxsize=16)
def _harmonic(s: float, n: float) -> float:
    """The sum of k**-s over 1..n. Source: Johnson, Kemp & Kotz (2005), (11.101)."""
    return float(np.power(np.arange(1.0, n + 1), -s).sum())


def _log_zipf(x: Points, s: float, n: float) -> Array:
    on = whole(x, 1, n)
    k = np.where(on, x.x, 1.0)
    return np.where(on, -s * np.log(k) - math.log(_harmonic(s, n)), -np.inf)


def _zipf_ratio(x: Points, a: Any, b: Any) -> Array | None:
    (s, n), (t, m) = a, b
    if n != m:
        return None
    logs = np.log(np.maximum(x.x, 1.0))
    # H(t)/H(s) - 1 is the mean of k**(s-t) - 1 under P: no difference of two logs of sums.
    return (t - s) * logs + math.log1p(_excess(s, t, n))


@lru_cache(maxsize=16)
def _excess(s: float, t: float, n: float) -> float:
    logs = np.log(np.arange(1.0, n + 1))
    return float((np.exp(-s * logs) * np.expm1((s - t) * logs)).sum()) / _harmonic(s, n)


@lru_cache(maxsize=16)
def _zipf_moments(s: float, n: float) -> tuple[float, float]:
    k = np.arange(1.0, n + 1)
    mass = np.power(k, -s) / _harmonic(s, n)
    # Most of the mass may stand on 1, where the mean's own digits would cancel.
    mean = float((mass * (k - 1)).sum())
    return 1 + mean, math.sqrt(float((mass * (k - 1 - mean) ** 2).sum()))


def _zipf_right(x: float, s: float, n: float) -> tuple[float, float]:
    return s, RANKS.clip(x)


ZIPF = Family(
    "zipf",
    "discrete",
    (EXPONENT, RANKS),
    log_density=_log_zipf,
    support=lambda s, n: ((1.0, n),),
    span=lambda s, n: (1.0, n),
    mean=lambda s, n: _zipf_moments(s, n)[0],
    sd=lambda s, n: _zipf_moments(s, n)[1],
    handles=(Handle("right", lambda s, n: n, _zipf_right),),
    log_ratio=_zipf_ratio,
)

COUNTS: tuple[Family, ...] = (NEGATIVE_BINOMIAL, ZIPF)
