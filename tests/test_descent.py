"""A descent falls at every step, ends where the closest member is, and its slopes are right."""

import dataclasses
import math

import numpy as np
import pytest
from cases import each
from scipy import differentiate

from divviz.descent import descend
from divviz.families import SceneError, make, samples
from divviz.fit import closest
from divviz.grammar import parse
from divviz.measures import measure
from divviz.objectives import OBJECTIVES, cost

TWO = "mixture(0.3*normal(-2,1)+0.7*normal(2,0.5))"
DRAWN = "drawn(-3,5,AAABAgBA__gA)"
TEETH = "pmf(0.02,0.03,0.05,0.14,0.16,0.15,0.12,0.08,0.1,0.08,0.07)"

TOGETHER = [
    *[(DRAWN, "normal", key) for key in ("kl_pq", "js", "chi2", "w1", "w2")],
    *[(TWO, "normal", key) for key in ("kl_pq", "chi2", "w2")],
    *[(TWO, "laplace", key) for key in ("kl_pq", "js")],
    *[("gamma(3,1)", "lognormal", key) for key in ("kl_pq", "kl_qp", "js", "w2")],
    *[("gamma(3,1)", "weibull", key) for key in ("kl_pq", "kl_qp")],
    *[("gamma(3,1)", "rayleigh", key) for key in ("js", "w2")],
    *[("beta(2,5)", "uniform", key) for key in ("kl_pq", "w2")],
    *[("normal(1,2)", "logistic", key) for key in ("kl_pq", "kl_qp", "chi2", "w1")],
    *[("student_t(5,1,2)", "normal", key) for key in ("kl_pq", "w2")],
    *[(TEETH, "poisson", key) for key in ("kl_pq", "js", "chi2", "w1")],
    *[("poisson(4)", "geometric", key) for key in ("kl_qp", "js", "w1", "w2")],
    ("gamma(100,1)", "gamma", "kl_qp"),
    ("gamma(3,1)", "exponential", "kl_pq"),
    ("normal(100,20)", "normal", "w2"),
    ("beta(2,5)", "triangular", "w2"),
]


@pytest.mark.parametrize(("text", "name", "key"), TOGETHER)
def test_the_descent_and_the_search_meet_at_the_same_member(text, name, key):
    p = parse(text)
    best, descent = closest(p, name, key), descend(p, name, key)
    assert descent.converged and descent.objective == key
    assert descent.optimum.args == pytest.approx(best.args, rel=1e-4, abs=1e-4 * p.sd())
    assert descent.value == pytest.approx(cost(OBJECTIVES[key], p, best), abs=1e-9)


@pytest.mark.parametrize(("text", "name", "key"), TOGETHER[::4])
def test_every_step_is_lower_than_the_last(text, name, key):
    descent = descend(parse(text), name, key, rate=0.5, steps=12)
    heights = [step.value for step in descent.path]
    assert (np.diff(heights) < 0).all()
    assert heights[0] == cost(OBJECTIVES[key], parse(text), descent.path[0].member)
    assert len(descent.path) <= 13 and descent.path[0].share == 0


def test_whole_numbers_stay_as_in_the_start():
    descent = descend(parse(TEETH), "binomial", start=make("binomial", 20, 0.9))
    assert {step.member.args[0] for step in descent.path} == {20}
    mean = float(np.arange(11) @ [0.02, 0.03, 0.05, 0.14, 0.16, 0.15, 0.12, 0.08, 0.1, 0.08, 0.07])
    assert descent.optimum.args[1] == pytest.approx(mean / 20, rel=1e-9)


# --- slopes: by differences of closed forms ------------------------------------------------------


def differenced(f, t, j):
    """The derivative of f at t along coordinate j, by SciPy."""

    def along(h):
        return f([value + (h if i == j else 0) for i, value in enumerate(t)])

    return float(differentiate.derivative(np.vectorize(along), 0.0, initial_step=0.05).df)


def kl(m, s, mu, sigma):
    return math.log(sigma / s) + (s * s + (m - mu) ** 2) / (2 * sigma * sigma) - 0.5


def chi2(m, s, mu, sigma):
    """The integral of p^2/q less 1, a Gaussian integral."""
    spread = 2 * sigma * sigma - s * s
    return sigma * sigma / (s * math.sqrt(spread)) * math.exp((m - mu) ** 2 / spread) - 1


