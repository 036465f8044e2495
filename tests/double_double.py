"""Arrays of 31-digit numbers: each the unevaluated sum of two doubles.

The oracle of the battery needs thousands of logarithms to 30 digits per pair; mpmath takes them
one by one. Algorithms: Hida, Li & Bailey, Algorithms for quad-double precision floating point
arithmetic (2001). tests/test_battery.py checks them against mpmath.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import mpmath as mp
import numpy as np

SPLITTER = 134217729.0  # 2**27 + 1
HALVINGS = 6


def two_sum(a: Any, b: Any) -> tuple[Any, Any]:
    s = a + b
    back = s - a
    return s, (a - (s - back)) + (b - back)


def quick_sum(a: Any, b: Any) -> tuple[Any, Any]:
    s = a + b
    return s, b - (s - a)


def split(a: Any) -> tuple[Any, Any]:
    t = SPLITTER * a
    high = t - (t - a)
    return high, a - high


def two_product(a: Any, b: Any) -> tuple[Any, Any]:
    p = a * b
    (a1, a0), (b1, b0) = split(a), split(b)
    return p, ((a1 * b1 - p) + a1 * b0 + a0 * b1) + a0 * b0


class DD:
    """high + low, arrays of one shape; magnitudes between 1e-250 and 1e290 keep 31 digits."""

    __array_ufunc__ = None
    __slots__ = ("high", "low")

    def __init__(self, high: Any, low: Any = 0.0) -> None:
        self.high, self.low = np.broadcast_arrays(np.asarray(high, float), np.asarray(low, float))

    def __getitem__(self, at: Any) -> DD:
        return DD(self.high[at], self.low[at])

    def __len__(self) -> int:
        return len(self.high)

    def __neg__(self) -> DD:
        return DD(-self.high, -self.low)

    def __abs__(self) -> DD:
        sign = np.where(self.high < 0, -1.0, 1.0)
        return DD(self.high * sign, self.low * sign)

    def __add__(self, other: Any) -> DD:
        b = dd(other)
        s, e = two_sum(self.high, b.high)
        t, f = two_sum(self.low, b.low)
        s, e = quick_sum(s, e + t)
        return DD(*quick_sum(s, e + f))

    def __sub__(self, other: Any) -> DD:
        return self + -dd(other)

    def __rsub__(self, other: Any) -> DD:
        return -self + other

    def __mul__(self, other: Any) -> DD:
        b = dd(other)
        p, e = two_product(self.high, b.high)
        return DD(*quick_sum(p, e + (self.high * b.low + self.low * b.high)))

    def __truediv__(self, other: Any) -> DD:
        b = dd(other)
        first = self.high / b.high
        rest = self - b * first
        second = rest.high / b.high
        rest = rest - b * second
        return DD(*quick_sum(first, second)) + rest.high / b.high

    def __rtruediv__(self, other: Any) -> DD:
        return dd(other) / self

    __radd__ = __add__
    __rmul__ = __mul__


@lru_cache(maxsize=100_000)
def scalar(value: Any) -> DD:
    """An mpf as a pair of doubles."""
    high = float(value)
    return DD(high, float(value - mp.mpf(high))) if math.isfinite(high) else DD(high)


def dd(value: Any) -> DD:
    """`value` (DD, mpf, double or array of doubles) as DD."""
    if isinstance(value, DD):
        return value
    return scalar(value) if isinstance(value, mp.mpf) else DD(value)


def where(mask: Any, a: Any, b: Any) -> DD:
    a, b = dd(a), dd(b)
    return DD(np.where(mask, a.high, b.high), np.where(mask, a.low, b.low))


def join(parts: list[Any]) -> DD:
    parts = [dd(part) for part in parts]
    return DD(*(np.concatenate([np.atleast_1d(getattr(p, f)) for p in parts])
                for f in ("high", "low")))  # fmt: skip


with mp.workdps(40):
    INVERSE = [+(mp.mpf(1) / mp.factorial(k)) for k in range(20)]


def exp(x: Any) -> DD:
    """e**x; 0 below -600, 1e260 above 600, so that what follows cannot overflow."""
    x = dd(x)
    x = where(np.abs(x.high) < 600, x, np.sign(x.high) * 600.0)
    doublings = np.round(x.high / math.log(2))
    r = (x - dd(log_2()) * doublings) * 0.5**HALVINGS
    tail = np.zeros_like(r.high)
    for k in range(13, 8, -1):
        tail = tail * r.high + float(INVERSE[k])
    s = DD(tail)
    for k in range(8, 0, -1):
        s = s * r + scalar(INVERSE[k])
    s = s * r
    for _ in range(HALVINGS):
        s = s * 2.0 + s * s
    s = s + 1.0
    power = np.where(x.high <= -600, -5000, doublings).astype(int)
    return DD(np.ldexp(s.high, power), np.ldexp(s.low, power))


@lru_cache(maxsize=1)
def log_2() -> Any:
    with mp.workdps(40):
        return +mp.log(2)


def log(x: Any) -> DD:
    """The natural logarithm of positive x."""
    x = dd(x)
    mantissa, power = np.frexp(x.high)
    m = DD(mantissa, np.ldexp(x.low, -power))
    first = np.log(mantissa)
    e = m * exp(-first) - 1.0
    correction = e - e * e * 0.5
    return dd(log_2()) * power.astype(float) + first + correction


def expm1(x: Any) -> DD:
    """e**x - 1 with its digits near 0."""
    x = dd(x)
    near = np.abs(x.high) < 1e-3
    s = scalar(INVERSE[12])
    for k in range(11, 0, -1):
        s = s * x + scalar(INVERSE[k])
    return where(near, s * x, exp(x) - 1.0)


def each(function: Callable[[Any], Any], x: DD) -> DD:
    """mpmath's `function` at each of x."""
    values = [function(mp.mpf(a) + mp.mpf(b)) for a, b in zip(x.high, x.low, strict=True)]
    high = np.array([float(v) for v in values])
    return DD(high, [float(v - mp.mpf(h)) for v, h in zip(values, high, strict=True)])


def total(x: DD) -> Any:
    """The sum as an mpf, exact until it is rounded to a double."""
    return mp.mpf(math.fsum(np.concatenate([x.high, x.low])))


def whole(x: DD) -> Any:
    """The sum as an mpf with 30 digits."""
    values = np.concatenate([x.high, x.low])
    high = math.fsum(values)
    return mp.mpf(high) + mp.mpf(math.fsum([*values.tolist(), -high]))
