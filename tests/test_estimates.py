"""Entropy and KL from samples: by hand, their exact bias, known values, intervals."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from cases import each
from scipy.special import digamma
from scipy.stats import binom

from divviz.errors import SceneError
from divviz.estimates import (
    BIASES,
    miller_madow_entropy,
    nearest_entropy,
    nearest_kl,
    plug_in_entropy,
    plug_in_kl,
)
from divviz.families import histogram
from divviz.measures import evaluate
from divviz.neighbours import among, between

NORMAL = 0.5 * math.log(2 * math.pi * math.e)


def rng(seed=11):
    return np.random.default_rng(seed)


# --- by counts ------------------------------------------------------------------------------------


def test_the_plug_in_entropy_is_that_of_the_shares():
    found = plug_in_entropy([3, 1, 1, 2])
    assert found.value == pytest.approx(1.5 * math.log(2), rel=1e-15)
    assert (found.n, found.name) == (4, "plug_in_entropy")
    assert found.bias == -2 / 8


def test_miller_and_madow_add_half_the_outcomes_seen_less_one_over_n():
    found = miller_madow_entropy([3, 1, 1, 2])
    assert found.value == pytest.approx(1.5 * math.log(2) + 2 / 8, rel=1e-15)
    assert found.bias is None


def test_one_outcome_has_no_entropy():
    for estimate in (plug_in_entropy, miller_madow_entropy):
        found = estimate([5, 5, 5])
        assert (found.value, found.low, found.high) == (0, 0, 0)
        assert math.copysign(1, found.value) == 1


def compositions(n, m):
    return [c for c in product(range(n + 1), repeat=m) if sum(c) == n]


def test_the_mean_of_the_plug_in_entropy_over_all_samples_is_the_exact_one():
    # Every sample of 5 from (1/2, 1/3, 1/6), its probability as a fraction.
    p, n = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)), 5
    mean = weight = 0
    for counts in compositions(n, 3):
        chance = Fraction(math.factorial(n))
        for share, count in zip(p, counts, strict=True):
            chance *= share**count / math.factorial(count)
        x = np.repeat([0.0, 1.0, 2.0], counts)
        weight += chance
        mean += float(chance) * plug_in_entropy(x, resamples=0).value
    assert weight == 1
    # E H = log n - sum of E N log N / n, each N binomial: Paninski (2003), section 3.
    exact = math.log(n)
    for share in p:
        k = np.arange(1, n + 1)
        exact -= float(binom.pmf(k, n, float(share)) @ (k * np.log(k))) / n
    assert mean == pytest.approx(exact, rel=1e-13)
    true = -sum(float(s) * math.log(s) for s in p)
    assert -0.35 < mean - true < -2 / (2 * n)


def test_the_bias_that_is_told_is_the_leading_one():
    # Harris (1975): H - (m - 1)/(2n) + (1 - sum 1/p)/(12 n^2) + ...; two outcomes, all counts.
    p, n = 0.3, 400
    k = np.arange(n + 1)
    chance = binom.pmf(k, n, p)
    found = [plug_in_entropy(np.repeat([0.0, 1.0], [n - j, j]), resamples=0) for j in k]
    mean = chance @ [f.value for f in found]
    true = -p * math.log(p) - (1 - p) * math.log(1 - p)
    second = (1 - 1 / p - 1 / (1 - p)) / (12 * n**2)
    assert mean - true == pytest.approx(-1 / (2 * n) + second, abs=1e-7)
    assert found[120].bias == -1 / (2 * n)


def test_the_entropy_of_bins_is_that_of_the_histogram():
    x = rng().normal(size=300)
    edges = np.linspace(x.min(), x.max(), 16)
    found = plug_in_entropy(x, edges)
    dist = histogram(x, 15)
    assert found.value == pytest.approx(evaluate(dist, dist)["entropy_p"], rel=1e-12)
    p = np.histogram(x, edges)[0] / 300
    assert found.bias == -((p > 0).sum() - 1) / 600


def test_the_plug_in_kl_is_that_of_the_shares():
    found = plug_in_kl([1, 1, 2, 3], [1, 2, 2, 3])
    assert found.value == pytest.approx(0.25 * math.log(2), rel=1e-14)
    assert plug_in_kl([1, 2], [2, 1, 1, 2]).value == 0
    binned = plug_in_kl([0.1, 0.2, 0.7], [0.3, 0.9], edges=[0, 0.5, 1])
    expected = 2 / 3 * math.log(4 / 3) + 1 / 3 * math.log(2 / 3)
    assert binned.value == pytest.approx(expected, rel=1e-14)


def test_the_plug_in_kl_is_infinite_where_q_lacks_an_outcome():
    found = plug_in_kl([1, 2], [1, 1])
    assert (found.value, found.low, found.high) == (math.inf,) * 3
    assert math.isfinite(plug_in_kl([1, 1], [1, 2]).value)


def test_an_outcome_that_q_may_lose_leaves_the_interval_open():
    y = np.repeat([0.0, 1.0], [99, 1])
    found = plug_in_kl(np.repeat([0.0, 1.0], [50, 50]), y)
    assert math.isfinite(found.value) and found.low < found.value and found.high == math.inf


# --- by neighbours --------------------------------------------------------------------------------


@each("k", [1, 2, 3, 7])
@each("seed", range(5))
def test_the_neighbours_are_those_of_all_distances_sorted(k, seed):
    x, y = np.sort(rng(seed).normal(size=40)), np.sort(rng(seed + 9).normal(1, 2, size=25))
    own = np.sort(np.abs(x[:, None] - x), axis=1)
    np.testing.assert_array_equal(among(x, k).distance, own[:, k])
    other = np.sort(np.abs(x[:, None] - y), axis=1)
    np.testing.assert_array_equal(between(x, y, k).distance, other[:, k - 1])
    assert (among(x, k).rank == k).all() and (between(x, y, k).rank == k).all()


def test_the_nearest_neighbour_entropy_by_hand():
    # Distances to the nearest other of 0, 1, 3, 7: 1, 1, 2, 4; to the second: 3, 2, 3, 6.
    found = nearest_entropy([7, 0, 3, 1], k=1).value
    assert found == pytest.approx(digamma(4) - digamma(1) + np.log([2, 2, 4, 8]).mean(), rel=1e-14)
    found = nearest_entropy([7, 0, 3, 1], k=2).value
    assert found == pytest.approx(digamma(4) - digamma(2) + np.log([6, 4, 6, 12]).mean(), rel=1e-14)


def test_equal_values_are_measured_to_the_next_other_value_by_hand():
    # 0 twice: one equal, 2 at the rim, so rank 1 + (1 + 1)/2 = 2; 2: 0 twice at the rim, k = 1.
    found = nearest_entropy([0, 0, 2], k=1).value
    expected = digamma(3) - (2 * digamma(2) + digamma(1)) / 3 + math.log(4)
    assert found == pytest.approx(expected, rel=1e-14)
    # 1 twice between 0 and 2: rank 1 + (2 + 1)/2.
    ranks = among(np.array([0.0, 1.0, 1.0, 2.0]), 1).rank
    assert ranks.tolist() == [1, 2.5, 2.5, 1]


def test_the_nearest_neighbour_kl_by_hand():
    x, y = [0.0, 1.0, 3.0], [0.5, 4.0]
    own, other = [1, 1, 2], [0.5, 0.5, 1]
    expected = np.log(np.array(other) / own).mean() + math.log(2 / 2)
    assert nearest_kl(x, y, k=1).value == pytest.approx(expected, rel=1e-14)
    # 0 of P is also in Q, once: then 4 is at the rim, rank 1 + (1 + 1)/2.
    found = nearest_kl([0.0, 1.0, 3.0], [0.0, 4.0], k=1).value
    expected = np.log([4 / 1, 1 / 1, 1 / 2]).mean() + math.log(2 / 2)
    expected += digamma(1) - (digamma(2) + 2 * digamma(1)) / 3
    assert found == pytest.approx(expected, rel=1e-14)


@each(
    ("draw", "true", "scatter"),
    [
        # The scatter of log f(X), and what the nearest distances add (psi'(3) = 0.395).
        (lambda r, n: r.normal(5, 1, n), NORMAL, math.sqrt(0.5 + 0.395)),
        (lambda r, n: r.uniform(2, 5, n), math.log(3), math.sqrt(0.395)),
        (lambda r, n: r.exponential(2, n), 1 + math.log(2), math.sqrt(1 + 0.395)),
        (lambda r, n: r.normal(0, 1e-5, n), NORMAL - 5 * math.log(10), math.sqrt(0.895)),
    ],
)
@each("n", [2000, 50_000])
def test_known_entropies_are_found_within_four_standard_errors(draw, true, scatter, n):
    found = nearest_entropy(draw(rng(n), n), resamples=20).value
    assert found == pytest.approx(true, abs=4 * scatter / math.sqrt(n))


@pytest.mark.parametrize("decimals", [1, 2])
def test_rounded_values_keep_the_entropy_of_what_was_rounded(decimals):
    x = rng(3).normal(size=20_000).round(decimals)
    assert nearest_entropy(x, resamples=0).value == pytest.approx(NORMAL, abs=4 / math.sqrt(20_000))


def test_known_divergences_are_found():
    x, y = rng(1).normal(size=50_000), rng(2).normal(1, 1, size=40_000)
    assert nearest_kl(x, y, resamples=0).value == pytest.approx(0.5, abs=0.03)
    wide = rng(4).normal(0, 2, size=40_000)
    true = math.log(2) + 1 / 8 - 0.5
    assert nearest_kl(x, wide, resamples=0).value == pytest.approx(true, abs=0.02)
    same = rng(5).normal(size=40_000)
    assert nearest_kl(x, same, resamples=0).value == pytest.approx(0, abs=0.02)


def test_entropy_moves_with_the_unit_of_x_and_kl_does_not():
    x, y = rng(1).normal(size=200), rng(2).normal(1, 1, size=150)
    more = nearest_entropy(8 * x).value - nearest_entropy(x).value
    assert more == pytest.approx(math.log(8), rel=1e-12)
    assert nearest_kl(8 * x, 8 * y).value == pytest.approx(nearest_kl(x, y).value, rel=1e-12)


def test_point_masses_have_exact_infinities():
    found = nearest_entropy([2.0] * 9)
    assert (found.value, found.low, found.high) == (-math.inf,) * 3
    x = rng().normal(size=9)
    assert nearest_kl([2.0] * 9, x).value == math.inf
    assert nearest_kl(x, [2.0] * 9).value == math.inf
    assert nearest_kl([2.0] * 9, [2.0] * 7).value == 0


# --- intervals ------------------------------------------------------------------------------------

SHARES = np.array([0.4, 0.3, 0.2, 0.1])
COVERED = {
    "plug_in_entropy": (
        lambda r: plug_in_entropy(r.choice(4.0 * np.arange(4), 300, p=SHARES), resamples=60),
        -(SHARES * np.log(SHARES)).sum(),
    ),
    "miller_madow_entropy": (
        lambda r: miller_madow_entropy(r.choice(np.arange(4.0), 60, p=SHARES), resamples=60),
        -(SHARES * np.log(SHARES)).sum(),
    ),
    "nearest_entropy": (lambda r: nearest_entropy(r.normal(size=200), resamples=60), NORMAL),
    "plug_in_kl": (
        lambda r: plug_in_kl(
            r.choice(4, 400, p=SHARES).astype(float), r.integers(0, 4, 400) * 1.0, resamples=60
        ),
        (SHARES * np.log(4 * SHARES)).sum(),
    ),
    "nearest_kl": (
        lambda r: nearest_kl(r.normal(size=400), r.normal(0.5, 1, size=300), resamples=60),
        0.125,
    ),
}


@pytest.mark.parametrize("name", COVERED)
def test_an_interval_holds_the_true_value_about_as_often_as_it_says(name):
    draw, true = COVERED[name]
    found = [draw(rng(1000 + seed)) for seed in range(150)]
    assert all(f.low <= f.value <= f.high and f.name == name for f in found)
    held = np.mean([f.low <= true <= f.high for f in found])
    # 95 % less the bias of each; 150 trials scatter by 2 %.
    assert held > 0.82
    scatter = np.std([f.value for f in found])
    told = np.mean([f.high - f.low for f in found]) / 3.92
    assert 0.7 < told / scatter < 1.3


def test_every_estimate_tells_its_bias():
    assert COVERED.keys() == BIASES.keys()
    assert all(draw(rng()).note == BIASES[name] for name, (draw, _) in COVERED.items())


def test_an_estimate_is_the_same_each_time_and_for_any_order():
    x = rng().normal(size=100)
    for estimate in (plug_in_entropy, miller_madow_entropy, nearest_entropy):
        assert estimate(x) == estimate(x[::-1])
        assert estimate(x, seed=1).value == estimate(x).value
        assert estimate(x, seed=1) != estimate(x)


# Counts of few outcomes are drawn cell by cell, those of many value by value.
@pytest.mark.parametrize(("outcomes", "each"), [(4, 70), (30, 9)])
def test_the_interval_is_as_wide_as_the_multinomial_says(outcomes, each):
    found = plug_in_entropy(np.repeat(np.arange(1.0 * outcomes) ** 2, each), resamples=2000)
    n = outcomes * each
    share = rng(2).multinomial(n, np.full(outcomes, 1 / outcomes), size=20_000) / n
    entropies = -(share * np.log(np.where(share > 0, share, 1))).sum(axis=1)
    low, high = np.quantile(entropies, [0.025, 0.975])
    assert found.high - found.low == pytest.approx(high - low, rel=0.12)


@each(
    ("call", "code"),
    [
        (lambda: plug_in_entropy([]), "samples_count"),
        (lambda: plug_in_entropy([1, math.nan]), "sample"),
        (lambda: plug_in_entropy("1,2"), "samples_type"),
        (lambda: plug_in_entropy([1, 2], edges=[0, 1.5]), "estimate_edges"),
        (lambda: plug_in_entropy([1, 2], edges=[3, 0]), "estimate_edges"),
        (lambda: plug_in_entropy([1, 2], edges=[1]), "estimate_edges"),
        (lambda: plug_in_kl([1, 2], [1, 5], edges=[0, 3]), "estimate_edges"),
        (lambda: nearest_entropy([1, 2, 3]), "estimate_count"),
        (lambda: nearest_kl([1, 2, 3, 4], [1, 2, 3]), "estimate_count"),
        (lambda: nearest_entropy([1, 2, 3], k=0), "estimate_neighbour"),
        (lambda: nearest_entropy([1, 2, 3], k=1.5), "estimate_neighbour"),
        (lambda: nearest_entropy([1, 2, 3], k=True), "estimate_neighbour"),
    ],
)
def test_what_cannot_be_estimated_is_refused(call, code):
    with pytest.raises(SceneError) as caught:
        call()
    assert caught.value.code == code and str(caught.value).endswith(".")
