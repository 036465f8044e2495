"""SceneError: anything a visitor can cause, as a sentence that says what to do."""

from __future__ import annotations

from typing import Any

CLIP = 40

ERRORS: dict[str, str] = {
    "param": "{family}: {param} = {value} is out of range; use {allowed}.",
    "integer": "{family}: {param} = {value} must be a whole number; use {allowed}.",
    "number": "{family}: {param} = {value} is not a number; type a number such as 0.5.",
    "order": "{family}: {low} must be less than {high}; make {low} smaller or {high} larger.",
    "order_equal": "{family}: {low} must not exceed {high}; make {low} smaller or {high} larger.",
    "index": "one_hot: i = {value} must be below n = {n}; outcomes are counted from 0.",
    "arity": "{family} takes {count} values: {params}; {given} were given.",
    "family": "{family} is not a known distribution; choose one of: {known}.",
    "weight": "Weight number {position} is {value}; use numbers that are 0 or greater.",
    "weights_zero": "All weights are 0; make at least one of them positive.",
    "weights_count": "{count} weights were given; use 1 to {most}.",
    "support_length": "{weights} weights but {support} outcomes; give each weight its outcome.",
    "support": "Outcome number {position} is {value}; use numbers from -1e300 to 1e300.",
    "label": "{label} cannot name an outcome; use 1 to 40 characters, no ( ) , : + *, no number.",
    "label_twice": "The outcome {label} is named twice; give each outcome a name of its own.",
    "level": "Level number {position} is {value}; use whole numbers from 0 to 4095.",
    "levels_zero": "All levels are 0; draw at least one cell above 0.",
    "levels_count": "{count} cells were given; use 2 to 512.",
    "mixture_count": "A mixture has 2 to 8 parts; {count} were given.",
    "mixture_kinds": "A mixture joins parts of one kind; do not mix densities with outcomes.",
    "mixture_weights": "{weights} weights for {parts} parts; give each part one weight.",
    "depth": "Mixtures may stand inside mixtures up to {most} deep; take one level out.",
    "kinds": "P is {p} and Q is {q}; compare two of one kind.",
    "labels": "P and Q have {p} and {q} outcomes, and only one names them; name both or none.",
    "unit": "{unit} is not a unit of information; choose one of: {known}.",
    "show": "{show} is not one of the numbers; choose one of: {known}.",
    "text_type": "A distribution is written as text; write one such as normal(0,1).",
    "text_empty": "Nothing is written here; write a distribution such as normal(0,1).",
    "text_long": "This text has {length} characters; use at most {longest}.",
    "text_start": "A distribution begins with its name; write one such as normal(0,1).",
    "text_ends": "The text stops after “{before}”; write {expected} next.",
    "text_expected": "After “{before}” comes “{found}”; write {expected} there.",
    "text_extra": "The distribution ends before “{found}”; take that away.",
    "text_number": "{found} is not a number; write one such as 0.5.",
    "text_finite": "{found} is too large; write a smaller number.",
    "text_close": "{name} is not a known distribution; perhaps write {close}.",
    "text_param": "{family} has no parameter {name}; use {params}.",
    "text_twice": "{family}: {name} is given twice; give it once.",
    "text_need_number": "After “{before}” a number is missing; write one such as 0.5.",
    "text_need_name": "After “{before}” a distribution is missing; write one such as normal(0,1).",
    "text_weight": "Each part of a mixture has a weight; write it as 0.5*normal(0,1).",
    "text_mixed": "Some outcomes are numbers, names or left out; use one of the three for all.",
    "text_outcomes": "{count} outcomes are more than the plot can show; use at most {most}.",
    "text_code": "The code of this drawn curve is damaged; copy the whole link again.",
    "link_type": "The link cannot be read; copy the whole link again.",
    "link_long": "The link is too long; use at most {longest} characters.",
    "fit_built": "{family} cannot be fitted; choose a family with parameters.",
    "fit_kind": "{family} is not {kind}; choose a {kind} family.",
    "fit_outside": "No {family} covers all of this shape; choose a family that reaches as far.",
    "fit_tail": "The tails of this shape are too heavy for {family}; "
    "choose a heavier-tailed family.",
    "fit_none": "No {family} is closest to this shape; choose another family.",
    "nothing_left": "Nothing of the shape lies there; choose a range that holds some of it.",
    "act": "{name} is not something that the page can do; reload the page.",
    "act_number": "{value} is not a number; type a number such as 0.5.",
    "act_whole": "{value} is not a whole number; type a number such as 3.",
    "act_list": "A drawing takes 1 to {most} numbers that are 0 or greater; draw it again.",
    "act_text": "{value} is not text; type some text.",
    "act_side": "{value} is neither P nor Q; choose one of the two.",
    "act_param": "{family} has no parameter {name}; choose one of its own.",
    "act_handle": "{family} has no handle {name}; drag one that the plot shows.",
    "act_share": "{value} is not between 0 and 1; use a number from 0 to 1.",
    "act_alone": "This outcome is the only one, so it has all the mass; add outcomes first.",
    "act_index": "There is no place {index} here; use 0 to {last}.",
    "act_count": "{count} values came for {shown} outcomes; give each outcome one value.",
    "act_discrete": "This works on outcomes only; switch to discrete first.",
    "act_continuous": "This works on densities only; switch to continuous first.",
    "act_interval": "The interval must run from a smaller to a larger number; change its ends.",
    "act_outcomes": "{value} outcomes cannot be shown; use 2 to {most}.",
    "act_kind": "{value} is not a kind of pair; choose discrete or continuous.",
    "act_preset": "{value} is not a known example; choose one from the list.",
}


class SceneError(ValueError):
    """Anything a visitor can cause, as a sentence that says what to do.

    `code` is a key of ERRORS (the translations have the same keys); `fields` fill its template.
    Fields come from visitors, so each is cut to 40 characters in the sentence.
    """

    def __init__(self, code: str, **fields: object) -> None:
        self.code = code
        self.fields = fields
        super().__init__(code)

    def __str__(self) -> str:
        return ERRORS[self.code].format(**{k: clipped(v) for k, v in self.fields.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        return _raised, (self.code, self.fields)


def _raised(code: str, fields: dict[str, object]) -> SceneError:
    return SceneError(code, **fields)


def clipped(value: object, most: int = CLIP) -> str:
    """A visitor's value as text of at most `most` characters, with … where it was cut."""
    words = spell(value) if isinstance(value, float) else str(value)
    # The names of all families and parameters are ours and may be longer than a visitor's text.
    if isinstance(value, Names):
        return words
    return words if len(words) <= most else words[: most - 1] + "…"


class Names(str):
    """Text of ours inside an error (a list of names), which is never cut."""


def spell(value: float) -> str:
    """The shortest text that reads back as the same number, without .0 and without +."""
    number = float(value)
    if number.is_integer() and abs(number) < 1e16:
        return str(int(number))
    return repr(number).replace("e+", "e")
