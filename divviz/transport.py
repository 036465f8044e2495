"""Distances between CDFs and quantiles: Wasserstein of any order, energy, KS, Cramer-von Mises.

They need no common density, so that outcomes and a density may be compared as well: such a pair
is called mixed. Each value takes a Pair for which the number is finite.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz import columns
from divviz.convergence import far_apart, local
from divviz.dist import QUIET, SPAN, Array, Breaks, Dist
from divviz.gap import square_beyond, step_gap, zeros
from divviz.ground import Ground
from divviz.infinity import MIRROR, Reason, hull
from divviz.overlap import difference
from divviz.pair import Pair
from divviz.powers import FARTHEST, at_outcomes, straight
from divviz.quadrature import Panels, interpolated, joined, partition, rule

TOLERANCE = 1e-11
ROUNDS = 45
MOST_PANELS = 3000
SMALL = 1e-6  # CDFs closer than this are compared through their gap, not through quantiles
ROUNDED = 1e-30
MANY = 200_000
MANY_CUTS = 10_000  # from here on cuts are close to one another
FEW = 1000  # more panels than this are narrow, and need fewer nodes


@QUIET
def gap_term(g: Ground, **_: float) -> Array:
    """p - q, whose running sum is the gap of the CDFs, whatever the order or the scale."""
    return difference(g)


# --- why a number is infinite


def infinite_w1(pair: Pair) -> Reason | None:
    """Why W1 is infinite, else None."""
    # A list of outcomes has no tail to ask for.
    return None if pair.P.name == pair.Q.name == "pmf" else pair.far


def infinite_wasserstein(pair: Pair, p: float) -> Reason | None:
    """Why the Wasserstein distance of order p is infinite, else None."""
    if p == 1:
        return pair.far
    return None if pair.P == pair.Q else far_apart(pair.P, pair.Q, p)


def infinite_energy(pair: Pair) -> Reason | None:
    """Why the integral of (F - G)^2 is infinite: a power tail of index up to 1/2, unmatched."""
    for one, other in zip(pair.P.tail(), pair.Q.tail(), strict=True):
        mine, theirs = dict(one.terms), dict(other.terms)
        for alpha in sorted(mine.keys() | theirs.keys()):
            a, b = mine.get(alpha, 0.0), theirs.get(alpha, 0.0)
            if alpha <= 0.5 and not math.isclose(a, b, rel_tol=2e-15):
                who = "P" if a > b else "Q"
                return Reason("half", {"who": who, "other": MIRROR[who]})
    return None


# --- values


def wasserstein_1(pair: Pair) -> float:
    """W1 in units of x: the integral of |F - G|.

    Source: Villani, Topics in Optimal Transportation (2003), (2.48). SciPy's wasserstein_distance
    is the same number.
    """
    if pair.P.name == pair.Q.name == "samples":
        return _between_samples(*(dist.args[0].ordered for dist in (pair.P, pair.Q)))
    if pair.columns is not None:
        w, v = pair.columns
        places = pair.P.args[1]
        x = None if places is None else places.array
        found = columns.w1(w.array, v.array, (w.total, v.total), x)
        if found is not None:
            return found
    if pair.P == pair.Q:
        return 0.0
    if pair.mixed:
        return _mixed_cost(pair, 1.0)
    return pair.gap.integral


def _between_samples(x: Array, y: Array) -> float:
    """W1 of two sorted samples (n,), (m,): the k-th goes to the k-th, or to its share of them."""
    n, m = len(x), len(y)
    if n == m:
        return columns.distance(x, y) / n
    # Levels k/n and j/m in one order, as whole multiples of 1/(n m), which are exact.
    levels = np.concatenate([m * np.arange(1, n + 1), n * np.arange(1, m + 1)])
    levels.sort(kind="stable")
    mass = np.diff(levels, prepend=0)
    i, j = (levels - 1) // m, (levels - 1) // n
    return float((np.abs(x[i] - y[j]) * (mass / (n * m))).sum())


@QUIET
def wasserstein(pair: Pair, p: float) -> float:
    """W_p in units of x: (integral of |F^-1(u) - G^-1(u)|^p du)^(1/p), or its supremum.

    Source: Villani, Topics in Optimal Transportation (2003), (2.47). POT's one-dimensional
    functions return W_p^p, without the root.
    """
    if pair.P == pair.Q:
        return 0.0
    if p == 1:
        return wasserstein_1(pair)
    if pair.mixed:
        return _mixed_farthest(pair) if math.isinf(p) else _mixed_cost(pair, p) ** (1 / p)
    if pair.discrete:
        way, mass = coupling(pair.ground if math.isinf(p) else lengthened(pair))
        return _norm(way, mass, p)
    if _hardly_differ(pair):
        if math.isinf(p):
            return _norm(_small_steps(pair, 1e-12), pair.mesh.ground.p, p)
        return _norm(*_cut_where_still(pair, _small_steps(pair, 1e-17)), p)
    return _farthest(pair) if math.isinf(p) else _smooth_cost(pair, p)


def _norm(way: Array, mass: Array, p: float) -> float:
    """(sum of mass way^p)^(1/p), without overflow; the largest way that mass takes for p = inf."""
    far = np.where(mass > 0, np.abs(way), 0.0)
    top = float(far.max(initial=0.0))
    if top == 0 or math.isinf(p):
        return top
    return top * float((mass * (far / top) ** p).sum()) ** (1 / p)


@QUIET
def energy_distance(pair: Pair) -> float:
    """sqrt(2 integral of (F - G)^2 dx), in roots of units of x.

    Source: Szekely & Rizzo, J. Stat. Plan. Inference 143 (2013), (2.5) and (2.1). This is SciPy's
    energy_distance; some texts name its square so.
    """
    if pair.P == pair.Q:
        return 0.0
    if pair.mixed:
        return math.sqrt(2 * _mixed_square(pair))
    values = pair.gap.values
    if pair.discrete:
        top = float(np.abs(values).max()) or 1.0  # the square of 1e-300 is no double
        return top * math.sqrt(2 * float(((values[:-1] / top) ** 2 * np.diff(pair.x)).sum()))
    steps = pair.gap.steps
    if pair.mesh.order == 1 and steps is not None:
        a, b = steps.before, steps.after
        return math.sqrt(2 / 3 * float((pair.weights * (a * a + a * b + b * b)).sum()))
    inner = float((pair.weights * values**2).sum())
    return math.sqrt(2 * (inner + square_beyond(pair.P, pair.Q, pair.mesh)))


@QUIET
def kolmogorov_smirnov(pair: Pair) -> float:
    """The largest |F - G|. Source: Kolmogorov, Giorn. Ist. Ital. Attuari 4 (1933)."""
    if pair.mixed:
        below, at = _gap_at_atoms(pair)
        return float(max(np.abs(below).max(), np.abs(at).max()))
    return min(float(np.abs(pair.gap.turns).max()), 1.0)


@QUIET
def cramer_von_mises(pair: Pair) -> float:
    """The integral of (F - G)^2 d(F + G)/2: the criterion without the sizes of samples.

    Source: Anderson, Ann. Math. Stat. 33 (1962), (2), for equally large samples.
    """
    if pair.mixed:
        return _mixed_criterion(pair)
    values = pair.gap.values
    if not pair.discrete and pair.mesh.order == 1 and pair.gap.steps is not None:
        a, b = pair.gap.steps.before, pair.gap.steps.after
        values = np.sqrt((a * a + a * b + b * b) / 3)
    g = pair.ground
    return float((values**2 * 0.5 * (g.p + g.q)).sum())


# --- outcomes


def lengthened(pair: Pair) -> Ground:
    """The outcomes that matter, and past them those that matter to |x|^p (infinite supports)."""
    x, tails = pair.x, (pair.P.tail(), pair.Q.tail())
    if len(x) < 2 or pair.labels is not None:
        return pair.ground
    reach = 1.0 + np.arange(len(x) + 40.0)
    left = x[0] - (x[1] - x[0]) * reach[::-1] if any(t[0].kind != "end" for t in tails) else x[:0]
    right = x[-1] + (x[-1] - x[-2]) * reach if any(t[1].kind != "end" for t in tails) else x[:0]
    if not len(left) + len(right):
        return pair.ground
    return at_outcomes(pair, np.concatenate([left, x, right]))


def coupling(g: Ground) -> tuple[Array, Array]:
    """The best plan of two distributions of outcomes: how far (m,), and the mass that goes (m,).

    The levels of both CDFs are told by P's and the gap, which has all its digits, in twice the
    working precision: from the left up to the middle, from the right beyond it.
    """
    n, gap = len(g.x), step_gap(g).values
    up, down = _running(g.p), _running(np.append(0.0, g.p[:0:-1]))[:, ::-1]
    left = np.concatenate([up, _sum_of(up, -gap)], axis=1)
    right = np.concatenate([down, _sum_of(down, gap)], axis=1)
    low = np.flatnonzero(left[0] <= 0.5)
    high = np.flatnonzero(left[0] > 0.5)
    low = low[np.lexsort((left[1, low], left[0, low]))]
    high = high[np.lexsort((-right[1, high], -right[0, high]))]
    order = np.concatenate([low, high])
    below, above = left[:, order], right[:, order]
    first = np.concatenate([[[0.0], [0.0]], below[:, :-1]], axis=1)
    last = np.concatenate([[[1.0], [0.0]], above[:, :-1]], axis=1)
    mass = np.where(
        np.arange(2 * n) < len(low),
        (below[0] - first[0]) + (below[1] - first[1]),
        (last[0] - above[0]) + (last[1] - above[1]),
    )
    # The two levels of one outcome are as far apart as the gap says, be it 1e-300.
    index = order % n
    same = np.concatenate([[False], index[1:] == index[:-1]])
    mass[same] = np.abs(gap[index[same]])
    # What rounding of the masses leaves between levels that are equal is no mass.
    tail = np.minimum(np.abs(below[0]), np.abs(above[0]) + mass)
    mass = np.where(~same & (mass <= ROUNDED * tail), 0.0, mass)
    owner = order >= n
    places = [g.x[np.minimum(_passed(owner == who), n - 1)] for who in (False, True)]
    return places[0] - places[1], mass


def _passed(mine: Any) -> Any:
    """How many levels of one's own lie before each level (m,)."""
    return np.cumsum(mine) - mine


