"""The parameters of a family as coordinates on the whole line, in which a search may move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from divviz import families
from divviz.dist import Array, Dist, Family, Param, SceneError
from divviz.shapes import centre_width

PLACES = 1e8  # a parameter of that range is a place on the line; a narrower one is a pure number


def _curve(param: Param) -> str:
    """How a parameter becomes a coordinate without ends."""
    if param.scale == "log" or (param.minimum >= 0 and param.maximum > 1):
        return "log"
    if param.minimum >= 0:
        return "logit"
    return "asinh" if 1e4 < param.maximum - param.minimum < PLACES else ""


def _bend(value: float, param: Param) -> float:
    curve = _curve(param)
    if curve == "log":
        return math.log(max(value, 1e-300))
    if curve == "logit":
        share = min(max(value, 1e-12), 1 - 1e-12)
        return math.log(share) - math.log1p(-share)
    return math.asinh(value) if curve == "asinh" else value


def _unbend(value: float, param: Param) -> float:
    curve = _curve(param)
    if curve == "log":
        value = math.exp(min(value, 700.0))
    elif curve == "logit":
        value = 1 / (1 + math.exp(-value)) if value > -700 else 0.0
    elif curve == "asinh":
        value = math.sinh(min(max(value, -700.0), 700.0))
    return param.clip(value)


@dataclass(frozen=True)
class Chart:
    """The parameters of `start` as coordinates on the whole line; whole numbers are held.

    A coordinate is the log of a positive parameter, the log odds of a share, asinh of a slant
    that may be large of both signs, or the parameter.
    """

    start: Dist

    @property
    def family(self) -> Family:
        """The family whose members the coordinates name."""
        return self.start.family

    @cached_property
    def free(self) -> tuple[int, ...]:
        """Which parameters move."""
        return tuple(i for i, param in enumerate(self.family.params) if not param.integer)

    @property
    def names(self) -> tuple[str, ...]:
        """The coordinates as words: "mu", "log sigma", "logit p"."""
        params = (self.family.params[i] for i in self.free)
        return tuple(f"{_curve(param)} {param.name}".strip() for param in params)

    def at(self, dist: Dist) -> Array:
        """The coordinates (k,) of a member."""
        return np.array([_bend(dist.args[i], self.family.params[i]) for i in self.free])

    def units(self, dist: Dist) -> Array:
        """How far in each coordinate (k,) changes a member about as much as in the others."""
        width = centre_width(dist)[1] or 1.0
        params = (self.family.params[i] for i in self.free)
        return np.array([width if _is_place(param) else 1.0 for param in params])

    def member(self, coordinates: Array) -> Dist | None:
        """The member there, None where the parameters exclude each other."""
        args = list(self.start.args)
        for i, coordinate in zip(self.free, coordinates, strict=True):
            args[i] = _unbend(float(coordinate), self.family.params[i])
        try:
            return families.make(self.family.name, *args)
        except SceneError:
            return None


def _is_place(param: Param) -> bool:
    """Whether a parameter is a place on the line, in units of x."""
    return not _curve(param) and param.maximum - param.minimum >= PLACES
