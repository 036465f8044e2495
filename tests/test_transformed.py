"""truncated, shifted and scaled, of densities and of outcomes; and the mixtures that hold them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import each
from scipy import stats

from divviz import controls
from divviz.dist import Dist, End, Points, SceneError, Tail
from divviz.families import drawn, make, mixture, pmf, scaled, shifted, truncated
from divviz.grammar import parse
from divviz.measures import value
from divviz.pair import Pair

INF = math.inf
NORMAL = make("normal", 0, 1)
LOG_2 = math.log(2)
INFORMATION = (
    "entropy_p", "entropy_q", "cross_entropy_pq", "cross_entropy_qp", "kl_pq", "kl_qp", "js", "w1",
)  # fmt: skip


@pytest.fixture(autouse=True)
def digits() -> Iterator[None]:
    """The precision is one for the whole process; other files set their own."""
    with mp.workdps(30):
        yield


def evaluate(p: Dist, q: Dist) -> dict[str, float]:
    pair = Pair(p, q)
    return {key: float(value(pair, key)) for key in INFORMATION}


def agree(found: dict[str, float], expected: dict[str, float], rel: float = 1e-12) -> None:
    for key in INFORMATION:
        # An entropy may be 0 by chance; a divergence of nearly equal ones is tiny on purpose.
        slack = 1e-13 if "entropy" in key else 0.0
        assert found[key] == pytest.approx(expected[key], rel=rel, abs=slack), key


# --- shifted and scaled ---------------------------------------------------------------------------

PAIRS = [
    (NORMAL, make("normal", 1, 2)),
    (NORMAL, make("normal", 1e-10, 1)),
    (make("gamma", 0.1, 1), make("gamma", 0.3, 2)),
    (make("beta", 0.5, 0.5), make("beta", 0.2, 3)),
    (make("cauchy", 0, 1), make("student_t", 2.5, 1, 2)),
    (make("student_t", 3, 0, 1), NORMAL),
    (make("uniform", 0, 1), drawn(-1, 2, [1, 2, 3])),
    (mixture([1, 2], [NORMAL, make("cauchy", 1, 1)]), make("cauchy", 0, 1)),
    (make("poisson", 3), make("geometric", 0.3)),
    (make("poisson", 3), make("poisson", 3 + 1e-10)),
    (pmf([1, 2, 3], [0.1, 0.2, 0.7]), pmf([3, 2, 1], [0.1, 0.2, 0.7])),
    (make("binomial", 10, 0.3), make("poisson", 3)),
]


def moved(expected: dict[str, float], size: float, kind: str) -> dict[str, float]:
    """What the measures become when x is stretched by `size`: Cover & Thomas (2006), (8.71)."""
    log_size = math.log(size) if kind == "continuous" else 0.0
    return {
        key: old * size if key == "w1" else old + log_size if "entropy" in key else old
        for key, old in expected.items()
    }


@each(("p", "q"), PAIRS)
def test_moving_and_stretching_both_changes_no_divergence(p: Dist, q: Dist) -> None:
    expected = evaluate(p, q)
    for by in (0.3, -7.25, 1e3):
        agree(evaluate(shifted(p, by), shifted(q, by)), expected)
    for by in (3, -0.7, 1e-6):
        agree(evaluate(scaled(p, by), scaled(q, by)), moved(expected, abs(by), p.kind))
    p, q = (scaled(shifted(d, 0.1), -3) for d in (p, q))
    agree(evaluate(p, q), moved(expected, 3, p.kind))


def test_a_moved_family_is_the_member_that_stands_there() -> None:
    agree(evaluate(shifted(NORMAL, 2), make("normal", 1, 3)),
          evaluate(make("normal", 2, 1), make("normal", 1, 3)))  # fmt: skip
    agree(evaluate(scaled(make("gamma", 0.3, 2), 4), make("gamma", 0.3, 1)),
          evaluate(make("gamma", 0.3, 0.5), make("gamma", 0.3, 1)))  # fmt: skip
    agree(evaluate(scaled(make("beta", 0.5, 2), -1), shifted(make("beta", 2, 0.5), -1)),
          evaluate(make("beta", 0.5, 2), make("beta", 0.5, 2)) | {"kl_pq": 0, "kl_qp": 0, "js": 0},
          rel=1e-11)  # fmt: skip


def test_kl_of_a_normal_moved_far_is_half_the_square_of_the_way() -> None:
    found = evaluate(NORMAL, shifted(NORMAL, 1e6))
    assert found["kl_pq"] == pytest.approx(5e11, rel=1e-14)
    assert found["w1"] == pytest.approx(1e6, rel=1e-14)


def test_a_mirrored_half_line_shares_nothing_with_its_original() -> None:
    for inner in (make("exponential", 1), make("gamma", 0.02, 1), make("weibull", 0.2, 1)):
        found = evaluate(inner, scaled(inner, -1))
        assert found["kl_pq"] == found["kl_qp"] == INF and found["js"] == LOG_2
    assert evaluate(make("exponential", 1), scaled(make("exponential", 1), -1))["w1"] == (
        pytest.approx(2, rel=1e-13)
    )


SCIPY = [
    (shifted(make("gamma", 0.4, 2), -1.3), stats.gamma(0.4, -1.3, 0.5)),
    (scaled(make("beta", 2, 0.7), -3), stats.beta(0.7, 2, -3, 3)),
    (scaled(make("student_t", 3, 1, 2), -0.5), stats.t(3, -0.5, 1)),
    (shifted(scaled(make("lognormal", 0, 1), 2), 1), stats.lognorm(1, 1, 2)),
    (scaled(make("gumbel", 1, 2), -1), stats.gumbel_l(-1, 2)),
    (shifted(make("poisson", 3), 4), stats.poisson(3, 4)),
    (shifted(make("geometric", 0.3), -1), stats.geom(0.3, -1)),
    (shifted(make("negative_binomial", 2.5, 0.3), 10), stats.nbinom(2.5, 0.3, 10)),
]


@each(("dist", "twin"), SCIPY)
def test_a_moved_distribution_is_scipys_with_loc_and_scale(dist: Dist, twin: Any) -> None:
    u = np.array([1e-3, 0.2, 0.5, 0.9, 0.999])
    x = twin.ppf(u)
    np.testing.assert_allclose(dist.quantile(u), x, rtol=1e-11)
    log = twin.logpmf(x) if dist.kind == "discrete" else twin.logpdf(x)
    np.testing.assert_allclose(dist.log_density(x), log, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(dist.cdf(x), twin.cdf(x), rtol=1e-10)
    np.testing.assert_allclose(dist.sf(x), twin.sf(x), rtol=1e-10)
    if dist.kind == "continuous":
        np.testing.assert_allclose(dist.isf(u), twin.isf(u), rtol=1e-10)
    assert dist.mean() == pytest.approx(twin.mean(), rel=1e-12)
    assert dist.sd() == pytest.approx(twin.std(), rel=1e-12)


@each("by", [-1, -2.5, 0.3, 1e-3])
@each("inner", [pmf([1, 2, 4], [-0.1, 0.2, 0.7]), make("poisson", 2)])
def test_moved_outcomes_keep_their_masses(inner: Dist, by: float) -> None:
    """Enumerated: the places multiplied one by one, sorted, the masses cumulated."""
    rows = sorted((by * x, float(inner.density(x))) for x in inner.atoms()[0].tolist())
    places, masses = np.array(rows).T
    dist = scaled(inner, by)
    np.testing.assert_array_equal(dist.atoms()[0], places)
    np.testing.assert_allclose(dist.density(places), masses, rtol=1e-12)
    np.testing.assert_allclose(dist.cdf(places), np.cumsum(masses), rtol=1e-12, atol=3e-20)
    sums = np.cumsum(masses[:0:-1])[::-1]
    np.testing.assert_allclose(dist.sf(places)[:-1], sums, rtol=1e-12, atol=3e-20)
    between = 0.5 * (places[1:] + places[:-1])
    np.testing.assert_array_equal(dist.density(between), 0)
    np.testing.assert_allclose(dist.cdf(between), np.cumsum(masses)[:-1], rtol=1e-12, atol=3e-20)
    for u in (0.0, 0.01, 0.3, 0.5, 0.99):
        assert dist.quantile(u) == places[np.searchsorted(np.cumsum(masses), u)]


def test_points_next_to_a_moved_end_keep_their_digits() -> None:
    """0.3 + 0.1 - 0.1 is not 0.3 as a double; the density at 1e-30 from the end is."""
    dist = shifted(shifted(make("beta", 2, 0.5), 0.1), 0.2)
    near = Points(np.array([1 + 0.1 + 0.2]), np.array([-1e-30]))
    assert dist.log_density(near)[0] == pytest.approx(
        -0.5 * math.log(1e-30) + stats.beta(2, 0.5).logpdf(0.5) + 0.5 * math.log(0.5) + LOG_2,
        rel=1e-12,
    )


# --- tails and ends -------------------------------------------------------------------------------


def predicted(tail: Tail, x: Any) -> Any:
    """-log f up to a constant, as the tail says, at distance x."""
    x = mp.mpf(x)
    leading = {
        "power": lambda: (1 + tail.alpha) * mp.log(x),
        "log_square": lambda: tail.rate * mp.log(x) ** 2,
        "order": lambda: tail.rate * x**tail.order,
        "factorial": lambda: tail.rate * x * mp.log(x) + 0.5 * mp.log(x),
        "exp": lambda: mp.exp(tail.rate * x + tail.shift),
    }[tail.kind]()
    return leading + mp.fsum(c * (x**o if o else mp.log(x)) for o, c in tail.more)


TAILED = [
    (make("normal", 1, 2), 1e4),
    (make("laplace", 1, 2), 1e4),
    (make("gamma", 3, 2), 1e6),
    (make("weibull", 1.5, 2), 1e7),
    (make("logistic", 1, 2), 1e3),
    (make("lognormal", 0.5, 1.5), 1e12),
    (make("gumbel", 1, 2), 200.0),
    (make("student_t", 3, 1, 2), 1e9),
    (make("pareto", 2.5, 1), 1e9),
    (make("poisson", 3), 1e6),
    (make("negative_binomial", 2.5, 0.3), 1e6),
]


@each(("inner", "far"), TAILED)
@each("move", [(shifted, 4), (shifted, -3), (scaled, 2), (scaled, -0.5)])
def test_a_moved_tail_is_how_the_density_falls(inner: Dist, far: float, move: Any) -> None:
    """The difference between two far places, where constants cancel and lower terms are gone."""
    function, by = move
    dist = function(inner, by)
    for side, tail in zip((-1, 1), dist.tail(), strict=True):
        if tail.kind == "end":
            continue
        # exp(x) leaves the range of numbers soon.
        x = side * np.array([20.0, 25.0] if tail.kind == "exp" else [far, 2 * far])
        if inner.kind == "discrete":
            x = function(pmf([1, 1], np.abs(x)), by).atoms()[0][:: int(math.copysign(1, by))]
        fall = -np.diff(dist.log_density(x))[0]
        expected = predicted(tail, abs(x[1])) - predicted(tail, abs(x[0]))
        assert fall == pytest.approx(float(expected), rel=1e-9, abs=2e-4)


def test_the_coefficient_of_a_moved_power_tail_is_that_of_its_density() -> None:
    for dist in (scaled(make("student_t", 2.5, 0, 1), -3), shifted(make("cauchy", 0, 2), 5)):
        for side, tail in zip((-1, 1), dist.tail(), strict=True):
            ((alpha, c),) = tail.terms
            x = side * 1e9
            assert dist.density(x) * 1e9 ** (1 + alpha) == pytest.approx(c, rel=1e-7)


@each(
    "dist",
    [
        shifted(make("gamma", 0.3, 1), 2),
        scaled(make("beta", 0.5, 3), -2),
        scaled(make("weibull", 0.7, 1), 3),
        truncated(make("gamma", 0.3, 1), 0, 2),
        mixture([1, 2], [make("gamma", 0.3, 1), make("gamma", 0.6, 1)]),
        mixture([1, 2], [make("gamma", 0.3, 1), make("uniform", -1, 1)]),
        mixture([1, 2], [make("beta", 2, 3), make("beta", 4, 2)]),
    ],
)
def test_an_end_is_how_the_density_behaves_there(dist: Dist) -> None:
    assert dist.ends()
    for end in dist.ends():
        r = np.array([1e-200, 1e-190])
        logs = dist.log_density(Points(np.full(2, end.at), end.side * r, np.log(r)))
        slope = np.diff(logs)[0] / (10 * math.log(10))
        assert slope == pytest.approx(end.exponent - 1, abs=1e-3)


def test_a_mixture_has_an_end_only_where_no_part_covers_it() -> None:
    uniform = make("uniform", -1, 1)
    assert mixture([1, 1], [make("gamma", 3, 1), uniform]).ends() == ()
    assert mixture([1, 0], [make("gamma", 3, 1), uniform]).ends() == (End(0.0, 1, 3.0),)
    both = mixture([1, 1], [make("gamma", 0.5, 1), scaled(make("gamma", 0.2, 1), -1)])
    assert set(both.ends()) == {End(0.0, 1, 0.5), End(0.0, -1, 0.2)}


def test_a_mixture_falls_like_the_part_that_falls_most_slowly() -> None:
    right = {
        "wide": make("normal", 0, 2),
        "ahead": make("normal", 3, 2),
        "lognormal": make("lognormal", 0, 1),
        "wide lognormal": make("lognormal", -5, 2),
    }
    cases = [
        (NORMAL, right["wide"], right["wide"]),
        (right["ahead"], right["wide"], right["ahead"]),
        (right["ahead"], right["lognormal"], right["lognormal"]),
        (right["wide lognormal"], right["lognormal"], right["wide lognormal"]),
        (make("gamma", 3, 1), make("gamma", 2, 1), make("gamma", 3, 1)),
        (make("poisson", 3), make("poisson", 4), make("poisson", 4)),
        (make("poisson", 3), make("geometric", 0.9), make("geometric", 0.9)),
    ]
    for one, other, heavier in cases:
        for parts in ((one, other), (other, one)):
            assert mixture([1, 2], parts).tail()[1] == heavier.tail()[1]


def test_a_mixture_of_infinite_means_says_so() -> None:
    half = truncated(make("cauchy", 0, 1), 0, INF)
    assert mixture([1, 1], [half, NORMAL]).mean() == INF
    assert mixture([1, 1], [half, NORMAL]).sd() == INF
    assert mixture([1, 1], [half, scaled(half, -1)]).mean() is None


def test_the_isf_of_a_mixture_reaches_far_into_a_power_tail() -> None:
    """Half of a Cauchy's tail, 1/(2 pi x), beside which the normal has none."""
    dist = mixture([1, 1], [NORMAL, make("cauchy", 0, 1)])
    assert float(dist.isf(1e-30)) == pytest.approx(1 / (2 * math.pi * 1e-30), rel=1e-12)
    u = np.array([1e-12, 0.1, 0.5, 0.9])
    np.testing.assert_allclose(dist.sf(dist.isf(u)), u, rtol=1e-12)


