"""Where two divergences of one pair can be together, and where the present pair is."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from divviz.inequalities import Inequality, border, most_of, on_plane
from divviz.measures import MEASURES, UNITS, value
from divviz.pair import Pair
from divviz.web.sheet import Array, Figure, Note, Row, Trace, axis, filled, line, note, sheet

HEIGHT = 330
STEPS = 201
ENDLESS = {"kl_pq": 3.0, "chi2_pearson": 6.0}  # where an axis ends of what has no largest value
CHI2_ACROSS = 10.0
DASHES = ("dash", "dot")
GLYPHS = {"dash": "╌", "dot": "┄"}


def unit_of(key: str, unit: str) -> float:
    """By what a measure in nats, or a bare number, is multiplied."""
    return UNITS[unit] if MEASURES[key].unit == "information" else 1.0


def ends(x: str, y: str) -> tuple[float, float]:
    """How far the axes go, in nats or bare numbers."""
    right = CHI2_ACROSS if x == "chi2_pearson" else most_of(x)
    top = most_of(y)
    return right, ENDLESS[y] if math.isinf(top) else top


def loose(x: str, y: str) -> list[Inequality]:
    """The bounds of a plane that no pair reaches."""
    return [one for one in on_plane(x, y) if not one.attained]


@lru_cache(maxsize=16)
def _shape(x: str, y: str) -> tuple[Array, Array, Array]:
    right, top = ends(x, y)
    # Close steps where a border rises steeply, at both ends.
    at = right * np.sin(np.linspace(0.0, math.pi / 2, STEPS)) ** 2
    low, high = border(x, y, at)
    return at, np.minimum(low, 1.5 * top), np.minimum(high, 1.5 * top)


def region(pair: Pair, x: str, y: str, unit: str, names: Mapping[str, str]) -> Figure:
    """What x and y can be together, shaded, with the bounds that textbooks give and the pair.

    `names` are those of "border" and of the bounds that are not, by their keys.
    """
    at, low, high = _shape(x, y)
    (right, top), per_x, per_y = ends(x, y), unit_of(x, unit), unit_of(y, unit)
    around = np.concatenate([at, at[::-1]]), np.concatenate([low, high[::-1]])
    data: list[Trace] = [
        filled(line(per_x * around[0], per_y * around[1], "@m", 0), "@m/0.16", "toself"),
        line(per_x * at, per_y * low, "@m", 2),
        line(per_x * at, per_y * high, "@m", 2),
    ]
    key = [(f"━ {names['border']}", "@m")]
    for one, dash in zip(loose(x, y), DASHES, strict=False):
        bound = one.low or one.high
        assert bound is not None
        height = np.minimum(bound(at), 1.5 * top)
        data.append(line(per_x * at, per_y * height, "@ink", 1.5, dash))
        key.append((f"{GLYPHS[dash]} {names[one.key]}", "@ink"))
    right, top = per_x * right, 1.04 * per_y * top
    marks = _dot(pair, x, y, unit, right, top)
    marks.append(
        note(right, 0, f"{MEASURES[x].symbol} →", xanchor="right", yanchor="bottom", yshift=4)
    )
    across = axis(range=[0.0, 1.02 * right], nticks=6)
    up = axis(range=[0.0, top], nticks=6)
    return sheet(Row(HEIGHT, data, across, up, MEASURES[y].symbol, key, marks))


def _dot(pair: Pair, x: str, y: str, unit: str, right: float, top: float) -> list[Note]:
    """The pair, or at the edge the way to it."""
    found = value(pair, x, unit), value(pair, y, unit)
    if found[0] is None or found[1] is None:
        return []
    out = found[0] > right, found[1] > top
    glyph = {(False, False): "●", (True, False): "▶", (False, True): "▲", (True, True): "▲"}[out]
    place = min(found[0], right), min(found[1], top)
    if out == (False, False):
        return [note(*place, glyph, 20, "@ink")]
    shift: dict[str, Any] = {"xanchor": "right"} if out[0] else {}
    return [note(*place, glyph, 18, "@ink", yanchor="top" if out[1] else "middle", **shift)]
