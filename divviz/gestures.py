"""What a hand can do to a Scene: each act of the browser is one row of ACTS.

An act is a JSON list, ``["param", "q", "sigma", 2.5]``, and nothing in it is trusted. A wrong act
raises SceneError and the scene stays as it was.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from divviz import families, fit
from divviz.dist import Dist, Param, SceneError
from divviz.measures import value
from divviz.pair import Pair
from divviz.presets import PRESETS
from divviz.scene import DEFAULT, MOST_OUTCOMES, Scene, check_pair, check_size, parse

Array = NDArray[np.float64]

MOST_CELLS = 512
CELLS = 128
NOTICED = 5e-4  # mass that may be lost without a word: it does not show in three digits

NOTICES: dict[str, str] = {
    "cut": "{side} lost {share} of its mass, which lay outside what is shown.",
    "binned": "The line was cut into {count} outcomes, {step} apart; finer detail is lost.",
    "smoothed": "Each outcome became a stretch of the line, {step} wide, with the same mass.",
    "names_lost": "The outcomes lost their names; they are numbers now.",
    "fitted": "{side} is now {dist}, the closest of its family: KL from what it was is {kl} nats.",
    "shape_lost": "{side} is now {dist}, with about the centre and width it had; undo returns it.",
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


# --- what is shown --------------------------------------------------------------------------------


class Shown(NamedTuple):
    """The outcomes on the board: values and masses of shape (n,), n <= 64, and their names."""

    values: Array
    names: tuple[str, ...]
    p: Array
    q: Array
    labels: tuple[str, ...] | None


def _in_window(dist: Dist) -> tuple[Array, Array]:
    x, log_mass = dist.atoms()
    low, high = dist.window()
    inside = (x >= low) & (x <= high)
    return x[inside], np.exp(log_mass[inside])


def _mass_at(dist: Dist, values: Array) -> Array:
    x, log_mass = dist.atoms()
    at = np.minimum(np.searchsorted(x, values), len(x) - 1)
    return np.where(x[at] == values, np.exp(log_mass[at]), 0.0)


def shown(p: Dist, q: Dist) -> Shown:
    """The outcomes that the board shows for a discrete pair: the 64 of most mass, in order."""
    check_pair(p, q)
    if p.kind != "discrete":
        raise SceneError("act_discrete")
    pair = Pair(p, q)
    values, p_mass, q_mass, labels = pair.x, pair.p, pair.q, pair.labels
    if labels is None:
        windows = (p.window(), q.window())
        seen = np.logical_or(*((values >= low) & (values <= high) for low, high in windows))
        values, p_mass, q_mass = values[seen], p_mass[seen], q_mass[seen]
    if len(values) > MOST_OUTCOMES:
        most = np.sort(np.argsort(-(p_mass + q_mass), kind="stable")[:MOST_OUTCOMES])
        values, p_mass, q_mass = values[most], p_mass[most], q_mass[most]
        labels = tuple(labels[i] for i in most) if labels else None
    names = labels or tuple(f"{value:.12g}" for value in values)
    return Shown(values, names, p_mass, q_mass, labels)


def parameters(dist: Dist) -> list[tuple[str, Param, float]]:
    """A row for each slider: the name that "param" takes, its Param, and its value now.

    Parts of a mixture are counted from 1: ``1.weight``, ``1.mu``, ``2.1.sigma``.
    """
    if dist.name != "mixture":
        return [(p.name, p, v) for p, v in zip(dist.family.params, dist.args, strict=False)]
    rows: list[tuple[str, Param, float]] = []
    for k, (weight, part) in enumerate(zip(_shares(dist), dist.parts, strict=True), 1):
        rows.append((f"{k}.weight", WEIGHT, weight))
        rows += [(f"{k}.{name}", param, value) for name, param, value in parameters(part)]
    return rows


def grips(dist: Dist) -> dict[str, float]:
    """Where each handle sits, by the name that "handle" takes; a mixture has those of its parts."""
    if dist.name != "mixture":
        return dist.handles()
    return {
        f"{k}.{name}": x for k, part in enumerate(dist.parts, 1) for name, x in grips(part).items()
    }


WEIGHT = Param("weight", 0.5, 0.0, 1.0, 0.0, 1.0)


def _shares(mixture: Dist) -> list[float]:
    """The weights of a mixture's parts as shares of 1, without the noise of the division."""
    total = float(mixture.weights.sum())
    return [float(f"{weight / total:.12g}") for weight in mixture.weights]


