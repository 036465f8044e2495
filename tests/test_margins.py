"""The losses of a margin: closed forms, slopes by mpmath, kinks, and order."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from cases import each

from divviz.errors import SceneError
from divviz.margins import MARGINS

INF = math.inf
M = [-700.0, -30.5, -2.0, -1e-9, 1e-9, 0.3, 0.999, 1.5, 40.0, 700.0]


def focal(gamma: float) -> Any:
    def exact(m: Any) -> Any:
        p = 1 / (1 + mpmath.exp(-m))
        return mpmath.exp(-m * gamma) * p**gamma * mpmath.log1p(mpmath.exp(-m))

    return exact


EXACT: list[tuple[str, dict[str, float], Any]] = [
    ("zero_one", {}, lambda m: mpmath.mpf(m <= 0)),
    ("hinge", {}, lambda m: max(mpmath.mpf(0), 1 - m)),
    ("squared_hinge", {}, lambda m: max(mpmath.mpf(0), 1 - m) ** 2),
    ("exponential", {}, lambda m: mpmath.exp(-m)),
    ("logistic", {}, lambda m: mpmath.log1p(mpmath.exp(-m))),
    ("focal", {}, focal(2)),
    ("focal", {"gamma": 0}, focal(0)),
    ("focal", {"gamma": 0.5}, focal(0.5)),
    ("focal", {"gamma": 5}, focal(5)),
]


@each(("name", "options", "exact"), EXACT)
def test_values_and_slopes_are_those_of_400_digits(
    name: str, options: dict[str, float], exact: Any
) -> None:
    values, slopes = MARGINS[name].value(M, **options), MARGINS[name].slope(M, **options)
    with mpmath.workdps(400):
        for m, value, slope in zip(M, values, slopes, strict=True):
            m = mpmath.mpf(m)
            assert value == pytest.approx(float(exact(m)), rel=2e-14, abs=1e-307)
            # A difference of 400 digits over a step of 1e-100 has a relative error below 1e-90.
            h = mpmath.mpf(10) ** -100
            by_steps = float((exact(m + h) - exact(m - h)) / (2 * h))
            assert slope == pytest.approx(by_steps, rel=2e-14, abs=1e-307)


def test_every_loss_of_a_margin_is_checked() -> None:
    assert {name for name, _, _ in EXACT} == set(MARGINS)


@each(
    ("name", "m", "value", "slope"),
    [
        ("zero_one", 0, 1, 0),
        ("hinge", 1, 0, 0),
        ("hinge", 0, 1, -1),
        ("squared_hinge", 1, 0, 0),
        ("exponential", 0, 1, -1),
        ("logistic", 0, math.log(2), -0.5),
    ],
)
def test_kinks_take_the_stated_slope(name: str, m: float, value: float, slope: float) -> None:
    entry = MARGINS[name]
    assert (entry.value(m), entry.slope(m)) == (value, slope)


@each(
    ("name", "values", "slopes"),
    [
        ("zero_one", [1, 0], [0, 0]),
        ("hinge", [INF, 0], [-1, 0]),
        ("squared_hinge", [INF, 0], [-INF, 0]),
        ("exponential", [INF, 0], [-INF, 0]),
        ("logistic", [INF, 0], [-1, 0]),
        ("focal", [INF, 0], [-1, 0]),
    ],
)
def test_infinite_margins_give_the_limits(
    name: str, values: list[float], slopes: list[float]
) -> None:
    ends = np.array([-INF, INF])
    found = [MARGINS[name].value(ends), MARGINS[name].slope(ends)]
    np.testing.assert_array_equal(found, [values, slopes])
    assert not np.signbit(np.array(found)[np.array(found) == 0]).any()


@pytest.mark.parametrize("name", ["hinge", "squared_hinge", "exponential"])
def test_convex_surrogates_lie_above_the_mistakes(name: str) -> None:
    m = np.linspace(-5, 5, 1001)
    assert (MARGINS[name].value(m) >= MARGINS["zero_one"].value(m)).all()
    assert (np.diff(MARGINS[name].slope(m)) >= -1e-12).all()


def test_the_logistic_loss_bounds_mistakes_in_bits() -> None:
    m = np.linspace(-5, 5, 1001)
    assert (MARGINS["logistic"].value(m) / math.log(2) >= MARGINS["zero_one"].value(m)).all()


def test_shapes_are_kept() -> None:
    for entry in MARGINS.values():
        assert entry.value(np.zeros((2, 3))).shape == (2, 3) == entry.slope(np.zeros((2, 3))).shape
        assert entry.value(0.5).shape == () == entry.slope(0.5).shape
        assert entry.value([]).shape == (0,) == entry.slope([]).shape


def test_every_entry_says_its_formula_source_and_trap() -> None:
    for name, entry in MARGINS.items():
        assert entry.name == name and entry.latex and entry.source and entry.trap.endswith(".")


@pytest.mark.parametrize("bad", ["1", None, math.nan, [1, [2]]])
def test_what_is_no_margin_is_refused(bad: Any) -> None:
    for entry in MARGINS.values():
        for asked in (entry.value, entry.slope):
            with pytest.raises(SceneError, match="m holds something that is not a number"):
                asked(bad)


@pytest.mark.parametrize("gamma", [-1, INF])
def test_focal_takes_a_gamma_from_0(gamma: float) -> None:
    for asked in (MARGINS["focal"].value, MARGINS["focal"].slope):
        with pytest.raises(SceneError, match=r"gamma holds .*; use ≥ 0"):
            asked(0.0, gamma=gamma)
