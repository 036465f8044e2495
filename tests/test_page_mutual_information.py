"""Lesson 7: tables of two variables, what one says about the other, and a noisy channel."""

import json
import math
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import lessons
import live
import numpy as np
import pytest
from cases import each
from lessons import (
    PHONE,
    found,
    misfits,
    numbers_printed,
    readings,
    reads,
    refused,
    tap,
    visit,
)
from pictures import unpack
from playwright.sync_api import Page, expect

import divviz
from divviz import painted, state
from divviz.capacity import CHANNELS, binary_symmetric, blahut_arimoto, carried, sent, z_channel
from divviz.dist import SceneError
from divviz.joint import Joint, mutual_information
from divviz.joint_code import numpy_table, scipy_table, torch_table
from divviz.units import UNITS
from divviz.web import channels, lesson, prose, tables, text

STEM = "07_mutual_information"
parts = partial(lessons.parts, STEM)
TOPIC = lesson.topic(STEM)
assert TOPIC is not None
START = TOPIC.first


# ------------------------------------------------------------------ oracles in plain Python


def h(weights: Any) -> float:
    """Entropy in bits of weights of any sum."""
    total = math.fsum(np.ravel(weights))
    shares = [float(w) / total for w in np.ravel(weights) if w > 0]
    return math.fsum(-p * math.log2(p) for p in shares) + 0.0


def information(table: np.ndarray) -> float:
    return h(table.sum(axis=0)) + h(table.sum(axis=1)) - h(table)


def pearson(table: np.ndarray) -> float:
    """The correlation of the pairs that whole weights count."""
    y, x = np.repeat(np.indices(table.shape).reshape(2, -1), table.ravel().astype(int), axis=1)
    return float(np.corrcoef(x, y)[0, 1])


# ------------------------------------------------------------------ the table


def test_the_page_opens_with_the_numbers_of_the_textbook() -> None:
    numbers = readings(parts()["table"])
    wanted = {"h_x": 7 / 4, "h_y": 2, "h_xy": 27 / 8, "information": 3 / 8}
    wanted |= {"h_x_given_y": 11 / 8, "h_y_given_x": 13 / 8}
    assert numbers == pytest.approx({f"table.{key}": value for key, value in wanted.items()})


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_the_numbers_in_the_words_are_those_of_the_core(lang: str) -> None:
    page = prose.of(STEM, lang)
    one = painted.told(painted.TEXTBOOK, "bits")
    fractions = {"7/4": one.h_x, "11/8": one.h_x_given_y, "13/8": one.h_y_given_x}
    fractions |= {"3/8": one.information}
    for choice in ("x", "y", "same"):
        for spelled, value in fractions.items():
            top, _, bottom = spelled.partition("/")
            assert value == pytest.approx(int(top) / int(bottom), abs=1e-15)
            assert spelled in page.words[f"why.symmetry.{choice}"] and spelled in page.notes
    assert page.words["ask.symmetry"].count("7/4") == 1 and one.h_y == 2
    best = divviz_capacity("z", 0.5)
    spelled = re.search(r"log2\(5/4\) = (0\.\d{4})", page.notes)
    assert spelled and float(spelled[1]) == round(math.log2(5 / 4), 4) == round(best, 4)
    assert "0.9" in page.words["why.tenth.high"] and divviz_capacity(
        "erasure", 0.1
    ) == pytest.approx(0.9)
    assert page.words["ask.tenth"].count("0.1") == 1


def divviz_capacity(kind: str, noise: float) -> float:
    link = f"{START.link}&channel={kind}&noise={noise}"
    return readings(parts(link, parts=["channel"]))["channel.capacity"]


RANDOM = np.random.default_rng(3).integers(0, 10, (8, 4, 4))


@each("weights", RANDOM)
def test_every_number_of_a_table_is_that_of_its_definition(weights: np.ndarray) -> None:
    link = f"table=k4:{''.join(map(str, weights.ravel()))}"
    now = parts(link)
    numbers = readings(now["independence"])
    assert numbers["table.information"] == pytest.approx(information(weights), abs=1e-12)
    assert numbers["table.correlation"] == pytest.approx(pearson(weights), abs=1e-12)
    assert numbers["table.h_x_given_y"] == pytest.approx(h(weights) - h(weights.sum(axis=1)))
    (rows,) = found(now["rows"], "table")
    for row, line in zip(rows["rows"], weights, strict=False):
        if line.any():
            assert float(row[2]) == pytest.approx(h(line), abs=2e-3)


