"""What a critic T shows of a divergence: the bound E_P[T] - E_Q[f*(T)], and where it loses.

A place of masses p and q adds p T - q f*(T), at most q f(p/q), which T = f'(p/q) reaches. A cell of
the line can only show the divergence of its two masses; what the densities differ by within it is
lost to any critic of such cells.
Source: Nguyen, Wainwright & Jordan, IEEE Trans. Inf. Theory 56 (2010), lemma 1; Nowozin, Cseke &
Tomioka, f-GAN, NIPS (2016), (4) and (5).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from divviz.bent import KNOTS
from divviz.critics import FARTHEST, MOST_VALUES, Critic, critic, within
from divviz.cutting import cut_at, cut_at_levels
from divviz.dist import QUIET, Array, Interval, SceneError
from divviz.generators import GENERATORS, Generator
from divviz.ground import Ground, ratio_of_logs
from divviz.infinity import Reason, endures
from divviz.overlap import neyman_term, pearson_term
from divviz.pair import Pair
from divviz.powers import Places, counting, doubling, sampled
from divviz.quadrature import Panels, joined, rule

TOLERANCE = 1e-11
ROUNDS = 40
MOST_PANELS = 4000
ROUNDING = 1e-15
KINKED = ("bent", "total_variation")
FAR = 690.0  # log p/q beyond which f(p/q) is followed by its growth


# --- critics to start from, and the best one -------------------------------------------------


def blank(one: Generator, pair: Pair, cells: int = 32) -> Critic:
    """The critic that sees no difference, T = f'(1) everywhere, whose bound is f(1).

    One value for each outcome, or `cells` of the window that shows both densities. A long list of
    outcomes has cells as well. SceneError for a mixed pair.
    """
    level = float(within(one, one.slope(np.array([1.0])))[0])
    _refuse_mixed(pair)
    if pair.discrete and len(pair.x) <= MOST_VALUES:
        return critic([level] * len(pair.x))
    return critic([level] * cells, window_of(pair))


def window_of(pair: Pair) -> Interval:
    """What shows P and Q: their windows together; of outcomes half a step more on either side."""
    (a, b), (c, d) = pair.P.window(), pair.Q.window()
    more = 0.5 if pair.discrete else 0.0
    low, high = max(min(a, c) - more, -FARTHEST), min(max(b, d) + more, FARTHEST)
    return low, high


@QUIET
def best(one: Generator, pair: Pair, like: Critic) -> Critic:
    """The critic of the same places that shows most: f'(p/q) of their masses, as far as allowed.

    Its values are rounded, kept inside the generator's range and from -1e6 to 500, so what it shows
    may lack a little of `Showing.most`. Errors as `shown`.
    """
    d = _cells(pair, like).log_ratio
    return critic(within(one, one.slope(np.exp(d))).tolist(), like.window)


# --- what a critic shows ---------------------------------------------------------------------


@dataclass(frozen=True)
class Showing:
    """What a critic shows of D_f(P||Q), place by place: its outcomes or its cells (n,).

    `bound` is E_P[T] - E_Q[f*(T)], -inf where T leaves the range of f* with mass there; `most` what
    the best critic of these places shows; `divergence` is D_f, and `gap` what the bound lacks of
    it. Of each place: masses `p` and `q`, what it adds to the bound (`gain`) and to the divergence
    (`share`), and `lost`, the difference, 0 or more; of that `coarse` is lost to any critic of
    these cells, the rest to the height of T.
    """

    bound: float
    most: float
    divergence: float
    gap: float
    p: Array
    q: Array
    gain: Array
    share: Array
    lost: Array
    coarse: Array


@QUIET
def shown(one: Generator, pair: Pair, t: Critic) -> Showing:
    """What the critic `t` shows of the divergence that the generator `one` makes of a pair.

    SceneError where there is not one value for each outcome, no window for densities, or outcomes
    stand against a density.
    """
    cells = _cells(pair, t)
    values = np.array(t.values)
    gain = _gain(one, cells, values)
    own = _term(one, cells)
    # Young's inequality has its equality where T = f'(p/q); rounding may step over it.
    height = np.maximum(own - gain, 0.0)
    share = _shares(one, pair, t, own)
    coarse = np.where(np.isinf(share) & np.isinf(own), 0.0, np.maximum(share - own, 0.0))
    lost = np.where(np.isinf(share), np.inf, height + coarse)
    bound = _sum(gain)
    divergence = math.inf if one.reason(pair) is not None else one.value(pair)
    gap = math.inf if math.inf in (divergence, -bound) else max(divergence - bound, 0.0)
    most = divergence if t.window is None else float(own.sum())
    return Showing(bound, most, divergence, gap, cells.p, cells.q, gain, share, lost, coarse)


def _sum(gain: Array) -> float:
    """The sum, 0 where it is no more than rounding: T = f'(1) gains what it costs."""
    total = float(gain.sum())
    return 0.0 if abs(total) < ROUNDING * float(np.abs(gain).sum()) else total


