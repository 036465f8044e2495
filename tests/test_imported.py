"""Files that a visitor opens: what they are, what they may be read as, what they make."""

import json
import struct
import zlib
from typing import Any

import numpy as np
import pytest

from divviz import parse
from divviz.dist import Dist, SceneError
from divviz.imported import Saved, Table, read_file
from divviz.readings import bars, readings
from divviz.web import lesson, stage

PAIR = "p=normal(0,1)&q=normal(2,1)"


def read(text: str) -> dict[str, tuple[str, ...]]:
    """The readings of a table in their order, spelled out."""
    table = read_file(text)
    assert isinstance(table, Table)
    return {one.name: tuple(map(str, one.dists)) for one in readings(table)}


def wish(page: str, base: str, *asked: Any) -> dict[str, Any]:
    message = {"seq": 1, "base": base, "wish": [1, *asked], "lang": "en"}
    if page == "playground":
        return stage.answer(message, {}, "en")["wish"][1]
    stem = lesson.stem_of(page)
    assert stem is not None
    return lesson.answer(stem, message, {}, "en")["wish"][1]


# ---- what a table is --------------------------------------------------------------------------

FIRST = {
    "one column": ("1.5\n2.5\n3\n", "sample", ("samples(1.5,2.5,3)",)),
    "a heading": ("height\n1.5\n2.5\n", "sample", ("samples(1.5,2.5)",)),
    "shares": ("0.25\n0.75\n", "weights", ("pmf(0.25,0.75)",)),
    "names": ("cat,0.2\ndog,0.8", "named", ("pmf(cat:0.2,dog:0.8)",)),
    "quotes": ('animal,p\n"cat",0.2\n"dog; big",0.8'.replace(";", ""), "named", None),
    "counts": ("x;n\n1,5;3\n2,5;4", "counted", ("pmf(1.5:3,2.5:4)",)),
    "tabs": ("1\t3\n2\t4\n9\t1", "counted", ("pmf(1:3,2:4,9:1)",)),
    "gaps": ("P,Q\n1,2\n3,\n5,6", "two_samples", ("samples(1,3,5)", "samples(2,6)")),
    "unordered": ("3.5,2.1\n1.5,0.2\n", "two_samples", ("samples(3.5,1.5)", "samples(2.1,0.2)")),
    "two shares": ("p,q\n0.5,0.1\n0.5,0.9", "two_weights", ("pmf(0.5,0.5)", "pmf(0.1,0.9)")),
    "per cent": ("50;10\n50;90", "two_weights", ("pmf(50,50)", "pmf(10,90)")),
    "three": ("甲\t1\t2\n乙\t3\t4", "named_pair", ("pmf(甲:1,乙:3)", "pmf(甲:2,乙:4)")),
    "places": ("-1,1,2\n7,3,4", "counted_pair", ("pmf(-1:1,7:3)", "pmf(-1:2,7:4)")),
    "row numbers": (",a\n0,1.5\n1,2.5\n", "sample", ("samples(1.5,2.5)",)),
    "one row": ("1,2,3,4,5,6", "list", ("samples(1,2,3,4,5,6)",)),
    "many columns": ("1 2 3 4 5\n6 7 8 9 10", "list", ("samples(1,2,3,4,5,6,7,8,9,10)",)),
    "CRLF and blank lines": ("\ufeff\r\n1;\r\n\r\n2;\r\n", "sample", ("samples(1,2)",)),
    "old Mac": ("1\r2\r3", "sample", ("samples(1,2,3)",)),
    "markup": ("<b>x</b>,1\ny,2", "named", ("pmf(<b>x</b>:1,y:2)",)),
    "a formula that is a name": ("=A1,1\ny,2", "named", ("pmf(=A1:1,y:2)",)),
}


@pytest.mark.parametrize("kind", FIRST)
def test_the_likeliest_reading_of_a_table_comes_first_and_holds_its_numbers(kind: str) -> None:
    text, name, spelled = FIRST[kind]
    found = read(text)
    assert next(iter(found)) == name
    assert spelled is None or found[name] == tuple(str(parse(one)) for one in spelled)


def test_all_readings_that_make_sense_are_offered() -> None:
    assert set(read("1;3\n2;4\n5;1")) == {"counted", "two_samples", "two_weights", "list"}
    assert set(read("a,b\n4,-3\n2,4")) == {"two_samples"}
    assert set(read("1.5\n-2")) == {"sample"}


def test_a_comma_on_every_line_is_read_both_as_decimal_and_as_two_columns() -> None:
    found = read("1,3\n2,4\n5,1")
    assert next(iter(found.items())) == ("sample", ("samples(1.3,2.4,5.1)",))
    assert found["two_samples"] == ("samples(1,2,5)", "samples(3,4,1)")
    assert found["counted"] == ("pmf(1:3,2:4,5:1)",)
    with pytest.raises(SceneError, match="two readings"):
        read("1,000\n2,000")


