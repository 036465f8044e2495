"""Activities: read, packed, put on their page, and reached; those that ship have a way to it."""

import re
import tracemalloc
import zlib
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_readme import README

from divviz import activity, packed
from divviz.activity import KEYS, LONGEST
from divviz.web import activities, authoring, lesson, prose, stage, text

WORDS = 'title = "T"\nquestion = "Q"\n'
TEXT = f"""{WORDS}
start = "p=normal(0,1)&q=normal(3,1)"
lock = "p"
hide = ["js", "w1"]
target = "kl_pq between 0.45 and 0.55"
"""
CHOICES = f"""{WORDS}
[[choices]]
text = "yes"
right = true
why.zh = "因为"
[[choices]]
text = "no"
"""

WORDS_OF_PAGE = prose.translator("20_activities", "en")


def read(source: str) -> activity.Activity:
    found, errors = activity.read(source)
    assert found is not None, [str(error) for error in errors]
    return found


def codes(source: str) -> list[str]:
    found, errors = activity.read(source)
    assert found is None and all(str(error).endswith((".", '"', "}]")) for error in errors)
    return [error.code for error in errors]


# ---- reading -------------------------------------------------------------------------------------


def test_an_activity_says_what_its_text_says() -> None:
    found = read(TEXT + 'unit = "bits"\nhint.en = "H"\nhint.zh = "提示"\n')
    assert found.query == {
        "p": "normal(0,1)",
        "q": "normal(3,1)",
        "unit": "bits",
        "hide": "js,w1",
        "lock": "p",
    }
    assert (found.page, found.target) == ("playground", "kl_pq between 0.45 and 0.55")
    assert activity.said(found.hint, "zh") == "提示"
    assert activity.said(found.title, "zh") == "T"  # the only language that there is
    assert activity.said(found.explanation, "en") == ""


def test_a_whole_address_will_do_for_the_start() -> None:
    address = "https://a.org/course/?page=transport&lang=zh&embed=true&p=pmf(1,1)&hide=js&lock=p"
    found = read(f'{WORDS}start = "{address}"\nlock = "q"\ntarget = "w1 < 1"')
    assert found.page == "transport"
    assert found.query == {"p": "pmf(1,1)", "hide": "js", "lock": "q"}


def test_choices_have_one_right_answer() -> None:
    yes, no = read(CHOICES).choices
    assert (yes.right, no.right) == (True, False)
    assert activity.said(yes.why, "en") == "因为"
    assert codes(CHOICES.replace("right = true\n", "")) == ["activity_right"]
    assert codes(CHOICES + "right = true") == ["activity_right"]
    assert codes(CHOICES + 'text = "no"\n[[choices]]\n') == ["activity_toml"]
    assert codes(CHOICES + "[[choices]]\n") == ["activity_value"]
    assert codes(CHOICES + "points = 3\n") == ["activity_value"]
    assert codes(CHOICES + 'right = "yes"\n') == ["activity_value"]
    assert codes(CHOICES + '[[choices]]\ntext = "x"\n' * 9) == ["activity_choices"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ["activity_missing", "activity_missing", "activity_goal"]),
        (WORDS, ["activity_goal"]),
        (CHOICES.replace("\n[[", '\ntarget = "js > 0"\n[[', 1), ["activity_goal"]),
        (TEXT + 'titel = "x"', ["activity_close"]),
        (TEXT + 'zzz = "x"', ["activity_key"]),
        (TEXT.replace('"T"', "3"), ["activity_value"]),
        (TEXT.replace('"T"', '" "'), ["activity_value"]),
        (TEXT.replace('"T"', "[]"), ["activity_value"]),
        (TEXT.replace('"T"', "{}"), ["activity_value"]),
        (TEXT.replace('"T"', '{fr = "x"}'), ["activity_value"]),
        (TEXT.replace('"T"', "{en = 1979-05-27}"), ["activity_value"]),
        (TEXT.replace('"T"', f'"{"x" * 200}"'), ["activity_words"]),
        (TEXT.replace('["js", "w1"]', "[1]"), ["activity_value"]),
        (TEXT.replace('["js", "w1"]', "nan"), ["activity_value"]),
        (TEXT.replace('["js", "w1"]', f'"{"x," * 99}"'), ["flags_many"]),
        (TEXT + 'unit = "pounds"', ["unit"]),
        (TEXT + f'hint = "{"x" * LONGEST}"', ["activity_long"]),
    ],
)
def test_each_key_that_is_wrong_is_named(source: str, expected: list[str]) -> None:
    assert codes(source)[:3] == expected


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (WORDS + "what?", 3),
        (WORDS + 'target = "js', 3),
        (WORDS + WORDS, 3),
        ("\ufeff\r\ntitle = x", 2),
        ("a = " + "[" * 5000, 1),
        ("a = " + "{a=" * 2000, 1),
        ("n = " + "1" * 9000, 1),
        ("a." * 5000 + "a = 1", 1),
        ("a" + ".a" * 150 + " = 1\n" + "b" + ".b" * 3000 + " = 1", 2),
    ],
)
def test_what_is_no_toml_is_told_by_its_line(source: str, line: int) -> None:
    found, (error,) = activity.read(source)
    assert found is None and error.code == "activity_toml"
    assert str(error).startswith(f"Line {line} cannot be read")


