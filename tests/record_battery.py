"""Write the truths of the battery to battery.json; they take some minutes.

PYTHONPATH=. python tests/record_battery.py [group ...]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import exact_transport
import mpmath as mp
import numpy as np
from battery import BLURRED, GAPS, PAIRS, QUANTILES, Spec, spelled
from exact import DIGITS
from exact_measures import decades, exact_of, is_discrete, rows

FILE = Path(__file__).with_name("battery.json")


def of_outcomes(p: Spec, q: Spec) -> list[Any]:
    with mp.workdps(55 + max(decades(p), decades(q))):
        steps = list(exact_transport.step_rows(exact_of(p), exact_of(q)))
    return [*rows(p, q), *steps]


def of_gaps(p: Spec, q: Spec) -> list[Any]:
    return list(exact_transport.smooth_rows(exact_of(p), exact_of(q)))


def of_quantiles(p: Spec, q: Spec) -> list[Any]:
    return list(exact_transport.quantile_rows(exact_of(p), exact_of(q)))


def of_blur(p: Spec, q: Spec) -> list[Any]:
    return [("mmd", {"sigma": s}, exact_transport.mmd(p, q, s), None)
            for s in exact_transport.BANDWIDTHS]  # fmt: skip


def every_truth() -> dict[str, dict[str, tuple[Callable[..., list[Any]], tuple[Spec, Spec]]]]:
    """Group -> name of the pair -> what computes its rows."""
    densities = {n: pair for n, pair in PAIRS.items() if not is_discrete(pair[0])}
    outcomes = {n: pair for n, pair in PAIRS.items() if is_discrete(pair[0])}
    groups = {"pairs": (rows, densities), "outcomes": (of_outcomes, outcomes)}
    for name, function, pairs in (("gaps", of_gaps, GAPS), ("quantiles", of_quantiles, QUANTILES),
                                  ("blurred", of_blur, BLURRED)):  # fmt: skip
        groups[name] = (function, {f"{spelled(p)} {spelled(q)}": (p, q) for p, q in pairs})
    return {g: {n: (f, pair) for n, pair in items.items()} for g, (f, items) in groups.items()}


def label(key: str, parameters: dict[str, float]) -> str:
    """A key and its parameters in one word.

    >>> label("renyi", {"alpha": 0.5})
    'renyi alpha=0.5'
    """
    return " ".join([key, *(f"{k}={float(v):g}" for k, v in parameters.items())])


def plain(found: Iterable[Any]) -> dict[str, Any]:
    """Rows as label -> truth, or [truth, scale]; 13 digits of the 30."""
    result: dict[str, Any] = {}
    for key, parameters, truth, scale in found:
        number = short(truth)
        result[label(key, parameters)] = number if scale is None else [number, short(scale)]
    return result


def short(value: Any) -> float | str:
    number = float(mp.mpf(value))
    return repr(number) if abs(number) == np.inf else float(f"{number:.12e}")


def computed(group: str, name: str) -> dict[str, Any]:
    """The truths of one pair."""
    function, pair = every_truth()[group][name]
    with mp.workdps(DIGITS), np.errstate(all="ignore"):
        return plain(function(*pair))


def main(wanted: list[str]) -> None:
    """Compute the groups that are wanted (all when none is named), keep the others."""
    groups = every_truth()
    truths = recorded()
    with ProcessPoolExecutor() as pool:
        for group in wanted or groups:
            found = pool.map(partial(computed, group), groups[group])
            truths[group] = dict(zip(groups[group], found, strict=True))
            FILE.write_text(spread(truths))


def spread(truths: dict[str, dict[str, Any]]) -> str:
    """JSON with a line for each pair: for each group its labels, then the values in their order."""
    bodies = []
    for group, pairs in truths.items():
        labels = list(dict.fromkeys(word for one in pairs.values() for word in one))
        lines = [f'"labels":{json.dumps(labels)}'] + [
            f"{json.dumps(name)}:{json.dumps([one.get(w) for w in labels], separators=(',', ':'))}"
            for name, one in pairs.items()
        ]
        bodies.append(f"{json.dumps(group)}:{{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(bodies) + "\n}\n"


def recorded() -> dict[str, dict[str, dict[str, Any]]]:
    """Group -> name of the pair -> label -> truth, or [truth, scale]."""
    groups: dict[str, dict[str, list[Any]]] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return {
        group: {
            name: {w: v for w, v in zip(pairs["labels"], values, strict=True) if v is not None}
            for name, values in pairs.items()
            if name != "labels"
        }
        for group, pairs in groups.items()
    }


if __name__ == "__main__":
    main(sys.argv[1:])
