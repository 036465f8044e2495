"""What KL and transport notice of a change, against SciPy and closed forms."""

import math

import numpy as np
import pytest
from cases import each
from scipy.stats import entropy, wasserstein_distance

from divviz import SceneError, evaluate, measure, parse
from divviz.dist import Dist
from divviz.pair import Pair
from divviz.places import Places, permuted, places, places_of, slid, split, with_outlier

X = [0.0, 1.0, 2.5, 4.0]
HERE = places(X, [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1])


def kl(here: Places) -> float:
    return float(entropy(here.p, here.q))


def w1(here: Places) -> float:
    return float(wasserstein_distance(here.x, here.x, here.p, here.q))


# --- places ---------------------------------------------------------------------------------------


def test_masses_are_shares_and_those_that_sum_to_one_stay_as_typed() -> None:
    assert places([1, 2], [1, 3], [2, 0]) == Places((1.0, 2.0), (0.25, 0.75), (1.0, 0.0))
    assert HERE.p == (0.1, 0.2, 0.3, 0.4)
    huge = places([0, 1], [1e308, 1e308], [5e-324, 5e-324])
    assert huge.p == huge.q == (0.5, 0.5)


def test_a_pair_becomes_places_and_back() -> None:
    pair = Pair(parse("pmf(0:0.5,2:0.5)"), parse("pmf(1:0.25,2:0.75)"))
    here = places_of(pair)
    assert here == Places((0.0, 1.0, 2.0), (0.5, 0.0, 0.5), (0.0, 0.25, 0.75))
    numbers = evaluate(here.pair.P, here.pair.Q)
    assert numbers["w1"] == pytest.approx(0.75, rel=1e-14)  # 0.25 goes by 1 and 0.25 by 2
    assert numbers["kl_pq"] == math.inf


def test_named_outcomes_stand_at_whole_numbers() -> None:
    pair = Pair(parse("pmf(rain:0.2,sun:0.8)"), parse("pmf(rain:0.5,sun:0.5)"))
    assert places_of(pair).x == (0.0, 1.0)


def test_densities_have_no_places() -> None:
    with pytest.raises(SceneError) as caught:
        places_of(Pair(parse("normal(0,1)"), parse("normal(1,1)")))
    assert caught.value.code == "act_discrete"


