"""The closest member is where the objective is least: against closed forms and other searches."""

import itertools
import math

import numpy as np
import pytest
from cases import each
from scipy import integrate, optimize, stats
from scipy.special import ndtri

from divviz import fit
from divviz.families import FAMILIES, SceneError, make, samples
from divviz.fit import closest
from divviz.grammar import parse
from divviz.measures import evaluate, measure
from divviz.objectives import OBJECTIVES, cost

PARAMETRIC = [name for name, family in FAMILIES.items() if family.params]


def default(name):
    return make(name, *(p.default for p in FAMILIES[name].params))


def kl(p, q):
    return evaluate(p, q)["kl_pq"]


@each("name", [n for n in PARAMETRIC if n not in ("binomial", "one_hot")])
def test_a_member_of_a_family_is_closest_to_itself(name):
    member = default(name)
    found = closest(member, name)
    assert found.args == pytest.approx(member.args, rel=1e-5, abs=1e-6)
    assert kl(member, found) < 1e-11


def test_a_binomial_and_a_one_hot_are_found_with_their_n():
    assert closest(parse("binomial(10,0.3)"), "binomial").args == pytest.approx((10, 0.3))
    assert closest(parse("pmf(0,0,1,0,0)"), "one_hot") == parse("one_hot(2,5)")


CLOSED = [
    ("uniform(-1,3)", "normal", (1, 4 / math.sqrt(12))),
    ("mixture(0.5*normal(-2,1)+0.5*normal(2,1))", "normal", (0, math.sqrt(5))),
    ("normal(1,2)", "laplace", (1, 2 * math.sqrt(2 / math.pi))),
    ("beta(2,3)", "uniform", (0, 1)),
    ("gamma(4,2)", "exponential", (0.5,)),
    ("pmf(0.1,0.2,0.3,0.4)", "poisson", (2,)),
    ("pmf(1:0.5,2:0.25,3:0.25)", "geometric", (1 / 1.75,)),
    ("pmf(0.25,0.75)", "bernoulli", (0.75,)),
    ("pmf(0,1,0,2,0)", "discrete_uniform", (1, 3)),
    ("pmf(a:1,b:3)", "bernoulli", (0.75,)),
]


@each(("text", "name", "args"), CLOSED)
def test_the_closed_forms_of_maximum_likelihood(text, name, args):
    assert closest(parse(text), name).args == pytest.approx(args, rel=1e-9, abs=1e-12)


SHAPES = [
    "mixture(0.3*normal(-2,1)+0.7*normal(2,0.5))",
    "gamma(0.3,2)",
    "pmf(0.02,0.03,0.05,0.14,0.16,0.15,0.12,0.08,0.1,0.08,0.07)",
]


@pytest.mark.parametrize("name", PARAMETRIC)
@pytest.mark.parametrize("text", SHAPES)
def test_no_neighbour_in_the_family_is_closer(text, name):
    dist = parse(text)
    try:
        best = closest(dist, name)
    except SceneError as error:
        assert error.code.startswith("fit_") and str(error).endswith(".")
        return
    least = kl(dist, best)
    assert math.isfinite(least)
    family = FAMILIES[name]
    for i, param in enumerate(family.params):
        for step in (-1, 1):
            nudge = step if param.integer else step * 0.01 * max(abs(best.args[i]), 0.1)
            args = list(best.args)
            args[i] = param.clip(args[i] + nudge)
            try:
                neighbour = make(name, *args)
            except SceneError:
                continue
            assert kl(dist, neighbour) >= least - 1e-9


