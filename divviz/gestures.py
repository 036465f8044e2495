"""What a hand can do to a Scene: each act of the browser is one row of ACTS.

An act is a JSON list, ``["param", "q", "sigma", 2.5]``, and nothing in it is trusted. A wrong act
raises SceneError and the scene stays as it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from divviz import families, fit
from divviz.controls import (
    Shown,
    dragged,
    pmf_like,
    resized,
    rounded,
    shown,
    with_param,
    with_share,
)
from divviz.dist import Dist, SceneError
from divviz.measures import value
from divviz.pair import Pair
from divviz.presets import PRESETS, by_chance
from divviz.scene import DEFAULT, MOST_OUTCOMES, Scene, check_size, parse

Array = NDArray[np.float64]

MOST_CELLS = 512
CELLS = 128
NOTICED = 5e-4  # mass that may be lost without a word: it does not show in three digits

NOTICES: dict[str, str] = {
    "cut": "{side} lost {share} % of its mass, which lay outside what is shown.",
    "binned": "The line was cut into {count} outcomes, {step} apart; finer detail is lost.",
    "smoothed": "Each outcome became a stretch of the line, {step} wide, with the same mass.",
    "names_lost": "The outcomes lost their names; they are numbers now.",
    "fitted": "{side} is now {dist}, the closest of its family: KL(old‖new) is {kl} nats.",
    "shape_lost": "{side} is now {dist}, with about its old centre and width; undo takes it back.",
}


@dataclass(frozen=True)
class Notice:
    """A sentence that is no error: what an act had to give up. ``code`` is a key of NOTICES."""

    code: str
    fields: dict[str, object]

    def __str__(self) -> str:
        return NOTICES[self.code].format(**self.fields)


Done = tuple[Scene, list[Notice]]


# --- what comes from the browser ----------------------------------------------------------------


def _number(value: object) -> float:
    if type(value) not in (int, float):
        raise SceneError("act_number", value=_short(value))
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        raise SceneError("act_number", value="1…") from None
    if not math.isfinite(number):
        raise SceneError("act_number", value=number)
    return number


def _short(value: object) -> str:
    """A few characters of anything; never the repr of a whole message."""
    if isinstance(value, str):
        return value[:40]
    return {list: "[…]", dict: "{…}", bool: "true/false"}.get(type(value), "…")


def _whole(value: object) -> int:
    number = _number(value)
    if not number.is_integer():
        raise SceneError("act_whole", value=number)
    return int(number)


def _numbers(value: object) -> Array:
    """A list of at most 512 finite numbers that are 0 or more, not all of them 0."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_CELLS:
        raise SceneError("act_list", most=MOST_CELLS)
    if not set(map(type, value)) <= {int, float}:
        raise SceneError("act_list", most=MOST_CELLS)
    try:
        array = np.array(value, dtype=float)
    except OverflowError:
        raise SceneError("act_list", most=MOST_CELLS) from None
    # min and max are NaN as soon as one number is
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high < math.inf):
        raise SceneError("act_list", most=MOST_CELLS)
    if high == 0:
        raise SceneError("weights_zero")
    return array


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise SceneError("act_text", value=_short(value))
    return value


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SceneError("act_text", value=_short(value))
    return value


def _side(value: object) -> str:
    if value not in ("p", "q"):
        raise SceneError("act_side", value=_short(value))
    return str(value)


def _cells(dist: Dist) -> tuple[float, float, Array]:
    """Ends and levels of a drawn density, or of the drawn likeness of another."""
    shape = dist if dist.name == "drawn" else fit.spread(dist, CELLS)
    return shape.args[0], shape.args[1], shape.weights


def _neat(a: float, b: float) -> tuple[float, float]:
    """The ends without digits that no eye can see in [a, b]: they make the link long."""
    if not 0 < b - a < math.inf:
        raise SceneError("act_interval")
    digits = 5 - math.floor(math.log10(b - a))
    return round(a, digits), round(b, digits)


# --- the acts -------------------------------------------------------------------------------------


def _with(scene: Scene, side: str, dist: Dist) -> Scene:
    return replace(scene, p=dist) if side == "p" else replace(scene, q=dist)


def _of(scene: Scene, side: str) -> Dist:
    return scene.p if side == "p" else scene.q


def _other(scene: Scene, side: str) -> Dist:
    return scene.q if side == "p" else scene.p


