"""The CDF of a density that has none in closed form, with its digits in both tails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from divviz.dist import Array
from divviz.quadrature import rule

ORDER = 24
MOST_STEPS = 60


@dataclass(frozen=True)
class Cumulated:
    """A density between sorted `edges` (k + 1,), with the mass below and above each edge.

    Both masses are sums of positive terms, so each keeps its relative digits in its own tail.
    Source of the rule: Gauss-Legendre, DLMF 3.5(v).
    """

    density: Callable[[Array], Array]
    edges: Array
    below: Array
    above: Array

    def cdf(self, x: Array) -> Array:
        """The mass below x, any shape of x."""
        place = np.clip(x, self.edges[0], self.edges[-1])
        at = self._panel(place)
        mass = self.below[at] + self._mass(self.edges[at], place)
        return np.where(x >= self.edges[-1], 1.0, mass)

    def sf(self, x: Array) -> Array:
        """The mass above x, any shape of x."""
        place = np.clip(x, self.edges[0], self.edges[-1])
        after = self._panel(place) + 1
        mass = self.above[after] + self._mass(place, self.edges[after])
        return np.where(x <= self.edges[0], 1.0, mass)

    def quantile(self, u: Array) -> Array:
        """The x with cdf(x) = u, for u in [0, 1] of any shape; the outer edges for 0 and 1."""
        return np.where(u <= 0.5, self._where_below(u), self._where_above(1 - u))

    def isf(self, u: Array) -> Array:
        """The x with sf(x) = u, for u in [0, 1] of any shape; the outer edges for 0 and 1."""
        return np.where(u <= 0.5, self._where_above(u), self._where_below(1 - u))

    def _panel(self, x: Array) -> Any:
        last = len(self.edges) - 2
        return np.clip(np.searchsorted(self.edges, x, side="right") - 1, 0, last)

    def _mass(self, low: Array, high: Array) -> Array:
        """The mass between low and high, which lie in one panel."""
        half = 0.5 * (high - low)[..., None]
        r = rule(ORDER)
        result: Array = half[..., 0] * (
            self.density(low[..., None] + half * (r.nodes + 1)) @ r.weights
        )
        return result

    def _where_below(self, mass: Array) -> Array:
        at = np.clip(np.searchsorted(self.below, mass, side="right") - 1, 0, len(self.edges) - 2)
        x = self._solved(self.edges[at], self.edges[at + 1], mass, self.cdf, 1.0)
        return np.where(mass > 0, x, self.edges[0])

    def _where_above(self, mass: Array) -> Array:
        rising = self.above[::-1]
        at = np.clip(np.searchsorted(rising, mass, side="right") - 1, 0, len(self.edges) - 2)
        high = self.edges[::-1][at]
        x = self._solved(self.edges[::-1][at + 1], high, mass, self.sf, -1.0)
        return np.where(mass > 0, x, self.edges[-1])

    def _solved(self, low: Array, high: Array, mass: Array, tail: Any, sign: float) -> Array:
        """By Newton on the log of the tail's mass, or on the mass, kept within its bracket."""
        x = 0.5 * (low + high)
        for _ in range(MOST_STEPS):
            value = tail(x)
            right = (value < mass) == (sign > 0)
            low, high = np.where(right, x, low), np.where(right, high, x)
            slope = sign * self.density(x)
            closer = 0.5 * (low + high)
            # A tail that falls exponentially takes the last step, one cut off at an edge the first.
            for step in ((value - mass) / slope, value * np.log(value / mass) / slope):
                closer = np.where((x - step >= low) & (x - step <= high), x - step, closer)
            moved = np.abs(closer - x) > 1e-15 * (np.abs(closer) + np.abs(value / slope))
            x = closer
            if not moved.any():
                break
        return x


def cumulated(density: Callable[[Array], Array], edges: Array) -> Cumulated:
    """`density` cumulated over panels between sorted `edges`, over each of which it is smooth."""
    half = 0.5 * np.diff(edges)[:, None]
    r = rule(ORDER)
    masses = half[:, 0] * (density(edges[:-1, None] + half * (r.nodes + 1)) @ r.weights)
    below, back = np.cumsum(masses), np.cumsum(masses[::-1])
    # Of all the mass, so that the whole is 1 and not an ulp beside it.
    below, above = below / below[-1], back[::-1] / back[-1]
    return Cumulated(density, edges, np.append(0.0, below), np.append(above, 0.0))
