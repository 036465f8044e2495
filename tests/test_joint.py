"""Tables of several variables, normal variables and samples: mpmath, SciPy and brute force."""

from __future__ import annotations

import itertools
import math
import pickle
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import each
from scipy import stats

from divviz.covariance import (
    correlated_information,
    normal_conditional_entropy,
    normal_entropy,
    normal_information,
    normal_total_correlation,
)
from divviz.dependence import (
    RULES,
    bin_count,
    binned_information,
    neighbour_information,
    subsampling_interval,
)
from divviz.errors import SceneError
from divviz.joint import (
    NORMALISERS,
    Joint,
    conditional,
    conditional_entropy,
    conditional_mutual_information,
    dual_total_correlation,
    entropy,
    independent_table,
    marginal,
    mutual_information,
    mutual_information_term,
    normalised_mutual_information,
    pointwise_mutual_information,
    total_correlation,
    variation_of_information,
)

INF = math.inf
# Cover & Thomas (2006), example 2.2.1: X across, Y down, so that axis 0 is Y.
BLOOD = Joint(
    [
        [1 / 8, 1 / 16, 1 / 32, 1 / 32],
        [1 / 16, 1 / 8, 1 / 32, 1 / 32],
        [1 / 16] * 4,
        [1 / 4, 0, 0, 0],
    ]
)
XOR = Joint([[[1, 0], [0, 1]], [[0, 1], [1, 0]]])


def digits(table: Any, *axes: int) -> Any:
    """The joint entropy of axes in nats, in 1500 digits by the definition."""
    with mp.workdps(1500):
        table = np.asarray(table, float)
        sums: dict[tuple[int, ...], Any] = {}
        for at in np.ndindex(table.shape):
            key = tuple(at[a] for a in axes)
            sums[key] = sums.get(key, mp.mpf(0)) + mp.mpf(float(table[at]))
        total = mp.fsum(sums.values())
        return -mp.fsum([v / total * mp.log(v / total) for v in sums.values() if v])


def information(table: Any, x: tuple[int, ...], y: tuple[int, ...], z: tuple[int, ...] = ()) -> Any:
    with mp.workdps(1500):
        h = digits(table, *x, *z) + digits(table, *y, *z) - digits(table, *x, *y, *z)
        return h - (digits(table, *z) if z else 0)


def close(found: float, true: Any, tolerance: float = 1e-14) -> None:
    with mp.workdps(50):
        assert abs(found - true) <= tolerance * abs(true), (found, true)


def tables() -> list[np.ndarray]:
    rng = np.random.default_rng(11)
    return [np.exp(rng.normal(0, s, (2, 3, 2))) for s in (1e-9, 1e-3, 1.0, 5.0, 100.0)]


# tables


def test_the_table_is_the_weights_over_their_sum() -> None:
    joint = Joint([[1, 2], [3, 2]])
    assert joint.table.tolist() == [[0.125, 0.25], [0.375, 0.25]]
    assert marginal(joint, 0).tolist() == [0.375, 0.625]
    assert marginal(joint, [1, 0]).tolist() == [[0.125, 0.375], [0.25, 0.25]]


def test_marginals_of_any_axes_are_sums_of_the_table() -> None:
    w = np.random.default_rng(2).random((2, 3, 4, 2))
    for r in (1, 2, 3, 4):
        for axes in itertools.permutations(range(4), r):
            rest = tuple(a for a in range(4) if a not in axes)
            kept = [a for a in range(4) if a in axes]
            expected = (w / w.sum()).sum(axis=rest).transpose([kept.index(a) for a in axes])
            np.testing.assert_allclose(marginal(Joint(w), axes), expected, rtol=1e-14)


def test_rows_of_a_conditional_table_sum_to_1_and_are_0_where_nothing_is_given() -> None:
    joint = Joint([[1, 3, 0], [0, 0, 0]])
    assert conditional(joint, 1, 0).tolist() == [[0.25, 0.75, 0], [0, 0, 0]]
    assert conditional(joint, 0, 1).tolist() == [[1, 0], [1, 0], [0, 0]]
    w = np.random.default_rng(2).random((2, 3, 4))
    found = conditional(Joint(w), [2], [1, 0])
    assert found.shape == (3, 2, 4)
    np.testing.assert_allclose(found.sum(-1), 1, rtol=1e-15)
    np.testing.assert_allclose(found[2, 1], w[1, 2] / w[1, 2].sum(), rtol=1e-14)


