"""Where the likelihood is largest: closed forms, SciPy's fits, flat slopes, no better neighbour."""

import math

import numpy as np
import pytest
from cases import each
from scipy import optimize, stats

from divviz.errors import SceneError
from divviz.families import FAMILIES, make
from divviz.likelihood import most_likely

PARAMETRIC = [name for name, family in FAMILIES.items() if family.params]


def rng(seed=7):
    return np.random.default_rng(seed)


def fit(name, x, weights=None):
    x = np.asarray(x, float)
    return most_likely(FAMILIES[name], x, np.ones(len(x)) if weights is None else weights)


def likelihood(name, args, x, weights=None):
    """The mean log density, in SciPy's or our densities, which other tests check."""
    logs = make(name, *args).log_density(np.asarray(x, float))
    return float(np.average(logs, weights=weights))


SAMPLES = {
    "normal": stats.norm(3, 2),
    "laplace": stats.laplace(1, 2),
    "student_t": stats.t(3, 1, 2),
    "cauchy": stats.cauchy(1, 2),
    "logistic": stats.logistic(1, 2),
    "uniform": stats.uniform(-1, 3),
    "exponential": stats.expon(scale=2),
    "gamma": stats.gamma(0.6, scale=2),
    "beta": stats.beta(2, 0.7),
    "lognormal": stats.lognorm(0.7, scale=2),
    "weibull": stats.weibull_min(1.7, scale=3),
    "pareto": stats.pareto(2.5, scale=3),
    "chi2": stats.chi2(3.3),
    "halfnormal": stats.halfnorm(scale=2),
    "rayleigh": stats.rayleigh(scale=2),
    "gumbel": stats.gumbel_r(1, 2),
    "skewnormal": stats.skewnorm(3, 1, 2),
    "triangular": stats.triang(0.3, 1, 4),
    "vonmises": stats.vonmises(2, 1),
    "bernoulli": stats.bernoulli(0.3),
    "binomial": stats.binom(12, 0.8),
    "poisson": stats.poisson(4),
    "geometric": stats.geom(0.3),
    "discrete_uniform": stats.randint(-2, 6),
    "one_hot": stats.randint(3, 4),
    "negative_binomial": stats.nbinom(3, 0.4),
    "zipf": stats.zipfian(1.3, 20),
}


def sample(name, n, seed=7):
    x = np.asarray(SAMPLES[name].rvs(n, random_state=rng(seed)), float)
    # SciPy's circle may be cut elsewhere.
    return np.angle(np.exp(1j * x)) if name == "vonmises" else x


def test_every_family_with_parameters_is_tried_here():
    assert SAMPLES.keys() == set(PARAMETRIC)


# --- closed forms ---------------------------------------------------------------------------------

X = np.array([0.5, 3.0, 1.25, 1.25, 2.0, 4.0])
K = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 2.0])

CLOSED = [
    ("normal", X, (2.0, math.sqrt(8.375 / 6))),
    ("laplace", X, (1.625, (1.125 + 1.375 + 0.375 + 0.375 + 0.375 + 2.375) / 6)),
    ("laplace", [5, 1, 2], (2.0, 4 / 3)),
    ("uniform", X, (0.5, 4.0)),
    ("exponential", X, (0.5,)),
    ("exponential", [0, 1, 2], (1.0,)),
    ("halfnormal", X, (math.sqrt(32.375 / 6),)),
    ("rayleigh", X, (math.sqrt(32.375 / 12),)),
    ("lognormal", [1, math.e**2], (1.0, 1.0)),
    ("pareto", [2, 2 * math.e, 2 * math.e**2], (1.0, 2.0)),
    ("poisson", K, (16 / 6,)),
    ("geometric", K, (6 / 16,)),
    ("bernoulli", [1, 0, 0, 1, 1], (0.6,)),
    ("discrete_uniform", K, (1, 5)),
    ("one_hot", [4, 4], (4, 5)),
    ("one_hot", [0, 0], (0, 2)),
    ("zipf", [1, 1, 1], (0, 1)),
    ("negative_binomial", [0, 0], (1, 1)),
    ("binomial", [0, 0], (1, 0)),
    ("vonmises", [-math.pi / 2, 0, math.pi / 2, math.pi], (0, 0)),
]


