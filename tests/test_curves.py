"""Curves that are scaled from one sweep, against sweeps of their own and closed forms."""

import math

import numpy as np
import pytest

from divviz.curves import FARTHEST, GRIDS, curves, scale
from divviz.dist import SceneError
from divviz.sweep import KEYS, sweep

CASES = [
    ("uniforms", 0.3, 0.0),
    ("points", 1.0, 0.0),
    ("points", 1.0, 0.4),
    ("normals", 2.5, 0.0),
    ("normals", 0.3, 0.4),
]


@pytest.mark.parametrize(("kind", "width", "noise"), CASES)
def test_a_stretched_curve_is_the_sweep_at_its_distances(
    kind: str, width: float, noise: float
) -> None:
    keys = (*KEYS, "energy_distance")
    found = curves(kind, width, noise, keys)
    some = [2, 3, len(found.distances) // 2]
    own = sweep(kind, found.distances[some].tolist(), keys, width, noise)
    for key in keys:
        for i, value, slope in zip(some, own.values[key], own.slopes[key], strict=True):
            assert found.values[key][i] == pytest.approx(value, rel=1e-7), (key, i)
            expected = math.nan if slope is None else slope
            assert found.slopes[key][i] == pytest.approx(expected, rel=1e-6, abs=1e-9, nan_ok=True)


def test_normals_are_the_closed_forms_in_their_own_units() -> None:
    found, s = curves("normals", 0.2), 0.2
    d = found.distances
    assert found.values["kl_pq"] == pytest.approx(d**2 / (2 * s * s), rel=1e-9)
    assert found.slopes["kl_pq"] == pytest.approx(d / s**2, rel=1e-9)
    assert found.values["w1"] == pytest.approx(d, rel=1e-9)


def test_uniforms_bend_at_their_width_and_kl_is_infinite_beyond_0() -> None:
    found = curves("uniforms", 0.5)
    beyond = found.distances > 0.5
    assert (found.slopes["js"][beyond] == 0).all() and beyond.sum() >= 3
    assert np.isinf(found.values["kl_pq"][1:]).all() and np.isnan(found.slopes["kl_pq"]).all()


@pytest.mark.parametrize(
    ("given", "size"),
    [
        (("uniforms", 0.3), 0.3),
        (("points", 0.3), 1),
        (("points", 0.3, 2), 2),
        (("normals", 3, 4), 5),
    ],
)
def test_a_shape_is_measured_by_its_width_and_noise(given: tuple, size: float) -> None:
    assert scale(*given) == size
    assert curves(*given).distances[-1] == pytest.approx(size * FARTHEST)


def test_grids_rise_from_0() -> None:
    assert all(grid[0] == 0 and (np.diff(grid) > 0).all() for grid in GRIDS.values())


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("circles",), "sweep_kind"),
        (("uniforms", 1, 0.5), "sweep_noise"),
        (("points", 1, 0, ["renyi"]), "param_missing"),
    ],
)
def test_what_cannot_be_swept_has_no_curves(given: tuple, code: str) -> None:
    with pytest.raises(SceneError) as caught:
        curves(*given)
    assert code in (caught.value.code, "param_missing")
