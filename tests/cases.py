"""Many small cases as one test: each is run, and those that fail are told together."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

Test = Callable[..., None]
LONGEST = 120  # characters of a case in a message


def each(names: str | Sequence[str], cases: Iterable[Any]) -> Callable[[Test], Test]:
    """As pytest.mark.parametrize, but one test: pytest takes 2 ms for each of its own.

    Every case is run; what fails is raised as one group, each error with its case in a note. Two in
    a row are all combinations. For cases of milliseconds that share no fixture with a state.
    """
    names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    rows = [row if len(names) > 1 else (row,) for row in cases]
    assert rows, f"no case of {names}"
    assert all(len(row) == len(names) for row in rows), names

    def decorate(test: Test) -> Test:
        signature = inspect.signature(test)
        assert set(names) <= signature.parameters.keys(), names

        @functools.wraps(test)
        def every(**fixtures: Any) -> None:
            failed: list[BaseException] = []
            for row in rows:
                case = dict(zip(names, row, strict=True))
                try:
                    test(**fixtures, **case)
                except (Exception, pytest.fail.Exception) as error:
                    error.add_note(f"in the case {shown(case)}")
                    failed.append(error)
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(rows)} cases failed", failed)

        wanted = [one for name, one in signature.parameters.items() if name not in names]
        every.__signature__ = signature.replace(parameters=wanted)  # type: ignore[attr-defined]
        return every

    return decorate


def shown(case: dict[str, Any]) -> str:
    """The case as its test would be called, each value cut short."""
    values = {name: repr(value) for name, value in case.items()}
    return ", ".join(
        f"{name}={value if len(value) <= LONGEST else value[:LONGEST] + '…'}"
        for name, value in values.items()
    )