REFUSED = [
    ("cauchy(0,1)", "normal", "fit_tail"),
    ("cauchy(0,1)", "laplace", "fit_tail"),
    ("student_t(1.5,0,1)", "normal", "fit_tail"),
    ("normal(0,1)", "uniform", "fit_outside"),
    ("normal(0,1)", "gamma", "fit_outside"),
    ("normal(0,1)", "exponential", "fit_outside"),
    ("uniform(0,2)", "beta", "fit_outside"),
    ("pmf(0.5,0.5)", "geometric", "fit_outside"),
    ("pmf(0.5,0,0.5)", "bernoulli", "fit_outside"),
    ("pmf(0.5:1,1:1)", "poisson", "fit_outside"),
    ("pmf(-1:1,1:1)", "binomial", "fit_outside"),
    ("pmf(0.5,0.5)", "one_hot", "fit_outside"),
    ("normal(0,1)", "poisson", "fit_kind"),
    ("poisson(3)", "normal", "fit_kind"),
    ("normal(0,1)", "drawn", "fit_built"),
    ("normal(0,1)", "mixture", "fit_built"),
    ("normal(0,1)", "gaussian", "family"),
]


@each(("text", "name", "code"), REFUSED)
def test_where_no_member_is_closest_the_visitor_is_told_why(text, name, code):
    with pytest.raises(SceneError) as caught:
        closest(parse(text), name)
    assert caught.value.code == code and str(caught.value).endswith(".")


def test_the_menu_of_fits_holds_every_family_with_parameters():
    assert list(fit.FITTED) == PARAMETRIC


# --- other objectives ---------------------------------------------------------------------------

TWO = "mixture(0.3*normal(-2,1)+0.7*normal(2,0.5))"
DATA = [0.3, 1.1, 1.9, 2.2, 2.2, 3.7, 5.1, 8.4]
GRID = np.linspace(-25, 25, 40001)


def two(x):
    """The density of TWO by SciPy."""
    return 0.3 * stats.norm.pdf(x, -2, 1) + 0.7 * stats.norm.pdf(x, 2, 0.5)


def on_grid(integrand):
    """The integral of values on GRID, whose trapezia are exact for what vanishes at both ends."""
    return float(np.sum(integrand) * (GRID[1] - GRID[0]))


def kl_of(p, q):
    safe = np.where(p > 1e-290, p, 1.0)
    return np.where(p > 1e-290, p * (np.log(safe) - np.log(np.maximum(q, 1e-300))), 0.0)


def by_scipy(integral, start):
    """The location and the scale of a normal that minimise an integral over GRID."""
    found = optimize.minimize(
        lambda t: on_grid(integral(two(GRID), stats.norm.pdf(GRID, t[0], math.exp(t[1])))),
        [start[0], math.log(start[1])],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-14},
    )
    return found.x[0], math.exp(found.x[1]), found.fun


INTEGRALS = {
    "kl_qp": (lambda p, q: kl_of(q, p), (2, 0.5)),
    "js": (lambda p, q: 0.5 * (kl_of(p, (p + q) / 2) + kl_of(q, (p + q) / 2)), (2, 0.5)),
    "chi2": (lambda p, q: np.where(p > 0, (p - q) ** 2 / np.maximum(q, 1e-300), q), (1, 2)),
}


@pytest.mark.parametrize("key", INTEGRALS)
def test_the_closest_normal_to_two_hills_is_what_another_search_finds(key):
    integral, start = INTEGRALS[key]
    mu, sigma, least = by_scipy(integral, start)
    member = closest(parse(TWO), "normal", key)
    assert member.args == pytest.approx((mu, sigma), rel=1e-4)
    assert cost(OBJECTIVES[key], parse(TWO), member) == pytest.approx(least, abs=1e-6)


def test_the_closest_normal_to_two_hills_in_w1_is_what_another_search_finds():
    cdf = 0.3 * stats.norm.cdf(GRID, -2, 1) + 0.7 * stats.norm.cdf(GRID, 2, 0.5)
    found = optimize.minimize(
        lambda t: on_grid(np.abs(cdf - stats.norm.cdf(GRID, t[0], math.exp(t[1])))),
        [1, 0.7],
        method="Nelder-Mead",
        options={"xatol": 1e-6, "fatol": 1e-10},
    )
    member = closest(parse(TWO), "normal", "w1")
    assert member.args == pytest.approx((found.x[0], math.exp(found.x[1])), rel=1e-3)
    assert cost(OBJECTIVES["w1"], parse(TWO), member) == pytest.approx(found.fun, abs=1e-6)


