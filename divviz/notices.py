"""Notices: what an act had to give up, as a sentence that is no error."""

from __future__ import annotations

from dataclasses import dataclass

NOTICES: dict[str, str] = {
    "cut": "{side} lost {share} % of its mass, which lay outside what is shown.",
    "binned": "The line was cut into {count} outcomes, {step} apart; finer detail is lost.",
    "smoothed": "Each outcome became a stretch of the line, {step} wide, with the same mass.",
    "names_lost": "The outcomes lost their names; they are numbers now.",
    "fitted": "{side} is now {dist}, the closest of its family: with the old shape as P and the "
    "new one as Q, {measure} is {least} nats.",
    "fitted_bare": "{side} is now {dist}, the closest of its family: with the old shape as P and "
    "the new one as Q, {measure} is {least}.",
    "shape_lost": "{side} is now {dist}, with about its old centre and width; undo takes it back.",
    "sample_binned": "The sample {side} became its histogram.",
    "data_plain": "{side} is now {dist}, by maximum likelihood; its {count} numbers were too many "
    "for a link, so it no longer depends on them.",
    "data_steps": "{side} is now the steps of a histogram; its {count} numbers were too many for a "
    "link, so it no longer depends on them.",
}


@dataclass(frozen=True)
class Notice:
    """A sentence that is no error: what an act had to give up. ``code`` is a key of NOTICES."""

    code: str
    fields: dict[str, object]

    def __str__(self) -> str:
        return NOTICES[self.code].format(**self.fields)