@each(("name", "x", "args"), CLOSED)
def test_the_closed_forms_of_maximum_likelihood(name, x, args):
    found = fit(name, x)
    if name == "vonmises":  # all directions are as good
        found = (0, found[1])
    assert found == pytest.approx(args, rel=1e-14, abs=1e-15)


def test_the_weights_of_values_count_like_values():
    x, counts = np.array([0.5, 1.0, 2.5, 7.0]), np.array([3, 1, 2, 1])
    for name in ("normal", "laplace", "gamma", "weibull", "gumbel", "logistic", "student_t"):
        assert fit(name, x, 0.3 * counts) == pytest.approx(fit(name, np.repeat(x, counts)), 1e-7)


def test_values_of_weight_0_do_not_count_but_leave_room_for_the_outcome():
    assert fit("uniform", [1, 2, 9], np.array([1.0, 1.0, 0.0])) == (1, 2)
    assert fit("one_hot", np.arange(5), np.array([0, 0, 1.0, 0, 0])) == (2, 5)


# --- SciPy ----------------------------------------------------------------------------------------

# How SciPy fits the same family with the location fixed, and its parameters as ours.
SCIPY = {
    "normal": (stats.norm, {}, lambda loc, s: (loc, s)),
    "exponential": (stats.expon, {"floc": 0}, lambda loc, s: (1 / s,)),
    "gamma": (stats.gamma, {"floc": 0}, lambda a, loc, s: (a, 1 / s)),
    "beta": (stats.beta, {"floc": 0, "fscale": 1}, lambda a, b, loc, s: (a, b)),
    "lognormal": (stats.lognorm, {"floc": 0}, lambda a, loc, s: (math.log(s), a)),
    "weibull": (stats.weibull_min, {"floc": 0}, lambda a, loc, s: (a, s)),
    "chi2": (stats.chi2, {"floc": 0, "fscale": 1}, lambda a, loc, s: (a,)),
    "halfnormal": (stats.halfnorm, {"floc": 0}, lambda loc, s: (s,)),
    "rayleigh": (stats.rayleigh, {"floc": 0}, lambda loc, s: (s,)),
    "pareto": (stats.pareto, {"floc": 0}, lambda a, loc, s: (a, s)),
    "gumbel": (stats.gumbel_r, {}, lambda loc, s: (loc, s)),
    "laplace": (stats.laplace, {}, lambda loc, s: (loc, s)),
    "logistic": (stats.logistic, {}, lambda loc, s: (loc, s)),
    "cauchy": (stats.cauchy, {}, lambda loc, s: (loc, s)),
    "student_t": (stats.t, {}, lambda a, loc, s: (a, loc, s)),
    "skewnormal": (stats.skewnorm, {}, lambda a, loc, s: (loc, s, a)),
    "vonmises": (stats.vonmises, {"fscale": 1}, lambda k, loc, s: (loc, k)),
}
# SciPy's simplex stops early in these.
ROUGH = {
    "cauchy": 1e-4,
    "student_t": 1e-3,
    "skewnormal": 1e-3,
    "gumbel": 1e-6,
    "chi2": 1e-4,
    "weibull": 1e-4,
}


@each("name", SCIPY)
def test_scipy_finds_the_same_member(name):
    x = sample(name, 300)
    family, fixed, ours = SCIPY[name]
    theirs = ours(*family.fit(x, **fixed))
    found = fit(name, x)
    assert found == pytest.approx(theirs, rel=ROUGH.get(name, 1e-7))
    assert likelihood(name, found, x) >= likelihood(name, theirs, x) - 1e-13


