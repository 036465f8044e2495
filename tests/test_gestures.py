"""What each act does to a scene, what it says was lost, and that it is fast enough for a hand."""

import math

import numpy as np
import pytest
from cases import each

from divviz import families
from divviz.controls import grips, parameters, shown
from divviz.families import FAMILIES, SceneError
from divviz.gestures import ACTS, NOTICES, Notice, apply
from divviz.grammar import parse
from divviz.measures import evaluate
from divviz.pair import Pair
from divviz.presets import PRESETS
from divviz.scene import DEFAULT, DEFAULTS, Scene, read_link


def scene(p, q, unit="nats", show="kl_pq"):
    return Scene(parse(p), parse(q), unit, show)


NORMALS = scene("normal(0,1)", "normal(2,1)", "bits", "w1")
BARS = scene("pmf(0.1,0.2,0.3,0.4)", "pmf(0.25,0.25,0.25,0.25)")
NAMED = scene("pmf(cat:1,dog:3)", "pmf(cat:1,dog:1)")
DRAWN = scene("drawn(-2,2,AA__gA__)", "normal(0,1)")
SAMPLED = scene("samples(1,2,2,5)", "normal(0,1)", show="w1")
FITTED = scene("fitted(normal,1,3)", "normal(0,1)")
WRAPPED = scene("truncated(normal(0,1),-1,1)", "normal(0,1)")

