"""Families of densities that are finite everywhere, and have kinks at most."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz.discrete import HALF_LOG_2PI
from divviz.dist import (
    END,
    Array,
    Breaks,
    Family,
    Handle,
    Param,
    Points,
    Tail,
    Zone,
    log_quotient,
    ordered,
)
from divviz.grids import (
    A_UNIFORM,
    B_UNIFORM,
    BELL,
    CORE,
    DECAY,
    HALF_LINE,
    LINE,
    RATE,
    inside,
    soft,
)


def _location(name: str = "mu") -> Param:
    return Param(name, 0.0, -10.0, 10.0, -1e9, 1e9)


def _scale(name: str = "sigma") -> Param:
    return Param(name, 1.0, 0.05, 10.0, 1e-9, 1e9, scale="log")


MU, X0, SIGMA, B_LAPLACE, GAMMA_CAUCHY = (
    _location(),
    _location("x0"),
    _scale(),
    _scale("b"),
    _scale("gamma"),
)
NU = Param("nu", 3.0, 0.5, 30.0, 0.1, 1e6, scale="log")


def _centre(at: int, param: Param) -> Handle:
    def drag(x: float, *args: float) -> tuple[float, ...]:
        return (*args[:at], param.clip(x), *args[at + 1 :])

    return Handle("centre", lambda *args: args[at], drag)


def _width(centre: int, at: int, param: Param) -> Handle:
    def drag(x: float, *args: float) -> tuple[float, ...]:
        return (*args[:at], param.clip(abs(x - args[centre])), *args[at + 1 :])

    return Handle("width", lambda *args: args[centre] + args[at], drag)


# normal


def _log_normal(x: Points, mu: float, sigma: float) -> Array:
    z = x.minus(mu) / sigma
    return -0.5 * z * z - (math.log(sigma) + HALF_LOG_2PI)


def _normal_ratio(x: Points, a: Any, b: Any) -> Array:
    (mu, sigma), (nu, tau) = a, b
    u, v = x.minus(mu), x.minus(nu)
    shift, ratio = mu - nu, (tau - sigma) / sigma
    # u/sigma - v/tau from the differences of the parameters, not of the quotients.
    gap = (u * ratio - shift) / tau
    return 0.5 * -gap * (u / sigma + v / tau) + log_quotient(tau, sigma)


def _normal_cdf(x: Array, mu: float, sigma: float) -> Array:
    from scipy.special import ndtr

    result: Array = ndtr((x - mu) / sigma)
    return result


def _normal_quantile(u: Array, mu: float, sigma: float) -> Array:
    from scipy.special import ndtri

    result: Array = mu + sigma * ndtri(u)
    return result


# laplace


def _laplace_cdf(x: Array, mu: float, b: float) -> Array:
    z = (x - mu) / b
    return np.where(z < 0, 0.5 * np.exp(-np.abs(z)), 1 - 0.5 * np.exp(-np.abs(z)))


def _laplace_quantile(u: Array, mu: float, b: float) -> Array:
    return mu + b * np.where(u < 0.5, np.log(2 * u), -np.log(2 * (1 - u)))


def _laplace_ratio(x: Points, a: Any, b: Any) -> Array:
    (mu, s), (nu, t) = a, b
    u, v = np.abs(x.minus(mu)), np.abs(x.minus(nu))
    same_side = (x.minus(mu) >= 0) == (x.minus(nu) >= 0)
    gap = np.where(same_side, np.sign(x.minus(mu)) * (mu - nu), v - u)
    return gap / t + u * ((s - t) / t) / s + log_quotient(t, s)


# student_t and cauchy


def _log_student(x: Points, nu: float, mu: float, sigma: float) -> Array:
    body = -0.5 * (nu + 1) * _log_1_plus_square(x.minus(mu) / sigma, nu)
    return body - math.log(sigma) - _student_constant(nu)


def _log_1_plus_square(z: Array, nu: float) -> Array:
    """log(1 + z^2/nu), also where z^2 overflows: ladders of small nu reach exp(450) scales."""
    logs: Array = np.log1p(z * z / nu)
    if not np.isposinf(logs).any():
        return logs
    return np.where(np.abs(z) > 1e150, 2 * np.log(np.abs(z)) - math.log(nu), logs)


def _student_constant(nu: float) -> float:
    """log of B(1/2, nu/2) sqrt(nu)."""
    if nu < 1e3:
        half = math.lgamma((nu + 1) / 2) - math.lgamma(nu / 2)
    else:
        # The difference of two lgammas near 1e7 would lose nine digits. DLMF 5.11.13.
        r = 1 / nu
        half = 0.5 * math.log(nu / 2) - r / 4 * (1 - r * r / 6 * (1 - 2.4 * r * r))
    return 0.5 * math.log(math.pi * nu) - half


def _student_ratio(x: Points, a: Any, b: Any) -> Array | None:
    (nu, mu, sigma), (other, m, s) = a, b
    if nu != other:
        return None
    u, v = x.minus(mu) / sigma, x.minus(m) / s
    gap = (x.minus(mu) * ((s - sigma) / sigma) - (mu - m)) / s
    far = np.abs(v) > 1e150
    w = np.where(far, 1.0, v)
    change = np.where(far, 2 * gap / np.where(far, v, 1.0), gap * (u + v) / (nu + w * w))
    return -0.5 * (nu + 1) * np.log1p(np.maximum(change, -1.0)) + log_quotient(s, sigma)


def _student_cdf(x: Array, nu: float, mu: float, sigma: float) -> Array:
    from scipy.special import stdtr

    result: Array = stdtr(nu, (x - mu) / sigma)
    return result


def _student_quantile(u: Array, nu: float, mu: float, sigma: float) -> Array:
    from scipy.special import stdtrit

    # stdtrit gives NaN or a huge finite number at the ends.
    inner = stdtrit(nu, np.clip(u, 1e-300, 1 - 1e-16))
    return mu + sigma * np.where(u <= 0, -np.inf, np.where(u >= 1, np.inf, inner))


def _student_tail(nu: float, mu: float, sigma: float) -> tuple[Tail, Tail]:
    log_coefficient = 0.5 * (nu + 1) * math.log(nu) - _student_constant(nu) + nu * math.log(sigma)
    if nu > 200:
        # No moment that a family here asks for is infinite, and the coefficient may overflow.
        log_coefficient = min(log_coefficient, 700.0)
    tail = Tail("power", terms=((nu, math.exp(log_coefficient)),))
    return tail, tail


def _student_breaks(nu: float, mu: float, sigma: float) -> Breaks:
    scale = sigma * math.sqrt(min(nu, 1.0))
    grid = BELL if nu > 10 else CORE
    far = float(grid[-1]) * scale
    zones = tuple(Zone(mu, side, far, None, nu) for side in (-1, 1))
    return Breaks(soft=(soft(mu, grid, scale),), zones=zones)


def _student_sd(nu: float, mu: float, sigma: float) -> float | None:
    if nu <= 1:
        return None
    return sigma * math.sqrt(nu / (nu - 2)) if nu > 2 else math.inf


def _log_cauchy(x: Points, x0: float, gamma: float) -> Array:
    return -_log_1_plus_square(x.minus(x0) / gamma, 1.0) - math.log(math.pi * gamma)


def _cauchy_cdf(x: Array, x0: float, gamma: float) -> Array:
    return np.arctan2(1.0, -(x - x0) / gamma) / math.pi


def _cauchy_quantile(u: Array, x0: float, gamma: float) -> Array:
    inner = x0 - gamma / np.tan(math.pi * np.clip(u, 1e-300, 1 - 1e-16))
    return np.where(u <= 0, -np.inf, np.where(u >= 1, np.inf, inner))


def _cauchy_tail(x0: float, gamma: float) -> tuple[Tail, Tail]:
    tail = Tail("power", terms=((1.0, gamma / math.pi),))
    return tail, tail


# uniform and exponential


def _uniform_left(x: float, a: float, b: float) -> tuple[float, float]:
    return min(A_UNIFORM.clip(x), b - max(1e-9, 1e-9 * abs(b))), b


def _uniform_right(x: float, a: float, b: float) -> tuple[float, float]:
    return a, max(B_UNIFORM.clip(x), a + max(1e-9, 1e-9 * abs(a)))


def _log_exponential(x: Points, rate: float) -> Array:
    return inside(x, 0.0, math.inf, math.log(rate) - rate * x.minus(0.0))


def _exponential_ratio(x: Points, a: Any, b: Any) -> Array:
    (rate,), (other,) = a, b
    return log_quotient(rate, other) - (rate - other) * x.minus(0.0)


def _even(rate: Any) -> Any:
    """Both tails of `order` and rate(*args)."""

    def tails(*args: float) -> tuple[Tail, Tail]:
        order, r = rate(*args)
        tail = Tail("order", order, r)
        return tail, tail

    return tails


CONTINUOUS: tuple[Family, ...] = (
    Family(
        "normal",
        "continuous",
        (MU, SIGMA),
        log_density=_log_normal,
        support=lambda mu, sigma: LINE,
        cdf=_normal_cdf,
        sf=lambda x, mu, sigma: _normal_cdf(-x, -mu, sigma),
        quantile=_normal_quantile,
        mean=lambda mu, sigma: mu,
        sd=lambda mu, sigma: sigma,
        handles=(_centre(0, MU), _width(0, 1, SIGMA)),
        breaks=lambda mu, sigma: Breaks(soft=(soft(mu, BELL, sigma),)),
        tail=_even(lambda mu, sigma: (2.0, 0.5 / sigma**2)),
        window=lambda mu, sigma: (mu - 4 * sigma, mu + 4 * sigma),
        log_ratio=_normal_ratio,
    ),
    Family(
        "laplace",
        "continuous",
        (MU, B_LAPLACE),
        log_density=lambda x, mu, b: -np.abs(x.minus(mu)) / b - math.log(2 * b),
        support=lambda mu, b: LINE,
        cdf=_laplace_cdf,
        sf=lambda x, mu, b: _laplace_cdf(-x, -mu, b),
        quantile=_laplace_quantile,
        mean=lambda mu, b: mu,
        sd=lambda mu, b: math.sqrt(2) * b,
        handles=(_centre(0, MU), _width(0, 1, B_LAPLACE)),
        breaks=lambda mu, b: Breaks((mu,), (soft(mu, DECAY, b), soft(mu, -DECAY, b))),
        tail=_even(lambda mu, b: (1.0, 1 / b)),
        log_ratio=_laplace_ratio,
    ),
    Family(
        "student_t",
        "continuous",
        (NU, MU, SIGMA),
        log_density=_log_student,
        support=lambda nu, mu, sigma: LINE,
        cdf=_student_cdf,
        sf=lambda x, nu, mu, sigma: _student_cdf(-x, nu, -mu, sigma),
        quantile=_student_quantile,
        mean=lambda nu, mu, sigma: mu if nu > 1 else None,
        sd=_student_sd,
        handles=(_centre(1, MU), _width(1, 2, SIGMA)),
        breaks=_student_breaks,
        tail=_student_tail,
        log_ratio=_student_ratio,
    ),
    Family(
        "cauchy",
        "continuous",
        (X0, GAMMA_CAUCHY),
        log_density=_log_cauchy,
        support=lambda x0, gamma: LINE,
        cdf=_cauchy_cdf,
        sf=lambda x, x0, gamma: _cauchy_cdf(-x, -x0, gamma),
        quantile=_cauchy_quantile,
        mean=lambda x0, gamma: None,
        sd=lambda x0, gamma: None,
        handles=(_centre(0, X0), _width(0, 1, GAMMA_CAUCHY)),
        breaks=lambda x0, gamma: _student_breaks(1.0, x0, gamma),
        tail=_cauchy_tail,
        log_ratio=lambda x, a, b: _student_ratio(x, (1.0, *a), (1.0, *b)),
    ),
    Family(
        "uniform",
        "continuous",
        (A_UNIFORM, B_UNIFORM),
        log_density=lambda x, a, b: inside(x, a, b, -math.log(b - a)),
        support=lambda a, b: ((a, b),),
        cdf=lambda x, a, b: np.clip((x - a) / (b - a), 0.0, 1.0),
        sf=lambda x, a, b: np.clip((b - x) / (b - a), 0.0, 1.0),
        quantile=lambda u, a, b: a + u * (b - a),
        mean=lambda a, b: (a + b) / 2,
        sd=lambda a, b: (b - a) / math.sqrt(12),
        handles=(
            Handle("left", lambda a, b: a, _uniform_left),
            Handle("right", lambda a, b: b, _uniform_right),
        ),
        breaks=lambda a, b: Breaks(hard=(a, b)),
        check=ordered("uniform", "a", "b"),
        flat=lambda *_: True,
    ),
    Family(
        "exponential",
        "continuous",
        (RATE,),
        log_density=_log_exponential,
        support=lambda rate: HALF_LINE,
        cdf=lambda x, rate: -np.expm1(-rate * np.maximum(x, 0.0)),
        sf=lambda x, rate: np.exp(-rate * np.maximum(x, 0.0)),
        quantile=lambda u, rate: -np.log1p(-u) / rate,
        mean=lambda rate: 1 / rate,
        sd=lambda rate: 1 / rate,
        handles=(
            Handle(
                "width",
                lambda rate: 1 / rate,
                lambda x, rate: (RATE.clip(1 / x if x > 0 else math.inf),),
            ),
        ),
        breaks=lambda rate: Breaks((0.0,), (soft(0.0, DECAY, 1 / rate),)),
        tail=lambda rate: (END, Tail("order", 1.0, rate)),
        log_ratio=_exponential_ratio,
    ),
)