@each(
    ("x", "p", "q", "code"),
    [
        ([0, 0], [1, 1], [1, 1], "places_order"),
        ([1, 0], [1, 1], [1, 1], "places_order"),
        ([0, math.nan], [1, 1], [1, 1], "place"),
        ([0, 1e31], [1, 1], [1, 1], "place"),
        ([0, "1"], [1, 1], [1, 1], "place"),
        ([0, 1], [1, -1], [1, 1], "weight"),
        ([0, 1], [1, math.nan], [1, 1], "weight"),
        ([0, 1], [0, 0], [1, 1], "weights_zero"),
        ([0, 1], [1, 1], [1, 1, 1], "support_length"),
        ([], [1], [1], "support_length"),
        ([], [], [], "weights_zero"),
        (3, [1], [1], "numbers_list"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(x: object, p: object, q: object, code: str) -> None:
    with pytest.raises(SceneError) as caught:
        places(x, p, q)  # type: ignore[arg-type]
    assert caught.value.code == code and str(caught.value).endswith(".")


# --- what KL does not notice ----------------------------------------------------------------------


def test_the_order_of_categories_means_nothing_to_kl_and_something_to_w() -> None:
    here = places([0, 1, 2], [0.8, 0.1, 0.1], [0.1, 0.1, 0.8])
    other = permuted(here, [0, 2, 1])  # the two likely places become neighbours
    assert kl(other) == pytest.approx(kl(here), rel=1e-15)
    assert kl(here) == pytest.approx(0.7 * math.log(8), rel=1e-14)
    assert (w1(here), w1(other)) == (pytest.approx(1.4), pytest.approx(0.7))
    numbers = [evaluate(h.pair.P, h.pair.Q) for h in (here, other)]
    assert numbers[0]["kl_pq"] == pytest.approx(numbers[1]["kl_pq"], rel=1e-14)
    assert [found["w1"] for found in numbers] == pytest.approx([1.4, 0.7], rel=1e-14)


def test_every_order_keeps_kl_and_the_right_one_undoes_it() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        order = rng.permutation(4).tolist()
        other = permuted(HERE, order)
        assert kl(other) == pytest.approx(kl(HERE), rel=1e-14)
        assert permuted(other, np.argsort(order).tolist()) == HERE


@pytest.mark.parametrize("order", [[0, 1, 2], [0, 1, 2, 2], [1, 2, 3, 4], [0, 1, 2, 3, 4]])
def test_what_is_no_order_is_refused(order: list[int]) -> None:
    with pytest.raises(SceneError, match="0 to 3"):
        permuted(HERE, order)


def test_sliding_both_changes_neither() -> None:
    other = slid(HERE, 2.25, 2.25)
    assert other.x == (2.25, 3.25, 4.75, 6.25)
    assert (other.p, other.q) == (HERE.p, HERE.q)
    assert w1(other) == pytest.approx(w1(HERE), rel=1e-15)


@each("d", [-7.0, -0.5, 0.25, 3.0, 1e6])
def test_sliding_one_of_two_equals_costs_the_way_and_kl_jumps(d: float) -> None:
    here = slid(places(X, HERE.p, HERE.p), q_by=d)
    assert w1(here) == pytest.approx(abs(d), rel=1e-14)
    numbers = evaluate(here.pair.P, here.pair.Q)
    assert numbers["w1"] == pytest.approx(abs(d), rel=1e-14)
    w2 = measure("wasserstein", here.pair.P, here.pair.Q, p=2)
    assert w2 == pytest.approx(abs(d), rel=1e-14)
    assert numbers["kl_pq"] == math.inf


def test_places_that_differ_by_rounding_are_one() -> None:
    tenths = places([0.1, 0.2, 0.3, 0.4], [0.25] * 4, [0.25] * 4)
    assert 0.1 + 0.2 != 0.3
    other = slid(tenths, q_by=0.1)
    assert len(other.x) == 5
    assert other.p == (0.25, 0.25, 0.25, 0.25, 0.0) and other.q == (0.0, 0.25, 0.25, 0.25, 0.25)


def test_splitting_a_place_of_both_keeps_kl_and_w1_where_mass_flows_one_way() -> None:
    other = split(HERE, 1, 0.5)
    assert other.x == (0.0, 0.75, 1.25, 2.5, 4.0)
    assert other.p == (0.1, 0.1, 0.1, 0.3, 0.4) and other.q == (0.4, 0.15, 0.15, 0.2, 0.1)
    assert kl(other) == pytest.approx(kl(HERE), rel=1e-14)
    assert w1(other) == pytest.approx(w1(HERE), rel=1e-14)


def test_splitting_a_place_where_the_flow_turns_saves_what_flows_out_both_ways() -> None:
    # F - G is -0.3 before the place and 0.2 after: half of 0.1 remains, over the width
    here = places([0, 2, 4], [0.2, 0.6, 0.2], [0.5, 0.1, 0.4])
    assert w1(here) == pytest.approx(0.3 * 2 + 0.2 * 2)
    other = split(here, 1, 1.0)
    assert w1(other) == pytest.approx(0.3 * 1.5 + 0.2 * 1.5 + 0.05, rel=1e-14)
    assert kl(other) == pytest.approx(kl(here), rel=1e-14)


def test_splitting_a_place_of_q_alone_costs_half_the_width_and_kl_everything() -> None:
    same = places(X, HERE.p, HERE.p)
    other = split(same, 2, 0.01, "Q")
    assert w1(other) == pytest.approx(0.3 * 0.005, rel=1e-12)
    assert kl(other) == math.inf
    assert split(same, 2, 0.01, "P") == Places(other.x, other.q, other.p)


# --- an outlier -----------------------------------------------------------------------------------


@each("far", [10.0, 1e3, -1e6])
@each("eps", [1e-6, 0.01, 0.5])
def test_an_outlier_costs_w1_its_mass_times_its_distance_and_kl_next_to_nothing(
    eps: float, far: float
) -> None:
    other = with_outlier(places(X, HERE.p, HERE.p), eps, far)
    mean = sum(m * abs(far - x) for m, x in zip(HERE.p, X, strict=True))
    numbers = evaluate(other.pair.P, other.pair.Q)
    assert numbers["w1"] == pytest.approx(eps * mean, rel=1e-12)
    assert numbers["kl_pq"] == pytest.approx(-math.log1p(-eps), rel=1e-9)
    assert numbers["kl_qp"] == math.inf


def test_an_outlier_of_both_or_of_p_or_of_no_mass() -> None:
    both = with_outlier(HERE, 0.5, 9.0, "PQ")
    assert (both.p[-1], both.q[-1], len(both.x)) == (0.5, 0.5, 5)
    assert kl(both) == pytest.approx(0.5 * kl(HERE), rel=1e-14)
    assert kl(with_outlier(HERE, 0.1, 9.0, "P")) == math.inf
    assert with_outlier(HERE, 0.0, 9.0) == HERE
    assert with_outlier(HERE, 1.0, 1.0).q == (0.0, 1.0, 0.0, 0.0)


@each(
    ("change", "code"),
    [
        (lambda: slid(HERE, math.inf), "place"),
        (lambda: slid(HERE, 0.0, math.nan), "place"),
        (lambda: slid(slid(HERE, 8e29, 8e29), 8e29, 8e29), "place"),
        (lambda: split(HERE, 4, 1.0), "act_index"),
        (lambda: split(HERE, -1, 1.0), "act_index"),
        (lambda: split(HERE, 0, 0.0), "places_width"),
        (lambda: split(HERE, 0, math.nan), "places_width"),
        (lambda: with_outlier(HERE, 1.1, 3.0), "act_share"),
        (lambda: with_outlier(HERE, math.nan, 3.0), "act_share"),
        (lambda: with_outlier(HERE, 0.1, math.inf), "place"),
    ],
)
def test_changes_that_make_no_sense_are_refused(change, code) -> None:
    with pytest.raises(SceneError) as caught:
        change()
    assert caught.value.code == code and str(caught.value).endswith(".")


def test_a_changed_pair_is_one_that_a_scene_can_hold() -> None:
    pair = with_outlier(HERE, 0.05, 50.0).pair
    assert isinstance(pair.P, Dist) and parse(str(pair.Q)) == pair.Q
