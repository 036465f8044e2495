"""The table of families: what each entry promises, and what constructors refuse."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
from cases import each
from scipy import stats

from divviz.families import (
    ERRORS,
    FAMILIES,
    Dist,
    Points,
    SceneError,
    density,
    drawn,
    fitted,
    histogram,
    levels_text,
    make,
    mixture,
    pmf,
    samples,
    scaled,
    shifted,
    truncated,
)

NORMAL = make("normal", 0, 1)
EVERY = {
    "discrete_uniform": make("discrete_uniform", -2, 5),
    "bernoulli": make("bernoulli", 0.3),
    "binomial": make("binomial", 12, 0.4),
    "poisson": make("poisson", 4.5),
    "geometric": make("geometric", 0.3),
    "one_hot": make("one_hot", 1, 4),
    "pmf": pmf([0.1, 0.2, 0.7], [0, 2.5, 7]),
    "density": density([0, 1, 3, 4], [1, 0, 2]),
    "samples": samples([1, 2, 2, 5.5]),
    "histogram": histogram([1, 2, 4, 4.5], 3),
    "fitted": fitted([1, 2, 4], "laplace"),
    "normal": make("normal", 1, 2),
    "laplace": make("laplace", -1, 0.5),
    "student_t": make("student_t", 3.5, 1, 2),
    "cauchy": make("cauchy", 1, 2),
    "uniform": make("uniform", -1, 3),
    "exponential": make("exponential", 0.7),
    "gamma": make("gamma", 0.5, 2),
    "beta": make("beta", 2, 0.7),
    "logistic": make("logistic", 1, 0.8),
    "lognormal": make("lognormal", 0.3, 0.8),
    "weibull": make("weibull", 0.7, 2),
    "pareto": make("pareto", 2.5, 0.5),
    "chi2": make("chi2", 3),
    "halfnormal": make("halfnormal", 2),
    "rayleigh": make("rayleigh", 1.5),
    "gumbel": make("gumbel", -1, 2),
    "skewnormal": make("skewnormal", 1, 2, -3),
    "triangular": make("triangular", -1, 0.5, 3),
    "vonmises": make("vonmises", 0.5, 2),
    "negative_binomial": make("negative_binomial", 2.5, 0.3),
    "zipf": make("zipf", 1.3, 40),
    "truncated": truncated(make("normal", 1, 2), -0.5, 4),
    "shifted": shifted(make("gamma", 2, 2), -1.3),
    "scaled": scaled(make("beta", 2, 0.7), -3),
    "mixture": mixture([0.3, 0.7], [make("normal", -2, 1), make("uniform", 0, 1)]),
    "drawn": drawn(-4, 4, [0, 9, 1, 0, 30, 5, 5, 0]),
}
SCIPY = {
    "discrete_uniform": stats.randint(-2, 6),
    "bernoulli": stats.bernoulli(0.3),
    "binomial": stats.binom(12, 0.4),
    "poisson": stats.poisson(4.5),
    "geometric": stats.geom(0.3),
    "negative_binomial": stats.nbinom(2.5, 0.3),
    "zipf": stats.zipfian(1.3, 40),
    "truncated": stats.truncnorm(-0.75, 1.5, 1, 2),
    "shifted": stats.gamma(2, -1.3, 0.5),
    "scaled": stats.beta(0.7, 2, -3, 3),
    "normal": stats.norm(1, 2),
    "laplace": stats.laplace(-1, 0.5),
    "student_t": stats.t(3.5, 1, 2),
    "cauchy": stats.cauchy(1, 2),
    "uniform": stats.uniform(-1, 4),
    "exponential": stats.expon(scale=1 / 0.7),
    "gamma": stats.gamma(0.5, scale=0.5),
    "beta": stats.beta(2, 0.7),
    "logistic": stats.logistic(1, 0.8),
    "lognormal": stats.lognorm(0.8, scale=math.exp(0.3)),
    "weibull": stats.weibull_min(0.7, scale=2),
    "pareto": stats.pareto(2.5, scale=0.5),
    "chi2": stats.chi2(3),
    "halfnormal": stats.halfnorm(scale=2),
    "rayleigh": stats.rayleigh(scale=1.5),
    "gumbel": stats.gumbel_r(-1, 2),
    "triangular": stats.triang(0.375, -1, 4),
}
X = np.array([-7.0, -1.0, 0.001, 0.25, 0.999, 1.0, 2.0, 3.0, 11.0])


def test_every_family_of_the_table_is_tried_here() -> None:
    assert EVERY.keys() == FAMILIES.keys()


@each("name", SCIPY)
def test_a_family_has_the_densities_and_moments_that_scipy_has(name: str) -> None:
    dist, twin = EVERY[name], SCIPY[name]
    logs = twin.logpmf(X) if dist.kind == "discrete" else twin.logpdf(X)
    np.testing.assert_allclose(dist.log_density(X), logs, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(dist.cdf(X), twin.cdf(X), rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(dist.sf(X), twin.sf(X), rtol=1e-10, atol=2e-15)
    u = np.array([0.001, 0.31, 0.5, 0.87, 0.999])
    np.testing.assert_allclose(dist.quantile(u), twin.ppf(u), rtol=1e-9)
    if name != "cauchy":
        assert dist.mean() == pytest.approx(twin.mean(), rel=1e-12)
        assert dist.sd() == pytest.approx(twin.std(), rel=1e-12)


@each("dist", EVERY.values())
def test_cdf_sf_and_quantile_fit_together(dist: Dist) -> None:
    low, high = dist.window()
    x = np.linspace(low, high, 101)
    cdf = dist.cdf(x)
    assert (np.diff(cdf) >= -1e-15).all()
    np.testing.assert_allclose(cdf + dist.sf(x), 1, atol=1e-14)
    u = np.linspace(0.01, 0.99, 23)
    assert (dist.cdf(dist.quantile(u)) >= u - 1e-9).all()
    ends = dist.quantile(np.array([0.0, 1.0]))
    assert not np.isnan(ends).any() and ends[0] <= ends[1]


@each("dist", EVERY.values())
def test_a_distribution_is_a_value_with_one_spelling(dist: Dist) -> None:
    again = pickle.loads(pickle.dumps(dist))
    assert again == dist and hash(again) == hash(dist) and str(again) == str(dist)
    assert str(dist).startswith(dist.name + "(") and " " not in str(dist)


@each("dist", EVERY.values())
def test_the_window_is_finite_and_has_width_and_few_outcomes(dist: Dist) -> None:
    low, high = dist.window()
    assert math.isfinite(low) and math.isfinite(high) and low < high
    if dist.kind == "discrete":
        values = dist.atoms()[0]
        assert ((values >= low) & (values <= high)).sum() <= 64


@each("dist", EVERY.values())
def test_mass_sums_to_1(dist: Dist) -> None:
    if dist.kind == "discrete":
        assert np.exp(dist.atoms()[1]).sum() == pytest.approx(1, abs=1e-13)
    else:
        from divviz.pair import Pair

        assert Pair(dist, dist).ground.p.sum() == pytest.approx(1, abs=1e-12)


HANDLES = [(dist, handle) for dist in EVERY.values() for handle in dist.family.handles]


@each(("dist", "handle"), HANDLES)
def test_a_handle_that_is_dragged_sits_where_it_was_dropped(dist: Dist, handle: object) -> None:
    at = handle.at(*dist.args)  # type: ignore[attr-defined]
    target = round(at) if dist.kind == "discrete" and dist.name != "geometric" else at * 1.02
    args = handle.drag(target, *dist.args)  # type: ignore[attr-defined]
    moved = make(dist.name, *args)
    assert moved.handles()[handle.name] == pytest.approx(target, rel=1e-9, abs=1e-9)  # type: ignore[attr-defined]


@each(("dist", "handle"), HANDLES)
@each("x", [-1e300, -5.0, 0.0, 1.0, 1e300])
def test_a_handle_dragged_anywhere_gives_legal_parameters(
    dist: Dist, handle: object, x: float
) -> None:
    make(dist.name, *handle.drag(x, *dist.args))  # type: ignore[attr-defined]


@each("family", FAMILIES.values())
def test_params_hold_their_defaults_and_sliders_within_what_they_accept(family: object) -> None:
    for param in family.params:  # type: ignore[attr-defined]
        assert param.minimum <= param.low <= param.default <= param.high <= param.maximum
        assert param.accepts(param.low) and param.accepts(param.high)
        assert param.scale == "linear" or param.low > 0
    if family.params:  # type: ignore[attr-defined]
        make(family.name, *(p.default for p in family.params))  # type: ignore[attr-defined]


def test_the_normal_has_the_sliders_that_the_readme_promises() -> None:
    mu, sigma = FAMILIES["normal"].params
    assert (mu.low, mu.high, mu.scale) == (-10, 10, "linear")
    assert (sigma.low, sigma.high, sigma.scale) == (0.05, 10, "log")


SPELLINGS = [
    (make("normal", 0, 1), "normal(0,1)"),
    (make("normal", -0.0, 0.5), "normal(0,0.5)"),
    (make("normal", 1e-7, 1e9), "normal(1e-07,1000000000)"),
    (make("binomial", 10, 0.1 + 0.2), "binomial(10,0.30000000000000004)"),
    (pmf([1, 2.5, 0]), "pmf(1,2.5,0)"),
    (pmf([1, 2], [0, 1]), "pmf(1,2)"),
    (pmf([0.1, 0.9], [0, 2.5]), "pmf(0:0.1,2.5:0.9)"),
    (pmf([1, 3], labels=["cat", "dog"]), "pmf(cat:1,dog:3)"),
    (pmf([1e308, 5e-324]), "pmf(1e308,5e-324)"),
    (drawn(-4, 4, [0, 63, 64, 4095]), "drawn(-4,4,AAA_BA__)"),
    (
        mixture([0.3, 0.7], [NORMAL, make("normal", 2, 0.5)]),
        "mixture(0.3*normal(0,1)+0.7*normal(2,0.5))",
    ),
]


@each(("dist", "text"), SPELLINGS)
def test_a_distribution_is_spelled_in_the_grammar(dist: Dist, text: str) -> None:
    assert str(dist) == text


@each("count", range(2, 10))
def test_levels_take_two_characters_each(count: int) -> None:
    levels = [(i * 577 + 4000) % 4096 for i in range(count)]
    text = levels_text(levels)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    back = [64 * alphabet.index(a) + alphabet.index(b) for a, b in zip(text[::2], text[1::2])]  # noqa: B905
    assert len(text) == 2 * count and back == levels


NAN = math.nan
REFUSED = [
    ("family", lambda: make("norml", 0, 1)),
    ("family", lambda: make(None)),  # type: ignore[arg-type]
    ("arity", lambda: make("normal", 0)),
    ("arity", lambda: make("poisson", 1, 2)),
    ("param", lambda: make("normal", 0, 0)),
    ("param", lambda: make("normal", 0, -1)),
    ("param", lambda: make("normal", NAN, 1)),
    ("param", lambda: make("normal", math.inf, 1)),
    ("param", lambda: make("bernoulli", 1.1)),
    ("param", lambda: make("beta", 0, 1)),
    ("param", lambda: make("one_hot", 0, 65)),
    ("number", lambda: make("normal", "<script>", 1)),
    ("number", lambda: make("normal", None, 1)),
    ("number", lambda: make("normal", [1], 1)),
    ("integer", lambda: make("binomial", 2.5, 0.5)),
    ("order", lambda: make("uniform", 1, 1)),
    ("order", lambda: make("triangular", 1, 1, 1)),
    ("order_equal", lambda: make("triangular", 0, -1, 1)),
    ("order_equal", lambda: make("triangular", 0, 2, 1)),
    ("order_equal", lambda: make("discrete_uniform", 2, 1)),
    ("index", lambda: make("one_hot", 4, 4)),
    ("weight", lambda: pmf([1, -1e-300])),
    ("weight", lambda: pmf([1, NAN])),
    ("weight", lambda: pmf([1, math.inf])),
    ("weight", lambda: pmf(["1", 2])),  # type: ignore[list-item]
    ("weight", lambda: pmf([True, 2])),
    ("weight", lambda: pmf([[1, 2], [3, 4]])),  # type: ignore[list-item]
    ("weight", lambda: pmf([10**400, 1])),
    ("weights_zero", lambda: pmf([0, 0, -0.0])),
    ("weights_count", lambda: pmf([])),
    ("weights_count", lambda: pmf(np.ones(10**6 + 1))),
    ("support_length", lambda: pmf([1, 2], [0])),
    ("support_length", lambda: pmf([1, 2], labels=["a"])),
    ("support", lambda: pmf([1, 2], [0, NAN])),
    ("support", lambda: pmf([1, 2], [0, 1e301])),
    ("label", lambda: pmf([1, 2], labels=["a", "b:c"])),
    ("label", lambda: pmf([1, 2], labels=["a", "1e5"])),
    ("label", lambda: pmf([1, 2], labels=["a", ""])),
    ("label", lambda: pmf([1, 2], labels=["a", "x" * 41])),
    ("label", lambda: pmf([1, 2], labels=["a", 5])),  # type: ignore[list-item]
    ("label_twice", lambda: pmf([1, 2], labels=["a", "a "])),
    ("level", lambda: drawn(0, 1, [1, 4096])),
    ("level", lambda: drawn(0, 1, [1, -1])),
    ("level", lambda: drawn(0, 1, [1, 2.5])),  # type: ignore[list-item]
    ("level", lambda: drawn(0, 1, [1, NAN])),  # type: ignore[list-item]
    ("level", lambda: drawn(0, 1, [1, math.inf])),  # type: ignore[list-item]
    ("level", lambda: drawn(0, 1, [1, "2"])),  # type: ignore[list-item]
    ("levels_zero", lambda: drawn(0, 1, [0, 0])),
    ("levels_count", lambda: drawn(0, 1, [1])),
    ("levels_count", lambda: drawn(0, 1, [1] * 513)),
    ("order", lambda: drawn(1, 0, [1, 1])),
    ("order", lambda: drawn(1, 1 + 1e-15, [1] * 100)),
    ("param", lambda: drawn(-math.inf, 0, [1, 1])),
    ("mixture_count", lambda: mixture([1], [NORMAL])),
    ("mixture_count", lambda: mixture([1] * 9, [NORMAL] * 9)),
    ("mixture_weights", lambda: mixture([1], [NORMAL, NORMAL])),
    ("mixture_kinds", lambda: mixture([1, 1], [NORMAL, make("poisson", 1)])),
    ("weights_zero", lambda: mixture([0, 0], [NORMAL, NORMAL])),
    ("weight", lambda: mixture([1, -1], [NORMAL, NORMAL])),
    ("depth", lambda: nested(4)),
]


def nested(depth: int) -> Dist:
    dist = NORMAL
    for _ in range(depth):
        dist = mixture([1, 1], [dist, NORMAL])
    return dist


@each(("code", "attempt"), REFUSED)
def test_what_cannot_be_is_refused_with_a_sentence(code: str, attempt: object) -> None:
    with pytest.raises(SceneError) as caught:
        attempt()  # type: ignore[operator]
    assert caught.value.code == code
    words = str(caught.value)
    assert words.endswith(".") and "{" not in words and len(words) < 600


def test_an_error_names_family_parameter_value_and_range() -> None:
    with pytest.raises(SceneError, match=r"^normal: sigma = -1 .* 1e-09 ≤ sigma ≤ 1000000000\.$"):
        make("normal", 0, -1)


def test_an_error_cuts_what_a_visitor_typed() -> None:
    with pytest.raises(SceneError) as caught:
        make("<script>" * 1000)
    assert "<script>" in str(caught.value) and str(caught.value).count("<script>") < 6
    assert "…" in str(caught.value)


def test_errors_survive_pickling_and_are_value_errors() -> None:
    error = SceneError("depth", most=3)
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, ValueError) and str(again) == str(error)
    assert all(text.endswith((".", "{reason}")) for text in ERRORS.values())


def test_three_levels_of_mixtures_are_accepted() -> None:
    assert str(nested(3)).count("mixture") == 3


def test_weights_that_overflow_together_are_normalised() -> None:
    np.testing.assert_array_equal(np.exp(pmf([1e308] * 4).atoms()[1]), [0.25] * 4)


def test_repeated_places_are_merged_and_sorted() -> None:
    x, logs = pmf([1, 2, 3, 2], [5, 1, 5, 0]).atoms()
    np.testing.assert_array_equal(x, [0, 1, 5])
    np.testing.assert_allclose(np.exp(logs), [0.25, 0.25, 0.5])


def test_an_outcome_of_the_smallest_weight_stays_in_the_support() -> None:
    logs = pmf([1e308, 5e-324]).atoms()[1]
    assert logs[1] == pytest.approx(math.log(5e-324) - math.log(1e308), rel=1e-12)


def test_a_drawn_density_keeps_zero_cells_outside_its_support() -> None:
    assert EVERY["drawn"].support() == ((-3.0, -1.0), (0.0, 3.0))
    assert EVERY["drawn"].density(np.array([-3.5, -0.5, 3.5])).tolist() == [0, 0, 0]


def test_means_that_do_not_exist_are_none_and_infinite_spreads_are_infinite() -> None:
    assert make("cauchy", 0, 1).mean() is None
    assert make("student_t", 1, 0, 1).mean() is None
    assert make("student_t", 1.5, 0, 1).mean() == 0
    assert make("student_t", 1.5, 0, 1).sd() == math.inf
    assert make("student_t", 1, 0, 1).sd() is None
    assert mixture([1, 1], [NORMAL, make("cauchy", 0, 1)]).mean() is None


def test_points_keep_the_digits_next_to_an_end() -> None:
    """1 - 1e-30 is 1 as a double; beta with b < 1 is not finite there."""
    near = Points(np.array([1.0]), np.array([-1e-30]))
    dist = make("beta", 2, 0.5)
    expected = -0.5 * math.log(1e-30) - math.lgamma(2) - math.lgamma(0.5) + math.lgamma(2.5)
    assert dist.log_density(near)[0] == pytest.approx(expected, rel=1e-12)
    assert dist.log_density(np.array([1.0]))[0] == math.inf


def test_large_binomials_keep_twelve_digits() -> None:
    """lgamma(10^4) is 8e4: plain differences of it are off by 1e-11."""
    n, k, p = 10**4, 4876, 0.5
    exact = math.log(math.comb(n, k)) - n * math.log(2)
    assert float(make("binomial", n, p).log_density(k)) == pytest.approx(exact, rel=1e-12)


def test_importing_divviz_loads_no_scipy() -> None:
    script = "import sys, divviz; divviz.SceneError; print('scipy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
