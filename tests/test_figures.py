"""The pictures show the numbers: areas, ends and flows are read back from the packed arrays."""

import base64
import json
import math
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from divviz.families import drawn, pmf, samples
from divviz.grammar import parse
from divviz.measures import MEASURES, UNITS, values
from divviz.measures import value as measured
from divviz.pair import Pair
from divviz.presets import PRESETS
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


@cache
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
def test_every_picture_is_plain_json_in_tokens_of_colour(key: str) -> None:
    for p, q in PAIRS:
        figure = figures.picture(pair_of(p, q), key, "bits", T)
        json.dumps(figure, allow_nan=False)
        for name, leaf in leaves(figure):
            if name in ("color", "bordercolor") or name.endswith(("color", "colour")):
                assert TOKEN.fullmatch(leaf), (p, q, name, leaf)


@pytest.mark.parametrize("key", MEASURES)
def test_every_line_has_as_many_x_as_y_and_nothing_infinite(key: str) -> None:
    for p, q in PAIRS:
        for trace in figures.picture(pair_of(p, q), key, "nats", T)["data"]:
            x, y = line(trace)
            assert x.shape == y.shape, (p, q)
            assert not np.isinf(x).any() and not np.isinf(y).any(), (p, q)
            plain = trace["mode"] == "none" or "fill" in trace
            assert np.isfinite(y).any() or plain, (p, q)


@pytest.mark.parametrize("key", MEASURES)
def test_the_axes_hold_all_that_is_drawn(key: str) -> None:
    for p, q in PAIRS:
        figure = figures.picture(pair_of(p, q), key, "nats", T)
        for trace in figure["data"]:
            y = line(trace)[1]
            low, high = figure["layout"]["yaxis" + trace["yaxis"][1:]]["range"]
            edge = 1e-5 * (high - low)
            held = np.isnan(y) | ((y >= low - edge) & (y <= high + edge))
            assert np.all(held), (p, q, trace["yaxis"])


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
TERMS = {  # a measure, the name of its term, and what the term's area is in the measure's value
    "tv": ("½ |p − q|", lambda v: v),
    "hellinger": ("½ (√p − √q)²", lambda v: v * v),
    "hellinger_squared": ("½ (√p − √q)²", lambda v: v),
    "squared_chord": ("(√p − √q)²", lambda v: v),
    "triangular_discrimination": ("(p − q)² / (p + q)", lambda v: v),
    "chi2_pearson": ("(p − q)² / q", lambda v: v),
    "chi2_neyman": ("(p − q)² / p", lambda v: v),
    "jeffreys": ("(p − q) log p/q", lambda v: v),
    "topsoe": ("p log p/m", lambda v: v),
    "bhattacharyya_coefficient": ("√(pq)", lambda v: v),
    "bhattacharyya_distance": ("√(pq)", lambda v: math.exp(-v)),
    "perplexity": ("−p log p", math.log),
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


# ---- overlaps ----


@pytest.mark.parametrize("key", TERMS)
@pytest.mark.parametrize(
    ("p", "q"), [("normal(0,1)", "normal(0.5,1.2)"), ("laplace(0,1)", "logistic(0.3,1)")]
)
def test_the_area_under_the_term_of_an_overlap_is_its_number(p: str, q: str, key: str) -> None:
    pair, (name, area) = pair_of(p, q), TERMS[key]
    value = values(pair, "nats", [key])[key]
    x, y = spoken(figures.picture(pair, key, "nats", T, (-12.0, 12.0)), name)
    if value == math.inf:
        assert y.max() == pytest.approx(4 * max(pair.p.max(), pair.q.max()), rel=0.05)
    else:
        assert np.trapezoid(y, x) == pytest.approx(area(value), rel=0.02, abs=1e-3)


@pytest.mark.parametrize("key", TERMS)
def test_the_bars_of_an_overlap_sum_to_its_number(key: str) -> None:
    pair, (name, area) = pair_of("pmf(0.02,0.2,0.3,0.48)", "pmf(0.3,0.1,0.2,0.4)"), TERMS[key]
    value = values(pair, "nats", [key])[key]
    _, y = spoken(figures.picture(pair, key, "nats", T), name)
    assert y.sum() == pytest.approx(area(value), abs=1e-6)


@pytest.mark.parametrize("key", ["tv", "hellinger", "chi2_pearson", "jeffreys", "mse"])
def test_where_p_is_larger_is_plain_and_where_q_is_larger_is_hatched(key: str) -> None:
    pair = pair_of("pmf(1,2,3,4)", "pmf(4,3,2,1)")
    ours, theirs = (t for t in row(figures.picture(pair, key, "nats", T), "y") if "fill" in t)
    assert (ours["line"]["color"], theirs["line"]["color"]) == ("@more", "@less")
    assert "fillpattern" in theirs and "fillpattern" not in ours
    for trace, slots in ((ours, {2, 3}), (theirs, {0, 1})):
        x, y = line(trace)
        assert set(np.round(x[y > 0])) == slots


POWERS = [("renyi", 0.5), ("renyi", 2.5), ("tsallis", 0.3), ("tsallis", 2.0)]
POWERS += [("alpha_divergence", -0.5), ("alpha_divergence", 0.5), ("renyi", 0.0)]


@pytest.mark.parametrize(("key", "alpha"), POWERS)
def test_the_sum_of_a_product_of_powers_is_what_the_measure_is_made_of(
    key: str, alpha: float
) -> None:
    p, q = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.4, 0.3, 0.2, 0.1])
    pair = Pair(pmf(p.tolist()), pmf(q.tolist()))
    figure = figures.picture(pair, key, "bits", T, alpha=alpha)
    _, y = spoken(figure, "p")
    assert y == pytest.approx(p**alpha * q ** (1 - alpha), rel=1e-5)
    key = [note["text"] for note in figure["layout"]["annotations"] if len(note["text"]) == 3]
    assert key == ["╌ q", "— p"]


