"""The one table FAMILIES, and the constructors that check what a visitor gives."""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from typing import Any

from divviz.continuous import CONTINUOUS
from divviz.discrete import DISCRETE, pmf
from divviz.dist import (
    ERRORS,
    Dist,
    Family,
    Handle,
    Names,
    Param,
    Points,
    SceneError,
    Tail,
    build,
    spell,
)
from divviz.drawn import DRAWN, drawn, levels_text
from divviz.mixtures import MIXTURE, mixture
from divviz.singular import BETA, GAMMA

__all__ = [
    "ERRORS",
    "FAMILIES",
    "Dist",
    "Family",
    "Handle",
    "Names",
    "Param",
    "Points",
    "SceneError",
    "Tail",
    "drawn",
    "levels_text",
    "make",
    "mixture",
    "pmf",
    "spell",
]

FAMILIES: dict[str, Family] = {
    f.name: f for f in (*DISCRETE, *CONTINUOUS, GAMMA, BETA, DRAWN, MIXTURE)
}


def make(name: str, *args: object) -> Dist:
    """The member of family `name` with `args` in the order of its params.

    SceneError names the family, the parameter, the value and the allowed range.

    >>> str(make("normal", 0, 1))
    'normal(0,1)'
    """
    family = FAMILIES.get(name) if isinstance(name, str) else None
    if family is None:
        raise SceneError("family", family=name, known=Names(", ".join(FAMILIES)))
    if family.name == "pmf":
        return pmf(args)  # type: ignore[arg-type]
    if not family.params:
        return CONSTRUCTORS[family.name](*args)
    return build(family, args)


CONSTRUCTORS: dict[str, Callable[..., Dist]] = {"drawn": drawn, "mixture": mixture}


def restored(name: str, args: tuple[Any, ...]) -> Dist:
    """The distribution that was pickled as its family's name and args."""
    return Dist(FAMILIES[name], args)


# A family holds functions, which cannot be pickled; its name says the same.
copyreg.pickle(Dist, lambda dist: (restored, (dist.name, dist.args)))
