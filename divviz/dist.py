"""What every family is made of: parameters, handles, tails, break points, and the value Dist."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from divviz.errors import ERRORS as ERRORS
from divviz.errors import Names as Names
from divviz.errors import SceneError as SceneError
from divviz.errors import clipped as clipped
from divviz.errors import spell as spell

Array = NDArray[np.float64]
Interval = tuple[float, float]
Kind = Literal["discrete", "continuous"]

SPAN = 45.0  # exp(-45) = 3e-20: what lies beyond no longer moves a sum of doubles
MOST_OUTCOMES = 10**6
SHOWN_OUTCOMES = 64
# Overflow and 0 * inf are dealt with where they arise; nobody need hear of them.
QUIET = np.errstate(all="ignore")


def log_quotient(a: float, b: float) -> float:
    """log(a / b) for positive a, b, to full relative precision also where they nearly agree."""
    return math.log1p((a - b) / b) if abs(a - b) < 0.5 * b else math.log(a) - math.log(b)


def log_gamma_quotient(a: float, b: float) -> float:
    """log(Gamma(a) / Gamma(b)) for positive a, b, to full relative precision where they agree.

    By Taylor's series of log Gamma about the middle, DLMF 5.15.1; its next term is below 1e-16 of
    the first for a and b within 1e-3 of each other.
    """
    gap, middle = a - b, 0.5 * (a + b)
    if abs(gap) > 1e-3 * middle:
        return math.lgamma(a) - math.lgamma(b)
    from scipy.special import polygamma

    first, third = (float(polygamma(n, middle)) for n in (0, 2))
    return gap * (first + gap * gap / 24 * third)


@dataclass(frozen=True)
class Param:
    """One parameter: `low..high` is the slider's range, `minimum..maximum` what is accepted."""

    name: str
    default: float
    low: float
    high: float
    minimum: float
    maximum: float
    open_min: bool = False
    open_max: bool = False
    scale: Literal["linear", "log"] = "linear"
    integer: bool = False
    infinite: bool = False  # whether infinity is accepted as well

    @property
    def allowed(self) -> str:
        """The accepted range as mathematics, the same in every language."""
        least, most = "<" if self.open_min else "≤", "<" if self.open_max else "≤"
        end = f" (∞: {self.name} = inf)" if self.infinite else ""
        return Names(f"{spell(self.minimum)} {least} {self.name} {most} {spell(self.maximum)}{end}")

    def accepts(self, value: float) -> bool:
        """Whether `value` lies in the accepted range."""
        if value == math.inf:
            return self.infinite or (self.maximum == math.inf and not self.open_max)
        above = value > self.minimum if self.open_min else value >= self.minimum
        below = value < self.maximum if self.open_max else value <= self.maximum
        return above and below

    def clip(self, value: float) -> float:
        """The accepted value closest to `value` (a whole number for an integer parameter)."""
        number = min(max(value, self.minimum), self.maximum)
        if self.open_min and number <= self.minimum:
            number = math.nextafter(self.minimum, math.inf)
        if self.open_max and number >= self.maximum:
            number = math.nextafter(self.maximum, -math.inf)
        return float(round(number)) if self.integer else number

    def check(self, family: str, value: object) -> float:
        """`value` as a float of the accepted range, else SceneError."""
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            raise SceneError("number", family=family, param=self.name, value=value) from None
        if not self.accepts(number):
            raise SceneError(
                "param", family=family, param=self.name, value=number, allowed=self.allowed
            )
        if self.integer and not number.is_integer():
            raise SceneError(
                "integer", family=family, param=self.name, value=number, allowed=self.allowed
            )
        return number + 0.0  # -0.0 would spell the same distribution in two ways


@dataclass(frozen=True)
class Handle:
    """A grip on the plot: `at(*args)` is where it sits, `drag(x, *args)` the new parameters."""

    name: Literal["centre", "width", "left", "right"]
    at: Callable[..., float]
    drag: Callable[..., tuple[float, ...]]


