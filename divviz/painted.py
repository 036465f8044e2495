"""A joint table painted by hand: what a brush does to it, pictures to begin with, and its link.

A table is read as it stands on the page: a row for each value of Y and a column for each of X, so
that axis 0 of the Joint is Y and axis 1 is X. A picture with y upwards shows row 0 at its foot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from divviz.arguments import is_whole
from divviz.dist import QUIET, Array, Names, SceneError, spell
from divviz.joint import Joint, conditional_entropy, entropy, mutual_information
from divviz.seeds import generator

Y, X = 0, 1
Cell = tuple[int, int]

LEAST_SIDE, MOST_SIDE = 2, 24
SIDE = 12
FULL = 9  # the greatest weight that one digit can tell
LONGEST = 16_384  # characters of a table in a link


# --- what it tells --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """The numbers of the information diagram of X and Y, in `unit`, and their correlation.

    `correlation` is None (not defined) where X or Y is constant.
    """

    h_x: float
    h_y: float
    h_xy: float
    h_x_given_y: float
    h_y_given_x: float
    information: float
    correlation: float | None
    unit: str


def told(joint: Joint, unit: str = "nats") -> Told:
    """All numbers of the diagram of a table (rows of Y, columns of X), SceneError for the unit.

    Source: Cover & Thomas (2006), figure 2.2.
    """
    _two(joint)
    return Told(
        entropy(joint, X, unit),
        entropy(joint, Y, unit),
        entropy(joint, None, unit),
        conditional_entropy(joint, X, Y, unit),
        conditional_entropy(joint, Y, X, unit),
        mutual_information(joint, X, Y, unit),
        correlation(joint),
        unit,
    )


@QUIET
def correlation(joint: Joint) -> float | None:
    """Pearson's correlation of X and Y at equally spaced places, None where one is constant.

    Exactly 0 for a table that is its own mirror image: the places are whole numbers on both sides
    of 0, and the sums are rounded once. Source: Casella & Berger, Statistical Inference (2002),
    definition 4.5.2.
    """
    rows, columns = _two(joint)
    table = joint.table
    in_x, in_y = table.sum(axis=Y), table.sum(axis=X)
    x, y = _away(in_x, columns), _away(in_y, rows)
    spread_x, spread_y = math.fsum(in_x * x * x), math.fsum(in_y * y * y)
    if not (spread_x > 0 and spread_y > 0):
        return None
    shared = math.fsum((table * np.multiply.outer(y, x)).flat)
    return min(max(shared / math.sqrt(spread_x) / math.sqrt(spread_y), -1.0), 1.0) + 0.0


def _two(joint: Joint) -> tuple[int, int]:
    if len(joint.sizes) != 2:
        raise SceneError("painted_axes", axes=len(joint.sizes))
    return joint.sizes[0], joint.sizes[1]


def _away(p: Array, count: int) -> Array:
    """The places -(n - 1), -(n - 3), ..., n - 1 less their mean under p (n,)."""
    places = 2.0 * np.arange(count) - (count - 1)
    return np.asarray(places - math.fsum(p * places) / math.fsum(p))


# --- the brush ------------------------------------------------------------------------------------


def painted(joint: Joint, cells: Iterable[Cell], weight: float) -> Joint:
    """The table with `weight` in each of the cells (row, column).

    SceneError for a cell that the table does not have, a weight that is negative or not finite, and
    where nothing would be left.
    """
    rows, columns = _two(joint)
    if not _is_number(weight) or not (0 <= weight < math.inf):
        raise SceneError("painted_weight", value=weight)
    table = joint.weights.copy()
    for row, column in cells:
        table[_index(row, rows), _index(column, columns)] = weight
    return Joint(table)


def edited(joint: Joint, row: int, column: int, weight: float) -> Joint:
    """The table with `weight` in one cell; SceneError as `painted` has it."""
    return painted(joint, [(row, column)], weight)


def stroke(start: Cell, end: Cell) -> tuple[Cell, ...]:
    """The cells that a hand passes between two of them, both included, without a gap.

    Source: Bresenham, IBM Systems Journal 4 (1965).
    """
    (row, column), (last_row, last_column) = start, end
    steps = max(abs(last_row - row), abs(last_column - column), 1)
    return tuple(
        dict.fromkeys(
            (
                row + _rounded((last_row - row) * k, steps),
                column + _rounded((last_column - column) * k, steps),
            )
            for k in range(steps + 1)
        )
    )


def _rounded(a: int, b: int) -> int:
    """a / b, halves rounded up."""
    return (2 * a + b) // (2 * b)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _index(value: Any, count: int) -> int:
    if not is_whole(value) or not 0 <= value < count:
        raise SceneError("act_index", index=value, last=count - 1)
    return int(value)


# --- pictures -------------------------------------------------------------------------------------


def _grid(side: int) -> tuple[Array, Array]:
    """The places of rows and columns, from -1 to 1."""
    places = (2.0 * np.arange(side) - (side - 1)) / (side - 1)
    return places[:, None], places[None, :]


def _line(side: int) -> Array:
    return np.eye(side)


def _circle(side: int) -> Array:
    y, x = _grid(side)
    return np.where(np.abs(np.hypot(x, y) - 0.8) < 1.2 / (side - 1), 1.0, 0.0)


def _x_squared(side: int) -> Array:
    """One cell in each column, so that y is a function of x."""
    _, x = _grid(side)
    rows = np.floor((side - 1) * x * x + 0.5)
    return np.where(np.arange(side)[:, None] == rows, 1.0, 0.0)


def _cross(side: int) -> Array:
    return np.maximum(np.eye(side), np.eye(side)[::-1])


def _checkerboard(side: int) -> Array:
    row, column = np.indices((side, side))
    return np.where((row + column) % 2 == 0, 1.0, 0.0)


def _product(side: int) -> Array:
    """Weights 1 to 3 for rows times those for columns: X and Y independent, in digits."""
    y, x = (1 + np.round(2 - 2 * np.abs(places)) for places in _grid(side))
    return y * x / FULL


def _noise(side: int) -> Array:
    """Digits drawn evenly: no rule, and yet some information, as in any small sample."""
    return generator(7).integers(0, FULL + 1, (side, side)) / FULL


PICTURES: dict[str, Callable[[int], Array]] = {
    "line": _line,
    "circle": _circle,
    "x_squared": _x_squared,
    "cross": _cross,
    "checkerboard": _checkerboard,
    "product": _product,
    "noise": _noise,
}


@QUIET
def picture(name: str, side: int = SIDE) -> Joint:
    """A named picture of `side` rows and columns with weights 0 to 9; 2 to 24 of them.

    SceneError for a name that is no key of PICTURES and for another side.
    """
    if not isinstance(name, str) or name not in PICTURES:
        raise SceneError("painted_picture", name=name, known=Names(", ".join(PICTURES)))
    if not is_whole(side) or not LEAST_SIDE <= side <= MOST_SIDE:
        raise SceneError("painted_side", side=side, least=LEAST_SIDE, most=MOST_SIDE)
    return Joint(np.rint(FULL * PICTURES[name](int(side))))


# Cover & Thomas (2006), example 2.2.1, in 32nds: H(X) = 7/4, H(Y) = 2, H(X|Y) = 11/8,
# H(Y|X) = 13/8, I(X;Y) = 3/8 bits.
TEXTBOOK = Joint(np.array([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 0, 0, 0]]))


# --- the link -------------------------------------------------------------------------------------


def spelled(joint: Joint) -> str:
    """The table as text: "k4:4211..." where all weights are digits, else "w4:0.5,0.25,...".

    The number is that of the columns; the rows follow one another, the row of Y = 0 first.
    """
    _, columns = _two(joint)
    weights = joint.weights.ravel().tolist()
    if all(weight.is_integer() and weight <= FULL for weight in weights):
        return f"k{columns}:{''.join(str(int(weight)) for weight in weights)}"
    return f"w{columns}:{','.join(map(spell, weights))}"


def read_table(text: Any) -> Joint:
    """The table that `spelled` has written; SceneError for any other text.

    2 to 24 rows and columns, weights of 0 or more, not all 0.
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        raise SceneError("painted_text")
    head, colon, body = text.strip().partition(":")
    kind, count = head[:1], head[1:]
    if not (colon and kind in ("k", "w") and count.isascii() and count.isdigit()):
        raise SceneError("painted_text")
    weights = _digits(body) if kind == "k" else _decimals(body)
    columns = int(count)
    rows, rest = divmod(len(weights), columns) if columns else (0, 1)
    if rest:
        raise SceneError("painted_rows", count=len(weights), columns=columns)
    for side in (rows, columns):
        if not LEAST_SIDE <= side <= MOST_SIDE:
            raise SceneError("painted_side", side=side, least=LEAST_SIDE, most=MOST_SIDE)
    return Joint(np.array(weights).reshape(rows, columns))


def _digits(body: str) -> list[float]:
    if not (body.isascii() and body.isdigit()):
        raise SceneError("painted_text")
    return [float(digit) for digit in body]


def _decimals(body: str) -> list[float]:
    try:
        return [float(number) for number in body.split(",")]
    except ValueError:
        raise SceneError("painted_text") from None
