"""The one table MEASURES: what is said about P and Q in numbers, each formula once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from divviz.dist import QUIET, Array, Dist, Names, SceneError
from divviz.pair import Ground, Pair, Reason

LOG_2 = math.log(2.0)
UNITS: dict[str, float] = {
    "nats": 1.0,
    "bits": 1.0 / math.log(2.0),
    "hartleys": 1.0 / math.log(10.0),
}
# A sum of p log p/q above this has lost at most two digits to cancellation: sum |p log p/q| is
# at most KL + sqrt(2 KL).
PLAIN = 1e-3

Law = Literal[
    "nonnegative", "symmetric", "zero_iff_equal", "bounded_by_log_2", "bounded_by_root_log_2",
    "triangle", "shifts_with_x", "nonnegative_if_discrete", "at_least_entropy",
]  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """One number about P and Q.

    `term(ground)` is the pointwise contribution per outcome or per unit of x (or per node where
    ground holds masses), `value(pair)` the number in nats or in units of x, `reason(pair)` why it
    is infinite, else None. unit "information" is converted, "root" is the square root of a
    converted value, "x" is in units of x.
    """

    key: str
    symbol: str
    latex: str
    unit: Literal["information", "root", "x"]
    term: Callable[[Ground], Array]
    value: Callable[[Pair], float]
    laws: frozenset[Law]
    source: str
    reason: Callable[[Pair], Reason | None] = lambda _: None


def _product(g: Ground, mass: Array, logs: Array) -> Array:
    """mass * logs, 0 where the mass is 0 (0 log 0 = 0)."""
    if g.common is None:
        result: Array = mass * logs
        return result
    return np.where((mass > 0) & (logs != 0), mass * logs, 0.0)


@QUIET
def entropy_term(g: Ground) -> Array:
    """-p log p."""
    return _product(g, g.p, -g.log_p)


@QUIET
def cross_term(g: Ground) -> Array:
    """-p log q, infinite where q = 0 < p."""
    return _product(g, g.p, -g.log_q)


@QUIET
def kl_term(g: Ground) -> Array:
    """p log p/q, infinite where q = 0 < p."""
    return _product(g, g.p, g.log_ratio)


@QUIET
def js_term(g: Ground) -> Array:
    """(p log p/m + q log q/m) / 2 with m = (p + q) / 2."""
    # log(m/p) = log(1 + exp(-d)) - log 2, and the same for q with d = log p/q turned round.
    to_p = LOG_2 - np.logaddexp(0.0, -g.log_ratio)
    to_q = LOG_2 - np.logaddexp(0.0, g.log_ratio)
    return 0.5 * (_product(g, g.p, to_p) + _product(g, g.q, to_q))


@QUIET
def gap_term(g: Ground) -> Array:
    """p - q, whose running sum is the gap of the CDFs that W1 integrates."""
    return g.p - g.q


def growth(e: Array) -> Array:
    """exp(e) - 1 - e, never negative, to full relative precision also for tiny e."""
    series = np.ones_like(e) / 40320
    for factorial in (5040, 720, 120, 24, 6, 2):
        series = series * e + 1 / factorial
    return np.where(np.abs(e) < 1e-2, series * e * e, np.expm1(e) - e)


def _excess(p: Array, q: Array, e: Array) -> Array:
    """p (r - 1 - log r) for r = q/p = exp(e): the Bregman form, a sum of positive terms."""
    near = e < 1
    inner = np.where(near, e, 0.0)
    return np.where(near, p * growth(inner), (q - p) - p * np.where(near, 0.0, e))


def kl_divergence(g: Ground, beyond: float) -> float:
    """KL(P||Q) in nats where it is finite: P's mass lies within Q's support.

    Source: Cover & Thomas, Elements of Information Theory (2006), (2.26); for nearly equal P and
    Q as the Bregman divergence of sum p log p (Banerjee et al., JMLR 6, 2005, table 1).
    """
    plain = float(kl_term(g).sum()) + beyond
    if plain > PLAIN:
        return plain
    inside, rest = g.common, 0.0
    p, q, d = g.p, g.q, g.log_ratio
    if inside is not None:
        rest = float(q[~inside].sum())
        p, q, d = p[inside], q[inside], d[inside]
    return float(_excess(p, q, -d).sum()) + rest + beyond


def js_divergence(pair: Pair) -> float:
    """The Jensen-Shannon divergence in nats, from 0 to log 2, exactly log 2 when disjoint.

    Source: Lin, IEEE Trans. Inf. Theory 37 (1991), (3.1). SciPy's jensenshannon is its root.
    """
    if pair.disjoint:
        return LOG_2
    g = pair.ground
    plain = float(js_term(g).sum())
    if plain > PLAIN:
        return min(plain, LOG_2)
    inside, half = g.common, 0.0
    p, q, d = g.p, g.q, g.log_ratio
    if inside is not None:
        half = 0.5 * LOG_2 * float(p[~inside].sum() + q[~inside].sum())
        p, q, d = p[inside], q[inside], d[inside]
    d = np.clip(d, -700.0, 700.0)
    m = 0.5 * (p + q)
    to_p, to_q = np.log1p(0.5 * np.expm1(-d)), np.log1p(0.5 * np.expm1(d))
    # On the common support p + q = 2m, so the two Bregman sums need no correction.
    return 0.5 * float((_excess(p, m, to_p) + _excess(q, m, to_q)).sum()) + half


def wasserstein(pair: Pair) -> float:
    """W1 in units of x: the integral of |F - G|.

    Source: Villani, Topics in Optimal Transportation (2003), (2.48). SciPy's wasserstein_distance
    is the same number.
    """
    if pair.far is not None:
        return math.inf
    p, q = pair.P, pair.Q
    if p == q:
        return 0.0
    return pair.gap.integral


def entropy(g: Ground) -> float:
    """The entropy in nats; of a density the differential entropy, which may be negative.

    Source: Cover & Thomas (2006), (2.1) and (8.1).
    """
    return float(entropy_term(g).sum()) + 0.0


def _entropy_p(pair: Pair) -> float:
    return entropy(pair.ground)


def _entropy_q(pair: Pair) -> float:
    return entropy(pair.ground.swapped)


def infinite_pq(pair: Pair) -> Reason | None:
    """Why the expectation of -log q under P is infinite, else None."""
    return pair.outside_q or pair.heavy_q


def infinite_qp(pair: Pair) -> Reason | None:
    """Why the expectation of -log p under Q is infinite, else None."""
    return pair.outside_p or pair.heavy_p


def _cross_pq(pair: Pair) -> float:
    if infinite_pq(pair) is not None:
        return math.inf
    return float(cross_term(pair.ground).sum()) + pair.beyond("P")


def _cross_qp(pair: Pair) -> float:
    if infinite_qp(pair) is not None:
        return math.inf
    return float(cross_term(pair.ground.swapped).sum()) + pair.beyond("Q")


def _kl_pq(pair: Pair) -> float:
    if infinite_pq(pair) is not None:
        return math.inf
    return kl_divergence(pair.ground, pair.beyond("P"))


def _kl_qp(pair: Pair) -> float:
    if infinite_qp(pair) is not None:
        return math.inf
    return kl_divergence(pair.ground.swapped, pair.beyond("Q"))


def _mirrored(term: Callable[[Ground], Array]) -> Callable[[Ground], Array]:
    return lambda g: term(g.swapped)


def _laws(*names: Law) -> frozenset[Law]:
    return frozenset(names)


ENTROPY = "Cover & Thomas, Elements of Information Theory (2006), (2.1), (8.1)"
CROSS = "Murphy, Probabilistic Machine Learning: An Introduction (2022), (6.4)"
KL = "Cover & Thomas, Elements of Information Theory (2006), (2.26), (8.46)"
JS = "Lin, IEEE Transactions on Information Theory 37 (1991), (3.1)"
JS_ROOT = "Endres & Schindelin, IEEE Transactions on Information Theory 49 (2003)"
W1 = "Villani, Topics in Optimal Transportation (2003), (2.48)"

_TABLE: tuple[Measure, ...] = (
    Measure(
        "entropy_p", "H(P)", r"H(P)", "information", entropy_term, _entropy_p,
        _laws("nonnegative_if_discrete"), ENTROPY,
    ),
    Measure(
        "entropy_q", "H(Q)", r"H(Q)", "information", _mirrored(entropy_term), _entropy_q,
        _laws("nonnegative_if_discrete"), ENTROPY,
    ),
    Measure(
        "cross_entropy_pq", "H(P,Q)", r"H(P,Q)", "information", cross_term, _cross_pq,
        _laws("nonnegative_if_discrete", "at_least_entropy"), CROSS, infinite_pq,
    ),
    Measure(
        "cross_entropy_qp", "H(Q,P)", r"H(Q,P)", "information", _mirrored(cross_term), _cross_qp,
        _laws("nonnegative_if_discrete", "at_least_entropy"), CROSS, infinite_qp,
    ),
    Measure(
        "kl_pq", "KL(P‖Q)", r"D_{\mathrm{KL}}(P\,\|\,Q)", "information", kl_term, _kl_pq,
        _laws("nonnegative", "zero_iff_equal"), KL, infinite_pq,
    ),
    Measure(
        "kl_qp", "KL(Q‖P)", r"D_{\mathrm{KL}}(Q\,\|\,P)", "information", _mirrored(kl_term),
        _kl_qp, _laws("nonnegative", "zero_iff_equal"), KL, infinite_qp,
    ),
    Measure(
        "js", "JS(P,Q)", r"\mathrm{JS}(P,Q)", "information", js_term, js_divergence,
        _laws("nonnegative", "symmetric", "zero_iff_equal", "bounded_by_log_2"), JS,
    ),
    Measure(
        "js_distance", "√JS(P,Q)", r"\sqrt{\mathrm{JS}(P,Q)}", "root", js_term, js_divergence,
        _laws("nonnegative", "symmetric", "zero_iff_equal", "bounded_by_root_log_2", "triangle"),
        JS_ROOT,
    ),
    Measure(
        "w1", "W₁(P,Q)", r"W_1(P,Q)", "x", gap_term, wasserstein,
        _laws("nonnegative", "symmetric", "zero_iff_equal", "triangle", "shifts_with_x"), W1,
        lambda pair: pair.far,
    ),
)  # fmt: skip

MEASURES: dict[str, Measure] = {m.key: m for m in _TABLE}


def unit_factor(unit: str) -> float:
    """How many of `unit` are in one nat; SceneError for an unknown unit."""
    if not isinstance(unit, str) or unit not in UNITS:
        raise SceneError("unit", unit=unit, known=Names(", ".join(UNITS)))
    return UNITS[unit]


def in_unit(measure: Measure, nats: float, unit: str) -> float:
    """A value in nats (or in units of x) as the page shows it."""
    factor = unit_factor(unit)
    if measure.unit == "x":
        return nats
    return math.sqrt(nats * factor) if measure.unit == "root" else nats * factor


@QUIET
def value(pair: Pair, key: str, unit: str = "nats") -> float:
    """One measure of `pair` in `unit`."""
    measure = MEASURES[key]
    return in_unit(measure, measure.value(pair), unit)


@QUIET
def values(pair: Pair, unit: str = "nats") -> dict[str, float]:
    """All measures of `pair` by key, in `unit` (W1 in units of x)."""
    factor = unit_factor(unit)
    done: dict[Callable[[Pair], float], float] = {}
    result = {}
    for key, measure in MEASURES.items():
        if measure.value not in done:
            done[measure.value] = measure.value(pair)
        nats = done[measure.value]
        scaled = nats if measure.unit == "x" else nats * factor
        result[key] = math.sqrt(scaled) if measure.unit == "root" else scaled
    return result


def evaluate(p: Dist, q: Dist, unit: str = "nats") -> dict[str, float]:
    """All measures of P and Q by key, as floats: inf where infinite, never NaN.

    `unit` is "nats", "bits" or "hartleys"; w1 is in units of x. SceneError when one is discrete
    and the other a density, or the unit is unknown.

    >>> from divviz.families import make
    >>> round(evaluate(make("normal", 0, 1), make("normal", 2, 1))["kl_pq"], 12)
    2.0
    """
    return values(Pair(p, q), unit)


def reason(pair: Pair, key: str) -> Reason | None:
    """Why measure `key` of `pair` is infinite, else None."""
    return MEASURES[key].reason(pair)
