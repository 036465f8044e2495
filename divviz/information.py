"""Entropies and divergences that are expectations of logarithms: Shannon, Jensen, Renyi, Tsallis.

Each function takes a Pair for which the number is finite; why it may not be is the matter of the
functions that give a Reason. All in nats.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from divviz import columns
from divviz.bregman import PLAIN, excess, growth
from divviz.convergence import diverges, unbounded
from divviz.dist import QUIET, Array, Dist
from divviz.ground import Ground
from divviz.infinity import Reason
from divviz.pair import Pair
from divviz.powers import log_affinity, log_power, log_sum, places
from divviz.suprema import greatest

LOG_2 = math.log(2.0)
CLOSE = 0.1  # alpha this near to 0 or 1 is expanded around it


def product(g: Ground, mass: Array, logs: Array) -> Array:
    """mass * logs, 0 where the mass is 0 (0 log 0 = 0)."""
    if g.common is None:
        result: Array = mass * logs
        return result
    return np.where((mass > 0) & (logs != 0), mass * logs, 0.0)


def mirrored(term: Callable[[Ground], Array]) -> Callable[[Ground], Array]:
    """The same term with P and Q exchanged."""
    return lambda g: term(g.swapped)


# --- terms


@QUIET
def entropy_term(g: Ground) -> Array:
    """-p log p."""
    return product(g, g.p, -g.log_p)


@QUIET
def cross_term(g: Ground) -> Array:
    """-p log q, infinite where q = 0 < p."""
    return product(g, g.p, -g.log_q)


@QUIET
def kl_term(g: Ground) -> Array:
    """p log p/q, infinite where q = 0 < p."""
    return product(g, g.p, g.log_ratio)


@QUIET
def jeffreys_term(g: Ground) -> Array:
    """(p - q) log p/q, infinite where one of them is 0."""
    return kl_term(g) + kl_term(g.swapped)


@QUIET
def js_term(g: Ground, weight: float = 0.5) -> Array:
    """w p log p/m + (1 - w) q log q/m with m = w p + (1 - w) q."""
    w, v = weight, 1 - weight
    # log(m/p) = log(w + (1-w) exp(-d)) = log w + log(1 + exp e), and log(m/q) with e turned round:
    # the part that the two have in common is computed once.
    e = math.log(v / w) - g.log_ratio
    shared = np.log1p(np.exp(-np.abs(e)))
    to_p = np.minimum(-e, 0.0) - shared - math.log(w)
    to_q = np.minimum(e, 0.0) - shared - math.log(v)
    return w * product(g, g.p, to_p) + v * product(g, g.q, to_q)


@QUIET
def power_term(g: Ground, alpha: float) -> Array:
    """p^alpha q^(1 - alpha), which is summed before the logarithm is taken."""
    return power_of(g.log_p, g.log_q, alpha)


@QUIET
def own_power_term(g: Ground, alpha: float) -> Array:
    """p^alpha."""
    return np.where(g.p > 0, np.exp(_finite(alpha) * g.log_p), 0.0)


def power_of(log_p: Array, log_q: Array, alpha: float) -> Array:
    """p^a q^(1 - a): 0 where p = 0, infinite where q = 0 < p and a > 1."""
    a = _finite(alpha)
    both = np.isfinite(log_p) & np.isfinite(log_q)
    inside = np.exp(np.where(both, a * log_p + (1 - a) * log_q, -np.inf))
    alone = np.isfinite(log_p) if a > 1 else np.isfinite(log_q) & (a < 0)
    return np.where(~both & alone, np.inf, inside)


def _finite(alpha: float) -> float:
    return min(alpha, 1e3)


# --- why a number is infinite


def infinite_pq(pair: Pair) -> Reason | None:
    """Why the expectation of -log q under P is infinite, else None."""
    return pair.outside_q or (None if pair.discrete else pair.heavy_q)


def infinite_qp(pair: Pair) -> Reason | None:
    """Why the expectation of -log p under Q is infinite, else None."""
    return pair.outside_p or (None if pair.discrete else pair.heavy_p)


def infinite_either(pair: Pair) -> Reason | None:
    """Why one of the two KL divergences is infinite, else None."""
    return infinite_pq(pair) or infinite_qp(pair)


def infinite_power(pair: Pair, alpha: float) -> Reason | None:
    """Why the sum of p^alpha q^(1 - alpha) is infinite, else None."""
    if 0 <= alpha < 1:
        return None
    if alpha == 1:
        return infinite_pq(pair)
    outside = pair.outside_q if alpha > 1 else pair.outside_p
    if outside is not None:
        return outside
    if math.isinf(alpha):
        return unbounded(pair.P, pair.Q)
    return diverges(pair.P, pair.Q, alpha, 1 - alpha)


def infinite_renyi(pair: Pair, alpha: float) -> Reason | None:
    """Why the Renyi divergence is infinite, else None."""
    if alpha < 1 and pair.disjoint:
        return Reason("no_overlap")
    return infinite_power(pair, alpha)


def infinite_tsallis(pair: Pair, alpha: float) -> Reason | None:
    """Why Tsallis' divergence is infinite, else None."""
    if math.isinf(alpha):
        return None if pair.P == pair.Q else Reason("order_limit")
    return infinite_power(pair, alpha)


