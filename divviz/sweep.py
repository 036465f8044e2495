"""Q slid away from P: each measure and its slope against the distance between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from divviz.dist import QUIET, Array, Dist, Names, Param, SceneError
from divviz.families import make, pmf
from divviz.measures import known, values
from divviz.objectives import OBJECTIVES
from divviz.pair import Pair
from divviz.powers import places

KEYS = ("kl_pq", "js", "tv", "w1", "hellinger")
WIDTH = Param("width", 1.0, 0.01, 5.0, 1e-6, 1e6, scale="log")
NOISE = Param("noise", 0.0, 0.0, 2.0, 0.0, 1e6)
DISTANCE = Param("distance", 0.0, 0.0, 3.0, -1e6, 1e6)

# Beside a kink five values, this share of the width apart; elsewhere two, closer to each other,
# and closer still where a kink is near: the roots of the distance bend there without end.
BESIDE, BETWEEN = 2.0**-8, 2.0**-14
# As good as at a kink, in widths: 0.3 reached in steps of 0.05 is 0.30000000000000004.
AT_0, AT_KINK = 2.0**-40, 2.0**-20
ROUNDING = 4 * np.finfo(float).eps  # relative: a smaller change is none
ONE_SIDED = np.array([-25.0, 48.0, -36.0, 16.0, -3.0]) / 12  # Fornberg (1988), table 3

Number = float | None
Numbers = tuple[Number, ...]


@dataclass(frozen=True)
class Kind:
    """A shape that is slid: `at(distance, width)` is where it came to.

    `blurred` is the shape after normal noise of a standard deviation was added to it, None where
    no family has it. `kinks(width)` are the distances at which a measure may bend or jump.
    """

    at: Callable[[float, float], Dist]
    blurred: Callable[[float, float, float], Dist] | None
    kinks: Callable[[float], tuple[float, ...]] = lambda _: (0.0,)


KINDS: dict[str, Kind] = {
    "uniforms": Kind(
        lambda d, width: make("uniform", d, d + width), None, lambda width: (-width, 0.0, width)
    ),
    "points": Kind(
        lambda d, _: pmf([1.0], support=[d]), lambda d, _, noise: make("normal", d, noise)
    ),
    "normals": Kind(
        lambda d, width: make("normal", d, width),
        lambda d, width, noise: make("normal", d, math.hypot(width, noise)),
    ),
}


@dataclass(frozen=True)
class Sweep:
    """Measures in nats or units of x at distances (n,), and their slopes against the distance.

    By key, n numbers each. A value is None where it is undefined. A slope is None where there is
    none: at an infinite value, a jump, or a kink; at distance 0 it is that to the right.
    """

    distances: tuple[float, ...]
    values: dict[str, Numbers]
    slopes: dict[str, Numbers]


def apart(kind: str, distance: float, width: float = 1.0, noise: float = 0.0) -> tuple[Dist, Dist]:
    """P at 0 and Q at ``distance``, both of the kind, after normal ``noise`` was added to each.

    ``kind`` is a key of KINDS: "uniforms" on an interval of length ``width``, "points", "normals"
    of standard deviation ``width``. SceneError for an unknown kind, a number out of range, or
    noise on uniforms, which has no family.
    Source of the points, the fibres of two parallel lines: Arjovsky, Chintala & Bottou,
    Wasserstein GAN (2017), example 1.
    """
    at, _ = _slid(kind, width, noise)
    return at(0.0), at(DISTANCE.check(kind, distance))


def _slid(kind: str, width: float, noise: float) -> tuple[Callable[[float], Dist], Array]:
    """Where the shape is at each distance, and its kinks."""
    if kind not in KINDS:
        raise SceneError("sweep_kind", kind=kind, known=Names(", ".join(KINDS)))
    shape, width, noise = KINDS[kind], WIDTH.check(kind, width), NOISE.check(kind, noise)
    kinks = np.array(shape.kinks(width))
    if noise == 0:
        return lambda d: shape.at(d, width), kinks
    blurred = shape.blurred
    if blurred is None:
        raise SceneError("sweep_noise")
    return lambda d: blurred(d, width, noise), kinks


def sweep(
    kind: str,
    distances: Iterable[float],
    keys: Iterable[str] = KEYS,
    width: float = 1.0,
    noise: float = 0.0,
) -> Sweep:
    """The measures ``keys`` of `apart` at each of ``distances`` (n,), and their slopes.

    Slopes of uniforms and points are differences of values, good to about 1e-9 of them; those of
    normals are integrals. SceneError as `apart`, and for a measure that is unknown or needs a
    parameter.
    """
    _slid(kind, width, noise)
    checked = tuple(DISTANCE.check(kind, d) for d in distances)
    return _swept(kind, checked, tuple(_plain(key) for key in keys), float(width), float(noise))


def _plain(key: str) -> str:
    known(key).checked({})
    return key


@lru_cache(maxsize=64)
@QUIET
def _swept(
    kind: str, distances: tuple[float, ...], keys: tuple[str, ...], width: float, noise: float
) -> Sweep:
    at, kinks = _slid(kind, width, noise)
    line = _Line(at, kinks, keys)
    found, slopes = zip(*(line.both(d) for d in distances), strict=True) if distances else ((), ())
    return Sweep(
        distances,
        {key: tuple(one[key] for one in found) for key in keys},
        {key: tuple(one[key] for one in slopes) for key in keys},
    )


# --- slopes ------------------------------------------------------------------------------------


class _Line:
    """Values and slopes of the measures `keys` along the way of Q."""

    def __init__(self, at: Callable[[float], Dist], kinks: Array, keys: tuple[str, ...]) -> None:
        self.at, self.kinks, self.keys = at, kinks, keys
        self.start = at(0.0)
        self.size = self.start.sd() or 1.0

    def both(self, d: float) -> tuple[dict[str, Number], dict[str, Number]]:
        """The values and the slopes at a distance."""
        pair = Pair(self.start, self.at(d))
        here = values(pair, "nats", self.keys)
        finite = [key for key in self.keys if _is_finite(here[key])]
        slopes: dict[str, Number] = dict.fromkeys(self.keys)
        if self._is_kink(d):
            return here, slopes | self._at_kink(d, here, finite)
        ready = [key for key in finite if key in INTEGRALS and pair.Q.name == "normal"]
        slopes |= {key: INTEGRALS[key](pair) + 0.0 for key in ready}
        return here, slopes | self._between(d, [key for key in finite if key not in ready])

    def _is_kink(self, d: float) -> bool:
        near = np.abs(self.kinks - d) <= self.size * np.where(self.kinks == 0, AT_0, AT_KINK)
        return bool(near.any())

    def values(self, d: float, keys: list[str]) -> dict[str, Number]:
        """The values at a distance."""
        return values(Pair(self.start, self.at(d)), "nats", keys)

    def _between(self, d: float, keys: list[str]) -> dict[str, Number]:
        """By the change from a little nearer to a little further."""
        if not keys:
            return {}
        step = BETWEEN * min(self.size, float(np.abs(self.kinks - d).min()))
        low, high = d - step, d + step
        before, after = self.values(low, keys), self.values(high, keys)
        return {key: _quotient(before[key], after[key], high - low) for key in keys}

    def _at_kink(self, d: float, here: dict[str, Number], keys: list[str]) -> dict[str, Number]:
        """To the right at distance 0, elsewhere where both sides agree."""
        right = self._beside(d, here, keys, BESIDE * self.size)
        if abs(d) <= AT_0 * self.size:
            return right
        left = self._beside(d, here, keys, -BESIDE * self.size)
        return {key: _agreed(left[key], right[key]) for key in keys}

    def _beside(
        self, d: float, here: dict[str, Number], keys: list[str], step: float
    ) -> dict[str, Number]:
        ahead = [here, *(self.values(d + k * step, keys) for k in range(1, 5))] if keys else []
        return {key: _one_sided([one[key] for one in ahead], step) for key in keys}


def _is_finite(value: Number) -> bool:
    return value is not None and math.isfinite(value)


def _quotient(before: Number, after: Number, step: float) -> Number:
    if before is None or after is None or not math.isfinite(after - before):
        return None
    change = after - before
    return 0.0 if abs(change) <= ROUNDING * max(abs(before), abs(after)) else change / step


def _one_sided(ahead: list[Number], step: float) -> Number:
    """The slope at the first of five values, infinite for a root, None for a jump."""
    if any(one is None or not math.isfinite(one) for one in ahead):
        return None
    first = float(ahead[0] or 0.0)
    f = np.array(ahead, float) - first
    if np.abs(f).max() <= ROUNDING * max(abs(first), 1.0):
        return 0.0
    growth = f[4] / f[1] if f[1] else math.inf
    if abs(growth) < 1.5:  # a jump does not grow; a root doubles, a line grows fourfold
        return None
    if abs(growth) < 2.5:
        return math.copysign(math.inf, f[1] * step)
    slope = float(ONE_SIDED @ f) / step
    return 0.0 if abs(slope * step) < 1e-6 * abs(f[1]) else slope


def _agreed(left: Number, right: Number) -> Number:
    if left is None or right is None:
        return None
    return right if math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-9) else None


# --- slopes of two normals of one width, as integrals --------------------------------------------


def _score(x: Array, q: Dist) -> Array:
    """The derivative of log q by the distance (n,)."""
    mu, sigma = q.args
    return np.asarray((x - mu) / sigma / sigma)


def _of_logs(key: str) -> Callable[[Pair], float]:
    """The slope of an objective: the integral of its pull times the score."""
    pull = OBJECTIVES[key].pull
    assert pull is not None

    def slope(pair: Pair) -> float:
        return float(pull(pair.ground) @ _score(pair.x, pair.Q))

    return slope


def _of_w1(pair: Pair) -> float:
    """The mass of Q that goes further from P, less that which comes nearer."""
    return float(np.sign(pair.gap.values) @ pair.ground.q)


def _of_tv(pair: Pair) -> float:
    """The density where p = q: how much leaves the side on which P has more.

    The log ratio is a line in x, so that between two nodes its zero is found at once.
    """
    x, ratio = pair.x, pair.ground.log_ratio
    above = ratio > 0
    at = np.flatnonzero(above[:-1] != above[1:])
    middle = x[at] - ratio[at] * (x[at + 1] - x[at]) / (ratio[at + 1] - ratio[at])
    return float(np.where(above[at], 1.0, -1.0) @ pair.Q.density(middle))


def _of_hellinger(pair: Pair) -> float:
    """Of sqrt(1 - BC): minus the integral of sqrt(p q) times the score, over 4 Hel."""
    at, hellinger = places(pair, 0.5, 0.5), values(pair, "nats", ["hellinger"])["hellinger"]
    change = float(np.exp(at.power(0.5, 0.5)) @ _score(at.x, pair.Q))
    return -change / (4 * hellinger) if hellinger else 0.0


INTEGRALS: dict[str, Callable[[Pair], float]] = {
    "kl_pq": _of_logs("kl_pq"),
    "kl_qp": _of_logs("kl_qp"),
    "js": _of_logs("js"),
    "w1": _of_w1,
    "tv": _of_tv,
    "hellinger": _of_hellinger,
}
