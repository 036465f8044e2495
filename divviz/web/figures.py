"""Each number's own picture: (Pair, measure) -> a Plotly figure as a plain dict, in colour tokens.

At most two rows, the last on the board's x axis. P is solid and Q dashed, what adds is plain and
what takes back is hatched, so that no picture needs its colours to be read.
"""

import math
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from divviz.measures import MEASURES
from divviz.pair import Pair
from divviz.web import products, ways, words
from divviz.web.setting import (
    GLYPH,
    MOST_BARS,
    STRIP,
    Setting,
    View,
    by_sign,
    curve,
    dash,
    eased,
    places,
    setting,
    strip,
)
from divviz.web.sheet import (
    PALETTES,
    Array,
    Figure,
    Note,
    Row,
    Trace,
    axis,
    filled,
    line,
    note,
    pack,
    plain,
    resolve,
    sheet,
    y_axis,
)
from divviz.web.text import Translate
from divviz.web.ways import PARCELS

__all__ = ["PALETTES", "PARCELS", "PICTURES", "eased", "pack", "picture", "places", "resolve"]

BARS = 78  # the height of a row in pixels
LINE = 44  # letters to a line of a note that a phone can show


def picture(
    pair: Pair, key: str, unit: str, t: Translate, view: View | None = None, **parameters: float
) -> Figure:
    """Return the picture of a measure of MEASURES: {"data", "layout"}, JSON-ready.

    `view` is the stretch of x that the board shows; without it, what shows both distributions.
    Outcomes stand in slots 0, 1, ... as on the board; beside a density they stand on its line.
    """
    given = MEASURES[key].checked(parameters, defaults=True)
    shown = words.pictured(pair, key, **given)
    stage = setting(pair, key, unit, t, view, given)
    if not shown:
        return sheet(*_undefined(stage))
    if shown in MEASURES and shown != key:
        stage = replace(stage, key=shown, parameters={})
    return sheet(*PICTURES.get(shown, _plain)(stage))


def strip_alone(pair: Pair, key: str, unit: str, t: Translate, view: View | None = None) -> Figure:
    """Return the last row of a measure's picture: what each place adds."""
    stage = setting(pair, key, unit, t, view, MEASURES[key].checked({}, defaults=True))
    return sheet(PICTURES.get(key, _plain)(stage)[-1])


