"""What a hand draws becomes a normal for each hump; its mean and its variance are kept."""

import math

import numpy as np
import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from divviz.families import drawn
from divviz.humps import MOST, normal_of, normals_of
from divviz.shapes import levels_of

CELLS = 256


def stroke(heights, a=-6.0, b=6.0):
    return drawn(a, b, levels_of(np.asarray(heights, float)))


def bells(parts, a=-6.0, b=6.0, n=CELLS):
    """The heights of a mixture of normals [(weight, mean, sd), ...] in cells."""
    edges = np.linspace(a, b, n + 1)
    return sum(w * np.diff(stats.norm.cdf(edges, m, s)) for w, m, s in parts)


def parts_of(dist):
    """[(weight, mean, sd), ...]"""
    if dist.name == "normal":
        return [(1.0, *dist.args)]
    total = dist.weights.sum()
    return [(w / total, *part.args) for w, part in zip(dist.weights, dist.parts, strict=True)]


def moments(heights, a=-6.0, b=6.0):
    """Mean and variance of cells by sums, a cell spread evenly over its width."""
    levels = np.asarray(levels_of(np.asarray(heights, float)), float)
    above = np.maximum(levels - 1, 0)
    mass = (above if above.any() else levels) / (above if above.any() else levels).sum()
    cell = (b - a) / len(mass)
    x = a + cell * (np.arange(len(mass)) + 0.5)
    mean = float(mass @ x)
    return mean, float(mass @ (x - mean) ** 2) + cell**2 / 12


@each(
    "parts",
    [
        [(1.0, 0.0, 1.0)],
        [(0.6, -2.0, 0.7), (0.4, 2.5, 0.8)],
        [(0.5, -1.0, 0.7), (0.5, 1.0, 0.7)],
        [(0.3, -3.0, 0.6), (0.4, 0.5, 0.5), (0.3, 4.0, 0.5)],
        [(0.95, -1.0, 1.0), (0.05, 4.0, 0.3)],
    ],
)
def test_bells_that_are_drawn_come_back_as_they_were(parts):
    found = parts_of(normals_of(stroke(bells(parts))))
    assert np.array(found) == pytest.approx(np.array(parts), rel=0.01, abs=0.01)


@pytest.mark.parametrize(
    ("weights", "mean", "sd"), [([1.0] * 64, 0.0, math.sqrt(12)), (np.arange(1.0, 257), 2.0, None)]
)
def test_one_hump_of_any_shape_becomes_the_normal_of_its_mean_and_variance(weights, mean, sd):
    found = normals_of(stroke(weights))
    sd = math.sqrt(8) if sd is None else sd  # of a triangle of base 12: 12 / sqrt(18)
    assert found.name == "normal"
    assert found.args == pytest.approx((mean, sd), rel=0.01, abs=0.02)


def test_the_normal_of_a_stroke_has_its_mean_and_variance_whatever_its_humps():
    heights = bells([(0.6, -2.0, 0.7), (0.4, 2.5, 0.8)])
    mean, variance = -0.2, 0.6 * 0.49 + 0.4 * 0.64 + 0.24 * 4.5**2
    assert normal_of(stroke(heights)).args == pytest.approx((mean, math.sqrt(variance)), abs=0.01)


heights_of = st.lists(st.integers(0, 4095), min_size=2, max_size=300).filter(
    lambda some: max(some) > 1
)


@settings(max_examples=150, deadline=None)
@given(heights_of)
def test_the_mean_and_the_variance_of_any_stroke_are_kept(heights):
    found = normals_of(stroke(heights))
    parts = np.array(parts_of(found))
    mean, variance = moments(heights)
    got = float(parts[:, 0] @ parts[:, 1])
    assert len(parts) <= MOST and (parts[:, 2] > 0).all()
    assert got == pytest.approx(mean, abs=0.01)
    spread = float(parts[:, 0] @ (parts[:, 2] ** 2 + (parts[:, 1] - got) ** 2))
    assert spread == pytest.approx(variance, rel=0.01, abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(heights_of)
def test_what_was_drawn_has_mass_on_the_whole_line(heights):
    assert normals_of(stroke(heights)).support() == ((-math.inf, math.inf),)


def test_the_trembling_of_a_hand_is_no_hump():
    tremble = 1 + 0.04 * np.sin(np.arange(CELLS) * 1.3)
    assert normals_of(stroke(bells([(1, 0, 1.5)]) * tremble)).name == "normal"


def test_a_gap_parts_what_is_drawn():
    heights = np.ones(CELLS)
    heights[100:130] = 0
    assert len(normals_of(stroke(heights)).parts) == 2


def test_more_humps_than_a_mixture_takes_are_joined():
    comb = (np.arange(CELLS) % 16 < 4).astype(float)
    assert len(normals_of(stroke(comb)).parts) == MOST


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_the_unit_of_x_makes_no_difference(scale):
    heights = bells([(0.6, -2.0, 0.7), (0.4, 2.5, 0.8)])
    found = np.array(parts_of(normals_of(stroke(heights, -6 * scale, 6 * scale))))
    plain = np.array(parts_of(normals_of(stroke(heights))))
    assert found[:, 1:] / scale == pytest.approx(plain[:, 1:], rel=2e-3, abs=2e-3)


def test_an_even_stroke_of_the_lowest_level_is_not_nothing():
    assert normals_of(drawn(0, 1, [1] * 20)).args == pytest.approx(
        (0.5, math.sqrt(1 / 12)), abs=1e-3
    )
