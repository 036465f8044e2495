"""The pull of each place adds up to the slope, which is that of the measure itself."""

import math
from itertools import pairwise

import numpy as np
import pytest
from cases import each
from scipy import optimize, stats

from divviz.descent import descend
from divviz.families import SceneError, make
from divviz.grammar import parse
from divviz.measures import measure
from divviz.objectives import OBJECTIVES
from divviz.pull import pull

THREE = "mixture(0.3*normal(-3,0.6)+0.4*normal(0.5,0.5)+0.3*normal(4,0.8))"
TWO = "mixture(0.3*normal(-2,1)+0.7*normal(2,0.5))"
PARTS = {
    THREE: [(0.3, -3, 0.6), (0.4, 0.5, 0.5), (0.3, 4, 0.8)],
    TWO: [(0.3, -2, 1), (0.7, 2, 0.5)],
}
SOLID = np.linspace(-40, 40, 8001)  # of an analytic density the trapezoid has all digits
Q_1_2 = make("normal", 1, 2)


def mixed(function, x, text=THREE):
    return sum(w * function(x, m, s) for w, m, s in PARTS[text])


def density(x, text=THREE):
    return mixed(stats.norm.pdf, x, text)


def log_density(x):
    logs = [math.log(w) + stats.norm.logpdf(x, m, s) for w, m, s in PARTS[THREE]]
    return np.logaddexp.reduce(logs)


def normal_score(x, text=THREE):
    """The place of the same share of a standard normal (n,)."""
    share, rest = mixed(stats.norm.cdf, x, text), mixed(stats.norm.sf, x, text)
    return np.where(share < rest, stats.norm.ppf(share), stats.norm.isf(rest))


def moments(text=THREE):
    mean = sum(w * m for w, m, _ in PARTS[text])
    return mean, math.sqrt(sum(w * (s * s + (m - mean) ** 2) for w, m, s in PARTS[text]))


def normal_product(text=THREE):
    """The mean of x times its normal score."""
    x = np.linspace(-8, 10, 20_001)
    return float(np.trapezoid(density(x, text) * x * normal_score(x, text), x))


def added(found):
    return np.trapezoid(found.share, found.x, axis=1)


# --- the sum rule ------------------------------------------------------------------------------


def downhill(key, text, mu, sigma):
    """Minus the derivatives by mu and log sigma, from four values of the measure each."""
    name, h = ("chi2_pearson", 2e-4) if key == "chi2" else (key, 2e-3)

    def at(a, b):
        return measure(name, parse(text), make("normal", mu + a, sigma * math.exp(b)))

    nodes = ((-2, 1), (-1, -8), (1, 8), (2, -1))
    return [
        -sum(w * at(k * h * a, k * h * b) for k, w in nodes) / (12 * h) for a, b in ((1, 0), (0, 1))
    ]


def downhill_w2(text, mu, sigma):
    """The same of W2, whose square is (m - mu)^2 + s^2 + sigma^2 - 2 sigma E[x z(x)]."""
    (m, s), c = moments(text), normal_product(text)
    value = math.sqrt((m - mu) ** 2 + s * s + sigma * sigma - 2 * sigma * c)
    return [(m - mu) / value, sigma * (c - sigma) / value]


@each("key", [key for key in OBJECTIVES if key != "w1"])
@each(("mu", "sigma"), [(1.0, 2.0), (-2.5, 1.3), (0.5, 2.8)])
@each("text", PARTS)
def test_the_pulls_add_up_to_the_slope_of_the_measure(text, key, mu, sigma):
    found = pull(parse(text), make("normal", mu, sigma), key, SOLID)
    assert found.objective == key and found.coordinates == ("mu", "log sigma")
    slope = downhill_w2(text, mu, sigma) if key == "w2" else downhill(key, text, mu, sigma)
    assert found.total == pytest.approx(slope, rel=1e-7, abs=1e-8)
    assert added(found) == pytest.approx(found.total, rel=1e-8, abs=1e-9)


def test_the_pulls_of_w1_add_up_piece_by_piece_between_crossings():
    def gap(x):
        return mixed(stats.norm.cdf, x) - stats.norm.cdf(x, 1, 2)

    x = np.linspace(-9, 11, 401)
    at = np.flatnonzero(np.diff(np.sign(gap(x))))
    cuts = [-20, *(optimize.brentq(gap, x[i], x[i + 1], xtol=1e-14) for i in at), 20]
    assert len(cuts) > 2
    pieces = [np.linspace(low + 1e-12, high - 1e-12, 20_001) for low, high in pairwise(cuts)]
    total = sum(added(pull(parse(THREE), Q_1_2, "w1", piece)) for piece in pieces)
    assert total == pytest.approx(downhill("w1", THREE, 1, 2), rel=1e-6)


