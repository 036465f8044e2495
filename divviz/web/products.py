"""Pictures of overlaps: differences, coloured by who is larger, and products of powers of p and q.

A product such as p² q⁻¹ may be too large for any number, and may lie outside of what is shown:
it is drawn from its log, in a power of ten that the heading names, and what lies further out is
told at the edge.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from divviz.convergence import powers_spelled
from divviz.dist import QUIET
from divviz.measures import MEASURES, UNITS
from divviz.powers import Places, log_sum
from divviz.powers import places as resolved
from divviz.web import spelling
from divviz.web.setting import (
    GLYPH,
    STRIP,
    Mask,
    Setting,
    by_sign,
    curve,
    dash,
    only,
    powers,
    strip,
)
from divviz.web.sheet import Array, Note, Row, Trace, filled, hatched, line, note, y_axis

LOG_10 = math.log(10.0)
PLAIN = (-20.0, 14.0)  # the logs of what is drawn without a power of ten
HEADROOM = 4.0
WORTH_NOTING = 0.005  # of a sum that lies outside of what is shown


# ---- differences ----


def by_who(name: str) -> Callable[[Setting], list[Row]]:
    """A strip of a term that is never negative: plain where P is larger, hatched where Q is."""

    def rows(setting: Setting) -> list[Row]:
        term = setting.term(setting.key)
        return [strip(setting, STRIP, name, _sides(setting, term), term)]

    return rows


def _sides(setting: Setting, term: Array) -> list[Trace]:
    finite = np.where(np.isfinite(term), term, 0.0)
    ratio = setting.ground.log_ratio
    ours, theirs = (only(setting, np.where(side, finite, 0.0)) for side in (ratio > 0, ratio < 0))
    return [
        filled(curve(setting, ours, "@more"), "@more/0.3"),
        hatched(filled(curve(setting, theirs, "@less"), "@less/0.2"), "@less"),
    ]


def chi_square(name: str) -> Callable[[Setting], list[Row]]:
    """The same for (p - q)^2 / q or (p - q)^2 / p, from its log."""

    @QUIET
    def rows(setting: Setting) -> list[Row]:
        def logs(at: Places) -> Array:
            d = np.abs(at.log_ratio)
            below = at.log_q if setting.key == "chi2_pearson" else at.log_p
            return 2 * (np.maximum(at.log_p, at.log_q) + np.log(-np.expm1(-d))) - below

        term, power = _in_tens(setting, logs(_drawn(setting)))
        one = strip(setting, STRIP, name + power, _sides(setting, term), term)
        return [_noted(_cut_off(setting, one), _further_out(setting, logs))]

    return rows


# ---- products ----


@QUIET
def affinity(setting: Setting) -> list[Row]:
    """P, Q and √(pq) between them."""
    return [_product(setting, 0.5, 0.5, "√(pq)")]


@QUIET
def product(setting: Setting) -> list[Row]:
    """P, Q and p^a q^(1 - a), which is summed."""
    a, b = powers(setting)
    name = powers_spelled(a, b)
    return [_product(setting, a, b, name if a else f"p⁰ {name}".strip())]


def _product(setting: Setting, a: float, b: float, name: str) -> Row:
    def logs(at: Places) -> Array:
        return at.power(a, b) - at.log_weights

    term, power = _in_tens(setting, logs(_drawn(setting)))
    shaded = filled(curve(setting, np.where(np.isfinite(term), term, 0.0), "@m"), "@m/0.25")
    sides = [("p", setting.ground.p)] + ([("q", setting.ground.q)] if b else [])
    # Beside a power of ten P and Q would be flat.
    shown = [] if power else sides
    drawn = [curve(setting, y, f"@{who}", dash(who)) for who, y in shown]
    one = strip(setting, STRIP, name + power, [shaded, *drawn], *(y for _, y in shown), term)
    key = tuple((f"{GLYPH[who]} {who}", f"@{who}") for who, _ in shown)
    return _noted(_cut_off(setting, replace(one, key=key)), _further_out(setting, logs))


def ratio(setting: Setting) -> list[Row]:
    """log p/q where P has mass, and the largest of it: the divergence of order infinity."""
    factor = UNITS[setting.unit] if MEASURES[setting.key].unit == "information" else 1.0
    logs = np.where(setting.ground.p > 0, setting.ground.log_ratio * factor, 0.0)
    most = setting.value("renyi", alpha=math.inf) if setting.key == "renyi" else math.inf
    level = [most] if math.isfinite(most) else []
    data = by_sign(setting, logs, "@more", "@less") + _level(setting, level)
    series = np.where(np.isposinf(logs), 0.0, logs)
    return [_levelled(strip(setting, STRIP, "log p/q", data, np.array(level), logs), series, level)]


def peak(setting: Setting) -> list[Row]:
    """P and its highest point, whose -log is the entropy of order infinity."""
    p = setting.ground.p
    entropy = setting.value("renyi_entropy", alpha=math.inf) / UNITS[setting.unit]
    level = [math.exp(-entropy)] if math.isfinite(entropy) else []
    data = [filled(curve(setting, p, "@p"), "@p/0.22"), *_level(setting, level)]
    row = _levelled(strip(setting, STRIP, "p", data, np.array(level), p), p, level)
    if level:
        return [row]
    pole = float(setting.x[np.argmax(p)])
    return [_noted(row, [note(pole, row.y["range"][1], "∞", 22, yanchor="top")])]


def _level(setting: Setting, level: Sequence[float]) -> list[Trace]:
    """A dotted line across the picture."""
    view = np.array(setting.view)
    return [line(view, np.array([y, y]), "@ink/0.8", 1.5, "dot") for y in level]


def _levelled(row: Row, series: Array, level: Sequence[float]) -> Row:
    """The row with room above its level, and what that is."""
    high = y_axis(series, np.array(level), np.array([1.15 * y for y in level if y > 0]))
    low, right = high["range"][0], row.x["range"][1]
    side: dict[str, Any] = {"xanchor": "right", "yanchor": "bottom", "xshift": -6, "yshift": 1}
    marks = [note(right, y, f"max = {spelling.number(y)}", **side) for y in level]
    y = row.y | {"range": [min(low, row.y["range"][0]), max(high["range"][1], row.y["range"][1])]}
    return replace(row, y=y, notes=(*row.notes, *marks))


# ---- very large, very small, and further out ----


def _drawn(setting: Setting) -> Places:
    """P and Q at the places that are drawn, each with the weight 1."""
    g = setting.ground
    return Places(g.x, g.log_p, g.log_q, g.log_ratio, np.zeros(len(g.x)))


def _endless(setting: Setting) -> Mask:
    """Where a term is infinite: a negative power meets a zero of p or of q."""
    a, b = powers(setting)
    g = setting.ground
    p, q = np.isfinite(g.log_p), np.isfinite(g.log_q)
    return p & ~q if b < 0 else q & ~p if a < 0 else np.zeros(len(g.x), bool)


@QUIET
def _in_tens(setting: Setting, logs: Array) -> tuple[Array, str]:
    """The term (n,), in a power of ten if it needs one, and that as the end of a heading.

    One that grows without bound is cut off above P and Q, which it would press flat.
    """
    endless = _endless(setting)
    logs = np.where(endless, -np.inf, logs)
    most = _most(setting)
    if most is not None:
        return np.where(endless, np.inf, np.minimum(np.exp(logs), most)), ""
    finite = logs[np.isfinite(logs)]
    top = float(finite.max()) if finite.size else 0.0
    power = 0 if PLAIN[0] < top < PLAIN[1] else math.floor(top / LOG_10)
    name = f" / 10{spelling.superscript(power)}" if power else ""
    return np.where(endless, np.inf, np.exp(logs - power * LOG_10)), name


def _most(setting: Setting) -> float | None:
    """Where to cut off a term that grows without bound; None for any other."""
    found = MEASURES[setting.key].why(setting.pair, **setting.parameters)
    if found is None or found.code != "endless":
        return None
    return HEADROOM * max(float(setting.ground.p.max()), float(setting.ground.q.max()))


def _cut_off(setting: Setting, row: Row) -> Row:
    """The row with its top where the term is cut off, so that it runs off the picture."""
    most = _most(setting)
    if most is None:
        return row
    notes = [mark | {"y": most} for mark in row.notes]
    return replace(row, y=row.y | {"range": [row.y["range"][0], most]}, notes=notes)


@QUIET
def _further_out(setting: Setting, logs: Callable[[Places], Array]) -> list[Note]:
    """At each edge, the share of the sum that lies beyond it; none where the sum is infinite."""
    pair, t = setting.pair, setting.t
    if pair.labels or MEASURES[setting.key].why(pair, **setting.parameters) is not None:
        return []
    at = resolved(pair, *powers(setting))
    weighted = logs(at) + at.log_weights
    whole = log_sum(weighted)
    if not math.isfinite(whole):
        return []
    low, high = setting.ground.x[[0, -1]] if setting.discrete else setting.view
    left, right = setting.view
    top: dict[str, Any] = {"yref": "paper", "yanchor": "top", "bgcolor": "@paper/0.8"}
    notes = []
    for side, edge, shift, out in (
        ("left", left, 6, at.x < low),
        ("right", right, -6, at.x > high),
    ):
        share = math.exp(log_sum(weighted[out]) - whole)
        if share > WORTH_NOTING:
            text = t(f"words.{side}_out", share=spelling.percent(share, t))
            notes.append(note(edge, 1, text, xanchor=side, xshift=shift, **top))
    return notes


def _noted(row: Row, notes: Sequence[Note]) -> Row:
    return replace(row, notes=(*row.notes, *notes))
