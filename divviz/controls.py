"""What the board offers to a hand, and what one move of it makes of a distribution.

The outcomes that are shown, the sliders and the grips of a distribution; each move is a function
from the distribution to the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from divviz import families
from divviz.dist import Dist, Param, SceneError
from divviz.empirical import plain
from divviz.pair import Pair
from divviz.scene import MOST_OUTCOMES
from divviz.transformed import FACTOR, SHIFT, line_of
from divviz.truncated import HIGH, LOW

Array = NDArray[np.float64]


# --- what is shown --------------------------------------------------------------------------------


class Shown(NamedTuple):
    """The outcomes on the board: values and masses of shape (n,), n <= 64, and their names."""

    values: Array
    names: tuple[str, ...]
    p: Array
    q: Array
    labels: tuple[str, ...] | None


def names_of(values: Array, labels: tuple[str, ...] | None) -> tuple[str, ...]:
    """What outcomes (n,) are called: their labels, or else the numbers themselves."""
    return labels or tuple(f"{value:.12g}" for value in values)


def shown(pair: Pair) -> Shown:
    """The outcomes that the board shows for a discrete pair: the 64 of most mass, in order."""
    if not pair.discrete:
        raise SceneError("act_discrete")
    values, p_mass, q_mass, labels = pair.x, pair.p, pair.q, pair.labels
    if labels is None:
        windows = (pair.P.window(), pair.Q.window())
        seen = np.logical_or(*((values >= low) & (values <= high) for low, high in windows))
        values, p_mass, q_mass = values[seen], p_mass[seen], q_mass[seen]
    if len(values) > MOST_OUTCOMES:
        most = np.sort(np.argsort(-(p_mass + q_mass), kind="stable")[:MOST_OUTCOMES])
        values, p_mass, q_mass = values[most], p_mass[most], q_mass[most]
        labels = tuple(labels[i] for i in most) if labels else None
    return Shown(values, names_of(values, labels), p_mass, q_mass, labels)


def parameters(dist: Dist) -> list[tuple[str, Param, float]]:
    """A row for each slider: the name that "param" takes, its Param, and its value now.

    Parts of a mixture are counted from 1: ``1.weight``, ``1.mu``, ``2.1.sigma``; what is truncated
    or moved is part 1 beside ``a`` and ``b``, or ``by``. A fit has those of its member.
    """
    dist = plain(dist)
    if dist.family.kind != "either":
        return [(p.name, p, v) for p, v in zip(dist.family.params, dist.args, strict=False)]
    rows = [] if dist.name == "mixture" else _own_parameters(dist)
    weights = _shares(dist) if dist.name == "mixture" else []
    for k, part in enumerate(dist.parts, 1):
        if weights:
            rows.append((f"{k}.weight", WEIGHT, weights[k - 1]))
        rows += [(f"{k}.{name}", param, value) for name, param, value in parameters(part)]
    return rows


def _own_parameters(dist: Dist) -> list[tuple[str, Param, float]]:
    """The sliders of a truncation or a move; one without an end stands where its handle does."""
    if dist.name != "truncated":
        return [("by", OWN[dist.name]["by"], dist.args[0])]
    whole = dist.kind == "discrete" and _integers(dist.atoms()[0])
    places = dist.handles().values()
    return [
        (name, replace(param, integer=whole), place)
        for (name, param), place in zip(OWN["truncated"].items(), places, strict=True)
    ]


def grips(dist: Dist) -> dict[str, float]:
    """Where each handle sits, by the name that "handle" takes; a mixture has those of its parts.

    What is truncated or moved has its own, and those of what stands inside as ``1.width``.
    """
    dist = plain(dist)
    own = dist.handles()
    if dist.family.kind != "either":
        return own
    return own | {
        f"{k}.{name}": _outward(dist, x)
        for k, part in enumerate(dist.parts, 1)
        for name, x in grips(part).items()
        if name not in own
    }


def _outward(dist: Dist, x: float) -> float:
    """Where a place of a part is on the line."""
    return float(line_of(dist).out(x)) if dist.name in ("shifted", "scaled") else x


def _inward(dist: Dist, x: float) -> float:
    return float(line_of(dist).back(x)) if dist.name in ("shifted", "scaled") else x


# The numbers beside the distribution inside, in the order that its constructor takes them.
OWN: dict[str, dict[str, Param]] = {
    "truncated": {"a": LOW, "b": HIGH},
    "shifted": {"by": SHIFT},
    "scaled": {"by": FACTOR},
}


WEIGHT = Param("weight", 0.5, 0.0, 1.0, 0.0, 1.0)


def _shares(mixture: Dist) -> list[float]:
    """The weights of a mixture's parts as shares of 1, without the noise of the division."""
    total = float(mixture.weights.sum())
    return [float(f"{weight / total:.12g}") for weight in mixture.weights]


