"""LaTeX: read by a tokenizer that knows what TeX does with each character, and back to numbers."""

import math
import re

import numpy as np
import pytest
from scipy import stats

from divviz import tikz
from divviz.families import pmf
from divviz.grammar import parse
from divviz.measures import FIRST, value
from divviz.pair import Pair
from divviz.scene import DEFAULT, Scene

X = np.linspace(-6, 6, 241)
TABULAR = ("tabular",)
TOKEN = re.compile(r"%.*\n?|\\[A-Za-z]+|\\.|\\\n|[{}$&#_^~]|[^%\\{}$&#_^~]+")
PRIMITIVE = {"input", "write", "openout", "catcode", "def", "csname", "immediate", "include"}


def scene_of(p: str, q: str, unit: str = "nats", show: str = "kl_pq") -> Scene:
    return Scene(parse(p), parse(q), unit, show)


SCENES = {
    "dice": scene_of("pmf(0.1,0.2,0.7)", "pmf(0.2,0.3,0.5)", "bits", "renyi(0.5)"),
    "named": scene_of("pmf(50%:1,猫_#:2,a&b$:3)", "pmf(50%:3,猫_#:2,a&b$:1)", "hartleys"),
    "infinite": scene_of("pmf(1,2,3)", "pmf(1,0,3)", "nats", "wasserstein(inf)"),
    "counts": scene_of("poisson(40)", "geometric(0.3)", "bits", "js(0.3)"),
    "humps": DEFAULT,
    "mixed": scene_of("samples(1,2,2.5,7)", "normal(2,1)", "bits", "w1"),
    "scattered": Scene(parse(f"samples({','.join(map(str, range(70)))})"), parse("samples(3,4)")),
}
EACH = pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)


def environments(source: str) -> list[str]:
    """The environments of a document in their order; AssertionError where TeX would stop.

    Braces, math and environments must nest; & stands in a table alone, _ and ^ in math alone.
    """
    braces: list[str] = []
    begun: list[str] = []
    found: list[str] = []
    math_open = False
    tokens = TOKEN.findall(source)
    assert "".join(tokens) == source
    for i, token in enumerate(tokens):
        if token == "{":
            braces.append("$" if math_open else "")
        elif token == "}":
            assert braces, "a } too many"
            braces.pop()
        elif token == "$":
            math_open = not math_open
        elif token == "&":
            assert begun[-1] in TABULAR and not math_open
        elif token in "_^":
            assert math_open, f"{token} outside of math"
        elif token in "#~":
            raise AssertionError(f"{token} as it is")
        elif token in (r"\begin", r"\end"):
            assert not math_open and tokens[i + 1] == "{" and tokens[i + 3] == "}"
            name = tokens[i + 2]
            if token == r"\begin":
                begun.append(name)
                found.append(name)
            else:
                assert begun.pop() == name
        else:
            assert token.removeprefix("\\") not in PRIMITIVE or not token.startswith("\\")
    assert not (braces or begun or math_open)
    return found


def commented(source: str) -> list[tuple[str, str, str]]:
    """The rows of the table: (key, all digits, as it is set)."""
    rows = re.findall(r"^\$.*\$ & (.*) & .* \\\\ % (\S+) (\S+)$", source, re.MULTILINE)
    return [(key, exact, shown) for shown, key, exact in rows]


def read(shown: str) -> float:
    """A number as it is set."""
    plain = shown.strip("$").replace(r"\infty", "inf")
    return float(re.sub(r"\\times 10\^\{(.*)\}", r"e\1", plain))


