"""P and Q where they are drawn: the places, the x axis of the board, lines, strips and marks.

P is solid and Q dashed, what adds is plain and what takes back is hatched, so that no picture needs
its colours to be read.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from divviz.controls import shown
from divviz.convergence import dies_out
from divviz.measures import MEASURES, UNITS, value
from divviz.pair import Ground, Pair
from divviz.web.sheet import (
    Array,
    Axis,
    Note,
    Row,
    Trace,
    axis,
    filled,
    hatched,
    hover,
    line,
    note,
    plain,
    y_axis,
)
from divviz.web.text import Translate

STRIP = 170  # the height of a row in pixels
STEPS = 201
LABELS_WIDTH = 320  # in pixels, for the names of all outcomes on a phone
ROUND_STEPS = (1, 2, 5, 10, 20, 50)
MOST_BARS = 24  # more are drawn as one outline: between them there would be more gap than bar
MOST_MARKS = 5
MOST_STAIRS = 300  # more are drawn as a curve: a step would be narrower than its line
ALPHAS = {"chi2_pearson": 2.0, "chi2_neyman": -1.0}
NOWHERE = ("no_overlap", "order_limit", "peak")  # reasons that no edge of the picture shows
GLYPH = {"p": "—", "q": "╌", "m": "━"}

View = tuple[float, float]
Mask = NDArray[np.bool_]


# ---- the setting ----


@dataclass(frozen=True)
class Setting:
    """All that a picture is made of: the pair, and P and Q at the places that are drawn.

    `x` (n,) are the slots of outcomes, or the places of `ground`, which a mixed pair does not have.
    `parameters` are all those of the measure.
    """

    pair: Pair
    key: str
    unit: str
    t: Translate
    common: Ground | None
    x: Array
    view: View
    names: tuple[str, ...] = ()
    parameters: dict[str, float] = field(default_factory=dict)

    @property
    def ground(self) -> Ground:
        """P and Q at the places that are drawn."""
        assert self.common is not None, "outcomes and a density have no common ground"
        return self.common

    @property
    def discrete(self) -> bool:
        """Whether P and Q are distributions of outcomes."""
        return self.pair.discrete

    @property
    def half(self) -> float:
        """Half the width of a bar, in slots."""
        return 0.42 if len(self.x) <= MOST_BARS else 0.5

    @cached_property
    def axis(self) -> Axis:
        """The x axis that lines up with the board's."""
        if not self.discrete:
            return axis(range=list(self.view), nticks=8, showgrid=False)
        names = [_short(name) for name in self.names]
        needed = len(names) * (8 + 7 * max(map(len, names))) / LABELS_WIDTH
        every = next(step for step in ROUND_STEPS if step >= needed)
        # From a multiple of the step, if there is one: 5, 10, 15 and not 1, 6, 11.
        first = int(np.argmax(self.ground.x[:every] % every == 0))
        return axis(
            range=list(self.view),
            showgrid=False,
            tickangle=0,
            tickvals=list(range(first, len(names), every)),
            ticktext=[plain(name) for name in names[first::every]],
        )

    def term(self, key: str) -> Array:
        """What each place adds to a measure, (n,), in its unit; infinite where it meets a zero."""
        one = MEASURES[key]
        assert one.term is not None
        known = {param.name for param in one.params}
        given = {name: order for name, order in self.parameters.items() if name in known}
        term: Array = one.term(self.ground, **given)
        return term * UNITS[self.unit] if one.unit in ("information", "root") else term

    def value(self, key: str, **parameters: float) -> float:
        """A measure of the pair, one that is defined, in its unit."""
        found = value(self.pair, key, self.unit, **parameters)
        assert found is not None, key
        return found


def setting(
    pair: Pair, key: str, unit: str, t: Translate, view: View | None, parameters: dict[str, float]
) -> Setting:
    """Where a picture of the pair is drawn: over the slots of outcomes, or the line of x."""
    if pair.discrete:
        return _slots(pair, key, unit, t, parameters)
    (a, b), (c, d) = pair.P.window(), pair.Q.window()
    low, high = view or (min(a, c), max(b, d))
    if pair.mixed:
        x = stairs_of(pair, (low, high))
        return Setting(pair, key, unit, t, None, x, (low, high), parameters=parameters)
    x = places(pair, (low, high))
    ground = pair.on(eased(pair, x, (low, high)))
    return Setting(pair, key, unit, t, ground, x, (low, high), parameters=parameters)