def infinite_alpha(pair: Pair, alpha: float) -> Reason | None:
    """Why the alpha-divergence is infinite, else None."""
    return infinite_qp(pair) if alpha == 0 else infinite_power(pair, alpha)


def infinite_own_power(pair: Pair, alpha: float) -> Reason | None:
    """Why an entropy of order alpha of P is infinite (minus infinity where P is singular)."""
    p = pair.P
    if alpha == 0:
        low, high = p.support()[0][0], p.support()[-1][1]
        return Reason("unbounded", {"who": "P"}) if math.isinf(high - low) else None
    if alpha == 1 or (p.kind == "discrete" and alpha > 1):
        return None
    if math.isinf(alpha):
        singular = any((end.log_square, end.exponent) < (0.0, 1.0) for end in p.ends())
        return Reason("peak", {"who": "P"}, -math.inf) if singular else None
    reason = diverges(p, p, alpha, 0.0)
    if reason is None or alpha < 1:
        return reason
    return Reason(reason.code, reason.fields, -math.inf)


def infinite_own_sum(pair: Pair, alpha: float) -> Reason | None:
    """The same for Tsallis' entropy: at infinity 0, unless the density exceeds 1 somewhere."""
    if not math.isinf(alpha):
        return infinite_own_power(pair, alpha)
    reason = infinite_own_power(pair, alpha)
    if reason is None and pair.P.kind == "continuous" and _log_peak(alone(pair)) > 0:
        reason = Reason("peak_above_1", {"who": "P"}, -math.inf)
    return reason


# --- values


def _sum(terms: Array) -> float:
    """The sum of terms (n,); the method .sum() takes twice the time for a few."""
    return float(np.add.reduce(terms))


def entropy_p(pair: Pair) -> float:
    """H(P); of a density the differential entropy, which may be negative.

    Source: Cover & Thomas (2006), (2.1) and (8.1).
    """
    if pair.columns is not None:
        w = pair.columns[0]
        found = columns.entropy(w.array, w.total)
        if found is not None:
            return found
    return _sum(entropy_term(pair.ground)) + 0.0


def entropy_q(pair: Pair) -> float:
    """H(Q)."""
    if pair.columns is not None:
        return entropy_p(pair.swapped)
    return _sum(entropy_term(pair.ground.swapped)) + 0.0


def cross_pq(pair: Pair) -> float:
    """H(P,Q)."""
    return _sum(cross_term(pair.ground)) + pair.beyond("P")


def cross_qp(pair: Pair) -> float:
    """H(Q,P)."""
    return _sum(cross_term(pair.ground.swapped)) + pair.beyond("Q")


def kl_divergence(g: Ground, beyond: float) -> float:
    """KL(P||Q) in nats where it is finite: P's mass lies within Q's support.

    Source: Cover & Thomas, Elements of Information Theory (2006), (2.26); for nearly equal P and
    Q as the Bregman divergence of sum p log p (Banerjee et al., JMLR 6, 2005, table 1).
    """
    plain = _sum(kl_term(g)) + beyond
    if plain > PLAIN:
        return plain
    inside, rest = g.common, 0.0
    p, q, d = g.p, g.q, g.log_ratio
    if inside is not None:
        rest = float(q[~inside].sum())
        p, q, d = p[inside], q[inside], d[inside]
    return float(excess(p, q, -d).sum()) + rest + beyond


def kl_pq(pair: Pair) -> float:
    """KL(P||Q)."""
    if pair.columns is not None:
        w, v = pair.columns
        found = columns.kl(w.array, v.array, (w.total, v.total))
        if found is not None:
            return found
    return kl_divergence(pair.ground, pair.beyond("P"))


