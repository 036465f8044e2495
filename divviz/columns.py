"""Numbers of two long lists of weights, summed in blocks that stay in the processor's cache.

A million outcomes need no logs kept and no arrays of their own. What is delicate (nearly equal
lists, overflow) gets None here and goes the slower way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from divviz.bregman import PLAIN
from divviz.dist import Array

# 64 kB: a few blocks fit into the second cache. BLAS would start threads above 10,000.
BLOCK = 8192
WIDE = 32_768  # where no BLAS is called and one block is kept
LEAST = 5e-324
SMALL = 1e-280  # weights that sum to less would lose digits to the smallest double
FLAT = 1e-6  # CDFs closer than this need more digits of p - q than a subtraction has
ROW = 1024

Log = Callable[[Array, Array], None]


def _log(x: Array, out: Array) -> None:
    np.log(x, out=out)


def _log_of_some(x: Array, out: Array) -> None:
    """The same where x may be 0, or 0/0: what it is multiplied with is 0 there."""
    np.log(np.fmax(x, LEAST, out=out), out=out)


def _summed(add: Callable[[slice, Log], float], n: int) -> float | None:
    """The sum of `add` over blocks of n places; None where it is no number."""
    parts = []
    with np.errstate(all="ignore"):
        for start in range(0, n, BLOCK):
            block = slice(start, min(start + BLOCK, n))
            part = add(block, _log)
            if not math.isfinite(part):
                part = add(block, _log_of_some)
                if not math.isfinite(part):
                    return None
            parts.append(part)
    return math.fsum(parts)


def _space(count: int) -> Any:
    return np.empty((count, BLOCK))


def entropy(w: Array, total: float) -> float | None:
    """H(P) in nats of weights w (n,) that sum to `total`."""
    space = _space(2)
    # Weights that sum to nearly 1 may stay as they are: the log of their sum is small.
    scale = 1.0 if 0.5 < total < 2 else 1 / total

    def add(block: slice, log: Log) -> float:
        mass, logs = space[:, : block.stop - block.start]
        p = w[block] if scale == 1 else np.multiply(w[block], scale, out=mass)
        log(p, logs)
        return float(np.dot(p, logs))

    found = _summed(add, len(w))
    if found is None:
        return None
    result = math.log(total * scale) - found / (total * scale)
    # An outcome of nearly all the mass needs the log of what it lacks.
    return None if result < 1 else result


def kl(w: Array, v: Array, totals: tuple[float, float]) -> float | None:
    """KL(P||Q) in nats of weights w, v (n,), where v > 0 wherever w > 0."""
    scale, space = totals[1] / totals[0], _space(1)

    def add(block: slice, log: Log) -> float:
        ratio = space[0, : block.stop - block.start]
        np.divide(w[block], v[block], out=ratio)
        ratio *= scale
        log(ratio, ratio)
        return float(np.dot(w[block], ratio))

    found = _summed(add, len(w))
    return None if found is None or found / totals[0] <= PLAIN else found / totals[0]


def js(w: Array, v: Array, totals: tuple[float, float]) -> float | None:
    """The JS divergence in nats of weights w, v (n,)."""
    if not totals[0] > SMALL:
        return None
    scale, space = totals[0] / totals[1], _space(3)

    def add(block: slice, log: Log) -> float:
        q, both, share = space[:, : block.stop - block.start]
        p = w[block]
        np.multiply(v[block], scale, out=q)
        np.add(p, q, out=both)
        total = 0.0
        for mass in (p, q):
            np.divide(mass, both, out=share)
            log(share, share)
            total += float(np.dot(mass, share))
        return total

    found = _summed(add, len(w))
    # log p/m is log p/(p + q) + log 2.
    value = None if found is None else 0.5 * found / totals[0] + math.log(2)
    return None if value is None or value <= PLAIN else value


def distance(x: Array, y: Array) -> float:
    """The sum of |x - y| (n,)."""
    space = np.empty(WIDE)
    parts = []
    for start in range(0, len(x), WIDE):
        away = space[: min(WIDE, len(x) - start)]
        np.subtract(x[start : start + WIDE], y[start : start + WIDE], out=away)
        parts.append(float(np.abs(away, out=away).sum()))
    return math.fsum(parts)


def w1(w: Array, v: Array, totals: tuple[float, float], x: Array | None) -> float | None:
    """W1 of weights w, v (n,) on ascending outcomes x (n,), or 0, 1, ... for None."""
    n, space, running, apart, parts = len(w), _space(2), Running(), False, []
    with np.errstate(all="ignore"):
        for start in range(0, n, BLOCK):
            count = min(BLOCK, n - start)
            block = slice(start, start + count)
            gap, other = space[:, :count]
            np.multiply(w[block], 1 / totals[0], out=gap)
            np.multiply(v[block], 1 / totals[1], out=other)
            np.subtract(gap, other, out=gap)
            space[0, count:] = 0.0
            rows = space[0].reshape(-1, ROW)
            np.cumsum(rows, axis=1, out=rows)
            # Running sums of a million terms keep their digits row by row.
            rows += np.array([running.before(term) for term in rows[:, -1].tolist()])[:, None]
            np.abs(gap, out=gap)
            apart = apart or float(gap.max()) > FLAT
            last = min(count, n - 1 - start)
            if x is None:
                parts.append(float(gap[:last].sum()))
            else:
                steps = np.subtract(x[start + 1 : start + 1 + last], x[block][:last], other[:last])
                parts.append(float(np.dot(gap[:last], steps)))
    return math.fsum(parts) if apart else None


class Running:
    """A running sum in twice the working precision. Source: Knuth, TAOCP 2, section 4.2.2."""

    def __init__(self) -> None:
        self.high = self.low = 0.0

    def add(self, term: float) -> None:
        """Add `term`, without an error of rounding."""
        total = self.high + term
        back = total - self.high
        self.low += (self.high - (total - back)) + (term - back)
        self.high = total

    def read(self) -> tuple[float, float]:
        """The sum so far as a double and the small rest."""
        high = self.high + self.low
        return high, self.low - (high - self.high)

    def before(self, term: float) -> float:
        """The sum so far, rounded once, and then `term` is added to it."""
        so_far = self.high + self.low
        self.add(term)
        return so_far
