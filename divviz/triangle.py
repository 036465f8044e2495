"""KL has no triangle inequality: the way from P to Q by R may be shorter than the straight one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from divviz.discrete import pmf
from divviz.dist import QUIET, Dist, SceneError
from divviz.measures import MEASURES
from divviz.pair import Pair

ROUNDING = 1e-15


@dataclass(frozen=True)
class Triangle:
    """KL(P||Q), KL(P||R) and KL(R||Q) in nats, each infinite where it is.

    `saved` is KL(P||Q) less the other two: positive where the detour is shorter, minus infinity
    where the detour alone is infinite, None where both ways are.
    """

    pq: float
    pr: float
    rq: float
    saved: float | None

    @property
    def broken(self) -> bool:
        """Whether KL(P||Q) > KL(P||R) + KL(R||Q), so that the triangle inequality fails."""
        return self.saved is not None and self.saved > 0


@QUIET
def triangle(p: Iterable[float], r: Iterable[float], q: Iterable[float]) -> Triangle:
    """The three divergences between weights p, r, q (n,), and what the detour by R saves.

    SceneError as in pmf, and for unequal lengths. Source: what is saved is the sum of
    (p - r) log r/q by the three-point identity, Chen & Teboulle, SIAM Journal on Optimization 3
    (1993), lemma 3.1; when it is positive: Cover & Thomas (2006), theorem 11.6.1.

    >>> triangle([0.5, 0.5], [0.25, 0.75], [0.1, 0.9]).broken
    True
    """
    P, R, Q = pmf(p), pmf(r), pmf(q)
    for other in (R, Q):
        if len(other.weights) != len(P.weights):
            n, m = len(other.weights), len(P.weights)
            raise SceneError("support_length", weights=n, support=m)
    pq, pr, rq = (_kl(one, other) for one, other in ((P, Q), (P, R), (R, Q)))
    return Triangle(pq, pr, rq, _saved(P, R, Q) if math.isfinite(pr + rq) else _endless(pq))


def _kl(p: Dist, q: Dist) -> float:
    number = MEASURES["kl_pq"].number(Pair(p, q))
    assert number is not None
    return number


def _endless(pq: float) -> float | None:
    return None if math.isinf(pq) else -math.inf


def _saved(p: Dist, r: Dist, q: Dist) -> float:
    """The sum of (p - r) log r/q where both KL(P||R) and KL(R||Q) are finite, as it then is itself.

    Of the three divergences little would be left after subtraction when R is near to P or Q.
    """
    to_r, to_q = Pair(p, r).ground, Pair(r, q).ground
    inside = to_r.q > 0
    terms = to_r.change[inside] * to_q.log_ratio[inside]
    total = math.fsum(terms)
    # A difference within the rounding of its terms is none.
    return total + 0.0 if abs(total) > ROUNDING * math.fsum(np.abs(terms)) else 0.0
