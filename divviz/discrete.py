"""Families of outcomes on the whole numbers, and pmf, which lists its outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from divviz.dist import (
    END,
    MOST_OUTCOMES,
    QUIET,
    SPAN,
    Array,
    Dist,
    Family,
    Handle,
    Interval,
    Param,
    Points,
    SceneError,
    Tail,
    Vector,
    log_quotient,
    ordered,
    spell,
)

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)
FARTHEST = 1e300
FORBIDDEN_IN_LABELS = set("(),:+*")


def stirling_error(n: Any) -> Array:
    """log n! - log(sqrt(2 pi n) (n/e)^n) for n > 0 of any shape.

    Source: C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000), section 4.
    """
    from scipy.special import gammaln

    n = np.asarray(n, float)
    small = np.minimum(n, 16.0)
    exact = gammaln(small + 1) - (small + 0.5) * np.log(small) + small - HALF_LOG_2PI
    r = 1.0 / np.maximum(n, 16.0)
    s = r * r
    series = r * (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188)))))
    return np.where(n < 16, exact, series)


def deviance(x: Any, mean: Any) -> Array:
    """x log(x / mean) + mean - x, never negative; shapes broadcast.

    Source: Loader (2000), section 3, there called bd0.
    """
    x = np.asarray(x, float)
    u = (x - mean) / mean
    near = np.abs(u) < 0.1
    v = np.where(near, u, 0.0)
    # (1+v) log(1+v) - v as a series: the two large terms would cancel.
    s = v / (2 + v)
    t = s * s
    series = 1 / 17
    for k in (15, 13, 11, 9, 7, 5, 3):
        series = series * t + 1 / k
    close = mean * (v * s + 2 * (1 + v) * s * t * series)
    far = np.where(x > 0, x * np.log(np.where(x > 0, x, 1.0) / mean), 0.0) + (mean - x)
    return np.where(near, close, far)


def log_poisson(k: Any, rate: Any) -> Array:
    """The log of rate^k exp(-rate) / Gamma(k + 1), k >= 0 real, by Loader (2000)."""
    k = np.asarray(k, float)
    inner = np.where(k > 0, k, 1.0)
    body = -stirling_error(inner) - deviance(inner, rate) - 0.5 * np.log(2 * np.pi * inner)
    return np.where(k > 0, body, -rate)


def _log_binomial(k: Array, n: float, p: float) -> Array:
    if p in (0.0, 1.0):
        return np.where(k == n * p, 0.0, -np.inf)
    inside = (k > 0) & (k < n)
    x = np.where(inside, k, 0.5 * n)
    y = n - x
    body = (
        stirling_error(n)
        - stirling_error(x)
        - stirling_error(y)
        - deviance(x, n * p)
        - deviance(y, n * (1 - p))
        + 0.5 * np.log(n / (2 * np.pi * x * y))
    )
    ends = np.where(k == 0, n * math.log1p(-p), n * math.log(p))
    return np.where(inside, body, ends)


def whole(x: Points, low: float, high: float) -> Any:
    """Where x is a whole number of low..high (a boolean array of x's shape)."""
    return (x.x == np.floor(x.x)) & (x.x >= low) & (x.x <= high)


def _on(x: Points, low: float, high: float, log_mass: Any) -> Array:
    """log_mass(k) at the whole numbers of low..high, else -inf."""
    on = whole(x, low, high)
    return np.where(on, log_mass(np.where(on, x.x, low)), -np.inf)


def log_rest_quotient(p: float, q: float) -> float:
    """log((1 - p) / (1 - q)) for p, q below 1: 1 - p would lose the digits of a small p."""
    change = (q - p) / (1 - q)
    return math.log1p(change) if abs(change) < 0.5 else math.log1p(-p) - math.log1p(-q)


def _log_odds_ratio(k: Array, n: Any, p: float, other: float) -> Array:
    """k log(p/other) + (n-k) log((1-p)/(1-other)), for p, other inside (0, 1)."""
    return k * log_quotient(p, other) + (n - k) * log_rest_quotient(p, other)


def _binomial_ratio(x: Points, a: Any, b: Any) -> Array | None:
    (n, p), (m, q) = a, b
    if n != m or not (0 < p < 1 and 0 < q < 1):
        return None
    return _log_odds_ratio(x.x, n, p, q)


def _bernoulli_ratio(x: Points, a: Any, b: Any) -> Array | None:
    return _binomial_ratio(x, (1.0, *a), (1.0, *b))


def _poisson_ratio(x: Points, a: Any, b: Any) -> Array:
    (rate,), (other,) = a, b
    return x.x * log_quotient(rate, other) - (rate - other)


def _poisson_affinity(a: float, p: tuple[float, ...], q: tuple[float, ...]) -> float:
    """r^a s^(1-a) - a r - (1-a) s. Source: Gil, Alajaji & Linder, Inf. Sci. 249 (2013), table 1."""
    (r,), (s,) = p, q
    log = a * math.log(r) + (1 - a) * math.log(s)
    return (math.exp(log) if log < 709.7 else math.inf) - a * r - (1 - a) * s


def _geometric_ratio(x: Points, a: Any, b: Any) -> Array | None:
    (p,), (q,) = a, b
    if p == 1 or q == 1:
        return None
    return log_quotient(p, q) + (x.x - 1) * log_rest_quotient(p, q)


def _binomial_span(n: float, p: float) -> Interval:
    return _around(n * p, n * (1 - p), 0.0, n)


def _around(mean: float, room: float, low: float, high: float) -> Interval:
    # Bernstein: P(|X - mean| >= d) <= 2 exp(-d^2 / (2 room + 2d/3)), here 2 exp(-60).
    reach = 20.0 + math.sqrt(400.0 + 120.0 * room)
    return max(low, math.floor(mean - reach)), min(high, math.ceil(mean + reach))


def _log_geometric(x: Points, p: float) -> Array:
    if p == 1:
        return np.where(x.x == 1, 0.0, -np.inf)
    return _on(x, 1, np.inf, lambda k: math.log(p) + (k - 1) * math.log1p(-p))


def _geometric_span(p: float) -> Interval:
    return (1, 1) if p == 1 else (1, 2 + math.ceil(SPAN / -math.log1p(-p)))


def _log_sf(x: Array, p: float) -> Array:
    return np.maximum(np.floor(x), 0.0) * math.log1p(-p)


def _geometric_cdf(x: Array, p: float) -> Array:
    return np.where(x >= 1, 1.0, 0.0) if p == 1 else -np.expm1(_log_sf(x, p))


def _geometric_sf(x: Array, p: float) -> Array:
    return np.where(x >= 1, 0.0, 1.0) if p == 1 else np.exp(_log_sf(x, p))


def _poisson_cdf(x: Array, rate: float) -> Array:
    from scipy.special import gammaincc

    k = np.floor(x)
    # P(X <= k) = Q(k + 1, rate): DLMF 8.4.10.
    return np.where(k < 0, 0.0, gammaincc(np.maximum(k, 0.0) + 1, rate))


def _poisson_sf(x: Array, rate: float) -> Array:
    from scipy.special import gammainc

    k = np.floor(x)
    return np.where(k < 0, 1.0, gammainc(np.maximum(k, 0.0) + 1, rate))


def _geometric_tail(p: float) -> tuple[Tail, Tail]:
    return END, END if p == 1 else Tail("order", 1.0, -math.log1p(-p))


def _check_one_hot(i: float, n: float) -> None:
    if i >= n:
        raise SceneError("index", value=i, n=n)


def _uniform_sd(a: float, b: float) -> float:
    return math.sqrt(((b - a + 1) ** 2 - 1) / 12)


def _left(x: float, a: float, b: float) -> tuple[float, float]:
    return min(float(round(max(x, -1e6, b - MOST_OUTCOMES + 1))), b), b


def _right(x: float, a: float, b: float) -> tuple[float, float]:
    return a, max(float(round(min(x, 1e6, a + MOST_OUTCOMES - 1))), a)


P = Param("p", 0.3, 0.0, 1.0, 0.0, 1.0)
N = Param("n", 10, 1, 63, 1, 10_000, integer=True)
RATE = Param("rate", 4.0, 0.1, 30.0, 1e-6, 1e4)
HIT = Param("p", 0.3, 0.02, 1.0, 0.001, 1.0)
LOW = Param("a", 0, -20, 43, -1e6, 1e6, integer=True)
HIGH = Param("b", 5, -20, 43, -1e6, 1e6, integer=True)
INDEX = Param("i", 1, 0, 63, 0, 63, integer=True)
SIZE = Param("n", 4, 2, 64, 2, 64, integer=True)


def _check_uniform(a: float, b: float) -> None:
    ordered("discrete_uniform", "a", "b", equal=True)(a, b)
    if b - a >= MOST_OUTCOMES:
        raise SceneError("weights_count", count=b - a + 1, most=MOST_OUTCOMES)


def pmf(
    weights: Iterable[float],
    support: Iterable[float] | None = None,
    labels: Iterable[str] | None = None,
) -> Dist:
    """The distribution with masses proportional to `weights` (n,) on the given outcomes.

    Outcomes are 0..n-1, or the real numbers `support` (n,) in any order, repeated values merged,
    or 0..n-1 named by `labels`. SceneError for a weight that is negative or not finite, for all
    zeros, lengths that differ, and names that cannot be spelled. 1 to 10^6 outcomes.
    """
    w = numbers(weights, "weight")
    if not 1 <= len(w) <= MOST_OUTCOMES:
        raise SceneError("weights_count", count=len(w), most=MOST_OUTCOMES)
    check_weights(w)
    names = None if labels is None else checked_labels(labels)
    places = None if support is None or names is not None else numbers(support, "support")
    given = names if names is not None else places
    if given is not None and len(given) != len(w):
        raise SceneError("support_length", weights=len(w), support=len(given))
    if places is not None:
        refuse("support", places, ~(np.abs(places) <= FARTHEST))
        if np.array_equal(places, np.arange(len(w))):
            places = None
    return Dist(PMF, (Vector(w), None if places is None else Vector(places), names))


def check_weights(w: Array) -> None:
    """SceneError for a weight (n,) that is negative or not finite, and for all zeros."""
    # Least and largest tell it in two passes; a NaN makes both comparisons false.
    least, most = float(w.min(initial=math.inf)), float(w.max(initial=0.0))
    if not (least >= 0 and most < math.inf):
        refuse("weight", w, ~(np.isfinite(w) & (w >= 0)))
    if most == 0:
        raise SceneError("weights_zero")


def numbers(values: Iterable[float], code: str) -> Array:
    """`values` as floats (n,); SceneError `code` for what is no number, a text or a bool."""
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "fiu":
        return values.astype(float)
    if not isinstance(values, Iterable) or isinstance(values, (str, bytes)):
        raise SceneError("numbers_list", value=type(values).__name__)
    given = list(values)
    # np.asarray would take "1" and True for numbers.
    if not set(map(type, given)) <= {int, float}:
        for position, value in enumerate(given, 1):
            number = isinstance(value, (int, float, np.integer, np.floating))
            if not number or isinstance(value, bool):
                raise SceneError(code, position=position, value=value)
    try:
        return np.array(given, float)
    except OverflowError:
        raise SceneError(code, position=1, value="too large") from None


def refuse(code: str, values: Array, wrong: Any) -> None:
    """SceneError `code` naming the first of `values` (n,) that is `wrong` (n,), if any is."""
    if wrong.any():
        position = int(np.argmax(wrong))
        raise SceneError(code, position=position + 1, value=float(values[position]))


def checked_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """`labels` without outer blanks, else SceneError.

    A label has 1 to 40 printable characters, none of ( ) , : + *, and does not read as a number,
    so that pmf(cat:1,dog:3) has one reading.
    """
    if not isinstance(labels, Iterable):
        raise SceneError("label", label=labels)
    names = tuple(label.strip() if isinstance(label, str) else label for label in labels)
    for name in names:
        if not _is_label(name):
            raise SceneError("label", label=name)
    if len(set(names)) < len(names):
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise SceneError("label_twice", label=twice)
    return names


def _is_label(name: object) -> bool:
    if not isinstance(name, str) or not 1 <= len(name) <= 40 or not name.isprintable():
        return False
    if FORBIDDEN_IN_LABELS & set(name):
        return False
    try:
        float(name)
    except ValueError:
        return True
    return False


def pmf_table(weights: Vector, support: Vector | None, *_: object) -> tuple[Array, Array]:
    """Sorted outcomes (n,) and their weights (n,), repeated outcomes merged, zeros kept."""
    w = weights.array
    if support is None:
        return np.arange(float(len(w))), w
    x = support.array
    if support.ascends:
        return x, w
    values, where = np.unique(x, return_inverse=True)
    with np.errstate(all="ignore"):
        merged: Array = np.bincount(where, weights=w).astype(float)
        if np.isfinite(merged).all():
            return values, merged
        # 1e308 twice overflows; a positive weight stays positive when it is scaled down.
        small = np.where(w > 0, np.maximum(w * 2.0**-40, 5e-324), 0.0)
    return values, np.bincount(where, weights=small).astype(float)


@QUIET
def pmf_total(w: Array) -> tuple[float, float]:
    """The sum of weights as (total, scale): the sum is total * scale, also where it overflows."""
    total = float(w.sum())
    if math.isfinite(total):
        return total, 1.0
    return float((w * 2.0**-40).sum()), 2.0**40


def _pmf_atoms(*args: Any) -> tuple[Array, Array]:
    x, w = pmf_table(*args)
    total, scale = pmf_total(w)
    p = w / total if scale == 1 else w / total / scale
    logs = np.log(p)
    if p.min() < 1e-290:
        # w / total may underflow while w > 0: such an outcome still belongs to the support.
        exact = np.log(w) - math.log(total) - math.log(scale)
        logs = np.where(p >= 1e-290, logs, exact)
    return x, logs


def _pmf_log(x: Points, *args: Any) -> Array:
    values, logs = _pmf_atoms(*args)
    at = np.minimum(np.searchsorted(values, x.x), len(values) - 1)
    return np.where(values[at] == x.x, logs[at], -np.inf)


def _pmf_support(*args: Any) -> tuple[Interval, ...]:
    x, w = pmf_table(*args)
    some = x[w > 0]
    return ((float(some[0]), float(some[-1])),)


def _pmf_mean(*args: Any) -> float:
    x, logs = _pmf_atoms(*args)
    p = np.exp(logs)
    return float((p * x).sum() / p.sum())


def _pmf_sd(*args: Any) -> float:
    x, logs = _pmf_atoms(*args)
    p = np.exp(logs)
    away = np.abs(x - _pmf_mean(*args))
    # Outcomes may be 1e300 apart, whose square is no double.
    top = max(float(away.max()), 1e-300)
    return top * float(np.sqrt((p * (away / top) ** 2).sum() / p.sum()))


def _pmf_spell(weights: Vector, support: Vector | None, labels: Sequence[str] | None) -> str:
    values = [spell(w) for w in weights.array]
    names = labels if labels is not None else None if support is None else map(spell, support.array)
    if names is None:
        return f"pmf({','.join(values)})"
    return f"pmf({','.join(f'{n}:{v}' for n, v in zip(names, values, strict=True))})"


PMF = Family(
    "pmf",
    "discrete",
    (),
    log_density=_pmf_log,
    support=_pmf_support,
    mean=_pmf_mean,
    sd=_pmf_sd,
    atoms=_pmf_atoms,
    spell=_pmf_spell,
)

DISCRETE: tuple[Family, ...] = (
    Family(
        "discrete_uniform",
        "discrete",
        (LOW, HIGH),
        log_density=lambda x, a, b: _on(x, a, b, lambda k: -math.log(b - a + 1) + 0 * k),
        support=lambda a, b: ((a, b),),
        span=lambda a, b: (a, b),
        mean=lambda a, b: (a + b) / 2,
        sd=_uniform_sd,
        handles=(
            Handle("left", lambda a, b: a, _left),
            Handle("right", lambda a, b: b, _right),
        ),
        check=_check_uniform,
    ),
    Family(
        "bernoulli",
        "discrete",
        (P,),
        log_density=lambda x, p: _on(x, 0, 1, lambda k: np.where(k == 1, np.log(p), np.log1p(-p))),
        support=lambda p: ((0.0 if p < 1 else 1.0, 1.0 if p > 0 else 0.0),),
        span=lambda p: (0, 1),
        mean=lambda p: p,
        sd=lambda p: math.sqrt(p * (1 - p)),
        handles=(Handle("centre", lambda p: p, lambda x, p: (P.clip(x),)),),
        log_ratio=_bernoulli_ratio,
    ),
    Family(
        "binomial",
        "discrete",
        (N, P),
        log_density=lambda x, n, p: _on(x, 0, n, lambda k: _log_binomial(k, n, p)),
        support=lambda n, p: ((0.0 if p < 1 else n, n if p > 0 else 0.0),),
        span=_binomial_span,
        mean=lambda n, p: n * p,
        sd=lambda n, p: math.sqrt(n * p * (1 - p)),
        handles=(Handle("centre", lambda n, p: n * p, lambda x, n, p: (n, P.clip(x / n))),),
        log_ratio=_binomial_ratio,
    ),
    Family(
        "poisson",
        "discrete",
        (RATE,),
        log_density=lambda x, rate: _on(x, 0, np.inf, lambda k: log_poisson(k, rate)),
        support=lambda rate: ((0.0, math.inf),),
        span=lambda rate: _around(rate, rate, 0.0, math.inf),
        cdf=_poisson_cdf,
        sf=_poisson_sf,
        tail=lambda rate: (END, Tail("factorial", rate=1.0, more=((1.0, -1 - math.log(rate)),))),
        mean=lambda rate: rate,
        sd=lambda rate: math.sqrt(rate),
        handles=(Handle("centre", lambda rate: rate, lambda x, rate: (RATE.clip(x),)),),
        log_ratio=_poisson_ratio,
        log_affinity=_poisson_affinity,
    ),
    Family(
        "geometric",
        "discrete",
        (HIT,),
        log_density=_log_geometric,
        support=lambda p: ((1.0, 1.0 if p == 1 else math.inf),),
        span=_geometric_span,
        cdf=_geometric_cdf,
        sf=_geometric_sf,
        tail=_geometric_tail,
        mean=lambda p: 1 / p,
        sd=lambda p: math.sqrt(1 - p) / p,
        handles=(
            Handle("centre", lambda p: 1 / p, lambda x, p: (HIT.clip(1 / x if x > 0 else 1),)),
        ),
        log_ratio=_geometric_ratio,
    ),
    Family(
        "one_hot",
        "discrete",
        (INDEX, SIZE),
        log_density=lambda x, i, n: _on(x, 0, n - 1, lambda k: np.where(k == i, 0.0, -np.inf)),
        support=lambda i, n: ((i, i),),
        span=lambda i, n: (0, n - 1),
        mean=lambda i, n: i,
        sd=lambda i, n: 0.0,
        handles=(Handle("centre", lambda i, n: i, lambda x, i, n: (min(INDEX.clip(x), n - 1), n)),),
        check=_check_one_hot,
    ),
    PMF,
)