def test_weights_from_5e_324_to_1e308_stand_side_by_side() -> None:
    joint = Joint([[1e308, 1e308, 1e308], [5e-324, 1e-323, 0]])
    assert marginal(joint, 1).sum() == pytest.approx(1, rel=1e-15)
    np.testing.assert_allclose(conditional(joint, 1, 0)[1], [1 / 3, 2 / 3, 0], rtol=1e-15)
    ratio = pointwise_mutual_information(joint)
    assert ratio[1, 2] == -INF
    np.testing.assert_allclose(ratio[1, :2], [0, math.log(2)], atol=1e-15)


def test_scaling_all_weights_changes_nothing() -> None:
    w = np.random.default_rng(5).random((3, 4))
    for scale in (2.0**-1000, 2.0**1000):
        assert (Joint(w * scale).table == Joint(w).table).all()
        assert mutual_information(Joint(w * scale)) == mutual_information(Joint(w))


def test_a_joint_is_a_value_that_cannot_be_changed() -> None:
    w = np.array([[1.0, 2.0], [3.0, 4.0]])
    joint = Joint(w)
    w[0, 0] = 9
    assert joint.weights[0, 0] == 1
    assert joint == Joint([[1, 2], [3, 4]]) == pickle.loads(pickle.dumps(joint))
    assert hash(joint) == hash(Joint([[1, 2], [3, 4]]))
    assert joint != Joint([[1, 2], [3, 5]])
    for array in (joint.weights, joint.table):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


# entropies and information


def test_the_blood_types_of_cover_and_thomas() -> None:
    """Example 2.2.1 and 2.4: H(X) 7/4, H(Y) 2, H(X|Y) 11/8, H(Y|X) 13/8, H(X,Y) 27/8, I 3/8."""
    assert entropy(BLOOD, 1, "bits") == pytest.approx(7 / 4, rel=1e-15)
    assert entropy(BLOOD, 0, "bits") == pytest.approx(2, rel=1e-15)
    assert conditional_entropy(BLOOD, 1, 0, "bits") == pytest.approx(11 / 8, rel=1e-15)
    assert conditional_entropy(BLOOD, 0, 1, "bits") == pytest.approx(13 / 8, rel=1e-15)
    assert entropy(BLOOD, unit="bits") == pytest.approx(27 / 8, rel=1e-15)
    assert mutual_information(BLOOD, unit="bits") == pytest.approx(3 / 8, rel=1e-15)


@pytest.mark.parametrize("table", tables())
def test_everything_has_the_digits_of_the_definition(table: np.ndarray) -> None:
    joint = Joint(table)
    with mp.workdps(1500):
        close(entropy(joint), digits(table, 0, 1, 2))
        close(entropy(joint, [2, 0]), digits(table, 0, 2))
        close(conditional_entropy(joint, 1, [0, 2]), digits(table, 0, 1, 2) - digits(table, 0, 2))
        close(mutual_information(joint, 0, 1), information(table, (0,), (1,)))
        close(mutual_information(joint, 1, [0, 2]), information(table, (1,), (0, 2)))
        close(conditional_mutual_information(joint, 0, 1, 2), information(table, (0,), (1,), (2,)))
        close(
            variation_of_information(joint, 0, 1),
            2 * digits(table, 0, 1) - digits(table, 0) - digits(table, 1),
        )
        all_three = digits(table, 0, 1, 2)
        singles = [digits(table, i) for i in range(3)]
        others = [digits(table, *(a for a in range(3) if a != i)) for i in range(3)]
        close(total_correlation(joint), sum(singles) - all_three)
        close(dual_total_correlation(joint), all_three - sum(all_three - h for h in others))


@pytest.mark.parametrize("e", [1e-3, 1e-6, 2.0**-34, 1e-12, 2.0**-50])
def test_nearly_independent_variables_have_a_small_information_and_the_right_one(e: float) -> None:
    """At e = 1e-10 the information is 8e-20; the difference of entropies would be noise."""
    table = [[0.25 + e, 0.25 - e], [0.25 - e, 0.25 + e]]
    close(mutual_information(Joint(table)), information(table, (0,), (1,)))
    doubled = [table, table]
    close(conditional_mutual_information(Joint(doubled), 1, 2, 0), information(table, (0,), (1,)))


