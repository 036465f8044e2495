"""Each family against mpmath at 40 digits, SciPy and its limits: densities, tails, moments."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import each
from scipy import integrate, special

from divviz.families import FAMILIES, Dist, make
from divviz.measures import evaluate

INF = math.inf


@pytest.fixture(autouse=True)
def forty_digits() -> Any:
    """mpmath at 40 digits, and as it was afterwards."""
    with mp.workdps(40):
        yield


# What a family is, in mpmath


@dataclass(frozen=True)
class Exact:
    """The log density, the masses below and above x, the mean and the standard deviation."""

    log_pdf: Callable[[Any], Any]
    cdf: Callable[[Any], Any]
    sf: Callable[[Any], Any]
    mean: Any
    sd: Any


def upper(z: Any) -> Any:
    """The standard normal mass above z."""
    return mp.erfc(z / mp.sqrt(2)) / 2


def logistic(mu: Any, s: Any) -> Exact:
    def z(x: Any) -> Any:
        return (x - mu) / s

    return Exact(
        lambda x: -z(x) - 2 * mp.log1p(mp.exp(-z(x))) - mp.log(s),
        lambda x: 1 / (1 + mp.exp(-z(x))),
        lambda x: 1 / (1 + mp.exp(z(x))),
        mu,
        mp.pi * s / mp.sqrt(3),
    )


def lognormal(mu: Any, sigma: Any) -> Exact:
    def z(x: Any) -> Any:
        return (mp.log(x) - mu) / sigma

    mean = mp.exp(mu + sigma**2 / 2)
    return Exact(
        lambda x: -(z(x) ** 2) / 2 - mp.log(x * sigma * mp.sqrt(2 * mp.pi)),
        lambda x: upper(-z(x)),
        lambda x: upper(z(x)),
        mean,
        mean * mp.sqrt(mp.expm1(sigma**2)),
    )


def weibull(k: Any, scale: Any) -> Exact:
    first, second = mp.gamma(1 + 1 / k), mp.gamma(1 + 2 / k)
    return Exact(
        lambda x: mp.log(k / scale) + (k - 1) * mp.log(x / scale) - (x / scale) ** k,
        lambda x: -mp.expm1(-((x / scale) ** k)),
        lambda x: mp.exp(-((x / scale) ** k)),
        scale * first,
        scale * mp.sqrt(second - first**2),
    )


def pareto(alpha: Any, xm: Any) -> Exact:
    return Exact(
        lambda x: mp.log(alpha / x) + alpha * mp.log(xm / x),
        lambda x: -mp.expm1(alpha * mp.log(xm / x)),
        lambda x: (xm / x) ** alpha,
        alpha * xm / (alpha - 1) if alpha > 1 else INF,
        xm * mp.sqrt(alpha / (alpha - 2)) / (alpha - 1) if alpha > 2 else INF,
    )


def chi2(nu: Any) -> Exact:
    k = nu / 2
    return Exact(
        lambda x: (k - 1) * mp.log(x) - x / 2 - k * mp.log(2) - mp.loggamma(k),
        lambda x: mp.gammainc(k, 0, x / 2, regularized=True),
        lambda x: mp.gammainc(k, x / 2, mp.inf, regularized=True),
        nu,
        mp.sqrt(2 * nu),
    )


def halfnormal(sigma: Any) -> Exact:
    return Exact(
        lambda x: mp.log(2 / mp.pi) / 2 - mp.log(sigma) - (x / sigma) ** 2 / 2,
        lambda x: mp.erf(x / sigma / mp.sqrt(2)),
        lambda x: mp.erfc(x / sigma / mp.sqrt(2)),
        sigma * mp.sqrt(2 / mp.pi),
        sigma * mp.sqrt(1 - 2 / mp.pi),
    )


def rayleigh(sigma: Any) -> Exact:
    return Exact(
        lambda x: mp.log(x / sigma**2) - (x / sigma) ** 2 / 2,
        lambda x: -mp.expm1(-((x / sigma) ** 2) / 2),
        lambda x: mp.exp(-((x / sigma) ** 2) / 2),
        sigma * mp.sqrt(mp.pi / 2),
        sigma * mp.sqrt(2 - mp.pi / 2),
    )


def gumbel(mu: Any, beta: Any) -> Exact:
    def z(x: Any) -> Any:
        return (x - mu) / beta

    return Exact(
        lambda x: -z(x) - mp.exp(-z(x)) - mp.log(beta),
        lambda x: mp.exp(-mp.exp(-z(x))),
        lambda x: -mp.expm1(-mp.exp(-z(x))),
        mu + mp.euler * beta,
        mp.pi * beta / mp.sqrt(6),
    )


def triangular(a: Any, c: Any, b: Any) -> Exact:
    def rise(x: Any) -> Any:
        return (x - a) ** 2 / ((b - a) * (c - a))

    def fall(x: Any) -> Any:
        return (b - x) ** 2 / ((b - a) * (b - c))

    def log_pdf(x: Any) -> Any:
        near, far = (x - a, c - a) if x < c else (b - x, b - c)
        return mp.log(2 * near / ((b - a) * far))

    def rest(part: Any, x: Any) -> Any:
        with mp.workdps(250):
            return 1 - part(x)

    return Exact(
        log_pdf,
        lambda x: rise(x) if x < c else rest(fall, x),
        lambda x: rest(rise, x) if x < c else fall(x),
        (a + b + c) / 3,
        mp.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18),
    )


def skewnormal(mu: Any, sigma: Any, alpha: Any) -> Exact:
    """Phi(z) - 2 T(z, alpha) by SciPy; where that cancels, Craig's integral of the difference."""

    def below(z: float, lean: float) -> float:
        if lean > 0 > z:
            ends = (math.atan(lean), 0.5 * math.pi)
            top = 0.5 * (z / math.cos(ends[0])) ** 2
            # The integrand falls by e in this many radians.
            step = (ends[1] - ends[0]) / (1 + 2 * top)
            cuts = [ends[0] + k * step for k in (0, 1, 3, 8, 20, 60, 200)]
            cuts = [c for c in cuts if c < ends[1]] + [ends[1]]
            parts = (
                integrate.quad(
                    lambda t: math.exp(top - 0.5 * (z / math.cos(t)) ** 2), a, b, epsrel=1e-13
                )[0]
                for a, b in pairwise(cuts)
            )
            return math.exp(-top) * sum(parts) / math.pi
        return float(special.ndtr(z) - 2 * special.owens_t(z, lean))

    delta = alpha / mp.sqrt(1 + alpha**2)
    return Exact(
        lambda x: mp.log(2 * mp.npdf((x - mu) / sigma) * mp.ncdf(alpha * (x - mu) / sigma) / sigma),
        lambda x: mp.mpf(below(float((x - mu) / sigma), float(alpha))),
        lambda x: mp.mpf(below(float((mu - x) / sigma), -float(alpha))),
        mu + sigma * delta * mp.sqrt(2 / mp.pi),
        sigma * mp.sqrt(1 - 2 * delta**2 / mp.pi),
    )


