"""What is said about overlaps, chi-squares and distances between CDFs; every claim is computed."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from divviz import overlap
from divviz.dist import QUIET, Array
from divviz.ground import Ground
from divviz.pair import Pair
from divviz.powers import places
from divviz.web import whereabouts
from divviz.web.spelling import number, order, percent
from divviz.web.whereabouts import Places, Subject, between, furthest, parts, same, zero

Say = Callable[[Subject], str]
TENTH = 0.1
EVENT = 0.9999  # the share of the total variation that the event named should carry


# ---- overlap ----


def _tv(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    if about.pair.disjoint:
        return about.say("overlap_full", most="1")
    p, q, event = _event_of_outcomes(about) if about.discrete else _event_of_stretches(about)
    return about.say("tv", value=number(about.value), a=number(p), b=number(q), event=event)


class Event(NamedTuple):
    """A set of places: the mass of P and of Q there, and the set in words."""

    p: float
    q: float
    words: str


def _event_of_outcomes(about: Subject) -> Event:
    """The smaller one of the sets of outcomes where P, or where Q, is larger."""
    ratio, x = about.pair.ground.log_ratio, about.pair.x
    sides = {"P": np.flatnonzero(ratio > 0), "Q": np.flatnonzero(ratio < 0)}
    # What rounding leaves of nearly equal masses may lie on one side alone.
    who, chosen = min(
        ((who, chosen) for who, chosen in sides.items() if chosen.size),
        key=lambda side: len(side[1]),
    )
    whole = len(chosen) == chosen[-1] - chosen[0] + 1
    if len(chosen) <= whereabouts.MOST_NAMED or whole:
        named = whereabouts.named_outcomes(about, chosen, x)
    else:
        named = about.t("words.larger", who=who)
    return Event(float(about.pair.p[chosen].sum()), float(about.pair.q[chosen].sum()), named)


def _event_of_stretches(about: Subject) -> Event:
    """The set of stretches where P, or where Q, is larger, whichever has fewer of them."""
    pair, amounts = about.pair, parts(about)
    found: list[tuple[int, str, Places]] = []
    for side in ("p", "q"):
        runs = whereabouts.larger_runs(pair, side)
        if len(runs) and whereabouts.sums(runs, amounts).any():
            best = np.sort(whereabouts.fewest(whereabouts.sums(runs, amounts), EVENT))
            few = len(best) <= whereabouts.MOST_RUNS
            found.append((len(best), side, runs[best] if few else runs))
    count, side, runs = min(found, key=lambda each: each[0])
    low, high = whereabouts.edges(pair, runs, side)
    p, q = (float((dist.cdf(high) - dist.cdf(low)).sum()) for dist in (pair.P, pair.Q))
    if count > whereabouts.MOST_RUNS:
        return Event(p, q, about.t("words.larger", who=side.upper()))
    return Event(p, q, whereabouts.listed(about, low.tolist(), high.tolist()))


def _hellinger(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    if about.pair.disjoint:
        return about.say("overlap_full", most="1")
    square = about.value**2
    ends = {"low": number(square), "high": number(about.value * math.sqrt(2 - square))}
    return about.say("hellinger", value=number(about.value), tv=number(about.other("tv")), **ends)


def _of_overlap(key: str, most: str) -> Say:
    """A number that is made of another one, up to a maximum."""

    def say(about: Subject) -> str:
        if about.value == 0:
            return zero(about)
        if about.pair.disjoint:
            return about.say("overlap_full", most=most)
        return about.say(about.key, value=number(about.value), other=number(about.other(key)))

    return say


def _coefficient(about: Subject) -> str:
    square = about.other("hellinger_squared")
    if about.pair.disjoint:
        return about.say("overlap_none")
    if about.value == 0:
        return about.say("overlap_tiny")
    if square == 0:
        return about.say("overlap_same" if same(about.pair) else "overlap_nearly")
    return about.say("bhattacharyya_coefficient", value=number(about.value), rest=number(square))


def _bhattacharyya(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    return about.say("bhattacharyya_distance", value=about.amount(about.value))


def _triangular(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    if about.pair.disjoint:
        return about.say("overlap_full", most="2")
    half = about.value / 2
    ends = {"low": number(half), "high": number(math.sqrt(half))}
    tv = number(about.other("tv"))
    return about.say("triangular_discrimination", value=number(about.value), tv=tv, **ends)


# ---- squares ----


def _chi2(side: str, other: str) -> Say:
    def say(about: Subject) -> str:
        if about.value == 0:
            return zero(about)
        pair = about.pair if side == "p" else about.pair.swapped
        ground = _resolved(pair)
        amounts = overlap.pearson_term(ground)
        if not math.isfinite(amounts.sum()):
            return about.say("overlap_plain", value=number(about.value))
        find = _biggest_outcomes if about.discrete else _biggest_stretch
        share, p, q, where = find(about, pair, ground, amounts)
        shares = {"share": share, "mass": p, "rest": q}
        spelled = {name: percent(share, about.t) for name, share in shares.items()}
        names = {"who": side.upper(), "other": other.upper()}
        return about.say("chi2", value=number(about.value), where=where, **spelled, **names)

    return say


@QUIET
def _resolved(pair: Pair) -> Ground:
    """P and Q at nodes of their own: (p - q)^2 / q may live where neither has mass."""
    if pair.labels:
        return pair.ground
    g = places(pair, 2.0, -1.0).ground
    order = np.argsort(g.x, kind="stable")
    return g.take(order)


def _biggest_outcomes(
    about: Subject, _: Pair, ground: Ground, amounts: Array
) -> tuple[float, float, float, str]:
    """The outcomes that give most: their share of the sum, their mass, and in words."""
    chosen, where = whereabouts.top_outcomes(about, amounts, ground.x)
    share = float(amounts[chosen].sum() / amounts.sum())
    return share, float(ground.p[chosen].sum()), float(ground.q[chosen].sum()), where


def _biggest_stretch(
    about: Subject, pair: Pair, ground: Ground, amounts: Array
) -> tuple[float, float, float, str]:
    """The same for the stretch of x between the first and the last tenth of the sum."""
    total = np.cumsum(amounts) / amounts.sum()
    if pair.mesh.order == 1:
        # One node stands for a panel on which both densities are constant.
        panels = pair.mesh.panels
        ends = panels.anchor + np.stack([panels.start, panels.stop])
        before = np.concatenate([[0.0], total[:-1]])
        x, share = ends.T.ravel(), np.column_stack([before, total]).ravel()
    else:
        x, share = ground.x, total - 0.5 * amounts / amounts.sum()
    low, high = np.interp([TENTH, 1 - TENTH], share, x).tolist()
    p, q = (float(dist.cdf(high) - dist.cdf(low)) for dist in (pair.P, pair.Q))
    return 1 - 2 * TENTH, p, q, between(about, low, high)


def _mse(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    value = number(about.value)
    if not about.discrete:
        return about.say("mse_continuous", value=value)
    amounts = parts(about)
    chosen, where = whereabouts.top_outcomes(about, amounts)
    share = percent(float(amounts[chosen].sum() / amounts.sum()), about.t)
    count = str(overlap.listed(about.pair))
    return about.say("mse_discrete", value=value, n=count, share=share, where=where)


# ---- CDFs ----


def _w1(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
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


def _wasserstein(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    p, w1 = about.parameters["p"], about.other("w1")
    fields = {"value": number(about.value), "w1": number(w1)}
    if p == 1:
        return about.say("wasserstein_1", **fields)
    if about.value <= w1 * (1 + 1e-9):
        return about.say("wasserstein_same", **fields)
    return about.say("wasserstein_sup" if math.isinf(p) else "wasserstein", **fields)


def _energy(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    w1 = about.other("w1")
    fields = {"value": about.own(about.value), "square": number(about.value**2)}
    if math.isinf(w1):
        return about.say("energy_far", **fields)
    return about.say("energy", w1=number(w1), **fields)


def _kolmogorov(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    apart = furthest(about.pair)
    fields = {"value": number(about.value), "f": number(apart.f), "g": number(apart.g)}
    return about.say("kolmogorov_smirnov", where=_spot(about, apart), **fields)


def _spot(about: Subject, apart: whereabouts.Apart) -> str:
    if about.discrete:
        return about.t("words.at", place=whereabouts.outcomes(about, [apart.x]))
    low, high = whereabouts.window(about.pair)
    x = f"x = {whereabouts.place(apart.x, (high - low) or 1.0)}"
    return about.t("words.just_below" if apart.before else "words.at", place=x)


def _cramer(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    ends = {"root": number(math.sqrt(about.value)), "ks": number(about.other("kolmogorov_smirnov"))}
    return about.say("cramer_von_mises", value=number(about.value), **ends)


def _mmd(about: Subject) -> str:
    if about.value == 0:
        return zero(about)
    return about.say("mmd", value=number(about.value), sigma=order(about.parameters["sigma"]))


SENTENCES: dict[str, Say] = {
    "tv": _tv,
    "hellinger": _hellinger,
    "hellinger_squared": _of_overlap("bhattacharyya_coefficient", "1"),
    "squared_chord": _of_overlap("hellinger_squared", "2"),
    "bhattacharyya_coefficient": _coefficient,
    "bhattacharyya_distance": _bhattacharyya,
    "triangular_discrimination": _triangular,
    "chi2_pearson": _chi2("p", "q"),
    "chi2_neyman": _chi2("q", "p"),
    "mse": _mse,
    "w1": _w1,
    "wasserstein": _wasserstein,
    "energy_distance": _energy,
    "kolmogorov_smirnov": _kolmogorov,
    "cramer_von_mises": _cramer,
    "mmd": _mmd,
}