DONE = [
    (NORMALS, ["param", "q", "sigma", 2.5], "normal(0,1)", "normal(2,2.5)"),
    (NORMALS, ["param", "p", "mu", -3], "normal(-3,1)", "normal(2,1)"),
    (NORMALS, ["handle", "p", "centre", 1.25], "normal(1.25,1)", "normal(2,1)"),
    (NORMALS, ["handle", "p", "width", -3], "normal(0,3)", "normal(2,1)"),
    (NORMALS, ["draw", "p", -3, 3, [0, 1, 2, 4]], "drawn(-3,3,AAQAgA__)", "normal(2,1)"),
    (NORMALS, ["draw", "p", -3, 3, [0, 1e-9, 2, 0.5]], "drawn(-3,3,AAAB__QA)", "normal(2,1)"),
    (NORMALS, ["swap"], "normal(2,1)", "normal(0,1)"),
    (NORMALS, ["copy"], "normal(0,1)", "normal(0,1)"),
    (NORMALS, ["set", "p", " cauchy( 0, 1 ) "], "cauchy(0,1)", "normal(2,1)"),
    (NORMALS, ["family", "q", "laplace"], "normal(0,1)", "laplace(2,0.7071)"),
    (NORMALS, ["family", "q", "uniform"], "normal(0,1)", "uniform(0.2679,3.732)"),
    (NORMALS, ["family", "q", "normal"], "normal(0,1)", "normal(2,1)"),
    (
        NORMALS,
        ["family", "q", "mixture"],
        "normal(0,1)",
        "mixture(0.5*normal(1.2,0.6)+0.5*normal(2.8,0.6))",
    ),
    (NORMALS, ["kind", "continuous"], "normal(0,1)", "normal(2,1)"),
    (BARS, ["bars", "q", [4, 3, 2, 0]], "pmf(0.1,0.2,0.3,0.4)", "pmf(4,3,2,0)"),
    (BARS, ["bars", "q", [0.123456, 1, 0, 0]], "pmf(0.1,0.2,0.3,0.4)", "pmf(0.1235,1,0,0)"),
    (BARS, ["bar", "q", 0, 0.4], "pmf(0.1,0.2,0.3,0.4)", "pmf(0.4,0.2,0.2,0.2)"),
    (BARS, ["bar", "p", 3, 1], "pmf(0,0,0,1)", "pmf(0.25,0.25,0.25,0.25)"),
    (BARS, ["bar", "p", 3, 0.0], "pmf(0.166666666667,0.333333333333,0.5,0)", str(BARS.q)),
    (BARS, ["outcomes", 6], "pmf(0.1,0.2,0.3,0.4,0,0)", "pmf(0.25,0.25,0.25,0.25,0,0)"),
    (BARS, ["outcomes", 2], "pmf(0.1,0.2)", "pmf(0.25,0.25)"),
    (BARS, ["family", "q", "binomial"], str(BARS.p), "binomial(3,0.5)"),
    (BARS, ["family", "q", "one_hot"], str(BARS.p), "one_hot(2,4)"),
    (BARS, ["labels", ["a", "b", "c", "d"]], "pmf(a:0.1,b:0.2,c:0.3,d:0.4)", None),
    (BARS, ["labels", ["a", "1", " ", "3"]], "pmf(a:0.1,x1:0.2,x2:0.3,x3:0.4)", None),
    (BARS, ["labels", ["", "", "", ""]], "pmf(0.1,0.2,0.3,0.4)", "pmf(0.25,0.25,0.25,0.25)"),
    (BARS, ["labels", ["0", "1", "2", "3"]], "pmf(0.1,0.2,0.3,0.4)", None),
    (BARS, ["kind", "discrete"], str(BARS.p), str(BARS.q)),
    (NAMED, ["bars", "p", [1, 1]], "pmf(cat:1,dog:1)", "pmf(cat:1,dog:1)"),
    (NAMED, ["bar", "p", 0, 0.5], "pmf(cat:0.5,dog:0.5)", "pmf(cat:1,dog:1)"),
    (NAMED, ["outcomes", 3], "pmf(cat:0.25,dog:0.75,x1:0)", "pmf(cat:0.5,dog:0.5,x1:0)"),
    (NAMED, ["labels", ["", ""]], "pmf(0.25,0.75)", "pmf(0.5,0.5)"),
    (NAMED, ["family", "q", "bernoulli"], "pmf(cat:1,dog:3)", "bernoulli(0.5)"),
    (NAMED, ["family", "q", "poisson"], "pmf(1,3)", "poisson(0.5)"),
    (NAMED, ["fit", "p", "bernoulli"], "bernoulli(0.75)", "pmf(cat:1,dog:1)"),
    (DRAWN, ["cell", "p", 0, 0.5], "drawn(-2,2,gA__gA__)", "normal(0,1)"),
    (DRAWN, ["cell", "p", 1, 0], "drawn(-2,2,AAAAgA__)", "normal(0,1)"),
    (DRAWN, ["cell", "p", 0, 1e-9], "drawn(-2,2,AB__gA__)", "normal(0,1)"),
    (DRAWN, ["interval", "p", -1, 2], "drawn(-1,2,__qqqq__)", None),
    (NORMALS, ["data", "q", "1, 2, 2", "samples", ""], "normal(0,1)", "samples(1,2,2)"),
    (NORMALS, ["data", "q", "x\n1\n2\n4", "histogram", "2"], "normal(0,1)", "histogram(2,1,2,4)"),
    (NORMALS, ["data", "q", "1 3", "fitted", "normal"], "normal(0,1)", "fitted(normal,1,3)"),
    (SAMPLED, ["data", "p", " ", "histogram", "3"], "histogram(3,1,2,2,5)", "normal(0,1)"),
    (SAMPLED, ["family", "p", "histogram"], "histogram(fd,1,2,2,5)", "normal(0,1)"),
    (SAMPLED, ["family", "p", "fitted"], "fitted(normal,1,2,2,5)", "normal(0,1)"),
    (SAMPLED, ["swap"], "normal(0,1)", "samples(1,2,2,5)"),
    (SAMPLED, ["param", "q", "mu", 3], "samples(1,2,2,5)", "normal(3,1)"),
    (SAMPLED, ["draw", "q", -3, 3, [1, 2]], "samples(1,2,2,5)", "drawn(-3,3,gA__)"),
    (FITTED, ["param", "p", "mu", 0], "normal(0,1)", "normal(0,1)"),
    (FITTED, ["handle", "p", "centre", 5], "normal(5,1)", "normal(0,1)"),
    (NORMALS, ["family", "q", "truncated"], "normal(0,1)", "truncated(normal(2,1),0.72,3.28)"),
    (NORMALS, ["family", "q", "scaled"], "normal(0,1)", "scaled(normal(2,1),2)"),
    (WRAPPED, ["family", "p", "shifted"], "shifted(normal(0,1),3)", "normal(0,1)"),
    (WRAPPED, ["family", "p", "normal"], "normal(0,1)", "normal(0,1)"),
    (WRAPPED, ["family", "p", "laplace"], "laplace(0,0.7071)", "normal(0,1)"),
    (WRAPPED, ["param", "p", "b", 2], "truncated(normal(0,1),-1,2)", "normal(0,1)"),
    (WRAPPED, ["param", "p", "1.sigma", 2], "truncated(normal(0,2),-1,1)", "normal(0,1)"),
    (NORMALS, ["fit", "p", "normal", "w2"], "normal(0,1)", "normal(2,1)"),
]


