"""What is said about measures with an order alpha: which well-known numbers they lie between."""

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping

from divviz.measures import MEASURES
from divviz.web.spelling import number, order
from divviz.web.whereabouts import Subject, outcomes, same, zero

Known = Mapping[float, str]

# What each measure is at an order that has a name of its own.
RENYI: Known = {
    0.0: "−log Q(p > 0)",
    0.5: "−2 log BC",
    1.0: "KL(P‖Q)",
    2.0: "log(1 + χ²)",
    math.inf: "log max p/q",
}
TSALLIS: Known = {0.0: "Q(p = 0)", 0.5: "2 Hel²", 1.0: "KL(P‖Q)", 2.0: "χ²(P‖Q)"}
ALPHA: Known = {
    -1.0: "χ²(Q‖P) / 2",
    0.0: "KL(Q‖P)",
    0.5: "4 Hel²",
    1.0: "KL(P‖Q)",
    2.0: "χ²(P‖Q) / 2",
}
RENYI_ENTROPY: Known = {
    0.0: "log #(p > 0)",
    1.0: "H(P)",
    2.0: "−log Σ p²",
    math.inf: "−log max p",
}
TSALLIS_ENTROPY: Known = {0.0: "#(p > 0) − 1", 1.0: "H(P)", 2.0: "1 − Σ p²"}
# Densities have a length where outcomes have a number.
OF_DENSITIES = {"#(p > 0)": "length(p > 0)", "Σ p²": "∫ p² dx"}


def neighbours(known: Known, alpha: float) -> tuple[float, float]:
    """The named orders below and above one that has no name; past the last one that twice."""
    named = sorted(known)
    above = bisect_left(named, alpha)
    return named[above - 1], named[min(above, len(named) - 1)]


def _dial(known: Known, direction: str) -> Callable[[Subject], str]:
    """A measure that only rises, or only falls, with its order."""

    def say(about: Subject) -> str:
        alpha = about.parameters["alpha"]
        if about.value == 0 and direction == "rises":
            if alpha == 0 and not same(about.pair):
                return about.say("order_0")
            return zero(about)
        value = about.own(about.value)
        if alpha in known:
            return about.say("order_named", value=value, name=_named(about, known[alpha]))
        low, high = neighbours(known, alpha)
        if low == high:
            found = _at(about, known, low)
            return about.say(f"order_{direction}_beyond", value=value, low=found)
        ends = {"low": _at(about, known, low), "high": _at(about, known, high)}
        return about.say(f"order_{direction}", value=value, **ends)

    return say


def _at(about: Subject, known: Known, alpha: float) -> str:
    """What the measure is at a named order: "KL(P‖Q) = 2.000 (α = 1)"."""
    names = {"name": _named(about, known[alpha]), "order": order(alpha)}
    value = number(about.other(about.key, alpha=alpha))
    return about.t("words.at_order", value=value, **names)


def _named(about: Subject, name: str) -> str:
    for of_outcomes, of_densities in OF_DENSITIES.items() if not about.discrete else ():
        name = name.replace(of_outcomes, of_densities)
    if MEASURES[about.key].unit == "number" and name in ("H(P)", "KL(P‖Q)", "KL(Q‖P)"):
        return about.t("words.in_nats", name=name)
    return name


def _entropy(known: Known) -> Callable[[Subject], str]:
    dial = _dial(known, "falls")

    def say(about: Subject) -> str:
        if about.discrete and about.value == 0 and about.pair.p.max() == 1:
            certain = outcomes(about, [float(about.pair.x[about.pair.p.argmax()])])
            return about.say("entropy_certain", who="P", outcome=certain)
        return dial(about)

    return say


def _alpha(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    alpha, value = about.parameters["alpha"], number(about.value)
    if alpha in ALPHA:
        return about.say("order_named", value=value, name=_named(about, ALPHA[alpha]))
    ends = {"low": _at(about, ALPHA, 0.0), "high": _at(about, ALPHA, 1.0)}
    return about.say("order_alpha", value=value, **ends)


SENTENCES: dict[str, Callable[[Subject], str]] = {
    "renyi": _dial(RENYI, "rises"),
    "tsallis": _dial(TSALLIS, "rises"),
    "alpha_divergence": _alpha,
    "renyi_entropy": _entropy(RENYI_ENTROPY),
    "tsallis_entropy": _entropy(TSALLIS_ENTROPY),
}
