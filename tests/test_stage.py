"""The reply of the board, without a browser: for honest messages, stale ones and forged ones."""

import json
import math

import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st

import divviz
from divviz.families import FAMILIES
from divviz.measures import FIRST, MEASURES
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
    assert shown(reply) == {key: wanted[key] for key in FIRST} and reply["seq"] == 0
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


@each("view", [[1, 1], [4, -4], ["a", "b"], [0], None, [math.nan, 1], [0, math.inf], {}, [True, 2]])
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
             "p=pmf(1,2,3)&q=pmf(1,1,1)", "1.mu", "outcomes", "labels", "interval", "preset",
             "data", "samples", "histogram",
             "fitted", "1 2 2 3.5", "fd", "family", "truncated", "show", "renyi(inf)", "w1",
             "p=samples(1,2,2,9)&q=normal(0,1)&show=wasserstein(3)"]
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
        "base": scraps
        | st.sampled_from([LINK, "p=pmf(1,2,3)&q=pmf(1,1,1)", "p=samples(1,2,9)&q=normal(0,1)"]),
        "acts": scraps,
        "live": scraps,
        "view": scraps,
        "lang": scraps,
        "more": scraps | st.just(["tv", "renyi", "mse"]),
        "estimates": scraps,
    },
)


@settings(max_examples=2 * settings.default.max_examples, deadline=None, derandomize=True)
@given(message=messages | scraps)
def test_any_message_at_all_gets_numbers_and_sentences(message: object) -> None:
    reply = stage.answer(message, {}, "en")
    assert set(reply["numbers"]) >= set(FIRST)
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


# ---- more numbers -------------------------------------------------------------------------------


def test_nothing_beyond_the_first_nine_is_computed_unasked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computed: list[str] = []
    real = stage.values

    def counted(pair: object, unit: str, keys: list[str]) -> dict:
        computed.extend(keys)
        return real(pair, unit, keys=keys)

    monkeypatch.setattr(stage, "values", counted)
    ask(acts=(["param", "q", "mu", 3],), live=True, draw=False)
    assert computed == list(FIRST)
    computed.clear()
    ask(acts=(["param", "q", "mu", 3],), live=True, more=["tv", "mmd", "kl_pq", "tv", "nope", 3])
    assert computed == [*FIRST, "tv", "mmd"]


@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_all_other_numbers_come_when_they_are_asked_for(unit: str) -> None:
    reply = ask(base=f"{LINK}&unit={unit}", more=list(MEASURES))
    found, p, q = shown(reply), divviz.parse("normal(0,1)"), divviz.parse("normal(2,1)")
    wanted = divviz.evaluate(p, q, unit)
    assert found.keys() == MEASURES.keys()
    assert {key: found[key] for key in wanted} == wanted
    # two normals 2 apart: D_alpha = alpha d^2 / 2 nats
    assert found["renyi"] == pytest.approx(4.0 / (1 if unit == "nats" else math.log(2)))
    assert found["wasserstein"] == pytest.approx(2.0)


def test_the_chosen_number_comes_with_its_own_parameter_and_its_slider() -> None:
    reply = ask(base=f"{LINK}&show=renyi(0.5)")
    assert shown(reply)["renyi"] == pytest.approx(0.5 * 4 / 2)
    assert reply["show"] == "renyi" and "0.5" in reply["chosen"]["symbol"]
    ((name, _, value, low, high, step, endless),) = reply["chosen"]["orders"]
    assert (name, value, endless) == ("alpha", 0.5, True) and low < value < high and step > 0
    assert reply["scene"].endswith("&show=renyi(0.5)")
    assert "renyi" in ask(base=f"{LINK}&show=renyi(0.5)", live=True)["numbers"]
    between = ask(base=f"{LINK}&show=renyi(0.5)", live=True, draw=False)
    assert between["numbers"].keys() == set(FIRST)


def test_infinity_is_a_place_on_the_slider_of_an_order() -> None:
    base = "p=uniform(0,1)&q=uniform(3,5)"
    reply = ask(base=base, acts=(["show", "wasserstein(inf)"],))
    assert shown(reply)["wasserstein"] == pytest.approx(4.0)
    assert reply["chosen"]["orders"][0][2] == "Infinity"
    assert reply["scene"] == base + "&show=wasserstein(inf)"


def test_the_weight_of_js_is_that_of_the_link() -> None:
    reply = ask(base="p=pmf(1,0)&q=pmf(0,1)&show=js(0.25)")
    entropy_of_weights = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))
    assert shown(reply)["js"] == pytest.approx(entropy_of_weights)
    assert shown(reply)["js_distance"] == pytest.approx(math.sqrt(math.log(2)))


def test_minus_infinity_has_its_sign_and_its_reason() -> None:
    reply = ask(base="p=gamma(0.5,1)&q=normal(0,1)&show=renyi_entropy(inf)")
    assert reply["numbers"]["renyi_entropy"] == ("-Infinity", "−∞")
    assert "upper bound" in reply["reasons"]["renyi_entropy"]
    json.dumps(reply, allow_nan=False)