@each(("before", "act", "p", "q"), DONE)
def test_an_act_changes_what_it_says_and_nothing_else(before, act, p, q):
    after, notices = apply(before, act)
    assert str(after.p) == p
    assert q is None or str(after.q) == q
    assert (after.unit, after.show) == (before.unit, before.show)
    assert read_link(after.link) == (after, [])
    assert all(str(n).endswith(".") for n in notices)


PUSHED = [
    ("uniform(-1,1)", "a", 5, "uniform(5,7)"),
    ("uniform(-1,1)", "b", -3, "uniform(-5,-3)"),
    ("discrete_uniform(0,5)", "a", 9, "discrete_uniform(9,14)"),
    ("one_hot(1,4)", "i", 6, "one_hot(6,7)"),
    ("one_hot(3,4)", "n", 3, "one_hot(2,3)"),
]


@each(("text", "name", "value", "expected"), PUSHED)
def test_a_slider_that_meets_the_other_pushes_it_along(text, name, value, expected):
    dist = parse(text)
    after, _ = apply(Scene(dist, dist), ["param", "p", name, value])
    assert str(after.p) == expected and after.q == dist


def test_every_slider_of_every_family_can_be_set_to_both_of_its_ends():
    for name, family in FAMILIES.items():
        if not family.params:
            continue
        dist = families.make(name, *(p.default for p in family.params))
        for path, param, value in parameters(dist):
            assert value == param.default
            for end in (param.low, param.high):
                after, _ = apply(Scene(dist, dist), ["param", "q", path, end])
                assert {n: v for n, _, v in parameters(after.q)}[path] == end


def test_the_parts_of_a_mixture_have_sliders_of_their_own():
    before = scene("mixture(0.3*normal(-2,1)+0.7*normal(2,0.5))", "normal(0,1)")
    rows = {name: value for name, _, value in parameters(before.p)}
    assert rows == {
        "1.weight": 0.3,
        "1.mu": -2,
        "1.sigma": 1,
        "2.weight": 0.7,
        "2.mu": 2,
        "2.sigma": 0.5,
    }
    after, _ = apply(before, ["param", "p", "2.sigma", 3])
    assert str(after.p) == "mixture(0.3*normal(-2,1)+0.7*normal(2,3))"
    after, _ = apply(before, ["param", "p", "1.weight", 0.5])
    assert str(after.p) == "mixture(0.5*normal(-2,1)+0.5*normal(2,0.5))"


def test_a_nested_part_is_reached_by_its_path():
    text = "mixture(1*mixture(1*normal(0,1)+1*normal(5,1))+1*normal(9,1))"
    before = scene(text, "normal(0,1)")
    assert "1.2.mu" in [name for name, _, _ in parameters(before.p)]
    after, _ = apply(before, ["param", "p", "1.2.mu", 6])
    assert str(after.p) == text.replace("normal(5,1)", "normal(6,1)")


def test_bars_and_curves_have_no_sliders():
    assert parameters(BARS.p) == [] and parameters(DRAWN.p) == []


@each("name", [n for n, f in FAMILIES.items() if f.handles and f.params])
def test_every_handle_lands_where_it_is_dropped_or_stays_legal(name):
    family = FAMILIES[name]
    dist = families.make(name, *(p.default for p in family.params))
    for handle in family.handles:
        for x in (-1e5, -3, 0, 0.4, 2, 7, 1e5):
            after, _ = apply(Scene(dist, dist), ["handle", "p", handle.name, x])
            assert after.p.name == name


# --- switching ----------------------------------------------------------------------------------


FREE = {"mixture"} | {name for name, family in FAMILIES.items() if family.params}


def test_every_family_of_a_kind_is_one_act_away():
    for before in (NORMALS, BARS, NAMED, DRAWN, DEFAULT, DEFAULTS["discrete"]):
        for name, family in FAMILIES.items():
            if name in ("samples", "histogram", "fitted"):
                with pytest.raises(SceneError, match="no numbers yet"):
                    apply(before, ["family", "p", name])
                continue
            if family.kind not in (before.kind, "either"):
                with pytest.raises(SceneError):
                    apply(before, ["family", "p", name])
                continue
            after, notices = apply(before, ["family", "p", name])
            assert after.p.name == name
            if before.p.name != name and before.p.name == "drawn" and name in FREE:
                assert [n.code for n in notices] == ["shape_lost"]