NORMAL = {
    "kl_pq": kl,
    "kl_qp": lambda m, s, mu, sigma: kl(mu, sigma, m, s),
    "chi2": chi2,
    "w2": lambda m, s, mu, sigma: math.hypot(m - mu, s - sigma),
}


@each("q", [(1.5, 2.0), (-0.2, 1.1), (0.4, 3.0)])
@each("key", NORMAL)
def test_the_gradient_between_normals_is_that_of_the_closed_form(key, q):
    start = make("normal", *q)
    first = descend(parse("normal(0.3,1.2)"), "normal", key, start, steps=1).path[0]

    def at(t):
        return NORMAL[key](0.3, 1.2, t[0], math.exp(t[1]))

    t = [q[0], math.log(q[1])]
    assert first.value == pytest.approx(at(t), rel=1e-9)
    slopes = [differenced(at, t, j) for j in range(2)]
    assert first.gradient == pytest.approx(slopes, rel=1e-6, abs=1e-8)


def test_the_gradient_of_w1_between_shifted_normals_is_1_and_between_poissons_too():
    # W1 of two shifted copies is the shift; of two Poissons the difference of their means
    first = descend(parse("normal(0,1)"), "normal", "w1", make("normal", 3, 1), steps=1).path[0]
    assert first.value == pytest.approx(3) and first.gradient[0] == pytest.approx(1, abs=1e-9)
    first = descend(parse("poisson(4)"), "poisson", "w1", make("poisson", 7), steps=1).path[0]
    assert first.value == pytest.approx(3, rel=1e-9)
    assert first.gradient == pytest.approx((7,), rel=1e-8)  # by log rate


@pytest.mark.parametrize("key", ["w1", "w2"])
def test_a_distance_of_0_pulls_nowhere(key):
    descent = descend(parse("normal(1,2)"), "normal", key, make("normal", 1, 2))
    assert descent.converged and descent.value == 0
    assert descent.path[0].gradient == (0, 0)


def test_the_gradient_of_js_is_that_of_its_integral():
    x = np.linspace(-20, 20, 80001)

    def js(t):
        p = np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)
        q = np.exp(-0.5 * ((x - t[0]) / math.exp(t[1])) ** 2 - t[1]) / math.sqrt(2 * math.pi)
        m = 0.5 * (p + q)
        with np.errstate(all="ignore"):
            both = np.where(p > 0, p * np.log(p / m), 0) + np.where(q > 0, q * np.log(q / m), 0)
        return 0.5 * float(both.sum() * (x[1] - x[0]))

    first = descend(parse("normal(0,1)"), "normal", "js", make("normal", 2, 1.5), steps=1).path[0]
    t = [2, math.log(1.5)]
    assert first.value == pytest.approx(js(t), rel=1e-9)
    assert first.gradient == pytest.approx([differenced(js, t, j) for j in range(2)], rel=1e-6)


# --- local minima, rates, units ------------------------------------------------------------------


def test_reverse_kl_falls_into_the_hill_that_it_starts_on_and_forward_kl_covers_both():
    p = parse("mixture(0.4*normal(-6,0.5)+0.6*normal(6,0.5))")
    for place, share in ((-6, 0.4), (6, 0.6)):
        start = make("normal", 0.8 * place, 1)
        descent = descend(p, "normal", "kl_qp", start)
        assert descent.optimum.args == pytest.approx((place, 0.5), abs=1e-7)
        assert descent.value == pytest.approx(-math.log(share), abs=1e-9)
        covering = descend(p, "normal", "kl_pq", start).optimum
        assert covering.args == pytest.approx((1.2, math.sqrt(0.25 + 36 - 1.44)), rel=1e-7)


def test_a_natural_step_at_rate_1_lands_on_the_mean_of_p():
    # at sigma = 1 the slope in mu is mu - m and the information 1, so one whole step is m - mu
    descent = descend(parse("normal(0.4,1)"), "normal", start=make("normal", 0, 1), steps=1)
    assert descent.path[1].member.args == pytest.approx((0.4, math.exp(0.5 * 0.16)), rel=1e-9)


@pytest.mark.parametrize("rate", [0.1, 0.25, 0.5])
def test_a_smaller_rate_takes_that_share_of_the_step(rate):
    start = make("normal", 0, 1)
    one = descend(parse("normal(0.4,1)"), "normal", start=start, rate=rate, steps=1)
    assert one.path[1].member.args[0] == pytest.approx(0.4 * rate, rel=1e-9)
    assert one.path[1].share == rate and not one.converged