# --- truncated densities --------------------------------------------------------------------------


@each(("a", "b"), [(-1, 2), (0.5, 0.6), (5, 6), (-INF, -35), (30, INF), (8, 9)])
def test_a_truncated_normal_is_scipys(a: float, b: float) -> None:
    dist, twin = truncated(NORMAL, a, b), stats.truncnorm(a, b)
    u = np.array([1e-3, 0.2, 0.5, 0.9, 0.999])
    x = dist.quantile(u)
    np.testing.assert_allclose(x, twin.ppf(u), rtol=1e-9)
    np.testing.assert_allclose(
        dist.log_density(x), twin.logpdf(x), atol=1e-12 * max(1, min(a * a, b * b))
    )
    # A place next to a bound is a number of its own rounding, 1e-10 of its distance.
    np.testing.assert_allclose(dist.cdf(x), u, rtol=1e-9)
    np.testing.assert_allclose(dist.sf(dist.isf(u)), u, rtol=1e-9)


@pytest.mark.parametrize(("a", "b"), [(-1, 2), (8, 9), (30, INF), (40, 41), (-INF, -200)])
@pytest.mark.parametrize("sigma", [1.1, 1 + 1e-8])
def test_kl_of_truncated_normals_is_its_integral(a: float, b: float, sigma: float) -> None:
    """Quadrature at 30 digits of the density over its own integral, in units of exp(-a^2/2)."""
    s, edge = mp.mpf(sigma), mp.mpf(a if math.isfinite(a) else b)
    scale = 1 / max(abs(edge), 1)
    end = -1 if math.isinf(a) else 1
    last = mp.mpf(b) - edge if math.isfinite(b - a) else end * 60 * scale
    cuts = [c * end * scale for c in (0, 1, 3, 8, 20, 40) if c * scale < abs(last)] + [last]
    log_p = lambda t: -(t * t + 2 * edge * t) / 2  # noqa: E731
    log_q = lambda t: -(t * t + 2 * edge * t) / (2 * s * s)  # noqa: E731
    integral = lambda f: end * mp.quad(f, cuts)  # noqa: E731
    z, w = (integral(lambda t, f=f: mp.exp(f(t))) for f in (log_p, log_q))
    gap = mp.log(w / z)
    kl = integral(lambda t: mp.exp(log_p(t)) * (log_p(t) - log_q(t) + gap)) / z
    entropy = integral(lambda t: mp.exp(log_p(t)) * (mp.log(z) - log_p(t))) / z
    mean = edge + end * integral(lambda t: mp.exp(log_p(t)) * abs(t)) / z
    found = evaluate(truncated(NORMAL, a, b), truncated(make("normal", 0, sigma), a, b))
    digits = 1e-12 * max(1, float(abs(edge)) ** 2 / 100)
    assert found["kl_pq"] == pytest.approx(float(kl), rel=10 * digits, abs=0)
    assert found["entropy_p"] == pytest.approx(float(entropy), rel=digits)
    assert truncated(NORMAL, a, b).mean() == pytest.approx(float(mean), rel=1e-14)


