"""Every measure is held to the laws it declares, over every family."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from divviz.families import FAMILIES, Dist, drawn, make, mixture, pmf
from divviz.measures import MEASURES, evaluate

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
        made.append(make(name, *values))
    return made


BUILT = {
    "pmf": [pmf([1, 2, 3]), pmf([0, 1, 1, 5]), pmf([2, 1], [0.5, 2])],
    "drawn": [drawn(-2, 2, [1, 5, 9, 0]), drawn(-1, 3, [4, 4]), drawn(-2, 2, [1, 5, 9, 1])],
    "mixture": [
        mixture([1, 2], [make("normal", 0, 1), make("cauchy", 3, 1)]),
        mixture([1, 1], [make("uniform", 0, 1), make("beta", 0.5, 3)]),
        mixture([1, 1], [make("gamma", 0.5, 1), make("laplace", 0, 2)]),
    ],
}
ALL = {name: BUILT[name] if name in BUILT else members(name) for name in FAMILIES}
SOME = {
    kind: [d for dists in ALL.values() for d in dists[:2] if d.kind == kind]
    for kind in ("discrete", "continuous")
}


def pairs(name: str) -> list[tuple[Dist, Dist]]:
    """The family within itself, and its first member against one of every other of its kind."""
    mine = ALL[name]
    others = [dists[0] for other, dists in ALL.items() if other != name]
    return [
        *itertools.product(mine, mine),
        *((mine[1], other) for other in others if other.kind == mine[0].kind),
    ]


FOUND: dict[tuple[Dist, Dist], dict[str, float]] = {}


def found(p: Dist, q: Dist) -> dict[str, float]:
    if (p, q) not in FOUND:
        FOUND[p, q] = evaluate(p, q)
    return FOUND[p, q]


def check(law: str, key: str, p: Dist, q: Dist) -> None:
    value = found(p, q)[key]
    if law == "nonnegative":
        assert value >= 0 and math.copysign(1, value) == 1
    elif law == "nonnegative_if_discrete":
        assert value >= 0 or p.kind == "continuous"
    elif law == "symmetric":
        assert value == pytest.approx(found(q, p)[key], rel=1e-9, abs=1e-15)
    elif law == "zero_iff_equal":
        assert (value == 0) == (p == q), (str(p), str(q), value)
    elif law == "bounded_by_log_2":
        assert value <= LOG_2
    elif law == "bounded_by_root_log_2":
        assert value <= math.sqrt(LOG_2)
    elif law == "at_least_entropy":
        own = "entropy_p" if key.endswith("pq") else "entropy_q"
        assert value >= found(p, q)[own] * (1 - 1e-12 * math.copysign(1, found(p, q)[own]))
    else:
        assert law in ("triangle", "shifts_with_x")


@pytest.mark.parametrize("key", MEASURES)
@pytest.mark.parametrize("name", FAMILIES)
def test_a_measure_obeys_what_it_declares(name: str, key: str) -> None:
    for p, q in pairs(name):
        for law in MEASURES[key].laws:
            check(law, key, p, q)


@pytest.mark.parametrize("kind", SOME)
@pytest.mark.parametrize("key", [k for k, m in MEASURES.items() if "triangle" in m.laws])
def test_a_metric_obeys_the_triangle_inequality(key: str, kind: str) -> None:
    dists = SOME[kind]
    for a, b, c in itertools.combinations(dists, 3):
        for x, y, z in ((a, b, c), (b, c, a), (c, a, b)):
            assert found(x, z)[key] <= (found(x, y)[key] + found(y, z)[key]) * (1 + 1e-9)


@pytest.mark.parametrize("name", FAMILIES)
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


@pytest.mark.parametrize("name", FAMILIES)
def test_swapping_p_and_q_swaps_the_directed_measures(name: str) -> None:
    for p, q in pairs(name):
        v, w = found(p, q), found(q, p)
        for one, other in (("entropy_p", "entropy_q"), ("kl_pq", "kl_qp")):
            assert v[one] == pytest.approx(w[other], rel=1e-9, abs=1e-13)


@pytest.mark.parametrize("name", FAMILIES)
def test_js_is_at_most_a_quarter_of_the_sum_of_both_kl(name: str) -> None:
    """Lin (1991), theorem 3: JS <= (KL(P||Q) + KL(Q||P)) / 4."""
    for p, q in pairs(name):
        v = found(p, q)
        assert v["js"] <= (v["kl_pq"] + v["kl_qp"]) / 4 * (1 + 1e-9) + 1e-15


@pytest.mark.parametrize("name", FAMILIES)
def test_w1_is_at_least_the_difference_of_the_means(name: str) -> None:
    for p, q in pairs(name):
        a, b = p.mean(), q.mean()
        if a is not None and b is not None:
            assert found(p, q)["w1"] >= abs(a - b) * (1 - 1e-9) - 1e-12


@pytest.mark.parametrize("key", [k for k, m in MEASURES.items() if "shifts_with_x" in m.laws])
def test_scaling_x_scales_what_is_measured_in_x(key: str) -> None:
    for scale in (1e-3, 7.0, 1e3):
        one = evaluate(make("normal", 1, 2), make("laplace", 3, 1))[key]
        two = evaluate(make("normal", scale, 2 * scale), make("laplace", 3 * scale, scale))[key]
        assert two == pytest.approx(one * scale, rel=1e-10)


@pytest.mark.parametrize("key", [k for k, m in MEASURES.items() if m.laws & {"zero_iff_equal"}])
def test_shifting_x_changes_no_comparison(key: str) -> None:
    one = evaluate(make("normal", 1, 2), make("laplace", 3, 1))[key]
    two = evaluate(make("normal", 101, 2), make("laplace", 103, 1))[key]
    assert two == pytest.approx(one, rel=1e-10)


def test_merging_outcomes_never_raises_kl_or_js() -> None:
    """Data processing, Cover & Thomas (2006), section 2.8."""
    random = np.random.default_rng(11)
    for _ in range(20):
        w, v = random.random((2, 12))
        fine = evaluate(pmf(w), pmf(v))
        coarse = evaluate(pmf(w.reshape(4, 3).sum(1)), pmf(v.reshape(4, 3).sum(1)))
        assert coarse["kl_pq"] <= fine["kl_pq"] and coarse["js"] <= fine["js"]
