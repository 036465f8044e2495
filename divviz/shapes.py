"""Changes of shape: a member of another family, bins of a density, bars to a curve."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from divviz import families
from divviz.dist import Dist, Family, Handle, Names, SceneError
from divviz.families import FAMILIES

Array = NDArray[np.float64]
Args = tuple[float, ...]

TOP = 4095
# Shapes of their own: they have no parameters to be set.
BUILT: tuple[str, ...] = tuple(name for name, family in FAMILIES.items() if not family.params)


def known(name: str) -> Family:
    """The family called ``name``; SceneError if there is none."""
    if name not in FAMILIES:
        raise SceneError("family", family=name, known=Names(", ".join(FAMILIES)))
    return FAMILIES[name]


# --- a member of the same centre and width -----------------------------------------------------

# IQR of the normal in units of its standard deviation: 2 * quantile(0.75)
_IQR = 1.3489795003921634
_ROOT3 = math.sqrt(3)
# What the parameter n must be so that the family reaches the last outcome.
_REACH = {"binomial": 0, "one_hot": 1, "zipf": 0}


def centre_width(dist: Dist) -> tuple[float, float]:
    """Mean and standard deviation, or the median and the scaled IQR where they are infinite."""
    mean, sd = dist.mean(), dist.sd()
    if mean is not None and sd is not None and math.isfinite(mean) and math.isfinite(sd):
        return mean, sd
    if dist.kind == "discrete":
        return 0.0, 1.0
    low, middle, high = (float(dist.quantile(u)) for u in (0.25, 0.5, 0.75))
    return middle, (high - low) / _IQR


def _width(dist: Dist) -> float:
    return centre_width(dist)[1]


def _widened(name: str, handles: Mapping[str, Handle], args: Args, width: float) -> Args:
    """The parameters at which the family is ``width`` wide, by bisection on the width handle."""
    drag = handles["width"].drag
    # a width handle alone, as the exponential has, is measured from 0
    anchor = centre_width(families.make(name, *args))[0] if "centre" in handles else 0.0
    low, high = 1e-3 * width, 1e3 * width
    for _ in range(40):
        middle = math.sqrt(low * high)
        if _width(families.make(name, *drag(anchor + middle, *args))) < width:
            low = middle
        else:
            high = middle
    return tuple(drag(anchor + math.sqrt(low * high), *args))


def like(dist: Dist, name: str) -> Dist:
    """The member of family ``name`` with about the centre and the width of ``dist``.

    It moves the family's handles from its default parameters, so that it needs no table of its
    own; where the handles cannot go there, the member is the default one. SceneError if the
    family is unknown or is a shape of its own.
    """
    family = known(name)
    start: Args = tuple(param.default for param in family.params)
    if name in _REACH:
        start = _reaching(dist, family, start)
    return placed(family, start, *centre_width(dist))


def placed(family: Family, start: Args, centre: float, width: float) -> Dist:
    """The member of ``family`` of that centre and width, its handles moved from ``start``.

    Where the handles cannot go there, it is the member ``start``. SceneError("fit_built") for a
    shape of its own.
    """
    if family.name in BUILT:
        raise SceneError("fit_built", family=family.name)
    handles: dict[str, Handle] = {handle.name: handle for handle in family.handles}
    move = _between if {"left", "right"} <= handles.keys() else _centred
    try:
        args = move(family, handles, start, centre, width)
        member = families.make(family.name, *_neat(args, family))
    except SceneError:
        return families.make(family.name, *start)
    return member if _alike(member, handles, centre, width) else families.make(family.name, *start)


def _neat(args: Args, family: Family) -> Args:
    return tuple(
        param.clip(float(f"{value:.4g}")) for value, param in zip(args, family.params, strict=True)
    )


def _between(
    family: Family, handles: Mapping[str, Handle], args: Args, centre: float, width: float
) -> Args:
    if family.kind == "discrete":
        half = (math.sqrt(12 * width * width + 1) - 1) / 2
        return _stretched(handles, args, centre, half)
    half = _ROOT3 * width
    args = _stretched(handles, args, centre, half)
    if not width > 0:
        return args
    # what is not flat between its ends is narrower than a uniform
    wide = _width(families.make(family.name, *args))
    return _stretched(handles, args, centre, half * width / wide)


def _stretched(handles: Mapping[str, Handle], args: Args, centre: float, half: float) -> Args:
    ends = {"left": centre - half, "centre": centre, "right": centre + half}
    # twice in each direction: a drag never moves one handle past another
    for end in ("right", "centre", "left") * 2:
        if end in handles:
            args = tuple(handles[end].drag(ends[end], *args))
    return args


def _centred(
    family: Family, handles: Mapping[str, Handle], args: Args, centre: float, width: float
) -> Args:
    for name in ("centre", "width", "centre"):
        if name == "centre" and name in handles:
            args = tuple(handles[name].drag(centre, *args))
        elif name in handles and width > 0:
            args = _widened(family.name, handles, args, width)
    return args


def _alike(member: Dist, handles: Mapping[str, Handle], centre: float, width: float) -> bool:
    """Whether the handles brought ``member`` near enough to be called the same shape."""
    at, wide = centre_width(member)
    if "width" in handles and not 0.5 * width < wide < 2 * width:
        return False
    return abs(at - centre) <= max(0.5 * width, 0.5 if member.kind == "discrete" else 0.0)


def _reaching(dist: Dist, family: Family, args: Args) -> Args:
    last = max(dist.window()[1], 1) + _REACH[family.name]
    return tuple(
        min(max(last, param.minimum), param.maximum) if param.name == "n" else value
        for param, value in zip(family.params, args, strict=True)
    )


# --- bins, bars and cells ----------------------------------------------------------------------


def _masses(dist: Dist, edges: Array) -> Array:
    """The mass of ``dist`` between neighbouring edges, shape (n,); exact far out in both tails."""
    if dist.kind == "discrete":
        x, log_mass = dist.atoms()
        inside = (x >= edges[0]) & (x <= edges[-1])
        cell = np.clip(np.searchsorted(edges, x[inside], side="right") - 1, 0, len(edges) - 2)
        return np.bincount(cell, np.exp(log_mass[inside]), len(edges) - 1).astype(float)
    below, above = np.asarray(dist.cdf(edges)), np.asarray(dist.sf(edges))
    mass = np.where(below[1:] <= 0.5, np.diff(below), -np.diff(above))
    # mass too small for a float is not the same as none: KL must stay finite
    return np.where(_met(dist, edges), np.maximum(mass, 1e-300), 0.0)


def _met(dist: Dist, edges: Array) -> NDArray[np.bool_]:
    """Which cells overlap the support."""
    met = np.zeros(len(edges) - 1, dtype=bool)
    for low, high in dist.support():
        met |= (low < edges[1:]) & (high > edges[:-1])
    return met


def _rounded(values: Array, digits: int) -> list[float]:
    return [float(f"{value:.{digits}g}") for value in values]


def rebin(dist: Dist, n: int, window: tuple[float, float]) -> Dist:
    """The pmf of ``n`` equal bins of ``window``, each outcome at the centre of its bin.

    Mass outside the window is lost. Raises SceneError if nothing is inside.
    """
    low, high = window
    edges = np.linspace(low, high, n + 1)
    mass = _masses(dist, edges)
    if not mass.sum() > 0:
        raise SceneError("nothing_left")
    step = (high - low) / n
    centres = low + (np.arange(n) + 0.5) * step
    digits = max(0, 3 - math.floor(math.log10(step)))
    return families.pmf(_rounded(mass, 6), support=[round(float(c), digits) for c in centres])


def levels_of(mass: Array) -> tuple[int, ...]:
    """Heights scaled to whole levels 0 to 4095: zeros stay zero and what is positive stays so."""
    top = float(mass.max())
    if not top > 0:
        raise SceneError("nothing_left")
    scaled = np.rint(mass / top * TOP)
    return tuple(np.where(mass > 0, np.maximum(scaled, 1), 0).astype(int).tolist())


def spread(dist: Dist, cells: int = 128, window: tuple[float, float] | None = None) -> Dist:
    """The drawn density with the mass of ``dist`` in each of ``cells`` equal cells of ``window``.

    Mass outside the window is lost. Raises SceneError if nothing is inside.
    """
    low, high = window or dist.window()
    edges = np.linspace(low, high, cells + 1)
    return families.drawn(low, high, levels_of(_masses(dist, edges)))


def unnamed(dist: Dist) -> Dist:
    """The same distribution on the outcomes 0, 1, 2, ... if its outcomes have names."""
    if dist.labels is None:
        return dist
    return families.pmf(dist.weights)