FORGETFUL = [
    (make("exponential", 1), make("exponential", 2), 5, None),
    (make("exponential", 1), make("exponential", 1 + 1e-10), 5, None),
    (make("geometric", 0.2), make("geometric", 0.3), 11, None),
    (make("geometric", 0.2), make("geometric", 0.2 + 1e-11), 101, None),
    (make("pareto", 3, 1), make("pareto", 6, 1), 50,
     (make("pareto", 3, 50), make("pareto", 6, 50))),
    (make("pareto", 1.2, 1), make("pareto", 1.3, 1), 1e6,
     (make("pareto", 1.2, 1e6), make("pareto", 1.3, 1e6))),
]  # fmt: skip


@each(("p", "q", "a", "same"), FORGETFUL)
def test_what_has_no_memory_is_the_same_beyond_any_bound(
    p: Dist, q: Dist, a: Any, same: Any
) -> None:
    found = evaluate(truncated(p, a, INF), truncated(q, a, INF))
    agree(found, evaluate(*(same or (p, q))), rel=1e-11)


def test_a_truncated_uniform_is_a_uniform() -> None:
    p, q = truncated(make("uniform", 0, 10), 1, 4), truncated(make("uniform", -5, 9), 2, 7)
    agree(evaluate(p, q), evaluate(make("uniform", 1, 4), make("uniform", 2, 7)))
    assert p.support() == ((1.0, 4.0),) and (p.mean(), p.sd()) == pytest.approx((2.5, 3 / 12**0.5))


