"""Counts: negative binomial and Zipf, and sums over infinite supports to the last bit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import each
from scipy import stats

from divviz.dist import Dist, Points
from divviz.families import make, mixture, pmf, truncated
from divviz.measures import value
from divviz.pair import Pair

INFORMATION = (
    "entropy_p", "entropy_q", "cross_entropy_pq", "cross_entropy_qp", "kl_pq", "kl_qp", "js", "w1",
)  # fmt: skip


@pytest.fixture(autouse=True)
def digits() -> Iterator[None]:
    """The precision is one for the whole process; other files set their own."""
    with mp.workdps(40):
        yield


def evaluate(p: Dist, q: Dist) -> dict[str, float]:
    pair = Pair(p, q)
    return {key: float(value(pair, key)) for key in INFORMATION}


def poisson(rate: Any) -> Iterator[Any]:
    log = -rate
    for k in range(1, 10**9):
        yield log
        log += mp.log(rate / k)


def geometric(p: Any) -> Iterator[Any]:
    yield None
    log = mp.log(p)
    while True:
        yield log
        log += mp.log1p(-p)


def negative_binomial(r: Any, p: Any) -> Iterator[Any]:
    log = r * mp.log(p)
    for k in range(10**9):
        yield log
        log += mp.log((k + r) / (k + 1)) + mp.log1p(-p)


LOGS = {f.__name__: f for f in (poisson, geometric, negative_binomial)}


def summed(p: Dist, q: Dist, count: int) -> dict[str, Any]:
    """The measures as plain sums of their definitions over 0..count-1, with 40 digits."""
    total = dict.fromkeys(INFORMATION, mp.mpf(0))
    gap = mp.mpf(0)
    every = [LOGS[d.name](*map(mp.mpf, d.args)) for d in (p, q)]
    for _, a, b in zip(range(count), *every, strict=False):
        one, other = (mp.exp(log) if log is not None else mp.mpf(0) for log in (a, b))
        log_m = mp.log((one + other) / 2) if one + other else mp.mpf(0)
        for mine, log, theirs, name in ((one, a, b, "p"), (other, b, a, "q")):
            if log is None:
                continue
            direction = "pq" if name == "p" else "qp"
            total[f"entropy_{name}"] -= mine * log
            total[f"cross_entropy_{direction}"] += mine * -theirs if theirs is not None else mp.inf
            total[f"kl_{direction}"] += mine * (log - theirs) if theirs is not None else mp.inf
            total["js"] += mine * (log - log_m) / 2
        gap += one - other
        total["w1"] += abs(gap)
    return total


PAIRS = [
    (make("poisson", 1e-6), make("poisson", 100), 600),
    (make("poisson", 50), make("geometric", 0.03), 3500),
    (make("poisson", 4), make("poisson", 4 + 1e-10), 200),
    (make("poisson", 300), make("geometric", 0.03), 3500),
    (make("geometric", 0.9), make("geometric", 0.02), 5200),
    (make("negative_binomial", 2.5, 0.3), make("poisson", 6), 500),
    (make("negative_binomial", 1e-3, 0.1), make("geometric", 0.2), 1000),
    (make("negative_binomial", 0.1, 0.05), make("negative_binomial", 20, 0.6), 2500),
    (make("negative_binomial", 2.5, 0.3), make("negative_binomial", 2.5, 0.3 + 1e-10), 500),
    (make("negative_binomial", 1000, 0.9), make("poisson", 111), 1500),
]


@pytest.mark.parametrize(("p", "q", "count"), PAIRS, ids=[f"{p}-{q}" for p, q, _ in PAIRS])
def test_an_infinite_support_is_summed_to_the_last_bit(p: Dist, q: Dist, count: int) -> None:
    found, expected = evaluate(p, q), summed(p, q, count)
    for key in INFORMATION:
        assert found[key] == pytest.approx(float(expected[key]), rel=1e-12, abs=0), key


@each("p", [0.001, 0.3, 0.9])
@each("q", [0.001, 0.001 * (1 + 1e-10), 0.9])
def test_kl_of_geometrics_is_its_closed_form(p: float, q: float) -> None:
    """log p/q + (1/p - 1) log (1-p)/(1-q), with the terms' cancellation done at 40 digits."""
    a, b = mp.mpf(p), mp.mpf(q)
    exact = mp.log(a / b) + (1 / a - 1) * mp.log((1 - a) / (1 - b))
    found = evaluate(make("geometric", p), make("geometric", q))
    assert found["kl_pq"] == pytest.approx(float(exact), rel=1e-12, abs=0)
    assert found["w1"] == pytest.approx(float(abs(1 / a - 1 / b)), rel=1e-12, abs=0)


