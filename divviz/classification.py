"""Losses of predicted classes: of logits, of log-probabilities and of probabilities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz.dist import QUIET, Array, SceneError
from divviz.margins import logistic, logistic_slope
from divviz.reduction import (
    Terms,
    Whole,
    integers,
    numbers,
    option,
    product,
    refuse_shape,
    signs,
    weights,
)
from divviz.softmax import log_softmax

# torch takes logs of probabilities no lower than this, and products p (1 - p) no smaller than
# 1e-12, which its source holds in single precision.
LEAST_LOG = -100.0
LEAST_VARIANCE = float(np.float32(1e-12))


def _scores(input: Any) -> tuple[Array, int]:
    """Scores (C,), (N, C) or (N, C, d1, ...) and the axis of their classes."""
    x = numbers("input", input)
    axis = min(x.ndim - 1, 1)
    if x.ndim == 0 or x.shape[axis] == 0:
        refuse_shape("input", x, "(C,), (N, C), (N, C, d1, …)")
    return x, axis


def _class_weights(weight: Any, x: Array, axis: int) -> Array:
    """The weights (C,) of the classes, laid along their axis of x."""
    classes = x.shape[axis]
    along = [classes if i == axis else 1 for i in range(x.ndim)]
    if weight is not None:
        weight = numbers("weight", weight, (classes,))
    return weights("weight", weight, (classes,)).reshape(along)


def _classes(target: Any, x: Array, axis: int, ignore_index: int | None) -> Array:
    """1 at each target's class and 0 elsewhere, in the shape of x; all 0 where it is ignored."""
    last = x.shape[axis] - 1
    given = numbers("target", target, (*x.shape[:axis], *x.shape[axis + 1 :]))
    # A nan is no class, so nothing is ignored for None.
    kept = given != (math.nan if ignore_index is None else ignore_index)
    index = np.where(kept, given, 0)
    integers("target", index, None, 0, last)
    hits: Array = np.zeros(x.shape)
    at = np.expand_dims(index.astype(np.intp), axis)
    np.put_along_axis(hits, at, np.expand_dims(kept.astype(float), axis), axis)
    return hits


