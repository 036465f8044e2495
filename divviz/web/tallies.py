"""Pictures of samples and models: KL against p, estimates that scatter, bins against a normal."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from divviz.resampled import Track
from divviz.web.sheet import (
    Array,
    Figure,
    Row,
    Trace,
    axis,
    filled,
    hatched,
    line,
    note,
    sheet,
    y_axis,
)
from divviz.web.spelling import number
from divviz.widths import Widths
from divviz.worms import Slide

GRID = np.linspace(0.0, 1.0, 201)
ASIDE = 0.25  # so far from the best p the curve of KL is in the picture
CELLS = 30
EDGE = 0.24  # of the picture: so near to its ends a label stands on the other side
UPPER = "2"  # the upper of two rows, to a hand
NARROW = 1e-9  # of the estimates' size: what spreads less is one value


# ---- KL against p --------------------------------------------------------------------------------


class Curve(NamedTuple):
    """KL of the counts to Binomial(n, p) at GRID (201,), where the picture ends, and the slide."""

    slide: Slide
    kl: Array
    top: float


def curve(slide: Slide) -> Curve:
    """The curve of a slide, in nats."""
    kl = slide.kl(GRID)
    beside = slide.kl(np.clip(slide.best + ASIDE * np.array([-1.0, 1.0]), 0.02, 0.98))
    return Curve(slide, kl, 1.15 * max(float(beside.max()), slide.least + 0.1))


def down(found: Curve, at: float, factor: float, heading: str) -> Figure:
    """KL against p with the slope where p is `at`; `factor` are the units that a nat has."""
    top = found.top * factor
    row = Row(
        150,
        [_clipped(found.kl * factor, top), *_slope(found, at, factor)],
        axis(range=[0.0, 1.0], nticks=6),
        axis(range=[0.0, top], nticks=4, zeroline=True),
        heading=heading,
    )
    return sheet(row)


def _clipped(y: Array, top: float) -> Trace:
    """A curve that leaves the picture where it is higher than `top`."""
    return line(GRID, np.where(y <= 1.5 * top, y, np.nan), "@m", 2.5)


def _slope(found: Curve, at: float, factor: float) -> list[Trace]:
    """The tangent where p is `at`, if it can be seen."""
    kl, slope = float(found.slide.kl(at)), float(found.slide.slope(at))
    if not kl <= found.top or not math.isfinite(slope):
        return []
    # As long in the picture, whatever its slope.
    half = 0.16 / math.hypot(1.0, 0.4 * slope / found.top)
    x = at + half * np.array([-1.0, 1.0])
    return [line(x, (kl + slope * (x - at)) * factor, "@ink", 1.5, "dash")]


def beside_uniform(found: Curve, factor: float, heading: str, uniform: str) -> Figure:
    """KL against p with its lowest point, and the level of the uniform model, named `uniform`."""
    slide = found.slide
    top, level = max(found.top, 1.15 * slide.uniform) * factor, slide.uniform * factor
    row = Row(
        130,
        [
            line(np.array([0.0, 1.0]), np.full(2, level), "@ink", 1.5, "dot"),
            _clipped(found.kl * factor, top),
        ],
        axis(range=[0.0, 1.0], nticks=6),
        axis(range=[0.0, top], nticks=4, zeroline=True),
        heading=heading,
        key=((f"┄ {uniform}", "@ink"),),
        notes=[_dot(slide.best, slide.least * factor)],
    )
    return sheet(row)


def mirrored(found: Curve, at: float, factor: float, heads: tuple[str, str]) -> Figure:
    """KL against p and below it the mean log-likelihood of a value, with p at `at` in both."""
    slide, top, kl = found.slide, found.top, float(found.slide.kl(at))
    across = axis(range=[0.0, 1.0], nticks=6)
    upright = np.array([at, at])
    low, high = -(slide.entropy + top) * factor, -(slide.entropy + slide.least) * factor
    air = 0.1 * (high - low)
    above = Row(
        130,
        [
            _clipped(found.kl * factor, top * factor),
            *_to(upright, [0.0, min(kl, top) * factor]),
        ],
        across | {"showticklabels": False},
        axis(range=[0.0, top * factor], nticks=4, zeroline=True),
        heading=heads[0],
    )
    likely = -(slide.entropy + found.kl) * factor
    here = -(slide.entropy + kl) * factor
    below = Row(
        130,
        [
            line(GRID, np.where(likely >= low, likely, np.nan), "@p", 2.5),
            *_to(upright, [max(here, low), high + air]),
        ],
        across,
        axis(range=[low, high + air], nticks=4),
        heading=heads[1],
        notes=[_dot(at, here, "@p")] if here >= low else (),
    )
    return sheet(above, below)


def _to(x: Array, y: Sequence[float]) -> list[Trace]:
    return [line(x, np.array(y), "@ink/0.6", 1, "dot")]


def _dot(x: float, y: float, colour: str = "@m") -> dict[str, object]:
    return note(x, y, "●", 15, colour)


# ---- estimates that scatter ----------------------------------------------------------------------


def scattered(
    track: Track, upto: int, factor: float, heading: str, names: tuple[str, str]
) -> Figure:
    """How often the first `upto` estimates were what, beside the true value and their mean.

    `names` are those of the true value and of the mean; an infinite one is not drawn, nor is the
    mean of none.
    """
    values, true = track.values * factor, track.true * factor
    finite = values[np.isfinite(values)]
    low, high = _ends(np.concatenate([finite, [true] if math.isfinite(true) else []]))
    edges = np.linspace(low, high, CELLS + 1)
    tallest = float(np.histogram(finite, edges)[0].max(initial=1))
    seen = values[:upto]
    counts = np.histogram(seen[np.isfinite(seen)], edges)[0].astype(float)
    mean = float(seen.mean()) if upto else math.nan
    data = [_steps(edges, counts, "@m", "@m/0.25")]
    notes = []
    if upto and math.isfinite(seen[-1]):
        data.append(line(np.full(2, seen[-1]), np.array([0.0, 0.06 * tallest]), "@ink", 4))
    left = mean <= true
    marks = ((true, names[0], "@ink", "dot", not left), (mean, names[1], "@m", "dash", left))
    for height, (at, name, colour, dash, before) in zip((1.28, 1.16), marks, strict=True):
        if math.isfinite(at):
            data.append(line(np.full(2, at), np.array([0.0, height * tallest]), colour, 2.5, dash))
            share = (at - low) / (high - low)
            inward = share > 1 - EDGE or (before and share > EDGE)
            side, shift = ("right", -6) if inward else ("left", 6)
            text = f"{name} {number(at)}"
            notes.append(note(at, height * tallest, text, 12, colour, xanchor=side, xshift=shift))
    row = Row(
        190,
        data,
        axis(range=[low, high], nticks=7, showgrid=False),
        axis(range=[0.0, 1.36 * tallest], nticks=5, zeroline=True),
        heading=heading,
        notes=notes,
    )
    return sheet(row)


def _ends(values: Array) -> tuple[float, float]:
    """A stretch around all values (n,) with room at both ends."""
    if not values.size:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if high - low <= NARROW * max(abs(low), abs(high), 1.0):
        return low - 0.5, high + 0.5
    air = 0.12 * (high - low)
    return low - air, high + air


def _steps(edges: Array, heights: Array, colour: str, ground: str) -> Trace:
    """Bars without gaps between edges (m + 1,), with walls that tell them apart."""
    rise = np.column_stack([0 * heights, heights, heights]).ravel()
    x = np.append(np.column_stack([edges[:-1], edges[:-1], edges[1:]]).ravel(), edges[-1])
    y = np.append(rise, 0.0)
    return filled(line(x, y, colour, 1.5), ground)


# ---- bins ----------------------------------------------------------------------------------------


def against_normal(
    bars: tuple[Array, Array], normal: tuple[Array, Array], names: tuple[str, str]
) -> Figure:
    """A histogram, edges (m + 1,) and heights (m,), and a normal density, places and heights (k,).

    `names` are those of the two.
    """
    (edges, heights), (x, y) = bars, normal
    low, high = float(min(edges[0], x[0])), float(max(edges[-1], x[-1]))
    row = Row(
        210,
        [
            _steps(edges, heights, "@p", "@p/0.22"),
            hatched(filled(line(x, y, "@q", 2, "dash"), "@q/0.05"), "@q", 0.25),
        ],
        axis(range=[low, high], nticks=7, showgrid=False),
        y_axis(heights, y),
        key=((f"— {names[0]}", "@p"), (f"╌ {names[1]}", "@q")),
    )
    return sheet(row)


def by_width(found: Widths, bins: int, factor: float, heads: tuple[str, str], key: str) -> Figure:
    """The entropy of the histogram and its KL to the normal against the number of bins.

    `key` names the line at the normal's own entropy.
    """
    level = found.normal_entropy * factor
    entropy, kl = found.entropy * factor, found.kl * factor
    at = int(np.argmin(np.abs(found.bins - bins)))
    ends = [float(found.bins[0]), float(found.bins[-1])]
    across = axis(range=[0.0, ends[1] + 1], nticks=7)
    spread = np.append(entropy, level)
    air = 0.12 * float(np.ptp(spread)) or 0.5
    above = Row(
        88,
        [
            line(np.array(ends), np.full(2, level), "@q", 1.5, "dash"),
            line(found.bins, entropy, "@p", 2),
        ],
        across | {"showticklabels": False},
        axis(range=[float(spread.min()) - air, float(spread.max()) + air], nticks=6),
        heading=heads[0],
        key=((f"╌ {key}", "@q"),),
        notes=[_dot(float(found.bins[at]), float(entropy[at]), "@p")],
    )
    below = Row(
        88,
        [line(found.bins, kl, "@m", 2)],
        across,
        y_axis(kl),
        heading=heads[1],
        notes=[_dot(float(found.bins[at]), float(kl[at]))],
    )
    return sheet(above, below)
