"""What is said about entropies and the divergences made of logarithms; every claim is computed."""

import math
from collections.abc import Callable

import numpy as np

from divviz.measures import LOG_2, MEASURES, UNITS
from divviz.web.spelling import number, percent
from divviz.web.whereabouts import Subject, outcomes, parts, same, source, zero

Say = Callable[[Subject], str]


def _entropy(side: str) -> Say:
    def say(about: Subject) -> str:
        nats = about.value / UNITS[about.unit]
        value = about.amount(about.value)
        if about.discrete:
            if about.value == 0:
                return about.say("entropy_certain", who=side.upper(), outcome=_certain(about, side))
            return about.say("entropy_discrete", value=value, count=number(math.exp(nats), 3))
        kind = "entropy_negative" if about.value < 0 else "entropy_continuous"
        return about.say(kind, value=value, width=number(math.exp(nats), 3))

    return say


def _certain(about: Subject, side: str) -> str:
    """The outcome that has all the mass."""
    mass = about.pair.p if side == "p" else about.pair.q
    return outcomes(about, [float(about.pair.x[np.argmax(mass)])])


def _perplexity(about: Subject) -> str:
    value = number(about.value)
    if not about.discrete:
        return about.say("perplexity_continuous", value=value)
    if about.value == 1:
        return about.say("perplexity_certain", outcome=_certain(about, "p"))
    return about.say("perplexity_discrete", value=value)


def _cross_entropy(side: str, other: str) -> Say:
    def say(about: Subject) -> str:
        own, extra = f"entropy_{side}", f"kl_{side}{other}"
        names = {"who": side.upper(), "other": other.upper(), "own": MEASURES[own].symbol}
        value = about.amount(about.value)
        if about.other(extra) == 0 and same(about.pair):
            return about.say("cross_entropy_same", value=value, **names)
        return about.say(
            "cross_entropy_discrete" if about.discrete else "cross_entropy_continuous",
            value=value,
            entropy=number(about.other(own)),
            kl=MEASURES[extra].symbol,
            extra=number(about.other(extra)),
            **names,
        )

    return say


def _kl(side: str, other: str) -> Say:
    def say(about: Subject) -> str:
        if about.value == 0:
            return zero(about)
        who, whom = side.upper(), other.upper()
        terms = parts(about)
        loss = -float(terms[terms < 0].sum())
        gain = about.value + loss
        fields = {"value": about.amount(about.value), "who": who, "other": whom}
        if number(gain, 3) == number(loss, 3):
            return about.say("kl_balance", gain=number(gain), **fields)
        fields |= source(about, terms, whom)
        if loss <= 5e-4 * about.value:
            return about.say("kl_plain", **fields)
        return about.say("kl_signed", gain=number(gain), loss=number(loss), **fields)

    return say


def _js(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    w = about.parameters.get("weight", 0.5)
    weighted = "" if w == 0.5 else "_weighted"
    nats = -w * math.log(w) - (1 - w) * math.log1p(-w) if weighted else LOG_2
    return _of_most(about, f"js{weighted}", nats * UNITS[about.unit], about.amount)


def _js_distance(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    return _of_most(about, "js_distance", math.sqrt(LOG_2 * UNITS[about.unit]), number)


def _topsoe(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    return _of_most(about, "topsoe", 2 * LOG_2 * UNITS[about.unit], about.amount)


def _of_most(about: Subject, kind: str, limit: float, spelled: Callable[[float], str]) -> str:
    """The value as a share of its maximum, which it has where P and Q do not overlap."""
    if about.pair.disjoint:
        return about.say(f"{kind}_full", most=spelled(limit))
    # Far apart is not yet disjoint: there the limit is reached by rounding alone.
    share = percent(min(about.value / limit, 1 - 1e-8), about.t)
    return about.say(kind, value=spelled(about.value), most=spelled(limit), share=share)


def _jeffreys(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    pq, qp = (number(about.other(key)) for key in ("kl_pq", "kl_qp"))
    return about.say("jeffreys", value=about.amount(about.value), pq=pq, qp=qp)


SENTENCES: dict[str, Say] = {
    "entropy_p": _entropy("p"),
    "entropy_q": _entropy("q"),
    "cross_entropy_pq": _cross_entropy("p", "q"),
    "cross_entropy_qp": _cross_entropy("q", "p"),
    "kl_pq": _kl("p", "q"),
    "kl_qp": _kl("q", "p"),
    "js": _js,
    "js_distance": _js_distance,
    "topsoe": _topsoe,
    "jeffreys": _jeffreys,
    "perplexity": _perplexity,
}
