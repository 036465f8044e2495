"""Numbers as CSV and JSON, programs of this library: read back by readers that are not ours."""

import contextlib
import csv
import io
import json
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

import divviz
from divviz import export
from divviz.dist import SceneError
from divviz.families import pmf
from divviz.grammar import parse
from divviz.library_code import library_code
from divviz.measures import FIRST, MEASURES, value
from divviz.pair import Pair
from divviz.scene import DEFAULT, Scene, read_link
from divviz.web import exports, lesson, stage, text
from divviz.web.wishes import Asked

HERE = "https://divviz.example.org/course/"


def scene_of(p: str, q: str, unit: str = "nats", show: str = "kl_pq") -> Scene:
    return Scene(parse(p), parse(q), unit, show)


SCENES = {
    "dice": scene_of("pmf(0.1,0.2,0.7)", "pmf(0.2,0.3,0.5)", "bits", "renyi(0.5)"),
    "named": scene_of("pmf(=1/0:1,猫:2,@a b:3)", "pmf(=1/0:3,猫:2,@a b:1)", "hartleys"),
    "infinite": scene_of("pmf(1,2,3)", "pmf(1,0,3)", "nats", "wasserstein(inf)"),
    "counts": scene_of("poisson(4)", "geometric(0.3)", "bits", "js(0.3)"),
    "humps": DEFAULT,
    "heavy": scene_of("cauchy(0,1)", "normal(0,1)", "bits", "renyi(inf)"),
    "mixed": scene_of("samples(1,2,2.5,7)", "normal(2,1)", "bits", "w1"),
    "pole": scene_of("gamma(0.5,1)", "exponential(1)"),
}
EACH = pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)


def given(scene: Scene, name: str, *, lang: str = "en", **more: Any) -> str:
    """The text of a format as the page gives it."""
    asked = Asked("playground", scene, text.of(lang), lang)
    options = {"here": HERE, "hidden": [], "shown": []} | more
    return exports.export_given(asked, name, **options)["text"]


def rows_of(content: str) -> list[dict[str, str]]:
    """The rows of a CSV file as Python's own reader has them, after its mark of UTF-8."""
    plain = content.encode().decode("utf-8-sig")
    assert content != plain and "\r\n" in plain
    return list(csv.DictReader(io.StringIO(plain, newline="")))


def number_of(spelled: Any) -> float | None:
    return None if spelled in ("", None) else float(spelled)


def wanted(scene: Scene, key: str) -> float | None:
    """What the page shows for a measure."""
    given = scene.parameters if key == scene.key else {}
    return value(Pair(scene.p, scene.q), key, scene.unit, **given)


# ---- all numbers ---------------------------------------------------------------------------------


@EACH
def test_csv_and_json_say_every_number_of_the_page_and_why_it_is_none(scene: Scene) -> None:
    table = {row["measure"]: row for row in rows_of(given(scene, "numbers"))}
    told = json.loads(given(scene, "json"))["numbers"]
    assert list(table) == list(told) == list(MEASURES)
    for key in MEASURES:
        want = wanted(scene, key)
        assert number_of(table[key]["value"]) == number_of(told[key]["value"]) == want, key
        endless = want is None or math.isinf(want)
        assert bool(table[key]["reason"]) == ("reason" in told[key]) == endless, key
        assert table[key]["symbol"] == MEASURES[key].symbol and table[key]["name"]


def test_units_stand_beside_the_numbers_and_change_them() -> None:
    units = {row["measure"]: row["unit"] for row in rows_of(given(SCENES["dice"], "numbers"))}
    assert units["kl_pq"] == units["renyi"] == "bits" and units["js_distance"] == "sqrt(bits)"
    assert units["w1"] == "x" and units["energy_distance"] == "sqrt(x)" and units["tv"] == ""
    p, q = np.array([0.1, 0.2, 0.7]), np.array([0.2, 0.3, 0.5])
    told = json.loads(given(SCENES["dice"], "json"))["numbers"]
    assert told["kl_pq"]["value"] == pytest.approx(stats.entropy(p, q, base=2), rel=1e-12)
    order = -2 * math.log2(np.sum(np.sqrt(p * q)))
    assert told["renyi"]["value"] == pytest.approx(order, rel=1e-12)
    assert told["renyi"]["parameters"] == {"alpha": 0.5}
    assert told["wasserstein"]["parameters"] == {"p": 2.0}


