"""Pictures of a joint table of X (columns) and Y (rows): its cells, its edges, its diagram.

A table is drawn in its own coordinates: row r and column c lie between (c, r) and (c + 1, r + 1),
and the marginals stand beside it as bars, that of X plain and that of Y hatched.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from divviz.painted import Told
from divviz.web.sheet import (
    FONT,
    SMALL,
    Array,
    Axis,
    Figure,
    Note,
    Row,
    Trace,
    axis,
    boxes,
    filled,
    hatched,
    line,
    named_axis,
    note,
    sheet,
)
from divviz.web.spelling import number, short, trimmed

FEW = 6  # rows or columns that leave room for words
EDGE = (0.24, 0.3)  # of the table's width and height, for the marginals
DEEP = 0.62  # the strongest ink of a cell: text on it can still be read
SHADES = 20


# ---- cells ----


def _filled(at: Iterable[tuple[float, float, float, float]], colour: str) -> Trace:
    return filled(line(*boxes(at), colour, 0), colour, "toself")


def cells(values: Array, top: float, colours: tuple[str, str] = ("@m", "@less")) -> Figure:
    """A table (rows, columns) as shades with its numbers, the first row at the top.

    `top` has the deepest shade; numbers below 0 have the second colour and are hatched.
    """
    rows, columns = values.shape
    data = [*_shades(values, top, colours), _grid(rows, columns)]
    digits, size = (3, FONT) if columns <= 4 else (2, SMALL - 1)
    notes = [
        note(c + 0.5, r + 0.5, trimmed(number(float(values[r, c]), digits)), size)
        for r in range(rows)
        for c in range(columns)
        if max(rows, columns) <= FEW
    ]
    x, y = _lettered([0, columns], "X", columns), _lettered([rows, 0], "Y", rows)
    return sheet(Row(36 * rows, data, x, y, notes=notes))


def _grid(rows: int, columns: int) -> Trace:
    cells = boxes((c, r, c + 1, r + 1) for r in range(rows) for c in range(columns))
    return line(*cells, "@grid", 1)


def _shades(values: Array, top: float, colours: tuple[str, str]) -> list[Trace]:
    """One trace for all cells of the same shade."""
    steps = np.rint(SHADES * values / top).astype(int) if top > 0 else np.zeros(values.shape, int)
    data: list[Trace] = []
    for step in np.unique(steps[steps != 0]).tolist():
        where = np.argwhere(steps == step).tolist()
        colour, alpha = colours[step < 0], DEEP * min(abs(step) / SHADES, 1)
        shade = _filled(((c, r, c + 1, r + 1) for r, c in where), f"{colour}/{alpha:.2g}")
        data.append(hatched(shade, colour, max(alpha, 0.25)) if step < 0 else shade)
    return data


def _lettered(ends: Sequence[float], name: str, count: int) -> Axis:
    """The name of each column or row, or where they are many the variable's in the middle."""
    if count > FEW:
        return named_axis(ends, [count / 2], [name])
    return named_axis(
        ends, [i + 0.5 for i in range(count)], [f"{name}={i + 1}" for i in range(count)]
    )


# ---- a table to paint ----


