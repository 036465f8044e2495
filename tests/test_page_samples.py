"""Lesson 8: counts and models, samples that scatter, bins; each number against plain Python."""

import contextlib
import io
import json
import math
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import board
import lessons
import live
import numpy as np
import pytest
from cases import each
from lessons import found, readings, reads, said, tap
from pictures import line, unpack
from playwright.sync_api import Page, expect
from scipy import stats

from divviz import parse, state
from divviz.binned import thousandths
from divviz.dist import SceneError
from divviz.tally_code import programs
from divviz.units import UNITS
from divviz.web import lesson, prose, tallies, text
from divviz.worms import TEETH, slide, tally

STEM = "08_samples"
reply, parts = partial(lessons.reply, STEM), partial(lessons.parts, STEM)
PAGE = "page=samples"
PAGE_FILE = lesson.module(STEM)
TOPIC = lesson.topic(STEM)
assert TOPIC is not None
START = TOPIC.first
P = PAGE_FILE.P
SHARES = np.array(TEETH) / 100


# ------------------------------------------------------------------ oracles in plain Python


def kl(p: Any, q: Any) -> float:
    pairs = zip(np.ravel(p).tolist(), np.ravel(q).tolist(), strict=True)
    return math.fsum(a * math.log(a / b) for a, b in pairs if a > 0)


