"""Counts and measurements against the closest model of each kind: how many numbers, how far off."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from divviz import families
from divviz.dist import Dist, SceneError
from divviz.fit import closest
from divviz.measures import measure
from divviz.worms import Slide

DENSITIES = ("normal", "laplace", "uniform")
_MOST_WHOLE = 1e12  # a larger count is no count of things
_LEAST_MEAN = 1e-6  # of a Poisson model


def share_of(q: Dist, counts: tuple[float, ...]) -> float | None:
    """The p of a Q that is binomial with as many trials as the counts have, else None."""
    own = q.name == "binomial" and q.args[0] == len(counts) - 1
    return float(q.args[1]) if own else None


def whole_of(counts: tuple[float, ...]) -> int | None:
    """How many values were counted, None where only their shares are known."""
    if max(counts) > _MOST_WHOLE or not all(count.is_integer() for count in counts):
        return None
    total = int(sum(counts))
    return total if total > 1 else None


def candidates(p: Dist, slide: Slide) -> dict[str, tuple[Dist, int, float]]:
    """Models by name: the closest of each, how many numbers it takes, and KL to it in nats."""
    found = {
        "uniform": (families.make("discrete_uniform", 0, slide.n), 0, slide.uniform),
        "binomial": (families.make("binomial", slide.n, _tidy(slide.best)), 1, slide.least),
    }
    if slide.mean > _LEAST_MEAN:
        poisson = families.make("poisson", _tidy(slide.mean))
        found["poisson"] = (poisson, 1, closeness(p, poisson))
    return found


@lru_cache(maxsize=16)
def likeliest(p: Dist) -> dict[str, tuple[Dist, float]]:
    """Densities by name that a sample fits, with the mean log-density of its values in nats."""
    found = {}
    x, log_mass = p.atoms()
    for name in DENSITIES:
        try:
            dist = closest(p, name)
        except SceneError:
            continue
        found[name] = dist, float(np.exp(log_mass) @ dist.log_density(x))
    return found


def _tidy(value: float) -> float:
    """0.544 in place of 0.5439999999999999: the last digits of a quotient."""
    return float(f"{value:.12g}")


@lru_cache(maxsize=64)
def closeness(p: Dist, q: Dist) -> float:
    """KL(P||Q) in nats, infinite where it is not defined."""
    found = measure("kl_pq", p, q)
    return math.inf if found is None else found
