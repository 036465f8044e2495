"""Two distributions of outcomes on the union of their outcomes, by value or by name."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz.discrete import pmf_table
from divviz.dist import QUIET, Array, Dist, Points, SceneError
from divviz.ground import Ground, log_ratio

Labels = tuple[str, ...] | None


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
    mass_p, mass_q = np.exp(log_p), np.exp(log_q)
    d = log_ratio(p, q, Points(x), log_p, log_q)
    ground = Ground(x, mass_p, mass_q, log_p, log_q, d)
    return _exact(p, q, labels, ground) if p.name == q.name == "pmf" else ground


def _placed(p: Dist, q: Dist, labels: Labels) -> tuple[Array, Array, Array]:
    (x, log_p), (y, log_q) = p.atoms(), q.atoms()
    if labels is not None:
        n = len(labels)
        empty = np.full(n, -np.inf)
        placed = [_on_labels(d, labels, v, empty) for d, v in ((p, log_p), (q, log_q))]
        return np.arange(float(n)), placed[0], placed[1]
    if len(x) == len(y) and (x == y).all():
        return x, log_p, log_q
    places = np.union1d(x, y)
    return places, p.log_density(places), q.log_density(places)


def _on_labels(dist: Dist, labels: tuple[str, ...], values: Array, empty: Array) -> Array:
    if dist.labels is None or dist.labels == labels:
        return values
    at = {name: i for i, name in enumerate(labels)}
    result = empty.copy()
    result[[at[name] for name in dist.labels]] = values
    return result


def _exact(p: Dist, q: Dist, labels: Labels, g: Ground) -> Ground:
    """`g` with log p/q from the quotient of the masses, or of the weights where they agree."""
    least = min(m.min(initial=1.0, where=m > 0) for m in (g.p, g.q))
    if least < 1e-150:
        return g
    finite = np.isfinite(g.log_ratio)
    d = np.where(finite, np.log(g.p / g.q), g.log_ratio)
    if np.abs(d).max(initial=0.0, where=finite) < 1e-3:
        w, v = (_weights_on(dist, labels, g.x) for dist in (p, q))
        d = np.where(finite, np.log1p(_excess(w, v)), g.log_ratio)
    return Ground(g.x, g.p, g.q, g.log_p, g.log_q, d)


def _weights_on(dist: Dist, labels: Labels, x: Array) -> Array:
    values, w = pmf_table(*dist.args)
    if labels is not None:
        return _on_labels(dist, labels, w, np.zeros(len(labels)))
    if len(values) == len(x):
        return w
    result = np.zeros(len(x))
    result[np.searchsorted(x, values)] = w
    return result


def _excess(w: Array, v: Array) -> Array:
    """(w/sum w) / (v/sum v) - 1 as (w V - v W) / (v W), in twice the working precision.

    Source: products and sums without error by Dekker (1971) and Knuth, TAOCP 2, section 4.2.2.
    """
    w, v = _near_one(w), _near_one(v)
    (big_w, small_w), (big_v, small_v) = _exact_sum(w), _exact_sum(v)
    high_1, low_1 = _exact_product(w, big_v)
    high_2, low_2 = _exact_product(v, big_w)
    difference = (high_1 - high_2) + ((low_1 - low_2) + (w * small_v - v * small_w))
    result: Array = difference / np.where(v > 0, v * big_w, 1.0)
    return result


def _near_one(w: Array) -> Array:
    result: Array = np.ldexp(w, -int(np.frexp(w.max())[1]))
    return result


def _exact_sum(w: Array) -> tuple[float, float]:
    total = math.fsum(w)
    return total, math.fsum([*w.tolist(), -total])


def _exact_product(a: Array, b: float) -> tuple[Array, Array]:
    product = a * b
    (a1, a2), (b1, b2) = _halves(a), _halves(b)
    return product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


def _halves(a: Any) -> tuple[Any, Any]:
    t = 134217729.0 * a
    high = t - (t - a)
    return high, a - high