@settings(max_examples=25)
@given(st.text(max_size=60) | st.sampled_from(list(KEYS)).map(lambda key: f"{TEXT}{key} = 0"))
def test_any_text_is_an_activity_or_has_errors(source: str) -> None:
    found, errors = activity.read(source)
    assert (found is None) == bool(errors) and all(map(str, errors))


def test_every_example_of_a_key_is_one() -> None:
    for name, key in KEYS.items():
        goal = "" if name in ("target", "choices") else 'target = "js > 0"\n'
        others = "".join(f"{n} = 'x'\n" for n in ("title", "question") if n != name)
        assert read(others + goal + key.example), name


def test_the_activity_in_the_readme_is_one() -> None:
    (source,) = re.findall(r"```toml\n(title.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert authoring.judged(source, "en", WORDS_OF_PAGE).problems == ()


# ---- in a link -----------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_what_is_packed_is_unpacked(source: str) -> None:
    code = packed.pack(source)
    assert code.replace("-", "").replace("_", "").isalnum()
    assert packed.unpack(code, 4000) == source


def test_a_code_that_is_damaged_is_none() -> None:
    code = packed.pack(TEXT)
    damaged = [code[:i] + ("A" if code[i] != "A" else "B") + code[i + 1 :] for i in range(40)]
    damaged += [code[:-5], code + "AAAA", code[5:], "", "!", "\n", code + "\n", "é" * 8, "A" * 9]
    not_utf8 = urlsafe_b64encode(zlib.compress(b"\xff\xfe")).decode().rstrip("=")
    assert [packed.unpack(one, LONGEST) for one in [*damaged, not_utf8]] == [None] * 50


def test_a_code_that_would_unpack_to_much_is_none_and_is_not_unpacked() -> None:
    bomb = packed.pack("0" * 15_000_000)
    assert len(bomb) < 2 * LONGEST
    tracemalloc.start()
    assert packed.unpack(bomb, LONGEST) is None
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * LONGEST
    assert packed.unpack(packed.pack("0" * LONGEST), LONGEST) == "0" * LONGEST
    assert packed.unpack("A" * 3 * LONGEST, LONGEST) is None


# ---- on its page ---------------------------------------------------------------------------------


def opened(link: str, lang: str = "en", **query: str) -> dict[str, Any]:
    return stage.answer(None, {"activity": link, **query}, lang)


def test_a_link_opens_the_start_with_what_is_hidden_and_locked() -> None:
    reply = opened(activities.link(TEXT))
    assert reply["scene"] == "p=normal(0,1)&q=normal(3,1)" == reply["activity"]["start"]
    assert reply["arranged"] == {"hide": ["js", "w1"], "lock": ["p"], "predict": []}
    assert reply["reached"][0] is False and reply["notices"] == []
    (row,) = reply["reached"][1]
    assert row == ["0.45 ≤ KL(P‖Q) ≤ 0.55", False, [["kl_pq", "KL(P‖Q)", "4.500"]]]


def test_what_the_link_itself_says_wins() -> None:
    reply = opened(activities.link(TEXT), q="normal(1,1)", hide="tv", unit="bits")
    assert reply["scene"] == "p=normal(0,1)&q=normal(1,1)&unit=bits"
    assert reply["arranged"]["hide"] == ["tv"] and reply["arranged"]["lock"] == ["p"]
    # The target is in the activity's own unit: 0.5 nats, which are 0.72 bits.
    assert reply["reached"][0] is True and reply["reached"][2] == "nats"


def test_a_message_carries_the_activity_on() -> None:
    link = activities.link(TEXT)
    base = "p=normal(0,1)&q=normal(3,1)"
    message = {"seq": 2, "base": base, "lang": "en", "activity": link}
    act = ["param", "q", "mu", 1.0]
    for live in (True, False):
        reply = stage.answer({**message, "acts": [act], "live": live}, {}, "en")
        assert reply["reached"][0] is True and "activity" not in reply
    assert "reached" not in stage.answer(
        {**message, "acts": [act], "live": True, "draw": False}, {}, "en"
    )
    told = stage.answer({**message, "lang": "zh", "acts": [act]}, {}, "en")
    assert told["activity"]["title"] == "T"


def test_a_moving_hand_does_not_wait_for_what_takes_long() -> None:
    link = activities.link(f'{WORDS}target = "wasserstein(3) < 1"')
    base = "p=normal(0,1)&q=normal(3,1)"
    message = {"seq": 2, "base": base, "lang": "en", "activity": link, "acts": []}
    assert "reached" not in stage.answer({**message, "live": True}, {}, "en")
    assert stage.answer(message, {}, "en")["reached"][0] is False


@pytest.mark.parametrize("given", [7, None, [], {"a": 1}, "", "~" + "A" * 99999, "../x", "~é"])
def test_a_forged_message_gets_no_activity_and_no_error(given: object) -> None:
    reply = stage.answer({"seq": 1, "base": "", "activity": given}, {}, "en")
    assert "reached" not in reply and "activity" not in reply


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("nowhere", "nowhere"),
        ("../../README", "README"),
        ("a" * 999, "aaa…"),
        ("~AAAA", "damaged"),
        ("~" + "A" * 99999, "damaged"),
        (activities.link("what?"), "Line 1"),
        (activities.link(WORDS + 'target = "kl_pk < 1"'), "target: kl_pk at character 1"),
        (activities.link(WORDS + 'target = "js < 1"\nstart = "P=x"'), "start= in the link names P"),
        (activities.link(WORDS + 'target = "js < 1"\nstart = "p=x"'), "start: "),
        (activities.link(WORDS + 'target = "js < 1"\npage = "surprise"'), "the page surprise"),
        (activities.link(WORDS + 'target = "js < 1"\npage = "moon"'), "moon is not a page"),
        (activities.link(TEXT.replace('"js", "w1"', '"jss"')), "jss"),
    ],
)
def test_what_is_wrong_with_a_link_is_one_sentence_and_the_page_stands(
    given: str, told: str
) -> None:
    for lang in text.LANGUAGES:
        (notice,) = opened(given, lang)["notices"]
        assert "{" not in notice
        assert told in notice or lang != "en"