def test_a_bound_that_cuts_nothing_changes_nothing() -> None:
    for p, q in PAIRS:
        agree(evaluate(truncated(p), truncated(q)), evaluate(p, q), rel=1e-11)


SINGULAR = [
    (make("gamma", 0.1, 1), 1e-200, 1),
    (make("gamma", 0.1, 1), 0, 1e-250),
    (make("gamma", 0.1, 1), 1e-9, 1e-3),
    (make("weibull", 0.3, 1), 50, INF),
    (make("beta", 0.5, 0.5), 0.2, 1),
    (make("cauchy", 0, 1), 1e6, INF),
    (make("student_t", 2.5, 0, 1), -INF, -1e8),
    (make("lognormal", 0, 1), 1e3, INF),
    (make("gumbel", 0, 1), -INF, -5),
    (mixture([1, 1], [NORMAL, make("normal", 100, 1)]), 30, 70),
    (mixture([1, 1], [NORMAL, make("normal", 100, 1)]), 30, 60),
    (truncated(NORMAL, 20, INF), 30, 31),
    (scaled(make("gamma", 2, 1), -1), -200, -150),
]


@each(("inner", "a", "b"), SINGULAR)
def test_mass_is_1_wherever_the_bounds_are(inner: Dist, a: float, b: float) -> None:
    dist = truncated(inner, a, b)
    assert Pair(dist, dist).ground.p.sum() == pytest.approx(1, abs=5e-13)
    u = np.array([0.0, 0.02, 0.4, 0.9, 1.0])
    x = dist.quantile(u)
    assert (np.diff(x) >= 0).all() and x[0] == dist.support()[0][0]
    assert x[-1] == dist.support()[-1][1]
    np.testing.assert_allclose(dist.cdf(x), u, rtol=1e-9)
    np.testing.assert_allclose(dist.sf(x), 1 - u, atol=1e-9)
    low, high = dist.window()
    assert a <= low < high <= b and dist.cdf(high) - dist.cdf(low) > 0.95