def _running(mass: Array) -> Array:
    """Running sums (2, n) in twice the working precision, for lists of up to MANY terms."""
    if len(mass) > MANY:
        return np.stack([np.cumsum(mass), np.zeros(len(mass))])
    sums = np.empty((2, len(mass)))
    high = low = 0.0
    for k, term in enumerate(mass.tolist()):
        total = high + term
        back = total - high
        low += (high - (total - back)) + (term - back)
        high = total + low
        low -= high - total
        sums[:, k] = high, low
    return sums


def _sum_of(level: Array, change: Array) -> Array:
    """(high, low) + change as (high, low). Source: Knuth, TAOCP 2, section 4.2.2."""
    total = level[0] + change
    back = total - level[0]
    rest = (level[0] - (total - back)) + (change - back) + level[1]
    high = total + rest
    return np.stack([high, rest - (high - total)])


# --- densities


def _hardly_differ(pair: Pair) -> bool:
    return float(np.abs(pair.gap.values).max()) < SMALL


def _small_steps(pair: Pair, least: float) -> Array:
    """G^-1(F(x)) - x at the nodes where P and Q hardly differ: the gap over the density."""
    x, gap = pair.x, pair.gap.values
    # In a tail that falls fast, panels keep no digits of what is below the rounding of the rest.
    share, ends = np.minimum(pair.P.cdf(x), pair.P.sf(x)), pair.P.tail()
    power = np.where(x < float(pair.P.quantile(0.5)), ends[0].kind, ends[1].kind) == "power"
    gap = np.where((share > least) | power, gap, 0.0)
    first = gap / np.where(pair.q > 0, pair.q, np.inf)
    q = pair.Q.density(x + 0.5 * first)
    return gap / np.where(q > 0, q, np.inf)


