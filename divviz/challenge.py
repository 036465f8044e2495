"""A level of a challenge: P, the Q to start from, what to reach, and what a try is worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from divviz.dist import Dist
from divviz.goals import WHOLE, Goal
from divviz.measures import value
from divviz.pair import Pair

NAMES = "ABC"  # of the pairs to order
ORDERS = tuple("".join(order) for order in permutations(NAMES))


@dataclass(frozen=True)
class Task:
    """A level of a round: P, the Q to start from, and the goals; or three `pairs` to order by JS.

    `hidden` is a Q that was drawn first, where the goals were read off it.
    """

    name: str
    p: Dist
    q: Dist
    goals: tuple[Goal, ...] = ()
    pairs: tuple[Pair, ...] = ()
    hidden: Dist | None = None

    def values(self, q: Dist) -> list[float]:
        """The numbers of the goals for a Q, in nats or units of x; NaN where one is undefined."""
        pair = Pair(self.p, q)
        found = [value(pair, goal.key) for goal in self.goals]
        return [math.nan if number is None else number for number in found]

    def each(self, values: Sequence[float]) -> list[int]:
        """What each of the numbers is worth, 0 to 100; one that is undefined is worth nothing."""
        numbers = zip(self.goals, values, strict=True)
        return [0 if math.isnan(number) else goal.points(number) for goal, number in numbers]

    def points(self, q: Dist) -> int:
        """What a Q is worth: the least of what its numbers are worth, 0 to 100."""
        return min(self.each(self.values(q)))

    @property
    def sizes(self) -> list[float]:
        """JS of each of the pairs to order, in nats."""
        return [value(pair, "js") or 0.0 for pair in self.pairs]

    def misplaced(self, order: str) -> list[tuple[str, str]]:
        """The pairs of names that an order such as "CAB" has the wrong way round."""
        size = dict(zip(NAMES, self.sizes, strict=True))
        return [(a, b) for a, b in combinations(order, 2) if size[a] > size[b]]

    def order_points(self, order: str) -> int:
        """What an order, the least JS first, is worth: a third for each right comparison."""
        right = len(NAMES) - len(self.misplaced(order))
        return math.floor(WHOLE * right / len(NAMES) + 0.5)

    @property
    def ordered(self) -> str:
        """The names of the pairs, the least JS first."""
        return "".join(sorted(NAMES, key=dict(zip(NAMES, self.sizes, strict=True)).__getitem__))