def test_a_nearly_sure_outcome_keeps_its_entropy() -> None:
    """H = e (log 1/e + 1) for mass e of 1e-200 beside 1, where log p rounds to 0."""
    e = 1e-200
    joint = Joint([[1, 0], [0, e]])
    for found in (entropy(joint), mutual_information(joint)):
        assert found == pytest.approx(e * (200 * math.log(10) + 1), rel=1e-14)
    assert conditional_entropy(Joint([[1, e]]), 1, 0) == pytest.approx(
        e * (200 * math.log(10) + 1), rel=1e-14
    )


def test_independent_whole_weights_have_information_exactly_0() -> None:
    joint = Joint(np.outer([1, 2, 3, 7], [5, 0, 11, 13, 17]))
    assert mutual_information(joint) == 0
    assert not pointwise_mutual_information(joint).any()
    assert Joint(independent_table(joint)).table == pytest.approx(joint.table, rel=1e-15)
    assert total_correlation(joint) == 0


def test_information_is_never_negative() -> None:
    rng = np.random.default_rng(7)
    for _ in range(60):
        a, b = rng.random(4), rng.random(3)
        w = np.outer(a, b)
        joint = Joint(np.stack([w, w.round(2)]))
        for found in (
            mutual_information(Joint(w)),
            conditional_mutual_information(joint, 1, 2, 0),
            total_correlation(joint),
            dual_total_correlation(joint),
            variation_of_information(joint),
        ):
            assert 0 <= found < INF


def test_equal_variables_share_their_entropy() -> None:
    p = [0.5, 0.3, 0.2]
    joint = Joint(np.diag(p))
    assert mutual_information(joint) == pytest.approx(stats.entropy(p), rel=1e-15)
    assert variation_of_information(joint) == 0
    assert conditional_entropy(joint, 0, 1) == 0


def test_xor_hides_in_pairs_and_shows_in_threes() -> None:
    """Watanabe: pairs are independent, one bit in all three; the dual counts two."""
    for x, y in itertools.combinations(range(3), 2):
        assert mutual_information(XOR, x, y) == 0
    assert conditional_mutual_information(XOR, 0, 1, 2, "bits") == 1
    assert mutual_information(XOR, [0, 1], 2, "bits") == 1
    assert total_correlation(XOR, unit="bits") == 1
    assert dual_total_correlation(XOR, unit="bits") == 2


def test_a_binary_symmetric_channel_has_one_bit_less_the_entropy_of_its_errors() -> None:
    """Cover & Thomas (2006), section 7.1.4."""
    e = 0.11
    found = mutual_information(Joint([[1 - e, e], [e, 1 - e]]), unit="bits")
    assert found == pytest.approx(1 - stats.entropy([e, 1 - e], base=2), rel=1e-13)


def test_units_are_factors_of_each_other() -> None:
    for function in (entropy, mutual_information, variation_of_information, total_correlation):
        nats = function(BLOOD)
        assert function(BLOOD, unit="bits") == pytest.approx(nats / math.log(2), rel=1e-15)
        assert function(BLOOD, unit="hartleys") == pytest.approx(nats / math.log(10), rel=1e-15)


def test_the_terms_sum_to_the_information_and_are_0_in_empty_cells() -> None:
    term = mutual_information_term(BLOOD, unit="bits")
    assert term.sum() == pytest.approx(3 / 8, rel=1e-14)
    assert term[3].tolist() == [0.25, 0, 0, 0]
    assert not np.signbit(term[3]).any()
    table = BLOOD.table
    with np.errstate(divide="ignore"):
        expected = np.log(table / np.outer(table.sum(1), table.sum(0)))
    found = pointwise_mutual_information(BLOOD)
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-16)


def test_pointwise_information_is_0_where_a_value_never_occurs() -> None:
    found = pointwise_mutual_information(Joint([[1, 0, 1], [0, 0, 1]]))
    assert found[:, 1].tolist() == [0, 0]
    assert found[1, 0] == -INF


