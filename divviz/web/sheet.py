"""The paper that pictures are drawn on: packed arrays, colour tokens, lines, axes and rows.

Nothing here knows the theme: colours are tokens such as "@p" or "@p/0.25" (with an alpha) that the
browser, or `resolve`, replaces. `more` is what P has more of than Q, `less` what P has less of.
"""

import base64
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Figure = dict[str, Any]
Trace = dict[str, Any]
Note = dict[str, Any]
Axis = dict[str, Any]

PALETTES: dict[str, dict[str, str]] = {
    "light": {
        "p": "#0b5cad",
        "q": "#b8450b",
        "m": "#5b3fa0",
        "more": "#0b5cad",
        "less": "#b8450b",
        "ink": "#1b1f24",
        "grid": "#d5dae0",
        "paper": "#ffffff",
    },
    "dark": {
        "p": "#6cb2ff",
        "q": "#ffa05c",
        "m": "#c3a6ff",
        "more": "#6cb2ff",
        "less": "#ffa05c",
        "ink": "#e8ebee",
        "grid": "#38414c",
        "paper": "#11151a",
    },
}

MOST = 1e38  # the largest number that single precision holds, or nearly so

# In pixels. Left and right are those of the board's plot, so that x stands below x.
LEFT, RIGHT, TOP, AXIS = 44, 12, 24, 24
GAP = 34  # between two rows: the lower one's heading
PHONE = 330  # the inside of a picture on a phone
FONT, SMALL, LETTER = 12, 11, 7
HATCH = {"shape": "/", "size": 7, "solidity": 0.2, "fillmode": "overlay"}


# ---- arrays and colours ----


def pack(array: Any, dtype: str = "f4") -> dict[str, str]:
    """Return an array as Plotly's typed array: {"dtype", "bdata"}, the bytes in base64."""
    data = np.ascontiguousarray(array, dtype=dtype).tobytes()
    return {"dtype": dtype, "bdata": base64.b64encode(data).decode("ascii")}


def pack_x(x: Array) -> dict[str, str]:
    """Return places in single precision, or in double where single would let them fall together."""
    finite = x[np.isfinite(x)]
    spread, far = (np.ptp(finite), np.abs(finite).max()) if finite.size else (1.0, 1.0)
    return pack(x, "f4" if spread > 1e-3 * far and far < MOST else "f8")


def pack_y(y: Array) -> dict[str, str]:
    """Return heights in single precision, or in double where single has no such numbers."""
    return pack(y, "f4" if not (np.abs(y) >= MOST).any() else "f8")


def resolve(figure: Any, palette: dict[str, str]) -> Any:
    """Return the figure with every colour token replaced, for where no browser does it."""
    if isinstance(figure, str):
        return _tint(figure, palette) if figure.startswith("@") else figure
    if isinstance(figure, dict):
        return {name: resolve(part, palette) for name, part in figure.items()}
    if isinstance(figure, list):
        return [resolve(part, palette) for part in figure]
    return figure


def _tint(token: str, palette: dict[str, str]) -> str:
    name, _, alpha = token[1:].partition("/")
    colour = palette.get(name)
    if colour is None or not alpha:
        return colour or token
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def plain(text: str) -> str:
    """Return a visitor's text so that Plotly reads no tag and no colour token in it."""
    for mark, code in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("@", "&#64;")):
        text = text.replace(mark, code)
    return text


# ---- traces and notes ----


def line(x: Array, y: Array, colour: str, width: float = 2, dash: str = "solid") -> Trace:
    """Return the line through (x, y), broken at NaN."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": pack_x(x),
        "y": pack_y(y),
        # Without "simplify" a curve of 200 places shows no corners.
        "line": {"color": colour, "width": width, "dash": dash, "simplify": False},
        "hoverinfo": "skip",
    }


def level_line(
    ends: Sequence[float], y: float, colour: str, width: float = 1.5, dash: str = "dot"
) -> Trace:
    """Return the line from one end to the other, everywhere as high as y."""
    return line(np.array(ends), np.array([y, y]), colour, width, dash)


def upright_line(
    x: float, ends: Sequence[float], colour: str, width: float = 1.5, dash: str = "dot"
) -> Trace:
    """Return the line from one end to the other above and below x."""
    return line(np.array([x, x]), np.array(ends), colour, width, dash)


def filled(trace: Trace, colour: str, to: str = "tozeroy") -> Trace:
    """Return the trace with what it bounds filled."""
    return trace | {"fill": to, "fillcolor": colour}


def hatched(trace: Trace, colour: str, alpha: float = 0.6) -> Trace:
    """Return a filled trace with its fill hatched, to be told apart without colour."""
    ground = f"{colour}/{alpha / 5:.2g}"
    return trace | {"fillpattern": HATCH | {"fgcolor": f"{colour}/{alpha}", "bgcolor": ground}}


def plain_and_hatched(plain: Trace, hatch: Trace, up: str, down: str) -> list[Trace]:
    """Return what adds as a plain area and what takes back as a hatched one."""
    return [filled(plain, f"{up}/0.3"), hatched(filled(hatch, f"{down}/0.2"), down)]


def hover(x: Array, y: Array, name: str) -> Trace:
    """Return what says the number under the pointer; it draws nothing."""
    return {
        "type": "scatter",
        "mode": "none",
        "hoveron": "points",
        "x": pack_x(x),
        "y": pack_y(where_finite(y)),
        "hovertemplate": f"{name} = %{{y:.4~g}}<extra></extra>",
    }


def note(x: float, y: float, text: str, size: int = FONT, colour: str = "@ink", **at: Any) -> Note:
    """Return a text at (x, y) of its row."""
    font = {"size": size, "color": colour}
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": font, "borderpad": 0} | at


# ---- outlines ----


def where_finite(y: Array, otherwise: float = np.nan) -> Array:
    """Return y, and something else where it is infinite or NaN."""
    return np.where(np.isfinite(y), y, otherwise)


def box(left: float, foot: float, right: float, top: float) -> tuple[Array, Array]:
    """Return the outline (5,) of a box, back to where it begins."""
    return np.array([left, left, right, right, left]), np.array([foot, top, top, foot, foot])


def boxes(at: Iterable[tuple[float, float, float, float]]) -> tuple[Array, Array]:
    """Return the outlines of boxes (left, foot, right, top) as one line with gaps."""
    x: list[float] = []
    y: list[float] = []
    for left, foot, right, top in at:
        x += [left, right, right, left, left, math.nan]
        y += [foot, foot, top, top, foot, math.nan]
    return np.array(x), np.array(y)


def bars(
    left: Array | float, right: Array | float, foot: Array | float, top: Array | float
) -> tuple[Array, Array]:
    """Return the outline (4 n,) of bars that stand side by side, open at the foot."""
    left, right, foot, top = np.broadcast_arrays(left, right, foot, top)
    x = np.column_stack([left, left, right, right]).ravel()
    return x, np.column_stack([foot, top, top, foot]).ravel()


# ---- axes, rows and the sheet ----


def axis(**more: Any) -> Axis:
    """Return an axis in the house's style."""
    return {
        "fixedrange": True,
        "gridcolor": "@grid",
        "zeroline": False,
        "zerolinecolor": "@ink/0.6",
        "zerolinewidth": 1,
        "tickfont": {"size": SMALL, "color": "@ink"},
        "automargin": False,
        "ticks": "",
        "exponentformat": "e",
    } | more