def test_moments_of_truncated_power_tails_are_their_closed_forms() -> None:
    """Half-Cauchy, Pareto beyond a bound: Johnson, Kotz & Balakrishnan (1994), (20.11)."""
    half = truncated(make("cauchy", 0, 1), 0, INF)
    assert (half.mean(), half.sd()) == (INF, INF)
    assert truncated(make("cauchy", 0, 1), -INF, 3).mean() == -INF
    assert truncated(make("cauchy", 0, 1)).mean() is None
    beyond = truncated(make("pareto", 1.5, 1), 10, INF)
    assert beyond.mean() == pytest.approx(30, rel=1e-12) and beyond.sd() == INF
    beyond = truncated(make("pareto", 2.1, 1), 10, INF)
    assert beyond.mean() == pytest.approx(21 / 1.1, rel=1e-12)
    assert beyond.sd() == pytest.approx(10 / 1.1 * math.sqrt(2.1 / 0.1), rel=1e-11)
    middle = truncated(make("cauchy", 0, 1), 0, 1)
    assert middle.mean() == pytest.approx(2 * LOG_2 / math.pi, rel=1e-13)
    assert middle.sd() == pytest.approx(
        math.sqrt(4 / math.pi - 1 - (2 * LOG_2 / math.pi) ** 2), rel=1e-12
    )


