"""Every preset can be typed, is finite where it should be, and shows the number that it is for."""

import math

import pytest
from cases import each

from divviz.grammar import parse
from divviz.measures import evaluate
from divviz.presets import PRESETS
from divviz.scene import DEFAULT, MOST_OUTCOMES, read_link

NAMES = [
    *("identical", "shifted", "narrow_wide", "two_modes_one", "one_zero", "disjoint"),
    *("heavy_tail", "loaded_die", "one_hot_softmax", "final_even", "final_lopsided"),
    *("worms_binomial", "worms_uniform"),
]


def numbers(name):
    scene = PRESETS[name].scene("nats")
    return evaluate(scene.p, scene.q, scene.unit)


def test_the_presets_are_the_dozen_that_the_page_offers():
    assert list(PRESETS) == NAMES


@each("name", NAMES)
def test_a_preset_is_canonical_text_and_its_link_brings_it_back(name):
    preset = PRESETS[name]
    assert (str(parse(preset.p)), str(parse(preset.q))) == (preset.p, preset.q)
    scene = preset.scene("hartleys")
    assert scene.unit == (preset.unit or "hartleys")
    assert read_link(scene.link) == (scene, [])
    if scene.kind == "discrete":
        assert len(scene.p.atoms()[0]) <= MOST_OUTCOMES


def test_the_first_thing_seen_is_a_preset():
    assert PRESETS["two_modes_one"].scene("nats") == DEFAULT


def test_identical_gives_zero_everywhere_but_in_the_entropies():
    found = numbers("identical")
    assert [found[key] for key in ("kl_pq", "kl_qp", "js", "js_distance", "w1")] == [0] * 5
    assert found["entropy_p"] == found["cross_entropy_pq"] > 0


def test_shifted_normals_have_the_kl_of_the_closed_form():
    found = numbers("shifted")
    assert found["kl_pq"] == pytest.approx(2, rel=1e-12)
    assert found["w1"] == pytest.approx(2, rel=1e-12)


def test_narrow_against_wide_costs_more_one_way_than_the_other():
    assert numbers("narrow_wide")["kl_qp"] > 3 * numbers("narrow_wide")["kl_pq"]


def test_one_zero_makes_one_direction_infinite():
    found = numbers("one_zero")
    assert math.isinf(found["kl_pq"]) and math.isfinite(found["kl_qp"])


def test_disjoint_saturates_js_while_w1_measures_the_way():
    found = numbers("disjoint")
    assert found["js"] == pytest.approx(math.log(2), rel=1e-12)
    assert found["w1"] == pytest.approx(4, rel=1e-12)
    assert math.isinf(found["kl_pq"]) and math.isinf(found["kl_qp"])


def test_a_heavy_tail_is_infinitely_far_from_a_normal_but_not_the_other_way():
    found = numbers("heavy_tail")
    assert math.isinf(found["kl_pq"]) and math.isfinite(found["kl_qp"])
    assert math.isinf(found["w1"])


def test_a_loaded_die_costs_what_the_believer_in_fairness_pays():
    found = numbers("loaded_die")
    assert found["kl_pq"] == pytest.approx(math.log(6) - found["entropy_p"], rel=1e-12)


def test_a_certain_label_makes_cross_entropy_and_kl_one_number():
    found = numbers("one_hot_softmax")
    assert found["cross_entropy_pq"] == pytest.approx(-math.log(0.7), rel=1e-12)
    assert found["kl_pq"] == pytest.approx(found["cross_entropy_pq"], rel=1e-12)


def test_an_even_final_carries_one_bit_and_a_lopsided_one_hardly_any():
    even, lopsided = numbers("final_even"), numbers("final_lopsided")
    assert even["entropy_p"] == pytest.approx(1, rel=1e-12)
    assert even["entropy_q"] == lopsided["entropy_p"]
    assert lopsided["entropy_p"] == pytest.approx(0.0808, abs=5e-5)
    outsider = lopsided["cross_entropy_qp"]
    assert outsider == pytest.approx(math.log2(100), rel=1e-12) and f"{outsider:.2f}" == "6.64"


def test_the_worms_have_5_44_teeth_on_average_and_look_more_uniform_than_binomial():
    teeth = parse(PRESETS["worms_binomial"].p)
    assert teeth.mean() == pytest.approx(5.44, rel=1e-12)
    assert teeth.weights.sum() == pytest.approx(1, rel=1e-12)
    assert PRESETS["worms_uniform"].p == PRESETS["worms_binomial"].p
    assert numbers("worms_binomial")["kl_pq"] > numbers("worms_uniform")["kl_pq"] > 0