def vonmises(mu: Any, kappa: Any) -> Exact:
    """By the Fourier series of the density, DLMF 10.35.2, on [-pi, pi] as doubles have it."""
    base = mp.besseli(0, kappa)
    ratios = [mp.besseli(j, kappa) / base for j in range(1, 60)]
    turn = mp.mpf(math.pi)

    def below(x: Any) -> Any:
        waves = ((mp.sin(j * (x - mu)) + mp.sin(j * (turn + mu))) / j for j in range(1, 60))
        return ((x + turn) + 2 * mp.fsum(r * w for r, w in zip(ratios, waves, strict=True))) / (
            2 * mp.pi
        )

    def log_pdf(x: Any) -> Any:
        return kappa * mp.cos(x - mu) - mp.log(2 * mp.pi * base)

    mean = mp.quad(lambda x: x * mp.exp(log_pdf(x)), [-turn, mu, turn])
    second = mp.quad(lambda x: (x - mean) ** 2 * mp.exp(log_pdf(x)), [-turn, mu, turn])
    return Exact(log_pdf, below, lambda x: 1 - below(x), mean, mp.sqrt(second))


EXACT = {
    f.__name__: f
    for f in (
        logistic, lognormal, weibull, pareto, chi2, halfnormal, rayleigh, gumbel, triangular,
        skewnormal, vonmises,
    )
}  # fmt: skip


