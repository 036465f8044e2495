"""The oracle's measures: every key of a pair, from integrals or sums, infinite where decided so.

A pair is spelled as tuples: ("normal", 0, 1), ("mixture", (w, spec), ...), ("truncated", spec, a,
b), ("shifted", spec, by), ("scaled", spec, by), ("pmf", w, ...), ("places", {x: w, ...}).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import exact_built
import exact_sums
import mpmath as mp
import numpy as np
from double_double import DD, log, total, where
from exact import DIGITS, EPS, INF, LINEAR, LOG, Exact, Growth, Places, combined, lead
from exact_integrals import ENTROPY_POWERS, POWERS, Integrals, convergent, mass_between
from exact_sums import Sums

WEIGHT = 0.1
Spec = tuple[Any, ...]
# (key, parameters, truth, scale): the error is measured against |truth|, or against the scale
# where the truth may cross 0 (entropies of densities).
Row = tuple[str, dict[str, float], Any, Any]

ZERO_IF_EQUAL = {
    "kl_pq", "kl_qp", "jeffreys", "js", "js_distance", "topsoe", "tv", "hellinger", "renyi",
    "hellinger_squared", "squared_chord", "triangular_discrimination", "tsallis", "mse",
    "alpha_divergence", "chi2_pearson", "chi2_neyman", "kolmogorov_smirnov",
}  # fmt: skip
DISCRETE = {"pmf", "places", "samples", "bernoulli", "binomial", "discrete_uniform", "one_hot",
            "zipf", "poisson", "negative_binomial", "geometric"}  # fmt: skip


def is_discrete(spec: Spec) -> bool:
    if spec[0] == "mixture":
        return is_discrete(spec[1][1])
    return is_discrete(spec[1]) if spec[0] in ("truncated", "shifted", "scaled") else (
        spec[0] in DISCRETE)  # fmt: skip


def exact_of(spec: Spec) -> Any:
    """Exact for a density, Masses for outcomes."""
    return _exact_of(spec, mp.mp.dps)


@lru_cache(maxsize=512)
def _exact_of(spec: Spec, digits: int) -> Any:
    name, *args = spec
    discrete = is_discrete(spec)
    if name == "mixture":
        mixed = exact_sums.mixed if discrete else exact_built.mixed
        return mixed([(mp.mpf(w) if not discrete else w, exact_of(part)) for w, part in args])
    if name in ("shifted", "scaled"):
        inner, by = exact_of(args[0]), args[1]
        if discrete:
            return exact_sums.moved(inner, **{"by" if name == "shifted" else "factor": by})
        return getattr(exact_built, name)(inner, by)
    if name == "truncated":
        inner, a, b = exact_of(args[0]), *args[1:]
        if discrete:
            return exact_sums.truncated(inner, a, b)
        return exact_built.truncated(inner, a, b, mass_between(inner, a, b))
    if name == "places":
        return exact_sums.pmf(*(w for _, w in args), support=[x for x, _ in args])
    return getattr(exact_sums, name)(*args) if discrete else exact_built.density(name, *args)


# What is infinite


def beyond(p: Exact, q: Exact) -> bool:
    """Whether P has mass where Q has none, from the intervals."""

    def apart(low: Any, high: Any) -> bool:
        return low < high and (
            mp.isinf(low) or mp.isinf(high) or high - low > EPS * (abs(low) + abs(high))
        )

    for low, high in p.support:
        at = low
        for c, d in q.support:
            if d > at and c < high:
                if apart(at, c):
                    return True
                at = d
        if apart(at, high):
            return True
    return False


def diverging_cross(p: Exact, q: Exact) -> bool:
    """Whether the expectation of -log q under P diverges in a tail; at finite ends it never does.

    There -log q grows like a power of log r, and p is integrable.
    """
    for place in (-INF, INF):
        mine, theirs = p.growth(place, 0), q.growth(place, 0)
        if mine is None or theirs is None:
            continue
        (order, _), c = lead(theirs)
        weight = {LINEAR: -theirs_rate(theirs)} if order == INF else {LOG: -mp.mpf(order)}
        key, c = lead(combined(1, mine, 1, weight))
        if key < LOG or (key == LOG and c <= 1) or c < 0:
            return True
    return False


def theirs_rate(growth: Growth) -> Any:
    return max(rate for order, rate in growth if order == INF)


def greatest_log_ratio(i: Integrals) -> Any:
    """log of the supremum of p/q over the common support."""
    p, q = i.p, i.q
    places = {place for e in (p, q) for interval in e.support for place in interval}
    places |= {place for e in (p, q) for place, _ in e.ends}
    for place in places:
        for side in (-1, 1):
            one, other = p.growth(place, side), q.growth(place, side)
            if one is not None and other is not None:
                if mp.isinf(place) and side != mp.sign(place):
                    continue
                key, c = lead(combined(1, other, -1, one))
                if key > (0, 0) and c > 0:
                    return INF
    # Farther out 31 digits no longer hold log p - log q, which has reached its limit by then.
    held = i.both & (np.abs(i.log_p.high) * 1e-30 <= 1e-11 * np.abs(i.d.high))
    return peak(i.x, np.where(held, i.d.high, -np.inf),
                lambda x: (p.log_pdf(x) - q.log_pdf(x)).high)  # fmt: skip


def peak(x: Places, values: Any, function: Any) -> Any:
    """The largest value at the nodes, improved between the neighbours of its node."""
    top = int(np.argmax(values))
    best = float(values[top])
    spots = x.anchor + x.offset
    inside = np.flatnonzero(x.middle == x.middle[top])
    order = inside[np.argsort(spots.high[inside])]
    at = int(np.flatnonzero(order == top)[0])
    if at in (0, len(order) - 1):
        return best
    start = spots[top]
    low = float((spots[order[at - 1]] - start).high)
    high = float((spots[order[at + 1]] - start).high)
    n = 65
    for _ in range(5):
        grid = np.linspace(low, high, n)
        grid[grid == 0] = 1e-300
        offset = DD(grid)
        here = Places(
            DD(np.full(n, float(start.high)), np.full(n, float(start.low))),
            offset,
            log(abs(offset)),
            np.full(n, x.middle[top]),
            np.full(n, x.size[top]),
        )
        values = function(here)
        k = int(np.argmax(values))
        best = max(best, float(values[k]))
        low, high = grid[max(k - 1, 0)], grid[min(k + 1, n - 1)]
    return best


# Densities


def density_rows(p: Exact, q: Exact, i: Integrals | None = None) -> Iterator[Row]:
    """All keys of a pair of densities except those of transport."""
    i = i or Integrals(p, q)
    for mass in (i.a, i.b):
        assert abs(total(mass) - 1) < 1e-12, "the oracle's own density does not integrate to 1"
    if float(total(i.larger * abs(i.d))) < 1e-24 and i.only_p == i.only_q == 0:
        yield from ((*row[:2], mp.mpf(0), row[3]) for row in _density_rows(p, q, i)
                    if row[0] in ZERO_IF_EQUAL)  # fmt: skip
        yield from (row for row in _density_rows(p, q, i) if row[0] not in ZERO_IF_EQUAL
                    and not row[0].startswith("bhatt"))  # fmt: skip
        return
    yield from _density_rows(p, q, i)


def _density_rows(p: Exact, q: Exact, i: Integrals) -> Iterator[Row]:
    out_q, out_p = beyond(p, q), beyond(q, p)
    far_pq, far_qp = out_q or diverging_cross(p, q), out_p or diverging_cross(q, p)
    size = {w: total(abs(i.a * i.log_p if w == "p" else i.b * i.log_q)) for w in "pq"}
    entropy = {w: i.entropy(w) for w in "pq"}
    for w in "pq":
        yield f"entropy_{w}", {}, entropy[w], size[w]
    for way, far in (("pq", far_pq), ("qp", far_qp)):
        terms = i.a * i.log_q if way == "pq" else i.b * i.log_p
        scale = total(abs(where(i.both, terms, 0.0)))
        yield f"cross_entropy_{way}", {}, INF if far else i.cross(way), scale
    kl = {"pq": INF if far_pq else i.kl("pq"), "qp": INF if far_qp else i.kl("qp")}
    yield from divergence_rows(kl, i.js(0.5), i.js(WEIGHT), i.tv(), i.hellinger_squared(),
                               i.triangular())  # fmt: skip
    yield "perplexity", {}, mp.exp(entropy["p"]), mp.exp(entropy["p"]) * (1 + size["p"])
    meet = bool(i.both.any())
    finite = {
        a: not ((a > 1 and out_q) or (a < 0 and out_p)) and convergent(p, q, a, 1 - a)
        for a in POWERS
    }
    less_1 = {a: i.power_less_1(a) if finite[a] else INF for a in POWERS}
    powers = {a: i.power(a) for a in POWERS if finite[a]}
    logs_ = {a: INF if not finite[a] else mp.log1p(less_1[a]) if abs(less_1[a]) < 0.5
             else powers[a].log for a in POWERS}  # fmt: skip
    for a in POWERS:
        if finite[a] and abs(less_1[a]) > 0.5:
            less_1[a] = powers[a].value - 1
    overlap = powers[0.5].value if meet else mp.mpf(0)
    yield from power_rows(less_1, logs_, overlap)
    covered = 1 - i.only_q
    yield (
        "renyi",
        {"alpha": 0.0},
        (-mp.log1p(-i.only_q) if covered > 0.5 else -mp.log(total(i.b[i.both])) if meet else INF),
        None,
    )
    yield "tsallis", {"alpha": 0.0}, i.only_q if out_p else mp.mpf(0), None
    yield "renyi", {"alpha": mp.inf}, INF if out_q else greatest_log_ratio(i), None
    yield "kolmogorov_smirnov", {}, i.kolmogorov(), None
    if convergent(p, p, 2, 0) and convergent(q, q, 2, 0):
        yield "mse", {}, i.mse(), None
    elif p.ends != q.ends:
        yield "mse", {}, INF, None
    for a in ENTROPY_POWERS:
        yield from entropy_power_rows(p, i, a)
    bounded = mp.isfinite(p.support[0][0]) and mp.isfinite(p.support[-1][1])
    length = mp.fsum(b - a for a, b in p.support) if bounded else INF
    scale = 1 + abs(mp.log(length)) if bounded else 1
    yield "renyi_entropy", {"alpha": 0.0}, mp.log(length), scale
    if any(lead(g)[1] < 0 for g in p.ends.values()):
        yield "renyi_entropy", {"alpha": mp.inf}, -INF, None
    else:
        top = peak(i.x, np.where(i.in_p, i.log_p.high, -np.inf), lambda x: p.log_pdf(x).high)
        yield "renyi_entropy", {"alpha": mp.inf}, -mp.mpf(top), 1 + abs(top)


def entropy_power_rows(p: Exact, i: Integrals, a: float) -> Iterator[Row]:
    if not convergent(p, p, a, 0):
        # The sum of p^a is infinite; dividing by 1 - a gives it its sign.
        truth = INF if a < 1 else -INF
        yield "renyi_entropy", {"alpha": a}, truth, None
        yield "tsallis_entropy", {"alpha": a}, truth, None
        return
    power = i.entropy_power("p", a)
    yield "renyi_entropy", {"alpha": a}, power.log / (1 - a), (1 + abs(power.log)) / abs(1 - a)
    yield "tsallis_entropy", {"alpha": a}, (1 - power.value) / (a - 1), (
        (1 + power.value) / abs(a - 1) * (1 + abs(power.log)))  # fmt: skip


def divergence_rows(kl: dict[str, Any], js: Any, leaning: Any, tv: Any, h2: Any,
                    triangular: Any) -> Iterator[Row]:  # fmt: skip
    yield "kl_pq", {}, kl["pq"], None
    yield "kl_qp", {}, kl["qp"], None
    yield "jeffreys", {}, kl["pq"] + kl["qp"], None
    yield "js", {}, js, None
    yield "js_distance", {}, mp.sqrt(js), None
    yield "js", {"weight": WEIGHT}, leaning, None
    yield "topsoe", {}, 2 * js, None
    yield "tv", {}, tv, None
    yield "hellinger_squared", {}, h2, None
    yield "hellinger", {}, mp.sqrt(h2), None
    yield "squared_chord", {}, 2 * h2, None
    yield "triangular_discrimination", {}, triangular, None
    yield "renyi", {"alpha": 1.0}, kl["pq"], None
    yield "tsallis", {"alpha": 1.0}, kl["pq"], None
    yield "alpha_divergence", {"alpha": 1.0}, kl["pq"], None
    yield "alpha_divergence", {"alpha": 0.0}, kl["qp"], None


def power_rows(less_1: dict[float, Any], logs_: dict[float, Any], overlap: Any) -> Iterator[Row]:
    """Keys of the sum of p^a q^(1-a): itself less 1 and its log, by a."""
    yield "bhattacharyya_coefficient", {}, overlap, None
    yield "bhattacharyya_distance", {}, -logs_[0.5], None
    yield "chi2_pearson", {}, less_1[2.0], None
    yield "chi2_neyman", {}, less_1[-1.0], None
    for a in POWERS:
        s = mp.mpf(a)
        if a > 0:
            yield "renyi", {"alpha": a}, logs_[a] / (s - 1), None
            yield "tsallis", {"alpha": a}, less_1[a] / (s - 1), None
        yield "alpha_divergence", {"alpha": a}, less_1[a] / (s * (s - 1)), None


# Outcomes


def sum_rows(p: exact_sums.Masses, q: exact_sums.Masses) -> Iterator[Row]:
    """All keys of a pair of outcomes except transport's."""
    i = Sums(p, q, POWERS)
    tiny = mp.mpf(10) ** (20 - mp.mp.dps)
    if i.over(lambda a, b: abs(a - b)) < tiny and not (i.outside_p or i.outside_q):
        yield from ((*row[:2], mp.mpf(0), row[3]) if row[0] in ZERO_IF_EQUAL else row
                    for row in _sum_rows(p, q, i) if not row[0].startswith("bhatt"))  # fmt: skip
        return
    yield from _sum_rows(p, q, i)


