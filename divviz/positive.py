"""lognormal, weibull and pareto, whose shape is seen in log x: they may span many decades."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz.dist import (
    END,
    SPAN,
    Array,
    Breaks,
    End,
    Family,
    Handle,
    Interval,
    Param,
    Points,
    Tail,
    Zone,
    log_quotient,
)
from divviz.grids import BELL, DECAY, HALF_LINE, inside

MU = Param("mu", 0.0, -3.0, 3.0, -30.0, 30.0)
SIGMA_LOG = Param("sigma", 1.0, 0.05, 3.0, 1e-5, 10.0, scale="log")
SHAPE = Param("shape", 1.5, 0.3, 10.0, 0.01, 1e6, scale="log")
SCALE = Param("scale", 1.0, 0.05, 10.0, 1e-9, 1e9, scale="log")
ALPHA = Param("alpha", 2.5, 0.3, 20.0, 0.1, 1e6, scale="log")
XM = Param("xm", 1.0, 0.05, 10.0, 1e-9, 1e9, scale="log")
LARGEST_LOG = 700.0
SHOWN_SCALES = 20.0  # of a distribution over many decades, the part that still shows a shape


def log_over(x: Points, c: float) -> Array:
    """log(x / c) for c > 0, exact next to c where c is an anchor; -inf at 0."""
    r = x.minus(c) / c
    near = np.abs(r) < 0.5
    return np.where(near, np.log1p(np.where(near, r, 0.0)), x.log_minus(0.0) - math.log(c))


def _log_scaled(x: Array, c: float) -> Array:
    """log(x / c) for an array x, -inf up to 0."""
    return log_over(Points(np.maximum(x, 0.0)), c)


def _capped_exp(log: float) -> float:
    """exp(log), within what a double holds."""
    return math.exp(max(-LARGEST_LOG, min(log, LARGEST_LOG)))


def _positive_log(x: float, c: float) -> float:
    """|log(x / c)| for a dragged x, large where x is not positive."""
    return abs(math.log(x / c)) if 0 < x / c < math.inf else math.inf


def _inverse(x: float) -> float:
    return 1 / x if x > 0 else math.inf


# lognormal


def _log_lognormal(x: Points, mu: float, sigma: float) -> Array:
    y = log_over(x, math.exp(mu))
    body = -0.5 * (y / sigma) ** 2 - y - mu - math.log(sigma) - 0.5 * math.log(2 * math.pi)
    return inside(x, 0.0, math.inf, np.where(np.isneginf(y), -np.inf, body))


def _lognormal_ratio(x: Points, a: Any, b: Any) -> Array:
    (mu, sigma), (nu, tau) = a, b
    u = log_over(x, math.exp(mu))
    v = u + (mu - nu)
    gap = (u * ((tau - sigma) / sigma) - (mu - nu)) / tau
    return -0.5 * gap * (u / sigma + v / tau) + log_quotient(tau, sigma)


def _lognormal_cdf(x: Array, mu: float, sigma: float, side: float = 1.0) -> Array:
    from scipy.special import ndtr

    result: Array = ndtr(side * _log_scaled(x, math.exp(mu)) / sigma)
    return result


def _lognormal_quantile(u: Array, mu: float, sigma: float, side: float = 1.0) -> Array:
    from scipy.special import ndtri

    return np.exp(mu) * np.exp(side * sigma * ndtri(u))


def _lognormal_sd(mu: float, sigma: float) -> float:
    return math.exp(mu + 0.5 * sigma**2) * math.sqrt(math.expm1(sigma**2))


def _lognormal_breaks(mu: float, sigma: float) -> Breaks:
    median = math.exp(mu)
    k = BELL if sigma < 0.9 else np.array([0.0])
    grid = np.exp(sigma * k)
    size = np.maximum(1.5, 0.25 * np.abs(k)) * min(sigma, 1.0) * median * grid
    ends = median * grid[[0, -1]]
    zones = (
        # Down to 13 sigma of log x: exp(-13^2/2) = 2e-37. Up to 31.5: there x**k f is integrated to
        # 9 sigma past its peak, or else x**k is larger than any double.
        Zone(0.0, 1, float(ends[0]), min(1.0, SPAN / (13 * sigma))),
        Zone(0.0, 1, float(ends[1]), None, SPAN / (31.5 * sigma)),
    )
    return Breaks((0.0,), ((median, median * np.expm1(sigma * k), size),), zones)


def _lognormal_tail(mu: float, sigma: float) -> tuple[Tail, Tail]:
    rate = 0.5 / sigma**2
    return END, Tail("log_square", rate=rate, more=((0.0, 1 - mu / sigma**2),))


def _lognormal_window(mu: float, sigma: float) -> Interval:
    return 0.0, math.exp(mu + min(3 * sigma, 3.0 + 0.5 * math.log(max(sigma, 1.0))))


# weibull


def _log_weibull(x: Points, shape: float, scale: float) -> Array:
    y = log_over(x, scale)
    body = (shape - 1) * y if shape != 1 else np.zeros_like(y)
    logs = body - np.exp(shape * y) + (math.log(shape) - math.log(scale))
    return inside(x, 0.0, math.inf, logs)


def _weibull_ratio(x: Points, a: Any, b: Any) -> Array:
    (k, s), (m, t) = a, b
    u = log_over(x, s)
    stretch = log_quotient(s, t)
    # log f = log k - log x + y - exp(y) with y = k log(x/s); `gap` is the difference of the y.
    gap = ((k - m) * u if k != m else np.zeros_like(u)) - m * stretch
    return log_quotient(k, m) + gap - np.exp(m * (u + stretch)) * np.expm1(gap)


def _weibull_exponent(x: Array, shape: float, scale: float) -> Array:
    return np.exp(shape * _log_scaled(x, scale))


def _weibull_of(exponent: Array, shape: float, scale: float) -> Array:
    return scale * np.exp(np.log(exponent) / shape)


def _weibull_mean(shape: float, scale: float) -> float:
    return scale * math.gamma(1 + 1 / shape)


def _weibull_sd(shape: float, scale: float) -> float:
    from scipy.special import zeta

    e = 1 / shape
    if e > 0.1:
        excess = math.lgamma(1 + 2 * e) - 2 * math.lgamma(1 + e)
    else:
        # DLMF 5.7.3 term by term: the two log gammas would cancel.
        j = np.arange(2, 26)
        excess = float(np.sum(zeta(j) / j * (2.0**j - 2) * (-e) ** j))
    return _weibull_mean(shape, scale) * math.sqrt(math.expm1(excess))


def _weibull_breaks(shape: float, scale: float) -> Breaks:
    # y = shape log(x / scale) falls like exp(y) to the left and like exp(-exp(y)) to the right.
    y = np.concatenate([-DECAY[::-1], [0.5, 1.5, 2.5, 3.5, 4.5]]) if shape > 1 else np.zeros(1)
    offsets = scale * np.expm1(y / shape)
    size = np.full(len(y), 1.5 * min(1 / shape, 1.0)) * scale * np.exp(y / shape)
    keep = y / shape > -5
    offsets, size = offsets[keep], size[keep]
    least, most = scale + float(offsets[0]), scale + float(offsets[-1])
    # Out to exp(-240), where x**k f is past its peak, or else x**k is larger than any double.
    zones = [Zone(0.0, 1, most, None, SPAN * shape / 5.5)]
    if shape != 1:
        zones.append(Zone(0.0, 1, least, min(shape, 1.0)))
    return Breaks((0.0,), ((scale, offsets, size),), tuple(zones))


def _weibull_tail(shape: float, scale: float) -> tuple[Tail, Tail]:
    rate = _capped_exp(-shape * math.log(scale))
    return END, Tail("order", shape, rate, more=((0.0, 1 - shape),))


def _weibull_window(shape: float, scale: float) -> Interval:
    return 0.0, scale * min(math.log(1000) ** (1 / shape), SHOWN_SCALES)


# pareto


def _log_pareto(x: Points, alpha: float, xm: float) -> Array:
    logs = math.log(alpha) - math.log(xm) - (alpha + 1) * log_over(x, xm)
    return inside(x, xm, math.inf, logs)


def _pareto_ratio(x: Points, a: Any, b: Any) -> Array:
    (alpha, xm), (beta, other) = a, b
    both = (x.minus(xm) >= 0) & (x.minus(other) >= 0)
    logs = log_quotient(alpha, beta) - (alpha - beta) * log_over(x, xm)
    return np.where(both, logs + beta * log_quotient(xm, other), np.nan)


def _pareto_logs(x: Array, alpha: float, xm: float) -> Array:
    """log sf."""
    return -alpha * np.maximum(_log_scaled(x, xm), 0.0)


def _pareto_sd(alpha: float, xm: float) -> float:
    if alpha <= 2:
        return math.inf
    return xm * math.sqrt(alpha / (alpha - 2)) / (alpha - 1)


def _pareto_breaks(alpha: float, xm: float) -> Breaks:
    y = DECAY / alpha
    y = np.append(y[y < 1.4], 1.4) if y[-1] > 1.4 else y
    offsets = xm * np.expm1(y)
    size = 1.5 * xm * min(1 / alpha, 1.0) * np.maximum(1.0, 0.2 * alpha * y)
    zones = (Zone(0.0, 1, xm + float(offsets[-1]), None, alpha),)
    return Breaks((xm,), ((xm, offsets, size),), zones)


def _pareto_tail(alpha: float, xm: float) -> tuple[Tail, Tail]:
    # The coefficient matters to moments of low order only, and there it is far from overflow.
    coefficient = _capped_exp(math.log(alpha) + alpha * math.log(xm))
    return END, Tail("power", terms=((alpha, coefficient),))


POSITIVE: tuple[Family, ...] = (
    Family(
        "lognormal",
        "continuous",
        (MU, SIGMA_LOG),
        log_density=_log_lognormal,
        support=lambda mu, sigma: HALF_LINE,
        cdf=_lognormal_cdf,
        sf=lambda x, mu, sigma: _lognormal_cdf(x, mu, sigma, -1.0),
        quantile=_lognormal_quantile,
        isf=lambda u, mu, sigma: _lognormal_quantile(u, mu, sigma, -1.0),
        mean=lambda mu, sigma: math.exp(mu + 0.5 * sigma**2),
        sd=_lognormal_sd,
        handles=(
            Handle(
                "centre",
                lambda mu, sigma: math.exp(mu),
                lambda x, mu, sigma: (MU.clip(math.log(x) if x > 0 else -math.inf), sigma),
            ),
            Handle(
                "width",
                lambda mu, sigma: math.exp(mu + sigma),
                lambda x, mu, sigma: (mu, SIGMA_LOG.clip(_positive_log(x, math.exp(mu)))),
            ),
        ),
        breaks=_lognormal_breaks,
        tail=_lognormal_tail,
        ends=lambda mu, sigma: (End(0.0, 1, mu / sigma**2, 0.5 / sigma**2),),
        window=_lognormal_window,
        log_ratio=_lognormal_ratio,
    ),
    Family(
        "weibull",
        "continuous",
        (SHAPE, SCALE),
        log_density=_log_weibull,
        support=lambda shape, scale: HALF_LINE,
        cdf=lambda x, shape, scale: -np.expm1(-_weibull_exponent(x, shape, scale)),
        sf=lambda x, shape, scale: np.exp(-_weibull_exponent(x, shape, scale)),
        quantile=lambda u, shape, scale: _weibull_of(-np.log1p(-u), shape, scale),
        isf=lambda u, shape, scale: _weibull_of(-np.log(u), shape, scale),
        mean=_weibull_mean,
        sd=_weibull_sd,
        handles=(
            Handle(
                "centre",
                lambda shape, scale: scale,
                lambda x, shape, scale: (shape, SCALE.clip(x)),
            ),
            Handle(
                "width",
                lambda shape, scale: scale * math.exp(1 / shape),
                lambda x, shape, scale: (SHAPE.clip(_inverse(_positive_log(x, scale))), scale),
            ),
        ),
        breaks=_weibull_breaks,
        tail=_weibull_tail,
        ends=lambda shape, scale: (End(0.0, 1, shape),),
        window=_weibull_window,
        log_ratio=_weibull_ratio,
    ),
    Family(
        "pareto",
        "continuous",
        (ALPHA, XM),
        log_density=_log_pareto,
        support=lambda alpha, xm: ((xm, math.inf),),
        cdf=lambda x, alpha, xm: -np.expm1(_pareto_logs(x, alpha, xm)),
        sf=lambda x, alpha, xm: np.exp(_pareto_logs(x, alpha, xm)),
        quantile=lambda u, alpha, xm: xm * np.exp(-np.log1p(-u) / alpha),
        isf=lambda u, alpha, xm: xm * np.exp(-np.log(u) / alpha),
        mean=lambda alpha, xm: xm * (alpha / (alpha - 1)) if alpha > 1 else math.inf,
        sd=_pareto_sd,
        handles=(
            Handle("left", lambda alpha, xm: xm, lambda x, alpha, xm: (alpha, XM.clip(x))),
            Handle(
                "width",
                lambda alpha, xm: xm * math.exp(1 / alpha),
                lambda x, alpha, xm: (ALPHA.clip(_inverse(_positive_log(x, xm))), xm),
            ),
        ),
        breaks=_pareto_breaks,
        tail=_pareto_tail,
        window=lambda alpha, xm: (xm, xm * min(50 ** (1 / alpha), SHOWN_SCALES)),
        log_ratio=_pareto_ratio,
    ),
)