# --- one distribution -----------------------------------------------------------------------------


def _pmf_like(now: Shown, weights: Sequence[float]) -> Dist:
    """The pmf with these weights on the outcomes shown, spelled in the shortest way."""
    if now.labels is not None:
        return families.pmf(weights, labels=now.labels)
    if now.values[0] == 0 and now.values[-1] == len(weights) - 1 and _integers(now.values):
        return families.pmf(weights)
    return families.pmf(weights, support=now.values.tolist())


def _integers(values: Array) -> bool:
    return bool((values == np.rint(values)).all())


def _rounded(values: Array, digits: int) -> list[float]:
    return [float(f"{value:.{digits}g}") for value in values.tolist()]


def _set(dist: Dist, path: str, value: float) -> Dist:
    """``dist`` with one parameter changed; ``path`` is a name from `parameters`."""
    if dist.name == "mixture":
        return _set_part(dist, path, value)
    params = dist.family.params
    index = next((i for i, param in enumerate(params) if param.name == path), None)
    if index is None:
        raise SceneError("act_param", family=dist.name, name=path)
    args = list(dist.args)
    args[index] = value
    try:
        return families.make(dist.name, *args)
    except SceneError as error:
        if error.code in ("order", "order_equal"):
            # one end pushes the other along, or the hand on a slider would meet a wall
            return families.make(dist.name, *(arg + value - dist.args[index] for arg in dist.args))
        if error.code == "index":
            i, n = (value, value + 1) if index == 0 else (value - 1, value)
            return families.make(dist.name, i, n)
        raise


def _part(dist: Dist, path: str) -> tuple[int, str]:
    """Which part of a mixture a dotted name speaks of, and what of it."""
    head, _, rest = path.partition(".")
    # isdecimal alone takes digits of every script, and a long run of them costs quadratic time
    k = int(head) - 1 if head.isascii() and head.isdecimal() and len(head) < 3 else -1
    if not 0 <= k < len(dist.parts) or not rest:
        raise SceneError("act_param", family=dist.name, name=path)
    return k, rest


def _set_part(dist: Dist, path: str, value: float) -> Dist:
    k, rest = _part(dist, path)
    if rest == "weight":
        weights = _with_share(np.array(_shares(dist)), k, value)
        return families.mixture(weights, dist.parts)
    parts = list(dist.parts)
    parts[k] = _set(parts[k], rest, value)
    return families.mixture(dist.weights.tolist(), parts)


def _with_share(shares: Array, i: int, share: float) -> list[float]:
    """``shares`` with number i set and the others rescaled in proportion, even if all are 0."""
    if not 0 <= share <= 1:
        raise SceneError("act_share", value=share)
    others = np.delete(shares, i)
    if len(others) == 0:
        raise SceneError("act_alone")
    total = others.sum()
    others = others / total if total > 0 else np.full(len(others), 1 / len(others))
    return _rounded(np.insert(others * (1 - share), i, share), 12)


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
    return [Notice("cut", {"side": side.upper(), "share": _percent(lost)})]


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.995 else "almost all"


def _param(scene: Scene, side: str, name: str, value: float) -> Done:
    return _with(scene, side, _set(_of(scene, side), name, value)), []


def _handle(scene: Scene, side: str, name: str, x: float) -> Done:
    return _with(scene, side, _dragged(_of(scene, side), name, x)), []


def _dragged(dist: Dist, path: str, x: float) -> Dist:
    """``dist`` with one of its grips at ``x``; ``path`` is a name from `grips`."""
    if dist.name == "mixture":
        k, rest = _part(dist, path)
        parts = list(dist.parts)
        parts[k] = _dragged(parts[k], rest, x)
        return families.mixture(dist.weights.tolist(), parts)
    handle = next((h for h in dist.family.handles if h.name == path), None)
    if handle is None:
        raise SceneError("act_handle", family=dist.name, name=path)
    return families.make(dist.name, *handle.drag(x, *dist.args))


def _draw(scene: Scene, side: str, a: float, b: float, levels: Array) -> Done:
    _need(scene, "continuous")
    return _with(scene, side, families.drawn(*_neat(a, b), fit.levels_of(levels))), []


