"""Samples and their running means against SciPy's quantiles, closed forms and exact fractions."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import battery
import numpy as np
import pytest
from cases import each
from quiet import quiet as quiet
from scipy import special, stats

from divviz.errors import SceneError
from divviz.families import drawn
from divviz.grammar import parse
from divviz.measures import measure
from divviz.pair import Pair
from divviz.running import MOST_SAMPLES, Running, draw_places, running, running_mean

INF = math.inf


def pair(p: str, q: str) -> Pair:
    return Pair(parse(p), parse(q))


def struck(found: Running) -> int | None:
    """How many samples it took until one fell where q = 0, else None."""
    outside = np.isinf(found.log_ratio)
    return int(np.argmax(outside)) + 1 if outside.any() else None


def shares(n: int, seed: int) -> np.ndarray:
    """The shares of P's mass that n samples have on their left."""
    return (np.random.default_rng(seed).integers(0, 2**52, n) + 0.5) / 2.0**52


# --- running means


def test_running_means_by_hand() -> None:
    mean, error = running_mean(np.array([1.0, 3.0, 2.0, -2.0]))
    assert mean.tolist() == [1, 2, 2, 1]
    # s^2 = 2, 1 and 14/3.
    assert error == pytest.approx([INF, 1, math.sqrt(1 / 3), math.sqrt(14 / 12)], rel=1e-15)


@pytest.mark.parametrize("away", [0.0, 1e6, 1e15])
def test_running_means_are_those_of_each_beginning(away: float) -> None:
    values = away + np.random.default_rng(3).integers(-8, 9, 60) / 4
    mean, error = running_mean(values)
    exact = [Fraction(float(v)) for v in values]
    for k in range(1, 61):
        middle = sum(exact[:k]) / k
        assert mean[k - 1] == pytest.approx(float(middle), rel=1e-14)
        if k > 1:
            variance = sum((v - middle) ** 2 for v in exact[:k]) / (k - 1) / k
            # The mean itself is rounded to 0.1 or so at 1e15.
            close = 0.2 if away == 1e15 else 1e-9
            assert error[k - 1] == pytest.approx(math.sqrt(variance), rel=close)


def test_equal_values_do_not_scatter() -> None:
    mean, error = running_mean(np.full(1000, 0.1))
    assert mean == pytest.approx(np.full(1000, 0.1), rel=1e-13)
    assert error[0] == INF
    assert error[1:].max() < 1e-13
    assert running_mean(np.zeros(3))[1].tolist() == [INF, 0, 0]


def test_an_infinite_value_stays() -> None:
    mean, error = running_mean(np.array([1.0, 2.0, INF, -5.0, INF]))
    assert mean.tolist() == [1, 1.5, INF, INF, INF]
    assert error.tolist() == [INF, 0.5, INF, INF, INF]
    assert running_mean(np.array([INF, 0.0]))[0].tolist() == [INF, INF]
    assert running_mean(np.array([]))[0].tolist() == []


# --- outcomes


def test_outcomes_have_the_log_ratio_of_their_masses() -> None:
    p, q = np.array([0.5, 0.25, 0.25, 0.0]), np.array([0.2, 0.3, 0.4, 0.1])
    found = running(pair("pmf(2,1,1,0)", "pmf(2,3,4,1)"), 4000, 1)
    assert found.place is not None
    assert set(found.place.tolist()) == {0, 1, 2}
    assert found.x.tolist() == found.place.tolist()
    exact = special.rel_entr(p, q)[:3] / p[:3]
    assert found.log_ratio == pytest.approx(exact[found.place], rel=1e-14)
    # The same numbers, weighted with P instead of drawn from it.
    ratio = np.array([found.log_ratio[np.argmax(found.place == i)] for i in range(3)])
    kl = measure("kl_pq", parse("pmf(2,1,1,0)"), parse("pmf(2,3,4,1)"))
    assert float((p[:3] * ratio).sum()) == pytest.approx(kl, rel=1e-14)


def test_outcomes_come_where_the_cdf_passes_the_share() -> None:
    found = running(pair("poisson(3)", "poisson(5)"), 5000, 2)
    assert found.x.tolist() == stats.poisson(3).ppf(shares(5000, 2)).tolist()
    exact = stats.poisson(3).logpmf(found.x) - stats.poisson(5).logpmf(found.x)
    assert found.log_ratio == pytest.approx(exact, rel=1e-12)


def test_named_outcomes_meet_by_name() -> None:
    found = running(pair("pmf(a:1,b:2)", "pmf(b:1,c:1,a:2)"), 200, 3)
    assert found.place is not None
    ratio = {0: math.log((1 / 3) / (1 / 2)), 1: math.log((2 / 3) / (1 / 4))}
    assert found.log_ratio == pytest.approx([ratio[int(k)] for k in found.place], rel=1e-14)