def test_kl_of_the_widest_geometric_and_poisson_is_its_closed_form() -> None:
    """The mean of log X! under the geometric is the only sum: of log(j) P(X >= j) over j."""
    p, rate = mp.mpf(0.001), mp.mpf(1e4)
    mean_log_factorial, tail = mp.mpf(0), mp.mpf(1)
    with mp.workdps(25):
        for j in range(2, 80_000):
            tail *= 1 - p
            mean_log_factorial += tail * mp.log(j)
    cross = rate - mp.log(rate) / p + mean_log_factorial
    entropy = -mp.log(p) - (1 / p - 1) * mp.log1p(-p)
    found = evaluate(make("geometric", 0.001), make("poisson", 1e4))
    assert found["cross_entropy_pq"] == pytest.approx(float(cross), rel=1e-12)
    assert found["kl_pq"] == pytest.approx(float(cross - entropy), rel=1e-12)
    assert found["kl_qp"] == math.inf  # the Poisson has mass on 0


FINITE = [
    make("binomial", 60, 0.5),
    make("discrete_uniform", 0, 10_000),
    make("zipf", 1, 1000),
    make("one_hot", 0, 4),
    pmf(np.ones(20_000)),
    truncated(make("poisson", 3), 0, 60),
]


@each("q", FINITE)
@each(
    "p",
    [make("poisson", 1e-6), make("geometric", 0.9), make("negative_binomial", 0.1, 0.9)],
)
def test_an_infinite_support_against_a_finite_one_is_infinite(p: Dist, q: Dist) -> None:
    found = evaluate(p, q)
    assert found["kl_pq"] == found["cross_entropy_pq"] == math.inf
    assert math.isfinite(found["js"]) and math.isfinite(found["w1"])


def test_an_outcome_of_next_to_no_mass_that_a_list_leaves_out_makes_kl_infinite() -> None:
    """Binomial(10000, 0.5) has mass e^-6890 on 3, far from all that its sums need."""
    weights = np.ones(10_001)
    p, whole = make("binomial", 10_000, 0.5), pmf(weights)
    weights[3] = 0
    gap = pmf(weights[weights > 0], np.flatnonzero(weights))
    assert math.isfinite(evaluate(p, whole)["kl_pq"])
    assert evaluate(p, gap)["kl_pq"] == math.inf
    far = mixture([1, 1], [pmf(np.ones(60)), truncated(make("poisson", 3), 100, math.inf)])
    assert evaluate(make("poisson", 3), far)["kl_pq"] == math.inf


# --- negative binomial ----------------------------------------------------------------------------


@each("r", [1e-6, 0.01, 1, 30.5, 1000])
@each("p", [0.001, 0.3, 0.999])
def test_a_negative_binomial_has_its_log_masses_to_thirteen_digits(r: float, p: float) -> None:
    dist = make("negative_binomial", r, p)
    ends = dist.atoms()[0][[0, -1]]
    for k in {0, 1, 7, *np.linspace(*ends, 9).astype(int).tolist()}:
        a, b = mp.mpf(r), mp.mpf(p)
        choose = mp.loggamma(k + a) - mp.loggamma(k + 1) - mp.loggamma(a)
        exact = float(choose + a * mp.log(b) + k * mp.log1p(-b))
        assert float(dist.log_density(k)) == pytest.approx(exact, rel=4e-15, abs=2e-13)


@each("r", [1e-6, 0.5, 30.5, 1000])
@each("p", [0.01, 0.3, 0.999])
def test_what_a_negative_binomial_leaves_out_is_less_than_a_sum_can_hold(
    r: float, p: float
) -> None:
    x = make("negative_binomial", r, p).atoms()[0]
    assert stats.nbinom(r, p).sf(x[-1]) < 3e-20
    assert x[0] == 0 or stats.nbinom(r, p).cdf(x[0] - 1) < 3e-20