def binomial(n: int, p: float) -> list[float]:
    return [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


def entropy(p: Any) -> float:
    return math.fsum(-a * math.log(a) for a in np.ravel(p).tolist() if a > 0)


UNIFORM, BEST = kl(SHARES, [1 / 11] * 11), kl(SHARES, binomial(10, 0.544))


def expected_bias(n: int) -> float:
    """The exact mean of the plug-in entropy of n worms, less the entropy of all."""
    k = np.arange(n + 1)
    terms = -(k / n) * np.log(np.maximum(k, 1) / n)
    return float(sum(stats.binom.pmf(k, n, p) @ terms for p in SHARES)) - entropy(SHARES)


# ------------------------------------------------------------------ counts and a model


@pytest.mark.parametrize("p", [0.05, 0.3, 0.544, 0.9])
def test_the_board_shows_kl_and_where_down_is(p: float) -> None:
    part = parts(f"p={P}&q=binomial(10,{p})")["board"]
    assert readings(part)["kl_pq"] == pytest.approx(kl(SHARES, binomial(10, p)), abs=1e-12)
    word = "foot of the valley" if p == 0.544 else "larger" if p < 0.544 else "smaller"
    assert word in said(part)
    (drawn,) = found(part, "drawing")
    (hand,) = drawn["hands"]
    assert hand["x"] == p and 0 <= hand["y"] <= drawn["figure"]["layout"]["yaxis"]["range"][1]


def test_a_model_that_rules_out_what_was_counted_is_infinite() -> None:
    for p in (0, 1):
        part = parts(f"p={P}&q=binomial(10,{p})")["board"]
        assert math.isinf(readings(part)["kl_pq"]) and "infinite" in said(part)


def test_the_hand_makes_q_the_binomial_of_its_place() -> None:
    now, _ = state.apply(START, ["slide", "p", 0.51239, 7.0])
    assert str(now.scene.q) == "binomial(10,0.5124)"
    other, _ = state.read_link(TOPIC, f"p={P}&q=poisson(5)")
    assert str(state.apply(other, ["slide", "p", -3, 0])[0].scene.q) == "binomial(10,0)"
    assert "no binomial with 10 places" in said(parts(other.link)["board"])


def test_the_truth_of_the_first_question_is_computed_and_its_numbers_wait() -> None:
    (asked,) = found(parts()["better"], "question")
    assert asked["truth"] == "uniform" and BEST > 3 * UNIFORM
    assert not list(found(asked["shown"], "numbers"))
    numbers = readings(asked["revealed"])
    assert numbers == pytest.approx({"to_uniform": UNIFORM, "to_binomial": BEST})
    shown_at_first = [n for block in parts()["board"] for n in readings(block).values()]
    assert not any(abs(n - UNIFORM) < 1e-3 for n in shown_at_first)


@pytest.mark.parametrize("unit", UNITS)
def test_the_level_of_the_uniform_model_is_drawn_only_behind_its_question(unit: str) -> None:
    link, level = f"{START.link}&unit={unit}", UNIFORM * UNITS[unit]

    def levels(tree: Any) -> list[float]:
        pictures = [*found(tree, "drawing"), *found(tree, "figure")]
        lines = [line(trace) for one in pictures for trace in one["figure"]["data"]]
        flat = [y[0] for _, y in lines if y.size and (y == y[0]).all()]
        return [y for y in flat if y == pytest.approx(level)]

    told = parts(link)
    (asked,) = found(told.pop("better"), "question")
    assert len(levels(asked.pop("revealed"))) == 1
    assert levels(asked) == levels(list(told.values())) == []
    assert UNIFORM < BEST  # so the line is below all of the curve, as the label says


def test_no_reading_of_the_table_gives_the_numbers_of_the_articles() -> None:
    models = [[1 / 11] * 11, *(binomial(10, p) for p in (0.5, 0.544, 0.57))]
    values = [kl(*pair) for q in models for pair in ((SHARES, q), (q, SHARES))]
    for value in [v / base for v in values for base in (1, math.log(2), math.log(10))]:
        assert abs(value - 0.338) > 6e-4 and abs(value - 0.477) > 6e-4
    for lang in text.LANGUAGES:
        words = prose.of(STEM, lang).words["better.articles"]
        assert "0.338" in words and "0.477" in words


@each("unit", UNITS)
@each("p", [0.2, 0.544])
def test_the_likelihood_is_the_mirror_image_of_kl(unit: str, p: float) -> None:
    numbers = readings(parts(f"p={P}&q=binomial(10,{p})&unit={unit}")["likelihood"])
    log_l = float(SHARES @ stats.binom.logpmf(np.arange(11), 10, p)) * UNITS[unit]
    assert numbers["likely"] == pytest.approx(log_l, rel=1e-12)
    assert numbers["likely"] + numbers["kl_at"] == pytest.approx(-entropy(SHARES) * UNITS[unit])
    wanted = 10 * (p - 0.544) / (p * (1 - p)) * UNITS[unit]
    assert numbers["slope"] == pytest.approx(wanted, abs=1e-9)


def test_the_likelihood_of_all_is_told_where_their_number_is_known() -> None:
    log_l = float(np.array(TEETH) @ stats.binom.logpmf(np.arange(11), 10, 0.3))
    told = said(parts()["likelihood"])
    assert "100 values" in told and f"−{-log_l:.1f} nats" in told
    assert "values together" not in said(parts("p=pmf(0.5,0.25,0.25)")["likelihood"])
    assert "For all 4 values" in said(parts("p=samples(1,1,3,2)&q=binomial(3,0.5)")["likelihood"])


# ------------------------------------------------------------------ own data


def rows(tree: Any) -> list[list[str]]:
    (table,) = found(tree, "table")
    return table["rows"]


def test_models_stand_with_what_they_miss() -> None:
    table = rows(parts()["own"])
    poisson = stats.poisson.pmf(np.arange(11), 5.44)
    wanted = [UNIFORM, BEST, kl(SHARES, poisson), 0]
    assert [float(row[2]) for row in table] == pytest.approx(wanted, abs=5e-4)
    assert [row[1] for row in table] == ["0", "1", "1", "10"]


@pytest.mark.parametrize("name", ["worms", "dice", "kicks"])
def test_each_table_of_the_page_opens_with_a_binomial_of_its_length(name: str) -> None:
    opened = [row[1]["open"] for row in next(found(parts()["own"], "buttons"))["rows"]]
    link = opened[list(PAGE_FILE.TABLES).index(name)]
    now, errors = state.read_link(TOPIC, link)
    counts = tally(now.scene.p)
    assert not errors and counts is not None and now.scene.q.args[0] == len(counts) - 1


def test_pasted_counts_are_counts_and_pasted_measurements_get_densities() -> None:
    now, _ = state.apply(START, ["data", "p", "3 4 4 5 5 5 6", "samples", ""])
    assert [row[0] for row in rows(parts(now.link)["own"])][1].startswith("binomial (6, 0.762")
    values = [1.2, 1.9, 2.2, 3.7, 2.8]
    now, _ = state.apply(START, ["data", "p", " ".join(map(str, values)), "samples", ""])
    normal = stats.norm(np.mean(values), np.std(values)).logpdf(values).mean()
    table = rows(parts(now.link)["own"])
    assert float(table[0][2].replace("−", "-")) == pytest.approx(normal, abs=5e-4)
    taken = parts(now.link)["own"]
    acts = [row[1]["act"] for block in found(taken, "buttons") for row in block["rows"][:1]
            if "act" in row[1]]  # fmt: skip
    after, _ = state.apply(now, acts[0])
    assert after.scene.q.name == "normal" and after.scene.kind == "mixed"
    assert "not defined" in said(parts(after.link)["say0"])


# ------------------------------------------------------------------ samples


def test_the_plug_in_entropy_is_too_small_on_average() -> None:
    (asked,) = found(parts()["small"], "question")
    assert asked["truth"] == "small"
    numbers = readings(parts()["scatter"])
    assert numbers["true"] == pytest.approx(entropy(SHARES))
    assert numbers["bias"] == pytest.approx(expected_bias(100), abs=1e-12)
    assert numbers["rule"] == pytest.approx(-10 / 200)
    drawn = np.random.default_rng(1).multinomial(100, SHARES, size=200) / 100
    assert numbers["mean"] == pytest.approx(np.mean([entropy(row) for row in drawn]))


@pytest.mark.parametrize("upto", [1, 37, 200])
def test_the_mean_is_that_of_the_samples_so_far(upto: int) -> None:
    link = f"p={P}&q=binomial(10,0.5)&estimate=kl&n=40&draw=5&upto={upto}"
    drawn = np.random.default_rng(5).multinomial(40, SHARES, size=200)[:upto] / 40
    wanted = np.mean([kl(row, binomial(10, 0.5)) for row in drawn])
    numbers = readings(parts(link)["scatter"])
    assert numbers["mean"] == pytest.approx(wanted)
    assert numbers["true"] == pytest.approx(kl(SHARES, binomial(10, 0.5)))
    assert numbers["rule"] == pytest.approx(10 / 80)
    assert numbers["bias"] == pytest.approx(-expected_bias(40), abs=1e-12)


def test_before_the_first_sample_there_is_no_mean() -> None:
    part = parts("upto=0")["scatter"]
    assert "No sample yet" in said(part)
    (row,) = [row for block in found(part, "numbers") for row in block["rows"] if row[0] == "mean"]
    assert row[3] == "–"


def test_the_correction_takes_most_of_the_bias_away() -> None:
    plain, corrected = (
        readings(parts(f"estimate={one}")["scatter"])["bias"] for one in ("entropy", "corrected")
    )
    assert abs(corrected) < abs(plain) / 10


def test_an_infinite_kl_is_missed_by_samples_without_the_rare_outcome() -> None:
    part = parts("p=pmf(99,1)&q=pmf(1,0)&estimate=kl&n=20")["scatter"]
    drawn = np.random.default_rng(1).multinomial(20, [0.99, 0.01], size=200)
    finite = int((drawn[:, 1] == 0).sum())
    assert 0 < finite < 200 and f"**{finite} of 200**" in said(part)
    assert math.isinf(readings(part)["true"])


def test_chance_alone_shows_the_kl_that_the_text_names() -> None:
    n, k = 100, np.arange(101)
    one = float(stats.binom.pmf(k, n, 1 / 11) @ ((k / n) * np.log(np.maximum(k, 1) / n * 11)))
    assert f"{11 * one:.4g} nats" in said(parts()["say1"])


def test_the_bars_count_the_samples_so_far() -> None:
    drawn = next(found(parts("upto=37")["scatter"], "drawing"))["figure"]
    x, y = (unpack(drawn["data"][0][axis]) for axis in "xy")
    assert y[1::3].sum() == y[2::3].sum() == 37 and (np.diff(x) >= 0).all()


# ------------------------------------------------------------------ bins


def histogram_numbers(values: Any, count: int) -> tuple[float, float]:
    """Entropy of the histogram, and KL to the fitted normal by quadrature bin by bin."""
    counts, edges = np.histogram(values, count)
    normal, size = stats.norm(np.mean(values), np.std(values)), float(np.diff(edges)[0])
    total, cross = 0.0, 0.0
    nodes, weights = np.polynomial.legendre.leggauss(8)
    for c, low in zip(counts / len(values), edges[:-1], strict=True):
        if c > 0:
            x = low + size * (nodes + 1) / 2
            cross -= c * float(weights @ normal.logpdf(x)) / 2
            total -= c * math.log(c / size)
    return total, cross - total


@pytest.mark.parametrize("count", [2, 8, 60])
def test_the_bins_decide_entropy_and_kl(count: int) -> None:
    values = thousandths()
    wanted = histogram_numbers(values, count)
    numbers = readings(parts(f"bins={count}")["bins"])
    assert (numbers["h_bins"], numbers["kl_bins"]) == pytest.approx(wanted, abs=1e-9)
    assert len(values) == 100 and abs(np.mean(values)) < 0.2 and 0.8 < np.std(values) < 1.2


def test_more_bins_are_farther_from_the_normal() -> None:
    (asked,) = found(parts()["width"], "question")
    few, many = (histogram_numbers(thousandths(), n)[1] for n in (8, 60))
    assert asked["truth"] == "more" and many > 5 * few
    gates = {block.get("gate") for block in found(parts()["bins"], "numbers")}
    assert gates == {"width"}


def test_own_measurements_take_the_place_of_the_page_s_values() -> None:
    values = [1.2, 1.9, 2.2, 3.7, 2.8, 0.4, 2.1]
    for how in ("samples({})", "histogram(fd,{})", "fitted(normal,{})"):
        p = how.format(",".join(map(str, values)))
        part = parts(f"p={p}&q={'normal(0,1)'}&bins=5")["bins"]
        wanted = histogram_numbers(values, 5)
        assert readings(part)["kl_bins"] == pytest.approx(wanted[1], abs=1e-9)
        assert "Your 7 values" in said(part)


# ------------------------------------------------------------------ the words


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_the_numbers_in_the_words_are_those_of_the_core(lang: str) -> None:
    page = prose.of(STEM, lang)
    body = "\n".join(section.text for section in page.sections)
    assert slide().best == 0.544 and slide().mean == pytest.approx(5.44)
    assert "5.44/10 = 0.544" in body and "1/11" in body
    expected = 100 * sum(binomial(10, 0.544)[9:])
    assert round(expected) == 2 and sum(TEETH[9:]) == 15
    for choice in ("uniform", "binomial", "same"):
        why = page.words[f"why.better.{choice}"]
        assert re.search(r"\b2\b", why) and re.search(r"\b15\b", why)
    dice = parse(PAGE_FILE.TABLES["dice"]).weights
    kicks = parse(PAGE_FILE.TABLES["kicks"]).weights
    fair = kl(dice / dice.sum(), binomial(12, 1 / 3))
    few, many = (histogram_numbers(thousandths(), n)[1] for n in (8, 60))
    noted = {
        f"{UNIFORM:.4f}": 1, f"{BEST:.4f}": 1, f"{2 * 100 * UNIFORM:.1f}": 1,
        f"{stats.chi2(10).isf(0.05):.1f}": 1, f"{int(dice.sum())}": 1,
        f"{dice @ np.arange(13) / dice.sum() / 12:.4f}": 1, f"{fair:.5f}": 1,
        f"12/{2 * int(dice.sum())} = {12 / (2 * dice.sum()):.5f}": 1,
        f"{kicks @ np.arange(5) / kicks.sum():.2f}": 1, f"{few:.3f}": 1, f"{many:.3f}": 1,
    }  # fmt: skip
    assert not [number for number in noted if number not in page.notes]
    assert str(int(kicks.sum())) in page.notes and "2, 3, 5, 14, 16, 15, 12" in page.notes


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_live_paragraphs_hold_no_formula_that_nobody_would_set(lang: str) -> None:
    assert not [one for one in prose.of(STEM, lang).live if "$" in one]


# ------------------------------------------------------------------ tasks


NEARLY = {
    "foot": [f"p={P}&q=binomial(10,0.53)", f"p={P}&q=binomial(11,0.4945)", f"p={P}&q={P}"],
    "beat": [f"p={P}&q={P}", f"p={P}&q=discrete_uniform(0,10)", "p=pmf(1,1)&q=bernoulli(0.5)",
             f"p={P}&q=mixture(0.5*{P}+0.5*poisson(5))"],
    "enough": ["n=502", "n=540", "p=pmf(1,1)&q=pmf(1,1)&n=510"],
    "manifold": ["bins=20", "p=samples(1,2,5)&q=poisson(2)&bins=60"],
}  # fmt: skip


@each(("name", "link"), [(k, link) for k in NEARLY for link in NEARLY[k]])
def test_a_task_is_not_done_by_what_only_looks_like_it(name: str, link: str) -> None:
    now, errors = state.read_link(TOPIC, link)
    assert not errors and not lesson.tasks(STEM)[name].reached(now)


def test_enough_worms_are_those_whose_exact_bias_is_small_enough() -> None:
    least = next(n for n in range(480, 540) if expected_bias(n) > -0.01)
    reached = lesson.tasks(STEM)["enough"].reached
    for n, wanted in ((least - 1, False), (least, True), (round(1.06 * least), False)):
        assert reached(state.read_link(TOPIC, f"n={n}")[0]) is wanted


# ------------------------------------------------------------------ what a hand can do


@each(
    "act",
    [
        ["slide", "p", "x", 0],
        ["slide", "p"],
        ["slide", "p", math.nan, 0],
        ["knob", "n", 4],
        ["knob", "bins", 61],
        ["knob", "upto", 0.5],
        ["knob", "estimate", "guess"],
        ["data", "p", "one two", "samples", ""],
    ],
)
def test_nonsense_is_one_sentence_and_changes_nothing(act: list[Any]) -> None:
    with pytest.raises(SceneError) as caught:
        state.apply(START, act)
    for lang in text.LANGUAGES:
        told = lesson.answer(STEM, {"seq": 1, "base": "", "acts": [act]}, {}, lang)
        assert told["scene"] == START.link and len(told["notices"]) == 1
        assert told["notices"][0] and "{" not in told["notices"][0], caught.value.code


HOSTILE = [
    "p=pmf(1)&q=pmf(1)",
    "p=pmf(0,0,1)&q=binomial(2,1)",
    "p=pmf(1,0,0)&q=binomial(2,0.5)",
    "p=pmf(1e308,1e308,1)&q=binomial(2,0.5)",
    "p=pmf(5e-324,1,0)&q=binomial(2,0.5)",
    "p=pmf(a:1,b:2)&q=pmf(a:2,b:1)",
    "p=pmf(-1:1,2.5:3)&q=poisson(2)",
    "p=pmf(64:1)&q=poisson(2)",
    "p=pmf(65:1,0:1)&q=poisson(2)",
    "p=poisson(9000)&q=poisson(3)",
    "p=geometric(0.001)&q=geometric(0.5)",
    "p=samples(1)&q=normal(0,1)",
    "p=samples(2,2,2)&q=binomial(2,0.5)",
    "p=samples(1e30,-1e30,3)&q=normal(0,1)",
    "p=samples(1,1.0000000000000002)&q=normal(0,1)",
    "p=normal(0,1)&q=samples(1,2,3)",
    "p=histogram(3,1,2,4)&q=normal(0,1)",
    "p=fitted(poisson,1,2,4)&q=poisson(3)",
    "p=truncated(poisson(3),0,6)&q=poisson(3)",
    "p=mixture(0.5*bernoulli(0.5)+0.5*binomial(5,0.5))&q=binomial(5,0.5)",
    "p=shifted(binomial(4,0.5),3)&q=binomial(7,0.5)",
    "p=cauchy(0,1)&q=normal(0,1)",
]


@pytest.mark.parametrize("link", HOSTILE)
def test_no_pair_makes_the_page_fail(link: str) -> None:
    assert not state.read_link(TOPIC, link)[1]
    for unit, estimate, lang in zip(UNITS, PAGE_FILE.ESTIMATES, ("en", "zh", "en"), strict=True):
        for more in ({}, {"live": True}):
            told = parts(f"{link}&unit={unit}&estimate={estimate}&upto=7", lang, **more)
            json.dumps(told, allow_nan=False)
            assert not any(re.search(r"nan|\binf\b|None|\{", one) for one in spoken(told))


def spoken(tree: Any) -> Iterator[str]:
    """What a reader reads of a part: sentences, numbers, cells, notes in pictures."""
    yield from (block["text"] for block in found(tree, "say"))
    yield from (row[3] for block in found(tree, "numbers") for row in block["rows"])
    for block in found(tree, "table"):
        yield from (one for row in block["rows"] for one in row)
    for block in found(tree, "drawing"):
        yield from (one["text"] for one in block["figure"]["layout"]["annotations"])


def test_a_curve_stays_in_its_picture_at_either_end() -> None:
    for counts in (TEETH, (1, 0, 0), (0, 0, 1), (3, 1)):
        one = tallies.curve(slide(counts))
        for at in (0.0, 1e-9, 0.5, 1.0):
            for drawn in (
                tallies.down(one, at, 1.0, "h"),
                tallies.mirrored(one, at, 1.0, ("a", "b")),
                tallies.beside_uniform(one, 1.0, "h", "u"),
            ):
                json.dumps(drawn, allow_nan=False)
                low, high = drawn["layout"]["yaxis"]["range"]
                assert math.isfinite(low) and low < high < math.inf


# ------------------------------------------------------------------ in your code


def printed(program: str) -> dict[str, float]:
    """What a program prints: a name and a number in each line."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(program, {})
    lines = (line.rsplit(" ", 1) for line in out.getvalue().splitlines())
    return {name: float(value) for name, value in lines}


COUNTS = [TEETH, (109, 65, 22, 3, 1), (0.5, 0.0, 0.125), (0, 3)]


@each("unit", UNITS)
@each("counts", COUNTS)
@each("library", ["NumPy", "SciPy"])
def test_the_programs_print_the_numbers_of_the_page(library: str, counts: Any, unit: str) -> None:
    factor, n = UNITS[unit], len(counts) - 1
    p = f"pmf({','.join(map(str, counts))})"
    numbers = printed(programs(counts, 50, 3, unit)[library])
    found_there = slide(counts)
    assert numbers["best p"] == pytest.approx(found_there.best, abs=1e-14)
    assert numbers["KL(P||uniform)"] == pytest.approx(found_there.uniform * factor, abs=1e-12)
    assert numbers["KL(P||binomial)"] == pytest.approx(found_there.least * factor, abs=1e-12)
    for one, name in (("entropy", "mean plug-in"), ("corrected", "mean Miller-Madow")):
        link = f"p={p}&q=binomial({n},0.5)&unit={unit}&n=50&draw=3&estimate={one}"
        seen = readings(parts(link)["scatter"])
        assert numbers[name] == pytest.approx(seen["mean"], abs=1e-12)
        assert numbers["H(P)"] == pytest.approx(seen["true"], abs=1e-12)


def test_the_program_for_torch_has_kl_s_arguments_in_their_order() -> None:
    program = programs(TEETH, 100, 1, "bits")["PyTorch"]
    compile(program, "torch", "exec")
    assert "kl_div(log_uniform[some], p[some]" in program
    assert "kl_div(log_binomial[some], p[some]" in program
    assert "[2, 3, 5, 14" in program and "/ math.log(2)" in program and "np." not in program


def test_a_program_for_too_many_counts_or_in_no_unit_is_refused() -> None:
    for given in (([1.0] * 66, 10, 1, "bits"), ([1.0], 10, 1, "bits"), ([1, 2], 9, 1, "furlongs")):
        with pytest.raises(SceneError):
            programs(*given)


def test_the_programs_stand_on_the_page() -> None:
    (block,) = found(parts("n=60&draw=4")["code"], "code")
    assert [name for name, _ in block["programs"]] == ["NumPy", "SciPy", "PyTorch"]
    assert all("2, 3, 5, 14" in program for _, program in block["programs"])
    assert "default_rng(4).multinomial(60" in block["programs"][0][1]


# ------------------------------------------------------------------ in a browser


def open_page(page: Page, server: live.Server, query: str = "lang=en") -> None:
    page.goto(f"{server.url}?{PAGE}&{query}")
    page.locator("[data-measure=kl_pq][data-seq]").first.wait_for()


def test_a_desk_slides_predicts_and_plays(
    new_page: Callable[..., Page], server: live.Server
) -> None:
    page = new_page()
    open_page(page, server)
    dot = page.locator("[data-slot=board] [data-grip=p]")
    box = dot.bounding_box()
    assert box is not None and box["y"] < 800
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    page.wait_for_function("() => !location.search.includes('binomial(10,0.3)')")
    dot.focus()
    page.keyboard.press("Home")
    page.wait_for_function(
        "() => document.querySelector('[data-measure=kl_pq]').dataset.value === 'Infinity'"
    )
    for _ in range(5):
        page.keyboard.press("PageUp")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    reads(page, "kl_pq", kl(SHARES, binomial(10, 0.54)))
    page.locator("[data-slot=valley]").scroll_into_view_if_needed()
    expect(page.locator("[data-slot=valley] li")).to_have_attribute("data-done", "true")

    page.locator("[data-option=uniform]").click()
    reads(page, "to_uniform", UNIFORM)
    page.locator("[data-does='set.q.poisson(5.44)']").click()
    reads(page, "kl_pq", kl(SHARES, stats.poisson.pmf(np.arange(11), 5.44)))

    page.locator("[data-option=small]").click()
    page.locator("[data-slot=scatter] [data-play=first]").click()
    expect(page.locator("[data-slot=scatter] .dv-result")).to_contain_text("No sample yet")
    page.locator("[data-slot=scatter] [data-play=step]").click()
    first = np.random.default_rng(1).multinomial(100, SHARES, size=200)[0] / 100
    reads(page, "mean", entropy(first))


def test_a_phone_pastes_by_touch_and_nothing_is_too_wide_or_too_small(
    new_page: Callable[..., Page], server: live.Server
) -> None:
    page = new_page(**lessons.PHONE)
    open_page(page, server, "lang=zh")
    seen = page.locator("[data-slot=board] [data-measure=kl_pq]").bounding_box()
    assert seen is not None and seen["y"] + seen["height"] < 844
    tap(page.locator("[data-gate=width]").first)
    tap(page.locator("[data-does='knob.bins.10']"))
    reads(page, "kl_bins", histogram_numbers(thousandths(), 10)[1])
    tap(page.locator("[data-slot=own] [data-part=families] > summary"))
    tap(page.locator("[data-slot=own] [data-part='data.p'] > summary"))
    page.locator("[data-slot=own] [data-numbers=p]").fill("3 4 4 5 5 5 6")
    tap(page.locator("[data-slot=own] [data-use=p]"))
    page.wait_for_function("() => location.search.includes('samples')")
    tap(page.locator("[data-slot=own] [data-gate=better]"))
    expect(page.locator("[data-slot=own] table").last).to_contain_text("二项（6, 0.762）")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert board.too_small(page) == []
