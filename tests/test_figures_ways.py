"""The pictures of ways, CDFs and blurred curves show the numbers: flows, areas and largest gaps."""

from typing import Any

import numpy as np
import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st
from pairs import pair_of
from pictures import SHOWN, T, line, row, spoken

from divviz.families import pmf
from divviz.measures import value as measured
from divviz.measures import values
from divviz.pair import Pair
from divviz.web import figures

# ---- the way from P to Q ----


@each(
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


@each("view", [None, (-1.0, 1.0)])
@each(("p", "q"), SHOWN)
def test_equal_parcels_travel_from_quantile_to_quantile(
    p: str, q: str, view: tuple[float, float] | None
) -> None:
    pair = pair_of(p, q)
    x, y = line(row(figures.picture(pair, "w1", "nats", T, view), "y")[0])
    share = (np.arange(figures.PARCELS) + 0.5) / figures.PARCELS
    assert x[y == 1] == pytest.approx(pair.P.quantile(share), abs=0.02)
    assert x[y == 0] == pytest.approx(pair.Q.quantile(share), abs=0.02)


# ---- CDFs and what is blurred ----


@each(
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


@each(("p", "q"), SHOWN)
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


@each(
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


@each(
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