def test_the_rows_show_that_one_value_of_y_may_raise_the_uncertainty() -> None:
    (rows,) = found(parts()["rows"], "table")
    assert [row[3] for row in rows["rows"]] == ["0", "0", "−0.2500", "+1.750", "I = 0.3750"]


def test_a_row_without_mass_has_no_entropy() -> None:
    (rows,) = found(parts("table=k2:1100")["rows"], "table")
    assert rows["rows"][1] == ["Y=2", "0", "–", "–"]


def test_the_shares_add_up_to_the_information() -> None:
    said = [block["text"] for block in found(parts()["product"], "say")][-1]
    gains, losses, total = (float(n) for n in re.findall(r"\d\.\d+", said))
    assert gains - losses == total == 0.375


@pytest.mark.parametrize("unit", UNITS)
def test_the_bars_are_as_long_as_the_numbers(unit: str) -> None:
    told = painted.told(painted.TEXTBOOK, unit)
    drawn = tables.diagram(told, math.log(16) * UNITS[unit])
    ends = [unpack(trace["x"]) for trace in drawn["data"]]
    spans = [np.nanmax(x) - np.nanmin(x) for x in ends]
    wanted = [told.information, told.h_x, told.h_y, told.h_x_given_y, told.h_y_given_x]
    assert spans == pytest.approx([*wanted, told.information], abs=1e-6)
    low, high = drawn["layout"]["xaxis"]["range"]
    assert (low, high) == (0, pytest.approx(math.log(16) * UNITS[unit]))


# ------------------------------------------------------------------ painted pictures


def test_the_pictures_side_by_side_have_the_numbers_of_their_tables() -> None:
    (compared,) = found(parts()["pictures"], "table")
    assert compared["gate"] == "parabola"
    for name, row in zip(painted.PICTURES, compared["rows"], strict=True):
        weights = painted.picture(name).weights
        wanted = [pearson(weights), information(weights), h(weights) - h(weights.sum(axis=0))]
        assert [float(cell) for cell in row[1:4]] == pytest.approx(wanted, abs=2e-3), name


def test_the_numbers_that_the_question_is_about_wait_for_the_answer() -> None:
    gated = [*found(parts()["painting"], "numbers"), *found(parts()["painting"], "drawing")]
    assert [block.get("gate") for block in gated] == ["parabola", None, "parabola"]
    (asked,) = found(parts()["parabola"], "question")
    assert asked["truth"] == "blind" and not list(found(asked["shown"], "numbers"))
    (said,) = found(asked["revealed"], "say")
    weights = painted.picture("x_squared").weights
    assert pearson(weights) == pytest.approx(0, abs=1e-15)
    assert f"**{information(weights):.3f} bits**" in said["text"]
    assert f"{h(weights.sum(axis=1)):.3f} bits" in said["text"]
    assert h(weights) - h(weights.sum(axis=1)) == pytest.approx(1)  # H(X|Y) is one bit


# ------------------------------------------------------------------ the channel


def binary(e: float) -> float:
    return h([e, 1 - e])


CAPACITY: dict[str, Callable[[float], float]] = {
    "symmetric": lambda e: 1 - binary(e),
    "erasure": lambda e: 1 - e,
    "z": lambda e: math.log2(1 + (1 - e) * e ** (e / (1 - e))) if e < 1 else 0.0,
}


@each("kind", CAPACITY)
@each("noise", [0, 0.1, 0.2, 0.5, 0.77, 1])
def test_a_channel_shows_the_capacity_of_its_formula(kind: str, noise: float) -> None:
    assert divviz_capacity(kind, noise) == pytest.approx(CAPACITY[kind](noise), abs=1e-10)


def test_the_question_about_a_tenth_has_the_capacity_as_its_truth() -> None:
    for unit in UNITS:  # the question speaks of bits, whatever the page is in
        (asked,) = found(parts(f"unit={unit}")["tenth"], "question")
        assert asked["truth"] == pytest.approx(1 - binary(0.1)) and asked["unit"] == "bits"


