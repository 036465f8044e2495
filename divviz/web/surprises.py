"""Pictures whose area is an entropy: surprises of outcomes, a density against its log, bins."""

import math
from collections.abc import Sequence

import numpy as np

from divviz.web.sheet import (
    LETTER,
    PHONE,
    Array,
    Axis,
    Figure,
    Note,
    Row,
    axis,
    bars,
    filled,
    hatched,
    hover,
    level_line,
    line,
    named_axis,
    note,
    plain,
    sheet,
    y_axis,
)
from divviz.web.spelling import number, short

HEIGHT = 240  # of the blocks of outcomes, in pixels
HAIRLINE = 1e-4  # a probability that is drawn thinner than a line
ONE_BIT = math.log(2)


# ---- outcomes ----


def outcomes(names: Sequence[str], p: Array, factor: float, mean: float, heading: str) -> Figure:
    """Each outcome (n,) as a block, p wide and -log p high, and dotted their mean height.

    `factor` are the units that a nat has; `mean` is the entropy in that unit.
    """
    some = p > 0
    p, names = p[some], [name for name, there in zip(names, some, strict=True) if there]
    tall = np.maximum(-np.log(p) * factor, 0.0)
    right = np.cumsum(p)
    left = right - p
    top = 1.15 * max(float(tall[p >= HAIRLINE].max(initial=0.0)), mean, ONE_BIT * factor)
    middles = (left + right) / 2
    row = Row(
        HEIGHT,
        [
            filled(line(*bars(left, right, 0.0, tall), "@p", 1.5), "@p/0.22"),
            level_line([0.0, 1.0], mean, "@ink", 2),
            hover(middles, tall, "−log p"),
        ],
        _shares(names, middles, p),
        axis(range=[0.0, top], nticks=5, zeroline=True),
        heading=heading,
        key=((f"┄ H(P) = {number(mean)}", "@ink"),),
        notes=_heights(middles, tall, p, mean, top / HEIGHT),
    )
    return sheet(row)


def _heights(middles: Array, tall: Array, p: Array, mean: float, pixel: float) -> list[Note]:
    """The height of each block that is wide enough, where the mean's line leaves room for it."""
    rows = zip(middles.tolist(), tall.tolist(), p.tolist(), strict=True)
    return [
        note(x, y, short(y), yanchor="bottom", yshift=2)
        for x, y, width in rows
        if width * PHONE > 34 and not 1 < (mean - y) / pixel < 17
    ]


def _shares(names: Sequence[str], middles: Array, p: Array) -> Axis:
    """The axis of all probability, from 0 to 1, with the names that have room."""
    rows = zip(names, middles.tolist(), p.tolist(), strict=True)
    fits = [(plain(name), x) for name, x, width in rows if width * PHONE > 6 + LETTER * len(name)]
    return named_axis([0.0, 1.0], [x for _, x in fits], [name for name, _ in fits], tickangle=0)


# ---- densities ----


def density(
    x: Array, f: Array, factor: float, view: tuple[float, float], heads: tuple[str, str]
) -> Figure:
    """A density f (n,) at x with a line at 1; below, -f log f, hatched where it is negative.

    `factor` are the units that a nat has.
    """
    some = f > 0
    term = np.zeros_like(f)
    term[some] = -f[some] * np.log(f[some]) * factor
    across = axis(range=list(view), nticks=6, showgrid=False)
    above = Row(
        110,
        [
            filled(line(x, f, "@p"), "@p/0.22"),
            level_line(view, 1.0, "@ink"),
        ],
        across | {"showticklabels": False},
        y_axis(f, np.array([1.3])),
        heading=heads[0],
        key=(("┄ 1", "@ink"),),
    )
    below = Row(
        110,
        [
            filled(line(x, np.maximum(term, 0.0), "@p", 1.5), "@p/0.22"),
            hatched(filled(line(x, np.minimum(term, 0.0), "@ink", 1.5), "@ink/0.1"), "@ink", 0.5),
        ],
        across,
        y_axis(term, np.array([0.3, -0.3])),
        heading=heads[1],
    )
    return sheet(above, below)


def bins(edges: Array, mass: Array, view: tuple[float, float], heading: str) -> Figure:
    """The probability (n,) of each bin between edges (n + 1,) as the height of a bar."""
    corners = np.concatenate([[0.0], np.repeat(mass, 2), [0.0]])
    # A wall between two bins of one height: they are two outcomes.
    walls = np.column_stack([edges, edges, np.full_like(edges, np.nan)]).ravel()
    tops = np.maximum(np.append(mass, 0.0), np.append(0.0, mass))
    rise = np.column_stack([0 * tops, tops, tops]).ravel()
    row = Row(
        130,
        [
            filled(line(np.repeat(edges, 2), corners, "@p", 1.5), "@p/0.22"),
            line(walls, rise, "@p", 1),
        ],
        axis(range=list(view), nticks=6, showgrid=False),
        y_axis(mass),
        heading=heading,
    )
    return sheet(row)