def exact_of(dist: Dist) -> Exact:
    return EXACT[dist.name](*map(mp.mpf, dist.args))


MEMBERS = [
    make("logistic", 1, 2),
    make("logistic", -5, 1e-9),
    make("lognormal", 0, 1),
    make("lognormal", 3, 0.01),
    make("lognormal", -30, 10),
    make("weibull", 0.02, 2),
    make("weibull", 0.3, 1e-9),
    make("weibull", 1.5, 3),
    make("weibull", 1e6, 1e9),
    make("pareto", 0.3, 1),
    make("pareto", 2.5, 1e9),
    make("pareto", 1e6, 3),
    make("chi2", 0.05),
    make("chi2", 2),
    make("chi2", 7),
    make("halfnormal", 2.5),
    make("rayleigh", 1e-9),
    make("gumbel", 0, 1),
    make("gumbel", 3, 0.5),
    make("triangular", -1, 0.25, 2),
    make("triangular", 0, 0, 1),
    make("triangular", 0, 1, 1),
    make("triangular", 1e9 - 4, 1e9 - 3, 1e9),
    make("skewnormal", 1, 2, -5),
    make("skewnormal", 0, 1, 0.25),
    make("skewnormal", 0, 3, 32),
    make("vonmises", 0.5, 2),
    make("vonmises", 3.125, 5),
    make("vonmises", -3, 0.25),
    make("vonmises", 1, 0),
    make("vonmises", -2, 20),
]
SHARES = [1e-100, 1e-30, 1e-12, 1e-3, 0.125, 0.5, 0.875]


def shares(dist: Dist) -> list[float]:
    # Further out the oracles of these two have too few digits.
    return SHARES[2:] if dist.name in ("skewnormal", "vonmises") else SHARES


@each("dist", MEMBERS)
def test_log_density_agrees_with_40_digits_from_end_to_end(dist: Dist) -> None:
    exact = exact_of(dist)
    for x in [*dist.quantile(shares(dist)), *dist.isf(shares(dist))]:
        low, high = dist.support()[0]
        if low < x < high:
            truth = exact.log_pdf(mp.mpf(float(x)))
            assert abs(float(dist.log_density(x)) - truth) <= 1e-13 * max(1, abs(truth))


@each("dist", MEMBERS)
def test_cdf_and_sf_keep_their_digits_in_both_tails(dist: Dist) -> None:
    exact = exact_of(dist)
    low, high = dist.support()[0]
    for x in {*dist.quantile(shares(dist)).tolist(), *dist.isf(shares(dist)).tolist()}:
        if not low < x < high:
            continue
        place = mp.mpf(x)
        # A rounding of x itself moves the mass by density times x.
        slack = abs(place) * mp.exp(exact.log_pdf(place)) * mp.mpf(2) ** -50
        for value, truth in ((dist.cdf(x), exact.cdf(place)), (dist.sf(x), exact.sf(place))):
            assert abs(mp.mpf(float(value)) - truth) <= 3e-13 * truth + slack