def test_chi2_pulls_from_far_out_where_p_squared_over_q_is():
    # by mu and log sigma from the closed form, a Gaussian integral: most of it lies at x = 22.7
    def chi2(m, s, mu, sigma):
        spread = 2 * sigma * sigma - s * s
        return sigma * sigma / (s * math.sqrt(spread)) * math.exp((m - mu) ** 2 / spread) - 1

    h = 1e-6
    by_mu = (chi2(0.3, 1.2, -2.5 + h, 0.9) - chi2(0.3, 1.2, -2.5 - h, 0.9)) / (2 * h)
    wider, narrower = (chi2(0.3, 1.2, -2.5, 0.9 * math.exp(k * h)) for k in (1, -1))
    found = pull(parse("normal(0.3,1.2)"), make("normal", -2.5, 0.9), "chi2")
    assert found.total == pytest.approx((-by_mu, -(wider - narrower) / (2 * h)), rel=1e-6)


# --- place by place: the formulas ----------------------------------------------------------------


X = np.linspace(-6, 7, 53)
Z = (X - 1) / 2
SCORES = np.array([Z / 2, Z * Z - 1])  # of normal(1,2), by mu and log sigma
Q, LOG_Q = stats.norm.pdf(X, 1, 2), stats.norm.logpdf(X, 1, 2)


