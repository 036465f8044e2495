"""Distributions made of data: the sample itself, its histogram, a fitted family; reading."""

import math
import pickle

import numpy as np
import pytest
from cases import each
from scipy import stats

from divviz.empirical import RULES, bin_count, bins, ordered_values, plain
from divviz.errors import SceneError
from divviz.families import FAMILIES, fitted, histogram, make, pmf, samples
from divviz.grammar import parse
from divviz.measures import evaluate
from divviz.pair import Pair
from divviz.pasted import read_numbers


def rng(seed=5):
    return np.random.default_rng(seed)


def code_of(call):
    with pytest.raises(SceneError) as caught:
        call()
    assert str(caught.value).endswith(".")
    return caught.value.code


# --- the sample itself ----------------------------------------------------------------------------

X = [3.5, -1.0, 2.0, 2.0, -0.0, 7.25, 2.0]


def test_a_sample_has_equal_mass_on_each_value_and_merges_equal_ones():
    x, logs = samples(X).atoms()
    values, counts = np.unique(X, return_counts=True)
    np.testing.assert_array_equal(x, values)
    np.testing.assert_allclose(np.exp(logs), counts / 7, rtol=1e-15)
    assert samples(X).kind == "discrete" and str(samples(X)) == "samples(3.5,-1,2,2,0,7.25,2)"


def test_the_cdf_of_a_sample_is_scipys_ecdf():
    x = rng().normal(size=200).round(1)
    dist, twin = samples(x), stats.ecdf(x)
    at = np.concatenate([x, x + 0.05, [-9.0, 9.0]])
    np.testing.assert_allclose(dist.cdf(at), twin.cdf.evaluate(at), atol=1e-15)
    np.testing.assert_allclose(dist.sf(at), twin.sf.evaluate(at), atol=1e-15)
    assert dist.cdf(max(x)) == 1 and dist.sf(max(x)) == 0 and dist.cdf(-9.0) == 0


@each("n", [1, 3, 7, 49, 1000])
def test_the_quantile_is_numpys_inverted_cdf(n):
    x = rng(n).normal(size=n)
    u = np.concatenate([np.arange(1, n + 1) / n, rng(1).uniform(size=50)])
    expected = np.quantile(x, u, method="inverted_cdf")
    np.testing.assert_array_equal(samples(x).quantile(u), expected)
    assert samples(x).quantile(0.0) == x.min()


def test_the_moments_of_a_sample_divide_by_n():
    x = rng().gamma(2, size=101)
    assert samples(x).mean() == pytest.approx(x.mean(), rel=1e-15)
    assert samples(x).sd() == pytest.approx(x.std(), rel=1e-14)


@pytest.mark.parametrize("scale", [1e300, 1e-300, 1e-160])
def test_the_moments_of_a_sample_neither_overflow_nor_vanish(scale):
    dist = samples([scale, -scale, scale, scale])
    assert dist.mean() == scale / 2
    assert dist.sd() == pytest.approx(scale * math.sqrt(0.75), rel=1e-15)


def test_equal_values_have_their_exact_mean_and_no_deviation():
    assert (samples([0.1] * 7).mean(), samples([0.1] * 7).sd()) == (0.1, 0)
    assert (samples([0, 0]).mean(), samples([0]).sd()) == (0, 0)


def test_a_sample_shows_from_its_first_to_its_last_value():
    assert samples(X).window() == (-1, 7.25) and samples(X).support() == ((-1, 7.25),)
    assert samples(X).density([2, 2.5, 0]).tolist() == [
        pytest.approx(3 / 7),
        0,
        pytest.approx(1 / 7),
    ]


def test_the_distance_of_two_samples_is_scipys():
    x, y = rng(1).normal(size=300), rng(2).normal(1, 2, size=170)
    found = evaluate(samples(x), samples(y))
    assert found["w1"] == pytest.approx(stats.wasserstein_distance(x, y), rel=1e-12)
    assert found["kl_pq"] == math.inf and found["js"] == math.log(2)