@dataclass(frozen=True)
class Tail:
    """How -log f(x) grows toward one end of the line, or along the whole numbers.

    kind "end": the support stops. "power": f ~ sum of coefficient |x|**-(1 + alpha) over `terms`
    (alpha, coefficient). "log_square": rate log(x)**2. "order": rate |x|**order. "factorial":
    rate |x| log |x| (Poisson). "exp": exp(rate |x| + shift). `more` are the growing terms of -log f
    below that one, (order, coefficient) of |x|**order, order 0 for log |x|, in falling order.
    """

    kind: Literal["end", "power", "log_square", "order", "factorial", "exp"] = "end"
    order: float = 0.0
    rate: float = 0.0
    terms: tuple[tuple[float, float], ...] = ()
    more: tuple[tuple[float, float], ...] = ()
    shift: float = 0.0

    @property
    def alpha(self) -> float:
        """Moments of order below alpha are finite on this side (infinity when all are)."""
        return min((alpha for alpha, _ in self.terms), default=math.inf)


END = Tail()


@dataclass(frozen=True)
class End:
    """f ~ r**(exponent - 1) exp(-log_square log(r)**2) at distance r from `at`, on `side` (+-1).

    Listed where the exponent is not 1: a density that is infinite or 0 at a finite place.
    """

    at: float
    side: int
    exponent: float
    log_square: float = 0.0


@dataclass(frozen=True)
class Zone:
    """A side of `anchor` where log f is smooth in log |x - anchor| rather than in x.

    `exponent`: the mass within r of a singular end falls like r**exponent; None for a power tail,
    whose index is then `alpha`.
    """

    anchor: float
    side: int
    scale: float
    exponent: float | None = None
    alpha: float = math.inf


@dataclass(frozen=True)
class Breaks:
    """Where to cut the line before a density is integrated.

    `hard`: kinks, jumps and ends, never dropped. `soft`: (anchor, offsets, size) per smooth
    component: cuts at anchor + offsets, good for panels about as wide as `size`.
    """

    hard: tuple[float, ...] = ()
    soft: tuple[tuple[float, Array, Array], ...] = ()
    zones: tuple[Zone, ...] = ()


class Points:
    """Places on the line as anchor + offset, so that x - c keeps its digits next to c.

    On a ladder (see quadrature) the offset is +-exp(log_offset), which may be far below the
    smallest double; `log_offset` is NaN elsewhere. Plain arrays x are Points(x).
    """

    __slots__ = ("anchor", "log_offset", "offset", "x")

    def __init__(self, anchor: Any, offset: Any = 0.0, log_offset: Array | None = None) -> None:
        self.anchor = np.asarray(anchor, float)
        self.offset = offset
        self.log_offset = log_offset
        self.x: Array = self.anchor + offset

    def minus(self, c: float) -> Array:
        """x - c, exact next to c where c is an anchor."""
        result: Array = (self.anchor - c) + self.offset
        return result

    def log_minus(self, c: float) -> Array:
        """log |x - c|, -inf at c."""
        with np.errstate(divide="ignore"):
            logs: Array = np.log(np.abs(self.minus(c)))
        if self.log_offset is None:
            return logs
        on_ladder = (self.anchor == c) & ~np.isnan(self.log_offset)
        return np.where(on_ladder, self.log_offset, logs)

    def is_left_of(self, c: float) -> NDArray[np.bool_]:
        """x < c, also where x rounds to c, or its offset to -0.0."""
        return np.asarray((self.x < c) | ((self.anchor == c) & np.signbit(self.offset)))

    def is_right_of(self, c: float) -> NDArray[np.bool_]:
        """x > c, also where x rounds to c."""
        deep = np.isnan(self.log_offset) if self.log_offset is not None else True
        ahead = (np.asarray(self.offset) > 0) | ~(np.signbit(self.offset) | deep)
        return np.asarray((self.x > c) | ((self.anchor == c) & ahead))

    def passed(self, edges: Array) -> NDArray[np.intp]:
        """How many of the sorted `edges` each point has passed, also when x rounds to an edge."""
        count = np.searchsorted(edges, self.x, side="right")
        tie = (edges[np.maximum(count - 1, 0)] == self.x) & np.signbit(self.offset)
        return np.asarray(count - (tie & (count > 0) & (self.anchor == self.x)))


