"""Nearest neighbours on the line: how far the k-th is, also where values are equal."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from divviz.dist import Array


class Nearest(NamedTuple):
    """For each place the distance (n,) to a neighbour, and which one that is, counted from 1 (n,).

    It is the k-th, unless k values or more are equal to the place: then the next other value, its
    number being all that are equal plus half of those at that distance. For values that were
    rounded to a grid this gives the share of a cell over its width: the trapezoid rule.
    """

    distance: Array
    rank: Array


def among(x: Array, k: int) -> Nearest:
    """The k-th nearest other value of each of sorted x (n,), n > k, not all equal."""
    n = len(x)
    framed = np.concatenate([np.full(k, -np.inf), x, np.full(k, np.inf)])
    # The place itself is one of k + 1 neighbours in a row, i of them to its left.
    reach = [
        np.maximum(x - framed[k - i : k - i + n], framed[2 * k - i :][:n] - x) for i in range(k + 1)
    ]
    distance = np.minimum.reduce(reach)
    return _past_equals(x, x, Nearest(distance, np.full(n, float(k))), own=1)


def between(x: Array, y: Array, k: int) -> Nearest:
    """The k-th nearest value of sorted y (m,), m >= k, not all equal, of each of sorted x (n,)."""
    framed = np.concatenate([np.full(k, -np.inf), y, np.full(k, np.inf)])
    at = np.searchsorted(y, x) + k
    # Of k neighbours in a row i lie to the left of the place.
    reach = []
    for i in range(k + 1):
        left = x - framed[at - i] if i else 0.0
        right = framed[at + k - 1 - i] - x if i < k else 0.0
        reach.append(np.maximum(left, right))
    distance = np.minimum.reduce(reach)
    return _past_equals(x, y, Nearest(distance, np.full(len(x), float(k))), own=0)


def _past_equals(x: Array, y: Array, near: Nearest, own: int) -> Nearest:
    """`near` with the places at distance 0 from their k-th neighbour led on to another value."""
    zero = near.distance == 0
    if not zero.any():
        return near
    places = x[zero]
    first, last = np.searchsorted(y, places, "left"), np.searchsorted(y, places, "right")
    left = np.where(first > 0, places - y[np.maximum(first - 1, 0)], np.inf)
    right = np.where(last < len(y), y[np.minimum(last, len(y) - 1)] - places, np.inf)
    distance = np.minimum(left, right)
    # Steps of a grid such as 0.1 differ in their last digits.
    rim = distance * (1 + 1e-9)
    low, high = np.searchsorted(y, places - rim, "left"), np.searchsorted(y, places + rim, "right")
    equal = last - first
    outside = (high - low) - equal
    distances, ranks = near.distance.copy(), near.rank.copy()
    distances[zero] = distance
    ranks[zero] = (equal - own) + 0.5 * (outside + 1)
    return Nearest(distances, ranks)
