"""What each page can hide, in words; its text by headings; the question before the numbers."""

import math

import pytest

from divviz.grammar import parse
from divviz.pair import Pair
from divviz.web import flags, lesson, predict, prose, stage, text

PAGES = [flags.PLAYGROUND, *lesson.lessons()]
BOTH = list(text.LANGUAGES)


@pytest.mark.parametrize("stem", PAGES)
def test_every_name_says_in_both_languages_what_it_hides(stem: str) -> None:
    names = lesson.hideable(stem)
    assert len(set(names)) == len(names) <= 128  # what a link may name at once
    for lang in BOTH:
        t = text.of(lang)
        titles = [flags.title(name, stem, lang, t) for name in names]
        assert all(titles) and len(set(titles)) == len(titles)


@pytest.mark.parametrize("stem", prose.stems())
def test_the_text_under_a_heading_has_one_name_in_both_languages(stem: str) -> None:
    one, other = (prose.of(stem, lang) for lang in BOTH)
    assert len(one.headings) == len(other.headings)
    kinds = [[(group, s.kind) for group, s in page.grouped] for page in (one, other)]
    assert set(kinds[0]) == set(kinds[1])


def test_text_is_cut_at_its_headings_and_nothing_is_lost() -> None:
    page = prose.read(
        "# Title\nfirst\n\n## One\n\na {kl_pq} b\n\n{{demo}}\n\nmore"
        "\n\n## Two\nlast\n### Three\nend"
    )
    assert page.headings == ["", "One", "Two", "Three"]
    assert [(group, section.kind, section.text) for group, section in page.grouped] == [
        (0, "text", "first"),
        (1, "text", "## One"),
        (1, "live", "a {kl_pq} b"),
        (1, "demo", "demo"),
        (1, "text", "more"),
        (2, "text", "## Two\nlast"),
        (3, "text", "### Three\nend"),
    ]


def test_the_names_and_the_titles_are_what_a_page_is_told() -> None:
    message = {"seq": 1, "base": "p=normal(0,1)&q=normal(2,1)", "wish": [4, "parts"]}
    told = stage.answer(message, {}, "zh")["wish"][1]["given"]
    assert tuple(told["hides"]) == lesson.hideable(flags.PLAYGROUND)
    assert told["hides"]["plot"] == "P 与 Q 的图"
    assert told["locks"] == ["p", "p.family", "p.mu", "p.sigma", *told["locks"][4:]]
    lines = lesson.answer("04_disjoint_supports", message, {}, "en")["wish"][1]["given"]
    assert "distance" in lines["locks"] and "growth" in lines["hides"]


def test_only_own_text_is_veiled_before_the_script_runs() -> None:
    assert flags.veil("01_surprise", ("js", "text.1", "text.12", "notes")).count("st-key-") == 3
    assert flags.veil("01_surprise", ("js", "board")) == ""


# ---- the question before the numbers -------------------------------------------------------------


def asked(p: str, q: str, *keys: str, unit: str = "nats", lang: str = "en") -> dict:
    pair = Pair(parse(p), parse(q))
    return predict.question(pair, unit, keys, text.of(lang))["predict"]


def test_no_question_is_asked_of_nothing() -> None:
    assert predict.question(Pair(parse("normal(0,1)"), parse("normal(1,1)")), "nats", [], str) == {}


@pytest.mark.parametrize(("unit", "per"), [("nats", 1.0), ("bits", math.log(2))])
def test_the_truth_is_the_number_in_the_unit_of_the_page(unit: str, per: float) -> None:
    block = asked("normal(0,1)", "normal(3,1)", "kl_pq", unit=unit)
    assert block["truth"] == pytest.approx(4.5 / per, rel=1e-9)  # (3 - 0)^2 / 2 nats
    assert block["near"] == pytest.approx(0.05 * 4.5 / per, rel=1e-9)
    assert block["unit"] == unit and "KL(P‖Q)" in block["ask"]


def test_a_small_number_may_be_missed_by_as_much_as_can_be_seen() -> None:
    block = asked("normal(0,1)", "normal(0.1,1)", "kl_pq")
    assert block["truth"] == pytest.approx(0.005) and block["near"] == 0.05


@pytest.mark.parametrize("lang", BOTH)
def test_infinity_and_the_undefined_are_truths(lang: str) -> None:
    endless = asked("uniform(0,1)", "uniform(2,3)", "kl_pq", lang=lang)
    assert endless["truth"] == "Infinity" and "∞" in endless["spelled"] and endless["near"] == 0
    undefined = asked("poisson(1)", "poisson(2)", "mse", lang=lang)
    assert undefined["truth"] == "NaN"
    assert undefined["spelled"] == text.of(lang)("predict.undefined")


@pytest.mark.parametrize(
    ("p", "q", "truth"),
    [
        ("normal(0,1)", "normal(0,3)", "kl_qp"),  # log 3 - 4/9 = 0.65 against -log 3 + 4 = 2.9
        ("normal(0,3)", "normal(0,1)", "kl_pq"),
        ("normal(0,1)", "normal(5,1)", "equal"),
        ("uniform(0,1)", "uniform(2,3)", "equal"),  # both infinite
        ("uniform(0,2)", "uniform(0,1)", "kl_pq"),  # infinite against log 2
    ],
)
def test_the_larger_of_two_is_found(p: str, q: str, truth: str) -> None:
    block = asked(p, q, "kl_pq", "kl_qp")
    assert block["truth"] == truth
    assert [key for key, *_ in block["choices"]] == ["kl_pq", "kl_qp", "equal"]


def test_what_is_undefined_is_not_compared_and_does_not_give_itself_away() -> None:
    block = asked("poisson(1)", "poisson(2)", "mse", "tv")
    assert block["truth"] == "uncompared" and block["spelled"].startswith("they cannot")
    assert [key for key, *_ in block["choices"]] == ["mse", "tv", "equal"]


@pytest.mark.parametrize("forged", ["kl_pq", [1, None], ["nonsense"], {"kl_pq": 1}, [["kl_pq"]]])
def test_a_forged_wish_to_predict_asks_nothing(forged: object) -> None:
    message = {"seq": 1, "base": "p=normal(0,1)&q=normal(2,1)", "predict": forged}
    assert "predict" not in stage.answer(message, {}, "en")
    assert "predict" not in lesson.answer("01_surprise", message, {}, "en")
