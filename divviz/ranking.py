"""Losses of pairs and triples: which of two scores is larger, which of two points is nearer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz.dist import QUIET, Array
from divviz.reduction import Terms, numbers, option, rectified, refuse_shape, signs

# torch adds 1e-12, in single precision, to both squared lengths of a cosine, so that a vector of
# zeros has cosine 0.
EPSILON = float(np.float32(1e-12))


@QUIET
def margin_ranking_loss(input1: Any, input2: Any, target: Any, *, margin: float = 0.0) -> Terms:
    """max(0, margin - y (x1 - x2)) with y = 1 where x1 should be larger, else -1.

    At the kink the slope is that of the losing side, as in torch.
    """
    x1 = numbers("input1", input1)
    x2 = numbers("input2", input2, x1.shape)
    y = signs("target", target, x1.shape)
    each, slope = rectified(option("margin", margin, -math.inf) - y * (x1 - x2))
    return Terms(each, {"input1": -y * slope, "input2": y * slope})


@QUIET
def hinge_embedding_loss(input: Any, target: Any, *, margin: float = 1.0) -> Terms:
    """The distance x where y = 1, and max(0, margin - x) where y = -1.

    At the kink the slope is -1, as in torch. Source: Hadsell, Chopra & LeCun (2006), (4), with
    plain in place of squared distances.
    """
    x = numbers("input", input)
    y = signs("target", target, x.shape)
    apart, slope = rectified(option("margin", margin, -math.inf) - x)
    return Terms(np.where(y == 1, x, apart), {"input": np.where(y == 1, 1.0, -slope)})


@QUIET
def cosine_embedding_loss(input1: Any, input2: Any, target: Any, *, margin: float = 0.0) -> Terms:
    """1 - cos(x1, x2) where y = 1, and max(0, cos(x1, x2) - margin) where y = -1.

    Vectors (D,) or (N, D), signs () or (N,). Squared lengths have 1e-12 added, as in torch, and at
    the kink the slope is that of the losing side.
    """
    x1 = _vectors("input1", input1)
    x2 = numbers("input2", input2, x1.shape)
    y = signs("target", target, x1.shape[:-1])
    square1, square2 = _square(x1), _square(x2)
    scale = np.sqrt(square1 * square2)
    cosine = (x1 * x2).sum(axis=-1, keepdims=True) / scale
    over, slope = rectified(cosine[..., 0] - option("margin", margin, -math.inf))
    by_cosine = np.where(y == 1, -1.0, slope)[..., None]
    return Terms(
        np.where(y == 1, 1 - cosine[..., 0], over),
        {
            "input1": by_cosine * (x2 / scale - cosine * x1 / square1),
            "input2": by_cosine * (x1 / scale - cosine * x2 / square2),
        },
    )


def _vectors(argument: str, values: Any) -> Array:
    x = numbers(argument, values)
    if x.ndim == 0:
        refuse_shape(argument, x, "(D,), (N, D)")
    return x


def _square(x: Array) -> Array:
    return np.asarray((x * x).sum(axis=-1, keepdims=True) + EPSILON)


@QUIET
def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
) -> Terms:
    """max(0, margin + d(a, p) - d(a, n)) with d(x, y) the p-norm of x - y + eps, p >= 1.

    Vectors (D,) or (N, D). With `swap` the smaller of d(a, n) and d(p, n) is taken, and a tie
    shares the slope. At the kink the slope is that of the losing side, and at a distance of 0
    it is 0. Source: Balntas et al. (2016), section 3, for the swap.
    """
    a = _vectors("anchor", anchor)
    near = numbers("positive", positive, a.shape)
    far = numbers("negative", negative, a.shape)
    power = float(numbers("p", p, (), low=1))
    shift = option("eps", eps, 0)
    to_near, by_near = norm(a - near + shift, power)
    to_far, by_far = norm(a - far + shift, power)
    between, by_between = norm(near - far + shift, power)
    swapped = np.where(between < to_far, 1.0, np.where(between == to_far, 0.5, 0.0))
    swapped = (swapped if swap else np.zeros_like(swapped))[..., None]
    nearest = np.minimum(to_far, between) if swap else to_far
    each, slope = rectified(option("margin", margin, -math.inf) + to_near - nearest)
    on, kept = slope[..., None], 1 - swapped
    return Terms(
        each,
        {
            "anchor": on * (by_near - kept * by_far),
            "positive": on * (-by_near - swapped * by_between),
            "negative": on * (kept * by_far + swapped * by_between),
        },
    )


def norm(d: Array, p: float) -> tuple[Array, Array]:
    """The p-norm of d (..., D) along its last axis, p >= 1 or inf, and its slope (..., D).

    The slope is 0 at d = 0; for p = inf ties share it.
    """
    size = np.abs(d)
    top = size.max(axis=-1, keepdims=True, initial=0.0)
    if math.isinf(p):
        ties = (size == top) & (top > 0)
        share = ties / np.maximum(ties.sum(axis=-1, keepdims=True), 1)
        return top[..., 0], np.asarray(np.sign(d) * share)
    # Scaled by the largest part, so that no power overflows or vanishes.
    unit = size / np.where(top > 0, top, 1.0)
    root = (unit**p).sum(axis=-1, keepdims=True) ** (1 / p)
    slope = np.sign(d) * (unit / np.where(root > 0, root, 1.0)) ** (p - 1)
    return (top * root)[..., 0], slope