@EACH
def test_json_is_strict_and_reopens_as_the_scene(scene: Scene) -> None:
    def never(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    told = json.loads(given(scene, "json"), parse_constant=never)
    again, errors = read_link(told["link"])
    assert (again, errors, told["page"]) == (scene, [], "playground")
    assert told["divviz"] == 1 and told["address"] == f"{HERE}?page=playground&{told['link']}"
    assert told["versions"]["numpy"] == np.__version__
    assert told["scene"]["unit"] == scene.unit and parse(told["scene"]["p"]) == scene.p


def test_every_row_carries_the_scene_and_the_link() -> None:
    rows = rows_of(given(SCENES["named"], "numbers"))
    for row in rows:
        link = row["link"].removeprefix(f"{HERE}?page=playground&")
        assert read_link(link) == (SCENES["named"], [])
        assert row["divviz"] == divviz.__version__ and row["page"] == "playground"


def test_names_and_reasons_are_in_the_language_of_the_page() -> None:
    row = rows_of(given(SCENES["infinite"], "numbers", lang="zh"))[4]
    assert row["measure"] == "kl_pq" and row["name"] == "P 对 Q 的 KL 散度"
    assert row["value"] == "Infinity" and "概率" in row["reason"]


def test_what_a_link_hides_is_in_no_file() -> None:
    scene, hidden = scene_of("pmf(1,2)", "pmf(2,1)"), ["js", "notes"]
    kept = [key for key in MEASURES if key != "js"]
    assert [row["measure"] for row in rows_of(given(scene, "numbers", hidden=hidden))] == kept
    assert list(json.loads(given(scene, "json", hidden=hidden))["numbers"]) == kept
    for name in ("numpy", "scipy", "torch"):
        assert "\njs =" not in given(scene, name, hidden=hidden)
        assert "\njs_distance =" in given(scene, name, hidden=hidden)
    assert "% js " not in given(scene, "latex", hidden=hidden)
    assert json.loads(given(scene, "json", hidden=["numbers"]))["numbers"] == {}
    assert rows_of(given(scene, "numbers", hidden=["numbers"])) == []
    names = run(given(scene, "divviz", hidden=["js"]))["numbers"]
    assert "js" not in names and "kl_pq" in names


def test_a_lessons_own_numbers_come_along() -> None:
    shown = [["mi", "I(X;Y)", "0.375"], ["=cap", "C", "Infinity"], ["u", "?", "NaN"]]
    read = exports.shown_numbers([*shown, ["kl_pq", "KL", "7"]])
    told = json.loads(given(SCENES["dice"], "json", shown=read))["readings"]
    assert [(one["name"], one["value"]) for one in told] == [
        ("mi", 0.375),
        ("=cap", "Infinity"),
        ("u", None),
    ]
    rows = {row["measure"]: row for row in rows_of(given(SCENES["dice"], "numbers", shown=read))}
    assert rows["mi"]["value"] == "0.375" and rows["'=cap"]["value"] == "Infinity"
    assert float(rows["kl_pq"]["value"]) == wanted(SCENES["dice"], "kl_pq")


# ---- P and Q -------------------------------------------------------------------------------------


def columns(scene: Scene) -> dict[str, list[str]]:
    rows = rows_of(given(scene, "outcomes"))
    return {head: [row[head] for row in rows] for head in rows[0]}


def test_outcomes_stand_with_their_masses() -> None:
    found = columns(SCENES["infinite"])
    assert found["outcome"] == ["0", "1", "2"]
    assert list(map(float, found["p"])) == pytest.approx([1 / 6, 2 / 6, 3 / 6], rel=1e-12)
    assert list(map(float, found["q"])) == pytest.approx([1 / 4, 0, 3 / 4], rel=1e-12)
    counted = columns(SCENES["counts"])
    k = np.array(list(map(float, counted["outcome"])))
    masses = np.array(list(map(float, counted["p"])))
    assert masses == pytest.approx(stats.poisson(4).pmf(k), rel=1e-12, abs=1e-300)


def test_densities_stand_at_places_close_enough_to_draw_them() -> None:
    found = {head: np.array(list(map(float, cells))) for head, cells in columns(DEFAULT).items()}
    assert (np.diff(found["x"]) > 0).all() and len(found["x"]) >= 200
    assert found["q"] == pytest.approx(stats.norm(1.5, 1).pdf(found["x"]), rel=1e-12)
    assert np.trapezoid(found["p"], found["x"]) == pytest.approx(1, abs=1e-3)
    pole = columns(SCENES["pole"])
    assert max(map(float, pole["p"])) < 1e3  # beside the pole, not on it


def test_outcomes_beside_a_density_stand_as_their_cdfs() -> None:
    found = {h: np.array(list(map(float, c))) for h, c in columns(SCENES["mixed"]).items()}
    assert found["cdf_q"] == pytest.approx(stats.norm(2, 1).cdf(found["x"]), rel=1e-12)
    steps = np.searchsorted([1, 2, 2.5, 7], found["x"], side="right") / 4
    assert found["cdf_p"] == pytest.approx(steps, abs=1e-12)


def test_more_outcomes_than_a_table_holds_are_one_sentence_and_json_has_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    with pytest.raises(SceneError, match="3 outcomes, more than the 2"):
        given(SCENES["dice"], "outcomes")
    told = json.loads(given(SCENES["dice"], "json"))
    assert told["outcomes"] is None and told["numbers"]["tv"]["value"] == pytest.approx(0.2)


# ---- hostile text --------------------------------------------------------------------------------

HOSTILE = ["=1/1", "@SUM", "-a/3", "＝cmd", "'; x", 'say "hi"', "<b>", "]] \\end{axis}",
           "#{%$&_^~}", "\\input", "猫", "=HYPERLINK", "{kl}", "`id`", "\\\\[9pt]"]  # fmt: skip


def hostile() -> Scene:
    names = ["".join(c for c in name if c not in "(),:+*") for name in HOSTILE]
    n = len(names)
    return Scene(pmf(range(1, n + 1), labels=names), pmf([0.0, *range(n, 1, -1)], labels=names))


def test_no_cell_is_a_formula_and_no_name_is_lost() -> None:
    scene = hostile()
    for name in ("numbers", "outcomes"):
        plain = given(scene, name).removeprefix("\ufeff")
        for row in csv.reader(io.StringIO(plain, newline="")):
            for cell in row:
                if cell.startswith(tuple("=+-@＝＋－＠\t\r")):
                    assert number_of(cell) is not None, cell
    found = [cell.removeprefix("'") if cell[:2] in ("'=", "'@", "'-", "'＝") else cell
             for cell in columns(scene)["outcome"]]  # fmt: skip
    assert tuple(found) == scene.p.labels
    assert tuple(json.loads(given(scene, "json"))["outcomes"]["outcome"]) == scene.p.labels


def test_cells_of_any_text_keep_their_place() -> None:
    cells = ["\t=1", "a\r\nb", 'x"y', ",", "", " =1", "\n+1", "\x00"]
    table = export.Table(("head", "other"), (cells, [float(k) for k in range(len(cells))]))
    rows = list(csv.DictReader(io.StringIO(export.csv_text(table)[1:], newline="")))
    assert [row["head"].removeprefix("'") for row in rows] == cells
    assert all(row["head"][:1] not in "=+-@\t\r\n" or not row["head"] for row in rows)
    assert [row["other"] for row in rows] == [str(k) for k in range(len(cells))]


# ---- programs ------------------------------------------------------------------------------------


def run(program: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(program, "program", "exec"), names)
    assert printed.getvalue().strip()
    return names


@EACH
def test_the_program_of_this_library_gives_the_pages_numbers_to_the_last_digit(
    scene: Scene,
) -> None:
    found = run(given(scene, "divviz"))["numbers"]
    assert found == {key: wanted(scene, key) for key in MEASURES}


def test_a_program_holds_no_more_than_the_scene_whatever_names_say() -> None:
    scene = hostile()
    assert run(given(scene, "divviz"))["P"] == scene.p
    long = Scene(parse(f"samples({','.join(str(k / 7) for k in range(500))})"), scene_of(
        "samples(1,2)", "samples(1)").p)  # fmt: skip
    program = library_code(long)
    assert run(program)["P"] == long.p and max(map(len, program.splitlines())) < 100


LIMITS: dict[str, tuple[float, float]] = {  # for outcomes, for densities
    "numpy": (1e-12, 1e-6),
    "scipy": (1e-12, 1e-8),
}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("which", ["named", "infinite", "counts", "humps"])
def test_the_other_programs_give_the_pages_numbers_as_closely_as_the_dialog_says(
    which: str, name: str
) -> None:
    scene = SCENES[which]
    names = run(given(scene, name))
    exact, near = LIMITS[name]
    keys = [key for key in (*FIRST, scene.key) if key in names]
    assert len(keys) >= 9
    for key in keys:
        want = wanted(scene, key)
        close = exact if scene.kind == "discrete" else near
        assert names[key] == pytest.approx(want, rel=close, abs=close), key


def test_a_program_that_cannot_be_had_is_one_sentence() -> None:
    with pytest.raises(SceneError, match="choose another library"):
        given(SCENES["mixed"], "numpy")


# ---- the wishes ----------------------------------------------------------------------------------


def wish(*parts: Any, link: str = "p=normal(0,1)&q=normal(2,1)") -> dict[str, Any]:
    reply = stage.answer({"seq": 2, "base": link, "wish": [1, *parts]}, {}, "en")
    found: dict[str, Any] = reply["wish"][1]
    return found


def test_a_page_gives_each_format_under_its_own_name() -> None:
    link = "p=pmf(1,2)&q=pmf(2,1)"
    given = [wish("export", name, HERE, [], [], link=link)["given"] for name in exports.FORMATS]
    files = [one["file"] for one in given]
    assert files[:3] == ["numbers.csv", "p-q.csv", "scene.json"] and len(set(files)) == len(files)


@pytest.mark.parametrize(
    "parts",
    [
        ("export", "exe", HERE, [], []),
        ("export", "json", 7, [], []),
        ("export", "json", HERE, "js", []),
        ("export", "json", HERE, [], [["a"]]),
        ("export", "json", HERE, [], [["a", "b", "seven"]]),
        ("export", "json", HERE, [], [["a", "b", "1"]] * 1000),
        ("caption", None),
    ],
)
def test_a_forged_wish_gets_one_sentence(parts: tuple[Any, ...]) -> None:
    assert wish(*parts)["error"].endswith(".")


@pytest.mark.parametrize("here", ["javascript:alert(1)//", "https://a\nimport os", "x", ""])
def test_an_address_that_is_none_stands_nowhere(here: str) -> None:
    for name in ("json", "divviz", "latex"):
        told = wish("export", name, here, [], [], link="p=pmf(1,2)&q=pmf(2,1)")["given"]["text"]
        assert "alert" not in told and "import os" not in told
    assert wish("caption", here)["given"]["address"] == ""


def test_a_caption_says_what_the_picture_is_of_and_where() -> None:
    told = wish("caption", HERE, link="p=bernoulli(0.3)&q=bernoulli(0.5)&unit=bits&show=js")[
        "given"
    ]
    assert told["pair"] == [["P", "bernoulli(0.3)"], ["Q", "bernoulli(0.5)"]]
    assert told["unit"] == "bits" and told["key"] == "js"
    assert told["address"].startswith(f"{HERE}?page=playground&p=bernoulli(0.3)")
    long = f"p=samples({','.join('1.25' for _ in range(900))})&q=normal(0,1)"
    assert wish("caption", HERE, link=long)["given"]["address"] == ""


def test_a_lesson_gives_its_own_link_and_only_the_sides_that_it_has() -> None:
    stem = lesson.stem_of("surprise")
    assert stem is not None
    message = {"seq": 1, "base": "p=pmf(1,3)&k=5", "wish": [1, "caption", HERE]}
    told = lesson.answer(stem, message, {}, "en")["wish"][1]["given"]
    assert told["pair"] == [["P", "pmf(1,3)"]]
    assert told["address"] == f"{HERE}?page=surprise&p=pmf(1,3)&k=5"


def test_files_of_the_longest_data_are_made_whole() -> None:
    values = ",".join(f"{k / 997:.6g}" for k in range(5_000))
    link = f"p=samples({values})&q=samples(1,2,3)"
    found = json.loads(wish("export", "json", HERE, ["numbers"], [], link=link)["given"]["text"])
    assert read_link(found["link"])[0] == read_link(link)[0]
