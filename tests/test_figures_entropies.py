"""The pictures of the entropies, KL and JS show the numbers: areas, bars and the ends of bars."""

import math
from typing import Any

import numpy as np
import pytest
from cases import each
from pairs import pair_of
from pictures import SHOWN, T, line, row, spoken

from divviz.families import pmf
from divviz.measures import UNITS, values
from divviz.pair import Pair
from divviz.web import figures

INFINITE = [
    ("pmf(0.1,0.3,0.4,0.2)", "pmf(0.2,0.4,0,0.4)"),
    ("uniform(-3,1)", "uniform(-1,3)"),
    ("cauchy(0,1)", "normal(0,1.5)"),
    ("poisson(12)", "geometric(0.1)"),
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


@each("key", NAMES)
@each(("p", "q"), SHOWN)
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


@each("key", NAMES)
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


@each(("p", "q"), [*SHOWN, ("pmf(1,2,3)", "pmf(3,2,1)")])
@each(
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
    figure = figures.picture(pair, key, "bits", T)
    kl, entropy, cross = bars(figure)
    assert entropy == pytest.approx((0, found[own]), abs=1e-5)
    if math.isinf(found[extra]):
        assert kl[1] == cross[1] == pytest.approx(figure["layout"]["xaxis2"]["range"][1])
        return
    assert kl == pytest.approx((found[own], found[own] + found[extra]), abs=1e-5)
    assert cross == pytest.approx((0, kl[1]), abs=1e-5)


@each("key", ["kl_pq", "cross_entropy_pq"])
@each(("p", "q"), INFINITE)
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


def test_the_unit_scales_the_term() -> None:
    pair = pair_of("normal(0,1)", "normal(2,1)")
    terms = {u: spoken(figures.picture(pair, "kl_pq", u, T), "p log")[1] for u in UNITS}
    for unit, factor in UNITS.items():
        assert terms[unit] == pytest.approx(factor * terms["nats"], rel=1e-5)


def test_js_with_a_weight_shows_that_mixture() -> None:
    p, q, w = np.array([0.1, 0.2, 0.7]), np.array([0.5, 0.3, 0.2]), 0.2
    m = w * p + (1 - w) * q
    figure = figures.picture(Pair(pmf(p.tolist()), pmf(q.tolist())), "js", "nats", T, weight=w)
    _, y = spoken(figure, "w p log p/m")
    assert y == pytest.approx(w * p * np.log(p / m) + (1 - w) * q * np.log(q / m), abs=1e-6)
    (middle,) = (t for t in row(figure, "y2") if t["line"]["color"] == "@m")
    assert np.unique(np.round(line(middle)[1][::3], 6)) == pytest.approx(np.sort(m), abs=1e-5)