def _gain(one: Generator, g: Ground, t: Array) -> Array:
    """p T - q f*(T), -inf where a mass lies under a T beyond the range of f*."""
    cost = one.conjugate(t)
    none = ~np.isfinite(g.log_q)
    # Without mass of Q the end of the range itself is allowed: there f*(T) is not asked for.
    beyond = np.where(none, t > one.critic[1], np.isposinf(cost))
    empty = none & ~np.isfinite(g.log_p)
    paid = np.where(none | (g.q == 0), 0.0, g.q * np.where(beyond, 0.0, cost))
    return np.where(beyond & ~empty, -np.inf, g.p * t - paid) + 0.0


def _term(one: Generator, g: Ground) -> Array:
    """q f(p/q) at each place, p f'(inf) where q = 0, q f(0) where p = 0."""
    if one.key in _TERMS:
        return _TERMS[one.key](g)
    d = g.log_ratio
    near = np.exp(np.clip(d, -FAR, FAR))
    inner = np.where(d > 0, g.p * (one.f(near) / near), g.q * one.f(near))
    # f(u)/u and f(1/u) grow like log u or not at all: what Pearson's do is in the table.
    ends = np.exp(np.array([FAR - 100.0, FAR]))
    for way, mass, level in ((1, g.p, one.f(ends) / ends), (-1, g.q, one.f(1 / ends))):
        rise = float(level[1] - level[0]) / 100.0
        far = (way * d > FAR) & np.isfinite(d)
        inner = np.where(far, mass * (level[1] + rise * (np.abs(d) - FAR)), inner)
    at_zero, at_infinity = float(one.f(np.array(0.0))), one.critic[1]
    inner = np.where(np.isposinf(d), _times(g.p, at_infinity), inner)
    inner = np.where(np.isneginf(d), _times(g.q, at_zero), inner)
    return np.where(np.isinf(g.log_p) & np.isinf(g.log_q), 0.0, inner) + 0.0


def _times(mass: Array, value: float) -> Array:
    # A mass that is next to nothing is no empty one: times infinity it is infinite.
    return np.full_like(mass, math.inf) if math.isinf(value) else mass * value


_TERMS: dict[str, Callable[[Ground], Array]] = {"pearson": pearson_term, "neyman": neyman_term}


# --- outcomes and cells ----------------------------------------------------------------------


def _refuse_mixed(pair: Pair) -> None:
    if pair.mixed:
        raise SceneError("critic_kinds")


def _cells(pair: Pair, t: Critic) -> Ground:
    """P and Q as masses of the critic's places, with their logs."""
    _refuse_mixed(pair)
    if t.window is None and not pair.discrete:
        raise SceneError("critic_density")
    if t.window is None:
        if len(t.values) != len(pair.x):
            raise SceneError("critic", count=len(pair.x))
        return pair.ground
    key = ("cells", t.window, len(t.values))
    if key not in pair.kept:
        pair.kept[key] = _summed(pair, t)
    found: Ground = pair.kept[key]
    return found


def _summed(pair: Pair, t: Critic) -> Ground:
    if pair.discrete:
        g = pair.ground
        at = Places(g.x, g.log_p, g.log_q, g.log_ratio, np.zeros(len(g.x)))
    else:
        order = pair.mesh.order
        at = sampled(pair, cut_at(pair.mesh.panels, t.edges), order)
    cell, n = np.searchsorted(t.edges, at.x, side="right"), len(t.values)
    log_p, log_q = (_log_sums(log + at.log_weights, cell, n) for log in (at.log_p, at.log_q))
    ratio = ratio_of_logs(log_p, log_q)
    return Ground(np.arange(float(n)), np.exp(log_p), np.exp(log_q), log_p, log_q, ratio)


def _log_sums(logs: Array, cell: Any, n: int) -> Array:
    """The log of the sum of exp(logs) in each of n cells."""
    top = np.full(n, -np.inf)
    np.maximum.at(top, cell, logs)
    base = np.where(np.isfinite(top), top, 0.0)
    result: Array = np.log(np.bincount(cell, np.exp(logs - base[cell]), minlength=n)) + base
    return result


