"""KL from counts to a binomial as a valley: its curve, the hand that slides in it, what it says."""

import math
from functools import lru_cache

from divviz import worms
from divviz.dist import Dist
from divviz.units import unit_factor
from divviz.web import tallies
from divviz.web.blocks import Block, Look

MOST_PLACES = 64  # the largest n of the counts of 0, 1, ..., n
NEAR = 0.001  # nats from the least KL


@lru_cache(maxsize=64)
def tally_of(p: Dist) -> tuple[float, ...] | None:
    """How often 0, 1, ..., n come in P; None where P is no such table."""
    return worms.tally(p, MOST_PLACES)


@lru_cache(maxsize=64)
def curve_of(counts: tuple[float, ...]) -> tallies.Curve:
    """KL of counts to every binomial."""
    return tallies.curve(worms.slide(counts))


def at_foot(slide: worms.Slide, p: float) -> bool:
    """Whether no p brings the binomial much closer."""
    return float(slide.kl(p)) - slide.least <= NEAR


def hand(look: Look, found: tallies.Curve, p: float, row: str = "") -> Block:
    """The hand that slides along KL; where KL leaves the picture it waits at the edge."""
    height = min(float(found.slide.kl(p)), found.top) * unit_factor(look.unit)
    return {
        "id": "p",
        "x": p,
        "y": height,
        "row": row,
        "move": "x",
        "low": [0, 0],
        "high": [1, 0],
        "step": [0.01, 0],
        "label": look.t("down.hand"),
        "text": f"p = {p:.3g}",
        "colour": "@m",
    }


def place(q: Dist, n: int) -> float:
    """Where the hand waits while Q is no binomial: at the same mean."""
    mean = q.mean()
    share = 0.5 if mean is None or not math.isfinite(mean) else mean / n
    return round(min(max(share, 0.0), 1.0), 4)


def where(look: Look, slide: worms.Slide, at: float | None) -> str:
    """Which way is down from the p of Q, if it has one."""
    t = look.t
    if at is None:
        return t("down.other", n=slide.n)
    p, kl = f"{at:.4g}", float(slide.kl(at))
    if math.isinf(kl):
        return t("down.infinite", p=p)
    if kl - slide.least <= NEAR:
        return t("down.foot", p=p)
    return t("down.up" if at < slide.best else "down.back", p=p)
