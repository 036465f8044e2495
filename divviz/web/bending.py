"""The picture of a critic bent by hand: its line above, and below it where P and Q differ."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from divviz.pair import Pair
from divviz.potential import ROUNDED, Critic
from divviz.web.setting import eased, places, stairs_of
from divviz.web.sheet import (
    Array,
    Figure,
    Note,
    Row,
    Trace,
    axis,
    bare_axis,
    bars,
    line,
    note,
    plain_and_hatched,
    sheet,
    where_finite,
    y_axis,
)
from divviz.web.spelling import short

UPPER, LOWER = 200, 84  # the heights of the rows in pixels
EVEN = 9  # corners over a view whose outcomes are too many for a hand, or that has none
REACH = 0.55  # of the width of all corners: how far up and down a corner goes
MOST_NOTES = 6  # of pieces that are too steep


def corners(view: tuple[float, float], at: Sequence[float] | None) -> tuple[float, ...]:
    """Where the critic bends: at the given places, or evenly over the view."""
    if at is not None:
        return tuple(at)
    low, high = view
    pad = 0.04 * (high - low)
    return tuple(float(f"{v:.6g}") + 0.0 for v in np.linspace(low + pad, high - pad, EVEN))


def reach(at: Sequence[float]) -> float:
    """How high a corner goes: so high that every critic of slopes up to 1 fits in."""
    return REACH * ((at[-1] - at[0]) or 1.0)


def leaning(at: Sequence[float]) -> tuple[float, ...]:
    """A critic of slope -1/2, to begin with."""
    middle = 0.5 * (at[0] + at[-1])
    return tuple(0.5 * (middle - x) + 0.0 for x in at)


def centred(values: Sequence[float]) -> tuple[float, ...]:
    """The same critic with its highest as far above 0 as its lowest is below."""
    middle = 0.5 * (max(values) + min(values))
    return tuple(v - middle + 0.0 for v in values)


def hands(found: Critic, label: str) -> list[dict[str, Any]]:
    """A hand at each corner; `label` says which with its `{x}`."""
    high = reach(found.x)
    gaps = np.diff(found.x)
    step = float(f"{0.25 * float(gaps.min()) if len(gaps) else 0.05:.2g}")
    return [
        {
            "id": f"{k}",
            "x": x,
            "y": v,
            "row": "2",  # the upper of two
            "move": "y",
            "low": [x, -high],
            "high": [x, high],
            "step": [0, step],
            "label": label.replace("{x}", short(x)),
            "text": short(v),
            "colour": "@m",
        }
        for k, (x, v) in enumerate(zip(found.x, found.values, strict=True))
    ]


def bending(pair: Pair, found: Critic, view: tuple[float, float], steep: str) -> Figure:
    """The critic, its pieces steeper than 1 dotted and named by `steep`, over p − q."""
    high = 1.08 * reach(found.x)
    above = Row(
        UPPER,
        _line(found, view),
        bare_axis(view),
        axis(range=[-high, high], nticks=5, zeroline=True),
        "f",
        notes=_warnings(found, steep),
    )
    return sheet(above, _difference(pair, view))


def _line(found: Critic, view: tuple[float, float]) -> list[Trace]:
    x = np.concatenate([view[:1], found.x, view[1:]])
    y = found.at(x)
    steep = np.abs(found.slopes) > 1 + ROUNDED
    gentle = [line(x, y, "@m", 2.5)]
    wild = [line(x[k : k + 2], y[k : k + 2], "@less", 5, "dot") for k in np.flatnonzero(steep)]
    return gentle + wild


def _warnings(found: Critic, steep: str) -> list[Note]:
    slopes = found.slopes[1:-1]
    worst = np.argsort(-np.abs(slopes), kind="stable")[:MOST_NOTES]
    return [
        note(
            0.5 * (found.x[k] + found.x[k + 1]),
            0.5 * (found.values[k] + found.values[k + 1]),
            steep.replace("{slope}", short(float(abs(slopes[k])))),
            11,
            "@less",
            # On the side where the line is not.
            xanchor="left" if slopes[k] < 0 else "right",
            xshift=7 if slopes[k] < 0 else -7,
        )
        for k in worst.tolist()
        if abs(slopes[k]) > 1 + ROUNDED
    ]


def _difference(pair: Pair, view: tuple[float, float]) -> Row:
    """What P has more of, plain, and less of, hatched; the gap of the CDFs where kinds differ."""
    if pair.mixed:
        x = stairs_of(pair, view)
        return _signed(x, pair.Q.cdf(x) - pair.P.cdf(x), view, "G − F")
    if not pair.discrete:
        x = places(pair, view)
        ground = pair.on(eased(pair, x, view))
        return _signed(x, ground.p - ground.q, view, "p − q")
    inside = (pair.x >= view[0]) & (pair.x <= view[1])
    x, d = pair.x[inside], (pair.p - pair.q)[inside]
    gap = float(np.diff(x).min(initial=math.inf))
    half = min(0.34 * gap, 0.05 * (view[1] - view[0]))
    return _signed(*bars(x - half, x + half, 0 * d, d), view, "p − q")


def _signed(x: Array, y: Array, view: tuple[float, float], name: str) -> Row:
    finite = where_finite(y, 0.0)
    above = line(x, np.maximum(finite, 0.0), "@more", 1.5)
    below = line(x, np.minimum(finite, 0.0), "@less", 1.5)
    data = plain_and_hatched(above, below, "@more", "@less")
    up = y_axis(finite)
    low, high = up["range"]
    if not low < 0:
        up |= {"range": [-0.08 * high, high]}
    return Row(LOWER, data, axis(range=list(view), showgrid=False, nticks=9), up, name)
