"""Whatever Python code hands the core, the answer is a number or one SceneError; no warning."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from cases import each

from divviz.families import (
    FAMILIES,
    SceneError,
    density,
    drawn,
    fitted,
    histogram,
    make,
    mixture,
    pmf,
    samples,
    scaled,
    shifted,
    truncated,
)
from divviz.measures import MEASURES, evaluate, explain, measure

N01 = make("normal", 0, 1)
COIN = pmf([1, 2])
SEEN: set[str] = set()  # what has answered once need not again
NO_NUMBERS: list[Any] = [
    None, "", "nan", "one", [], [1, 2], {}, {"a": 1}, 1j, object(), math.nan, np.nan,
    np.array([1.0, 2.0]), np.array("x"), Ellipsis, print, Decimal("NaN"),
]  # fmt: skip
EXTREMES: list[Any] = [
    math.inf, -math.inf, 1e308, -1e308, 1e999, 5e-324, -5e-324, 0.0, -0.0, -1.0, 10**400,
    -(10**400), 2**63, np.float32(3e38), np.int8(-128), np.uint64(2**64 - 1),
    Fraction(1, 10**400), True, False,
]  # fmt: skip


def lists() -> list[Any]:
    """Lists of anything, made anew each time: an iterator gives its values only once."""
    return [
        [], [None], ["1"], [True], [math.nan], [math.inf], [1, -1], [0], [0, 0], [-0.0], [1, None],
        [[1, 2], [3, 4]], np.zeros((2, 2)), np.array([]), np.array([1, np.nan]),
        np.array(["a", "b"]), np.array([True, False]), np.array([1 + 1j]), np.array([object()]),
        np.datetime64("2020-01-01"), "123", b"12", {1: 2}, {1, 2}, None, 3, 1.5, range(0), iter([]),
        (x for x in [1, "a"]),
        [10**400], [1e308] * 3, [5e-324] * 3, [1e308, 5e-324], [Decimal(1), 2], np.float64(3),
    ]  # fmt: skip


def calm(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """The result or the SceneError; another exception, a warning or a changed state fails."""
    before = np.geterr()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result = function(*args, **named)
        except SceneError as error:
            result = error
            sentence = str(error)
            assert sentence.endswith(".") and len(sentence) < 600
    assert np.geterr() == before
    return result


def numbers_of(dist: Any) -> None:
    """All that a distribution says about itself and against another is a number or a SceneError."""
    if isinstance(dist, SceneError) or str(dist) in SEEN:
        return
    SEEN.add(str(dist))
    other = N01 if dist.kind == "continuous" else COIN
    found = calm(evaluate, dist, other if dist.labels is None else dist)
    assert not isinstance(found, SceneError)
    for key, value in found.items():
        assert value is None or not math.isnan(value), key
        assert value != 0 or math.copysign(1, value) > 0, key


@each("name", FAMILIES)
@each("value", NO_NUMBERS)
def test_a_parameter_that_is_no_number_is_a_scene_error(name: str, value: Any) -> None:
    params = FAMILIES[name].params
    for at in range(len(params)):
        args = [param.default for param in params]
        args[at] = value
        assert isinstance(calm(make, name, *args), SceneError), args
    assert isinstance(calm(make, name, *[value] * (len(params) + 1)), SceneError)


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family.params])
def test_an_extreme_parameter_is_a_scene_error_or_a_working_distribution(name: str) -> None:
    params = FAMILIES[name].params
    for at, value in product(range(len(params)), EXTREMES):
        args: list[Any] = [param.default for param in params]
        args[at] = value
        numbers_of(calm(make, name, *args))
    for bounds in (
        [(param.minimum, param.maximum) for param in params],
        [(param.maximum, param.minimum) for param in params],
    ):
        for pick in (0, 1):
            numbers_of(calm(make, name, *[pair[pick] for pair in bounds]))


@each("at", range(len(lists())))
def test_a_list_of_anything_is_a_scene_error_or_a_working_distribution(at: int) -> None:
    def values() -> Any:
        return lists()[at]

    numbers_of(calm(pmf, values()))
    numbers_of(calm(pmf, [1, 2], values()))
    numbers_of(calm(samples, values()))
    numbers_of(calm(histogram, values()))
    numbers_of(calm(fitted, values(), "normal"))
    numbers_of(calm(density, values(), [1, 2]))
    numbers_of(calm(density, [0, 1, 2], values()))
    numbers_of(calm(drawn, 0, 1, values()))
    numbers_of(calm(mixture, values(), [N01, make("laplace", 0, 1)]))
    calm(mixture, [1, 2], values())
    calm(pmf, [1, 2], None, values())


@each("value", [*NO_NUMBERS, *EXTREMES])
def test_a_wrapper_takes_only_numbers_that_it_can_use(value: Any) -> None:
    for inner in (N01, COIN):
        numbers_of(calm(shifted, inner, value))
        numbers_of(calm(scaled, inner, value))
        numbers_of(calm(truncated, inner, value, 2))
        numbers_of(calm(truncated, inner, 0, value))


@each("dist", [*NO_NUMBERS, "normal(0,1)", 1.0, COIN.family])
def test_what_is_no_distribution_is_named(dist: Any) -> None:
    for key in MEASURES:
        for pair in ((dist, N01), (N01, dist), (dist, dist)):
            if not (pair[1] is None and MEASURES[key].of == "p"):
                assert isinstance(calm(measure, key, *pair), SceneError), (key, pair)
    assert isinstance(calm(evaluate, dist, N01), SceneError)
    assert isinstance(calm(evaluate, N01, dist), SceneError)


@each("key", [None, "", 1, "KL", "kl_pq ", "__class__", b"kl_pq", [], "renyi("])
def test_an_unknown_measure_or_unit_is_named(key: Any) -> None:
    assert isinstance(calm(measure, key, N01, N01), SceneError)
    assert isinstance(calm(explain, key, N01, N01), SceneError)
    assert isinstance(calm(evaluate, N01, N01, key), SceneError)
    assert isinstance(calm(measure, "kl_pq", N01, N01, unit=key), SceneError)


PAIRS = {
    "normals": (N01, make("normal", 2, 1)),
    "coins": (COIN, pmf([2, 1])),
    "disjoint": (pmf([1, 0]), pmf([0, 1])),
    "singular": (make("gamma", 0.3, 1), make("cauchy", 0, 1)),
    "across": (COIN, N01),
}


@each("pair", PAIRS.values())
@each("key", [key for key, one in MEASURES.items() if one.params])
def test_a_parameter_of_a_measure_is_refused_or_gives_a_number(key: str, pair: Any) -> None:
    for param, value in product(MEASURES[key].params, [*NO_NUMBERS, *EXTREMES]):
        found = calm(measure, key, *pair, **{param.name: value})
        if not isinstance(found, SceneError):
            assert not math.isnan(found), (param.name, value)
            assert found != 0 or math.copysign(1, found) > 0, (param.name, value)
    assert isinstance(calm(measure, key, *pair, beta=1), SceneError)


def test_a_refused_value_is_shown_short() -> None:
    for hostile in (
        "x" * 10**6,
        "\x00\x1b[31m",
        "<script>",
        "％s{0}",
        "\ud800",
        "[](javascript:1)",
    ):
        for error in (
            calm(make, hostile),
            calm(make, "normal", hostile, 1),
            calm(measure, hostile, N01, N01),
            calm(pmf, [hostile]),
            calm(mixture, [hostile, 1], [N01, N01]),
            calm(shifted, N01, hostile),
        ):
            assert isinstance(error, SceneError)
            assert "\x1b" not in str(error) and "\x00" not in str(error)
