"""Every word and choice that the browser keeps for a language, sent to it once."""

import math
from functools import cache
from typing import Any

from divviz import dataset, fit
from divviz.controls import OWN
from divviz.dist import Family, Param
from divviz.empirical import RULES
from divviz.families import FAMILIES, make
from divviz.measures import FIRST, MEASURES, UNITS, Measure
from divviz.objectives import OBJECTIVES
from divviz.pasted import LONGEST_PASTE, MOST_NUMBERS
from divviz.presets import PRESETS
from divviz.web import text
from divviz.web.spelling import LETTERS, order

UNDER = {"js_distance": "js"}  # shown small, in the box of the other
GROUPS = ("hand", "line", "positive", "bounded", "heavy", "counts", "made", "data")
# What has families: both kinds alone, and what may stand beside a sample.
KINDS: dict[str, tuple[str, ...]] = {
    "discrete": ("discrete",),
    "continuous": ("continuous",),
    "any": ("discrete", "continuous"),
}
# They are offered beside every kind: a sample may stand against a density.
AGAINST_ALL = ("samples", "histogram", "fitted")

Choice = tuple[str, str]


@cache
def vocabulary(lang: str) -> dict[str, Any]:
    """Return every word and choice that the browser keeps for a language."""
    t = text.of(lang)
    return {
        "lang": lang,
        "words": text.static(lang)
        | {"longest_paste": str(LONGEST_PASTE), "most_numbers": str(MOST_NUMBERS)},
        "measures": [_measure(one, t) for one in MEASURES.values()],
        "choices": {
            "presets": [(name, t(f"preset.{name}.name")) for name in PRESETS],
            "units": [(unit, t(f"unit.{unit}")) for unit in UNITS],
            "families": {kind: _grouped(kind, tuple(FAMILIES), t) for kind in KINDS},
            "fits": {kind: _grouped(kind, fit.FITTED, t) for kind in KINDS},
            "objectives": [
                (key, t("stage.by", measure=one.symbol)) for key, one in OBJECTIVES.items()
            ],
            "how": [(how, t(f"family.{how}")) for how in dataset.HOW],
            "rules": [(rule, t(f"rule.{rule}")) for rule in RULES],
        },
    }


def _measure(one: Measure, t: text.Translate) -> dict[str, Any]:
    return {
        "key": one.key,
        "symbol": one.symbol,
        "name": t(f"measure.{one.key}.name"),
        "under": UNDER.get(one.key),
        "first": one.key in FIRST,
        "order": ", ".join(f"{LETTERS[p.name]} = {order(p.default)}" for p in one.params),
    }


def group(family: Family) -> str:
    """Return the key of GROUPS under which a family is listed; its entry in FAMILIES decides.

    >>> [group(FAMILIES[name]) for name in ("normal", "cauchy", "gamma", "poisson", "scaled")]
    ['line', 'heavy', 'positive', 'counts', 'made']
    """
    if family.name in dataset.HOW:
        return "data"
    if family.name in OWN or family.name == "mixture":
        return "made"
    if not family.params:
        return "hand"
    if family.kind == "discrete":
        return "counts"
    member = make(family.name, *(param.default for param in family.params))
    low, high = member.support()[0][0], member.support()[-1][1]
    if any(tail.kind == "power" for tail in member.tail()):
        return "heavy"
    if math.isinf(low):
        return "line"
    return "positive" if math.isinf(high) else "bounded"


def _grouped(kind: str, names: tuple[str, ...], t: text.Translate) -> list[tuple[str, list]]:
    """Return the families of a kind as (title, [(name, title)]) in the order of GROUPS."""
    rows: dict[str, list[Choice]] = {key: [] for key in GROUPS}
    for name in names:
        family = FAMILIES[name]
        if family.kind in (*KINDS[kind], "either") or name in AGAINST_ALL:
            rows[group(family)].append((name, t(f"family.{name}")))
    return [(t(f"group.{key}"), found) for key, found in rows.items() if found]


def slider(name: str, title: str, param: Param, value: float) -> list[object]:
    """Return a row of a slider: name, title, value, low, high, step; the range holds the value."""
    held = [value] if math.isfinite(value) else []
    low, high = min([param.low, *held]), max([param.high, *held])
    step = 1 if param.integer else 10 ** math.floor(math.log10((param.high - param.low) / 150))
    return [name, title, value, low, high, step]
