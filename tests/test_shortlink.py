"""Links cut to a length: what they keep, what they say they leave out, and what never happens."""

import math
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qs

import numpy as np
import pytest

from divviz import families, state
from divviz.dist import Dist
from divviz.measures import FIRST, value
from divviz.pair import Pair
from divviz.scene import Scene, read_link
from divviz.shortlink import Short, shortened
from divviz.web import lesson

MOST = 1850
DICE = np.random.default_rng(5)
A, B = DICE.dirichlet(np.ones(64)), DICE.dirichlet(np.ones(64))
ENGLISH = [f"outcome number {i}" for i in range(64)]
CHINESE = [f"第{i}个可能的结果" for i in range(64)]


def cut(p: Dist, q: Dist, most: int = MOST) -> Short:
    scene = Scene(p, q)
    return shortened(scene, scene.link, most, read_link)


def numbers(link: str) -> dict[str, float | None]:
    scene, errors = read_link(link)
    assert errors == []
    return {key: value(Pair(scene.p, scene.q), key, scene.unit) for key in FIRST}


def named(link: str, side: str) -> dict[str, float]:
    """The weights of a pmf in a link by what its outcomes are called, read by hand."""
    text = parse_qs(link)[side][0]
    rows = [one.rpartition(":") for one in text.removeprefix("pmf(").removesuffix(")").split(",")]
    return {name or str(k): float(weight) for k, (name, _, weight) in enumerate(rows)}


def kl(p: dict[str, float], q: dict[str, float]) -> float:
    """KL(P‖Q) in nats by its definition, from weights of any sum."""
    mass_p, mass_q = math.fsum(p.values()), math.fsum(q.values())
    rows = ((w / mass_p, q[name] / mass_q) for name, w in p.items() if w)
    return math.fsum(a * math.log(a / b) for a, b in rows)


def levels(side: int, count: int = 512) -> list[int]:
    return [int(2000 + 1500 * math.sin(side + 9 * k / count)) for k in range(count)]


WORST: dict[str, tuple[Callable[[], tuple[Dist, Dist]], list[str]]] = {
    "64 bins": (lambda: (families.pmf(A), families.pmf(B)), ["digits"]),
    "64 English names": (
        lambda: (families.pmf(A, labels=ENGLISH), families.pmf(B, labels=ENGLISH)),
        ["names", "digits"],
    ),
    "64 Chinese names in two orders": (
        lambda: (families.pmf(A, labels=CHINESE), families.pmf(B, labels=CHINESE[::-1])),
        ["names", "digits"],
    ),
    "20 Chinese names": (
        lambda: (families.pmf(A[:20], labels=CHINESE[:20]), families.pmf(B, labels=CHINESE)),
        ["names", "digits"],
    ),
    "64 places": (
        lambda: (families.pmf(A, support=100 * A), families.pmf(B, support=100 * A)),
        ["digits"],
    ),
    "512 drawn cells": (
        lambda: (families.drawn(-5, 5, levels(0)), families.drawn(-5, 5, levels(1))),
        ["cells"],
    ),
    "64 bins of unequal width": (
        lambda: (families.density(range(65), A), families.density(np.arange(65.0) - 0.5, B)),
        ["digits"],
    ),
    "a mixture of 24": (
        lambda: (
            families.mixture(
                A[:3],
                [
                    families.mixture(A[k : k + 8], [_normal(j) for j in range(8)])
                    for k in (3, 11, 19)
                ],
            ),
            families.mixture(B[:8], [_normal(j + 9) for j in range(8)]),
        ),
        ["digits"],
    ),
}


def _normal(k: int) -> Dist:
    return families.make("normal", 10 * A[k], 0.5 + 10 * B[k])


@pytest.mark.parametrize("name", WORST)
def test_the_worst_scenes_fit_and_every_cut_is_named(name: str) -> None:
    make, codes = WORST[name]
    p, q = make()
    before, found = numbers(Scene(p, q).link), cut(p, q)
    assert len(Scene(p, q).link) > MOST >= len(found.link)
    assert [one.code for one in found.cuts] == codes
    after = numbers(found.link)
    assert found.change is not None
    key = found.change.key
    assert (found.change.before, found.change.after) == (before[key], after[key])
    sizes = {k: abs(after[k] - before[k]) / max(after[k], before[k]) for k in FIRST if before[k]}
    assert sizes[key] == max(sizes.values()) < 0.02


def test_a_link_that_fits_is_left_alone() -> None:
    p, q = families.make("normal", 1 / 3, math.pi), families.make("normal", 2 / 3, math.e)
    assert cut(p, q) == Short(Scene(p, q).link)


