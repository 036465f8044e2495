"""Every sentence is true: the claims are read back from the text and computed another way."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import wasserstein_distance

from divviz.errors import SceneError
from divviz.families import drawn, make, pmf
from divviz.gestures import Notice
from divviz.measures import MEASURES, UNITS, values
from divviz.pair import Pair
from divviz.presets import PRESETS
from divviz.scene import parse
from divviz.web import text, words

EN, ZH = text.of("en"), text.of("zh")
PAIRS = [
    *((preset.p, preset.q) for preset in PRESETS.values()),
    ("normal(0,1)", "normal(2,1)"),
    ("normal(0,0.05)", "normal(0.05,0.1)"),
    ("normal(0,1)", "normal(40,1)"),
    ("normal(1000000,0.5)", "normal(1000001,1)"),
    ("laplace(0,1)", "normal(0.5,2)"),
    ("uniform(-1,1)", "normal(0,1)"),
    ("uniform(0,1)", "uniform(0,1.5)"),
    ("beta(0.5,0.5)", "beta(2,3)"),
    ("cauchy(0,1)", "cauchy(2,1)"),
    ("cauchy(0,1)", "cauchy(0,2)"),
    ("exponential(1)", "gamma(2,1)"),
    ("student_t(5,0,1)", "cauchy(0,1)"),
    ("poisson(12)", "poisson(9)"),
    ("binomial(20,0.3)", "discrete_uniform(0,20)"),
    ("one_hot(2,5)", "pmf(1,2,3,4,5)"),
    ("pmf(cat:1,dog:3)", "pmf(dog:1,cat:1,newt:2)"),
    ("pmf(-1.5:1,0:1,7:2)", "pmf(-1.5:2,0:1,7:1)"),
    ("pmf(1,1)", "pmf(2,2)"),
]

UNTIDY = re.compile(r"\{|\}|nan|inf\b|None|  | [，。；：]|[一-鿿] [一-鿿]|\.\.|。。")


def pair_of(p: str, q: str) -> Pair:
    return Pair(parse(p), parse(q))


def read(spelled: str) -> float:
    """The number that a visitor reads."""
    plain = spelled.replace("−", "-").replace("∞", "inf")
    found = re.fullmatch(r"(-?[\d.]+|-?inf)(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", plain)
    assert found, spelled
    power = (found[2] or "0").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(found[1]) * 10.0 ** int(power)


NUMBER = r"(−?(?:[\d.]*\d(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|∞))"
SHARE = r"(all|more than 99 %|less than 1 %|\d+ %)"


def holds(share: str, true: float) -> bool:
    """Whether a spelled share of 1 is what the true one may be called."""
    named = {"all": (1 - 1e-6, 1 + 1e-9), "more than 99 %": (0.99, 1), "less than 1 %": (0, 0.01)}
    percent = int(share[:-2]) / 100 if share not in named else 0.0
    low, high = named.get(share, (percent - 0.0051, percent + 0.0051))
    return low - 1e-9 <= true <= high + 1e-9


# ---- numbers ----


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (1.3, "1.300"),
        (0.99999, "1.000"),
        (-0.5, "−0.5000"),
        (12.3456, "12.35"),
        (123456.7, "123457"),
        (999999.9, "1.000×10⁶"),
        (1234567.0, "1.235×10⁶"),
        (0.00012345, "0.0001234"),
        (1.23e-20, "1.2×10⁻²⁰"),
        (-4e-5, "−4.0×10⁻⁵"),
        (5e-324, "4.9×10⁻³²⁴"),
        (1.7e308, "1.700×10³⁰⁸"),
        (math.nan, "–"),
    ],
)
def test_a_number_is_spelled_for_reading(value: float, spelled: str) -> None:
    assert words.number(value) == spelled


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300))
def test_a_spelled_number_reads_back_as_itself(value: float) -> None:
    spelled = words.number(value)
    assert "-" not in spelled and not re.match(r"−0(\.0*)?$", spelled)
    assert read(spelled) == pytest.approx(value, rel=0.05 if abs(value) < 1e-4 else 5.1e-4)


def test_a_place_has_no_idle_zeros() -> None:
    assert [words.short(v) for v in (-3.0, 0.25, 100.0, 1e-9)] == ["−3", "0.25", "100", "1.0×10⁻⁹"]


@pytest.mark.parametrize(
    ("share", "said"),
    [(1.0, "all"), (0.9999, "more than 99 %"), (0.8, "80 %"), (0.001, "less than 1 %")],
)
def test_only_the_whole_is_all(share: float, said: str) -> None:
    assert words.percent(share, EN) == said


# ---- reasons, errors and notices ----


def test_a_reason_names_the_outcome_or_the_interval_or_the_tail() -> None:
    said = {
        ("pmf(0.5,0.3,0.2)", "pmf(1,1,0)"): "Q gives 0 to outcome 2, where P has 0.2",
        ("pmf(cat:1,dog:3)", "pmf(cat:1,dog:0)"): "Q gives 0 to outcome dog, where P has 0.75",
        ("uniform(-3,1)", "uniform(-1,3)"): "Q gives 0 to [−3, −1], where P has 0.5",
        ("normal(0,1)", "exponential(1)"): "Q gives 0 to (−∞, 0], where P has 0.5",
        ("cauchy(0,1)", "normal(0,1)"): "P's tail is too heavy for Q",
    }
    for (p, q), expected in said.items():
        pair = pair_of(p, q)
        assert words.reason(words.why(pair, "kl_pq"), EN) == expected
        assert words.sentence(pair, "kl_pq", "nats", EN) == f"KL(P‖Q) is infinite: {expected}."
    assert words.reason(None, EN) == ""


def test_a_reason_in_chinese_has_one_full_stop_and_no_space_before_it() -> None:
    said = words.sentence(pair_of("cauchy(0,1)", "normal(0,1)"), "kl_pq", "nats", ZH)
    assert said == "KL(P‖Q) 为无穷大：相对于 Q，P 的尾部太重。"


def test_an_error_is_said_in_the_readers_language_with_its_part() -> None:
    problem = SceneError("kinds", p="discrete", q="continuous", part="q")
    assert words.error(problem, EN).startswith("In the link, Q: P is discrete and Q is continuous")
    assert words.error(problem, ZH).startswith("链接中的 Q：P 是离散的，Q 是连续的")


def test_what_a_visitor_sent_is_cut_short_and_never_read_as_a_template() -> None:
    problem = SceneError("act_text", value="{0.__class__}" + "x" * 10**5)
    for t in (EN, ZH):
        assert "{0.__class__}" in words.error(problem, t) and len(words.error(problem, t)) < 120


def test_a_notice_is_said_in_the_readers_language() -> None:
    notice = Notice("cut", {"side": "P", "share": "3"})
    assert words.notice(notice, EN) == str(notice)
    assert words.notice(notice, ZH) == "P 失去了 3 % 的质量：它落在所示范围之外。"


# ---- sentences: any pair ----


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_every_measure_of_every_pair_has_one_tidy_sentence(p: str, q: str, lang: str) -> None:
    pair = pair_of(p, q)
    for key in MEASURES:
        for unit in UNITS:
            said = words.sentence(pair, key, unit, text.of(lang))
            assert said.startswith(MEASURES[key].symbol) and said[-1] in ".。"
            assert not UNTIDY.search(said), said


@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_the_value_in_a_sentence_is_the_value(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for unit in UNITS:
        for key, value in values(pair, unit).items():
            said = words.sentence(pair, key, unit, EN)
            if math.isinf(value):
                assert " is infinite" in said
            else:
                assert words.number(value) in said


# ---- sentences: KL ----


def kl_claims(said: str) -> dict[str, str]:
    """What a sentence about a finite KL claims, by name."""
    plain = re.search(rf"; {SHARE} of it comes from (.+)\.$", said)
    if plain:
        return {"share": plain[1], "where": plain[2]}
    signed = re.search(
        rf"terms add {NUMBER}, {SHARE} of that from (.+); where [PQ] is larger they take back "
        rf"{NUMBER}\.$",
        said,
    )
    assert signed, said
    return dict(zip(("gain", "share", "where", "loss"), signed.groups(), strict=True))


def check_discrete(pair: Pair, key: str, unit: str) -> None:
    said = words.sentence(pair, key, unit, EN)
    value = values(pair, unit)[key]
    if math.isinf(value):
        return
    p, q = (pair.p, pair.q) if key == "kl_pq" else (pair.q, pair.p)
    parts = np.array(
        [a * math.log(a / b) * UNITS[unit] if a else 0.0 for a, b in zip(p, q, strict=True)]
    )
    gain, loss = parts[parts > 0].sum(), -parts[parts < 0].sum()
    if value == 0:
        assert "0: P and Q are the same" in said or "hardly differ" in said
        return
    if "almost all of that is taken back" in said:
        assert loss > 0.99 * gain
        return
    claims = kl_claims(said)
    if "gain" in claims:
        assert read(claims["gain"]) == pytest.approx(gain, rel=6e-4, abs=1e-9)
        assert read(claims["loss"]) == pytest.approx(loss, rel=6e-4 if loss > 1e-4 else 0.06)
    else:
        assert loss <= 1e-3 * value
    names = list(pair.labels or (f"{x:.12g}".replace("-", "−") for x in pair.x))
    where, _, bare = claims["where"].partition(", where ")
    together = re.fullmatch(r"(\d+) outcomes together", where)
    if together:
        top = np.sort(parts)[::-1][: int(together[1])].sum() / gain
        assert holds(claims["share"], top)
        return
    ends = re.fullmatch(r"outcomes (\S+) to (\S+)", where)
    if ends:
        chosen = list(range(names.index(ends[1]), names.index(ends[2]) + 1))
    else:
        listed = re.sub(r"^outcomes? ", "", where)
        chosen = [names.index(name) for name in re.split(r", | and ", listed)]
    assert holds(claims["share"], parts[chosen].sum() / gain), said
    if bare:
        assert all(q[i] <= 0.01 and q[i] <= p[i] / 20 for i in chosen)


@pytest.mark.parametrize("key", ["kl_pq", "kl_qp"])
@pytest.mark.parametrize(("p", "q"), [pair for pair in PAIRS if pair_of(*pair).discrete])
def test_kl_of_outcomes_comes_from_where_the_sentence_says(p: str, q: str, key: str) -> None:
    check_discrete(pair_of(p, q), key, "bits")


weights = st.lists(st.sampled_from([0, 1, 2, 3, 5, 50, 1000, 1e-4]), min_size=9, max_size=9).filter(
    any
)


@settings(max_examples=300, deadline=None)
@given(weights, weights)
def test_kl_of_any_outcomes_comes_from_where_the_sentence_says(
    p: list[float], q: list[float]
) -> None:
    pair = Pair(pmf(p), pmf(q))
    check_discrete(pair, "kl_pq", "nats")
    check_discrete(pair, "kl_qp", "nats")


def stretches(where: str) -> list[tuple[float, float]]:
    """The intervals that "x below 1 and x between 2 and 3" names."""
    found = re.findall(rf"x (?:below {NUMBER}|above {NUMBER}|between {NUMBER} and {NUMBER})", where)
    assert found or where == "all of x", where
    return [
        (
            read(above or low) if above or low else -math.inf,
            read(below or high) if below or high else math.inf,
        )
        for below, above, low, high in found
    ]


SMOOTH = [
    ("normal(0,1)", "normal(2,1)"),
    ("normal(0,0.05)", "normal(0.05,0.1)"),
    ("normal(0,2)", "normal(0,1)"),
    ("normal(1000000,0.5)", "normal(1000001,1)"),
    ("laplace(0,1)", "normal(0.5,2)"),
    ("uniform(-1,1)", "normal(0,1)"),
    ("uniform(0,1)", "uniform(0,1.5)"),
    ("beta(2,2)", "beta(2,3)"),
    ("cauchy(0,1)", "cauchy(2,1)"),
    ("exponential(1)", "gamma(2,1)"),
    ("mixture(0.5*normal(-2,0.7)+0.5*normal(2,0.7))", "normal(1.5,1)"),
    ("normal(1.5,1)", "mixture(0.5*normal(-2,0.7)+0.5*normal(2,0.7))"),
]


@pytest.mark.parametrize(("p", "q"), SMOOTH)
def test_kl_of_densities_comes_from_where_the_sentence_says(p: str, q: str) -> None:
    pair = pair_of(p, q)
    claims = kl_claims(words.sentence(pair, "kl_pq", "nats", EN))

    def gain(x: float) -> float:
        a, b = float(pair.P.log_density(x)), float(pair.Q.log_density(x))
        return math.exp(a) * (a - b) if a > b else 0.0

    centre = float(pair.P.quantile(0.5))
    reach = float(pair.P.quantile(0.75)) - centre
    span = (centre - 4000 * reach, centre + 4000 * reach) if "cauchy" in p else (
        centre - 30 * reach, centre + 30 * reach
    )  # fmt: skip

    def area(low: float, high: float) -> float:
        low, high = max(low, span[0]), min(high, span[1])
        marks = np.unique(np.concatenate([[low, high], np.linspace(*span, 400)]))
        marks = marks[(marks >= low) & (marks <= high)]
        return sum(quad(gain, a, b, limit=40)[0] for a, b in pairwise(marks))

    whole = area(*span)
    named = sum(area(low, high) for low, high in stretches(claims["where"]))
    # The ends are rounded to three digits.
    share = claims["share"]
    assert holds(share, named / whole) or (share == "all" and named / whole > 0.9999)
    if "gain" in claims:
        assert read(claims["gain"]) == pytest.approx(whole, rel=2e-3)
        kl = values(pair)["kl_pq"]
        assert read(claims["gain"]) - read(claims["loss"]) == pytest.approx(kl, rel=2e-3)


def test_many_stretches_are_counted_and_not_listed() -> None:
    comb = drawn(0, 64, [1000 if i % 2 else 100 for i in range(64)])
    said = words.sentence(Pair(comb, make("uniform", 0, 64)), "kl_pq", "nats", EN)
    assert re.search(r"from \d+ separate stretches of x", said), said


def test_almost_equal_pairs_are_not_said_to_gain_from_anywhere() -> None:
    said = words.sentence(pair_of("normal(0,1)", "normal(0.0001,1)"), "kl_pq", "nats", EN)
    assert "is only 5.0×10⁻⁹ nats" in said and "almost all of that is taken back" in said


# ---- sentences: the other measures ----


@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_entropy_is_that_of_as_many_outcomes_or_of_that_width(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key in ("entropy_p", "entropy_q"):
        nats, said = values(pair)[key], words.sentence(pair, key, "bits", EN)
        found = re.search(rf"(?:fair choice among|width of(?: only)?) {NUMBER}[ .]", said)
        if pair.discrete and nats == 0:
            mass = pair.p if key == "entropy_p" else pair.q
            assert mass.max() == 1.0 and "always gives outcome" in said
        else:
            assert found and read(found[1]) == pytest.approx(math.exp(nats), rel=6e-3)
        assert ("may be negative" in said) == (nats < 0)


@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_cross_entropy_is_the_sum_that_the_sentence_gives(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key in ("cross_entropy_pq", "cross_entropy_qp"):
        value, said = values(pair, "bits")[key], words.sentence(pair, key, "bits", EN)
        if math.isinf(value):
            continue
        found = re.search(rf"H\([PQ]\) = {NUMBER} .*KL\([PQ]‖[PQ]\) = {NUMBER} ", said)
        if found:
            parts = [read(part) for part in found.groups()]
            assert sum(parts) == pytest.approx(value, abs=1e-3 * max(map(abs, parts)))
        else:
            assert "all of it H(" in said and np.array_equal(pair.p, pair.q)


@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_js_is_that_share_of_its_maximum(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key, power in (("js", 1.0), ("js_distance", 0.5)):
        value, said = values(pair)[key], words.sentence(pair, key, "nats", EN)
        share = re.search(rf", {SHARE} of its maximum", said)
        if share:
            assert holds(share[1], value / math.log(2) ** power)
        elif "at its maximum" in said:
            assert not np.any((pair.p > 0) & (pair.q > 0))
        else:
            assert value == 0


def test_far_apart_is_not_yet_disjoint() -> None:
    said = words.sentence(pair_of("normal(0,1)", "normal(90,1)"), "js", "bits", EN)
    assert "more than 99 % of its maximum" in said


@pytest.mark.parametrize(
    ("p", "q", "right"),
    [
        ("normal(0,1)", "normal(2,1)", 1.0),
        ("normal(2,1)", "normal(0,1)", 0.0),
        ("normal(0,1)", "normal(0,2)", 0.5),
        ("uniform(0,1)", "uniform(-1,4)", 0.9),
        ("pmf(0,1,0,0)", "pmf(1,0,0,1)", 2 / 3),
        ("pmf(a:1,b:0)", "pmf(a:0,b:1)", 1.0),
    ],
)
def test_w1_says_how_much_of_the_way_goes_right(p: str, q: str, right: float) -> None:
    said = words.sentence(pair_of(p, q), "w1", "nats", EN)
    if 0 < right < 1:
        share = re.search(rf"{SHARE} of that to the right and the rest to the left", said)
        assert share and holds(share[1], right), said
    else:
        assert f"all of it to the {'right' if right else 'left'}" in said
    assert ("steps along the list" in said) == ("a:" in p)


def test_w1_without_means_claims_no_direction() -> None:
    said = words.sentence(pair_of("cauchy(0,1)", "cauchy(2,1)"), "w1", "nats", EN)
    assert said == "W₁(P,Q) is 2.000: moving P onto Q takes on average 2.000 units of x."


@settings(max_examples=100, deadline=None)
@given(weights, weights)
def test_w1_of_any_outcomes_is_said_as_it_is(p: list[float], q: list[float]) -> None:
    said = words.sentence(Pair(pmf(p), pmf(q)), "w1", "nats", EN)
    x = np.arange(9)
    value = wasserstein_distance(x, x, p, q)
    found = re.search(rf"on average {NUMBER} units", said)
    if found:
        assert read(found[1]) == pytest.approx(value, rel=6e-4 if value > 1e-4 else 0.06)
    else:
        assert value < 1e-12 and "same distribution" in said


def test_the_same_distribution_in_two_spellings_is_the_same() -> None:
    pair = pair_of("pmf(1,1)", "pmf(2,2)")
    for key in ("kl_pq", "js", "js_distance", "w1"):
        assert "P and Q are the same distribution" in words.sentence(pair, key, "nats", EN)