# ---- families -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_family_is_offered_once_in_a_group_with_a_title(lang: str) -> None:
    choices = stage.vocabulary(lang)["choices"]
    for kind in ("discrete", "continuous", "any"):
        groups = choices["families"][kind]
        names = [name for _, rows in groups for name, _ in rows]
        assert len(names) == len(set(names)) and all(title for title, _ in groups)
        kinds = ("discrete", "continuous") if kind == "any" else (kind,)
        wanted = {n for n, f in FAMILIES.items() if f.kind in (*kinds, "either")}
        assert set(names) == wanted | {"samples", "histogram", "fitted"}
    assert {"normal", "poisson"} <= {n for _, rows in choices["fits"]["any"] for n, _ in rows}


def test_a_wrapper_has_its_own_sliders_and_those_of_what_is_inside() -> None:
    reply = ask(acts=(["family", "q", "truncated"],))
    titles = [row[1] for row in reply["sides"]["q"]["params"]]
    assert titles == ["From", "To", "μ, centre", "σ, width"]
    assert [one["name"] for one in reply["handles"]["q"]] == [
        "left",
        "right",
        "1.centre",
        "1.width",
    ]


# ---- data ---------------------------------------------------------------------------------------

SAMPLE = "1 2 2 3 5"


def test_a_sample_beside_a_density_is_an_outline_and_ticks_and_cannot_be_drawn() -> None:
    reply = ask(acts=(["data", "q", SAMPLE, "samples", ""],))
    assert reply["kind"] == "mixed" and reply["plot"]["kind"] == "continuous"
    assert reply["plot"]["marks"].keys() == {"q"} and "histogram" in reply["hint"]
    assert reply["canvas"]["q"] is None and reply["canvas"]["p"] is not None
    assert reply["numbers"]["kl_pq"] == ("NaN", "–") and "density" in reply["reasons"]["kl_pq"]
    assert shown(reply)["w1"] > 0
    assert reply["sides"]["q"]["made"] == "Sample of 5 numbers"
    assert reply["sides"]["p"]["offers"] == "any" and reply["sides"]["q"]["offers"] == "continuous"


@pytest.mark.parametrize(
    ("how", "choice", "said"),
    [
        ("histogram", "fd", "Histogram of 5 numbers, 4 bins by Freedman–Diaconis"),
        ("histogram", "3", "Histogram of 5 numbers in 3 bins"),
        ("fitted", "normal", "Fitted Normal by maximum likelihood to 5 numbers"),
    ],
)
def test_a_side_made_of_data_says_which_it_is(how: str, choice: str, said: str) -> None:
    reply = ask(acts=(["data", "q", SAMPLE, how, choice],))
    assert reply["sides"]["q"]["made"] == said and not reply["notices"]


def test_two_samples_of_many_values_are_outlines_on_the_line() -> None:
    values = ",".join(str(i / 7) for i in range(50))
    reply = ask(base=f"p=samples({values})&q=samples({values},9)")
    assert reply["kind"] == "discrete" and reply["plot"]["kind"] == "continuous"
    assert reply["plot"]["marks"].keys() == {"p", "q"}
    assert reply["canvas"] == {"p": None, "q": None}


def test_a_sample_of_one_value_is_drawn_as_a_spike() -> None:
    reply = ask(acts=(["data", "q", "3 3 3", "samples", ""],))
    assert reply["plot"]["peak"]["q"] > 10 and shown(reply)["entropy_q"] == 0


def test_estimates_are_made_only_when_they_are_asked_for_and_at_rest() -> None:
    acts = (["data", "q", SAMPLE, "samples", ""],)
    assert ask(acts=acts)["estimates"] is None
    assert "estimates" not in ask(acts=acts, estimates=True, live=True)
    rows = ask(acts=acts, estimates=True)["estimates"]
    assert {row["symbol"] for row in rows} == {"H(Q)"} and len(rows) == 3
    # shares 0.2, 0.4, 0.2, 0.2; Miller-Madow adds (4 - 1) / (2 * 5)
    plug_in = -(3 * 0.2 * math.log(0.2) + 0.4 * math.log(0.4))
    assert rows[0]["value"] == f"{plug_in:.3f} nats" and rows[0]["note"]
    assert rows[1]["value"] == f"{plug_in + 0.3:.3f} nats"
    both = ask(acts=(*acts, ["data", "p", "1 2 3 4", "samples", ""]), estimates=True)["estimates"]
    assert {row["symbol"] for row in both} == {"H(P)", "H(Q)", "KL(P‖Q)", "KL(Q‖P)"}


def test_a_hand_does_not_wait_for_the_transport_of_a_long_sample() -> None:
    values = ",".join(str(i / 1000) for i in range(3000))
    base = f"p=samples({values})&q=normal(0,1)"
    live = ask(base=base, acts=(["param", "q", "mu", 3],), live=True)
    assert "w1" not in live["numbers"] and "entropy_q" in live["numbers"]
    assert "w1" in ask(base=base, acts=(["param", "q", "mu", 3],))["numbers"]