def test_the_divergence_of_two_samples_is_that_of_their_shares():
    p, q = samples([1, 1, 2, 3]), samples([1, 2, 2, 3])
    assert evaluate(p, q)["kl_pq"] == pytest.approx(
        0.5 * math.log(2) - 0.25 * math.log(2), rel=1e-14
    )
    assert evaluate(p, pmf([0.5, 0.25, 0.25], [1, 2, 3]))["kl_pq"] == pytest.approx(0, abs=1e-16)


def test_the_values_in_order_are_kept():
    dist = samples(X)
    assert ordered_values(dist).tolist() == sorted(X)
    assert ordered_values(dist) is ordered_values(dist) is ordered_values(histogram(X, 2))
    with pytest.raises(TypeError):
        ordered_values(make("normal", 0, 1))


def test_a_million_values_make_a_sample():
    x = rng().normal(size=10**6)
    dist = samples(x)
    assert dist.quantile(0.5) == np.quantile(x, 0.5, method="inverted_cdf")
    assert len(ordered_values(dist)) == 10**6


@each(
    ("values", "code"),
    [
        ([], "samples_count"),
        (np.zeros(10**6 + 1), "samples_count"),
        ([1, math.nan], "sample"),
        ([1, math.inf], "sample"),
        ([1e301], "sample"),
        ([1, "2"], "sample"),
        ([1, True], "sample"),
        ([1, None], "sample"),
        (np.ones((2, 2)), "sample"),
        ("1,2,3", "samples_type"),
        (3, "samples_type"),
        (None, "samples_type"),
    ],
)
@each("make_of", [samples, histogram, lambda v: fitted(v, "normal")])
def test_what_is_no_list_of_numbers_is_refused(make_of, values, code):
    assert code_of(lambda: make_of(values)) == code


# --- the histogram --------------------------------------------------------------------------------


@each("rule", RULES)
@each("n", [5, 60, 2000])
def test_the_bins_are_numpys(rule, n):
    x = rng(n).normal(2, 3, size=n)
    edges, counts = bins(histogram(x, rule))
    expected = np.histogram_bin_edges(x, "auto" if rule == "auto" else rule)
    np.testing.assert_allclose(edges, expected, rtol=1e-13)
    np.testing.assert_array_equal(counts, np.histogram(x, edges)[0])


@pytest.mark.parametrize("count", [1, 7, 512, "12"])
def test_a_number_of_bins_is_a_rule(count):
    x = rng().uniform(size=400)
    dist = histogram(x, count)
    assert len(bins(dist)[1]) == int(count)
    density, edges = np.histogram(x, int(count), density=True)
    middle = 0.5 * (edges[1:] + edges[:-1])
    np.testing.assert_allclose(dist.density(middle), density, rtol=1e-12)


def test_a_rule_never_makes_more_than_512_bins_nor_less_than_one():
    heavy = rng().standard_cauchy(5000)
    assert np.histogram_bin_edges(heavy, "fd").size > 513
    assert len(bins(histogram(heavy))[1]) == 512
    assert bin_count(np.array([0.0, 1, 1, 1, 1, 1, 9]), "fd") == 1


def test_a_histogram_is_a_distribution_with_numpys_mean_of_bins():
    x = rng().gamma(2, size=500)
    dist = histogram(x, 20)
    counts, edges = np.histogram(x, 20)
    p, middle, width = counts / 500, 0.5 * (edges[1:] + edges[:-1]), edges[1] - edges[0]
    mean = p @ middle
    assert dist.mean() == pytest.approx(mean, rel=1e-13)
    assert dist.sd() == pytest.approx(
        math.sqrt(p @ (middle - mean) ** 2 + width**2 / 12), rel=1e-12
    )
    np.testing.assert_allclose(dist.cdf(edges), np.concatenate([[0], p.cumsum()]), atol=1e-14)
    assert Pair(dist, dist).ground.p.sum() == pytest.approx(1, abs=1e-13)
    entropy = -(p[p > 0] * np.log(p[p > 0] / width)).sum()
    assert evaluate(dist, dist)["entropy_p"] == pytest.approx(entropy, rel=1e-12)
    assert dist.kind == "continuous" and dist.flat and dist.window() == (x.min(), x.max())


