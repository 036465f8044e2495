"""What is said about a pair in plain words; every claim is computed, and true of that pair."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from divviz.errors import SceneError, clipped
from divviz.gestures import Notice
from divviz.infinity import Reason
from divviz.measures import MEASURES, UNITS
from divviz.measures import reason as why
from divviz.measures import value as measured
from divviz.pair import Pair
from divviz.web.text import Translate

Array = NDArray[np.float64]
Places = NDArray[np.intp]

ENOUGH = 0.8  # the share that the places named should carry
MOST_NAMED = 3
MOST_RUNS = 2
ALMOST_ZERO = 0.05  # of the other side's mass there
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


# ---- numbers ----


def number(value: float, digits: int = 4) -> str:
    """Spell a number for reading, with so many significant digits.

    >>> number(1.30042), number(-0.00004), number(float("inf")), number(-0.0)
    ('1.300', '−4.0×10⁻⁵', '∞', '0')
    """
    if math.isnan(value):
        return "–"
    sign = "−" if value < 0 else ""
    size = abs(value)
    if math.isinf(size):
        return f"{sign}∞"
    if size == 0:
        return "0"
    power = int(f"{size:.{digits - 1}e}".partition("e")[2])
    if -4 <= power < max(6, digits):
        return f"{sign}{size:.{max(0, digits - 1 - power)}f}"
    # What is next to nothing needs no more than its size.
    places = digits - 1 if power > 0 else max(1, digits // 2 - 1)
    mantissa, _, exponent = f"{size:.{places}e}".partition("e")
    return f"{sign}{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def short(value: float) -> str:
    """Spell a number with three digits and no zeros at the end: a place, a share."""
    return _trimmed(number(value, 3))


def _trimmed(spelled: str) -> str:
    return spelled.rstrip("0").rstrip(".") if re.fullmatch(r"−?\d+\.\d+", spelled) else spelled


def with_unit(value: float, unit: str, t: Translate) -> str:
    """Spell a number with its unit, a key of UNITS or "x"."""
    return t("unit.with", value=number(value), unit=t(f"unit.{unit}"))


def percent(share: float, t: Translate) -> str:
    """Spell a share of 1 so that only the whole is "all" and only nothing rounds to less."""
    if share >= 1 - 1e-9:
        return t("words.all")
    if share > 0.99:
        return t("words.almost_all")
    if share < 0.01:
        return t("words.almost_none")
    return t("words.percent", n=round(100 * share))


# ---- what the core says ----


def error(problem: SceneError, t: Translate) -> str:
    """Say a visitor's error in the reader's language, with whatever the visitor sent cut short."""
    kinds = {
        name: t(f"kind.{kind}")
        for name, kind in problem.fields.items()
        if kind in ("discrete", "continuous")
    }
    text = _said(t, f"error.{problem.code}", {**problem.fields, **kinds})
    part = problem.fields.get("part")
    # The sentences about the unit and the measure name their part themselves.
    return _tidy(t(f"part.{part}", error=text)) if part in ("p", "q") else text


def notice(said: Notice, t: Translate) -> str:
    """Say what an act had to give up."""
    return _said(t, f"notice.{said.code}", said.fields)


def reason(given: Reason | None, t: Translate) -> str:
    """Say why a measure is infinite, as a clause without a full stop; "" for no reason."""
    if given is None:
        return ""
    fields = {
        name: short(value) if isinstance(value, float) and name != "outcome" else value
        for name, value in given.fields.items()
    }
    return _said(t, f"reason.{given.code}", fields).rstrip(".。")


def _said(t: Translate, key: str, fields: Mapping[str, object]) -> str:
    return _tidy(t(key, **{name: clipped(value) for name, value in fields.items()}))


def _tidy(text: str) -> str:
    """Chinese sets a space between its own words and others, but none beside its own or marks."""
    text = re.sub(r" (?=[，。；：、）])|(?<=[，。；：、（]) |(?<=[一-鿿]) (?=[一-鿿])", "", text)
    return re.sub(r"  +", " ", text).strip()


# ---- one sentence about a measure ----


class Subject(NamedTuple):
    """What a sentence is about."""

    pair: Pair
    key: str
    unit: str
    t: Translate
    value: float

    def other(self, key: str) -> float:
        """The value of another measure of the pair."""
        return measured(self.pair, key, self.unit)

    @property
    def symbol(self) -> str:
        """The measure's symbol."""
        return MEASURES[self.key].symbol

    @property
    def discrete(self) -> bool:
        """Whether P and Q are discrete."""
        return self.pair.discrete

    def amount(self, value: float) -> str:
        """A number with the unit of information."""
        return with_unit(value, self.unit, self.t)

    def say(self, kind: str, **fields: str) -> str:
        """A sentence of [sentence] about this measure."""
        return self.t(f"sentence.{kind}", symbol=self.symbol, **fields)


