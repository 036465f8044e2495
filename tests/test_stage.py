"""The reply of the board, without a browser: for honest messages, stale ones and forged ones."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import divviz
from divviz.measures import MEASURES
from divviz.scene import DEFAULT, read_link
from divviz.web import stage

LINK = "p=normal(0,1)&q=normal(2,1)"


def ask(base: object = LINK, acts: object = (), **more: object) -> dict:
    """The reply to one message of the browser."""
    acts = list(acts) if isinstance(acts, tuple) else acts
    return stage.answer({"seq": 7, "base": base, "acts": acts, **more}, {}, "en")


def shown(reply: dict) -> dict[str, float]:
    return {key: float(value) for key, (value, _) in reply["numbers"].items()}


def test_without_a_message_the_address_is_the_scene() -> None:
    reply = stage.answer(None, {"p": "normal(0,1)", "q": "normal(2,1)", "unit": "bits"}, "en")
    wanted = divviz.evaluate(divviz.parse("normal(0,1)"), divviz.parse("normal(2,1)"), "bits")
    assert shown(reply) == wanted and reply["seq"] == 0
    assert reply["scene"] == LINK + "&unit=bits"


def test_a_reply_carries_the_seq_of_its_message_and_what_the_acts_made_of_its_base() -> None:
    reply = ask(acts=(["param", "q", "mu", 3], ["unit", "bits"]))
    assert reply["seq"] == 7 and reply["scene"] == "p=normal(0,1)&q=normal(3,1)&unit=bits"
    assert shown(reply)["kl_pq"] == pytest.approx(4.5 / math.log(2), rel=1e-12)


def test_the_words_are_sent_once_for_a_language() -> None:
    assert "words" in ask() and "words" in ask(lang="zh")
    assert "words" not in ask(lang="en")


def test_a_live_reply_keeps_the_view_that_the_hand_holds_and_leaves_out_what_can_wait() -> None:
    reply = ask(acts=(["handle", "q", "centre", 3],), live=True, view=[-4, 4])
    assert reply["plot"]["view"] == (-4, 4)
    assert "scene" not in reply and "canvas" not in reply
    settled = ask(acts=(["handle", "q", "centre", 9],), view=[-4, 4])
    assert settled["plot"]["view"][1] > 9


def test_the_view_under_a_slider_grows_in_strides_and_only_where_it_must() -> None:
    def view(mu: float, held: list[float]) -> tuple[float, float]:
        return ask(acts=(["param", "q", "mu", mu],), live=True, view=held)["plot"]["view"]

    assert view(1, [-9, 9]) == (-9, 9)
    low, high = view(9, [-9, 9])
    assert low == -9 and high > 12
    assert view(9.3, [low, high]) == (low, high)


def test_between_two_drawings_the_hand_gets_the_numbers_alone() -> None:
    reply = ask(acts=(["param", "q", "mu", 3],), live=True, draw=False)
    assert reply.keys() == {"seq", "live", "numbers", "reasons"}
    assert shown(reply)["kl_pq"] == pytest.approx(4.5, rel=1e-12)
    assert "plot" in ask(acts=(["param", "q", "mu", 3],), draw=False)


@pytest.mark.parametrize(
    "view", [[1, 1], [4, -4], ["a", "b"], [0], None, [math.nan, 1], [0, math.inf], {}, [True, 2]]
)
def test_a_view_that_is_none_is_not_used(view: object) -> None:
    assert ask(live=True, view=view)["plot"]["view"] == ask()["plot"]["view"]


def test_a_wrong_act_is_told_and_the_others_are_done() -> None:
    reply = ask(acts=(["param", "q", "sigma", -1], ["param", "q", "mu", 3]))
    assert len(reply["notices"]) == 1 and "sigma" in reply["notices"][0]
    assert reply["scene"] == "p=normal(0,1)&q=normal(3,1)"


def test_a_wrong_base_is_told_part_by_part() -> None:
    reply = ask(base="p=normal(0,1)&q=normal(0,0)")
    assert reply["scene"].startswith("p=normal(0,1)&")
    assert len(reply["notices"]) == 1


def test_an_infinite_number_travels_as_its_name_with_its_reason() -> None:
    reply = ask(base="p=pmf(0.5,0.3,0.2)&q=pmf(0.5,0.5,0)")
    assert reply["numbers"]["kl_pq"] == ("Infinity", "∞")
    assert reply["reasons"].keys() == {"kl_pq", "cross_entropy_pq"}
    assert "outcome 2" in reply["reasons"]["kl_pq"]
    json.dumps(reply, allow_nan=False)


def test_a_narrow_peak_on_a_wide_view_is_drawn_to_its_height() -> None:
    reply = ask(base="p=normal(0,0.01)&q=normal(0,10)")
    assert reply["plot"]["peak"]["p"] == pytest.approx(0.3989 / 0.01, rel=0.02)


def test_every_slider_stands_within_its_ends_even_for_a_value_from_far_away() -> None:
    rows = ask(base="p=normal(500,0.001)&q=mixture(1*normal(0,1)+3*laplace(1,2))")["sides"]
    for side in rows.values():
        for _, _, value, low, high, step in side["params"]:
            assert low <= value <= high and step > 0


scraps = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from(
            ["p", "q", "param", "bars", "draw", "handle", "fit", "set", "kind", "continuous",
             "discrete", "normal", "mu", "sigma", "centre", "<script>alert(1)</script>", LINK,
             "p=pmf(1,2,3)&q=pmf(1,1,1)", "1.mu", "outcomes", "labels", "interval", "preset"]
        ),
    ),
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip
messages = st.fixed_dictionaries(
    {},
    optional={
        "seq": scraps,
        "base": scraps | st.sampled_from([LINK, "p=pmf(1,2,3)&q=pmf(1,1,1)"]),
        "acts": scraps,
        "live": scraps,
        "view": scraps,
        "lang": scraps,
    },
)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(message=messages | scraps)
def test_any_message_at_all_gets_numbers_and_sentences(message: object) -> None:
    reply = stage.answer(message, {}, "en")
    assert set(reply["numbers"]) == set(MEASURES)
    text = json.dumps(reply, allow_nan=False)  # no NaN, no bare infinity, nothing but JSON
    assert len(text) < 200_000
    assert all(isinstance(one, str) and len(one) < 600 for one in reply.get("notices", []))


def test_half_a_megabyte_in_every_part_of_a_message_is_refused_in_a_sentence() -> None:
    long = "9" * 500_000
    reply = ask(base=f"p=normal(0,{long})&q=normal(2,1)", acts=([long], ["set", "p", long]))
    assert reply["scene"].endswith("q=normal(2,1)")
    assert reply["notices"] and max(map(len, reply["notices"])) < 600
    assert read_link(reply["scene"])[1] == []


def test_a_million_bars_are_refused_in_a_sentence() -> None:
    reply = ask(base="p=pmf(1,1)&q=pmf(1,1)", acts=(["bars", "p", [1.0] * 10**6],))
    assert len(reply["notices"]) == 1 and reply["scene"] == "p=pmf(1,1)&q=pmf(1,1)"


def test_the_default_scene_is_what_an_empty_address_shows() -> None:
    assert stage.answer(None, {}, "zh")["scene"] == DEFAULT.link