def as_points(x: Any) -> Points:
    """`x` as Points."""
    return x if isinstance(x, Points) else Points(x)


@dataclass(frozen=True, eq=False)
class Family:
    """One entry of FAMILIES; every function takes the distribution's args after its own.

    log_density(points) is the log density, or the log mass at whole numbers; support() the closed
    intervals (or the first and last whole number) that carry mass; span() the whole numbers worth
    summing. mean and sd give inf where infinite, None where undefined.
    """

    name: str
    kind: Literal["discrete", "continuous", "either"]
    params: tuple[Param, ...]
    log_density: Callable[..., Array]
    support: Callable[..., tuple[Interval, ...]]
    mean: Callable[..., float | None]
    sd: Callable[..., float | None]
    handles: tuple[Handle, ...] = ()
    cdf: Callable[..., Array] | None = None
    sf: Callable[..., Array] | None = None
    quantile: Callable[..., Array] | None = None
    breaks: Callable[..., Breaks] | None = None
    # the smallest x with sf(x) <= u, where 1 - u would lose digits that matter (power tails)
    isf: Callable[..., Array] | None = None
    tail: Callable[..., tuple[Tail, Tail]] = lambda *_: (END, END)
    ends: Callable[..., tuple[End, ...]] = lambda *_: ()
    span: Callable[..., Interval] | None = None
    atoms: Callable[..., tuple[Array, Array]] | None = None
    window: Callable[..., Interval] | None = None
    check: Callable[..., None] = lambda *_: None
    # (points, args_p, args_q) -> log p - log q, keeping the digits that subtraction would lose
    log_ratio: Callable[..., Array | None] | None = None
    # (a, args_p, args_q) -> log of the sum of p^a q^(1-a), where it has a closed form
    log_affinity: Callable[..., float] | None = None
    flat: Callable[..., bool] = lambda *_: False
    spell: Callable[..., str] | None = None


