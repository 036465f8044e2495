"""Every measure is held to the laws it declares, over every family."""

from __future__ import annotations

import itertools
import math
from functools import cache

import numpy as np
import pytest
from cases import each

from divviz.families import (
    FAMILIES,
    Dist,
    density,
    drawn,
    fitted,
    histogram,
    make,
    mixture,
    pmf,
    samples,
    scaled,
    shifted,
    truncated,
)
from divviz.measures import MEASURES, evaluate, measure, reason, values
from divviz.pair import Pair

LOG_2 = math.log(2)


def members(name: str) -> list[Dist]:
    """Three distributions of a family: its defaults and two points of its sliders."""
    params = FAMILIES[name].params
    rows = [[p.default for p in params]]
    for share in (0.35, 0.6):
        rows.append([p.low + share * (p.high - p.low) for p in params])
    made = []
    for row in rows:
        values = [float(round(v)) if p.integer else v for p, v in zip(params, row, strict=True)]
        if name in ("uniform", "discrete_uniform"):
            values = sorted([values[0], values[1] + 3])
        if name == "triangular":
            values = sorted([values[0], values[1], values[2] + 3])
        made.append(make(name, *values))
    return made


BUILT = {
    "pmf": [pmf([1, 2, 3]), pmf([0, 1, 1, 5]), pmf([2, 1], [0.5, 2])],
    "drawn": [drawn(-2, 2, [1, 5, 9, 0]), drawn(-1, 3, [4, 4]), drawn(-2, 2, [1, 5, 9, 1])],
    "density": [density([0, 1, 3], [1, 2]), density([-1, 0, 5], [0, 3]), density([0, 2], [1])],
    "samples": [samples([1, 2, 2, 5]), samples([-1, 2]), samples([0.5])],
    "histogram": [histogram([1, 2, 4], 3), histogram([-1, 0, 0, 2], "sqrt"), histogram([0, 3], 1)],
    "fitted": [
        fitted([1, 2, 4], "normal"),
        fitted([1, 2, 5], "gamma"),
        fitted([1, 2, 6], "laplace"),
    ],
    "mixture": [
        mixture([1, 2], [make("normal", 0, 1), make("cauchy", 3, 1)]),
        mixture([1, 1], [make("uniform", 0, 1), make("beta", 0.5, 3)]),
        mixture([1, 1], [make("gamma", 0.5, 1), make("laplace", 0, 2)]),
    ],
    "truncated": [
        truncated(make("normal", 0, 1), -1, 2),
        truncated(make("cauchy", 0, 1), 5, math.inf),
        truncated(make("normal", 0, 1.5), 8, 9),
    ],
    "shifted": [
        shifted(make("gamma", 0.5, 1), -1),
        shifted(mixture([1, 1], [make("normal", 0, 1), make("cauchy", 3, 1)]), 0.3),
        shifted(truncated(make("beta", 0.5, 0.5), 0, 0.25), 2),
    ],
    "scaled": [
        scaled(make("exponential", 1), -2),
        scaled(make("gumbel", 0, 1), 0.7),
        scaled(drawn(-2, 2, [1, 5, 9, 0]), -0.5),
    ],
}
ALL = {name: BUILT[name] if name in BUILT else members(name) for name in FAMILIES}
SOME = {
    kind: [d for dists in ALL.values() for d in dists[:2] if d.kind == kind][::5]
    for kind in ("discrete", "continuous")
}


METRICS = [key for key, one in MEASURES.items() if "triangle" in one.laws]
MIRRORED = [key for key, one in MEASURES.items() if "symmetric" in one.laws]
SWAPPED = {"entropy_p": "entropy_q", "kl_pq": "kl_qp"}


def pairs(name: str) -> list[tuple[Dist, Dist]]:
    """The family within itself, and against a few others of its kind, other ones for each."""
    a, b, c = ALL[name]
    alike = [d[0] for other, d in ALL.items() if other != name and d[0].kind == b.kind]
    start = list(FAMILIES).index(name) % 5
    within = [(p, q) for p, q in ((a, a), (a, b), (b, a), (b, c)) if p.kind == q.kind]
    return [*within, *((b, other) for other in alike[start::5])]


@cache
def found(p: Dist, q: Dist) -> dict[str, float | None]:
    """Every measure of the table, those with parameters at their defaults."""
    return values(Pair(p, q), keys=MEASURES)


@cache
def turned(name: str) -> list[tuple[dict[str, float | None], dict[str, float | None]]]:
    """What is found of a family's pairs, and what of Q and P: within it, and across families."""
    (a, b), *_ = pairs(name)[1:]
    keys = [*MIRRORED, *SWAPPED, *SWAPPED.values()]
    across = [(found(p, q), values(Pair(q, p), keys=keys)) for p, q in pairs(name)[4:5]]
    return [(found(a, b), found(b, a)), *across]