# --- one distribution -----------------------------------------------------------------------------


def pmf_like(now: Shown, weights: Sequence[float]) -> Dist:
    """The pmf with these weights on the outcomes shown, spelled in the shortest way."""
    if now.labels is not None:
        return families.pmf(weights, labels=now.labels)
    if now.values[0] == 0 and now.values[-1] == len(weights) - 1 and _integers(now.values):
        return families.pmf(weights)
    return families.pmf(weights, support=now.values.tolist())


def _integers(values: Array) -> bool:
    return bool((values == np.rint(values)).all())


def rounded(values: Array, digits: int) -> list[float]:
    return [float(f"{value:.{digits}g}") for value in values.tolist()]


def with_param(dist: Dist, path: str, value: float) -> Dist:
    """``dist`` with one parameter changed; ``path`` is a name from `parameters`."""
    dist = plain(dist)
    if dist.name == "mixture":
        return _set_part(dist, path, value)
    if dist.name in OWN:
        return _set_own(dist, path, value)
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
        weights = with_share(np.array(_shares(dist)), k, value)
        return families.mixture(weights, dist.parts)
    return _with_part(dist, k, with_param(dist.parts[k], rest, value))


def _with_part(dist: Dist, k: int, part: Dist) -> Dist:
    if dist.name != "mixture":
        return families.make(dist.name, part, *_numbers(dist))
    parts = [part if i == k else old for i, old in enumerate(dist.parts)]
    return families.mixture(dist.weights.tolist(), parts)


def _numbers(dist: Dist) -> list[float]:
    """The numbers of a truncation or a move."""
    return list(dist.args[0]) if dist.name == "truncated" else [dist.args[0]]


def _set_own(dist: Dist, path: str, value: float) -> Dist:
    names = list(OWN[dist.name])
    if path not in names:
        k, rest = _part(dist, path)
        return _with_part(dist, k, with_param(dist.parts[k], rest, value))
    numbers = _numbers(dist)
    old, numbers[names.index(path)] = numbers[names.index(path)], value
    try:
        return families.make(dist.name, dist.parts[0], *numbers)
    except SceneError as error:
        if error.code not in ("order", "order_equal"):
            raise
        return families.make(
            dist.name, dist.parts[0], *(number + value - old for number in _numbers(dist))
        )


def wrapped(dist: Dist, name: str) -> Dist:
    """``dist`` truncated to its middle, moved by its width or twice as wide: a start for a hand.

    ``name`` is a key of OWN. What ``dist`` truncates or moves takes its place.
    """
    inner = dist.parts[0] if dist.name in OWN else dist
    low, high = (float(inner.quantile(u)) for u in (0.1, 0.9))
    if name == "scaled":
        return families.scaled(inner, 2.0)
    if inner.kind == "continuous":
        digits = 2 - math.floor(math.log10(high - low))
        low, high = round(low, digits), round(high, digits)
    if name == "truncated":
        return families.truncated(inner, low, high)
    return families.shifted(inner, float(f"{high - low:.1g}") or 1.0)


def with_share(shares: Array, i: int, share: float) -> list[float]:
    """``shares`` with number i set and the others rescaled in proportion, even if all are 0."""
    if not 0 <= share <= 1:
        raise SceneError("act_share", value=share)
    others = np.delete(shares, i)
    if len(others) == 0:
        raise SceneError("act_alone")
    total = others.sum()
    others = others / total if total > 0 else np.full(len(others), 1 / len(others))
    return rounded(np.insert(others * (1 - share), i, share), 12)


def dragged(dist: Dist, path: str, x: float) -> Dist:
    """``dist`` with one of its grips at ``x``; ``path`` is a name from `grips`."""
    dist = plain(dist)
    handle = next((h for h in dist.family.handles if h.name == path), None)
    if handle is not None:
        return families.make(dist.name, *handle.drag(x, *dist.args))
    if dist.family.kind != "either":
        raise SceneError("act_handle", family=dist.name, name=path)
    k, rest = _part(dist, path)
    return _with_part(dist, k, dragged(dist.parts[k], rest, _inward(dist, x)))


def resized(now: Shown, n: int) -> Shown:
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