def test_a_sample_where_q_has_nothing_makes_the_mean_infinite() -> None:
    both = pair("pmf(9,1)", "pmf(1,0)")
    found = running(both, 200, 0)
    assert found.place is not None
    first = found.place.tolist().index(1)
    assert first > 0
    assert struck(found) == first + 1
    assert found.mean[:first] == pytest.approx(np.full(first, math.log(0.9)), rel=1e-12)
    assert np.isinf(found.mean[first:]).all()
    assert (found.log_ratio == INF).tolist() == (found.place == 1).tolist()
    assert struck(running(both.swapped, 200, 0)) is None


def test_the_most_unlikely_outcome_is_no_infinity() -> None:
    found = running(pair("pmf(1,1)", "pmf(1,1e-320)"), 100, 0)
    assert struck(found) is None
    assert found.log_ratio.max() == pytest.approx(math.log(0.5) + 320 * math.log(10), rel=1e-4)


def test_masses_of_zero_are_never_drawn() -> None:
    masses = np.zeros(1000)
    masses[[3, 500]] = 0.1
    places = draw_places(masses, 10_000, 4)
    assert set(places.tolist()) == {3, 500}
    assert float((places == 3).mean()) == pytest.approx(0.5, abs=0.025)


# --- densities


DRAWN = [
    ("normal(1,2)", stats.norm(1, 2)),
    ("cauchy(0,1)", stats.cauchy()),
    ("student_t(0.5,0,1)", stats.t(0.5)),
    ("gamma(0.3,2)", stats.gamma(0.3, scale=0.5)),
    ("beta(2,0.7)", stats.beta(2, 0.7)),
    ("lognormal(0,2)", stats.lognorm(2)),
    ("uniform(-1,3)", stats.uniform(-1, 4)),
    ("truncated(normal(0,1),-1,2)", stats.truncnorm(-1, 2)),
    ("exponential(3)", stats.expon(scale=1 / 3)),
]


@each(("p", "exact"), DRAWN)
def test_samples_of_a_density_invert_its_cdf(p: str, exact: Any) -> None:
    x = running(pair(p, p), 500, 7).x
    assert x == pytest.approx(exact.ppf(shares(500, 7)), rel=1e-9, abs=1e-12)


def test_samples_of_a_mixture_invert_its_cdf() -> None:
    x = running(pair("mixture(0.3*normal(-3,1)+0.7*normal(2,0.1))", "normal(0,1)"), 500, 7).x
    cdf = 0.3 * stats.norm(-3, 1).cdf(x) + 0.7 * stats.norm(2, 0.1).cdf(x)
    assert cdf == pytest.approx(shares(500, 7), abs=1e-13)


def test_log_ratio_of_two_normals_is_a_straight_line() -> None:
    found = running(pair("normal(0,1)", "normal(2,1)"), 1000, 5)
    assert found.place is None
    assert found.log_ratio == pytest.approx(2 - 2 * found.x, abs=1e-13)
    assert found.mean[-1] == pytest.approx(2 - 2 * found.x.mean(), abs=1e-12)


def test_log_ratio_keeps_its_digits_next_to_a_singular_end() -> None:
    # 1 - x = (1 - u)^20 is often too small to tell x from 1; log p/q = log(1/2) - log(1 - u).
    found = running(pair("beta(1,0.05)", "beta(1,0.1)"), 1000, 6)
    assert (found.x == 1).mean() > 0.1
    exact = math.log(0.5) - np.log1p(-shares(1000, 6))
    assert found.log_ratio == pytest.approx(exact, rel=1e-9, abs=1e-11)


def test_log_ratio_keeps_its_digits_of_a_spike_far_away() -> None:
    found = running(pair("normal(1e9,1e-9)", "normal(1e9,2e-9)"), 1000, 8)
    z = stats.norm.ppf(shares(1000, 8))
    assert found.log_ratio == pytest.approx(math.log(2) - 0.375 * z**2, abs=1e-9)


def test_half_of_the_samples_fall_outside_of_half_the_interval() -> None:
    found = running(pair("uniform(0,2)", "uniform(0,1)"), 1000, 9)
    assert (found.log_ratio == INF).tolist() == (found.x > 1).tolist()
    assert found.log_ratio[found.x < 1] == pytest.approx(math.log(0.5), rel=1e-14)
    assert struck(found) == int(np.argmax(found.x > 1)) + 1


def test_a_ratio_too_large_for_a_number_is_not_infinite() -> None:
    found = running(pair("normal(0,1)", "gumbel(0,0.001)"), 300, 1)
    assert struck(found) is None
    assert np.isfinite(found.log_ratio).all()
    assert not np.isnan(found.mean).any()
    assert not np.isnan(found.error).any()


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ("normal(0,1)", "normal(1,2)"),
        ("beta(2,0.05)", "beta(2,0.1)"),
        ("cauchy(0,1)", "cauchy(1,2)"),
        ("pareto(0.5,1)", "pareto(0.8,1)"),
        ("mixture(0.5*normal(-2,1)+0.5*normal(2,0.3))", "normal(0,2)"),
        ("gamma(0.1,1)", "gamma(0.3,2)"),
        ("laplace(0,1)", "normal(0,1)"),
        (str(drawn(0, 4, [1, 0, 3, 5])), str(drawn(0, 4, [2, 1, 2, 2]))),
        ("poisson(3)", "poisson(4)"),
        ("binomial(10,0.3)", "pmf(1,1,1,1,1,1,1,1,1,1,1)"),
        ("samples(1,2,2,5)", "samples(1,2,5,5,7)"),
    ],
)
def test_the_mean_settles_on_kl(p: str, q: str) -> None:
    both = pair(p, q)
    found = running(both, 20_000, 11)
    kl = measure("kl_pq", both.P, both.Q)
    assert struck(found) is None
    assert abs(found.mean[-1] - kl) < 4 * found.error[-1]
    assert found.error[-1] < 0.1 * found.error[20]