def test_an_empty_bin_is_outside_the_support():
    dist = histogram([0, 0.5, 3, 4], 4)
    assert dist.support() == ((0, 1), (3, 4))
    assert dist.density([0.2, 2, 3.5, 4, 4.1]).tolist() == [0.5, 0, 0.5, 0.5, 0]
    assert evaluate(make("uniform", 0, 4), dist)["kl_pq"] == math.inf


def test_the_bins_of_a_histogram_hold_all_values_also_the_last():
    for seed in range(50):
        x = rng(seed).normal(size=9) * 10.0 ** rng(seed).integers(-8, 8)
        assert bins(histogram(x))[1].sum() == 9


@each("rule", ["silverman", "", 0, 513, 2.5, None, True, math.nan, "1.5", [3]])
def test_an_unknown_rule_is_refused(rule):
    assert code_of(lambda: histogram([1, 2, 3], rule)) == "histogram_rule"


def test_values_that_leave_no_width_are_refused():
    assert code_of(lambda: histogram([2, 2, 2])) == "histogram_equal"
    assert code_of(lambda: histogram([2])) == "histogram_equal"
    assert code_of(lambda: histogram([1, 1 + 2e-16], 100)) == "histogram_close"


# --- the fitted member ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "x"), [("normal", [1, 2, 6]), ("gamma", [1, 2, 6]), ("poisson", [1, 2, 6])]
)
def test_a_fitted_distribution_answers_as_its_member(name, x):
    dist = fitted(x, name)
    member = plain(dist)
    assert member.family is FAMILIES[name] and dist.kind == member.kind
    at, u = np.array([-1.0, 0.5, 2.0, 3.0, 40.0]), np.array([0.0, 1e-9, 0.3, 0.99])
    for method, values in (
        ("log_density", at),
        ("cdf", at),
        ("sf", at),
        ("quantile", u),
        ("isf", u),
    ):
        np.testing.assert_array_equal(
            getattr(dist, method)(values), getattr(member, method)(values)
        )
    for method in ("mean", "sd", "support", "window", "tail", "ends"):
        assert getattr(dist, method)() == getattr(member, method)()
    other = fitted([1, 2, 7], name)
    found, expected = evaluate(dist, other), evaluate(member, plain(other))
    defined = [key for key, value in expected.items() if value is not None]
    assert found.keys() == expected.keys() and "kl_pq" in defined
    assert [found[k] for k in defined] == pytest.approx([expected[k] for k in defined], rel=1e-13)
    if dist.kind == "discrete":
        np.testing.assert_array_equal(dist.atoms(), member.atoms())


def test_the_fitted_normal_has_the_moments_of_the_data():
    x = rng().normal(size=50)
    assert plain(fitted(x, "normal")).args == pytest.approx((x.mean(), x.std()), rel=1e-14)
    assert plain(fitted([1, 1, 4], "poisson")) == make("poisson", 2)


def test_plain_leaves_other_distributions_alone():
    assert plain(make("normal", 0, 1)) == make("normal", 0, 1)


def test_what_cannot_be_fitted_is_refused():
    assert code_of(lambda: fitted([1, 2], "gaussian")) == "family"
    assert code_of(lambda: fitted([1, 2], 3)) == "family"
    assert code_of(lambda: fitted([1, 2], "pmf")) == "fit_built"
    assert code_of(lambda: fitted([1, 2], "samples")) == "fit_built"
    assert code_of(lambda: fitted([-1, 2], "gamma")) == "fit_outside"
    assert code_of(lambda: fitted([1, 1], "normal")) == "fit_spike"