@each("dist", MEMBERS)
def test_quantile_and_isf_are_where_that_mass_lies_beyond(dist: Dist) -> None:
    exact = exact_of(dist)
    low, high = dist.support()[0]
    # A place next to 0 inside the line has the digits of the line, not its own.
    grain = 0.0 if low == 0 else 1e-15 * min(dist.sd() or 0.0, 10.0)
    for u in shares(dist):
        for x, mass in ((dist.quantile(u), exact.cdf), (dist.isf(u), exact.sf)):
            if low < x < high:
                place = mp.mpf(float(x))
                miss = abs(mass(place) - mp.mpf(u)) / mp.exp(exact.log_pdf(place))
                assert miss <= 1e-13 * abs(place) + grain


@each("dist", MEMBERS)
def test_mean_and_sd_agree_with_40_digits(dist: Dist) -> None:
    exact = exact_of(dist)
    for value, truth in ((dist.mean(), exact.mean), (dist.sd(), exact.sd)):
        if truth == INF:
            assert value == INF
        else:
            # What a von Mises mean takes off for the cut is of the size of a turn.
            grain = 1e-15 if dist.name == "vonmises" else 0.0
            assert abs(mp.mpf(value) - truth) <= 1e-13 * abs(truth) + grain


def test_the_ends_of_the_unit_interval_are_the_ends_of_the_support() -> None:
    for dist in MEMBERS:
        low, high = dist.support()[0]
        assert dist.quantile([0.0, 1.0]).tolist() == [low, high]
        assert dist.isf([1.0, 0.0]).tolist() == [low, high]
        assert [float(dist.cdf(x)) for x in (low, high)] == [0, 1]
        assert [float(dist.sf(x)) for x in (low, high)] == [1, 0]


def test_a_concentrated_von_mises_is_the_normal_that_it_tends_to() -> None:
    """F is the normal CDF to order 1/kappa: Mardia & Jupp, Directional Statistics (3.5.22)."""
    dist = make("vonmises", 0.5, 1e6)
    x = 0.5 + 1e-3 * np.array([-3.0, -1.0, 0.0, 2.0])
    np.testing.assert_allclose(dist.cdf(x), special.ndtr([-3.0, -1.0, 0.0, 2.0]), rtol=1e-5)
    assert dist.mean() == 0.5
    assert dist.sd() == pytest.approx(1e-3 * (1 + 1 / 4e6), rel=1e-9)


def test_a_skew_normal_of_huge_alpha_is_the_half_normal() -> None:
    """Azzalini, Scand. J. Statist. 12 (1985), property B."""
    steep, limit = make("skewnormal", 0, 2, 1e6), make("halfnormal", 2)
    x = np.array([0.01, 0.5, 2.0, 9.0, 30.0])
    np.testing.assert_allclose(steep.log_density(x), limit.log_density(x), rtol=1e-13)
    np.testing.assert_allclose(steep.sf(x), limit.sf(x), rtol=1e-12)
    np.testing.assert_allclose(steep.quantile([0.01, 0.5]), limit.quantile([0.01, 0.5]), rtol=1e-9)


def test_every_new_family_is_tried_here() -> None:
    assert EXACT.keys() <= FAMILIES.keys()
    assert {dist.name for dist in MEMBERS} == EXACT.keys()


def test_coefficients_of_tails_stay_within_what_a_double_holds() -> None:
    """xm^alpha, scale^-shape and sigma^nu would overflow or vanish."""
    for dist in (
        make("pareto", 1e6, 1e9),
        make("weibull", 1e6, 1e9),
        make("weibull", 1e6, 1e-9),
        make("student_t", 100, 0, 1e9),
    ):
        tail = dist.tail()[1]
        for size in (tail.rate, *(c for _, c in tail.terms)):
            assert math.isfinite(size) and size >= 0
        found = evaluate(dist, make("student_t", 1e6, -2.5, 4e4))
        assert math.isfinite(found["entropy_p"]) and 0 <= found["js"] <= math.log(2)
