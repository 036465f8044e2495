"""DivViz: how probability distributions are compared, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from divviz.families import SceneError as SceneError
    from divviz.families import density as density
    from divviz.families import pmf as pmf
    from divviz.families import samples as samples
    from divviz.grammar import parse as parse
    from divviz.measures import evaluate as evaluate
    from divviz.measures import explain as explain
    from divviz.measures import measure as measure

__version__ = "0.1.0"

_HOME = {
    "SceneError": "divviz.families",
    "density": "divviz.families",
    "evaluate": "divviz.measures",
    "explain": "divviz.measures",
    "measure": "divviz.measures",
    "parse": "divviz.grammar",
    "pmf": "divviz.families",
    "samples": "divviz.families",
}
__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    # Imported when asked for, so that `import divviz` costs nothing.
    if name not in _HOME:
        raise AttributeError(f"module 'divviz' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_HOME[name]), name)
    # The module samples would otherwise shadow the function of that name once it is imported.
    globals()[name] = found
    return found
