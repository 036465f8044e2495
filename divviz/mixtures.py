"""mixture: a weighted sum of distributions of one kind."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from divviz.discrete import numbers, refuse
from divviz.dist import (
    Array,
    Breaks,
    Dist,
    End,
    Family,
    Interval,
    Points,
    SceneError,
    Tail,
    checked_dist,
    quantile_of_atoms,
    spell,
    window_of_atoms,
)

DEPTH = 3


def mixture(weights: Iterable[float], dists: Iterable[Dist]) -> Dist:
    """The mixture of 2 to 8 `dists` of one kind with masses proportional to `weights`.

    SceneError for wrong weights or counts, parts of two kinds, and nesting deeper than 3.
    """
    given = tuple(dists) if isinstance(dists, Iterable) else (dists,)
    parts = tuple(checked_dist(part, f"Part {k}") for k, part in enumerate(given, 1))
    w = numbers(weights, "weight")
    refuse("weight", w, ~(np.isfinite(w) & (w >= 0)))
    if len(w) != len(parts):
        raise SceneError("mixture_weights", weights=len(w), parts=len(parts))
    if not 2 <= len(parts) <= 8:
        raise SceneError("mixture_count", count=len(parts))
    if not w.any():
        raise SceneError("weights_zero")
    if len({part.kind for part in parts}) > 1:
        raise SceneError("mixture_kinds")
    mixed = Dist(MIXTURE, (tuple((w + 0.0).tolist()), parts))
    if depth(mixed) > DEPTH:
        raise SceneError("depth", most=DEPTH)
    return mixed


def depth(dist: Dist) -> int:
    """How many mixtures and transformations stand inside one another: 0 for a plain family."""
    return 1 + max(map(depth, dist.parts)) if dist.family.kind == "either" else 0


def shares(weights: tuple[float, ...]) -> list[float]:
    """The weights as shares that sum to 1."""
    top = max(weights)
    total = math.fsum(w / top for w in weights)
    return [w / top / total for w in weights]


def _live(weights: tuple[float, ...], parts: tuple[Dist, ...]) -> list[tuple[float, float, Dist]]:
    """(share, log share, part) for each part that carries mass."""
    top = max(weights)
    log_total = math.log(math.fsum(w / top for w in weights)) + math.log(top)
    every = zip(weights, shares(weights), parts, strict=True)
    # A share may underflow while its weight is positive: its log is taken from the weight.
    return [
        (s, math.log(s) if s > 1e-290 else math.log(w) - log_total, part)
        for w, s, part in every
        if w > 0
    ]


def _log_mixture(x: Points, weights: Any, parts: Any) -> Array:
    logs = [part.family.log_density(x, *part.args) + ls for _, ls, part in _live(weights, parts)]
    total: Array = logs[0]
    for other in logs[1:]:
        total = np.logaddexp(total, other)
    return total


def _mix(values: Any, weights: Any, parts: Any) -> Array:
    total: Array = sum(s * values(part) for s, _, part in _live(weights, parts))
    return total


def _mean(weights: Any, parts: Any) -> float | None:
    means = [(s, part.mean()) for s, _, part in _live(weights, parts)]
    if any(mean is None for _, mean in means):
        return None
    infinite = {mean for _, mean in means if mean is not None and math.isinf(mean)}
    if infinite:
        return infinite.pop() if len(infinite) == 1 else None
    return math.fsum(s * m for s, m in means if m is not None)


def _sd(weights: Any, parts: Any) -> float | None:
    mean = _mean(weights, parts)
    if mean is None:
        return None
    if math.isinf(mean):
        return math.inf
    terms = [(s, part.mean(), part.sd()) for s, _, part in _live(weights, parts)]
    return math.sqrt(
        math.fsum(
            s * (d * d + (m - mean) ** 2) for s, m, d in terms if m is not None and d is not None
        )
    )


def _support(weights: Any, parts: Any) -> tuple[Interval, ...]:
    return union([i for _, _, part in _live(weights, parts) for i in part.support()])


def union(intervals: list[Interval]) -> tuple[Interval, ...]:
    """The union of closed intervals, sorted, those that touch joined."""
    joined: list[Interval] = []
    for low, high in sorted(intervals):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def _tail(weights: Any, parts: Any) -> tuple[Tail, Tail]:
    live = [(s, part.tail()) for s, _, part in _live(weights, parts)]
    left, right = ([(s, tails[i]) for s, tails in live] for i in (0, 1))
    return _heaviest(left), _heaviest(right)


def _heaviest(tails: list[tuple[float, Tail]]) -> Tail:
    """The tail of the part whose -log f grows most slowly: it outlives the others."""
    orders = sorted({order for _, tail in tails for order, _ in tail.more}, reverse=True)
    slowest = min((tail for _, tail in tails), key=lambda tail: _growth(tail, orders))
    if slowest.kind != "power":
        return slowest
    terms: dict[float, float] = {}
    for share, tail in tails:
        for alpha, coefficient in tail.terms:
            terms[alpha] = terms.get(alpha, 0.0) + share * coefficient
    return Tail("power", terms=tuple(sorted(terms.items())))


def _growth(tail: Tail, orders: list[float]) -> tuple[float, ...]:
    """What tells a slower growth of -log f from a faster one, the most telling first."""
    # |x| log |x| lies between the orders 1 and above.
    kind = {"power": 0, "log_square": 1, "factorial": 3, "exp": 5, "end": 6}
    rank = kind.get(tail.kind, 2 if tail.order <= 1 else 4)
    more = dict(tail.more)
    return rank, tail.order, tail.rate, tail.shift, *(more.get(order, 0.0) for order in orders)


def _ends(weights: Any, parts: Any) -> tuple[End, ...]:
    """The largest part decides how a sum behaves next to a place."""
    live = [part for _, _, part in _live(weights, parts)]
    least: dict[tuple[float, int], End] = {}
    for end in (end for part in live for end in part.ends()):
        key = (end.at, end.side)
        if key not in least or _size(end) < _size(least[key]):
            least[key] = end
    return tuple(
        end
        for end in least.values()
        if _size(end) < (0.0, 1.0) or not any(_finite_at(part, end) for part in live)
    )


def _size(end: End) -> tuple[float, float]:
    return end.log_square, end.exponent


def _finite_at(part: Dist, end: End) -> bool:
    """Whether a part is positive and finite on that side of that place."""
    if any((own.at, own.side) == (end.at, end.side) for own in part.ends()):
        return False
    at, right = end.at, end.side > 0
    return any(low <= at < high if right else low < at <= high for low, high in part.support())


def _breaks(weights: Any, parts: Any) -> Breaks:
    every = [part.breaks for _, _, part in _live(weights, parts)]
    return Breaks(
        tuple(h for b in every for h in b.hard),
        tuple(s for b in every for s in b.soft),
        tuple(z for b in every for z in b.zones),
    )


def _atoms(weights: Any, parts: Any) -> tuple[Array, Array]:
    x = np.unique(np.concatenate([part.atoms()[0] for _, _, part in _live(weights, parts)]))
    return x, _log_mixture(Points(x), weights, parts)


def _quantile(u: Array, weights: Any, parts: Any) -> Array:
    """By bisection between the extreme quantiles of the parts."""
    mixed = Dist(MIXTURE, (weights, parts))
    if mixed.kind == "discrete":
        return quantile_of_atoms(mixed, u)
    each = np.stack([part.quantile(u) for _, _, part in _live(weights, parts)])
    return _bisected(each, lambda x: mixed.cdf(x) < u)


def _isf(u: Array, weights: Any, parts: Any) -> Array:
    """The same from the right, for tails that 1 - u cannot tell."""
    mixed = Dist(MIXTURE, (weights, parts))
    if mixed.kind == "discrete":
        return quantile_of_atoms(mixed, 1 - u)
    each = np.stack([part.isf(u) for _, _, part in _live(weights, parts)])
    # A part without an isf of its own gives infinity for a u that 1 - u cannot tell.
    lost = (np.isinf(each) & (u > 0)).any(axis=0)
    if lost.any():
        low = np.where(lost, mixed.quantile(0.5), each.min(axis=0))
        high = np.where(np.isinf(each), -np.inf, each).max(axis=0)
        step = np.maximum(np.maximum(high, 0.0) - low, 1.0)
        while (short := lost & (mixed.sf(low + step) > u)).any():
            step = np.where(short, 2 * step, step)
        each = np.stack([low, np.where(lost, low + step, each.max(axis=0))])
    return _bisected(each, lambda x: mixed.sf(x) > u)


def _bisected(each: Array, below: Callable[[Array], Any]) -> Array:
    """Where `below` ends, between the least and the greatest of `each` (parts, ...)."""
    low, high = each.min(axis=0), each.max(axis=0)
    # 60 halvings leave the last digits; those of the logarithm find the scale first.
    for _ in range(64):
        size = np.sqrt(np.abs(low)) * np.sqrt(np.abs(high))
        far = (low * high > 0) & (np.abs(np.log(low / high)) > 3)
        middle = np.where(far, np.copysign(size, low), 0.5 * (low + high))
        middle = np.where(low == high, low, middle)
        under = below(middle)
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return high


def _cumulative(which: str) -> Any:
    def entry(x: Array, weights: Any, parts: Any) -> Array:
        return _mix(lambda part: getattr(part, which)(x), weights, parts)

    return entry


def _window(weights: Any, parts: Any) -> Interval:
    live = _live(weights, parts)
    if parts[0].kind == "discrete":
        return window_of_atoms(Dist(MIXTURE, (weights, parts)))
    seen = [part.window() for s, _, part in live if s > 1e-3]
    return min(low for low, _ in seen), max(high for _, high in seen)


def _spell(weights: Any, parts: Any) -> str:
    return f"mixture({'+'.join(f'{spell(w)}*{d}' for w, d in zip(weights, parts, strict=True))})"


MIXTURE = Family(
    "mixture",
    "either",
    (),
    log_density=_log_mixture,
    support=_support,
    mean=_mean,
    sd=_sd,
    cdf=_cumulative("cdf"),
    sf=_cumulative("sf"),
    quantile=_quantile,
    isf=_isf,
    breaks=_breaks,
    tail=_tail,
    ends=_ends,
    atoms=_atoms,
    window=_window,
    flat=lambda weights, parts: all(part.flat for part in parts),
    spell=_spell,
)
