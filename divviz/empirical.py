"""Three distributions made of data: the sample itself, its histogram, and a fitted family."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from divviz.discrete import FARTHEST, numbers, refuse
from divviz.dist import (
    QUIET,
    Array,
    Dist,
    Family,
    Interval,
    Names,
    Points,
    SceneError,
    Vector,
    build,
    spell,
)
from divviz.drawn import DRAWN
from divviz.likelihood import most_likely
from divviz.pasted import read_numbers as read_numbers

MOST_VALUES = 10**6
MOST_BINS = 512

Args = tuple[Any, ...]


def checked_values(values: Iterable[float]) -> Array:
    """`values` as floats (n,), n from 1 to 10^6; SceneError for text, NaN, inf, none, too many."""
    x = _values(values)
    _check_range(x, float(x.min()), float(x.max()))
    return x


def _values(values: Iterable[float]) -> Array:
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise SceneError("samples_type")
    x = numbers(values, "sample")
    if not 1 <= len(x) <= MOST_VALUES:
        raise SceneError("samples_count", count=len(x), most=MOST_VALUES)
    return x


def _check_range(x: Array, least: float, most: float) -> None:
    # A NaN among x is both the least and the last, and makes a comparison false.
    if not (least >= -FARTHEST and most <= FARTHEST):
        refuse("sample", x, ~(np.abs(x) <= FARTHEST))


# the sample itself


def samples(values: Iterable[float]) -> Dist:
    """The empirical distribution of `values` (n,): mass 1/n on each, equal values merged.

    1 to 10^6 finite numbers of at most 1e300, in the unit of x; SceneError for anything else.
    Source: van der Vaart, Asymptotic Statistics (1998), section 19.1.

    >>> samples([2, 1, 2]).density([1, 2]).round(3).tolist()
    [0.333, 0.667]
    """
    data = Vector(_values(values))
    # Sorted they have to be for all that is asked of them, and then the ends tell their range.
    _check_range(data.array, float(data.ordered[0]), float(data.ordered[-1]))
    return Dist(SAMPLES, (data,))


def ordered_values(dist: Dist) -> Array:
    """The sorted values (n,) of a distribution made of data, read-only; kept between calls."""
    data = next((arg for arg in dist.args if isinstance(arg, Vector)), None)
    if dist.family not in MADE_OF_DATA or data is None:
        raise TypeError(f"{dist.name} is not made of data")
    return _ordered(data)


@lru_cache(maxsize=32)
def _ordered(data: Vector) -> Array:
    return data.ordered


@lru_cache(maxsize=32)
def counted(data: Vector) -> tuple[Array, Array]:
    """The distinct values in order (m,), and how often each is there (m,)."""
    x = _ordered(data)
    first = np.flatnonzero(np.concatenate([[True], x[1:] != x[:-1]]))
    counts = np.diff(np.append(first, len(x))).astype(float)
    return x[first], counts


def _atoms(data: Vector) -> tuple[Array, Array]:
    values, counts = counted(data)
    return values, np.log(counts / len(data))


def _log_mass(x: Points, data: Vector) -> Array:
    values, logs = _atoms(data)
    at = np.minimum(np.searchsorted(values, x.x), len(values) - 1)
    return np.where(values[at] == x.x, logs[at], -np.inf)


def moments(x: Array) -> tuple[float, float]:
    """Mean and standard deviation (divisor n) of x (n,), also where squares would overflow."""
    top = float(np.abs(x).max())
    if top == 0:
        return 0.0, 0.0
    # A power of two scales without rounding.
    scale = math.ldexp(1.0, math.frexp(top)[1] - 1)
    y = x / scale
    mean = float(y.mean())
    if y.min() == y.max():
        return float(x[0]), 0.0
    away = y - mean
    return mean * scale + 0.0, scale * math.sqrt(float((away * away).mean()))


def _span(data: Vector) -> Interval:
    x = _ordered(data)
    return float(x[0]), float(x[-1])


def _quantile(u: Array, data: Vector) -> Array:
    x = _ordered(data)
    n = len(x)
    k = np.ceil(np.clip(u, 0.0, 1.0) * n)
    # The product is rounded: one step back or on, as the shares k/n themselves compare with u.
    k = np.where((k - 1) / n >= u, k - 1, np.where(k / n < u, k + 1, k))
    result: Array = x[np.clip(k, 1, n).astype(int) - 1]
    return result


def _cdf(x: Array, data: Vector) -> Array:
    result: Array = np.searchsorted(_ordered(data), x, side="right") / len(data)
    return result


def _sf(x: Array, data: Vector) -> Array:
    n = len(data)
    result: Array = (n - np.searchsorted(_ordered(data), x, side="right")) / n
    return result


def _joined(*parts: str, data: Vector) -> str:
    return ",".join([*parts, *map(spell, data.array.tolist())])


SAMPLES = Family(
    "samples",
    "discrete",
    (),
    log_density=_log_mass,
    support=lambda data: (_span(data),),
    mean=lambda data: moments(data.array)[0],
    sd=lambda data: moments(data.array)[1],
    cdf=_cdf,
    sf=_sf,
    quantile=_quantile,
    atoms=_atoms,
    window=_span,
    spell=lambda data: f"samples({_joined(data=data)})",
)

# the histogram


def _scott(x: Array) -> float:
    return float((24 * math.sqrt(math.pi) / len(x)) ** (1 / 3) * moments(x)[1])


def _freedman_diaconis(x: Array) -> float:
    low, high = np.percentile(x, [25, 75])
    return float(2 * (high - low) / len(x) ** (1 / 3))


def _per_range(count: Callable[[int], float]) -> Callable[[Array], float]:
    return lambda x: float((x.max() - x.min()) / count(len(x)))


# The width of a bin by each rule, in units of x; 0 stands for a single bin.
RULES: dict[str, Callable[[Array], float]] = {
    "fd": _freedman_diaconis,
    "scott": _scott,
    "sturges": _per_range(lambda n: math.log2(n) + 1),
    "rice": _per_range(lambda n: 2 * n ** (1 / 3)),
    "sqrt": _per_range(math.sqrt),
}


def histogram(values: Iterable[float], rule: str | int = "fd") -> Dist:
    """The density of `values` (n,) that is constant on equal bins from the least to the largest.

    `rule` gives the bins: "fd" (Freedman & Diaconis, Z. Wahrsch. verw. Geb. 57, 1981), "scott"
    (Biometrika 66, 1979), "sturges" (JASA 21, 1926), "rice", "sqrt", each cut at 512 bins, or a
    whole number from 1 to 512. Empty bins are outside the support. SceneError for an unknown rule,
    values that samples() would not take, and values that are all equal: they give no width.

    >>> str(histogram([1, 2, 4], 3))
    'histogram(3,1,2,4)'
    """
    chosen = _checked_rule(rule)
    x = checked_values(values)
    args = (chosen, Vector.of(x))
    if len(x) < 2 or x.min() == x.max():
        raise SceneError("histogram_equal", value=float(x[0]))
    low, high, counts = _bins(*args)
    if not (np.diff(_edges(low, high, len(counts))) > 0).all():
        raise SceneError("histogram_close", low=low, high=high)
    return Dist(HISTOGRAM, args)


def _checked_rule(rule: object) -> str | int:
    name = rule.strip().lower() if isinstance(rule, str) else rule
    if isinstance(name, str) and name in RULES:
        return name
    try:
        count = float(name)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        count = math.nan
    if isinstance(name, bool) or not count.is_integer() or not 1 <= count <= MOST_BINS:
        raise SceneError("histogram_rule", rule=rule, known=Names(", ".join(RULES)), most=MOST_BINS)
    return int(count)


def bin_count(x: Array, rule: str | int) -> int:
    """How many bins `rule` gives the values x (n,), at most 512."""
    if isinstance(rule, int):
        return rule
    width = RULES[rule](x)
    if not width > 0:
        return 1
    return int(min(math.ceil(min(float(x.max() - x.min()) / width, 1e9)), MOST_BINS))


def _edges(low: float, high: float, n: int) -> Array:
    return low + (high - low) * (np.arange(n + 1.0) / n)


@lru_cache(maxsize=32)
@QUIET
def _bins(rule: str | int, data: Vector) -> tuple[float, float, tuple[int, ...]]:
    """The first and the last edge and the counts: the args of a drawn density."""
    x = _ordered(data)
    low, high = float(x[0]), float(x[-1])
    edges = _edges(low, high, bin_count(x, rule))
    passed = np.searchsorted(x, edges, side="left")
    # The last bin holds its right edge as well.
    passed[-1] = len(x)
    return low, high, tuple(np.diff(passed).tolist())


def bins(dist: Dist) -> tuple[Array, Array]:
    """The edges (m + 1,) of a histogram and the count of each bin (m,)."""
    if dist.family is not HISTOGRAM:
        raise TypeError(f"{dist.name} has no bins")
    low, high, counts = _bins(*dist.args)
    return _edges(low, high, len(counts)), np.array(counts, float)


def _as_drawn(hook: str) -> Callable[..., Any]:
    """A hook of the drawn density, called with the bins in place of cells."""
    return lambda *args: getattr(DRAWN, hook)(*args[:-2], *_bins(*args[-2:]))


HISTOGRAM = Family(
    "histogram",
    "continuous",
    (),
    log_density=_as_drawn("log_density"),
    support=_as_drawn("support"),
    mean=_as_drawn("mean"),
    sd=_as_drawn("sd"),
    cdf=_as_drawn("cdf"),
    sf=_as_drawn("sf"),
    quantile=_as_drawn("quantile"),
    breaks=_as_drawn("breaks"),
    window=lambda rule, data: _span(data),
    flat=lambda *_: True,
    spell=lambda rule, data: f"histogram({_joined(str(rule), data=data)})",
)

# the fitted member of a family


def fitted_family(values: Iterable[float], family: Family) -> Dist:
    """The member of `family` under which `values` (n,) are most likely.

    SceneError for values that samples() would not take or that lie outside the family's support,
    and where no member is most likely.
    Source: Casella & Berger, Statistical Inference (2002), section 7.2.2.
    """
    x = checked_values(values)
    if not family.params:
        raise SceneError("fit_built", family=family.name)
    data = Vector.of(x)
    args = most_likely(family, *counted(data))
    return Dist(FITTED, (data, (build(family, args),)))


def plain(dist: Dist) -> Dist:
    """The member that a fitted distribution stands for; any other distribution as it is."""
    inner: Dist = dist.args[1][0] if dist.family is FITTED else dist
    return inner


def _of_inner(method: str) -> Callable[..., Any]:
    """A hook that asks the inner distribution."""
    return lambda *args: getattr(args[-1][0], method)(*args[:-2])


def _inner_log_ratio(x: Points, a: Args, b: Args) -> Array | None:
    (p,), (q,) = a[1], b[1]
    same = p.family is q.family and p.family.log_ratio is not None
    return p.family.log_ratio(x, p.args, q.args) if same else None


FITTED = Family(
    "fitted",
    # The kind of args[1][0], as that of a mixture.
    "either",
    (),
    log_density=lambda x, data, parts: parts[0].family.log_density(x, *parts[0].args),
    support=_of_inner("support"),
    mean=_of_inner("mean"),
    sd=_of_inner("sd"),
    cdf=_of_inner("cdf"),
    sf=_of_inner("sf"),
    quantile=_of_inner("quantile"),
    isf=_of_inner("isf"),
    breaks=lambda data, parts: parts[0].breaks,
    tail=_of_inner("tail"),
    ends=_of_inner("ends"),
    atoms=_of_inner("atoms"),
    window=_of_inner("window"),
    log_ratio=_inner_log_ratio,
    flat=lambda data, parts: parts[0].flat,
    spell=lambda data, parts: f"fitted({_joined(parts[0].name, data=data)})",
)

MADE_OF_DATA = (SAMPLES, HISTOGRAM, FITTED)