# --- text -----------------------------------------------------------------------------------------

SPELLED = [
    "samples(1,2,3.5)",
    "samples(7)",
    "samples(2,1,2,-0.001)",
    "histogram(fd,1,2,3)",
    "histogram(12,1,2,3)",
    "fitted(normal,1,2,3)",
    "fitted(poisson,1,2,2)",
]


@each("text", SPELLED)
def test_what_is_made_of_data_is_read_back_from_its_text(text):
    dist = parse(text)
    assert str(dist) == text and parse(str(dist)) == dist
    again = pickle.loads(pickle.dumps(dist))
    assert again == dist and hash(again) == hash(dist)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (" Samples( 1 , 2.0,+3 ) ", "samples(1,2,3)"),
        ("histogram( FD ,1,2,4)", "histogram(fd,1,2,4)"),
        ("fitted(Normal,1,-0,2)", "fitted(normal,1,0,2)"),
        ("mixture(0.5*samples(1,2)+0.5*poisson(3))", "mixture(0.5*samples(1,2)+0.5*poisson(3))"),
    ],
)
def test_one_distribution_has_one_spelling(text, same):
    assert str(parse(text)) == same


@each(
    ("text", "code"),
    [
        ("samples()", "text_need_number"),
        ("samples(1,)", "text_need_number"),
        ("samples(a)", "text_number"),
        ("samples(1", "text_ends"),
        ("samples(1e999)", "text_finite"),
        ("histogram(1,2)", "histogram_equal"),
        ("histogram(knuth,1,2)", "histogram_rule"),
        ("histogram(fd)", "text_expected"),
        ("fitted(nrmal,1,2)", "text_close"),
        ("fitted(1,2)", "family"),
        ("fitted()", "text_need_name"),
        ("fitted(pmf,1,2)", "fit_built"),
        ("fitted(gamma,-1,2)", "fit_outside"),
    ],
)
def test_text_that_is_wrong_is_refused(text, code):
    assert code_of(lambda: parse(text)) == code


def test_the_constructors_are_found_by_name():
    assert make("samples", 1, 2) == samples([1, 2])
    assert make("histogram", 2, 1, 2) == histogram([1, 2], 2)
    assert make("fitted", "normal", 1, 2) == fitted([1, 2], "normal")
    assert code_of(lambda: make("histogram")) == "histogram_rule"
    assert code_of(lambda: make("fitted")) == "family"
    assert code_of(lambda: make("samples")) == "samples_count"


# --- reading numbers ------------------------------------------------------------------------------

READ = [
    ("1,2,3.5", [1, 2, 3.5]),
    ("1 2\t3\n4;5", [1, 2, 3, 4, 5]),
    ("1, 2, 3,\n4, 5", [1, 2, 3, 4, 5]),
    ("1, 2; 3 4", [1, 2, 3, 4]),
    ("-1e3 +.5 2. 1E-2", [-1000, 0.5, 2, 0.01]),
    ("\ufeff1\r\n2\r\n\r\n3", [1, 2, 3]),
    ("1,5;2,5", [1.5, 2.5]),
    ("1,5\n2,5\n3", [1.5, 2.5, 3]),
    ("1,5\t2,25", [1.5, 2.25]),
    ("1,5", [1, 5]),
    ("12,5\n1,000\n", [12.5, 1]),
    ("height\n1.5\n2.5", [1.5, 2.5]),
    ("body height in m\n1,5\n2,5", [1.5, 2.5]),
    ("'1' \"2\"", [1, 2]),
    ('"1,5","2,5"', [1.5, 2.5]),
    ("[1, 2, 3]", [1, 2, 3]),
    ("−1 −2,", [-1, -2]),
    ("1，2、3；4", [1, 2, 3, 4]),
    ("1\u202f234,5\n2\u00a0000,5", [1234.5, 2000.5]),
    ("x,y\n1,2\n3,4", [1, 3]),
    ("name;score\nAnn;3,5\nBob;4", [3.5, 4]),
    ("Ann\t3\nBob\t4", [3, 4]),
    ("id,height\n1,170\n2,165\n3,180", [170, 165, 180]),
    ("id\n1\n2\n3", [1, 2, 3]),
    ("a,b\n1,\n2,5\n3,6", [5, 6]),
    ("a,b\n1,NA\n2,5", [1, 2]),
    ("1 2 3\n4 5 6", [1, 2, 3, 4, 5, 6]),
    ("a b\n1.5 2\n3.5 4", [1.5, 3.5]),
    ("Test 1,Test 2\n3,4\n5,6", [3, 5]),
    ("-0", [0]),
]