def test_counts_of_more_values_than_bars_can_show_become_the_sample_itself() -> None:
    rows = "".join(f"{x},{x % 3}\n" for x in range(100))
    (spelled,) = read(f"x,n\n{rows}")["counted"]
    want = [x for x in range(100) for _ in range(x % 3)]
    assert parse(spelled) == parse(f"samples({','.join(map(str, want))})")


# ---- what is refused --------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + zlib.compress(b"x" * 99)
HOSTILE: dict[str, tuple[str, str]] = {
    "empty": ("", "is empty"),
    "a mark alone": ("\ufeff", "is empty"),
    "blank cells": (",,\n,,\n", "is empty"),
    "a million commas": ("," * 10**6, "is empty"),
    "a million numbers": ("1,2\n" * 500_000, "at most 100000"),
    "a million numbers in a row": ("1," * 500_000 + "1", "at most 100000"),
    "longer than a paste": ("1" * 5_000_001, "at most 5000000"),
    "NUL": ("1\x002\n3", "is no text"),
    "binary": (PNG.decode("latin-1"), "is no text"),
    "undecoded": ("1\n\ufffd\n", "is no text"),
    "a call in a formula": ('=HYPERLINK("http://x"),0.5\nb,0.5', "Line 1: =HYPERLINK"),
    "a sum in a formula": ("a,1\n=1+2,0.5", "Line 2: =1+2"),
    "markup with a call": ("<img src=x onerror=alert(1)>,1\nb,2", "Line 1: <img"),
    "a long name": (f"{'n' * 41},1\nb,2", "Line 1: n"),
    "a number among names": ("a,1\nb,2\n7,3", "Line 3: 7 "),
    "a word among numbers": ("1,2\n3,4\noops,3", "Line 3: oops"),
    "a word in the second column": ("a,1\nb,x", "Line 2: x"),
    "a name twice": ("a,1\nb,2\na,3", "Line 3: a was named before"),
    "a negative weight": ("a,1\nb,-1", "Line 2: -1"),
    "a gap in weights": ("a,1\nb,", "Line 2: a cell is blank"),
    "infinity": ("1\ninf\n2", "Line 2: inf"),
    "nan": ("1\nnan\n2", "Line 2: nan"),
    "too large": ("1\n1e999", "Line 2: 1e999"),
    "thousands": ("1,000;2,000", "1,000"),
    "five columns": ("a,b,c,d,e\n1,2,3,4,x", "at most 3"),
    "deep lists": ("[" * 10**5 + "x", "is not a number"),
    "deep JSON": ('{"a":' * 5000, "is damaged"),
    "many objects": ('{"a":[' + "{}," * 20_000 + "{}]}", "not saved by DivViz"),
    "half a JSON": ('{"divviz": 1, "link"', "is damaged"),
    "a key twice": ('{"divviz": 1, "divviz": 1}', "is damaged"),
    "not a number in JSON": ('{"divviz": 1, "x": NaN}', "is damaged"),
    "a long integer": ('{"divviz": ' + "9" * 5000 + "}", "is damaged"),
    "foreign": ('{"name": "other"}', "not saved by DivViz"),
    "true": ('{"divviz": true, "link": "", "page": "playground"}', "not saved by DivViz"),
    "a link that is none": ('{"divviz": 1, "link": 7, "page": "playground"}', "not saved"),
    "a newer format": ('{"divviz": 2, "link": "", "page": "playground"}', "newer"),
    "another page": ('{"divviz": 1, "link": "", "page": "../etc"}', "../etc, which is not here"),
    "a wrong link": (
        json.dumps({"divviz": 1, "link": "p=normal(0,-1)", "page": "playground"}),
        "sigma = -1",
    ),
    "a wrong knob": (
        json.dumps({"divviz": 1, "link": "unit=furlongs", "page": "surprise"}),
        "furlongs",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_cannot_be_opened_gets_one_sentence(kind: str) -> None:
    text, told = HOSTILE[kind]
    answer = wish("playground", PAIR, "look", text)
    assert answer.keys() == {"error"}
    assert told in answer["error"] and len(answer["error"]) < 250 and answer["error"][-1] == "."


@pytest.mark.parametrize(
    "asked",
    [["look"], ["look", 7], ["look", None], ["made", "1\n2", "sample"], ["made", 1, 2, 3, 4]],
)
def test_a_forged_wish_gets_one_sentence(asked: list) -> None:
    assert wish("playground", PAIR, *asked).keys() == {"error"}


# ---- what it makes ----------------------------------------------------------------------------


def made(
    text: str, reading: str, target: str, page: str = "playground", base: str = PAIR, lock: Any = ()
) -> dict[str, Any]:
    return wish(page, base, "made", text, reading, target, list(lock))


@pytest.mark.parametrize(
    ("target", "link"),
    [
        ("p", "p=samples(1,2)&q=normal(2,1)"),
        ("q", "p=normal(0,1)&q=samples(1,2)"),
        ("both", "p=samples(1,2)&q=samples(1,2)"),
    ],
)
def test_a_sample_goes_where_the_visitor_says(target: str, link: str) -> None:
    given = made("1\n2", "sample", target)["given"]
    assert given == {"page": "playground", "link": link, "said": []}


def test_the_unit_and_the_measure_stay_and_a_pair_takes_both_places() -> None:
    given = made("a,1,2\nb,3,4", "named_pair", "pair", base=f"{PAIR}&unit=bits&show=js")["given"]
    assert given["link"] == "p=pmf(a:1,b:3)&q=pmf(a:2,b:4)&unit=bits&show=js"


@pytest.mark.parametrize(
    ("reading", "target", "told"),
    [
        ("named", "p", "cannot be read as named"),
        ("sample", "pair", "pair is not where"),
        ("sample", "everywhere", "everywhere"),
        ("weights", "p", "P is discrete and Q is continuous"),
    ],
)
def test_what_cannot_go_there_says_so(reading: str, target: str, told: str) -> None:
    assert told in made("1\n2", reading, target)["error"]


def test_names_that_the_other_side_loses_are_told() -> None:
    given = made("1\n2\n3", "sample", "p", base="p=pmf(a:1,b:1)&q=pmf(a:1,b:3)")["given"]
    assert given["said"] == ["The outcomes lost their names; they are numbers now."]


@pytest.mark.parametrize(("lock", "free"), [(["p"], "q"), (["q"], "p"), (["q.family"], "p")])
def test_what_a_link_locks_is_not_replaced(lock: list[str], free: str) -> None:
    held = "q" if free == "p" else "p"
    assert "as it is" in made("1\n2", "sample", held, lock=lock)["error"]
    assert "given" in made("1\n2", "sample", free, lock=lock)
    scene = json.dumps({"divviz": 1, "link": "p=normal(5,1)&q=cauchy(5,1)", "page": "playground"})
    assert "as it is" in made(scene, "saved", "saved", lock=lock)["error"]


def test_a_lesson_takes_what_it_can_and_leaves_the_rest_to_the_playground() -> None:
    stem = lesson.stem_of("surprise")
    assert stem is not None
    base = lesson.answer(stem, None, {}, "en")["scene"]
    look = wish("surprise", base, "look", "a,1\nb,3")["given"]
    assert look["readings"][0]["targets"] == ["p"]  # it is about P alone
    taken = made("a,1\nb,3", "named", "p", "surprise", base)["given"]
    assert taken == {"page": "surprise", "link": "p=pmf(a:1,b:3)", "said": []}
    stem = lesson.stem_of("two_directions")
    assert stem is not None
    base = lesson.answer(stem, None, {}, "en")["scene"]
    left = made("a,1\nb,3", "named", "both", "two_directions", base)["given"]
    assert left["page"] == "playground" and "continuous" in left["why"]
    assert left["link"].startswith("p=pmf(a:1,b:3)&q=pmf(a:1,b:3)")


@pytest.mark.parametrize("page", ["playground", "surprise"])
def test_a_saved_scene_says_its_page_and_reopens_there(page: str) -> None:
    link = "p=pmf(0.25,0.75)&unit=nats" if page == "surprise" else "p=pmf(1,3)&q=pmf(1,1)&show=js"
    text = json.dumps({"divviz": 1, "page": page, "link": link, "numbers": [1, "Infinity"]})
    assert read_file(text) == Saved(page, link)
    for asking in ("playground", "surprise"):
        look = wish(asking, "", "look", text)["given"]
        assert look["kind"] == "saved" and look["spelled"]["p"].startswith("pmf(")
        given = made(text, "saved", "saved", asking, "")["given"]
        assert (given["page"], given["link"]) == (page, link)


# ---- the preview ------------------------------------------------------------------------------


def test_the_preview_shows_the_first_rows_as_text_and_how_many_follow() -> None:
    rows = "".join(f"{x},{x * x}\n" for x in range(1, 10))
    look = wish("playground", PAIR, "look", f"<i>x</i>,n\n\n{rows}")["given"]
    assert look["heading"] == ["<i>x</i>", "n"] and look["rest"] == 4
    assert look["rows"][0] == ["3", "1", "1"] and len(look["rows"]) == 5
    json.dumps(look, allow_nan=False)


@pytest.mark.parametrize(
    "spelled",
    [
        ["pmf(a:1,b:3)"],
        ["pmf(1:1,9:3)", "pmf(1:2,4:2)"],
        ["samples(1,2,2,9)"],
        ["samples(7)"],
        ["samples(1,2)", "samples(5,6,7)"],
        ["normal(0,1)", "cauchy(0,1)"],
        ["samples(-1e300,1e300)"],
    ],
)
def test_the_small_picture_shares_out_all_of_the_mass(spelled: list[str]) -> None:
    dists: list[Dist] = [*map(parse, spelled)]
    found = bars(dists)
    assert len({len(masses) for masses in found.masses}) == 1
    for masses in found.masses:
        assert (masses >= 0).all() and np.sum(masses) == pytest.approx(1, abs=1e-12)


def test_an_error_is_a_scene_error_in_the_core_too() -> None:
    with pytest.raises(SceneError):
        read_file(7)
