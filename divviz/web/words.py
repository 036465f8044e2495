"""What is said about a pair in plain words; every claim is computed, and true of that pair."""

import math
import re
from collections.abc import Callable

from divviz.errors import SceneError
from divviz.gestures import Notice
from divviz.infinity import Reason
from divviz.measures import MEASURES
from divviz.measures import reason as why
from divviz.measures import value as measured
from divviz.pair import Pair
from divviz.web import orders, overlaps, sentences
from divviz.web.spelling import amount, number, percent, said, short, tidy, with_unit
from divviz.web.text import Translate
from divviz.web.whereabouts import Subject

__all__ = [
    "LIMITS",
    "SENTENCES",
    "amount",
    "caption",
    "error",
    "notice",
    "number",
    "percent",
    "pictured",
    "reason",
    "sentence",
    "short",
    "why",
    "with_unit",
]

SENTENCES: dict[str, Callable[[Subject], str]] = {
    **sentences.SENTENCES,
    **overlaps.SENTENCES,
    **orders.SENTENCES,
}

# Where an order makes a measure another one, that one's picture says more.
LIMITS: dict[tuple[str, float], str] = {
    ("renyi", 1.0): "kl_pq",
    ("tsallis", 1.0): "kl_pq",
    ("alpha_divergence", 1.0): "kl_pq",
    ("alpha_divergence", 0.0): "kl_qp",
    ("renyi_entropy", 1.0): "entropy_p",
    ("tsallis_entropy", 1.0): "entropy_p",
    ("renyi", math.inf): "ratio",
    ("tsallis", math.inf): "ratio",
    ("renyi_entropy", math.inf): "peak",
    ("tsallis_entropy", math.inf): "peak",
}
# The pictures that need no common ground; the others show outcomes and a density as CDFs.
ACROSS = ("w1", "wasserstein", "energy_distance", "kolmogorov_smirnov", "mmd")


# ---- what the core says ----


def error(problem: SceneError, t: Translate) -> str:
    """Say a visitor's error in the reader's language, with whatever the visitor sent cut short."""
    kinds = {
        name: t(f"kind.{kind}")
        for name, kind in problem.fields.items()
        if kind in ("discrete", "continuous")
    }
    text = said(t, f"error.{problem.code}", {**problem.fields, **kinds})
    part = problem.fields.get("part")
    # Other sentences about the unit and the measure name their part themselves.
    named = part in ("p", "q") or (part == "show" and problem.code.startswith("text_"))
    return tidy(t(f"part.{part}", error=text)) if named else text


def notice(given: Notice, t: Translate) -> str:
    """Say what an act had to give up."""
    return said(t, f"notice.{given.code}", given.fields)


def reason(given: Reason | None, t: Translate) -> str:
    """Say why a measure is infinite or undefined, as a clause without a full stop; "" for none."""
    if given is None:
        return ""
    fields = {
        name: short(value) if isinstance(value, float) and name != "outcome" else value
        for name, value in given.fields.items()
    }
    clause = said(t, f"reason.{given.code}", fields).rstrip(".。")
    return re.sub(r"^(?:A|At|The)\b", lambda first: first[0].lower(), clause)


# ---- about a measure ----


def sentence(pair: Pair, key: str, unit: str, t: Translate, **parameters: float) -> str:
    """Say in words what a measure of MEASURES comes to for this pair, and where it comes from."""
    one = MEASURES[key]
    given = one.checked(parameters, defaults=True)
    value = measured(pair, key, unit, **given)
    if pair.mixed and one.of != "pair":
        own = pair.P if one.of == "p" else pair.Q
        pair = Pair(own, own)
    about = Subject(pair, key, unit, t, math.nan if value is None else value, given)
    if not math.isfinite(about.value):
        return tidy(_endless(about))
    return tidy(SENTENCES.get(key, _plain)(about))


def _plain(about: Subject) -> str:
    says = about.t(f"measure.{about.key}.says")
    return about.say("plain", value=about.own(about.value), says=says)


def _endless(about: Subject) -> str:
    """A number that is infinite, minus infinite, too large to compute with, or undefined."""
    given = why(about.pair, about.key, **about.parameters)
    if given is None:
        return about.say("infinite_plain")
    if given.code == "huge":
        return about.say("huge")
    if given.code == "endless_list":
        return about.say("undefined_mean", who=given.fields["who"])
    kind = {math.inf: "infinite", -math.inf: "minus_infinite"}.get(about.value, "undefined")
    return about.say(kind, reason=reason(given, about.t))


def caption(pair: Pair, key: str, t: Translate, **parameters: float) -> str:
    """Say what the picture of a measure shows; "" where it is undefined and nothing is drawn."""
    given = MEASURES[key].checked(parameters, defaults=True)
    shown = pictured(pair, key, **given)
    return t(f"picture.{shown}") if shown else ""


def pictured(pair: Pair, key: str, **parameters: float) -> str:
    """Which picture shows a measure: a key of [picture], or "" where it is undefined."""
    if not pair.mixed:
        weighted = parameters.get("weight", 0.5) != 0.5
        return "js_weighted" if weighted else LIMITS.get((key, parameters.get("alpha", 0.5)), key)
    undefined = MEASURES[key].why(pair, **parameters)
    if undefined is not None and undefined.value is None:
        return ""
    return key if key in ACROSS else "steps"