@pytest.mark.parametrize("key", ["renyi_entropy", "tsallis_entropy"])
def test_the_powers_of_p_alone_are_shown_without_q(key: str) -> None:
    pair = pair_of("normal(0,1)", "normal(5,1)")
    figure = figures.picture(pair, key, "nats", T, (-9.0, 9.0), alpha=2.0)
    x, y = spoken(figure, "p²")
    # the integral of the square of a normal density is 1 / (2 sqrt pi)
    assert np.trapezoid(y, x) == pytest.approx(0.5 / math.sqrt(math.pi), rel=1e-3)
    assert not [t for t in figure["data"] if t.get("line", {}).get("color") == "@q"]


def test_what_lies_outside_of_the_picture_is_told_at_its_edge() -> None:
    pair = pair_of("normal(0,1)", "normal(2,1)")
    # p^3 q^-2 is a normal around -4 with the sd 1
    figure = figures.picture(pair, "renyi", "nats", T, (-4.0, 8.0), alpha=3.0)
    (said,) = (n for n in figure["layout"]["annotations"] if "out here" in n["text"])
    assert said["text"] == "← 50 % lies out here" and said["x"] == -4.0
    whole = figures.picture(pair, "renyi", "nats", T, (-9.0, 8.0), alpha=3.0)
    assert not [n for n in whole["layout"]["annotations"] if "out here" in n["text"]]


def test_what_is_beyond_all_numbers_is_drawn_in_a_power_of_ten_and_is_not_infinite() -> None:
    pair = pair_of("normal(0,1)", "normal(40,1)")
    figure = figures.picture(pair, "chi2_pearson", "nats", T, (-50.0, 50.0))
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    # p^2/q has its top at -40: exp(1600) / sqrt(2 pi) = 10^694.5
    assert any(text == "(p − q)² / q / 10⁶⁹⁴" for text in texts)
    assert not any("∞" in text for text in texts)
    x, y = spoken(figure, "(p − q)²")
    assert x[np.argmax(y)] == pytest.approx(-40, abs=0.5)
    assert y.max() == pytest.approx(
        10 ** (1600 / math.log(10) - 694) / math.sqrt(2 * math.pi), rel=0.05
    )
    small = figures.picture(pair, "bhattacharyya_coefficient", "nats", T)
    assert any("√(pq) / 10⁻" in n["text"] for n in small["layout"]["annotations"])


@pytest.mark.parametrize(
    ("p", "q", "key", "marks"),
    [
        ("cauchy(0,1)", "normal(0,1.5)", "chi2_pearson", ["← ∞", "∞ →"]),
        ("normal(0,2)", "gumbel(0,1)", "chi2_pearson", ["← ∞"]),
        ("exponential(1)", "gamma(2,1)", "renyi_entropy", ["∞ →"]),
        ("beta(0.4,2)", "beta(2,2)", "mse", ["∞"]),
        ("uniform(0,1)", "uniform(2,3)", "bhattacharyya_distance", []),
        ("uniform(-3,1)", "uniform(-1,3)", "jeffreys", ["∞", "∞"]),
        ("cauchy(0,1)", "normal(0,1)", "wasserstein", ["← ∞", "∞ →"]),
    ],
)
def test_infinity_is_marked_where_it_comes_from(p: str, q: str, key: str, marks: list[str]) -> None:
    given = {"renyi_entropy": {"alpha": 0.0}}.get(key, {})
    layout = figures.picture(pair_of(p, q), key, "nats", T, **given)["layout"]
    assert [n["text"] for n in layout["annotations"] if "∞" in n["text"]] == marks


