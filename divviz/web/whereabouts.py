"""What a sentence is about, and where on the line (or at which outcomes) a number arises."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from divviz.dist import Array
from divviz.errors import clipped
from divviz.measures import MEASURES, UNITS
from divviz.measures import value as measured
from divviz.pair import Pair
from divviz.web import spelling
from divviz.web.spelling import number, percent, trimmed
from divviz.web.text import Translate

Places = NDArray[np.intp]
Mask = NDArray[np.bool_]

ENOUGH = 0.8  # the share that the places named should carry
MOST_NAMED = 3
MOST_RUNS = 2
ROUNDS = 5
ALMOST_ZERO = 0.05  # of the other side's mass there


@dataclass(frozen=True)
class Subject:
    """What a sentence is about."""

    pair: Pair
    key: str
    unit: str
    t: Translate
    value: float
    parameters: dict[str, float] = field(default_factory=dict)

    def other(self, key: str, **parameters: float) -> float:
        """The value of another measure of the pair, one that is defined."""
        found = measured(self.pair, key, self.unit, **parameters)
        assert found is not None, key
        return found

    @property
    def symbol(self) -> str:
        """The measure's symbol, with its parameter where that is not the default."""
        one = MEASURES[self.key]
        for param in one.params:
            order = self.parameters.get(param.name, param.default)
            if one.required or order != param.default:
                names = {"name": spelling.LETTERS[param.name], "order": spelling.order(order)}
                return self.t("words.order", symbol=one.symbol, **names)
        return one.symbol

    @property
    def discrete(self) -> bool:
        """Whether P and Q are discrete."""
        return self.pair.discrete

    def amount(self, value: float) -> str:
        """A number with the unit of information."""
        return spelling.with_unit(value, self.unit, self.t)

    def own(self, value: float) -> str:
        """A number with the unit of the measure."""
        return spelling.amount(value, self.key, self.unit, self.t)

    def say(self, kind: str, **fields: str) -> str:
        """A sentence of [sentence] about this measure."""
        return self.t(f"sentence.{kind}", symbol=self.symbol, **fields)


def same(pair: Pair) -> bool:
    """Whether P and Q are one distribution, perhaps in two spellings."""
    return pair.P == pair.Q or not (pair.mixed or pair.ground.log_ratio.any())


def zero(about: Subject) -> str:
    """The sentence for a divergence that is 0."""
    return about.say("same" if same(about.pair) else "nearly_same")


def parts(about: Subject) -> Array:
    """What each outcome or node adds to the measure, (n,), in its unit."""
    one = MEASURES[about.key]
    assert one.term is not None
    factor = UNITS[about.unit] if one.unit == "information" else 1.0
    term: Array = one.term(about.pair.ground, **about.parameters)
    return term * factor


def source(about: Subject, parts: Array, other: str) -> dict[str, str]:
    """Where the positive part of a sum comes from: {"share", "where", "note"}."""
    if about.discrete:
        chosen, where = top_outcomes(about, parts)
        note = about.t("words.almost_zero", other=other) if _bare(about, chosen, other) else ""
    else:
        chosen, where = _top_runs(about, parts, "q" if other == "P" else "p")
        note = ""
    share = float(parts[chosen].sum() / parts[parts > 0].sum())
    return {"share": percent(share, about.t), "where": where, "note": note}


def fewest(amounts: Array, enough: float = ENOUGH) -> Places:
    """The indices of the fewest, largest amounts that make up `enough` of the positive sum."""
    order = np.argsort(-amounts, kind="stable")
    total = np.cumsum(np.maximum(amounts[order], 0.0))
    return order[: int(np.searchsorted(total, enough * total[-1])) + 1]


# ---- outcomes ----


def top_outcomes(about: Subject, parts: Array, x: Array | None = None) -> tuple[Places, str]:
    """The outcomes that give the most, as indices and in words."""
    chosen = np.sort(fewest(parts))
    return chosen, named_outcomes(about, chosen, x)


