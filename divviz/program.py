"""The text of a short program: what it is asked for, and how it is put together."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from divviz.measures import MEASURES, Measure, in_unit, reason
from divviz.pair import Pair, Reason
from divviz.scene import Scene
from divviz.selection import asked

WIDTH = 88
# What a unit of information is called in a program, and how many nats it has.
UNIT_OF: dict[str, tuple[str, int]] = {"bits": ("bit", 2), "hartleys": ("hartley", 10)}


# --- what is asked for


@dataclass(frozen=True)
class Wanted:
    """One measure of a program: `value` in the scene's unit, `why` it is infinite or undefined."""

    one: Measure
    given: Mapping[str, float]
    value: float | None
    why: str

    @property
    def infinite(self) -> bool:
        """Whether the number is plus or minus infinity."""
        return self.value is not None and math.isinf(self.value)


def wanted(pair: Pair, scene: Scene, keys: Iterable[str]) -> list[Wanted]:
    """The measures of `keys`, each once: kl_pq, or with its parameters as in a link, renyi(0.5).

    Raises SceneError for what is no measure.
    """
    found: dict[str, Wanted] = {}
    for shown in keys:
        key, given = asked(shown)
        one = MEASURES[key]
        nats = one.number(pair, **given)
        value = None if nats is None else in_unit(one, nats, scene.unit)
        why = "" if nats is not None and math.isfinite(nats) else _words(reason(pair, key, **given))
        found.setdefault(key, Wanted(one, given, value, why))
    return list(found.values())


def _words(why: Reason | None) -> str:
    """A reason as a comment: an outcome's name is a visitor's text and stays out of comments."""
    if why is None:
        return ""
    if isinstance(why.fields.get("outcome"), str):
        return "{other} gives 0 to an outcome where {who} has {mass}.".format(**why.fields)
    return str(why)


# --- the program


@dataclass(frozen=True)
class Language:
    """What one kind of program writes for a measure.

    `formulas`: key of MEASURES -> (given) -> an expression in nats or in its own unit, None where
    there is none; `{per}` in it stands for the conversion. `chunks`: name -> lines that define it,
    in the order in which they are written. `literal`: whether infinity is stated rather than found.
    """

    library: str
    formulas: Mapping[str, Callable[[Mapping[str, float]], str | None]]
    chunks: Mapping[str, str]
    literal: Callable[[str], bool]


def written(
    scene: Scene,
    asked_for: list[Wanted],
    language: Language,
    imports: list[str],
    setup: list[str],
    first: list[str] | None = None,
) -> str:
    """The program: imports, functions that come `first`, the pair, what the formulas need, a
    variable a measure, the prints.
    """
    lines = [_line(scene, one, language) for one in asked_for]
    found = [one for one, line in zip(asked_for, lines, strict=True) if not line.startswith("#")]
    needed = _needed(language.chunks, [*setup, *lines])
    functions = [chunk for chunk in needed if _is_function(chunk)]
    given = [chunk for chunk in needed if not _is_function(chunk)]
    given += _unit_line(scene, lines, language)
    blocks = [
        *(first or []),
        "\n".join([*setup, *given]),
        *functions,
        "\n".join(lines),
        _prints(scene, found),
    ]
    used = [line for line in imports if _uses(line, blocks)]
    return _joined(["\n".join(used), *blocks])


def _is_function(block: str) -> bool:
    """Whether a piece of a program defines a function."""
    return block.startswith(("def ", "@"))


def _joined(blocks: list[str]) -> str:
    """The blocks as one text: two blank lines around a function, one elsewhere."""
    text = ""
    previous = ""
    for block in filter(None, blocks):
        apart = "\n\n\n" if _is_function(block) or _is_function(previous) else "\n\n"
        text += (apart if text else "") + block
        previous = block
    return text + "\n"


def _unit_line(scene: Scene, lines: list[str], language: Language) -> list[str]:
    if scene.unit not in UNIT_OF:
        return []
    name, base = UNIT_OF[scene.unit]
    if not any(f"/ {name}" in line for line in lines):
        return []
    log = "math" if language.library == "torch" else "np"
    return [f"{name} = {log}.log({base})  # one {name} in nats"]


def _line(scene: Scene, one: Wanted, language: Language) -> str:
    key = one.one.key
    if one.value is None:
        return f"{key} = None  # {one.why}"
    if one.infinite and language.literal(key):
        return f"{key} = {_infinity(one.value, language.library)}  # {one.why}"
    write = language.formulas.get(key)
    formula = None if write is None else write(one.given)
    if formula is None:
        return f"# {key} is left out: {language.library} has no short way to it for this pair"
    unit = UNIT_OF.get(scene.unit, ("", 0))[0]
    per = f" / {unit}" if unit else ""
    if one.one.unit == "information" and "{per}" not in formula:
        return f"{key} = {bracketed(formula) if per else formula}{per}"
    return f"{key} = {formula.replace('{per}', per)}"


def _infinity(value: float, library: str) -> str:
    sign = "-" if value < 0 else ""
    return f"{sign}{'math' if library == 'torch' else 'np'}.inf"


def bracketed(formula: str) -> str:
    """`formula`, in brackets where it is a sum."""
    body = ast.parse(formula, mode="eval").body
    loose = isinstance(body, ast.BinOp) and isinstance(body.op, (ast.Add, ast.Sub))
    return f"({formula})" if loose else formula


def _needed(chunks: Mapping[str, str], texts: list[str]) -> list[str]:
    """The chunks whose names occur in the texts or in one another, in the table's order."""
    needed: set[str] = set()
    while True:
        seen = "\n".join([*texts, *(chunks[name] for name in needed)])
        more = {name for name in chunks if re.search(rf"\b{name}\b", seen)} - needed
        if not more:
            return [chunks[name] for name in chunks if name in needed]
        needed |= more


def _uses(line: str, blocks: list[str]) -> bool:
    """Whether what an import line names is used."""
    names = line.split("import ")[1].split(" as ")[-1].split(", ")
    return any(re.search(rf"\b{name}\b", block) for name in names for block in blocks)


def _prints(scene: Scene, shown: list[Wanted]) -> str:
    """One print a measure, or a loop over a table where there are many."""
    rows = [(one.one.symbol, one.one.key, _unit_word(scene, one.one)) for one in shown]
    if len(rows) <= 3:
        ends = [f', "{unit}")' if unit else ")" for *_, unit in rows]
        return "\n".join(
            f'print("{symbol} =", {key}{end}'
            for (symbol, key, _), end in zip(rows, ends, strict=True)
        )
    items = [f'"{symbol}{" in " * bool(unit)}{unit}": {key}' for symbol, key, unit in rows]
    table = "\n".join(f"    {line}" for line in _wrapped(items))
    loop = 'for symbol, value in shown.items():\n    print(symbol, "=", value)'
    return f"shown = {{\n{table}\n}}\n{loop}"


def _wrapped(items: list[str]) -> list[str]:
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + len(item) + 6 > WIDTH:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{item},"
    return lines


def _unit_word(scene: Scene, one: Measure) -> str:
    """The unit after a printed number: none for what is not information (roots have no name)."""
    return scene.unit if one.unit == "information" else ""
