"""The one table FAMILIES, and the constructors that check what a visitor gives."""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Iterable
from inspect import signature
from typing import Any

from divviz.bounded import BOUNDED
from divviz.continuous import CONTINUOUS
from divviz.counts import COUNTS
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
from divviz.empirical import FITTED, HISTOGRAM, SAMPLES, fitted_family, histogram, samples
from divviz.lengths import LENGTHS
from divviz.mixtures import MIXTURE, mixture
from divviz.pieces import DENSITY, density
from divviz.positive import POSITIVE
from divviz.singular import BETA, GAMMA
from divviz.skewed import SKEWED
from divviz.transformed import SCALED, SHIFTED, scaled, shifted
from divviz.truncated import TRUNCATED, truncated

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
    "density",
    "drawn",
    "fitted",
    "histogram",
    "levels_text",
    "make",
    "mixture",
    "pmf",
    "samples",
    "scaled",
    "shifted",
    "spell",
    "truncated",
]

FAMILIES: dict[str, Family] = {
    f.name: f
    for f in (
        *DISCRETE,
        *COUNTS,
        *CONTINUOUS,
        GAMMA,
        BETA,
        *POSITIVE,
        *LENGTHS,
        *SKEWED,
        *BOUNDED,
        DRAWN,
        DENSITY,
        MIXTURE,
        TRUNCATED,
        SHIFTED,
        SCALED,
        SAMPLES,
        HISTOGRAM,
        FITTED,
    )
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
        return _constructed(family.name, args)
    return build(family, args)


def fitted(values: Iterable[float], family: str) -> Dist:
    """The member of family `family` under which `values` (n,) are most likely.

    SceneError for an unknown family or one without parameters, and as in samples.fitted_family.

    >>> fitted([1, 2, 3, 6], "normal").mean()
    3.0
    """
    if not isinstance(family, str) or family not in FAMILIES:
        raise SceneError("family", family=family, known=Names(", ".join(FAMILIES)))
    return fitted_family(values, FAMILIES[family])


def _constructed(name: str, args: tuple[object, ...]) -> Dist:
    constructor = CONSTRUCTORS[name]
    takes = list(signature(constructor).parameters)
    try:
        signature(constructor).bind(*args)
    except TypeError:
        params = Names(", ".join(takes))
        raise SceneError(
            "arity", family=name, count=len(takes), params=params, given=len(args)
        ) from None
    return constructor(*args)


CONSTRUCTORS: dict[str, Callable[..., Dist]] = {
    "drawn": drawn,
    "density": density,
    "mixture": mixture,
    "truncated": truncated,
    "shifted": shifted,
    "scaled": scaled,
    "samples": lambda *values: samples(values),
    "histogram": lambda rule=None, *values: histogram(values, rule),
    "fitted": lambda family=None, *values: fitted(values, family),
}


def restored(name: str, args: tuple[Any, ...]) -> Dist:
    """The distribution that was pickled as its family's name and args."""
    return Dist(FAMILIES[name], args)


# A family holds functions, which cannot be pickled; its name says the same.
copyreg.pickle(Dist, lambda dist: (restored, (dist.name, dist.args)))
