"""What a page asks of the server beside its numbers."""

from typing import Any

import pytest

from divviz.dist import SceneError
from divviz.readers import whole
from divviz.web import lesson, stage, wishes

PAIR = "p=normal(0,1)&q=normal(2,1)"


@pytest.fixture
def doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    def gives(asked: wishes.Asked, number: int) -> Any:
        if number > 100:
            raise SceneError("act_whole", value=number)
        return [asked.page, asked.link, asked.lang, 2 * number]

    monkeypatch.setitem(wishes.WISHES, "doubled", wishes.Wish((whole,), gives))


def asked(wish: object, **more: Any) -> dict[str, Any]:
    return stage.answer({"seq": 5, "base": PAIR, "wish": wish, **more}, {}, "en")


@pytest.mark.usefixtures("doubled")
def test_a_wish_is_granted_by_the_board_and_by_a_lesson() -> None:
    assert asked([7, "doubled", 21])["wish"] == [
        7,
        {"given": ["playground", PAIR, "en", 42]},
    ]
    stem = lesson.stem_of("surprise")
    assert stem is not None
    message = {"seq": 1, "base": "p=pmf(1,3)", "wish": [1, "doubled", 1]}
    given = lesson.answer(stem, message, {}, "zh")["wish"][1]["given"]
    assert given == ["surprise", "p=pmf(1,3)", "zh", 2]


@pytest.mark.usefixtures("doubled")
@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ([7, "tripled", 1], "tripled"),
        ([7, "doubled"], "doubled"),
        ([7, "doubled", 1, 2], "doubled"),
        ([7, ["doubled"], 1], "…"),
        ([7, "doubled", "many"], "many"),
        ([7, "doubled", 101], "101"),
    ],
)
def test_a_wish_that_cannot_be_granted_gets_one_sentence(wish: list, told: str) -> None:
    number, answer = asked(wish)["wish"]
    assert number == 7 and answer.keys() == {"error"}
    assert told in answer["error"] and answer["error"].endswith(".")


@pytest.mark.parametrize("wish", ["doubled", [], [1], [1.5, "doubled"], {"id": 1}, None, 7])
def test_what_is_no_wish_gets_no_answer(wish: object) -> None:
    assert "wish" not in asked(wish)


@pytest.mark.usefixtures("doubled")
def test_a_moving_hand_does_not_wait_for_a_wish() -> None:
    assert "wish" not in asked([1, "doubled", 1], live=True)
