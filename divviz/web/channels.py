"""Pictures of a noisy channel: what becomes of each input, and how much gets through."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from divviz.web.sheet import (
    SMALL,
    Array,
    Figure,
    Note,
    Row,
    Trace,
    axis,
    bare_axis,
    filled,
    level_line,
    line,
    note,
    sheet,
    upright_line,
)
from divviz.web.spelling import number, short

LEFT, RIGHT = 0.2, 0.8  # where the letters stand
THIN, THICK = 1.0, 9.0  # of a way, in pixels


def ways(rows: Array, share: Array, letters: tuple[Sequence[str], Sequence[str]]) -> Figure:
    """Each input with its share at the left, each output at the right, ways as wide as likely.

    A letter that arrives as it was sent goes straight and solid, others dashed.
    """
    inputs, outputs = (_heights(len(names)) for names in letters)
    arrives = share @ rows
    data: list[Trace] = []
    notes = []
    for i, (sent, y) in enumerate(zip(letters[0], inputs, strict=True)):
        notes.append(
            note(LEFT, y, f"{sent} · {short(float(share[i]))}", 13, xanchor="right", xshift=-8)
        )
        for k, (got, end) in enumerate(zip(letters[1], outputs, strict=True)):
            chance = float(rows[i, k])
            if chance > 0:
                data.append(_way((y, end), chance, right=sent == got))
                notes.append(_chance((y, end), chance))
    for k, (got, y) in enumerate(zip(letters[1], outputs, strict=True)):
        text = f"{got} · {short(float(arrives[k]))}"
        notes.append(note(RIGHT, y, text, 13, xanchor="left", xshift=8))
    return sheet(Row(150, data, bare_axis([0, 1]), bare_axis([-0.16, 1.16]), notes=notes))


def _heights(count: int) -> list[float]:
    return np.linspace(1.0, 0.0, count).tolist()


def _way(ends: tuple[float, float], chance: float, right: bool) -> Trace:
    width = THIN + (THICK - THIN) * chance
    x, y = np.array([LEFT, RIGHT]), np.array(ends)
    return line(x, y, "@p/0.6" if right else "@q/0.6", width, "solid" if right else "dash")


def _chance(ends: tuple[float, float], chance: float) -> Note:
    """The number at a way's beginning, on the side where no other way is."""
    along = 0.22
    y = ends[0] + along * (ends[1] - ends[0])
    above = ends[1] > ends[0] or ends[0] == ends[1] > 0.5
    side: dict[str, Any] = (
        {"yanchor": "bottom", "yshift": 6} if above else {"yanchor": "top", "yshift": -6}
    )
    return note(LEFT + along * (RIGHT - LEFT), y, short(chance), SMALL, **side)


def through(
    curve: tuple[Array, Array], now: tuple[float, float], best: float, most: float
) -> Figure:
    """The information over the share of one letter, where it is now, its best as a line across."""
    (shares, information), (share, height) = curve, now
    data = [
        filled(line(shares, information, "@m", 2.5), "@m/0.15"),
        level_line([0.0, 1.0], best, "@ink/0.7", dash="dash"),
        upright_line(share, [0.0, height], "@m", 1),
    ]
    x = axis(range=[0, 1], nticks=6)
    y = axis(range=[0, 1.12 * most], nticks=5, zeroline=True)
    text = note(
        0.0, best, f"C = {number(best)}", xanchor="left", yanchor="bottom", xshift=4, yshift=4
    )
    return sheet(Row(220, data, x, y, "I(X;Y)", notes=[text]))


def bounds(
    lower: Array, upper: Array, step: int, last: int, best: float, names: tuple[str, str]
) -> Figure:
    """The two bounds of the capacity step by step, up to the present step plain, beyond faint.

    `names` are those of the lower and the upper one; the capacity is C.
    """
    at = np.arange(len(lower), dtype=float)
    finite = [*lower.tolist(), *upper[np.isfinite(upper)].tolist(), best]
    most = max(finite) or 1.0
    data = [level_line([0.0, last], best, "@ink/0.7", dash="dash")]
    for values, colour, dash in ((upper, "@q", "dash"), (lower, "@p", "solid")):
        data.append(line(at, values, f"{colour}/0.3", 1.5, dash))
        data.append(line(at[: step + 1], values[: step + 1], colour, 3, dash))
    notes = [
        note(step, float(values[step]), "●", 14, colour)
        for values, colour in ((upper, "@q"), (lower, "@p"))
        if math.isfinite(values[step])
    ]
    notes.append(note(last, best, "C", xanchor="right", yanchor="top", yshift=-4))
    x = axis(range=[-0.4, last + 0.4], nticks=10)
    y = axis(range=[0, 1.1 * most], nticks=5, zeroline=True)
    key = ((f"— {names[1]}", "@q"), (f"— {names[0]}", "@p"))
    return sheet(Row(200, data, x, y, "", key, notes))
