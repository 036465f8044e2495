"""The pictures of overlaps and products of powers show the numbers, or where they are infinite."""

import math

import numpy as np
import pytest
from cases import each
from pairs import pair_of
from pictures import T, line, row, spoken

from divviz.families import pmf
from divviz.measures import values
from divviz.pair import Pair
from divviz.web import figures

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


# ---- overlaps ----


@each("key", TERMS)
@each(("p", "q"), [("normal(0,1)", "normal(0.5,1.2)"), ("laplace(0,1)", "logistic(0.3,1)")])
def test_the_area_under_the_term_of_an_overlap_is_its_number(p: str, q: str, key: str) -> None:
    pair, (name, area) = pair_of(p, q), TERMS[key]
    value = values(pair, "nats", [key])[key]
    x, y = spoken(figures.picture(pair, key, "nats", T, (-12.0, 12.0)), name)
    if value == math.inf:
        assert y.max() == pytest.approx(4 * max(pair.p.max(), pair.q.max()), rel=0.05)
    else:
        assert np.trapezoid(y, x) == pytest.approx(area(value), rel=0.02, abs=1e-3)


@each("key", TERMS)
def test_the_bars_of_an_overlap_sum_to_its_number(key: str) -> None:
    pair, (name, area) = pair_of("pmf(0.02,0.2,0.3,0.48)", "pmf(0.3,0.1,0.2,0.4)"), TERMS[key]
    value = values(pair, "nats", [key])[key]
    _, y = spoken(figures.picture(pair, key, "nats", T), name)
    assert y.sum() == pytest.approx(area(value), abs=1e-6)


@each("key", ["tv", "hellinger", "chi2_pearson", "jeffreys", "mse"])
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


@each(("key", "alpha"), POWERS)
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


@each(
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
