"""Pictures of a Q that slides away from P: the two of them, and measures against the distance."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from divviz.curves import Curves
from divviz.dist import Dist
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
    hover,
    level_line,
    line,
    note,
    sheet,
    upright_line,
    where_finite,
)
from divviz.web.spelling import short


class Ink(NamedTuple):
    """How a measure is written and drawn."""

    symbol: str
    colour: str
    dash: str
    sample: str


# No two alike without their colour.
INKS: dict[str, Ink] = {
    "kl_pq": Ink("KL", "@ink", "dash", "╌"),
    "js": Ink("JS", "@m", "solid", "━"),
    "tv": Ink("TV", "@m", "dash", "╌"),
    "w1": Ink("W₁", "@ink", "solid", "━"),
    "hellinger": Ink("Hel", "@m", "dot", "┈"),
}
BAR = 0.97  # of the height of a row: where infinity is drawn
STEPS = 161  # of a density across the picture
REACH = 3.2  # standard deviations of a normal that are shown

Point = tuple[float, float]


# ---- P and Q ------------------------------------------------------------------------------------


def pair_picture(p: Dist, q: Dist, reach: float, heading: str) -> tuple[Figure, Point]:
    """P and Q on a line where Q may slide as far as `reach`, and where a hand holds Q."""
    low, high = _view(p, reach)
    at = _middle(q)
    draw = _spikes if p.kind == "discrete" else _densities
    data, top = draw(p, q, (low, high))
    way = _middle(p), at
    data.append(level_line(way, 1.12 * top, "@ink"))
    row = Row(
        176,
        data,
        axis(range=[low, high], nticks=8),
        axis(range=[0.0, 1.36 * top], nticks=4, zeroline=True),
        heading=heading,
        key=(("— P", "@p"), ("╌ Q", "@q")),
        notes=[note(sum(way) / 2, 1.12 * top, f"d = {short(at - way[0])}", yshift=10)],
    )
    return sheet(row), (at, top / 2)


def _middle(dist: Dist) -> float:
    return float(dist.mean() or 0.0)


def _view(p: Dist, reach: float) -> Point:
    """The stretch of the line that P and the farthest Q need."""
    middle = _middle(p)
    if p.name == "normal":
        half = REACH * p.args[1]
    else:
        half = 0.5 * (p.args[1] - p.args[0]) if p.name == "uniform" else 0.0
    room = 0.04 * (2 * half + reach)
    return middle - half - room, middle + half + reach + room


def _densities(p: Dist, q: Dist, view: Point) -> tuple[list[Trace], float]:
    """Both curves, and in the middle's colour what they share."""
    x = np.unique(np.r_[np.linspace(*view, STEPS), _close(p), _close(q)])
    f, g = p.density(x), q.density(x)
    shared = line(x, np.minimum(f, g), "@m", 0)
    data = [
        filled(line(x, f, "@p"), "@p/0.22"),
        hatched(filled(line(x, g, "@q", 2, "dash"), "@q/0.1"), "@q"),
        filled(shared, "@m/0.5"),
        hover(x, f, "p"),
        hover(x, g, "q"),
    ]
    return data, float(f.max())


def _close(dist: Dist) -> Array:
    """Places where a curve needs more than a step across the picture."""
    if dist.name == "uniform":
        a, b = dist.args
        tiny = 1e-9 * max(b - a, abs(a), abs(b))
        return np.array([a - tiny, a, b, b + tiny])
    mu, sigma = dist.args
    return np.asarray(mu + sigma * np.linspace(-REACH, REACH, 49))


def _spikes(p: Dist, q: Dist, view: Point) -> tuple[list[Trace], float]:
    """Each point as a bar of no width that means anything."""
    half = 0.006 * (view[1] - view[0])
    data = []
    for dist, colour, dash in ((p, "@p", "solid"), (q, "@q", "dash")):
        at = _middle(dist)
        bar = line(*bars(at - half, at + half, 0.0, 1.0), colour, 1.5, dash)
        data.append(hatched(bar, colour) if dist is q else filled(bar, f"{colour}/0.3"))
    data[1] = filled(data[1], "@q/0.1")
    return data, 1.0


# ---- measures against the distance --------------------------------------------------------------


class Here(NamedTuple):
    """Where the page stands: a distance, and the values and slopes there (None where undefined)."""

    distance: float
    values: Mapping[str, float | None]
    slopes: Mapping[str, float | None]


