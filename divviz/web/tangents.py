"""Pictures of a generator: its curve with what each outcome adds, its tangents, its conjugate."""

import math
from typing import NamedTuple

import numpy as np

from divviz.bent import tangent
from divviz.dist import QUIET
from divviz.generators import Generator
from divviz.pair import Pair
from divviz.pulled import DEPTH, RIGHT, tall_enough
from divviz.web.setting import Setting, curve, only, setting, strip
from divviz.web.sheet import (
    Array,
    Figure,
    Note,
    Row,
    Trace,
    axis,
    bars,
    filled,
    hatched,
    line,
    note,
    plain,
    plain_and_hatched,
    sheet,
    upright_line,
    where_finite,
)
from divviz.web.spelling import cut_to, short
from divviz.web.text import Translate

LEFT = -0.2  # where a picture begins
STEPS = 200
APART = 0.3  # of u: names that are nearer stand at different heights
MOST_NAMES = 8
MOST_LETTERS = 6  # of a name
LARGE = 1e300
UPPER, LOWER = 264, 78  # the heights of the board's rows in pixels
TOUCHES = (0.05, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)  # where the faint tangents touch
LEAST_T, MOST_T = -5.0, 7.0  # the slopes that the picture of a conjugate may show


class Tilt(NamedTuple):
    """f with c (u - 1) added, and its limits f(0) and f'(inf): what shares need of a generator."""

    one: Generator
    c: float = 0.0

    @QUIET
    def __call__(self, u: Array) -> Array:
        """f(u) + c (u - 1) at u >= 0 of any shape."""
        shifted: Array = self.one.f(u) + (self.c * (u - 1) if self.c else 0.0)
        return shifted

    @property
    def rise(self) -> float:
        """What a place adds for each unit of P's mass where Q has none."""
        return self.one.critic[1] + self.c


def ratios(p: Array, q: Array) -> Array:
    """p/q (n,): infinite where only q is 0, NaN where both are."""
    with np.errstate(all="ignore"):
        return np.where((p == 0) & (q == 0), np.nan, p / q)


@QUIET
def shares(f: Tilt, p: Array, q: Array) -> Array:
    """q f(p/q) (n,): p f'(inf) where q is 0, and nothing where both are."""
    inner = q * f(np.minimum(np.where(q > 0, p / q, 1.0), LARGE))
    outer = np.where(p > 0, p * f.rise if math.isfinite(f.rise) else np.inf, 0.0)
    return np.where(q > 0, np.where((q > 0) & np.isnan(inner), np.inf, inner), outer) + 0.0


# ---- the curve and the outcomes on it ----


def board(one: Generator, pair: Pair, value: float, tall: float, unit: str, t: Translate) -> Figure:
    """f with each outcome on it, and below it what each adds; `value` is D_f, `tall` the top."""
    stage = setting(pair, "tv", unit, t, None, {})
    return sheet(_upper(Tilt(one), stage, value, tall), _lower(Tilt(one), stage, LOWER))


def tilted(one: Generator, c: float, pair: Pair, unit: str, t: Translate) -> Figure:
    """f and f + c (u - 1), and what each outcome adds with the second."""
    stage = setting(pair, "tv", unit, t, None, {})
    f, tall = Tilt(one, c), tall_enough(one)
    x = _grid()
    plainly = line(x, where_finite(Tilt(one)(np.maximum(x, 0.0))), "@ink/0.6", 1.5, "dot")
    reach = _y(1.4 * tall)
    upper = Row(
        170,
        [plainly, _line(f)],
        _u_axis(),
        reach,
        "f(u)",
        (("┄ f", "@ink"), ("━ f + c (u − 1)", "@m")),
    )
    return sheet(upper, _lower(f, stage, 90))


def _grid() -> Array:
    return np.unique(np.concatenate([np.linspace(0.0, RIGHT, STEPS), np.geomspace(1e-4, 1, 40)]))


def _line(f: Tilt) -> Trace:
    x = _grid()
    return line(x, where_finite(f(x)), "@m", 2.5)


def _u_axis() -> dict[str, object]:
    ticks = [0, 0.5, 1, 2, 3, 4]
    texts = ["0", "½", "1", "2", "3", "4"]
    return axis(range=[LEFT, RIGHT], showgrid=False, tickvals=ticks, ticktext=texts)


def _y(tall: float) -> dict[str, object]:
    return axis(range=[-DEPTH * tall, tall], nticks=5, zeroline=True)


def _upper(f: Tilt, stage: Setting, value: float, tall: float) -> Row:
    p, q = stage.ground.p, stage.ground.q
    u = ratios(p, q)
    weight = q / max(float(q.max()), 1e-300)
    stems: list[Array] = []
    marks: list[Note] = [
        note(1, 0, "f(1) = 0", 11, "@ink/0.8", xanchor="left", yanchor="top", xshift=3, yshift=-5)
    ]
    room = -math.inf
    for i in np.argsort(u, kind="stable").tolist():
        if not u[i] <= RIGHT:  # infinite, beyond the picture, or nothing at all
            continue
        height = min(float(f(np.array(u[i]))), tall)
        stems.append(np.array([[u[i], 0.0], [u[i], height], [np.nan, np.nan]]))
        more = u[i] >= 1
        colour, glyph = ("@p", "●") if more else ("@q", "◆")
        marks.append(note(float(u[i]), height, glyph, round(9 + 13 * math.sqrt(weight[i])), colour))
        if len(u) <= MOST_NAMES:
            lift = 30 if u[i] - room < APART else 14
            room = -math.inf if lift == 30 else float(u[i])
            name, at = plain(cut_to(stage.names[i], MOST_LETTERS)), (float(u[i]), height)
            cut_off = {"xanchor": "left", "xshift": 12, "yanchor": "top"}
            marks.append(note(*at, name, 11, **(cut_off if height == tall else {"yshift": lift})))
    data = [_line(f)]
    if stems:
        data.insert(0, _stems(stems))
    marks += _outside(stage, u, tall) + _mean(value, tall)
    return Row(UPPER, data, _u_axis(), _y(tall), "f(u),  u = p/q", notes=marks)