@QUIET
def cross_entropy(
    input: Any,
    target: Any,
    *,
    weight: Any = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Terms:
    """-sum_c w_c t_c log p_c of logits x with p = softmax(x), for classes or probabilities t.

    Classes lie along the last axis of (C,), else along the second of (N, C, d1, ...). A target of
    the input's shape holds probabilities; without that axis it holds whole numbers 0..C-1, or
    ignore_index for no term. Smoothing mixes t with the uniform distribution. "mean" divides by
    the weights of the target classes, for probabilities by the number of terms. Where torch meets
    0 * inf and returns nan, 0 log 0 = 0. Source: Bishop, Pattern Recognition and Machine Learning
    (2006), (4.108); Szegedy et al. (2016), section 7, for smoothing.
    """
    x, axis = _scores(input)
    smoothing = option("label_smoothing", label_smoothing, 0, 1)
    w = _class_weights(weight, x, axis)
    target = numbers("target", target)
    mixed = target.shape == x.shape
    if mixed and ignore_index >= 0:
        raise SceneError("loss_value", argument="ignore_index", value=ignore_index, allowed="-100")
    if mixed:
        t, there = numbers("target", target, x.shape, 0, 1), np.ones(())
    else:
        t = _classes(target, x, axis, ignore_index)
        there = t.sum(axis=axis, keepdims=True)
    a = w * ((1 - smoothing) * t + there * (smoothing / x.shape[axis]))
    log_p = log_softmax(x, axis=axis)
    # p_k sum(a) - a_k in two parts, of which the second loses no digits where p_k is near 1.
    slope = np.exp(log_p) * (a.sum(axis=axis, keepdims=True) - a) + a * np.expm1(log_p)
    slopes = {"input": slope}
    if mixed:
        slopes["target"] = -product((1 - smoothing) * w, log_p)
    count = x.size / x.shape[axis] if mixed else float((w * t).sum())
    return Terms(-product(a, log_p).sum(axis=axis), slopes, count)


@QUIET
def nll_loss(input: Any, target: Any, *, weight: Any = None, ignore_index: int = -100) -> Terms:
    """-w_y x_y of log-probabilities x and the class y, with the shapes of cross_entropy.

    "mean" divides by the weights of the target classes. A class of weight 0 costs 0 even where
    its probability is 0 (torch: nan).
    """
    x, axis = _scores(input)
    a = _class_weights(weight, x, axis) * _classes(target, x, axis, ignore_index)
    return Terms(-product(a, x).sum(axis=axis), {"input": -a}, float(a.sum()))


@QUIET
def kl_div(input: Any, target: Any, *, log_target: bool = False) -> Terms:
    """t (log t - x) of the log-probabilities x of a model and the probabilities t, or log t.

    The sum is KL(t || exp x) where both sum to 1; "batchmean" divides it by the first axis. Where
    torch meets 0 * inf and returns nan, 0 log 0 = 0. Source: Cover & Thomas, Elements of
    Information Theory (2006), (2.26).
    """
    x = numbers("input", input)
    if log_target:
        log_t = numbers("target", target, x.shape)
        t = np.exp(log_t)
    else:
        t = numbers("target", target, x.shape, 0, 1)
        log_t = np.log(t)
    log_ratio = np.where(np.isneginf(x), np.inf, log_t - x)
    by_target = product(t, log_ratio + 1) if log_target else log_ratio + 1
    return Terms(
        np.asarray(product(t, log_ratio)),
        {"input": -t, "target": by_target},
        rows=x.shape[0] if x.ndim else 1,
    )


@QUIET
def binary_cross_entropy(input: Any, target: Any, *, weight: Any = None) -> Terms:
    """-w (t log x + (1 - t) log(1 - x)) of probabilities x and t, each log at least -100.

    So a certain mistake costs 100 and not infinity, as in torch; its slope is torch's
    (x - t) / max(x (1 - x), 1e-12), that in t is exact (torch: of logs without the -100).
    `weight` broadcasts to the input.
    """
    x = numbers("input", input, low=0, high=1)
    t = numbers("target", target, x.shape, 0, 1)
    w = weights("weight", weight, x.shape)
    hit, miss = np.maximum(np.log(x), LEAST_LOG), np.maximum(np.log1p(-x), LEAST_LOG)
    return Terms(
        -w * (t * hit + (1 - t) * miss),
        {
            "input": w * (x - t) / np.maximum(x * (1 - x), LEAST_VARIANCE),
            "target": w * (miss - hit),
        },
    )


@QUIET
def binary_cross_entropy_with_logits(
    input: Any, target: Any, *, weight: Any = None, pos_weight: Any = None
) -> Terms:
    """w (pos t log(1 + exp(-x)) + (1 - t) log(1 + exp(x))) of logits x and probabilities t.

    Weights broadcast to the input. A logit of +-inf costs 0 where it is right (torch: nan), and
    infinity where it is wrong.
    """
    x = numbers("input", input)
    t = numbers("target", target, x.shape, 0, 1)
    w = weights("weight", weight, x.shape)
    positives = weights("pos_weight", pos_weight, x.shape)
    yes, no = w * positives * t, w * (1 - t)
    return Terms(
        np.asarray(product(yes, logistic(x)) + product(no, logistic(-x))),
        {
            "input": yes * logistic_slope(x) - no * logistic_slope(-x),
            "target": product(w * positives, logistic(x)) - product(w, logistic(-x)),
        },
    )


def multilabel_soft_margin_loss(input: Any, target: Any, *, weight: Any = None) -> Terms:
    """The mean over the last axis of binary cross-entropies of logits, each with its weight."""
    x = numbers("input", input)
    if x.ndim == 0 or x.shape[-1] == 0:
        refuse_shape("input", x, "(C,), (N, C)")
    binary = binary_cross_entropy_with_logits(x, target, weight=weight)
    slopes = {name: slope / x.shape[-1] for name, slope in binary.slopes.items()}
    return Terms(np.asarray(binary.each.mean(axis=-1)), slopes)


@QUIET
def soft_margin_loss(input: Any, target: Any) -> Terms:
    """log(1 + exp(-y x)) of scores x and y = -1 or 1, finite for all finite scores."""
    x = numbers("input", input)
    y = signs("target", target, x.shape)
    return Terms(logistic(y * x), {"input": y * logistic_slope(y * x)})


def _rows(input: Any) -> Array:
    x = numbers("input", input)
    if x.ndim not in (1, 2) or x.shape[-1] == 0:
        refuse_shape("input", x, "(C,), (N, C)")
    return x


@QUIET
def multi_margin_loss(
    input: Any, target: Any, *, p: int = 1, margin: float = 1.0, weight: Any = None
) -> Terms:
    """w_y / C times the sum over c other than y of max(0, margin - x_y + x_c)^p, p = 1 or 2.

    Scores (C,) or (N, C) and classes () or (N,). At a kink the slope is 0. "mean" divides by N,
    whatever the weights. Source: Weston & Watkins (1999).
    """
    x = _rows(input)
    power = int(integers("p", p, (), 1, 2))
    margin = option("margin", margin, -math.inf)
    hits = _classes(target, x, x.ndim - 1, None)
    own = hits * _class_weights(weight, x, x.ndim - 1)
    w = own.sum(axis=-1, keepdims=True) / x.shape[-1]
    z = margin - np.where(hits > 0, x, 0.0).sum(axis=-1, keepdims=True) + x
    over = np.where(hits > 0, 0.0, np.maximum(z, 0.0))
    push = w * (power * over if power == 2 else (over > 0).astype(float))
    slope = push - hits * push.sum(axis=-1, keepdims=True)
    return Terms(np.asarray(product(w, over**power).sum(axis=-1)), {"input": slope})


@QUIET
def multilabel_margin_loss(input: Any, target: Any) -> Terms:
    """The sum over labels j and all other classes c of max(0, 1 - x_j + x_c) / C.

    Scores (C,) or (N, C); the target has their shape and lists the labels of each row, ended by
    -1. At a kink the slope is 0. A label listed twice counts twice.
    """
    x = _rows(input)
    classes = x.shape[-1]
    listed = integers("target", target, x.shape, -1, classes - 1)
    chosen = _one_hot(listed, np.logical_and.accumulate(listed >= 0, axis=-1), classes)
    others = 1 - chosen.max(axis=-2)
    of_label = np.where(chosen > 0, x[..., None, :], 0.0).sum(axis=-1)
    z = 1 - of_label[..., None] + x[..., None, :]
    pairs = chosen.sum(axis=-1)[..., None] * others[..., None, :] > 0
    over = np.where(pairs, np.maximum(z, 0.0), 0.0)
    push = (over > 0) / classes
    slope = push.sum(axis=-2) - (chosen * push.sum(axis=-1)[..., None]).sum(axis=-2)
    return Terms(np.asarray(over.sum(axis=(-1, -2)) / classes), {"input": slope})


def _one_hot(index: Whole, kept: Any, classes: int) -> Array:
    """Rows (..., classes) with 1 at the index, or all 0 where it is not kept."""
    return ((index[..., None] == np.arange(classes)) & kept[..., None]).astype(float)