def test_densities_become_outcomes_at_round_places_and_say_so():
    after, notices = apply(NORMALS, ["kind", "discrete"])
    assert after.kind == "discrete" and [n.code for n in notices] == ["binned"]
    x, _ = after.p.atoms()
    assert 12 <= len(x) <= 64 and (after.q.atoms()[0] == x).all()
    assert (x == np.round(x, 1)).all()
    before = evaluate(NORMALS.p, NORMALS.q)
    assert evaluate(after.p, after.q)["kl_pq"] == pytest.approx(before["kl_pq"], rel=0.05)
    assert evaluate(after.p, after.q)["w1"] == pytest.approx(before["w1"], rel=0.05)
    assert after.p.mean() == pytest.approx(0, abs=0.01)


def test_binning_a_heavy_tail_says_how_much_was_cut():
    _, notices = apply(scene("cauchy(0,1)", "normal(0,1)"), ["kind", "discrete"])
    assert [n.code for n in notices] == ["binned", "cut"]
    assert "P lost" in str(notices[1]) and "%" in str(notices[1])


def test_binning_never_makes_up_a_zero():
    after, _ = apply(scene("normal(0,1)", "normal(40,1)"), ["kind", "discrete"])
    assert math.isfinite(evaluate(after.p, after.q)["kl_pq"])


def test_outcomes_become_stretches_of_the_same_mass_and_say_so():
    after, notices = apply(DEFAULTS["discrete"], ["kind", "continuous"])
    assert after.kind == "continuous" and [n.code for n in notices] == ["smoothed"]
    assert after.p.args[:2] == (0.5, 6.5) and 128 <= len(after.p.weights) <= 512
    assert float(after.p.cdf(5.5)) == pytest.approx(0.5, abs=1e-3)
    before = evaluate(DEFAULTS["discrete"].p, DEFAULTS["discrete"].q)
    assert evaluate(after.p, after.q)["kl_pq"] == pytest.approx(before["kl_pq"], rel=1e-3)


def test_names_are_lost_on_the_line_and_said_to_be():
    after, notices = apply(NAMED, ["kind", "continuous"])
    assert after.kind == "continuous"
    assert [n.code for n in notices] == ["smoothed", "names_lost"]


@pytest.mark.parametrize("p", ["pmf(5:1,5:2)", "pmf(0:1,1e6:1)", "pmf(0:1,0.001:2,50:1)"])
def test_outcomes_at_odd_places_can_become_a_curve(p):
    after, _ = apply(scene(p, p), ["kind", "continuous"])
    assert after.p == after.q and after.p.name == "drawn"


def test_a_fit_names_the_member_and_the_kl_that_it_leaves():
    after, notices = apply(DEFAULT, ["fit", "p", "normal"])
    assert str(after.p) == "normal(0,2.11896)" and after.q == DEFAULT.q
    assert [n.code for n in notices] == ["fitted"]
    left = evaluate(DEFAULT.p, after.p)["kl_pq"]
    assert f"KL(P‖Q) is {left:.3g} nats" in str(notices[0])


def test_a_fit_of_a_drawn_curve_covers_all_of_it():
    before = scene("drawn(0.123456789,0.987654321,AA__gA__)", "normal(0,1)")
    after, _ = apply(before, ["fit", "p", "uniform"])
    assert math.isfinite(evaluate(before.p, after.p)["kl_pq"])


def test_a_fit_minimises_the_objective_that_it_is_given():
    before = scene("mixture(0.5*normal(-3,0.5)+0.5*normal(3,1))", "normal(0,1)")
    wide, _ = apply(before, ["fit", "p", "normal", "kl_pq"])
    narrow, notices = apply(before, ["fit", "p", "normal", "kl_qp"])
    # Q covers with KL(P||Q), where its moments are P's, and sits on one hill with KL(Q||P)
    assert wide.p.args == pytest.approx((0, math.sqrt(9 + 0.625)), abs=1e-5)
    assert narrow.p.args[0] > 2.9 and narrow.p.args[1] < 1.1
    assert "KL(Q‖P)" in str(notices[0])
    _, notices = apply(before, ["fit", "p", "normal", "w1"])
    assert notices[0].code == "fitted_bare"