def test_in_equal_shares_the_information_is_the_js_divergence_of_the_rows() -> None:
    for channel in (binary_symmetric(0.2), z_channel(0.3)):
        p, q = (divviz.pmf(row.tolist()) for row in channel)
        js = divviz.evaluate(p, q)["js"]
        assert carried(channel, [[1, 1]])[0] == pytest.approx(js, abs=1e-15)


@each("name", CHANNELS)
def test_what_several_inputs_carry_is_the_information_of_each_table(name: str) -> None:
    rows = CHANNELS[name](0.3)
    inputs = np.random.default_rng(1).random((7, len(rows)))
    inputs[0, 1:] = 0
    wanted = [mutual_information(sent(rows, one)) for one in inputs]
    assert carried(rows, inputs) == pytest.approx(wanted, abs=1e-14)
    assert (carried(rows, inputs) >= 0).all()


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ([[1, 1, 1]], "channel_input"),
        ([[0, 0], [1, 1]], "weights_zero"),
        ([[-1, 1]], "weight"),
        ([1, 1], "joint_dimensions"),
    ],
)
def test_inputs_that_are_none_are_refused(inputs: Any, code: str) -> None:
    with pytest.raises(SceneError) as caught:
        carried(binary_symmetric(0.1), inputs)
    assert caught.value.code == code


def test_the_climb_ends_at_the_capacity() -> None:
    numbers = readings(parts("channel=z&noise=0.5&share=0.1&step=20")["climb"])
    assert numbers["climb.lower"] == pytest.approx(math.log2(5 / 4), abs=1e-6)
    assert numbers["climb.lower"] <= math.log2(5 / 4) <= numbers["climb.upper"]
    assert numbers["climb.share"] == pytest.approx(0.4, abs=1e-3)


def test_ways_are_as_wide_as_they_are_likely_and_missing_where_they_are_not() -> None:
    drawn = channels.ways(z_channel(0.25), np.array([0.5, 0.5]), (("0", "1"), ("0", "1")))
    widths = [trace["line"]["width"] for trace in drawn["data"]]
    assert widths == [9, 3, 7] and drawn["data"][1]["line"]["dash"] == "dash"


@pytest.mark.parametrize("noise", [0.3, 0.41, 0.5, 0.7])
def test_the_sliders_step_is_fine_enough_for_the_summit(noise: float) -> None:
    reached = lesson.tasks(STEM)["summit"].reached
    links = [f"channel=z&noise={noise}&share={k / 100}" for k in range(101)]
    done = [k for k, link in enumerate(links) if reached(state.read_link(TOPIC, link)[0])]
    assert 1 <= len(done) <= 4


def test_names_of_lines_stand_apart_in_chinese_too() -> None:
    drawn = channels.bounds(np.zeros(2), np.ones(2), 0, 1, 0.5, ("已达到", "不超过"))
    notes = {one["text"]: one for one in drawn["layout"]["annotations"]}
    assert notes["— 不超过"]["xshift"] <= -(12 * 3 + 7 * 2)


# ------------------------------------------------------------------ what a hand can do


def test_a_painted_table_a_typed_cell_and_a_picture_are_in_the_link() -> None:
    now, _ = state.apply(START, ["cells", [0, 1] * 8])
    assert now.link.endswith("&table=k4:0101010101010101")
    now, _ = state.apply(START, ["cell", 3, 0, 0.5])
    assert now["table"].weights[3, 0] == 0.5 and now["table"].weights.sum() == 24.5
    now, _ = state.apply(START, ["fill", "same"])
    assert np.array_equal(now["table"].weights, 8 * np.eye(4))
    now, _ = state.apply(START, ["picture", "noise"])
    assert now["painted"] == painted.picture("noise")
    now, _ = state.apply(START, ["share", "share", 0.35, 0.1])
    assert now.link.endswith("&share=0.35")
    again, errors = state.read_link(TOPIC, now.link)
    assert not errors and again == now


