"""The language of targets, against closed forms and against Python's own arithmetic."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from divviz import target
from divviz.dist import SceneError
from divviz.grammar import parse
from divviz.pair import Pair
from divviz.quantities import Now
from divviz.target import Found


def at(text: str, p: str, q: str, unit: str = "nats", **knobs: object) -> Found:
    words = {name: () if isinstance(value, float | int) else WORDS for name, value in knobs.items()}
    return target.read(text, words).at(Now(Pair(parse(p), parse(q)), unit, knobs))


WORDS = ("uniforms", "normals")
# KL is d^2/2 = 2, W1 is d = 2, Renyi's is alpha d^2/2; JS is below log 2; q.sigma is 1.
SHIFTED = ("normal(0,1)", "normal(2,1)")
# Q lacks an outcome of P: KL(P||Q) is infinite, KL(Q||P) is log 2, TV is 1/2.
LACKING = ("pmf(1,1)", "pmf(1,0)")
# No density of an atom: KL is undefined, W1 is |x - y| on average.
MIXED = ("samples(0)", "uniform(0,1)")
MIXTURE, CAUCHY = "mixture(0.25*normal(0,1)+0.75*normal(4,1))", "cauchy(0,1)"


@pytest.mark.parametrize(
    ("text", "pair", "reached"),
    [
        ("kl_pq between 1.9 and 2.1", SHIFTED, True),
        ("kl_pq between 2.1 and 1.9", SHIFTED, False),
        ("w1 between 2-1e-9 and 2+1e-9 and js < log(2)", SHIFTED, True),
        ("js > 0.9*log(2) or kl_pq < 1", SHIFTED, False),
        ("js > 0.9*log(2) or not kl_pq < 1 and w1 > 1", SHIFTED, True),
        ("not (js > 0.9*log(2) or kl_pq < 1)", SHIFTED, True),
        ("NOT KL_PQ < 1 AND Not w1 < 1", SHIFTED, True),
        ("abs(renyi(0.5) - 1) < 1e-9 and abs(renyi(alpha=3) - 6) < 1e-9", SHIFTED, True),
        ("q.mu == 2 and q.sigma = 1 and p.mu != 2", SHIFTED, True),
        ("q.family == normal and p.family != laplace", SHIFTED, True),
        ("q.family == laplace", SHIFTED, False),
        ("p.mean == 0 and q.mean == 2 and q.sd == 1", SHIFTED, True),
        ("1.9 < kl_pq < 2.1", SHIFTED, True),
        ("1.9 < kl_pq < 2.1 < w1", SHIFTED, False),
        ("(kl_pq) ≥ 1.99 and kl_pq ≤ 2.01 and kl_pq ≠ 3", SHIFTED, True),
        ("min(kl_pq, w1, 7) > 1.9 and max(js, 1) == 1", SHIFTED, True),
        ("q.1.weight > 0", SHIFTED, False),  # no mixture
        ("kl_pq == inf", LACKING, True),
        ("kl_pq > 1e300 and kl_pq >= ∞", LACKING, True),
        ("kl_pq < inf", LACKING, False),
        ("kl_qp < inf and abs(kl_qp - log(2)) < 1e-12 and tv == 0.5", LACKING, True),
        ("kl_pq - kl_pq == 0", LACKING, False),
        ("kl_pq - kl_pq != 0", LACKING, False),
        ("not kl_pq - kl_pq == 0", LACKING, True),
        ("kl_pq > 0 or kl_pq <= 0 or kl_pq != 1", MIXED, False),
        ("abs(w1 - 0.5) < 1e-9", MIXED, True),
        ("p.1.weight == 0.25 and p.2.mu == 4", (MIXTURE, MIXTURE), True),
        ("p.mean == p.mean", (CAUCHY, CAUCHY), False),  # it has none
        ("q.gamma == 1 and q.mu == 0", (CAUCHY, CAUCHY), False),
    ],
)  # fmt: skip
def test_a_target_is_reached_where_its_words_are_true(
    text: str, pair: tuple[str, str], reached: bool
) -> None:
    assert at(text, *pair).reached is reached


def test_numbers_are_in_the_unit_that_is_asked_for() -> None:
    assert at("entropy_p == 1 and kl_qp == 1", *LACKING, unit="bits").reached
    assert not at("entropy_p == 1", *LACKING, unit="nats").reached


def test_a_lessons_own_controls_are_known_by_name() -> None:
    knobs = {"distance": 1.5, "kind": "normals"}
    assert at("distance >= 1.5 and kind == normals", *SHIFTED, **knobs).reached
    assert not at("kind == uniforms", *SHIFTED, **knobs).reached
    with pytest.raises(SceneError, match="uniforms, normals"):
        at("kind == points", *SHIFTED, **knobs)


def test_each_comparison_says_what_it_comes_to() -> None:
    found = at("kl_pq == inf and (tv < 0.1 or 2 > renyi(0.5))", *LACKING)
    assert [(part.text, part.holds) for part in found.parts] == [
        ("KL(P‖Q) = ∞", True),
        ("TV(P,Q) < 0.1", False),
        ("2 > Dα(P‖Q; 0.5)", True),
    ]
    assert found.parts[1].names == (("tv", "TV(P,Q)", 0.5),)
    key, symbol, value = found.parts[2].names[0]
    assert (key, symbol) == ("renyi(0.5)", "Dα(P‖Q; 0.5)")
    assert value == pytest.approx(math.log(2))  # -2 log of the sum of root(p q)
    (part,) = at("p.family == pmf", *LACKING).parts
    assert part.names == (("p.family", "p.family", "pmf"),)


def test_a_target_of_numbers_that_stand_on_the_page_is_quick() -> None:
    assert target.read("kl_pq < 1 and q.sigma > 1 or js > 0").quick
    assert not target.read("kl_pq < 1 and tv > 0.5").quick
    assert not target.read("renyi(2) < 1").quick


# ---- arithmetic ----------------------------------------------------------------------------------

NUMBERS = st.sampled_from(["0.0", "1.0", "2.0", "0.5", "3.25", "7.0", "-1.0", "-2.5", "pi"])
SIGNS = st.sampled_from(["+", "-", "*", "/"])
COMPARED = ("<=", ">=", "==", "<", ">")


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, SIGNS, inner).map(" ".join),
        st.tuples(inner, inner).map(lambda ab: f"({ab[0]}) - ({ab[1]})"),
        inner.map(lambda a: f"-({a})"),
        inner.map(lambda a: f"({a})^2"),
        inner.map(lambda a: f"abs({a})"),
        st.tuples(inner, inner).map(lambda ab: f"min({ab[0]}, {ab[1]})"),
    )


SUMS = st.recursive(NUMBERS, joined, max_leaves=8)


@settings(max_examples=40)
@given(SUMS, st.sampled_from(COMPARED), SUMS)
def test_arithmetic_is_pythons(left: str, sign: str, right: str) -> None:
    try:
        a, b = (eval(one.replace("^", "**"), {"pi": math.pi}) for one in (left, right))
    except (ZeroDivisionError, OverflowError):
        return
    assume(math.isfinite(a) and math.isfinite(b))
    expected = {"<=": a <= b, ">=": a >= b, "==": a == b, "<": a < b, ">": a > b}
    assert at(f"{left} {sign} {right}", *SHIFTED).reached is expected[sign]


JOINED = st.recursive(
    st.sampled_from(["1 < 2", "2 < 1"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
        inner.map(lambda a: f"not ({a})"),
        inner.map(lambda a: f"({a})"),
    ),
    max_leaves=12,
)


@settings(max_examples=40)
@given(JOINED)
def test_and_or_not_bind_as_in_python(text: str) -> None:
    assert at(text, *SHIFTED).reached is eval(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2^3^2", 512.0),
        ("-2^2", -4.0),
        ("2^-1", 0.5),
        ("8/4/2", 1.0),
        ("8-4-2", 2.0),
        ("2*3+4*5", 26.0),
        ("log(exp(3))", 3.0),
        ("sqrt(16) + abs(-1)", 5.0),
        ("max(1,2,3) - min(4,5,6)", -1.0),
        (".5e1", 5.0),
        ("log(0)", -math.inf),
        ("exp(1000)", math.inf),
        ("1e300*1e300", math.inf),
        ("(-2)^1025", -math.inf),
    ],
)
def test_numbers_are_made_as_in_mathematics(text: str, number: float) -> None:
    spelled = "inf" if math.isinf(number) else repr(abs(number))
    sign = "-" if number < 0 else ""
    assert at(f"{text} == {sign}{spelled}", *SHIFTED).reached


@pytest.mark.parametrize(
    "text",
    [
        *("1/0", "0/0", "inf-inf", "0*inf", "log(-1)", "sqrt(-1)", "(-1)^0.5", "0^-1", "1^(0/0)"),
        *("min(1, 0/0)", "max(0/0, 1)", "abs(0/0)", "exp(0/0)", "(0/0)^0"),
    ],
)
def test_what_is_no_number_makes_no_comparison_hold(text: str) -> None:
    signs = ("<", "<=", ">", ">=", "==", "!=")
    assert not any(at(f"{text} {sign} 1", *SHIFTED).reached for sign in signs)
    assert not at(f"{text} between -inf and inf", *SHIFTED).reached


# ---- what is wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("", "target_empty", "empty"),
        ("  \n ", "target_empty", "empty"),
        (None, "target_empty", "empty"),
        ("kl_pq", "target_truth", "KL(P‖Q)"),
        ("js < 1 and w1", "target_truth", "W₁(P,Q)"),
        ("not 3", "target_truth", "3"),
        ("kl_pq 1", "text_expected", "between"),
        ("kl_pq between 1 or 2", "text_expected", "and"),
        ("kl_pq > 1 js < 1", "text_expected", "and / or"),
        ("(kl_pq > 1", "text_ends", ")"),
        ("log 2 > 1", "text_expected", "("),
        ("log(1, 2) > 1", "text_expected", ")"),
        ("min(1) > 1", "text_expected", ","),
        ("renyi(0.5 > 1", "text_ends", ")"),
        ("kl_pq >", "target_ends", "kl_pq >"),
        ("kl_pq > and 1", "target_operand", "character 9"),
        ("> 1", "target_operand", "character 1"),
        ("kl_pq > 1 and", "target_ends", "1 and"),
        ("kl_pk > 1", "target_close", "kl_p"),
        ("1 + q.sigmma > 1", "target_close", "character 5"),
        ("zzzzz.qqq > 1", "target_name", "zzzzz.qqq"),
        ("__import__('os') > 1", "target_name", "__import__"),
        ("(kl_pq > 1) + 2 > 3", "target_number", "(kl_pq > 1)"),
        ("q.family > 1", "target_word", "normal"),
        ("q.family == norm", "target_word", "normal"),
        ("q.family + 1 > 2", "target_word", "normal"),
        ("q.family", "target_word", "normal"),
        ("renyi(-1) > 0", "param", "alpha"),
        ("js(2) > 0", "param", "weight"),
        ("tv(2) > 0", "show_plain", "tv"),
        ("1e999 > js", "text_finite", "1e999"),
        ("js < 1" + " and js < 1" * 40, "target_many", "32"),
        ("(" * 30 + "1" + ")" * 30 + " < js", "target_deep", "24"),
        ("not " * 30 + "1 < js", "target_deep", "24"),
        ("-" * 30 + "1 < js", "target_deep", "24"),
        ("2^" * 30 + "1 < js", "target_deep", "24"),
        ("log(" * 30 + "1" + ")" * 30 + " < js", "target_deep", "24"),
        ("1+" * 600 + "1 < js", "target_long", "1000"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_is_expected(
    text: object, code: str, told: str
) -> None:
    with pytest.raises(SceneError) as caught:
        target.read(text)
    assert caught.value.code == code
    assert told in str(caught.value) and str(caught.value).endswith(".")


def test_a_long_sum_is_not_deep() -> None:
    assert at("1+" * 480 + "1 == 481", *SHIFTED).reached


PIECES = st.sampled_from(
    [
        *("kl_pq", "js", "q.sigma", "q.family", "normal", "renyi", "log", "min", "and", "or"),
        *("not", "between", "(", ")", ",", "<", ">=", "==", "+", "-", "*", "/", "^", "1", "inf"),
    ]
)


@settings(max_examples=60)
@given(st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=14).map(" ".join)))
def test_any_text_is_a_target_or_an_error(text: str) -> None:
    try:
        found = target.read(text).at(Now(Pair(parse("pmf(1,1)"), parse("pmf(1,3)")), "nats"))
    except SceneError as error:
        assert str(error)
    else:
        assert found.parts and isinstance(found.reached, bool)
