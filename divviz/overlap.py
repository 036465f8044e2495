"""Divergences that compare p and q place by place without a logarithm.

Each value takes a Pair for which the number is finite. Their pointwise terms are what is shaded.
"""

from __future__ import annotations

import math

import numpy as np

from divviz.convergence import diverges
from divviz.dist import QUIET, Array, Dist
from divviz.ground import Ground
from divviz.infinity import Reason
from divviz.information import infinite_power
from divviz.pair import Pair
from divviz.powers import affinity_excess, log_affinity, log_power

# --- terms


def difference(g: Ground) -> Array:
    """p - q, with its digits."""
    return g.change


@QUIET
def tv_term(g: Ground) -> Array:
    """|p - q| / 2."""
    return 0.5 * np.abs(difference(g))


@QUIET
def affinity_term(g: Ground) -> Array:
    """sqrt(p q)."""
    return np.sqrt(g.p) * np.sqrt(g.q)


@QUIET
def chord_term(g: Ground) -> Array:
    """(sqrt p - sqrt q)^2."""
    near = np.abs(g.log_ratio) < 0.5
    close = g.q * np.expm1(0.5 * np.where(near, g.log_ratio, 0.0)) ** 2
    return np.where(near, close, (np.sqrt(g.p) - np.sqrt(g.q)) ** 2)


def hellinger_term(g: Ground) -> Array:
    """(sqrt p - sqrt q)^2 / 2."""
    return 0.5 * chord_term(g)


@QUIET
def triangular_term(g: Ground) -> Array:
    """(p - q)^2 / (p + q) = (p + q) tanh(d / 2)^2 with d = log p/q."""
    near = np.abs(g.log_ratio) < 700
    return (g.p + g.q) * np.tanh(0.5 * np.where(near, g.log_ratio, 1e3)) ** 2


@QUIET
def pearson_term(g: Ground) -> Array:
    """(p - q)^2 / q, infinite where q = 0 < p."""
    d = g.log_ratio
    near = np.abs(d) < 0.5
    close = g.q * np.expm1(np.where(near, d, 0.0)) ** 2
    # p = 0 leaves q, and p far above q the square of p over q.
    apart = np.where(d > 0, g.p * np.exp(d) - 2 * g.p + g.q, g.q * np.expm1(d) ** 2)
    return np.where(near, close, np.where(np.isposinf(d), np.inf, apart))


def neyman_term(g: Ground) -> Array:
    """(p - q)^2 / p, infinite where p = 0 < q."""
    return pearson_term(g.swapped)


@QUIET
def square_term(g: Ground) -> Array:
    """(p - q)^2."""
    return difference(g) ** 2


# --- values


@QUIET
def total_variation(pair: Pair) -> float:
    """Half the sum of |p - q|: the most by which P and Q differ on any event.

    Source: Levin & Peres, Markov Chains and Mixing Times (2017), proposition 4.2.
    """
    if pair.disjoint:
        return 1.0
    if pair.discrete:
        change = difference(pair.ground)
        # What P has more is what Q has more; rounding leaves the digits to the larger sum.
        return min(max(float(change[change > 0].sum()), -float(change[change < 0].sum())), 1.0)
    # F - G turns where p = q, so that half its whole way up and down is the distance.
    return min(0.5 * float(np.abs(np.diff(pair.gap.turns)).sum()), 1.0)


def hellinger_squared(pair: Pair) -> float:
    """1 - BC = sum (sqrt p - sqrt q)^2 / 2. Source: Le Cam & Yang (2000), chapter 3."""
    return 1.0 if pair.disjoint else min(-affinity_excess(pair, 0.5) + 0.0, 1.0)


def hellinger(pair: Pair) -> float:
    """sqrt(1 - BC), from 0 to 1. philentropy's "hellinger" is twice this."""
    return math.sqrt(hellinger_squared(pair))


def squared_chord(pair: Pair) -> float:
    """sum (sqrt p - sqrt q)^2, from 0 to 2. Source: Cha, Int. J. Math. Models 1 (2007), (33)."""
    return 2 * hellinger_squared(pair)