def test_the_error_is_as_wide_as_the_scatter_of_repeated_runs() -> None:
    both = pair("bernoulli(0.3)", "bernoulli(0.6)")
    runs = [running(both, 100, seed) for seed in range(300)]
    last = np.array([run.mean[-1] for run in runs])
    told = np.array([run.error[-1] for run in runs])
    # The variance of log p/q, 0.3 * 0.7 (log 1/2 - log 7/4)^2.
    exact = math.sqrt(0.21) * math.log(3.5) / 10
    assert told.mean() == pytest.approx(exact, rel=0.02)
    assert last.std() == pytest.approx(exact, rel=0.1)


def test_equal_distributions_give_zeros() -> None:
    for p in ("normal(0,1)", "pmf(1,2)", "beta(0.1,0.1)"):
        found = running(pair(p, p), 50, 0)
        assert found.log_ratio.tolist() == [0] * 50
        assert not np.signbit(found.log_ratio).any()
        assert not np.signbit(found.mean).any()


def test_every_kind_of_pair_gives_numbers_and_only_true_infinities() -> None:
    for p, q in list(battery.PAIRS.values())[::6]:
        both = Pair(battery.dist_of(p), battery.dist_of(q))
        if both.mixed:
            continue
        found = running(both, 200, 5)
        assert np.isfinite(found.x).all(), (p, q)
        assert (found.log_ratio > -INF).all(), (p, q)
        assert struck(found) is None or both.outside_q is not None, (p, q)
        assert (found.mean > -INF).all(), (p, q)
        assert (found.error >= 0).all(), (p, q)


# --- seeds and mistakes


@pytest.mark.parametrize(
    ("p", "q"), [("normal(0,1)", "laplace(0,1)"), ("poisson(3)", "poisson(4)")]
)
def test_fewer_samples_are_the_first_of_more(p: str, q: str) -> None:
    short, long = running(pair(p, q), 100, 42), running(pair(p, q), 5000, 42)
    assert short.x.tolist() == pytest.approx(long.x[:100].tolist(), rel=1e-13)
    assert short.mean == pytest.approx(long.mean[:100], rel=1e-12)
    assert not np.array_equal(short.x, running(pair(p, q), 100, 43).x)


def test_samples_of_p_stay_when_q_moves() -> None:
    one, other = (running(pair("normal(0,1)", q), 100, 0) for q in ("normal(1,1)", "cauchy(0,1)"))
    assert one.x.tolist() == other.x.tolist()


def test_a_generator_goes_on() -> None:
    rng = np.random.default_rng(42)
    both = pair("poisson(3)", "poisson(4)")
    halves = [running(both, 50, rng).x for _ in range(2)]
    assert np.concatenate(halves).tolist() == running(both, 100, 42).x.tolist()


def test_one_sample_has_a_mean_and_an_endless_error() -> None:
    found = running(pair("normal(0,1)", "normal(2,1)"), 1, 0)
    assert found.mean.tolist() == found.log_ratio.tolist()
    assert found.error.tolist() == [INF]


COINS = ("bernoulli(0.5)", "bernoulli(0.4)")


@each(
    ("code", "call"),
    [
        ("pairs_whole", lambda: running(pair(*COINS), 0, 0)),
        ("pairs_whole", lambda: running(pair(*COINS), MOST_SAMPLES + 1, 0)),
        ("pairs_whole", lambda: running(pair(*COINS), 2.5, 0)),  # type: ignore[arg-type]
        ("pairs_whole", lambda: running(pair(*COINS), True, 0)),
        ("noise_seed", lambda: running(pair(*COINS), 5, -1)),
        ("noise_seed", lambda: running(pair("normal(0,1)", "normal(1,1)"), 5, 0.5)),  # type: ignore[arg-type]
        ("undefined", lambda: running(pair("poisson(3)", "normal(1,1)"), 5, 0)),
        ("undefined", lambda: running(pair("normal(1,1)", "poisson(3)"), 5, 0)),
    ],
)
def test_mistakes_are_said(code: str, call: Callable[[], Running]) -> None:
    with pytest.raises(SceneError) as caught:
        call()
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


def test_as_many_as_allowed() -> None:
    found = running(pair(*COINS), MOST_SAMPLES, 0)
    assert len(found.mean) == MOST_SAMPLES
    assert found.mean[-1] == pytest.approx(
        measure("kl_pq", parse(COINS[0]), parse(COINS[1])), abs=4 * found.error[-1]
    )