@pytest.mark.parametrize("sign", [-1, 1])
def test_reverse_kl_takes_the_heavier_hill_and_forward_kl_covers_both(sign):
    p = parse(f"mixture(0.4*normal({6 * sign},0.5)+0.6*normal({-6 * sign},0.5))")
    assert closest(p, "normal", "kl_qp").args == pytest.approx((-6 * sign, 0.5), abs=1e-9)
    assert cost(OBJECTIVES["kl_qp"], p, closest(p, "normal", "kl_qp")) == pytest.approx(
        -math.log(0.6), abs=1e-9
    )
    spread = math.sqrt(0.25 + 36 - 1.2**2)
    assert closest(p, "normal", "kl_pq").args == pytest.approx((-1.2 * sign, spread), rel=1e-12)


def test_forward_kl_to_a_lognormal_takes_the_moments_of_log_x():
    # gamma(k, r): log x has mean digamma(k) - log r and variance trigamma(k)
    from scipy.special import digamma, polygamma

    for k, r in [(3, 1), (0.8, 2), (50, 0.1)]:
        expected = digamma(k) - math.log(r), math.sqrt(polygamma(1, k))
        assert closest(make("gamma", k, r), "lognormal").args == pytest.approx(expected, rel=1e-7)


def test_reverse_kl_of_a_lognormal_to_a_gamma_in_closed_form():
    # -H(Q) - E log p is least at sigma^2 = 1/k, mu = log(k/r) - sigma^2/2
    for k, r in [(3, 1), (20, 4)]:
        expected = math.log(k / r) - 0.5 / k, 1 / math.sqrt(k)
        member = closest(make("gamma", k, r), "lognormal", "kl_qp")
        assert member.args == pytest.approx(expected, rel=1e-6)


LOCATION_SCALE = [
    ("normal", ndtri, 0.0, 1.0),
    ("logistic", lambda u: np.log(u / (1 - u)), 0.0, math.pi**2 / 3),
    ("uniform", lambda u: u, 0.5, 1 / 12),
    ("laplace", lambda u: stats.laplace.ppf(u), 0.0, 2.0),
    ("gumbel", lambda u: -np.log(-np.log(u)), 0.5772156649015329, math.pi**2 / 6),
]


@pytest.mark.parametrize(("name", "standard", "mean", "variance"), LOCATION_SCALE)
def test_w2_to_a_location_and_a_scale_is_a_regression_of_quantiles(name, standard, mean, variance):
    # least squares of F^-1(u) on m + s z(u): s = cov / var, m = mean - s mean(z)
    p = stats.gamma(3)
    product = integrate.quad(lambda u: p.ppf(u) * standard(u), 0, 1, epsabs=1e-12, limit=400)[0]
    s = (product - 3 * mean) / variance
    m = 3 - s * mean
    expected = (m, m + s) if name == "uniform" else (m, s)
    member = closest(parse("gamma(3,1)"), name, "w2")
    assert member.args == pytest.approx(expected, rel=1e-6)
    # what quad misses at the ends of gumbel's z, the difference makes twenty times as large
    least = math.sqrt(3 - s * s * variance)
    assert cost(OBJECTIVES["w2"], parse("gamma(3,1)"), member) == pytest.approx(least, rel=5e-8)


def test_the_closest_normal_to_data_in_w2_has_a_closed_form():
    # sigma = sum of x_(i) times the integral of z over (i-1)/n .. i/n
    x = np.sort(DATA)
    edges = stats.norm.pdf(ndtri(np.arange(len(x) + 1) / len(x)))
    sigma = float(x @ (edges[:-1] - edges[1:]))
    member = closest(samples(DATA), "normal", "w2")
    assert member.args == pytest.approx((x.mean(), sigma), rel=1e-9)
    least = math.sqrt(x.var() - sigma**2)
    assert cost(OBJECTIVES["w2"], samples(DATA), member) == pytest.approx(least, rel=1e-9)


