"""Pictures of earth that is moved: piles of P above, holes of Q below, and streams between them.

Every place stands where it is on the line, so that a stream is as long as its way, and as wide as
the earth that it carries.
"""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from divviz.pair import Pair
from divviz.places import Places, places_of
from divviz.plan import Plan, left, room, settled
from divviz.web.sheet import (
    Array,
    Axis,
    Note,
    Row,
    Trace,
    axis,
    bars,
    filled,
    hatched,
    level_line,
    line,
    named_axis,
    note,
    plain,
)
from divviz.web.spelling import cut_to, short

MOST_PLACES = 12  # more would leave a finger on a phone less than 24 pixels for each
CLOSEST = 1 / 40  # of the whole width, for the same reason
LETTERS = 40  # of all names together that a phone shows in a row
MOST_LETTERS = 9  # of a name
TALL = 0.65  # the highest pile, where the way between piles and holes is 1
HALF = 0.34  # half the width of a pile, in distances of the closest two places
LETTERS_TALL = 21  # the height of an amount in pixels
CURVE = np.linspace(0.0, 1.0, 17)
SMOOTH = CURVE**2 * (3 - 2 * CURVE)


def by_hand(pair: Pair) -> Places | None:
    """P and Q as masses at places, None where they are too many or too close for a hand."""
    if not pair.discrete or len(pair.x) > 4 * MOST_PLACES:
        return None
    found = places_of(pair)
    x = np.array(found.x)
    if len(x) > MOST_PLACES or float(np.diff(x).min(initial=np.inf)) < CLOSEST * float(np.ptp(x)):
        return None
    return found


class Ground(NamedTuple):
    """How places are drawn: half the width of a pile, its height by mass, and the x axis."""

    half: float
    height: float
    axis: Axis


def ground(here: Places, labels: Sequence[str] | None = None) -> Ground:
    """The ground under some places, which are named if they have names."""
    x = np.array(here.x)
    closest = float(np.diff(x).min(initial=np.inf)) if len(x) > 1 else 1.0
    # One wide gap among narrow ones would leave bars like hairs.
    half = max(HALF * closest, 0.006 * float(np.ptp(x)))
    pad = 1.6 * half + 0.02 * float(np.ptp(x))
    ends = [here.x[0] - pad, here.x[-1] + pad]
    names = (
        [short(v) for v in here.x]
        if labels is None
        else [cut_to(one, MOST_LETTERS) for one in labels]
    )
    told = _apart(here.x, names, ends[1] - ends[0])
    at, written = [here.x[k] for k in told], [plain(names[k]) for k in told]
    across = named_axis(ends, at, written, tickangle=0)
    return Ground(half, TALL / max(*here.p, *here.q), across)


def _apart(x: Sequence[float], names: Sequence[str], width: float) -> list[int]:
    """The numbers of the names that do not run into one another, on a phone."""
    told = [0]
    for k in range(1, len(x)):
        letters = 2 + 0.5 * (len(names[k]) + len(names[told[-1]]))
        if x[k] - x[told[-1]] >= width * letters / LETTERS:
            told.append(k)
    return told


# ---- piles and holes -----------------------------------------------------------------------------


def _boxes(x: Array, low: Array, high: Array, half: float) -> tuple[Array, Array]:
    """Boxes (6 n,) by themselves, those of no height left out."""
    some = high - low > 1e-9
    x, low, high = x[some], low[some], high[some]
    gap = np.full_like(x, np.nan)
    corners = np.column_stack([x - half, x - half, x + half, x + half, x - half, gap]).ravel()
    return corners, np.column_stack([low, high, high, low, low, gap]).ravel()


def piles(plan: Plan, drawn: Ground, *, amounts: bool = True) -> tuple[list[Trace], list[Note]]:
    """Piles with what is left of them, holes with what has been brought, and the amounts left."""
    here, (half, height, _) = plan.places, drawn
    x, p, q = np.array(here.x), np.array(here.p), np.array(here.q)
    rest, space = left(plan), room(plan)
    bottom = -height * q
    traces = [
        line(*_boxes(x, np.ones_like(x), 1 + height * p, half), "@p/0.55", 1),
        _piled(_boxes(x, np.ones_like(x), 1 + height * rest, half)),
        line(*_boxes(x, bottom, np.zeros_like(x), half), "@q/0.7", 1.2, "dash"),
        _dug(_boxes(x, -height * space, np.zeros_like(x), half)),
        filled(
            line(*_boxes(x, bottom, bottom + height * (q - space), half), "@m/0.6", 1),
            "@m/0.45",
            "toself",
        ),
    ]
    if not amounts:
        return traces, []
    notes = [
        note(at, 1 + height * full, short(float(value)), colour="@p", yanchor="bottom", yshift=3)
        for at, full, value in zip(here.x, here.p, rest, strict=True)
        if value > 0
    ]
    notes += [
        note(at, -height * full, short(float(value)), colour="@q", yanchor="top", yshift=-4)
        for at, full, value in zip(here.x, here.q, space, strict=True)
        if value > 0
    ]
    return traces, notes


def _piled(outline: tuple[Array, Array]) -> Trace:
    return filled(line(*outline, "@p", 1.5), "@p/0.3", "toself")