@each(
    "act",
    [
        ["cells", [0] * 16],
        ["cells", [1] * 9],
        ["cells", ["x"] * 16],
        ["cell", 4, 0, 1],
        ["cell", 0, 0, -1],
        ["cell", 0.5, 0, 1],
        ["paint", [1] * 16],
        ["fill", "nonsense"],
        ["picture", "nonsense"],
        ["share", "share", 2, 0],
        ["share", "share", "0.1", 0],
        ["knob", "table", "k9:" + "1" * 81],
        ["knob", "table", [[1, 2], [3, 4]]],
    ],
)
def test_nonsense_is_one_sentence_and_changes_nothing(act: list[Any]) -> None:
    refused(STEM, act)


HOSTILE = [
    "k2:1000",
    "k2:1100",
    "k2:1010",
    "k3:000090000",
    "w2:1e308,1e308,1e308,1e308",
    "w2:5e-324,0,0,5e-324",
    "w3:1e300,1e-300,0,0,1,2",
    "k6:" + "1" * 36,
    "k6:100000000001",
    "k2:11",
    "k0:",
    "w2:nan,1,1,1",
    "w2:-1,1,1,1",
    "",
]


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("spelled", HOSTILE)
def test_no_table_that_a_link_can_name_makes_the_page_fail(spelled: str, lang: str) -> None:
    for unit, more in zip(UNITS, ({}, {"live": True}, {}), strict=True):
        told = parts(f"unit={unit}&table={spelled}&painted={spelled}", lang, **more)
        json.dumps(told, allow_nan=False)
        assert not any(re.search(r"nan|inf\b|∞|None", one) for one in texts(told))


def texts(tree: Any) -> Iterator[str]:
    """What a reader reads of a part: sentences, numbers, cells."""
    yield from (block["text"] for block in found(tree, "say"))
    yield from (row[3] for block in found(tree, "numbers") for row in block["rows"])
    for block in found(tree, "table"):
        for row in block["rows"]:
            yield from (one if isinstance(one, str) else one["value"] for one in row)
    for block in found(tree, "drawing"):
        yield from (one["text"] for one in block["figure"]["layout"]["annotations"])


@pytest.mark.parametrize("kind", CAPACITY)
def test_no_channel_makes_the_page_fail(kind: str) -> None:
    for noise in (0, 1e-9, 0.5, 0.999, 1):
        for share in (0, 1e-9, 0.5, 1):
            link = f"channel={kind}&noise={noise}&share={share}&step=7"
            told = parts(link, parts=["channel", "climb"])
            json.dumps(told, allow_nan=False)
            numbers = readings(told)
            best = numbers["channel.capacity"]
            assert numbers["climb.lower"] <= best + 1e-12
            assert numbers["climb.upper"] >= best - 1e-12 or share in (0, 1)


NEARLY = {
    "independent": ["table=k4:4211000000000000", "table=k4:1111111111111111", "table=k2:1000"],
    "uncorrelated": ["table=k2:1111", "table=k4:1000010000100001", "table=k4:1000000000000000"],
    "function": ["table=k4:1000010000100001", "table=k4:1111000000000000"],
    "summit": ["channel=symmetric&noise=0.5&share=0.5", "channel=z&noise=0&share=0.5"],
}


@each(("name", "link"), [(k, link) for k in NEARLY for link in NEARLY[k]])
def test_a_task_is_not_done_by_what_only_looks_like_it(name: str, link: str) -> None:
    now, errors = state.read_link(TOPIC, link)
    assert not errors and not lesson.tasks(STEM)[name].reached(now)


@each("unit", UNITS)
@each("name", NEARLY)
def test_a_task_is_done_in_any_unit(name: str, unit: str) -> None:
    task = lesson.tasks(STEM)[name]
    now, errors = state.read_link(TOPIC, f"{task.solution}&unit={unit}")
    assert not errors and now.unit == unit and task.reached(now)


def test_no_button_does_a_task() -> None:
    pressed = [["fill", name] for name in ("textbook", "independent", "same", "noisy")]
    for act in pressed:
        now, _ = state.apply(START, act)
        assert not any(task.reached(now) for task in lesson.tasks(STEM).values()), act


# ------------------------------------------------------------------ in your code


