"""The table of measures: units, terms, values at the edges, and what never happens."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from cases import each

from divviz import transport
from divviz.families import Dist, SceneError, drawn, make, mixture, pmf
from divviz.measures import FIRST, MEASURES, UNITS, evaluate, reason, value, values
from divviz.pair import Pair

INF, LOG_2 = math.inf, math.log(2)
N01 = make("normal", 0, 1)
KEYS = [
    "entropy_p",
    "entropy_q",
    "cross_entropy_pq",
    "cross_entropy_qp",
    "kl_pq",
    "kl_qp",
    "js",
    "js_distance",
    "w1",
]


def test_the_keys_are_the_promised_ones_in_order() -> None:
    assert list(FIRST) == KEYS == list(MEASURES)[: len(KEYS)]
    assert list(evaluate(N01, N01)) == [key for key, m in MEASURES.items() if not m.required]


def test_evaluate_gives_plain_floats() -> None:
    assert {type(v) for v in evaluate(N01, make("normal", 1, 2)).values()} == {float}


def test_values_are_a_worked_example() -> None:
    """P = (1/2, 1/2), Q = (1/4, 3/4) in bits, by hand."""
    bits = evaluate(pmf([1, 1]), pmf([1, 3]), "bits")
    log_3 = math.log2(3)
    assert bits["entropy_p"] == 1
    assert bits["entropy_q"] == pytest.approx(2 - 0.75 * log_3, rel=1e-15)
    assert bits["cross_entropy_pq"] == pytest.approx(2 - 0.5 * log_3, rel=1e-15)
    assert bits["kl_pq"] == pytest.approx(1 - 0.5 * log_3, rel=1e-14)
    assert bits["w1"] == 0.25


@pytest.mark.parametrize("unit", UNITS)
def test_the_distance_is_the_root_of_js_in_every_unit(unit: str) -> None:
    found = evaluate(N01, make("normal", 1, 2), unit)
    assert found["js_distance"] ** 2 == pytest.approx(found["js"], rel=1e-14)


def test_units_scale_information_and_leave_w1_alone() -> None:
    p, q = N01, make("normal", 1, 2)
    nats, bits = evaluate(p, q), evaluate(p, q, "bits")
    assert bits["kl_pq"] == pytest.approx(nats["kl_pq"] / LOG_2, rel=1e-15)
    assert bits["w1"] == nats["w1"]
    hartleys = evaluate(pmf([1] * 10), pmf([1] * 10), "hartleys")
    assert hartleys["entropy_p"] == pytest.approx(1, rel=1e-15)


@each("unit", ["nat", "", "<b>", None, 3])
def test_an_unknown_unit_is_refused_with_the_known_ones(unit: object) -> None:
    with pytest.raises(SceneError, match="choose one of: nats, bits, hartleys"):
        evaluate(N01, N01, unit)  # type: ignore[arg-type]


IDENTICAL = [
    N01,
    pmf([0.1, 0.2, 0.7]),
    pmf([1, 0, 3], labels=["a", "b", "c"]),
    make("cauchy", 3, 2),
    make("gamma", 0.05, 1),
    make("poisson", 30),
    drawn(-4, 4, [1, 0, 5, 4095]),
    mixture([0.3, 0.7], [N01, make("cauchy", 2, 0.5)]),
]


@each("dist", IDENTICAL)
def test_identical_pairs_are_exactly_0_apart(dist: Dist) -> None:
    found = evaluate(dist, dist)
    for key in ("kl_pq", "kl_qp", "js", "js_distance", "w1"):
        assert repr(found[key]) == "0.0"
    assert found["cross_entropy_pq"] == found["entropy_p"]


def test_proportional_weights_are_exactly_0_apart() -> None:
    """SciPy's jensenshannon gives NaN for some proportional inputs."""
    found = evaluate(pmf([1, 2, 4]), pmf([3, 6, 12]))
    assert [found[k] for k in ("kl_pq", "js", "w1")] == [0, 0, 0]