def _cut_where_still(pair: Pair, way: Array) -> tuple[Array, Array]:
    """Ways and masses at the nodes, and at ever finer ones around a place that does not move.

    |way|^p has a kink there, and way itself none: it is interpolated.
    """
    n = pair.mesh.order
    rows, mass = way.reshape(-1, n), pair.mesh.ground.p.reshape(-1, n)
    turned = ((rows[:, 1:] > 0) != (rows[:, :-1] > 0)).sum(axis=1) == 1
    if not turned.any() or n == 1:
        return way, mass.ravel()
    r = rule(n)
    both = np.stack([rows[turned], mass[turned] / r.weights], axis=1)
    slot = 1 + np.argmax((rows[turned, 1:] > 0) != (rows[turned, :-1] > 0), axis=1)
    root = zeros(rows[turned], slot)[:, None]
    shares = 4.0 ** -np.arange(0.0, 16.0)
    found = [(way.reshape(-1, n)[~turned].ravel(), mass[~turned].ravel())]
    for end in (-1.0, 1.0):
        edges = np.append(root + (end - root) * shares, root, axis=1)
        half = 0.5 * np.abs(np.diff(edges, axis=1))[..., None]
        middle = 0.5 * (edges[:, 1:] + edges[:, :-1])[..., None]
        at = (middle + half * r.nodes).reshape(len(root), -1)
        values = interpolated(both, at)
        weights = (half * r.weights).reshape(len(root), -1)
        found.append((values[:, 0].ravel(), (values[:, 1] * weights).ravel()))
    ways, masses = zip(*found, strict=True)
    return np.concatenate(ways), np.concatenate(masses)


