"""The same experiment over and over: how entropy and KL of n drawn values scatter, and their bias.

Unlike the bootstrap of estimates.py, which resamples a sample, here P is known: each replay draws n
new values of P, and the true entropy, the exact mean of each estimate and its leading bias stand
beside what is seen. All in nats.
"""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from divviz.arguments import whole
from divviz.discrete import log_poisson
from divviz.dist import QUIET, Array, Dist, SceneError
from divviz.estimates import RESAMPLES
from divviz.information import entropy_p, infinite_pq, kl_pq
from divviz.pair import Pair
from divviz.seeds import Seed, generator

MOST_VALUES = 10_000
MOST_RESAMPLES = 1000
MOST_OUTCOMES = 5000
EDGE = 0.05
BLOCK = 64  # outcomes at a time, of nearly the same probability


@dataclass(frozen=True)
class Scatter:
    """What the first `count` replays show: the mean, 5 and 95 % quantiles, and mean less truth.

    `bias` is None (not defined) where both are infinite.
    """

    count: int
    mean: float
    low: float
    high: float
    bias: float | None


@dataclass(frozen=True, eq=False)
class Track:
    """One estimate of every replay (r,), with the true value and the estimate's exact mean.

    `name` is a key of BIASES in estimates.py. `leading` is the first term of the bias in 1/n, None
    where it is 0 or, P having no end, not of this form.
    """

    name: str
    values: Array
    true: float
    expected: float
    leading: float | None

    @cached_property
    @QUIET
    def prefixes(self) -> tuple[Scatter, ...]:
        """What the first 1, 2, ..., r replays show, for an animation that is scrubbed."""
        ordered: list[float] = []
        means = np.cumsum(self.values) / np.arange(1, len(self.values) + 1)
        found = []
        for value, mean in zip(self.values.tolist(), means.tolist(), strict=True):
            insort(ordered, value)
            # Order statistics: a mean of neighbours would make NaN of infinite values.
            low, high = (ordered[round(u * (len(ordered) - 1))] for u in (EDGE, 1 - EDGE))
            found.append(Scatter(len(ordered), mean, low, high, _less(mean, self.true)))
        return tuple(found)

    def after(self, count: int) -> Scatter:
        """What the first `count` replays show; SceneError unless it is from 1 to r."""
        return self.prefixes[whole("count", count, 1, len(self.values)) - 1]

    @property
    def bias(self) -> float | None:
        """The exact mean less the true value; None where both are infinite."""
        return _less(self.expected, self.true)


def _less(a: float, b: float) -> float | None:
    difference = a - b
    return None if math.isnan(difference) else difference + 0.0


@dataclass(frozen=True, eq=False)
class Replay:
    """Samples of n values of P, drawn again and again, and the estimates of each.

    `x` (k,) are the outcomes of P in order, `p` (k,) their masses, `counts` (r, k) how often each
    was drawn. `tracks` has "plug_in_entropy", "miller_madow_entropy" and, with a Q, "plug_in_kl".
    """

    n: int
    x: Array
    p: Array
    counts: NDArray[np.int64]
    tracks: dict[str, Track]


@QUIET
def replay(
    p: Dist, n: int, q: Dist | None = None, resamples: int = RESAMPLES, seed: Seed = 0
) -> Replay:
    """`resamples` samples of n values of P (outcomes), the same ones for the same seed.

    With more resamples the first ones stay as they are. The plug-in entropy is too low by about
    (k - 1)/(2n) for k outcomes, the plug-in KL to a fixed Q too high by exactly as much as the
    entropy is too low. SceneError for a density, more than 5000 outcomes, n not from 1 to 10^4,
    resamples not from 1 to 1000, a bad seed, and a Q that cannot be compared with P. Source:
    Miller, Note on the bias of information estimates (1955); Paninski, Neural Computation 15
    (2003).
    """
    n = whole("n", n, 1, MOST_VALUES)
    resamples = whole("resamples", resamples, 1, MOST_RESAMPLES)
    rng = generator(seed)
    pair = Pair(p, p if q is None else q)
    if not pair.discrete:
        raise SceneError("act_discrete")
    ground = pair.ground
    some = ground.p > 0
    x, mass, log_q = ground.x[some], ground.p[some], ground.log_q[some]
    if len(x) > MOST_OUTCOMES:
        raise SceneError("replay_outcomes", count=len(x), most=MOST_OUTCOMES)
    mass = mass / mass.sum()
    counts = rng.multinomial(n, mass, size=resamples)
    tracks = _entropies(pair, n, mass, counts)
    if q is not None:
        plain = tracks["plug_in_entropy"]
        tracks["plug_in_kl"] = _divergences(pair, plain, n, counts, log_q)
    return Replay(n, x, mass, counts, tracks)


