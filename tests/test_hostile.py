"""Whatever a link or a browser sends, the answer is a valid scene or one SceneError.

More than 2,000 generated texts, links and acts, ten times as many with
`--hypothesis-profile=thorough`; a warning counts as a failure.
"""

import json
import math
import warnings

import pytest
from cases import each
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from divviz.families import FAMILIES, SceneError
from divviz.gestures import ACTS, apply
from divviz.grammar import parse
from divviz.measures import MEASURES, UNITS, evaluate
from divviz.presets import PRESETS
from divviz.scene import DEFAULT, DEFAULTS, Scene, read, read_link


def many(share):
    """So many times the examples of the profile."""
    return settings(
        max_examples=round(share * settings.default.max_examples),
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def calmly(function, *args):
    """The result, or the SceneError; anything else, a warning fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result = function(*args)
        except SceneError as error:
            result = error
            sentence = str(error)
            assert sentence.endswith(".") and len(sentence) < 600
    return result


def check(scene):
    """A scene is valid when its link brings it back and its numbers are numbers."""
    assert isinstance(scene, Scene)
    assert len(scene.link) < 200_000
    assert read_link(scene.link) == (scene, [])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = evaluate(scene.p, scene.q, scene.unit)
    assert not any(math.isnan(value) for value in found.values() if value is not None)


# --- texts --------------------------------------------------------------------------------------

ODD_NUMBERS = [
    *("nan", "NaN", "inf", "-inf", "infinity", "1e999", "-1e999", "1e309", "5e-324", "1e308"),
    *("-0", "0", "-1", "1e9", "-1e9", "0x10", "1_0", "1e", "1e+", "+", "-", ".", ".e1", "++1"),
    *("1.", ".5", "00", "１", "²", "½", "null", "true", "None", "1,5", "1'000", "1e-400", " "),
]
odd_number = st.one_of(
    st.sampled_from(ODD_NUMBERS),
    st.floats().map(repr),
    st.integers(-(10**30), 10**30).map(str),
)
name = st.one_of(
    st.sampled_from([*FAMILIES, "Normal", "nrmal", "", "__class__", "<script>", "normal normal"])
)


def call(parts):
    return st.tuples(name, st.lists(parts, max_size=6)).map(lambda t: f"{t[0]}({','.join(t[1])})")


plain = call(odd_number)
named_args = call(
    st.tuples(st.sampled_from(["mu", "sigma", "p", "n", "x"]), odd_number).map("=".join)
)
outcome = st.text(max_size=8)
listed = st.lists(
    st.one_of(odd_number, st.tuples(outcome, odd_number).map(":".join)), max_size=12
).map(lambda parts: f"pmf({','.join(parts)})")
code = st.text(st.sampled_from("ABCabc019-_!=+/ \n<"), max_size=40)
curve = st.tuples(odd_number, odd_number, code).map(lambda t: f"drawn({','.join(t)})")
nested = st.recursive(
    st.one_of(plain, listed, curve),
    lambda inner: st.lists(st.tuples(odd_number, inner).map("*".join), max_size=4).map(
        lambda parts: f"mixture({'+'.join(parts)})"
    ),
    max_leaves=12,
)
whole = st.one_of(plain, named_args, listed, curve, nested)


def damage(text, at, junk, cut):
    at = at % (len(text) + 1)
    return text[:at] + junk + text[at + cut :]


junk = st.one_of(
    st.sampled_from(
        ["(", ")", "((", ",", "*", "+", ":", "\0", "<script>", "&", "%", "\ud800", '"']
    ),
    st.text(max_size=5),
)
damaged = st.builds(damage, whole, st.integers(0, 500), junk, st.integers(0, 8))
VALID = [preset.p for preset in PRESETS.values()]
near = st.builds(damage, st.sampled_from(VALID), st.integers(0, 80), junk, st.integers(0, 3))
texts = st.one_of(whole, damaged, near, st.text(max_size=60))


@many(7)
@given(texts)
def test_any_text_is_a_distribution_or_one_sentence(text):
    result = calmly(parse, text)
    if not isinstance(result, SceneError):
        assert parse(str(result)) == result


@many(2.5)
@given(
    st.dictionaries(
        st.sampled_from(["p", "q", "unit", "show", "lang", "x"]),
        st.one_of(texts, st.sampled_from([*UNITS, *MEASURES, *VALID]), st.none(), st.integers()),
        max_size=5,
    )
)
def test_any_query_is_a_scene_and_a_sentence_for_each_wrong_part(query):
    scene, errors = calmly(read, query)
    check_scene_lightly(scene)
    assert all(e.fields["part"] in ("p", "q", "unit", "show") and str(e) for e in errors)
    assert len(errors) <= 4


def check_scene_lightly(scene):
    assert isinstance(scene, Scene) and read_link(scene.link) == (scene, [])


@many(2)
@given(st.one_of(st.text(max_size=80), texts.map(lambda t: f"?p={t}&q={t}&unit=bits")))
def test_any_link_is_a_scene(link):
    scene, errors = calmly(read_link, link)
    check_scene_lightly(scene)
    assert all(str(e) for e in errors)


# --- acts ---------------------------------------------------------------------------------------

odd_value = st.one_of(
    st.floats(),
    st.integers(-(10**400), 10**400),
    st.sampled_from([1e9, -1e9, 1e308, -1e308, 5e-324, 0, 0.0, -0.0, 1, True, False, None, "1"]),
    st.text(max_size=10),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
tame = st.floats(-20, 20)
weights = st.one_of(
    st.lists(st.floats(0, 10), max_size=300),
    st.lists(odd_value, max_size=12),
    st.integers(2, 6).flatmap(
        lambda n: st.lists(
            st.sampled_from([0, 1, 1e9, 1e308, 5e-324, 1e-300]), min_size=n, max_size=n
        )
    ),
    st.sampled_from([[0] * 6, [1] * 6, [1e308] * 6, [1] * 513]),
)
side = st.one_of(st.sampled_from("pq"), st.sampled_from(["m", "P", "", 0, None]))
word = st.one_of(
    st.sampled_from(
        ["mu", "sigma", "a", "b", "n", "p", "i", "rate", "1.mu", "2.weight", "9.mu", "1.", ".mu"]
    ),
    st.sampled_from(["centre", "width", "left", "right"]),
    st.sampled_from([*FAMILIES, *UNITS, *MEASURES, *PRESETS, "discrete", "continuous"]),
    st.text(max_size=8),
)
number = st.one_of(tame, st.integers(-3, 70), odd_value)
SHAPED = {
    "param": st.tuples(side, word, number),
    "handle": st.tuples(side, word, number),
    "draw": st.tuples(side, number, number, weights),
    "bars": st.tuples(side, weights),
    "bar": st.tuples(side, number, number),
    "cell": st.tuples(side, number, number),
    "family": st.tuples(side, word),
    "fit": st.tuples(side, word),
    "kind": st.tuples(word),
    "swap": st.tuples(),
    "copy": st.tuples(),
    "reset": st.tuples(),
    "preset": st.tuples(word),
    "random": st.tuples(number),
    "unit": st.tuples(word),
    "show": st.tuples(word),
    "data": st.tuples(
        side,
        st.one_of(st.lists(odd_number, max_size=6).map(" ".join), st.text(max_size=20)),
        st.sampled_from(["samples", "histogram", "fitted", "x"]),
        st.one_of(word, st.sampled_from(["fd", "3", "normal", "gamma", "poisson", ""])),
    ),
    "set": st.tuples(side, st.one_of(whole, st.sampled_from(VALID))),
    "interval": st.tuples(side, number, number),
    "outcomes": st.tuples(number),
    "labels": st.tuples(st.lists(st.one_of(st.text(max_size=6), odd_value), max_size=7)),
}
shaped = st.sampled_from(sorted(SHAPED)).flatmap(
    lambda act: SHAPED[act].map(lambda parts: [act, *parts])
)
anything = st.recursive(odd_value, lambda inner: st.lists(inner, max_size=4), max_leaves=10)
acts = st.one_of(shaped, shaped, shaped, anything, st.lists(anything, max_size=5))
STARTS = [
    DEFAULT,
    DEFAULTS["discrete"],
    *(preset.scene("nats") for preset in PRESETS.values()),
    Scene(parse("drawn(-2,2,AA__gA__)"), parse("cauchy(0,1)")),
    Scene(parse("poisson(9000)"), parse("binomial(10000,0.5)")),
    Scene(parse("beta(0.01,0.01)"), parse("gamma(0.01,1000000000)")),
    Scene(parse("student_t(0.1,1e9,1e9)"), parse("normal(-1e9,1e-9)")),
    Scene(parse("pmf(-1e300:1,1e300:1)"), parse("pmf(0:1e308,1:5e-324)")),
    Scene(parse("pmf(a:1,b:0)"), parse("bernoulli(1)")),
]


def test_the_generated_acts_cover_every_act():
    assert set(SHAPED) == set(ACTS)


@many(9)
@given(st.sampled_from(STARTS), acts)
def test_any_act_gives_a_scene_or_one_sentence(start, act):
    result = calmly(apply, start, act)
    if isinstance(result, SceneError):
        return
    after, notices = result
    check_scene_lightly(after)
    assert all(str(n).endswith(".") and len(str(n)) < 2_000 for n in notices)


@many(1.5)
@given(st.sampled_from(STARTS[:-5]), st.lists(shaped, min_size=1, max_size=6))
def test_any_run_of_acts_leaves_a_scene_whose_numbers_are_numbers(start, run):
    scene = start
    for act in run:
        result = calmly(apply, scene, act)
        if not isinstance(result, SceneError):
            scene = result[0]
    assume(scene is not start)
    check(scene)


# --- size ---------------------------------------------------------------------------------------

HUGE = [
    "x" * 500_000,
    "(" * 500_000,
    "mixture(1*" * 50_000,
    "pmf(" + "1," * 250_000,
    "normal(" + "9" * 500_000,
    "<script>" * 60_000,
    "\0" * 500_000,
    "+" * 500_000,
    "&p=" * 160_000,
    "%" * 500_000,
]


@pytest.mark.parametrize("text", HUGE, ids=range(len(HUGE)))
def test_half_a_megabyte_is_refused(text):
    assert isinstance(calmly(parse, text), SceneError)
    for link in (text, "p=" + text):
        scene, errors = calmly(read_link, link)
        assert scene == DEFAULT and errors
    scene, errors = calmly(read, {"p": text, "q": text, "unit": text, "show": text})
    assert scene == DEFAULT and [e.fields["part"] for e in errors] == ["p", "q", "unit", "show"]
    assert isinstance(calmly(apply, DEFAULT, ["set", "p", text]), SceneError)


BIG_ACTS = [
    ["bars", "p", [1] * 10**6],
    ["draw", "p", 0, 1, [1] * 10**6],
    ["labels", ["a"] * 10**6],
    ["labels", ["a" * 10**6] * 6],
    ["param", "p", "1" * 10**6, 1],
    ["param", "p", "1." * 500_000, 1],
    ["family", "p", "x" * 10**6],
    ["unit", "x" * 10**6],
    ["x" * 10**6],
    [["a"] * 10**6],
    list(range(10**6)),
]


@each("act", BIG_ACTS)
@each("start", [DEFAULT, DEFAULTS["discrete"]])
def test_a_million_of_anything_is_refused(start, act):
    assert isinstance(calmly(apply, start, act), SceneError)


def test_an_act_that_json_can_carry_and_python_cannot_bear_is_refused():
    deep = json.loads("[" * 900 + "]" * 900)
    assert isinstance(calmly(apply, DEFAULT, deep), SceneError)
    assert isinstance(calmly(apply, DEFAULT, ["draw", "p", 0, 1, deep]), SceneError)
    huge = json.loads('["param","p","1.mu",' + "9" * 4000 + "]")
    assert isinstance(calmly(apply, DEFAULT, huge), SceneError)
