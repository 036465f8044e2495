"""A piecewise constant density from arrays: exact in its masses, whatever the scale."""

import math

import numpy as np
import pytest
from cases import each

import divviz
from divviz import SceneError, density, parse
from divviz.dist import Dist
from divviz.families import drawn

STEPS = density([0, 1, 3, 3.5], [1, 0, 2])


def test_masses_are_height_times_width() -> None:
    assert STEPS.cdf(np.array([0, 0.5, 1, 2, 3, 3.25, 3.5])).tolist() == pytest.approx(
        [0, 0.25, 0.5, 0.5, 0.5, 0.75, 1], abs=1e-15
    )
    assert STEPS.density(np.array([-1, 0.5, 2, 3.2, 4])).tolist() == pytest.approx(
        [0, 0.5, 0, 1, 0], rel=1e-15
    )


def test_empty_cells_are_outside_the_support() -> None:
    assert STEPS.support() == ((0, 1), (3, 3.5))
    found = divviz.explain("kl_pq", parse("uniform(0,3)"), STEPS)
    assert found.value == math.inf and found.reason is not None
    assert found.reason.fields["interval"] == "[1, 3]"


def test_moments_are_those_of_uniform_pieces() -> None:
    assert STEPS.mean() == pytest.approx(0.5 * 0.5 + 0.5 * 3.25, rel=1e-15)
    second = 0.5 / 3 + 0.5 * (3.5**3 - 3**3) / 1.5
    assert STEPS.sd() == pytest.approx(math.sqrt(second - STEPS.mean() ** 2), rel=1e-14)


def test_quantile_inverts_the_cdf() -> None:
    u = np.array([0, 1e-300, 0.1, 0.5, 0.50001, 0.9, 1])
    assert STEPS.quantile(u).tolist() == pytest.approx(
        [0, 2e-300, 0.2, 1, 3.00001, 3.4, 3.5], rel=1e-12
    )


def test_a_density_is_read_back_from_its_spelling() -> None:
    assert str(STEPS) == "density(0:1,1:0,3:2,3.5)"
    assert parse(str(STEPS)) == STEPS


def test_equal_cells_are_the_drawn_density() -> None:
    steps, curve = density(np.linspace(-1, 1, 5), [1, 5, 0, 2]), drawn(-1, 1, [1, 5, 0, 2])
    other = drawn(-1, 1, [3, 3, 1, 1])
    one, two = divviz.evaluate(other, steps), divviz.evaluate(other, curve)
    assert one == pytest.approx(two, rel=1e-13)


def test_kl_of_steps_is_the_sum_over_their_cells() -> None:
    p, q = density([0, 1, 4], [3, 1]), density([0, 2, 4], [1, 2])
    masses = np.array([0.5, 1 / 6, 1 / 3])
    others = np.array([1 / 6, 1 / 6, 2 / 3])
    found = divviz.measure("kl_pq", p, q)
    assert found == pytest.approx(float((masses * np.log(masses / others)).sum()), rel=1e-14)


@pytest.mark.parametrize(
    ("edges", "heights"),
    [([-1e300, 0, 1e300], [1e308, 1e308]), ([0, 5e-324, 1], [1, 1]), ([0, 1], [5e-324])],
)
def test_extreme_cells_stay_a_distribution(edges: list[float], heights: list[float]) -> None:
    dist = density(edges, heights)
    assert float(dist.cdf(edges[-1])) == 1 and math.isfinite(dist.sd() or 0.0)
    assert divviz.measure("kl_pq", dist, dist) == 0


@each(
    ("edges", "heights", "says"),
    [
        ([0, 1], [-1], "Weight number 1 is -1"),
        ([0, 1], [math.nan], "Weight number 1 is nan"),
        ([0, 1, 2], [0, 0], "All weights are 0"),
        ([0, 1], [1, 2], "give one edge more"),
        ([0, 1, 1], [1, 2], "Edge number 3 is 1"),
        ([0, math.inf], [1], "Outcome number 2 is inf"),
        ([], [], "0 cells were given"),
    ],
)
def test_what_is_no_density_is_refused_with_a_remedy(
    edges: list[float], heights: list[float], says: str
) -> None:
    with pytest.raises(SceneError, match=says):
        density(edges, heights)


@pytest.mark.parametrize("text", ["density(0:1", "density(0:1,", "density(0)", "density(0:1,1,2)"])
def test_a_text_cut_in_the_middle_is_refused(text: str) -> None:
    with pytest.raises(SceneError):
        parse(text)


def test_a_density_is_a_value() -> None:
    assert isinstance(STEPS, Dist) and hash(STEPS) == hash(density([0, 1, 3, 3.5], [1, 0, 2]))
