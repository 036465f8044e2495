"""The top of a likelihood without a closed form: starts, a simplex search, Newton's last steps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np

from divviz.dist import QUIET, Array, Family, Handle, Param, Points, SceneError
from divviz.weighted import quantiles, spread, thinned

Args = tuple[float, ...]

THIN = 512  # so many points place the simplex
MIDDLE = 8192  # so many give the curvature; the last steps take all
STARTS = 6
FLAT = 1e-12
# A density this many times as high as the data are wide sits on one value of them.
SPIKE = math.log(1e3)


@QUIET
def searched(family: Family, x: Array, share: Array) -> Args:
    """The parameters of the largest mean log density over sorted x (n,), shares (n,) summing to 1.

    Starts stand on a grid over the sliders, placed by the family's handles; the best few climb by
    the simplex of Nelder & Mead (Computer Journal 7, 1965) and then by Newton's method. Where a
    spike on one value makes the likelihood unbounded (Student's t: Fernandez & Steel, Biometrika
    86, 1999) the highest top that is no spike counts. SceneError fit_outside, fit_spike.
    """
    if family.kind == "continuous" and len(x) == 1:
        raise SceneError("fit_spike", family=family.name)
    whole = _Hill(family, x, share)
    hill, middle = (_Hill(family, *thinned(x, share, most)) for most in (THIN, MIDDLE))
    starts = hill.best_of(_starts(family, x, share))
    if not starts:
        raise SceneError("fit_outside", family=family.name)
    tops = [args for args in map(hill.climbed, starts) if not whole.spiked(args)]
    if not tops:
        raise SceneError("fit_spike", family=family.name)
    best = min(tops, key=whole.cost)
    top = whole.polished(middle.polished(best, middle), middle)
    if any(_at_limit(value, param) for value, param in zip(top, family.params, strict=True)):
        raise SceneError("fit_none", family=family.name)
    return best if whole.spiked(top) else top


def _at_limit(value: float, param: Param) -> bool:
    """Whether a place or a scale is as large as may be typed: shapes have tops at their ends."""
    return param.maximum >= 1e9 and not -param.maximum < value < param.maximum


def bent(value: float, param: Param) -> float:
    """A parameter as the search sees it: its logarithm where the slider is logarithmic."""
    return math.log(value) if param.scale == "log" else value


def straight(value: float, param: Param) -> float:
    """The parameter that the search means, inside the accepted range."""
    if param.scale != "log":
        return param.clip(value)
    # exp(log(end)) may miss the end by an ulp.
    number = math.exp(min(value, 700.0))
    return param.clip(param.maximum if value >= math.log(param.maximum) else number)


class _Hill:
    """Minus the mean log density of weighted points x (n,), as a function of the parameters.

    The search moves on u (k,), the bent parameters.
    """

    def __init__(self, family: Family, x: Array, share: Array) -> None:
        self.family = family
        self.points = Points(x)
        self.share = share
        self.log_width = math.log(spread(x, share) or 1.0)

    def cost(self, args: Args) -> float:
        """Minus the mean log density; infinite where the family refuses or does not reach."""
        try:
            self.family.check(*args)
        except SceneError:
            return math.inf
        value = -float((self.share * self.family.log_density(self.points, *args)).sum())
        return math.inf if math.isnan(value) else value

    def best_of(self, groups: Iterable[Iterable[Args]]) -> list[Args]:
        """The best start of each group, then the best of the rest: at most STARTS, all finite."""
        costs = [{args: self.cost(args) for args in group} for group in groups]
        every = {args: cost for group in costs for args, cost in group.items()}
        firsts = {min(group, key=group.__getitem__): None for group in costs}
        ordered = sorted(firsts, key=every.__getitem__)
        ordered += sorted(every.keys() - firsts.keys(), key=lambda args: (every[args], args))
        return [args for args in ordered if math.isfinite(every[args])][:STARTS]

    def at(self, u: Array) -> float:
        """The cost at bent parameters."""
        return self.cost(self.args(u))

    def args(self, u: Array) -> Args:
        """The parameters of u."""
        return tuple(straight(float(v), p) for v, p in zip(u, self.family.params, strict=True))

    def bent(self, args: Args) -> Array:
        """The u of parameters."""
        return np.array([bent(a, p) for a, p in zip(args, self.family.params, strict=True)])

    def spiked(self, args: Args) -> bool:
        """Whether a member has shrunk onto one value of the data."""
        if self.family.kind == "discrete":
            return False
        for value, param in zip(args, self.family.params, strict=True):
            # Where the data are narrow themselves the range of the parameter ends first.
            if param.scale == "log" and param.minimum < 1e-6 and value < 2 * param.minimum:
                return True
        highest = float(self.family.log_density(self.points, *args).max())
        return highest + self.log_width > SPIKE

    def climbed(self, args: Args) -> Args:
        """The parameters on top of the hill that `args` stand on, to about 1e-4."""
        from scipy.optimize import minimize

        u = self.bent(args)
        steps = [self.step(u, i, 0.05) for i in range(len(u))]
        found = minimize(
            lambda v: min(self.at(v), 1e300),
            u,
            method="Nelder-Mead",
            options={
                "initial_simplex": np.concatenate([u[None], u + np.diag(steps)]),
                "xatol": np.inf,
                "fatol": 1e-9,
                "maxiter": 250 * len(u),
            },
        )
        return self.args(found.x)

    def step(self, u: Array, i: int, rise: float) -> float:
        """A step of u[i] that changes the cost by about `rise`."""
        here, size, move = self.at(u), 1e-3 * max(1.0, abs(float(u[i]))), np.zeros(len(u))
        for _ in range(60):
            move[i] = size
            change = abs(self.at(u + move) - here) + abs(self.at(u - move) - here)
            if 0.2 * rise <= change <= 5 * rise or (change < rise and size > 1e5 * (1 + abs(u[i]))):
                break
            size *= 4.0 if change < rise else 0.25
        return size

    def polished(self, args: Args, guide: _Hill) -> Args:
        """The parameters where the slope is 0 to rounding, by Newton's method.

        The curvature is that of `guide`, a hill of the same shape with fewer points, taken twice:
        after that the point hardly moves.
        """
        u = self.bent(args)
        free = [i for i in range(len(u)) if not guide._on_its_end(u, i)]
        if not free:
            return self.args(u)
        for turn in range(8):
            if turn < 2:
                moves = np.zeros((len(free), len(u)))
                moves[np.arange(len(free)), free] = [guide.step(u, i, 2e-6) for i in free]
                curve = guide._curve(u, moves)
            change = -np.linalg.solve(curve, self._slope(u, moves, fine=turn > 0)) @ moves
            target = self._down(u, change)
            if target is None:
                break
            u = target
            if turn and (np.abs(change) <= 1e-8 * (1 + np.abs(u))).all():
                break
        return self.args(u)

    def _on_its_end(self, u: Array, i: int) -> bool:
        """Put u[i] on an end of its range where that costs nothing; whether it is there."""
        param, here = self.family.params[i], self.at(u)
        for end in (param.clip(param.minimum), param.clip(param.maximum)):
            v = u.copy()
            v[i] = bent(end, param)
            if self.at(v) <= here + FLAT:
                u[i] = v[i]
                return True
        return False

    def _slope(self, u: Array, moves: Array, *, fine: bool) -> Array:
        """The derivatives along `moves` (k, n), by differences of second or fourth order."""
        near = np.array([self.at(u + m) - self.at(u - m) for m in moves])
        if not fine:
            return near / 2
        far = np.array([self.at(u + 2 * m) - self.at(u - 2 * m) for m in moves])
        result: Array = (8 * near - far) / 12
        return result

    def _curve(self, u: Array, moves: Array) -> Array:
        """The second derivatives along `moves` (k, n), as (k, k), made positive."""
        here, k = self.at(u), len(moves)
        curve = np.empty((k, k))
        for i, j in product(range(k), repeat=2):
            if i == j:
                curve[i, i] = self.at(u + moves[i]) - 2 * here + self.at(u - moves[i])
            elif i < j:
                a, b = moves[i] + moves[j], moves[i] - moves[j]
                mixed = self.at(u + a) + self.at(u - a) - self.at(u + b) - self.at(u - b)
                curve[i, j] = curve[j, i] = 0.25 * mixed
        if np.isfinite(curve).all() and (np.linalg.eigvalsh(curve) > 0).all():
            return curve
        sizes = np.abs(np.diag(curve))
        return np.diag(np.where(np.isfinite(sizes) & (sizes > 0), sizes, 1.0))

    def _down(self, u: Array, change: Array) -> Array | None:
        """u + change, or less of the change, where that is not higher than u; else None."""
        here = self.at(u)
        for share in (1.0, 0.5, 0.1, 0.01):
            target = u + share * change
            if self.at(target) <= here + 1e-15 * abs(here):
                return target
        return None


def _starts(family: Family, x: Array, share: Array) -> Iterator[list[Args]]:
    """Parameters worth starting from: of each point of a grid those dragged to the data."""
    handles: dict[str, Handle] = {handle.name: handle for handle in family.handles}
    centres = quantiles(x, share, np.array([0.25, 0.5, 0.75])).tolist()
    width = spread(x, share) or 1.0
    places = [
        {
            "left": float(x[0]) - 0.1 * factor * width,
            "right": float(x[-1]) + 0.1 * factor * width,
            "centre": centre,
            "width": centre + factor * width,
        }
        for centre in centres
        for factor in (0.2, 0.6, 2.0)
    ]
    for args in _grid(family):
        yield [_dragged(family, handles, args, place) for place in places]


def _dragged(
    family: Family, handles: dict[str, Handle], args: Args, places: dict[str, float]
) -> Args:
    # Twice, as one handle may have stood in the other's way.
    for name, place in [*places.items(), *places.items()]:
        if name in handles:
            args = tuple(handles[name].drag(place, *args))
    return tuple(p.clip(float(a)) for p, a in zip(family.params, args, strict=True))


def _grid(family: Family) -> Iterator[Args]:
    columns = []
    for param in family.params:
        low, high = bent(param.low, param), bent(param.high, param)
        inner = low + (high - low) * np.array([0.1, 0.5, 0.9])
        columns.append([param.default, *(straight(float(v), param) for v in inner)])
    yield from product(*columns)
