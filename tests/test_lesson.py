"""The reply of every lesson, without a browser: its parts, its tasks, stale and forged messages."""

import json
import math

import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import LESSONS, found, parts, ran, reply

from divviz.state import apply, read_link
from divviz.units import UNITS
from divviz.web import lesson, text

EACH = [(stem, lang) for stem in LESSONS for lang in text.LANGUAGES]
TASKS = [(stem, name) for stem in LESSONS for name in lesson.tasks(stem)]


@pytest.mark.parametrize(("stem", "lang"), EACH)
def test_every_part_of_a_page_shows_something_at_first_and_is_plain_json(
    stem: str, lang: str
) -> None:
    told = reply(stem, lang=lang)
    assert set(told["parts"]) == set(lesson.parts(stem, lang))
    assert all(told["parts"].values()) and not told["notices"]
    json.dumps(told, allow_nan=False)


@each(("stem", "lang"), EACH)
def test_every_picture_says_in_words_what_it_shows(stem: str, lang: str) -> None:
    shown = parts(stem, lang=lang)
    pictures = [*found(shown, "figure"), *found(shown, "drawing")]
    assert pictures and all(block["label"] for block in pictures)


@each(("stem", "lang"), EACH)
def test_a_page_asks_before_it_tells_and_has_tasks(stem: str, lang: str) -> None:
    shown = parts(stem, lang=lang)
    asked = [block["name"] for block in found(shown, "question")]
    to_do = [row["name"] for block in found(shown, "tasks") for row in block["rows"]]
    assert asked and to_do and len(set(asked)) == len(asked)
    names = {f"ask.{name}" for name in asked} | {f"task.{name}" for name in to_do}
    assert names == set(lesson.marks(stem, lang))


@each("stem", LESSONS)
def test_every_explanation_of_a_question_differs_from_the_others(stem: str) -> None:
    for block in found(parts(stem), "question"):
        if block["form"] == "choice":
            assert len({why for _, _, why in block["choices"]}) == len(block["choices"])
        else:
            assert len(set(block["whys"].values())) == len(block["whys"])


@each(("stem", "name"), TASKS)
def test_the_scripted_solution_of_a_task_reaches_it_and_the_start_does_not(
    stem: str, name: str
) -> None:
    task, about = lesson.tasks(stem)[name], lesson.topic(stem)
    state, errors = read_link(about, task.solution)
    assert not errors and task.reached(state)
    assert not task.reached(about.first)
    if task.start is not None:
        begun, errors = read_link(about, task.start)
        assert not errors and not task.reached(begun)


@pytest.mark.parametrize(("stem", "name"), TASKS)
def test_a_task_is_ticked_in_the_reply_to_its_solution(stem: str, name: str) -> None:
    shown = parts(stem, lesson.tasks(stem)[name].solution)
    rows = [row for block in found(shown, "tasks") for row in block["rows"]]
    assert {row["name"]: row["done"] for row in rows}[name] is True


@each("unit", UNITS)
@each("stem", LESSONS)
def test_the_programs_of_a_page_are_python_and_those_that_need_no_torch_print(
    stem: str, unit: str
) -> None:
    programs = [
        one for block in found(parts(stem, f"unit={unit}"), "code") for one in block["programs"]
    ]
    assert [library for library, _ in programs] == ["NumPy", "SciPy", "PyTorch"]
    for library, program in programs:
        compile(program, library, "exec")
        if library != "PyTorch":
            ran(program)


@each("stem", LESSONS)
def test_the_numbers_alone_come_where_the_browser_cannot_draw_yet(stem: str) -> None:
    told = reply(stem, live=True, draw=False, more=["kl_pq", "nonsense", 7])
    assert set(told) == {"seq", "live", "numbers", "reasons"}
    assert list(told["numbers"]) == ["kl_pq"]