def _sum_rows(p: exact_sums.Masses, q: exact_sums.Masses, i: Sums) -> Iterator[Row]:
    far = {"pq": i.outside_q, "qp": i.outside_p}
    own = {
        "p": [(m[1], r[1]) for m, r in zip(i.masses, i.rows, strict=True) if r[1] is not None],
        "q": [(m[2], r[2]) for m, r in zip(i.masses, i.rows, strict=True) if r[2] is not None],
    }
    entropy = {w: -mp.fsum(m * v for m, v in own[w]) for w in "pq"}
    for w in "pq":
        yield f"entropy_{w}", {}, entropy[w], None
    cross = {"pq": i.logged(lambda a, b, s, t: -a * t), "qp": i.logged(lambda a, b, s, t: -b * s)}
    kl = {"pq": i.logged(lambda a, b, s, t: a * (s - t)),
          "qp": i.logged(lambda a, b, s, t: b * (t - s))}  # fmt: skip
    for way in ("pq", "qp"):
        yield f"cross_entropy_{way}", {}, INF if far[way] else cross[way], None
        kl[way] = INF if far[way] else kl[way]
    h2 = i.over(lambda a, b: (mp.sqrt(a) - mp.sqrt(b)) ** 2) / 2
    yield from divergence_rows(
        kl, i.js(0.5), i.js(WEIGHT), i.over(lambda a, b: abs(a - b)) / 2, h2,
        i.over(lambda a, b: (a - b) ** 2 / (a + b)),
    )  # fmt: skip
    yield "perplexity", {}, mp.exp(entropy["p"]), None
    less_1, logs_ = {}, {}
    for a in POWERS:
        infinite = (a > 1 and far["pq"]) or (a < 0 and far["qp"])
        if infinite or not exact_sums.convergent(p, q, a, 1 - a):
            less_1[a] = logs_[a] = INF
        else:
            power = i.power(a)
            less_1[a], logs_[a] = power - 1, mp.log(power) if power else -INF
    yield from power_rows(less_1, logs_, i.power(0.5))
    only_q = mp.fsum(b for _, a, b in i.masses if not a)
    covered = mp.fsum(b for _, a, b in i.masses if a)
    yield "renyi", {"alpha": 0.0}, -mp.log1p(-only_q) if covered else INF, None
    yield "tsallis", {"alpha": 0.0}, only_q, None
    if not far["pq"] and (p.growth is None or p.growth != q.growth):
        yield "renyi", {"alpha": INF}, top_ratio(p, q, i), None
    for a in ENTROPY_POWERS:
        s = mp.mpf(a)
        power = mp.fsum(mp.exp(s * v) for _, v in own["p"])
        yield "renyi_entropy", {"alpha": a}, mp.log(power) / (1 - s), None
        yield "tsallis_entropy", {"alpha": a}, (1 - power) / (s - 1), None
    count = len(own["p"]) if p.growth is None else INF
    yield "renyi_entropy", {"alpha": 0.0}, mp.log(count), None
    yield "renyi_entropy", {"alpha": INF}, -max(v for _, v in own["p"]), None
    if p.listed and q.listed:
        squares = i.over(lambda a, b: (a - b) ** 2)
        yield "mse", {}, squares / len(p.listed | q.listed), None


