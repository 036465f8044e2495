"""What the plot of the board shows: curves or bars, a sample's outline, handles, cells to draw."""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from divviz import controls, families, shapes
from divviz.dataset import numbers_of
from divviz.families import Dist, SceneError
from divviz.pair import Pair
from divviz.scene import MOST_OUTCOMES, SAMPLES, Scene
from divviz.web import text, words
from divviz.web.figures import eased, pack, places

CELLS = 256
MARKS = 300  # ticks under a sample's outline: more would be one grey bar
SIDES = ("p", "q")

Reply = dict[str, Any]


def view_of(scene: Scene) -> tuple[float, float]:
    """Return the stretch of the line that shows both distributions."""
    (a, b), (c, d) = scene.p.window(), scene.q.window()
    low, high = min(a, c), max(b, d)
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


def plot(pair: Pair, view: tuple[float, float]) -> Reply:
    """Return the curves or bars of both distributions as packed arrays."""
    if pair.discrete and not scattered(pair):
        shown = controls.shown(pair)
        return {
            "kind": "discrete",
            "names": list(shown.names),
            "values": pack(shown.values, "f8"),
            "p": pack(shown.p, "f8"),
            "q": pack(shown.q, "f8"),
        }
    marks = {
        side: pack(marks_of(dist, view), "f4")
        for side, dist in zip(SIDES, (pair.P, pair.Q), strict=True)
        if dist.name == SAMPLES
    }
    if marks:
        pair = Pair(outline(pair.P), outline(pair.Q))
    x = places(pair, view)
    ground = pair.on(eased(pair, x, view))
    return {
        "kind": "continuous",
        "view": view,
        "x": pack(x, "f4"),
        "p": pack(ground.p, "f4"),
        "q": pack(ground.q, "f4"),
        "peak": {"p": float(ground.p.max()), "q": float(ground.q.max())},
        "marks": marks,
    }


def scattered(pair: Pair) -> bool:
    """Whether both are samples of more values than there is room for bars."""
    samples = [dist for dist in (pair.P, pair.Q) if dist.name == SAMPLES]
    return len(samples) == 2 and sum(len(dist.atoms()[0]) for dist in samples) > MOST_OUTCOMES


@lru_cache(maxsize=8)
def outline(dist: Dist) -> Dist:
    """Return a density that shows a sample: its histogram, or a spike where all values are one."""
    values = numbers_of(dist) if dist.name == SAMPLES else None
    if values is None:
        return dist
    try:
        return families.histogram(values)
    except SceneError:
        width = 1e-3 * max(abs(float(values[0])), 1.0)
        return families.make("uniform", float(values.min()) - width, float(values.max()) + width)


def marks_of(dist: Dist, view: tuple[float, float]) -> np.ndarray:
    """Return where a sample's values stand in the view, at most one to a few pixels."""
    low, high = view
    values = dist.atoms()[0]
    values = values[(values >= low) & (values <= high)]
    slots = np.unique(np.rint((values - low) / (high - low) * MARKS))
    return values if len(values) <= MARKS else low + slots / MARKS * (high - low)


def handles(side: str, dist: Dist, view: tuple[float, float], t: text.Translate) -> list[Reply]:
    """Return the handles of one side: where each sits, how far it goes, and what it says."""
    low, high = view
    step = float(f"{(high - low) / 100:.0e}")
    found = []
    for name, x in controls.grips(dist).items():
        *part, kind = name.split(".")
        label = " ".join([t(f"stage.handle_{kind}", side=side.upper()), *part])
        reach = {"low": low, "high": high, "step": step}
        found.append({"name": name, "x": x, "label": label, "text": words.short(x), **reach})
    return found


def canvas(dist: Dist, view: tuple[float, float], lines: bool) -> Reply | None:
    """Return the cells that a hand starts to draw from: the drawn ones, or the density in cells.

    None for outcomes that stand on the line, as a sample is not drawn, and for a view that is wider
    than a drawn density may be.
    """
    if dist.kind == "discrete":
        return None if lines else {"a": 0, "b": 1, "levels": []}
    try:
        shape = dist if dist.name == "drawn" else shapes.spread(dist, CELLS, view)
    except SceneError:
        return None
    a, b, levels = shape.args
    return {"a": a, "b": b, "levels": pack(np.asarray(levels), "u2")}


def told(pair: Pair, t: text.Translate) -> str:
    """Return how to read the plot of a sample on the line; "" where no sample is."""
    if pair.discrete and not scattered(pair):
        return ""
    sides = zip(SIDES, (pair.P, pair.Q), strict=True)
    who = [side.upper() for side, dist in sides if dist.name == SAMPLES]
    if not who:
        return ""
    return t("data.outline_both") if len(who) == 2 else t("data.outline", side=who[0])


def finite(value: float) -> float | str:
    """JSON has no infinity: it travels by the name that JavaScript gives it."""
    if math.isnan(value):
        return "NaN"
    return value if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"
