"""Losses of predicted numbers: distances to a target, and log-likelihoods of a count or a real."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from divviz.dist import QUIET, Array
from divviz.reduction import Terms, numbers, option, positive, product, refuse_shape, weights


@QUIET
def _difference(input: Any, target: Any) -> Array:
    x = numbers("input", input)
    return np.asarray(x - numbers("target", target, x.shape))


def _of_difference(each: Array, slope: Array, weight: Any = None) -> Terms:
    w = np.ones(each.shape) if weight is None else numbers("weight", weight, each.shape)
    w = weights("weight", w, each.shape)
    by_input = w * slope
    return Terms(product(w, each), {"input": by_input, "target": -by_input}, float(w.sum()))


def l1_loss(input: Any, target: Any, *, weight: Any = None) -> Terms:
    """w |x - y|; at the kink x = y the slope is 0. "mean" divides by the sum of the weights."""
    d = _difference(input, target)
    return _of_difference(np.abs(d), np.sign(d), weight)


@QUIET
def mse_loss(input: Any, target: Any, *, weight: Any = None) -> Terms:
    """w (x - y)^2. "mean" divides by the sum of the weights."""
    d = _difference(input, target)
    return _of_difference(d * d, 2 * d, weight)


@QUIET
def smooth_l1_loss(input: Any, target: Any, *, beta: float = 1.0) -> Terms:
    """d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, with d = x - y; beta = 0 is L1."""
    beta = option("beta", beta, 0)
    d = _difference(input, target)
    size, near = np.abs(d), np.abs(d) < beta
    share = np.where(near, d, 0.0) / (beta or 1.0)
    each = np.where(near, 0.5 * share * d, size - 0.5 * beta)
    return _of_difference(each, np.where(near, share, np.sign(d)))


@QUIET
def huber_loss(input: Any, target: Any, *, delta: float = 1.0, weight: Any = None) -> Terms:
    """w d^2 / 2 where |d| <= delta, else w delta (|d| - delta / 2), with d = x - y.

    "mean" divides by the number of terms, whatever the weights, as in torch.
    """
    delta = positive("delta", delta)
    d = _difference(input, target)
    size = np.abs(d)
    each = np.where(size <= delta, 0.5 * d * d, delta * (size - 0.5 * delta))
    weighted = _of_difference(each, np.clip(d, -delta, delta), weight)
    return replace(weighted, count=None)


@QUIET
def poisson_nll_loss(
    input: Any, target: Any, *, log_input: bool = True, full: bool = False, eps: float = 1e-8
) -> Terms:
    """exp(x) - k x of a log-rate x, or x - k log(x + eps) of a rate, for the count k >= 0.

    `full` adds Stirling's k log k - k + log(2 pi k) / 2 for log k! where k > 1. Where torch meets
    0 * inf or inf - inf and returns nan, this is the limit: no count costs nothing at rate 0,
    and exp(x) outgrows k x.
    """
    eps = option("eps", eps, 0)
    x = numbers("input", input, low=-math.inf if log_input else 0)
    k = numbers("target", target, x.shape, low=0)
    log_rate = x if log_input else np.log(x + eps)
    rate = np.exp(x) if log_input else x
    each = np.where(np.isinf(rate) & np.isfinite(k), np.inf, rate - product(k, log_rate))
    slope = rate - k if log_input else 1 - product(k, 1 / (x + eps))
    many = full & (k > 1)
    log_k = np.log(np.where(many, k, 1.0))
    stirling = k * log_k - k + 0.5 * (math.log(2 * math.pi) + log_k)
    return Terms(
        each + np.where(many, stirling, 0.0),
        {"input": slope, "target": np.where(many, log_k + 0.5 / k, 0.0) - log_rate},
    )


@QUIET
def gaussian_nll_loss(
    input: Any, target: Any, var: Any, *, full: bool = False, eps: float = 1e-6
) -> Terms:
    """(log v + (x - y)^2 / v) / 2 with v = max(var, eps); `full` adds log(2 pi) / 2.

    var >= 0 is a number, or has the shape of x, or that without the last axis, or with a last
    axis of 1. As in torch the slope in var below eps is the one at eps.
    """
    eps = positive("eps", eps)
    d = _difference(input, target)
    given = numbers("var", var, low=0)
    v = np.maximum(_spread(given, d.shape), eps)
    scaled = d / v
    constant = 0.5 * math.log(2 * math.pi) if full else 0.0
    by_var = 0.5 * (1 - scaled * d) / v
    return Terms(
        0.5 * (np.log(v) + scaled * d) + constant,
        {"input": scaled, "target": -scaled, "var": _gathered(by_var, given.shape)},
    )


def _spread(var: Array, shape: tuple[int, ...]) -> Array:
    if var.shape in (shape, (), (*shape[:-1], 1)):
        return np.broadcast_to(var, shape)
    if var.shape != shape[:-1]:
        refuse_shape("var", var, f"{shape}, {shape[:-1]}")
    return np.broadcast_to(var[..., None], shape)


def _gathered(slope: Array, shape: tuple[int, ...]) -> Array:
    """The slope in a variance of `shape` that served several terms: the sum of theirs."""
    if slope.shape == shape:
        return slope
    return np.asarray(slope.sum(axis=-1 if shape else None)).reshape(shape)
