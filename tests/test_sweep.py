"""Values and slopes of a sweep against closed forms, and integrals at 30 digits."""

import math

import mpmath
import numpy as np
import pytest
from cases import each
from scipy.special import erf

from divviz.families import SceneError
from divviz.grammar import parse
from divviz.measures import MEASURES, measure
from divviz.scene import Scene, read_link
from divviz.sweep import KEYS, KINDS, apart, sweep

LOG_2 = math.log(2)
DISTANCES = [0.03, 0.2, 0.5, 0.7, 0.99, 1.01, 1.7, 3]

# (value, slope) at distance d > 0 and width w
UNIFORMS = {
    "kl_pq": lambda d, w: (math.inf, None),
    "kl_qp": lambda d, w: (math.inf, None),
    "tv": lambda d, w: (d / w, 1 / w) if d < w else (1, 0),
    "js": lambda d, w: (d / w * LOG_2, LOG_2 / w) if d < w else (LOG_2, 0),
    "w1": lambda d, w: (d, 1),
    "hellinger": lambda d, w: (math.sqrt(d / w), 0.5 / math.sqrt(d * w)) if d < w else (1, 0),
    "bhattacharyya_coefficient": lambda d, w: (1 - d / w, -1 / w) if d < w else (0, 0),
    "kolmogorov_smirnov": lambda d, w: (d / w, 1 / w) if d < w else (1, 0),
}
POINTS = {
    "kl_pq": lambda d, _: (math.inf, None),
    "tv": lambda d, _: (1, 0),
    "js": lambda d, _: (LOG_2, 0),
    "w1": lambda d, _: (d, 1),
    "hellinger": lambda d, _: (1, 0),
    "energy_distance": lambda d, _: (math.sqrt(2 * d), 1 / math.sqrt(2 * d)),
}


def hellinger(d, s):
    value = math.sqrt(-math.expm1(-d * d / (8 * s * s)))
    return value, d * math.exp(-d * d / (8 * s * s)) / (8 * s * s * value)


NORMALS = {
    "kl_pq": lambda d, s: (d * d / (2 * s * s), d / s**2),
    "kl_qp": lambda d, s: (d * d / (2 * s * s), d / s**2),
    "jeffreys": lambda d, s: (d * d / (s * s), 2 * d / s**2),
    "tv": lambda d, s: (
        float(erf(d / (math.sqrt(8) * s))),
        math.exp(-d * d / (8 * s * s)) / (s * math.sqrt(2 * math.pi)),
    ),
    "w1": lambda d, s: (d, 1),
    "hellinger": hellinger,
}


def check(found, forms, width, rel):
    for key, form in forms.items():
        for i, d in enumerate(found.distances):
            value, slope = form(d, width)
            assert found.values[key][i] == pytest.approx(value, rel=1e-12, abs=1e-15), (key, d)
            wanted = slope if slope is None else pytest.approx(slope, rel=rel, abs=1e-15)
            assert found.slopes[key][i] == wanted, (key, d)


@pytest.mark.parametrize("width", [1.0, 0.3, 2.5])
def test_uniforms_are_the_closed_forms(width):
    check(sweep("uniforms", DISTANCES, UNIFORMS, width), UNIFORMS, width, 2e-9)


def test_points_are_the_parallel_lines_of_wasserstein_gan():
    # Arjovsky, Chintala & Bottou (2017), example 1
    check(sweep("points", DISTANCES, POINTS), POINTS, 1, 2e-9)


@pytest.mark.parametrize("width", [1.0, 0.25, 0.01, 3.0])
def test_normals_are_the_closed_forms(width):
    found = sweep("normals", DISTANCES, ("kl_pq", "kl_qp", "tv", "w1", "hellinger"), width)
    check(found, {key: NORMALS[key] for key in found.values}, width, 1e-11)


def test_a_measure_without_an_integral_of_its_own_is_differenced():
    found = sweep("normals", DISTANCES, ["jeffreys"])
    check(found, {"jeffreys": NORMALS["jeffreys"]}, 1, 2e-9)