def test_order_infinity_shows_the_ratio_and_its_largest_value() -> None:
    pair = pair_of("normal(0,1)", "normal(1,2)")
    figure = figures.picture(pair, "renyi", "nats", T, alpha=math.inf)
    _, y = spoken(figure, "log p/q")
    # log 2 + (x - 1)^2/8 - x^2/2 is largest at -1/3
    most = math.log(2) + (4 / 3) ** 2 / 8 - 1 / 18
    (level,) = (t for t in figure["data"] if t.get("line", {}).get("dash") == "dot")
    assert line(level)[1] == pytest.approx(most, rel=1e-5) and y.max() == pytest.approx(
        most, abs=1e-3
    )
    peak = figures.picture(pair, "renyi_entropy", "bits", T, alpha=math.inf)
    (level,) = (t for t in peak["data"] if t.get("line", {}).get("dash") == "dot")
    assert line(level)[1] == pytest.approx(1 / math.sqrt(2 * math.pi), rel=1e-5)


def test_an_order_that_is_kl_or_an_entropy_has_that_picture() -> None:
    pair = pair_of("normal(0,1)", "normal(1,2)")
    kl = figures.picture(pair, "kl_pq", "bits", T)
    assert figures.picture(pair, "renyi", "bits", T, alpha=1.0) == kl
    assert figures.picture(pair, "alpha_divergence", "bits", T, alpha=1.0) == kl
    turned = figures.picture(pair, "alpha_divergence", "bits", T, alpha=0.0)
    assert turned == figures.picture(pair, "kl_qp", "bits", T)
    entropy = figures.picture(pair, "entropy_p", "bits", T)
    assert figures.picture(pair, "tsallis_entropy", "bits", T, alpha=1.0) == entropy


def test_js_with_a_weight_shows_that_mixture() -> None:
    p, q, w = np.array([0.1, 0.2, 0.7]), np.array([0.5, 0.3, 0.2]), 0.2
    m = w * p + (1 - w) * q
    figure = figures.picture(Pair(pmf(p.tolist()), pmf(q.tolist())), "js", "nats", T, weight=w)
    _, y = spoken(figure, "w p log p/m")
    assert y == pytest.approx(w * p * np.log(p / m) + (1 - w) * q * np.log(q / m), abs=1e-6)
    (middle,) = (t for t in row(figure, "y2") if t["line"]["color"] == "@m")
    assert np.unique(np.round(line(middle)[1][::3], 6)) == pytest.approx(np.sort(m), abs=1e-5)


# ---- CDFs and what is blurred ----


@pytest.mark.parametrize(
    ("p", "q"),
    [
        *SHOWN,
        ("pmf(1,2,3)", "pmf(3,2,1)"),
        ("pmf(-1.5:1,0:1,7:2)", "pmf(-1.5:2,0:1,7:1)"),
        ("samples(1,2,2,3,5)", "normal(2,1)"),
        ("exponential(1)", "samples(0.1,0.5,4)"),
    ],
)
def test_the_area_below_the_squared_gap_is_the_square_of_the_energy_distance(
    p: str, q: str
) -> None:
    pair = pair_of(p, q)
    x, y = spoken(figures.picture(pair, "energy_distance", "nats", T), "2(F")
    value = values(pair, "nats", ["energy_distance"])["energy_distance"]
    assert np.trapezoid(y, x) == pytest.approx(value**2, rel=0.03)


@pytest.mark.parametrize(("p", "q"), SHOWN)
def test_the_area_of_the_criterion_is_its_number(p: str, q: str) -> None:
    pair = pair_of(p, q)
    value = values(pair, "nats", ["cramer_von_mises"])["cramer_von_mises"]
    x, y = spoken(figures.picture(pair, "cramer_von_mises", "nats", T), "(F − G)² ½")
    assert np.trapezoid(y, x) == pytest.approx(value, rel=0.03, abs=1e-4)