def sentence(pair: Pair, key: str, unit: str, t: Translate) -> str:
    """Say in words what a measure of MEASURES comes to for this pair, and where it comes from."""
    about = Subject(pair, key, unit, t, measured(pair, key, unit))
    if math.isinf(about.value):
        return _tidy(_infinite(about))
    return _tidy(SENTENCES[key](about))


def _infinite(about: Subject) -> str:
    given = why(about.pair, about.key)
    if given is None:
        return about.say("infinite_plain")
    return about.say("infinite", reason=reason(given, about.t))


def _same(pair: Pair) -> bool:
    return pair.P == pair.Q or not pair.ground.log_ratio.any()


def _zero(about: Subject) -> str:
    return about.say("same" if _same(about.pair) else "nearly_same")


def _entropy(side: str) -> Callable[[Subject], str]:
    def say(about: Subject) -> str:
        nats = about.value / UNITS[about.unit]
        value = about.amount(about.value)
        if about.discrete:
            if about.value == 0:
                mass = about.pair.p if side == "p" else about.pair.q
                certain = _outcomes(about, [int(np.argmax(mass))])
                return about.say("entropy_certain", who=side.upper(), outcome=certain)
            return about.say("entropy_discrete", value=value, count=number(math.exp(nats), 3))
        kind = "entropy_negative" if about.value < 0 else "entropy_continuous"
        return about.say(kind, value=value, width=number(math.exp(nats), 3))

    return say


def _cross_entropy(side: str, other: str) -> Callable[[Subject], str]:
    def say(about: Subject) -> str:
        own, extra = f"entropy_{side}", f"kl_{side}{other}"
        names = {"who": side.upper(), "other": other.upper(), "own": MEASURES[own].symbol}
        value = about.amount(about.value)
        if about.other(extra) == 0 and _same(about.pair):
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


def _kl(side: str, other: str) -> Callable[[Subject], str]:
    def say(about: Subject) -> str:
        if about.value == 0:
            return _zero(about)
        who, whom = side.upper(), other.upper()
        parts = _parts(about)
        loss = -float(parts[parts < 0].sum())
        gain = about.value + loss
        fields = {"value": about.amount(about.value), "who": who, "other": whom}
        if number(gain, 3) == number(loss, 3):
            return about.say("kl_balance", gain=number(gain), **fields)
        fields |= _source(about, parts, whom)
        if loss <= 5e-4 * about.value:
            return about.say("kl_plain", **fields)
        return about.say("kl_signed", gain=number(gain), loss=number(loss), **fields)

    return say


def _parts(about: Subject) -> Array:
    """What each outcome or node adds to the measure, (n,), in its unit."""
    return MEASURES[about.key].term(about.pair.ground) * UNITS[about.unit]


def _source(about: Subject, parts: Array, other: str) -> dict[str, str]:
    """Where the positive part of a sum comes from: {"share", "where", "note"}."""
    if about.discrete:
        chosen, where = _top_outcomes(about, parts)
        note = about.t("words.almost_zero", other=other) if _bare(about, chosen, other) else ""
    else:
        chosen, where = _top_runs(about, parts)
        note = ""
    share = float(parts[chosen].sum() / parts[parts > 0].sum())
    return {"share": percent(share, about.t), "where": where, "note": note}


def _fewest(amounts: Array) -> Places:
    """The indices of the fewest, largest amounts that make up ENOUGH of the positive sum."""
    order = np.argsort(-amounts, kind="stable")
    total = np.cumsum(np.maximum(amounts[order], 0.0))
    return order[: int(np.searchsorted(total, ENOUGH * total[-1])) + 1]


def _top_outcomes(about: Subject, parts: Array) -> tuple[Places, str]:
    chosen = np.sort(_fewest(parts))
    if len(chosen) <= MOST_NAMED:
        return chosen, _outcomes(about, list(chosen))
    if chosen[-1] - chosen[0] == len(chosen) - 1:
        a, b = (_outcome(about, i) for i in (chosen[0], chosen[-1]))
        return chosen, about.t("words.outcome_range", a=a, b=b)
    return chosen, about.t("words.outcome_count", n=len(chosen))


def _bare(about: Subject, chosen: Places, other: str) -> bool:
    mass, own = about.pair.p[chosen], about.pair.q[chosen]
    if other == "Q":
        mass, own = own, mass
    return bool(np.all((mass <= ALMOST_ZERO * own) & (mass <= 0.01)))


def _outcome(about: Subject, i: int) -> str:
    labels = about.pair.labels
    return clipped(labels[i]) if labels else f"{about.pair.x[i]:.12g}".replace("-", "−")


def _outcomes(about: Subject, places: Sequence[int]) -> str:
    """Name outcomes: "outcome 3", "outcomes 2, 3 and 7"."""
    *first, last = (_outcome(about, i) for i in places)
    if not first:
        return about.t("words.outcome", a=last)
    named = about.t("words.and", list=about.t("words.comma").join(first), last=last)
    return about.t("words.outcomes", list=named)