def _entropies(pair: Pair, n: int, mass: Array, counts: NDArray[np.int64]) -> dict[str, Track]:
    true, expected = entropy_p(pair), expected_entropy(mass, n)
    values = surprises(n)[counts].sum(axis=1)
    ends = all(tail.kind == "end" for tail in pair.P.tail())
    leading = -(len(mass) - 1) / (2 * n) + 0.0 if ends else None
    seen = (counts > 0).sum(axis=1)
    # 1 - (1 - p)^n, the chance of an outcome to be seen at all.
    likely = math.fsum(-np.expm1(n * np.log1p(-mass)))
    corrected = Track(
        "miller_madow_entropy",
        values + (seen - 1) / (2 * n),
        true,
        expected + (likely - 1) / (2 * n),
        None,
    )
    plain = Track("plug_in_entropy", values, true, expected, leading)
    return {track.name: track for track in (plain, corrected)}


def _divergences(
    pair: Pair, plain: Track, n: int, counts: NDArray[np.int64], log_q: Array
) -> Track:
    """KL of the drawn shares to Q: -sum share log q, which has no bias, less the entropy."""
    true = kl_pq(pair) if infinite_pq(pair) is None else math.inf
    finite = np.isfinite(log_q)
    values = counts @ np.where(finite, -log_q, 0.0) / n - plain.values
    values = np.where(counts[:, ~finite].any(axis=1), np.inf, np.maximum(values, 0.0))
    bias = plain.bias
    expected = math.inf if bias is None else true - bias
    leading = None if plain.leading is None or math.isinf(true) else -plain.leading + 0.0
    return Track("plug_in_kl", values + 0.0, true, expected, leading)


def surprises(n: int) -> Array:
    """-(k/n) log(k/n) for k = 0, ..., n (n + 1,): what an outcome seen k times adds."""
    share = np.arange(n + 1.0) / n
    return -share * np.log(np.where(share > 0, share, 1.0)) + 0.0


@QUIET
def expected_entropy(mass: Array, n: int) -> float:
    """The exact mean of the plug-in entropy of n values drawn with masses (k,), summing to 1.

    The sum over outcomes of E[-(N/n) log(N/n)], N binomial. Source: Paninski, Neural Computation 15
    (2003).
    """
    # A sure outcome is never uncertain.
    chances, repeats = np.unique(mass[mass < 1], return_counts=True)
    means = [_means(chances[i : i + BLOCK], n) for i in range(0, len(chances), BLOCK)]
    return math.fsum(np.concatenate([np.empty(0), *means]) * repeats)


def _means(chances: Array, n: int) -> Array:
    """E[-(N/n) log(N/n)] of N binomial, for ascending chances (m,) below 1."""
    middle = n * chances
    # Bernstein's inequality: beyond this reach there is less than 2 exp(-60).
    reach = 20 + np.sqrt(400 + 120 * middle * (1 - chances))
    low = max(math.floor((middle - reach).min()), 0)
    high = min(math.ceil((middle + reach).max()), n)
    k = np.arange(low, high + 1.0)
    p = chances[:, None]
    # A binomial is one Poisson given its sum with another, and so keeps the digits of those.
    log_mass = log_poisson(k, n * p) + log_poisson(n - k, n * (1 - p)) - log_poisson(n, n)
    means: Array = (np.exp(log_mass) * surprises(n)[low : high + 1]).sum(axis=1)
    return means