def _undefined(setting: Setting) -> list[Row]:
    """An empty picture that says why there is none."""
    found = MEASURES[setting.key].why(setting.pair, **setting.parameters)
    text = plain(words.reason(found, setting.t))
    wide = any(unicodedata.east_asian_width(letter) == "W" for letter in text)
    lines = textwrap.wrap(text, LINE // 2 if wide else LINE, break_long_words=wide)
    middle = (setting.view[0] + setting.view[1]) / 2
    y = axis(range=[0, 1], showgrid=False, showticklabels=False)
    return [Row(STRIP, [], setting.axis, y, notes=[note(middle, 0.5, "<br>".join(lines))])]


def _plain(setting: Setting) -> list[Row]:
    """What each place adds, for a measure that has no picture of its own."""
    term = MEASURES[setting.key].term
    if term is None or setting.pair.mixed:
        return ways.steps(setting)
    y = setting.term(setting.key)
    if (y < 0).any():
        data = by_sign(setting, y, "@more", "@less")
        return [strip(setting, STRIP, MEASURES[setting.key].symbol, data, y)]
    return products.by_who(MEASURES[setting.key].symbol)(setting)


# ---- rows ----


class Bar(NamedTuple):
    """One bar of a tower, from start to end; an infinite end runs off the edge."""

    label: str
    start: float
    end: float
    colour: str
    dash: str = "solid"


def _tower(bars: Sequence[Bar]) -> Row:
    """Horizontal bars one under the other; each may lie on either side of zero."""
    every = [v for bar in bars for v in (bar.start, bar.end)]
    finite = [0.0, *(v for v in every if math.isfinite(v))]
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    endless = len(finite) <= len(every)
    edge = high + (span if endless else 0.36 * span)
    data: list[Trace] = []
    notes: list[Note] = []
    for y, bar in enumerate(reversed(bars)):
        stop = bar.end if math.isfinite(bar.end) else edge
        x = np.array([bar.start, bar.start, stop, stop, bar.start])
        shape = line(x, y + 0.33 * np.array([-1, 1, 1, -1, -1]), bar.colour, 1.5, bar.dash)
        data.append(filled(shape, f"{bar.colour}/0.22", "toself"))
        notes.append(_size(y, bar, stop))
    data.append(_joints(bars))
    return Row(
        BARS,
        data,
        axis(range=[low - 0.02 * span, edge], showgrid=False, showticklabels=False, zeroline=True),
        axis(
            range=[-0.5, len(bars) - 0.5],
            showgrid=False,
            tickvals=list(range(len(bars))),
            ticktext=[bar.label for bar in reversed(bars)],
        ),
        notes=notes,
    )


def _size(y: int, bar: Bar, stop: float) -> Note:
    if math.isinf(bar.end):
        return note(stop, y, "∞ →", 16, xanchor="right", xshift=-6)
    text = words.number(bar.end - bar.start)
    return note(max(bar.start, stop), y, text, xanchor="left", xshift=6)


def _joints(bars: Sequence[Bar]) -> Trace:
    """Dotted lines where the sum's parts meet: the second bar ends where the third begins."""
    whole, first, _ = bars
    x = np.array([first.end, first.end, np.nan, whole.end, whole.end])
    y = np.array([0.67, 0.33, np.nan, 1.67, 0.33])
    return line(np.where(np.isinf(x), np.nan, x), y, "@ink/0.6", 1, "dot")


def _sum_of_two(setting: Setting, side: str) -> Row:
    """H(P,Q) = H(P) + KL(P‖Q), or the same with P and Q swapped, as bars."""
    other = "q" if side == "p" else "p"
    own = setting.value(f"entropy_{side}")
    whole = own + setting.value(f"kl_{side}{other}")
    a, b = side.upper(), other.upper()
    return _tower(
        [
            Bar(f"H({a},{b})", 0.0, whole, "@ink"),
            Bar(f"H({a})", 0.0, own, f"@{side}", dash(side)),
            Bar("KL", own, whole, "@m"),
        ]
    )


# ---- pictures ----


def _entropy(side: str) -> Callable[[Setting], list[Row]]:
    def rows(setting: Setting) -> list[Row]:
        term = setting.term(f"entropy_{side}")
        data = by_sign(setting, term, f"@{side}", f"@{side}", dash(side))
        return [strip(setting, STRIP, f"−{side} log {side}", data, term)]

    return rows


def _cross_entropy(side: str, other: str) -> Callable[[Setting], list[Row]]:
    def rows(setting: Setting) -> list[Row]:
        own, whole = setting.term(f"entropy_{side}"), setting.term(setting.key)
        finite = np.where(np.isfinite(whole), whole, own)
        inner, outer = (
            curve(setting, y, f"@{who}", dash(who)) for who, y in ((side, own), (other, finite))
        )
        data = [filled(inner, f"@{side}/0.22"), filled(outer, "@m/0.2", "tonexty")]
        row = strip(setting, STRIP, f"−{side} log {other}", data, own, whole)
        key = tuple((f"{GLYPH[who]} −{side} log {who}", f"@{who}") for who in (side, other))
        return [_sum_of_two(setting, side), replace(row, heading="", key=key)]

    return rows


def _kl(side: str, other: str) -> Callable[[Setting], list[Row]]:
    def rows(setting: Setting) -> list[Row]:
        term = setting.term(setting.key)
        up, down = ("@more", "@less") if side == "p" else ("@less", "@more")
        data = by_sign(setting, term, up, down)
        row = strip(setting, STRIP, f"{side} log {side}/{other}", data, term)
        return [_sum_of_two(setting, side), row]

    return rows


def _js(setting: Setting) -> list[Row]:
    p, q = setting.ground.p, setting.ground.q
    w = setting.parameters.get("weight", 0.5)
    m = w * p + (1 - w) * q
    data = [
        filled(curve(setting, p, "@p"), "@p/0.22"),
        curve(setting, q, "@q", "dash"),
        _middle(setting, m),
    ]
    above = Row(
        STRIP - 40,
        data,
        setting.axis | {"showticklabels": False},
        y_axis(p, q),
        key=tuple((f"{GLYPH[side]} {side.upper()}", f"@{side}") for side in "pqm"),
    )
    term = setting.term(setting.key)
    area = filled(curve(setting, term, "@m"), "@m/0.3")
    name = "½ p log p/m + ½ q log q/m" if w == 0.5 else "w p log p/m + (1 − w) q log q/m"
    if setting.key == "topsoe":
        name = "p log p/m + q log q/m"
    return [above, strip(setting, STRIP - 50, name, [area], term)]


def _middle(setting: Setting, m: Array) -> Trace:
    """The mixture: a line over each bar, or a curve."""
    if not setting.discrete or len(m) > MOST_BARS:
        return curve(setting, m, "@m", width=2.5)
    h, x = setting.half, setting.x
    gaps = np.column_stack([x - h, x + h, np.full_like(x, np.nan)]).ravel()
    return line(gaps, np.repeat(m, 3), "@m", 3)


PICTURES: dict[str, Callable[[Setting], list[Row]]] = {
    "entropy_p": _entropy("p"),
    "entropy_q": _entropy("q"),
    "cross_entropy_pq": _cross_entropy("p", "q"),
    "cross_entropy_qp": _cross_entropy("q", "p"),
    "kl_pq": _kl("p", "q"),
    "kl_qp": _kl("q", "p"),
    "js": _js,
    "js_distance": _js,
    "topsoe": _js,
    "jeffreys": products.by_who("(p − q) log p/q"),
    "perplexity": _entropy("p"),
    "tv": products.by_who("½ |p − q|"),
    "hellinger": products.by_who("½ (√p − √q)²"),
    "hellinger_squared": products.by_who("½ (√p − √q)²"),
    "squared_chord": products.by_who("(√p − √q)²"),
    "bhattacharyya_coefficient": products.affinity,
    "bhattacharyya_distance": products.affinity,
    "triangular_discrimination": products.by_who("(p − q)² / (p + q)"),
    "mse": products.by_who("(p − q)²"),
    "chi2_pearson": products.chi_square("(p − q)² / q"),
    "chi2_neyman": products.chi_square("(p − q)² / p"),
    "renyi": products.product,
    "tsallis": products.product,
    "alpha_divergence": products.product,
    "renyi_entropy": products.product,
    "tsallis_entropy": products.product,
    "w1": ways.way,
    "wasserstein": ways.way,
    "energy_distance": ways.energy,
    "kolmogorov_smirnov": ways.largest,
    "cramer_von_mises": ways.cramer,
    "mmd": ways.blurred,
    # Where a parameter makes another picture of it, and outcomes beside a density.
    "js_weighted": _js,
    "ratio": products.ratio,
    "peak": products.peak,
    "steps": ways.steps,
}
