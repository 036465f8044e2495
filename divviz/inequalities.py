"""Inequalities between total variation, Hellinger, KL, chi-square and JS, as curves and as a table.

Each bounds a measure y by another, x: low(x) <= y <= high(x). What two f-divergences can be
together is the convex hull of what they are for pairs of two outcomes (Harremoes & Vajda, IEEE
Trans. Inf. Theory 57 (2011)), so a curve that such pairs reach, and is convex below or concave
above, is the very border of the region. Logarithms are natural, TV and the squared Hellinger
distance 1 - BC run from 0 to 1: Tsybakov's H^2 is twice that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from divviz.dist import QUIET, Array
from divviz.information import LOG_2
from divviz.measures import MEASURES, value
from divviz.pair import Pair

Curve = Callable[[Array], Array]
Weights = tuple[tuple[float, ...], tuple[float, ...]]

TSYBAKOV = "Tsybakov, Introduction to Nonparametric Estimation (2009)"
BELOW_1 = math.nextafter(1.0, 0.0)
NEAR = 1e-3  # below it the series of the least KL has all digits
HALVINGS = 60


@dataclass(frozen=True)
class Inequality:
    """low(x) <= y <= high(x) for the measures of keys `x` and `y` of one pair; None for no bound.

    Curves take arrays of any shape, x in nats or as a bare number, and give y in the same; infinite
    where y must be. `pair(x)` gives the weights of P and Q that have y on the curve if it is
    `attained`, else ever nearer to it toward an end of the range: Pinsker's at 0, Bretagnolle and
    Huber's at 1. `range` is where x runs.
    """

    key: str
    x: str
    y: str
    latex: str
    source: str
    pair: Callable[[float], Weights]
    attained: bool
    low: Curve | None = None
    high: Curve | None = None
    range: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        # A curve may end in infinity, of which NumPy warns.
        for name in ("low", "high"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, QUIET(getattr(self, name)))


# --- pairs that lie on a curve ---------------------------------------------------------------


def symmetric(t: float) -> Weights:
    """(1 + t, 1 - t)/2 against its mirror image, of total variation t."""
    more, less = (1 + t) / 2, (1 - t) / 2
    return (more, less), (less, more)


def apart(t: float) -> Weights:
    """t, 1 - t, 0 against 0, 1 - t, t: alike where they meet, of total variation t."""
    return (t, 1 - t, 0.0), (0.0, 1 - t, t)


def certain(t: float) -> Weights:
    """1, 0 against 1 - t, t: P never meets a share t of Q."""
    return (1.0, 0.0), (1 - t, t)


def uneven(t: float) -> Weights:
    """1/2 + t, 1/2 - t against a fair coin, of total variation t up to 1/2, beyond it `certain`."""
    return ((0.5 + t, 0.5 - t), (0.5, 0.5)) if t <= 0.5 else certain(t)


def least_kl_pair(t: float) -> Weights:
    """Two outcomes of total variation t with the least KL(P||Q)."""
    q = float(_least_q(np.array(t)))
    return (min(q + t, 1.0), max(1 - q - t, 0.0)), (q, 1 - q)


# --- curves ----------------------------------------------------------------------------------


def pinsker(t: Array) -> Array:
    """2 t^2."""
    return 2 * np.square(t)


def bretagnolle_huber(t: Array) -> Array:
    """-log(1 - t^2), infinite at 1."""
    return -np.log1p(-np.square(t)) + 0.0


@QUIET
def least_kl(t: Array) -> Array:
    """The least KL(P||Q) of pairs of total variation t, infinite at 1.

    Source: Fedotov, Harremoes & Topsoe, IEEE Trans. Inf. Theory 49 (2003): pairs of two outcomes
    reach it; there the slope in q of KL(q + t || q) is 0.
    """
    t = np.asarray(t, float)
    q = _least_q(t)
    rest = 1 - q - t
    value = (q + t) * np.log1p(t / q) + np.where(
        rest > 0, rest * np.log1p(-t / np.where(rest > 0, 1 - q, 1.0)), 0.0
    )
    series = np.square(t) * (2 + np.square(t) * (4 / 9 + np.square(t) * (32 / 135)))
    return np.where(t >= 1, np.inf, np.where(t < NEAR, series, value)) + 0.0


@QUIET
def _least_q(t: Array) -> Array:
    """q in (0, 1 - t) with the least KL(q + t || q), which is convex in q: by halving."""
    low, high = np.zeros_like(t), 1 - t
    for _ in range(HALVINGS):
        q = 0.5 * (low + high)
        slope = np.log1p(t / q) - np.log1p(-t / (1 - q)) - t / (q * (1 - q))
        low, high = np.where(slope < 0, q, low), np.where(slope < 0, high, q)
    return np.asarray(0.5 * (low + high))


def least_hellinger(t: Array) -> Array:
    """1 - sqrt(1 - t^2)."""
    square = np.square(t)
    return square / (1 + np.sqrt(1 - square))


@QUIET
def least_js(t: Array) -> Array:
    """log 2 - h((1 - t)/2) = (1 + t)/2 log(1 + t) + (1 - t)/2 log(1 - t), h the entropy of a coin.

    What a fair coin's side is worth, seen through P or Q, by Fano's inequality.
    """
    t = np.asarray(t, float)
    inner = np.where(t < 1, t, 0.0)
    value = inner * np.arctanh(inner) + 0.5 * np.log1p(-np.square(inner))
    return np.where(t < 1, value, LOG_2)


def most_js(t: Array) -> Array:
    """t log 2."""
    return LOG_2 * np.asarray(t, float)


def least_chi2(t: Array) -> Array:
    """4 t^2 up to t = 1/2, t/(1 - t) beyond, infinite at 1."""
    return np.where(np.asarray(t) <= 0.5, 4 * np.square(t), t / (1 - t))


def most_kl(chi2: Array) -> Array:
    """log(1 + chi2)."""
    return np.log1p(chi2)


def least_kl_of_hellinger(h2: Array) -> Array:
    """-2 log(1 - h2), twice the Bhattacharyya distance."""
    return -2 * np.log1p(-np.asarray(h2, float)) + 0.0


# --- the table -------------------------------------------------------------------------------

_TABLE: tuple[Inequality, ...] = (
    Inequality(
        "pinsker", "tv", "kl_pq", r"D_{\mathrm{KL}}(P\,\|\,Q)\ge 2\,\mathrm{TV}^2",
        f"{TSYBAKOV}, lemma 2.5", uneven, False, low=pinsker,
    ),
    Inequality(
        "bretagnolle_huber", "tv", "kl_pq",
        r"\mathrm{TV}\le\sqrt{1-e^{-D_{\mathrm{KL}}(P\,\|\,Q)}}",
        f"{TSYBAKOV}, lemma 2.6; Canonne, arXiv:2202.07198 (2022)", certain, False,
        low=bretagnolle_huber,
    ),
    Inequality(
        "least_kl", "tv", "kl_pq",
        r"D_{\mathrm{KL}}(P\,\|\,Q)\ge\min_q D_{\mathrm{KL}}\bigl((q+\mathrm{TV},\,1-q-\mathrm{TV})"
        r"\,\|\,(q,\,1-q)\bigr)",
        "Fedotov, Harremoës & Topsøe, IEEE Transactions on Information Theory 49 (2003)",
        least_kl_pair, True, low=least_kl,
    ),
    Inequality(
        "hellinger_least", "tv", "hellinger_squared",
        r"\mathrm{TV}\le H_{\mathrm{el}}\sqrt{2-H_{\mathrm{el}}^2}", f"{TSYBAKOV}, lemma 2.3",
        symmetric, True, low=least_hellinger,
    ),
    Inequality(
        "hellinger_most", "tv", "hellinger_squared", r"H_{\mathrm{el}}^2\le\mathrm{TV}",
        f"{TSYBAKOV}, lemma 2.3", apart, True, high=lambda t: np.asarray(t, float) + 0.0,
    ),
    Inequality(
        "js_least", "tv", "js",
        r"\mathrm{JS}\ge\log 2-h\bigl(\tfrac{1-\mathrm{TV}}{2}\bigr)",
        "Cover & Thomas, Elements of Information Theory (2006), theorem 2.10.1 (Fano)", symmetric,
        True, low=least_js,
    ),
    Inequality(
        "js_most", "tv", "js", r"\mathrm{JS}\le\mathrm{TV}\,\log 2",
        "Lin, IEEE Transactions on Information Theory 37 (1991), theorem 3", apart, True,
        high=most_js,
    ),
    Inequality(
        "chi2_least", "tv", "chi2_pearson",
        r"\chi^2(P\,\|\,Q)\ge\begin{cases}4\,\mathrm{TV}^2&\mathrm{TV}\le\tfrac12\\"
        r"\frac{\mathrm{TV}}{1-\mathrm{TV}}&\mathrm{TV}>\tfrac12\end{cases}",
        "Reid & Williamson, Journal of Machine Learning Research 12 (2011)", uneven, True,
        low=least_chi2,
    ),
    Inequality(
        "kl_chi2", "chi2_pearson", "kl_pq",
        r"D_{\mathrm{KL}}(P\,\|\,Q)\le\log\bigl(1+\chi^2(P\,\|\,Q)\bigr)",
        f"{TSYBAKOV}, lemma 2.7", lambda c: certain(c / (1 + c)), True, high=most_kl,
        range=(0.0, math.inf),
    ),
    Inequality(
        "kl_hellinger", "hellinger_squared", "kl_pq",
        r"D_{\mathrm{KL}}(P\,\|\,Q)\ge-2\log\bigl(1-H_{\mathrm{el}}^2\bigr)",
        "van Erven & Harremoës, IEEE Transactions on Information Theory 60 (2014), theorem 3",
        lambda h: certain(h * (2 - h)), True, low=least_kl_of_hellinger,
    ),
)  # fmt: skip

_ROOMY = tuple(one.x for one in _TABLE if one.range[1] > 1)
INEQUALITIES: dict[str, Inequality] = {one.key: one for one in _TABLE}
# The planes that a region plot shows: the measure across, the measure up.
PLANES: tuple[tuple[str, str], ...] = tuple(dict.fromkeys((one.x, one.y) for one in _TABLE))


class Reading(NamedTuple):
    """An inequality for one pair: the measures x and y, and the bounds that x sets y."""

    x: float
    y: float
    low: float
    high: float


def reading(one: Inequality, pair: Pair) -> Reading | None:
    """x, y and the bounds on y in nats or bare numbers; low 0 and high inf where there is none.

    None where a measure is undefined: outcomes against a density.
    """
    x, y = value(pair, one.x), value(pair, one.y)
    if x is None or y is None:
        return None
    # A distance may round to 1 where a little overlap is left: KL of N(0,1) and N(40,1) is 800.
    below = x if one.x in _ROOMY or pair.disjoint else min(x, BELOW_1)
    low = 0.0 if one.low is None else float(one.low(np.array(below)))
    high = math.inf if one.high is None else float(one.high(np.array(x)))
    return Reading(x, y, low, high)


def on_plane(x: str, y: str) -> tuple[Inequality, ...]:
    """The inequalities between two measures, in the order of the table."""
    return tuple(one for one in _TABLE if (one.x, one.y) == (x, y))


def border(x: str, y: str, at: Array) -> tuple[Array, Array]:
    """The least and the most that y can be where x is `at` (n,): the exact region of a plane.

    The most is infinite, and the least 0, where no inequality of the table bounds them: then the
    region has no border there either, for x above 0 (KL may be as small as one likes where
    chi-square is large).
    """
    at = np.asarray(at, float)
    low = [one.low(at) for one in on_plane(x, y) if one.attained and one.low is not None]
    high = [one.high(at) for one in on_plane(x, y) if one.attained and one.high is not None]
    free = np.where(at > 0, np.inf, 0.0)
    return low[0] if low else np.zeros_like(at), high[0] if high else free


def most_of(key: str) -> float:
    """The largest value of a measure in nats, inf for none: how far a plot's axis may reach."""
    laws = MEASURES[key].laws
    if "bounded_by_1" in laws:
        return 1.0
    return LOG_2 if "bounded_by_log_2" in laws else math.inf
