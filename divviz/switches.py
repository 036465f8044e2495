"""Changes of what stands on a side: another family, a fit, and the kind of the whole pair."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from divviz import dataset, families, fit, shapes
from divviz.controls import OWN, Shown, pmf_like, rounded, shown, wrapped
from divviz.dist import Dist, SceneError
from divviz.empirical import plain
from divviz.notices import Notice
from divviz.objectives import OBJECTIVES
from divviz.pair import Pair
from divviz.readers import MOST_CELLS
from divviz.scene import Scene
from divviz.sides import (
    Done,
    became,
    cut,
    need_outcomes,
    of,
    offers,
    outcomes,
    put,
    seen,
)

Array = NDArray[np.float64]

CELLS = 128
STEPS = 16


# --- another family -------------------------------------------------------------------------------


def family(scene: Scene, side: str, name: str) -> Done:
    """Another family of about the same centre and width; a shape of its own is kept as it is."""
    dist = of(scene, side)
    if name == dist.name:
        return scene, []
    if name in dataset.HOW:
        return dataset.given(scene, side, "", name, "")
    if name in OWN:
        return became(scene, side, wrapped(shapes.unnamed(plain(dist)), name))
    if name in _SHAPES:
        return _SHAPES[name](scene, side)
    kind = shapes.known(name).kind
    if offers(scene, side) not in (kind, "any"):
        raise SceneError("fit_kind", family=name, kind=offers(scene, side))
    inner = plain(dist.parts[0] if dist.name in OWN else dist)
    if inner.name == name:
        return became(scene, side, inner)
    after = shapes.like(shapes.unnamed(inner), name)
    lost = Notice("shape_lost", {"side": side.upper(), "dist": str(after)})
    return became(scene, side, after, *([lost] if inner.name in shapes.BUILT else []))


def _to_pmf(scene: Scene, side: str) -> Done:
    need_outcomes(scene)
    now = outcomes(scene)
    masses = now.p if side == "p" else now.q
    after = put(scene, side, pmf_like(now, rounded(masses, 4)))
    return after, cut(side, 1 - seen(now, side))


def neat(a: float, b: float) -> tuple[float, float]:
    """The ends without digits that no eye can see in [a, b]: they make the link long."""
    if not 0 < b - a < math.inf:
        raise SceneError("act_interval")
    digits = 5 - math.floor(math.log10(b - a))
    return round(a, digits), round(b, digits)


def _density(scene: Scene, side: str) -> tuple[Dist, float, float, list[Notice]]:
    """The side as a density, the ends of what is seen of it, and what lies beyond them."""
    if offers(scene, side) == "discrete":
        raise SceneError("act_continuous")
    dist = of(scene, side)
    if dist.kind == "discrete" and dist.name != "samples":
        raise SceneError("act_continuous")
    dist = dataset.density_of(dist)
    a, b = neat(*dist.window())
    return dist, a, b, cut(side, float(dist.cdf(a)) + float(dist.sf(b)))


def _to_drawn(scene: Scene, side: str) -> Done:
    dist, a, b, lost = _density(scene, side)
    return put(scene, side, shapes.spread(dist, CELLS, (a, b))), lost


def _to_steps(scene: Scene, side: str) -> Done:
    dist, a, b, lost = _density(scene, side)
    edges = np.array([float(f"{x:.6g}") for x in np.linspace(a, b, STEPS + 1)])
    _, _, levels = shapes.spread(dist, STEPS, (a, b)).args
    return put(scene, side, families.density(edges, levels)), lost


def _to_mixture(scene: Scene, side: str) -> Done:
    dist = plain(shapes.unnamed(of(scene, side)))
    if dist.kind == "continuous":
        centre, width = (float(f"{one:.4g}") for one in shapes.centre_width(dist))
        # 0.8 and 0.6 of the width keep the variance: 0.64 + 0.36 = 1
        spread = float(f"{max(0.6 * width, 1e-3):.4g}")
        parts = [
            families.make("normal", float(f"{centre + sign * 0.8 * width:.4g}"), spread)
            for sign in (-1, 1)
        ]
    else:
        low, high = (round(one) for one in dist.window())
        parts = [dist, families.make("discrete_uniform", low, high)]
    after = families.mixture([0.5, 0.5], parts)
    lost = Notice("shape_lost", {"side": side.upper(), "dist": str(after)})
    return became(scene, side, after, *([lost] if dist.name == "drawn" else []))


_SHAPES: dict[str, Callable[[Scene, str], Done]] = {
    "pmf": _to_pmf,
    "drawn": _to_drawn,
    "density": _to_steps,
    "mixture": _to_mixture,
}


# --- the closest member of a family ---------------------------------------------------------------


def fitted(scene: Scene, side: str, name: str, objective: str = "kl_pq") -> Done:
    """The member of a family that is closest to what stands on ``side``; see fit.closest."""
    dist = of(scene, side)
    shape, _, goal = fit.fitting(dist, name, objective)
    exact = fit.closest(dist, name, objective)
    least = goal.value(Pair(shape, exact))
    member = _short_numbers(dist, exact)
    # ends cut by the rounding make KL infinite; a rounded centre does not show
    if not goal.value(Pair(shape, member)) < least + 1e-9:
        member = exact
    fields: dict[str, object] = {
        "side": side.upper(),
        "dist": str(member),
        "measure": goal.symbol,
        "least": f"{least if abs(least) > 1e-9 else 0:.3g}".replace("-", "−"),
    }
    bare = goal.distance or goal is OBJECTIVES["chi2"]
    return became(scene, side, member, Notice("fitted_bare" if bare else "fitted", fields))


def _short_numbers(dist: Dist, member: Dist) -> Dist:
    """The parameters to six digits: places on the line in terms of the width of ``dist``."""
    width = shapes.centre_width(dist)[1] or 1.0
    decimals = 5 - math.floor(math.log10(width))
    args = (
        float(f"{arg:.6g}") if param.scale == "log" else round(arg, decimals)
        for param, arg in zip(member.family.params, member.args, strict=True)
    )
    try:
        return families.make(member.name, *args)
    except SceneError:
        return member


# --- the kind of the pair -------------------------------------------------------------------------


def kind(scene: Scene, kind: str) -> Done:
    """Both sides as outcomes, or both as densities."""
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
    p, q = (shapes.rebin(dist, count, window) for dist in (scene.p, scene.q))
    said = [Notice("binned", {"count": count, "step": f"{step:g}"})]
    for side in ("p", "q"):
        dist = of(scene, side)
        said += cut(side, float(dist.cdf(window[0])) + float(dist.sf(window[1])))
    return replace(scene, p=p, q=q), said


def _smoothed(scene: Scene) -> Done:
    samples = [side for side in ("p", "q") if of(scene, side).name == "samples"]
    if samples:
        return _with_histograms(scene, samples)
    now = outcomes(scene)
    edges = _edges(now.values)
    p, q = (_as_cells(now.values, mass, edges) for mass in (now.p, now.q))
    return replace(scene, p=p, q=q), _smoothing(now, edges, "pq")


def _with_histograms(scene: Scene, samples: list[str]) -> Done:
    """A sample becomes its histogram, outcomes beside it become stretches of the line."""
    said = [Notice("sample_binned", {"side": side.upper()}) for side in samples]
    dists = {}
    for side in ("p", "q"):
        dist = dists[side] = dataset.density_of(of(scene, side))
        if dist.kind == "discrete":
            now = shown(Pair(dist, dist))
            edges = _edges(now.values)
            dists[side] = _as_cells(now.values, now.p, edges)
            said += _smoothing(now, edges, side)
    return replace(scene, p=dists["p"], q=dists["q"]), said


def _smoothing(now: Shown, edges: tuple[float, float, int], sides: str) -> list[Notice]:
    said = [Notice("smoothed", {"step": f"{(edges[1] - edges[0]) / edges[2]:.3g}"})]
    if now.labels is not None:
        said.append(Notice("names_lost", {}))
    return said + [notice for side in sides for notice in cut(side, 1 - seen(now, side))]


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
    levels = shapes.levels_of(np.bincount(at, mass, count).astype(float))
    # several cells an outcome: a pen needs cells finer than the outcomes were
    each = max(1, math.ceil(CELLS / count)) if count < CELLS else 1
    return families.drawn(low, high, np.repeat(levels, each).tolist())