def _top_runs(about: Subject, parts: Array) -> tuple[Places, str]:
    """The stretches of x that give the most, as the indices of their nodes and in words."""
    ratio = about.pair.ground.log_ratio
    larger = ratio > 0 if about.key == "kl_pq" else ratio < 0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], larger.astype(np.int8), [0]])))
    runs = edges.reshape(-1, 2)
    amounts = np.add.reduceat(np.append(parts, 0.0), edges)[::2]
    best = np.sort(_fewest(amounts))
    chosen = np.concatenate([np.arange(a, b) for a, b in runs[best]])
    if len(best) > MOST_RUNS:
        return chosen, about.t("words.stretches", n=len(best))
    *first, last = (_stretch(about, a, b) for a, b in runs[best])
    return chosen, about.t("words.and", list=first[0], last=last) if first else last


def _stretch(about: Subject, first: int, end: int) -> str:
    """The stretch of x around the nodes first to end - 1, in words."""
    pair = about.pair
    support = (pair.P if about.key == "kl_pq" else pair.Q).support()
    low = _crossing(pair, first) if first else support[0][0]
    high = _crossing(pair, end) if end < len(pair.x) else support[-1][1]
    (a, b), (c, d) = pair.P.window(), pair.Q.window()
    view = (min(a, c), max(b, d))
    # Where tails cross far outside of what is shown is of no interest.
    low, high = low if low >= view[0] else -math.inf, high if high <= view[1] else math.inf
    names = {"a": _place(low, view[1] - view[0]), "b": _place(high, view[1] - view[0])}
    if math.isinf(low):
        return about.t("words.everywhere" if math.isinf(high) else "words.below", **names)
    return about.t("words.above" if math.isinf(high) else "words.between", **names)


def _place(x: float, width: float) -> str:
    """A place on the line, to a hundredth of the picture's width or so."""
    digits = 3 + max(0, math.ceil(math.log10(max(abs(x) / width, 1e-9)))) if math.isfinite(x) else 3
    return _trimmed(number(x, min(digits, 15)))


def _crossing(pair: Pair, i: int) -> float:
    """Where P and Q cross before node i: at a jump there, else where their logs would meet."""
    low, high = float(pair.x[i - 1]), float(pair.x[i])
    hard = np.concatenate([pair.P.breaks.hard, pair.Q.breaks.hard])
    jumps = hard[(hard > low) & (hard <= high)]
    if jumps.size:
        return float(jumps[0])
    a, b = (float(gap) for gap in pair.ground.log_ratio[i - 1 : i + 1])
    if not (math.isfinite(a) and math.isfinite(b)):
        return (low + high) / 2
    return low + (high - low) * a / (a - b)


def _js(root: bool) -> Callable[[Subject], str]:
    kind = "js_distance" if root else "js"

    def say(about: Subject) -> str:
        if about.value == 0:
            return _zero(about)
        limit = math.log(2) * UNITS[about.unit]
        most, value = number(limit), about.amount(about.value)
        if root:
            limit = math.sqrt(limit)
            most, value = number(limit), number(about.value)
        else:
            most = about.amount(limit)
        if about.pair.disjoint:
            return about.say(f"{kind}_full", most=most)
        # Far apart is not yet disjoint: there the limit is reached by rounding alone.
        share = percent(min(about.value / limit, 1 - 1e-8), about.t)
        return about.say(kind, value=value, most=most, share=share)

    return say


def _w1(about: Subject) -> str:
    if about.value == 0:
        return _zero(about)
    kind = "words.way_steps" if about.pair.labels else "words.way_x"
    way = about.t(kind, value=number(about.value))
    fields = {"value": number(about.value), "way": way}
    shift = _shift(about.pair)
    if shift is None:
        return about.say("w1", **fields)
    # What goes right less what goes left is the shift, and their sum is W1.
    right = 0.5 + shift / about.value / 2
    if right > 1 - 1e-6:
        return about.say("w1_right", **fields)
    if right < 1e-6:
        return about.say("w1_left", **fields)
    return about.say("w1_both", share=percent(right, about.t), **fields)


def _shift(pair: Pair) -> float | None:
    """How far the mean moves from P to Q; None where either has none."""
    if pair.discrete:
        return float(np.dot(pair.x, pair.q) - np.dot(pair.x, pair.p))
    start, end = pair.P.mean(), pair.Q.mean()
    if start is None or end is None or math.isinf(start) or math.isinf(end):
        return None
    return end - start


SENTENCES: dict[str, Callable[[Subject], str]] = {
    "entropy_p": _entropy("p"),
    "entropy_q": _entropy("q"),
    "cross_entropy_pq": _cross_entropy("p", "q"),
    "cross_entropy_qp": _cross_entropy("q", "p"),
    "kl_pq": _kl("p", "q"),
    "kl_qp": _kl("q", "p"),
    "js": _js(root=False),
    "js_distance": _js(root=True),
    "w1": _w1,
}