@pytest.mark.parametrize("orders", [(CHINESE, CHINESE), (CHINESE, CHINESE[::-1])])
def test_without_their_names_outcomes_still_face_each_other(orders: tuple) -> None:
    p, q = (families.pmf(w, labels=names) for w, names in zip((A, B), orders, strict=True))
    whole, found = Scene(p, q).link, cut(p, q)
    true = kl(named(whole, "p"), named(whole, "q"))
    assert kl(named(found.link, "p"), named(found.link, "q")) == pytest.approx(true, rel=1e-6)
    assert numbers(found.link)["kl_pq"] == pytest.approx(true, rel=1e-6)


def test_names_said_twice_are_said_once_which_changes_nothing() -> None:
    p, q = (families.pmf(w[:30], labels=ENGLISH[:30]) for w in (A, B))
    found = cut(p, q, most=2200)
    assert len(found.link) <= 2200 < len(Scene(p, q).link)
    assert found.cuts == () and found.change is None
    assert numbers(found.link) == numbers(Scene(p, q).link)
    scene, _ = read_link(found.link)
    assert Pair(scene.p, scene.q).labels == tuple(ENGLISH[:30])


def test_digits_in_a_name_are_no_number() -> None:
    names = [f"v1.23456789{k}" for k in range(9)]
    found = cut(families.pmf(A[:9], labels=names), families.pmf(B[:9], labels=names[::-1]), 440)
    assert [one.code for one in found.cuts] == ["digits"]
    assert list(named(found.link, "p")) == names


def test_a_drawn_curve_keeps_its_means_and_its_zeros() -> None:
    heights = [4095, 0, 0, 0, 1, 0, *levels(0, 506)]
    found = cut(families.drawn(0, 1, heights), families.drawn(0, 1, levels(2)))
    assert dict(found.cuts[0].fields) == {"count": 2}
    pairs = np.array(heights).reshape(-1, 2).mean(axis=1)
    merged = read_link(found.link)[0].p.weights
    assert list(merged[:3]) == [2048, 0, 1]
    assert np.abs(merged - pairs).max() <= 0.5


def test_no_cut_turns_an_infinite_number_into_a_finite_one() -> None:
    p = families.drawn(0, 1, [9] * 256 + [0] * 256)
    q = families.drawn(0, 1, [9] * 255 + [0] * 257)
    assert numbers(Scene(p, q).link)["kl_pq"] == math.inf
    found = cut(p, q)
    assert found.cuts == () and numbers(found.link)["kl_pq"] == math.inf


@pytest.mark.parametrize("made", [families.samples, families.histogram])
def test_data_stay_whole(made: Callable[[list[float]], Dist]) -> None:
    sample, normal = made(DICE.normal(size=300).tolist()), families.make("normal", 0, 1)
    assert cut(sample, normal) == Short(Scene(sample, normal).link, data=True)


def test_what_no_cut_makes_short_enough_stays_whole() -> None:
    inner = families.mixture(A[:8], [_normal(k) for k in range(8)])
    p = families.mixture(B[:8], [families.mixture(A[8:16], [inner] * 8)] * 8)
    assert cut(p, _normal(1)) == Short(Scene(p, _normal(1)).link)
    bins = families.pmf(A)
    assert cut(bins, bins, most=0) == Short(Scene(bins, bins).link)


# ---- lessons -------------------------------------------------------------------------------------


def of_lesson(stem: str, link: str) -> tuple[state.State, Short, state.State]:
    topic = lesson.topic(stem)
    assert topic is not None
    read = partial(state.read_link, topic)
    now, errors = read(link)
    assert not errors

    def again(text: str) -> tuple[Scene, list]:
        found, wrong = read(text)
        return found.scene, wrong

    found = shortened(now.scene, now.link, MOST, again)
    return now, found, read(found.link)[0]


def test_a_painted_table_is_rounded() -> None:
    table = "w16:" + ",".join(map(repr, DICE.random(160).tolist()))
    now, found, then = of_lesson("07_mutual_information", f"painted={table}")
    assert len(found.link) <= MOST < len(now.link)
    assert [(one.code, dict(one.fields)) for one in found.cuts] == [("digits", {"count": 6})]
    np.testing.assert_allclose(then["painted"].weights, now["painted"].weights, rtol=1e-5)


def test_the_longest_setting_of_a_lesson_is_left_out_last() -> None:
    table = "w16:" + ",".join(map(repr, (1e-4 * DICE.random(256) ** 9).tolist()))
    now, found, then = of_lesson("07_mutual_information", f"painted={table}&noise=0.3&p=pmf(1,2)")
    assert [(one.code, dict(one.fields)) for one in found.cuts] == [
        ("knobs", {"names": ["painted"]})
    ]
    assert found.change is None
    assert then["noise"] == 0.3 and then.scene == now.scene
