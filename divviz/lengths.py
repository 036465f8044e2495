"""chi2, halfnormal and rayleigh: squares and lengths of vectors of normal numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from divviz.dist import (
    END,
    Array,
    Breaks,
    End,
    Family,
    Handle,
    Param,
    Points,
    Tail,
    Zone,
    log_quotient,
)
from divviz.grids import BELL, HALF_LINE, inside, soft
from divviz.singular import GAMMA

NU = Param("nu", 4.0, 0.5, 30.0, 0.02, 1e6, scale="log")
SIGMA = Param("sigma", 1.0, 0.05, 10.0, 1e-9, 1e9, scale="log")

# chi2


def _of_gamma(entry: Callable[..., Any] | None) -> Callable[..., Any]:
    """The gamma family's `entry` for shape nu/2 and rate 1/2."""
    assert entry is not None
    return lambda x, nu: entry(x, 0.5 * nu, 0.5)


def _chi2_ratio(x: Points, a: Any, b: Any) -> Array:
    (nu,), (other,) = a, b
    k, m = 0.5 * nu, 0.5 * other
    body = (k - m) * (x.log_minus(0.0) - math.log(2)) if k != m else np.zeros_like(x.x)
    return body - _log_gamma_gap(k, m)


def _chi2_isf(u: Array, nu: float) -> Array:
    from scipy.special import gammainccinv

    result: Array = 2 * gammainccinv(0.5 * nu, u)
    return result


def _log_gamma_gap(k: float, m: float) -> float:
    """log Gamma(k) - log Gamma(m), to full relative precision also where k nearly is m."""
    from scipy.special import digamma, gammaln, polygamma

    step, middle = k - m, 0.5 * (k + m)
    if abs(step) > 1e-2 * middle:
        return float(gammaln(k) - gammaln(m))
    # Taylor about the middle: only the odd derivatives of log Gamma remain.
    third, fifth = polygamma(2, middle) / 24, polygamma(4, middle) / 1920
    return float(step * (digamma(middle) + step**2 * (third + step**2 * fifth)))


# halfnormal and rayleigh


def _square(x: Points, sigma: float) -> Array:
    z = x.minus(0.0) / sigma
    return 0.5 * z * z


def _log_halfnormal(x: Points, sigma: float) -> Array:
    constant = 0.5 * math.log(2 / math.pi) - math.log(sigma)
    return inside(x, 0.0, math.inf, constant - _square(x, sigma))


def _log_rayleigh(x: Points, sigma: float) -> Array:
    logs = x.log_minus(0.0) - 2 * math.log(sigma) - _square(x, sigma)
    return inside(x, 0.0, math.inf, logs)


def _square_gap(x: Points, s: float, t: float) -> Array:
    """x^2/2s^2 - x^2/2t^2."""
    return _square(x, s) * ((t - s) / t) * ((t + s) / t)


def _scaled_special(name: str, factor: float) -> Callable[..., Array]:
    """factor sigma f(u) for the function `name` of scipy.special."""

    def entry(u: Array, sigma: float) -> Array:
        from scipy import special

        result: Array = factor * sigma * getattr(special, name)(u)
        return result

    return entry


def _halfnormal_cdf(x: Array, sigma: float) -> Array:
    from scipy.special import erf

    result: Array = erf(np.maximum(x, 0.0) / sigma / math.sqrt(2))
    return result


def _halfnormal_sf(x: Array, sigma: float) -> Array:
    from scipy.special import erfc

    result: Array = erfc(np.maximum(x, 0.0) / sigma / math.sqrt(2))
    return result


def _rayleigh_breaks(sigma: float) -> Breaks:
    anchor, grid, size = soft(0.0, BELL[8:], sigma)
    return Breaks((0.0,), ((anchor, grid, size),), (Zone(0.0, 1, float(grid[0]), 1.0),))


def _gaussian_tail(sigma: float, *more: tuple[float, float]) -> tuple[Tail, Tail]:
    return END, Tail("order", 2.0, 0.5 / sigma**2, more=more)


def _at_sigma(name: Any) -> Handle:
    return Handle(name, lambda sigma: sigma, lambda x, sigma: (SIGMA.clip(x),))


LENGTHS: tuple[Family, ...] = (
    Family(
        "chi2",
        "continuous",
        (NU,),
        log_density=_of_gamma(GAMMA.log_density),
        support=lambda nu: HALF_LINE,
        cdf=_of_gamma(GAMMA.cdf),
        sf=_of_gamma(GAMMA.sf),
        quantile=_of_gamma(GAMMA.quantile),
        isf=_chi2_isf,
        mean=lambda nu: nu,
        sd=lambda nu: math.sqrt(2 * nu),
        handles=(Handle("centre", lambda nu: nu, lambda x, nu: (NU.clip(x),)),),
        breaks=lambda nu: GAMMA.breaks(0.5 * nu, 0.5),  # type: ignore[misc]
        tail=lambda nu: GAMMA.tail(0.5 * nu, 0.5),
        ends=lambda nu: GAMMA.ends(0.5 * nu, 0.5),
        log_ratio=_chi2_ratio,
    ),
    Family(
        "halfnormal",
        "continuous",
        (SIGMA,),
        log_density=_log_halfnormal,
        support=lambda sigma: HALF_LINE,
        cdf=_halfnormal_cdf,
        sf=_halfnormal_sf,
        quantile=_scaled_special("erfinv", math.sqrt(2)),
        isf=_scaled_special("erfcinv", math.sqrt(2)),
        mean=lambda sigma: sigma * math.sqrt(2 / math.pi),
        sd=lambda sigma: sigma * math.sqrt(1 - 2 / math.pi),
        handles=(_at_sigma("width"),),
        breaks=lambda sigma: Breaks((0.0,), (soft(0.0, BELL[8:], sigma),)),
        tail=_gaussian_tail,
        log_ratio=lambda x, a, b: log_quotient(b[0], a[0]) - _square_gap(x, a[0], b[0]),
    ),
    Family(
        "rayleigh",
        "continuous",
        (SIGMA,),
        log_density=_log_rayleigh,
        support=lambda sigma: HALF_LINE,
        cdf=lambda x, sigma: -np.expm1(-0.5 * (np.maximum(x, 0.0) / sigma) ** 2),
        sf=lambda x, sigma: np.exp(-0.5 * (np.maximum(x, 0.0) / sigma) ** 2),
        quantile=lambda u, sigma: sigma * np.sqrt(-2 * np.log1p(-u)),
        isf=lambda u, sigma: sigma * np.sqrt(-2 * np.log(u)),
        mean=lambda sigma: sigma * math.sqrt(math.pi / 2),
        sd=lambda sigma: sigma * math.sqrt(2 - math.pi / 2),
        handles=(_at_sigma("centre"),),
        breaks=_rayleigh_breaks,
        tail=lambda sigma: _gaussian_tail(sigma, (0.0, -1.0)),
        ends=lambda sigma: (End(0.0, 1, 2.0),),
        log_ratio=lambda x, a, b: 2 * log_quotient(b[0], a[0]) - _square_gap(x, a[0], b[0]),
    ),
)