def named_outcomes(about: Subject, chosen: Places, x: Array | None = None) -> str:
    """Name sorted places among the outcomes x (n,): a list, a range or how many there are."""
    x = about.pair.x if x is None else x
    if len(chosen) <= MOST_NAMED:
        return outcomes(about, x[chosen].tolist())
    if chosen[-1] - chosen[0] == len(chosen) - 1:
        a, b = (outcome(about, float(x[i])) for i in (chosen[0], chosen[-1]))
        return about.t("words.outcome_range", a=a, b=b)
    return about.t("words.outcome_count", n=len(chosen))


def _bare(about: Subject, chosen: Places, other: str) -> bool:
    mass, own = about.pair.p[chosen], about.pair.q[chosen]
    if other == "Q":
        mass, own = own, mass
    return bool(np.all((mass <= ALMOST_ZERO * own) & (mass <= 0.01)))


def outcome(about: Subject, x: float) -> str:
    """The name of an outcome."""
    labels = about.pair.labels
    if labels is None:
        return f"{x:.12g}".replace("-", "−")
    return clipped(labels[int(np.searchsorted(about.pair.x, x))])


def outcomes(about: Subject, x: Sequence[float]) -> str:
    """Name outcomes: "outcome 3", "outcomes 2, 3 and 7"."""
    *first, last = (outcome(about, each) for each in x)
    if not first:
        return about.t("words.outcome", a=last)
    named = about.t("words.and", list=about.t("words.comma").join(first), last=last)
    return about.t("words.outcomes", list=named)


# ---- stretches of x ----


def runs(mask: Mask) -> Places:
    """The runs of a mask, first and end (k, 2)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return edges.reshape(-1, 2)


def larger_runs(pair: Pair, side: str) -> Places:
    """The runs of nodes, first and end (k, 2), where that side is the larger one."""
    ratio = pair.ground.log_ratio
    return runs(ratio > 0 if side == "p" else ratio < 0)


def sums(found: Places, amounts: Array) -> Array:
    """What each run adds up to (k,)."""
    result: Array = np.add.reduceat(np.append(amounts, 0.0), found.ravel())[::2]
    return result


def _top_runs(about: Subject, parts: Array, side: str) -> tuple[Places, str]:
    """The stretches where a side is larger that give the most, as indices of nodes, in words."""
    found = larger_runs(about.pair, side)
    best = found[np.sort(fewest(sums(found, parts)))]
    chosen = np.concatenate([np.arange(a, b) for a, b in best])
    if len(best) > MOST_RUNS:
        return chosen, about.t("words.stretches", n=len(best))
    return chosen, _stretches(about, best, side)


def _stretches(about: Subject, found: Places, side: str) -> str:
    """One or two runs of nodes in words."""
    pair = about.pair
    support = (pair.P if side == "p" else pair.Q).support()
    low = [_crossing(pair, first) if first else support[0][0] for first in found[:, 0]]
    high = [_crossing(pair, end) if end < len(pair.x) else support[-1][1] for end in found[:, 1]]
    return listed(about, low, high)


def listed(about: Subject, low: Sequence[float], high: Sequence[float]) -> str:
    """One or two intervals of x in words."""
    least, most = window(about.pair)
    # Where tails cross far outside of what is shown is of no interest.
    *first, last = (
        between(about, a if a >= least else -math.inf, b if b <= most else math.inf)
        for a, b in zip(low, high, strict=True)
    )
    return about.t("words.and", list=first[0], last=last) if first else last


def between(about: Subject, low: float, high: float) -> str:
    """An interval of x in words; an infinite end is none."""
    view = window(about.pair)
    names = {"a": place(low, view[1] - view[0]), "b": place(high, view[1] - view[0])}
    if math.isinf(low):
        return about.t("words.everywhere" if math.isinf(high) else "words.below", **names)
    return about.t("words.above" if math.isinf(high) else "words.between", **names)


def window(pair: Pair) -> tuple[float, float]:
    """The stretch of x that shows both P and Q."""
    (a, b), (c, d) = pair.P.window(), pair.Q.window()
    return min(a, c), max(b, d)


def place(x: float, width: float) -> str:
    """A place on the line, to a hundredth of the picture's width or so."""
    digits = 3 + max(0, math.ceil(math.log10(max(abs(x) / width, 1e-9)))) if math.isfinite(x) else 3
    return trimmed(number(x, min(digits, 15)))


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


