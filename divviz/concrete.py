"""Gumbel noise: the argmax that samples from softmax, its smooth version, and that one's density.

The Concrete distribution of Maddison, Mnih & Teh (ICLR 2017, arXiv:1611.00712) is the
Gumbel-softmax distribution of Jang, Gu & Poole (ICLR 2017, arXiv:1611.01144). The classes lie along
the last axis; noise may have further axes in front of those of the logits.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from divviz.dist import QUIET, Array, SceneError
from divviz.seeds import Seed, generator
from divviz.softmax import (
    array_of,
    checked_logits,
    finite_numbers,
    log_softmax,
    softmax,
    softmax_vjp,
)

SUM_TOLERANCE = 1e-9
LEAST_TEMPERATURE, MOST_TEMPERATURE = 1e-100, 1e100
LEAST_LOG = -1e100

# --- samples --------------------------------------------------------------------------------------


def gumbel_noise(shape: int | tuple[int, ...], seed: Seed) -> Array:
    """Standard Gumbel numbers -log(-log U) of `shape`, from a NumPy Generator or a whole number.

    SceneError for another seed or shape. Source: Gumbel, Statistical Theory of Extreme Values
    (1954).
    """
    rng = generator(seed)
    try:
        return np.asarray(rng.gumbel(size=shape), float)
    except (TypeError, ValueError):
        raise SceneError("noise_shape", shape=shape) from None


@QUIET
def _perturbed(logits: Any, noise: Any) -> Array:
    """logits - max + noise, of the shape of the two together; SceneError where they do not fit."""
    x, axis = checked_logits(logits, -1)
    g = finite_numbers(noise)
    if g.shape[g.ndim - x.ndim :] != x.shape:
        raise SceneError("softmax_shape", given=g.shape, needed=x.shape)
    top = x.max(axis=axis, keepdims=True)
    certain = np.where(np.isposinf(x), 0.0, -np.inf)
    return np.where(np.isposinf(top), certain, x - top) + g


def gumbel_max(logits: Any, noise: Any) -> NDArray[np.intp]:
    """The index of the largest logit + noise along the last axis, which the result has no more.

    With standard Gumbel noise index i comes up with probability softmax(logits)_i; a logit of -inf
    never does. SceneError as softmax, for noise beyond 1e300, and for shapes that do not fit.
    Source: Maddison, Tarlow & Minka, A* Sampling (NeurIPS 2014), section 2.
    """
    return np.asarray(_perturbed(logits, noise).argmax(axis=-1))


def gumbel_softmax(logits: Any, noise: Any, temperature: float = 1.0, hard: bool = False) -> Array:
    """softmax((logits + noise) / T), one point of the simplex for each draw of noise.

    `hard` gives the one-hot vector of the largest instead (the first of equals), the value of the
    straight-through estimator; its backward pass pretends that the soft sample was returned, so
    gumbel_softmax_vjp serves both, and is biased for the hard one. At T = 0 soft is hard. Errors
    as gumbel_max. Source: Jang, Gu & Poole (ICLR 2017), (2) and section 2.2.
    """
    y = _perturbed(logits, noise)
    soft = softmax(y, temperature)
    if not hard:
        return soft
    one_hot = np.zeros_like(y)
    np.put_along_axis(one_hot, y.argmax(axis=-1, keepdims=True), 1.0, -1)
    return one_hot


def gumbel_softmax_vjp(logits: Any, noise: Any, cotangent: Any, temperature: float = 1.0) -> Array:
    """The slope of sum_i g_i y_i in each logit, for every draw y = gumbel_softmax by itself.

    Cotangent g and result have the shape of the noise: logits that many draws share have the sum
    of the rows as their slope. SceneError also at T = 0.
    """
    return softmax_vjp(_perturbed(logits, noise), cotangent, temperature)


@QUIET
def binary_concrete(logit: Any, noise: Any, temperature: float = 1.0) -> Array:
    """1 / (1 + exp(-(logit + noise) / T)), with logistic noise: the difference of two Gumbels.

    Of the shape of `noise`, which may have axes in front of those of `logit`. Source: Maddison,
    Mnih & Teh (ICLR 2017), appendix B.
    """
    x, g = finite_numbers(logit), finite_numbers(noise)
    if g.shape[g.ndim - x.ndim :] != x.shape:
        raise SceneError("softmax_shape", given=g.shape, needed=x.shape)
    y = x + g
    return softmax(np.stack([y, np.zeros_like(y)], axis=-1), temperature)[..., 0]


# --- densities ------------------------------------------------------------------------------------


@QUIET
def concrete_log_density(x: Any, logits: Any, temperature: float) -> Array:
    """The log density of gumbel_softmax at points x (..., n) of the open simplex, n from 2.

    With respect to any n - 1 of the coordinates: (n-1)! T^(n-1) prod_k a_k x_k^(-T-1) /
    (sum_i a_i x_i^-T)^n, a = exp(logits). SceneError unless the x_k are positive and sum to 1
    within 1e-9, the logits finite, and T from 1e-100 to 1e100. Source: Maddison, Mnih & Teh
    (ICLR 2017), Definition 1; Jang, Gu & Poole (ICLR 2017), appendix B.
    """
    points = array_of(x)
    _check_points(points, points > 0)
    logs = np.log(points)
    _check_sum(points)
    return _exp_concrete(logs, logits, temperature) - logs.sum(axis=-1) + 0.0


@QUIET
def exp_concrete_log_density(log_x: Any, logits: Any, temperature: float) -> Array:
    """The log density of log gumbel_softmax at log_x (..., n), whose exponentials sum to 1.

    It reaches where x itself underflows: log_x from -1e100. For the density of x itself subtract
    log_x.sum(-1). SceneError as concrete_log_density. Source: Maddison, Mnih & Teh (ICLR 2017),
    appendix C.3 (ExpConcrete).
    """
    logs = array_of(log_x)
    _check_points(logs, (logs >= LEAST_LOG) & (logs <= SUM_TOLERANCE))
    _check_sum(np.exp(logs))
    return _exp_concrete(logs, logits, temperature)


def _exp_concrete(logs: Array, logits: Any, temperature: float) -> Array:
    n = logs.shape[-1]
    a = finite_numbers(logits)
    if a.ndim == 0 or logs.shape[logs.ndim - a.ndim :] != a.shape:
        raise SceneError("softmax_shape", given=a.shape, needed=logs.shape)
    t = _density_temperature(temperature)
    # Each factor a_k x_k^-T / sum_i a_i x_i^-T is a probability: a softmax.
    factors = log_softmax(a - a.max(axis=-1, keepdims=True) - t * logs).sum(axis=-1)
    return np.asarray(math.lgamma(n) + (n - 1) * math.log(t) + factors + 0.0)


@QUIET
def binary_concrete_log_density(x: Any, logit: Any, temperature: float) -> Array:
    """The log density of binary_concrete at x in (0, 1), of the shape of x.

    T a x^(-T-1) (1-x)^(-T-1) / (a x^-T + (1-x)^-T)^2 with a = exp(logit), a number or of the shape
    of x. SceneError for x not inside (0, 1) and T not from 1e-100 to 1e100. Source: Maddison, Mnih
    & Teh (ICLR 2017), appendix B.
    """
    points = array_of(x)
    _refuse_point(points, (points > 0) & (points < 1))
    a = finite_numbers(logit)
    if a.ndim and a.shape != points.shape:
        raise SceneError("softmax_shape", given=a.shape, needed=points.shape)
    t = _density_temperature(temperature)
    log_x, log_rest = np.log(points), np.log1p(-points)
    away = np.abs(a - t * (log_x - log_rest))
    logs = math.log(t) - away - 2 * np.log1p(np.exp(-away)) - log_x - log_rest
    return np.asarray(logs + 0.0)


def _density_temperature(temperature: Any) -> float:
    try:
        t = float(temperature)
    except (TypeError, ValueError, OverflowError):
        raise SceneError("concrete_temperature", value=temperature) from None
    if not LEAST_TEMPERATURE <= t <= MOST_TEMPERATURE:
        raise SceneError("concrete_temperature", value=t)
    return t


def _check_points(points: Array, good: NDArray[np.bool_]) -> None:
    if points.ndim == 0 or points.shape[-1] < 2:
        raise SceneError("concrete_classes")
    _refuse_point(points, good)


def _refuse_point(points: Array, good: NDArray[np.bool_]) -> None:
    if not good.all():
        position = int(np.argmin(good))
        raise SceneError(
            "concrete_point", position=position + 1, value=float(points.flat[position])
        )


@QUIET
def _check_sum(points: Array) -> None:
    total = points.sum(axis=-1)
    wrong = ~(np.abs(total - 1) <= SUM_TOLERANCE)
    if wrong.any():
        raise SceneError("concrete_sum", total=float(total.flat[int(np.argmax(wrong))]))
