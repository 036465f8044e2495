"""Entropy and KL estimated from samples: each with its bias in words and an interval around it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from divviz.dist import QUIET, Array, SceneError
from divviz.empirical import checked_values
from divviz.neighbours import Nearest, among, between

RESAMPLES = 200
LEVEL = 0.95
NEIGHBOUR = 3
# Subsamples take n**0.7 of n values: their number of neighbours grows, their overlap vanishes.
SUBSAMPLE = 0.7
CHUNK = 2_000_000  # cells of a block of resampled counts: 16 MB

BIASES: dict[str, str] = {
    "plug_in_entropy": "too low on average, by about (m - 1)/(2n) for m outcomes",
    "miller_madow_entropy": "(m - 1)/(2n) is added for the m outcomes seen; outcomes not seen yet "
    "leave it too low",
    "nearest_entropy": "comes from ends and bends of the density within reach of the neighbours, "
    "and shrinks as the sample grows",
    "plug_in_kl": "too high on average where Q has all outcomes, infinite where Q's sample lacks "
    "an outcome of P's",
    "nearest_kl": "shrinks as both samples grow; too low where P has values far from all of Q's",
}


@dataclass(frozen=True)
class Estimate:
    """An estimate in nats, with the interval [low, high] that resampling puts around it.

    `name` is a key of BIASES; `bias` is the leading term of the bias where it is known (subtract
    it), else None; n is the number of values, the smaller one of two samples.
    """

    value: float
    low: float
    high: float
    name: str
    bias: float | None
    n: int

    @property
    def note(self) -> str:
        """What is known of the bias, as a clause in English."""
        return BIASES[self.name]


def _sample(values: Iterable[float], least: int = 1) -> Array:
    x = checked_values(values)
    if len(x) < least:
        raise SceneError("estimate_count", count=len(x), least=least)
    return np.sort(x)


def _around(value: float, others: Array) -> tuple[float, float]:
    """The percentile interval of resampled values (r,), moved so that their median is `value`.

    Resampling repeats the bias of an estimate, so the plain interval would carry it twice; moved,
    it shows the scatter alone. Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993),
    sections 10.2 and 13.3.
    """
    edge = 0.5 * (1 - LEVEL)
    if not others.size:
        return value, value
    ordered = np.sort(others)
    last = len(ordered) - 1
    # By order statistics: an average of neighbours would make NaN of infinite values.
    at = [round(u * last) for u in (edge, 0.5, 1 - edge)]
    low, middle, high = (float(ordered[i]) for i in at)
    if math.isinf(value):
        return (value, value)
    if math.isinf(middle):
        return (min(value, low), math.inf)
    return value - (middle - low), value + (high - middle)


# entropy from counts


def _surprise(share: Array) -> Array:
    """-p log p, 0 at p = 0."""
    return -share * np.log(np.where(share > 0, share, 1.0))


@dataclass(frozen=True)
class _Cells:
    """What a sample (or two) is counted into: distinct values or bins, and the log of each size."""

    counts: tuple[Array, ...]
    log_size: Array


def _cells(samples: tuple[Array, ...], edges: Iterable[float] | None) -> _Cells:
    if edges is None:
        values = np.unique(np.concatenate(samples))
        counts = [np.bincount(np.searchsorted(values, x), minlength=len(values)) for x in samples]
        return _Cells(tuple(c.astype(float) for c in counts), np.zeros(len(values)))
    cuts = checked_values(edges)
    wide = np.diff(cuts)
    inside = len(cuts) > 1 and all(cuts[0] <= x[0] and x[-1] <= cuts[-1] for x in samples)
    if not (inside and (wide > 0).all()):
        raise SceneError("estimate_edges")
    return _Cells(tuple(np.histogram(x, cuts)[0].astype(float) for x in samples), np.log(wide))


def _resampled(counts: Array, resamples: int, rng: Generator) -> Iterator[Array]:
    """Blocks (r, m) of counts drawn anew with the shares of counts (m,); `resamples` rows."""
    n, m = int(counts.sum()), len(counts)
    rows = max(1, CHUNK // m)
    # For many cells it is faster to draw n values and count them than to draw m counts.
    values = np.repeat(np.arange(m), counts.astype(int)) if 10 * m > n else None
    for first in range(0, resamples, rows):
        size = min(rows, resamples - first)
        if values is None:
            yield rng.multinomial(n, counts / n, size=size).astype(float)
        else:
            drawn = (values[rng.integers(0, n, n)] for _ in range(size))
            yield np.stack([np.bincount(d, minlength=m) for d in drawn]).astype(float)


def _entropy_of(counts: Array, log_size: Array, correct: bool) -> Array:
    """The entropy in nats of each row of counts (..., m); plus (seen - 1)/(2n) if `correct`."""
    n = counts.sum(axis=-1, keepdims=True)
    share = counts / n
    plain = (_surprise(share) + share * log_size).sum(axis=-1)
    more = ((counts > 0).sum(axis=-1) - 1) / (2 * n[..., 0]) if correct else 0.0
    result: Array = plain + more
    return result


def _counted_entropy(
    values: Iterable[float],
    edges: Iterable[float] | None,
    name: str,
    resamples: int,
    seed: int,
) -> Estimate:
    x = _sample(values)
    cells = _cells((x,), edges)
    (counts,) = cells.counts
    seen = counts > 0
    counts, log_size = counts[seen], cells.log_size[seen]
    correct = name == "miller_madow_entropy"
    value = float(_entropy_of(counts, log_size, correct))
    rng = np.random.default_rng(seed)
    blocks = [_entropy_of(c, log_size, correct) for c in _resampled(counts, resamples, rng)]
    low, high = _around(value, np.concatenate([np.empty(0), *blocks]))
    bias = None if correct else -(len(counts) - 1) / (2 * len(x)) + 0.0
    return Estimate(value + 0.0, low + 0.0, high + 0.0, name, bias, len(x))


@QUIET
def plug_in_entropy(
    values: Iterable[float],
    edges: Iterable[float] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """The entropy of the sample's own shares, in nats; values (n,), n from 1 to 10^6.

    With `edges` (m + 1,), sorted and around all values, the differential entropy of the histogram
    on these bins. The interval is a bootstrap over `resamples`. SceneError for values that
    samples() would not take and for edges that do not hold them.
    Source: Paninski, Neural Computation 15 (2003), section 2; bias: Miller (1955).

    >>> round(plug_in_entropy([0, 0, 1, 1]).value, 6)
    0.693147
    """
    return _counted_entropy(values, edges, "plug_in_entropy", resamples, seed)


@QUIET
def miller_madow_entropy(
    values: Iterable[float],
    edges: Iterable[float] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """The plug-in entropy plus (m - 1)/(2n), m the number of outcomes or bins that were seen.

    Arguments and errors as in plug_in_entropy.
    Source: Miller, Note on the bias of information estimates (1955); Paninski (2003).
    """
    return _counted_entropy(values, edges, "miller_madow_entropy", resamples, seed)


@QUIET
def plug_in_kl(
    p_values: Iterable[float],
    q_values: Iterable[float],
    edges: Iterable[float] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """KL(P||Q) of the shares of two samples (n,) and (m,), in nats; infinite where Q's lacks one.

    With `edges` of bins around all values, of the shares of the bins. The interval is a bootstrap
    of both samples. SceneError as in plug_in_entropy.
    Source: Cover & Thomas, Elements of Information Theory (2006), (2.26), of empirical shares.
    """
    x, y = _sample(p_values), _sample(q_values)
    p, q = _cells((x, y), edges).counts
    rng = np.random.default_rng(seed)
    value = float(_kl_of(p, q))
    rows = zip(_resampled(p, resamples, rng), _resampled(q, resamples, rng), strict=True)
    low, high = _around(value, np.concatenate([np.empty(0), *(_kl_of(a, b) for a, b in rows)]))
    return Estimate(value, low, high, "plug_in_kl", None, min(len(x), len(y)))


def _kl_of(p: Array, q: Array) -> Array:
    """KL in nats between the shares of counts (..., k)."""
    n, m = p.sum(axis=-1, keepdims=True), q.sum(axis=-1, keepdims=True)
    some = p > 0
    ratio = np.where(some, p, 1.0) * m / (np.where(some, q, 1.0) * n)
    terms: Array = np.where(some, p / n * np.log(ratio), 0.0).sum(axis=-1)
    return np.maximum(terms, 0.0)


# estimates from neighbours


def _subsampled(
    samples: tuple[Array, ...],
    estimate: Callable[..., float],
    least: int,
    resamples: int,
    seed: int,
) -> Array:
    """`estimate` of subsamples without replacement, its scatter scaled to that of the samples.

    Drawing with replacement would repeat values, whose distance is 0. The share b/n is the same for
    all samples; sqrt(b/(n - b)) is the scale for draws without replacement.
    Source: Politis & Romano, Annals of Statistics 22 (1994), section 2; the scale: Politis,
    Romano & Wolf, Subsampling (1999).
    """
    smallest = min(map(len, samples))
    size = max(min(smallest // 2, round(smallest**SUBSAMPLE)), least)
    if size >= smallest:
        return np.empty(0)
    share = size / smallest
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        parts = [x[_some(len(x), max(round(share * len(x)), least), rng)] for x in samples]
        values.append(estimate(*parts))
    found = np.array(values)
    middle = np.median(found) if len(found) else 0.0
    scale = math.sqrt(share / (1 - share))
    return np.where(np.isfinite(found), middle + scale * (found - middle), found)


def _some(n: int, size: int, rng: Generator) -> Array:
    """`size` different places of n, in order."""
    result: Array = np.sort(rng.choice(n, size, replace=False, shuffle=False))
    return result


@QUIET
def nearest_entropy(
    values: Iterable[float],
    k: int = NEIGHBOUR,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """The differential entropy in nats by the distance to the k-th nearest value; values (n,).

    psi(n) - mean psi(k) + mean log(2 distance). Where k values or more are equal, the distance is
    that to the next other value, and k the equal ones plus half of those at that distance; -inf if
    all are equal. The interval is by subsampling. SceneError for fewer than k + 1 values.
    Source: Kozachenko & Leonenko, Probl. Inf. Transm. 23 (1987), in the form of Kraskov, Stoegbauer
    & Grassberger, Phys. Rev. E 69 (2004), (20).
    """
    x = _sample(values, _checked(k) + 1)
    value = _entropy_nearby(x, k)
    others = _subsampled((x,), lambda s: _entropy_nearby(s, k), 2 * k + 2, resamples, seed)
    low, high = _around(value, others)
    return Estimate(value + 0.0, low + 0.0, high + 0.0, "nearest_entropy", None, len(x))


def _entropy_nearby(x: Array, k: int) -> float:
    from scipy.special import digamma

    if x[0] == x[-1]:
        return -math.inf
    near = among(x, k)
    spread = float(np.log(2 * near.distance).mean())
    return float(digamma(len(x))) - _mean_digamma(near) + spread


@QUIET
def nearest_kl(
    p_values: Iterable[float],
    q_values: Iterable[float],
    k: int = NEIGHBOUR,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """KL(P||Q) in nats from samples (n,) of P and (m,) of Q, by distances to k-th nearest values.

    mean log(nu/rho) + log(m/(n - 1)): rho to the k-th nearest other value of P's sample, nu to that
    of Q's; equal values as in nearest_entropy, with the digammas of both k. Infinite if one sample
    is a single value. The interval is by subsampling. May be negative. SceneError for fewer than
    k + 1 values.
    Source: Wang, Kulkarni & Verdu, IEEE Trans. Inf. Theory 55 (2009), sections II and III;
    Perez-Cruz, ISIT (2008).
    """
    least = _checked(k) + 1
    x, y = _sample(p_values, least), _sample(q_values, least)
    value = _kl_nearby(x, y, k)
    others = _subsampled((x, y), lambda s, t: _kl_nearby(s, t, k), 2 * k + 2, resamples, seed)
    low, high = _around(value, others)
    return Estimate(value + 0.0, low + 0.0, high + 0.0, "nearest_kl", None, min(len(x), len(y)))


def _kl_nearby(x: Array, y: Array, k: int) -> float:
    if x[0] == x[-1] or y[0] == y[-1]:
        # Point masses: equal ones do not differ, and nothing else has a density against them.
        return 0.0 if x[0] == x[-1] == y[0] == y[-1] else math.inf
    own, other = among(x, k), between(x, y, k)
    spread = float(np.log(other.distance / own.distance).mean())
    return spread + math.log(len(y) / (len(x) - 1)) + _mean_digamma(own) - _mean_digamma(other)


def _mean_digamma(near: Nearest) -> float:
    from scipy.special import digamma

    return float(digamma(near.rank).mean())


def _checked(k: object) -> int:
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 1 <= k <= 100:
        raise SceneError("estimate_neighbour", value=k)
    return int(k)
