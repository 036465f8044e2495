"""Softmax with a temperature, its logarithm, log-sum-exp, and their gradients.

All along one axis of logits of any shape. A logit of -inf has probability exactly 0; a single
+inf has all of it, and two are refused, since inf - inf is not a number. The temperature is 0
(the largest logits share the mass), a number from 1e-300 to 1e300, or inf (all that are not -inf
share it).
"""

from __future__ import annotations

import math
import operator
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from divviz.dist import QUIET, Array, SceneError

Places = NDArray[np.intp]

MOST = sys.float_info.max
LARGEST = 1e300
COLDEST, HOTTEST = 1e-300, 1e300
MOST_SLOPES = 10**7


# --- what is accepted -----------------------------------------------------------------------------


def array_of(values: Any) -> Array:
    """`values` (any shape) as new floats; SceneError for text, bools and rows of unequal length."""
    try:
        array = np.asarray(values)
    except (ValueError, TypeError):
        raise SceneError("softmax_type") from None
    if array.dtype.kind not in "fiu":
        raise SceneError("softmax_type")
    return array.astype(float)


def finite_numbers(values: Any) -> Array:
    """`values` as floats (any shape); SceneError for NaN and for sizes above 1e300."""
    array = array_of(values)
    wrong = ~(np.abs(array) <= LARGEST)
    if wrong.any():
        position = int(np.argmax(wrong))
        raise SceneError("softmax_number", position=position + 1, value=float(array.flat[position]))
    return array


def checked_logits(logits: Any, axis: int) -> tuple[Array, int]:
    """Logits as floats and the axis counted from 0.

    SceneError for NaN, for an empty or missing axis, and where all along the axis are -inf or two
    are +inf.
    """
    x = array_of(logits)
    axis = checked_axis(axis, x)
    if np.isnan(x).any():
        position = int(np.argmax(np.isnan(x)))
        raise SceneError("softmax_logit", position=position + 1, value="NaN")
    if np.isneginf(x).all(axis=axis).any():
        raise SceneError("softmax_none")
    if (np.isposinf(x).sum(axis=axis) > 1).any():
        raise SceneError("softmax_infinite")
    return x, axis


def checked_axis(axis: int, x: Array) -> int:
    """An axis of x counted from 0; SceneError where there is none, or nothing along it."""
    try:
        place = operator.index(axis)
    except TypeError:
        raise SceneError("softmax_axis", axis=axis, axes=x.ndim) from None
    if not -x.ndim <= place < x.ndim:
        raise SceneError("softmax_axis", axis=axis, axes=x.ndim)
    if x.shape[place] == 0:
        raise SceneError("softmax_empty")
    return place % x.ndim


def checked_temperature(temperature: float) -> float:
    """A temperature as a float: 0, from 1e-300 to 1e300, or inf; else SceneError."""
    try:
        t = float(temperature)
    except (TypeError, ValueError, OverflowError):
        raise SceneError("softmax_temperature", value=temperature) from None
    if not (t in (0.0, math.inf) or COLDEST <= t <= HOTTEST):
        raise SceneError("softmax_temperature", value=t)
    return t


def _checked_slope(temperature: float) -> float:
    t = checked_temperature(temperature)
    if t == 0:
        raise SceneError("softmax_slope")
    return t


def same_shape(values: Any, x: Array) -> Array:
    """`values` as finite floats of the shape of x, else SceneError."""
    array = finite_numbers(values)
    if array.shape != x.shape:
        raise SceneError("softmax_shape", given=array.shape, needed=x.shape)
    return array


# --- values ---------------------------------------------------------------------------------------


def _tempered(x: Array, axis: int, t: float) -> tuple[Array, Places]:
    """(x - max x) / t along the axis, and where the first largest is (keepdims)."""
    at = x.argmax(axis=axis, keepdims=True)
    top = np.take_along_axis(x, at, axis)
    if t == 0:
        return np.where(x == top, 0.0, -np.inf), at
    below = x - top
    z = below / t
    # The halves of two doubles never overflow in their difference.
    z = np.where(np.isneginf(below), (0.5 * x - 0.5 * top) / t * 2.0, z)
    # A finite logit has some probability, and -inf would say that it has none.
    z = np.where(np.isneginf(x), -np.inf, np.maximum(z, -MOST))
    return np.where(np.isposinf(top), np.where(x == top, 0.0, -np.inf), z), at


def _rest(z: Array, at: Places, axis: int) -> Array:
    """The sum of exp(z) without the largest, which is exp(0) (keepdims)."""
    others = np.exp(z)
    np.put_along_axis(others, at, 0.0, axis)
    return np.asarray(others.sum(axis=axis, keepdims=True))


def _shares(x: Array, axis: int, t: float) -> tuple[Array, Array, Places]:
    """p, 1 - p with all its digits, and where the first largest is (keepdims)."""
    z, at = _tempered(x, axis, t)
    rest = _rest(z, at, axis)
    p = np.exp(z) / (1 + rest)
    others = 1 - p
    np.put_along_axis(others, at, rest / (1 + rest), axis)
    return p, others, at


@QUIET
def softmax(logits: Any, temperature: float = 1.0, axis: int = -1) -> Array:
    """exp(x_i / T) / sum_j exp(x_j / T) along an axis, of the shape of the logits.

    SceneError for what the module refuses. Source: Goodfellow, Bengio & Courville, Deep Learning
    (2016), (4.1); with a temperature Hinton, Vinyals & Dean, arXiv:1503.02531 (2015), (1).

    >>> softmax([0, 1, float("-inf")]).round(3).tolist()
    [0.269, 0.731, 0.0]
    """
    x, axis = checked_logits(logits, axis)
    return _shares(x, axis, checked_temperature(temperature))[0]