def test_the_normalisations_are_those_of_vinh_epps_and_bailey() -> None:
    x, y, both, i = 2.0, 7 / 4, 27 / 8, 3 / 8
    expected = {"arithmetic": i / ((x + y) / 2), "geometric": i / math.sqrt(x * y),
                "min": i / y, "max": i / x, "joint": i / both}  # fmt: skip
    assert expected.keys() == NORMALISERS.keys()
    for name, value in expected.items():
        assert normalised_mutual_information(BLOOD, name) == pytest.approx(value, rel=1e-14)
        assert normalised_mutual_information(Joint(np.diag([1, 2])), name) == pytest.approx(1)


def test_normalised_information_is_not_defined_where_nothing_varies() -> None:
    one_constant, both_constant = Joint([[1, 1], [0, 0]]), Joint([[1, 0], [0, 0]])
    for name in NORMALISERS:
        undefined = name in ("geometric", "min")
        found = normalised_mutual_information(one_constant, name)
        assert found is None if undefined else found == 0
        assert normalised_mutual_information(both_constant, name) is None


def test_the_variation_of_information_is_a_metric() -> None:
    for table in tables():
        joint = Joint(table)
        xy, yz, xz = (variation_of_information(joint, *a) for a in ((0, 1), (1, 2), (0, 2)))
        assert xz <= xy + yz
        assert xy == pytest.approx(variation_of_information(joint, 1, 0), rel=1e-14)


def test_a_million_cells_are_summed() -> None:
    n = 1000
    p = np.arange(1.0, n + 1)
    joint = Joint(np.diag(p))
    assert mutual_information(joint) == pytest.approx(stats.entropy(p), rel=1e-13)


# normal variables


def test_correlated_normals_have_the_closed_form() -> None:
    with mp.workdps(50):
        for rho in (0.0, 1e-10, -0.3, 0.5, 0.9999999, 1 - 2.0**-53):
            close(correlated_information(rho), -mp.log(1 - mp.mpf(rho) ** 2) / 2, 1e-15)
            cov = [[1.0, rho], [rho, 1.0]]
            close(normal_information(cov), -mp.log(1 - mp.mpf(rho) ** 2) / 2, 1e-15)
    assert correlated_information(0.6, "bits") == pytest.approx(math.log2(1 / 0.8), rel=1e-15)


def test_fully_correlated_normals_share_infinite_information() -> None:
    assert correlated_information(1) == correlated_information(-1) == INF
    assert normal_information([[4, -6], [-6, 9]]) == INF
    assert normal_total_correlation([[1, 1], [1, 1]]) == INF
    assert normal_entropy([[1, 1], [1, 1]]) == -INF
    assert normal_conditional_entropy([[1, 1], [1, 1]], 0, 1) == -INF


def test_a_constant_says_nothing() -> None:
    assert normal_information([[0, 0], [0, 1]]) == 0
    assert normal_information([[1, 0], [0, 0]]) == 0
    assert normal_entropy([[0, 0], [0, 1]], 0) == -INF


def test_a_repeated_variable_adds_nothing() -> None:
    cov = [[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]]
    assert normal_information(cov, [0, 1], 2) == pytest.approx(correlated_information(0.5))
    assert normal_information(cov, 2, [0, 1]) == pytest.approx(correlated_information(0.5))
    assert normal_information(cov, 0, 2, 1) == 0


def test_blocks_have_the_determinants_of_mpmath() -> None:
    samples = np.random.default_rng(4).normal(size=(6, 30))
    c = np.cov(samples)
    with mp.workdps(50):

        def log_det(*axes: int) -> Any:
            return mp.log(mp.det(mp.matrix(c[np.ix_(axes, axes)].tolist())))

        close(normal_information(c, [0, 1], [2, 3, 4]),
              (log_det(0, 1) + log_det(2, 3, 4) - log_det(0, 1, 2, 3, 4)) / 2)  # fmt: skip
        close(normal_information(c, 0, [1, 2], [4, 5]),
              (log_det(0, 4, 5) + log_det(1, 2, 4, 5) - log_det(4, 5) - log_det(0, 1, 2, 4, 5)) / 2,
              )  # fmt: skip
        close(normal_entropy(c), (6 * mp.log(2 * mp.pi * mp.e) + log_det(*range(6))) / 2)
        close(normal_conditional_entropy(c, [5], [0, 1]),
              (mp.log(2 * mp.pi * mp.e) + log_det(0, 1, 5) - log_det(0, 1)) / 2)  # fmt: skip
        close(normal_total_correlation(c),
              (sum(log_det(i) for i in range(6)) - log_det(*range(6))) / 2)  # fmt: skip


