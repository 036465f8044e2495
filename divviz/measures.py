"""The one table MEASURES: what is said about P and Q in numbers, each formula once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from divviz import information, kernel, overlap, transport
from divviz.dist import QUIET, Array, Dist, Names, Param, SceneError, checked_dist
from divviz.information import LOG_2 as LOG_2
from divviz.information import infinite_pq, infinite_qp, mirrored
from divviz.pair import Ground, Pair, Reason
from divviz.units import UNITS, unit_factor

Law = Literal[
    "nonnegative", "symmetric", "zero_iff_equal", "bounded_by_log_2", "bounded_by_root_log_2",
    "bounded_by_1", "bounded_by_2", "triangle", "shifts_with_x", "scales_with_root_x",
    "nonnegative_if_discrete", "at_least_entropy",
]  # fmt: skip
Unit = Literal["information", "root", "x", "root_x", "number"]


@dataclass(frozen=True)
class Measure:
    """One number about P and Q.

    `term(ground, **parameters)` is the pointwise contribution per outcome or per unit of x (or per
    node where ground holds masses), None where there is none. `value(pair, **parameters)` is the
    number in nats, in units of x or as a bare number, where `reason(pair, **parameters)` has no
    cause why it is infinite or undefined. unit "information" is converted, "root" is the square
    root of a converted value, "x" and "root_x" are in (roots of) units of x. A measure `across`
    compares outcomes with a density as well; one with `required` parameters is not in evaluate.
    """

    key: str
    symbol: str
    latex: str
    unit: Unit
    term: Callable[..., Array] | None
    value: Callable[..., float]
    laws: frozenset[Law]
    source: str
    reason: Callable[..., Reason | None] = lambda _, **__: None
    params: tuple[Param, ...] = ()
    required: bool = False
    of: Literal["pair", "p", "q"] = "pair"
    across: bool = False

    def checked(self, given: Mapping[str, object], *, defaults: bool = False) -> dict[str, float]:
        """The parameters as floats in their ranges, else SceneError; `defaults` fills gaps."""
        names = [param.name for param in self.params]
        for name in given:
            if name not in names:
                known = Names(", ".join(names) or "none")
                raise SceneError("measure_param", measure=self.key, name=name, params=known)
        found = {}
        for param in self.params:
            if param.name in given:
                found[param.name] = param.check(self.key, given[param.name])
            elif defaults:
                found[param.name] = param.default
            elif self.required:
                raise SceneError(
                    "measure_needs", measure=self.key, param=param.name, allowed=param.allowed
                )
        return found

    @QUIET
    def why(self, pair: Pair, **parameters: float) -> Reason | None:
        """Why the number is infinite or undefined for this pair, decided beforehand, else None."""
        return self._why(pair, self._own(pair), parameters)

    def _why(self, pair: Pair, own: Pair, parameters: dict[str, float]) -> Reason | None:
        if not pair.mixed or self.across or own is not pair:
            return self.reason(own, **parameters)
        atoms, density = ("P", "Q") if pair.P.kind == "discrete" else ("Q", "P")
        return Reason("across", {"atoms": atoms, "density": density}, None)

    @QUIET
    def number(self, pair: Pair, **parameters: float) -> float | None:
        """The number for this pair, inf where infinite, None where undefined, never NaN."""
        return self.quiet_number(pair, parameters)

    def quiet_number(self, pair: Pair, parameters: dict[str, float]) -> float | None:
        """The same for who is quiet already: to be quiet again for each number takes its time."""
        # A page shows a number, says it in a sentence and draws it; two measures may share one.
        asked = (self.value, *sorted(parameters.items()))
        if asked not in pair.kept:
            own = self._own(pair)
            reason = self._why(pair, own, parameters)
            pair.kept[asked] = self.value(own, **parameters) if reason is None else reason.value
        number: float | None = pair.kept[asked]
        return number

    def _own(self, pair: Pair) -> Pair:
        """What belongs to one side alone needs no common ground with the other."""
        if not pair.mixed or self.of == "pair":
            return pair
        own = pair.P if self.of == "p" else pair.Q
        return Pair(own, own)


def _laws(*names: Law) -> frozenset[Law]:
    return frozenset(names)


ENTROPY = "Cover & Thomas, Elements of Information Theory (2006), (2.1), (8.1)"
CROSS = "Murphy, Probabilistic Machine Learning: An Introduction (2022), (6.4)"
KL = "Cover & Thomas, Elements of Information Theory (2006), (2.26), (8.46)"
JS = "Lin, IEEE Transactions on Information Theory 37 (1991), (3.1)"
JS_ROOT = "Endres & Schindelin, IEEE Transactions on Information Theory 49 (2003)"
W1 = "Villani, Topics in Optimal Transportation (2003), (2.48)"
WP = "Villani, Topics in Optimal Transportation (2003), (2.47)"
TV = "Levin & Peres, Markov Chains and Mixing Times (2017), proposition 4.2"
LE_CAM = "Le Cam & Yang, Asymptotics in Statistics (2000), chapter 3"
KAILATH = "Kailath, IEEE Transactions on Communication Technology 15 (1967), (8)"
CHI2 = "Nielsen & Nock, IEEE Signal Processing Letters 21 (2014), (3)"
TOPSOE = "Topsøe, IEEE Transactions on Information Theory 46 (2000)"
CHA = "Cha, International Journal of Mathematical Models 1 (2007), (33)"
RENYI = "van Erven & Harremoës, IEEE Transactions on Information Theory 60 (2014), (1)"

ALPHA = Param("alpha", 2.0, 0.0, 5.0, 0.0, 1e3, infinite=True)
ALPHA_AMARI = Param("alpha", 0.5, -3.0, 4.0, -1e3, 1e3)
ORDER = Param("p", 2.0, 1.0, 10.0, 1.0, 1e3, infinite=True)
WEIGHT = Param("weight", 0.5, 0.01, 0.99, 0.0, 1.0, open_min=True, open_max=True)
SIGMA = Param("sigma", 1.0, 0.05, 10.0, 1e-9, 1e9, scale="log")

DIVERGENCE = _laws("nonnegative", "zero_iff_equal")
SYMMETRIC = DIVERGENCE | _laws("symmetric")
METRIC = SYMMETRIC | _laws("triangle")

_TABLE: tuple[Measure, ...] = (
    Measure(
        "entropy_p", "H(P)", r"H(P)", "information", information.entropy_term,
        information.entropy_p, _laws("nonnegative_if_discrete"), ENTROPY, of="p",
    ),
    Measure(
        "entropy_q", "H(Q)", r"H(Q)", "information", mirrored(information.entropy_term),
        information.entropy_q, _laws("nonnegative_if_discrete"), ENTROPY, of="q",
    ),
    Measure(
        "cross_entropy_pq", "H(P,Q)", r"H(P,Q)", "information", information.cross_term,
        information.cross_pq, _laws("nonnegative_if_discrete", "at_least_entropy"), CROSS,
        infinite_pq,
    ),
    Measure(
        "cross_entropy_qp", "H(Q,P)", r"H(Q,P)", "information",
        mirrored(information.cross_term), information.cross_qp,
        _laws("nonnegative_if_discrete", "at_least_entropy"), CROSS, infinite_qp,
    ),
    Measure(
        "kl_pq", "KL(P‖Q)", r"D_{\mathrm{KL}}(P\,\|\,Q)", "information", information.kl_term,
        information.kl_pq, DIVERGENCE, KL, infinite_pq,
    ),
    Measure(
        "kl_qp", "KL(Q‖P)", r"D_{\mathrm{KL}}(Q\,\|\,P)", "information",
        mirrored(information.kl_term), information.kl_qp, DIVERGENCE, KL, infinite_qp,
    ),
    Measure(
        "js", "JS(P,Q)", r"\mathrm{JS}(P,Q)", "information", information.js_term,
        information.js_divergence, SYMMETRIC | _laws("bounded_by_log_2"), JS, params=(WEIGHT,),
    ),
    Measure(
        "js_distance", "√JS(P,Q)", r"\sqrt{\mathrm{JS}(P,Q)}", "root", information.js_term,
        information.js_divergence, METRIC | _laws("bounded_by_root_log_2"), JS_ROOT,
    ),
    Measure(
        "w1", "W₁(P,Q)", r"W_1(P,Q)", "x", transport.gap_term, transport.wasserstein_1,
        METRIC | _laws("shifts_with_x"), W1, transport.infinite_w1, across=True,
    ),
    Measure(
        "tv", "TV(P,Q)", r"\mathrm{TV}(P,Q)", "number", overlap.tv_term, overlap.total_variation,
        METRIC | _laws("bounded_by_1"), TV,
    ),
    Measure(
        "hellinger", "Hel(P,Q)", r"H_{\mathrm{el}}(P,Q)", "number", overlap.hellinger_term,
        overlap.hellinger, METRIC | _laws("bounded_by_1"), LE_CAM,
    ),
    Measure(
        "hellinger_squared", "Hel²(P,Q)", r"H_{\mathrm{el}}^2(P,Q)", "number",
        overlap.hellinger_term, overlap.hellinger_squared, SYMMETRIC | _laws("bounded_by_1"),
        LE_CAM,
    ),
    Measure(
        "squared_chord", "SC(P,Q)", r"\sum(\sqrt p-\sqrt q)^2", "number", overlap.chord_term,
        overlap.squared_chord, SYMMETRIC | _laws("bounded_by_2"), CHA,
    ),
    Measure(
        "bhattacharyya_coefficient", "BC(P,Q)", r"\mathrm{BC}(P,Q)", "number",
        overlap.affinity_term, overlap.bhattacharyya_coefficient,
        _laws("nonnegative", "symmetric", "bounded_by_1"), KAILATH,
    ),
    Measure(
        "bhattacharyya_distance", "−log BC", r"-\log\mathrm{BC}(P,Q)", "information",
        overlap.affinity_term, overlap.bhattacharyya_distance, SYMMETRIC, KAILATH,
        overlap.no_overlap,
    ),
    Measure(
        "chi2_pearson", "χ²(P‖Q)", r"\chi^2(P\,\|\,Q)", "number", overlap.pearson_term,
        overlap.chi2_pearson, DIVERGENCE, CHI2, overlap.infinite_pearson,
    ),
    Measure(
        "chi2_neyman", "χ²(Q‖P)", r"\chi^2(Q\,\|\,P)", "number", overlap.neyman_term,
        overlap.chi2_neyman, DIVERGENCE, CHI2, overlap.infinite_neyman,
    ),
    Measure(
        "triangular_discrimination", "Δ(P,Q)", r"\Delta(P,Q)", "number",
        overlap.triangular_term, overlap.triangular_discrimination,
        SYMMETRIC | _laws("bounded_by_2"), TOPSOE,
    ),
    Measure(
        "jeffreys", "J(P,Q)", r"J(P,Q)", "information", information.jeffreys_term,
        information.jeffreys, SYMMETRIC, "Jeffreys, Proceedings of the Royal Society A 186 (1946)",
        information.infinite_either,
    ),
    Measure(
        "topsoe", "2 JS(P,Q)", r"2\,\mathrm{JS}(P,Q)", "information",
        lambda g: 2 * information.js_term(g), information.topsoe, SYMMETRIC, TOPSOE,
    ),
    Measure(
        "mse", "MSE(P,Q)", r"\mathrm{MSE}(P,Q)", "number", overlap.square_term,
        overlap.mean_squared_error, SYMMETRIC,
        "Hastie, Tibshirani & Friedman, The Elements of Statistical Learning (2009), (2.24)",
        overlap.undefined_mse,
    ),
    Measure(
        "energy_distance", "E(P,Q)", r"\mathcal{E}(P,Q)", "root_x", transport.gap_term,
        transport.energy_distance, METRIC | _laws("scales_with_root_x"),
        "Székely & Rizzo, Journal of Statistical Planning and Inference 143 (2013), (2.5)",
        transport.infinite_energy, across=True,
    ),
    Measure(
        "kolmogorov_smirnov", "KS(P,Q)", r"\sup|F-G|", "number", transport.gap_term,
        transport.kolmogorov_smirnov, METRIC | _laws("bounded_by_1"),
        "Kolmogorov, Giornale dell'Istituto Italiano degli Attuari 4 (1933)", across=True,
    ),
    Measure(
        "cramer_von_mises", "CvM(P,Q)", r"\int(F-G)^2\,\mathrm{d}\tfrac{F+G}{2}", "number",
        transport.gap_term, transport.cramer_von_mises, SYMMETRIC | _laws("bounded_by_1"),
        "Anderson, Annals of Mathematical Statistics 33 (1962), (2)", across=True,
    ),
    Measure(
        "perplexity", "e^H(P)", r"e^{H(P)}", "number", information.entropy_term,
        information.perplexity, _laws("nonnegative"),
        "Jurafsky & Martin, Speech and Language Processing (2025), (3.15)", of="p",
    ),
    Measure(
        "renyi_entropy", "Hα(P)", r"H_\alpha(P)", "information", information.own_power_term,
        information.renyi_entropy, _laws("nonnegative_if_discrete"),
        "Rényi, Proc. 4th Berkeley Symposium (1961), (1.21)", information.infinite_own_power,
        (ALPHA,), required=True, of="p",
    ),
    Measure(
        "tsallis_entropy", "Sα(P)", r"S_\alpha(P)", "number", information.own_power_term,
        information.tsallis_entropy, _laws("nonnegative_if_discrete"),
        "Tsallis, Journal of Statistical Physics 52 (1988), (1)", information.infinite_own_sum,
        (ALPHA,), required=True, of="p",
    ),
    Measure(
        "renyi", "Dα(P‖Q)", r"D_\alpha(P\,\|\,Q)", "information", information.power_term,
        information.renyi_divergence, _laws("nonnegative"), RENYI, information.infinite_renyi,
        (ALPHA,), required=True,
    ),
    Measure(
        "tsallis", "Tα(P‖Q)", r"T_\alpha(P\,\|\,Q)", "number", information.power_term,
        information.tsallis_divergence, _laws("nonnegative"),
        "Tsallis, Physical Review E 58 (1998), (4)", information.infinite_tsallis, (ALPHA,),
        required=True,
    ),
    Measure(
        "alpha_divergence", "Aα(P‖Q)", r"A_\alpha(P\,\|\,Q)", "number", information.power_term,
        information.alpha_divergence, DIVERGENCE, "Cichocki & Amari, Entropy 12 (2010), (20)",
        information.infinite_alpha, (ALPHA_AMARI,), required=True,
    ),
    Measure(
        "wasserstein", "Wₚ(P,Q)", r"W_p(P,Q)", "x", transport.gap_term, transport.wasserstein,
        METRIC | _laws("shifts_with_x"), WP, transport.infinite_wasserstein, (ORDER,),
        required=True, across=True,
    ),
    Measure(
        "mmd", "MMD(P,Q)", r"\mathrm{MMD}(P,Q)", "number", transport.gap_term, kernel.mmd,
        METRIC | _laws("bounded_by_2"),
        "Gretton et al., Journal of Machine Learning Research 13 (2012), lemma 6",
        params=(SIGMA,), required=True, across=True,
    ),
)  # fmt: skip

MEASURES: dict[str, Measure] = {m.key: m for m in _TABLE}
# What a page shows before anything more is asked for.
FIRST: tuple[str, ...] = tuple(MEASURES)[:9]
HUGE = Reason("huge")


class Explanation(NamedTuple):
    """A number, why it is infinite or undefined (None), and its pointwise contributions.

    `x` (n,) are the outcomes, or the nodes of the integral, `term` (n,) what each contributes per
    outcome or per unit of x; both None for a measure without a pointwise term or common ground.
    """

    value: float | None
    reason: Reason | None
    x: Array | None
    term: Array | None


def in_unit(measure: Measure, nats: float, unit: str) -> float:
    """A value in nats (or in units of x, or a bare number) as the page shows it."""
    return _converted(measure, nats, unit_factor(unit))


def _converted(measure: Measure, nats: float, factor: float) -> float:
    if measure.unit == "information":
        return nats * factor
    return math.sqrt(nats * factor) if measure.unit == "root" else nats


def known(key: object) -> Measure:
    """The measure of that key, else SceneError."""
    if not isinstance(key, str) or key not in MEASURES:
        raise SceneError("measure", measure=key, known=Names(", ".join(MEASURES)))
    return MEASURES[key]


def value(pair: Pair, key: str, unit: str = "nats", **parameters: float) -> float | None:
    """One measure of `pair` in `unit`, None where undefined; parameters left out at defaults."""
    one = MEASURES[key]
    nats = one.number(pair, **one.checked(parameters, defaults=True))
    return None if nats is None else in_unit(one, nats, unit)


@QUIET
def values(
    pair: Pair, unit: str = "nats", keys: Iterable[str] | None = None
) -> dict[str, float | None]:
    """Measures of `pair` by key, in `unit`: those of `keys`, or all that need no parameter."""
    factor = unit_factor(unit)
    result: dict[str, float | None] = {}
    for key in _PLAIN if keys is None else keys:
        one = MEASURES[key]
        nats = one.quiet_number(pair, one.checked({}, defaults=True) if one.required else {})
        result[key] = None if nats is None else _converted(one, nats, factor)
    return result


_PLAIN = tuple(m.key for m in _TABLE if not m.required)


def evaluate(p: Dist, q: Dist, unit: str = "nats") -> dict[str, float | None]:
    """All measures of P and Q that need no parameter, by key, as floats: inf where infinite.

    None stands where a number is undefined (KL of outcomes against a density); NaN never does.
    `unit` is "nats", "bits" or "hartleys"; w1 is in units of x. SceneError for an unknown unit, or
    when only one names its outcomes.

    >>> from divviz.families import make
    >>> round(evaluate(make("normal", 0, 1), make("normal", 2, 1))["kl_pq"], 12)
    2.0
    """
    return values(pair_of(p, q), unit)


def pair_of(p: object, q: object) -> Pair:
    """The pair, else SceneError for what is no distribution."""
    return Pair(checked_dist(p, "P"), checked_dist(q, "Q"))


def _asked(
    key: str, p: object, q: object, unit: str, parameters: dict[str, Any]
) -> tuple[Measure, Pair, dict[str, float]]:
    """What `measure` and `explain` are asked for, checked."""
    one = known(key)
    unit_factor(unit)
    # p names P, and also the order of a Wasserstein distance: a distribution tells itself apart.
    p = parameters.pop("p") if isinstance(parameters.get("p"), Dist) else p
    q = parameters.pop("q") if isinstance(parameters.get("q"), Dist) else q
    given = one.checked(parameters)
    if q is None and one.of != "p":
        raise SceneError("measure_two", measure=key)
    return one, pair_of(p, p if q is None else q), given


def measure(
    key: str,
    p: Dist | None = None,
    q: Dist | None = None,
    /,
    *,
    unit: str = "nats",
    **parameters: Any,
) -> float:
    """One number about P and Q, or about P alone: inf where infinite, never NaN.

    Parameters go by name (alpha, p, sigma, weight). SceneError for an unknown key, unit or
    parameter, for one that is missing or out of range, and where the number is undefined.

    >>> from divviz.families import make
    >>> round(measure("renyi", make("normal", 0, 1), make("normal", 2, 1), alpha=0.5), 12)
    1.0
    """
    one, pair, given = _asked(key, p, q, unit, parameters)
    nats = one.number(pair, **given)
    if nats is None:
        why = one.why(pair, **given)
        raise SceneError("undefined", symbol=one.symbol, reason=Names(str(why)))
    return in_unit(one, nats, unit)


def explain(
    key: str,
    p: Dist | None = None,
    q: Dist | None = None,
    /,
    *,
    unit: str = "nats",
    **parameters: Any,
) -> Explanation:
    """A measure with its reason where it is infinite or undefined, and its pointwise term.

    Errors as `measure`, except that an undefined number has the value None.

    >>> from divviz.families import pmf
    >>> str(explain("kl_pq", pmf([1, 2, 2]), pmf([1, 1, 0])).reason)
    'Q gives 0 to outcome 2, where P has 0.4.'
    """
    one, pair, given = _asked(key, p, q, unit, parameters)
    nats = one.number(pair, **given)
    number = None if nats is None else in_unit(one, nats, unit)
    if one.term is None or pair.mixed:
        return Explanation(number, reason(pair, key, **given), None, None)
    ground = pair.ground if pair.discrete else pair.on(pair.x)
    return Explanation(number, reason(pair, key, **given), pair.x, one.term(ground, **given))


def reason(pair: Pair, key: str, **parameters: float) -> Reason | None:
    """Why measure `key` of `pair` is infinite or undefined, else None."""
    one = MEASURES[key]
    given = one.checked(parameters, defaults=one.required)
    found = one.why(pair, **given)
    if found is None and one.unit == "number" and one.number(pair, **given) == math.inf:
        return HUGE
    return found


__all__ = [
    "FIRST", "HUGE", "LOG_2", "MEASURES", "UNITS", "Explanation", "Ground", "Measure", "evaluate",
    "explain", "in_unit", "known", "measure", "pair_of", "reason", "unit_factor", "value", "values",
]  # fmt: skip
