"""P and Q as masses at the same places of the line, and what may be done to both of them.

KL sees the masses alone, transport the places too: what one notices of a change the other may not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from divviz.discrete import check_weights, numbers, pmf, refuse
from divviz.dist import Array, SceneError
from divviz.pair import Pair

FARTHEST = 1e30  # the tenth power of a distance is still a double
MERGED = 1e-12  # places closer than this, of the largest, differ by rounding: 0.1 + 0.2 is 0.3
Who = Literal["P", "Q", "PQ"]


@dataclass(frozen=True)
class Places:
    """Ascending places x (n,) with the masses p and q (n,) of P and Q there, each summing to 1."""

    x: tuple[float, ...]
    p: tuple[float, ...]
    q: tuple[float, ...]

    @property
    def pair(self) -> Pair:
        """P and Q as distributions of outcomes, for the measures."""
        return Pair(pmf(self.p, self.x), pmf(self.q, self.x))


def places(x: Iterable[float], p: Iterable[float], q: Iterable[float]) -> Places:
    """Masses proportional to p and q (n,) at ascending places x (n,).

    SceneError for places that do not ascend or lie beyond 1e30, for a negative or endless weight,
    all weights 0, and lengths that differ.

    >>> places([0, 1], [1, 3], [2, 0]).p
    (0.25, 0.75)
    """
    at, w, v = numbers(x, "place"), numbers(p, "weight"), numbers(q, "weight")
    for weights in (w, v):
        check_weights(weights)
        if len(weights) != len(at):
            raise SceneError("support_length", weights=len(weights), support=len(at))
    refuse_unordered(at)
    return Places(_floats(at), _shares(w), _shares(v))


def refuse_unordered(at: Array) -> None:
    """SceneError for places (n,) that do not ascend or lie beyond 1e30."""
    refuse("place", at, ~(np.abs(at) <= FARTHEST))
    refuse("places_order", at, np.append(False, ~(at[1:] > at[:-1])))


def places_of(pair: Pair) -> Places:
    """A pair of distributions of outcomes as masses at places; names stand at 0, 1, 2, ...

    SceneError for densities, and for outcomes beyond 1e30.
    """
    if not pair.discrete:
        raise SceneError("act_discrete")
    return places(pair.x, pair.p, pair.q)


def _shares(w: Array) -> tuple[float, ...]:
    top = float(w.max())
    scaled = w / top
    total = math.fsum(scaled)
    # Masses that sum to 1 up to rounding stay as they were typed.
    if top <= 1 and abs(math.fsum(w) - 1) < 1e-15:
        return _floats(w)
    return _floats(scaled / total)


def _floats(values: Array) -> tuple[float, ...]:
    return tuple((values + 0.0).tolist())


# --- what may be done to them ---------------------------------------------------------------------


def permuted(here: Places, order: Sequence[int]) -> Places:
    """The masses of both at other places: place k gets those of place order[k], (n,).

    KL, and all that compares masses place by place, stays; transport does not. SceneError unless
    `order` holds each of 0..n-1 once.
    """
    if sorted(order) != list(range(len(here.x))):
        raise SceneError("places_permuted", last=len(here.x) - 1)
    return Places(here.x, tuple(here.p[k] for k in order), tuple(here.q[k] for k in order))


def slid(here: Places, p_by: float = 0.0, q_by: float = 0.0) -> Places:
    """P and Q slid along the line, each by so much in units of x.

    Both by the same: no measure changes. P and Q equal and one of them slid by d: every W is |d|,
    whatever KL says.
    """
    x = np.array(here.x)
    moved = [(x + _shift(by), np.array(mass)) for by, mass in ((p_by, here.p), (q_by, here.q))]
    return _together(*moved)


def _shift(by: float) -> float:
    if not abs(by) <= FARTHEST:
        raise SceneError("place", position=1, value=by)
    return float(by)


def split(here: Places, at: int, width: float, who: Who = "PQ") -> Places:
    """The mass at place number `at` in two equal halves, width/2 to either side of it.

    Of both P and Q: KL stays, and W1 falls by at most width times the smaller of |F - G| before and
    after the place, if no other place lies between. Of Q alone: W1 changes by at most q width/2,
    and KL(P‖Q) is infinite where P has mass at the place. SceneError for a number that is no place,
    and a width that is not above 0.
    """
    if at not in range(len(here.x)):
        raise SceneError("act_index", index=at, last=len(here.x) - 1)
    if not 0 < width <= FARTHEST:
        raise SceneError("places_width", value=width)
    x = np.array(here.x)
    return _together(
        *(
            _halved(x, np.array(mass), at, 0.5 * width) if name in who else (x, np.array(mass))
            for name, mass in (("P", here.p), ("Q", here.q))
        )
    )


def _halved(x: Array, mass: Array, at: int, half: float) -> tuple[Array, Array]:
    new = np.array([x[at] - half, x[at] + half])
    return (
        np.concatenate([np.delete(x, at), new]),
        np.concatenate([np.delete(mass, at), np.full(2, 0.5 * mass[at])]),
    )


def with_outlier(here: Places, mass: float, place: float, who: Who = "Q") -> Places:
    """(1 - mass) of P or Q, and the rest at one place far off.

    From P = Q, W1 becomes mass times the mean distance to that place, without bound; KL(P‖Q)
    becomes -log(1 - mass) if Q alone has the outlier and P nothing there. KL(Q‖P) is infinite then.
    SceneError for a mass outside of 0..1 and a place beyond 1e30.
    """
    if not 0 <= mass <= 1:
        raise SceneError("act_share", value=mass)
    if not abs(place) <= FARTHEST:
        raise SceneError("place", position=1, value=place)
    x = np.append(here.x, place)
    return _together(
        *(
            (x, np.append((1 - mass) * np.array(old), mass) if name in who else np.append(old, 0.0))
            for name, old in (("P", here.p), ("Q", here.q))
        )
    )


def _together(one: tuple[Array, Array], other: tuple[Array, Array]) -> Places:
    """P and Q, each as places and masses in any order, on the places where either has mass."""
    (x, p), (y, q) = one, other
    every = np.concatenate([x, y])
    masses = np.stack([np.append(p, np.zeros(len(y))), np.append(np.zeros(len(x)), q)])
    some = np.flatnonzero(masses.sum(axis=0) > 0)
    order = some[np.argsort(every[some], kind="stable")]
    at = every[order]
    refuse("place", at, ~(np.abs(at) <= FARTHEST))
    new = np.append(True, np.diff(at) > MERGED * float(np.abs(at).max()))
    group = np.cumsum(new) - 1
    p, q = (np.asarray(np.bincount(group, weights=row[order]), float) for row in masses)
    return Places(_floats(at[new]), _floats(p), _floats(q))