def test_kl_of_narrow_normals_is_finite_and_huge():
    found = sweep("normals", [1], width=0.01)
    assert found.values["kl_pq"][0] == pytest.approx(5000, rel=1e-14)
    assert found.slopes["kl_pq"][0] == pytest.approx(10_000, rel=1e-14)
    assert found.values["js"][0] == pytest.approx(LOG_2, rel=1e-15)
    assert found.slopes["js"] == (0.0,) and found.slopes["tv"] == (0.0,)


@each("key", KEYS)
def test_noise_on_points_makes_them_normals(key):
    blurred = sweep("points", DISTANCES, KEYS, noise=0.4)
    assert blurred.values[key] == sweep("normals", DISTANCES, KEYS, 0.4).values[key]
    assert blurred.slopes[key] == sweep("normals", DISTANCES, KEYS, 0.4).slopes[key]


def test_noise_on_normals_adds_variances():
    found = sweep("normals", DISTANCES, width=0.3, noise=0.4)
    check(found, {key: NORMALS[key] for key in ("kl_pq", "tv", "w1", "hellinger")}, 0.5, 1e-11)


# --- JS, which has no closed form for normals ----------------------------------------------------


def js_of_normals(d, s):
    """JS and its derivative by d, at 30 digits."""
    with mpmath.workdps(30):

        def js(shift):
            def term(x):
                p, q = mpmath.npdf(x, 0, s), mpmath.npdf(x, shift, s)
                return (p * mpmath.log(2 * p / (p + q)) + q * mpmath.log(2 * q / (p + q))) / 2

            ends = [-9 * s, -2 * s, 0, shift / 2, shift, shift + 2 * s, shift + 9 * s]
            return mpmath.quad(term, ends)

        h = mpmath.mpf(s) / 1000
        slope = (js(d - 2 * h) - 8 * js(d - h) + 8 * js(d + h) - js(d + 2 * h)) / (12 * h)
        return float(js(mpmath.mpf(d))), float(slope)


@pytest.mark.parametrize(("d", "s"), [(0.3, 1.0), (2.0, 1.0), (1.0, 0.4)])
def test_js_of_normals_is_the_integral_at_30_digits(d, s):
    value, slope = js_of_normals(d, s)
    found = sweep("normals", [d], ["js"], s)
    assert found.values["js"][0] == pytest.approx(value, rel=1e-12)
    assert found.slopes["js"][0] == pytest.approx(slope, rel=1e-10)


# --- at distance 0, and where supports part ------------------------------------------------------


def test_at_distance_0_the_slope_is_that_to_the_right():
    found = sweep("uniforms", [0.0])
    assert {key: found.values[key][0] for key in KEYS} == dict.fromkeys(KEYS, 0.0)
    slopes = {key: found.slopes[key][0] for key in KEYS}
    assert slopes["kl_pq"] is None  # infinite from here on
    assert slopes["tv"] == pytest.approx(1, rel=1e-12)
    assert slopes["w1"] == pytest.approx(1, rel=1e-12)
    assert slopes["js"] == pytest.approx(LOG_2, rel=1e-12)
    assert slopes["hellinger"] == math.inf  # a root of the distance


def test_a_point_jumps_away_from_a_point():
    found = sweep("points", [0.0])
    assert {key: found.values[key][0] for key in KEYS} == dict.fromkeys(KEYS, 0.0)
    jumps = {key: found.slopes[key][0] for key in ("kl_pq", "js", "tv", "hellinger")}
    assert jumps == dict.fromkeys(jumps)
    assert found.slopes["w1"][0] == pytest.approx(1, rel=1e-12)


def test_normals_leave_each_other_by_these_slopes():
    found = sweep("normals", [0.0], width=0.5)
    assert found.slopes["kl_pq"] == found.slopes["js"] == (0.0,)
    assert found.slopes["tv"][0] == pytest.approx(2 / math.sqrt(2 * math.pi), rel=1e-10)
    assert found.slopes["hellinger"][0] == pytest.approx(1 / math.sqrt(2), rel=1e-10)
    assert found.slopes["w1"][0] == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("at", [0.3, 0.1 + 0.2])