def test_normal_entropy_is_that_of_scipy() -> None:
    c = [[2.0, 0.5], [0.5, 1.0]]
    assert normal_entropy(c) == pytest.approx(stats.multivariate_normal(cov=c).entropy(), rel=1e-14)
    assert normal_entropy([[9.0]]) == pytest.approx(stats.norm(scale=3).entropy(), rel=1e-14)


def test_the_information_of_normals_does_not_change_with_their_units() -> None:
    c = np.array([[1.0, 0.25, 0.5], [0.25, 2.0, 0.125], [0.5, 0.125, 1.5]])
    d = np.diag([2.0**200, 2.0**-300, 4.0])
    assert normal_information(d @ c @ d, 0, [1, 2]) == normal_information(c, 0, [1, 2])


# samples


def correlated(n: int, rho: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    z = np.random.default_rng(seed).normal(size=(2, n))
    return z[0], rho * z[0] + math.sqrt(1 - rho * rho) * z[1]


def brute(x: np.ndarray, y: np.ndarray, k: int) -> float:
    """Kraskov, Stögbauer & Grassberger (2004), (8), from all distances."""
    x, y = x / x.std(), y / y.std()
    dx, dy = np.abs(x[:, None] - x), np.abs(y[:, None] - y)
    far = np.sort(np.maximum(dx, dy), axis=1)[:, k]
    nx = (dx < far[:, None]).sum(1) - 1
    ny = (dy < far[:, None]).sum(1) - 1
    psi = {int(m): mp.digamma(int(m)) for m in {*(nx + 1), *(ny + 1), k, len(x)}}
    mean = mp.fsum([psi[int(a) + 1] + psi[int(b) + 1] for a, b in zip(nx, ny, strict=True)])
    return float(psi[k] + psi[len(x)] - mean / len(x))


@each("k", [1, 3, 10])
@each("rho", [0.0, 0.6, 0.99])
def test_the_estimate_by_neighbours_is_that_of_all_distances(rho: float, k: int) -> None:
    x, y = correlated(400, rho, 3)
    # Exact in the units of the estimate's own scale: medians of 0 and powers of two.
    found = neighbour_information(x, y, k)
    assert (found.tied_x, found.tied_y) == (0, 0)
    assert found.value == pytest.approx(brute(x - np.median(x), y - np.median(y), k), abs=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9, 0.99])
def test_the_estimate_by_neighbours_comes_near_the_truth(rho: float) -> None:
    x, y = correlated(20_000, rho, 6)
    assert neighbour_information(x, y).value == pytest.approx(correlated_information(rho), abs=0.02)


def test_the_estimate_by_neighbours_does_not_change_with_units() -> None:
    x, y = correlated(500, 0.7, 2)
    found = neighbour_information(x, y).value
    assert neighbour_information(x * 2.0**900, y * 2.0**-900).value == pytest.approx(found)
    assert neighbour_information(-y, x).value == pytest.approx(found)
    bits = neighbour_information(x, y, unit="bits").value
    assert bits == pytest.approx(found / math.log(2))


def test_a_hundred_thousand_pairs_are_estimated() -> None:
    x, y = correlated(100_000, 0.6, 1)
    assert neighbour_information(x, y).value == pytest.approx(correlated_information(0.6), abs=0.01)