@QUIET
def log_softmax(logits: Any, temperature: float = 1.0, axis: int = -1) -> Array:
    """The logarithm of softmax: -inf only where softmax is 0 itself, not where it underflows.

    Same shape and errors as softmax; to full relative precision also where softmax is nearly 1.
    """
    x, axis = checked_logits(logits, axis)
    z, at = _tempered(x, axis, checked_temperature(temperature))
    logs = z - np.log1p(_rest(z, at, axis))
    return np.where(np.isneginf(z), -np.inf, np.maximum(logs, -MOST)) + 0.0


@QUIET
def log_sum_exp(logits: Any, temperature: float = 1.0, axis: int = -1) -> Array:
    """T log sum_j exp(x_j / T) along an axis, which the result no longer has.

    Its gradient is softmax. At T = 0 it is the largest logit; at T = inf it is inf, unless all
    logits but one are -inf. Errors as softmax. Source: Boyd & Vandenberghe, Convex Optimization
    (2004), section 3.1.5.
    """
    x, axis = checked_logits(logits, axis)
    t = checked_temperature(temperature)
    z, at = _tempered(x, axis, t)
    top, rest = np.take_along_axis(x, at, axis), _rest(z, at, axis)
    above = np.where(rest > 0, t * np.log1p(rest), 0.0) if t else np.zeros_like(rest)
    total = top + above
    if math.isfinite(t):
        total = np.where(np.isfinite(top), np.minimum(total, MOST), total)
    return np.asarray(total.squeeze(axis) + 0.0)


# --- gradients ------------------------------------------------------------------------------------


def _finite(slopes: Array) -> Array:
    """Slopes without -0.0, held at the largest double."""
    return np.clip(slopes, -MOST, MOST) + 0.0


def _last(logits: Any, axis: int) -> Array:
    """Checked logits with their axis moved to the end, small enough for a Jacobian."""
    x, axis = checked_logits(logits, axis)
    if x.size * x.shape[axis] > MOST_SLOPES:
        raise SceneError("softmax_jacobian", count=x.size * x.shape[axis], most=MOST_SLOPES)
    return np.moveaxis(x, axis, -1)


@QUIET
def softmax_jacobian(logits: Any, temperature: float = 1.0, axis: int = -1) -> Array:
    """d p_i / d x_j = p_i (delta_ij - p_j) / T, (..., n, n) with the axis moved to the end.

    0 at T = inf; SceneError at T = 0, where softmax jumps, and for more than 10^7 numbers. Source:
    Bishop, Pattern Recognition and Machine Learning (2006), (4.106).
    """
    x = _last(logits, axis)
    t = _checked_slope(temperature)
    p, others, _ = _shares(x, x.ndim - 1, t)
    slopes = -p[..., :, None] * p[..., None, :]
    i = np.arange(x.shape[-1])
    slopes[..., i, i] = p * others
    return _finite(slopes / t)


@QUIET
def log_softmax_jacobian(logits: Any, temperature: float = 1.0, axis: int = -1) -> Array:
    """d log p_i / d x_j = (delta_ij - p_j) / T, (..., n, n) with the axis moved to the end.

    SceneError as for softmax_jacobian.
    """
    x = _last(logits, axis)
    t = _checked_slope(temperature)
    p, others, _ = _shares(x, x.ndim - 1, t)
    n = x.shape[-1]
    slopes = np.repeat(-p[..., None, :], n, axis=-2)
    slopes[..., np.arange(n), np.arange(n)] = others
    return _finite(slopes / t)


@QUIET
def softmax_vjp(logits: Any, cotangent: Any, temperature: float = 1.0, axis: int = -1) -> Array:
    """The slope of sum_i g_i p_i in each logit, p_j (g_j - sum_i g_i p_i) / T, for a cotangent g.

    g has the shape of the logits, and so has the result. SceneError at T = 0, and for g beyond
    1e300 or of another shape.
    """
    x, axis = checked_logits(logits, axis)
    t = _checked_slope(temperature)
    g = same_shape(cotangent, x)
    p, _, at = _shares(x, axis, t)
    # Measured from the likeliest outcome, so that its own large share cancels nothing.
    g = g - np.take_along_axis(g, at, axis)
    return _finite(p * (g - (p * g).sum(axis=axis, keepdims=True)) / t)


@QUIET
def log_softmax_vjp(logits: Any, cotangent: Any, temperature: float = 1.0, axis: int = -1) -> Array:
    """The slope of sum_i g_i log p_i in each logit, (g_j - p_j sum_i g_i) / T, for a cotangent g.

    With g = -y of a target y this is the slope of the cross-entropy, (p - y) / T. Shapes and
    errors as for softmax_vjp. Source: Bishop, Pattern Recognition and
    Machine Learning (2006), (4.109).
    """
    x, axis = checked_logits(logits, axis)
    t = _checked_slope(temperature)
    g = same_shape(cotangent, x)
    p, others, _ = _shares(x, axis, t)
    rest = g.sum(axis=axis, keepdims=True) - g
    return _finite((g * others - p * rest) / t)


def log_sum_exp_gradient(logits: Any, temperature: float = 1.0, axis: int = -1) -> Array:
    """The slope of log_sum_exp in each logit, which is softmax; SceneError at T = 0."""
    return softmax(logits, _checked_slope(temperature), axis)