def _bars(scene: Scene, side: str, weights: Array) -> Done:
    _need(scene, "discrete")
    now = shown(scene.p, scene.q)
    if len(weights) != len(now.values):
        raise SceneError("act_count", count=len(weights), shown=len(now.values))
    after = _with(scene, side, _pmf_like(now, _rounded(weights, 4)))
    return after, _cut(side, 1 - _seen(now, side))


def _seen(now: Shown, side: str) -> float:
    return float((now.p if side == "p" else now.q).sum())


def _bar(scene: Scene, side: str, i: int, share: float) -> Done:
    _need(scene, "discrete")
    now = shown(scene.p, scene.q)
    if not 0 <= i < len(now.values):
        raise SceneError("act_index", index=i, last=len(now.values) - 1)
    shares = now.p if side == "p" else now.q
    after = _with(scene, side, _pmf_like(now, _with_share(shares, i, share)))
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
    now = shown(scene.p, scene.q)
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
    now = shown(scene.p, scene.q)
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
    now = _resized(shown(scene.p, scene.q), n)
    if not (now.p.sum() > 0 and now.q.sum() > 0):
        raise SceneError("nothing_left")
    said = [notice for side in ("p", "q") for notice in _cut(side, 1 - _seen(now, side))]
    p, q = (_pmf_like(now, _rounded(mass, 6)) for mass in (now.p, now.q))
    return replace(scene, p=p, q=q), said


def _resized(now: Shown, n: int) -> Shown:
    """The first n outcomes, or as many more of no mass, spaced as the last two are."""
    values, more = now.values[:n], max(0, n - len(now.values))
    step = float(values[-1] - values[-2]) if len(values) > 1 else 1.0
    values = np.append(values, values[-1] + step * np.arange(1, more + 1))
    p, q = (np.append(mass[:n], np.zeros(more)) for mass in (now.p, now.q))
    labels = _more_names(now.labels[:n], more) if now.labels is not None else None
    return Shown(values, labels or (), p, q, labels)


def _more_names(labels: tuple[str, ...], more: int) -> tuple[str, ...]:
    """The names and ``more`` new ones, x1, x2, ..., that are not yet taken."""
    fresh = (f"x{k}" for k in range(1, len(labels) + more + 1) if f"x{k}" not in labels)
    return (*labels, *(name for name, _ in zip(fresh, range(more), strict=False)))


def _labels(scene: Scene, names: list[str]) -> Done:
    """Names for the outcomes shown; all blank, or all their own numbers, take the names away."""
    _need(scene, "discrete")
    now = shown(scene.p, scene.q)
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
    p, q = (_pmf_like(now, _rounded(mass, 12)) for mass in (now.p, now.q))
    return replace(scene, p=p, q=q), lost


# --- a pair by chance -----------------------------------------------------------------------------


def _random(scene: Scene, seed: int) -> Done:
    """A pair of the present kind; the same seed gives the same pair."""
    dice = random.Random(seed)
    p, q = _random_pair[scene.kind](dice)
    return replace(scene, p=parse(p), q=parse(q)), []


def _random_densities(dice: random.Random) -> tuple[str, str]:
    return _random_density(dice), _random_density(dice)


def _random_density(dice: random.Random) -> str:
    def normal() -> str:
        return f"normal({dice.uniform(-4, 4):.1f},{dice.uniform(0.4, 2):.1f})"

    share = dice.randint(2, 8)
    return dice.choice(
        (
            normal(),
            f"mixture({share / 10}*{normal()}+{(10 - share) / 10}*{normal()})",
            f"laplace({dice.uniform(-3, 3):.1f},{dice.uniform(0.4, 2):.1f})",
            f"student_t({dice.randint(2, 9)},{dice.uniform(-3, 3):.1f},{dice.uniform(0.5, 2):.1f})",
        )
    )


def _random_masses(dice: random.Random) -> tuple[str, str]:
    n = dice.randint(3, 10)
    return _random_mass(dice, n), _random_mass(dice, n)


def _random_mass(dice: random.Random, n: int) -> str:
    weights = ",".join(f"{0.01 + dice.expovariate(1):.2f}" for _ in range(n))
    return dice.choice(
        (f"pmf({weights})", f"binomial({n - 1},{dice.uniform(0.1, 0.9):.2f})", f"pmf({weights})")
    )


_random_pair: dict[str, Callable[[random.Random], tuple[str, str]]] = {
    "continuous": _random_densities,
    "discrete": _random_masses,
}


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
