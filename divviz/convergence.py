"""Whether an integral of p^a q^b, or a power of the quantiles' gap, converges: by rule.

A density is told by how it behaves where it is not tame: -log f in each tail as a sum of growing
terms, and f ~ r**(k - 1) at distance r from a singular end. Powers add those up, and the first
term that does not cancel decides. Source: comparison with x**s, Rudin, Principles of Mathematical
Analysis (1976), chapter 6, exercises 7 and 8.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from divviz.dist import Dist, Tail, spell
from divviz.infinity import MIRROR, Reason, mismatch

Key = tuple[int, float, int]
Growth = dict[Key, float]

LOG: Key = (0, 0.0, 0)  # log |x|, the slowest growth that matters
# Coefficients carry a few roundings of their own (1/(2 sigma^2), sums over a mixture).
TIE = 4e-15
SUPERSCRIPTS = str.maketrans("-.0123456789", "⁻·⁰¹²³⁴⁵⁶⁷⁸⁹")


def growth(tail: Tail) -> Growth:
    """The coefficients of -log f in a tail, by kind of growth; larger keys grow faster."""
    found: Growth = {(2, order, 0) if order else LOG: c for order, c in tail.more}
    if tail.kind == "power":
        found[LOG] = 1 + tail.alpha
    elif tail.kind == "log_square":
        found[1, 0.0, 0] = tail.rate
    elif tail.kind == "order":
        found[2, tail.order, 0] = tail.rate
    elif tail.kind == "factorial":
        found[2, 1.0, 1] = tail.rate
    elif tail.kind == "exp":
        found[3, tail.rate, 0] = tail.shift
    return found


def _weighed(p: Growth, q: Growth, a: float, b: float) -> Iterator[tuple[Key, float]]:
    """The terms of a * p + b * q that do not cancel, the fastest first."""
    for key in sorted(p.keys() | q.keys(), reverse=True):
        if key[0] == 3:
            # exp(rate |x| + shift): compared through the larger shift, as exp may overflow.
            top = max(side.get(key, -math.inf) for side in (p, q))
            one, other = (
                weight * math.exp(side[key] - top) if key in side else 0.0
                for weight, side in ((a, p), (b, q))
            )
        else:
            one, other = a * p.get(key, 0.0), b * q.get(key, 0.0)
        if abs(one + other) > TIE * (abs(one) + abs(other)):
            yield key, one + other


def dies_out(p: Tail, q: Tail, a: float, b: float) -> bool:
    """Whether p^a q^b is integrable in a tail that neither support leaves."""
    for key, net in _weighed(growth(p), growth(q), a, b):
        if key == LOG:
            return net > 1 + TIE
        return net > 0
    return False


def diverges(p: Dist, q: Dist, a: float, b: float) -> Reason | None:
    """Why the sum or integral of p^a q^b over the common support is infinite, else None."""
    for side, one, other in zip((-1, 1), p.tail(), q.tail(), strict=True):
        open_there = all(tail.kind != "end" for tail, power in ((one, a), (other, b)) if power != 0)
        if open_there and not dies_out(one, other, a, b):
            return _endless(a, b, "−∞" if side < 0 else "∞")
    places = {(end.at, end.side) for end in (*p.ends(), *q.ends())}
    for at, side in sorted(places):
        if not _tame_at(p, q, a, b, at, side):
            return _endless(a, b, f"x = {spell(at)}")
    return None


def _endless(a: float, b: float, where: str) -> Reason:
    return Reason("endless", {"what": powers_spelled(a, b), "where": where})


def powers_spelled(a: float, b: float) -> str:
    """p^a q^b in print.

    >>> powers_spelled(2, -1), powers_spelled(0.5, 0.5), powers_spelled(2, 0)
    ('p² q⁻¹', 'p⁰·⁵ q⁰·⁵', 'p²')
    """

    def factor(name: str, power: float) -> str:
        spelled = "" if power == 1 else f"{power:.4g}".translate(SUPERSCRIPTS)
        return name + spelled if power else ""

    return f"{factor('p', a)} {factor('q', b)}".strip()


def local(dist: Dist, at: float, side: int) -> tuple[float, float] | None:
    """(exponent, log_square) of a density at a place from one side; None where it has no mass."""
    beside = [
        (low, high)
        for low, high in dist.support()
        if (low <= at < high if side > 0 else low < at <= high)
    ]
    if not beside:
        return None
    found = [end for end in dist.ends() if end.at == at and end.side == side]
    if not found:
        return 1.0, 0.0
    # The density is a sum: its largest part decides.
    least = min(found, key=lambda end: (end.log_square, end.exponent))
    return least.exponent, least.log_square


def _tame_at(p: Dist, q: Dist, a: float, b: float, at: float, side: int) -> bool:
    one = local(p, at, side) if a else (1.0, 0.0)
    other = local(q, at, side) if b else (1.0, 0.0)
    if one is None or other is None:
        return True
    falling = a * one[1] + b * other[1]
    if abs(falling) > TIE * (abs(a * one[1]) + abs(b * other[1])):
        return falling > 0
    return a * (one[0] - 1) + b * (other[0] - 1) + 1 > TIE


def unbounded(p: Dist, q: Dist) -> Reason | None:
    """Why p/q has no upper bound on the common support, else None."""
    for side, one, other in zip((-1, 1), p.tail(), q.tail(), strict=True):
        if one.kind == "end" or other.kind == "end":
            continue
        net = next((net for _, net in _weighed(growth(one), growth(other), 1.0, -1.0)), 0.0)
        if net < 0:
            return _ratio("−∞" if side < 0 else "∞")
    for at, side in sorted({(end.at, end.side) for end in (*p.ends(), *q.ends())}):
        mine, theirs = local(p, at, side), local(q, at, side)
        if mine is None or theirs is None:
            continue
        if (mine[1], mine[0]) < (theirs[1], theirs[0]):
            return _ratio(f"x = {spell(at)}")
    return None


def _ratio(where: str) -> Reason:
    return Reason("ratio", {"what": "p/q", "where": where})


# --- the gap of the quantiles


def far_apart(p: Dist, q: Dist, order: float) -> Reason | None:
    """Why the mean of |F^-1(u) - G^-1(u)|^order is infinite, else None (order up to infinity).

    Power tails of index alpha whose first difference has index beta leave quantiles
    u^(-(1 + alpha - beta) / alpha) apart.
    """
    for one, other in zip(p.tail(), q.tail(), strict=True):
        reason = _far_in(one, other, order)
        if reason is not None:
            return reason
    return None


def _far_in(one: Tail, other: Tail, order: float) -> Reason | None:
    fields: dict[str, Any] = {"order": order}
    if "power" in (one.kind, other.kind):
        found = mismatch(one, other)
        if found is None:
            return None
        beta, who = found
        alpha = min(one.alpha, other.alpha)
        spread = 1 + alpha - beta
        infinite = spread > 0 if math.isinf(order) else order * spread >= alpha
        return _moment(who, fields) if infinite else None
    if math.isinf(order):
        return _drifting(one, other)
    return None


def _moment(who: str, fields: dict[str, Any]) -> Reason:
    return Reason("moment", {"who": who, "other": MIRROR[who], **fields})


def _drifting(one: Tail, other: Tail) -> Reason | None:
    """Why quantiles drift apart without bound in tails that fall faster than any power."""
    if one.kind == other.kind == "end":
        return None
    if one.kind == "end" or other.kind == "end":
        return _moment("Q" if one.kind == "end" else "P", {"order": math.inf})
    a, b = growth(one), growth(other)
    net = next(_weighed(a, b, 1.0, -1.0), None)
    if net is None or _keeps_step(max(a), net[0]):
        return None
    # The slower growth of -log f is the heavier tail.
    return _moment("P" if net[1] < 0 else "Q", {"order": math.inf})


def _keeps_step(leading: Key, difference: Key) -> bool:
    """Whether a difference of -log f moves quantiles by a bounded amount: at most its slope."""
    if leading[0] == 3:
        return difference != leading
    if leading[2] == 1:  # x log x has the slope log x
        return difference == LOG
    slope = leading[1] - 1
    return leading[0] == 2 and difference[0] == 2 and difference[1] <= slope
