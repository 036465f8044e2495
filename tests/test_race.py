"""Four descents from one start: their ends against SciPy's, and what is kept of them."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import optimize, stats

from divviz import race
from divviz.families import make
from divviz.grammar import parse
from divviz.race import LAST, OBJECTIVES, known, run, start_of

TWO = "mixture(0.6*normal(-2,0.7)+0.4*normal(2.5,0.8))"
X = np.linspace(-16, 16, 6001)
LOG_P = np.logaddexp(
    math.log(0.6) + stats.norm.logpdf(X, -2, 0.7), math.log(0.4) + stats.norm.logpdf(X, 2.5, 0.8)
)
LEVELS = (np.arange(4000) + 0.5) / 4000


def by_scipy(objective, mu, sigma):
    """Where Nelder and Mead come from that start."""

    def loss(at):
        log_q = stats.norm.logpdf(X, at[0], np.exp(at[1]))
        p, q = np.exp(LOG_P), np.exp(log_q)
        if objective == "kl_pq":
            return np.trapezoid(p * (LOG_P - log_q), X)
        if objective == "kl_qp":
            return np.trapezoid(q * (log_q - LOG_P), X)
        log_m = np.logaddexp(LOG_P, log_q) - math.log(2)
        return 0.5 * np.trapezoid(p * (LOG_P - log_m) + q * (log_q - log_m), X)

    found = optimize.minimize(
        loss, [mu, math.log(sigma)], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-12}
    )
    return found.x[0], math.exp(found.x[1]), found.fun


@pytest.mark.parametrize(
    ("objective", "start"),
    [
        ("kl_pq", (-0.5, 0.7)),
        ("kl_qp", (-2.5, 0.7)),
        ("kl_qp", (2.9, 0.7)),
        ("kl_qp", (-0.2, 2.3)),
        ("js", (-2.3, 0.7)),
        ("js", (2.7, 0.7)),
        ("js", (-0.2, 2.3)),
    ],
)
def test_a_descent_ends_where_another_search_from_that_start_does(objective, start):
    found = run(parse(TWO), make("normal", *start), objective).end
    mu, sigma, least = by_scipy(objective, *start)
    assert found.member.args == pytest.approx((mu, sigma), abs=2e-3)
    assert found.value == pytest.approx(least, abs=1e-6)


def test_w2_ends_at_the_mean_and_the_slope_of_the_quantiles():
    """W2^2 is the mean of (F^-1(u) - mu - sigma z(u))^2: least squares on the normal scores."""
    p, z = parse(TWO), np.linspace(-9, 9, 40_001)
    way = p.quantile(stats.norm.cdf(z)) * z * stats.norm.pdf(z)
    sigma = np.trapezoid(np.where(np.isfinite(way), way, 0.0), z)
    found = run(p, make("normal", 3, 0.7), "w2").end.member
    assert found.args == pytest.approx((-0.2, sigma), abs=1e-3)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_run_starts_at_its_start_and_falls_at_each_step(objective):
    start = make("normal", 1, 0.5)
    found = run(parse(TWO), start, objective)
    heights = [found.at(k).value for k in range(LAST + 1)]
    assert found.at(0).member == start
    assert all(b <= a for a, b in pairwise(heights))
    assert found.end is found.at(LAST) is found.at(10_000)


@pytest.mark.parametrize(
    ("p", "objective", "code"),
    [
        ("uniform(-1,1)", "kl_qp", "fit_beyond"),
        ("cauchy(0,1)", "kl_pq", "fit_tail"),
        ("cauchy(0,1)", "w2", "fit_far"),
    ],
)
def test_where_the_objective_is_infinite_a_run_says_why(p, objective, code):
    found = run(parse(p), make("normal", 0, 1), objective)
    assert found.path == () and found.refused.code == code


def test_a_run_is_known_once_it_was_walked():
    p, start = parse(TWO), make("normal", 0.123, 0.456)
    assert not known(p, start, ["js"])
    assert run(p, start, "js") is run(p, start, "js")
    assert known(p, start, ["js"]) and not known(p, start)


def test_no_more_runs_are_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(race, "KEPT", 3)
    p = parse("normal(0,1)")
    members = [make("normal", 0.01 * k, 1) for k in range(5)]
    for member in members:
        run(p, member, "kl_pq")
    assert [known(p, member, ["kl_pq"]) for member in members] == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("q", "start"),
    [
        ("normal(1,2)", (1, 2)),
        ("uniform(0,1)", (0.5, math.sqrt(1 / 12))),
        ("laplace(3,1)", (3, math.sqrt(2))),
    ],
)
def test_a_descent_starts_at_the_normal_of_the_centre_and_width_of_q(q, start):
    found = start_of(parse(q))
    assert found.name == "normal" and found.args == pytest.approx(start)


def test_a_cauchy_start_has_the_median_and_the_width_of_its_middle_half():
    found = start_of(parse("cauchy(2,1)"))
    assert found.args == pytest.approx((2, 2 / (2 * stats.norm.ppf(0.75))))
