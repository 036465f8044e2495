"""Histograms of a sample with ever more bins: SciPy, NumPy's counts, limits by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from cases import each
from scipy import integrate, stats

from divviz.empirical import bins, histogram
from divviz.errors import SceneError
from divviz.widths import by_bins

SAMPLES = {
    "normal": np.random.default_rng(1).normal(3, 2, 300),
    "skewed": np.random.default_rng(2).exponential(0.01, 50),
    "whole": np.random.default_rng(3).poisson(3, 200).astype(float),
    "two": np.array([1.0, 2.0]),
}


@pytest.mark.parametrize("x", SAMPLES.values(), ids=SAMPLES)
def test_entropy_and_kl_are_integrals_over_the_histogram(x: np.ndarray) -> None:
    found = by_bins(x)
    assert found.bins.tolist() == list(range(2, 61))
    normal = stats.norm(x.mean(), x.std())
    for i in (0, 1, 8, 58):
        count = int(found.bins[i])
        heights, edges = np.histogram(x, count, density=True)
        parts = [
            (h, integrate.quad(lambda t: normal.logpdf(t), a, b)[0], b - a)
            for h, a, b in zip(heights, edges, edges[1:], strict=False)
            if h > 0
        ]
        entropy = -math.fsum(h * math.log(h) * size for h, _, size in parts)
        cross = -math.fsum(h * logs for h, logs, _ in parts)
        assert found.entropy[i] == pytest.approx(entropy, abs=1e-11)
        assert found.kl[i] == pytest.approx(cross - entropy, abs=1e-10)
        assert found.sizes[i] == pytest.approx((x.max() - x.min()) / count, rel=1e-14)


@pytest.mark.parametrize("x", SAMPLES.values(), ids=SAMPLES)
def test_the_bins_are_those_of_the_histogram(x: np.ndarray) -> None:
    found = by_bins(x)
    for i, count in enumerate(range(2, 61)):
        _, counts = bins(histogram(x, count))
        plain = stats.entropy(counts) + math.log(found.sizes[i])
        assert found.entropy[i] == pytest.approx(plain, abs=1e-13)


def test_the_normal_has_the_mean_and_the_deviation_of_the_values() -> None:
    x = SAMPLES["normal"]
    found = by_bins(x)
    assert found.normal.name == "normal"
    np.testing.assert_allclose(found.normal.args, [x.mean(), x.std()], rtol=1e-13)
    assert found.normal_entropy == pytest.approx(stats.norm(0, x.std()).entropy(), rel=1e-13)


def test_ever_more_bins_take_the_entropy_down_and_kl_up_without_end() -> None:
    # Once each value has a bin of its own, twice as many bins lower the entropy by log 2.
    x = np.array([0.0, 1.0, 2.5, 4.0])
    found = by_bins(x, 128, 256)
    assert found.entropy[-1] == pytest.approx(math.log(4 * 4 / 256), abs=1e-13)
    assert found.entropy[0] - found.entropy[-1] == pytest.approx(math.log(2), abs=1e-13)
    assert found.kl[-1] - found.kl[0] == pytest.approx(math.log(2), abs=0.05)


def test_even_values_have_the_entropy_of_their_range_and_kl_of_a_uniform() -> None:
    x = np.arange(60.0)
    found = by_bins(x, 1, 60)
    sd = x.std()
    # KL(uniform on 0..59 || normal) = log(sd sqrt(2 pi)) + (59^2 / 12) / (2 sd^2) - log 59.
    kl = math.log(sd * math.sqrt(2 * math.pi)) + 59**2 / 12 / (2 * sd * sd) - math.log(59)
    for count in (1, 2, 3, 4, 5, 6, 10, 12):
        assert found.entropy[count - 1] == pytest.approx(math.log(59), abs=1e-13)
        assert found.kl[count - 1] == pytest.approx(kl, abs=1e-12)


@pytest.mark.parametrize("scale", [1e-8, 1e-3, 1e3, 1e8])
def test_the_unit_moves_the_entropy_and_leaves_kl(scale: float) -> None:
    x = SAMPLES["normal"]
    plain, scaled = by_bins(x), by_bins(x * scale)
    np.testing.assert_allclose(scaled.entropy - math.log(scale), plain.entropy, atol=1e-9)
    np.testing.assert_allclose(scaled.kl, plain.kl, atol=1e-9)


def test_the_order_of_the_values_does_not_matter() -> None:
    x = SAMPLES["skewed"]
    assert np.array_equal(by_bins(x).kl, by_bins(x[::-1].tolist()).kl)


@each(
    ("call", "code"),
    [
        (lambda: by_bins([3.0, 3.0, 3.0]), "histogram_equal"),
        (lambda: by_bins([3.0]), "histogram_equal"),
        (lambda: by_bins([1.0, math.nextafter(1.0, 2.0)]), "histogram_close"),
        (lambda: by_bins([1e200, 2e200]), "fit_none"),
        (lambda: by_bins([]), "samples_count"),
        (lambda: by_bins("1 2"), "samples_type"),
        (lambda: by_bins([1.0, math.nan]), "sample"),
        (lambda: by_bins([1.0, 2.0], 0), "pairs_whole"),
        (lambda: by_bins([1.0, 2.0], 5, 4), "pairs_whole"),
        (lambda: by_bins([1.0, 2.0], 2, 513), "pairs_whole"),
        (lambda: by_bins([1.0, 2.0], 2.5), "pairs_whole"),
    ],
)
def test_what_has_no_width_is_refused_in_a_sentence(call: Any, code: str) -> None:
    with pytest.raises(SceneError) as refused:
        call()
    assert refused.value.code == code
    assert str(refused.value)