def test_a_sample_is_fitted_by_likelihood():
    after, notices = apply(SAMPLED, ["fit", "p", "normal"])
    assert after.p.args == pytest.approx((2.5, 1.5)) and "H(P,Q)" in str(notices[0])


def test_a_fit_or_histogram_of_long_data_goes_on_without_them():
    text = " ".join(str(i % 977 / 7) for i in range(3000))
    sample, notices = apply(NORMALS, ["data", "p", text, "samples", ""])
    assert len(sample.link) > 8000 and not notices
    member, notices = apply(sample, ["data", "p", "", "fitted", "normal"])
    assert member.p.name == "normal" and [n.code for n in notices] == ["data_plain"]
    steps, notices = apply(sample, ["data", "p", "", "histogram", "fd"])
    assert steps.p.name == "density" and [n.code for n in notices] == ["data_steps"]
    whole = families.histogram([float(x) for x in text.split()])
    assert evaluate(steps.p, whole)["tv"] == pytest.approx(0, abs=1e-12)
    assert read_link(sample.link) == (sample, [])


def test_a_mixed_pair_becomes_one_of_densities_or_of_outcomes():
    after, notices = apply(SAMPLED, ["kind", "continuous"])
    assert (after.p.name, str(after.q)) == ("histogram", "normal(0,1)")
    assert [n.code for n in notices] == ["sample_binned"]
    after, notices = apply(SAMPLED, ["kind", "discrete"])
    assert after.p.kind == after.q.kind == "discrete" and notices[0].code == "binned"
    assert after.p.mean() == pytest.approx(2.5, abs=0.05)
    beside, notices = apply(scene("samples(1,2,4)", "pmf(1:1,2:3)"), ["kind", "continuous"])
    assert (beside.p.name, beside.q.name) == ("histogram", "drawn")
    assert [n.code for n in notices] == ["sample_binned", "smoothed"]


def test_cut_mass_is_reported_and_what_remains_is_normalised():
    after, notices = apply(BARS, ["outcomes", 3])
    assert [str(n) for n in notices] == [
        "P lost 40 % of its mass, which lay outside what is shown.",
        "Q lost 25 % of its mass, which lay outside what is shown.",
    ]
    assert math.fsum(np.exp(after.p.atoms()[1])) == pytest.approx(1)


def test_an_interval_keeps_the_shape_where_it_overlaps():
    after, notices = apply(DRAWN, ["interval", "p", 0, 2])
    assert after.p.args[:2] == (0, 2) and len(after.p.weights) == 4
    assert float(after.p.cdf(1)) == pytest.approx(1 / 3, abs=1e-3)
    assert [n.code for n in notices] == ["cut"]
    wider, notices = apply(DRAWN, ["interval", "p", -4, 4])
    assert wider.p.args[:2] == (-4, 4) and not notices
    assert float(wider.p.cdf(-2)) == 0 and wider.p.support()[-1][1] <= 2


def test_swap_twice_is_nothing_and_copy_makes_all_comparisons_zero():
    twice, _ = apply(apply(NORMALS, ["swap"])[0], ["swap"])
    assert twice == NORMALS
    found = evaluate(*(lambda s: (s.p, s.q))(apply(NORMALS, ["copy"])[0]))
    assert found["kl_pq"] == found["js"] == found["w1"] == 0


def test_reset_returns_to_the_scene_that_the_page_began_with():
    assert apply(NORMALS, ["reset"]) == (DEFAULT, [])
    assert apply(NORMALS, ["reset"], BARS) == (BARS, [])


def test_a_preset_brings_its_unit_or_keeps_the_one_chosen():
    for name, preset in PRESETS.items():
        after, notices = apply(NORMALS, ["preset", name])
        assert (str(after.p), str(after.q)) == (preset.p, preset.q) and not notices
        assert after.unit == "bits" and after.show == preset.show
    assert apply(BARS, ["preset", "final_even"])[0].unit == "bits"
    assert apply(BARS, ["preset", "shifted"])[0].unit == "nats"


