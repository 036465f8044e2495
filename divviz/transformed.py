"""shifted and scaled: a distribution moved along the line, stretched, or mirrored."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from divviz.discrete import FARTHEST
from divviz.dist import (
    Array,
    Breaks,
    Dist,
    End,
    Family,
    Handle,
    Interval,
    Names,
    Param,
    Points,
    SceneError,
    Tail,
    Zone,
    checked_dist,
    quantile_of_atoms,
    spell,
    window_of_atoms,
)
from divviz.mixtures import DEPTH, depth

Inner = tuple[Dist, ...]  # one distribution; a tuple so that Dist.parts holds it

SHIFT = Param("by", 1.0, -10.0, 10.0, -1e9, 1e9)
FACTOR = Param("by", 2.0, -5.0, 5.0, -1e9, 1e9)
LEAST_FACTOR = 1e-9


@dataclass(frozen=True)
class Line:
    """The map y -> factor y + by of an inner distribution's places to the line that is shown."""

    factor: float = 1.0
    by: float = 0.0

    def out(self, y: Any) -> Any:
        """Where the inner place y goes, any shape."""
        return self.factor * y + self.by

    def back(self, x: Any) -> Any:
        """The inner place that goes to x, up to a rounding."""
        return (x - self.by) / self.factor

    @property
    def mirrors(self) -> bool:
        """Whether left and right change places."""
        return self.factor < 0

    @property
    def log_size(self) -> float:
        """log |factor|."""
        return math.log(abs(self.factor))

    def interval(self, interval: Interval) -> Interval:
        """The image of an interval."""
        low, high = sorted(self.out(end) for end in interval)
        return low, high


# --- places ---------------------------------------------------------------------------------------


def _inner_points(x: Points, line: Line, inner: Dist) -> Points:
    """`x` on the inner line: anchors go back exactly, and offsets from them keep their digits."""
    if inner.kind == "discrete":
        y = nearest(inner, line.back(x.x))
        # What is no image is no outcome, however close it comes to one.
        return Points(np.where(line.out(y) == x.x, y, np.nan))
    images, places = _known(line, inner)
    anchor = line.back(x.anchor)
    if len(images):
        at = np.minimum(np.searchsorted(images, x.anchor), len(images) - 1)
        anchor = np.where(images[at] == x.anchor, places[at], anchor)
    logs = x.log_offset
    return Points(anchor, x.offset / line.factor, None if logs is None else logs - line.log_size)


@lru_cache(maxsize=64)
def _known(line: Line, inner: Dist) -> tuple[Array, Array]:
    """The sorted images (n,) of the places that anchor `inner`, and these places (n,)."""
    b = inner.breaks
    anchors = {*b.hard, *(s[0] for s in b.soft), *(z.anchor for z in b.zones)}
    places = np.array(sorted(anchors, reverse=line.mirrors), float)
    return line.out(places), places