def test_rounded_values_keep_the_information_of_their_table() -> None:
    """A binary channel with 10 % errors has 0.368 nats; tied values would give far more."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, 4000)
    y = np.where(rng.random(4000) < 0.1, 1 - x, x)
    found = neighbour_information(x, y)
    table = np.histogram2d(x, y, 2)[0]
    assert (found.tied_x, found.tied_y) == (4000, 4000)
    assert found.value == pytest.approx(float(information(table, (0,), (1,))), abs=0.04)
    assert neighbour_information(x, y) == found
    assert neighbour_information(x, y, seed=1) != found


def test_a_constant_has_no_information() -> None:
    assert neighbour_information([1.0] * 10, range(10)).value == 0
    found = binned_information([1.0] * 10, range(10))
    assert (found.plug_in, found.corrected) == (0, 0)
    assert found.counts.shape == (1, 1)


def test_bins_count_what_numpy_counts() -> None:
    x, y = correlated(1000, 0.5, 9)
    found = binned_information(x, y, (7, 11))
    counts, x_edges, y_edges = np.histogram2d(x, y, (7, 11))
    assert found.counts.tolist() == counts.tolist()
    np.testing.assert_allclose(found.x_edges, x_edges, rtol=1e-13)
    np.testing.assert_allclose(found.y_edges, y_edges, rtol=1e-13)
    assert (found.x_edges[0], found.x_edges[-1]) == (x.min(), x.max())
    close(found.plug_in, information(counts, (0,), (1,)), 1e-13)
    filled = [(counts.sum(1) > 0).sum(), (counts.sum(0) > 0).sum(), (counts > 0).sum()]
    miller = found.plug_in + (filled[0] + filled[1] - filled[2] - 1) / 2000
    assert found.corrected == pytest.approx(miller, rel=1e-13)


def test_the_correction_takes_most_of_the_bias_off() -> None:
    """Independent pairs: the plug-in estimate is high by (6-1)^2 / (2 * 500) = 0.025 nats."""
    rng = np.random.default_rng(1)
    found = [binned_information(rng.random(500), rng.random(500), 6) for _ in range(200)]
    plug_in = np.array([f.plug_in for f in found])
    corrected = np.array([f.corrected for f in found])
    assert plug_in.mean() == pytest.approx(0.025, abs=0.002)
    assert abs(corrected.mean()) < 0.002
    assert corrected.min() < 0


def test_rules_give_the_numbers_of_bins_of_their_sources() -> None:
    x = stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
    span = float(x.max() - x.min())
    low, high = np.quantile(x, [0.25, 0.75])
    expected = {
        "five_per_cell": 14,
        "sturges": math.ceil(math.log2(1000) + 1),
        "terrell_scott": 13,
        "scott": math.ceil(span / (3.49 * x.std() / 10)),
        "freedman_diaconis": math.ceil(span / (2 * (high - low) / 10)),
    }
    assert expected.keys() == RULES.keys()
    assert {rule: bin_count(x, rule) for rule in RULES} == expected


def test_no_rule_is_led_astray_by_outliers_and_equal_values() -> None:
    for x in (np.array([0.0] * 99 + [1e300]), np.array([0.0, 5e-324]), np.array([-1e300, 1e300])):
        for rule in RULES:
            assert 1 <= bin_count(x, rule) <= 512
            assert binned_information(x, x, rule).plug_in >= 0
        assert math.isfinite(neighbour_information(x, x[::-1], 1).value)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """40 samples at 95 %: fewer than 34 would be seen once in 3000 trials."""
    truth = correlated_information(0.6)
    found = [subsampling_interval(*correlated(500, 0.6, seed), seed=seed) for seed in range(40)]
    assert sum(i.low <= truth <= i.high for i in found) >= 34
    spread = np.std([i.value for i in found], ddof=1)
    assert np.mean([i.standard_error for i in found]) == pytest.approx(spread, rel=0.35)


def test_the_interval_takes_any_estimate() -> None:
    x, y = correlated(2000, 0.6, 3)
    found = subsampling_interval(x, y, lambda a, b: float(np.corrcoef(a, b)[0, 1]), 0.9)
    # The standard error of a correlation: Fisher (1915), (1 - rho^2) / sqrt(n).
    assert found.standard_error == pytest.approx(0.64 / math.sqrt(2000), rel=0.4)
    assert found.low < found.value < found.high


# what is refused

EYE = [[1.0, 0.0], [0.0, 1.0]]


@each(
    ("code", "call"),
    [
        ("joint_table", lambda: Joint([[1, 2], [3]])),
        ("joint_table", lambda: Joint([["a", "b"]])),
        ("joint_table", lambda: Joint([[True, False]])),
        ("joint_table", lambda: Joint(None)),
        ("joint_dimensions", lambda: Joint([1, 2])),
        ("joint_dimensions", lambda: Joint(3.0)),
        ("joint_cells", lambda: Joint([[], []])),
        ("joint_cells", lambda: Joint(np.ones((1001, 1000)))),
        ("weight", lambda: Joint([[1, -1]])),
        ("weight", lambda: Joint([[1, math.nan]])),
        ("weight", lambda: Joint([[1, INF]])),
        ("weights_zero", lambda: Joint([[0, 0], [0, 0]])),
        ("joint_axis", lambda: mutual_information(BLOOD, 0, 2)),
        ("joint_axis", lambda: mutual_information(BLOOD, 0, 0.5)),
        ("joint_axis", lambda: entropy(BLOOD, "x")),
        ("joint_axis_twice", lambda: mutual_information(BLOOD, 0, [0, 1])),
        ("joint_axis_twice", lambda: entropy(BLOOD, [1, -1])),
        ("joint_axis_none", lambda: mutual_information(BLOOD, 0, [])),
        ("joint_axis_none", lambda: entropy(BLOOD, [])),
        ("joint_axis_none", lambda: marginal(BLOOD, ())),
        ("joint_axis_none", lambda: conditional(BLOOD, 0, ())),
        ("unit", lambda: entropy(BLOOD, unit="bans")),
        ("normaliser", lambda: normalised_mutual_information(BLOOD, "mean")),
        ("correlation", lambda: correlated_information(1.1)),
        ("correlation", lambda: correlated_information(math.nan)),
        ("correlation", lambda: correlated_information("high")),
        ("covariance_shape", lambda: normal_entropy([1, 2])),
        ("covariance_shape", lambda: normal_entropy([[1, 2]])),
        ("covariance_shape", lambda: normal_entropy([["a"]])),
        ("covariance_shape", lambda: normal_entropy([[1, 2], [3]])),
        ("covariance_shape", lambda: normal_entropy(np.eye(17))),
        ("covariance_number", lambda: normal_entropy([[math.nan]])),
        ("covariance_symmetric", lambda: normal_entropy([[1, 0.5], [0.25, 1]])),
        ("covariance_definite", lambda: normal_information([[1, 2], [2, 1]])),
        ("covariance_definite", lambda: normal_entropy([[-1]])),
        ("covariance_definite", lambda: normal_entropy([[0, 1], [1, 1]])),
        ("joint_axis", lambda: normal_information(EYE, 0, 2)),
        ("joint_axis_twice", lambda: normal_information(EYE, 0, 0)),
        ("joint_axis_none", lambda: normal_information(EYE, 0, ())),
        ("joint_axis_none", lambda: normal_entropy(EYE, ())),
        ("pairs_type", lambda: neighbour_information([[1, 2]], [1, 2])),
        ("pairs_type", lambda: binned_information("ab", "cd")),
        ("pairs_type", lambda: binned_information(3, 4)),
        ("pairs_length", lambda: binned_information([1, 2], [1])),
        ("pairs_count", lambda: binned_information([], [])),
        ("pairs_count", lambda: neighbour_information([1, 2, 3], [1, 2, 3])),
        ("pairs_count", lambda: subsampling_interval(range(99), range(99))),
        ("pairs_value", lambda: binned_information([1, math.nan], [1, 2])),
        ("pairs_value", lambda: binned_information([1, 2], [1, -INF])),
        ("pairs_whole", lambda: neighbour_information([1, 2], [1, 2], 0)),
        ("pairs_whole", lambda: neighbour_information([1, 2], [1, 2], 1.0)),
        ("pairs_whole", lambda: binned_information([1, 2], [1, 2], 513)),
        ("pairs_whole", lambda: binned_information([1, 2], [1, 2], True)),
        ("bin_rule", lambda: binned_information([1, 2], [1, 2], "auto")),
        ("noise_seed", lambda: neighbour_information([1, 2], [1, 2], 1, seed=-1)),
        ("interval_level", lambda: subsampling_interval(range(100), range(100), level=1)),
    ],
)
def test_bad_input_is_refused_with_a_sentence(code: str, call: Callable[[], Any]) -> None:
    with pytest.raises(SceneError) as caught:
        call()
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


def test_no_warning_is_printed_and_the_error_state_of_numpy_stays(recwarn: Any) -> None:
    joint = Joint([[[1e308, 5e-324], [0, 1e-300]], [[0, 0], [0, 1]]])
    with np.errstate(all="raise"):
        entropy(joint, 0)
        conditional_entropy(joint, 0, [1, 2])
        conditional_mutual_information(joint, 0, 1, 2)
        pointwise_mutual_information(joint, [0, 1], 2)
        normalised_mutual_information(joint)
        dual_total_correlation(joint)
        binned_information([0, 5e-324, 1e300], [0, 0, 1])
        neighbour_information([0, 5e-324, 1e300], [0, 0, 1], 1)
        assert np.geterr()["over"] == "raise"
    assert not recwarn