class Vector:
    """Numbers as a hashable value; `.array` is a read-only float array (n,), -0.0 as 0.0."""

    def __init__(self, array: Array) -> None:
        """Of an array that nobody else will write to."""
        array += 0.0  # -0.0 would spell the same numbers in two ways
        array.flags.writeable = False
        self.array = array

    @staticmethod
    def of(values: Any) -> Vector:
        """The vector of `values`, copied."""
        return Vector(np.array(values, float))

    def __len__(self) -> int:
        return len(self.array)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vector) and np.array_equal(self.array, other.array)

    @cached_property
    def _hash(self) -> int:
        # Bytes of 10^6 numbers take milliseconds: only who keeps a vector as a key pays for them.
        return hash(self.array.tobytes())

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Vector({self.array!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Vector.of, (self.array,)

    @cached_property
    def ordered(self) -> Array:
        """The numbers sorted (n,), read-only."""
        x = np.sort(self.array)
        x.flags.writeable = False
        return x

    @cached_property
    def ascends(self) -> bool:
        """Whether each number is greater than the one before."""
        return bool((self.array[1:] > self.array[:-1]).all())

    @cached_property
    def total(self) -> float:
        """Their sum, inf where it overflows."""
        with np.errstate(all="ignore"):
            return float(self.array.sum())


@dataclass(frozen=True)
class Dist:
    """A distribution on the line: a family and its args. Equal when spelled the same."""

    family: Family
    args: tuple[Any, ...]

    @property
    def name(self) -> str:
        """The family's name in the grammar."""
        return self.family.name

    @cached_property
    def kind(self) -> Kind:
        """ "discrete" or "continuous"."""
        if self.family.kind != "either":
            return self.family.kind
        kind: Kind = self.args[1][0].kind
        return kind

    def __str__(self) -> str:
        if self.family.spell is not None:
            return self.family.spell(*self.args)
        return f"{self.name}({','.join(spell(a) for a in self.args)})"

    def __repr__(self) -> str:
        return f"<{self}>"

    @QUIET
    def mean(self) -> float | None:
        """The mean in units of x: inf where infinite, None where undefined."""
        return self.family.mean(*self.args)

    @QUIET
    def sd(self) -> float | None:
        """The standard deviation in units of x: inf where infinite, None where undefined."""
        return self.family.sd(*self.args)

    def support(self) -> tuple[Interval, ...]:
        """The closed intervals that carry mass; for whole numbers the first and the last."""
        return self._support

    @cached_property
    @QUIET
    def _support(self) -> tuple[Interval, ...]:
        return self.family.support(*self.args)

    def log_density(self, x: Any) -> Array:
        """The log density at x (any shape), or the log mass at outcome x; -inf outside."""
        with np.errstate(all="ignore"):
            return self.family.log_density(as_points(x), *self.args)

    def density(self, x: Any) -> Array:
        """The density at x (any shape) per unit of x, or the mass of outcome x."""
        with np.errstate(all="ignore"):
            result: Array = np.exp(self.log_density(x))
        return result

    def cdf(self, x: Any) -> Array:
        """P(X <= x), any shape of x."""
        return self._cumulative(self.family.cdf, x, _cdf_of_atoms)

    def sf(self, x: Any) -> Array:
        """P(X > x), with its digits in the right tail, any shape of x."""
        return self._cumulative(self.family.sf, x, _sf_of_atoms)

    def _cumulative(self, entry: Callable[..., Array] | None, x: Any, atoms: Any) -> Array:
        with np.errstate(all="ignore"):
            if entry is None:
                result: Array = atoms(self, np.asarray(x, float))
                return result
            return np.clip(entry(np.asarray(x, float), *self.args), 0.0, 1.0)

    def quantile(self, u: Any) -> Array:
        """The smallest x with cdf(x) >= u, for u in [0, 1] of any shape."""
        share = np.asarray(u, float)
        with np.errstate(all="ignore"):
            if self.family.quantile is not None:
                return self.family.quantile(share, *self.args)
            return quantile_of_atoms(self, share)

    def isf(self, u: Any) -> Array:
        """The smallest x with sf(x) <= u, for u in [0, 1] of any shape."""
        share = np.asarray(u, float)
        if self.family.isf is None:
            return self.quantile(1 - share)
        with np.errstate(all="ignore"):
            return self.family.isf(share, *self.args)

    def ends(self) -> tuple[End, ...]:
        """Finite places where the density is infinite or 0 (densities only)."""
        return self.family.ends(*self.args)

    def atoms(self) -> tuple[Array, Array]:
        """The outcomes that matter, sorted (n,), and the log of their masses (n,); discrete only.

        An infinite support is cut where what remains is below 3e-20.
        """
        return self._atoms

    @cached_property
    @QUIET
    def _atoms(self) -> tuple[Array, Array]:
        if self.family.atoms is not None:
            return self.family.atoms(*self.args)
        if self.family.span is None:
            raise TypeError(f"{self.name} has a density and no atoms")
        low, high = self.family.span(*self.args)
        x = np.arange(low, high + 1.0)
        return x, self.log_density(x)

    @property
    def labels(self) -> tuple[str, ...] | None:
        """The names of the outcomes 0, 1, ... or None."""
        return self.args[2] if self.name == "pmf" else None

    @cached_property
    def weights(self) -> Array:
        """The weights as they were given: of pmf outcomes, drawn levels or mixture parts."""
        given = {"pmf": 0, "drawn": 2, "mixture": 0}[self.name]
        value = self.args[given]
        return value.array if isinstance(value, Vector) else np.asarray(value, float)

    @cached_property
    def parts(self) -> tuple[Dist, ...]:
        """What stands inside: the parts of a mixture, the one that is truncated or moved."""
        parts: tuple[Dist, ...] = self.args[1]
        return parts

    @cached_property
    @QUIET
    def breaks(self) -> Breaks:
        """Where to cut the line before this density is integrated."""
        if self.family.breaks is None:
            raise TypeError(f"{self.name} has no density to integrate")
        return self.family.breaks(*self.args)

    def tail(self) -> tuple[Tail, Tail]:
        """The left and the right tail."""
        return self._tail

    @cached_property
    @QUIET
    def _tail(self) -> tuple[Tail, Tail]:
        return self.family.tail(*self.args)

    @property
    def flat(self) -> bool:
        """Whether the density is piecewise constant."""
        return self.family.flat(*self.args)

    @QUIET
    def window(self) -> Interval:
        """What a plot should show: first and last x, for outcomes at most 64 apart."""
        if self.family.window is not None:
            return self.family.window(*self.args)
        if self.kind == "discrete":
            return window_of_atoms(self)
        # A Cauchy drawn to its 99.9 % quantile is a needle on an empty line.
        heavy = min(tail.alpha for tail in self.tail()) < 3
        edge = 0.02 if heavy else 0.001
        low, high = self.support()[0][0], self.support()[-1][1]
        left, right = (float(v) for v in self.quantile(np.array([edge, 1 - edge])))
        return (left if math.isinf(low) else low, right if math.isinf(high) else high)

    def handles(self) -> dict[str, float]:
        """Where each handle sits, by its name, in units of x."""
        return {handle.name: float(handle.at(*self.args)) for handle in self.family.handles}


def _cdf_of_atoms(dist: Dist, x: Array) -> Array:
    values, logs = dist.atoms()
    total = np.concatenate([[0.0], np.minimum(np.cumsum(np.exp(logs)), 1.0)])
    total[-1] = 1.0
    result: Array = total[np.searchsorted(values, x, side="right")]
    return result


def _sf_of_atoms(dist: Dist, x: Array) -> Array:
    values, logs = dist.atoms()
    total = np.concatenate([np.minimum(np.cumsum(np.exp(logs)[::-1]), 1.0)[::-1], [0.0]])
    total[0] = 1.0
    result: Array = total[np.searchsorted(values, x, side="right")]
    return result


def quantile_of_atoms(dist: Dist, u: Array) -> Array:
    """The smallest outcome with cdf >= u, for u of any shape."""
    values, logs = dist.atoms()
    total = np.cumsum(np.exp(logs))
    # The sum may stop an ulp short of 1; 1e-12 keeps cdf(quantile) on its own atom.
    index = np.searchsorted(total, u * (1 - 1e-12), side="left")
    result: Array = values[np.minimum(index, len(values) - 1)]
    return result


def window_of_atoms(dist: Dist) -> Interval:
    """The first and the last outcome worth showing, at most 64 apart."""
    values, logs = dist.atoms()
    if len(values) <= SHOWN_OUTCOMES:
        shown = values[logs > logs.max() - 12] if math.isinf(dist.support()[-1][1]) else values
        return float(shown[0]), float(shown[-1])
    top = int(np.argmax(logs))
    seen = np.flatnonzero(logs > logs.max() - 12)
    first = max(int(seen[0]), top - SHOWN_OUTCOMES // 2)
    last = min(int(seen[-1]), first + SHOWN_OUTCOMES - 1)
    first = max(int(seen[0]), last - SHOWN_OUTCOMES + 1)
    return float(values[first]), float(values[last])


def ordered(family: str, low: str, high: str, *, equal: bool = False) -> Callable[..., None]:
    """A check that the first two args ascend, strictly unless `equal`."""

    def check(a: float, b: float, *_: object) -> None:
        if a > b or (a == b and not equal):
            raise SceneError("order_equal" if equal else "order", family=family, low=low, high=high)

    return check


def checked_dist(value: object, name: str) -> Dist:
    """`value` if it is a distribution, else SceneError that calls it `name`."""
    if not isinstance(value, Dist):
        raise SceneError("dist", name=name, value=type(value).__name__)
    return value


def build(family: Family, args: Sequence[object]) -> Dist:
    """The member of `family` with `args`, each checked against its Param (SceneError)."""
    if len(args) != len(family.params):
        raise SceneError(
            "arity",
            family=family.name,
            count=len(family.params),
            params=Names(", ".join(p.name for p in family.params)),
            given=len(args),
        )
    values = tuple(p.check(family.name, a) for p, a in zip(family.params, args, strict=True))
    family.check(*values)
    return Dist(family, values)
