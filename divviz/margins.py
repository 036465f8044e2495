"""Losses of a classifier f as functions of the margin m = y f(x), with their slopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from divviz.dist import QUIET, Array
from divviz.reduction import numbers, option, product


def sigmoid(x: Any) -> Array:
    """1 / (1 + exp(-x))."""
    from scipy.special import expit

    return np.asarray(expit(x), float)


def zero_one(m: Any) -> Array:
    """1 where m <= 0 (a margin of 0 is a mistake), else 0."""
    return (numbers("m", m) <= 0).astype(float)


def zero_one_slope(m: Any) -> Array:
    """0 everywhere; at the jump m = 0, where there is none, 0 as well."""
    return np.zeros(numbers("m", m).shape)


def hinge(m: Any) -> Array:
    """max(0, 1 - m)."""
    return np.maximum(1.0 - numbers("m", m), 0.0)


def hinge_slope(m: Any) -> Array:
    """-1 where m < 1, else 0; of the subgradients -1..0 at m = 1 it takes 0."""
    return np.where(numbers("m", m) < 1, -1.0, 0.0)


@QUIET
def squared_hinge(m: Any) -> Array:
    """max(0, 1 - m)^2."""
    return np.square(hinge(m))


def squared_hinge_slope(m: Any) -> Array:
    """-2 max(0, 1 - m)."""
    return -2.0 * hinge(m) + 0.0


@QUIET
def exponential(m: Any) -> Array:
    """exp(-m)."""
    return np.asarray(np.exp(-numbers("m", m)))


def exponential_slope(m: Any) -> Array:
    """-exp(-m)."""
    return -exponential(m) + 0.0


@QUIET
def logistic(m: Any) -> Array:
    """log(1 + exp(-m)) in nats, of any size of m."""
    return np.asarray(np.logaddexp(0.0, -numbers("m", m)))


def logistic_slope(m: Any) -> Array:
    """-1 / (1 + exp(m))."""
    return -sigmoid(-numbers("m", m)) + 0.0


@QUIET
def focal(m: Any, gamma: float = 2.0) -> Array:
    """(1 - p)^gamma (-log p) with p = 1 / (1 + exp(-m)) and gamma >= 0; gamma = 0: logistic."""
    gamma = option("gamma", gamma, 0)
    return np.asarray(product(sigmoid(-numbers("m", m)) ** gamma, logistic(m)))


@QUIET
def focal_slope(m: Any, gamma: float = 2.0) -> Array:
    """(1 - p)^gamma (gamma p log p + p - 1)."""
    gamma = option("gamma", gamma, 0)
    m = numbers("m", m)
    q = sigmoid(-m)
    return -(q**gamma) * (gamma * product(sigmoid(m), logistic(m)) + q) + 0.0


@dataclass(frozen=True)
class MarginLoss:
    """A loss of the margin: value(m) and slope(m) are arrays of m's shape, m may be infinite.

    SceneError for what is not a number. `trap` is what readers stumble over.
    """

    name: str
    value: Callable[..., Array]
    slope: Callable[..., Array]
    latex: str
    source: str
    trap: str


MARGINS: dict[str, MarginLoss] = {
    entry.name: entry
    for entry in (
        MarginLoss(
            "zero_one", zero_one, zero_one_slope, r"\mathbf 1[m \le 0]",
            "Hastie, Tibshirani & Friedman, The Elements of Statistical Learning (2009), 10.6",
            "Its slope is 0 wherever there is one, so no gradient step can lower it.",
        ),
        MarginLoss(
            "hinge", hinge, hinge_slope, r"\max(0,\, 1 - m)",
            "Hastie, Tibshirani & Friedman (2009), (12.25)",
            "Right answers with a margin below 1 still cost; at m = 1 any slope from -1 to 0 "
            "is a subgradient.",
        ),
        MarginLoss(
            "squared_hinge", squared_hinge, squared_hinge_slope, r"\max(0,\, 1 - m)^2",
            "Hastie, Tibshirani & Friedman (2009), table 12.1, without its linear part",
            "Smooth at m = 1, but one gross mistake costs its square.",
        ),
        MarginLoss(
            "exponential", exponential, exponential_slope, r"e^{-m}",
            "Hastie, Tibshirani & Friedman (2009), (10.8)",
            "AdaBoost's loss: one mislabelled point far out outweighs all others.",
        ),
        MarginLoss(
            "logistic", logistic, logistic_slope, r"\log(1 + e^{-m})",
            "Hastie, Tibshirani & Friedman (2009), table 12.1, there binomial deviance",
            "In nats it is log 2, not 1, at m = 0; divided by log 2 it bounds zero_one.",
        ),
        MarginLoss(
            "focal", focal, focal_slope,
            r"(1 - p)^{\gamma}\,(-\log p), \quad p = \frac{1}{1 + e^{-m}}",
            "Lin et al., Focal Loss for Dense Object Detection (2017), (4) and appendix B",
            "For gamma above 0 it is not proper: its minimum over a model is not the true "
            "probability.",
        ),
    )
}  # fmt: skip