def chart(
    all_of: Curves,
    here: Here,
    keys: Sequence[str],
    tops: Point,
    reach: float,
    headings: tuple[str, str],
) -> Figure:
    """Values above and slopes below, against the distance; a dot on each curve is where Q stands.

    What goes beyond the top leaves there; what is infinite lies along the top as a bar of its own.
    """
    x = axis(range=[0.0, reach], nticks=7)
    above = _field(all_of.distances, all_of.values, here.distance, here.values, keys, tops[0])
    below = _field(all_of.distances, all_of.slopes, here.distance, here.slopes, keys, tops[1])
    endless = _endless(all_of, keys, tops[0], reach)
    return sheet(
        Row(
            190,
            above[0] + endless[0],
            x | {"showticklabels": False},
            _upward(tops[0]),
            heading=headings[0],
            key=keyed(keys),
            notes=above[1] + endless[1],
        ),
        Row(150, below[0], x, _upward(tops[1]), heading=headings[1], notes=below[1]),
    )


def _upward(top: float) -> dict[str, object]:
    return axis(range=[-0.04 * top, top], nticks=5, zeroline=True)


def keyed(keys: Sequence[str]) -> list[tuple[str, str]]:
    """The legend of some measures, as a Row takes it."""
    inks = [INKS[key] for key in keys]
    return [(f"{ink.sample} {ink.symbol}", ink.colour) for ink in inks]


def _field(
    x: Array,
    lines: Mapping[str, Array],
    at: float,
    here: Mapping[str, float | None],
    keys: Sequence[str],
    top: float,
) -> tuple[list[Trace], list[Note]]:
    """The curves of one row, an upright line at the distance, and a mark on each curve."""
    data = [upright_line(at, [-top, top], "@ink/0.5", 1)]
    notes = []
    for key in keys:
        y, ink = where_finite(lines[key]), INKS[key]
        data.append(line(x, _parted(x, y), ink.colour, 2.2, ink.dash))
        data.append(hover(x, y, ink.symbol))
        notes += dot(at, here[key], ink, top)
    return data, notes


def _parted(x: Array, y: Array) -> Array:
    """A curve without the upright line of a jump right after its first place."""
    jumps = len(x) > 1 and 0 < x[1] < 1e-5 and abs(y[1] - y[0]) > 0.1
    return np.where(np.arange(len(x)) == 0, np.nan, y) if jumps else y


def dot(x: float, y: float | None, ink: Ink, top: float) -> list[Note]:
    """A mark on a curve; beyond the edge its number stands there. None for an undefined one."""
    if y is None:
        return []
    if math.isinf(y):
        return [note(x, BAR * top, "●", 15, ink.colour)]
    if y > top:
        text = f"↑ {ink.symbol} {short(y)}"
        return [note(x, top, text, colour=ink.colour, **_inward(x), yanchor="top", yshift=-8)]
    return [note(x, y, "●", 15, ink.colour)]


def _inward(x: float) -> dict[str, Any]:
    return {"xanchor": "left", "xshift": 5} if x < 2 else {"xanchor": "right", "xshift": -5}


def _endless(
    all_of: Curves, keys: Sequence[str], top: float, reach: float
) -> tuple[list[Trace], list[Note]]:
    """Along the top, the distances at which a measure is infinite."""
    data: list[Trace] = []
    notes: list[Note] = []
    for key in keys:
        infinite = np.isinf(all_of.values[key])
        if infinite.any():
            start = float(all_of.distances[infinite].min())
            y, ink = BAR * top, INKS[key]
            data.append(level_line([start, reach], y, ink.colour, 5, ink.dash))
            notes.append(infinite_at(reach / 2, top, ink, "center"))
    return data, notes


def infinite_at(x: float, top: float, ink: Ink, anchor: str) -> Note:
    """What stands under the bar, or the dot, along the top."""
    return note(x, BAR * top, f"{ink.symbol} = ∞", xanchor=anchor, yanchor="top", yshift=-8)


# ---- two parallel lines -------------------------------------------------------------------------


def parallel(theta: float, reach: float, heading: str) -> Figure:
    """A line at 0 and one at `theta`, both 1 long, with arrows' ways from the one to the other."""
    arrows = [level_line([0.0, theta], y, "@ink/0.7", 1) for y in (0.1, 0.3, 0.5, 0.7, 0.9)]
    data = [
        *arrows,
        upright_line(0.0, [0.0, 1.0], "@p", 4, "solid"),
        upright_line(theta, [0.0, 1.0], "@q", 4, "dash"),
    ]
    row = Row(
        190,
        data,
        axis(range=[-reach, reach], nticks=5),
        axis(range=[-0.06, 1.06], nticks=3),
        heading=heading,
        key=(("— P", "@p"), ("╌ Q", "@q")),
    )
    return sheet(row)


