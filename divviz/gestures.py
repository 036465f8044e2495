"""What a hand can do to a Scene: each act of the browser is one row of ACTS.

An act is a JSON list, ``["param", "q", "sigma", 2.5]``, and nothing in it is trusted. A wrong act
raises SceneError and the scene stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from divviz import dataset, families, shapes, switches
from divviz.controls import dragged, pmf_like, resized, rounded, with_param, with_share
from divviz.dist import Dist, SceneError
from divviz.grammar import parse
from divviz.notices import NOTICES as NOTICES
from divviz.notices import Notice as Notice
from divviz.presets import PRESETS, by_chance
from divviz.readers import number, numbers, short, side_of, text, texts, whole
from divviz.scene import DEFAULT, MOST_OUTCOMES, Scene, check_size
from divviz.sides import Done, cut, need_density, need_outcomes, of, outcomes, put, seen
from divviz.switches import CELLS, neat

Array = NDArray[np.float64]


# --- the acts -------------------------------------------------------------------------------------


def _cells(dist: Dist) -> tuple[float, float, Array]:
    """Ends and levels of a drawn density, or of the drawn likeness of another."""
    shape = dist if dist.name == "drawn" else shapes.spread(dist, CELLS)
    return shape.args[0], shape.args[1], shape.weights


def _param(scene: Scene, side: str, name: str, value: float) -> Done:
    return put(scene, side, with_param(of(scene, side), name, value)), []


def _handle(scene: Scene, side: str, name: str, x: float) -> Done:
    return put(scene, side, dragged(of(scene, side), name, x)), []


def _draw(scene: Scene, side: str, a: float, b: float, levels: Array) -> Done:
    need_density(scene, side)
    return put(scene, side, families.drawn(*neat(a, b), shapes.levels_of(levels))), []


def _bars(scene: Scene, side: str, weights: Array) -> Done:
    need_outcomes(scene)
    now = outcomes(scene)
    if len(weights) != len(now.values):
        raise SceneError("act_count", count=len(weights), shown=len(now.values))
    after = put(scene, side, pmf_like(now, rounded(weights, 4)))
    return after, cut(side, 1 - seen(now, side))


def _bar(scene: Scene, side: str, i: int, share: float) -> Done:
    need_outcomes(scene)
    now = outcomes(scene)
    if not 0 <= i < len(now.values):
        raise SceneError("act_index", index=i, last=len(now.values) - 1)
    shares = now.p if side == "p" else now.q
    after = put(scene, side, pmf_like(now, with_share(shares, i, share)))
    return after, cut(side, 1 - seen(now, side))


def _cell(scene: Scene, side: str, i: int, height: float) -> Done:
    need_density(scene, side)
    a, b, levels = _cells(of(scene, side))
    if not 0 <= i < len(levels):
        raise SceneError("act_index", index=i, last=len(levels) - 1)
    if not 0 <= height <= 1:
        raise SceneError("act_share", value=height)
    changed = levels.copy()
    changed[i] = max(round(height * shapes.TOP), 1) if height > 0 else 0
    return put(scene, side, families.drawn(a, b, changed.astype(int).tolist())), []


def _swap(scene: Scene) -> Done:
    return replace(scene, p=scene.q, q=scene.p), []


def _copy(scene: Scene) -> Done:
    return replace(scene, q=scene.p), []


def _preset(scene: Scene, name: str) -> Done:
    if name not in PRESETS:
        raise SceneError("act_preset", value=name)
    return PRESETS[name].scene(scene.unit), []


def _unit(scene: Scene, unit: str) -> Done:
    return replace(scene, unit=unit), []


def _show(scene: Scene, key: str) -> Done:
    return replace(scene, show=key), []


def _typed(scene: Scene, side: str, text: str) -> Done:
    dist = parse(text)
    check_size(dist)
    return put(scene, side, dist), []


def _interval(scene: Scene, side: str, a: float, b: float) -> Done:
    need_density(scene, side)
    a, b = neat(a, b)
    dist = of(scene, side)
    count = len(dist.weights) if dist.name == "drawn" else CELLS
    inside = float(dist.cdf(b)) - float(dist.cdf(a))
    return put(scene, side, shapes.spread(dist, count, (a, b))), cut(side, 1 - inside)


def _outcomes(scene: Scene, n: int) -> Done:
    need_outcomes(scene)
    if not 2 <= n <= MOST_OUTCOMES:
        raise SceneError("act_outcomes", value=n, most=MOST_OUTCOMES)
    now = resized(outcomes(scene), n)
    if not (now.p.sum() > 0 and now.q.sum() > 0):
        raise SceneError("nothing_left")
    said = [notice for side in ("p", "q") for notice in cut(side, 1 - seen(now, side))]
    p, q = (pmf_like(now, rounded(mass, 6)) for mass in (now.p, now.q))
    return replace(scene, p=p, q=q), said


def _labels(scene: Scene, names: list[str]) -> Done:
    """Names for the outcomes shown; all blank, or all their own numbers, take the names away."""
    need_outcomes(scene)
    now = outcomes(scene)
    if len(names) != len(now.values):
        raise SceneError("act_count", count=len(names), shown=len(now.values))
    places = tuple(f"{value:.12g}" for value in now.values)
    given = tuple(name.strip() for name in names)
    own = [name in ("", place) for name, place in zip(given, places, strict=True)]
    labels = None
    if not all(own):
        # a name may not read as a number, so what is not yet named is x and its number
        rows = zip(given, places, own, strict=True)
        labels = tuple(f"x{place}" if same else name for name, place, same in rows)
    lost = [notice for side in ("p", "q") for notice in cut(side, 1 - seen(now, side))]
    now = now._replace(labels=labels)
    p, q = (pmf_like(now, rounded(mass, 12)) for mass in (now.p, now.q))
    return replace(scene, p=p, q=q), lost


def _random(scene: Scene, seed: int) -> Done:
    p, q = by_chance("discrete" if scene.kind == "discrete" else "continuous", seed)
    return replace(scene, p=p, q=q), []


# --- the table ------------------------------------------------------------------------------------


class Act(NamedTuple):
    """One act: how each part after its name is read, what it does, how many parts may lack."""

    reads: tuple[Callable[[Any], Any], ...]
    does: Callable[..., Done]
    optional: int = 0


ACTS: dict[str, Act] = {
    "param": Act((side_of, text, number), _param),
    "handle": Act((side_of, text, number), _handle),
    "draw": Act((side_of, number, number, numbers), _draw),
    "bars": Act((side_of, numbers), _bars),
    "bar": Act((side_of, whole, number), _bar),
    "cell": Act((side_of, whole, number), _cell),
    "family": Act((side_of, text), switches.family),
    "fit": Act((side_of, text, text), switches.fitted, optional=1),
    "kind": Act((text,), switches.kind),
    "swap": Act((), _swap),
    "copy": Act((), _copy),
    "reset": Act((), lambda scene: (scene, [])),
    "preset": Act((text,), _preset),
    "random": Act((whole,), _random),
    "unit": Act((text,), _unit),
    "show": Act((text,), _show),
    "data": Act((side_of, text, text, text), dataset.given),
    "set": Act((side_of, text), _typed),
    "interval": Act((side_of, number, number), _interval),
    "outcomes": Act((whole,), _outcomes),
    "labels": Act((texts,), _labels),
}


def apply(scene: Scene, act: object, start: Scene = DEFAULT) -> Done:
    """The scene after one act of the browser, and what the act had to give up.

    ``start`` is the scene that "reset" returns to. Raises SceneError for an act that is wrong in
    any way; the scene is a value, so it stays as it was.
    """
    if not isinstance(act, list) or not act or not isinstance(act[0], str):
        raise SceneError("act", name=short(act))
    row = ACTS.get(act[0])
    if row is None or not 0 <= len(row.reads) + 1 - len(act) <= row.optional:
        raise SceneError("act", name=act[0])
    if act[0] == "reset":
        return start, []
    return row.does(scene, *(read(part) for read, part in zip(row.reads, act[1:], strict=False)))