def _slots(pair: Pair, key: str, unit: str, t: Translate, parameters: dict[str, float]) -> Setting:
    board = shown(pair)
    n = len(board.values)
    names = tuple(name.replace("-", "−") if board.labels is None else name for name in board.names)
    ground, slots = pair.on(board.values), np.arange(float(n))
    return Setting(pair, key, unit, t, ground, slots, (-0.5, n - 0.5), names, parameters)


def places(pair: Pair, view: View) -> Array:
    """Return even steps over the view, both sides of each jump, and the core of what is narrow."""
    low, high = view
    near = 1e-9 * (high - low)
    marks = [np.array([low, high])]
    if not (pair.P.flat and pair.Q.flat):
        marks.append(np.linspace(low, high, STEPS))
    for breaks in (pair.P.breaks, pair.Q.breaks):
        hard = np.asarray(breaks.hard)
        marks += [hard - near, hard + near]
        marks += [anchor + offsets for anchor, offsets, _ in breaks.soft]
    x = np.unique(np.concatenate(marks))
    return x[(x >= low) & (x <= high)]


def eased(pair: Pair, x: Array, view: View) -> Array:
    """Return where to look for a density at x: next to a pole it would run off the picture."""
    least = 0.005 * (view[1] - view[0])
    for dist in (pair.P, pair.Q):
        hard = np.asarray(dist.breaks.hard)
        for pole in hard[np.isposinf(dist.log_density(hard))]:
            away = x - pole
            x = np.where(np.abs(away) < least, pole + np.copysign(least, away), x)
    return x


def stairs_of(pair: Pair, view: View) -> Array:
    """Return even steps over the view, and both sides of each outcome and of each jump."""
    steps, curve = (pair.P, pair.Q) if pair.P.kind == "discrete" else (pair.Q, pair.P)
    low, high = view
    near = 1e-9 * (high - low)
    atoms = steps.atoms()[0]
    atoms = atoms[(atoms >= low) & (atoms <= high)]
    sides = [atoms - near, atoms] if len(atoms) <= MOST_STAIRS else []
    hard = np.asarray(curve.breaks.hard)
    soft = [anchor + offsets for anchor, offsets, _ in curve.breaks.soft]
    even = np.linspace(low, high, STEPS if sides else 4 * STEPS)
    x = np.unique(np.concatenate([even, *sides, hard - near, hard, *soft]))
    return x[(x >= low) & (x <= high)]


def _short(name: str) -> str:
    return name if len(name) <= 9 else name[:8] + "…"


# ---- lines ----


def curve(
    setting: Setting, y: Array, colour: str, dash: str = "solid", width: float = 1.5
) -> Trace:
    """The line of y: bars as one path of steps, which the browser draws in a fifth of the time."""
    if not setting.discrete:
        return line(setting.x, y, colour, width, dash)
    h, x, zero = setting.half, setting.x, 0 * y
    if len(x) > MOST_BARS:
        ends = np.concatenate([x[:1] - h, np.column_stack([x - h, x + h]).ravel(), x[-1:] + h])
        steps = np.concatenate([zero[:1], np.repeat(y, 2), zero[-1:]])
        return line(ends, steps, colour, width, dash)
    corners = np.column_stack([x - h, x - h, x + h, x + h]).ravel()
    return line(corners, np.column_stack([zero, y, y, zero]).ravel(), colour, width, dash)


def dash(side: str) -> str:
    return "solid" if side == "p" else "dash"


def _endless(setting: Setting, infinite: Mask, top: float) -> tuple[list[Trace], list[Note]]:
    """Where a term is infinite: a hatched band to the top, marked ∞, never a finite bar."""
    if not infinite.any():
        return [], []
    trace = curve(setting, np.where(infinite, top, 0.0), "@ink/0.5", width=0)
    marks = [note(x, top, "∞", 22, yanchor="top") for x in _middles(setting, infinite)]
    return [hatched(filled(trace, "@ink/0.1"), "@ink", 0.5)], marks