def test_a_broken_file_says_so_and_leaves_the_others_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "01_good.toml").write_text(TEXT)
    (tmp_path / "02_bad.toml").write_bytes(b"\xff\xfe = 3")
    (tmp_path / "huge.toml").write_text("#" * 99999)
    (tmp_path / "windows.toml").write_bytes(TEXT.replace("\n", "\r\n").encode("utf-8-sig"))
    monkeypatch.setattr(activities, "FOLDER", tmp_path)
    assert list(activities.files()) == ["good", "bad", "huge", "windows"]
    for good in ("good", "windows"):
        assert opened(good)["activity"]["name"] == good and opened(good)["notices"] == []
    assert "Line 1" in opened("bad")["notices"][0]
    assert "12000" in opened("huge")["notices"][0]


def test_an_activity_of_a_lesson_speaks_of_its_controls() -> None:
    source = f'{WORDS}page = "disjoint_supports"\nstart = "distance=0.5"\ntarget = "distance > 1"'
    stem = lesson.stem_of("disjoint_supports")
    assert stem is not None
    link = activities.link(source)
    assert activities.page_of({"activity": link}) == "disjoint_supports"
    reply = lesson.answer(stem, None, {"activity": link}, "en")
    assert reply["reached"][0] is False and "distance=0.5" in reply["scene"]
    message = {"seq": 2, "base": reply["scene"], "activity": link}
    done = lesson.answer(stem, {**message, "acts": [["knob", "distance", 1.5]]}, {}, "en")
    assert done["reached"][0] is True


# ---- those that ship -----------------------------------------------------------------------------