def easel(p: Array, height: int, *, upward: bool = False, inked: bool = False) -> Figure:
    """The ground that a table p (rows, columns) is painted on, with the marginals at its edges.

    `inked` fills its cells, for where nothing is painted.
    """
    rows, columns = p.shape
    across, high = columns * EDGE[0], rows * EDGE[1]
    foot, top = (0.0, rows + high) if upward else (float(rows), -high)
    rim, way = (rows, 1.0) if upward else (0.0, -1.0)
    in_x, in_y = p.sum(axis=0), p.sum(axis=1)
    tall = 0.62 * high * in_x / in_x.max()
    long = 0.55 * across * in_y / in_y.max()
    x_bars = boxes(
        (c + 0.1, rim, c + 0.9, rim + way * v) for c, v in enumerate(tall.tolist()) if v > 0
    )
    y_bars = boxes(
        (columns, r + 0.15, columns + v, r + 0.85) for r, v in enumerate(long.tolist()) if v > 0
    )
    data = [
        filled(line(*x_bars, "@p", 1.5), "@p/0.25", "toself"),
        hatched(filled(line(*y_bars, "@q", 1.5), "@q", "toself"), "@q"),
    ]
    if inked:
        data = [*_shades(p, float(p.max()), ("@m", "@m")), _grid(rows, columns), *data]
    notes = _sizes(in_x, in_y, rim + way * tall, columns + long)
    x = _lettered([0, columns + across], "X", columns)
    y = _lettered([foot, top], "Y", rows)
    return sheet(Row(height, data, x, y, notes=notes))


def _sizes(in_x: Array, in_y: Array, tops: Array, ends: Array) -> list[Note]:
    notes: list[Note] = []
    if len(in_x) <= FEW:
        for c, (share, at) in enumerate(zip(in_x.tolist(), tops.tolist(), strict=True)):
            notes.append(note(c + 0.5, at, short(share), yanchor="bottom", yshift=3))
    if len(in_y) <= FEW:
        for r, (share, at) in enumerate(zip(in_y.tolist(), ends.tolist(), strict=True)):
            notes.append(note(at, r + 0.5, short(share), xanchor="left", xshift=5))
    return notes


# ---- the information diagram ----


def diagram(told: Told, most: float, heading: str = "") -> Figure:
    """The entropies as bars on one scale from 0 to `most`: where H(X) and H(Y) overlap is I.

    The parts lie as in MacKay, Information Theory, Inference, and Learning Algorithms (2003),
    figure 8.1.
    """
    alone, x, whole = told.h_x_given_y, told.h_x, max(told.h_xy, told.h_x)
    data = [
        _filled([(alone, -0.5, x, 2.5)], "@m/0.12"),
        _bar(2, 0.0, x, "@p"),
        _bar(1, alone, whole, "@q"),
        _bar(0, 0.0, alone, "@p"),
        _bar(0, x, whole, "@q"),
        _bar(0, alone, x, "@m"),
    ]
    notes = [
        *_size(2, 0.0, x, most, number(told.h_x)),
        *_size(1, alone, whole, most, number(told.h_y)),
        *_named(alone, x, whole, most),
    ]
    y = named_axis([-0.55, 2.55], [2, 1, 0], ["H(X)", "H(Y)", "H(X,Y)"])
    return sheet(Row(108, data, axis(range=[0, most], nticks=6), y, heading, notes=notes))


def _bar(y: float, start: float, end: float, colour: str) -> Trace:
    x, h = np.array([start, end, end, start, start]), 0.36
    dash = "dash" if colour == "@q" else "solid"
    width = 1.5 if end > start else 0.0
    shape = filled(
        line(x, y + h * np.array([-1.0, -1, 1, 1, -1]), colour, width, dash), colour, "toself"
    )
    if colour == "@q":
        return hatched(shape, colour, 0.4)
    return shape | {"fillcolor": f"{colour}/0.3"}


def _size(y: float, start: float, end: float, most: float, text: str) -> Sequence[Note]:
    """A number in its bar, or beside a bar too short for it."""
    if end - start > 0.2 * most:
        return [note((start + end) / 2, y, text)]
    if end < 0.8 * most:
        return [note(end, y, text, xanchor="left", xshift=6)]
    return [note(start, y, text, xanchor="right", xshift=-6)]


def _named(alone: float, x: float, whole: float, most: float) -> list[Note]:
    parts = ((0.0, alone, "H(X|Y)", 0.17), (alone, x, "I", 0.03), (x, whole, "H(Y|X)", 0.17))
    return [
        note((start + end) / 2, 0, text)
        for start, end, text, least in parts
        if end - start > least * most
    ]