def _need(scene: Scene, kind: str) -> None:
    if scene.kind != kind:
        raise SceneError(f"act_{kind}")


def _cut(side: str, lost: float) -> list[Notice]:
    if lost <= NOTICED:
        return []
    return [Notice("cut", {"side": side.upper(), "share": f"{100 * min(lost, 0.999):.2g}"})]


def _param(scene: Scene, side: str, name: str, value: float) -> Done:
    return _with(scene, side, with_param(_of(scene, side), name, value)), []


def _handle(scene: Scene, side: str, name: str, x: float) -> Done:
    return _with(scene, side, dragged(_of(scene, side), name, x)), []


def _draw(scene: Scene, side: str, a: float, b: float, levels: Array) -> Done:
    _need(scene, "continuous")
    return _with(scene, side, families.drawn(*_neat(a, b), fit.levels_of(levels))), []


def _bars(scene: Scene, side: str, weights: Array) -> Done:
    _need(scene, "discrete")
    now = _shown(scene)
    if len(weights) != len(now.values):
        raise SceneError("act_count", count=len(weights), shown=len(now.values))
    after = _with(scene, side, pmf_like(now, rounded(weights, 4)))
    return after, _cut(side, 1 - _seen(now, side))


def _shown(scene: Scene) -> Shown:
    return shown(Pair(scene.p, scene.q))


def _seen(now: Shown, side: str) -> float:
    return float((now.p if side == "p" else now.q).sum())


def _bar(scene: Scene, side: str, i: int, share: float) -> Done:
    _need(scene, "discrete")
    now = _shown(scene)
    if not 0 <= i < len(now.values):
        raise SceneError("act_index", index=i, last=len(now.values) - 1)
    shares = now.p if side == "p" else now.q
    after = _with(scene, side, pmf_like(now, with_share(shares, i, share)))
    return after, _cut(side, 1 - _seen(now, side))


def _cell(scene: Scene, side: str, i: int, height: float) -> Done:
    _need(scene, "continuous")
    a, b, levels = _cells(_of(scene, side))
    if not 0 <= i < len(levels):
        raise SceneError("act_index", index=i, last=len(levels) - 1)
    if not 0 <= height <= 1:
        raise SceneError("act_share", value=height)
    changed = levels.copy()
    changed[i] = max(round(height * fit.TOP), 1) if height > 0 else 0
    return _with(scene, side, families.drawn(a, b, changed.astype(int).tolist())), []


def _family(scene: Scene, side: str, name: str) -> Done:
    """Another family of about the same centre and width; a shape of its own is kept as it is."""
    dist = _of(scene, side)
    if name == dist.name:
        return scene, []
    if name in _SHAPES:
        return _SHAPES[name](scene, side)
    family = fit.known(name)
    if family.kind != scene.kind:
        raise SceneError("fit_kind", family=name, kind=scene.kind)
    lost = "shape_lost" if dist.name in fit.BUILT else ""
    return _became(scene, side, fit.like(fit.unnamed(dist), name), lost)


def _became(scene: Scene, side: str, dist: Dist, code: str = "", **fields: object) -> Done:
    """``side`` becomes ``dist``; names of outcomes go where ``dist`` cannot have them."""
    said = [Notice(code, {"side": side.upper(), "dist": str(dist), **fields})] if code else []
    try:
        return _with(scene, side, dist), said
    except SceneError:
        other = fit.unnamed(_other(scene, side))
        p, q = (dist, other) if side == "p" else (other, dist)
        return replace(scene, p=p, q=q), [*said, Notice("names_lost", {})]


def _to_pmf(scene: Scene, side: str) -> Done:
    _need(scene, "discrete")
    now = _shown(scene)
    return _bars(scene, side, now.p if side == "p" else now.q)


def _to_drawn(scene: Scene, side: str) -> Done:
    _need(scene, "continuous")
    dist = _of(scene, side)
    a, b = _neat(*dist.window())
    lost = float(dist.cdf(a)) + float(dist.sf(b))
    return _with(scene, side, fit.spread(dist, CELLS, (a, b))), _cut(side, lost)


