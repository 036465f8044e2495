"""gumbel and skewnormal, whose two tails are of different kinds."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from divviz.continuous import MU, SIGMA, centre_handle, scale, standard_gap, width_handle
from divviz.cumulated import Cumulated, cumulated
from divviz.discrete import HALF_LOG_2PI
from divviz.dist import Array, Breaks, Family, Param, Points, Tail, log_quotient
from divviz.grids import BELL, DECAY, LINE, soft
from divviz.quadrature import rule

B_GUMBEL = scale("beta")
ALPHA_SKEW = Param("alpha", 2.0, -10.0, 10.0, -1e6, 1e6)
EULER = 0.57721566490153286

# gumbel

# To the left f falls like exp(-exp(|z|)): by z = -4.5 no mass is left. The cuts further out serve
# the expectation of exp(-z) under another distribution, which peaks where that one falls steeply.
STEEP = -np.array([0.5, 1.5, 2.5, 3.5, 4.5, 6, 8, 12, 18, 27, 40, 60, 90, 135, 200, 300, 450, 745])


def _log_gumbel(x: Points, mu: float, beta: float) -> Array:
    z = x.minus(mu) / beta
    return -z - np.exp(-z) - math.log(beta)


def _gumbel_ratio(x: Points, a: Any, b: Any) -> Array:
    (mu, beta), (nu, other) = a, b
    gap = standard_gap(x, mu, beta, nu, other)
    return log_quotient(other, beta) - gap - np.exp(-x.minus(nu) / other) * np.expm1(-gap)


def _gumbel_exponent(x: Array, mu: float, beta: float) -> Array:
    return np.exp(-(x - mu) / beta)


def _gumbel_tail(mu: float, beta: float) -> tuple[Tail, Tail]:
    left = Tail("exp", rate=1 / beta, shift=mu / beta, more=((1.0, -1 / beta),))
    return left, Tail("order", 1.0, 1 / beta)


# skewnormal


def _log_skewnormal(x: Points, mu: float, sigma: float, alpha: float) -> Array:
    return _log_standard(x.minus(mu) / sigma, alpha) - math.log(sigma)


def _log_standard(z: Array, alpha: float) -> Array:
    from scipy.special import log_ndtr

    return math.log(2) - 0.5 * z * z - HALF_LOG_2PI + log_ndtr(alpha * z)


def _skewnormal_ratio(x: Points, a: Any, b: Any) -> Array:
    (mu, sigma, alpha), (nu, tau, other) = a, b
    u, v = x.minus(mu) / sigma, x.minus(nu) / tau
    gap = standard_gap(x, mu, sigma, nu, tau)
    lean = _log_ndtr_step(other * v, (alpha - other) * u + other * gap)
    return -0.5 * gap * (u + v) + log_quotient(tau, sigma) + lean


def _log_ndtr_step(v: Array, step: Array) -> Array:
    """log Phi(v + step) - log Phi(v) as the integral of phi/Phi; NaN for steps above a half."""
    from scipy.special import erfcx

    r = rule(8)
    t = v[..., None] + 0.5 * step[..., None] * (r.nodes + 1)
    slope = math.sqrt(2 / math.pi) / erfcx(-t / math.sqrt(2))
    return np.where(np.abs(step) < 0.5, 0.5 * step * (slope @ r.weights), np.nan)


@lru_cache(maxsize=64)
def _standard(alpha: float) -> Cumulated:
    """The standard skew normal, cumulated out to where its density underflows."""
    steps = np.arange(-39.0, 40.0)
    steep = max(abs(alpha), 1.0)
    between = 39 / steep * 4.0 ** np.arange(max(0, math.ceil(math.log(steep / 39, 4))))
    edges = np.unique(np.concatenate([steps, steps / steep, between, -between]))
    return cumulated(lambda z: np.exp(_log_standard(z, alpha)), edges)


def _skewnormal_cdf(x: Array, mu: float, sigma: float, alpha: float) -> Array:
    return _standard(alpha).cdf((x - mu) / sigma)


def _skewnormal_sf(x: Array, mu: float, sigma: float, alpha: float) -> Array:
    return _standard(alpha).sf((x - mu) / sigma)


def _unbounded(z: Array, u: Array, low: float) -> Array:
    """z, but `low` at u = 0 and its opposite at u = 1."""
    return np.where(u <= 0, low, np.where(u >= 1, -low, z))


def _skewnormal_quantile(u: Array, mu: float, sigma: float, alpha: float) -> Array:
    return mu + sigma * _unbounded(_standard(alpha).quantile(u), u, -math.inf)


def _skewnormal_isf(u: Array, mu: float, sigma: float, alpha: float) -> Array:
    return mu + sigma * _unbounded(_standard(alpha).isf(u), u, math.inf)


def _lean(alpha: float) -> float:
    """The mean of the standard skew normal: Azzalini, Scand. J. Statist. 12 (1985), section 2.3."""
    return alpha / math.hypot(1, alpha) * math.sqrt(2 / math.pi)


def _skewnormal_sd(mu: float, sigma: float, alpha: float) -> float:
    return sigma * math.sqrt(1 - _lean(alpha) ** 2)


def _skewnormal_breaks(mu: float, sigma: float, alpha: float) -> Breaks:
    grids = [soft(mu, BELL, sigma)]
    if abs(alpha) > 1:
        grids.append(soft(mu, BELL, sigma / abs(alpha)))
    return Breaks(soft=tuple(grids))


def _skewnormal_tail(mu: float, sigma: float, alpha: float) -> tuple[Tail, Tail]:
    def tail(side: int) -> Tail:
        light = side * alpha < 0
        rate = (1 + alpha**2 if light else 1.0) / sigma**2
        more = ((1.0, -side * mu * rate), *(((0.0, 1.0),) if light else ()))
        return Tail("order", 2.0, 0.5 * rate, more=more)

    return tail(-1), tail(1)


SKEWED: tuple[Family, ...] = (
    Family(
        "gumbel",
        "continuous",
        (MU, B_GUMBEL),
        log_density=_log_gumbel,
        support=lambda mu, beta: LINE,
        cdf=lambda x, mu, beta: np.exp(-_gumbel_exponent(x, mu, beta)),
        sf=lambda x, mu, beta: -np.expm1(-_gumbel_exponent(x, mu, beta)),
        quantile=lambda u, mu, beta: mu - beta * np.log(-np.log(u)),
        isf=lambda u, mu, beta: mu - beta * np.log(-np.log1p(-u)),
        mean=lambda mu, beta: mu + EULER * beta,
        sd=lambda mu, beta: math.pi / math.sqrt(6) * beta,
        handles=(centre_handle(0, MU), width_handle(0, 1, B_GUMBEL)),
        breaks=lambda mu, beta: Breaks(soft=(soft(mu, STEEP, beta), soft(mu, DECAY, beta))),
        tail=_gumbel_tail,
        log_ratio=_gumbel_ratio,
    ),
    Family(
        "skewnormal",
        "continuous",
        (MU, SIGMA, ALPHA_SKEW),
        log_density=_log_skewnormal,
        support=lambda mu, sigma, alpha: LINE,
        cdf=_skewnormal_cdf,
        sf=_skewnormal_sf,
        quantile=_skewnormal_quantile,
        isf=_skewnormal_isf,
        mean=lambda mu, sigma, alpha: mu + sigma * _lean(alpha),
        sd=_skewnormal_sd,
        handles=(centre_handle(0, MU), width_handle(0, 1, SIGMA)),
        breaks=_skewnormal_breaks,
        tail=_skewnormal_tail,
        log_ratio=_skewnormal_ratio,
    ),
)