def bare_axis(ends: Sequence[float], **more: Any) -> Axis:
    """Return an axis from one end to the other without lines and numbers."""
    return axis(range=list(ends), showgrid=False, showticklabels=False, **more)


def named_axis(
    ends: Sequence[float], at: Sequence[float], names: Sequence[str], **more: Any
) -> Axis:
    """Return an axis from one end to the other with names at some places, and no lines."""
    return axis(range=list(ends), showgrid=False, **more, tickvals=list(at), ticktext=list(names))


def y_axis(*series: Array, room: bool = False) -> Axis:
    """Return an axis that holds zero and every finite value, with air (or room) beyond."""
    every = np.concatenate([*series, [0.0]])
    every = every[np.isfinite(every)]
    low, high = float(every.min()), float(every.max())
    air = 0.08 * (high - low) or 0.5
    more = max(air, -0.6 * low) if room else air
    return axis(range=[low - air if low < 0 else 0.0, high + more], nticks=5, zeroline=True)


@dataclass(frozen=True)
class Row:
    """One row of a picture: traces, notes in its own coordinates, and its axes.

    `heading` stands above it at the left, `key` at the right: (text, colour token) per line.
    """

    height: int
    data: list[Trace]
    x: Axis
    y: Axis
    heading: str = ""
    key: Sequence[tuple[str, str]] = ()
    notes: Sequence[Note] = field(default=())


def sheet(*rows: Row) -> Figure:
    """Return the figure with the rows one above the other."""
    inner = sum(row.height for row in rows) + GAP * (len(rows) - 1)
    data: list[Trace] = []
    notes: list[Note] = []
    layout: dict[str, Any] = {
        "height": inner + TOP + AXIS,
        "margin": {"l": LEFT, "r": RIGHT, "t": TOP, "b": AXIS, "pad": 0},
        "dragmode": False,
        "hovermode": "x",
        "hoverdistance": -1,  # the middle of a wide bar may be far from the pointer
        "showlegend": False,
        "font": {"size": FONT, "color": "@ink"},
        "paper_bgcolor": "@paper/0",
        "plot_bgcolor": "@paper/0",
        "hoverlabel": {"bgcolor": "@paper", "bordercolor": "@grid", "font": {"color": "@ink"}},
        "annotations": notes,
    }
    bottom = 0
    for mark, row in zip(("", "2"), reversed(rows), strict=False):
        low, high = bottom / inner, (bottom + row.height) / inner
        bottom += row.height + GAP
        layout[f"xaxis{mark}"] = row.x | {"anchor": f"y{mark}"}
        layout[f"yaxis{mark}"] = row.y | {"anchor": f"x{mark}", "domain": [low, high]}
        data += [trace | {"xaxis": f"x{mark}", "yaxis": f"y{mark}"} for trace in row.data]
        notes += [{"xref": f"x{mark}", "yref": f"y{mark}"} | each for each in row.notes]
        notes += _captions(row, high)
    return {"data": data, "layout": layout}


def _captions(row: Row, top: float) -> list[Note]:
    at: dict[str, Any] = {"xref": "paper", "yref": "paper", "yanchor": "bottom", "yshift": 7}
    left: dict[str, Any] = {"xanchor": "left", "xshift": 4 - LEFT}
    captions = [note(0, top, row.heading, **at, **left)] if row.heading else []
    from_edge = 0
    for text, colour in reversed(row.key):
        right: dict[str, Any] = {"xanchor": "right", "xshift": -from_edge}
        captions.append(note(1, top, text, colour=colour, **at, **right))
        from_edge += _width(text) + 14
    return captions


def _width(text: str) -> int:
    """About how wide a text is in pixels; a Chinese letter is a square."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return LETTER * (len(text) - wide) + FONT * wide