def test_where_uniforms_part_a_kink_has_no_slope(at):
    found = sweep("uniforms", [at], ["js", "tv", "hellinger", "w1"], 0.3)
    assert [found.slopes[key][0] for key in ("js", "tv", "hellinger")] == [None] * 3
    assert found.slopes["w1"][0] == pytest.approx(1, rel=1e-9)


@each(("kind", "key"), [(kind, key) for kind in KINDS for key in KEYS])
def test_to_the_left_it_is_the_mirror_image(kind, key):
    right, left = (sweep(kind, [sign * d for d in DISTANCES], [key]) for sign in (1, -1))
    assert left.values[key] == pytest.approx(right.values[key], rel=1e-12)
    for one, other in zip(left.slopes[key], right.slopes[key], strict=True):
        assert (one is None) == (other is None)
        assert one is None or one == pytest.approx(-other, rel=1e-9, abs=1e-15)


# --- the pair, any measure, what is refused ------------------------------------------------------


@each(
    ("given", "p", "q"),
    [
        (("uniforms", 0.5), "uniform(0,1)", "uniform(0.5,1.5)"),
        (("uniforms", 0.5, 2), "uniform(0,2)", "uniform(0.5,2.5)"),
        (("points", 0.5), "pmf(0:1)", "pmf(0.5:1)"),
        (("points", 0.5, 1, 0.1), "normal(0,0.1)", "normal(0.5,0.1)"),
        (("normals", -2, 0.01), "normal(0,0.01)", "normal(-2,0.01)"),
        (("normals", 1, 3, 4), "normal(0,5)", "normal(1,5)"),
    ],
)
def test_the_pair_has_a_link(given, p, q):
    pair = apart(*given)
    assert pair == (parse(p), parse(q))
    scene = Scene(*pair)
    assert read_link(scene.link) == (scene, [])


@pytest.mark.parametrize("kind", KINDS)
def test_every_measure_without_a_parameter_can_be_swept(kind):
    keys = [key for key, one in MEASURES.items() if not one.required]
    found = sweep(kind, [0.0, 0.4, 1.0, 2.5], keys)
    for i, d in enumerate(found.distances):
        p, q = apart(kind, d)
        for key in keys:
            value, slope = found.values[key][i], found.slopes[key][i]
            assert value is None or value == measure(key, p, q)
            assert slope is None or not math.isnan(slope)
            assert str(slope) != "-0.0"


@pytest.mark.parametrize("kind", KINDS)
def test_what_belongs_to_one_side_has_slope_0(kind):
    found = sweep(kind, [0.0, 0.4, 2.5], ["entropy_p", "entropy_q", "perplexity"])
    for slopes in found.slopes.values():
        assert slopes == pytest.approx((0, 0, 0), abs=1e-10)


def test_distances_may_be_any_numbers_or_none():
    grid = np.linspace(0, 3, 4)
    assert sweep("points", grid).distances == (0, 1, 2, 3)
    assert sweep("points", grid) is sweep("points", list(grid))
    assert sweep("points", []).values["js"] == ()


@each(
    ("given", "code"),
    [
        (("squares", [1]), "sweep_kind"),
        (("uniforms", [1], KEYS, 1, 0.5), "sweep_noise"),
        (("normals", [1], KEYS, 0), "param"),
        (("normals", [1], KEYS, math.nan), "param"),
        (("points", [1], KEYS, 1, -1), "param"),
        (("points", [math.inf]), "param"),
        (("points", ["far"]), "number"),
        (("points", [1], ["distance"]), "measure"),
        (("points", [1], ["renyi"]), "measure_needs"),
    ],
)
def test_what_cannot_be_swept_is_told_in_a_sentence(given, code):
    with pytest.raises(SceneError) as caught:
        sweep(*given)
    assert caught.value.code == code and str(caught.value).endswith(".")
