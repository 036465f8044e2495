"""What a link hides, locks and asks to be predicted: read, refused, and kept by the server."""

import pytest

from divviz import arrangement, gestures
from divviz.arrangement import Arrangement
from divviz.dist import SceneError
from divviz.scene import Scene, read_link
from divviz.web import lesson, stage


def scene(link: str = "p=normal(0,1)&q=normal(2,1)") -> Scene:
    found, errors = read_link(link)
    assert not errors
    return found


def test_an_arrangement_is_read_as_it_is_spelled() -> None:
    query = {"hide": "js, notes,js", "lock": "p,q.sigma", "predict": "kl_pq,kl_qp"}
    found, errors = arrangement.read(query, ["js", "w1", "notes"], arrangement.lockable(scene()))
    assert not errors
    assert found == Arrangement(("js", "notes"), ("p", "q.sigma"), ("kl_pq", "kl_qp"))
    assert found.query == {"hide": "js,notes", "lock": "p,q.sigma", "predict": "kl_pq,kl_qp"}
    assert arrangement.read({}, [], []) == (Arrangement(), [])


def test_what_a_page_does_not_have_is_named_and_the_rest_is_kept() -> None:
    query = {"hide": "js,<b>", "lock": "q.shape,p", "predict": "kl_pq,tv,js"}
    found, errors = arrangement.read(query, ["js"], arrangement.lockable(scene()))
    assert found == Arrangement(("js",), ("p",), ("kl_pq", "tv"))
    assert [error.code for error in errors] == ["flags_unknown", "flags_unknown", "predict_many"]
    assert "<b>" in str(errors[0]) and "q.shape" in str(errors[1])


def test_everything_that_a_scene_names_can_be_locked() -> None:
    assert list(arrangement.lockable(scene("p=normal(0,1)&q=laplace(1,2)"))) == [
        *("p", "p.family", "p.mu", "p.sigma"),
        *("q", "q.family", "q.mu", "q.b"),
        *("unit", "show"),
    ]


@pytest.mark.parametrize(
    ("lock", "refused", "allowed"),
    [
        ("p", ["param", "p", "mu", 1], ["param", "q", "mu", 1]),
        ("q.mu", ["param", "q", "mu", 1], ["param", "q", "sigma", 3]),
        ("q.mu", ["family", "q", "uniform"], ["param", "p", "mu", 5]),
        ("q.family", ["family", "q", "laplace"], ["param", "q", "mu", 1]),
        ("p", ["swap"], ["copy"]),
        ("unit", ["unit", "bits"], ["show", "js"]),
    ],
)
def test_what_is_locked_stays_and_says_so(lock: str, refused: list, allowed: list) -> None:
    message = {"seq": 2, "base": scene().link, "lock": [lock]}
    kept = stage.answer({**message, "acts": [refused]}, {}, "en")
    assert kept["scene"] == scene().link
    assert kept["notices"] == [f"This link keeps {lock} as it is; change something else."]
    done = stage.answer({**message, "acts": [allowed]}, {}, "en")
    assert done["scene"] == gestures.apply(scene(), allowed)[0].link != scene().link
    assert done["notices"] == []


def test_a_knob_of_a_lesson_can_be_locked() -> None:
    stem = lesson.stem_of("disjoint_supports")
    assert stem is not None
    message = {"seq": 2, "base": "", "lock": ["distance"], "acts": [["knob", "distance", 1.5]]}
    told = lesson.answer(stem, message, {}, "zh")
    assert told["notices"] == ["这个链接锁定了 distance，请改动别的部分。"]
    assert "distance" not in told["scene"]


@pytest.mark.parametrize("lock", ["p", [1, None, "p\n"], {"p": 1}, ["x" * 1000], None])
def test_a_forged_list_of_locks_is_passed_over(lock: object) -> None:
    message = {"seq": 2, "base": scene().link, "lock": lock, "acts": [["param", "p", "mu", 1]]}
    assert stage.answer(message, {}, "en")["scene"] == scene("p=normal(1,1)&q=normal(2,1)").link


def test_too_many_names_are_told_and_not_read() -> None:
    given = ",".join(f"x{i}" for i in range(200))
    with pytest.raises(SceneError, match="at most 128"):
        raise arrangement.read({"hide": given}, [], [])[1][0]
