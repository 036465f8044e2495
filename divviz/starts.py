"""Three normals from which a descent to P may start, and whose descents end elsewhere for it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from divviz import families
from divviz.dist import Dist
from divviz.race import OBJECTIVES, run
from divviz.shapes import centre_width

STARTS = ("left", "wide", "right")
_NARROW = 0.3  # of P's width: a start that sees one hump at a time
_APART = 0.1  # in units of x: ends nearer to each other are one place


def starts(p: Dist) -> dict[str, Dist]:
    """Normals by STARTS: a narrow one at either end of P, and one as wide as P."""
    centre, width = centre_width(p)
    ends = {"left": float(p.quantile(0.05)), "right": float(p.quantile(0.95))}
    at = {"left": (ends["left"], _NARROW), "wide": (centre, 1.0), "right": (ends["right"], _NARROW)}
    return {
        where: families.make(
            "normal", short_of(at[where][0], width), float(f"{at[where][1] * width:.3g}")
        )
        for where in STARTS
    }


def short_of(place: float, width: float) -> float:
    """A place without the digits that are too fine to see beside the width."""
    return round(place, 2 - math.floor(math.log10(width))) + 0.0


@lru_cache(maxsize=1)
def wanderers(p: Dist) -> frozenset[str]:
    """The descents to P that from its three starts end at more than one place."""
    ends = {key: [run(p, q, key).end.member.args for q in starts(p).values()] for key in OBJECTIVES}
    return frozenset(key for key, some in ends.items() if np.ptp(some, axis=0).max() > _APART)