@pytest.mark.parametrize("before", [NORMALS, BARS])
def test_a_random_pair_is_of_the_same_kind_and_repeats_with_its_seed(before):
    pairs = [apply(before, ["random", seed])[0] for seed in range(40)]
    assert pairs == [apply(before, ["random", seed])[0] for seed in range(40)]
    assert len({one.link for one in pairs}) > 30
    for one in pairs:
        assert one.kind == before.kind and read_link(one.link) == (one, [])
        assert not any(map(math.isnan, evaluate(one.p, one.q).values()))


def test_unit_and_measure_are_chosen_by_name():
    assert apply(BARS, ["unit", "hartleys"])[0].unit == "hartleys"
    assert apply(BARS, ["show", "js"])[0].show == "js"


# --- what is shown ------------------------------------------------------------------------------


def test_what_is_shown_is_the_union_in_order_with_both_masses():
    now = shown(Pair(parse("pmf(1:1,3:1)"), parse("pmf(2.5:1,3:3)")))
    assert now.values.tolist() == [1, 2.5, 3] and now.names == ("1", "2.5", "3")
    assert now.p.tolist() == [0.5, 0, 0.5] and now.q.tolist() == [0, 0.25, 0.75]
    assert now.labels is None


def test_named_outcomes_are_shown_by_name_and_joined():
    now = shown(Pair(parse("pmf(cat:1,dog:3)"), parse("pmf(dog:1,bird:1)")))
    assert now.names == now.labels == ("cat", "dog", "bird")
    assert now.p.tolist() == [0.25, 0.75, 0] and now.q.tolist() == [0, 0.5, 0.5]
    mixed = shown(Pair(parse("pmf(cat:1,dog:3)"), parse("bernoulli(0.5)")))
    assert mixed.names == ("cat", "dog")


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ("binomial(10000,0.5)", "poisson(5)"),
        ("poisson(10000)", "discrete_uniform(-1000000,-1)"),
        ("geometric(0.001)", "geometric(1)"),
        ("pmf(" + ",".join(f"{i}:1" for i in range(64)) + ")", "discrete_uniform(100,163)"),
    ],
)
def test_at_most_64_outcomes_are_shown_whatever_the_pair(p, q):
    now = shown(Pair(parse(p), parse(q)))
    assert 1 <= len(now.values) <= 64 and (np.diff(now.values) > 0).all()
    assert len(now.names) == len(now.p) == len(now.q) == len(now.values)
    after, _ = apply(scene(p, q), ["bars", "p", [1] * len(now.values)])
    assert after.p.name == "pmf"


def test_what_is_painted_is_what_is_shown_next():
    before = scene("poisson(3)", "pmf(1:0.5,2:0.5)")
    now = shown(Pair(before.p, before.q))
    weights = [float(i % 3) for i in range(len(now.values))]
    after, _ = apply(before, ["bars", "p", weights])
    again = shown(Pair(after.p, after.q))
    assert again.values.tolist() == now.values.tolist()
    assert again.p == pytest.approx(np.array(weights) / sum(weights))


# --- wrong acts ---------------------------------------------------------------------------------

