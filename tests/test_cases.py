"""Many small cases in one test: all are run, and all that fail are named."""

from itertools import product

import pytest
from cases import each


def test_every_case_is_run_once() -> None:
    seen = []

    @each(("a", "b"), [(1, 2), (3, 4)])
    @each("c", "xy")
    def run(a: int, b: int, c: str) -> None:
        seen.append((a, b, c))

    run()
    assert seen == [(1, 2, "x"), (1, 2, "y"), (3, 4, "x"), (3, 4, "y")]


def test_all_that_fail_are_told_each_with_its_case() -> None:
    @each("k", range(6))
    def run(k: int) -> None:
        if k == 4:
            pytest.fail("four")
        assert k % 3 < 2

    with pytest.raises(BaseExceptionGroup, match="3 of 6 cases failed") as caught:
        run()
    notes = [error.__notes__ for error in caught.value.exceptions]
    assert notes == [["in the case k=2"], ["in the case k=4"], ["in the case k=5"]]


def test_the_notes_of_two_in_a_row_say_both() -> None:
    @each("a", [1, 2])
    @each("b", [1, 2])
    def run(a: int, b: int) -> None:
        assert a != b

    with pytest.raises(BaseExceptionGroup) as caught:
        run()
    for outer, case in zip(caught.value.exceptions, (1, 2), strict=True):
        assert isinstance(outer, BaseExceptionGroup)
        assert outer.__notes__ == [f"in the case a={case}"]
        assert outer.exceptions[0].__notes__ == [f"in the case b={case}"]


@pytest.mark.parametrize("way", ["one", "two"])
@each("k", [1, 2])
def test_it_stands_with_fixtures_and_with_parametrize(
    way: str, monkeypatch: pytest.MonkeyPatch, k: int
) -> None:
    monkeypatch.setenv("CASE", f"{way}{k}")
    assert (way, k) in product(["one", "two"], [1, 2])


def test_no_case_at_all_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="no case of"):
        each("k", [])