def _stems(stems: list[Array]) -> Trace:
    x, y = np.vstack(stems).T
    return line(x, y, "@ink/0.45", 1, "dot")


def _outside(stage: Setting, u: Array, tall: float) -> list[Note]:
    """Who stands further right than the picture goes."""
    out = [stage.names[i] for i in np.flatnonzero(u > RIGHT).tolist()]
    if not out:
        return []
    text = ", ".join(plain(cut_to(name, MOST_LETTERS)) for name in out[:3]) + (
        "…" if len(out) > 3 else ""
    )
    return [note(RIGHT, -DEPTH * tall, f"{text} →", xanchor="right", yanchor="bottom", yshift=3)]


def _mean(value: float, tall: float) -> list[Note]:
    """The centre of mass of the outcomes: above u = 1, as high as the divergence."""
    if value > tall:
        return [note(1, tall, "D_f ↑", 13, "@m", yanchor="top")]
    above = note(1, value, "D_f", 13, "@m", yanchor="bottom", yshift=24)
    return [note(1, value, "▲", 15, "@m"), above]


def _lower(f: Tilt, stage: Setting, height: int) -> Row:
    """What each outcome adds: plain where P is larger, hatched where Q is."""
    p, q = stage.ground.p, stage.ground.q
    term = shares(f, p, q)
    finite = where_finite(term, 0.0)
    ours, theirs = (only(stage, np.where(side, finite, 0.0)) for side in (p >= q, p < q))
    lines = curve(stage, ours, "@more"), curve(stage, theirs, "@less")
    data = plain_and_hatched(*lines, "@more", "@less")
    return strip(stage, height, "q · f(p/q)", data, term)


# ---- tangents and the conjugate ----


def reach_of(one: Generator) -> tuple[float, float]:
    """The slopes of f between the first and the last tangent that is drawn."""
    low, high = one.slope(np.array([TOUCHES[0], TOUCHES[-1]]))
    return max(float(low), LEAST_T), min(float(high), MOST_T)


def tangents(one: Generator, u: float, tall: float) -> Figure:
    """f above its tangents: the one at u, with slope and intercept, and faint ones."""
    ends = np.array([LEFT, RIGHT])
    faint = [tangent(one, at) for at in TOUCHES]
    data = [line(ends, c + t * ends, "@ink/0.25", 1) for t, c in faint if math.isfinite(t)]
    slope, cut = tangent(one, u)
    data += [line(ends, cut + slope * ends, "@p", 2, "dash"), _line(Tilt(one))]
    low = -DEPTH * tall - 0.5 * tall
    mark = cut if low <= cut <= tall else (low if cut < low else tall)
    notes = [
        note(0, mark, "●", 13, "@p"),
        note(0, mark, f"−f∗(t) = {short(cut)}", 12, "@p", xanchor="left", xshift=12, yshift=-9),
    ]
    y = axis(range=[low, tall], nticks=6, zeroline=True)
    key = (("━ f", "@m"), (f"╌ t = {short(slope)}", "@p"))
    return sheet(Row(280, data, _u_axis() | {"zeroline": True}, y, "f(u)", key, notes))


def conjugate(one: Generator, u: float) -> Figure:
    """f* over the slopes, with the point that belongs to the tangent at u."""
    low, high = reach_of(one)
    room = 0.15 * (high - low) or 0.5
    left, right = low - room, high + room
    x = np.unique(np.concatenate([np.linspace(left, right, STEPS), [low, high]]))
    values = where_finite(one.conjugate(x))
    t, cut = tangent(one, u)
    seen = values[np.isfinite(values) & (x >= low) & (x <= high)]
    bottom, top = min(float(seen.min()), 0.0), max(float(seen.max()), 0.0)
    air = 0.12 * (top - bottom) or 0.5
    data = [line(x, values, "@m", 2.5)]
    notes = []
    if left <= t <= right:
        data.insert(0, upright_line(t, [0.0, -cut], "@ink/0.45", 1))
        notes.append(note(t, min(max(-cut, bottom - air), top + air), "●", 15, "@p"))
    end = one.critic[1]
    if end < right:
        beyond = line(*bars(end, right, bottom - air, top + air), "@ink/0.4", 0)
        data.insert(0, hatched(filled(beyond, "@ink/0.1", "toself"), "@ink", 0.4))
        notes.append(note(right, top + air, "∞", 20, xanchor="right", yanchor="top", xshift=-6))
    y = axis(range=[bottom - air, top + air], nticks=6, zeroline=True)
    x_axis = axis(range=[left, right], nticks=6, showgrid=False, zeroline=True)
    return sheet(Row(280, data, x_axis, y, "f∗(t)", (("t →", "@ink"),), notes))