def _to_mixture(scene: Scene, side: str) -> Done:
    dist = fit.unnamed(_of(scene, side))
    if scene.kind == "continuous":
        centre, width = (float(f"{one:.4g}") for one in fit.centre_width(dist))
        # 0.8 and 0.6 of the width keep the variance: 0.64 + 0.36 = 1
        spread = float(f"{max(0.6 * width, 1e-3):.4g}")
        parts = [
            families.make("normal", float(f"{centre + sign * 0.8 * width:.4g}"), spread)
            for sign in (-1, 1)
        ]
    else:
        low, high = (round(one) for one in dist.window())
        parts = [dist, families.make("discrete_uniform", low, high)]
    lost = "shape_lost" if dist.name == "drawn" else ""
    return _became(scene, side, families.mixture([0.5, 0.5], parts), lost)


_SHAPES: dict[str, Callable[[Scene, str], Done]] = {
    "pmf": _to_pmf,
    "drawn": _to_drawn,
    "mixture": _to_mixture,
}


def _fit(scene: Scene, side: str, name: str) -> Done:
    dist = _of(scene, side)
    exact = fit.closest(dist, name)
    kl = _kl(dist, exact)
    member = _short_numbers(exact)
    # ends cut by the rounding make KL infinite; a rounded centre does not show
    if not _kl(dist, member) < kl + 1e-9:
        member = exact
    return _became(scene, side, member, "fitted", kl=f"{kl if kl > 1e-9 else 0:.3g}")


def _kl(dist: Dist, member: Dist) -> float:
    return value(Pair(fit.unnamed(dist), member), "kl_pq")


def _short_numbers(dist: Dist) -> Dist:
    """The parameters to six digits: places on the line in terms of the width of ``dist``."""
    width = fit.centre_width(dist)[1] or 1.0
    decimals = 5 - math.floor(math.log10(width))
    args = (
        float(f"{arg:.6g}") if param.scale == "log" else round(arg, decimals)
        for param, arg in zip(dist.family.params, dist.args, strict=True)
    )
    return families.make(dist.name, *args)


def _kind(scene: Scene, kind: str) -> Done:
    if kind == scene.kind:
        return scene, []
    if kind == "discrete":
        return _binned(scene)
    if kind == "continuous":
        return _smoothed(scene)
    raise SceneError("act_kind", value=kind)


def _window(scene: Scene) -> tuple[float, float]:
    (a, b), (c, d) = scene.p.window(), scene.q.window()
    return min(a, c), max(b, d)