def check(law: str, key: str, p: Dist, q: Dist) -> None:
    value = found(p, q)[key]
    if value is None:
        assert reason(Pair(p, q), key).value is None
    elif law == "nonnegative":
        assert value >= 0 and math.copysign(1, value) == 1
    elif law == "nonnegative_if_discrete":
        assert value >= 0 or p.kind == "continuous"
    elif law == "zero_iff_equal":
        assert (value == 0) == (p == q), (str(p), str(q), value)
    elif law == "bounded_by_1":
        assert value <= 1
    elif law == "bounded_by_2":
        assert value <= 2
    elif law == "bounded_by_log_2":
        assert value <= LOG_2
    elif law == "bounded_by_root_log_2":
        assert value <= math.sqrt(LOG_2)
    elif law == "at_least_entropy":
        own = "entropy_p" if key.endswith("pq") else "entropy_q"
        assert value >= found(p, q)[own] * (1 - 1e-12 * math.copysign(1, found(p, q)[own]))
    else:
        assert law in ("symmetric", "triangle", "shifts_with_x", "scales_with_root_x")


def test_every_measure_declares_what_it_obeys() -> None:
    assert [key for key, one in MEASURES.items() if not one.laws] == []


@pytest.mark.parametrize("name", FAMILIES)
def test_every_measure_obeys_what_it_declares(name: str) -> None:
    @each(("p", "q"), pairs(name))
    @each(("key", "law"), [(key, law) for key, one in MEASURES.items() for law in one.laws])
    def obeys(p: Dist, q: Dist, key: str, law: str) -> None:
        check(law, key, p, q)

    obeys()