def test_one_success_is_a_geometric_counted_from_0() -> None:
    k = np.arange(50)
    logs = make("geometric", 0.2).log_density(k + 1)
    np.testing.assert_allclose(make("negative_binomial", 1, 0.2).log_density(k), logs, rtol=2e-15)


def test_a_sure_success_has_no_failures() -> None:
    sure = make("negative_binomial", 3, 1)
    assert sure.support() == ((0.0, 0.0),) and sure.mean() == 0 and sure.sd() == 0
    assert sure.density(np.array([0.0, 1.0, -1.0])).tolist() == [1, 0, 0]
    assert sure.cdf(np.array([-1.0, 0.0])).tolist() == [0, 1]
    assert evaluate(sure, make("poisson", 2))["kl_pq"] == pytest.approx(2, rel=1e-15)


# --- zipf -----------------------------------------------------------------------------------------


@each("s", [0, 0.5, 1, 2.5, 40])
def test_zipf_has_the_moments_of_exact_sums(s: float) -> None:
    n, a = 300, mp.mpf(s)
    total = mp.fsum(mp.mpf(k) ** -a for k in range(1, n + 1))
    mean = mp.fsum(k * mp.mpf(k) ** -a for k in range(1, n + 1)) / total
    square = mp.fsum((k - mean) ** 2 * mp.mpf(k) ** -a for k in range(1, n + 1)) / total
    dist = make("zipf", s, n)
    assert dist.mean() == pytest.approx(float(mean), rel=1e-14)
    assert dist.sd() == pytest.approx(float(mp.sqrt(square)), rel=1e-13)
    exact = [float(-a * mp.log(k) - mp.log(total)) for k in (1, 2, 300)]
    np.testing.assert_allclose(dist.log_density([1, 2, 300]), exact, rtol=1e-14, atol=1e-16)


def test_zipf_with_exponent_0_is_uniform() -> None:
    found = evaluate(make("zipf", 0, 6), make("discrete_uniform", 1, 6))
    assert found["kl_pq"] == pytest.approx(0, abs=1e-30) and found["w1"] < 1e-15


@pytest.mark.parametrize("change", [1e-10, 1e-4, 0.7])
def test_kl_of_zipfs_is_the_sum_of_its_definition(change: float) -> None:
    n, s, t = 200, mp.mpf(1.1), mp.mpf(1.1 + change)
    h, g = (mp.fsum(mp.mpf(k) ** -e for k in range(1, n + 1)) for e in (s, t))
    exact = mp.fsum(
        mp.mpf(k) ** -s / h * ((t - s) * mp.log(k) + mp.log(g / h)) for k in range(1, n + 1)
    )
    found = evaluate(make("zipf", 1.1, n), make("zipf", 1.1 + change, n))
    assert found["kl_pq"] == pytest.approx(float(exact), rel=1e-11, abs=0)


def test_a_million_ranks_are_summed_exactly() -> None:
    """H(10^6) by Euler-Maclaurin: DLMF 2.10.8."""
    n = 10**6
    harmonic = mp.log(n) + mp.euler + mp.mpf(1) / (2 * n) - mp.mpf(1) / (12 * n**2)
    log = make("zipf", 1, n).log_density(Points(np.array([1.0])))[0]
    assert log == pytest.approx(float(-mp.log(harmonic)), rel=1e-15)


# --- cumulated masses -----------------------------------------------------------------------------


def test_poisson_and_geometric_keep_their_digits_far_in_the_tail() -> None:
    assert float(make("poisson", 3).sf(100)) == pytest.approx(stats.poisson(3).sf(100), rel=1e-12)
    assert float(make("geometric", 0.3).sf(1000)) == pytest.approx(0.7**1000, rel=1e-12)
    assert make("geometric", 1).sf(np.array([0.0, 1.0])).tolist() == [1, 0]


def test_the_union_of_two_ranges_is_the_range_of_both() -> None:
    p, q = make("discrete_uniform", 0, 5), make("discrete_uniform", 3, 9)
    np.testing.assert_array_equal(Pair(p, q).x, np.arange(10))
    apart = make("discrete_uniform", 8, 9)
    np.testing.assert_array_equal(Pair(apart, p).x, [0, 1, 2, 3, 4, 5, 8, 9])
