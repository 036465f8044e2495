"""What a link asks before the numbers show: how large is one, or which of two is larger.

The browser keeps what is predicted; the truth comes with every answer at rest.
"""

import math
from collections.abc import Collection
from typing import Any

from divviz.measures import MEASURES, values
from divviz.pair import Pair
from divviz.web.plot import finite
from divviz.web.spelling import amount, number, tidy
from divviz.web.text import Translate

NEAR = 0.05  # of the truth, or by itself where the truth is small

Block = dict[str, Any]


def question(pair: Pair, unit: str, keys: Collection[str], t: Translate) -> dict[str, Block]:
    """Return what a reply says to the one or two measures to predict; nothing for none.

    A value counts as right within NEAR of the truth or 5 % of it; infinite and undefined ones only
    as themselves.
    """
    if not keys:
        return {}
    first, *rest = keys
    block = _which(pair, unit, first, rest[0], t) if rest else _how_large(pair, unit, first, t)
    return {"predict": {"kind": "question", "name": f"predict.{'.'.join(keys)}"} | block}


def _how_large(pair: Pair, unit: str, key: str, t: Translate) -> Block:
    truth = _value(pair, unit, key)
    own = {"information": unit, "root": "number"}.get(MEASURES[key].unit, MEASURES[key].unit)
    return {
        "form": "number",
        "ask": tidy(t("predict.how_large", symbol=MEASURES[key].symbol)),
        "unit": "" if own == "number" else t(f"unit.{own}"),
        "endless": True,
        "truth": finite(truth),
        "spelled": t("predict.undefined") if math.isnan(truth) else amount(truth, key, unit, t),
        "near": max(NEAR, NEAR * abs(truth)) if math.isfinite(truth) else 0,
        "whys": dict.fromkeys(("right", "low", "high"), t(f"measure.{key}.says")),
    }


def _which(pair: Pair, unit: str, one: str, other: str, t: Translate) -> Block:
    a, b = (_value(pair, unit, key) for key in (one, other))
    symbols = {key: MEASURES[key].symbol for key in (one, other)}
    why = "\n".join(f"{symbols[key]}: {t(f'measure.{key}.says')}" for key in symbols)
    choices = [(key, tidy(t("predict.larger", symbol=symbols[key])), why) for key in symbols]
    choices.append(("equal", t("predict.equal"), why))
    truth = "equal" if number(a) == number(b) else one if a > b else other
    # No choice of its own: where it stands, it would give itself away.
    compared = not (math.isnan(a) or math.isnan(b))
    first, second = symbols.values()
    return {
        "form": "choice",
        "ask": tidy(t("predict.which", first=first, second=second)),
        "choices": choices,
        "truth": truth if compared else "uncompared",
        "spelled": "" if compared else t("predict.uncompared"),
        "whys": {"right": why},
    }


def _value(pair: Pair, unit: str, key: str) -> float:
    """A measure in the page's unit, NaN where it is undefined."""
    found = values(pair, unit, keys=[key])[key]
    return math.nan if found is None else found
