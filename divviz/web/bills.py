"""Pictures of what a wrong code costs: stacked bars, a running mean, a curve over a coin."""

import math
from collections.abc import Sequence

import numpy as np

from divviz.running import Running
from divviz.web.sheet import (
    Array,
    Figure,
    Note,
    Row,
    Trace,
    axis,
    bare_axis,
    box,
    filled,
    hatched,
    level_line,
    line,
    named_axis,
    note,
    plain,
    sheet,
    upright_line,
)
from divviz.web.spelling import number

BAR, AROUND = 34, 10  # the height of a bar with its gap, and of the rest of a row, in pixels
Part = tuple[float, str]  # the size of a part of a bar and its colour token


# ---- stacked bars ----


def stacked(bars: Sequence[tuple[str, Sequence[Part]]], heading: str = "") -> Figure:
    """Bars one below the other, (label, parts); what is paid above the first part is hatched.

    An infinite part runs off the edge.
    """
    sizes = [size for _, parts in bars for size, _ in parts]
    totals = [sum(size for size, _ in parts if math.isfinite(size)) for _, parts in bars]
    reach = 1.28 * (max(totals) or 1.0) * (1.4 if not all(map(math.isfinite, sizes)) else 1.0)
    data: list[Trace] = []
    notes: list[Note] = []
    for y, (_, parts) in enumerate(bars):
        start = 0.0
        for k, (size, colour) in enumerate(parts):
            stop = start + size if math.isfinite(size) else reach
            if stop > start:
                outline = line(*box(start, -y - 0.33, stop, -y + 0.33), colour, 1.5)
                solid = filled(outline, f"{colour}/0.24", "toself")
                data.append(hatched(solid, colour) if k else solid)
            start = stop
        whole = sum(size for size, _ in parts)
        if math.isfinite(whole):
            notes.append(note(start, -y, number(whole), xanchor="left", xshift=6))
        else:
            notes.append(note(start, -y, "∞ →", xanchor="right", xshift=-6))
    row = Row(
        AROUND + BAR * len(bars),
        data,
        axis(range=[0.0, reach], nticks=6),
        named_axis(
            [-len(bars) + 0.45, 0.55],
            [-y for y in range(len(bars))],
            [plain(label) for label, _ in bars],
        ),
        heading=heading,
        notes=notes,
    )
    return sheet(row)


# ---- sample by sample ----


def settling(seen: Running, upto: int, limit: float, factor: float, heading: str) -> Figure:
    """The mean of log p/q of the first 1, 2, ..., `upto` samples, and dotted what it settles on.

    `factor` are the units that a nat has; `limit` is in that unit. The band is a standard error
    to either side. An infinite mean ends the line.
    """
    n = len(seen.mean)
    k = np.arange(1.0, upto + 1)
    mean, error = seen.mean[:upto] * factor, seen.error[:upto] * factor
    finite = np.isfinite(mean)
    all_means = seen.mean[np.isfinite(seen.mean)] * factor
    level = limit if math.isfinite(limit) else 0.0
    low, high = _around(all_means, level)
    band = finite & np.isfinite(error)
    data: list[Trace] = []
    if band.any():
        bottom = np.clip(mean[band] - error[band], low, high)
        top = np.clip(mean[band] + error[band], low, high)
        data.append(line(k[band], bottom, "@m/0", 0))
        data.append(filled(line(k[band], top, "@m/0", 0), "@m/0.18", "tonexty"))
    data.append(line(k, np.where(finite, np.clip(mean, low, high), np.nan), "@m", 2))
    if math.isfinite(limit):
        data.append(level_line([1.0, n], limit, "@ink"))
    notes = [] if finite.all() else [_struck(int(np.argmin(finite)) + 1, high)]
    row = Row(
        190,
        data,
        axis(range=[1, n], nticks=6, showgrid=False),
        axis(range=[low, high], nticks=5, zeroline=True),
        heading=heading,
        key=((f"┄ KL = {number(limit)}", "@ink"),),
        notes=notes,
    )
    return sheet(row)


def _around(means: Array, level: float) -> tuple[float, float]:
    """A range for the means after the first few, with the level and zero in it."""
    settled = means[min(len(means), 4) :] if len(means) > 8 else means
    every = np.concatenate([settled, [level, 0.0]])
    low, high = float(every.min()), float(every.max())
    air = 0.15 * (high - low) or 0.5
    return low - air, high + air


def _struck(k: int, top: float) -> Note:
    return note(k, top, "∞", 20, yanchor="top", xanchor="left", xshift=4)


# ---- a coin ----


def over_a_coin(
    theta: Array, cost: Array, floor: float, now: float, at: float, heading: str
) -> Figure:
    """The cross-entropy (n,) of coins theta with the data, its floor H, and the present coin."""
    top = 2.4 * max(floor, 0.35)
    shown = np.minimum(cost, 2 * top)
    data = [
        filled(line(theta, np.full_like(theta, floor), "@p", 1.5, "dot"), "@p/0.18"),
        line(theta, shown, "@q", 2, "dash"),
    ]
    notes: list[Note] = []
    if math.isfinite(at):
        data.append(upright_line(now, [floor, min(at, top)], "@m", 4, "solid"))
        gap = f"KL = {number(max(at - floor, 0.0))}"
        notes.append(note(now, min(at, 0.86 * top), gap, yanchor="bottom", yshift=8))
    else:
        notes.append(note(now, 0.92 * top, "∞", 20))
    row = Row(
        200,
        data,
        axis(range=[0.0, 1.0], nticks=6, showgrid=False),
        axis(range=[0.0, top], nticks=5, zeroline=True),
        heading=heading,
        key=(("╌ H(P,Q)", "@q"), ("┄ H(P)", "@p")),
        notes=notes,
    )
    return sheet(row)


# ---- three coins ----


def on_a_line(coins: Sequence[tuple[str, float, str]]) -> Figure:
    """Coins as places between 0 and 1: (name, chance of heads, colour)."""
    row = Row(
        64,
        [upright_line(v, [0.0, 0.55], colour, 3, "solid") for _, v, colour in coins],
        axis(range=[-0.03, 1.03], nticks=6, showgrid=False),
        bare_axis([0.0, 1.15], zeroline=True),
        notes=[note(v, 0.95, name, 13, colour) for name, v, colour in coins],
    )
    return sheet(row)
