"""Infinity, decided from supports and tails, never observed from overflow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from divviz.dist import Array, Dist, Interval, Tail, spell
from divviz.ground import Ground

MIRROR = {"P": "Q", "Q": "P"}

REASONS: dict[str, str] = {
    "outside": "{other} gives 0 to outcome {outcome}, where {who} has {mass}.",
    "outside_interval": "{other} gives 0 to {interval}, where {who} has {mass}.",
    "tail": "{who}'s tail is too heavy for {other}.",
    "mean": "{who} has no finite mean, and {other} does not match its tail.",
    "moment": "{who}'s tail is too heavy for order {order}, and {other} does not match it.",
    "half": "{who}'s tail falls too slowly, and {other} does not match it.",
    "endless": "The sum of {what} diverges at {where}.",
    "order_limit": "At order ∞ the sum grows without bound wherever P exceeds Q.",
    "no_overlap": "P and Q have no place in common.",
    "huge": "The number is finite, but larger than 1.8×10³⁰⁸, the largest that is computed with.",
    "peak": "The density of {who} has no upper bound.",
    "peak_above_1": "The density of {who} exceeds 1 somewhere, and its powers grow without bound.",
    "ratio": "{what} has no upper bound toward {where}.",
    "unbounded": "{who} spreads over an endless stretch.",
    "endless_list": "A mean over outcomes needs finitely many; {who} has infinitely many.",
    "across": "{atoms} lists outcomes and {density} is a density: they have no common density. "
    "Compare W, KS or the energy distance, or make a histogram of {atoms}.",
}


@dataclass(frozen=True)
class Reason:
    """Why a value is infinite, minus infinite or undefined (None): a key of REASONS and the fields
    of its sentence.
    """

    code: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    value: float | None = math.inf

    def __str__(self) -> str:
        words = {k: spell(v) if isinstance(v, float) else v for k, v in self.fields.items()}
        return REASONS[self.code].format(**words)


def outside_interval(p: Dist, q: Dist, who: str) -> Reason | None:
    """The interval where p, which is `who`, has most mass outside q's support, else None."""
    lost = _minus(p.support(), q.support())
    if not lost:
        return None
    masses = _masses(p, *np.array(lost).T)
    at = int(np.argmax(masses))
    low, high = lost[at]
    fields: dict[str, Any] = {"who": who, "other": MIRROR[who], "low": low, "high": high}
    fields["interval"] = spelled_interval(low, high)
    # A tail of N(50,1) below 0 is there, and smaller than any double.
    fields["mass"] = float(masses[at]) or "< 10⁻³⁰⁰"
    return Reason("outside_interval", fields)


def spelled_interval(low: float, high: float) -> str:
    """An interval to three digits, open where it has no end.

    >>> spelled_interval(-math.inf, 0), spelled_interval(1, 2.3456)
    ('(−∞, 0]', '[1, 2.35]')
    """

    def end(x: float) -> str:
        return (f"{abs(x):.3g}" if math.isfinite(x) else "∞").join(["−" if x < 0 else "", ""])

    left, right = "(" if math.isinf(low) else "[", ")" if math.isinf(high) else "]"
    return f"{left}{end(low)}, {end(high)}{right}"


def outside_outcome(
    p: Dist, q: Dist, g: Ground, labels: tuple[str, ...] | None, who: str
) -> Reason | None:
    """The outcome where p, which is `who`, has most mass and q none, else None."""
    lost = () if g.common is None else np.flatnonzero(np.isposinf(g.log_ratio))
    if len(lost):
        at = int(lost[np.argmax(g.log_p[lost])])
        return _at_outcome(who, labels[at] if labels else float(g.x[at]), float(g.p[at]))
    if labels is not None or p.name == q.name == "pmf":
        return None
    # Beyond the outcomes that are summed a support may still go on (Poisson against a pmf).
    (low, high), (least, most) = hull(p), hull(q)
    if high <= most and low >= least:
        return None
    outcome = min(high, most + 1) if high > most else max(low, least - 1)
    return _at_outcome(who, outcome, float(p.density(outcome)))


