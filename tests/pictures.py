"""A picture as its tests read it: pairs to draw, and the numbers back from the packed arrays."""

import base64
from typing import Any

import numpy as np

from divviz.web import text

T = text.of("en")
SHOWN = [
    ("normal(0,1)", "normal(1,1.3)"),
    ("mixture(0.5*normal(-2,0.7)+0.5*normal(2,0.7))", "normal(1.5,1)"),
    ("normal(0,0.05)", "normal(0.05,0.1)"),
    ("uniform(-1,1)", "normal(0,1)"),
    ("laplace(0,1)", "normal(0.5,2)"),
]


def unpack(packed: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed["bdata"]), dtype=packed["dtype"]).astype(float)


def line(trace: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    return unpack(trace["x"]), unpack(trace["y"])


def row(figure: dict[str, Any], axis: str) -> list[dict[str, Any]]:
    return [trace for trace in figure["data"] if trace["yaxis"] == axis]


def spoken(figure: dict[str, Any], name: str) -> tuple[np.ndarray, np.ndarray]:
    """The places and numbers that the pointer reads."""
    (found,) = (t for t in figure["data"] if t.get("hovertemplate", "").startswith(name))
    return line(found)
