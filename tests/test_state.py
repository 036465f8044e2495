"""Knobs and the state of a lesson: one spelling, one sentence for what is wrong, nothing lost."""

import json
import math
from urllib.parse import parse_qsl

import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st

from divviz import knobs, readers
from divviz.dist import SceneError
from divviz.gestures import ACTS
from divviz.state import Act, State, Topic, apply, read, read_link

TOPIC = Topic(
    start="p=pmf(0.5,0.5)&q=pmf(0.25,0.75)&unit=bits",
    knobs=(
        knobs.number("k", 2, 1, 3, 1, whole=True),
        knobs.number("speed", 0.5, 0, 1, 0.01),
        knobs.choice("way", "left", ["left", "right"]),
        knobs.numbers("heights", [0, 1, 4], -5, 5),
        knobs.custom("word", "abc", lambda text: text.upper()),
    ),
    acts={"raise": Act((readers.whole, readers.number), lambda s, i, v: raised(s, i, v))},
    kind="discrete",
)
FIRST = TOPIC.first


def raised(state: State, i: int, value: float) -> State:
    heights = list(state["heights"])
    heights[i % 3] = value
    return state.with_knob("heights", heights)


def test_the_first_state_is_the_start_and_its_link_says_p_and_q_alone() -> None:
    assert FIRST.unit == "bits" and FIRST["k"] == 2 and FIRST["heights"] == (0.0, 1.0, 4.0)
    assert FIRST.link == "p=pmf(0.5,0.5)&q=pmf(0.25,0.75)"
    assert read_link(TOPIC, FIRST.link) == (FIRST, [])


def test_a_link_says_every_knob_that_was_turned_and_brings_it_back() -> None:
    state = FIRST
    for name, value in [("k", 3), ("speed", 0.25), ("way", "right"), ("heights", [1, -2.5, 0])]:
        state, _ = apply(state, ["knob", name, value])
    state, _ = apply(state, ["unit", "nats"])
    said = dict(parse_qsl(state.link))
    assert said["k"] == "3" and said["heights"] == "1,-2.5,0" and said["unit"] == "nats"
    assert read_link(TOPIC, state.link) == (state, [])


def test_a_unit_that_is_the_cores_default_but_not_the_lessons_is_in_the_link() -> None:
    state, _ = apply(FIRST, ["unit", "nats"])
    assert "unit=nats" in state.link and read_link(TOPIC, state.link)[0].unit == "nats"


@each(
    ("query", "code"),
    [
        ("k=4", "knob_number"),
        ("k=1.5", "knob_number"),
        ("k=two", "knob_number"),
        ("k=nan", "knob_number"),
        ("k=" + "9" * 9000, "knob_long"),
        ("speed=inf", "knob_number"),
        ("speed=-1e-9", "knob_number"),
        ("way=up", "knob_choice"),
        ("heights=1,2", "knob_count"),
        ("heights=1,2,x", "knob_number"),
        ("heights=1,2,6", "knob_number"),
        ("p=normal(0,1)&q=normal(1,1)", "lesson_kind"),
        ("p=pmf(-1,2)", "weight"),
        ("unit=furlongs", "unit"),
    ],
)
def test_what_a_link_says_wrongly_is_one_sentence_and_the_rest_stays(query: str, code: str) -> None:
    state, errors = read_link(TOPIC, query + "&way=right" * ("way" not in query))
    assert [error.code for error in errors] == [code]
    assert str(errors[0]).endswith(".")
    assert state.scene == FIRST.scene
    assert all(state[name] == FIRST[name] for name in ("k", "speed", "heights"))
    assert state["way"] == ("left" if "way" in query else "right")


def test_a_link_that_names_one_side_keeps_the_lessons_other_side_where_they_go_together() -> None:
    state, errors = read_link(TOPIC, "p=pmf(0.9,0.1)")
    assert not errors and str(state.scene.q) == "pmf(0.25,0.75)"
    state, errors = read_link(TOPIC, "p=pmf(a:0.5,b:0.25,c:0.25)")
    assert not errors and state.scene.q.labels == ("a", "b", "c")


def test_names_that_are_not_the_lessons_are_not_looked_at() -> None:
    assert read_link(TOPIC, "utm_source=x&embed=true&lang=zh") == (FIRST, [])


@each(
    ("act", "code"),
    [
        (["knob", "nothing", 1], "knob"),
        (["knob", "k", True], "knob_number"),
        (["knob", "k", "2"], "knob_number"),
        (["knob", "k", 0], "knob_number"),
        (["knob", "k"], "act"),
        (["knob", "heights", {"0": 1}], "knob_count"),
        (["knob", "heights", [1, None, 2]], "knob_number"),
        (["knob", "heights", [1, math.nan, 2]], "knob_number"),
        (["knob", "word", 7], "knob_text"),
        (["raise", 1], "act"),
        (["raise", "1", 2], "act_number"),
        (["raise", 1, 99], "knob_number"),
        (["kind", "continuous"], "lesson_kind"),
        (["fly"], "act"),
        ("raise", "act"),
        (None, "act"),
    ],
)
def test_a_wrong_act_is_one_sentence(act: object, code: str) -> None:
    with pytest.raises(SceneError) as error:
        apply(FIRST, act)
    assert error.value.code == code


def test_an_act_of_the_lessons_own_and_one_of_the_boards_do_what_they_say() -> None:
    state, _ = apply(FIRST, ["raise", 1, 2.5])
    assert state["heights"] == (0.0, 2.5, 4.0)
    state, _ = apply(state, ["bars", "p", [1, 3]])
    assert list(state.scene.p.weights) == [1, 3] and state["heights"] == (0.0, 2.5, 4.0)


def test_reset_brings_back_the_start_with_every_knob() -> None:
    state, _ = apply(FIRST, ["knob", "k", 3])
    state, _ = apply(state, ["bars", "p", [1, 3]])
    assert apply(state, ["reset"])[0] == FIRST


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@settings(max_examples=2 * settings.default.max_examples, deadline=None, derandomize=True)
@given(
    name=st.sampled_from(["knob", "raise", *ACTS]),
    first=st.sampled_from([knob.name for knob in TOPIC.knobs]) | JSON,
    rest=st.lists(JSON, max_size=3),
)
def test_whatever_a_browser_sends_the_state_is_valid_or_the_answer_one_sentence(
    name: str, first: object, rest: list
) -> None:
    try:
        state, _ = apply(FIRST, [name, first, *rest])
    except SceneError as error:
        assert str(error).endswith(".")
        return
    assert read_link(TOPIC, state.link) == (state, [])


@settings(max_examples=settings.default.max_examples, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(TOPIC.names), st.text(max_size=30) | JSON))
def test_whatever_a_link_says_a_state_comes_of_it_and_a_sentence_for_each_fault(
    query: dict,
) -> None:
    state, errors = read(TOPIC, query)
    assert read_link(TOPIC, state.link) == (state, [])
    assert all(str(error).endswith(".") for error in errors)
    assert json.dumps([str(error) for error in errors])


def test_a_knob_may_not_take_a_name_that_the_address_uses() -> None:
    with pytest.raises(AssertionError):
        Topic(start="p=pmf(1,1)", knobs=(knobs.number("p", 0, 0, 1, 1),))
