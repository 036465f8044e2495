"""The scripts and styles that a browser loads beside the page: their text and their addresses."""

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

PLOTLY = "plotly.min.js"

# The path under which divviz.web.server serves the files; None when no such server runs.
BASE: str | None = None


@cache
def files() -> dict[str, Path]:
    """Every file there is to load, by name: the scripts and styles here, and Plotly's script."""
    here = Path(__file__).parent
    own = sorted(path for path in here.iterdir() if path.suffix in (".js", ".css"))
    return {path.name: path for path in own} | {PLOTLY: plotly_folder() / "package_data" / PLOTLY}


def plotly_folder() -> Path:
    """Where Plotly is installed; found without importing it, and an ImportError without it."""
    spec = find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("plotly is not installed", name="plotly")
    return Path(spec.submodule_search_locations[0])


@cache
def content(name: str) -> bytes:
    """The bytes of one file as first read; KeyError for an unknown name."""
    return files()[name].read_bytes()


def text(name: str) -> str:
    """The text of one file, for a page that must carry it inline; KeyError for an unknown name."""
    return content(name).decode()


def version(name: str) -> str:
    """The content hash in a file's address; our files share one, since they import each other."""
    return digest((PLOTLY,)) if name == PLOTLY else digest(tuple(sorted(files().keys() - {PLOTLY})))


@cache
def digest(names: tuple[str, ...]) -> str:
    """Twelve hexadecimal digits that change with the name or content of any of these files."""
    state = sha256()
    for name in names:
        state.update(f"{name} {len(content(name))} ".encode() + content(name))
    return state.hexdigest()[:12]


def address(name: str) -> str:
    """The end of a file's address: `<hash>/<name>`; KeyError for an unknown name."""
    return f"{version(name)}/{files()[name].name}"


def live() -> str | None:
    """The path of the websocket that answers a hand at once, None where there is none."""
    return None if BASE is None else f"{BASE}/live"


def url(name: str) -> str | None:
    """The path of a file from the server's root, None where it is not served; KeyError if unknown.

    A script of blob: origin resolves it with `new URL(path, document.baseURI)`.
    """
    end = address(name)
    return None if BASE is None else f"{BASE}/{end}"