NAN, INF = float("nan"), float("inf")
WRONG = [
    (NORMALS, None, "act"),
    (NORMALS, "swap", "act"),
    (NORMALS, [], "act"),
    (NORMALS, {}, "act"),
    (NORMALS, [["swap"]], "act"),
    (NORMALS, ["swap", 1], "act"),
    (NORMALS, ["explode"], "act"),
    (NORMALS, ["param", "q", "sigma"], "act"),
    (NORMALS, ["param", "m", "sigma", 1], "act_side"),
    (NORMALS, ["param", ["q"], "sigma", 1], "act_side"),
    (NORMALS, ["param", "q", "rate", 1], "act_param"),
    (NORMALS, ["param", "q", 3, 1], "act_text"),
    (NORMALS, ["param", "q", "sigma", "2"], "act_number"),
    (NORMALS, ["param", "q", "sigma", True], "act_number"),
    (NORMALS, ["param", "q", "sigma", None], "act_number"),
    (NORMALS, ["param", "q", "sigma", [1]], "act_number"),
    (NORMALS, ["param", "q", "sigma", NAN], "act_number"),
    (NORMALS, ["param", "q", "sigma", INF], "act_number"),
    (NORMALS, ["param", "q", "sigma", 10**400], "act_number"),
    (NORMALS, ["param", "q", "sigma", -1], "param"),
    (NORMALS, ["param", "q", "sigma", 0], "param"),
    (NORMALS, ["handle", "q", "left", 0], "act_handle"),
    (NORMALS, ["draw", "p", 1, -1, [1, 1]], "act_interval"),
    (NORMALS, ["draw", "p", -1e308, 1e308, [1, 1]], "act_interval"),
    (NORMALS, ["draw", "p", 0, 1e300, [1, 1]], "param"),
    (NORMALS, ["draw", "p", 0, 1, []], "act_list"),
    (NORMALS, ["draw", "p", 0, 1, [1]], "levels_count"),
    (NORMALS, ["draw", "p", 0, 1, [1] * 10**6], "act_list"),
    (NORMALS, ["draw", "p", 0, 1, [1, True]], "act_list"),
    (NORMALS, ["draw", "p", 0, 1, [1, "1"]], "act_list"),
    (NORMALS, ["draw", "p", 0, 1, [1, [1]]], "act_list"),
    (NORMALS, ["draw", "p", 0, 1, [1, NAN]], "act_list"),
    (NORMALS, ["draw", "p", 0, 1, [1, INF]], "act_list"),
    (NORMALS, ["draw", "p", 0, 1, [1, -1]], "act_list"),
    (NORMALS, ["draw", "p", 0, 1, [1, 10**400]], "act_list"),
    (NORMALS, ["draw", "p", 0, 1, [0, 0]], "weights_zero"),
    (NORMALS, ["draw", "p", 0, 1, "1,1"], "act_list"),
    (BARS, ["draw", "p", 0, 1, [1, 1]], "act_continuous"),
    (BARS, ["cell", "p", 0, 1], "act_continuous"),
    (BARS, ["interval", "p", 0, 1], "act_continuous"),
    (BARS, ["family", "p", "drawn"], "act_continuous"),
    (BARS, ["family", "p", "normal"], "fit_kind"),
    (BARS, ["family", "p", "weird"], "family"),
    (BARS, ["fit", "p", "weird"], "family"),
    (BARS, ["bars", "p", [1, 1, 1]], "act_count"),
    (BARS, ["bars", "p", [0, 0, 0, 0]], "weights_zero"),
    (BARS, ["bar", "p", 4, 0.5], "act_index"),
    (BARS, ["bar", "p", -1, 0.5], "act_index"),
    (BARS, ["bar", "p", 0.5, 0.5], "act_whole"),
    (BARS, ["bar", "p", 0, 1.5], "act_share"),
    (BARS, ["bar", "p", 0, -0.5], "act_share"),
    (scene("pmf(1)", "pmf(1)"), ["bar", "p", 0, 0.5], "act_alone"),
    (BARS, ["outcomes", 1], "act_outcomes"),
    (BARS, ["outcomes", 65], "act_outcomes"),
    (BARS, ["outcomes", 10**400], "act_number"),
    (scene("pmf(0,0,1)", "pmf(1,1,1)"), ["outcomes", 2], "nothing_left"),
    (BARS, ["labels", ["a"]], "act_count"),
    (BARS, ["labels", ["a", "a", "b", "c"]], "label_twice"),
    (BARS, ["labels", ["a", "b,c", "d", "e"]], "label"),
    (BARS, ["labels", ["a", "b", "c", "x" * 41]], "label"),
    (BARS, ["labels", ["a", "b", "c", "\ud800"]], "label"),
    (BARS, ["labels", ["a", 1, "b", "c"]], "act_text"),
    (NORMALS, ["bars", "p", [1]], "act_discrete"),
    (NORMALS, ["bar", "p", 0, 1], "act_discrete"),
    (NORMALS, ["outcomes", 3], "act_discrete"),
    (NORMALS, ["labels", ["a"]], "act_discrete"),
    (NORMALS, ["family", "p", "pmf"], "act_discrete"),
    (NORMALS, ["kind", "both"], "act_kind"),
    (NORMALS, ["preset", "nope"], "act_preset"),
    (NORMALS, ["unit", "dB"], "unit"),
    (NORMALS, ["show", "nonsense"], "show"),
    (NORMALS, ["show", "renyi(-1)"], "param"),
    (NORMALS, ["show", "kl_pq(2)"], "show_plain"),
    (NORMALS, ["data", "p", "", "samples", ""], "data_none"),
    (NORMALS, ["data", "p", "1 2 three", "samples", ""], "numbers_word"),
    (NORMALS, ["data", "p", "1 2", "nonsense", ""], "data_how"),
    (NORMALS, ["data", "p", "1 2", "histogram", "nonsense"], "histogram_rule"),
    (NORMALS, ["data", "p", "1 1", "histogram", "fd"], "histogram_equal"),
    (NORMALS, ["data", "p", "1 2", "fitted", "nonsense"], "family"),
    (NORMALS, ["data", "p", "-1 2", "fitted", "gamma"], None),
    (NORMALS, ["data", "p", [1, 2], "samples", ""], "act_text"),
    (NORMALS, ["data", "p", "1 2"], "act"),
    (NORMALS, ["fit", "p", "normal", "nonsense"], "objective"),
    (NORMALS, ["fit", "p", "normal", "kl_pq", "more"], "act"),
    (BARS, ["data", "p", "1 2 4", "histogram", "fd"], "kinds"),
    (SAMPLED, ["draw", "p", 0, 1, [1, 1]], "act_sample"),
    (SAMPLED, ["bars", "q", [1, 1]], "act_discrete"),
    (SAMPLED, ["family", "p", "poisson"], "fit_kind"),
    (NORMALS, ["random", 0.5], "act_whole"),
    (NORMALS, ["set", "p", "normal(0"], "text_ends"),
    (NORMALS, ["set", "p", "poisson(3)"], "kinds"),
    (BARS, ["set", "p", "pmf(" + ",".join("1" * 65) + ")"], "text_outcomes"),
    (NAMED, ["set", "p", "poisson(3)"], "labels"),
    (DRAWN, ["interval", "p", 5, 9], "nothing_left"),
    (DRAWN, ["cell", "p", 4, 0.5], "act_index"),
    (DRAWN, ["cell", "p", 0, 2], "act_share"),
    (scene("drawn(0,1,AAAB)", "normal(0,1)"), ["cell", "p", 1, 0], "levels_zero"),
    (scene("mixture(1*normal(0,1)+1*normal(1,1))", "normal(0,1)"), ["param", "p", "3.mu", 1], None),
    (scene("mixture(1*normal(0,1)+1*normal(1,1))", "normal(0,1)"), ["param", "p", "mu", 1], None),
    (scene("mixture(1*normal(0,1)+1*normal(1,1))", "normal(0,1)"), ["param", "p", "²", 1], None),
]


