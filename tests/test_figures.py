"""Every picture of every measure: its colours, axes and lines, and pairs that are hard to draw."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from cases import each
from pairs import pair_of
from pictures import T, line, row, spoken

from divviz.families import drawn, pmf, samples
from divviz.grammar import parse
from divviz.measures import MEASURES
from divviz.pair import Pair
from divviz.presets import PRESETS
from divviz.web import figures, sheet

PAIRS = [
    *((preset.p, preset.q) for preset in PRESETS.values()),
    ("normal(0,0.05)", "normal(0.05,0.1)"),
    ("normal(0,1)", "normal(40,1)"),
    ("uniform(-3,1)", "uniform(-1,3)"),
    ("beta(0.5,0.5)", "beta(2,3)"),
    ("exponential(1)", "gamma(0.5,1)"),
    ("cauchy(0,1)", "cauchy(0,2)"),
    ("poisson(12)", "geometric(0.1)"),
    ("binomial(63,0.3)", "poisson(25)"),
    ("pmf(cat:1,dog:3)", "pmf(dog:1,newt:2)"),
    ("pmf(-1.5:1,0:1,7:2)", "pmf(-1.5:2,0:1,7:1)"),
    ("pmf(3:1)", "pmf(3:1)"),
]
TOKEN = re.compile(r"@(p|q|m|more|less|ink|grid|paper)(/[\d.]+)?")


def leaves(node: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, part in node.items():
            yield from leaves(part, key)
    elif isinstance(node, list):
        for part in node:
            yield from leaves(part, name)
    else:
        yield name, node


# ---- every picture ----


@each("key", MEASURES)
def test_every_picture_is_plain_json_in_tokens_of_colour(key: str) -> None:
    for p, q in PAIRS:
        figure = figures.picture(pair_of(p, q), key, "bits", T)
        json.dumps(figure, allow_nan=False)
        for name, leaf in leaves(figure):
            if name in ("color", "bordercolor") or name.endswith(("color", "colour")):
                assert TOKEN.fullmatch(leaf), (p, q, name, leaf)


@each("key", MEASURES)
def test_every_line_has_as_many_x_as_y_and_nothing_infinite(key: str) -> None:
    for p, q in PAIRS:
        for trace in figures.picture(pair_of(p, q), key, "nats", T)["data"]:
            x, y = line(trace)
            assert x.shape == y.shape, (p, q)
            assert not np.isinf(x).any() and not np.isinf(y).any(), (p, q)
            plain = trace["mode"] == "none" or "fill" in trace
            assert np.isfinite(y).any() or plain, (p, q)


@each("key", MEASURES)
def test_the_axes_hold_all_that_is_drawn(key: str) -> None:
    for p, q in PAIRS:
        figure = figures.picture(pair_of(p, q), key, "nats", T)
        for trace in figure["data"]:
            y = line(trace)[1]
            low, high = figure["layout"]["yaxis" + trace["yaxis"][1:]]["range"]
            edge = 1e-5 * (high - low)
            held = np.isnan(y) | ((y >= low - edge) & (y <= high + edge))
            assert np.all(held), (p, q, trace["yaxis"])


@each("key", MEASURES)
def test_a_picture_has_two_rows_at_most_and_never_moves_under_a_finger(key: str) -> None:
    layout = figures.picture(pair_of("normal(0,1)", "normal(2,1)"), key, "nats", T)["layout"]
    axes = [name for name in layout if re.fullmatch(r"[xy]axis\d*", name)]
    assert len(axes) in (2, 4) and all(layout[name]["fixedrange"] for name in axes)
    assert layout["dragmode"] is False and "title" not in layout
    spans = sorted(layout[name]["domain"] for name in axes if name[0] == "y")
    assert spans[0][0] == 0 and spans[-1][1] == pytest.approx(1)
    assert all(low[1] < high[0] for low, high in pairwise(spans))


@each("key", MEASURES)
def test_x_lines_up_with_the_board(key: str) -> None:
    pair = pair_of("normal(0,1)", "normal(2,1)")
    layout = figures.picture(pair, key, "nats", T, (-7.0, 9.0))["layout"]
    assert layout["xaxis"]["range"] == [-7.0, 9.0]
    assert (layout["margin"]["l"], layout["margin"]["r"]) == (sheet.LEFT, sheet.RIGHT) == (44, 12)
    slots = figures.picture(pair_of("pmf(1,1,1)", "pmf(1,2,1)"), key, "nats", T)["layout"]
    assert slots["xaxis"]["range"] == [-0.5, 2.5]
    assert slots["xaxis"]["ticktext"] == ["0", "1", "2"]


def test_p_and_q_differ_by_dash() -> None:
    pair = pair_of("normal(0,1)", "normal(2,1)")
    for key in MEASURES:
        for trace in figures.picture(pair, key, "nats", T)["data"]:
            if trace.get("line", {}).get("color") == "@q":
                assert trace["line"]["dash"] == "dash"
            if trace.get("line", {}).get("color") == "@p":
                assert trace["line"]["dash"] == "solid"


def test_many_outcomes_are_few_traces_and_few_labels() -> None:
    pair = pair_of("binomial(63,0.5)", "discrete_uniform(0,63)")
    for key in MEASURES:
        figure = figures.picture(pair, key, "nats", T)
        assert len(figure["data"]) <= 8
        assert len(figure["layout"]["xaxis"]["ticktext"]) <= 14


def test_the_labels_of_many_outcomes_are_round_numbers() -> None:
    layout = figures.picture(pair_of("geometric(0.05)", "poisson(9)"), "js", "nats", T)["layout"]
    assert all(int(label) % 5 == 0 for label in layout["xaxis"]["ticktext"])


def test_what_a_visitor_writes_is_no_markup_and_no_colour() -> None:
    pair = Pair(pmf([1, 2], labels=("@p", "a&lt;b")), pmf([2, 1], labels=("@p", "a&lt;b")))
    figure = figures.resolve(figures.picture(pair, "js", "nats", T), figures.PALETTES["dark"])
    assert figure["layout"]["xaxis"]["ticktext"] == ["&#64;p", "a&amp;lt;b"]


@pytest.mark.parametrize("theme", figures.PALETTES)
def test_no_token_is_left_after_resolving(theme: str) -> None:
    palette = figures.PALETTES[theme]
    for p, q in PAIRS[:6]:
        for key in MEASURES:
            figure = figures.resolve(figures.picture(pair_of(p, q), key, "nats", T), palette)
            assert not [leaf for _, leaf in leaves(figure) if str(leaf).startswith("@")]
    assert figures.resolve("@p/0.5", {"p": "#0b5cad"}) == "rgba(11,92,173,0.5)"


def test_the_palettes_have_the_same_names() -> None:
    assert set(figures.PALETTES["light"]) == set(figures.PALETTES["dark"])


def test_a_stroke_of_256_cells_is_drawn_as_its_own_steps() -> None:
    rng = np.random.default_rng(1)
    p, q = (drawn(-4, 4, rng.integers(0, 4096, 256).tolist()) for _ in "pq")
    figure = figures.picture(Pair(p, q), "js", "nats", T)
    x, _ = line(row(figure, "y")[0])
    assert len(x) <= 2 * 257 + 2 and len(json.dumps(figure)) < 40_000


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("key", ["w1", "wasserstein", "energy_distance", "mmd"])
def test_places_beyond_single_precision_are_drawn_where_they_are(key: str) -> None:
    pair = pair_of("pmf(0:1,1e300:1)", "pmf(0:1,1e299:3,1e300:1)")
    figure = figures.picture(pair, key, "nats", T)
    every = [line(trace) for trace in figure["data"]]
    assert not any(np.isinf(x).any() or np.isinf(y).any() for x, y in every)
    assert max(np.nanmax(x) for x, _ in every[:2]) == pytest.approx(1e300, rel=0.1)


# ---- outcomes against a density, and measures without a picture of their own ----


@pytest.mark.parametrize(
    ("p", "q"), [("samples(1,2,2,3,5)", "normal(2,1)"), ("cauchy(0,1)", "samples(2)")]
)
def test_outcomes_beside_a_density_are_stairs_beside_a_curve(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key, one in MEASURES.items():
        figure = figures.picture(pair, key, "nats", T, (-4.0, 8.0))
        defined = one.across or one.of != "pair"
        said = "<br>".join(n["text"] for n in figure["layout"]["annotations"])
        assert ("no common density" in said.replace("<br>", " ")) != defined
        assert bool(figure["data"]) == defined
        assert figure["layout"]["xaxis"]["range"] == [-4.0, 8.0]
        if defined and key != "mmd":
            for name, dist in (("F", pair.P), ("G", pair.Q)):
                x, y = spoken(figure, f"{name} =")
                # Places are packed in single precision: beside a step that is not enough.
                apart = np.abs(x - np.rint(x)) > 1e-3
                assert y[apart] == pytest.approx(dist.cdf(x[apart]), abs=1e-6)
                jump = np.diff(y).max()
                assert jump >= 0.2 if dist.kind == "discrete" else jump < 0.05


def test_a_sample_of_many_values_is_drawn_as_a_curve() -> None:
    rng = np.random.default_rng(2)
    pair = Pair(samples(rng.normal(size=20_000)), parse("normal(0,1)"))
    figure = figures.picture(pair, "w1", "nats", T)
    x, _ = spoken(figure, "F =")
    assert len(x) < 1000 and len(json.dumps(figure)) < 60_000


@pytest.mark.parametrize("key", [key for key, one in MEASURES.items() if not one.required])
def test_a_measure_without_a_picture_gets_one_from_its_entry(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setattr(figures, "PICTURES", {})
    for p, q in (("pmf(1,2,3,4)", "pmf(4,3,2,1)"), ("normal(0,1)", "normal(1,2)")):
        pair, symbol = pair_of(p, q), MEASURES[key].symbol
        figure = figures.picture(pair, key, "nats", T)
        traces = [t for t in figure["data"] if "fill" in t]
        assert {t["line"]["color"] for t in traces} == {"@more", "@less"}
        x, y = spoken(figure, symbol)
        term = MEASURES[key].term(pair.on(np.round(x, 5)))
        assert y == pytest.approx(term, rel=1e-3, abs=1e-4)