def nearest(dist: Dist, y: Array) -> Array:
    """The outcome of `dist` next to each y (any shape), also of those with next to no mass."""
    if dist.name in ("shifted", "scaled"):
        line = line_of(dist)
        moved: Array = line.out(nearest(dist.parts[0], line.back(y)))
        return moved
    if dist.family.kind == "either":
        each = np.stack([nearest(part, y) for part in dist.parts])
        at = np.argmin(np.abs(each - y), axis=0)
        return np.take_along_axis(each, at[None], axis=0)[0]
    if dist.family.span is not None:
        return np.rint(y)
    values = dist.atoms()[0]
    after = np.clip(np.searchsorted(values, y), 0, len(values) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(values[after] - y < y - values[before], values[after], values[before])


def _checked(family: str, line: Line, by: float, inner: Dist) -> None:
    """SceneError for names, for what stands too deep, and where different places fall together."""
    if inner.labels is not None:
        raise SceneError("transform_names", family=family)
    if depth(inner) >= DEPTH:
        raise SceneError("depth", most=DEPTH)
    places = inner.atoms()[0] if inner.kind == "discrete" else np.unique(inner.breaks.hard)
    with np.errstate(over="ignore"):
        images = line.out(places)
    if not ((np.diff(images) != 0).all() and (np.abs(images) <= FARTHEST).all()):
        raise SceneError("transform_range", family=family, value=by)


def shifted(inner: Dist, by: float) -> Dist:
    """`inner` moved to the right by `by`, in units of x.

    SceneError for outcomes with names, a number out of range or so large that places fall
    together, and nesting deeper than 3.
    """
    checked_dist(inner, "D")
    shift = SHIFT.check("shifted", by)
    _checked("shifted", Line(by=shift), shift, inner)
    return Dist(SHIFTED, (shift, (inner,)))


def scaled(inner: Dist, by: float) -> Dist:
    """`inner` with every place multiplied by `by`, which mirrors it if negative.

    SceneError as for shifted, and for a factor of 0.
    """
    checked_dist(inner, "D")
    factor = FACTOR.check("scaled", by)
    if abs(factor) < LEAST_FACTOR:
        allowed = Names(f"{spell(LEAST_FACTOR)} ≤ |by| ≤ {spell(FACTOR.maximum)}")
        raise SceneError("param", family="scaled", param="by", value=factor, allowed=allowed)
    _checked("scaled", Line(factor), factor, inner)
    return Dist(SCALED, (factor, (inner,)))


def line_of(dist: Dist) -> Line:
    """The map of a shifted or a scaled distribution."""
    return Line(by=dist.args[0]) if dist.name == "shifted" else Line(dist.args[0])


# --- tails, ends, breaks --------------------------------------------------------------------------


def moved_tail(tail: Tail, line: Line, side: int) -> Tail:
    """An inner tail as it is seen on the line; `side` is where it ends up, -1 or 1."""
    size, off = abs(line.factor), side * line.by
    # |y| = (|x| - off) / size out there.
    if tail.kind == "end":
        return tail
    if tail.kind == "power":
        return replace(tail, terms=tuple((a, _stretched(c, size, a)) for a, c in tail.terms))
    rate = tail.rate
    if tail.kind == "order":
        (_, rate), *lower = _expanded(tail.order, tail.rate, size, off)
        return replace(tail, rate=rate, more=_moved_terms(tail.more, size, off, lower))
    if tail.kind == "log_square":
        lower = [(0.0, -2 * rate * line.log_size)]
    elif tail.kind == "factorial":
        lower = [(1.0, -rate * line.log_size / size), (0.0, -rate * off / size)]
        rate /= size
    else:
        rate, lower = rate / size, []
        tail = replace(tail, shift=tail.shift - rate * off)
    return replace(tail, rate=rate, more=_moved_terms(tail.more, size, off, lower))


def _stretched(c: float, size: float, power: float) -> float:
    """c size**power, or as much of it as a number holds: the largest powers are those of nu."""
    if abs(power * math.log(size)) < 600:
        return c * size**power
    return min(c, 1.0) * math.exp(min(max(power * math.log(size), -700.0), 700.0))


def _expanded(order: float, c: float, size: float, off: float) -> list[tuple[float, float]]:
    """The growing terms of c ((|x| - off) / size)**order, by the binomial series."""
    if order == 0:
        return [(0.0, c)]
    terms, coefficient, j = [], _stretched(c, size, -order), 0
    while order - j > 0:
        terms.append((order - j, coefficient))
        coefficient = min(max(-coefficient * off * (order - j) / (j + 1), -FARTHEST), FARTHEST)
        j += 1
    return terms


def _moved_terms(
    more: tuple[tuple[float, float], ...],
    size: float,
    off: float,
    lower: list[tuple[float, float]] | None = None,
) -> tuple[tuple[float, float], ...]:
    total: dict[float, float] = dict(lower or ())
    for order, c in more:
        for power, coefficient in _expanded(order, c, size, off):
            total[power] = total.get(power, 0.0) + coefficient
    return tuple((o, c) for o, c in sorted(total.items(), reverse=True) if c != 0)


def _tail(line: Line, inner: Dist) -> tuple[Tail, Tail]:
    left, right = inner.tail()[:: -1 if line.mirrors else 1]
    return moved_tail(left, line, -1), moved_tail(right, line, 1)


def _ends(line: Line, inner: Dist) -> tuple[End, ...]:
    turn = -1 if line.mirrors else 1
    return tuple(
        End(
            line.out(e.at),
            turn * e.side,
            # r is a distance: log(r/|factor|)^2 leaves a power of r.
            e.exponent + 2 * e.log_square * line.log_size,
            e.log_square,
        )
        for e in inner.ends()
    )


def _breaks(line: Line, inner: Dist) -> Breaks:
    size, turn = abs(line.factor), -1 if line.mirrors else 1
    b = inner.breaks
    return Breaks(
        tuple(line.out(x) for x in b.hard),
        tuple((line.out(x), line.factor * grid, size * width) for x, grid, width in b.soft),
        tuple(
            Zone(line.out(z.anchor), turn * z.side, size * z.scale, z.exponent, z.alpha)
            for z in b.zones
        ),
    )


# --- the hooks ------------------------------------------------------------------------------------


def _log_density(x: Points, line: Line, inner: Dist) -> Array:
    logs = inner.family.log_density(_inner_points(x, line, inner), *inner.args)
    return logs if inner.kind == "discrete" or line.factor == 1 else logs - line.log_size


def _log_ratio(x: Points, line: Line, one: Dist, other: Dist) -> Array | None:
    if one.family is not other.family or one.family.log_ratio is None:
        return None
    return one.family.log_ratio(_inner_points(x, line, one), one.args, other.args)


def _mean(line: Line, inner: Dist) -> float | None:
    mean = inner.mean()
    return None if mean is None else line.out(mean)


def _sd(line: Line, inner: Dist) -> float | None:
    sd = inner.sd()
    return None if sd is None else abs(line.factor) * sd


def _counted(x: Array, line: Line, inner: Dist) -> Array:
    """An inner place up to which (mirrored: from which on) the outcomes have images <= x."""
    turn = -1.0 if line.mirrors else 1.0
    y = line.back(x)
    beside = nearest(inner, y)
    # A rounding must not carry a place past the outcome next to it.
    within = line.out(beside) <= x
    y, beside = turn * y, turn * beside
    last = np.where(within, np.maximum(y, beside), np.minimum(y, np.nextafter(beside, -np.inf)))
    return turn * last


def _cdf(x: Array, line: Line, inner: Dist) -> Array:
    if inner.kind == "continuous":
        return (inner.sf if line.mirrors else inner.cdf)(line.back(x))
    y = _counted(x, line, inner)
    return inner.sf(np.nextafter(y, -np.inf)) if line.mirrors else inner.cdf(y)


def _sf(x: Array, line: Line, inner: Dist) -> Array:
    if inner.kind == "continuous":
        return (inner.cdf if line.mirrors else inner.sf)(line.back(x))
    y = _counted(x, line, inner)
    return inner.cdf(np.nextafter(y, -np.inf)) if line.mirrors else inner.sf(y)


def _quantile(u: Array, line: Line, inner: Dist) -> Array:
    if inner.kind == "discrete":
        return quantile_of_atoms(_as_dist(line, inner), u)
    result: Array = line.out(inner.isf(u) if line.mirrors else inner.quantile(u))
    return result


def _isf(u: Array, line: Line, inner: Dist) -> Array:
    if inner.kind == "discrete":
        return quantile_of_atoms(_as_dist(line, inner), 1 - u)
    result: Array = line.out(inner.quantile(u) if line.mirrors else inner.isf(u))
    return result


def _as_dist(line: Line, inner: Dist) -> Dist:
    family, by = (SHIFTED, line.by) if line.factor == 1 else (SCALED, line.factor)
    return Dist(family, (by, (inner,)))


def _atoms(line: Line, inner: Dist) -> tuple[Array, Array]:
    places, logs = inner.atoms()
    turn = -1 if line.mirrors else 1
    return line.out(places[::turn]), logs[::turn]


def _support(line: Line, inner: Dist) -> tuple[Interval, ...]:
    return tuple(sorted(line.interval(interval) for interval in inner.support()))


def _window(line: Line, inner: Dist) -> Interval:
    if inner.kind == "discrete":
        return window_of_atoms(_as_dist(line, inner))
    return line.interval(inner.window())


# --- the families ---------------------------------------------------------------------------------


def _family(name: str, line: Any, handle: Handle) -> Family:
    """shifted or scaled: `line(by)` is its map."""

    def hook(function: Any) -> Any:
        return lambda by, inner: function(line(by), inner[0])

    def at(function: Any) -> Any:
        return lambda x, by, inner: function(x, line(by), inner[0])

    def log_ratio(x: Points, a: Any, b: Any) -> Array | None:
        (by, (one,)), (to, (other,)) = a, b
        return _log_ratio(x, line(by), one, other) if by == to else None

    return Family(
        name,
        "either",
        (),
        log_density=at(_log_density),
        support=hook(_support),
        mean=hook(_mean),
        sd=hook(_sd),
        handles=(handle,),
        cdf=at(_cdf),
        sf=at(_sf),
        quantile=at(_quantile),
        isf=at(_isf),
        breaks=hook(_breaks),
        tail=hook(_tail),
        ends=hook(_ends),
        atoms=hook(_atoms),
        window=hook(_window),
        log_ratio=log_ratio,
        flat=lambda by, inner: inner[0].flat,
        spell=lambda by, inner: f"{name}({inner[0]},{spell(by)})",
    )


def _finite_mean(inner: Dist) -> float:
    mean = inner.mean()
    return mean if mean is not None and math.isfinite(mean) else float(inner.quantile(0.5))


def _far_point(inner: Dist) -> float:
    """A place of `inner` that a hand can pull away from 0: the farther end of its middle."""
    middle = _finite_mean(inner)
    low, high = (float(inner.quantile(u)) for u in (0.16, 0.84))
    return max(low, middle, high, key=abs)


def _pulled(x: float, by: float, inner: Inner) -> tuple[Any, ...]:
    far = _far_point(inner[0])
    factor = FACTOR.clip(x / far) if far != 0 else by
    return inner[0], factor if abs(factor) >= LEAST_FACTOR else math.copysign(LEAST_FACTOR, by)


SHIFTED = _family(
    "shifted",
    lambda by: Line(by=by),
    Handle(
        "centre",
        lambda by, inner: by + _finite_mean(inner[0]),
        lambda x, by, inner: (inner[0], SHIFT.clip(x - _finite_mean(inner[0]))),
    ),
)
SCALED = _family(
    "scaled",
    lambda by: Line(by),
    Handle("width", lambda by, inner: by * _far_point(inner[0]), _pulled),
)