def test_tails_that_were_cut_off_no_longer_make_kl_infinite() -> None:
    cauchy, normal = make("cauchy", 0, 1), make("normal", 0, 1)
    assert evaluate(cauchy, normal)["kl_pq"] == INF
    assert math.isfinite(evaluate(truncated(cauchy, -9, 9), normal)["kl_pq"])
    assert evaluate(normal, truncated(normal, -9, 9))["kl_pq"] == INF
    assert evaluate(truncated(cauchy, -9, INF), normal)["kl_pq"] == INF


# --- truncated outcomes ---------------------------------------------------------------------------


def log_poisson(rate: float, k: int) -> Any:
    return k * mp.log(mp.mpf(rate)) - mp.mpf(rate) - mp.loggamma(k + 1)


@each(
    ("rate", "a", "b", "ks"),
    [
        (3.0, 2, 10, range(2, 11)),
        (3.0, 45, INF, range(45, 200)),
        (3.0, 100, INF, range(100, 300)),
        (1e4, 0, 5000, range(4700, 5001)),
        (1e4, 4990.5, 5000.5, range(4991, 5001)),
        (3.0, 700, 700, range(700, 701)),
    ],
)
def test_truncated_poissons_are_their_sums(rate: float, a: float, b: float, ks: range) -> None:
    p, q = (truncated(make("poisson", r), a, b) for r in (rate, rate * 0.8))
    rows = {k: (log_poisson(rate, k), log_poisson(rate * 0.8, k)) for k in ks}
    z, w = (mp.fsum(mp.exp(row[i]) for row in rows.values()) for i in (0, 1))
    masses = {k: mp.exp(one) / z for k, (one, _) in rows.items()}
    kl = mp.fsum(
        masses[k] * ((one - mp.log(z)) - (two - mp.log(w))) for k, (one, two) in rows.items()
    )
    mean = mp.fsum(k * mass for k, mass in masses.items())
    sd = mp.sqrt(mp.fsum((k - mean) ** 2 * mass for k, mass in masses.items()))
    assert evaluate(p, q)["kl_pq"] == pytest.approx(float(kl), rel=2e-11, abs=1e-15)
    assert p.mean() == pytest.approx(float(mean), rel=1e-12)
    assert p.sd() == pytest.approx(float(sd), rel=1e-9, abs=1e-9)
    assert np.exp(p.atoms()[1]).sum() == pytest.approx(1, abs=1e-13)