@each(("text", "values"), READ)
def test_numbers_are_read_as_a_person_means_them(text, values):
    found = read_numbers(text)
    assert found.tolist() == values and found.dtype == float
    assert not np.signbit(found[found == 0]).any()


def test_a_column_of_a_table_is_chosen_by_its_heading():
    table = "id;Weight;Group\n1;70,5;a\n2;80,5;b\n"
    assert read_numbers(table).tolist() == [70.5, 80.5]
    assert read_numbers(table, " weight").tolist() == [70.5, 80.5]
    assert read_numbers(table, "id").tolist() == [1, 2]
    assert code_of(lambda: read_numbers(table, "height")) == "numbers_column"
    assert code_of(lambda: read_numbers("1,2\n3,4", "height")) == "numbers_column"
    with pytest.raises(SceneError) as caught:
        read_numbers(table, "group")
    assert caught.value.fields == {"line": 2, "found": "a"}


@each(
    ("text", "code", "fields"),
    [
        ("", "numbers_none", {}),
        (" \n\t\n", "numbers_none", {}),
        (";;;", "numbers_none", {}),
        ("height\n", "numbers_word", {"line": 1, "found": "height"}),
        ("1\n\n2\nx3\n", "numbers_word", {"line": 4, "found": "x3"}),
        ("1, 2, three", "numbers_word", {"line": 1, "found": "three"}),
        ("a,b\n1,x\n2,3\nz,4\n5,6", "numbers_word", {"line": 4, "found": "z"}),
        ("1 1_000", "numbers_word", {"line": 1, "found": "1_000"}),
        ("1 nan", "numbers_word", {"line": 1, "found": "nan"}),
        ("1 x\n2 3", "numbers_word", {"line": 1, "found": "x"}),
        ("1,x\n2,3", "numbers_word", {"line": 1, "found": "x"}),
        ("1 inf", "numbers_word", {"line": 1, "found": "inf"}),
        ("1\n٣", "numbers_word", {"line": 2, "found": "٣"}),
        ("5%", "numbers_word", {"line": 1, "found": "5%"}),
        ("1\n-1e999", "numbers_large", {"line": 2, "found": "-1e999"}),
        ("1,000\n2,500", "numbers_comma", {"found": "1,000"}),
        ("1,000;2,500", "numbers_comma", {"found": "1,000"}),
        ("1,000, 2,000", "numbers_comma", {"found": "1,000, 2,000"}),
        ("1,5 2,5", "numbers_comma", {"found": "1,5 2,5"}),
        ("1 " * (10**5 + 1), "numbers_many", {"count": 100001, "most": 100000}),
        ("1" * 5_000_001, "numbers_long", {"length": 5000001, "most": 5000000}),
        (None, "numbers_text", {}),
        (b"1,2", "numbers_text", {}),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text, code, fields):
    with pytest.raises(SceneError) as caught:
        read_numbers(text)
    assert (caught.value.code, caught.value.fields) == (code, fields)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("mark", "count"), [("\n", 10**5), (",", 10**4), ("; ", 10**4), ("\t", 10**4), (" ", 10**4)]
)
def test_many_numbers_are_read_exactly(mark, count):
    x = rng().normal(size=count)
    np.testing.assert_array_equal(read_numbers(mark.join(map(repr, x.tolist()))), x)
