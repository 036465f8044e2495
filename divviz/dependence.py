"""Mutual information estimated from pairs (x_i, y_i): by counting in bins, and by neighbours.

Estimates of a number that is never negative may themselves be: they are not cut off at 0, since
their mean would then be too high for independent variables.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from divviz.dist import QUIET, Array, Names, SceneError
from divviz.joint import Joint, mutual_information
from divviz.seeds import Seed, generator
from divviz.units import unit_factor

MOST_PAIRS = 10**6
FARTHEST = 1e300
MOST_BINS = 512
PARTS = 10
REPEATS = 4

Rule = Callable[[Array], float]
Bins = str | int


# --- pairs ----------------------------------------------------------------------------------------


def _pairs(x: Any, y: Any, least: int) -> tuple[Array, Array]:
    """x and y (n,) as floats; SceneError for other shapes and lengths, NaN, and beyond 1e300."""
    first, second = _column(x), _column(y)
    if len(first) != len(second):
        raise SceneError("pairs_length", x=len(first), y=len(second))
    if not least <= len(first) <= MOST_PAIRS:
        raise SceneError("pairs_count", count=len(first), least=least, most=MOST_PAIRS)
    return first, second


def _column(values: Any) -> Array:
    try:
        column = np.asarray(values)
    except (ValueError, TypeError):
        raise SceneError("pairs_type") from None
    if column.ndim != 1 or (column.size and column.dtype.kind not in "fiu"):
        raise SceneError("pairs_type")
    column = column.astype(float)
    wrong = ~(np.abs(column) <= FARTHEST)
    if wrong.any():
        position = int(np.argmax(wrong))
        raise SceneError("pairs_value", position=position + 1, value=float(column[position]))
    return column


def _whole(name: str, value: Any, least: int, most: int) -> int:
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool):
        raise SceneError("pairs_whole", name=name, value=value, least=least, most=most)
    if not least <= value <= most:
        raise SceneError("pairs_whole", name=name, value=value, least=least, most=most)
    return int(value)


def _standard(x: Array) -> Array:
    """x (n,) about its median in units of its standard deviation; 0 where x is constant."""
    away = x - np.median(x)
    top = float(np.abs(away).max())
    if top == 0:
        return away
    # A power of two first, so that no square overflows or underflows.
    away = np.ldexp(away, -math.frexp(top)[1])
    return np.asarray(away / away.std())


# --- bins -----------------------------------------------------------------------------------------


def _of_width(x: Array, width: float) -> float:
    return (float(x.max()) - float(x.min())) / width if width > 0 else 1.0


def _scott(x: Array) -> float:
    z = _standard(x)
    return _of_width(z, 3.49 * float(z.std()) / len(z) ** (1 / 3))


def _freedman_diaconis(x: Array) -> float:
    low, high = np.quantile(x, [0.25, 0.75])
    return _of_width(x, 2 * float(high - low) / len(x) ** (1 / 3))


# How many bins of equal width a rule gives to x (n,), before it is rounded up.
RULES: dict[str, Rule] = {
    # Five pairs expected in each cell: Cellucci, Albano & Rapp, Phys. Rev. E 71 (2005), 066208.
    "five_per_cell": lambda x: math.floor(math.sqrt(len(x) / 5)),
    # Sturges, J. American Statistical Association 21 (1926).
    "sturges": lambda x: math.log2(len(x)) + 1,
    # Terrell & Scott, J. American Statistical Association 80 (1985): at least (2n)^(1/3).
    "terrell_scott": lambda x: (2 * len(x)) ** (1 / 3),
    # Scott, Biometrika 66 (1979).
    "scott": _scott,
    # Freedman & Diaconis, Z. Wahrscheinlichkeitstheorie 57 (1981).
    "freedman_diaconis": _freedman_diaconis,
}


@dataclass(frozen=True)
class Binned:
    """What counting in bins says: counts (m, k) between x_edges (m+1,) and y_edges (k+1,).

    `plug_in` is the information of the counts, which is too high by about (m-1)(k-1) / (2n) nats
    for independent variables; `corrected` takes the bias off as Miller and Madow do.
    """

    plug_in: float
    corrected: float
    counts: NDArray[np.int64]
    x_edges: Array
    y_edges: Array


@QUIET
def binned_information(
    x: Any, y: Any, bins: Bins | tuple[Bins, Bins] = "five_per_cell", unit: str = "nats"
) -> Binned:
    """I(X; Y) in `unit` from counts of the pairs x, y (n,) in bins of equal width, n to 10^6.

    `bins` is a key of RULES or a whole number from 1 to 512, one for both or one for each. The
    correction adds (m - 1) / (2n) nats to each entropy, m its non-empty bins: (m_x + m_y - m_xy -
    1) / (2n) in all. SceneError for bad pairs or bins. Source: Miller, Note on the bias of
    information estimates (1955); Paninski, Neural Computation 15 (2003).
    """
    factor = unit_factor(unit)
    first, second = _pairs(x, y, 1)
    rules = bins if isinstance(bins, tuple) and len(bins) == 2 else (bins, bins)
    (at_x, x_edges), (at_y, y_edges) = _binned(first, rules[0]), _binned(second, rules[1])
    shape = (len(x_edges) - 1, len(y_edges) - 1)
    flat = np.bincount(at_x * shape[1] + at_y, minlength=shape[0] * shape[1])
    counts = flat.reshape(shape).astype(np.int64)
    plug_in = mutual_information(Joint(counts.astype(float)))
    # An empty bin cannot be told from one that does not exist.
    filled = (counts.any(axis=1).sum(), counts.any(axis=0).sum(), (counts > 0).sum())
    bias = (int(filled[0]) + int(filled[1]) - int(filled[2]) - 1) / (2 * len(first))
    return Binned(plug_in * factor, (plug_in + bias) * factor, counts, x_edges, y_edges)


def _binned(x: Array, bins: Bins) -> tuple[NDArray[np.intp], Array]:
    """The bin of each of x (n,), and the edges; an inner edge belongs to the bin on its right."""
    low, high = float(x.min()), float(x.max())
    count = bin_count(x, bins) if high > low else 1
    edges = low + (high - low) * (np.arange(count + 1) / count)
    edges[-1] = high
    return np.searchsorted(edges[1:-1], x, side="right"), edges


def bin_count(x: Array, bins: Bins) -> int:
    """How many bins (1 to 512) a rule or a whole number stands for, for values x (n,)."""
    if not isinstance(bins, str):
        return _whole("bins", bins, 1, MOST_BINS)
    if bins not in RULES:
        raise SceneError("bin_rule", rule=bins, known=Names(", ".join(RULES)))
    return min(max(math.ceil(min(RULES[bins](x), MOST_BINS)), 1), MOST_BINS)


# --- neighbours -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Neighbours:
    """The estimate `value` by nearest neighbours, and how many x and y were spread out as ties."""

    value: float
    tied_x: int
    tied_y: int


@QUIET
def neighbour_information(
    x: Any, y: Any, k: int = 3, unit: str = "nats", seed: Seed = 0
) -> Neighbours:
    """I(X; Y) in `unit` from the distances of the pairs x, y (n,) to their k-th neighbours.

    psi(k) + psi(n) - mean(psi(n_x + 1) + psi(n_y + 1)), with n_x the number of x closer than the
    k-th neighbour in the larger of the two distances, x and y in standard deviations. The bias is
    0 for independent variables and about 0.02 nats for moderate dependence, but strong dependence
    is much underestimated, since n must grow like exp(I) (Gao, Ver Steeg & Galstyan, AISTATS 2015):
    200 normal pairs of 5.4 nats give 3.9.

    The method is for densities, without equal values. Those that occur more than once are spread
    evenly up to half way to the next values, with noise from `seed`, which leaves the information
    of rounded or whole numbers as it is. A constant says nothing: exactly 0.

    SceneError unless n is from k + 1 to 10^6. Source: Kraskov, Stögbauer & Grassberger, Phys. Rev.
    E 69 (2004), 066138, (8).
    """
    factor = unit_factor(unit)
    k = _whole("k", k, 1, MOST_PAIRS - 1)
    first, second = _pairs(x, y, k + 1)
    rng = generator(seed)
    if (first == first[0]).all() or (second == second[0]).all():
        return Neighbours(0.0, 0, 0)
    first, tied_x = _spread(_standard(first), rng)
    second, tied_y = _spread(_standard(second), rng)
    return Neighbours(_kraskov(first, second, k) * factor + 0.0, tied_x, tied_y)


def _spread(x: Array, rng: np.random.Generator) -> tuple[Array, int]:
    """x (n,) with equal values spread up to half way to the next ones, and how many those were."""
    values, at, counts = np.unique(x, return_inverse=True, return_counts=True)
    tied = counts[at] > 1
    if not tied.any() or len(values) == 1:
        return x, int(tied.sum())
    gaps = np.diff(values)
    room = 0.5 * np.minimum(np.append(gaps[0], gaps), np.append(gaps, gaps[-1]))
    noise = rng.uniform(-1.0, 1.0, len(x)) * room[at]
    return np.where(tied, x + noise, x), int(tied.sum())


def _kraskov(x: Array, y: Array, k: int) -> float:
    from scipy.spatial import cKDTree
    from scipy.special import digamma

    points = np.column_stack([x, y])
    # The nearest neighbour of a point is the point itself.
    far = cKDTree(points).query(points, k=[k + 1], p=np.inf)[0][:, 0]
    counts = digamma(_closer(x, far)) + digamma(_closer(y, far))
    return float(digamma(k) + digamma(len(x)) - counts.mean())


def _closer(x: Array, far: Array) -> Array:
    """How many of x (n,) are closer to each x_i than far_i, itself among them, so at least 1."""
    ordered = np.sort(x)
    low = np.searchsorted(ordered, np.nextafter(x - far, -np.inf), side="left")
    high = np.searchsorted(ordered, np.nextafter(x + far, np.inf), side="right")
    # x - far is rounded, and the neighbour that far was measured to must not come in by that.
    last = len(x) - 1
    for _ in range(4):
        low = low + ((low < high) & (x - ordered[np.minimum(low, last)] >= far))
        high = high - ((low < high) & (ordered[high - 1] - x >= far))
    return np.asarray(np.maximum(high - low, 1), float)


# --- intervals ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Interval:
    """An estimate, its standard error, and low to high around it."""

    value: float
    standard_error: float
    low: float
    high: float


def subsampling_interval(
    x: Any,
    y: Any,
    estimate: Callable[[Array, Array], float] = lambda x, y: neighbour_information(x, y).value,
    level: float = 0.95,
    seed: Seed = 0,
) -> Interval:
    """How far `estimate` of the pairs x, y (n,) may be off by chance, in the estimate's unit.

    The pairs are dealt into 10 parts without overlap, 4 times; the variance of the estimates of
    the parts over 10 is that of the whole, since it falls like 1/n. A bootstrap would draw pairs
    twice, and distances of 0 spoil estimates by neighbours. Student's t with 9 degrees of freedom.
    The interval knows of chance only, not of the bias of the estimate. SceneError unless n is at
    least 100 and the level between 0 and 1. Source: Holmes & Nemenman, Phys. Rev. E 100 (2019),
    022404.
    """
    from scipy.special import stdtrit

    if isinstance(level, bool) or not isinstance(level, (int, float)) or not 0 < level < 1:
        raise SceneError("interval_level", value=level)
    first, second = _pairs(x, y, 10 * PARTS)
    rng = generator(seed)
    value = estimate(first, second)
    variances = [_variance(first, second, estimate, rng) for _ in range(REPEATS)]
    error = math.sqrt(math.fsum(variances) / REPEATS / PARTS)
    reach = float(stdtrit(PARTS - 1, 0.5 + 0.5 * level)) * error
    return Interval(value, error, value - reach, value + reach)


def _variance(
    x: Array,
    y: Array,
    estimate: Callable[[Array, Array], float],
    rng: np.random.Generator,
) -> float:
    """The variance of `estimate` among 10 parts of the pairs."""
    parts = np.array_split(rng.permutation(len(x)), PARTS)
    return float(np.var([estimate(x[part], y[part]) for part in parts], ddof=1))
