"""The humps of a drawn density as normals: what a hand draws, with tails that never end."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from divviz import families
from divviz.dist import Dist

Array = NDArray[np.float64]

MOST = 8  # parts of a mixture
DEEP = 0.85  # of the lower of two peaks: a valley above that is a wobble of the hand
LEAST = 0.003  # of the mass: less is a slip of the hand
ROUNDS = 16
BARELY = 1  # the level of a cell that is all but empty: a thin floor of them would widen every hump
DIGITS = 4


def normals_of(shape: Dist) -> Dist:
    """A normal for each hump of a drawn density `shape`, or the mixture of 2 to 8 of them.

    Each begins with the mass, the mean and the variance of its hump; then all share out every
    cell by expectation and maximisation, so that humps that overlap are not cut at their valley.
    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 9.2.2.
    """
    mass, x, cell = _cells(shape)
    weights, means, sds = _begun(mass, x, cell, _parted(mass))
    for _ in range(ROUNDS if len(weights) > 1 else 0):
        weights, means, sds = _shared(mass, x, cell, weights, means, sds)
    parts = [families.make("normal", *_round(m, s)) for m, s in zip(means, sds, strict=True)]
    if len(parts) == 1:
        return parts[0]
    return families.mixture([float(f"{w:.{DIGITS}g}") for w in weights], parts)


def normal_of(shape: Dist) -> Dist:
    """The normal of the mean and the variance of a drawn density."""
    mass, x, cell = _cells(shape)
    _, means, sds = _begun(mass, x, cell, [0, len(mass)])
    return families.make("normal", *_round(float(means[0]), float(sds[0])))


def _cells(shape: Dist) -> tuple[Array, Array, float]:
    """The mass (n,) in each cell, its middle (n,), and the width of a cell."""
    a, b, levels = shape.args
    heights = np.array(levels, float)
    above = np.maximum(heights - BARELY, 0.0)
    heights = above if above.any() else heights
    cell = (b - a) / len(heights)
    return heights / heights.sum(), a + cell * (np.arange(len(heights)) + 0.5), cell


def _round(mean: float, sd: float) -> tuple[float, float]:
    """A mean to a hundredth of the width or so, and the width to four digits."""
    sd = float(f"{sd:.{DIGITS}g}")
    return round(mean, max(0, 2 - math.floor(math.log10(sd)))) + 0.0, sd


def _parted(mass: Array) -> list[int]:
    """Where the humps begin, and the end of the last: first and last cells are 0 and n."""
    height = _smooth(mass)
    turns = np.flatnonzero(np.diff(np.sign(np.diff(height))) > 0) + 1  # a plateau is one place
    ends = [0, *turns.tolist(), len(mass)]
    while len(ends) > 2:
        worth = [_worth(mass, height, ends, k) for k in range(1, len(ends) - 1)]
        least = int(np.argmin(worth))
        if worth[least] > 0 and len(ends) <= MOST + 1:
            break
        del ends[least + 1]
    return ends


def _smooth(mass: Array) -> Array:
    """Heights without the trembling of a hand."""
    reach = max(1, len(mass) // 64)
    box = np.ones(2 * reach + 1) / (2 * reach + 1)
    return np.convolve(np.convolve(mass, box, "same"), box, "same")


def _worth(mass: Array, height: Array, ends: list[int], k: int) -> float:
    """How far the valley at the start of hump k lies below what would make it one; else below 0."""
    left, right = slice(ends[k - 1], ends[k]), slice(ends[k], ends[k + 1])
    if min(mass[left].sum(), mass[right].sum()) < LEAST:
        return -1.0
    peak = min(float(height[left].max()), float(height[right].max()))
    return DEEP * peak - float(height[ends[k]])


def _begun(mass: Array, x: Array, cell: float, ends: list[int]) -> tuple[Array, Array, Array]:
    """Weights, means and standard deviations (k,) of the humps between `ends`."""
    here = np.zeros((len(ends) - 1, len(mass)))
    for k, (first, last) in enumerate(pairwise(ends)):
        here[k, first:last] = mass[first:last]
    return _moments(here, x, cell)


def _moments(here: Array, x: Array, cell: float) -> tuple[Array, Array, Array]:
    """Of the masses (k, n) that each hump has in each cell; a cell has a width of its own."""
    weights = here.sum(axis=1)
    shares = here / weights[:, None]
    means = shares @ x
    spread = (shares * (x - means[:, None]) ** 2).sum(axis=1)
    return weights, means, np.sqrt(spread + cell**2 / 12)


def _shared(
    mass: Array, x: Array, cell: float, weights: Array, means: Array, sds: Array
) -> tuple[Array, Array, Array]:
    """One round: each cell is shared out by how likely it is under each hump."""
    z = (x - means[:, None]) / sds[:, None]
    logs = np.log(weights / sds)[:, None] - 0.5 * z * z
    shares = np.exp(logs - logs.max(axis=0))
    here = mass * shares / shares.sum(axis=0)
    if here.sum(axis=1).min() < LEAST / 2:
        return weights, means, sds
    return _moments(here, x, cell)