def _shares(one: Generator, pair: Pair, t: Critic, own: Array) -> Array:
    """What each place adds to D_f (n,): for outcomes the term, for cells its sum or integral."""
    if t.window is None:
        return own
    if GENERATORS.get(one.key) is not one:
        return _integrated(one, pair, t)
    key = ("shares", one.key, t.window, len(t.values))
    if key not in pair.kept:
        pair.kept[key] = _integrated(one, pair, t)
    found: Array = pair.kept[key]
    return found


def _integrated(one: Generator, pair: Pair, t: Critic) -> Array:
    reason = one.reason(pair)
    if pair.discrete:
        x, term = pair.x, _term(one, pair.ground)
    elif one.key in KINKED:
        at = _cut_nodes(pair, t)
        x, term = at.x, _term(one, at.ground)
    else:
        x, term = _resolved(one, pair, t, 0 if reason is not None else ROUNDS)
    cell = np.searchsorted(t.edges, x, side="right")
    shares = np.bincount(cell, term, minlength=len(t.values)).astype(float)
    if reason is None:
        return shares if pair.discrete else _with_rest(one, pair, t, shares)
    if not np.isinf(shares).any():
        shares[np.searchsorted(t.edges, _endless(pair, reason), side="right")] = np.inf
    return shares


def _with_rest(one: Generator, pair: Pair, t: Critic, shares: Array) -> Array:
    """The shares with what lies too deep in a singular end for nodes: p^2/q may fall slowly."""
    ends = [end.at for dist in (pair.P, pair.Q) for end in dist.ends()]
    value = one.value(pair)
    rest = value - float(shares.sum())
    if ends and math.isfinite(rest) and rest > 1e-9 * value:
        cells = np.searchsorted(t.edges, ends, side="right")
        shares[cells[np.argmax(shares[cells])]] += rest
    return shares


def _endless(pair: Pair, reason: Reason) -> list[float]:
    """The places at which an infinite divergence diverges."""
    if "outcome" in reason.fields:
        return [float(reason.fields["outcome"])]
    if "where" in reason.fields:
        where = str(reason.fields["where"])
        named = {"−∞": -math.inf, "∞": math.inf}
        return [named[where] if where in named else float(where.removeprefix("x = "))]
    p, q = (pair.P, pair.Q) if reason.fields["who"] == "P" else (pair.Q, pair.P)
    ends = zip(p.tail(), q.tail(), (-math.inf, math.inf), strict=True)
    return [end for one, other, end in ends if not endures(one, other)]


def _cut_nodes(pair: Pair, t: Critic) -> Places:
    """Nodes of panels cut at the edges, and where p/q passes a kink: there q f(p/q) is smooth."""
    key = ("cut", t.window, len(t.values))
    if key not in pair.kept:
        panels = cut_at_levels(pair, cut_at(pair.mesh.panels, t.edges), np.log(KNOTS[1:]))
        pair.kept[key] = sampled(pair, panels, pair.mesh.order)
    found: Places = pair.kept[key]
    return found


def _resolved(one: Generator, pair: Pair, t: Critic, rounds: int) -> tuple[Array, Array]:
    """Nodes (m,) of panels cut at the edges that resolve q f(p/q), and its masses there (m,)."""
    panels, order = cut_at(pair.mesh.panels, t.edges), pair.mesh.order
    if one.key in _TERMS and rounds:
        panels = joined(panels, *(_outward(one, pair, panels, side) for side in (-1, 1)))
    at = sampled(pair, panels, order)
    term = _term(one, at.ground)
    for _ in range(0 if order == 1 else rounds):
        wide = _unresolved(term, order)
        if not wide.any() or len(panels) > MOST_PANELS:
            break
        panels, _ = panels.split(wide)
        at = sampled(pair, panels, order)
        term = _term(one, at.ground)
    return at.x, term


def _outward(one: Generator, pair: Pair, panels: Panels, side: int) -> Panels:
    """More panels past the last one, where q f(p/q) outlives P and Q, as p^2/q may."""
    k = 0 if side < 0 else -1
    ends = any(dist.tail()[k].kind == "end" for dist in (pair.P, pair.Q))
    if ends or panels.side[k]:
        return panels.take(slice(0, 0))
    more = doubling(panels, side)
    logs = np.log(np.abs(_term(one, sampled(pair, more, 4).ground)))
    top = float(np.log(np.abs(_term(one, sampled(pair, panels, 4).ground)).max()))
    return counting(more, logs.reshape(-1, 4).max(axis=1), side, top)


def _unresolved(term: Array, order: int) -> Array:
    """Panels whose term still has weight in its highest Legendre coefficients."""
    rows = np.where(np.isfinite(term), term, 0.0).reshape(-1, order)
    rest = np.abs(rows @ rule(order).tail).max(axis=1)
    total = float(np.abs(rows).sum())
    return np.asarray(rest > max(TOLERANCE * total, 1e-300))
