"""The oracle's outcomes: masses to the digits in force, and every sum over them by definition."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import mpmath as mp
import numpy as np
from exact import LINEAR, LOG, Growth, combined, heaviest, lead

FACTORIAL = (1, 1)
KEPT = 85.0  # exp(-85) = 1e-37 of the largest term no longer moves 30 digits


@dataclass(frozen=True)
class Masses:
    """`log_mass` at whole numbers from `first` (or `table` of outcome -> log mass); mpmath.

    `growth` is that of -log mass toward +infinity, None where the outcomes end at `last`. `listed`
    are the outcomes that the family names, also those without mass. Places are first + k * step.
    """

    table: Mapping[Any, Any] | None = None
    log_mass: Any = None
    rough: Any = None  # log masses in doubles, for an array of whole numbers
    first: int = 0
    growth: Growth | None = None
    listed: frozenset[Any] = frozenset()
    rate: Any = None  # of a Poisson, whose powers have a closed form


def listing(masses: Mapping[Any, Any]) -> Masses:
    """Outcome -> mass as Masses."""
    table = {x: mp.log(exactly(w)) for x, w in masses.items() if w}
    return Masses(table, listed=frozenset(masses))


def exactly(value: Any) -> Any:
    if isinstance(value, Fraction):
        return mp.mpf(value.numerator) / value.denominator
    return mp.mpf(value)


def pmf(*weights: float, support: Any = None) -> Masses:
    places = range(len(weights)) if support is None else support
    table: dict[Any, Fraction] = {}
    whole = sum(map(Fraction, weights))
    for x, w in zip(places, weights, strict=True):
        table[Fraction(x)] = table.get(Fraction(x), Fraction(0)) + Fraction(w) / whole
    return listing(table)


def samples(*values: float) -> Masses:
    return pmf(*(1 for _ in values), support=values)


def bernoulli(p: float) -> Masses:
    return listing({0: 1 - Fraction(p), 1: Fraction(p)})


def binomial(n: int, p: float) -> Masses:
    share = Fraction(p)
    yes, no = exactly(share), exactly(1 - share)
    return listing({k: mp.binomial(n, k) * yes**k * no ** (n - k) for k in range(n + 1)})


def discrete_uniform(a: int, b: int) -> Masses:
    return listing({k: Fraction(1, b - a + 1) for k in range(a, b + 1)})


def one_hot(i: int, n: int) -> Masses:
    return listing({k: Fraction(int(k == i)) for k in range(n)})


def zipf(s: float, n: int) -> Masses:
    powers = {k: mp.mpf(k) ** -mp.mpf(s) for k in range(1, n + 1)}
    whole = mp.fsum(powers.values())
    return listing({k: v / whole for k, v in powers.items()})


def log_factorial(k: Any) -> Any:
    return log_factorials(mp.mp.dps)(int(k))


@lru_cache(maxsize=64)
def log_factorials(digits: int) -> Callable[[int], Any]:
    """k -> log k!, summed up from log 1 with digits to spare."""
    sums = [mp.mpf(0)]

    def at_place(k: int) -> Any:
        with mp.workdps(digits + 10):
            while len(sums) <= k:
                sums.append(sums[-1] + mp.log(len(sums)))
        return sums[k]

    return at_place


def poisson(rate: float) -> Masses:
    r, log_r = mp.mpf(rate), mp.log(mp.mpf(rate))
    growth = {FACTORIAL: mp.mpf(1), LINEAR: -1 - log_r, LOG: mp.mpf(1) / 2}

    def rough(k: Any) -> Any:
        from scipy.special import gammaln

        return k * math.log(rate) - rate - gammaln(k + 1)

    return Masses(None, lambda k: k * log_r - r - log_factorial(k), rough, 0, growth, rate=r)


def negative_binomial(r: float, p: float) -> Masses:
    if p == 1:
        return listing({0: Fraction(1)})
    size, log_p, log_q = mp.mpf(r), mp.log(mp.mpf(p)), mp.log(1 - mp.mpf(p))

    def log_mass(k: int) -> Any:
        ways = mp.loggamma(k + size) - log_factorial(k) - mp.loggamma(size)
        return ways + size * log_p + k * log_q

    def rough(k: Any) -> Any:
        from scipy.special import gammaln

        return gammaln(k + r) - gammaln(k + 1) - gammaln(r) + r * math.log(p) + k * math.log1p(-p)

    return Masses(None, log_mass, rough, 0, {LINEAR: -log_q, LOG: 1 - size})


def geometric(p: float) -> Masses:
    if p == 1:
        return listing({1: Fraction(1)})
    log_p, log_q = mp.log(mp.mpf(p)), mp.log(1 - mp.mpf(p))
    return Masses(
        None, lambda k: log_p + (k - 1) * log_q,
        lambda k: math.log(p) + (k - 1) * math.log1p(-p), 1, {LINEAR: -log_q},
    )  # fmt: skip


def mixed(parts: list[tuple[Any, Masses]]) -> Masses:
    whole = sum(Fraction(w) for w, _ in parts)
    shares = [(mp.log(exactly(Fraction(w) / whole)), m) for w, m in parts if w]

    def log_mass(k: Any) -> Any:
        values = [s + v for s, m in shares if (v := at(m, k)) is not None]
        return mp.log(mp.fsum(map(mp.exp, values)))

    if all(m.table is not None for _, m in shares):
        places = {x for _, m in shares for x in m.table}
        table = {x: log_mass(x) for x in places}
        return Masses(table, listed=frozenset().union(*(m.listed for _, m in parts)))

    def rough(k: Any) -> Any:
        return np.logaddexp.reduce([float(s) + m.rough(k) for s, m in shares])

    return Masses(None, log_mass, rough, min(m.first for _, m in shares),
                  heaviest(m.growth for _, m in shares))  # fmt: skip


def at(m: Masses, k: Any) -> Any:
    """The log mass of outcome k, None where there is none."""
    if m.table is not None:
        return m.table.get(k)
    return m.log_mass(k) if k >= m.first and k == int(k) else None


def moved(m: Masses, by: float = 0.0, factor: float = 1.0) -> Masses:
    """factor x + by; a finite list."""
    b, f = Fraction(by), Fraction(factor)
    assert m.table is not None
    return Masses({Fraction(x) * f + b: v for x, v in m.table.items()},
                  listed=frozenset(Fraction(x) * f + b for x in m.listed))  # fmt: skip


def truncated(m: Masses, a: float, b: float) -> Masses:
    if m.table is None:
        m = Masses({k: m.log_mass(k) for k in range(max(m.first, int(a)), int(b) + 1)})
    kept = {x: v for x, v in m.table.items() if a <= x <= b}
    log_total = mp.log(mp.fsum(map(mp.exp, kept.values())))
    table = {x: v - log_total for x, v in kept.items()}
    return Masses(table, listed=frozenset(x for x in m.listed | kept.keys() if a <= x <= b))


def convergent(p: Masses, q: Masses, a: float, b: float) -> bool:
    """Whether the sum of p^a q^b over the common outcomes is finite."""
    if p.growth is None or q.growth is None:
        return True
    key, c = lead(combined(mp.mpf(a), p.growth, mp.mpf(b), q.growth))
    return c > 1 if key == LOG else c > 0 and key > LOG


class Sums:
    """Sums over the outcomes of P and Q."""

    def __init__(self, p: Masses, q: Masses, powers: tuple[float, ...]):
        self.p, self.q = p, q
        places = self._places(powers)
        rows = [(x, at(p, x), at(q, x)) for x in places]
        self.rows = [(x, a, b) for x, a, b in rows if a is not None or b is not None]
        # Beyond what is summed an endless support still holds mass.
        self.outside_q = any(b is None for _, a, b in self.rows if a is not None) or (
            p.growth is not None and q.growth is None
        )
        self.outside_p = any(a is None for _, a, b in self.rows if b is not None) or (
            q.growth is not None and p.growth is None
        )

    def _places(self, powers: tuple[float, ...]) -> list[Any]:
        finite = [m for m in (self.p, self.q) if m.table is not None]
        places = {x for m in finite for x in m.table}
        if len(finite) == 2:
            return sorted(places)
        k = np.arange(min(m.first for m in (self.p, self.q) if m.table is None), 60_000)
        keep = np.zeros(len(k), bool)
        endless = [m for m in (self.p, self.q) if m.table is None]
        logs = [np.where(k >= m.first, m.rough(k.astype(float)), -1e9) for m in endless]
        mixes = list(logs)
        if len(endless) == 2 and None in (self.p.rate, self.q.rate):
            mixes += [a * logs[0] + (1 - a) * logs[1]
                      for a in powers if convergent(self.p, self.q, a, 1 - a)]  # fmt: skip
        for value in mixes:
            usable = np.where((logs[0] > -1e8) & (logs[-1] > -1e8), value, -np.inf)
            keep |= (value if value is logs[0] or value is logs[-1] else usable) > (
                usable.max() - KEPT)  # fmt: skip
        assert not keep[-1], "the outcomes reach beyond what is summed"
        return sorted(places | set(k[keep].tolist()))

    @cached_property
    def masses(self) -> list[tuple[Any, Any, Any]]:
        zero = mp.mpf(0)
        return [(x, zero if a is None else mp.exp(a), zero if b is None else mp.exp(b))
                for x, a, b in self.rows]  # fmt: skip

    def over(self, term: Any) -> Any:
        """The sum of term(p, q)."""
        return mp.fsum(term(a, b) for _, a, b in self.masses)

    def logged(self, term: Any) -> Any:
        """The sum of term(p, q, log p, log q) over the common outcomes."""
        return mp.fsum(
            term(m[1], m[2], row[1], row[2])
            for m, row in zip(self.masses, self.rows, strict=True)
            if row[1] is not None and row[2] is not None
        )

    def power(self, a: float) -> Any:
        """The sum of p^a q^(1-a) over the common outcomes."""
        s = mp.mpf(a)
        if None not in (self.p.rate, self.q.rate):
            r, t = self.p.rate, self.q.rate
            return mp.exp(r**s * t ** (1 - s) - s * r - (1 - s) * t)
        return mp.fsum(mp.exp(s * one + (1 - s) * other) for _, one, other in self.rows
                       if one is not None and other is not None)  # fmt: skip

    def js(self, w: float) -> Any:
        s = mp.mpf(w)

        def term(a: Any, b: Any) -> Any:
            m = s * a + (1 - s) * b
            return (s * a * mp.log(a / m) if a else 0) + (
                (1 - s) * b * mp.log(b / m) if b else 0)  # fmt: skip

        return self.over(term)

    def gaps(self) -> list[tuple[Any, Any, Any, Any]]:
        """(x, F - G at x, p, q)."""
        found, gap = [], mp.mpf(0)
        for x, a, b in self.masses:
            gap += a - b
            found.append((x, gap, a, b))
        return found
