"""What a link hides, locks and asks to be predicted: read, refused, and kept by the server."""

import pytest
from lessons import found

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
    query = {"hide": "js,<b>", "lock": "q.sigms,p", "predict": "kl_pq,tv,js"}
    found, errors = arrangement.read(query, ["js"], arrangement.lockable(scene()))
    assert found == Arrangement(("js",), ("p",), ("kl_pq", "tv"))
    assert [error.code for error in errors] == ["flags_unknown", "flags_close", "predict_many"]
    assert "<b>" in str(errors[0]) and "q.sigms" in str(errors[1])
    assert "perhaps write q.sigma" in str(errors[1])


def test_a_notice_about_many_wrong_names_stays_short() -> None:
    wrong = ",".join(f"sigm{i}" * 10 for i in range(100))
    names = [f"sigm{i}" for i in range(60)]
    _, (error,) = arrangement.read({"hide": wrong}, names, [])
    assert len(str(error)) < 400


def test_what_cannot_be_predicted_is_told_with_what_can() -> None:
    found, (error,) = arrangement.read({"predict": "zzz,js"}, [], [])
    assert found.predict == ("js",)
    assert error.code == "predict_unknown" and "zzz" in str(error) and "kl_pq" in str(error)


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


def test_a_link_may_be_opened_where_it_leaves_what_is_locked_as_it_is() -> None:
    message = {"seq": 2, "base": scene().link, "lock": ["p"]}
    other = "p=normal(0,1)&q=laplace(1,3)"
    assert stage.answer({**message, "acts": [["open", other]]}, {}, "en")["scene"] == other
    refused = stage.answer({**message, "acts": [["open", "p=normal(9,1)&q=normal(2,1)"]]}, {}, "en")
    assert refused["scene"] == scene().link and len(refused["notices"]) == 1
    wrong = stage.answer({**message, "acts": [["open", "p=nonsense(0)"]]}, {}, "en")
    assert wrong["scene"] == scene().link and "nonsense" in wrong["notices"][0]


@pytest.mark.parametrize("act", [["open"], ["open", 7], ["open", None], ["open", "p", "q"]])
def test_what_is_no_link_opens_nothing(act: list) -> None:
    for answer in (stage.answer, lambda *rest: lesson.answer("03_two_directions", *rest)):
        told = answer({"seq": 2, "base": "", "acts": [act]}, {}, "en")
        assert len(told["notices"]) == 1


@pytest.mark.parametrize(
    ("lock", "held"),
    [
        ("q", {"p.centre": False, "p.width": False, "q.centre": True, "q.width": True}),
        ("q.mu", {"p.centre": False, "p.width": False, "q.centre": True, "q.width": False}),
        ("p.sigma", {"p.centre": False, "p.width": True, "q.centre": False, "q.width": False}),
        ("unit", {"p.centre": False, "p.width": False, "q.centre": False, "q.width": False}),
    ],
)
def test_a_handle_that_a_lock_leaves_nowhere_to_go_says_so(lock: str, held: dict) -> None:
    link = {"p": "normal(0,1)", "q": "normal(2,1)"}
    first = stage.answer(None, {**link, "lock": lock}, "en")["handles"]
    later = stage.answer({"seq": 2, "base": scene().link, "lock": [lock]}, {}, "en")["handles"]
    for handles in (first, later):
        found = {f"{s}.{one['name']}": one["held"] for s, rows in handles.items() for one in rows}
        assert found == held


def test_buttons_and_starts_that_a_lock_refuses_are_closed_for_this_visitor_alone() -> None:
    def closed(lock: list[str]) -> list[bool]:
        message = {"seq": 2, "base": "", "lock": lock, "parts": ["board", "tasks"]}
        parts = lesson.answer("04_disjoint_supports", message, {}, "en")["parts"]
        rows = [row for block in found(parts, "buttons") for row in block["rows"]]
        starts = [row for block in found(parts, "tasks") for row in block["rows"] if row["open"]]
        return [not row[2] for row in rows] + [bool(row.get("held")) for row in starts]

    free = closed([])
    locked = closed(["p", "q", "distance", "noise"])
    assert sum(locked) > sum(free)
    assert closed([]) == free