@each("unit", UNITS)
@each("spelled", ["k4:4211242122228000", "k2:1001", "w3:0.5,0.25,3,0,1e-3,7"])
@each("write", [numpy_table, scipy_table])
def test_the_programs_print_the_numbers_of_the_page(write: Any, spelled: str, unit: str) -> None:
    joint = painted.read_table(spelled)
    one = painted.told(joint, unit)
    wanted = {"H(X)": one.h_x, "H(Y)": one.h_y, "H(X,Y)": one.h_xy, "I(X;Y)": one.information}
    wanted |= {"H(X|Y)": one.h_x_given_y, "H(Y|X)": one.h_y_given_x}
    assert numbers_printed(write(joint, unit)) == pytest.approx(wanted, abs=1e-14)


def test_the_program_for_torch_has_the_same_table_and_the_order_of_its_arguments() -> None:
    program = torch_table(Joint([[4, 2], [0, 0.5]]), "bits")
    compile(program, "torch", "exec")
    assert "[4, 2]," in program and "[0, 0.5]," in program and "math.log(2)" in program
    assert "kl_div(log_q" in program and "import math" in program
    assert "import math" not in torch_table(painted.TEXTBOOK)


def test_a_program_in_no_unit_is_refused() -> None:
    with pytest.raises(SceneError):
        numpy_table(painted.TEXTBOOK, "furlongs")


# ------------------------------------------------------------------ in a browser


def square(page: Page, slot: str, label: str) -> Any:
    return page.locator(f"[data-slot={slot}] [role=gridcell][aria-label^='{label}']")


def painted_with(row: int, column: int, weight: float) -> float:
    return information(painted.edited(painted.TEXTBOOK, row, column, weight).weights)


def test_a_desk_paints_types_predicts_and_climbs(
    new_page: Callable[..., Page], server: live.Server
) -> None:
    page = new_page()
    visit(page, server, STEM)
    square(page, "table", "Y=1, X=2").click()
    reads(page, "table.information", painted_with(0, 1, 4))
    square(page, "table", "Y=1, X=2").click()  # the brush's own weight is erased
    reads(page, "table.information", painted_with(0, 1, 0))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("+")
    expect(page.locator(":focus")).to_have_text("1")  # 4 was the brush's, so 0, and one more
    page.locator("[data-part=type] > summary").click()
    page.locator("[data-cell='cell.1.1']").fill("-3")
    page.keyboard.press("Enter")
    expect(page.locator(".dv-notices")).to_contain_text("0 or greater")
    page.locator("[data-action=reset]").click()
    reads(page, "table.information", 3 / 8)

    expect(page.locator("[data-slot=painting] [data-gate]")).to_have_count(1)
    page.locator("[data-option=blind]").click()
    page.locator("[data-does='picture.x_squared']").click()
    reads(page, "painted.information", information(painted.picture("x_squared").weights))
    reads(page, "painted.correlation", 0)

    hand = page.locator("[data-grip=share]")
    hand.focus()
    page.keyboard.press("ArrowRight")
    reads(page, "channel.now", float(carried(binary_symmetric(0.2), [[79, 21]])[0]) / math.log(2))
    page.locator("[data-play=step]").focus()
    page.keyboard.press("End")
    climbed = blahut_arimoto(binary_symmetric(0.2), [79, 21], 20)[-1]
    reads(page, "climb.share", climbed.input[1])
    page.locator("[data-slot=code]").scroll_into_view_if_needed()
    expect(page.locator("[data-slot=code] pre")).to_contain_text("[8, 0, 0, 0]")


def test_a_phone_paints_by_touch_and_nothing_is_too_wide_or_too_small(
    new_page: Callable[..., Page], server: live.Server
) -> None:
    page = new_page(**PHONE)
    visit(page, server, STEM, "lang=zh")
    seen = page.locator("[data-slot=table] .dv-result")
    box = seen.bounding_box()
    assert box is not None and box["y"] + box["height"] < 844  # the headline is on the first screen
    tap(square(page, "table", "Y=4，X=4："))
    reads(page, "table.information", painted_with(3, 3, 4))
    tap(page.locator("[data-gate=parabola]").first)
    cell = square(page, "painting", "Y=1，X=1：")
    cell.scroll_into_view_if_needed()
    tap(cell)
    weights = painted.edited(painted.picture("circle"), 0, 0, 9).weights
    reads(page, "painted.information", information(weights))
    tap(page.locator("[data-choice='channel.erasure']"))
    reads(page, "channel.capacity", 0.8)
    assert misfits(page) == []