DISJOINT = [
    (pmf([1, 0]), pmf([0, 1])),
    (make("one_hot", 0, 3), make("one_hot", 2, 3)),
    (make("uniform", 0, 1), make("uniform", 2, 3)),
    (make("uniform", 0, 1), make("uniform", 1, 2)),
    (make("beta", 0.5, 0.5), make("uniform", 1, 2)),
    (drawn(0, 1, [1, 0] * 128), drawn(0, 1, [0, 1] * 128)),
    (pmf([1], labels=["a"]), pmf([1], labels=["b"])),
]


@each(("p", "q"), DISJOINT)
def test_js_of_disjoint_supports_is_exactly_log_2(p: Dist, q: Dist) -> None:
    found = evaluate(p, q)
    assert found["js"] == LOG_2
    assert found["kl_pq"] == found["kl_qp"] == found["cross_entropy_pq"] == INF
    assert evaluate(p, q, "bits")["js"] == 1


def test_w1_of_touching_uniforms_is_their_shift() -> None:
    assert evaluate(*DISJOINT[3])["w1"] == 1


def test_far_normals_have_js_of_log_2_and_finite_kl() -> None:
    found = evaluate(N01, make("normal", 1e5, 1))
    assert found["js"] == pytest.approx(LOG_2, rel=1e-14) and found["js"] <= LOG_2
    assert found["kl_pq"] == pytest.approx(5e9, rel=1e-12)


@each("shift", [1e-3, 1e-5, 1e-8, 1e-10, 1e-12])
def test_kl_of_nearly_equal_normals_is_half_the_square_of_the_shift(shift: float) -> None:
    found = evaluate(N01, make("normal", shift, 1))
    assert found["kl_pq"] == pytest.approx(shift**2 / 2, rel=1e-10)
    assert found["js"] == pytest.approx(shift**2 / 8, rel=1e-6)
    assert found["w1"] == pytest.approx(shift, rel=1e-10)


def test_nearly_equal_outcomes_on_different_supports_are_matched() -> None:
    found = evaluate(pmf([1, 2]), pmf([1, 2.0000001, 0]))
    d = 1e-7 * (1 / 3) / 3
    assert found["kl_pq"] == pytest.approx(9 / 4 * d * d, rel=1e-6)
    named = evaluate(pmf([1, 2], labels=["a", "b"]), pmf([2.0000001, 1], labels=["b", "a"]))
    assert named["kl_pq"] == pytest.approx(found["kl_pq"], rel=1e-12)


EDGES = [
    (make("student_t", 1.5, 0, 1), N01),
    (make("normal", 0, 1e-9), make("normal", 1e9, 1e9)),
    (make("normal", -1e9, 1e-9), make("normal", 1e9, 1e-9)),
    (make("gamma", 0.01, 1e-9), make("gamma", 1e6, 1e9)),
    (make("gamma", 0.01, 1), make("normal", 0, 1e-6)),
    (make("beta", 0.01, 0.01), make("beta", 1e6, 1e6)),
    (make("beta", 0.01, 1e6), make("beta", 1e6, 0.01)),
    (make("student_t", 0.1, 0, 1), make("student_t", 1e6, 5, 1e-9)),
    (make("student_t", 0.1, 0, 1e9), make("student_t", 0.11, 0, 1e-9)),
    (make("student_t", 2.0001, 0, 1), N01),
    (make("cauchy", -1e9, 1e-9), make("cauchy", 1e9, 1e9)),
    (make("uniform", -1e9, 1e9), make("uniform", 0, 1e-9)),
    (make("uniform", 0, 1e-9), make("student_t", 1, 0, 1e9)),
    (make("exponential", 1e-9), make("exponential", 1e9)),
    (make("laplace", 0, 1e-9), make("laplace", 1e9, 1e9)),
    (make("poisson", 1e-6), make("poisson", 1e4)),
    (make("binomial", 10_000, 1e-300), make("binomial", 10_000, 1 - 1e-16)),
    (make("binomial", 5, 0), make("binomial", 5, 1)),
    (make("bernoulli", 0), make("bernoulli", 5e-324)),
    (make("geometric", 0.001), make("geometric", 1)),
    (pmf([5e-324]), pmf([1e308])),
    (pmf([1e308] * 64), pmf([5e-324] * 64)),
    (pmf([1, 1], [-1e300, 1e300]), pmf([1, 1], [0, 5e-324])),
    (mixture([1, 1e-300], [N01, make("cauchy", 1e9, 1e-9)]), make("laplace", 0, 1)),
    (mixture([1e308, 1e308], [N01, make("beta", 0.01, 3)]), make("cauchy", 0, 1)),
    (drawn(-1e9, 1e9, [4095, 1]), drawn(0, 1e-3, [1, 4095])),
]


