"""The oracle's distributions: log densities to 30 digits and what they do at their ends.

Written from the textbook definitions, and from a distribution's name and args alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import mpmath as mp
import numpy as np
from double_double import DD, each, exp, log, where

DIGITS = 34  # of all that is computed here: whoever asks works with mp.workdps(DIGITS)
INF = mp.inf
EPS = 1e-27
with mp.workdps(DIGITS):
    PI = +mp.pi

# How -log f grows toward an end of the support, with y = |x| toward infinity and y = 1/r at
# distance r from a finite end: {(k, j): c} is the sum of c y^k log(y)^j, and (inf, r) is exp(r y).
Growth = Mapping[tuple[Any, int], Any]
LOG, LOG_SQUARE, LINEAR, SQUARE = (0, 1), (0, 2), (1, 0), (2, 0)


@dataclass(frozen=True)
class Places:
    """Places on the line as anchor + offset; `middle` lies in the same piece as the place."""

    anchor: DD
    offset: DD
    log_offset: DD
    middle: Any
    size: Any

    def at(self, c: Any) -> tuple[DD, Any]:
        """anchor - c, with 0 where only roundings are left of it, and where that is."""
        gap = self.anchor - c
        hit = np.abs(gap.high) <= EPS * (self.size + abs(float(c)))
        return where(hit, DD(0.0), gap), hit

    def minus(self, c: Any) -> DD:
        return self.at(c)[0] + self.offset

    def log_minus(self, c: Any) -> DD:
        """log |x - c|, also where the offset from c is below the smallest double."""
        gap, hit = self.at(c)
        return where(hit, self.log_offset, log(abs(gap + self.offset)))

    def moved(self, by: Any) -> Places:
        return replace(self, anchor=self.anchor - by, middle=self.middle - float(by),
                       size=self.size + abs(float(by)))  # fmt: skip

    def divided(self, by: Any) -> Places:
        factor = float(by)
        return Places(self.anchor / by, self.offset / by, self.log_offset - log_of(abs(by)),
                      self.middle / factor, self.size / abs(factor))  # fmt: skip

    def __getitem__(self, at: Any) -> Places:
        return Places(self.anchor[at], self.offset[at], self.log_offset[at], self.middle[at],
                      self.size[at])  # fmt: skip


def log_of(value: Any) -> Any:
    return mp.log(mp.mpf(value))


@dataclass(frozen=True)
class Exact:
    """A density: its log, the intervals that carry mass, cuts of the line where it bends.

    `ends` holds the growth at (place, side) where the density is 0 or infinite, `left` and `right`
    that of the tails; `cdf`, `sf` are mpmath functions where a closed form exists.
    """

    log_pdf: Callable[[Places], DD]
    cuts: tuple[Any, ...]
    support: tuple[tuple[Any, Any], ...] = ((-INF, INF),)
    left: Growth | None = None
    right: Growth | None = None
    ends: Mapping[tuple[Any, int], Growth] = field(default_factory=dict)
    cdf: Callable[[Any], Any] | None = None
    sf: Callable[[Any], Any] | None = None
    quantile: Callable[[Any], Any] | None = None
    poles: tuple[Any, ...] = ()  # where log f is singular, next to which pieces must be short

    def inside(self, middle: Any) -> Any:
        hits = [(middle > float(a)) & (middle < float(b)) for a, b in self.support]
        return np.logical_or.reduce(hits)

    def growth(self, place: Any, side: int) -> Growth | None:
        """The growth just beside `place` (or at +-inf), None where there is no mass."""
        if mp.isinf(place):
            return self.left if place < 0 else self.right
        low = [a <= place < b if side > 0 else a < place <= b for a, b in self.support]
        if not any(low):
            return None
        found = [g for (e, s), g in self.ends.items()
                 if s == side and abs(e - place) <= EPS * (1 + abs(place))]  # fmt: skip
        return found[0] if found else {}


def steps(mu: Any, sigma: Any, at: Iterable[float]) -> tuple[Any, ...]:
    return tuple(mp.mpf(mu) + mp.mpf(sigma) * mp.mpf(k) for k in at)


BELL = (-9, -5, -2.5, -1, 0, 1, 2.5, 5, 9)
DECAY = (0, 1, 3, 8, 20, 50)
TWO_SIDED = (-50, -20, -8, -3, -1, 0, 1, 3, 8, 20, 50)
HALF = ((mp.mpf(0), INF),)


def squared(mu: Any, sigma: Any, side: int, factor: Any = 1) -> Growth:
    """Growth of factor (x - mu)^2 / (2 sigma^2) toward side * infinity."""
    c = mp.mpf(factor) / mp.mpf(sigma) ** 2
    return {SQUARE: c / 2, LINEAR: -side * mp.mpf(mu) * c}


def normal(mu: float, sigma: float) -> Exact:
    m, s = mp.mpf(mu), mp.mpf(sigma)
    constant = mp.log(s) + mp.log(2 * PI) / 2

    def log_pdf(x: Places) -> DD:
        z = x.minus(mu) / s
        return z * z * -0.5 - constant

    return Exact(log_pdf, steps(mu, sigma, BELL), left=squared(mu, sigma, -1),
                 right=squared(mu, sigma, 1), cdf=lambda x: mp.erfc((m - x) / s / mp.sqrt(2)) / 2,
                 sf=lambda x: mp.erfc((x - m) / s / mp.sqrt(2)) / 2)  # fmt: skip


def uniform(a: float, b: float) -> Exact:
    low, high = mp.mpf(a), mp.mpf(b)
    return Exact(lambda x: DD(np.zeros(len(x.offset))) - mp.log(high - low), (low, high),
                 ((low, high),), cdf=lambda x: min(max((x - low) / (high - low), 0), 1),
                 sf=lambda x: min(max((high - x) / (high - low), 0), 1),
                 quantile=lambda u: low + u * (high - low))  # fmt: skip


def exponential(rate: float) -> Exact:
    r = mp.mpf(rate)
    return Exact(lambda x: -(x.minus(0) * r) + mp.log(r), steps(0, 1 / r, DECAY), HALF,
                 right={LINEAR: r}, cdf=lambda x: -mp.expm1(-r * x) if x > 0 else mp.mpf(0),
                 sf=lambda x: mp.exp(-r * x) if x > 0 else mp.mpf(1),
                 quantile=lambda u: -mp.log1p(-u) / r)  # fmt: skip


def gamma(shape: float, rate: float) -> Exact:
    k, r = mp.mpf(shape), mp.mpf(rate)
    constant = k * mp.log(r) - mp.loggamma(k)
    mean, sd = k / r, mp.sqrt(k) / r
    cuts = [mp.mpf(0)] + [c for c in steps(mean, sd, (*BELL, 14, 40)) if c > mean / 1000]

    def log_pdf(x: Places) -> DD:
        return x.log_minus(0) * (k - 1) - x.minus(0) * r + constant

    ends = {(mp.mpf(0), 1): {LOG: k - 1}} if k != 1 else {}
    return Exact(log_pdf, tuple(cuts), HALF, right={LINEAR: r, LOG: 1 - k}, ends=ends, poles=(0,),
                 cdf=lambda x: mp.gammainc(k, 0, r * x, regularized=True) if x > 0 else mp.mpf(0),
                 sf=lambda x: mp.gammainc(k, r * x, regularized=True) if x > 0 else mp.mpf(1),
                 )  # fmt: skip


def chi2(nu: float) -> Exact:
    return gamma(mp.mpf(nu) / 2, 0.5)


def beta(a: float, b: float) -> Exact:
    c, d = mp.mpf(a), mp.mpf(b)
    constant = mp.loggamma(c) + mp.loggamma(d) - mp.loggamma(c + d)
    mean, sd = c / (c + d), mp.sqrt(c * d / (c + d + 1)) / (c + d)
    inner = [x for x in steps(mean, sd, BELL) if mean / 1000 < x < 1 - (1 - mean) / 1000]

    def log_pdf(x: Places) -> DD:
        return x.log_minus(0) * (c - 1) + x.log_minus(1) * (d - 1) - constant

    ends = {}
    if c != 1:
        ends[mp.mpf(0), 1] = {LOG: c - 1}
    if d != 1:
        ends[mp.mpf(1), -1] = {LOG: d - 1}
    return Exact(log_pdf, (mp.mpf(0), *inner, mp.mpf(1)), ((mp.mpf(0), mp.mpf(1)),), ends=ends,
                 poles=(0, 1),
                 cdf=lambda x: mp.betainc(c, d, 0, min(max(x, 0), 1), regularized=True),
                 )  # fmt: skip


def laplace(mu: float, b: float) -> Exact:
    m, s = mp.mpf(mu), mp.mpf(b)
    tail = {LINEAR: 1 / s}

    def sf(x: Any) -> Any:
        z = (x - m) / s
        return mp.exp(-z) / 2 if z > 0 else 1 - mp.exp(z) / 2

    return Exact(lambda x: -(abs(x.minus(mu)) / s) - mp.log(2 * s), steps(mu, b, TWO_SIDED),
                 left=tail, right=tail, sf=sf, cdf=lambda x: sf(2 * m - x),
                 quantile=lambda u: m + s * (mp.log(2 * u) if 2 * u < 1 else -mp.log(2 - 2 * u)),
                 )  # fmt: skip


def logistic(mu: float, s: float) -> Exact:
    m, scale = mp.mpf(mu), mp.mpf(s)

    def log_pdf(x: Places) -> DD:
        z = abs(x.minus(mu)) / scale
        return -z - log(exp(-z) + 1.0) * 2.0 - mp.log(scale)

    tail = {LINEAR: 1 / scale}
    return Exact(log_pdf, steps(mu, s, TWO_SIDED), left=tail, right=tail,
                 cdf=lambda x: 1 / (1 + mp.exp((m - x) / scale)),
                 sf=lambda x: 1 / (1 + mp.exp((x - m) / scale)),
                 quantile=lambda u: m + scale * (mp.log(u) - mp.log1p(-u)))  # fmt: skip


def lognormal(mu: float, sigma: float) -> Exact:
    m, s = mp.mpf(mu), mp.mpf(sigma)
    constant = mp.log(s) + mp.log(2 * PI) / 2
    cuts = (mp.mpf(0), *(mp.exp(c) for c in steps(mu, sigma, (*BELL, -14, 14))))

    def log_pdf(x: Places) -> DD:
        y = x.log_minus(0)
        z = (y - m) / s
        return z * z * -0.5 - y - constant

    near = {LOG_SQUARE: 1 / (2 * s * s), LOG: m / s**2 - 1}
    far = {LOG_SQUARE: 1 / (2 * s * s), LOG: 1 - m / s**2}
    root = s * mp.sqrt(2)
    return Exact(log_pdf, tuple(sorted(cuts)), HALF, right=far, ends={(mp.mpf(0), 1): near},
                 poles=(0,),
                 cdf=lambda x: mp.erfc((m - mp.log(x)) / root) / 2 if x > 0 else mp.mpf(0),
                 sf=lambda x: mp.erfc((mp.log(x) - m) / root) / 2 if x > 0 else mp.mpf(1),
                 )  # fmt: skip


def student_t(nu: float, mu: float, sigma: float) -> Exact:
    n, m, s = mp.mpf(nu), mp.mpf(mu), mp.mpf(sigma)
    constant = mp.loggamma((n + 1) / 2) - mp.loggamma(n / 2) - mp.log(mp.pi * n) / 2 - mp.log(s)

    def log_pdf(x: Places) -> DD:
        z = x.minus(mu) / s
        return log(z * z / n + 1.0) * (-(n + 1) / 2) + constant

    def sf(x: Any) -> Any:
        z = (x - m) / s
        half = mp.betainc(n / 2, mp.mpf(1) / 2, 0, n / (n + z * z), regularized=True) / 2
        return half if z > 0 else 1 - half

    tail = {LOG: n + 1}
    cuts = steps(mu, sigma, (-60, -12, -4, -1.5, -0.5, 0.5, 1.5, 4, 12, 60))
    return Exact(
        log_pdf, cuts, left=tail, right=tail, sf=sf, cdf=lambda x: sf(2 * m - x), poles=(m,)
    )


def cauchy(x0: float, gamma: float) -> Exact:
    m, s = mp.mpf(x0), mp.mpf(gamma)

    def sf(x: Any) -> Any:
        z = (x - m) / s
        return mp.atan(1 / z) / mp.pi if z > 0 else mp.mpf(1) / 2 - mp.atan(z) / mp.pi

    return replace(student_t(1.0, x0, gamma), sf=sf, cdf=lambda x: sf(2 * m - x),
                   quantile=lambda u: m + s * mp.tan(mp.pi * (u - mp.mpf(1) / 2)))  # fmt: skip


def weibull(shape: float, scale: float) -> Exact:
    k, s = mp.mpf(shape), mp.mpf(scale)
    constant = mp.log(k / s)

    def log_pdf(x: Places) -> DD:
        y = x.log_minus(0) - mp.log(s)
        return y * (k - 1) - exp(y * k) + constant

    powers = (0.01, 0.2, 0.6, 1, 2, 5, 14, 40)
    cuts = (mp.mpf(0), *(s * mp.mpf(c) ** (1 / k) for c in powers))
    ends = {(mp.mpf(0), 1): {LOG: k - 1}} if k != 1 else {}
    return Exact(log_pdf, cuts, HALF, right={(k, 0): s**-k, LOG: 1 - k}, ends=ends, poles=(0,),
                 cdf=lambda x: -mp.expm1(-((x / s) ** k)) if x > 0 else mp.mpf(0),
                 sf=lambda x: mp.exp(-((x / s) ** k)) if x > 0 else mp.mpf(1),
                 quantile=lambda u: s * (-mp.log1p(-u)) ** (1 / k))  # fmt: skip


def rayleigh(sigma: float) -> Exact:
    return weibull(2, mp.sqrt(2) * mp.mpf(sigma))


def pareto(alpha: float, xm: float) -> Exact:
    a, m = mp.mpf(alpha), mp.mpf(xm)
    constant = mp.log(a) + a * mp.log(m)
    cuts = tuple(m * mp.exp(c / a) for c in (0, 0.5, 1.5, 4, 9))
    return Exact(lambda x: x.log_minus(0) * -(a + 1) + constant, cuts, ((m, INF),),
                 right={LOG: a + 1}, poles=(0,),
                 cdf=lambda x: 1 - (m / x) ** a if x > m else mp.mpf(0),
                 sf=lambda x: (m / x) ** a if x > m else mp.mpf(1),
                 quantile=lambda u: m * (1 - u) ** (-1 / a))  # fmt: skip


def gumbel(mu: float, beta: float) -> Exact:
    m, b = mp.mpf(mu), mp.mpf(beta)

    def log_pdf(x: Places) -> DD:
        z = x.minus(mu) / b
        return -z - exp(-z) - mp.log(b)

    def log_cdf(x: Any) -> Any:
        # exp(-exp(1000)) is a number that mpmath would compute, for hours.
        return -mp.exp(min((m - x) / b, 100))

    left = {(INF, 1 / b): mp.exp(m / b), LINEAR: -1 / b}
    return Exact(log_pdf, steps(mu, beta, (-5, -3.5, -2, -1, 0, 1, 3, 8, 20, 50)), left=left,
                 right={LINEAR: 1 / b}, cdf=lambda x: mp.exp(log_cdf(x)),
                 sf=lambda x: -mp.expm1(log_cdf(x)),
                 quantile=lambda u: m - b * mp.log(-mp.log(u)))  # fmt: skip


def halfnormal(sigma: float) -> Exact:
    full, s = normal(0, sigma), mp.mpf(sigma)
    cuts = tuple(c for c in full.cuts if c >= 0)
    return Exact(lambda x: full.log_pdf(x) + mp.log(2), cuts, HALF, right=full.right,
                 cdf=lambda x: mp.erf(x / s / mp.sqrt(2)) if x > 0 else mp.mpf(0),
                 sf=lambda x: mp.erfc(x / s / mp.sqrt(2)) if x > 0 else mp.mpf(1))  # fmt: skip


def triangular(a: float, c: float, b: float) -> Exact:
    low, top, high = mp.mpf(a), mp.mpf(c), mp.mpf(b)

    def log_pdf(x: Places) -> DD:
        rising = x.middle < float(c)
        near = where(rising, x.log_minus(low), x.log_minus(high))
        slope = where(rising, mp.log((top - low) or 1), mp.log((high - top) or 1))
        return near - slope + mp.log(2 / (high - low))

    def cdf(x: Any) -> Any:
        if x <= low or x >= high:
            return mp.mpf(x >= high)
        if x <= top:
            return (x - low) ** 2 / (high - low) / (top - low)
        return 1 - (high - x) ** 2 / (high - low) / (high - top)

    ends = {}
    if top > low:
        ends[low, 1] = {LOG: mp.mpf(1)}
    if top < high:
        ends[high, -1] = {LOG: mp.mpf(1)}
    return Exact(log_pdf, tuple(sorted({low, top, high})), ((low, high),), ends=ends, cdf=cdf,
                 sf=lambda x: 1 - cdf(x))  # fmt: skip


def log_normal_cdf(z: Any) -> Any:
    """log Phi(z), with its digits in both tails."""
    root = mp.sqrt(2)
    if z > 0:
        return mp.log1p(-mp.erfc(z / root) / 2)
    if z > -60:
        return mp.log(mp.erfc(-z / root) / 2)
    # Abramowitz & Stegun 26.2.12, here beyond 60 with terms below 1e-34.
    series = mp.fsum((-1) ** k * mp.fac2(2 * k - 1) / z ** (2 * k) for k in range(1, 12))
    return -z * z / 2 - mp.log(-z) - mp.log(2 * mp.pi) / 2 + mp.log1p(series)


def skewnormal(mu: float, sigma: float, alpha: float) -> Exact:
    full, a, s = normal(mu, sigma), mp.mpf(alpha), mp.mpf(sigma)
    # -log Phi(alpha z) adds alpha^2 z^2 / 2 + log |z| on the side that alpha turns away from.
    light = {**squared(mu, sigma, 0, 1 + a * a), LOG: mp.mpf(1)}
    sides = {}
    for side in (-1, 1):
        turned = {**light, LINEAR: -side * mp.mpf(mu) * (1 + a * a) / s**2}
        sides[side] = turned if side * a < 0 else squared(mu, sigma, side)
    bends = steps(mu, s / max(abs(a), mp.mpf(1)), (-8, -4, -2, -1, 1, 2, 4, 8))
    return Exact(
        lambda x: full.log_pdf(x) + each(log_normal_cdf, x.minus(mu) / s * a) + mp.log(2),
        tuple(sorted({*full.cuts, *bends})), left=sides[-1], right=sides[1],
    )  # fmt: skip


def vonmises(mu: float, kappa: float) -> Exact:
    m, k = mp.mpf(mu), mp.mpf(kappa)
    # Here and below log I0 is scaled: I0(kappa) exp(-kappa) stays in range for any kappa.
    constant = mp.log(2 * mp.pi) + mp.log(mp.besseli(0, k)) - k
    spread = 1 / mp.sqrt(1 + k)
    inner = [c for c in steps(mu, spread, BELL) if -PI < c < PI]
    turns = [c for c in (m - PI, m + PI, m) if -PI < c < PI]

    def log_pdf(x: Places) -> DD:
        sine = each(mp.sin, x.minus(mu) * 0.5)
        return sine * sine * (-2 * k) - constant

    return Exact(log_pdf, tuple(sorted({-PI, *inner, *turns, PI})), ((-PI, PI),))


def lead(growth: Growth) -> tuple[Any, Any]:
    """The leading (key, coefficient) of a growth; ((0, 0), 0) when nothing grows."""
    for key in sorted(growth, reverse=True):
        if abs(growth[key]) > 1e-24:
            return key, growth[key]
    return (0, 0), mp.mpf(0)


def combined(a: Any, one: Growth, b: Any, other: Growth) -> Growth:
    """a * one + b * other; coefficients that only roundings keep from 0 are dropped."""
    result = {}
    for key in one.keys() | other.keys():
        x, y = a * one.get(key, mp.mpf(0)), b * other.get(key, mp.mpf(0))
        result[key] = x + y if abs(x + y) > 1e-25 * (abs(x) + abs(y)) else mp.mpf(0)
    return result


def heaviest(growths: Iterable[Growth | None]) -> Growth | None:
    """The slowest of the growths: that of a sum of densities."""
    best: Growth | None = None
    for growth in growths:
        if growth is not None and (best is None or lead(combined(1, best, -1, growth))[1] > 0):
            best = growth
    return best