def bhattacharyya_coefficient(pair: Pair) -> float:
    """BC = sum sqrt(p q), from 0 to 1. Source: Bhattacharyya, Bull. Calcutta Math. Soc. (1943)."""
    return 0.0 if pair.disjoint else min(math.exp(log_affinity(pair, 0.5)), 1.0)


def bhattacharyya_distance(pair: Pair) -> float:
    """-log BC. Source: Kailath, IEEE Trans. Commun. Technol. 15 (1967), (8)."""
    return max(-log_affinity(pair, 0.5), 0.0) + 0.0


def no_overlap(pair: Pair) -> Reason | None:
    """Why -log BC is infinite, else None."""
    return Reason("no_overlap") if pair.disjoint else None


def triangular_discrimination(pair: Pair) -> float:
    """sum (p - q)^2 / (p + q), from 0 to 2. Source: Topsoe, IEEE Trans. Inf. Theory 46 (2000)."""
    return 2.0 if pair.disjoint else min(float(triangular_term(pair.ground).sum()), 2.0)


def chi2_pearson(pair: Pair) -> float:
    """sum (p - q)^2 / q. Source: Nielsen & Nock, IEEE Signal Process. Lett. 21 (2014), (3)."""
    return _squared_ratio(pair, 2.0)


def chi2_neyman(pair: Pair) -> float:
    """sum (p - q)^2 / p: Pearson's with P and Q exchanged."""
    return _squared_ratio(pair, -1.0)


def _squared_ratio(pair: Pair, a: float) -> float:
    log = log_affinity(pair, a)
    return math.expm1(log) if log < 709.7 else math.inf


def infinite_pearson(pair: Pair) -> Reason | None:
    """Why Pearson's chi-square is infinite, else None."""
    return infinite_power(pair, 2.0)


def infinite_neyman(pair: Pair) -> Reason | None:
    """Why Neyman's chi-square is infinite, else None."""
    return infinite_power(pair, -1.0)


# --- mean squared error


@QUIET
def mean_squared_error(pair: Pair) -> float:
    """The mean of (p - q)^2 over the outcomes listed; of densities its integral.

    scikit-learn's mean_squared_error of the two lists of masses is the same number.
    """
    plain = float((square_term(pair.ground)).sum()) if pair.discrete else _squared(pair)
    return plain / listed(pair) if pair.discrete else plain


def _squared(pair: Pair) -> float:
    if pair.P == pair.Q:
        return 0.0
    weights = pair.weights
    mass = np.where(weights > 0, weights, 1.0)
    near = float((difference(pair.ground) ** 2 / mass).sum())
    logs = [log_power(pair, 2.0, 0.0), log_power(pair, 0.0, 2.0)]
    cross = log_power(pair, 1.0, 1.0)
    top = max(logs)
    if top > 700:
        return math.inf
    whole = math.exp(logs[0]) + math.exp(logs[1]) - 2 * math.exp(cross)
    return whole if whole > 1e-3 * math.exp(top) else near


def undefined_mse(pair: Pair) -> Reason | None:
    """Why the mean squared error is infinite (or undefined), else None."""
    if pair.P == pair.Q and not pair.discrete:
        return None
    for who, dist in (("P", pair.P), ("Q", pair.Q)):
        if not pair.discrete:
            reason = diverges(dist, dist, 2.0, 0.0)
            if reason is not None:
                what = reason.fields["what"].replace("p", who.lower())
                return Reason(reason.code, {**reason.fields, "what": what})
        elif math.isinf(dist.support()[-1][1] - dist.support()[0][0]):
            return Reason("endless_list", {"who": who}, None)
    return None


def listed(pair: Pair) -> int:
    """How many outcomes P and Q list together, those too unlikely to be summed as well."""
    if pair.labels is not None:
        return len(pair.labels)
    return len(np.union1d(_list(pair.P), _list(pair.Q)))


def _list(dist: Dist) -> Array:
    x = dist.atoms()[0]
    if dist.family.span is None:
        return x
    low, high = dist.support()[0][0], dist.support()[-1][1]
    return np.arange(min(low, x[0]), max(high, x[-1]) + 1)