SOLUTIONS: dict[str, list[list[Any]]] = {
    "apart": [["param", "q", "mu", -1.0]],
    "near_and_infinite": [["set", "q", "pmf(0,0.25,0.5,0.2,0.05)"]],
    "ceiling": [["param", "q", "mu", 5.0]],
    "one_peak": [["param", "q", "mu", 2.0], ["param", "q", "sigma", 0.7]],
    "both_peaks": [["param", "q", "mu", 0.1], ["param", "q", "sigma", 2.1]],
    "cheapest_code": [["set", "q", "pmf(a:0.5,b:0.25,c:0.125,d:0.125)"]],
    "most_uncertain": [["bars", "p", [1, 1, 1, 1, 1, 1.1]]],
    "widest": [["set", "p", "normal(2,1)"]],
    "squared_trouble": [["param", "q", "sigma", 0.7]],
    "all_change": [["set", "q", "uniform(0.1,0.2)"]],
    "heavy_tail": [["set", "q", "student_t(2,0,1)"]],
    "parting": [["knob", "distance", 1.2]],
}


def answered(name: str, message: object, lang: str = "en") -> dict[str, Any]:
    found, _ = activities.read(name)
    assert found is not None
    stem = lesson.stem_of(found.page)
    query = {} if message else {"activity": name}
    if stem is None or found.page == "playground":
        return stage.answer(message, query, lang)
    return lesson.answer(stem, message, query, lang)


def test_at_least_a_dozen_ship() -> None:
    assert len(activities.files()) >= 12
    chosen = [name for name in activities.files() if read(activities.source_of(name)).choices]
    assert [*SOLUTIONS, *chosen] == list(activities.files())


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("name", activities.files())
def test_each_opens_in_its_language_without_a_word_about_it(name: str, lang: str) -> None:
    found = read(activities.source_of(name))
    reply = answered(name, None, lang)
    assert reply["notices"] == []
    for part in ("title", "question", "hint", "explanation"):
        assert set(getattr(found, part)) == set(text.LANGUAGES), part
        said = reply["activity"][part]
        assert any("一" <= char <= "鿿" for char in said) == (lang == "zh")
    verdict = authoring.judged(activities.source_of(name), lang, text.of(lang))
    assert verdict.problems == () and verdict.warnings == ()


@pytest.mark.parametrize("name", SOLUTIONS)
def test_each_begins_unreached_and_can_be_reached_with_its_locks(name: str) -> None:
    first = answered(name, None)
    assert first["reached"][0] is False
    message = {
        "seq": 3,
        "base": first["activity"]["start"],
        "acts": SOLUTIONS[name],
        "lock": first["arranged"]["lock"],
        "lang": "en",
        "activity": name,
    }
    done = answered(name, message)
    assert done["notices"] == [] and done["reached"][0] is True


# ---- what an author is told ----------------------------------------------------------------------


def test_an_author_is_warned_of_a_start_that_is_the_end_and_of_a_long_link() -> None:
    reached = authoring.judged(TEXT.replace("normal(3,1)", "normal(1,1)"), "en", WORDS_OF_PAGE)
    (warning,) = reached.warnings
    assert "reached at the start" in warning
    assert reached.link and not reached.problems
    # Chinese that does not repeat itself does not pack well.
    many = "".join(chr(0x4E00 + 37 * i % 20000) for i in range(1400))
    long = authoring.judged(f'{TEXT}\nexplanation.zh = "{many}"', "en", WORDS_OF_PAGE)
    assert len(long.warnings) == 1 and str(len(long.link)) in long.warnings[0]


def test_an_author_is_told_of_everything_that_is_wrong() -> None:
    told = authoring.judged(
        'title = ""\nquestion = 3\ntarget = "x"\nhid = "js"', "en", WORDS_OF_PAGE
    )
    assert len(told.problems) == 3 and told.link == ""
    for page in ("activities", "moon"):
        told = authoring.judged(f'{TEXT}page = "{page}"', "en", WORDS_OF_PAGE)
        assert len(told.problems) == 1 and "playground, surprise" in told.problems[0]
    (told_start,) = authoring.judged(
        TEXT.replace("normal(3,1)", "norml(3)"), "en", WORDS_OF_PAGE
    ).problems
    assert told_start.startswith("start: ")


def test_an_address_gives_back_the_activity_that_it_holds() -> None:
    link = activities.link(TEXT)
    for address in (f"https://a.org/x?lang=zh&activity={link}&embed=true", f" ?activity={link}\n"):
        assert authoring.source_in(address) == TEXT
    for other in ("https://a.org/?activity=~AAAA", TEXT, "", "https://a.org/?activity=apart"):
        assert authoring.source_in(other) == other
