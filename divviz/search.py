"""Search for the member of a family at which an objective is least: where to start, how to fall."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from divviz import families
from divviz.dist import Dist, Family, SceneError
from divviz.infinity import hull
from divviz.objectives import LIKELIHOOD, Chart, Objective, cost, refusal, slope_of
from divviz.pair import Pair
from divviz.shapes import centre_width, like, placed

Array = NDArray[np.float64]
Args = tuple[float, ...]

FAR = 1e300  # for a search, which subtracts costs and cannot bear an infinite one
MOST_HILLS = 6
ZERO = 1e-28  # P itself is in the family, or so near that no digit shows it


def starts(p: Dist, family: Family) -> list[Dist]:
    """Where to start a search: members like all of ``p``, like each of its hills, the default.

    Also a narrow one, and where ``p`` has two ends one that is wider than all of it: a family with
    ends of its own must lie inside ``p``, or cover it.
    """
    every = like(p, family.name)
    centre, width = centre_width(p)
    spots = [*_hills(p), (centre, 0.3 * width)]
    low, high = hull(p)
    if math.isfinite(high - low):
        spots.append((0.5 * (low + high), 0.6 * (high - low)))
    members = [placed(family, every.args, *spot) for spot in spots]
    default = tuple(param.default for param in family.params)
    # a count of outcomes must reach the last of them
    reaching = [
        param.clip(high) if param.name == "n" and math.isfinite(high) else value
        for param, value in zip(family.params, default, strict=True)
    ]
    members += [families.make(family.name, *args) for args in (default, reaching)]
    return list(dict.fromkeys([every, *members]))


def _hills(p: Dist) -> list[tuple[float, float]]:
    """Centre and width of each hill of ``p``, at most six of most mass, the largest first."""
    x, mass, height = _profile(p)
    # a plateau counts as one place
    turn = np.flatnonzero(np.diff(np.sign(np.diff(height))) > 0) + 1
    valleys = [0, *turn.tolist(), len(x)]
    hills = []
    for first, last in pairwise(valleys):
        m, at = mass[first:last], x[first:last]
        total = float(m.sum())
        if total > 0:
            centre = float((m * at).sum()) / total
            width = math.sqrt(float((m * (at - centre) ** 2).sum()) / total)
            hills.append((total, centre, width))
    hills.sort(reverse=True)
    return [(centre, width) for _, centre, width in hills[:MOST_HILLS]]


def _profile(p: Dist) -> tuple[Array, Array, Array]:
    """Places (n,) from left to right, with the mass at each and the height of ``p`` there."""
    if p.kind == "discrete":
        x, logs = p.atoms()
        mass = np.exp(logs)
        return x[mass > 0], mass[mass > 0], mass[mass > 0]
    low, high = p.window()
    grid = np.union1d(np.linspace(low, high, 129), p.quantile(np.linspace(0.001, 0.999, 129)))
    x = 0.5 * (grid[1:] + grid[:-1])
    return x, np.diff(p.cdf(grid)), np.minimum(p.density(x), FAR)


def searched(p: Dist, family: Family, objective: Objective) -> Dist:
    """The best of what searches from `starts` find, its last digits searched again."""
    goal = _Goal(objective, p)
    every = [one for one in starts(p, family) if goal.height(one) < FAR]
    if not every:
        raise refusal(objective, Pair(p, like(p, family.name)))
    # a distance pulls also from afar, a cover is pulled by all of P; the others seek one hill
    most = {"w1": 1, "w2": 1, "kl_pq": 2, "chi2": 2}.get(objective.key, len(every))
    every = sorted(every, key=goal.height)[:most]
    rough = _Goal(LIKELIHOOD, _sampled(p)) if _by_sample(p, objective) else goal
    best = min((_settled(rough, one) for one in every), key=goal.height)
    if goal.height(best) >= FAR:
        best = min((_settled(goal, one) for one in every), key=goal.height)
    if goal.height(best) < ZERO:
        return best
    best = _walked(goal, best, 1e-9)
    return best if _flat(goal, best) else _polished(goal, best)


def _by_sample(p: Dist, objective: Objective) -> bool:
    return objective.key == "kl_pq" and p.kind == "continuous"


def _sampled(p: Dist) -> Dist:
    """A density as the nodes of its integral and their masses: likelihood asks for no more."""
    ground = Pair(p, p).ground
    some = ground.p > 1e-30
    return families.pmf(ground.p[some], support=ground.x[some])


def _flat(goal: _Goal, member: Dist) -> bool:
    """Whether the member is at the bottom of a smooth valley."""
    chart = Chart(member)
    if not chart.free:
        return True
    return bool((np.abs(goal.slope(member, chart) * chart.units(member)) < 1e-7).all())


class _Goal(NamedTuple):
    """What a search lowers: the objective, or half the square of a distance, as it is smooth."""

    objective: Objective
    p: Dist

    def height(self, member: Dist | None) -> float:
        value = cost(self.objective, self.p, member)
        return min(0.5 * value * value if self.objective.distance else value, FAR)

    def slope(self, member: Dist, chart: Chart) -> Array:
        gradient = slope_of(self.objective, self.p, member, chart).gradient
        if not self.objective.distance:
            return gradient
        return cost(self.objective, self.p, member) * gradient


def _walked(goal: _Goal, member: Dist, flat: float = 1e-5) -> Dist:
    """A minimum near the member, where slopes in the parameters that move are below ``flat``.

    Source: the BFGS method, Nocedal & Wright, Numerical Optimization (2006), algorithm 6.1.
    """
    from scipy.optimize import minimize

    chart = Chart(member)
    if not chart.free:
        return member
    if goal.objective.distance and goal.p.kind == "discrete" == member.kind:
        # slopes jump where levels of P and Q meet, and there the least often is
        return _simplex(goal, member, 0.25, flat)
    at, units = chart.at(member), chart.units(member)
    seen = {goal.height(member): member}

    def sloping(z: Array) -> tuple[float, Array]:
        one = chart.member(at + units * z)
        height = goal.height(one)
        if one is None or height >= FAR:
            return FAR, np.zeros(len(units))
        seen[height] = one
        return height, units * goal.slope(one, chart)

    options = {"gtol": flat, "maxiter": 60}
    minimize(sloping, np.zeros(len(at)), jac=True, method="BFGS", options=options)
    return seen[min(seen)]


def _polished(goal: _Goal, member: Dist) -> Dist:
    """The same by simplex search, which needs no slopes: at a wall and in a kink there are none."""
    for size in (1e-2, 1e-4):
        member = _simplex(goal, member, size)
    return member


def _simplex(goal: _Goal, member: Dist, size: float, close: float = 1e-11) -> Dist:
    from scipy.optimize import minimize

    chart = Chart(member)
    if not chart.free:
        return member
    at, units = chart.at(member), chart.units(member)
    corners = np.vstack([np.zeros(len(at)), size * np.eye(len(at))])
    found = minimize(
        lambda z: goal.height(chart.member(at + units * z)),
        corners[0],
        method="Nelder-Mead",
        options={
            "initial_simplex": corners,
            "xatol": close,
            "fatol": 1e-15,
            "maxiter": 60 * len(at),
        },
    )
    best = chart.member(at + units * found.x)
    return best if best is not None and goal.height(best) <= goal.height(member) else member


def _settled(goal: _Goal, member: Dist) -> Dist:
    """A search in all parameters: in whole numbers by steps that grow and shrink."""
    params = member.family.params
    whole = [i for i, param in enumerate(params) if param.integer]
    best = _walked(goal, member)
    least, step = goal.height(best), 4 if whole else 0
    # two ends also move together
    moves = [tuple(int(i == j) for j in range(len(params))) for i in whole]
    moves += [tuple(int(j in whole) for j in range(len(params)))] if len(whole) > 1 else []
    most = 2 * abs(float(goal.p.quantile(0.999)))
    while step:
        tried = [_moved(best, move, sign * step, most) for move in moves for sign in (-1, 1)]
        after = [_walked(goal, one) for one in dict.fromkeys(tried) if one is not None]
        winner = min(after, key=goal.height, default=best)
        if goal.height(winner) < least:
            best, least, step = winner, goal.height(winner), 2 * step
        else:
            step //= 2
    return best


def _moved(member: Dist, move: tuple[int, ...], step: int, most: float) -> Dist | None:
    """The member with whole-number parameters moved, None where there is none.

    They go no further than their sliders and ``most``: a binomial may come closer for ever.
    """
    args = list(member.args)
    for i, (param, by) in enumerate(zip(member.family.params, move, strict=True)):
        if by:
            args[i] = param.clip(min(args[i] + step * by, max(param.high, most, args[i])))
    try:
        return families.make(member.name, *args)
    except SceneError:
        return None
