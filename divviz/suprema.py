"""The greatest value of a function of two densities on their common support."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from divviz.dist import QUIET, Array, Dist, Points
from divviz.ground import log_ratio
from divviz.pair import Pair
from divviz.powers import Places

SHARE = np.linspace(0.0, 1.0, 17)
ROUNDS = 16
# Past the nodes distances double: 2^40 of their extent is as good as the end of the line.
OUTWARD = 2.0 ** np.arange(-6.0, 40.0)


@QUIET
def greatest(pair: Pair, f: Callable[[Places], Array]) -> float:
    """The supremum of f over where P and Q both have density, if it is bounded and continuous.

    Sought between every two kinks, at nodes and beyond them, then ever closer to the best.
    """
    ground = pair.ground
    both = np.isfinite(ground.log_p) & np.isfinite(ground.log_q)
    mesh = Places(ground.x, ground.log_p, ground.log_q, ground.log_ratio, ground.x)
    best = float((f(mesh) - _doubt(mesh.log_p, mesh.log_q, mesh.log_ratio))[both].max())
    for low, high, nodes in _stretches(pair):
        anchor = low if np.isfinite(low) else high if np.isfinite(high) else float(np.median(nodes))
        best = max(best, _climbed(pair, f, anchor, np.unique(nodes - anchor)))
    return best


def _stretches(pair: Pair) -> Iterator[tuple[float, float, Array]]:
    """(low, high, places to start from) between neighbouring kinks; infinite at open ends."""
    x = pair.x
    kinks = np.concatenate([pair.P.breaks.hard, pair.Q.breaks.hard])
    kinks = kinks[np.isfinite(kinks)]
    ends = [-np.inf, *np.unique(kinks).tolist(), np.inf]
    reach = (float(x[-1] - x[0]) or 1.0) * OUTWARD
    for low, high in pairwise(ends):
        inside = x[(x > low) & (x < high)]
        if np.isinf(low):
            inside = np.concatenate([min(x[0], high) - reach, inside])
        if np.isinf(high):
            inside = np.concatenate([inside, max(x[-1], low) + reach])
        if np.isfinite(high - low):
            inside = np.concatenate([inside, low + (high - low) * SHARE[1:-1]])
        # The ends of a stretch belong to it from within.
        closest = [
            np.nextafter(end, way) for end, way in ((low, high), (high, low)) if np.isfinite(end)
        ]
        yield low, high, np.concatenate([inside, closest])


def _climbed(pair: Pair, f: Callable[[Places], Array], anchor: float, offsets: Array) -> float:
    best = -np.inf
    for _ in range(ROUNDS):
        values = _at(pair, f, Points(anchor, offsets))
        top = int(np.argmax(values))
        best = max(best, float(values[top]))
        low, high = offsets[max(top - 1, 0)], offsets[min(top + 1, len(offsets) - 1)]
        if not high > low:
            break
        offsets = low + (high - low) * SHARE
    return best


def _at(pair: Pair, f: Callable[[Places], Array], points: Points) -> Array:
    """f at places of the common support, less what rounding may have added far out; else -inf."""
    log_p, log_q = (_log(dist, points) for dist in (pair.P, pair.Q))
    ratio = log_ratio(pair.P, pair.Q, points, log_p, log_q)
    doubt = _doubt(log_p, log_q, ratio)
    if doubt.any() and pair.P.family is pair.Q.family and pair.P.family.log_ratio is not None:
        close = pair.P.family.log_ratio(points, pair.P.args, pair.Q.args)
        if close is not None:
            sure = np.isfinite(close)
            ratio, doubt = np.where(sure & (doubt > 0), close, ratio), np.where(sure, 0.0, doubt)
    values = f(Places(points.x, log_p, log_q, ratio, points.x))
    both = np.isfinite(log_p) & np.isfinite(log_q)
    return np.where(both, values - doubt, -np.inf)


def _doubt(log_p: Array, log_q: Array, ratio: Array) -> Array:
    """What rounding may have added to the difference of two logs, 0 where that is no matter."""
    size = np.abs(log_p) + np.abs(log_q)
    far = 1e-13 * size > 1e-9 * np.maximum(np.abs(ratio), 1.0)
    return np.where(far, 1e-13, 1e-15) * size


def _log(dist: Dist, points: Points) -> Array:
    return np.asarray(dist.family.log_density(points, *dist.args))