def test_the_bars_of_the_criterion_sum_to_its_number() -> None:
    p, q = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.4, 0.3, 0.2, 0.1])
    pair = Pair(pmf(p.tolist()), pmf(q.tolist()))
    _, y = spoken(figures.picture(pair, "cramer_von_mises", "nats", T), "(F − G)² ½")
    assert y == pytest.approx((p.cumsum() - q.cumsum()) ** 2 * (p + q) / 2, abs=1e-7)


@pytest.mark.parametrize(
    ("p", "q", "x"),
    [
        ("normal(0,1)", "normal(2,1)", 1.0),
        ("samples(1,2,2,3,5)", "normal(2,1)", 2.0),
        ("pmf(0.1,0.4,0.5)", "pmf(0.5,0.2,0.3)", 0.0),
        ("pmf(-1.5:1,0:1,7:2)", "pmf(-1.5:2,0:1,7:1)", 0.0),
        ("pmf(-1.5:2,0:1,70:1)", "pmf(-1.5:2,0:3,70:1)", 0.0),
        ("pmf(cat:1,dog:3)", "pmf(cat:3,dog:1)", 0.0),
    ],
)
def test_a_bar_stands_where_the_cdfs_are_furthest_apart(p: str, q: str, x: float) -> None:
    pair = pair_of(p, q)
    figure = figures.picture(pair, "kolmogorov_smirnov", "nats", T)
    (bar,) = (t for t in figure["data"] if t.get("line", {}).get("color") == "@ink")
    at, ends = line(bar)
    assert at == pytest.approx(x, abs=1e-4)
    value = values(pair, "nats", ["kolmogorov_smirnov"])["kolmogorov_smirnov"]
    assert abs(ends[1] - ends[0]) == pytest.approx(value, abs=1e-5)
    aside = figures.picture(
        pair_of("normal(0,1)", "normal(2,1)"), "kolmogorov_smirnov", "nats", T, (3.0, 4.0)
    )
    assert not [t for t in aside["data"] if t.get("line", {}).get("color") == "@ink"]


@pytest.mark.parametrize(
    ("p", "q", "sigma"),
    [
        ("normal(0,1)", "normal(2,1)", 0.02),
        ("normal(0,1)", "normal(2,1)", 0.3),
        ("normal(0,1)", "normal(2,1)", 6.0),
        ("uniform(-1,1)", "normal(0,1)", 1.0),
        ("pmf(1,2,3)", "pmf(3,2,1)", 0.2),
        ("pmf(0:1,10:2,20:3)", "pmf(0:3,10:2,20:1)", 2.0),
        ("pmf(-1.5:1,0:1,7:2)", "pmf(-1.5:2,0:1,7:1)", 0.3),
        ("samples(1,2,2,3,5)", "normal(2,1)", 0.3),
        ("cauchy(2,1)", "samples(1,2,2,3,5)", 1.0),
    ],
)
def test_the_area_below_the_blurred_difference_is_the_square_of_mmd(
    p: str, q: str, sigma: float
) -> None:
    pair = pair_of(p, q)
    figure = figures.picture(pair, "mmd", "nats", T, (-40.0, 40.0), sigma=sigma)
    if sigma < 1:
        figure = figures.picture(pair, "mmd", "nats", T, (-5.0, 7.0), sigma=sigma)
    x, y = spoken(figure, "MMD²")
    assert np.trapezoid(y, x) == pytest.approx(measured(pair, "mmd", sigma=sigma) ** 2, rel=0.03)


def test_blurred_curves_keep_their_mass() -> None:
    for p in ("normal(0,1)", "samples(1,2,2,3,5)", "uniform(-1,1)"):
        pair = pair_of(p, "normal(0,2)")
        figure = figures.picture(pair, "mmd", "nats", T, (-30.0, 30.0), sigma=1.5)
        for name in ("P", "Q"):
            x, y = spoken(figure, f"{name} =")
            assert np.trapezoid(y, x) == pytest.approx(1, abs=1e-3)


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


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("key", ["w1", "wasserstein", "energy_distance", "mmd"])
def test_places_beyond_single_precision_are_drawn_where_they_are(key: str) -> None:
    pair = pair_of("pmf(0:1,1e300:1)", "pmf(0:1,1e299:3,1e300:1)")
    figure = figures.picture(pair, key, "nats", T)
    every = [line(trace) for trace in figure["data"]]
    assert not any(np.isinf(x).any() or np.isinf(y).any() for x, y in every)
    assert max(np.nanmax(x) for x, _ in every[:2]) == pytest.approx(1e300, rel=0.1)