def _nice(step: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is ``step`` or more."""
    power = 10.0 ** math.floor(math.log10(step))
    return next((m * power for m in (1, 2, 5) if m * power >= step), 10 * power)


def _binned(scene: Scene) -> Done:
    low, high = _window(scene)
    step = _nice((high - low) / 30)
    first, last = math.floor(low / step + 0.5), math.ceil(high / step - 0.5)
    window = ((first - 0.5) * step, (last + 0.5) * step)
    count = last - first + 1
    p, q = (fit.rebin(dist, count, window) for dist in (scene.p, scene.q))
    said = [Notice("binned", {"count": count, "step": f"{step:g}"})]
    for side in ("p", "q"):
        dist = _of(scene, side)
        said += _cut(side, float(dist.cdf(window[0])) + float(dist.sf(window[1])))
    return replace(scene, p=p, q=q), said


def _smoothed(scene: Scene) -> Done:
    now = _shown(scene)
    edges = _edges(now.values)
    step = (edges[1] - edges[0]) / edges[2]
    p, q = (_as_cells(now.values, mass, edges) for mass in (now.p, now.q))
    said = [Notice("smoothed", {"step": f"{step:.3g}"})]
    if now.labels is not None:
        said.append(Notice("names_lost", {}))
    for side in ("p", "q"):
        said += _cut(side, 1 - _seen(now, side))
    return replace(scene, p=p, q=q), said


def _edges(values: Array) -> tuple[float, float, int]:
    """Ends and number of the stretches, one around each place where an outcome may be."""
    gaps = np.diff(values)
    step = float(gaps.min()) if len(gaps) else 1.0
    count = float(values[-1] - values[0]) / step + 1
    if count > MOST_CELLS or np.abs(gaps / step - np.rint(gaps / step)).max(initial=0) > 1e-6:
        count = float(CELLS)
        step = float(values[-1] - values[0]) / (CELLS - 1)
    return float(values[0]) - step / 2, float(values[-1]) + step / 2, round(count)


def _as_cells(values: Array, mass: Array, edges: tuple[float, float, int]) -> Dist:
    low, high, count = edges
    at = np.clip(((values - low) / (high - low) * count).astype(int), 0, count - 1)
    levels = fit.levels_of(np.bincount(at, mass, count).astype(float))
    # several cells an outcome: a pen needs cells finer than the outcomes were
    each = max(1, math.ceil(CELLS / count)) if count < CELLS else 1
    return families.drawn(low, high, np.repeat(levels, each).tolist())


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
    return _with(scene, side, dist), []


def _interval(scene: Scene, side: str, a: float, b: float) -> Done:
    _need(scene, "continuous")
    a, b = _neat(a, b)
    dist = _of(scene, side)
    count = len(dist.weights) if dist.name == "drawn" else CELLS
    inside = float(dist.cdf(b)) - float(dist.cdf(a))
    return _with(scene, side, fit.spread(dist, count, (a, b))), _cut(side, 1 - inside)


def _outcomes(scene: Scene, n: int) -> Done:
    _need(scene, "discrete")
    if not 2 <= n <= MOST_OUTCOMES:
        raise SceneError("act_outcomes", value=n, most=MOST_OUTCOMES)
    now = resized(_shown(scene), n)
    if not (now.p.sum() > 0 and now.q.sum() > 0):
        raise SceneError("nothing_left")
    said = [notice for side in ("p", "q") for notice in _cut(side, 1 - _seen(now, side))]
    p, q = (pmf_like(now, rounded(mass, 6)) for mass in (now.p, now.q))
    return replace(scene, p=p, q=q), said


def _labels(scene: Scene, names: list[str]) -> Done:
    """Names for the outcomes shown; all blank, or all their own numbers, take the names away."""
    _need(scene, "discrete")
    now = _shown(scene)
    if len(names) != len(now.values):
        raise SceneError("act_count", count=len(names), shown=len(now.values))
    numbers = tuple(f"{value:.12g}" for value in now.values)
    given = tuple(name.strip() for name in names)
    own = [name in ("", number) for name, number in zip(given, numbers, strict=True)]
    labels = None
    if not all(own):
        # a name may not read as a number, so what is not yet named is x and its number
        rows = zip(given, numbers, own, strict=True)
        labels = tuple(f"x{number}" if same else name for name, number, same in rows)
    lost = [notice for side in ("p", "q") for notice in _cut(side, 1 - _seen(now, side))]
    now = now._replace(labels=labels)
    p, q = (pmf_like(now, rounded(mass, 12)) for mass in (now.p, now.q))
    return replace(scene, p=p, q=q), lost


def _random(scene: Scene, seed: int) -> Done:
    p, q = by_chance(scene.kind, seed)
    return replace(scene, p=p, q=q), []


# --- the table ------------------------------------------------------------------------------------


class Act(NamedTuple):
    """One act: how each part after the name is read, and what it does to the scene."""

    reads: tuple[Callable[[Any], Any], ...]
    does: Callable[..., Done]


ACTS: dict[str, Act] = {
    "param": Act((_side, _text, _number), _param),
    "handle": Act((_side, _text, _number), _handle),
    "draw": Act((_side, _number, _number, _numbers), _draw),
    "bars": Act((_side, _numbers), _bars),
    "bar": Act((_side, _whole, _number), _bar),
    "cell": Act((_side, _whole, _number), _cell),
    "family": Act((_side, _text), _family),
    "fit": Act((_side, _text), _fit),
    "kind": Act((_text,), _kind),
    "swap": Act((), _swap),
    "copy": Act((), _copy),
    "reset": Act((), lambda scene: (scene, [])),
    "preset": Act((_text,), _preset),
    "random": Act((_whole,), _random),
    "unit": Act((_text,), _unit),
    "show": Act((_text,), _show),
    "set": Act((_side, _text), _typed),
    "interval": Act((_side, _number, _number), _interval),
    "outcomes": Act((_whole,), _outcomes),
    "labels": Act((_texts,), _labels),
}


def apply(scene: Scene, act: object, start: Scene = DEFAULT) -> Done:
    """The scene after one act of the browser, and what the act had to give up.

    ``start`` is the scene that "reset" returns to. Raises SceneError for an act that is wrong in
    any way; the scene is a value, so it stays as it was.
    """
    if not isinstance(act, list) or not act or not isinstance(act[0], str):
        raise SceneError("act", name=_short(act))
    row = ACTS.get(act[0])
    if row is None or len(act) != len(row.reads) + 1:
        raise SceneError("act", name=act[0])
    if act[0] == "reset":
        return start, []
    return row.does(scene, *(read(part) for read, part in zip(row.reads, act[1:], strict=True)))
