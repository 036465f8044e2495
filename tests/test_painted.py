"""Painted tables: the textbook's numbers, closed forms of the pictures, NumPy's correlation."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from cases import each

from divviz.errors import SceneError
from divviz.joint import Joint, independent_table, marginal
from divviz.painted import (
    FULL,
    LONGEST,
    MOST_SIDE,
    PICTURES,
    TEXTBOOK,
    correlation,
    edited,
    painted,
    picture,
    read_table,
    spelled,
    stroke,
    told,
)

# what it tells


def test_the_textbook_table_has_the_textbook_numbers() -> None:
    # Cover & Thomas (2006), example 2.2.1, and I(X;Y) after (2.45).
    found = told(TEXTBOOK, "bits")
    assert found.h_x == pytest.approx(7 / 4, abs=1e-15)
    assert found.h_y == pytest.approx(2, abs=1e-15)
    assert found.h_x_given_y == pytest.approx(11 / 8, abs=1e-15)
    assert found.h_y_given_x == pytest.approx(13 / 8, abs=1e-15)
    assert found.h_xy == pytest.approx(27 / 8, abs=1e-15)
    assert found.information == pytest.approx(3 / 8, abs=1e-15)
    assert marginal(TEXTBOOK, 1).tolist() == [1 / 2, 1 / 4, 1 / 8, 1 / 8]
    assert marginal(TEXTBOOK, 0).tolist() == [1 / 4] * 4


def test_the_parts_of_the_diagram_add_up_in_any_unit() -> None:
    for name in PICTURES:
        for unit, nats in (("nats", 1.0), ("bits", math.log(2)), ("hartleys", math.log(10))):
            found = told(picture(name), unit)
            assert found.h_x == pytest.approx(found.h_x_given_y + found.information, abs=1e-13)
            assert found.h_y == pytest.approx(found.h_y_given_x + found.information, abs=1e-13)
            assert found.h_xy == pytest.approx(found.h_x + found.h_y_given_x, abs=1e-13)
            assert found.h_xy * nats == pytest.approx(told(picture(name)).h_xy, rel=1e-14)


@each(
    ("name", "bits", "correlated"),
    [
        ("line", math.log2(12), 1.0),
        # Each of the 6 heights belongs to two columns.
        ("x_squared", math.log2(6), 0.0),
        # Two cells in each column, and each row.
        ("cross", math.log2(6), 0.0),
        # The parity alone; places of one parity are 1/2 off the middle, of variance 143/12.
        ("checkerboard", 1.0, 3 / 143),
        ("product", 0.0, 0.0),
    ],
)
def test_pictures_have_the_information_and_correlation_of_their_rule(
    name: str, bits: float, correlated: float
) -> None:
    found = told(picture(name), "bits")
    assert found.information == pytest.approx(bits, abs=1e-14)
    assert found.correlation == pytest.approx(correlated, abs=1e-15)


@each("name", ["x_squared", "circle", "cross"])
@each("side", [5, 12, 13, 24])
def test_a_mirrored_picture_has_correlation_exactly_0_and_much_information(
    name: str, side: int
) -> None:
    found = told(picture(name, side), "bits")
    assert found.correlation == 0
    assert not math.copysign(1, found.correlation) < 0
    assert found.information > 0.5


def test_a_parabola_painted_with_any_weights_in_mirror_has_correlation_exactly_0() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        half = rng.random((9, 6)) * 10.0 ** rng.integers(-8, 8)
        assert correlation(Joint(np.hstack([half, half[:, ::-1]]))) == 0


def test_the_product_says_exactly_nothing() -> None:
    for side in range(2, MOST_SIDE + 1):
        joint = picture("product", side)
        assert told(joint).information == 0
        np.testing.assert_allclose(independent_table(joint), joint.table, rtol=1e-14)


def test_noise_says_something_though_no_rule_made_it() -> None:
    assert 0.1 < told(picture("noise"), "bits").information < 1
    assert picture("noise") == picture("noise")


def test_the_correlation_is_that_of_the_pairs_that_the_weights_count() -> None:
    rng = np.random.default_rng(4)
    for _ in range(30):
        rows, columns = rng.integers(2, 9, 2)
        weights = rng.integers(0, 10, (rows, columns))
        weights[0, 0] = weights[-1, -1] = 1
        y, x = (np.repeat(at.ravel(), weights.ravel()) for at in np.indices(weights.shape))
        expected = np.corrcoef(x, y)[0, 1]
        assert correlation(Joint(weights)) == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("size", [5e-324, 1e-200, 1.0, 1e308])
def test_the_correlation_does_not_depend_on_the_size_of_the_weights(size: float) -> None:
    assert correlation(Joint(np.array([[1, 0], [0, 1]]) * size)) == 1
    assert correlation(Joint(np.array([[0, 1], [1, 0]]) * size)) == -1


def test_the_correlation_of_a_constant_is_not_defined() -> None:
    assert correlation(Joint([[0, 1], [0, 3]])) is None
    assert correlation(Joint([[2, 1], [0, 0]])) is None
    assert told(Joint([[0, 1], [0, 0]])).correlation is None


# the brush


def test_a_weight_changes_one_cell_and_leaves_the_table_before_as_it_was() -> None:
    joint = Joint([[1, 1], [1, 1]])
    assert edited(joint, 0, 1, 5).weights.tolist() == [[1, 5], [1, 1]]
    assert joint.weights.tolist() == [[1, 1], [1, 1]]
    assert edited(joint, 1, 0, np.float64(0.25)).weights.tolist() == [[1, 1], [0.25, 1]]


def test_a_stroke_paints_every_cell_from_one_to_the_other() -> None:
    assert stroke((0, 0), (0, 3)) == ((0, 0), (0, 1), (0, 2), (0, 3))
    assert stroke((2, 2), (0, 0)) == ((2, 2), (1, 1), (0, 0))
    assert stroke((4, 1), (4, 1)) == ((4, 1),)
    rng = np.random.default_rng(1)
    for _ in range(200):
        start, end = (tuple(rng.integers(0, 24, 2).tolist()) for _ in range(2))
        cells = stroke(start, end)
        assert cells[0] == start
        assert cells[-1] == end
        assert len(cells) == 1 + max(abs(a - b) for a, b in zip(start, end, strict=True))
        for one, other in pairwise(cells):
            assert max(abs(a - b) for a, b in zip(one, other, strict=True)) == 1
        # No cell is further than half a cell from the straight line.
        (y, x), (down, right) = start, (end[0] - start[0], end[1] - start[1])
        off = [abs(down * (column - x) - right * (row - y)) for row, column in cells]
        assert max(off) <= 0.5 * max(abs(down), abs(right))


def test_painting_a_stroke_paints_all_its_cells() -> None:
    joint = painted(Joint(np.ones((3, 4))), stroke((0, 0), (2, 2)), 9)
    assert joint.weights.tolist() == [[9, 1, 1, 1], [1, 9, 1, 1], [1, 1, 9, 1]]


# the link


def test_digits_are_written_as_digits() -> None:
    assert spelled(TEXTBOOK) == "k4:4211241122228000"
    assert read_table("k4:4211241122228000") == TEXTBOOK
    assert spelled(Joint([[0.5, 0.25], [0, 12]])) == "w2:0.5,0.25,0,12"


def test_every_table_reads_back_as_it_was() -> None:
    rng = np.random.default_rng(2)
    for name in PICTURES:
        for side in (2, 3, 12, MOST_SIDE):
            assert read_table(spelled(picture(name, side))) == picture(name, side)
    for _ in range(40):
        weights = np.exp(rng.normal(0, 100, rng.integers(2, 9, 2)))
        assert read_table(spelled(Joint(weights))) == Joint(weights)
    fullest = Joint(rng.random((MOST_SIDE, MOST_SIDE)) * 1e-300)
    assert read_table(f"  {spelled(fullest)}\n") == fullest


def test_a_painted_table_of_the_usual_size_fits_a_link() -> None:
    text = spelled(picture("noise"))
    assert len(text) == 4 + 144
    # Nothing in it has to be escaped in an address.
    assert re.fullmatch(r"k12:[0-9]{144}", text)


def test_pictures_are_painted_with_digits_and_touch_every_side() -> None:
    for name in PICTURES:
        for side in range(2, MOST_SIDE + 1):
            weights = picture(name, side).weights
            assert weights.shape == (side, side)
            assert set(weights.ravel()) <= set(range(FULL + 1))
    assert (picture("x_squared", 9).weights.argmax(axis=0) == [8, 5, 2, 1, 0, 1, 2, 5, 8]).all()


@each(
    ("call", "code"),
    [
        (lambda: edited(TEXTBOOK, 0, 0, -1), "painted_weight"),
        (lambda: edited(TEXTBOOK, 0, 0, math.nan), "painted_weight"),
        (lambda: edited(TEXTBOOK, 0, 0, math.inf), "painted_weight"),
        (lambda: edited(TEXTBOOK, 0, 0, "1"), "painted_weight"),
        (lambda: edited(TEXTBOOK, 0, 0, True), "painted_weight"),
        (lambda: edited(TEXTBOOK, 4, 0, 1), "act_index"),
        (lambda: edited(TEXTBOOK, 0, -1, 1), "act_index"),
        (lambda: edited(TEXTBOOK, 0.0, 0, 1), "act_index"),
        (lambda: edited(Joint([[0, 1], [0, 0]]), 0, 1, 0), "weights_zero"),
        (lambda: told(Joint(np.ones((2, 2, 2)))), "painted_axes"),
        (lambda: told(TEXTBOOK, "bytes"), "unit"),
        (lambda: picture("cat"), "painted_picture"),
        (lambda: picture("line", 1), "painted_side"),
        (lambda: picture("line", 25), "painted_side"),
        (lambda: picture("line", 3.0), "painted_side"),
        (lambda: read_table(None), "painted_text"),
        (lambda: read_table(""), "painted_text"),
        (lambda: read_table("k4"), "painted_text"),
        (lambda: read_table("k:1111"), "painted_text"),
        (lambda: read_table("q2:1111"), "painted_text"),
        (lambda: read_table("k-2:1111"), "painted_text"),
        (lambda: read_table("k²:1111"), "painted_text"),
        (lambda: read_table("k2:11a1"), "painted_text"),
        (lambda: read_table("k2:11١1"), "painted_text"),
        (lambda: read_table("k2:"), "painted_text"),
        (lambda: read_table("w2:1,,1,1"), "painted_text"),
        (lambda: read_table("k2:" + "1" * LONGEST), "painted_text"),
        (lambda: read_table("k3:1111"), "painted_rows"),
        (lambda: read_table("k0:1111"), "painted_rows"),
        (lambda: read_table("k" + "9" * 4000 + ":1111"), "painted_rows"),
        (lambda: read_table("k4:1111"), "painted_side"),
        (lambda: read_table("k1:1111"), "painted_side"),
        (lambda: read_table("k25:" + "1" * 50), "painted_side"),
        (lambda: read_table("k2:0000"), "weights_zero"),
        (lambda: read_table("w2:1,2,-3,4"), "weight"),
        (lambda: read_table("w2:1,2,nan,4"), "weight"),
        (lambda: read_table("w2:1,2,1e999,4"), "weight"),
    ],
)
def test_what_cannot_be_painted_is_refused(call: Any, code: str) -> None:
    with pytest.raises(SceneError) as refused:
        call()
    assert refused.value.code == code
    assert str(refused.value)