def test_the_closest_normal_to_data_in_w1_is_what_another_search_finds():
    x = np.sort(DATA)
    grid = np.linspace(-30, 40, 50001)
    share = np.searchsorted(x, grid, side="right") / len(x)

    def w1(t):
        gap = np.abs(share - stats.norm.cdf(grid, t[0], math.exp(t[1])))
        return float(gap.sum() * (grid[1] - grid[0]))

    found = optimize.minimize(w1, [3, 1], method="Nelder-Mead", options={"xatol": 1e-6})
    member = closest(samples(DATA), "normal", "w1")
    assert member.args == pytest.approx((found.x[0], math.exp(found.x[1])), rel=2e-3)
    assert cost(OBJECTIVES["w1"], samples(DATA), member) <= found.fun + 1e-4


LIKELIEST = [
    ("normal", stats.norm.fit(DATA)),
    ("laplace", (2.2, np.mean(np.abs(np.array(DATA) - 2.2)))),
    ("exponential", (1 / np.mean(DATA),)),
    ("uniform", (0.3, 8.4)),
    ("lognormal", (np.mean(np.log(DATA)), np.std(np.log(DATA)))),
    ("gamma", (lambda k, _, s: (k, 1 / s))(*stats.gamma.fit(DATA, floc=0))),
]


@each(("name", "args"), LIKELIEST)
def test_kl_from_data_is_maximum_likelihood(name, args):
    assert closest(samples(DATA), name).args == pytest.approx(args, rel=1e-4)


# --- whole numbers ------------------------------------------------------------------------------

TEETH = "pmf(0.02,0.03,0.05,0.14,0.16,0.15,0.12,0.08,0.1,0.08,0.07)"
MASS = np.array([0.02, 0.03, 0.05, 0.14, 0.16, 0.15, 0.12, 0.08, 0.1, 0.08, 0.07])


def padded(mass, n):
    return np.concatenate([mass, np.zeros(n - len(mass))])


def kl_of_masses(p, q):
    with np.errstate(all="ignore"):
        return float(np.where(p > 0, p * np.log(p / q), 0.0).sum())


def number(key, p, q):
    """An objective of two arrays of masses on 0, 1, 2, ... as its definition has it."""
    if key == "kl_pq":
        return kl_of_masses(p, q)
    if key == "kl_qp":
        return kl_of_masses(q, p)
    if key == "js":
        return 0.5 * (kl_of_masses(p, (p + q) / 2) + kl_of_masses(q, (p + q) / 2))
    if key == "chi2":
        with np.errstate(all="ignore"):
            return float(np.where(p == q, 0.0, (p - q) ** 2 / q).sum())
    return float(np.abs(np.cumsum(p - q)).sum())


@each("key", ["kl_pq", "kl_qp", "js", "chi2", "w1"])
def test_the_closest_interval_of_outcomes_is_the_best_of_all(key):
    p = padded(MASS, 14)

    def flat(a, b):
        return np.where((np.arange(14) >= a) & (np.arange(14) <= b), 1 / (b - a + 1), 0.0)

    ends = [(a, b) for a, b in itertools.product(range(14), repeat=2) if a <= b]
    best = min(ends, key=lambda one: number(key, p, flat(*one)))
    assert closest(parse(TEETH), "discrete_uniform", key).args == best


@pytest.mark.parametrize("key", ["kl_pq", "kl_qp", "w1"])
def test_the_closest_binomial_is_the_best_of_all_counts(key):
    # from below 10 KL(P||Q) and chi^2 are infinite, and from above 10 KL(Q||P) is
    p, k = padded(MASS, 64), np.arange(64)

    def least(n):
        found = optimize.minimize_scalar(
            lambda share: min(number(key, p, stats.binom.pmf(k, n, share)), 1e9),
            bounds=(max(0.5, 3 / n) * 4.5 / n, min(0.999, 7 / n)),
            method="bounded",
            options={"xatol": 1e-10},
        )
        return found.fun, n, found.x

    _, n, share = min(map(least, range(7, 64)))
    found = closest(parse(TEETH), "binomial", key)
    assert found.args == (n, pytest.approx(share, rel=1e-5))