@pytest.mark.parametrize(
    ("key", "force"),
    [
        ("kl_pq", density(X)),
        ("kl_qp", -Q * (LOG_Q - log_density(X))),
        ("js", 0.5 * Q * np.log1p(density(X) / Q)),
        ("chi2", density(X) ** 2 / Q),
    ],
)
def test_the_pull_of_a_divergence_is_a_force_times_the_score(key, force):
    found = pull(parse(THREE), make("normal", 1, 2), key, X)
    assert found.share == pytest.approx(force * SCORES, rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("key", ["w1", "w2"])
def test_the_pull_of_a_distance_is_along_the_way_of_the_mass(key):
    goes = 1 + 2 * normal_score(X)
    way = X - goes
    force = np.sign(way) if key == "w1" else way / measure("wasserstein", parse(THREE), Q_1_2, p=2)
    found = pull(parse(THREE), Q_1_2, key, X)
    wanted = density(X) * force * np.array([np.ones(len(X)), goes - 1])
    assert found.share == pytest.approx(wanted, rel=1e-8, abs=1e-10)


@each("key", OBJECTIVES)
def test_at_p_itself_nothing_pulls_in_sum(key):
    found = pull(parse("normal(1,2)"), Q_1_2, key, SOLID)
    assert found.total == pytest.approx((0, 0), abs=1e-9)
    assert added(found) == pytest.approx((0, 0), abs=1e-9)


def test_far_apart_js_pulls_nowhere_and_w2_at_all_of_p():
    p, q = parse("normal(0,0.01)"), make("normal", 3, 0.01)
    js, w2 = pull(p, q, "js"), pull(p, q, "w2")
    assert not js.share.any() and js.total == (0.0, 0.0)
    assert w2.total == pytest.approx((-1, 0), abs=1e-9)
    assert w2.share[0].min() < 0 and (w2.share[0] <= 0).all()


def test_without_places_it_is_drawn_over_both_windows():
    found = pull(parse("normal(0,1)"), make("normal", 5, 2))
    assert (found.x[0], found.x[-1]) == (-4, 13) and found.share.shape == (2, len(found.x))


def test_a_drawn_density_and_a_family_with_ends_pull_too():
    middles = np.linspace(-3, 5, 25_200, endpoint=False) + 4 / 25_200  # no step at any of them
    for key, rel in (("kl_pq", 1e-6), ("js", 1e-6), ("chi2", 1e-6), ("w2", 1e-3)):
        # mass at an end goes to infinity, slowly, and few middles lie there
        found = pull(parse("drawn(-3,5,AAABAgBA__gA)"), Q_1_2, key, middles)
        assert found.share.mean(axis=1) * 8 == pytest.approx(found.total, rel=rel)
    uniform = pull(parse("beta(2,5)"), make("uniform", -0.5, 1.5), "w2", np.linspace(0, 1, 20_001))
    assert added(uniform) == pytest.approx(uniform.total, rel=1e-5)


@each(
    ("p", "q", "key", "code"),
    [
        ("uniform(0,1)", ("normal", 0, 1), "kl_qp", "fit_beyond"),
        ("cauchy(0,1)", ("normal", 0, 1), "kl_pq", "fit_tail"),
        ("cauchy(0,1)", ("normal", 0, 1), "w2", "fit_far"),
        ("normal(0,1)", ("uniform", -1, 1), "kl_qp", "pull_ends"),
        ("normal(0,1)", ("uniform", -1, 1), "js", "pull_ends"),
        ("poisson(2)", ("poisson", 3), "js", "pull_outcomes"),
        ("normal(0,1)", ("poisson", 3), "js", "fit_kind"),
        ("normal(0,1)", ("normal", 0, 1), "mse", "objective"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_a_sentence(p, q, key, code):
    with pytest.raises(SceneError) as caught:
        pull(parse(p), make(*q), key)
    assert caught.value.code == code and str(caught.value).endswith(".")


@each("key", OBJECTIVES)
@each("q", [("normal", 50, 0.01), ("normal", 0, 1e6), ("normal", 0.5, 2.8)])
def test_no_place_is_nan_or_negative_zero(key, q):
    x = np.array([-1e300, -1e9, -50.0, 0.0, 3.0, 50.0, 1e9, 1e300])
    try:
        found = pull(parse(THREE), make(*q), key, x)
    except SceneError as error:
        assert error.code.startswith("fit_")
        return
    assert not np.isnan(found.share).any()
    assert not (np.signbit(found.share) & (found.share == 0)).any()
    assert np.isfinite(found.total).all()


# --- what the directions find: three hills, one normal -------------------------------------------


def test_forward_kl_matches_the_moments_and_there_no_place_outweighs_the_others():
    for start in ((0, 1), (4, 2), (-3.2, 0.4)):
        found = descend(parse(THREE), "normal", "kl_pq", make("normal", *start), steps=60)
        assert found.converged
        assert found.optimum.args == pytest.approx(moments(), rel=1e-6)
    assert pull(parse(THREE), found.optimum).total == pytest.approx((0, 0), abs=1e-6)


def reverse(t):
    """KL(Q||P) of normal(t0, exp t1), in units of Q's own width."""
    z = np.linspace(-9, 9, 2001)
    own = stats.norm.logpdf(z)
    gap = own - t[1] - log_density(t[0] + math.exp(t[1]) * z)
    return float(np.trapezoid(np.exp(own) * gap, z))


@pytest.mark.parametrize("start", [(-3.2, 0.4), (0.4, 0.6), (4.2, 0.6)])
def test_reverse_kl_ends_on_the_hill_where_it_starts(start):
    first = np.array([start[0], math.log(start[1])])
    corners = first + 0.05 * np.array([[0, 0], [1, 0], [0, 1]])
    small = {"initial_simplex": corners, "xatol": 1e-9, "fatol": 1e-15}
    oracle = optimize.minimize(reverse, first, method="Nelder-Mead", options=small)
    found = descend(parse(THREE), "normal", "kl_qp", make("normal", *start), steps=60)
    assert found.converged and found.value == pytest.approx(oracle.fun, abs=1e-10)
    mu, sigma = found.optimum.args
    assert (mu, sigma) == pytest.approx((oracle.x[0], math.exp(oracle.x[1])), rel=1e-5)
    # on the hill of weight w alone it costs about -log w
    weight = {-3.2: 0.3, 0.4: 0.4, 4.2: 0.3}[start[0]]
    assert abs(mu - start[0]) < 0.3 and abs(found.value + math.log(weight)) < 0.05


def test_w2_matches_the_mean_and_leaves_the_width_short():
    # W2^2 = (m - mu)^2 + s^2 + sigma^2 - 2 sigma E[x z(x)] is least at the mean and at E[x z(x)]
    (mean, sd), width = moments(), normal_product()
    assert width < sd
    for start in ((0, 1), (-3.2, 0.4)):
        found = descend(parse(THREE), "normal", "w2", make("normal", *start), steps=60)
        assert found.converged and found.optimum.args == pytest.approx((mean, width), abs=1e-6)


@each("key", ["kl_pq", "kl_qp", "js", "w2"])
@each("start", [(0, 1), (4, 2), (-5, 0.5), (-3.2, 0.4)])
def test_sixty_steps_are_enough_for_an_animation(key, start):
    found = descend(parse(THREE), "normal", key, make("normal", *start), steps=60)
    heights = [step.value for step in found.path]
    assert found.converged and len(found.path) <= 61
    assert (np.diff(heights) < 0).all()
