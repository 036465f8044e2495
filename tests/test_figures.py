"""The pictures show the numbers: areas, ends and flows are read back from the packed arrays."""

import base64
import json
import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from divviz.families import drawn, pmf
from divviz.measures import MEASURES, UNITS, values
from divviz.pair import Pair
from divviz.presets import PRESETS
from divviz.scene import parse
from divviz.web import figures, sheet, text

T = text.of("en")
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
INFINITE = [
    ("pmf(0.1,0.3,0.4,0.2)", "pmf(0.2,0.4,0,0.4)"),
    ("uniform(-3,1)", "uniform(-1,3)"),
    ("cauchy(0,1)", "normal(0,1.5)"),
    ("poisson(12)", "geometric(0.1)"),
]


def pair_of(p: str, q: str) -> Pair:
    return Pair(parse(p), parse(q))


def unpack(packed: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed["bdata"]), dtype=packed["dtype"]).astype(float)


def line(trace: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    return unpack(trace["x"]), unpack(trace["y"])


def row(figure: dict[str, Any], axis: str) -> list[dict[str, Any]]:
    return [trace for trace in figure["data"] if trace["yaxis"] == axis]


def spoken(figure: dict[str, Any], name: str) -> tuple[np.ndarray, np.ndarray]:
    """The places and numbers that the pointer reads."""
    (found,) = (t for t in figure["data"] if t.get("hovertemplate", "").startswith(name))
    return line(found)


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


@pytest.mark.parametrize("key", MEASURES)
@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_every_picture_is_plain_json_in_tokens_of_colour(p: str, q: str, key: str) -> None:
    figure = figures.picture(pair_of(p, q), key, "bits", T)
    json.dumps(figure, allow_nan=False)
    for name, leaf in leaves(figure):
        if name in ("color", "bordercolor") or name.endswith(("color", "colour")):
            assert TOKEN.fullmatch(leaf), (name, leaf)


@pytest.mark.parametrize("key", MEASURES)
@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_every_line_has_as_many_x_as_y_and_nothing_infinite(p: str, q: str, key: str) -> None:
    figure = figures.picture(pair_of(p, q), key, "nats", T)
    for trace in figure["data"]:
        x, y = line(trace)
        assert x.shape == y.shape and not np.isinf(x).any() and not np.isinf(y).any()
        assert np.isfinite(y).any() or trace["mode"] == "none" or "fill" in trace


@pytest.mark.parametrize("key", MEASURES)
@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_the_axes_hold_all_that_is_drawn(p: str, q: str, key: str) -> None:
    figure = figures.picture(pair_of(p, q), key, "nats", T)
    for trace in figure["data"]:
        y = line(trace)[1]
        low, high = figure["layout"]["yaxis" + trace["yaxis"][1:]]["range"]
        edge = 1e-5 * (high - low)
        assert np.all(np.isnan(y) | ((y >= low - edge) & (y <= high + edge))), (trace["yaxis"], key)


@pytest.mark.parametrize("key", MEASURES)
def test_a_picture_has_two_rows_at_most_and_never_moves_under_a_finger(key: str) -> None:
    layout = figures.picture(pair_of("normal(0,1)", "normal(2,1)"), key, "nats", T)["layout"]
    axes = [name for name in layout if re.fullmatch(r"[xy]axis\d*", name)]
    assert len(axes) in (2, 4) and all(layout[name]["fixedrange"] for name in axes)
    assert layout["dragmode"] is False and "title" not in layout
    spans = sorted(layout[name]["domain"] for name in axes if name[0] == "y")
    assert spans[0][0] == 0 and spans[-1][1] == pytest.approx(1)
    assert all(low[1] < high[0] for low, high in pairwise(spans))


@pytest.mark.parametrize("key", MEASURES)
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


# ---- what a picture shows is the number ----


SHOWN = [
    ("normal(0,1)", "normal(1,1.3)"),
    ("mixture(0.5*normal(-2,0.7)+0.5*normal(2,0.7))", "normal(1.5,1)"),
    ("normal(0,0.05)", "normal(0.05,0.1)"),
    ("uniform(-1,1)", "normal(0,1)"),
    ("laplace(0,1)", "normal(0.5,2)"),
]
NAMES = {
    "entropy_p": "−p log p",
    "entropy_q": "−q log q",
    "cross_entropy_pq": "−p log q",
    "cross_entropy_qp": "−q log p",
    "kl_pq": "p log p/q",
    "kl_qp": "q log q/p",
    "js": "½ p log p/m",
    "js_distance": "½ p log p/m",
}


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize(("p", "q"), SHOWN)
def test_the_area_under_a_term_is_the_measure(p: str, q: str, key: str) -> None:
    pair = pair_of(p, q)
    value = values(pair, "bits")[key if key != "js_distance" else "js"]
    (a, b), (c, d) = pair.P.window(), pair.Q.window()
    middle, reach = (min(a, c) + max(b, d)) / 2, 0.9 * (max(b, d) - min(a, c))
    view = (middle - reach, middle + reach)
    x, y = spoken(figures.picture(pair, key, "bits", T, view), NAMES[key])
    if math.isinf(value):
        assert np.isnan(y).any()
    else:
        assert np.trapezoid(y, x) == pytest.approx(value, rel=0.02, abs=0.01)


@pytest.mark.parametrize("key", NAMES)
def test_the_bars_of_outcomes_sum_to_the_measure(key: str) -> None:
    pair = pair_of("pmf(0.02,0.2,0.3,0.48)", "pmf(0.3,0.1,0.2,0.4)")
    value = values(pair, "hartleys")[key if key != "js_distance" else "js"]
    figure = figures.picture(pair, key, "hartleys", T)
    _, y = spoken(figure, NAMES[key])
    assert y.sum() == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("key", ["kl_pq", "kl_qp"])
def test_what_adds_is_above_zero_and_what_takes_back_is_hatched_below(key: str) -> None:
    pair = pair_of("pmf(1,2,3,4)", "pmf(4,3,2,1)")
    figure = figures.picture(pair, key, "nats", T)
    up, down = (t for t in row(figure, "y") if t.get("fill") == "tozeroy")
    colours = ("@more", "@less") if key == "kl_pq" else ("@less", "@more")
    assert (up["line"]["color"], down["line"]["color"]) == colours
    assert np.nanmin(line(up)[1]) == 0 and np.nanmax(line(down)[1]) == 0
    assert "fillpattern" in down and "fillpattern" not in up
    _, term = spoken(figure, NAMES[key])
    # A bar is four corners, or nothing where it is zero.
    total = np.nansum(line(up)[1]) / 2 + np.nansum(line(down)[1]) / 2
    assert total == pytest.approx(term.sum(), abs=1e-6)


def bars(figure: dict[str, Any]) -> list[tuple[float, float]]:
    """The left and right end of each horizontal bar, from the bottom."""
    found = [line(t)[0] for t in row(figure, "y2") if t.get("fill") == "toself"]
    return [(x[0], x[2]) for x in found]


@pytest.mark.parametrize(("p", "q"), [*SHOWN, ("pmf(1,2,3)", "pmf(3,2,1)")])
@pytest.mark.parametrize(
    ("key", "own", "extra"),
    [
        ("kl_pq", "entropy_p", "kl_pq"),
        ("cross_entropy_pq", "entropy_p", "kl_pq"),
        ("kl_qp", "entropy_q", "kl_qp"),
        ("cross_entropy_qp", "entropy_q", "kl_qp"),
    ],
)
def test_kl_begins_where_entropy_ends_and_ends_where_cross_entropy_ends(
    p: str, q: str, key: str, own: str, extra: str
) -> None:
    pair = pair_of(p, q)
    found = values(pair, "bits")
    if math.isinf(found[extra]):
        return
    kl, entropy, cross = bars(figures.picture(pair, key, "bits", T))
    assert entropy == pytest.approx((0, found[own]), abs=1e-5)
    assert kl == pytest.approx((found[own], found[own] + found[extra]), abs=1e-5)
    assert cross == pytest.approx((0, kl[1]), abs=1e-5)


@pytest.mark.parametrize("key", ["kl_pq", "cross_entropy_pq"])
@pytest.mark.parametrize(("p", "q"), INFINITE)
def test_infinity_runs_off_the_edge_and_is_marked(p: str, q: str, key: str) -> None:
    pair = pair_of(p, q)
    figure = figures.picture(pair, key, "nats", T)
    kl, entropy, cross = bars(figure)
    edge = figure["layout"]["xaxis2"]["range"][1]
    assert kl[1] == cross[1] == pytest.approx(edge)
    assert entropy[1] == pytest.approx(values(pair)["entropy_p"], abs=1e-5) and entropy[1] < edge
    notes = [note for note in figure["layout"]["annotations"] if "∞" in note["text"]]
    assert [note["text"] for note in notes if note["yref"] == "y2"] == ["∞ →", "∞ →"]
    assert [note for note in notes if note["yref"] == "y"]


@pytest.mark.parametrize("key", ["kl_pq", "cross_entropy_pq"])
def test_where_q_is_zero_there_is_a_hatched_band_and_no_bar(key: str) -> None:
    def bands(p: str, q: str) -> list[dict[str, Any]]:
        figure = figures.picture(pair_of(p, q), key, "nats", T)
        hatched = [t for t in row(figure, "y") if "fillpattern" in t]
        return [t for t in hatched if t["fillpattern"]["fgcolor"].startswith("@ink")]

    (band,) = bands("uniform(-3,1)", "uniform(-1,3)")
    x, y = line(band)
    assert (x[y > 0].min(), x[y > 0].max()) == pytest.approx((-3, -1), abs=1e-3)
    (band,) = bands("pmf(0.1,0.3,0.4,0.2)", "pmf(0.2,0.4,0,0.4)")
    x, y = line(band)
    assert set(np.round(x[y > 0])) == {2.0}
    assert bands("pmf(0.1,0.3,0.4,0.2)", "pmf(0.2,0.4,0.1,0.4)") == []


def test_a_pole_is_cut_and_not_drawn_to_infinity() -> None:
    figure = figures.picture(pair_of("beta(0.5,0.5)", "beta(2,3)"), "js", "nats", T)
    assert 2 < figure["layout"]["yaxis2"]["range"][1] < 20


def test_a_place_far_from_zero_keeps_its_digits() -> None:
    figure = figures.picture(pair_of("normal(1e9,0.1)", "normal(1e9,0.2)"), "js", "nats", T)
    x, _ = spoken(figure, "½")
    assert len(np.unique(x)) == len(x) > 100


# ---- the way from P to Q ----


@pytest.mark.parametrize(
    ("p", "q"),
    [*SHOWN, ("pmf(1,2,3)", "pmf(3,2,1)"), ("pmf(-1.5:1,0:1,7:2)", "pmf(-1.5:2,0:1,7:1)")],
)
def test_the_area_between_the_cdfs_is_w1(p: str, q: str) -> None:
    pair = pair_of(p, q)
    g, f = (line(t) for t in row(figures.picture(pair, "w1", "nats", T), "y2")[:2])
    area = np.trapezoid(np.abs(f[1] - g[1]), f[0])
    assert area == pytest.approx(values(pair)["w1"], rel=0.02)


def streams(figure: dict[str, Any]) -> np.ndarray:
    """The corners of each stream (n, 4): left and right above, right and left below."""
    x, _ = line(row(figure, "y")[0])
    return x.reshape(-1, 6)[:, :4]


weights = st.lists(st.integers(1, 20), min_size=2, max_size=12)


@settings(max_examples=60, deadline=None)
@given(weights, weights)
def test_streams_carry_all_of_p_to_all_of_q_by_the_shortest_way(p: list, q: list) -> None:
    pair = Pair(pmf(p), pmf(q))
    corners = streams(figures.picture(pair, "w1", "nats", T))
    n = len(pair.x)
    gauge = 0.9 / max(pair.p.max(), pair.q.max())
    mass = (corners[:, 1] - corners[:, 0]) / gauge
    assert (corners[:, 2] - corners[:, 3]) / gauge == pytest.approx(mass, abs=1e-5)
    start, end = (np.round(corners[:, pick].mean(axis=1)) for pick in ([0, 1], [2, 3]))
    assert mass.sum() == pytest.approx(1, abs=0.03)
    leaving = np.bincount(start.astype(int), mass, n)
    assert leaving == pytest.approx(pair.p, abs=0.01)
    assert np.bincount(end.astype(int), mass, n) == pytest.approx(pair.q, abs=0.01)
    assert mass @ np.abs(end - start) == pytest.approx(values(pair)["w1"], abs=0.1)


@pytest.mark.parametrize("view", [None, (-1.0, 1.0)])
@pytest.mark.parametrize(("p", "q"), SHOWN)
def test_equal_parcels_travel_from_quantile_to_quantile(
    p: str, q: str, view: tuple[float, float] | None
) -> None:
    pair = pair_of(p, q)
    x, y = line(row(figures.picture(pair, "w1", "nats", T, view), "y")[0])
    share = (np.arange(figures.PARCELS) + 0.5) / figures.PARCELS
    assert x[y == 1] == pytest.approx(pair.P.quantile(share), abs=0.02)
    assert x[y == 0] == pytest.approx(pair.Q.quantile(share), abs=0.02)


def test_a_stroke_of_256_cells_is_drawn_as_its_own_steps() -> None:
    rng = np.random.default_rng(1)
    p, q = (drawn(-4, 4, rng.integers(0, 4096, 256).tolist()) for _ in "pq")
    figure = figures.picture(Pair(p, q), "js", "nats", T)
    x, _ = line(row(figure, "y")[0])
    assert len(x) <= 2 * 257 + 2 and len(json.dumps(figure)) < 40_000


def test_the_unit_scales_the_term() -> None:
    pair = pair_of("normal(0,1)", "normal(2,1)")
    terms = {u: spoken(figures.picture(pair, "kl_pq", u, T), "p log")[1] for u in UNITS}
    for unit, factor in UNITS.items():
        assert terms[unit] == pytest.approx(factor * terms["nats"], rel=1e-5)
