"""Families on a finite interval: triangular, and vonmises on one turn of the circle cut open."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from divviz.cumulated import ORDER, Cumulated, cumulated
from divviz.dist import (
    Array,
    Breaks,
    End,
    Family,
    Handle,
    Param,
    Points,
    SceneError,
    Zone,
    log_quotient,
)
from divviz.grids import A_UNIFORM, B_UNIFORM, BELL, inside, soft
from divviz.quadrature import rule

C_MODE = Param("c", 0.0, -10.0, 10.0, -1e9, 1e9)
MU_ANGLE = Param("mu", 0.0, -3.0, 3.0, -math.pi, math.pi)
KAPPA = Param("kappa", 2.0, 0.0, 50.0, 0.0, 1e6)
PI_REST = 1.2246467991473532e-16  # pi - math.pi

# triangular


def _log_triangular(x: Points, a: float, c: float, b: float) -> Array:
    rising = x.log_minus(a) - (math.log(c - a) if c > a else 0.0)
    falling = x.log_minus(b) - (math.log(b - c) if b > c else 0.0)
    logs = np.where(_rises(x, c, b), rising, falling) + (math.log(2) - math.log(b - a))
    return inside(x, a, b, logs)


def _rises(x: Points, c: float, b: float) -> Any:
    """Left of the mode, and on it where nothing lies to its right."""
    return (x.minus(c) <= 0) if c == b else (x.minus(c) < 0)


def _triangular_ratio(x: Points, p: Any, q: Any) -> Array:
    """log p - log q on the same side of both modes, NaN between the modes."""
    (a, c, b), (d, m, e) = p, q
    width = log_quotient(e - d, b - a)
    left, right = _rises(x, c, b), _rises(x, m, e)
    both = np.full(np.shape(x.x), np.nan)
    if c > a and m > d:
        rise = np.log1p((d - a) / x.minus(d)) + log_quotient(m - d, c - a)
        both = np.where(left & right, rise + width, both)
    if b > c and e > m:
        fall = np.log1p((e - b) / x.minus(e)) + log_quotient(e - m, b - c)
        both = np.where(~left & ~right, fall + width, both)
    return both


def _triangular_cdf(x: Array, a: float, c: float, b: float) -> Array:
    """A sum of positive terms, which keeps its digits next to a also where c is a."""
    rise, fall = np.clip(x, a, c), np.clip(x, c, b)
    left = (rise - a) / (b - a) * _share(rise - a, c - a)
    return left + _share(fall - c, b - c) * (((b - c) + (b - fall)) / (b - a))


def _share(part: Array, whole: float) -> Array:
    return part / whole if whole > 0 else np.zeros_like(part)


def _triangular_quantile(u: Array, a: float, c: float, b: float) -> Array:
    rising = a + np.sqrt(u) * math.sqrt(b - a) * math.sqrt(c - a)
    # 1 - sqrt(1 - v) without the subtraction, for the share v of the falling side.
    v = np.clip(((b - a) * u - (c - a)) / (b - c), 0.0, 1.0) if b > c else np.zeros_like(u)
    falling = c + (b - c) * (v / (1 + np.sqrt(1 - v)))
    return np.where((b - a) * u < c - a, rising, falling)


def _triangular_sd(a: float, c: float, b: float) -> float:
    left, right = c - a, b - c
    return math.sqrt((left * left + left * right + right * right) / 18)


def _triangular_breaks(a: float, c: float, b: float) -> Breaks:
    zones = []
    if c > a:
        zones.append(Zone(a, 1, c - a, 1.0))
    if b > c:
        zones.append(Zone(b, -1, b - c, 1.0))
    return Breaks((a, c, b), zones=tuple(zones))


def _triangular_ends(a: float, c: float, b: float) -> tuple[End, ...]:
    left = (End(a, 1, 2.0),) if c > a else ()
    right = (End(b, -1, 2.0),) if b > c else ()
    return left + right


def _check_triangular(a: float, c: float, b: float) -> None:
    for code, low, high, wrong in (
        ("order_equal", "a", "c", a > c),
        ("order_equal", "c", "b", c > b),
        ("order", "a", "b", a >= b),
    ):
        if wrong:
            raise SceneError(code, family="triangular", low=low, high=high)


def _left(x: float, a: float, c: float, b: float) -> tuple[float, float, float]:
    return min(A_UNIFORM.clip(x), c, b - max(1e-9, 1e-9 * abs(b))), c, b


def _mode(x: float, a: float, c: float, b: float) -> tuple[float, float, float]:
    return a, min(max(x, a), b), b


def _right(x: float, a: float, c: float, b: float) -> tuple[float, float, float]:
    return a, c, max(B_UNIFORM.clip(x), c, a + max(1e-9, 1e-9 * abs(a)))


# vonmises


def _log_vonmises(x: Points, mu: float, kappa: float) -> Array:
    from scipy.special import i0e

    # cos - 1 as a square keeps its digits next to the peak.
    body = -2 * kappa * np.sin(0.5 * _angle(x, mu)) ** 2
    logs = body - (math.log(2 * math.pi) + math.log(i0e(kappa)))
    return inside(x, -math.pi, math.pi, logs)


def _angle(x: Points, mu: float) -> Array:
    """x - mu brought to [-pi, pi], with its digits also next to mu plus or minus a turn."""
    angle = x.minus(mu)
    beyond_left = x.minus(-math.pi) + ((math.pi - mu) + 2 * PI_REST)
    beyond_right = x.minus(math.pi) - ((math.pi + mu) + 2 * PI_REST)
    return np.where(angle < -math.pi, beyond_left, np.where(angle > math.pi, beyond_right, angle))


def _vonmises_ratio(x: Points, a: Any, b: Any) -> Array:
    (mu, kappa), (nu, other) = a, b
    u, v = _angle(x, mu), _angle(x, nu)
    bend = -2 * (kappa - other) * np.sin(0.5 * u) ** 2
    # cos u - cos v; where the angles are a turn apart both sines change sign.
    turn = np.where(np.abs(u - v - (nu - mu)) > 1.0, -1.0, 1.0)
    slope = 2 * other * turn * np.sin(0.5 * (u + v)) * math.sin(0.5 * (mu - nu))
    return bend + slope + _bessel_change(other, kappa)


def _bessel_change(kappa: float, other: float) -> float:
    """log of I0(kappa) exp(-kappa) over the same of `other`, with its digits where they agree."""
    from scipy.special import i0e, i1e

    gap, middle = kappa - other, 0.5 * (kappa + other)
    if abs(gap) > 3e-5 * max(middle, 1.0):
        return log_quotient(float(i0e(kappa)), float(i0e(other)))
    # The slope of log I0 is I1/I0; the next term of the series is below 1e-11 of this.
    return gap * float((i1e(middle) - i0e(middle)) / i0e(middle))


def _spread(kappa: float) -> float:
    """The width of the peak in radians, at most 1."""
    return 1 / math.sqrt(max(kappa, 1.0))


def _around(mu: float, grid: Array) -> list[tuple[float, Array]]:
    """(peak, the offsets of `grid` from it that lie on the line) for mu and its images."""
    peaks = [mu, mu - 2 * math.pi, mu + 2 * math.pi]
    kept = [(peak, grid[np.abs(peak + grid) < math.pi]) for peak in peaks]
    return [(peak, offsets) for peak, offsets in kept if len(offsets)]


@lru_cache(maxsize=64)
def _cumulated(mu: float, kappa: float) -> Cumulated:
    grid = _spread(kappa) * np.arange(-39.0, 40.0)
    parts = [peak + offsets for peak, offsets in _around(mu, grid)]
    edges = np.unique(np.concatenate([[-math.pi, math.pi], *parts]))
    return cumulated(lambda x: np.exp(_log_vonmises(Points(x), mu, kappa)), edges)


def _vonmises_breaks(mu: float, kappa: float) -> Breaks:
    size = _spread(kappa)
    parts = _around(mu, BELL * size)
    grids = tuple((peak, offsets, _sizes(offsets, size)) for peak, offsets in parts)
    return Breaks((-math.pi, math.pi), grids)


def _sizes(offsets: Array, scale: float) -> Array:
    return soft(0.0, offsets / scale, scale)[2]


def _vonmises_mean(mu: float, kappa: float) -> float:
    """The mean on the line: what passes the cut is counted a turn away."""
    table = _cumulated(mu, kappa)
    if mu > 0:
        return mu - 2 * math.pi * float(table.cdf(np.array(mu - math.pi)))
    return mu + 2 * math.pi * float(table.sf(np.array(mu + math.pi))) + 0.0


def _vonmises_sd(mu: float, kappa: float) -> float:
    table, mean, r = _cumulated(mu, kappa), _vonmises_mean(mu, kappa), rule(ORDER)
    half = 0.5 * np.diff(table.edges)[:, None]
    x = table.edges[:-1, None] + half * (r.nodes + 1)
    return math.sqrt(float((half * r.weights * (x - mean) ** 2 * table.density(x)).sum()))


def _width_at(mu: float, kappa: float) -> float:
    width = min(1 / math.sqrt(kappa), math.pi) if kappa > 0 else math.pi
    return mu + width if mu + width <= math.pi else mu - width


def _to_width(x: float, mu: float, kappa: float) -> tuple[float, float]:
    width = min(max(abs(x - mu), 1e-9), math.pi)
    return mu, KAPPA.clip(1 / width**2)


BOUNDED: tuple[Family, ...] = (
    Family(
        "triangular",
        "continuous",
        (A_UNIFORM, C_MODE, B_UNIFORM),
        log_density=_log_triangular,
        support=lambda a, c, b: ((a, b),),
        cdf=_triangular_cdf,
        sf=lambda x, a, c, b: _triangular_cdf(-x, -b, -c, -a),
        quantile=_triangular_quantile,
        isf=lambda u, a, c, b: -_triangular_quantile(u, -b, -c, -a),
        mean=lambda a, c, b: c + ((a - c) + (b - c)) / 3,
        sd=_triangular_sd,
        handles=(
            Handle("left", lambda a, c, b: a, _left),
            Handle("centre", lambda a, c, b: c, _mode),
            Handle("right", lambda a, c, b: b, _right),
        ),
        breaks=_triangular_breaks,
        ends=_triangular_ends,
        check=_check_triangular,
        log_ratio=_triangular_ratio,
    ),
    Family(
        "vonmises",
        "continuous",
        (MU_ANGLE, KAPPA),
        log_density=_log_vonmises,
        support=lambda mu, kappa: ((-math.pi, math.pi),),
        cdf=lambda x, mu, kappa: _cumulated(mu, kappa).cdf(np.clip(x, -math.pi, math.pi)),
        sf=lambda x, mu, kappa: _cumulated(mu, kappa).sf(np.clip(x, -math.pi, math.pi)),
        quantile=lambda u, mu, kappa: _cumulated(mu, kappa).quantile(u),
        isf=lambda u, mu, kappa: _cumulated(mu, kappa).isf(u),
        mean=_vonmises_mean,
        sd=_vonmises_sd,
        handles=(
            Handle(
                "centre",
                lambda mu, kappa: mu,
                lambda x, mu, kappa: (MU_ANGLE.clip(x), kappa),
            ),
            Handle("width", _width_at, _to_width),
        ),
        breaks=_vonmises_breaks,
        log_ratio=_vonmises_ratio,
    ),
)
