"""Every measure of every pair has a sentence, and names its value or says why there is none."""

import math
import re

import numpy as np
import pytest
from cases import each
from claims import EN, NEARBY, NUMBER, PAIRS, ZH, read
from pairs import pair_of

from divviz.families import pmf
from divviz.measures import FIRST, MEASURES, UNITS
from divviz.measures import value as measured
from divviz.pair import Pair
from divviz.web import text, words

ORDERS = {
    "alpha": (0.0, 0.7, 2.0, math.inf),
    "p": (1.0, 2.0, math.inf),
    "sigma": (0.3,),
    "weight": (0.5, 0.2),
}
UNTIDY = re.compile(r"\{|\}|nan|inf\b|None|  | [，。；：]|[一-鿿] [一-鿿]|\.\.|。。")


def orders(key: str) -> list[dict[str, float]]:
    """Parameters to try a measure with."""
    params = MEASURES[key].params
    if not params:
        return [{}]
    return [{params[0].name: x} for x in ORDERS[params[0].name] if params[0].accepts(x)]


# ---- any pair ----


@each("lang", text.LANGUAGES)
@each(("p", "q"), [*PAIRS, *NEARBY])
def test_every_measure_of_every_pair_has_one_tidy_sentence(p: str, q: str, lang: str) -> None:
    pair = pair_of(p, q)
    for key, one in MEASURES.items():
        for unit in UNITS if key in FIRST else ("bits",):
            for order in orders(key):
                said = words.sentence(pair, key, unit, text.of(lang), **order)
                assert said.startswith(one.symbol) and said[-1] in ".。"
                assert not UNTIDY.search(said), said


@each(("p", "q"), [*PAIRS, *NEARBY])
def test_the_value_in_a_sentence_is_the_value(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key in MEASURES:
        for unit in UNITS if key in FIRST else ("bits",):
            for order in orders(key):
                said = words.sentence(pair, key, unit, EN, **order)
                value = measured(pair, key, unit, **order)
                assert is_said(value, key, pair, order, said), said


def is_said(value: float | None, key: str, pair: Pair, given: dict[str, float], said: str) -> bool:
    """Whether a sentence names the value, or says why there is none."""
    if value is None:
        return " is not defined here: " in said
    if value == -math.inf:
        return " is −∞: " in said
    if math.isinf(value):
        found = words.why(pair, key, **given)
        assert found is not None
        return (" is finite, but larger" if found.code == "huge" else " is infinite: ") in said
    if "too small for a number" in said:
        return value == 0 and not pair.disjoint
    # A whole number that is known exactly is said without decimals.
    return (
        words.number(value) in said
        or (value in (1, 2) and f"maximum, {value:.0f}:" in said)
        or (value == 1 and re.search(r" is 1(:| as far)", said) is not None)
    )


def test_the_same_distribution_in_two_spellings_is_the_same() -> None:
    pair = pair_of("pmf(1,1)", "pmf(2,2)")
    for key, one in MEASURES.items():
        if "zero_iff_equal" in one.laws:
            for order in orders(key):
                said = words.sentence(pair, key, "nats", EN, **order)
                assert "is 0: P and Q are the same distribution" in said
    for key in ("bhattacharyya_coefficient",):
        assert "is 1: P and Q are the same distribution" in words.sentence(pair, key, "nats", EN)


# ---- orders ----


@each("key", ["renyi", "tsallis", "renyi_entropy", "tsallis_entropy"])
@each(("p", "q"), [("pmf(1,2,3,4)", "pmf(4,3,2,1)"), ("normal(0,1)", "normal(1,2)")])
@each("alpha", [0.3, 0.7, 1.5, 3.0])
def test_a_measure_lies_between_its_neighbours_with_a_name(
    p: str, q: str, key: str, alpha: float
) -> None:
    said = words.sentence(pair_of(p, q), key, "nats", EN, alpha=alpha)
    found = re.search(rf" is {NUMBER}(?: nats)?, (?:between|at least|at most) (.+): it never", said)
    assert found, said
    value = read(found[1])
    ends = [read(end) for end in re.findall(rf" = {NUMBER} \(α", found[2])]
    if " between " in said:
        assert min(ends) <= value <= max(ends)
    else:
        assert value >= ends[0] if " at least " in said else value <= ends[0]
    falling = key.endswith("entropy")
    assert ("never rises" in said) == falling and (ends == sorted(ends, reverse=falling))


def test_an_order_with_a_name_is_said_to_be_that_measure() -> None:
    p, q = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.4, 0.3, 0.2, 0.1])
    bc, chi2 = float(np.sqrt(p * q).sum()), float(((p - q) ** 2 / q).sum())
    swapped = float(((p - q) ** 2 / p).sum())
    kl = float((p * np.log(p / q)).sum())
    expected = {
        ("renyi", 0.5): ("−2 log BC", -2 * math.log(bc)),
        ("renyi", 1.0): ("KL(P‖Q)", kl),
        ("renyi", 2.0): ("log(1 + χ²)", math.log1p(chi2)),
        ("renyi", math.inf): ("log max p/q", math.log(4)),
        ("tsallis", 0.5): ("2 Hel²", 2 - 2 * bc),
        ("tsallis", 1.0): ("KL(P‖Q) in nats", kl),
        ("tsallis", 2.0): ("χ²(P‖Q)", chi2),
        ("alpha_divergence", -1.0): ("χ²(Q‖P) / 2", swapped / 2),
        ("alpha_divergence", 0.0): ("KL(Q‖P) in nats", float((q * np.log(q / p)).sum())),
        ("alpha_divergence", 0.5): ("4 Hel²", 4 - 4 * bc),
        ("alpha_divergence", 2.0): ("χ²(P‖Q) / 2", chi2 / 2),
        ("renyi_entropy", 0.0): ("log #(p > 0)", math.log(4)),
        ("renyi_entropy", 2.0): ("−log Σ p²", -math.log((p**2).sum())),
        ("renyi_entropy", math.inf): ("−log max p", -math.log(0.4)),
        ("tsallis_entropy", 0.0): ("#(p > 0) − 1", 3.0),
        ("tsallis_entropy", 2.0): ("1 − Σ p²", 1 - float((p**2).sum())),
    }
    pair = Pair(pmf(p.tolist()), pmf(q.tolist()))
    for (key, alpha), (name, value) in expected.items():
        said = words.sentence(pair, key, "nats", EN, alpha=alpha)
        assert said.endswith(f": at this order it is {name}."), said
        assert (
            f"α = {str(alpha).removesuffix('.0').replace('-', '−').replace('inf', '∞')} is" in said
        )
        assert f" is {words.number(value)}" in said
    dense = words.sentence(pair_of("normal(0,1)", "normal(1,1)"), "renyi_entropy", "nats", EN)
    assert dense.endswith("it is −log ∫ p² dx.")


