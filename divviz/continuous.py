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
    log_gamma_quotient,
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


def location(name: str = "mu") -> Param:
    """A parameter that shifts x."""
    return Param(name, 0.0, -10.0, 10.0, -1e9, 1e9)


def scale(name: str = "sigma") -> Param:
    """A parameter that stretches x."""
    return Param(name, 1.0, 0.05, 10.0, 1e-9, 1e9, scale="log")


MU, X0, SIGMA, B_LAPLACE, GAMMA_CAUCHY, S_LOGISTIC = (
    location(),
    location("x0"),
    scale(),
    scale("b"),
    scale("gamma"),
    scale("s"),
)
NU = Param("nu", 3.0, 0.5, 30.0, 0.1, 1e6, scale="log")


def centre_handle(at: int, param: Param) -> Handle:
    """The grip that moves the location `args[at]`."""

    def drag(x: float, *args: float) -> tuple[float, ...]:
        return (*args[:at], param.clip(x), *args[at + 1 :])

    return Handle("centre", lambda *args: args[at], drag)


def width_handle(centre: int, at: int, param: Param) -> Handle:
    """The grip that sits one scale `args[at]` right of the location `args[centre]`."""

    def drag(x: float, *args: float) -> tuple[float, ...]:
        return (*args[:at], param.clip(abs(x - args[centre])), *args[at + 1 :])

    return Handle("width", lambda *args: args[centre] + args[at], drag)


# normal


def _log_normal(x: Points, mu: float, sigma: float) -> Array:
    z = x.minus(mu) / sigma
    return -0.5 * z * z - (math.log(sigma) + HALF_LOG_2PI)


def standard_gap(x: Points, mu: float, sigma: float, nu: float, tau: float) -> Array:
    """(x - mu)/sigma - (x - nu)/tau from the differences of the parameters."""
    return (x.minus(mu) * ((tau - sigma) / sigma) - (mu - nu)) / tau


def _normal_ratio(x: Points, a: Any, b: Any) -> Array:
    (mu, sigma), (nu, tau) = a, b
    u, v = x.minus(mu) / sigma, x.minus(nu) / tau
    return -0.5 * standard_gap(x, mu, sigma, nu, tau) * (u + v) + log_quotient(tau, sigma)


def _normal_cdf(x: Array, mu: float, sigma: float) -> Array:
    from scipy.special import ndtr

    result: Array = ndtr((x - mu) / sigma)
    return result


def _normal_quantile(u: Array, mu: float, sigma: float) -> Array:
    from scipy.special import ndtri

    result: Array = mu + sigma * ndtri(u)
    return result


def _normal_tail(mu: float, sigma: float) -> tuple[Tail, Tail]:
    rate, slope = 0.5 / sigma**2, mu / sigma**2
    return (
        Tail("order", 2.0, rate, more=((1.0, slope),)),
        Tail("order", 2.0, rate, more=((1.0, -slope),)),
    )


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


# logistic


def _log_logistic(x: Points, mu: float, s: float) -> Array:
    z = np.abs(x.minus(mu)) / s
    return -z - 2 * np.log1p(np.exp(-z)) - math.log(s)


def _logistic_ratio(x: Points, a: Any, b: Any) -> Array:
    (mu, s), (nu, t) = a, b
    gap = standard_gap(x, mu, s, nu, t)
    # cosh(v/2 + gap/2) / cosh(v/2) less 1, as f = 1 / (4 s cosh(z/2)^2).
    change = 2 * np.sinh(gap / 4) ** 2 + np.tanh(x.minus(nu) / (2 * t)) * np.sinh(gap / 2)
    return -2 * np.log1p(np.maximum(change, -1.0)) + log_quotient(t, s)


def _logistic_cdf(x: Array, mu: float, s: float) -> Array:
    from scipy.special import expit

    result: Array = expit((x - mu) / s)
    return result


def _log_odds(u: Array) -> Array:
    return np.log(u) - np.log1p(-u)


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