def _heavier(pair: Pair, side: int) -> bool:
    """Whether P is the better one to go along on a side: it reaches further, or ends thinner.

    From the one with less near its end the map to the other is smooth; the other way it is not.
    """
    k = 0 if side < 0 else -1
    one, other = pair.P.tail()[k], pair.Q.tail()[k]
    if one.kind == other.kind == "end":
        ends = [local(dist, hull(dist)[k], -side) for dist in (pair.P, pair.Q)]
        mine, theirs = (end[0] if end is not None else 1.0 for end in ends)
        return mine >= theirs
    if "end" in (one.kind, other.kind):
        return other.kind == "end"
    if "power" in (one.kind, other.kind):
        return one.alpha <= other.alpha
    return (pair.P.sd() or 0.0) >= (pair.Q.sd() or 0.0)


def _smooth_cost(pair: Pair, p: float) -> float:
    """W_p of two densities: each half along the one that reaches further out there."""
    halves = []
    for side in (-1, 1):
        base, other = (pair.P, pair.Q) if _heavier(pair, side) else (pair.Q, pair.P)
        halves.append(_half_cost(base, other, side, p, pair))
    top = max(scale for scale, _ in halves)
    if top == 0:
        return 0.0
    return top * sum(total * (scale / top) ** p for scale, total in halves) ** (1 / p)


def _half_cost(base: Dist, other: Dist, side: int, p: float, pair: Pair) -> tuple[float, float]:
    """(scale, sum of (way / scale)^p over one half of the mass of `base`)."""
    panels = _cut_at_crossings(base, other, side, _half_panels(base, other, side))
    panels = _reaching(base, other, side, p, panels)
    way, mass = _ways(base, other, side, panels)
    scale = float(np.where(mass > 0, np.abs(way), 0.0).max(initial=0.0))
    if scale == 0 or not math.isfinite(scale):
        return 0.0, 0.0
    for _ in range(ROUNDS):
        cost = mass * (np.abs(way) / scale) ** p
        wide = _unresolved(cost.reshape(len(panels), -1))
        if not wide.any() or len(panels) > MOST_PANELS:
            break
        panels, new = panels.split(wide)
        again = np.repeat(np.arange(len(wide)), 1 + wide)
        fresh = _ways(base, other, side, panels.take(new))
        way, mass = (
            _merged(old, values, again, new) for old, values in zip((way, mass), fresh, strict=True)
        )
    return scale, float(cost.sum()) + _cost_beyond(base, side, p, panels, scale)


def _merged(old: Array, fresh: Array, again: Any, new: Any) -> Array:
    n = rule(16).nodes.size
    result = old.reshape(-1, n)[again]
    result[new] = fresh.reshape(-1, n)
    flat: Array = result.ravel()
    return flat