@pytest.mark.parametrize("key", ["kl_pq", "js", "w1", "w2"])
def test_the_unit_of_x_changes_no_step(key):
    small, large = (
        descend(parse(f"gamma(3,{rate})"), "normal", key, make("normal", 4 / rate, 1 / rate))
        for rate in (1024, 1 / 1024)
    )
    assert len(small.path) == len(large.path)
    scale = 2.0**20 if OBJECTIVES[key].distance else 1
    for one, other in zip(small.path, large.path, strict=True):
        assert other.value == pytest.approx(scale * one.value, rel=1e-6)
        args = 2.0**20 * np.array(one.member.args)
        assert np.array(other.member.args) == pytest.approx(args, rel=1e-5)


def test_the_likelihood_of_data_is_descended_as_cross_entropy():
    x = np.array([0.3, 1.1, 1.9, 2.2, 2.2, 3.7, 5.1, 8.4])
    descent = descend(samples(x), "normal", "kl_pq", make("normal", 0, 1))
    assert descent.objective == "cross_entropy_pq" and descent.converged
    assert descent.optimum.args == pytest.approx((x.mean(), x.std()), rel=1e-7)
    assert descent.value == pytest.approx(0.5 * math.log(2 * math.pi * math.e * x.var()), rel=1e-9)
    assert descent.path[0].gradient == pytest.approx((-x.mean(), 1 - (x**2).mean()), rel=1e-8)


def test_the_values_are_those_of_the_measures():
    p = parse(TWO)
    for key in ("kl_pq", "kl_qp", "js", "w1"):
        descent = descend(p, "normal", key, steps=3)
        assert descent.value == measure(key, p, descent.optimum)
    descent = descend(p, "normal", "chi2", steps=3)
    assert descent.value == measure("chi2_pearson", p, descent.optimum)
    descent = descend(p, "normal", "w2", steps=3)
    assert descent.value == pytest.approx(measure("wasserstein", p, descent.optimum, p=2), rel=1e-9)


def test_coordinates_are_logs_of_what_is_positive_and_log_odds_of_shares():
    assert descend(parse(TWO), "normal", steps=1).coordinates == ("mu", "log sigma")
    assert descend(parse("gamma(3,1)"), "gamma", steps=1).coordinates == ("log shape", "log rate")
    assert descend(parse("pmf(1,3)"), "bernoulli", steps=1).coordinates == ("logit p",)
    assert descend(parse(TEETH), "poisson", steps=1).coordinates == ("log rate",)


def test_a_descent_cannot_be_changed():
    descent = descend(parse(TWO), "normal", steps=2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        descent.path[0].value = 0.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        descent.converged = False


REFUSED = [
    ("uniform(0,1)", "normal", "kl_qp", {}, "fit_beyond"),
    ("cauchy(0,1)", "normal", "kl_pq", {}, "fit_tail"),
    ("cauchy(0,1)", "normal", "w2", {}, "fit_far"),
    ("normal(0,1)", "normal", "kl_pq", {"rate": 0}, "fit_rate"),
    ("normal(0,1)", "normal", "kl_pq", {"rate": 1.5}, "fit_rate"),
    ("normal(0,1)", "normal", "kl_pq", {"rate": math.nan}, "fit_rate"),
    ("normal(0,1)", "normal", "kl_pq", {"start": make("laplace", 0, 1)}, "fit_other"),
    ("uniform(0,1)", "uniform", "kl_pq", {"start": make("uniform", 0.2, 3)}, "fit_start"),
    ("normal(0,1)", "normal", "chi2", {"start": make("normal", 0, 0.5)}, "fit_start"),
    ("pmf(1,2,3)", "discrete_uniform", "js", {}, "fit_whole"),
    ("normal(0,1)", "poisson", "js", {}, "fit_kind"),
    ("normal(0,1)", "mixture", "js", {}, "fit_built"),
    ("normal(0,1)", "normal", "huber", {}, "objective"),
]


@each(("text", "name", "key", "more", "code"), REFUSED)
def test_what_cannot_be_descended_is_told_in_a_sentence(text, name, key, more, code):
    with pytest.raises(SceneError) as caught:
        descend(parse(text), name, key, **more)
    assert caught.value.code == code and str(caught.value).endswith(".")