def test_order_0_is_0_without_the_pair_being_the_same() -> None:
    said = words.sentence(pair_of("normal(0,1)", "normal(1,1)"), "renyi", "nats", EN, alpha=0.0)
    assert "whether Q has mass where P has none, and it has not" in said
    said = words.sentence(pair_of("pmf(1,1,0)", "pmf(1,1,2)"), "renyi", "bits", EN, alpha=0.0)
    assert said == "Dα(P‖Q) at α = 0 is 1.000 bits: at this order it is −log Q(p > 0)."


# ---- no number, and a number too large ----


def test_what_is_minus_infinite_huge_or_undefined_is_said_so() -> None:
    peak = words.sentence(
        pair_of("beta(0.5,0.5)", "beta(2,2)"), "renyi_entropy", "nats", EN, alpha=math.inf
    )
    assert peak == "Hα(P) at α = ∞ is −∞: the density of P has no upper bound."
    far = pair_of("normal(0,1)", "normal(40,1)")
    assert words.sentence(far, "chi2_pearson", "nats", EN).startswith(
        "χ²(P‖Q) is finite, but larger"
    )
    mixed = pair_of("normal(2,1)", "samples(1,2,2)")
    said = words.sentence(mixed, "kl_pq", "nats", EN)
    assert said == (
        "KL(P‖Q) is not defined here: Q lists outcomes and P is a density: they have no common "
        "density. Compare W, KS or the energy distance, or make a histogram of Q."
    )
    assert words.sentence(mixed, "entropy_q", "nats", EN).startswith(
        "H(Q) is 0.6365 nats: as uncertain"
    )
    assert words.sentence(mixed, "entropy_p", "nats", EN).startswith(
        "H(P) is 1.419 nats: as spread"
    )


def test_a_measure_without_a_sentence_of_its_own_gets_one_from_its_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words, "SENTENCES", {})
    pair = pair_of("normal(0,1)", "normal(2,1)")
    for key in MEASURES:
        for t in (EN, ZH):
            said = words.sentence(pair, key, "nats", t)
            assert t(f"measure.{key}.says") in said or "infinite" in said or "无穷大" in said