def kl_qp(pair: Pair) -> float:
    """KL(Q||P)."""
    if pair.columns is not None:
        return kl_pq(pair.swapped)
    return kl_divergence(pair.ground.swapped, pair.beyond("Q"))


def jeffreys(pair: Pair) -> float:
    """KL(P||Q) + KL(Q||P). Source: Jeffreys, Proc. R. Soc. A 186 (1946)."""
    return kl_pq(pair) + kl_qp(pair)


def perplexity(pair: Pair) -> float:
    """exp H(P): the number of equally likely outcomes that are as uncertain as P."""
    return _exp(entropy_p(pair))


def _exp(x: float) -> float:
    return math.exp(x) if x < 709.7 else math.inf


def js_divergence(pair: Pair, weight: float = 0.5) -> float:
    """The Jensen-Shannon divergence in nats, from 0 to H(weight), which it has when disjoint.

    Source: Lin, IEEE Trans. Inf. Theory 37 (1991), (3.1) and (4.1). SciPy's jensenshannon is its
    root, and NaN for some proportional inputs; the "JS" of f-GAN is twice this.
    """
    w, v = weight, 1 - weight
    most = LOG_2 if w == v else -w * math.log(w) - v * math.log(v)
    if pair.disjoint:
        return most
    if pair.columns is not None and w == v:
        one, other = pair.columns
        found = columns.js(one.array, other.array, (one.total, other.total))
        if found is not None:
            return min(found, most)
    g = pair.ground
    plain = _sum(js_term(g, w))
    if plain > PLAIN:
        return min(plain, most)
    inside, rest = g.common, 0.0
    p, q, d = g.p, g.q, g.log_ratio
    if inside is not None:
        alone = ~inside
        rest = -w * math.log(w) * float(p[alone].sum()) - v * math.log(v) * float(q[alone].sum())
        p, q, d = p[inside], q[inside], d[inside]
    d = np.clip(d, -700.0, 700.0)
    m = w * p + v * q
    to_p, to_q = np.log1p(v * np.expm1(-d)), np.log1p(w * np.expm1(d))
    # On the common support w p + v q = m, so the two Bregman sums need no correction.
    return float((w * excess(p, m, to_p) + v * excess(q, m, to_q)).sum()) + rest


def topsoe(pair: Pair) -> float:
    """Twice the Jensen-Shannon divergence. Source: Topsoe, IEEE Trans. Inf. Theory 46 (2000)."""
    return 2 * js_divergence(pair)


# --- of order alpha


@QUIET
def renyi_divergence(pair: Pair, alpha: float) -> float:
    """log(sum p^alpha q^(1-alpha)) / (alpha - 1), with its limits at 0, 1 and infinity.

    Source: van Erven & Harremoes, IEEE Trans. Inf. Theory 60 (2014), (1), definitions 1 to 3.
    """
    if alpha == 1:
        return kl_pq(pair)
    if alpha == 0:
        within = _log_within(pair)
        return -(within if within < -0.7 else math.log1p(-_outside(pair))) + 0.0
    if math.isinf(alpha):
        return max(log_greatest_ratio(pair), 0.0)
    return max(log_affinity_near_1(pair, alpha) / (alpha - 1), 0.0) + 0.0


def tsallis_divergence(pair: Pair, alpha: float) -> float:
    """(sum p^alpha q^(1-alpha) - 1) / (alpha - 1), with its limits at 0, 1 and infinity.

    Source: Tsallis, Phys. Rev. E 58 (1998), (4).
    """
    if alpha == 0:
        return _outside(pair)
    if math.isinf(alpha):
        return 0.0
    return kl_pq(pair) if alpha == 1 else _grown(pair, alpha) / (alpha - 1) + 0.0


def alpha_divergence(pair: Pair, alpha: float) -> float:
    """(sum p^alpha q^(1-alpha) - 1) / (alpha (alpha - 1)): KL(P||Q) at 1, KL(Q||P) at 0.

    Source: Cichocki & Amari, Entropy 12 (2010), (20).
    """
    if alpha == 0:
        return kl_qp(pair)
    return kl_pq(pair) if alpha == 1 else _grown(pair, alpha) / (alpha * (alpha - 1)) + 0.0


def _grown(pair: Pair, alpha: float) -> float:
    log = log_affinity_near_1(pair, alpha)
    return math.expm1(log) if log < 709.7 else math.inf