def test_the_fit_of_a_negative_binomial_solves_the_equation_of_its_r():
    x = sample("negative_binomial", 200)
    r, p = fit("negative_binomial", x)
    assert p == pytest.approx(r / (r + x.mean()), rel=1e-12)
    best = optimize.minimize_scalar(
        lambda s: -stats.nbinom.logpmf(x, s, s / (s + x.mean())).sum(),
        bounds=(0.1, 100),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert r == pytest.approx(best.x, rel=1e-5)


def test_the_fit_of_zipf_has_the_mean_log_of_the_data():
    x = sample("zipf", 200)
    s, n = fit("zipf", x)
    assert n == x.max()
    ranks = np.arange(1, n + 1)
    mass = ranks**-s / (ranks**-s).sum()
    assert mass @ np.log(ranks) == pytest.approx(np.log(x).mean(), rel=1e-12)


def test_the_fit_of_a_binomial_is_the_best_of_every_n():
    x = sample("binomial", 80)
    n, p = fit("binomial", x)
    every = np.arange(x.max(), 200)
    sums = [stats.binom.logpmf(x, m, x.mean() / m).sum() for m in every]
    assert n == every[int(np.argmax(sums))] and p == pytest.approx(x.mean() / n)


@pytest.mark.parametrize("n", [2, 3, 9, 40])
def test_the_fit_of_a_triangle_is_the_best_that_many_searches_find(n):
    x = np.sort(sample("triangular", n))

    def cost(u):
        a, b = x[0] - math.exp(max(u[0], -30)), x[-1] + math.exp(max(u[1], -30))
        c = x[:, None]
        heights = np.where(x < c, (x - a) / (c - a), (b - x) / (b - c)) * 2 / (b - a)
        return -np.log(heights).sum(axis=1).max()

    ends = [(s, t) for s in (-25, 0.0) for t in (-25, 0.0)]
    best = min(optimize.minimize(cost, u, method="Nelder-Mead").fun for u in ends)
    assert n * likelihood("triangular", fit("triangular", x), x) >= -best - 1e-6


# --- a top is flat, and nothing beside it is higher -----------------------------------------------

SMOOTH = [
    "normal", "student_t", "cauchy", "logistic", "exponential", "gamma", "beta", "lognormal",
    "weibull", "chi2", "halfnormal", "rayleigh", "gumbel", "skewnormal", "vonmises",
]  # fmt: skip


@each("name", SMOOTH)
@each("n", [25, 20_000])
def test_the_slope_of_the_likelihood_is_0_at_its_top(name, n):
    x = sample(name, n, seed=n + 7)
    args = np.array(fit(name, x))
    for i in range(len(args)):
        h = 1e-4 * max(abs(args[i]), 0.1)
        step = np.zeros(len(args))
        step[i] = h
        near, far = (
            likelihood(name, args + k * step, x) - likelihood(name, args - k * step, x)
            for k in (1, 2)
        )
        assert abs((8 * near - far) / 12 / h) * max(abs(args[i]), 0.1) < 2e-8


@each("name", PARAMETRIC)
@each("n", [12, 400])
def test_no_neighbour_in_the_family_is_more_likely(name, n):
    x = sample(name, n, seed=n + 1)
    best = fit(name, x)
    least = likelihood(name, best, x)
    assert math.isfinite(least)
    for i, param in enumerate(FAMILIES[name].params):
        for size in (-0.3, -1e-3, 1e-3, 0.3):
            args = list(best)
            step = math.copysign(1, size) if param.integer else size * max(abs(args[i]), 0.1)
            args[i] = param.clip(args[i] + step)
            try:
                other = likelihood(name, args, x)
            except SceneError:
                continue
            assert other <= least + 1e-12


@pytest.mark.parametrize("name", ["student_t", "cauchy", "skewnormal", "logistic", "gumbel"])
def test_a_fit_moves_and_grows_with_the_data(name):
    x = sample(name, 80)
    at = [p.name for p in FAMILIES[name].params].index("x0" if name == "cauchy" else "mu")
    before, after = fit(name, x), fit(name, 1000 + 1e4 * x)
    places = [1000 + 1e4 * before[at] if i == at else v for i, v in enumerate(before)]
    places[at + 1] *= 1e4
    assert after == pytest.approx(tuple(places), rel=1e-6)


def test_two_hills_of_a_cauchy_likelihood_are_both_climbed():
    # Three values here, two far off: the likelihood has a lower top among the two.
    x = np.array([0.0, 0.1, 0.3, 50.0, 50.2])
    place, width = fit("cauchy", x)
    m, s = np.meshgrid(np.linspace(-1, 51, 521), np.geomspace(0.05, 30, 60))
    grid = stats.cauchy.logpdf(x[:, None, None], m, s).sum(axis=0)
    top = np.argmax(grid)
    assert place == pytest.approx(m.flat[top], abs=0.1)
    assert width == pytest.approx(s.flat[top], rel=0.15)


def test_lighter_tails_than_any_of_students_take_the_largest_nu():
    x = np.linspace(-1, 1, 50)
    nu, mu, sigma = fit("student_t", x)
    assert nu == 1e6
    assert (mu, sigma) == pytest.approx((0, x.std()), abs=1e-5)


def test_counts_that_scatter_less_than_poisson_take_the_largest_r():
    assert fit("negative_binomial", [4, 5, 5, 6]) == (1000, 1000 / 1005)


def test_a_small_sample_has_a_fit_although_a_spike_of_student_t_is_unbounded():
    nu, mu, sigma = fit("student_t", [0.1, 1.3, -0.7, 2.2, 9.0, 0.4, -1.6])
    assert nu > 0.1 and sigma > 0.3 and -1 < mu < 2


# --- refusals -------------------------------------------------------------------------------------

EQUAL = [2.0, 2.0, 2.0]
REFUSED = [
    *((name, EQUAL, "fit_spike") for name in (
        "normal", "laplace", "student_t", "cauchy", "logistic", "uniform", "gamma", "lognormal",
        "weibull", "pareto", "gumbel", "skewnormal", "triangular", "vonmises",
    )),
    ("beta", [0.5, 0.5], "fit_spike"),
    ("cauchy", [1, 1, 1, 5, 9], "fit_spike"),
    ("exponential", [0, 0], "fit_spike"),
    ("halfnormal", [0, 0], "fit_spike"),
    ("exponential", [-1, 2], "fit_outside"),
    ("gamma", [-1, 2], "fit_outside"),
    ("lognormal", [0, 2], "fit_outside"),
    ("rayleigh", [0, 2], "fit_outside"),
    ("pareto", [0, 2], "fit_outside"),
    ("beta", [0.5, 1.5], "fit_outside"),
    ("vonmises", [0, 4], "fit_outside"),
    ("poisson", [0.5, 2], "fit_outside"),
    ("poisson", [-1, 2], "fit_outside"),
    ("geometric", [0, 2], "fit_outside"),
    ("bernoulli", [0, 2], "fit_outside"),
    ("binomial", [0, 20_000], "fit_outside"),
    ("zipf", [0, 2], "fit_outside"),
    ("one_hot", [1, 2], "fit_outside"),
    ("discrete_uniform", [0.5], "fit_outside"),
    ("gamma", [0, 2, 3], "fit_end"),
    ("weibull", [0, 2, 3], "fit_end"),
    ("chi2", [0, 2, 3], "fit_end"),
    ("beta", [0.5, 1], "fit_end"),
    ("poisson", [0, 0], "fit_none"),
    ("geometric", [5000, 5000], "fit_none"),
    ("normal", [1e300, -1e300], "fit_none"),
    ("student_t", [1e300, -1e300], "fit_none"),
    ("gamma", [1e6, 1e6 + 1], "fit_none"),
]  # fmt: skip


@each(("name", "x", "code"), REFUSED)
def test_where_no_member_is_most_likely_the_visitor_is_told_why(name, x, code):
    with pytest.raises(SceneError) as caught:
        fit(name, x)
    assert caught.value.code == code and str(caught.value).endswith(".")


def test_families_without_parameters_and_data_without_weight_are_refused():
    for name, weights, code in (("pmf", [1.0], "fit_built"), ("normal", [0.0], "weights_zero")):
        with pytest.raises(SceneError) as caught:
            fit(name, [1.0], np.array(weights))
        assert caught.value.code == code


@each("name", PARAMETRIC)
@each(
    "x",
    [[0, 1], [0.2, 0.7], [1e-300, 1], [1, 1, 1, 2, 2, 7], [-1, 0, 2], [5], 1 + 1e-9 * X, 1e200 * X],
)
def test_any_data_give_a_member_or_a_sentence(name, x):
    try:
        args = fit(name, x)
    except SceneError as error:
        assert str(error).endswith(".")
        return
    assert math.isfinite(likelihood(name, args, x))
    assert not any(value == 0 and math.copysign(1, value) < 0 for value in args)
