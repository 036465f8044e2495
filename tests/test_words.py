"""Every sentence is true: the claims are read back from the text and computed another way."""

import math
import re
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import energy_distance, norm, wasserstein_distance

from divviz.errors import SceneError
from divviz.families import Dist, drawn, make, pmf
from divviz.gestures import Notice
from divviz.grammar import parse
from divviz.measures import FIRST, MEASURES, UNITS, values
from divviz.measures import value as measured
from divviz.pair import Pair
from divviz.presets import PRESETS
from divviz.scene import read as read_scene
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

NEARBY = [  # outcomes against a density
    ("samples(1,2,2,3,5)", "normal(2,1)"),
    ("exponential(1)", "samples(0.1,0.5,4)"),
    ("samples(2)", "cauchy(0,1)"),
]
ORDERS = {
    "alpha": (0.0, 0.7, 2.0, math.inf),
    "p": (1.0, 2.0, math.inf),
    "sigma": (0.3,),
    "weight": (0.5, 0.2),
}
UNTIDY = re.compile(r"\{|\}|nan|inf\b|None|  | [，。；：]|[一-鿿] [一-鿿]|\.\.|。。")


@cache
def pair_of(p: str, q: str) -> Pair:
    return Pair(parse(p), parse(q))


def orders(key: str) -> list[dict[str, float]]:
    """Parameters to try a measure with."""
    params = MEASURES[key].params
    if not params:
        return [{}]
    return [{params[0].name: x} for x in ORDERS[params[0].name] if params[0].accepts(x)]


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
@pytest.mark.parametrize(("p", "q"), [*PAIRS, *NEARBY])
def test_every_measure_of_every_pair_has_one_tidy_sentence(p: str, q: str, lang: str) -> None:
    pair = pair_of(p, q)
    for key, one in MEASURES.items():
        for unit in UNITS if key in FIRST else ("bits",):
            for order in orders(key):
                said = words.sentence(pair, key, unit, text.of(lang), **order)
                assert said.startswith(one.symbol) and said[-1] in ".。"
                assert not UNTIDY.search(said), said


@pytest.mark.parametrize(("p", "q"), [*PAIRS, *NEARBY])
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


@settings(max_examples=2 * settings.default.max_examples, deadline=None)
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
    for key, one in MEASURES.items():
        if "zero_iff_equal" in one.laws:
            for order in orders(key):
                said = words.sentence(pair, key, "nats", EN, **order)
                assert "is 0: P and Q are the same distribution" in said
    for key in ("bhattacharyya_coefficient",):
        assert "is 1: P and Q are the same distribution" in words.sentence(pair, key, "nats", EN)


# ---- sentences: overlap ----


def masses(p: str, q: str, event: str) -> tuple[float, float]:
    """What P and Q give to an event that a sentence names, from their CDFs or masses."""
    pair = pair_of(p, q)
    sides = (pair.P, pair.Q)
    larger = re.fullmatch(r"the places where ([PQ]) is larger", event)
    if pair.discrete:
        names = list(pair.labels or (f"{x:.12g}".replace("-", "−") for x in pair.x))
        if larger:
            chosen = pair.p > pair.q if larger[1] == "P" else pair.p < pair.q
        elif ends := re.fullmatch(r"outcomes (\S+) to (\S+)", event):
            span = range(names.index(ends[1]), names.index(ends[2]) + 1)
            chosen = np.isin(np.arange(len(names)), span)
        else:
            listed = re.split(r", | and ", re.sub(r"^outcomes? ", "", event))
            chosen = np.isin(names, listed)
        return float(pair.p[chosen].sum()), float(pair.q[chosen].sum())
    if larger:
        x = np.linspace(*words_window(pair), 400_001)
        a, b = (side.density((x[1:] + x[:-1]) / 2) * np.diff(x) for side in sides)
        chosen = a > b if larger[1] == "P" else a < b
        return float(a[chosen].sum()), float(b[chosen].sum())
    found = [
        [float(side.cdf(high) - side.cdf(low)) for low, high in stretches(event)] for side in sides
    ]
    return sum(found[0]), sum(found[1])


def words_window(pair: Pair) -> tuple[float, float]:
    (a, b), (c, d) = pair.P.window(), pair.Q.window()
    return min(a, c), max(b, d)


COMB = drawn(0, 64, [1000 if i % 2 else 100 for i in range(64)])
OVERLAPPING = [
    *((p, q) for p, q in PAIRS if not pair_of(p, q).disjoint and p != q and "2,2" not in q),
    (str(COMB), "uniform(0,64)"),
]


