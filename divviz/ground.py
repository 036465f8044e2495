"""P and Q at the same places, as masses and logs: what every measure is computed from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from divviz.dist import QUIET, Array, Dist, Points


@dataclass(frozen=True)
class Ground:
    """P and Q at the same places x (n,): masses p, q and the logs of mass or density.

    At the nodes of an integral p and q are density times weight, so that every expectation is a
    plain sum. `log_ratio` is log p - log q where both are positive (+-inf elsewhere, 0 where
    neither is).
    """

    x: Array
    p: Array
    q: Array
    log_p: Array
    log_q: Array
    log_ratio: Array
    whole: bool = False  # whether the places are all outcomes, so that p - q sums to 0

    def take(self, index: Any) -> Ground:
        """The same at some of the places."""
        every = (self.x, self.p, self.q, self.log_p, self.log_q, self.log_ratio)
        x, p, q, log_p, log_q, ratio = (column[index] for column in every)
        return Ground(x, p, q, log_p, log_q, ratio)

    @cached_property
    def change(self) -> Array:
        """p - q (n,), from the ratio where subtraction would lose digits."""
        d = self.log_ratio
        near = np.abs(d) < 0.5
        change = np.where(near, self.q * np.expm1(np.where(near, d, 0.0)), self.p - self.q)
        if self.whole and len(change) > 1:
            # What the likeliest outcome gains is what the others lose: 1 - 1e-300 cannot say it.
            top = int((self.p + self.q).argmax())
            change[top] = 0.0
            change[top] = -change.sum()
        return change

    @cached_property
    def common(self) -> NDArray[np.bool_] | None:
        """Where both P and Q have mass (n,), None for everywhere."""
        both = np.isfinite(self.log_p + self.log_q)
        return None if np.count_nonzero(both) == both.size else both

    @cached_property
    def swapped(self) -> Ground:
        """The same with P and Q exchanged."""
        turned = Ground(self.x, self.q, self.p, self.log_q, self.log_p, -self.log_ratio, self.whole)
        vars(turned)["common"] = self.common
        return turned


def sharpened(logs: Array) -> Array:
    """Log masses of all outcomes (n,), that of nearly all the mass from what the others have.

    Next to 1 a mass has lost the digits that its log still shows.
    """
    top = int(logs.argmax())
    if logs[top] < -0.7:
        return logs
    others = np.exp(logs)
    others[top] = 0.0
    result = logs.copy()
    result[top] = np.log1p(-others.sum()) + 0.0
    return result


@QUIET
def ratio_of_logs(log_p: Array, log_q: Array) -> Array:
    """log p - log q, with 0 where both are 0."""
    d: Array = log_p - log_q
    neither = np.isnan(d)
    if np.count_nonzero(neither):
        d[neither] = 0.0
    return d


def log_ratio(p: Dist, q: Dist, points: Points, log_p: Array, log_q: Array) -> Array:
    """log p - log q at points (any shape), by the family's own formula where they are close."""
    d = ratio_of_logs(log_p, log_q)
    if p.name == "mixture" or q.name == "mixture":
        close = _ratio_of_mixtures(p, q, points, log_q)
    elif p.family is q.family and p.family.log_ratio is not None:
        close = p.family.log_ratio(points, p.args, q.args)
    else:
        return d
    if close is None:
        return d
    # Far apart the plain difference has all digits, and log1p near -1 would have few.
    return np.where((np.abs(d) < 0.5) & np.isfinite(close), close, d)


def _ratio_of_mixtures(p: Dist, q: Dist, points: Points, log_q: Array) -> Array | None:
    """log p/q of two mixtures of much the same parts, or of a mixture and one of its parts.

    From p/q - 1 = sum of (s_i - t_i) f_i/q + t_i (f_i - g_i)/q over the parts, whose differences
    are exact where those of the sums would be rounding.
    """
    rows = _paired(p, q)
    if rows is None:
        return None
    excess = np.zeros_like(log_q)
    for more, share, one, other in rows:
        log_f = one.family.log_density(points, *one.args)
        if more:
            excess += more * np.exp(log_f - log_q)
        if share and one != other:
            log_g = other.family.log_density(points, *other.args)
            d = log_ratio(one, other, points, log_f, log_g)
            excess += share * np.exp(log_g - log_q) * np.expm1(d)
    return np.log1p(np.maximum(excess, -1.0))


@lru_cache(maxsize=64)
def _paired(p: Dist, q: Dist) -> tuple[tuple[float, float, Dist, Dist], ...] | None:
    """(s_i - t_i, t_i, f_i, g_i) for each part, the difference rounded once; None for no match."""
    (v, ps), (w, qs) = _parts(p), _parts(q)
    if set(qs) <= set(ps) and len(set(ps)) == len(ps) and len(set(qs)) == len(qs):
        w, qs = tuple(w[qs.index(f)] if f in qs else 0.0 for f in ps), ps
    elif set(ps) <= set(qs) and len(set(ps)) == len(ps) and len(set(qs)) == len(qs):
        v, ps = tuple(v[ps.index(g)] if g in ps else 0.0 for g in qs), qs
    elif len(ps) != len(qs) or any(f.family is not g.family for f, g in zip(ps, qs, strict=True)):
        return None
    s, t = _exact_shares(v), _exact_shares(w)
    return tuple((float(a - b), float(b), f, g) for a, b, f, g in zip(s, t, ps, qs, strict=True))


def _parts(dist: Dist) -> tuple[tuple[float, ...], tuple[Dist, ...]]:
    return (dist.args[0], dist.parts) if dist.name == "mixture" else ((1.0,), (dist,))


def _exact_shares(weights: tuple[float, ...]) -> list[Fraction]:
    exact = [Fraction(w) for w in weights]
    return [w / sum(exact) for w in exact]