def _unresolved(cost: Array) -> Any:
    rest = np.abs(cost @ rule(cost.shape[1]).tail).max(axis=1)
    total = float(cost.sum())
    return np.asarray(rest > np.maximum(TOLERANCE * cost.sum(axis=1), 1e-12 * total))


def _half_panels(base: Dist, other: Dist, side: int) -> Panels:
    """Panels of `base` from its median outward, cut also where `other` has a kink at that share."""
    middle = float(base.quantile(0.5))
    kinks = np.array(other.breaks.hard)
    kinks = kinks[np.isfinite(kinks)]
    images = base.quantile(other.cdf(kinks)) if side < 0 else base.isf(other.sf(kinks))
    # Where the map is steep, though smooth: the other's own soft cuts, seen from here.
    soft = [anchor + grid for anchor, grid, _ in other.breaks.soft]
    places = np.concatenate(soft) if soft else kinks[:0]
    seen = base.quantile(other.cdf(places)) if side < 0 else base.isf(other.sf(places))
    seen = seen[np.isfinite(seen)]
    low, high = base.support()[0][0], base.support()[-1][1]
    images = images[(images > low) & (images < high)]
    cuts = Breaks((middle, *images.tolist()), ((0.0, seen, np.full(len(seen), 1e-300)),))
    panels = partition(base.breaks, cuts)
    points, _ = panels.nodes(1)
    return panels.take(np.flatnonzero(side * (points.x.ravel() - middle) > 0))


def _cut_at_crossings(base: Dist, other: Dist, side: int, panels: Panels) -> Panels:
    """The panels cut also where mass stays where it is: |way|^p has a kink there."""
    way, _ = _ways(base, other, side, panels)
    rows = way.reshape(len(panels), -1) > 0
    turned = (rows[:, 1:] != rows[:, :-1]).sum(axis=1) == 1
    turned &= panels.side == 0
    if not turned.any() or turned.sum() > FEW:
        return panels
    low, high = panels.start[turned], panels.stop[turned]
    anchor = panels.anchor[turned]
    rising = rows[turned, -1]
    for _ in range(50):
        middle = 0.5 * (low + high)
        positive = _way(base, other, side, anchor + middle) > 0
        after = positive == rising
        low, high = np.where(after, low, middle), np.where(after, middle, high)
    return _cut(panels, turned, 0.5 * (low + high))


def _cut(panels: Panels, where: Array, at: Array) -> Panels:
    """The panels with those of `where` cut at the offsets `at` of their own."""
    cut, new = panels.split(where)
    first = np.flatnonzero(new)[::2]
    start, stop = cut.start.copy(), cut.stop.copy()
    stop[first], start[first + 1] = at, at
    return Panels(cut.anchor, cut.side, start, stop)


def _way(base: Dist, other: Dist, side: int, x: Array) -> Array:
    """How far the mass of `base` at x goes, signed."""
    share = base.cdf(x) if side < 0 else base.sf(x)
    # Where no double holds the share, the other is nearer by far.
    share = np.maximum(share, 1e-300)
    there = other.quantile(share) if side < 0 else other.isf(share)
    return _polished(other, there, share, left=side < 0) - x


def _ways(base: Dist, other: Dist, side: int, panels: Panels) -> tuple[Array, Array]:
    """At the nodes (n,): how far the mass of `base` there goes to `other`, and how much it is."""
    points, log_slope = panels.nodes(16)
    logs = base.family.log_density(points, *base.args) + log_slope + np.log(rule(16).weights)
    mass = np.exp(logs).ravel()
    x = points.x.ravel()
    way = _way(base, other, side, x)
    return np.where(np.isfinite(way), way, 0.0), mass


def _polished(dist: Dist, y: Array, share: Array, *, left: bool) -> Array:
    """One step of Newton on log cdf (or log sf): library quantiles may lack the last digits."""
    density = dist.density(y)
    now = dist.cdf(y) if left else dist.sf(y)
    usable = (density > 0) & np.isfinite(density) & (now > 0) & (share > 0)
    step = np.where(usable, now / density * np.log(np.where(usable, share / now, 1.0)), 0.0)
    step = step if left else -step
    small = np.isfinite(step) & (np.abs(step) < 1e-3 * np.maximum(np.abs(y), now / density))
    low, high = dist.support()[0][0], dist.support()[-1][1]
    result: Array = np.clip(y + np.where(small, step, 0.0), low, high)
    return result


