"""The oracle's built distributions: steps, mixtures, and distributions moved or cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import exact
import mpmath as mp
import numpy as np
from double_double import DD, exp, join, log, where
from exact import INF, LOG, LOG_SQUARE, Exact, Growth, Places, heaviest


def drawn(a: float, b: float, levels: tuple[int, ...]) -> Exact:
    low, high = mp.mpf(a), mp.mpf(b)
    n = len(levels)
    return steps_of([low + (high - low) * i / n for i in range(n + 1)], levels)


def histogram(bins: int, *values: float) -> Exact:
    """Equal bins from the least value to the largest; no value may lie on an inner edge."""
    low, high = mp.mpf(min(values)), mp.mpf(max(values))
    counts = [0] * bins
    for x in values:
        counts[min(int((mp.mpf(x) - low) / (high - low) * bins), bins - 1)] += 1
    return drawn(min(values), max(values), tuple(counts))


def steps_of(edges: Iterable[Any], heights: Iterable[float]) -> Exact:
    """The density proportional to heights (n,) between edges (n + 1,)."""
    ends, levels = [mp.mpf(e) for e in edges], [mp.mpf(h) for h in heights]
    n = len(levels)
    whole = mp.fsum(h * (b - a) for h, (a, b) in zip(levels, pairwise(ends), strict=True))
    logs = join([mp.log(h / whole) if h else mp.mpf(0) for h in levels])
    turns = [i for i in range(n + 1) if i in (0, n) or levels[i] != levels[i - 1]]
    support = tuple((ends[i], ends[i + 1]) for i in range(n) if levels[i])
    bounds = np.array([float(e) for e in ends])

    def log_pdf(x: Places) -> DD:
        return logs[np.clip(np.searchsorted(bounds, x.middle) - 1, 0, n - 1)]

    return Exact(log_pdf, tuple(ends[i] for i in turns), joined(support))


def fitted(family: str, *values: float) -> Exact:
    """The likeliest normal or exponential, from its estimates in closed form."""
    x = [mp.mpf(v) for v in values]
    mean = mp.fsum(x) / len(x)
    if family == "exponential":
        return exact.exponential(1 / mean)
    return exact.normal(mean, mp.sqrt(mp.fsum((v - mean) ** 2 for v in x) / len(x)))


def joined(intervals: Iterable[tuple[Any, Any]]) -> tuple[tuple[Any, Any], ...]:
    """The union of intervals, sorted, those that touch joined."""
    union: list[tuple[Any, Any]] = []
    for low, high in sorted(intervals):
        if union and low <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], high))
        else:
            union.append((low, high))
    return tuple(union)


def mixed(parts: list[tuple[Any, Exact]]) -> Exact:
    whole = mp.fsum(w for w, _ in parts)
    live = [(w / whole, e) for w, e in parts if w > 0]

    def log_pdf(x: Places) -> DD:
        every = []
        for w, e in live:
            inside = e.inside(x.middle)
            every.append(where(inside, e.log_pdf(x) + mp.log(w), -1e250))
        top = every[0]
        for logs in every[1:]:
            top = where(logs.high > top.high, logs, top)
        share = sum((exp(logs - top) for logs in every), DD(np.zeros(len(top))))
        return top + log(share)

    places = {place for _, e in live for place in e.ends}
    mixture = Exact(
        log_pdf, tuple(sorted({c for _, e in live for c in e.cuts})),
        joined(i for _, e in live for i in e.support),
        heaviest(e.left for _, e in live), heaviest(e.right for _, e in live),
    )  # fmt: skip
    ends = {at: heaviest(e.growth(*at) for _, e in live) for at in places}
    return replace(
        mixture, ends={at: g for at, g in ends.items() if g},
        cdf=_summed(live, "cdf"), sf=_summed(live, "sf"),
        poles=tuple({pole for _, e in live for pole in e.poles}),
    )  # fmt: skip


def _summed(live: list[tuple[Any, Exact]], which: str) -> Any:
    functions = [(w, getattr(e, which)) for w, e in live]
    if any(f is None for _, f in functions):
        return None
    return lambda x: mp.fsum(w * f(x) for w, f in functions)


def shifted(e: Exact, by: float) -> Exact:
    b = mp.mpf(by)

    def moved(growth: Growth | None, side: int) -> Growth | None:
        if growth is None:
            return None
        result = dict(growth)
        for (k, j), c in growth.items():
            if k == INF:
                del result[k, j]
                result[k, j] = c * mp.exp(-side * j * b)
            elif j == 0 and k > 1:
                result[k - 1, 0] = result.get((k - 1, 0), 0) - side * c * k * b
        return result

    def at(f: Any) -> Any:
        return None if f is None else lambda x: f(x - b)

    return Exact(
        lambda x: e.log_pdf(x.moved(b)), tuple(c + b for c in e.cuts),
        tuple((low + b, high + b) for low, high in e.support),
        moved(e.left, -1), moved(e.right, 1),
        {(place + b, side): g for (place, side), g in e.ends.items()},
        at(e.cdf), at(e.sf), None if e.quantile is None else lambda u: e.quantile(u) + b,
        tuple(pole + b for pole in e.poles),
    )  # fmt: skip


def scaled(e: Exact, by: float) -> Exact:
    b = mp.mpf(by)
    size, side = abs(b), 1 if b > 0 else -1

    def stretched(growth: Growth | None, factor: Any) -> Growth | None:
        """The growth in y of a growth in y / factor."""
        if growth is None:
            return None
        result: dict[Any, Any] = {}
        for (k, j), c in growth.items():
            if k == INF:
                result[k, j / factor] = c
            else:
                result[k, j] = result.get((k, j), 0) + c / factor**k
                if (k, j) == LOG_SQUARE:
                    result[LOG] = result.get(LOG, 0) - 2 * c * mp.log(factor)
        return result

    left, right = stretched(e.left, size), stretched(e.right, size)
    cdf, sf = (e.cdf, e.sf) if side > 0 else (e.sf, e.cdf)
    return Exact(
        lambda x: e.log_pdf(x.divided(b)) - mp.log(size), tuple(sorted(c * b for c in e.cuts)),
        tuple(sorted(tuple(sorted((low * b, high * b))) for low, high in e.support)),
        *((left, right) if side > 0 else (right, left)),
        {(place * b, s * side): stretched(g, 1 / size) for (place, s), g in e.ends.items()},
        None if cdf is None else lambda x: cdf(x / b), None if sf is None else lambda x: sf(x / b),
        poles=tuple(pole * b for pole in e.poles),
    )  # fmt: skip


def truncated(e: Exact, a: float, b: float, log_mass: Any) -> Exact:
    low, high = mp.mpf(a), mp.mpf(b)
    support = tuple((max(x, low), min(y, high)) for x, y in e.support if x < high and y > low)
    ends = {at: e.growth(*at) for at in [*e.ends, (low, 1), (high, -1)]}
    first, last = support[0][0], support[-1][1]
    return Exact(
        lambda x: e.log_pdf(x) - log_mass,
        tuple(sorted({first, last, *(c for c in e.cuts if first < c < last)}
                     - {INF, -INF})),
        support, e.left if first == -INF else None, e.right if last == INF else None,
        {at: g for at, g in ends.items() if g}, poles=e.poles,
    )  # fmt: skip


def density(name: str, *args: Any) -> Exact:
    """The exact density of a family by its name."""
    own = {"drawn": drawn, "histogram": histogram, "fitted": fitted, "density": steps_of}
    return (own[name] if name in own else getattr(exact, name))(*args)
