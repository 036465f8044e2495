"""Imports point one way, read from the source with ast: also the ones inside functions."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A module imports from the rows above its own. A new module gets a place here.
MATHEMATICS = [
    ["errors"],
    ["dist", "seeds", "units", "arguments", "packed"],
    ["reduction", "softmax", "literals"],
    ["margins"],
    ["regression", "classification", "ranking", "ctc"],
    [
        "quadrature",
        "discrete",
        "grids",
        "ground",
        "weighted",
        "pasted",
        "neighbours",
        "flattest",
        "goals",
        "bregman",
        "scaled",
        "losses",
    ],
    [
        "summit",
        "ladders",
        "equations",
        "columns",
        "continuous",
        "singular",
        "cumulated",
        "counts",
        "drawn",
        "pieces",
        "mesh",
        "outcomes",
        "infinity",
        "coding",
    ],
    [
        "convergence",
        "concrete",
        "positive",
        "lengths",
        "skewed",
        "bounded",
        "mixtures",
        "likelihood",
    ],
    ["transformed", "empirical"],
    ["lattice"],
    ["intervals"],
    ["truncated"],
    ["families", "gap"],
    ["pair", "humps"],
    ["powers", "estimates", "joint", "covariance", "running", "widths"],
    ["suprema", "cutting"],
    ["information", "dependence", "capacity", "painted", "joint_code", "entropy_code"],
    ["overlap", "resampled", "worms", "tally_code", "descents_code"],
    ["coupling", "kernel", "places", "areas"],
    ["monotone", "plan", "potential", "plan_code"],
    ["staircase", "uncrossing"],
    ["hasty"],
    ["transport"],
    ["generators", "measures"],
    ["bent", "critics", "inequalities", "challenge"],
    ["rounds"],
    ["showing"],
    ["grammar", "triangle"],
    ["selection"],
    ["scene"],
    ["shapes", "levels", "carried", "imported"],
    ["coordinates", "readings"],
    ["objectives", "notices", "readers"],
    ["search"],
    ["controls", "fit", "presets"],
    [
        "descent",
        "sides",
        "pull",
        "tally_models",
        "arrangement",
        "export",
        "embedding",
        "quantities",
    ],
    ["race", "sweep", "library_code", "tikz", "comparisons"],
    ["curves", "starts", "target"],
    ["dataset"],
    ["switches", "binned"],
    ["gestures"],
    ["knobs"],
    ["pulled", "state"],
    ["program", "cuts_code", "shortlink", "activity"],
    ["spelled_measures", "spelled_scipy", "variational_code"],
    ["spelled_numpy", "outcomes_code", "densities_code"],
    ["cells_code", "spelled_torch"],
    ["snippets"],
]
WEB = [
    ["assets", "sheet", "text", "iframes"],
    ["component", "prose", "spelling"],
    ["whereabouts", "tables", "channels", "forgetting"],
    ["surprises", "bills", "codes", "tallies", "sentences", "overlaps", "orders", "earth"],
    ["words", "setting"],
    ["products", "ways", "bending", "sliding", "tangents", "critique", "regions", "racing"],
    ["spots"],
    ["figures", "choices", "estimated", "activities", "wishes", "qr"],
    ["plot", "sharing"],
    ["moving", "importing", "exports", "flags", "locks", "predict"],
    ["stage"],
    ["blocks"],
    ["joints", "valleys", "challenges"],
    ["lesson"],
    ["live", "authoring"],
    ["frame", "server"],
]
VAGUE = {"base", "common", "core", "helper", "helpers", "misc", "service", "services", "utils"}


def modules(folder: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted((ROOT / folder).glob("*.py"))}


def imported(path: Path) -> Iterator[str]:
    """Full names of all that a module imports at run time: `divviz.pair`, `numpy`, ..."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for branch in [node for node in ast.walk(tree) if isinstance(node, ast.If)]:
        if ast.unparse(branch.test) == "TYPE_CHECKING":
            branch.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def siblings(path: Path, package: str, known: dict[str, Path]) -> set[str]:
    """The modules of its own package that a module imports."""
    own = (name.removeprefix(f"{package}.") for name in imported(path))
    return {name.split(".")[0] for name in own} & known.keys()


@pytest.mark.parametrize(
    ("folder", "rows"), [("divviz", MATHEMATICS), ("divviz/web", WEB)], ids=["mathematics", "web"]
)
def test_imports_point_one_way(folder: str, rows: list[list[str]]) -> None:
    rank = {name: place for place, row in enumerate(rows) for name in row}
    known = modules(folder)
    assert known.keys() - {"__init__"} == rank.keys()
    package = folder.replace("/", ".")
    wrong = [
        f"{package}.{name} imports {package}.{other}"
        for name, path in known.items()
        if name != "__init__"
        for other in sorted(siblings(path, package, known))
        if rank[other] >= rank[name]
    ]
    assert wrong == []


@pytest.mark.parametrize("path", modules("divviz").values(), ids=lambda path: path.stem)
def test_the_mathematics_knows_numpy_scipy_and_itself(path: Path) -> None:
    roots = {name.split(".")[0] for name in imported(path)}
    assert roots - sys.stdlib_module_names <= {"numpy", "scipy", "divviz"}
    assert not [name for name in imported(path) if name.startswith("divviz.web")]


def test_the_pages_leave_the_server_alone() -> None:
    for path in [*modules("pages").values(), *modules("divviz/web").values()]:
        assert "divviz.web.server" not in set(imported(path)), path


def test_names_say_what_is_inside() -> None:
    assert VAGUE.isdisjoint(modules("divviz").keys() | modules("divviz/web").keys())


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import divviz", {"numpy", "scipy", "streamlit", "plotly"}),
        ("from divviz import parse, evaluate", {"scipy.stats", "scipy.optimize", "streamlit"}),
        ("from divviz.web import assets; assets.files()", {"streamlit", "plotly"}),
    ],
)
def test_an_import_is_light(statement: str, heavy: set[str]) -> None:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert heavy.isdisjoint(run.stdout.split())