def top_ratio(p: exact_sums.Masses, q: exact_sums.Masses, i: Sums) -> Any:
    if p.growth is not None and q.growth is not None:
        key, c = lead(combined(1, q.growth, -1, p.growth))
        if key > (0, 0) and c > 0:
            return INF
    ratios = [s - t for _, s, t in i.rows if s is not None]
    if p.growth is not None and q.growth is not None and p.first == q.first:
        ratios.append(p.log_mass(p.first) - q.log_mass(q.first))
    return max(ratios)


def rows(p: Spec, q: Spec) -> list[Row]:
    """All truths of a pair."""
    with np.errstate(all="ignore"):
        if not is_discrete(p):
            with mp.workdps(DIGITS):
                return list(density_rows(exact_of(p), exact_of(q)))
        # A mass of 1e-300 beside 1 moves KL in the 300th digit of the other's logarithm.
        with mp.workdps(55 + max(decades(p), decades(q))):
            return list(sum_rows(exact_of(p), exact_of(q)))


def decades(spec: Spec) -> int:
    """How many decades the numbers of a spelling span."""
    values = [1.0, *(abs(v) for v in flat(spec) if v)]
    return int(2 + math.log10(max(values)) - math.log10(min(values)))


def flat(spec: Any) -> Iterator[float]:
    for part in spec:
        if isinstance(part, tuple):
            yield from flat(part)
        elif not isinstance(part, str) and math.isfinite(part):
            yield float(part)