def log_affinity_near_1(pair: Pair, alpha: float) -> float:
    """log(sum p^alpha q^(1-alpha)), with its digits also for alpha next to 0 or 1."""
    t = alpha - 1
    if abs(t) < CLOSE and infinite_pq(pair) is None:
        near = _expanded(pair, t)
    elif abs(alpha) < CLOSE and infinite_qp(pair) is None:
        near = _expanded(pair.swapped, -alpha)
    else:
        return log_affinity(pair, alpha)
    return near if abs(near) < 0.5 else log_affinity(pair, alpha)


@QUIET
def _expanded(pair: Pair, t: float) -> float:
    """log E exp(t log p/q) under P as log(1 + t KL + E growth(t log p/q))."""
    at = places(pair, 1 + t, -t)
    p = np.exp(at.log_p + at.log_weights)
    inside = p > 0
    linear = t * kl_pq(pair)
    if abs(linear) > 0.5:
        return math.inf
    return math.log1p(linear + float((p[inside] * growth(t * at.log_ratio[inside])).sum()))


def _log_within(pair: Pair) -> float:
    """log of the mass of Q where P has some."""
    at = places(pair, 0.0, 1.0)
    return log_sum(np.where(np.isfinite(at.log_p), at.log_q + at.log_weights, -np.inf))


def _outside(pair: Pair) -> float:
    """The mass of Q where P has none."""
    if pair.outside_p is None:
        return 0.0
    if pair.disjoint:
        return 1.0
    return float(pair.ground.q[~np.isfinite(pair.ground.log_p)].sum())


@QUIET
def log_greatest_ratio(pair: Pair) -> float:
    """log of the greatest p/q, where it is bounded."""
    if pair.discrete:
        d = places(pair, 1.0, 0.0)
        return float(d.log_ratio[np.isfinite(d.log_p) & np.isfinite(d.log_q)].max())
    return greatest(pair, lambda at: at.log_ratio)


@QUIET
def renyi_entropy(pair: Pair, alpha: float) -> float:
    """log(sum p^alpha) / (1 - alpha), with its limits at 0, 1 and infinity.

    Source: Renyi, Proc. 4th Berkeley Symp. (1961), (1.21).
    """
    own = alone(pair)
    if alpha == 1:
        return entropy_p(own)
    if alpha == 0:
        return math.log(_size(own.P))
    if math.isinf(alpha):
        return -_log_peak(own) + 0.0
    return _log_own_power(own, alpha) / (1 - alpha) + 0.0


@QUIET
def tsallis_entropy(pair: Pair, alpha: float) -> float:
    """(1 - sum p^alpha) / (alpha - 1), with its limits at 0, 1 and infinity.

    Source: Tsallis, J. Stat. Phys. 52 (1988), (1).
    """
    own = alone(pair)
    if alpha == 1:
        return entropy_p(own)
    if alpha == 0:
        return _size(own.P) - 1.0
    if math.isinf(alpha):
        return 0.0
    log = _log_own_power(own, alpha)
    return (math.expm1(log) if log < 709.7 else math.inf) / (1 - alpha) + 0.0


def alone(pair: Pair) -> Pair:
    """P beside itself: what belongs to P alone is not to depend on where Q lies."""
    return pair if pair.P == pair.Q else Pair(pair.P, pair.P)


def _log_own_power(own: Pair, alpha: float) -> float:
    """log(sum p^alpha), with its digits for alpha next to 1."""
    t = alpha - 1
    if abs(t) >= CLOSE:
        return log_power(own, alpha, 0.0)
    at = places(own, alpha, 0.0)
    p = np.exp(at.log_p + at.log_weights)
    inside = p > 0
    linear = -t * entropy_p(own)
    if abs(linear) > 0.5:
        return log_power(own, alpha, 0.0)
    return math.log1p(linear + float((p[inside] * growth(t * at.log_p[inside])).sum()))


def _size(p: Dist) -> float:
    """How many outcomes have mass, or how long the support of a density is."""
    if p.kind == "continuous":
        return math.fsum(high - low for low, high in p.support())
    x, logs = p.atoms()
    low, high = p.support()[0][0], p.support()[-1][1]
    if p.family.span is not None and (x[0] > low or x[-1] < high):
        return high - low + 1  # what is too unlikely to be summed still counts
    return float(np.isfinite(logs).sum())


def _log_peak(own: Pair) -> float:
    """log of the greatest mass or density of P."""
    if own.discrete:
        return float(own.log_p.max())
    return greatest(own, lambda at: at.log_p)
