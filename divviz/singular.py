"""gamma and beta, whose densities may be infinite at an end of the support."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz.discrete import log_poisson
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
    log_gamma_quotient,
    log_quotient,
)
from divviz.grids import BELL, DECAY, HALF_LINE, RATE, inside, soft

SHAPE = Param("shape", 2.0, 0.1, 30.0, 0.01, 1e6, scale="log")
A_BETA = Param("a", 2.0, 0.1, 30.0, 0.01, 1e6, scale="log")
B_BETA = Param("b", 3.0, 0.1, 30.0, 0.01, 1e6, scale="log")


def _times(power: float, logs: Array) -> Array:
    """power * logs, 0 where the power is 0 also at log 0."""
    return power * logs if power != 0 else np.zeros_like(logs)


def _log_gamma(x: Points, shape: float, rate: float) -> Array:
    y = x.minus(0.0)
    body = _times(shape - 1, x.log_minus(0.0)) - rate * y
    logs = body + (shape * math.log(rate) - math.lgamma(shape))
    if shape > 16:
        # Loader's form keeps the digits that lgamma(1e5) would lose, except far down at 0.
        near = rate * y > 0.1 * shape
        loader = log_poisson(shape - 1, np.where(near, rate * y, shape)) + math.log(rate)
        logs = np.where(near, loader, logs)
    return inside(x, 0.0, math.inf, logs)


def _gamma_ratio(x: Points, a: Any, b: Any) -> Array:
    (k, r), (m, s) = a, b
    body = _times(k - m, x.log_minus(0.0)) - (r - s) * x.minus(0.0)
    return body + (k - m) * math.log(r) + m * log_quotient(r, s) - log_gamma_quotient(k, m)


def _gamma_breaks(shape: float, rate: float) -> Breaks:
    mean, sd = shape / rate, math.sqrt(shape) / rate
    if shape < 30:
        # The right tail is exponential: DECAY reaches exp(-70) past twice the mean.
        anchor, grid, size = soft(0.0, DECAY, max(1.0, math.sqrt(shape)) / rate)
        grid, size = grid + (mean if shape > 2 else 0.0), size
        if shape > 2:
            inner = mean * np.array([0.25, 0.6])
            grid, size = np.concatenate([inner, grid]), np.concatenate([size[:2], size])
        least = float(grid[0])
    else:
        anchor, grid, size = soft(0.0, BELL, sd)
        grid = grid + mean
        grid = np.append(grid, mean + 20 * sd)
        size = np.append(size, 5 * sd)
        keep = grid > 0.01 * mean
        grid, size = grid[keep], size[keep]
        least = float(grid[0])
    zones = () if shape == 1 else (Zone(0.0, 1, least, min(shape, 1.0)),)
    return Breaks((0.0,), ((anchor, grid, size),), zones)


def _gamma_cdf(x: Array, shape: float, rate: float) -> Array:
    from scipy.special import gammainc

    result: Array = gammainc(shape, rate * np.maximum(x, 0.0))
    return result


def _gamma_sf(x: Array, shape: float, rate: float) -> Array:
    from scipy.special import gammaincc

    result: Array = gammaincc(shape, rate * np.maximum(x, 0.0))
    return result


def _gamma_quantile(u: Array, shape: float, rate: float) -> Array:
    from scipy.special import gammaincinv

    result: Array = gammaincinv(shape, u) / rate
    return result


def _gamma_isf(u: Array, shape: float, rate: float) -> Array:
    from scipy.special import gammainccinv

    result: Array = gammainccinv(shape, u) / rate
    return result


def _gamma_centre(x: float, shape: float, rate: float) -> tuple[float, float]:
    return shape, RATE.clip(shape / x if x > 0 else math.inf)


def _gamma_width(x: float, shape: float, rate: float) -> tuple[float, float]:
    mean = shape / rate
    sd = max(abs(x - mean), 1e-9)
    new = SHAPE.clip((mean / sd) ** 2)
    return new, RATE.clip(new / mean)


def _log_beta(x: Points, a: float, b: float) -> Array:
    from scipy.special import betaln

    body = _times(a - 1, x.log_minus(0.0)) + _times(b - 1, x.log_minus(1.0))
    return inside(x, 0.0, 1.0, body - betaln(a, b))


def _beta_ratio(x: Points, p: Any, q: Any) -> Array:
    from scipy.special import betaln

    (a, b), (c, d) = p, q
    body = _times(a - c, x.log_minus(0.0)) + _times(b - d, x.log_minus(1.0))
    if max(abs(a - c) / a, abs(b - d) / b) < 1e-3:
        # a + b would round the difference of the sums.
        whole = log_gamma_quotient(a + b, a + b - ((a - c) + (b - d)))
        change = log_gamma_quotient(a, c) + log_gamma_quotient(b, d) - whole
    else:
        change = float(betaln(a, b) - betaln(c, d))
    return body - change


def _beta_sd(a: float, b: float) -> float:
    return math.sqrt(a * b / (a + b + 1)) / (a + b)


def _beta_breaks(a: float, b: float) -> Breaks:
    mean, sd = a / (a + b), _beta_sd(a, b)
    # Breaks left of the middle hang on 0, the others on 1, so that 1 - x keeps its digits.
    near_0, size_0 = _beta_side(mean, sd)
    near_1, size_1 = _beta_side(1 - mean, sd)
    zones = []
    if a != 1:
        zones.append(Zone(0.0, 1, float(near_0.min()), min(a, 1.0)))
    if b != 1:
        zones.append(Zone(1.0, -1, float(near_1.min()), min(b, 1.0)))
    soft = ((0.0, near_0, size_0), (1.0, -near_1, size_1))
    return Breaks((0.0, 1.0), soft, tuple(zones))


def _beta_side(mean: float, sd: float) -> tuple[Array, Array]:
    """Breaks as distances from the nearer end, those of at most a half."""
    grid, size = mean + BELL * sd, np.maximum(1.5, 0.25 * np.abs(BELL)) * sd
    keep = (grid > 0.01 * mean) & (grid < 0.5)
    return np.append(grid[keep], 0.5), np.append(size[keep], sd)


def _beta_cdf(x: Array, a: float, b: float) -> Array:
    from scipy.special import betainc

    result: Array = betainc(a, b, np.clip(x, 0.0, 1.0))
    return result


def _beta_sf(x: Array, a: float, b: float) -> Array:
    from scipy.special import betaincc

    result: Array = betaincc(a, b, np.clip(x, 0.0, 1.0))
    return result


def _beta_quantile(u: Array, a: float, b: float) -> Array:
    from scipy.special import betaincinv

    result: Array = betaincinv(a, b, u)
    return result


def _beta_of(mean: float, total: float) -> tuple[float, float]:
    return A_BETA.clip(mean * total), B_BETA.clip((1 - mean) * total)


def _beta_centre(x: float, a: float, b: float) -> tuple[float, float]:
    return _beta_of(min(max(x, 0.001), 0.999), a + b)


def _beta_width(x: float, a: float, b: float) -> tuple[float, float]:
    mean = a / (a + b)
    sd = min(max(abs(x - mean), 1e-4), 1.0)
    return _beta_of(mean, max(mean * (1 - mean) / sd**2 - 1, 0.02))


GAMMA = Family(
    "gamma",
    "continuous",
    (SHAPE, RATE),
    log_density=_log_gamma,
    support=lambda shape, rate: HALF_LINE,
    cdf=_gamma_cdf,
    sf=_gamma_sf,
    quantile=_gamma_quantile,
    isf=_gamma_isf,
    mean=lambda shape, rate: shape / rate,
    sd=lambda shape, rate: math.sqrt(shape) / rate,
    handles=(
        Handle("centre", lambda shape, rate: shape / rate, _gamma_centre),
        Handle("width", lambda shape, rate: (shape + math.sqrt(shape)) / rate, _gamma_width),
    ),
    breaks=_gamma_breaks,
    tail=lambda shape, rate: (END, Tail("order", 1.0, rate, more=((0.0, 1 - shape),))),
    ends=lambda shape, rate: (End(0.0, 1, shape),),
    log_ratio=_gamma_ratio,
)

BETA = Family(
    "beta",
    "continuous",
    (A_BETA, B_BETA),
    log_density=_log_beta,
    support=lambda a, b: ((0.0, 1.0),),
    cdf=_beta_cdf,
    sf=_beta_sf,
    quantile=_beta_quantile,
    isf=lambda u, a, b: 1 - _beta_quantile(u, b, a),
    mean=lambda a, b: a / (a + b),
    sd=_beta_sd,
    handles=(
        Handle("centre", lambda a, b: a / (a + b), _beta_centre),
        Handle("width", lambda a, b: a / (a + b) + _beta_sd(a, b), _beta_width),
    ),
    breaks=_beta_breaks,
    ends=lambda a, b: (End(0.0, 1, a), End(1.0, -1, b)),
    log_ratio=_beta_ratio,
)