def _at_outcome(who: str, outcome: Any, mass: float) -> Reason:
    fields = {"who": who, "other": MIRROR[who], "outcome": outcome, "mass": mass}
    return Reason("outside", fields)


def hull(dist: Dist) -> Interval:
    """The first and the last place that carries mass."""
    support = dist.support()
    return support[0][0], support[-1][1]


def _masses(dist: Dist, low: Array, high: Array) -> Array:
    """The mass of each interval, from the tail that keeps its digits."""
    below, above = dist.cdf(high) - dist.cdf(low), dist.sf(low) - dist.sf(high)
    return np.where(dist.cdf(low) > 0.5, above, below)


def _minus(these: tuple[Interval, ...], those: tuple[Interval, ...]) -> list[Interval]:
    """The parts of positive length of the sorted `these` that the sorted `those` do not cover."""
    left: list[Interval] = []
    first = 0
    for low, high in these:
        at = low
        while first < len(those) and those[first][1] <= low:
            first += 1
        for c, d in islice(those, first, None):
            if c >= high:
                break
            if c > at:
                left.append((at, c))
            at = max(at, d)
        if at < high:
            left.append((at, high))
    return left


def endures(p: Tail, q: Tail) -> bool:
    """Whether the expectation of -log q under p stays finite in this tail.

    Moments below order alpha are finite for a power tail, all moments for the others;
    exp(rate |x|) only for tails that fall faster.
    """
    if p.kind == "end" or q.kind in ("end", "power", "log_square"):
        return True
    if q.kind == "order":
        return q.order < p.alpha
    if q.kind == "factorial":
        # |x| log |x| outgrows |x| by less than any power.
        return p.alpha > 1
    if p.kind != "order":
        return p.kind in ("factorial", "exp")
    if p.order != 1:
        return p.order > 1
    return p.rate > q.rate or (p.rate == q.rate and _integrable(p.more))


def _integrable(more: tuple[tuple[float, float], ...]) -> bool:
    """Whether exp(-the growing terms `more`) has a finite integral out to infinity."""
    for order, coefficient in more:
        if order > 0 and coefficient != 0:
            return coefficient > 0
        if order == 0:
            return coefficient > 1
    return False


def heavy(p: Dist, q: Dist, who: str) -> Reason | None:
    """Why the expectation of -log q under p diverges in a tail, else None; p is `who`."""
    if p.kind == "discrete":
        return None
    if all(endures(a, b) for a, b in zip(p.tail(), q.tail(), strict=True)):
        return None
    return Reason("tail", {"who": who, "other": MIRROR[who]})


def mismatch(p: Tail, q: Tail) -> tuple[float, str] | None:
    """The least index at which two power tails differ, and whose is larger there, else None."""
    mine, theirs = dict(p.terms), dict(q.terms)
    for alpha in sorted(mine.keys() | theirs.keys()):
        a, b = mine.get(alpha, 0.0), theirs.get(alpha, 0.0)
        # Coefficients carry a few roundings (mixtures add them up).
        if not math.isclose(a, b, rel_tol=2e-15):
            return alpha, "P" if a > b else "Q"
    return None


def unmatched(p: Dist, q: Dist, index: float, code: str) -> Reason | None:
    """The reason `code` where a power tail of an index up to `index` does not cancel, else None."""
    for one, other in zip(p.tail(), q.tail(), strict=True):
        found = mismatch(one, other) if one.terms or other.terms else None
        if found is not None and found[0] <= index:
            return Reason(code, {"who": found[1], "other": MIRROR[found[1]]})
    return None


def far(p: Dist, q: Dist) -> Reason | None:
    """Why W1 is infinite, else None: power tails of index up to 1 that do not cancel."""
    return unmatched(p, q, 1.0, "mean")