def plots(source: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """The data of each curve."""
    found = re.findall(
        r"\\addplot\[[^]]*\] table\[row sep=\\\\\] \{\n(.*?)\n\};", source, re.DOTALL
    )
    rows = [[line.removesuffix(r"\\").split() for line in one.splitlines()] for one in found]
    return [tuple(np.array(one, float).T) for one in rows]  # type: ignore[misc]


@EACH
def test_a_document_is_one_that_tex_can_read(scene: Scene) -> None:
    source = tikz.latex_code(scene, X, "https://divviz.example.org/?p=pmf(50%25)")
    assert environments(source) == [
        *("document", "table", "tabular", "figure", "tikzpicture", "axis"),
    ]
    assert source.startswith("% DivViz: https://") and len(plots(source)) == 2
    assert source.count("\n\\documentclass") == 1
    wide = "猫" in source
    assert (r"\usepackage{ctex}" in source) == ("TEX program = xelatex" in source) == wide


@EACH
def test_the_table_reads_back_to_the_pages_numbers(scene: Scene) -> None:
    rows = commented(tikz.latex_code(scene, X))
    assert [key for key, *_ in rows][:9] == list(FIRST)
    for key, exact, shown in rows:
        given = scene.parameters if key == scene.key else {}
        want = value(Pair(scene.p, scene.q), key, scene.unit, **given)
        if want is None:
            assert (exact, shown) == ("undefined", "--")
            continue
        assert float(exact) == want, key
        assert read(shown) == pytest.approx(want, rel=6e-4), key


def test_the_selected_number_has_its_order_and_a_hidden_one_is_left_out() -> None:
    source = tikz.latex_code(SCENES["dice"], X, hidden=["js"])
    assert r"$D_\alpha(P\,\|\,Q)\ (\alpha=0.5)$" in source
    assert "js" not in [key for key, *_ in commented(source)]
    assert r"(p=\infty)" in tikz.latex_code(SCENES["infinite"], X)


def test_units_are_set_in_words_and_roots() -> None:
    source = tikz.latex_code(SCENES["dice"], X)
    assert re.search(r"& bits \\\\ % kl_pq", source)
    assert re.search(r"& \$\\sqrt\{\\text\{bits\}\}\$ \\\\ % js_distance", source)
    assert re.search(r"& units of \$x\$ \\\\ % w1", source)


def test_bars_are_the_masses_over_their_names() -> None:
    source = tikz.latex_code(SCENES["named"], X)
    (at, p), (_, q) = plots(source)
    assert at.tolist() == [1, 2, 3]
    assert p == pytest.approx([1 / 6, 2 / 6, 3 / 6], rel=1e-7)
    assert q == pytest.approx([3 / 6, 2 / 6, 1 / 6], rel=1e-7)
    assert r"xticklabels={{50\%},{猫\_\#},{a\&b\$}}" in source


def test_curves_are_densities_and_beside_outcomes_cdfs() -> None:
    (x, p), (_, q) = plots(tikz.latex_code(DEFAULT, X))
    assert x == pytest.approx(X, abs=1e-7)
    assert q == pytest.approx(stats.norm(1.5, 1).pdf(X), rel=1e-7, abs=1e-29)
    humps = (stats.norm(-2, 0.7).pdf(X) + stats.norm(2, 0.7).pdf(X)) / 2
    assert p == pytest.approx(humps, rel=1e-7, abs=1e-29)
    (_, f), (_, g) = plots(tikz.latex_code(SCENES["mixed"], X))
    assert f == pytest.approx(np.searchsorted([1, 2, 2.5, 7], X, side="right") / 4)
    assert g == pytest.approx(stats.norm(2, 1).cdf(X), rel=1e-7, abs=1e-29)


@pytest.mark.parametrize(
    "name",
    [
        "\\input",
        "}{",
        "$x$",
        "%",
        "&",
        "#1",
        "^_~",
        "\\end{axis}",
        "<>|",
        "\\\\[9pt]",
        "“”…é",
        "...",
    ],
)
def test_whatever_an_outcome_is_called_it_is_text(name: str) -> None:
    labels = [name, "plain"]
    scene = Scene(pmf([1, 2], labels=labels), pmf([2, 1], labels=labels))
    source = tikz.latex_code(scene, X)
    assert environments(source)[-1] == "axis"
    (names,) = re.findall(r"xticklabels=\{(.*)\},$", source, re.MULTILINE)
    assert "..." not in names  # "and so on" in a list of TikZ, which never ends
    assert commented(source) == commented(tikz.latex_code(scene_of("pmf(1,2)", "pmf(2,1)"), X))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1.30042, "$1.300$"),
        (-0.00012345, "$-0.0001234$"),
        (123456.7, "$123457$"),
        (1.5e300, r"$1.500\times 10^{300}$"),
        (5e-324, r"$4.941\times 10^{-324}$"),
        (math.inf, r"$\infty$"),
        (-math.inf, r"$-\infty$"),
        (None, "--"),
    ],
)
def test_numbers_are_set_with_four_digits(number: float | None, shown: str) -> None:
    assert tikz._set(number) == shown