def against_theta(of_side: Curves, here: Here, level: float, reach: float, heading: str) -> Figure:
    """W1 and JS against the offset of two lines, to both sides; JS has a single point at 0."""
    some = (of_side.distances > 0) & (of_side.distances <= reach + 1)
    x = np.r_[-of_side.distances[some][::-1], of_side.distances[some]]
    half = int(some.sum())
    data, notes = [upright_line(here.distance, [-9.0, 9.0], "@ink/0.5", 1)], []
    for key in ("w1", "js"):
        y, ink = of_side.values[key][some], INKS[key]
        both = np.r_[y[::-1], y]
        # JS has a gap in the middle, for its single point.
        gap = [half] if key == "js" else []
        drawn = np.insert(x, gap, 0.0), np.insert(both, gap, np.nan)
        data.append(line(*drawn, ink.colour, 2.2, ink.dash))
        data.append(hover(x, both, ink.symbol))
        notes += dot(here.distance, here.values[key], ink, 9.0)
    top = 1.2 * max(level, reach)
    for side in (-1.0, 1.0):
        way = [side * 0.02, side * reach]
        data.append(level_line(way, BAR * top, INKS["kl_pq"].colour, 5, "dash"))
    notes += [
        note(0.0, level, "○", 15, "@m"),
        infinite_at(0.0, top, INKS["kl_pq"], "center"),
    ]
    row = Row(
        190,
        data,
        axis(range=[-reach, reach], nticks=5),
        axis(range=[-0.06 * top, top], nticks=4, zeroline=True),
        heading=heading,
        key=keyed(("w1", "js")),
        notes=notes,
    )
    return sheet(row)


# ---- noise --------------------------------------------------------------------------------------


class Noisy(NamedTuple):
    """At one distance: levels of noise, and what measures and slopes are there."""

    noise: Array
    values: dict[str, Array]
    slope: Array


def noisy(of_one: Curves, distance: float, own: float, most: float) -> Noisy:
    """KL, JS and the slope of JS of two normals at a distance, against the noise in both.

    Of a shape whose standard deviation without noise is `own` (0 for a point). `of_one` are the
    curves of normals of standard deviation 1: noise changes nothing but the scale.
    """
    u = of_one.distances[1:]
    u = u[distance / u >= own] if distance > 0 else u[:0]
    size = distance / u
    some = slice(1, len(u) + 1)
    noise = np.sqrt(np.maximum(size**2 - own**2, 0.0))[::-1]
    values = {key: of_one.values[key][some][::-1] for key in ("kl_pq", "js")}
    slope = (of_one.slopes["js"][some] / size)[::-1]
    seen = int(np.searchsorted(noise, most)) + 1
    return Noisy(noise[:seen], {k: v[:seen] for k, v in values.items()}, slope[:seen])


def noise_chart(
    found: Noisy, here: Here, most: float, tops: Point, headings: tuple[str, str]
) -> Figure:
    """KL and JS above, the slope of JS below, against the noise; dots where the slider stands."""
    x = axis(range=[0.0, most], nticks=5)
    keys = ("kl_pq", "js")
    above = _field(found.noise, found.values, here.distance, here.values, keys, tops[0])
    at_0 = infinite_at(0.03 * most, tops[0], INKS["kl_pq"], "left")
    slopes = {"js": found.slope}
    below = _field(found.noise, slopes, here.distance, here.slopes, ("js",), tops[1])
    return sheet(
        Row(
            150,
            above[0],
            x | {"showticklabels": False},
            _upward(tops[0]),
            heading=headings[0],
            key=keyed(keys),
            notes=above[1] + ([at_0] if math.isinf(here.values["kl_pq"] or 0.0) else []),
        ),
        Row(130, below[0], x, _upward(tops[1]), heading=headings[1], notes=below[1]),
    )


# ---- a drawn answer -----------------------------------------------------------------------------


def drawn_axes(reach: float, half: str, whole: str, heading: str, truth: Trace | None) -> Figure:
    """A field from 0 to above 1 for a drawn answer, empty or with the truth in it."""
    y = axis(range=[-0.03, 1.5], tickvals=[0.0, 0.5, 1.0], ticktext=["0", half, whole])
    row = Row(190, [truth] if truth else [], axis(range=[0.0, reach], nticks=5), y, heading=heading)
    return sheet(row)
