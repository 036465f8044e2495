"""Replays of an experiment: every sample enumerated, SciPy's entropies, and published biases."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from cases import each
from scipy import stats

from divviz.discrete import pmf
from divviz.errors import SceneError
from divviz.estimates import BIASES, miller_madow_entropy, plug_in_entropy
from divviz.families import make
from divviz.resampled import (
    MOST_OUTCOMES,
    MOST_RESAMPLES,
    MOST_VALUES,
    Track,
    expected_entropy,
    replay,
    surprises,
)
from divviz.worms import worms

PLAIN, MADOW, KL = "plug_in_entropy", "miller_madow_entropy", "plug_in_kl"
MODELS = ([0.5, 0.5], [0.9, 0.1], [1.0], [0.2, 0.3, 0.5], [0.98, 0.01, 0.01], [1 / 3] * 3)


def enumerated(p: list[float], n: int, estimate: Any) -> float:
    """The mean of an estimate of counts over all the k^n samples, each with its probability."""
    return math.fsum(
        math.prod(p[i] for i in sample) * estimate(np.bincount(sample, minlength=len(p)))
        for sample in itertools.product(range(len(p)), repeat=n)
    )


# exact means


@each("p", MODELS)
@each("n", [1, 2, 3, 4])
def test_the_exact_means_are_those_over_all_samples(p: list[float], n: int) -> None:
    q = [0.25, 0.35, 0.4][: len(p)]
    tracks = replay(pmf(p), n, pmf(q), 1).tracks
    q = [weight / sum(q) for weight in q]
    for name, estimate in (
        (PLAIN, stats.entropy),
        (MADOW, lambda c: stats.entropy(c) + ((c > 0).sum() - 1) / (2 * n)),
        (KL, lambda c: stats.entropy(c, q)),
    ):
        assert tracks[name].expected == pytest.approx(enumerated(p, n, estimate), abs=1e-14)


def test_the_mean_entropy_of_two_tosses_by_hand() -> None:
    # Two equal tosses half of the time say 0, two different ones log 2.
    assert expected_entropy(np.array([0.5, 0.5]), 2) == pytest.approx(0.5 * math.log(2), abs=1e-16)
    assert replay(pmf([1, 1]), 2).tracks[MADOW].expected == pytest.approx(
        0.5 * math.log(2) + 0.125, abs=1e-15
    )


def test_the_bias_comes_to_the_leading_one_and_its_next_term() -> None:
    # Harris (1975): -(k - 1)/(2n) + (1 - sum 1/p)/(12 n^2) + O(1/n^3).
    p = np.array([0.1, 0.2, 0.3, 0.4])
    for n, size in ((100, 3e-5), (1000, 3e-8), (10_000, 1e-10)):
        track = replay(pmf(p), n, resamples=1).tracks[PLAIN]
        assert track.leading == -3 / (2 * n)
        second = (1 - (1 / p).sum()) / (12 * n * n)
        assert track.bias == pytest.approx(track.leading + second, abs=size)


def test_kl_is_too_high_by_as_much_as_the_entropy_is_too_low() -> None:
    tracks = replay(worms(), 50, make("binomial", 10, 0.544)).tracks
    assert tracks[KL].bias == pytest.approx(-tracks[PLAIN].bias, abs=1e-15)
    assert tracks[KL].leading == 10 / 100
    assert tracks[KL].true == pytest.approx(0.427349724856193117, abs=1e-14)
    assert tracks[PLAIN].true == pytest.approx(2.261215561848701, abs=1e-14)


def test_miller_and_madow_leave_less_of_the_bias() -> None:
    for n in (20, 100, 1000):
        tracks = replay(worms(), n, resamples=1).tracks
        assert abs(tracks[MADOW].bias) < 0.5 * abs(tracks[PLAIN].bias)


# replays


@pytest.mark.parametrize("n", [1, 7, 1000])
def test_each_replay_has_the_estimates_of_its_counts(n: int) -> None:
    model = make("binomial", 10, 0.4)
    found = replay(worms(), n, model, 40, seed=3)
    assert found.counts.shape == (40, 11)
    assert (found.counts.sum(axis=1) == n).all()
    assert found.x.tolist() == list(range(11))
    q = stats.binom.pmf(np.arange(11), 10, 0.4)
    entropies = stats.entropy(found.counts, axis=1)
    np.testing.assert_allclose(found.tracks[PLAIN].values, entropies, atol=1e-14)
    seen = (found.counts > 0).sum(axis=1)
    np.testing.assert_allclose(found.tracks[MADOW].values, entropies + (seen - 1) / (2 * n))
    divergences = [stats.entropy(c, q) for c in found.counts]
    np.testing.assert_allclose(found.tracks[KL].values, divergences, rtol=1e-12, atol=1e-14)


def test_the_estimates_are_those_of_the_same_values_as_a_sample() -> None:
    found = replay(worms(), 30, resamples=5)
    for row, plain, corrected in zip(
        found.counts, found.tracks[PLAIN].values, found.tracks[MADOW].values, strict=True
    ):
        values = np.repeat(np.arange(11), row)
        assert plain == pytest.approx(plug_in_entropy(values, resamples=1).value, abs=1e-14)
        assert corrected == pytest.approx(
            miller_madow_entropy(values, resamples=1).value, abs=1e-14
        )


@pytest.mark.parametrize("n", [3, 20, 200])
def test_the_mean_of_many_replays_is_the_exact_mean(n: int) -> None:
    found = replay(worms(), n, make("binomial", 10, 0.544), MOST_RESAMPLES, seed=1)
    for track in found.tracks.values():
        error = track.values.std(ddof=1) / math.sqrt(MOST_RESAMPLES)
        assert abs(track.after(MOST_RESAMPLES).mean - track.expected) < 4 * error
        assert error < 0.05


def test_a_seed_replays_the_same_and_more_replays_begin_the_same() -> None:
    short, long = replay(worms(), 25, resamples=10, seed=5), replay(worms(), 25, seed=5)
    assert np.array_equal(short.counts, long.counts[:10])
    assert short.tracks[PLAIN].prefixes == long.tracks[PLAIN].prefixes[:10]
    assert not np.array_equal(short.counts, replay(worms(), 25, resamples=10, seed=6).counts)
    rng = np.random.default_rng(5)
    assert np.array_equal(replay(worms(), 25, resamples=10, seed=rng).counts, short.counts)


def test_outcomes_are_met_by_name_and_by_value() -> None:
    p = pmf([1, 3], labels=["sun", "rain"])
    q = pmf([1, 1, 2], labels=["rain", "snow", "sun"])
    assert replay(p, 5, q).tracks[KL].true == pytest.approx(
        0.25 * math.log(0.25 / 0.5) + 0.75 * math.log(0.75 / 0.25), abs=1e-15
    )
    assert replay(pmf([1, 0, 1]), 5).x.tolist() == [0, 2]


# what the first k show


@each("count", [1, 2, 3, 19, 20, 21, 100, 200])
def test_the_first_replays_have_their_own_mean_and_quantiles(count: int) -> None:
    track = replay(worms(), 15, seed=2).tracks[PLAIN]
    first = track.values[:count]
    found = track.after(count)
    assert found.count == count
    assert found.mean == pytest.approx(math.fsum(first) / count, abs=1e-14)
    assert found.bias == pytest.approx(found.mean - track.true, abs=1e-16)
    for value, share in ((found.low, 0.05), (found.high, 0.95)):
        assert value == np.quantile(first, share, method="closest_observation") or value in (
            np.quantile(first, share, method="lower"),
            np.quantile(first, share, method="higher"),
        )
    assert (first < found.low).mean() <= 0.05 + 1 / count
    assert (first > found.high).mean() <= 0.05 + 1 / count


def test_the_quantiles_of_1_to_200_are_order_statistics() -> None:
    track = Track(PLAIN, np.random.default_rng(0).permutation(np.arange(201.0)), 100.0, 100.0, None)
    assert (track.after(201).low, track.after(201).high) == (10.0, 190.0)
    assert track.after(201).mean == pytest.approx(100)
    assert track.after(201).bias == pytest.approx(0)


# nothing, everything, infinity


def test_a_sure_outcome_is_never_uncertain() -> None:
    tracks = replay(pmf([5]), 4, pmf([1])).tracks
    for track in tracks.values():
        assert (track.values == 0).all()
        assert (track.true, track.expected, track.bias) == (0, 0, 0)
        assert not np.signbit(track.values).any()


def test_one_value_never_shows_any_entropy() -> None:
    track = replay(worms(), 1).tracks[PLAIN]
    assert track.expected == 0
    assert (track.values == 0).all()
    assert track.leading == -5


def test_kl_of_a_sample_is_infinite_once_it_has_what_q_lacks() -> None:
    found = replay(pmf([1, 1]), 3, pmf([1, 0]), 50)
    track = found.tracks[KL]
    assert (np.isinf(track.values) == (found.counts[:, 1] > 0)).all()
    assert (track.true, track.expected, track.bias, track.leading) == (
        math.inf,
        math.inf,
        None,
        None,
    )
    assert track.after(50).mean == math.inf
    assert track.after(50).bias is None
    # So rare that no sample shows it: the estimate stays finite, below the infinite truth.
    rare = replay(pmf([1, 1, 1e-12]), 3, pmf([1, 1, 0]), 50).tracks[KL]
    assert math.isfinite(rare.after(50).mean)
    assert rare.after(50).bias == -math.inf


def test_a_distribution_without_an_end_has_no_leading_bias() -> None:
    tracks = replay(make("poisson", 4), 20, make("geometric", 0.3)).tracks
    assert tracks[PLAIN].leading is None
    assert tracks[PLAIN].true == pytest.approx(stats.poisson(4).entropy(), rel=1e-9)
    assert tracks[KL].true == math.inf  # the geometric lacks 0
    k = np.arange(100)
    mass = stats.poisson.pmf(k, 4)
    each = [-(m / 20) * math.log(m / 20) * stats.binom.pmf(m, 20, mass).sum() for m in range(1, 21)]
    assert tracks[PLAIN].expected == pytest.approx(math.fsum(each), abs=1e-13)


def test_what_an_outcome_seen_k_times_adds() -> None:
    assert surprises(1).tolist() == [0, 0]
    np.testing.assert_allclose(
        surprises(4), [0, 0.5 * math.log(2), 0.5 * math.log(2), -0.75 * math.log(0.75), 0]
    )
    assert not np.signbit(surprises(9)).any()


@each(
    ("call", "code"),
    [
        (lambda: replay(worms(), 0), "pairs_whole"),
        (lambda: replay(worms(), MOST_VALUES + 1), "pairs_whole"),
        (lambda: replay(worms(), 2.0), "pairs_whole"),
        (lambda: replay(worms(), True), "pairs_whole"),
        (lambda: replay(worms(), 5, resamples=0), "pairs_whole"),
        (lambda: replay(worms(), 5, resamples=MOST_RESAMPLES + 1), "pairs_whole"),
        (lambda: replay(worms(), 5, seed=-1), "noise_seed"),
        (lambda: replay(worms(), 5, seed=0.5), "noise_seed"),
        (lambda: replay(make("normal", 0, 1), 5), "act_discrete"),
        (lambda: replay(worms(), 5, make("normal", 0, 1)), "act_discrete"),
        (lambda: replay(pmf([1, 1]), 5, pmf([1, 2, 3], labels="abc")), "labels"),
        (lambda: replay(pmf([1] * (MOST_OUTCOMES + 1)), 5), "replay_outcomes"),
        (lambda: replay(worms(), 5).tracks[PLAIN].after(0), "pairs_whole"),
        (lambda: replay(worms(), 5).tracks[PLAIN].after(201), "pairs_whole"),
    ],
)
def test_what_cannot_be_replayed_is_refused(call: Any, code: str) -> None:
    with pytest.raises(SceneError) as refused:
        call()
    assert refused.value.code == code
    assert str(refused.value)


def test_the_largest_replay_keeps_every_number_finite() -> None:
    found = replay(pmf(np.arange(1.0, 3001)), 200, resamples=20)
    assert set(found.tracks) <= set(BIASES)
    for track in found.tracks.values():
        assert np.isfinite(track.values).all()
        assert track.expected < track.true
