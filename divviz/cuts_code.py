"""Where a program cuts the line before it integrates: ends, kinks, jumps, and around the mass."""

from __future__ import annotations

import math

from divviz.dist import Dist, Tail
from divviz.empirical import plain
from divviz.errors import spell
from divviz.pair import Pair

BODY = 1e-13  # a piece between two cuts may hide a peak of this mass
FARTHEST = 1e-30  # what lies beyond no longer moves a double
MOST_DECADES = 40
STEP = 10.0
STEPS = 11
CLOSEST = 1e-9


def hull(pair: Pair) -> tuple[float, float]:
    """The first and the last place where P or Q has mass, perhaps infinite."""
    every = [place for dist in (pair.P, pair.Q) for end in dist.support() for place in end]
    return min(every), max(every)


def leaves(dist: Dist) -> list[Dist]:
    """The parts of a mixture that have mass, and of its mixtures, else the distribution itself."""
    dist = plain(dist)
    if dist.name != "mixture":
        return [dist]
    parts = zip(dist.args[0], dist.parts, strict=True)
    return [leaf for weight, part in parts if weight > 0 for leaf in leaves(part)]


def cuts(pair: Pair, *, closer: bool) -> list[float]:
    """Ascending places between which P and Q are smooth and hide no peak.

    Ends, kinks and jumps, short numbers around the mass of each part, and steps of a power of ten
    along a tail that spans decades and toward an infinite density at 0, with `closer` toward each
    end where a density is infinite or 0. The outermost cuts are where the supports end, or beyond
    all that counts.
    """
    dists = (pair.P, pair.Q)
    every = [leaf for dist in dists for leaf in leaves(dist)]
    found = {place for dist in dists for place in dist.breaks.hard}
    found |= {place for leaf in every for place in _body(leaf)}
    low, high = hull(pair)
    found |= {end for end in (low, high) if math.isfinite(end)}
    for side in (-1, 1):
        growth = [tail.order for dist in dists for tail in (dist.tail()[side > 0],)
                  if tail.kind == "order"]  # fmt: skip
        for leaf in every:
            found |= set(_outward(leaf, side, growth))
    found |= {place for dist in dists for end in dist.ends()
              if closer or (end.at == 0 and end.side > 0 and end.exponent < 1)
              for place in _toward(end.at, end.side, dist)}  # fmt: skip
    return sorted({place + 0.0 for place in found if low <= place <= high})


def cuts_text(places: list[float]) -> str:
    """The cuts as a list of numbers."""
    return f"[{', '.join(map(_short, places))}]"


def _short(place: float) -> str:
    power = f"{place:g}".replace("e+0", "e").replace("e+", "e")
    return power if float(power) == place and len(power) < len(spell(place)) else spell(place)


def _size(dist: Dist) -> float:
    return float(dist.isf(0.25) - dist.quantile(0.25))


def _rounded(place: float, size: float) -> float:
    """A short number within a twentieth of `size` of the place."""
    digits = 1 - math.floor(math.log10(size)) if size > 0 else 17
    return round(place, digits) + 0.0


def middle(dist: Dist) -> float:
    """A short number near the median."""
    return _rounded(float(dist.quantile(0.5)), _size(dist))


def _body(dist: Dist) -> list[float]:
    places = [dist.quantile(0.5)]
    if not any(spans_decades(tail) for tail in dist.tail()):
        places += [dist.quantile(BODY), dist.isf(BODY)]
    return [_rounded(float(place), _size(dist)) for place in places]


def _toward(at: float, side: int, dist: Dist) -> list[float]:
    """Ever closer to a place where the density is infinite or 0, as far as doubles can tell."""
    size = 10.0 ** math.floor(math.log10(_size(dist)))
    offsets = [size * STEP**-k for k in range(STEPS)]
    return [float(f"{at + side * d:.15g}") for d in offsets if d > CLOSEST * abs(at)]


def _outward(dist: Dist, side: int, growth: list[float]) -> list[float]:
    """Out to where nothing is left that counts: one step, or many of a tail that spans decades."""
    tail = dist.tail()[side > 0]
    if tail.kind == "end":
        return []
    centre, size = middle(dist), _size(dist)
    if not spans_decades(tail):
        return [_rounded(float(dist.quantile(FARTHEST) if side < 0 else dist.isf(FARTHEST)), size)]
    if tail.kind == "power":
        reach = math.ceil(math.log10(size)) + _decades(tail.alpha, growth)
    else:
        end = float(dist.quantile(FARTHEST) if side < 0 else dist.isf(FARTHEST))
        reach = math.ceil(math.log10(abs(end - centre)))
    steps = [10.0**k for k in range(math.ceil(math.log10(size)), reach + 1)]
    # Powers of ten themselves, which two tails share, as soon as the middle is but little of them.
    return [side * step + (centre if step < 10 * abs(centre) else 0.0) for step in steps]


def spans_decades(tail: Tail) -> bool:
    """Whether a tail is seen in log x rather than in x."""
    return tail.kind in ("power", "log_square") or (tail.kind == "order" and tail.order < 1)


def out_of_reach(pair: Pair) -> set[str]:
    """The measures whose integrals go on beyond the outermost cuts, along a tail like a power."""
    tails = [tail for dist in (pair.P, pair.Q) for tail in dist.tail()]
    alphas = [tail.alpha for tail in tails if tail.kind == "power"]
    orders = [tail.order for tail in tails if tail.kind == "order"]
    found = set()
    if any(0 < alpha - 1 < 10 / MOST_DECADES for alpha in alphas):
        found |= {"w1"}
    if any(alpha < 0.75 for alpha in alphas):
        found |= {"energy_distance"}
    if any(0 < alpha - order < 10 / MOST_DECADES for alpha in alphas for order in orders):
        found |= {"cross_entropy_pq", "cross_entropy_qp", "kl_pq", "kl_qp", "jeffreys"}
    return found


def _decades(alpha: float, growth: list[float]) -> int:
    """How many powers of ten until what a power tail adds to a mean of |x|^order is below 1e-9."""
    orders = [order for order in (1.0, *growth) if order < alpha]
    far = [16 / alpha] + [10 / (alpha - order) for order in orders]
    return math.ceil(min(max(far), MOST_DECADES))