@each("name", FAMILIES)
def test_a_symmetric_measure_is_the_same_the_other_way_round(name: str) -> None:
    for both in turned(name):
        one, other = ({key: v[key] for key in MIRRORED} for v in both)
        undefined = [key for key in MIRRORED if one[key] is None]
        assert undefined == [key for key in MIRRORED if other[key] is None]
        for key in undefined:
            del one[key], other[key]
        assert one == pytest.approx(other, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("kind", SOME)
def test_a_metric_obeys_the_triangle_inequality(kind: str) -> None:
    @cache
    def distances(a: int, b: int) -> dict[str, float | None]:
        return values(Pair(SOME[kind][a], SOME[kind][b]), keys=METRICS)

    assert METRICS
    for a, b, c in itertools.combinations(range(len(SOME[kind])), 3):
        sides = distances(a, b), distances(b, c), distances(a, c)
        for key, (x, y, z) in ((key, [side[key] for side in sides]) for key in METRICS):
            for long, one, other in ((x, y, z), (y, z, x), (z, x, y)):
                assert long <= (one + other) * (1 + 1e-9), (key, a, b, c)


@each("name", FAMILIES)
def test_cross_entropy_is_entropy_plus_kl(name: str) -> None:
    for p, q in pairs(name):
        v = found(p, q)
        for own, cross, kl in (
            ("entropy_p", "cross_entropy_pq", "kl_pq"),
            ("entropy_q", "cross_entropy_qp", "kl_qp"),
        ):
            if math.isinf(v[kl]):
                assert v[cross] == math.inf
            else:
                size = abs(v[own]) + abs(v[kl])
                assert v[cross] == pytest.approx(v[own] + v[kl], abs=1e-10 * size + 1e-13)


@each("name", FAMILIES)
def test_swapping_p_and_q_swaps_the_directed_measures(name: str) -> None:
    for v, w in turned(name):
        for one, other in SWAPPED.items():
            assert v[one] == pytest.approx(w[other], rel=1e-9, abs=1e-13)


@each("name", FAMILIES)
def test_js_is_at_most_a_quarter_of_the_sum_of_both_kl(name: str) -> None:
    """Lin (1991), theorem 3: JS <= (KL(P||Q) + KL(Q||P)) / 4."""
    for p, q in pairs(name):
        v = found(p, q)
        assert v["js"] <= (v["kl_pq"] + v["kl_qp"]) / 4 * (1 + 1e-9) + 1e-15


def has_mean(dist: Dist) -> bool:
    mean = dist.mean()
    return mean is not None and math.isfinite(mean)


def test_w1_is_at_least_the_difference_of_the_means() -> None:
    every = [pair for name in FAMILIES for pair in pairs(name)]

    @each(("p", "q"), [(p, q) for p, q in every if has_mean(p) and has_mean(q)])
    def holds(p: Dist, q: Dist) -> None:
        assert found(p, q)["w1"] >= abs(p.mean() - q.mean()) * (1 - 1e-9) - 1e-12

    holds()


@pytest.mark.parametrize("key", [k for k, m in MEASURES.items() if "shifts_with_x" in m.laws])
def test_scaling_x_scales_what_is_measured_in_x(key: str) -> None:
    for scale in (1e-3, 7.0, 1e3):
        one = found(make("normal", 1, 2), make("laplace", 3, 1))[key]
        two = found(make("normal", scale, 2 * scale), make("laplace", 3 * scale, scale))[key]
        assert two == pytest.approx(one * scale, rel=1e-10)


def test_scaling_x_scales_the_energy_distance_by_the_root() -> None:
    for scale in (1e-3, 7.0, 1e3):
        one = measure("energy_distance", make("normal", 1, 2), make("laplace", 3, 1))
        two = measure(
            "energy_distance", make("normal", scale, 2 * scale), make("laplace", 3 * scale, scale)
        )
        assert two == pytest.approx(one * math.sqrt(scale), rel=1e-10)


INVARIANT = [k for k, m in MEASURES.items() if "zero_iff_equal" in m.laws]


@each("key", INVARIANT)
def test_shifting_x_changes_no_comparison(key: str) -> None:
    one = found(make("normal", 1, 2), make("laplace", 3, 1))[key]
    two = found(make("normal", 101, 2), make("laplace", 103, 1))[key]
    assert two == pytest.approx(one, rel=1e-10)


def test_merging_outcomes_never_raises_kl_or_js() -> None:
    """Data processing, Cover & Thomas (2006), section 2.8."""
    random = np.random.default_rng(11)
    for _ in range(20):
        w, v = random.random((2, 12))
        fine = evaluate(pmf(w), pmf(v))
        coarse = evaluate(pmf(w.reshape(4, 3).sum(1)), pmf(v.reshape(4, 3).sum(1)))
        assert coarse["kl_pq"] <= fine["kl_pq"] and coarse["js"] <= fine["js"]


ORDERS = (0.0, 0.25, 0.5, 0.999, 1.0, 1.001, 2.0, 7.0, math.inf)


@each("name", FAMILIES)
def test_renyi_rises_with_its_order_from_0_to_the_worst_case(name: str) -> None:
    """van Erven & Harremoes (2014), theorem 3."""
    for p, q in pairs(name)[1::3]:
        rising = [measure("renyi", p, q, alpha=alpha) for alpha in ORDERS]
        for lower, higher in itertools.pairwise(rising):
            assert lower <= higher * (1 + 1e-9) + 1e-15, (str(p), str(q), rising)


@each("name", FAMILIES)
def test_renyi_entropy_falls_with_its_order(name: str) -> None:
    for p in ALL[name]:
        falling = [measure("renyi_entropy", p, alpha=alpha) for alpha in ORDERS]
        for higher, lower in itertools.pairwise(falling):
            room = 1e-9 * max(abs(higher), 1e-6) if math.isfinite(higher) else 0.0
            assert lower <= higher + room, (str(p), falling)


@pytest.mark.parametrize("name", FAMILIES)
def test_wasserstein_rises_with_its_order(name: str) -> None:
    """Villani (2003), section 7.1.2, by Jensen's inequality."""
    for p, q in pairs(name)[1::5]:
        rising = [measure("wasserstein", p, q, p=order) for order in (1, 1.5, 2, 3, math.inf)]
        for lower, higher in itertools.pairwise(rising):
            assert lower <= higher * (1 + 1e-8), (str(p), str(q), rising)


@each("name", FAMILIES)
def test_divergences_bound_one_another_as_proved(name: str) -> None:
    """Le Cam: Hel^2 <= TV <= Hel sqrt(2 - Hel^2); Pinsker: TV^2 <= KL/2; KL <= log(1 + chi^2)."""
    for p, q in pairs(name):
        v = found(p, q)
        h2, tv, kl, chi2 = (v[k] for k in ("hellinger_squared", "tv", "kl_pq", "chi2_pearson"))
        assert h2 <= tv * (1 + 1e-9) + 1e-15
        assert tv <= math.sqrt(h2 * (2 - h2)) * (1 + 1e-9) + 1e-15
        assert tv * tv <= kl / 2 * (1 + 1e-9) + 1e-15
        assert kl <= math.log1p(chi2) * (1 + 1e-9) + 1e-15
        assert v["kolmogorov_smirnov"] <= tv * (1 + 1e-9) + 1e-15