def _reaching(base: Dist, other: Dist, side: int, p: float, panels: Panels) -> Panels:
    """The panels and as many more outward as |way|^p needs, in tails that fall faster than it."""
    k = 0 if side < 0 else -1
    if base.tail()[k].kind in ("end", "power") or panels.side[k]:
        return panels
    edge = float(panels.start[0] if side < 0 else panels.stop[-1])
    reach = float(panels.stop[k] - panels.start[k]) * (2.0 ** np.arange(0.0, 500.0) - 1)
    edges = edge + side * reach[reach < FARTHEST]
    more = straight(float(panels.anchor[k]), edges if side > 0 else edges[::-1])
    logs = [_log_costs(base, other, side, p, some) for some in (panels, more)]
    inner, outer = (rows.max(axis=1) for rows in logs)
    outer = outer if side > 0 else outer[::-1]
    counts = np.flatnonzero(outer > max(float(inner.max()), float(outer.max())) - SPAN)
    keep = int(counts[-1]) + 1 if counts.size else 0
    added = more.take(slice(0, keep) if side > 0 else slice(len(more) - keep, len(more)))
    return joined(panels, added) if side > 0 else joined(added, panels)


def _log_costs(base: Dist, other: Dist, side: int, p: float, panels: Panels) -> Array:
    """The logs of mass |way|^p at four nodes of each panel (k, 4)."""
    points, log_slope = panels.nodes(4)
    logs = base.family.log_density(points, *base.args) + log_slope + np.log(rule(4).weights)
    way = np.abs(_way(base, other, side, points.x.ravel())).reshape(logs.shape)
    return np.where(way > 0, logs + p * np.log(way), -np.inf)


def _cost_beyond(base: Dist, side: int, p: float, panels: Panels, scale: float) -> float:
    """The integral of (x / scale)^p past the last node of a power tail, as the other is nearer."""
    total = 0.0
    for alpha, c in base.tail()[0 if side < 0 else 1].terms:
        k = 0 if side < 0 else -1
        if not panels.side[k] or alpha <= p:
            continue
        log_x = float(panels.start[0] if side < 0 else panels.stop[-1])
        total += c / (alpha - p) * math.exp((p - alpha) * log_x - p * math.log(scale))
    return total


def _farthest(pair: Pair) -> float:
    """W_inf of two densities: the largest |F^-1 - G^-1|, and the distance of their ends."""
    best = 0.0
    for side in (-1, 1):
        ends = [d.support()[0][0] if side < 0 else d.support()[-1][1] for d in (pair.P, pair.Q)]
        if all(math.isfinite(end) for end in ends):
            best = max(best, abs(ends[0] - ends[1]))
        base, other = (pair.P, pair.Q) if _heavier(pair, side) else (pair.Q, pair.P)
        x, way = _way_at(base, other, side, _half_panels(base, other, side))
        for _ in range(40):
            top = int(np.argmax(way))
            best = max(best, float(way[top]))
            low, high = x[max(top - 1, 0)], x[min(top + 1, len(x) - 1)]
            if high - low <= 1e-9 * max(abs(low), abs(high)):
                break
            x = np.linspace(low, high, 17)
            way = _way_from(base, other, side, x)
    return best


def _way_at(base: Dist, other: Dist, side: int, panels: Panels) -> tuple[Array, Array]:
    points, _ = panels.nodes(16)
    x = np.unique(points.x.ravel())
    return x, _way_from(base, other, side, x)


def _way_from(base: Dist, other: Dist, side: int, x: Array) -> Array:
    share = base.cdf(x) if side < 0 else base.sf(x)
    way = _way(base, other, side, x)
    # Far out a quantile has no digits left: there the tails' own rule has spoken.
    seen = np.isfinite(way) & (share > 1e-18)
    return np.where(seen, np.abs(way), 0.0)


# --- outcomes against a density