def _middles(setting: Setting, mask: Mask) -> list[float]:
    """The middles of the runs of a mask, of the widest ones where there are many."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    runs = [(setting.x[a], setting.x[b - 1]) for a, b in edges.reshape(-1, 2)]
    widest = sorted(runs, key=lambda run: run[0] - run[1])[:MOST_MARKS]
    return [float(a + b) / 2 for a, b in widest]


def beyond(setting: Setting, top: float) -> list[Note]:
    """∞ at the edges beyond which, or at the place where, lies what makes the sum infinite."""
    found = MEASURES[setting.key].why(setting.pair, **setting.parameters)
    if found is None or found.value is None or found.code in NOWHERE:
        return []
    low, high = setting.view
    at = {"yanchor": "top", "bgcolor": "@paper/0.8"}
    left = note(low, top, "← ∞", 16, xanchor="left", xshift=6, **at)
    right = note(high, top, "∞ →", 16, xanchor="right", xshift=-6, **at)
    if found.code == "endless":
        where = str(found.fields["where"])
        if where.startswith("x = "):
            x = float(where.removeprefix("x = "))
            return [note(x, top, "∞", 22, yanchor="top")] if low <= x <= high else []
        # The first tail that diverges is named; the other one may do so as well.
        return [right] if where == "∞" else [left, right] if _both(setting) else [left]
    if found.code == "unbounded":
        ends = setting.pair.P.support()
        open_ends = ((left, ends[0][0]), (right, ends[-1][1]))
        return [mark for mark, end in open_ends if math.isinf(end)]
    place = found.fields.get("outcome", found.fields.get("high"))
    if not isinstance(place, float):
        return [left, right]
    return [left if place < setting.ground.x[0] else right]


def _both(setting: Setting) -> bool:
    """Whether a sum that diverges on the left diverges on the right as well."""
    a, b = powers(setting)
    tails = setting.pair.P.tail()[1], setting.pair.Q.tail()[1]
    opened = all(tail.kind != "end" for tail, power in zip(tails, (a, b), strict=True) if power)
    return opened and not dies_out(*tails, a, b)


def powers(setting: Setting) -> tuple[float, float]:
    """The powers of p and of q whose product a measure sums."""
    alpha = setting.parameters.get("alpha", ALPHAS.get(setting.key, 1.0))
    if MEASURES[setting.key].of == "p":
        return alpha, 0.0
    # At order infinity the ratio itself decides.
    return (alpha, 1 - alpha) if alpha < math.inf else (1.0, -1.0)


def strip(setting: Setting, height: int, name: str, data: list[Trace], *series: Array) -> Row:
    """A row on the board's x axis, with what is infinite in its last series marked."""
    infinite = np.isposinf(series[-1])
    y = y_axis(*series, room=bool(infinite.any()))
    top = y["range"][1]
    bands, marks = _endless(setting, infinite, top)
    marks += beyond(setting, top) if not bands else []
    spoken = hover(setting.x, series[-1], name)
    return Row(height, [*bands, *data, spoken], setting.axis, y, name, notes=marks)


def by_sign(setting: Setting, term: Array, up: str, down: str, dash: str = "solid") -> list[Trace]:
    """A term by place: what it adds above zero, what it takes back, hatched, below."""
    finite = np.where(np.isfinite(term), term, 0.0)
    above = curve(setting, only(setting, np.maximum(finite, 0.0)), up, dash)
    below = curve(setting, only(setting, np.minimum(finite, 0.0)), down, dash)
    return [filled(above, f"{up}/0.3"), hatched(filled(below, f"{down}/0.2"), down)]


def only(setting: Setting, y: Array) -> Array:
    """y where it is not zero, and its feet, so that no line is drawn along the axis."""
    there = y != 0
    if not setting.discrete or len(y) > MOST_BARS:
        there = there | np.append(there[1:], False) | np.append(False, there[:-1])
    return np.where(there, y, np.nan)
