"""Tables of two or more variables: marginals, conditionals, and what one says about another.

Axes are counted from 0; where a function takes axes, one axis or several are meant as one
variable. All numbers are sums of positive terms, so that none is negative and each keeps its digits
also where it is nearly 0. Source where no other is named: Cover & Thomas, Elements of Information
Theory (2006), chapter 2.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from divviz.bregman import excess
from divviz.dist import QUIET, Array, Names, SceneError
from divviz.scaled import Scaled, scaled
from divviz.units import unit_factor

Axes = int | Sequence[int]

MOST_CELLS = 10**6
# A sum of p log p/q above this loses no digit: sum |p log p/q| is at most KL + sqrt(2 KL).
PLAIN = 0.1


@dataclass(frozen=True, eq=False)
class Joint:
    """A joint distribution: weights (n1, n2, ...) of 0 or more, one axis for each variable.

    They need not sum to 1, and may be as large as 1e308 and as small as 5e-324. SceneError for NaN,
    infinite or negative weights, all of them 0, fewer than two axes, no cells or above 10^6.

    >>> Joint([[2, 0], [1, 1]]).table.tolist()
    [[0.5, 0.0], [0.25, 0.25]]
    """

    weights: Array
    sizes: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        weights = _checked_weights(self.weights)
        weights.flags.writeable = False
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "sizes", weights.shape)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Joint) and np.array_equal(self.weights, other.weights)

    def __hash__(self) -> int:
        return hash((self.sizes, self.weights.tobytes()))

    @cached_property
    def table(self) -> Array:
        """The probabilities, of the shape of the weights; below 5e-324 they are shown as 0."""
        table = marginal(self, range(len(self.sizes)))
        table.flags.writeable = False
        return table

    @cached_property
    def scaled(self) -> Scaled:
        """The weights with the range and the digits that the sums need."""
        return scaled(self.weights)


def _checked_weights(weights: Any) -> Array:
    try:
        table = np.asarray(weights)
    except (ValueError, TypeError):
        raise SceneError("joint_table") from None
    if table.dtype.kind not in "fiu":
        raise SceneError("joint_table")
    if table.ndim < 2:
        raise SceneError("joint_dimensions", axes=table.ndim)
    if not 1 <= table.size <= MOST_CELLS:
        raise SceneError("joint_cells", cells=table.size, most=MOST_CELLS)
    table = table.astype(float) + 0.0
    wrong = ~((table >= 0) & np.isfinite(table))
    if wrong.any():
        position = int(np.argmax(wrong))
        raise SceneError("weight", position=position + 1, value=float(table.flat[position]))
    if not table.any():
        raise SceneError("weights_zero")
    return table


# --- axes -----------------------------------------------------------------------------------------


def _axes(joint: Joint, *groups: Axes) -> list[list[int]]:
    """Each group as a list of axes counted from 0; SceneError for one missing or named twice."""
    found = [[_axis(joint, a) for a in _listed(group)] for group in groups]
    named = [a for group in found for a in group]
    for a in named:
        if named.count(a) > 1:
            raise SceneError("joint_axis_twice", axis=a)
    return found


def _listed(group: Axes) -> list[Any]:
    return list(group) if isinstance(group, (Sequence, np.ndarray)) else [group]


def _axis(joint: Joint, axis: Any) -> int:
    count = len(joint.sizes)
    try:
        place = operator.index(axis)
    except TypeError:
        raise SceneError("joint_axis", axis=axis, last=count - 1) from None
    if not -count <= place < count:
        raise SceneError("joint_axis", axis=axis, last=count - 1)
    return place % count


def _needed(*groups: list[int]) -> None:
    if not all(groups):
        raise SceneError("joint_axis_none")


def _shape(joint: Joint, axes: list[int]) -> tuple[int, ...]:
    return tuple(joint.sizes[a] for a in axes)


def _cells(joint: Joint, *groups: list[int]) -> Scaled:
    """The weights with one axis for each group, summed over the axes that no group has."""
    kept = [a for group in groups for a in group]
    rest = [a for a in range(len(joint.sizes)) if a not in kept]
    sizes = [math.prod(_shape(joint, group)) for group in groups]
    cells = joint.scaled.transpose(kept + rest).reshape(*sizes, math.prod(_shape(joint, rest)))
    return cells.sum(len(groups))


# --- tables ---------------------------------------------------------------------------------------


@QUIET
def marginal(joint: Joint, axes: Axes) -> Array:
    """The probabilities of the variables `axes` in that order, one axis each."""
    (kept,) = _axes(joint, axes)
    _needed(kept)
    cells = _cells(joint, kept)
    return cells.over(cells.sum(0)).reshape(_shape(joint, kept))


@QUIET
def conditional(joint: Joint, of: Axes, given: Axes) -> Array:
    """p(of | given), its axes those of `given` and then those of `of`.

    Each row sums to 1; where `given` has no mass nothing is defined, and the row is 0.
    """
    ys, xs = _axes(joint, of, given)
    _needed(ys, xs)
    cells = _cells(joint, xs, ys)
    table = cells.over(cells.sum(1).reshape(-1, 1))
    return table.reshape(_shape(joint, xs) + _shape(joint, ys))


@QUIET
def independent_table(joint: Joint, x: Axes = 0, y: Axes = 1) -> Array:
    """p(x) p(y), the joint table of independent variables with the same marginals."""
    xs, ys = _axes(joint, x, y)
    _needed(xs, ys)
    return np.multiply.outer(marginal(joint, xs), marginal(joint, ys))


# --- entropies ------------------------------------------------------------------------------------


@QUIET
def entropy(joint: Joint, axes: Axes | None = None, unit: str = "nats") -> float:
    """H of the variables `axes` together, of all for None, in `unit`; (2.1), (2.8)."""
    (of,) = _axes(joint, range(len(joint.sizes)) if axes is None else axes)
    return _conditional_entropy(joint, of, []) * unit_factor(unit)


@QUIET
def conditional_entropy(joint: Joint, of: Axes, given: Axes, unit: str = "nats") -> float:
    """H(of | given) in `unit`: what is left to say about `of` when `given` is known; (2.12)."""
    ys, xs = _axes(joint, of, given)
    return _conditional_entropy(joint, ys, xs) * unit_factor(unit)


def _conditional_entropy(joint: Joint, of: list[int], given: list[int]) -> float:
    _needed(of)
    cells = _cells(joint, given, of)
    rows = cells.sum(1)
    logs = _log_shares(cells, rows.reshape(-1, 1))
    return float((cells.over(rows.sum(0)) * -logs).sum()) + 0.0


def _log_shares(cells: Scaled, rows: Scaled) -> Array:
    """log(cell / row) of cells (m, n) and rows (m, 1), 0 for empty cells."""
    logs = cells.log_over(rows)
    # 1 - p of a nearly sure outcome is the sum of the others, however small that is.
    first = np.lexsort((cells.high, cells.power), axis=1)[:, -1:]
    largest = np.arange(cells.high.shape[1]) == first
    others = cells.where(~largest).sum(1).reshape(-1, 1).over(rows)
    return np.where(largest & (others < 0.5), np.log1p(-others), logs)


# --- mutual information ---------------------------------------------------------------------------


def mutual_information(joint: Joint, x: Axes = 0, y: Axes = 1, unit: str = "nats") -> float:
    """I(X; Y) in `unit`: 0 if and only if X and Y are independent, never below; (2.28).

    >>> mutual_information(Joint([[1, 0], [0, 1]]), unit="bits")
    1.0
    """
    return conditional_mutual_information(joint, x, y, (), unit)


@QUIET
def conditional_mutual_information(
    joint: Joint, x: Axes, y: Axes, given: Axes, unit: str = "nats"
) -> float:
    """I(X; Y | Z) in `unit`, the mean over z of I(X; Y) among the cells of z; (2.60)."""
    xs, ys, zs = _axes(joint, x, y, given)
    return _information(joint, xs, ys, zs) * unit_factor(unit)


def _information(joint: Joint, xs: list[int], ys: list[int], zs: list[int]) -> float:
    _needed(xs, ys)
    cells = _cells(joint, zs, xs, ys)
    p, q, log_ratio, slices = _compared(cells)
    # Sums of p - q are 0, so each term may have q - p added, which makes all terms positive
    # (Banerjee et al., JMLR 6, 2005, table 1).
    positive = np.where(cells.high > 0, excess(p, q, -log_ratio), q).sum(axis=(1, 2))
    plain = (p * log_ratio).sum(axis=(1, 2))
    each = np.where(plain > PLAIN, plain, positive)
    return float((slices.over(slices.sum(0)) * each).sum())


def _compared(cells: Scaled) -> tuple[Array, Array, Array, Scaled]:
    """For cells (k, m, n) the p, p(x) p(y) and log of their ratio within each of k slices.

    The ratio comes from cell * total - row * column, in 31 digits: X and Y with an information of
    1e-20 differ from independence in the tenth digit, and it is squared.
    """
    rows, columns = cells.sum(2), cells.sum(1)
    slices = rows.sum(1)
    k, m, n = cells.high.shape
    total = slices.reshape(k, 1, 1)
    product = rows.reshape(k, m, 1) * columns.reshape(k, 1, n)
    p, q = cells.over(total), product.over(total * total)
    return p, q, (cells * total).log_over(product), slices


@QUIET
def pointwise_mutual_information(
    joint: Joint, x: Axes = 0, y: Axes = 1, unit: str = "nats"
) -> Array:
    """log p(x,y) / (p(x) p(y)) in `unit`, its axes those of x and then those of y.

    -inf where p(x,y) = 0 although x and y occur, 0 where one of them does not. Source: Church &
    Hanks, Computational Linguistics 16 (1990).
    """
    xs, ys = _axes(joint, x, y)
    _needed(xs, ys)
    cells = _cells(joint, [], xs, ys)
    _, _, log_ratio, _ = _compared(cells)
    occur = (cells.sum(2).high[..., None] > 0) & (cells.sum(1).high[:, None] > 0)
    values = np.where((cells.high == 0) & occur, -np.inf, log_ratio) * unit_factor(unit)
    return values.reshape(_shape(joint, xs) + _shape(joint, ys)) + 0.0


@QUIET
def mutual_information_term(joint: Joint, x: Axes = 0, y: Axes = 1, unit: str = "nats") -> Array:
    """p(x,y) log p(x,y) / (p(x) p(y)) in `unit`, whose sum is I(X; Y); 0 where p(x,y) = 0."""
    xs, ys = _axes(joint, x, y)
    _needed(xs, ys)
    p, _, log_ratio, _ = _compared(_cells(joint, [], xs, ys))
    return (p * log_ratio * unit_factor(unit)).reshape(_shape(joint, xs + ys)) + 0.0


# --- what is made of them -------------------------------------------------------------------------

# Of H(X), H(Y) and H(X,Y). Source: Vinh, Epps & Bailey, JMLR 11 (2010), table 2.
NORMALISERS: dict[str, Callable[[float, float, float], float]] = {
    "arithmetic": lambda x, y, both: 0.5 * (x + y),
    "geometric": lambda x, y, both: math.sqrt(x) * math.sqrt(y),
    "min": lambda x, y, both: min(x, y),
    "max": lambda x, y, both: max(x, y),
    "joint": lambda x, y, both: both,
}


def normalised_mutual_information(
    joint: Joint, normaliser: str = "arithmetic", x: Axes = 0, y: Axes = 1
) -> float | None:
    """I(X; Y) over a mean of the entropies, from 0 to 1; None (not defined) where that mean is 0.

    The mean, a key of NORMALISERS, is 0 for "geometric" and "min" when one variable is constant,
    for the others when both are. SceneError for another key. Source: Vinh, Epps & Bailey, JMLR 11
    (2010), table 2.
    """
    if normaliser not in NORMALISERS:
        known = Names(", ".join(NORMALISERS))
        raise SceneError("normaliser", name=normaliser, known=known)
    xs, ys = _axes(joint, x, y)
    _needed(xs, ys)
    mean = NORMALISERS[normaliser](entropy(joint, xs), entropy(joint, ys), entropy(joint, xs + ys))
    return min(mutual_information(joint, xs, ys) / mean, 1.0) if mean > 0 else None


def variation_of_information(joint: Joint, x: Axes = 0, y: Axes = 1, unit: str = "nats") -> float:
    """H(X|Y) + H(Y|X) in `unit`, a distance between variables.

    Source: Meilă, Journal of Multivariate Analysis 98 (2007), section 3.
    """
    return conditional_entropy(joint, x, y, unit) + conditional_entropy(joint, y, x, unit)


@QUIET
def total_correlation(joint: Joint, axes: Axes | None = None, unit: str = "nats") -> float:
    """The sum of the H(X_i) less H(X_1, ..., X_k) in `unit`, of `axes` or of all; never below 0.

    Summed as I(X_1; X_2) + I(X_1 X_2; X_3) + ... Source: Watanabe, IBM Journal of Research and
    Development 4 (1960), (1).
    """
    (of,) = _axes(joint, range(len(joint.sizes)) if axes is None else axes)
    _needed(of)
    parts = [_information(joint, of[:i], [of[i]], []) for i in range(1, len(of))]
    return math.fsum(parts) * unit_factor(unit)


@QUIET
def dual_total_correlation(joint: Joint, axes: Axes | None = None, unit: str = "nats") -> float:
    """H(X_1, ..., X_k) less the sum of the H(X_i | all others) in `unit`; never below 0.

    Summed as I(X_1; X_2 X_3 ...) + I(X_2; X_3 ... | X_1) + ... Source: Han, Information and Control
    36 (1978).
    """
    (of,) = _axes(joint, range(len(joint.sizes)) if axes is None else axes)
    _needed(of)
    parts = [_information(joint, [of[i]], of[i + 1 :], of[:i]) for i in range(len(of) - 1)]
    return math.fsum(parts) * unit_factor(unit)