def _parts(pair: Pair) -> tuple[Array, Array, Array, Dist]:
    """Outcomes (n,), F before and after each (n,), and the density."""
    atoms, density = (pair.P, pair.Q) if pair.P.kind == "discrete" else (pair.Q, pair.P)
    x, logs = atoms.atoms()
    x, mass = x[np.isfinite(logs)], np.exp(logs[np.isfinite(logs)])
    after = np.minimum(np.cumsum(mass), 1.0)
    after[-1] = 1.0
    return x, np.concatenate([[0.0], after[:-1]]), after, density


def _gap_at_atoms(pair: Pair) -> tuple[Array, Array]:
    x, before, after, density = _parts(pair)
    g = density.cdf(x)
    return before - g, after - g


def _mixed_panels(pair: Pair) -> tuple[Panels, int]:
    """Panels of the density, cut at the outcomes and where the density has caught up with them."""
    x, _, after, density = _parts(pair)
    cuts = np.concatenate([x, density.quantile(after[:-1])])
    cuts = np.unique(cuts[np.isfinite(cuts)])
    panels = partition(density.breaks, Breaks(tuple(cuts.tolist())))
    order = 16 if len(panels) < FEW else 8
    if density.flat or len(panels) > MANY_CUTS:
        return panels, order
    for _ in range(2 if order == 8 else 1):
        panels, _ = panels.split(np.ones(len(panels), bool))
    return panels, order


def _nodes(pair: Pair) -> tuple[Panels, Array, Array]:
    panels, order = _mixed_panels(pair)
    points, log_slope = panels.nodes(order)
    return panels, points.x.ravel(), np.exp(log_slope + np.log(rule(order).weights)).ravel()


def _mixed_cost(pair: Pair, p: float) -> float:
    """The integral of |x(u) - y(u)|^p du, along the density."""
    x, _, after, density = _parts(pair)
    panels, y, weights = _nodes(pair)
    mass = density.density(y) * weights
    place = np.searchsorted(after, density.cdf(y), side="left")
    far = np.abs(x[np.minimum(place, len(x) - 1)] - y)
    total = float(np.where(mass > 0, mass * far**p, 0.0).sum())
    return total + sum(_cost_beyond(density, side, p, panels, 1.0) for side in (-1, 1))


def _mixed_farthest(pair: Pair) -> float:
    x, before, after, density = _parts(pair)
    low, high = density.support()[0][0], density.support()[-1][1]
    ends = np.concatenate([[low], density.quantile(after[:-1]), [high]])
    assert len(before) == len(ends) - 1
    return float(max(np.abs(x - ends[:-1]).max(), np.abs(x - ends[1:]).max()))


def _mixed_square(pair: Pair) -> float:
    """The integral of (F - G)^2 where one of them is a staircase."""
    x, _, after, density = _parts(pair)
    panels, y, weights = _nodes(pair)
    f = np.concatenate([[0.0], after])[np.searchsorted(x, y, side="right")]
    gap = np.where(f == 1, density.sf(y), f - density.cdf(y))
    total = float((weights * gap**2).sum())
    for k, side in enumerate((-1, 1)):
        if not panels.side[0 if side < 0 else -1]:
            continue
        log_x = float(panels.start[0] if side < 0 else panels.stop[-1])
        for alpha, a in density.tail()[k].terms:
            for beta, b in density.tail()[k].terms:
                excess = alpha + beta - 1
                if excess > 0:
                    total += a * b / (alpha * beta) * math.exp(-excess * log_x) / excess
    return total


def _mixed_criterion(pair: Pair) -> float:
    """Half the sum over the outcomes and half the integral over the density, both exact."""
    x, before, after, density = _parts(pair)
    g = density.cdf(x)
    at_atoms = float(((after - before) * (after - g) ** 2).sum())
    ends = np.concatenate([[0.0], g, [1.0]])
    level = np.concatenate([[0.0], after])
    # Between outcomes F is a constant c, and the integral of (c - G)^2 dG a difference of cubes.
    cubes = (ends[1:] - level) ** 3 - (ends[:-1] - level) ** 3
    return 0.5 * (at_atoms + float(cubes.sum()) / 3)