def test_outcomes_may_be_any_numbers() -> None:
    dist = truncated(pmf([1, 2, 3, 4], [0.5, 1.5, 2.5, 3.5]), 1, 3)
    assert dist.support() == ((1.5, 2.5),)
    np.testing.assert_allclose(np.exp(dist.atoms()[1]), [0.4, 0.6], rtol=1e-15)
    assert dist.cdf(np.array([1.0, 1.5, 2.5])) == pytest.approx([0, 0.4, 1])
    mirrored = truncated(scaled(make("poisson", 3), -0.1), -INF, -10)
    straight = truncated(make("poisson", 3), 100, INF)
    assert evaluate(mirrored, mirrored)["entropy_p"] == pytest.approx(
        evaluate(straight, straight)["entropy_p"], rel=1e-12
    )
    assert mirrored.support() == ((-INF, -10.0),)


def test_a_gap_between_the_parts_of_a_mixture_can_be_truncated() -> None:
    """From 500 to 5000 the mixture is all Poisson(10000), whose mass hugs 5000."""
    mixed = mixture([1, 1], [make("poisson", 1), make("poisson", 1e4)])
    alone = truncated(make("poisson", 1e4), 500, 5000)
    agree(evaluate(truncated(mixed, 500, 5000), alone), evaluate(alone, alone), rel=1e-11)


# --- what is refused ------------------------------------------------------------------------------

NAMED = pmf([1, 2], labels=["cat", "dog"])
WRONG = [
    (lambda: truncated(NORMAL, 2, 1), "order"),
    (lambda: truncated(NORMAL, 1, 1), "order"),
    (lambda: truncated(NORMAL, INF, INF), "order"),
    (lambda: truncated(make("poisson", 3), 4, 3), "order_equal"),
    (lambda: truncated(make("poisson", 3), 3.2, 3.8), "truncated_empty"),
    (lambda: truncated(make("uniform", 0, 1), 1, 2), "truncated_empty"),
    (lambda: truncated(make("uniform", 0, 1), 5, 6), "truncated_empty"),
    (lambda: truncated(drawn(0, 3, [1, 0, 1]), 1, 2), "truncated_empty"),
    (lambda: truncated(pmf([1, 0, 1]), 1, 1), "truncated_empty"),
    (lambda: truncated(NORMAL, 1e5, INF), "truncated_empty"),
    (lambda: truncated(make("gumbel", 0, 1), -INF, -1000), "truncated_empty"),
    (lambda: truncated(NORMAL, math.nan, 1), "param"),
    (lambda: truncated(NORMAL, 0, 1e10), "bound"),
    (lambda: truncated(NORMAL, "x", 1), "number"),
    (lambda: truncated(NAMED, 0, 1), "transform_names"),
    (lambda: shifted(NAMED, 1), "transform_names"),
    (lambda: scaled(NAMED, 2), "transform_names"),
    (lambda: shifted(NORMAL, INF), "param"),
    (lambda: scaled(NORMAL, 0), "param"),
    (lambda: scaled(NORMAL, -1e-10), "param"),
    (lambda: scaled(NORMAL, math.nan), "param"),
    (lambda: shifted(make("uniform", 0, 1e-9), 1e9), "transform_range"),
    (lambda: shifted(pmf([1, 1], [0, 1e-9]), 1e9), "transform_range"),
    (lambda: scaled(pmf([1, 1], [0, 1e300]), 1e9), "transform_range"),
    (lambda: scaled(pmf([1, 1], [0, 5e-324]), 1e-3), "transform_range"),
    (lambda: shifted(shifted(shifted(shifted(NORMAL, 1), 1), 1), 1), "depth"),
    (lambda: truncated(nested(3), 0, 1), "depth"),
    (lambda: mixture([1, 1], [shifted(nested(2), 1), NORMAL]), "depth"),
]


