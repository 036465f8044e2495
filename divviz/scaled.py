"""Sums and products of weights that neither overflow, underflow nor round: 31 digits and a power.

A weight of 1e308 may stand beside one of 5e-324, and x y - z w must keep its digits where the two
products nearly agree. Algorithms: Hida, Li & Bailey, Algorithms for quad-double precision floating
point arithmetic (2001), section 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from divviz.dist import Array

Powers = NDArray[np.int64]

LOG_2 = math.log(2.0)
SPLITTER = 134217729.0  # 2**27 + 1
EMPTY = -(10**6)  # the power of 0, below that of any number
DEEPEST = 5000  # beyond this power of two all doubles are 0 or inf


@dataclass(frozen=True)
class Scaled:
    """(high + low) 2**power (any shape): 1/2 <= high < 1, low below its last digit; or 0."""

    high: Array
    low: Array
    power: Powers

    def sum(self, axis: int) -> Scaled:
        """The sum along an axis, which the result no longer has."""
        most = self.power.max(axis=axis, keepdims=True)
        high, low = (np.moveaxis(shifted(part, self.power - most), axis, 0)
                     for part in (self.high, self.low))  # fmt: skip
        while len(high) > 1:
            half = len(high) // 2
            s, e = two_sum(high[:half], high[half : 2 * half])
            s, e = quick_sum(s, e + (low[:half] + low[half : 2 * half]))
            high = np.concatenate([s, high[2 * half :]])
            low = np.concatenate([e, low[2 * half :]])
        return normal(high[0], low[0], most.squeeze(axis))

    def reshape(self, *shape: int) -> Scaled:
        """The same numbers in another shape."""
        return self._each(lambda part: part.reshape(shape))

    def transpose(self, axes: list[int]) -> Scaled:
        """The same numbers with their axes in another order."""
        return self._each(lambda part: part.transpose(axes))

    def _each(self, change: Callable[[Any], Any]) -> Scaled:
        return Scaled(change(self.high), change(self.low), change(self.power))

    def where(self, mask: NDArray[np.bool_]) -> Scaled:
        """The same numbers with 0 outside of `mask`."""
        high, low = np.where(mask, self.high, 0.0), np.where(mask, self.low, 0.0)
        return Scaled(high, low, np.where(mask, self.power, EMPTY))

    def __mul__(self, other: Scaled) -> Scaled:
        p, e = two_product(self.high, other.high)
        e = e + (self.high * other.low + self.low * other.high)
        return normal(*quick_sum(p, e), self.power + other.power)

    def over(self, other: Scaled) -> Array:
        """This / other as doubles, 0 where other is 0."""
        bottom = np.where(other.high > 0, other.high, 1.0)
        return np.asarray(shifted(self.high / bottom, self.power - other.power))

    def log_over(self, other: Scaled) -> Array:
        """log(this / other) with all its digits also near 0; 0 where one of the two is 0."""
        both = (self.high > 0) & (other.high > 0)
        a, b = np.where(both, self.high, 1.0), np.where(both, other.high, 1.0)
        power = np.where(both, self.power - other.power, 0)
        near = np.abs(power) <= 1
        step = np.where(near, power, 0)
        difference, e = two_sum(np.ldexp(a, step), -b)
        difference = difference + (e + (np.ldexp(self.low, step) - other.low))
        excess = np.where(both, difference, 0.0) / b
        near &= np.abs(excess) < 0.5
        return np.where(near, np.log1p(np.where(near, excess, 0.0)), np.log(a / b) + power * LOG_2)


def scaled(weights: Array) -> Scaled:
    """Weights of 0 or more (any shape) as Scaled."""
    return normal(weights, np.zeros_like(weights), np.zeros(weights.shape, np.int64))


def normal(high: Array, low: Array, power: Powers) -> Scaled:
    """(high + low) 2**power with `high` brought into 1/2..1."""
    mantissa, shift = np.frexp(high)
    moved = np.where(mantissa > 0, power + shift, EMPTY)
    return Scaled(np.asarray(mantissa), np.asarray(np.ldexp(low, -shift)), np.asarray(moved))


def shifted(values: Array, power: Powers) -> Array:
    """values 2**power as doubles, 0 or inf where they leave their range."""
    return np.asarray(np.ldexp(values, np.clip(power, -DEEPEST, DEEPEST).astype(np.int32)))


def two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """a + b and its rounding error."""
    s = a + b
    back = s - a
    return s, (a - (s - back)) + (b - back)


def quick_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """a + b and its rounding error, where |a| >= |b|."""
    s = a + b
    return s, b - (s - a)


def two_product(a: Array, b: Array) -> tuple[Array, Array]:
    """a b and its rounding error."""
    p = a * b
    (a1, a0), (b1, b0) = _halves(a), _halves(b)
    return p, ((a1 * b1 - p) + a1 * b0 + a0 * b1) + a0 * b0


def _halves(a: Array) -> tuple[Array, Array]:
    t = SPLITTER * a
    high = t - (t - a)
    return high, a - high