def edges(pair: Pair, found: Places, side: str) -> tuple[Array, Array]:
    """The ends of runs of nodes where a side is larger, (k,) and (k,), to a millionth."""
    x = np.concatenate([[-math.inf], pair.x, [math.inf]])
    support = (pair.P if side == "p" else pair.Q).support()
    ends = []
    for at, outermost in ((found[:, 0], support[0][0]), (found[:, 1], support[-1][1])):
        low, high = x[at], x[at + 1]
        inner = np.isfinite(low) & np.isfinite(high)
        low, high = low[inner], high[inner]
        end = np.full(len(at), outermost)
        end[inner] = _change(pair, low, high, side)
        ends.append(end)
    return ends[0], ends[1]


def _change(pair: Pair, low: Array, high: Array, side: str) -> Array:
    """Between low and high (k,): where the side begins, or ceases, to be the larger one."""
    share = np.linspace(0.0, 1.0, 17)
    for _ in range(ROUNDS):
        x = low[:, None] + (high - low)[:, None] * share
        ratio = pair.on(x.ravel()).log_ratio.reshape(x.shape)
        larger = ratio > 0 if side == "p" else ratio < 0
        step = np.argmax(larger[:, 1:] != larger[:, :-1], axis=1)
        rows = np.arange(len(x))
        low, high = x[rows, step], x[rows, step + 1]
    return 0.5 * (low + high)


# ---- the largest gap of the CDFs ----


class Apart(NamedTuple):
    """Where F and G are furthest apart: at x, or (`before`) just below it."""

    x: float
    f: float
    g: float
    before: bool = False


def furthest(pair: Pair) -> Apart:
    """The place of the largest |F - G|, the leftmost of several."""
    if pair.mixed:
        return _furthest_step(pair)
    i = int(np.argmax(np.abs(pair.gap.values)))
    if pair.discrete:
        f, g = (min(float(mass[: i + 1].sum()), 1.0) for mass in (pair.p, pair.q))
        return Apart(float(pair.x[i]), f, g)
    low, high = float(pair.x[max(i - 1, 0)]), float(pair.x[min(i + 1, len(pair.x) - 1)])
    best = float(pair.x[i])
    for _ in range(ROUNDS):
        x = np.linspace(low, high, 17)
        gap = np.abs(pair.P.cdf(x) - pair.Q.cdf(x))
        i = int(np.argmax(gap))
        # Where the CDFs run parallel, rounding has no say.
        best = float(np.median(x[gap >= gap[i] * (1 - 1e-9)]))
        low, high = float(x[max(i - 1, 0)]), float(x[min(i + 1, 16)])
    return Apart(best, float(pair.P.cdf(best)), float(pair.Q.cdf(best)))


def _furthest_step(pair: Pair) -> Apart:
    """The same for outcomes against a density: at one of the outcomes, or just below it."""
    first = pair.P.kind == "discrete"
    steps, curve = (pair.P, pair.Q) if first else (pair.Q, pair.P)
    x, logs = steps.atoms()
    after = np.minimum(np.cumsum(np.exp(logs)), 1.0)
    level = curve.cdf(x)
    gaps = np.stack([np.concatenate([[0.0], after[:-1]]), after])
    side, i = np.unravel_index(int(np.argmax(np.abs(gaps - level))), gaps.shape)
    f, g = float(gaps[side, i]), float(level[i])
    return Apart(float(x[i]), f if first else g, g if first else f, before=side == 0)