def _dug(outline: tuple[Array, Array]) -> Trace:
    return hatched(filled(line(*outline, "@q", 1.5, "dash"), "@q/0.2", "toself"), "@q")


# ---- streams -------------------------------------------------------------------------------------


def streams(plan: Plan, drawn: Ground, marked: Collection[int] = ()) -> list[Trace]:
    """Each move as a stream from its pile to its hole; those of numbers `marked` stand out."""
    gauge = 2 * drawn.half / max(*plan.places.p, *plan.places.q)
    tops = _berths([(m.i, m.j) for m in plan.moves], plan, 0)
    feet = _berths([(m.j, m.i) for m in plan.moves], plan, 1)
    traces = []
    for k, m in enumerate(plan.moves):
        wide = gauge * m.amount
        start = plan.places.x[m.i] + gauge * tops[k]
        end = plan.places.x[m.j] + gauge * feet[k]
        path = start + (end - start) * SMOOTH
        outline = np.concatenate([path, path[::-1] + wide, path[:1]])
        down = np.concatenate([1 - CURVE, CURVE, [1.0]])
        traces.append(_stream(outline, down, resting=m.i == m.j, marked=k in marked))
    return traces


def _stream(x: Array, y: Array, *, resting: bool, marked: bool) -> Trace:
    if marked:
        return hatched(filled(line(x, y, "@ink", 2), "@m/0.3", "toself"), "@ink", 0.5)
    if resting:
        return filled(line(x, y, "@ink/0.25", 1, "dot"), "@ink/0.07", "toself")
    return filled(line(x, y, "@m/0.9", 1), "@m/0.3", "toself")


def _berths(ways: Sequence[tuple[int, int]], plan: Plan, side: int) -> list[float]:
    """Where each stream begins beside the middle of its place: side by side, by where they go."""
    mass = (plan.places.p, plan.places.q)[side]
    taken = [-0.5 * m for m in mass]
    berths = [0.0] * len(ways)
    for k in sorted(range(len(ways)), key=lambda k: ways[k]):
        berths[k] = taken[ways[k][0]]
        taken[ways[k][0]] += plan.moves[k].amount
    return berths


# ---- rows ----------------------------------------------------------------------------------------


def moved(
    plan: Plan,
    labels: Sequence[str] | None,
    height: int,
    *,
    heading: str = "",
    marked: Sequence[int] = (),
    amounts: bool = True,
    rests: bool = True,
    named: bool = True,
) -> Row:
    """The piles, the holes, and the moves between them; `rests` in grey, places by name."""
    drawn = ground(plan.places, labels)
    shapes, notes = piles(plan, drawn, amounts=amounts)
    shown = settled(plan) if rests else plan
    edge = drawn.axis["range"]
    lines = [level_line(edge, y, "@ink/0.6", 1, "solid") for y in (1.0, 0.0)]
    air = _air(LETTERS_TALL if amounts else 4, height)
    up = named_axis([-TALL - air, 1 + TALL + air], [1 + TALL / 2, -TALL / 2], ["P —", "Q ╌"])
    data = [*streams(shown, drawn, marked), *shapes, *lines]
    across = drawn.axis if named else drawn.axis | {"showticklabels": False}
    return Row(height, data, across, up, heading, notes=notes)


def _air(pixels: float, height: int) -> float:
    """How much of the y axis so many pixels above and below the piles are."""
    return pixels / (height - 2 * pixels) * (1 + 2 * TALL)


def sides(here: Places, height: int, reach: float) -> Row:
    """P above the line and Q below it, over a view from the first place on to `reach`."""
    x, p, q = np.array(here.x), np.array(here.p), np.array(here.q)
    high = 1 / max(*here.p, *here.q)
    half = 0.016 * (reach - here.x[0])
    right = max(reach, here.x[-1]) + 2 * half
    marks = list(range(math.ceil(here.x[0]), math.floor(right) + 1))
    ends = [min(0.5, here.x[0] - 2 * half), right]
    across = named_axis(ends, marks, [f"{mark}" for mark in marks], tickangle=0)
    up = named_axis([-1.1, 1.1], [0.5, -0.5], ["P", "Q"], zeroline=True)
    data = [_piled(_boxes(x, 0 * x, high * p, half)), _dug(_boxes(x, -high * q, 0 * x, half))]
    return Row(height, data, across, up)


def bill(costs: Array, at: int, height: int, heading: str) -> Row:
    """What each step of a path costs, with the present one marked."""
    n = len(costs)
    top = float(costs.max()) or 1.0
    across = axis(range=[-0.6, max(n - 0.4, 0.6)], showgrid=False, nticks=min(n, 9))
    up = axis(range=[0, 1.15 * top], nticks=3, zeroline=True)
    steps = np.arange(float(n))
    data = [
        filled(line(*bars(steps - 0.4, steps + 0.4, 0.0, costs), "@m/0.7", 1), "@m/0.15"),
        filled(line(*bars(at - 0.4, at + 0.4, 0.0, costs[at]), "@m", 2), "@m/0.55"),
    ]
    # Costs fall from left to right, so there is room.
    told = note(n - 0.6, 1.15 * top, heading, 11, xanchor="right", yanchor="top")
    return Row(height, data, across, up, notes=[told])
