"""The oracle's integrals: tanh-sinh on pieces, in 31-digit arithmetic, for two densities at once.

Takahasi & Mori, Double exponential formulas for numerical integration (1974). The line is cut at
every bend of P and Q, at the peaks of the integrands and where P and Q cross.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import mpmath as mp
import numpy as np
from double_double import DD, dd, exp, expm1, join, log, total, where, whole
from exact import INF, LOG, Exact, Places, combined, lead

POWERS = (-1.0, 0.3, 0.5, 2.0, 3.0)
ENTROPY_POWERS = (0.5, 2.0, 3.0)
COARSE, FINE, RATIO, GRID = 4, 9, 8, 17
DROPS = (1.0, 4.0, 12.0, 30.0, 60.0)


# The rule


@lru_cache(maxsize=8)
def rule(steps: int, tail: bool) -> tuple[DD, DD, Any]:
    """(distance or stretch, log weight, at the far end?) of the nodes, `steps` to a unit of t."""
    distances, weights, far = [], [], []
    first, last = round(-4.6 * steps), round((5.8 if tail else 4.6) * steps)
    for k in range(first, last + 1):
        t = mp.mpf(k) / steps
        s, slope = mp.pi / 2 * mp.sinh(t), mp.pi / 2 * mp.cosh(t) / steps
        if tail:
            distances.append(s)
            weights.append(s + mp.log(slope))
        else:
            distances.append(-mp.log1p(mp.exp(2 * abs(s))))
            weights.append(mp.log(slope / 2) - 2 * mp.log(mp.cosh(s)))
        far.append(t > 0)
    return join(distances), join(weights), np.array(far)


def filled(value: Any, count: int) -> DD:
    number = dd(value)
    return DD(np.full(count, float(number.high)), np.full(count, float(number.low)))


def piece(a: Any, b: Any, low: Any, high: Any, steps: int) -> Iterator[tuple[Any, ...]]:
    """Nodes of [a, b]: anchor, side, log offset, log weight, middle of the piece.

    The density is like r^(low - 1) at distance r from a, and like r^(high - 1) from b.
    """
    if low != 1 and high != 1:
        middle = (a + b) / 2
        yield from piece(a, middle, low, 1, steps)
        yield from piece(middle, b, 1, high, steps)
        return
    log_d, log_w, far = rule(steps, False)
    n, log_width = len(far), mp.log(b - a)
    middle = np.full(n, float((a + b) / 2))
    if low == high == 1:
        yield (
            where(far, b, a),
            np.where(far, -1.0, 1.0),
            log_d + log_width,
            log_w + log_width,
            middle,
        )
        return
    # x = a + width u^(1/k), so that the mass near a spreads evenly over u.
    power, end, side = (1 / low, a, 1.0) if low != 1 else (1 / high, b, -1.0)
    log_u = where(far, log(-expm1(log_d)), log_d)
    weight = log_w + log_u * (power - 1) + (mp.log(power) + log_width)
    yield filled(end, n), np.full(n, side), log_u * power + log_width, weight, middle


def tail(c: Any, scale: Any, side: int, steps: int) -> tuple[Any, ...]:
    """Nodes beyond c toward side * infinity at c + scale exp(pi/2 sinh t), as in piece."""
    # The stretch is steep: it takes twice the nodes of a piece to be as exact.
    stretch, log_w, _ = rule(2 * steps, True)
    log_scale, n = mp.log(scale), len(stretch)
    middle = np.full(n, float(c) + side * float(scale))
    return (filled(c, n), np.full(n, float(side)), stretch + log_scale, log_w + log_scale, middle)


def ladder(a: Any, b: Any, end: Any, steps: int) -> tuple[Any, ...]:
    """Nodes of [a, b] beside the singular `end`, even in the log of the distance from it."""
    log_d, log_w, far = rule(steps, False)
    u = where(far, -expm1(log_d), exp(log_d))
    start, reach = abs(a - end), mp.log(abs(b - end) / abs(a - end))
    log_offset = u * reach + mp.log(start)
    n, side = len(far), 1.0 if a >= end else -1.0
    weight = log_w + log_offset + mp.log(abs(reach))
    return (filled(end, n), np.full(n, side), log_offset, weight, np.full(n, float((a + b) / 2)))


def steep(densities: tuple[Exact, ...]) -> list[tuple[Any, Any, Any]]:
    """(end, low, high): bends between which a density rises to infinity at one end."""
    bends = sorted({c for e in densities for c in e.cuts})
    found = []
    for a, b in pairwise(bends):
        found += [(a, a, b)] if exponent(densities, a, 1) < 1 else []
        found += [(b, a, b)] if exponent(densities, b, -1) < 1 else []
    return found


def exponent(densities: tuple[Exact, ...], place: Any, side: int) -> Any:
    """The least k of integrands that are like r^(k - 1) at a place; 1 where none is infinite."""
    growths = [e.growth(place, side) for e in densities]
    orders = [lead(g)[1] + 1 if lead(g)[0] == LOG else mp.mpf(1) for g in growths if g is not None]
    if min(orders, default=1) >= 1:
        return mp.mpf(1)
    mixes = [a * k - a + 1 for a in ENTROPY_POWERS for k in orders]
    if len(orders) == 2:
        mixes += [a * orders[0] + (1 - a) * orders[1] for a in POWERS]
    # A steeper map than this would leave too few nodes for the densities themselves.
    return max(min(k for k in [*orders, *mixes] if k > 0), min(orders) / 15)


def nodes(densities: tuple[Exact, ...], cuts: list[Any], steps: int) -> tuple[Places, DD]:
    """All nodes in ascending order of pieces, with their log weights."""
    found = []
    bends = sorted(c for e in densities for c in e.cuts)
    centre = bends[len(bends) // 2]
    low, high = (min(e.support[0][0] for e in densities),
                 max(e.support[-1][1] for e in densities))  # fmt: skip
    if low == -INF:
        found.append(tail(cuts[0], max(centre - cuts[0], cuts[1] - cuts[0]) / 4, -1, steps))
    singular = steep(densities)
    for a, b in pairwise(cuts):
        ends = exponent(densities, a, 1), exponent(densities, b, -1)
        beside = [end for end, c, d in singular if c <= a < b <= d and end not in (a, b)]
        found.extend([ladder(a, b, beside[0], steps)] if beside else piece(a, b, *ends, steps))
    if high == INF:
        found.append(tail(cuts[-1], max(cuts[-1] - centre, cuts[-1] - cuts[-2]) / 4, 1, steps))
    anchor, log_offset, log_w = (join([row[i] for row in found]) for i in (0, 2, 3))
    side, middle = (np.concatenate([row[i] for row in found]) for i in (1, 4))
    return Places(anchor, exp(log_offset) * side, log_offset, middle, np.abs(anchor.high)), log_w


# Where to cut


def logs(e: Exact, x: Places) -> tuple[DD, Any]:
    """Log density, 0 outside, and where it is inside."""
    inside = e.inside(x.middle)
    return where(inside, e.log_pdf(x), 0.0), inside


def convergent(p: Exact, q: Exact, a: float, b: float) -> bool:
    """Whether the integral of p^a q^b over the common support is finite."""
    places = {place for e in (p, q) for interval in e.support for place in interval}
    for e in (p, q):
        places |= {place for place, _ in e.ends}
    for place in places:
        for side in (-1, 1):
            one, other = p.growth(place, side), q.growth(place, side)
            if one is None or other is None or (mp.isinf(place) and side != mp.sign(place)):
                continue
            key, c = lead(combined(mp.mpf(a), one, mp.mpf(b), other))
            least = 1 if mp.isinf(place) else -1
            if (key == LOG and c <= least) or (key > LOG and c < 0):
                return False
            if key < LOG and mp.isinf(place):
                return False
    return True


def refined(p: Exact, q: Exact, rounds: int = 3) -> list[Any]:
    """Cuts at bends of P and Q, around the peaks of the integrands, and at crossings."""
    fixed = sorted({c for e in (p, q) for c in e.cuts})
    cuts = [fixed[0]]
    for c in fixed[1:]:
        if c - cuts[-1] > 1e-25 * (abs(c) + abs(cuts[-1])):
            cuts.append(c)
    # A piece that ends where a density is infinite is stretched there and needs no more cuts.
    stretched = [(float(a), float(b)) for _, a, b in steep((p, q))]
    mixes = [(a, 1 - a) for a in (*POWERS, 0.0, 1.0)]
    mixes = [(a, b) for a, b in mixes if convergent(p, q, a, b)]
    for _ in range(rounds):
        x, _w = nodes((p, q), cuts, COARSE)
        (one, in_p), (other, in_q) = logs(p, x), logs(q, x)
        position = x.anchor.high + x.offset.high
        order = np.argsort(position, kind="stable")
        known = np.array([float(c) for c in cuts])
        for a, b in mixes:
            mask = (in_p | (a == 0)) & (in_q | (b == 0))
            value = np.where(mask, a * one.high + b * other.high, -np.inf)
            known = around(known, position[order], value[order])
        new = [c for c in known[len(cuts) :] if not any(a < c < b for a, b in stretched)]
        cuts = sorted([*cuts, *map(mp.mpf, new)])
        if not len(new):
            break
    for c in crossings_of(p, q, cuts):
        if min(abs(c - other) for other in cuts) > 1e-12 * (abs(c) + 1e-300):
            cuts.append(c)
    poles = {mp.mpf(pole) for e in (p, q) for pole in e.poles}
    return graded(sorted(cuts), poles, steep((p, q)))


def graded(
    cuts: list[Any], poles: set[Any], done: list[tuple[Any, ...]] | None = None
) -> list[Any]:
    """Cuts such that no piece reaches from near a singularity of log f to far from it."""
    found = set(cuts)
    for a, b in pairwise(cuts):
        if any(low <= a < b <= high for _, low, high in done or []):
            continue
        for pole in poles:
            near, far = sorted((abs(a - pole), abs(b - pole)))
            if a < pole < b or near == 0 or far < RATIO * near:
                continue
            count = int(mp.ceil(mp.log(far / near) / mp.log(RATIO)))
            side = 1 if a >= pole else -1
            found |= {pole + side * near * (far / near) ** (mp.mpf(k) / count)
                      for k in range(1, count)}  # fmt: skip
            break
    return sorted(found)


def around(known: Any, x: Any, value: Any) -> Any:
    """`known` cuts and those where `value` has fallen by DROPS on either side of its peak."""
    top = int(np.argmax(value))
    if not np.isfinite(value[top]):
        return known
    found = [float(x[top])]
    for side in (slice(top, None), slice(top, None, -1)):
        heights, spots = value[side], x[side]
        for drop in DROPS:
            fallen = np.flatnonzero(heights < heights[0] - drop)
            if len(fallen):
                at = fallen[0]
                share = (heights[at - 1] - heights[0] + drop) / (heights[at - 1] - heights[at])
                share = share if np.isfinite(share) else 0.5
                found.append(float(spots[at - 1] + share * (spots[at] - spots[at - 1])))
    spread = [abs(c - found[0]) for c in found[1:] if c != found[0]]
    for c in found:
        near = [abs(c - other) for other in found if other != c]
        gap = max(min(near, default=0.0) / 4, 1e-13 * abs(c))
        if spread and np.min(np.abs(known - c)) > gap and 1e-60 < abs(c) < 1e100:
            known = np.append(known, c)
    return known


def crossings_of(p: Exact, q: Exact, cuts: list[Any]) -> list[Any]:
    """Places where log p - log q changes sign inside a piece."""
    x, _ = nodes((p, q), cuts, COARSE)
    (one, in_p), (other, in_q) = logs(p, x), logs(q, x)
    order = np.argsort(x.anchor.high + x.offset.high, kind="stable")
    x = x[order]
    gap = (one - other).high[order]
    position = x.anchor + x.offset
    # What is below exp(-2000) has no mass, and far out log p - log q is but noise.
    both = (in_p & in_q & (one.high > -2000) & (other.high > -2000))[order]
    turns = np.flatnonzero(
        both[1:] & both[:-1] & ((gap[1:] >= 0) != (gap[:-1] >= 0))
        & (x.middle[1:] == x.middle[:-1])
    )  # fmt: skip
    if not len(turns):
        return []
    start = position[turns]
    low, high = np.zeros(len(turns)), (position[turns + 1] - start).high
    for _ in range(12):
        grid = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, GRID)
        values = gaps_from(p, q, start, grid, x.middle[turns], x.size[turns])
        same = (values >= 0) == (gap[turns] >= 0)[:, None]
        same[:, 0], same[:, -1] = True, False
        first = np.argmin(same, axis=1)
        row = np.arange(len(turns))
        low, high = grid[row, first - 1], grid[row, first]
        one, other = values[row, first - 1], values[row, first]
        if (high - low <= 1e-7 * np.abs(start.high + low)).all():
            break
    share = np.where(one == other, 0.5, one / np.where(one == other, 1.0, one - other))
    ends = start + (low + np.clip(share, 0, 1) * (high - low))
    return [mp.mpf(a) + mp.mpf(b) for a, b in zip(ends.high, ends.low, strict=True)]


def gaps_from(p: Exact, q: Exact, start: DD, grid: Any, middle: Any, size: Any) -> Any:
    """log p - log q at start (n,) + grid (n, m)."""
    offset = np.where(grid == 0, 1e-300, grid).ravel()
    n = grid.shape[1]
    spots = Places(DD(np.repeat(start.high, n), np.repeat(start.low, n)), DD(offset),
                   log(abs(DD(offset))), np.repeat(middle, n), np.repeat(size, n))  # fmt: skip
    return (p.log_pdf(spots) - q.log_pdf(spots)).high.reshape(grid.shape)


# The sums


@dataclass(frozen=True)
class Scaled:
    """factor * exp(log_scale), for sums that no double holds."""

    factor: Any
    log_scale: Any

    @property
    def value(self) -> Any:
        return self.factor * mp.exp(self.log_scale)

    @property
    def log(self) -> Any:
        return mp.log(self.factor) + self.log_scale if self.factor > 0 else -INF


def scaled_sum(exponents: DD) -> Scaled:
    if not len(exponents):
        return Scaled(mp.mpf(0), mp.mpf(0))
    top = float(np.max(exponents.high))
    return Scaled(whole(exp(exponents - top)), mp.mpf(top))


class Integrals:
    """Integrals of P and Q, each taken when asked for; divergence is decided elsewhere."""

    def __init__(self, p: Exact, q: Exact, steps: int = FINE, cuts: list[Any] | None = None):
        self.p, self.q = p, q
        self.cuts = refined(p, q) if cuts is None else cuts
        self.x, self.log_w = nodes((p, q), self.cuts, steps)
        (self.log_p, self.in_p), (self.log_q, self.in_q) = logs(p, self.x), logs(q, self.x)
        self.both = self.in_p & self.in_q
        self.a = where(self.in_p, exp(self.log_p + self.log_w), 0.0)
        self.b = where(self.in_q, exp(self.log_q + self.log_w), 0.0)
        self.only_p = total(self.a[self.in_p & ~self.in_q])
        self.only_q = total(self.b[self.in_q & ~self.in_p])

    @cached_property
    def d(self) -> DD:
        return where(self.both, self.log_p - self.log_q, 0.0)

    @cached_property
    def larger(self) -> DD:
        """The larger of p and q times the weight, on the common support."""
        return where(self.both, where(self.d.high > 0, self.a, self.b), 0.0)

    @cached_property
    def root(self) -> DD:
        """sqrt(smaller / larger) - 1."""
        return expm1(abs(self.d) * -0.5)

    @cached_property
    def fall(self) -> DD:
        """smaller / larger - 1."""
        return self.root * (self.root + 2.0)

    def entropy(self, who: str) -> Any:
        mass, logs_ = (self.a, self.log_p) if who == "p" else (self.b, self.log_q)
        return -total(mass * logs_)

    def cross(self, who: str) -> Any:
        mass, logs_ = (self.a, self.log_q) if who == "pq" else (self.b, self.log_p)
        return -total(where(self.both, mass * logs_, 0.0))

    def kl(self, way: str) -> Any:
        """The sum of p (exp(-d) - 1 + d), which is KL as both integrate to 1."""
        a, b, d, rest = ((self.a, self.b, self.d, self.only_q) if way == "pq"
                         else (self.b, self.a, -self.d, self.only_p))  # fmt: skip
        ratio = where(d.high > 0, self.fall, -self.fall / (self.fall + 1.0))
        near = self.both & (np.abs(d.high) < 1)
        far = self.both & ~near
        small = (a * (ratio + d))[near]
        large = (a * d - a + b)[far]
        return total(small) + total(large) + rest

    def js(self, w: float = 0.5) -> Any:
        w = mp.mpf(w)
        up = self.d.high > 0
        size = abs(self.d)
        mix = log(where(up, self.fall * (1 - w), self.fall * w) + 1.0)
        more, less = where(up, w, 1 - w), where(up, 1 - w, w)
        smaller = where(up, self.b, self.a)
        inside = -(more * self.larger * mix) - less * smaller * (size + mix)
        sides = -w * mp.log(w) * self.only_p - (1 - w) * mp.log(1 - w) * self.only_q
        return total(where(self.both, inside, 0.0)) + sides

    def tv(self) -> Any:
        return (-total(self.larger * self.fall) + self.only_p + self.only_q) / 2

    def hellinger_squared(self) -> Any:
        return (total(self.larger * self.root * self.root) + self.only_p + self.only_q) / 2

    def triangular(self) -> Any:
        inside = total(self.larger * self.fall * self.fall / (self.fall + 2.0))
        return inside + self.only_p + self.only_q

    def power(self, a: float) -> Scaled:
        """The integral of p^a q^(1-a) over the common support."""
        b, a = self.both, mp.mpf(a)
        return scaled_sum(self.log_p[b] * a + self.log_q[b] * (1 - a) + self.log_w[b])

    def power_less_1(self, a: float) -> Any:
        """The same less 1, from a sum of terms of one sign where it is small."""
        b, a = self.both, mp.mpf(a)
        terms = exp(self.log_p[b] * a + self.log_q[b] * (1 - a) + self.log_w[b])
        middle = terms - self.a[b] * a - self.b[b] * (1 - a)
        return total(middle) - a * self.only_p - (1 - a) * self.only_q

    def entropy_power(self, who: str, a: float) -> Scaled:
        logs_, inside = (self.log_p, self.in_p) if who == "p" else (self.log_q, self.in_q)
        return scaled_sum(logs_[inside] * a + self.log_w[inside])

    def mse(self) -> Any:
        b = self.both
        top = where(self.d.high > 0, self.log_p, self.log_q)[b]
        middle = exp(top * 2.0 + self.log_w[b]) * self.fall[b] * self.fall[b]
        one, other = self.in_p & ~self.in_q, self.in_q & ~self.in_p
        return (total(middle) + total(exp(self.log_p[one] * 2.0 + self.log_w[one]))
                + total(exp(self.log_q[other] * 2.0 + self.log_w[other])))  # fmt: skip

    def kolmogorov(self) -> Any:
        """The largest |F - G|: it is attained where p and q cross."""
        sign = np.where(self.d.high > 0, -1.0, 1.0)
        inside = self.larger * self.fall * sign
        gaps = where(self.both, inside, self.a - self.b)
        changes = np.flatnonzero(np.diff(self.x.middle)) + 1
        bounds = [0, *changes.tolist(), len(sign)]
        best, running = mp.mpf(0), mp.mpf(0)
        for i, j in pairwise(bounds):
            running += total(gaps[i:j])
            best = max(best, abs(running))
        return best


def mass_between(e: Exact, a: float, b: float) -> Any:
    """The log of the mass of [a, b]."""
    low, high = mp.mpf(a), mp.mpf(b)
    support = tuple((max(x, low), min(y, high)) for x, y in e.support if x < high and y > low)
    first, last = support[0][0], support[-1][1]
    inner = tuple(sorted({c for c in e.cuts if first < c < last} | ({first, last} - {INF, -INF})))
    if len(inner) < 2:
        inner = (*inner, inner[0] + 1) if last == INF else (inner[0] - 1, *inner)
    part = replace(e, cuts=inner, support=support)
    cuts = refined(part, part)
    x, log_w = nodes((part,), cuts, FINE)
    logs_, inside = logs(part, x)
    return scaled_sum((logs_ + log_w)[inside]).log
