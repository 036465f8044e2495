"""The flattest Q near a P of outcomes: the largest entropy with KL(P‖Q) at most a bound."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HALVINGS = 40
ROUNDS = 8  # of Newton's steps: five or six reach the last digit
STRENGTHS = (-20.0, 30.0)  # logs of the multiplier of the bound


def flattest(p: Array, bound: float) -> Array:
    """The masses q (n,) of largest entropy with KL(p‖q) at most `bound` > 0 nats, for p (n,) > 0.

    Where the gradients of H(q) and KL(p‖q) balance, q (log q + c) = λ p in every outcome; c makes
    the sum 1, λ the divergence the bound.
    Source: Boyd and Vandenberghe, Convex Optimization (2004), section 5.5.3.
    """
    even = np.full(len(p), 1 / len(p))
    if divergence(p, even) <= bound:
        return even

    low, high = STRENGTHS
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        near = divergence(p, _balanced(p, math.exp(middle))) <= bound
        low, high = (low, middle) if near else (middle, high)
    return _balanced(p, math.exp(high))


def divergence(p: Array, q: Array) -> float:
    """KL(p‖q) in nats of masses above 0."""
    return float(np.sum(p * np.log(p / q)))


def _balanced(p: Array, strength: float) -> Array:
    """The masses (n,) that balance at one strength λ of the bound."""
    pull = strength * p
    # At this c the tallest outcome has q = p and every other q > p, so that the sum is above 1. The
    # sum falls with c and is convex: Newton's steps stay on this side of its 1.
    c = strength - math.log(p.max())
    for _ in range(ROUNDS):
        w = _log_and_itself(np.log(pull) + c)
        q = pull / w
        c += float((q.sum() - 1) / (q / (1 + w)).sum())
    return q / q.sum()


def _log_and_itself(total: Array) -> Array:
    """The w (n,) > 0 with w + log w = total: Lambert's W of exp(total), which may overflow."""
    w = np.where(total > 1, total - np.log(np.maximum(total, 1.0)), np.exp(np.minimum(total, 0.0)))
    for _ in range(ROUNDS // 2):
        w = w * (1 + total - np.log(w)) / (1 + w)
    return w
