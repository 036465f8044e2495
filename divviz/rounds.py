"""The ten levels of a round of challenges: a seed gives each its P, its start and what to reach.

Every machine draws the same round from a seed, and every level can be solved: `answer` does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np

from divviz.challenge import NAMES, Task
from divviz.discrete import pmf
from divviz.dist import Array, Dist
from divviz.families import make
from divviz.flattest import flattest
from divviz.goals import Goal
from divviz.measures import value
from divviz.mixtures import mixture
from divviz.pair import Pair
from divviz.seeds import generator

Dice = np.random.Generator

HIGHEST_SEED = 999_999
STREAMS = 16  # more than there are levels, so that no two levels of two rounds share their dice
OUTCOMES = 6
HEIGHTS = (1, 1, 2, 3, 4, 6, 9, 14)  # of bars by chance: some low ones, and one that stands out
APART = 1.4  # of one JS to the next: an eye can tell
HALVINGS = 16  # finer than a hand draws


class Level(NamedTuple):
    """A row of LEVELS: how dice make the task, and how a script solves it."""

    name: str
    make: Callable[[Dice], Task]
    solve: Callable[[Task], Dist]


# ---- what the dice give --------------------------------------------------------------------------


def _bars(dice: Dice) -> Iterator[Dist]:
    """Outcomes 1 to 6 with heights by chance, again and again."""
    while True:
        yield _masses([HEIGHTS[k] for k in dice.integers(len(HEIGHTS), size=OUTCOMES)])


def _masses(weights: list[int] | list[float]) -> Dist:
    return pmf(weights, range(1, len(weights) + 1))


EVEN = _masses([1] * OUTCOMES)


def _first(found: Iterator[Dist], fits: Callable[[Dist], bool]) -> Dist:
    return next(one for one in found if fits(one))


def _humps(dice: Dice) -> Dist:
    """A mixture of two normals that overlap, left and right of 0."""
    share, left, right, narrow, wide = (int(k) for k in dice.integers(0, 9, size=5))
    parts = [make("normal", -(12 + left) / 10, (7 + narrow // 2) / 10)]
    parts += [make("normal", (12 + right) / 10, (7 + wide // 2) / 10)]
    return mixture([(3 + share // 2) / 10, (7 - share // 2) / 10], parts)


def _middle(p: Dist) -> Dist:
    """The normal with the mean and width of P, to a tenth."""
    mean, sd = p.mean(), p.sd()
    assert mean is not None and sd is not None
    return make("normal", round(mean, 1) + 0.0, round(sd, 1))


def _kl(p: Dist, q: Dist, key: str = "kl_pq") -> float:
    found = value(Pair(p, q), key)
    assert found is not None
    return found


def _weights(dist: Dist) -> Array:
    """The masses (n,) of a distribution of outcomes."""
    return np.exp(dist.atoms()[1])


# ---- 1 to 5: one number --------------------------------------------------------------------------


def _near(dice: Dice) -> Task:
    p = _first(_bars(dice), lambda p: _kl(p, EVEN) >= 0.25)
    return Task("near", p, EVEN, (Goal("kl_pq", "hit", 0.1),))


def _one(dice: Dice) -> Task:
    p = _first(_bars(dice), lambda p: _kl(p, EVEN) <= 0.45)
    return Task("one", p, EVEN, (Goal("kl_pq", "hit", 1.0),))


def _ten(dice: Dice) -> Task:
    p = _humps(dice)
    return Task("ten", p, _middle(p), (Goal("kl_pq", "hit", 10.0),))


def _back(dice: Dice) -> Task:
    p = _first(_bars(dice), lambda p: _kl(p, EVEN, "kl_qp") <= 0.45)
    return Task("back", p, EVEN, (Goal("kl_qp", "hit", 1.0),))


def _back_ten(dice: Dice) -> Task:
    p = _humps(dice)
    return Task("back_ten", p, _middle(p), (Goal("kl_qp", "hit", 10.0),))


def _towards_p(task: Task) -> Dist:
    return _mixed(task, _weights(task.p))


def _towards_least(task: Task) -> Dist:
    """Onto the outcome where P is smallest: both divergences grow on the way."""
    least = np.zeros(OUTCOMES)
    least[np.argmin(_weights(task.p))] = 1.0
    return _mixed(task, least)


def _mixed(task: Task, end: Array) -> Dist:
    """What lies between the start and an end, as far on as the goal asks, as a hand leaves it."""

    def at(share: float) -> Dist:
        return _masses(np.round((1 - share) * _weights(task.q) + share * end, 4).tolist())

    return _halved(task, at, 1.0)


def _moved(task: Task) -> Dist:
    """The start pushed aside until the number is there."""
    mean, sd = task.q.args
    return _halved(task, lambda way: make("normal", round(mean + way, 3), sd), 40.0)


def _halved(task: Task, at: Callable[[float], Dist], end: float) -> Dist:
    """Where between 0 and an end the number of the one goal is what it should be."""
    (goal,) = task.goals
    above = task.values(at(0.0))[0] > goal.target
    low, high = 0.0, end
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (
            (middle, high) if (task.values(at(middle))[0] > goal.target) == above else (low, middle)
        )
    return at(low)


# ---- 6: two numbers ------------------------------------------------------------------------------


def _both(dice: Dice) -> Task:
    """KL and W1 of a Q that only the dice have seen."""
    p = _humps(dice)
    start = _middle(p)
    mean, sd = start.args
    way, side, width = int(dice.integers(12, 21)), int(dice.integers(2)), int(dice.integers(10, 20))
    moved = round(mean + (way / 10 if side else -way / 10), 1) + 0.0
    hidden = make("normal", moved, round(sd * width / 16, 1))
    goals = [Goal(key, "hit", _short(_kl(p, hidden, key))) for key in ("kl_pq", "w1")]
    return Task("both", p, start, tuple(goals), hidden=hidden)


def _short(number: float) -> float:
    return float(f"{number:.2g}")


def _shown(task: Task) -> Dist:
    assert task.hidden is not None
    return task.hidden


# ---- 7: an order ---------------------------------------------------------------------------------


def _ranked(dice: Dice) -> Task:
    """Three pairs whose JS an eye can tell apart, in an order by chance."""
    bars = _bars(dice)
    while True:
        pairs = tuple(Pair(next(bars), next(bars)) for _ in NAMES)
        sizes = sorted(value(pair, "js") or 0.0 for pair in pairs)
        if sizes[0] >= 0.02 and all(b >= APART * a for a, b in pairwise(sizes)):
            return Task("order", pairs[0].P, pairs[0].Q, pairs=pairs)


# ---- 8 to 10: two goals that pull apart ----------------------------------------------------------


def _torn(dice: Dice) -> Task:
    p = _first(_bars(dice), lambda p: float(_weights(p).min()) <= 0.05)
    return Task("torn", p, p, (Goal("kl_pq", "infinite"), Goal("w1", "below", 0.1)))


def _beside(task: Task) -> Dist:
    """The rarest outcome of P given to its neighbour."""
    weights = _weights(task.p)
    least = int(np.argmin(weights))
    weights[least + 1 if least + 1 < len(weights) else least - 1] += weights[least]
    weights[least] = 0.0
    return _masses(np.round(weights, 4).tolist())


BOUND = 0.1


def _flat(dice: Dice) -> Task:
    p = _first(_bars(dice), lambda p: _kl(p, EVEN) >= 0.3)
    best = _masses(flattest(_weights(p), BOUND).tolist())
    own, most = (value(Pair(one, one), "entropy_p") or 0.0 for one in (p, best))
    goals = (Goal("kl_pq", "below", BOUND), Goal("entropy_q", "flattest", most, own))
    return Task("flat", p, p, goals)


def _best(task: Task) -> Dist:
    return _masses(np.round(flattest(_weights(task.p), BOUND), 4).tolist())


TEETH = 5
COMB = (Goal("js", "above", 0.4), Goal("w1", "below", 0.75))
ENOUGH = (0.6, 0.72)  # of the mass: moved by one place into gaps, JS is log 2 times as much


def _comb(dice: Dice) -> Task:
    """Teeth with gaps between them: mass that moves one place over meets nothing of P."""
    while True:
        teeth = [int(k) for k in dice.integers(1, 10, size=TEETH)]
        p = _masses([part for tooth in teeth for part in (tooth, 0)])
        if _teeth_to_move(p):
            return Task("comb", p, p, COMB)


def _teeth_to_move(p: Dist) -> tuple[int, ...]:
    """The places of teeth that hold as much as is enough, none where no teeth do."""
    weights = _weights(p)
    teeth = range(0, len(weights), 2)
    low, high = ENOUGH
    for count in range(1, TEETH):
        for some in combinations(teeth, count):
            if low <= sum(weights[k] for k in some) <= high:
                return some
    return ()


def _combed(task: Task) -> Dist:
    weights = _weights(task.p)
    for k in _teeth_to_move(task.p):
        weights[k + 1], weights[k] = weights[k], 0.0
    return _masses(np.round(weights, 4).tolist())


# ---- the table -----------------------------------------------------------------------------------

LEVELS: tuple[Level, ...] = (
    Level("near", _near, _towards_p),
    Level("one", _one, _towards_least),
    Level("ten", _ten, _moved),
    Level("back", _back, _towards_least),
    Level("back_ten", _back_ten, _moved),
    Level("both", _both, _shown),
    Level("order", _ranked, lambda task: task.q),
    Level("torn", _torn, _beside),
    Level("flat", _flat, _best),
    Level("comb", _comb, _combed),
)


@lru_cache(maxsize=256)
def task(seed: int, level: int) -> Task:
    """Level 1 to 10 of the round of a seed, 0 to 999999."""
    return LEVELS[level - 1].make(generator(STREAMS * seed + level))


def answer(seed: int, level: int) -> Dist | str:
    """A Q, or an order of the pairs, that is worth all 100 points."""
    given = task(seed, level)
    return given.ordered if given.pairs else LEVELS[level - 1].solve(given)