ONE_PARAMETER = [
    ("poisson", lambda k, t: stats.poisson.pmf(k, t), (2, 8)),
    ("geometric", lambda k, t: stats.geom.pmf(k, t), (0.05, 0.9)),
    ("bernoulli", lambda k, t: stats.bernoulli.pmf(k, t), (0.01, 0.99)),
]


@pytest.mark.parametrize("key", ["js", "w1"])
@pytest.mark.parametrize(("name", "pmf", "bounds"), ONE_PARAMETER)
def test_the_closest_of_one_parameter_is_what_a_search_on_a_line_finds(name, pmf, bounds, key):
    p, k = padded(MASS, 400), np.arange(400)
    found = optimize.minimize_scalar(
        lambda t: number(key, p, pmf(k, t)),
        bounds=bounds,
        method="bounded",
        options={"xatol": 1e-11},
    )
    member = closest(parse(TEETH), name, key)
    assert cost(OBJECTIVES[key], parse(TEETH), member) == pytest.approx(found.fun, abs=1e-8)


# --- where there is none ------------------------------------------------------------------------

NONE = [
    ("uniform(0,1)", "normal", "kl_qp", "fit_beyond"),
    ("pmf(1,2,3)", "poisson", "kl_qp", "fit_beyond"),
    ("normal(0,1)", "cauchy", "kl_qp", "fit_light"),
    ("laplace(0,1)", "normal", "chi2", "fit_tail"),
    ("normal(0,1)", "gamma", "chi2", "fit_outside"),
    ("cauchy(0,1)", "normal", "w1", "fit_far"),
    ("student_t(1.5,0,1)", "normal", "w2", "fit_far"),
    ("samples(1,2,4)", "normal", "js", "fit_kind"),
    ("samples(-1,2,4)", "gamma", "kl_pq", "fit_outside"),
    ("normal(0,1)", "poisson", "w1", "fit_kind"),
    ("normal(0,1)", "normal", "mse", "objective"),
]


@each(("text", "name", "key", "code"), NONE)
def test_an_infinite_objective_says_which_way_and_what_to_do(text, name, key, code):
    with pytest.raises(SceneError) as caught:
        closest(parse(text), name, key)
    assert caught.value.code == code and str(caught.value).endswith(".")


QUICK = [
    (TWO, "normal(0,2)"),
    ("drawn(0,1,ABCDEFGH)", "normal(0.5,0.3)"),
    ("gamma(3,1)", "lognormal(1,0.5)"),
    ("beta(2,5)", "triangular(0,0.3,1)"),
    ("mixture(0.5*normal(-9,1)+0.5*normal(9,0.5))", "laplace(0,2)"),
    ("samples(1,2,2,5,9)", "exponential(1)"),
]


@pytest.mark.parametrize(("one", "other"), QUICK)
def test_the_kept_quantiles_give_the_same_w2_as_the_measure(one, other):
    p, q = parse(one), parse(other)
    assert cost(OBJECTIVES["w2"], p, q) == pytest.approx(
        measure("wasserstein", p, q, p=2), rel=1e-9
    )


def test_the_kept_quantiles_bear_a_heavy_tail():
    # E(X - Z)^2 = 3 + 1 - 2 E X Z with X = F^-1(Phi(Z)), by SciPy's quad in x
    inner = sum(
        integrate.quad(
            lambda x: -2 * x * ndtri(stats.t.sf(x, 3)) * stats.t.pdf(x, 3), a, b, epsabs=1e-14
        )[0]
        for a, b in itertools.pairwise([0, 1, 5, 30, 1e3, 1e5, 1e8])
    )
    found = cost(OBJECTIVES["w2"], parse("student_t(3,0,1)"), parse("normal(0,1)"))
    assert found == pytest.approx(math.sqrt(4 - 2 * inner), abs=1e-9)