@pytest.mark.parametrize(("p", "q"), EDGES, ids=str)
def test_nothing_at_the_edges_warns_or_is_undefined(p: Dist, q: Dist) -> None:
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        before = np.geterr()
        for a, b in ((p, q), (q, p)):
            found = evaluate(a, b)
            for key, number in found.items():
                why = reason(Pair(a, b), key)
                assert number is None or not math.isnan(number), key
                assert (why is None) == (number is not None and math.isfinite(number)), key
                assert number is None or number >= 0 or key.startswith(("entropy", "cross")), key
        assert np.geterr() == before


# What is made of the sum of the terms; the others are the sum itself.
MADE = {
    "js_distance": math.sqrt,
    "hellinger": math.sqrt,
    "bhattacharyya_distance": lambda total: -math.log(total),
    "perplexity": math.exp,
    "mse": lambda total: total / 4,
    "renyi_entropy": lambda total: -math.log(total),
    "renyi": math.log,
    "tsallis_entropy": lambda total: 1 - total,
    "tsallis": lambda total: total - 1,
    "alpha_divergence": lambda total: (total - 1) / -0.25,
}


@each("key", [k for k, m in MEASURES.items() if m.term is not None])
def test_a_value_is_made_of_the_sum_of_its_terms(key: str) -> None:
    one = MEASURES[key]
    pair = Pair(pmf([0.1, 0.2, 0.3, 0.4]), pmf([4, 1, 2, 2]))
    given = one.checked({}, defaults=one.required)
    total = float(one.term(pair.ground, **given).sum())
    if one.term is transport.gap_term:  # its running sum is the gap of the CDFs
        assert total == pytest.approx(0, abs=1e-15)
    else:
        made = MADE.get(key, lambda total: total)(total)
        assert made == pytest.approx(value(pair, key), rel=1e-12)


@each("key", [k for k, m in MEASURES.items() if m.term is not None])
def test_a_term_is_defined_wherever_it_is_plotted(key: str) -> None:
    x = np.linspace(-1, 3, 41)
    one = MEASURES[key]
    for p, q in [
        (make("gamma", 0.5, 1), make("beta", 0.5, 0.5)),
        (drawn(-1, 1, [1, 0, 2]), N01),
        (N01, make("cauchy", 0, 1)),
    ]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            term = one.term(Pair(p, q).on(x), **one.checked({}, defaults=True))
        assert not np.isnan(term).any()


def test_reasons_stand_beside_infinite_values_only() -> None:
    pair = Pair(pmf([1, 2, 2]), pmf([1, 1, 0]))
    assert str(reason(pair, "kl_pq")) == "Q gives 0 to outcome 2, where P has 0.4."
    assert reason(pair, "kl_qp") is None and reason(pair, "w1") is None
    assert value(pair, "kl_pq") == INF


def test_values_of_a_pair_are_those_of_evaluate() -> None:
    q = make("normal", 1, 2)
    assert values(Pair(N01, q), "bits") == evaluate(N01, q, "bits")
    for key, number in evaluate(N01, q, "bits").items():
        assert value(Pair(N01, q), key, "bits") == number
