"""How the number of bins decides what a histogram says: its entropy, and KL to a fitted normal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from divviz.arguments import whole
from divviz.dist import QUIET, Array, Dist
from divviz.empirical import MOST_BINS, checked_values, histogram, plain
from divviz.families import fitted

LEAST, MOST = 2, 60


@dataclass(frozen=True, eq=False)
class Widths:
    """For numbers of bins (m,), the histogram's entropy and its KL to `normal` (m,), in nats.

    `normal` is the fitted normal, `normal_entropy` its entropy; `sizes` (m,) are the widths of a
    bin in units of x. More bins lower the entropy without end, down to -inf, and raise KL.
    """

    bins: Array
    sizes: Array
    entropy: Array
    kl: Array
    normal: Dist
    normal_entropy: float


@QUIET
def by_bins(values: Any, least: int = LEAST, most: int = MOST) -> Widths:
    """The differential entropy and KL of histograms of values (n,) with `least` to `most` bins.

    The bins are those of `histogram`, equal ones from the least value to the largest; the normal
    has the values' mean and standard deviation, by maximum likelihood. KL is the integral over the
    bins, in closed form. SceneError for values that a histogram or a normal does not take, all
    equal ones among them, and unless 1 <= least <= most <= 512. Source: Cover & Thomas, Elements of
    Information Theory (2006), sections 8.1 and 8.5.
    """
    least = whole("least", least, 1, MOST_BINS)
    most = whole("most", most, least, MOST_BINS)
    x = np.sort(checked_values(values))
    # What this refuses, it refuses in the words of the histogram.
    histogram(x, most)
    normal = plain(fitted(x, "normal"))
    mean, sd = normal.args
    numbers = np.arange(least, most + 1)
    found = [_of_bins(x, count, mean, sd) for count in numbers.tolist()]
    sizes, entropies, crosses = (np.array(column) for column in zip(*found, strict=True))
    return Widths(
        numbers.astype(float),
        sizes,
        entropies + 0.0,
        np.maximum(crosses - entropies, 0.0),
        normal,
        math.log(sd) + 0.5 * math.log(2 * math.pi * math.e),
    )


def _of_bins(x: Array, count: int, mean: float, sd: float) -> tuple[float, float, float]:
    """The width of a bin, the entropy, and the cross-entropy to the normal, for sorted x (n,)."""
    low, high = float(x[0]), float(x[-1])
    edges = low + (high - low) * (np.arange(count + 1.0) / count)
    passed = np.searchsorted(x, edges, side="left")
    # The last bin holds its right edge as well.
    passed[-1] = len(x)
    share = np.diff(passed) / len(x)
    size = (high - low) / count
    logs = np.log(np.where(share > 0, share, 1.0))
    entropy = math.log(size) - float((share * logs).sum())
    # The mean of z^2 over a bin from a to b is (a^2 + a b + b^2) / 3.
    a, b = (edges[:-1] - mean) / sd, (edges[1:] - mean) / sd
    square = float((share * (a * a + a * b + b * b)).sum()) / 3
    return size, entropy, math.log(sd) + 0.5 * math.log(2 * math.pi) + 0.5 * square