def _student_change(nu: float, other: float) -> float:
    """The difference of the constants of two close orders."""
    if min(nu, other) < 1e3:
        whole = log_gamma_quotient((nu + 1) / 2, (other + 1) / 2)
        return 0.5 * log_quotient(nu, other) - (whole - log_gamma_quotient(nu / 2, other / 2))
    r, s = 1 / nu, 1 / other
    return (other - nu) * r * s / 4 * (1 - (r * r + r * s + s * s) / 6)


def _student_ratio(x: Points, a: Any, b: Any) -> Array | None:
    (nu, mu, sigma), (other, m, s) = a, b
    more = nu - other
    if abs(more) > 1e-3 * nu:
        return None
    u, v = x.minus(mu) / sigma, x.minus(m) / s
    gap = (x.minus(mu) * ((s - sigma) / sigma) - (mu - m)) / s
    far = np.abs(v) > 1e150
    w = np.where(far, 1.0, v)
    moved = np.where(far, 2 * gap / np.where(far, v, 1.0), gap * (u + v) / (other + w * w))
    change = moved * (other / nu)
    if more == 0:
        constant: Any = log_quotient(s, sigma)
    else:
        change = change - np.where(far, 1.0, w * w / (other + w * w)) * (more / nu)
        constant = log_quotient(s, sigma) - _student_change(nu, other)
        constant = constant - 0.5 * more * _log_1_plus_square(v, other)
    return -0.5 * (nu + 1) * np.log1p(np.maximum(change, -1.0)) + constant


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
    # Capped, as with many degrees of freedom it may overflow; moments of low order are finite then.
    tail = Tail("power", terms=((nu, math.exp(min(log_coefficient, 700.0))),))
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
        isf=lambda u, mu, sigma: 2 * mu - _normal_quantile(u, mu, sigma),
        mean=lambda mu, sigma: mu,
        sd=lambda mu, sigma: sigma,
        handles=(centre_handle(0, MU), width_handle(0, 1, SIGMA)),
        breaks=lambda mu, sigma: Breaks(soft=(soft(mu, BELL, sigma),)),
        tail=_normal_tail,
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
        isf=lambda u, mu, b: 2 * mu - _laplace_quantile(u, mu, b),
        mean=lambda mu, b: mu,
        sd=lambda mu, b: math.sqrt(2) * b,
        handles=(centre_handle(0, MU), width_handle(0, 1, B_LAPLACE)),
        breaks=lambda mu, b: Breaks((mu,), (soft(mu, DECAY, b), soft(mu, -DECAY, b))),
        tail=_even(lambda mu, b: (1.0, 1 / b)),
        log_ratio=_laplace_ratio,
    ),
    Family(
        "logistic",
        "continuous",
        (MU, S_LOGISTIC),
        log_density=_log_logistic,
        support=lambda mu, s: LINE,
        cdf=_logistic_cdf,
        sf=lambda x, mu, s: _logistic_cdf(-x, -mu, s),
        quantile=lambda u, mu, s: mu + s * _log_odds(u),
        isf=lambda u, mu, s: mu - s * _log_odds(u),
        mean=lambda mu, s: mu,
        sd=lambda mu, s: math.pi / math.sqrt(3) * s,
        handles=(centre_handle(0, MU), width_handle(0, 1, S_LOGISTIC)),
        breaks=lambda mu, s: Breaks(soft=(soft(mu, DECAY, s), soft(mu, -DECAY, s))),
        tail=_even(lambda mu, s: (1.0, 1 / s)),
        log_ratio=_logistic_ratio,
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
        handles=(centre_handle(1, MU), width_handle(1, 2, SIGMA)),
        breaks=_student_breaks,
        isf=lambda u, nu, mu, sigma: 2 * mu - _student_quantile(u, nu, mu, sigma),
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
        handles=(centre_handle(0, X0), width_handle(0, 1, GAMMA_CAUCHY)),
        breaks=lambda x0, gamma: _student_breaks(1.0, x0, gamma),
        isf=lambda u, x0, gamma: 2 * x0 - _cauchy_quantile(u, x0, gamma),
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
        isf=lambda u, a, b: b - u * (b - a),
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
        isf=lambda u, rate: -np.log(u) / rate,
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