@each("stem", LESSONS)
def test_a_reply_to_a_moving_hand_holds_only_what_follows_a_hand(stem: str) -> None:
    told = reply(stem, live=True)
    slow = {part for part, demo in lesson.parts(stem, "en").items() if not demo.live}
    assert told["parts"] and not slow & set(told["parts"])
    assert "scene" not in told and "notices" not in told


@each("stem", LESSONS)
def test_the_words_are_sent_once_for_a_language(stem: str) -> None:
    assert "words" not in lesson.answer(stem, {"base": "", "lang": "en"}, {}, "en")
    assert "words" in lesson.answer(stem, {"base": "", "lang": "zh"}, {}, "en")


@each("stem", LESSONS)
def test_the_link_in_the_address_is_the_state_and_its_faults_are_sentences(stem: str) -> None:
    about = lesson.topic(stem)
    told = lesson.answer(stem, None, {"unit": "furlongs", "lang": "en", "utm": "x"}, "en")
    assert told["scene"] == about.first.link and len(told["notices"]) == 1


JUNK = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("stem", LESSONS)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    message=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("seq", "base", "acts", "live", "draw", "parts", "more", "view", "lang"), JUNK
        ),
    )
)
def test_a_forged_message_gets_an_answer_without_a_traceback(stem: str, message: dict) -> None:
    json.dumps(lesson.answer(stem, message, {}, "en"), allow_nan=False)


# Pairs that a hand or a link can make: certain outcomes, zeros, infinity, far apart, very narrow.
HARD = {
    "discrete": [
        "p=pmf(1,0,0,0)&q=pmf(0,0,0,1)",
        "p=pmf(1)&q=pmf(1)",
        "p=pmf(1,1)&q=pmf(1,0)",
        "p=pmf(1,1,0)&q=pmf(1,1,0)",
        "p=poisson(3)&q=geometric(0.2)",
        "p=pmf(a:0.2,b:0.8)&q=pmf(a:1,b:0)",
        "p=discrete_uniform(1,64)&q=binomial(63,0.5)",
        "p=pmf(-3:1,0.5:2,9:1)&q=pmf(-3:1,0.5:0,9:1)",
        "p=samples(1,2,2,3)&q=samples(1,1,5)",
    ],
    "continuous": [
        "p=normal(0,1)&q=normal(0,1)",
        "p=normal(0,0.001)&q=normal(900,0.001)",
        "p=uniform(0,1)&q=uniform(2,3)",
        "p=cauchy(0,1)&q=normal(0,1)",
        "p=beta(0.3,0.3)&q=beta(2,5)",
        "p=drawn(0,1,0,0,4095,0)&q=drawn(0,1,1,1,1,1)",
        "p=exponential(1)&q=pareto(1,1.5)",
        "p=mixture(0.5*normal(-2,0.5)+0.5*uniform(0,3))&q=laplace(0,1)",
    ],
}


@pytest.mark.parametrize("stem", LESSONS)
def test_no_pair_that_a_link_can_name_makes_a_page_fail(stem: str) -> None:
    about = lesson.topic(stem)
    kinds = [about.kind] if about.kind else ["discrete", "continuous"]
    for link in (link for kind in kinds for link in HARD[kind]):
        for more in ({}, {"live": True}):
            told = reply(stem, link, **more)
            json.dumps(told, allow_nan=False)
            said = [row[3] for one in found(told["parts"], "numbers") for row in one["rows"]]
            assert said and "nan" not in "".join(said), link


@pytest.mark.parametrize("stem", LESSONS)
def test_every_knob_at_its_ends_is_shown(stem: str) -> None:
    about = lesson.topic(stem)
    for knob in about.knobs:
        ends = [knob.low, knob.high] if math.isfinite(knob.low) else knob.options
        for end in ends:
            many = isinstance(knob.default, tuple)
            value = [end] * len(knob.default) if many else end
            state, _ = apply(about.first, ["knob", knob.name, value])
            json.dumps(reply(stem, state.link), allow_nan=False)
