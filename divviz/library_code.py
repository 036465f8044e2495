"""In your code: all numbers of a scene as a short program with this library itself."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from divviz.export import shown_as
from divviz.scene import Scene

WIDTH = 80


def library_code(scene: Scene, hidden: Collection[str] = ()) -> str:
    """A program that computes and prints every number of the scene, to the last digit.

    It defines P, Q and the dict `numbers` by key of MEASURES, without the hidden ones.

    >>> from divviz.grammar import parse
    >>> print(library_code(Scene(parse("pmf(1,3)"), parse("pmf(1,1)"), "bits", "renyi(inf)"))[:73])
    import divviz
    <BLANKLINE>
    P = divviz.parse("pmf(1,3)")
    Q = divviz.parse("pmf(1,1)")
    <BLANKLINE>
    """
    asked = [(one, given) for one, given in shown_as(scene, hidden) if given]
    rows = [f"    {_quoted(one.key)}: {_keywords(given)}," for one, given in asked]
    blocks = [
        "import divviz",
        "\n".join(f"{side} = divviz.parse({_literal(str(dist))})" for side, dist in _sides(scene)),
        "# Every number that needs no parameter; None is undefined.\n"
        f"numbers = divviz.evaluate(P, Q, unit={_quoted(scene.unit)})",
        "\n".join(["# Those with a parameter.", "given = {", *rows, "}"]),
        "for key, values in given.items():\n"
        f"    numbers[key] = divviz.explain(key, P, Q, unit={_quoted(scene.unit)}, **values).value",
        _without(hidden),
        'for key, value in numbers.items():\n    print(key, "=", value)',
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _sides(scene: Scene) -> tuple[tuple[str, object], ...]:
    return ("P", scene.p), ("Q", scene.q)


def _without(hidden: Collection[str]) -> str:
    if not hidden:
        return ""
    keys = ", ".join(map(_quoted, sorted(hidden)))
    return f"for key in [{keys}]:\n    numbers.pop(key, None)"


def _keywords(given: Mapping[str, float]) -> str:
    """Parameters as a dict; infinity has no literal.

    >>> _keywords({"alpha": 0.5}), _keywords({"p": math.inf})
    ('{"alpha": 0.5}', '{"p": float("inf")}')
    """
    items = (f"{_quoted(name)}: {_float(value)}" for name, value in given.items())
    return f"{{{', '.join(items)}}}"


def _float(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"float({_quoted(str(value))})"


def _literal(text: str) -> str:
    """A string as Python reads it back; a long one in lines."""
    if len(text) <= WIDTH:
        return _quoted(text)
    lines = (text[i : i + WIDTH] for i in range(0, len(text), WIDTH))
    return "\n".join(["", *(f"    {_quoted(line)}" for line in lines), ""])


def _quoted(text: str) -> str:
    """A literal of Python, whatever is in the text, in double quotes where it holds no others.

    >>> print(_quoted("pmf(1,2)"), _quoted("it's"), _quoted('a"b'), _quoted("a\\nb"))
    "pmf(1,2)" "it's" 'a"b' "a\\nb"
    """
    literal = repr(text)
    return f'"{literal[1:-1]}"' if "'" not in text and '"' not in text else literal
