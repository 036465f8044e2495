"""Two distributions of outcomes on the union of their outcomes, by value or by name."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz.discrete import pmf_table
from divviz.dist import MOST_OUTCOMES, QUIET, Array, Dist, Points, SceneError
from divviz.ground import Ground, log_ratio, ratio_of_logs, sharpened

MANY = 65_536  # sums without error take their time
FEW = 4  # numbers are quicker one by one than in an array
Labels = tuple[str, ...] | None
Two = tuple[Array, Array]


def joined_labels(p: Dist, q: Dist) -> tuple[str, ...] | None:
    """The names of the outcomes of both, P's first, or None; SceneError if they cannot match."""
    if p.kind != "discrete" or (p.labels is None and q.labels is None):
        return None
    if p.labels is not None and q.labels is not None:
        return p.labels + tuple(name for name in q.labels if name not in set(p.labels))
    named, bare = (p, q) if p.labels is not None else (q, p)
    assert named.labels is not None
    values = bare.atoms()[0]
    if len(values) != len(named.labels):
        counts = [len(d.labels) if d.labels is not None else len(values) for d in (p, q)]
        raise SceneError("labels", p=counts[0], q=counts[1])
    return named.labels


@QUIET
def outcomes_of(p: Dist, q: Dist, labels: Labels) -> Ground:
    """The masses of P and Q on the sorted union of their outcomes."""
    x, log_p, log_q = _placed(p, q, labels)
    log_p, log_q = sharpened(log_p), sharpened(log_q)
    mass_p, mass_q = np.exp(log_p), np.exp(log_q)
    if p.name == q.name == "pmf":
        d = _exact_ratio(p, q, labels, x, (mass_p, mass_q), (log_p, log_q))
        return Ground(x, mass_p, mass_q, log_p, log_q, d, True)
    d = log_ratio(p, q, Points(x), log_p, log_q)
    whole = all(dist.tail()[k].kind == "end" for dist in (p, q) for k in (0, 1))
    return Ground(x, mass_p, mass_q, log_p, log_q, d, whole)


def _placed(p: Dist, q: Dist, labels: Labels) -> tuple[Array, Array, Array]:
    (x, log_p), (y, log_q) = p.atoms(), q.atoms()
    if labels is not None:
        n = len(labels)
        empty = np.full(n, -np.inf)
        placed = [_on_labels(d, labels, v, empty) for d, v in ((p, log_p), (q, log_q))]
        return np.arange(float(n)), placed[0], placed[1]
    if len(x) == len(y) and (x == y).all():
        return x, log_p, log_q
    places = _union(p, q, _reaching(p, q, x, y), _reaching(q, p, y, x))
    # Both lists are part of the union, so one as long as the union is the union.
    return (
        places,
        log_p if len(x) == len(places) else p.log_density(places),
        log_q if len(y) == len(places) else q.log_density(places),
    )


def _union(p: Dist, q: Dist, x: Array, y: Array) -> Array:
    """The sorted union of their outcomes, without sorting where both are ranges."""
    if p.family.span is None or q.family.span is None:
        return np.union1d(x, y)
    one, other = (x, y) if x[0] <= y[0] else (y, x)
    if one[-1] + 1 < other[0]:
        return np.concatenate([one, other])
    return np.arange(one[0], max(one[-1], other[-1]) + 1)


def _reaching(dist: Dist, other: Dist, x: Array, y: Array) -> Array:
    """`x`, the outcomes of `dist` that matter, and those between the outcomes `y` of a list.

    Binomial(10000, 0.5) has mass on 3, if next to none, and a pmf that leaves out 3 costs infinity.
    """
    if dist.family.span is None or other.family.span is not None:
        return x
    low, high = dist.support()[0]
    low, high = max(low, min(x[0], y[0])), min(high, max(x[-1], y[-1]))
    if high - low + 1 == len(x) or high - low >= 2 * MOST_OUTCOMES:
        return x
    return np.arange(math.ceil(low), high + 1)


def _on_labels(dist: Dist, labels: tuple[str, ...], values: Array, empty: Array) -> Array:
    if dist.labels is None or dist.labels == labels:
        return values
    at = {name: i for i, name in enumerate(labels)}
    result = empty.copy()
    result[[at[name] for name in dist.labels]] = values
    return result


def _exact_ratio(p: Dist, q: Dist, labels: Labels, x: Array, masses: Two, logs: Two) -> Array:
    """log p/q from the quotient of the masses, or of the weights where they agree."""
    sure = np.minimum(*masses) > 1e-150
    d = np.log(masses[0] / masses[1])
    # count_nonzero takes a fifth of the time of all and any.
    if np.count_nonzero(sure) < len(sure):
        d = np.where(sure, d, ratio_of_logs(*logs))
    near = np.flatnonzero(sure & (np.abs(d) < 1e-3))
    if len(near) and (len(d) < MANY or len(near) == len(d)):
        w, v = (_near_one(_weights_on(dist, labels, x)) for dist in (p, q))
        shares = _quotient(w, v)
        if len(near) > FEW:
            d[near] = np.log1p(_excess(w[near], v[near], *shares))
        else:
            for i in near.tolist():
                d[i] = math.log1p(_excess(float(w[i]), float(v[i]), *shares))
    return d


def _weights_on(dist: Dist, labels: Labels, x: Array) -> Array:
    values, w = pmf_table(*dist.args)
    if labels is not None:
        return _on_labels(dist, labels, w, np.zeros(len(labels)))
    if len(values) == len(x):
        return w
    result = np.zeros(len(x))
    result[np.searchsorted(x, values)] = w
    return result


def _excess(w: Any, v: Any, quotient: float, lack: float) -> Any:
    """(w/W) / (v/V) - 1 as (w - v W/V) / (v W/V), in twice the working precision; v positive.

    Source: products and sums without error by Dekker (1971) and Knuth, TAOCP 2, section 4.2.2.
    """
    high, low = _exact_product(v, quotient)
    return ((w - high) - (low + v * lack)) / (v * quotient)


def _quotient(w: Array, v: Array) -> tuple[float, float]:
    """W/V of the sums W of w and V of v, rounded, and what that lacks."""
    (big_w, small_w), (big_v, small_v) = _exact_sum(w), _exact_sum(v)
    quotient = big_w / big_v
    high, low = _exact_product(big_v, quotient)
    return quotient, ((big_w - high) - low + (small_w - quotient * small_v)) / big_v


def _near_one(w: Array) -> Array:
    top = float(w.max())
    if 1e-50 < top < 1e50:
        return w
    result: Array = np.ldexp(w, -math.frexp(top)[1])
    return result


def _exact_sum(w: Array) -> tuple[float, float]:
    terms = w.tolist()
    total = math.fsum(terms)
    return total, math.fsum([*terms, -total])


def _exact_product(a: Any, b: float) -> tuple[Any, Any]:
    product = a * b
    (a1, a2), (b1, b2) = _halves(a), _halves(b)
    return product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


def _halves(a: Any) -> tuple[Any, Any]:
    t = 134217729.0 * a
    high = t - (t - a)
    return high, a - high
