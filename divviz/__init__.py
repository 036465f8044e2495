"""DivViz: how probability distributions are compared, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from divviz.families import SceneError as SceneError
    from divviz.measures import evaluate as evaluate
    from divviz.scene import parse as parse

__version__ = "0.1.0"
__all__ = ["SceneError", "__version__", "evaluate", "parse"]

_HOME = {
    "SceneError": "divviz.families",
    "evaluate": "divviz.measures",
    "parse": "divviz.scene",
}


def __getattr__(name: str) -> Any:
    # Imported when asked for, so that `import divviz` costs nothing.
    if name not in _HOME:
        raise AttributeError(f"module 'divviz' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
