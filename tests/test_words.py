"""Numbers, reasons, errors, notices, amounts and captions are spelled in the reader's language."""

import math
import re

import pytest
from cases import each
from claims import EN, ZH, read
from hypothesis import given
from hypothesis import strategies as st
from pairs import pair_of

from divviz.errors import SceneError
from divviz.gestures import Notice
from divviz.scene import read as read_scene
from divviz.web import words

# ---- numbers ----


@each(
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


def test_an_error_in_the_measure_that_a_link_shows_names_that_part() -> None:
    _, (problem,) = read_scene({"show": "renyi(2"})
    assert words.error(problem, EN).startswith("In the link, the number to show: The text stops")
    assert words.error(problem, ZH).startswith("链接中所选的量：")
    _, (problem,) = read_scene({"show": "renyi(-1)"})
    said = "renyi: alpha = -1 is out of range; use 0 ≤ alpha ≤ 1000 (∞: alpha = inf)."
    assert words.error(problem, EN) == said


# ---- amounts and captions ----


@each(
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
