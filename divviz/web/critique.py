"""Pictures of a critic: its height at each outcome, what each one loses, how much is shown."""

import math
from dataclasses import replace

import numpy as np

from divviz.critics import Critic, within
from divviz.dist import QUIET, Interval
from divviz.generators import Generator
from divviz.pair import Pair
from divviz.showing import Showing, blank, shown
from divviz.web.setting import curve, only, setting, strip
from divviz.web.sheet import (
    Array,
    Figure,
    Row,
    Trace,
    axis,
    bare_axis,
    bars,
    filled,
    hatched,
    line,
    note,
    sheet,
    where_finite,
)
from divviz.web.text import Translate

UPPER, LOWER, BAR = 190, 84, 46  # heights in pixels
SPREAD = (0.1, 8.0)  # the ratios whose slopes a picture has room for, at least those of the pair


@QUIET
def span(one: Generator, pair: Pair) -> Interval:
    """How far up and down a hand may draw T: the slopes of f at the pair's ratios, and more."""
    u = np.clip(np.exp(np.append(pair.ground.log_ratio, 0.0)), *SPREAD)
    slopes = one.slope(u[np.isfinite(u)])
    low, high = float(slopes.min()), float(slopes.max())
    room = max(0.3 * (high - low), 0.25)
    ends = within(one, np.array([low - room, high + room]))
    return float(f"{ends[0]:.4g}"), float(ends[1])


def critic(
    one: Generator, pair: Pair, t: Critic, found: Showing, heading: str, say: Translate
) -> Figure:
    """T above, an outcome a step; below what each outcome lacks of q f(p/q)."""
    stage = setting(pair, "tv", "nats", say, None, {})
    n = len(t.values)
    low, high = span(one, pair)
    x = np.column_stack([np.arange(n) - 0.5, np.arange(n) + 0.5]).ravel()
    data: list[Trace] = [line(x, np.repeat(np.array(t.values), 2), "@m", 3)]
    room = 0.08 * (high - low)
    top = high + room
    end = one.critic[1]
    if end < top + room:
        top = max(top, end + 2 * room)
        beyond = line(*bars(-0.5, n - 0.5, end, top), "@ink", 0)
        data.insert(0, hatched(filled(beyond, "@ink/0.1", "toself"), "@ink", 0.4))
    y = axis(range=[low - room, top], nticks=5, zeroline=True)
    bare = stage.axis | {"showticklabels": False}
    upper = Row(UPPER, data, bare, y, "T")
    lost = only(stage, where_finite(found.lost, 0.0))
    lacking = hatched(filled(curve(stage, lost, "@ink"), "@ink/0.1"), "@ink", 0.5)
    lower = strip(stage, LOWER, heading, [lacking], found.lost)
    most = scale(one, pair)
    if most > 0:
        marks = [mark | {"y": most} for mark in lower.notes]
        lower = replace(lower, y=lower.y | {"range": [0.0, most]}, notes=marks)
    return sheet(upper, lower)


def scale(one: Generator, pair: Pair) -> float:
    """How high the losses are drawn: so that those of a critic that sees nothing fit in."""
    lost = shown(one, pair, blank(one, pair)).lost
    return 1.3 * float(lost[np.isfinite(lost)].max(initial=0.0))


def gauge(found: Showing, factor: float, heading: str) -> Figure:
    """The bound as a bar under the outline of the divergence, both times `factor`."""
    bound, whole = found.bound * factor, found.divergence * factor
    size = whole if math.isfinite(whole) else max(2 * bound, 1.0)
    size = size if size > 1e-9 else 0.1
    low, high = -0.35 * size, 1.18 * size
    end = min(max(bound, low), high)
    tall = np.array([0.0, 0.0, 1.0, 1.0, 0.0])
    stop = whole if math.isfinite(whole) else 1.3 * high
    data = [
        filled(line(_across(stop), tall, "@ink", 1.5), "@ink/0.06", "toself"),
        _bar(_across(end), 0.18 + 0.64 * tall, bound < 0),
    ]
    marks = []
    if math.isinf(bound) or bound < low:
        marks.append(note(low, 0.5, "←", 16, xanchor="left", xshift=2))
    if math.isinf(whole):
        marks.append(note(high, 0.5, "∞ →", 16, xanchor="right", xshift=-4))
    y = bare_axis([-0.1, 1.1])
    x = axis(range=[low, high], nticks=6, showgrid=False, zeroline=True)
    return sheet(Row(BAR, data, x, y, heading, (("□ D_f", "@ink"),), marks))


def _across(stop: float) -> Array:
    return np.array([0.0, stop, stop, 0.0, 0.0])


def _bar(x: Array, y: Array, negative: bool) -> Trace:
    trace = filled(line(x, y, "@m", 1.5), "@m/0.4", "toself")
    return hatched(trace, "@m") if negative else trace