@pytest.mark.parametrize(("p", "q"), OVERLAPPING)
def test_no_event_shows_a_larger_difference_than_the_one_that_is_named(p: str, q: str) -> None:
    said = words.sentence(pair_of(p, q), "tv", "nats", EN)
    claims = re.search(rf"is {NUMBER}: P gives {NUMBER} to (.+), Q gives {NUMBER}, and no", said)
    assert claims, said
    tv, a, b = (read(claims[i]) for i in (1, 2, 4))
    assert abs(a - b) == pytest.approx(tv, abs=2e-4)
    mine, theirs = masses(p, q, claims[3])
    # Ends are rounded to three digits.
    assert (mine, theirs) == pytest.approx((a, b), abs=6e-3), said


@pytest.mark.parametrize(("p", "q"), OVERLAPPING)
def test_total_variation_lies_within_the_bounds_that_are_said(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key, pattern in (
        ("hellinger", rf"TV, here {NUMBER}, .* Hel² = {NUMBER} and .* = {NUMBER}\.$"),
        (
            "triangular_discrimination",
            rf"TV, here {NUMBER}, .* that, {NUMBER}, .* half, {NUMBER}\.",
        ),
    ):
        found = re.search(pattern, words.sentence(pair, key, "nats", EN))
        assert found
        tv, low, high = map(read, found.groups())
        assert low * (1 - 1e-3) <= tv <= high * (1 + 1e-3)
        assert tv == pytest.approx(values(pair)["tv"], rel=0.06)
    if pair.discrete:
        assert tv == pytest.approx(0.5 * np.abs(pair.p - pair.q).sum(), rel=1e-3)


def test_what_overlap_leaves_is_said_in_numbers_that_fit() -> None:
    pair = pair_of("normal(0,1)", "normal(2,1)")
    bc = math.exp(-0.5)
    assert f"BC = {words.number(bc)}" in words.sentence(pair, "hellinger_squared", "nats", EN)
    assert f"Hel² = {words.number(1 - bc)}" in words.sentence(pair, "squared_chord", "nats", EN)
    said = words.sentence(pair, "bhattacharyya_coefficient", "nats", EN)
    assert f"is {words.number(bc)}" in said and f"Hel² = {words.number(1 - bc)} is what" in said


def test_an_overlap_below_every_number_is_not_called_none() -> None:
    far, apart = pair_of("normal(0,1)", "normal(90,1)"), pair_of("uniform(0,1)", "uniform(2,3)")
    key = "bhattacharyya_coefficient"
    assert "too small for a number, yet not 0" in words.sentence(far, key, "nats", EN)
    assert "is 0: P and Q do not overlap" in words.sentence(apart, key, "nats", EN)
    assert "is 1012 nats" in words.sentence(far, "bhattacharyya_distance", "nats", EN)


FAR = np.geomspace(0.03, 1e4, 60)
MARKS = np.sort(np.concatenate([-FAR, FAR, [-0.5, 0.0, 1.0, 1.5]]))


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ("normal(0,1)", "normal(2,1)"),
        ("normal(0,1)", "normal(0.3,2)"),
        ("laplace(0,1)", "cauchy(0,1)"),
        ("uniform(0,1)", "uniform(-0.5,1.5)"),
    ],
)
def test_chi_square_comes_from_where_the_sentence_says(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key, one, other in (("chi2_pearson", pair.P, pair.Q), ("chi2_neyman", pair.Q, pair.P)):
        said = words.sentence(pair, key, "nats", EN)
        if "infinite" in said:
            continue
        pattern = (
            rf"; {SHARE} of it comes from (.+), where . has {SHARE} of its mass and . {SHARE}\."
        )
        found = re.search(pattern, said)
        assert found, said
        ((low, high),) = stretches(found[2])

        def term(x: float, one: Dist = one, other: Dist = other) -> float:
            a, b = float(one.density(x)), float(other.density(x))
            return (a - b) ** 2 / b if b > 0 else 0.0

        def area(low: float, high: float) -> float:
            marks = np.unique([low, high, *np.clip(MARKS, low, high)])
            return sum(quad(term, a, b, limit=60)[0] for a, b in pairwise(marks))

        assert found[1] == "80 %"
        assert area(low, high) / area(-1e4, 1e4) == pytest.approx(0.8, abs=6e-3), said
        assert holds(found[3], float(one.cdf(high) - one.cdf(low)))
        assert holds(found[4], float(other.cdf(high) - other.cdf(low)))


def test_chi_square_of_outcomes_names_those_that_dominate() -> None:
    pair = pair_of("pmf(1:0.1,2:0.1,3:0.1,4:0.1,5:0.1,6:0.5)", "discrete_uniform(1,6)")
    said = words.sentence(pair, "chi2_pearson", "nats", EN)
    # (1/2 - 1/6)^2 / (1/6) = 2/3 of 4/5 in all
    assert said == (
        "χ²(P‖Q) is 0.8000; 83 % of it comes from outcome 6, "
        "where P has 50 % of its mass and Q 17 %."
    )
    # beyond P's outcomes, where both have next to nothing
    far = words.sentence(pair_of("poisson(20)", "poisson(3)"), "chi2_pearson", "nats", EN)
    chosen = re.search(r"comes from outcomes (\d+) to (\d+), where P has less than 1 %", far)
    # p^2/q of two Poissons is a Poisson again, with the rate 400/3
    assert chosen and int(chosen[1]) < 400 / 3 < int(chosen[2])


def test_a_mean_over_endless_outcomes_is_undefined_and_another_number_is_offered() -> None:
    said = words.sentence(pair_of("poisson(3)", "geometric(0.3)"), "mse", "nats", EN)
    assert "P has infinitely many" in said and "TV and Hel" in said
    said = words.sentence(pair_of("pmf(1,3)", "pmf(3,1)"), "mse", "nats", EN)
    assert said.startswith("MSE(P,Q) is 0.2500, the mean over 2 outcomes")


def test_jeffreys_is_said_as_the_sum_of_both_directions() -> None:
    said = words.sentence(pair_of("normal(0,1)", "normal(1,2)"), "jeffreys", "nats", EN)
    found = re.search(rf"{NUMBER} nats: {NUMBER} from KL\(P‖Q\) and {NUMBER} from KL\(Q‖P\)", said)
    assert found
    whole, pq, qp = map(read, found.groups())
    # log 2 + (1 + 1)/8 - 1/2 and -log 2 + (4 + 1)/2 - 1/2
    assert (pq, qp) == pytest.approx((math.log(2) - 0.25, 2 - math.log(2)), rel=1e-3)
    assert pq + qp == pytest.approx(whole, rel=1e-3)


def test_js_with_a_weight_has_the_entropy_of_the_weights_as_its_maximum() -> None:
    most = -0.2 * math.log2(0.2) - 0.8 * math.log2(0.8)
    pair = pair_of("normal(0,1)", "normal(2,1)")
    said = words.sentence(pair, "js", "bits", EN, weight=0.2)
    value = measured(pair, "js", "bits", weight=0.2)
    share = re.search(
        rf"^JS\(P,Q\) at w = 0\.2 is .*, {SHARE} of its maximum {words.number(most)} bits", said
    )
    assert share and value is not None and holds(share[1], value / most)
    apart = words.sentence(pair_of("uniform(0,1)", "uniform(2,3)"), "js", "bits", EN, weight=0.2)
    assert f"at its maximum {words.number(most)} bits" in apart
    assert words.sentence(pair, "js", "bits", EN, weight=0.5) == words.sentence(
        pair, "js", "bits", EN
    )


# ---- sentences: CDFs ----


@pytest.mark.parametrize(
    ("p", "q", "place"),
    [
        ("normal(0,1)", "normal(2,1)", "at x = 1"),
        ("normal(1e6,1)", "normal(1000002,1)", "at x = 1000001"),
        ("laplace(0,1)", "laplace(0,2)", None),
        ("uniform(0,1)", "uniform(2,3)", None),
        ("pmf(0.1,0.4,0.5)", "pmf(0.5,0.2,0.3)", "at outcome 0"),
        ("pmf(cat:1,dog:3)", "pmf(cat:3,dog:1)", "at outcome cat"),
        ("samples(1,2,2,3,5)", "normal(2,1)", "just below x = 2"),
        ("normal(2,1)", "samples(1,2,2,3,5)", "just below x = 2"),
        ("samples(2)", "normal(2.1,1)", "at x = 2"),
    ],
)
def test_the_cdfs_are_furthest_apart_where_the_sentence_says(
    p: str, q: str, place: str | None
) -> None:
    pair = pair_of(p, q)
    said = words.sentence(pair, "kolmogorov_smirnov", "nats", EN)
    found = re.search(rf"is {NUMBER}: .* apart (.+), where F = {NUMBER} and G = {NUMBER}\.$", said)
    assert found and place in (None, found[2]), said
    ks, f, g = (read(found[i]) for i in (1, 3, 4))
    assert abs(f - g) == pytest.approx(ks, abs=2e-4)
    x = np.union1d(np.linspace(*words_window(pair), 20_001), [1.0, 2.0, 3.0, 5.0])
    largest = max(np.abs(pair.P.cdf(y) - pair.Q.cdf(y)).max() for y in (x, x - 1e-9))
    assert ks == pytest.approx(largest, abs=2e-4)
    at = re.search(rf"x = {NUMBER}$", found[2])
    if at and not found[2].startswith("just"):
        assert (f, g) == pytest.approx(
            (float(pair.P.cdf(read(at[1]))), float(pair.Q.cdf(read(at[1])))), abs=3e-3
        )


def test_the_root_mean_square_gap_is_said_and_never_above_the_largest() -> None:
    said = words.sentence(pair_of("normal(0,1)", "normal(2,1)"), "cramer_von_mises", "nats", EN)
    found = re.search(rf"are {NUMBER} apart .* KS = {NUMBER}\.$", said)
    assert found

    def term(x: float) -> float:
        return float((norm.cdf(x) - norm.cdf(x, 2)) ** 2 * 0.5 * (norm.pdf(x) + norm.pdf(x, 2)))

    assert read(found[1]) == pytest.approx(math.sqrt(quad(term, -10, 12)[0]), rel=1e-3)
    assert read(found[1]) < read(found[2])


@pytest.mark.parametrize(("p", "q"), [*PAIRS, *NEARBY])
def test_a_larger_order_is_no_shorter_way_than_w1(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for order in (1.0, 2.0, math.inf):
        said = words.sentence(pair, "wasserstein", "nats", EN, p=order)
        if " is infinite" in said or " is 0:" in said:
            continue
        value, w1 = (
            measured(pair, key, **given)
            for key, given in (("wasserstein", {"p": order}), ("w1", {}))
        )
        assert value is not None and w1 is not None
        if order == 1:
            assert "it is W₁" in said
        elif "as much as W₁" in said:
            assert value == pytest.approx(w1, rel=1e-8)
        else:
            assert value > w1 and f"{words.number(w1)}" in said
    shifted = words.sentence(
        pair_of("uniform(0,1)", "uniform(2,3)"), "wasserstein", "nats", EN, p=2.0
    )
    assert "all mass goes equally far" in shifted


def test_the_energy_distance_is_said_with_its_square_and_with_w1() -> None:
    p, q = [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]
    said = words.sentence(Pair(pmf(p), pmf(q)), "energy_distance", "nats", EN)
    x = np.arange(4)
    value = energy_distance(x, x, p, q)
    assert f"is {words.number(value)} √(units of x): its square, {words.number(value**2)}," in said
    assert f"W₁ = {words.number(wasserstein_distance(x, x, p, q))} is the area" in said
    far = words.sentence(pair_of("cauchy(0,1)", "normal(0,1)"), "energy_distance", "nats", EN)
    assert "finite although W₁" in far


# ---- sentences: orders ----


@pytest.mark.parametrize("key", ["renyi", "tsallis", "renyi_entropy", "tsallis_entropy"])
@pytest.mark.parametrize(
    ("p", "q"), [("pmf(1,2,3,4)", "pmf(4,3,2,1)"), ("normal(0,1)", "normal(1,2)")]
)
@pytest.mark.parametrize("alpha", [0.3, 0.7, 1.5, 3.0])
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


# ---- sentences: no number, and a number too large ----


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


# ---- amounts and captions ----


@pytest.mark.parametrize(
    ("key", "spelled"),
    [
        ("kl_pq", "1.500 bits"),
        ("js_distance", "1.500"),
        ("w1", "1.500 units of x"),
        ("energy_distance", "1.500 √(units of x)"),
        ("tv", "1.500"),
    ],
)
def test_an_amount_has_the_unit_of_its_measure(key: str, spelled: str) -> None:
    assert words.amount(1.5, key, "bits", EN) == spelled


def test_a_caption_says_what_the_picture_of_that_order_shows() -> None:
    pair, mixed = pair_of("normal(0,1)", "normal(2,1)"), pair_of("samples(1,2)", "normal(2,1)")
    assert words.caption(pair, "tv", EN) == EN("picture.tv")
    assert words.caption(pair, "renyi", EN, alpha=1.0) == EN("picture.kl_pq")
    assert words.caption(pair, "renyi", EN, alpha=math.inf) == EN("picture.ratio")
    assert words.caption(pair, "js", EN, weight=0.3) == EN("picture.js_weighted")
    assert words.caption(mixed, "w1", ZH) == ZH("picture.w1")
    assert words.caption(mixed, "cramer_von_mises", EN) == EN("picture.steps")
    assert words.caption(mixed, "kl_pq", EN) == ""


def test_an_error_in_the_measure_that_a_link_shows_names_that_part() -> None:
    _, (problem,) = read_scene({"show": "renyi(2"})
    assert words.error(problem, EN).startswith("In the link, the number to show: The text stops")
    assert words.error(problem, ZH).startswith("链接中所选的量：")
    _, (problem,) = read_scene({"show": "renyi(-1)"})
    said = "renyi: alpha = -1 is out of range; use 0 ≤ alpha ≤ 1000 (∞: alpha = inf)."
    assert words.error(problem, EN) == said
