"""Maximum mean discrepancy with a Gaussian kernel.

The kernel exp(-(x - y)^2 / (2 s^2)) is s sqrt(2 pi) times the overlap of two normals of variance
s^2 / 2, so MMD^2 = s sqrt(2 pi) times the integral of h^2, where h is P - Q blurred by that
normal: a sum of squares, which keeps its digits for nearly identical P and Q.
"""

from __future__ import annotations

import math

import numpy as np

from divviz.dist import QUIET, Array, Breaks, Dist
from divviz.overlap import difference
from divviz.pair import Pair
from divviz.powers import sampled
from divviz.quadrature import Panels, partition

# The trapezoid rule on steps of s/3 errs by exp(-44), and past 6.3 s the blur is exp(-40).
STEP = 1 / 3
REACH = 19
WIDE = 4.0  # panels up to this many s bear 16 nodes under the blur
MOST_PANELS = 100_000
CHUNK = 40_000


@QUIET
def mmd(pair: Pair, sigma: float) -> float:
    """sqrt(E k(X,X') + E k(Y,Y') - 2 E k(X,Y)) for a Gaussian kernel of width sigma, up to sqrt 2.

    Where sigma is below 1e-5 of the width of both, the kernel counts as a point. Source: Gretton
    et al., JMLR 13 (2012), lemmas 4 and 6.
    """
    if pair.P == pair.Q:
        return 0.0
    x, mass, local = _signed(pair, sigma)
    order = np.argsort(x, kind="stable")
    # Beyond 60 widths nothing is felt, and 1e300 apart is no more than that; 1e-300 has no square.
    steps = np.minimum(np.diff(x[order], prepend=x[order[0]]) / sigma, 60.0)
    top = float(np.abs(mass).max()) or 1.0
    square = _blurred_square(np.cumsum(steps), mass[order] / top)
    return top * math.sqrt(square + local / top / top)


def _blurred_square(z: Array, mass: Array) -> float:
    """sqrt(2 pi) times the integral of h^2, z sorted (n,) in units of sigma."""
    first = np.rint(z / STEP)
    offsets = np.arange(-REACH, REACH + 1.0)
    total = 0.0
    carried: Array = np.zeros(0)  # cells that the next points may still reach
    at = 0.0  # the cell of the last point
    for start in range(0, len(z), CHUNK):
        part = slice(start, start + CHUNK)
        # Across a gap that no blur reaches, cells are counted on from nearer by.
        jumps = np.diff(first[part], prepend=first[max(start - 1, 0)])
        steps = np.minimum(jumps, 3.0 * REACH)
        cell = np.cumsum(steps) + at
        away = z[part][:, None] - (first[part][:, None] + offsets) * STEP
        share = mass[part][:, None] * np.exp(-(away**2))
        index = (cell[:, None] + offsets - (at - REACH)).astype(np.intp)
        cells = np.bincount(index.ravel(), share.ravel()).astype(float)
        cells = np.pad(cells, (0, max(len(carried) - len(cells), 0)))
        cells[: len(carried)] += carried
        done = int(cell[-1] - at)
        total += float((cells[:done] ** 2).sum())
        carried, at = cells[done:], float(cell[-1])
    total += float((carried**2).sum())
    return math.sqrt(2 * math.pi) * STEP / math.pi * total


def _signed(pair: Pair, sigma: float) -> tuple[Array, Array, float]:
    """P - Q as places (n,) and signed masses (n,), and what counts without being blurred."""
    if pair.discrete:
        return pair.x, difference(pair.ground), 0.0
    if pair.mixed:
        parts = [_side(pair.P, sigma, 1.0), _side(pair.Q, sigma, -1.0)]
        x, mass, local = zip(*parts, strict=True)
        return np.concatenate(x), np.concatenate(mass), sum(local)
    return _smooth(pair, pair.mesh.panels, sigma)


def _side(dist: Dist, sigma: float, sign: float) -> tuple[Array, Array, float]:
    if dist.kind == "discrete":
        x, logs = dist.atoms()
        return x, sign * np.exp(logs), 0.0
    own = Pair(dist, dist)
    panels, local = _split(own, partition(dist.breaks, Breaks()), sigma, alone=True)
    at = sampled(own, panels, 16)
    return at.x, sign * np.exp(at.log_p + at.log_weights), local


def _smooth(pair: Pair, panels: Panels, sigma: float) -> tuple[Array, Array, float]:
    panels, local = _split(pair, panels, sigma, alone=False)
    at = sampled(pair, panels, 16)
    return at.x, difference(at.ground), local


def _split(pair: Pair, panels: Panels, sigma: float, *, alone: bool) -> tuple[Panels, float]:
    """Panels narrow enough for the blur; of the others, what they add to MMD^2 by themselves."""
    at = sampled(pair, panels, 16)
    weights = np.exp(at.log_weights)
    change = (np.exp(at.log_p + at.log_weights) if alone else difference(at.ground)) / weights
    width = weights.reshape(len(panels), -1).sum(axis=1)
    square = (change**2 * weights).reshape(len(panels), -1).sum(axis=1)
    each = sigma * math.sqrt(2 * math.pi) * square
    wide = width > WIDE * sigma
    # A tail this wide is not changed by the blur, up to what is beyond the last digit that counts.
    still = wide & (each * sigma / width < 1e-11 * float(each[wide].sum() if wide.any() else 0.0))
    parts = np.ceil(np.where(wide & ~still, width / (WIDE * sigma), 1.0))
    while parts[~still].sum() > MOST_PANELS:
        still[np.argmax(np.where(still, 0.0, parts))] = True
    return _divided(panels.take(~still), parts[~still]), float(each[still].sum())


def _divided(panels: Panels, parts: Array) -> Panels:
    """Each panel cut into so many equal parts."""
    again = np.repeat(np.arange(len(panels)), parts.astype(int))
    count = parts[again]
    number = np.arange(len(again)) - np.repeat(np.cumsum(parts) - parts, parts.astype(int))
    old = panels.take(again)
    step = (old.stop - old.start) / count
    start = old.start + number * step
    return Panels(
        old.anchor, old.side, start, np.where(number + 1 == count, old.stop, start + step)
    )
