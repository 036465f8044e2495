"""Weighted data on the line: distinct values with their weights, and the means over them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from divviz.dist import Array, Family, SceneError


class Data(NamedTuple):
    """Distinct values in order x (m,), the weight of each (m,) and their total, and the family.

    `reach` is the largest outcome that was given, also if its weight is 0.
    """

    x: Array
    weight: Array
    total: float
    family: Family
    reach: float

    @property
    def share(self) -> Array:
        """The weights (m,) as shares that sum to 1."""
        return self.weight / self.total

    def mean(self, values: Array) -> float:
        """The mean of `values` (m,) over the data."""
        # Sums of counts are exact, sums of shares are not. A dot product would start threads.
        return float((self.weight * values).sum()) / self.total

    @property
    def low(self) -> float:
        """The least value."""
        return float(self.x[0])

    @property
    def high(self) -> float:
        """The largest value."""
        return float(self.x[-1])

    def refused(self, code: str) -> SceneError:
        """SceneError `code` about the family."""
        return SceneError(code, family=self.family.name)

    def within(self, low: float, high: float = math.inf, *, open_low: bool = False) -> None:
        """SceneError fit_outside unless all values lie in [low, high], or in (low, high]."""
        if not low <= self.low <= self.high <= high or (open_low and self.low == low):
            raise self.refused("fit_outside")

    def differing(self) -> None:
        """SceneError fit_spike if all values are equal."""
        if len(self.x) == 1:
            raise self.refused("fit_spike")


def merged(family: Family, x: Array, weights: Array) -> Data:
    """The data x (n,) in any order with weights (n,), some of them positive."""
    some = weights > 0
    if not some.any():
        raise SceneError("weights_zero")
    # A power of two keeps every digit of the weights, and their sum finite.
    values, weight = x[some], np.ldexp(weights[some], -int(np.frexp(weights.max())[1]))
    if not (values[1:] > values[:-1]).all():
        values, where = np.unique(values, return_inverse=True)
        weight = np.bincount(where, weight)
    return Data(values, weight, float(weight.sum()), family, float(x.max()))


def deviation(x: Array, data: Data) -> tuple[float, float]:
    """Mean and standard deviation of x (m,), also where squares would overflow."""
    scale = math.ldexp(1.0, math.frexp(float(np.abs(x).max()))[1])
    y = x / scale
    mean = data.mean(y)
    return scale * mean, scale * math.sqrt(data.mean((y - mean) ** 2))


def thinned(x: Array, share: Array, most: int) -> tuple[Array, Array]:
    """About `most` of the sorted points at even steps of cumulated share, with the ends."""
    if len(x) <= most:
        return x, share
    total = np.cumsum(share)
    at = np.searchsorted(total, (np.arange(most) + 0.5) / most)
    at = np.unique(np.concatenate([[0], np.minimum(at, len(x) - 1), [len(x) - 1]]))
    # Each point that is kept speaks for those up to half way to its neighbours.
    edges = np.concatenate([[0.0], 0.5 * (total[at[1:]] + total[at[:-1]]), [1.0]])
    return x[at], np.diff(edges)


def quantiles(x: Array, share: Array, u: Array) -> Array:
    """The values at the cumulated shares u of sorted x (n,)."""
    total = np.cumsum(share)
    result: Array = x[np.minimum(np.searchsorted(total, u * (1 - 1e-12)), len(x) - 1)]
    return result


def spread(x: Array, share: Array) -> float:
    """A width of the data that one far value cannot stretch: IQR, else mean distance to median."""
    low, middle, high = quantiles(x, share, np.array([0.25, 0.5, 0.75]))
    return float(high - low) or float((share * np.abs(x - middle)).sum())
