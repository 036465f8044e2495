"""The space worms' teeth: counts of 0 to n against a uniform and against every binomial model.

The worms are Will Kurt's, "Kullback-Leibler Divergence Explained", countbayesie.com (2017), who
shows his data as a picture and gives their mean as 5.7. TEETH is the table that later articles and
notebooks reuse in its place; its mean is 5.44. Recomputed in 30 digits, in nats:

    KL(worms || uniform on 0..10)       0.136679710949669391...
    KL(worms || Binomial(10, 0.544))    0.427349724856193117...

The 0.338 and 0.477 that circulate with the worms are not divergences of this table: neither in
nats, bits or hartleys, nor with p = 0.5 or 0.57, nor from the model to the worms. A notebook that
takes 11 for n, as there are 11 counts, has Binomial(11, 5.44/11) and 0.328: a model with mass on 11
teeth, which no worm has.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from divviz.bregman import excess
from divviz.discrete import check_weights, numbers, pmf, pmf_table
from divviz.dist import QUIET, Array, Dist, SceneError
from divviz.empirical import SAMPLES, counted
from divviz.families import make
from divviz.information import entropy_p, kl_pq
from divviz.pair import Pair

# How many of 100 worms have 0, 1, ..., 10 teeth.
TEETH: tuple[int, ...] = (2, 3, 5, 14, 16, 15, 12, 8, 10, 8, 7)
MOST_COUNTS = 1001


def worms() -> Dist:
    """The shares of TEETH among 100 worms, a distribution on 0 to 10."""
    return pmf(TEETH)


def tally(dist: Dist, most: int = MOST_COUNTS - 1) -> tuple[float, ...] | None:
    """How often 0, 1, ..., n come in a sample or a pmf, or the shares of any other outcomes.

    None for what is no tally: densities, names, an outcome that is below 0, above `most` or not
    whole, and a family without a last outcome. n is at least 1.

    >>> tally(worms())[:3]
    (2.0, 3.0, 5.0)
    """
    ended = dist.kind == "discrete" and all(tail.kind == "end" for tail in dist.tail())
    if not ended or (dist.name == "pmf" and dist.labels is not None):
        return None
    x, count = _table(dist)
    if not len(x) or x[0] < 0 or x[-1] > most or (x != np.rint(x)).any():
        return None
    counts = np.zeros(max(int(x[-1]), 1) + 1)
    counts[x.astype(int)] = count
    return tuple(counts.tolist())


def _table(dist: Dist) -> tuple[Array, Array]:
    """Outcomes in order (m,) and how often each comes, or its mass (m,)."""
    if dist.family is SAMPLES:
        return counted(dist.args[0])
    if dist.name == "pmf":
        return pmf_table(*dist.args)
    x, log_mass = dist.atoms()
    return x, np.exp(log_mass)


@dataclass(frozen=True)
class Slide:
    """KL(P || Binomial(n, p)) in nats for every p, P the shares of values from 0 to n.

    Its lowest point is `best`, the mean over n, and there it is `least`; to the uniform on 0 to n
    it is `uniform`. `entropy` is H(P): of m values the log likelihood is -m (H(P) + KL). Source:
    Cover & Thomas, Elements of Information Theory (2006), theorem 11.1.2.
    """

    n: int
    entropy: float
    mean: float
    best: float
    rest: float  # 1 - best, with its own digits
    least: float
    uniform: float

    @QUIET
    def kl(self, p: Any) -> Array:
        """KL(P || Binomial(n, p)) for p of any shape, infinite at 0 and 1 unless P lies there.

        It is that of the best p plus n KL(Bernoulli(best) || Bernoulli(p)), as log p and log(1 - p)
        enter linearly with the mean: no digit is lost near the bottom. SceneError for p outside 0
        to 1. Source: Csiszár & Shields, Information Theory and Statistics (2004), section 3.
        """
        at = _shares(p)
        away = _divergence(self.best, at, at - self.best)
        away = away + _divergence(self.rest, 1 - at, self.best - at)
        return np.asarray(self.least + self.n * away)

    @QUIET
    def slope(self, p: Any) -> Array:
        """The derivative of `kl` by p, of p's shape: negative below `best`, positive above."""
        at = _shares(p)
        if self.best == 0:
            return np.asarray(self.n / (1 - at))
        if self.rest == 0:
            return np.asarray(-self.n / at)
        slope = self.n * (at - self.best) / (at * (1 - at))
        return np.asarray(slope) + 0.0


@QUIET
def slide(counts: Iterable[float] = TEETH) -> Slide:
    """What counts or shares (n + 1,) of 0, 1, ..., n say of every Binomial(n, p).

    2 to 1001 counts, with any sum; SceneError for fewer or more, for negative ones, not finite
    ones, and all 0.

    >>> slide().best
    0.544
    """
    weights = numbers(counts, "weight")
    if not 2 <= len(weights) <= MOST_COUNTS:
        raise SceneError("tally_count", count=len(weights), most=MOST_COUNTS)
    check_weights(weights)
    n = len(weights) - 1
    k = np.arange(n + 1.0)
    share = weights / weights.max()
    total = math.fsum(share)
    best, rest = math.fsum(share * k) / (n * total), math.fsum(share * (n - k)) / (n * total)
    found = pmf(weights)
    model = Pair(found, make("binomial", n, best))
    flat = Pair(found, make("discrete_uniform", 0, n))
    return Slide(
        n=n,
        entropy=entropy_p(flat),
        mean=math.fsum(share * k) / total,
        best=best,
        rest=rest,
        least=kl_pq(model),
        uniform=kl_pq(flat),
    )


def _shares(p: Any) -> Array:
    try:
        at = np.asarray(p, float)
    except (ValueError, TypeError):
        raise SceneError("act_share", value=p) from None
    wrong = ~((at >= 0) & (at <= 1))
    if wrong.any():
        raise SceneError("act_share", value=float(at[wrong].flat[0]))
    return at + 0.0


def _divergence(a: float, b: Array, change: Array) -> Array:
    """a log(a/b) - a + b for b = a + change, b when a is 0 (any shape), never negative."""
    if a == 0:
        return b
    step = change / a
    # log1p for its digits near a; far from there step + 1 would lose those of a small b.
    ratio = np.where(np.abs(step) < 0.5, np.log1p(step), np.log(b) - math.log(a))
    return excess(np.full_like(b, a), b, ratio)