def nested(depth: int) -> Dist:
    dist = NORMAL
    for _ in range(depth):
        dist = mixture([1, 1], [dist, NORMAL])
    return dist


@each(("attempt", "code"), WRONG)
def test_what_cannot_be_is_refused_with_a_sentence(attempt: Any, code: str) -> None:
    with pytest.raises(SceneError) as caught:
        attempt()
    assert caught.value.code == code and str(caught.value).endswith(".")


def test_mixtures_and_transformations_stand_inside_one_another() -> None:
    """The mixture of two halves of a normal is the normal."""
    halves = mixture([1, 1], [truncated(NORMAL, -INF, 0), truncated(NORMAL, 0, INF)])
    agree(evaluate(halves, make("normal", 1, 2)), evaluate(NORMAL, make("normal", 1, 2)))
    middle = truncated(halves, -1, 2)
    agree(evaluate(middle, NORMAL), evaluate(truncated(NORMAL, -1, 2), NORMAL))
    assert parse(str(middle)) == middle


# --- the board ------------------------------------------------------------------------------------


def test_sliders_reach_the_bounds_and_what_stands_inside() -> None:
    dist = truncated(make("gamma", 2, 1), 0.5, INF)
    names = {name: found for name, _, found in controls.parameters(dist)}
    assert list(names) == ["a", "b", "1.shape", "1.rate"] and names["a"] == 0.5
    assert math.isfinite(names["b"]), "a slider cannot stand at infinity"
    assert str(controls.with_param(dist, "b", 3)) == "truncated(gamma(2,1),0.5,3)"
    assert str(controls.with_param(dist, "1.rate", 3)) == "truncated(gamma(2,3),0.5,inf)"
    inside = mixture([1, 1], [shifted(NORMAL, 2), NORMAL])
    assert str(controls.with_param(inside, "1.by", 3)).startswith(
        "mixture(1*shifted(normal(0,1),3)"
    )
    assert str(controls.with_param(inside, "1.1.mu", 4)).startswith(
        "mixture(1*shifted(normal(4,1),2)"
    )
    with pytest.raises(SceneError):
        controls.with_param(dist, "2.rate", 3)


def test_one_bound_pushes_the_other_along() -> None:
    dist = truncated(NORMAL, -1, 1)
    assert controls.with_param(dist, "a", 1.5).args[0] == (1.5, 3.5)


@pytest.mark.parametrize(
    "dist",
    [
        truncated(NORMAL, -1, INF),
        shifted(make("gamma", 2, 1), -3),
        scaled(make("normal", 1, 2), -2),
        shifted(mixture([1, 2], [NORMAL, make("normal", 3, 1)]), 2),
    ],
    ids=str,
)
def test_a_grip_that_is_dragged_sits_where_it_was_dropped(dist: Dist) -> None:
    found = controls.grips(dist)
    assert found and all(map(math.isfinite, found.values()))
    for name, x in found.items():
        target = x * 1.01 + 0.01
        assert controls.grips(controls.dragged(dist, name, target))[name] == pytest.approx(target)


@each("name", list(controls.OWN))
@each("dist", [NORMAL, make("cauchy", 0, 1), make("poisson", 3), make("one_hot", 1, 4)])
def test_a_transformation_is_chosen_around_what_is_there(dist: Dist, name: str) -> None:
    chosen = controls.wrapped(dist, name)
    assert chosen.name == name and chosen.parts == (dist,)
    for other in controls.OWN:
        assert controls.wrapped(chosen, other).parts == (dist,), "one takes the other's place"