VARIOUS = {"act_param", "fit_outside"}


@each(("before", "act", "code"), WRONG)
def test_a_wrong_act_gets_one_sentence_and_changes_nothing(before, act, code):
    link = before.link
    with pytest.raises(SceneError) as caught:
        apply(before, act)
    assert caught.value.code == code or (code is None and caught.value.code in VARIOUS)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "{" not in sentence.replace("{…}", "")
    assert len(sentence) < (500 if code in ("family", "show") else 260) and before.link == link


def test_every_act_is_tested_and_every_notice_has_a_sentence():
    tried = {act[0] for _, act, *_ in DONE} | {"reset", "preset", "random", "unit", "show", "fit"}
    assert tried == set(ACTS)
    fields = dict.fromkeys(("side", "share", "count", "step", "dist", "measure", "least"), "X")
    for code in NOTICES:
        assert str(Notice(code, fields)).endswith(".")


def test_a_mixture_is_dragged_by_the_grips_of_its_parts():
    before = scene(
        "mixture(0.5*normal(-2,1)+0.5*mixture(1*normal(0,1)+1*laplace(3,2)))", "normal(0,1)"
    )
    assert list(grips(before.p).items()) == [
        ("1.centre", -2),
        ("1.width", -1),
        ("2.1.centre", 0),
        ("2.1.width", 1),
        ("2.2.centre", 3),
        ("2.2.width", 5),
    ]
    after, said = apply(before, ["handle", "p", "2.2.centre", 4])
    assert grips(after.p)["2.2.centre"] == 4 and grips(after.p)["1.centre"] == -2 and not said


@each("name", ["centre", "3.centre", "1.top", "1", "²2.centre", ""])
def test_a_grip_that_a_mixture_has_not_is_refused(name):
    before = scene("mixture(0.5*normal(-2,1)+0.5*normal(2,1))", "normal(0,1)")
    with pytest.raises(SceneError):
        apply(before, ["handle", "p", name, 4])
