"""Where the nats of a pair sit: the one outcome, or stretch of x, that gives the most, marked."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from divviz.pair import Pair
from divviz.web.setting import GLYPH, Setting, by_sign, curve, dash, setting, strip
from divviz.web.sheet import (
    Array,
    Figure,
    Note,
    Row,
    Trace,
    box,
    filled,
    hatched,
    line,
    note,
    plain,
    sheet,
    y_axis,
)
from divviz.web.spelling import number
from divviz.web.text import Translate
from divviz.web.whereabouts import (
    Subject,
    edges,
    larger_runs,
    listed,
    outcomes,
    parts,
    place,
    sums,
    window,
)

UPPER, LOWER, SMALL = 130, 110, 110  # heights in pixels
TAIL = 1e-3  # of the mass of P: beyond that it has next to nothing
SIDES = {"kl_pq": "p", "kl_qp": "q"}  # which side is the larger one where nats are added


class Spot(NamedTuple):
    """A stretch of x, or the one outcome low = high, and what it adds, in the unit."""

    low: float
    high: float
    amount: float


def spot_of(about: Subject) -> Spot:
    """Where the most of a finite KL, or of a JS between outcomes, comes from."""
    each, pair = parts(about), about.pair
    if about.discrete:
        k = int(np.argmax(each))
        return Spot(float(pair.x[k]), float(pair.x[k]), float(each[k]))
    side = SIDES[about.key]
    runs = larger_runs(pair, side)
    if not len(runs):  # P is Q
        return Spot(*window(pair), 0.0)
    amounts = sums(runs, each)
    k = int(np.argmax(amounts))
    low, high = edges(pair, runs[k : k + 1], side)
    return Spot(float(low[0]), float(high[0]), float(amounts[k]))


def where(about: Subject, spot: Spot) -> str:
    """A spot in words: "outcome 3", "x between −3.4 and −1.2"."""
    if about.discrete:
        return outcomes(about, [spot.low])
    return listed(about, [spot.low], [spot.high])


def room(about: Subject) -> str:
    """Where more nats are to be had, in words.

    A percent less of Q at one place adds p - q there to KL(P‖Q); KL(Q‖P) has no bound but -log p,
    which is highest where P is smallest.
    """
    p, q, x = about.pair.p, about.pair.q, about.pair.x
    if about.discrete:
        k = int(np.argmax(p - q) if about.key == "kl_pq" else np.argmin(p))
        return outcomes(about, [float(x[k])])
    low, high = window(about.pair)
    if about.key == "kl_pq":
        return about.t("around", x=place(float(x[np.argmax(p - q)]), high - low))
    centres = [dist.mean() or 0.0 for dist in (about.pair.P, about.pair.Q)]
    left, right = (float(about.pair.P.quantile(share)) for share in (TAIL, 1 - TAIL))
    end = (-np.inf, left) if centres[1] < centres[0] else (right, np.inf)
    return listed(about, [end[0]], [end[1]])


# ---- pictures ------------------------------------------------------------------------------------


def spotted(about: Subject, spot: Spot, name: str = "") -> Figure:
    """P and Q, below them what each place adds, and the spot marked in both; of a pair by name."""
    here = setting(about.pair, about.key, about.unit, about.t, None, about.parameters)
    term = here.term(about.key)
    low, high = _stretch(here, spot)
    upper = replace(_both(here, UPPER), heading=": ".join([*name, plain(where(about, spot))]))
    upper = _marked(upper, low, high, "▼")
    up, down = ("@less", "@more") if about.key == "kl_qp" else ("@more", "@less")
    name = about.t(f"term.{about.key}")
    lower = strip(here, LOWER, name, by_sign(here, term, up, down), term)
    return sheet(upper, _marked(lower, low, high, number(spot.amount, 3)))


def small(pair: Pair, name: str, t: Translate) -> Figure:
    """P and Q alone, under a name."""
    here = setting(pair, "js", "nats", t, None, {"weight": 0.5})
    return sheet(replace(_both(here, SMALL), heading=name))


def _both(here: Setting, height: int) -> Row:
    p, q = here.ground.p, here.ground.q
    drawn: list[Trace] = [
        filled(curve(here, p, "@p", dash("p")), "@p/0.22"),
        hatched(filled(curve(here, q, "@q", dash("q")), "@q/0.08"), "@q", 0.35),
    ]
    key = tuple((f"{GLYPH[side]} {side.upper()}", f"@{side}") for side in "pq")
    return Row(height, drawn, here.axis, y_axis(p, q), key=key)


def _stretch(here: Setting, spot: Spot) -> tuple[float, float]:
    """The ends of a spot on the axis of the picture."""
    if here.discrete:
        slot = float(np.searchsorted(here.ground.x, spot.low))
        return slot - 0.5, slot + 0.5
    return max(spot.low, here.view[0]), min(spot.high, here.view[1])


def _marked(row: Row, low: float, high: float, text: str) -> Row:
    """A row with a box around a stretch, and a word at its top."""
    foot, top = row.y["range"]
    air = 0.16 * (top - foot)
    top += air
    outline: Array = np.array(box(low, foot, high, top - 0.02 * air))
    frame = line(outline[0], outline[1], "@ink/0.7", 1.5, "dot")
    mark: Note = note((low + high) / 2, top - 0.1 * air, text, yanchor="top", bgcolor="@paper/0.8")
    drawn = [filled(frame, "@ink/0.06", "toself"), *row.data]
    return replace(row, data=drawn, y=row.y | {"range": [foot, top]}, notes=[*row.notes, mark])
