"""A loss before and after its reduction: terms with their slopes, and checked arguments."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from divviz.dist import QUIET, Array, SceneError

Whole = NDArray[np.intp]

REDUCTIONS = ("none", "mean", "sum")


@dataclass(frozen=True)
class Terms:
    """The terms of a loss, and how their sum changes with what the loss is a function of.

    `each` (any shape) is what reduction "none" returns. `slopes` maps every differentiable
    argument to the derivative of each.sum() in that argument's shape, nan where there is none.
    "mean" is the sum of each / count, with a count of each.size where none is given; an array
    of counts (n,) belongs to terms (n,). "batchmean" is the sum over `rows`, if the loss has it.
    """

    each: Array
    slopes: Mapping[str, Array]
    count: float | Array | None = None
    rows: int | None = None

    def divisor(self, reduction: str) -> Any:
        """What `reduction` divides each term by; SceneError where that would be 0."""
        known = REDUCTIONS if self.rows is None else (*REDUCTIONS, "batchmean")
        if reduction not in known:
            raise SceneError("loss_reduction", reduction=reduction, known=", ".join(known))
        if reduction in ("none", "sum"):
            return 1.0
        mean = self.each.size if self.count is None else self.count
        divisor = np.asarray(self.rows if reduction == "batchmean" else mean, float)
        # torch divides 0 by 0 here and returns nan.
        if not (divisor > 0).all() or self.each.size == 0:
            raise SceneError("loss_empty")
        return divisor

    @QUIET
    def value(self, reduction: str) -> float | Array:
        """The loss: an array for "none", else one number; SceneError where it is undefined."""
        each = self.each / self.divisor(reduction) + 0.0
        total = each if reduction == "none" else each.sum()
        if np.isnan(total).any():
            raise SceneError("loss_undefined")
        return np.asarray(total) if reduction == "none" else float(total)

    @QUIET
    def gradient(self, reduction: str) -> dict[str, Array]:
        """The slope in each differentiable argument; for "none" that of the sum.

        SceneError where the loss or its slope is undefined.
        """
        self.value(reduction)
        divisor = self.divisor(reduction)
        # Counts of terms (n,) meet slopes (t, n, c).
        divisor = divisor[:, None] if np.ndim(divisor) else divisor
        found = {name: slope / divisor + 0.0 for name, slope in self.slopes.items()}
        for name, slope in found.items():
            if np.isnan(slope).any():
                raise SceneError("loss_slope", argument=name)
        return found


def numbers(
    argument: str,
    values: Any,
    shape: tuple[int, ...] | None = None,
    low: float = -math.inf,
    high: float = math.inf,
) -> Array:
    """`values` as floats of `shape`, low <= values <= high; else SceneError with the argument."""
    try:
        found = np.asarray(values)
    except ValueError:
        raise SceneError("loss_number", argument=argument) from None
    # np.asarray([]) is of floats, and np.asarray(["1"]) would turn into one.
    if found.dtype.kind not in "fiu":
        raise SceneError("loss_number", argument=argument)
    found = found.astype(float)
    if np.isnan(found).any():
        raise SceneError("loss_number", argument=argument)
    if shape is not None and found.shape != shape:
        refuse_shape(argument, found, str(shape))
    refuse(argument, found, (found < low) | (found > high), allowed(low, high))
    return found


def allowed(low: float, high: float) -> str:
    """The numbers from low to high, as an error names them."""
    if math.isinf(high):
        return "-∞ < x < ∞" if math.isinf(low) else f"≥ {low:g}"
    return f"{low:g} … {high:g}"


def counted(low: int, high: float) -> str:
    """The whole numbers from low to high, as an error names them."""
    start = f"{low}, {low + 1}, …"
    if math.isinf(high):
        return start
    return (
        f"{start}, {high:g}" if high > low + 2 else ", ".join(map(str, range(low, int(high) + 1)))
    )


def refuse(argument: str, values: Any, wrong: Any, right: str) -> None:
    """SceneError that names the first of `values` (any shape) that is `wrong`, if any is."""
    if wrong.any():
        value = float(values[wrong].flat[0])
        raise SceneError("loss_value", argument=argument, value=value, allowed=right)


def refuse_shape(argument: str, values: Any, expected: str) -> NoReturn:
    """SceneError that names the shape of `values` and the expected one."""
    raise SceneError("loss_shape", argument=argument, shape=values.shape, expected=expected)


def option(argument: str, value: Any, low: float, high: float = math.inf) -> float:
    """One finite number, low <= value <= high; else SceneError with the argument."""
    found = numbers(argument, value, (), low, high)
    refuse(argument, found, np.isinf(found), allowed(low, high))
    return float(found)


def positive(argument: str, value: Any) -> float:
    """One finite number above 0; else SceneError with the argument."""
    found = numbers(argument, value, ())
    refuse(argument, found, ~((found > 0) & np.isfinite(found)), "> 0")
    return float(found)


def integers(
    argument: str, values: Any, shape: tuple[int, ...] | None, low: int, high: float = math.inf
) -> Whole:
    """`values` as whole numbers of `shape`, low <= values <= high; else SceneError."""
    found = numbers(argument, values, shape)
    wrong = (found < low) | (found > high) | (found != np.floor(found)) | np.isinf(found)
    refuse(argument, found, wrong, counted(low, high))
    return found.astype(np.intp)


def signs(argument: str, values: Any, shape: tuple[int, ...]) -> Array:
    """`values` of `shape`, each -1 or 1; else SceneError with the argument."""
    found = numbers(argument, values, shape)
    refuse(argument, found, np.abs(found) != 1, "-1, 1")
    return found


def weights(argument: str, values: Any, shape: tuple[int, ...]) -> Array:
    """Finite weights >= 0 broadcast to `shape`, 1 for None; else SceneError with the argument."""
    if values is None:
        return np.ones(shape)
    found = numbers(argument, values, low=0)
    refuse(argument, found, np.isinf(found), "≥ 0")
    try:
        return np.broadcast_to(found, shape)
    except ValueError:
        refuse_shape(argument, found, str(shape))


@QUIET
def product(weight: Any, value: Any) -> Array:
    """weight * value, 0 where the weight is 0 (0 log 0 = 0)."""
    return np.where(weight == 0, 0.0, weight * value)


def rectified(z: Array) -> tuple[Array, Array]:
    """max(0, z) and its slope, which at the kink z = 0 is 1 as in torch.clamp_min."""
    return np.maximum(z, 0.0), (z >= 0).astype(float)
