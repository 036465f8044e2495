"""Programs are run, and each of their variables compared with the measure of its name."""

import ast
import contextlib
import io
import math
import re
import warnings
from itertools import cycle
from typing import Any

import numpy as np
import pytest
from cases import each
from scipy import stats
from scipy.special import logsumexp
from stand_in_torch import in_place_of_torch

from divviz.families import FAMILIES, make, pmf
from divviz.grammar import parse
from divviz.literals import MOST_NUMBERS
from divviz.measures import FIRST, MEASURES, SceneError, value
from divviz.pair import Pair
from divviz.scene import DEFAULTS, Scene
from divviz.snippets import numpy_code, scipy_code, torch_code
from divviz.spelled_numpy import FUNCTIONS, written_out
from divviz.spelled_scipy import spelled

UNITS = ("nats", "bits", "hartleys")
ALL = tuple(MEASURES)
PLAIN = tuple(key for key in ALL if key not in ("mmd", "wasserstein"))
FEW = (*FIRST, "jeffreys", "hellinger", "chi2_pearson")


def run(program: str) -> dict[str, Any]:
    """The variables of a program that raised no warning."""
    names: dict[str, Any] = {}
    quiet = warnings.catch_warnings(), np.errstate()
    with quiet[0], quiet[1], contextlib.redirect_stdout(io.StringIO()) as printed:
        warnings.simplefilter("error")
        exec(compile(program, "program", "exec"), names)
    names["printed"] = printed.getvalue()
    return names


def scene_of(p: str, q: str, unit: str = "nats") -> Scene:
    return Scene(parse(p), parse(q), unit)


def differing(scene: Scene, program: str, keys: tuple[str, ...], most: float) -> list[str]:
    """What a program says that the measures do not; a key it leaves out must say so."""
    pair, names, wrong = Pair(scene.p, scene.q), run(program), []
    for key in keys:
        want = value(pair, key, scene.unit)
        if f"# {key} is left out" in program:
            wrong += [key] if key in names else []
            continue
        got = names[key]
        if want is None or math.isinf(want):
            wrong += [] if got == want else [f"{key} {got} {want}"]
        elif not abs(got - want) <= (most if key != "wasserstein" else max(most, 1e-9)) * max(
            1, abs(want)
        ):
            wrong.append(f"{key} {got} {want}")
    return wrong


DISCRETE = [
    ("pmf(0.1,0.2,0.7)", "pmf(0.2,0.3,0.5)"),
    ("pmf(1,2,3)", "pmf(1,0,3)"),
    ("pmf(1,0,3)", "pmf(1,2,3)"),
    ("pmf(0,2,3)", "pmf(1,0,3)"),
    ("pmf(1,2,0,0)", "pmf(0,0,2,1)"),
    ("pmf(1,0,2,0)", "pmf(3,0,1,0)"),
    ("pmf(1,2,3)", "pmf(2,4,6)"),
    ("pmf(3)", "pmf(1)"),
    ("pmf(0:1,2.5:2,7:3)", "pmf(-1:3,2.5:1,8:1)"),
    ("pmf(5:1,1:2,5:3)", "pmf(1:4,5:1)"),
    ("pmf(cat:1,dog:3,eel:0)", "pmf(dog:1,cat:1,emu:2)"),
    ("pmf(1:0.1,2:0.1,3:0.1,4:0.1,5:0.1,6:0.5)", "discrete_uniform(1,6)"),
    ("pmf(1,1e-305)", "pmf(1,2e-305)"),
    ("bernoulli(0.3)", "bernoulli(0.5)"),
    ("binomial(10,0.3)", "discrete_uniform(0,10)"),
    ("binomial(200,0.3)", "binomial(200,0.31)"),
    ("one_hot(1,4)", "discrete_uniform(0,3)"),
    ("zipf(1,10)", "zipf(2.5,10)"),
    ("zipf(1.1,80)", "zipf(1.2,80)"),
    ("poisson(4)", "poisson(30)"),
    ("poisson(0.1)", "poisson(60)"),
    ("poisson(4)", "binomial(10,0.3)"),
    ("poisson(5.5)", "negative_binomial(50,0.9)"),
    ("geometric(0.3)", "geometric(0.5)"),
    ("geometric(0.5)", "geometric(0.74)"),
    ("geometric(0.5)", "geometric(0.76)"),
    ("geometric(0.02)", "geometric(0.9)"),
    ("negative_binomial(0.5,0.4)", "negative_binomial(3,0.4)"),
    ("poisson(4)", "pmf(1,1,1)"),
    ("mixture(0.5*poisson(2)+0.5*poisson(20))", "poisson(11)"),
    ("truncated(geometric(0.3),1,5)", "geometric(0.3)"),
    ("shifted(bernoulli(0.4),0.5)", "scaled(bernoulli(0.3),-1)"),
    ("samples(2,1,2,7.5)", "samples(1,2,2,2,3)"),
]


@each("write", [numpy_code, scipy_code])
@each(("names", "unit"), [*zip(DISCRETE, cycle(UNITS), strict=False)])
def test_programs_about_outcomes_say_the_numbers_of_the_page(
    write: Any, names: tuple[str, str], unit: str
) -> None:
    scene = scene_of(*names, unit)
    assert differing(scene, write(scene, ALL), ALL, 1e-12) == []


SMOOTH = [
    ("normal(0,1)", "normal(2,1)"),
    ("normal(0,1)", "normal(40,1)"),
    ("normal(0,0.001)", "normal(0,1000)"),
    ("mixture(0.5*normal(-2,0.7)+0.5*normal(2,0.7))", "normal(1.5,1)"),
    ("mixture(1*uniform(0,1)+2*normal(0.5,3)+1*laplace(1,1))", "normal(0,3)"),
    ("laplace(0,1)", "normal(0,1)"),
    ("laplace(3,0.001)", "normal(0,1000)"),
    ("logistic(1,0.5)", "gumbel(0,1)"),
    ("student_t(3,0,1)", "student_t(1.5,1,2)"),
    ("student_t(2,0,1)", "normal(0,1)"),
    ("cauchy(0,1)", "laplace(0,1)"),
    ("cauchy(0,1)", "cauchy(3,1)"),
    ("student_t(2.5,0,1)", "gumbel(0,1)"),
    ("uniform(0,1)", "uniform(0.25,2)"),
    ("uniform(0,1)", "uniform(3,4)"),
    ("uniform(0,1)", "beta(2,3)"),
    ("triangular(0,1,3)", "triangular(0,2,3)"),
    ("exponential(1)", "gamma(2,0.5)"),
    ("lognormal(0,1)", "weibull(1.5,1)"),
    ("pareto(2.5,1)", "pareto(1.5,1)"),
    ("chi2(4)", "rayleigh(2)"),
    ("halfnormal(1)", "exponential(1)"),
    ("gamma(0.5,1)", "chi2(3)"),
    ("vonmises(1,2)", "vonmises(-2,0.5)"),
    ("drawn(-2,2,DIAAIABg)", "normal(0,1)"),
    ("density(0:1,1:0,2:3,4)", "histogram(3,0.5,1,2.5,3,3.5)"),
    ("truncated(normal(0,1),-1,2)", "normal(0,1)"),
    ("truncated(normal(0,1),8,9)", "uniform(8,9)"),
    ("truncated(gamma(2,1),1,inf)", "shifted(exponential(1),1)"),
    ("shifted(exponential(1),0.5)", "scaled(weibull(1.5,2),0.5)"),
    ("scaled(exponential(1),-1)", "normal(-1,2)"),
    ("scaled(beta(2,3),-2)", "shifted(uniform(-1,1),-1)"),
]


def halved(keys: tuple[str, ...]) -> list[Any]:
    """Every pair of densities in one of the units, for one half of the measures or the other."""
    return [*zip(SMOOTH, cycle(UNITS), cycle([keys[::2], keys[1::2]]), strict=False)]


@pytest.mark.parametrize(("names", "unit", "keys"), halved(PLAIN))
def test_numpy_densities_say_the_numbers_of_the_page(
    names: tuple[str, str], unit: str, keys: tuple[str, ...]
) -> None:
    scene = scene_of(*names, unit)
    assert differing(scene, numpy_code(scene, keys), keys, 1e-6) == []


@pytest.mark.parametrize(("names", "unit", "keys"), halved(FEW))
def test_scipy_densities_say_the_numbers_of_the_page(
    names: tuple[str, str], unit: str, keys: tuple[str, ...]
) -> None:
    scene = scene_of(*names, unit)
    assert differing(scene, scipy_code(scene, keys), keys, 1e-8) == []


@pytest.mark.parametrize("write", [numpy_code, scipy_code])
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("names", [SMOOTH[0], DISCRETE[0]])
def test_programs_say_all_numbers_in_all_units(
    names: tuple[str, str], unit: str, write: Any
) -> None:
    scene = scene_of(*names, unit)
    most = 1e-12 if scene.kind == "discrete" else 1e-6 if write is numpy_code else 1e-8
    assert differing(scene, write(scene, ALL), ALL, most) == []


def test_a_skew_normal_is_left_to_scipy() -> None:
    scene = scene_of("skewnormal(0,1,2)", "normal(1,2)")
    assert differing(scene, scipy_code(scene, FEW), FEW, 1e-8) == []
    with pytest.raises(SceneError, match="NumPy program cannot say skewnormal"):
        numpy_code(scene, ["kl_pq"])


ORDERS = ("renyi(0.5)", "tsallis(3)", "alpha_divergence(-1)", "renyi_entropy(0.5)", "js(0.3)",
          "tsallis_entropy(1)", "wasserstein(3)", "mmd(0.7)")  # fmt: skip


@each("write", [numpy_code, scipy_code])
@each("names", [DISCRETE[0], DISCRETE[19], SMOOTH[0]])
def test_parameters_are_read_as_in_a_link(names: tuple[str, str], write: Any) -> None:
    scene = scene_of(*names)
    program = write(scene, ORDERS)
    variables, pair = run(program), Pair(scene.p, scene.q)
    for shown in ORDERS:
        one = Scene(scene.p, scene.q, show=shown)
        want = value(pair, one.key, **one.parameters)
        if f"# {one.key} is left out" not in program:
            assert variables[one.key] == pytest.approx(want, rel=1e-8, abs=1e-8), shown


# --- PyTorch

TORCH = [
    *DISCRETE[:12],
    ("poisson(4)", "poisson(30)"),
    ("geometric(0.3)", "geometric(0.5)"),
    ("negative_binomial(3,0.4)", "poisson(5)"),
    ("normal(0,1)", "normal(2,1)"),
    ("mixture(0.5*normal(-2,0.7)+0.5*normal(2,0.7))", "normal(1.5,1)"),
    ("laplace(0,1)", "laplace(1,2)"),
    ("gumbel(0,1)", "gumbel(1,1.5)"),
    ("student_t(3,0,1)", "cauchy(0,1)"),
    ("gamma(2,1)", "exponential(1)"),
    ("weibull(1.5,1)", "lognormal(0,1)"),
    ("beta(2,3)", "beta(3,2)"),
    ("chi2(4)", "halfnormal(1)"),
    ("pareto(2.5,1)", "pareto(3,1)"),
]


@pytest.mark.parametrize(("names", "unit"), [*zip(TORCH, cycle(UNITS), strict=False)])
def test_torch_programs_say_the_numbers_of_the_page(names: tuple[str, str], unit: str) -> None:
    scene = scene_of(*names, unit)
    with in_place_of_torch():
        most = 1e-12 if scene.kind == "discrete" else 1e-6
        assert differing(scene, torch_code(scene, PLAIN), PLAIN, most) == []


def test_torch_takes_the_logarithm_of_q_first() -> None:
    program = torch_code(DEFAULTS["discrete"], ["kl_pq"])
    assert 'F.kl_div(q.log(), p, reduction="sum")' in program
    assert "batchmean" in program and "swapped" in program


def test_torch_has_closed_forms_of_two_normals() -> None:
    program = torch_code(scene_of("normal(0,1)", "normal(2,1)"), ["kl_pq"])
    assert "kl_pq = kl_divergence(P, Q).item()" in program
    assert "cuts" not in program


@pytest.mark.parametrize("names", [("logistic(0,1)", "normal(0,1)"), ("normal(0,1)", "gamma(2,1)"),
                                   ("gamma(0.5,1)", "gamma(2,1)")])  # fmt: skip
def test_torch_says_what_it_cannot(names: tuple[str, str]) -> None:
    with pytest.raises(SceneError, match="PyTorch program cannot say"):
        torch_code(scene_of(*names), ["kl_pq"])


# --- the families, each against the density of the page

CONTINUOUS = [family.name for family in FAMILIES.values()
              if family.kind == "continuous" and family.params]  # fmt: skip
BUILT = ["drawn(-2,2,DIAAIABg)", "density(0:1,1:0,2:3,4)", "histogram(3,0.5,1,2.5,3,3.5)",
         "mixture(1*normal(0,1)+2*laplace(1,2)+1*logistic(0,1))", "truncated(gamma(2,1),1,inf)",
         "truncated(laplace(0,1),-inf,1)", "truncated(normal(0,1),8,9)",
         "shifted(scaled(gumbel(0,1),-2),1)", "scaled(triangular(0,1,3),-1)",
         "scaled(skewnormal(0,1,2),-1)", "scaled(gamma(2,1),-3)", "scaled(uniform(1,2),-3)",
         "shifted(scaled(mixture(1*normal(0,1)+1*gamma(2,1)),-2),1)", "vonmises(1,0)",
         "scaled(weibull(1.5,1),-1)", "shifted(pareto(2,1),-1)", "scaled(gumbel(0,1),-1)",
         "fitted(normal,1,2,4)"]  # fmt: skip


def dist_of(text: str) -> Any:
    if "(" in text:
        return parse(text)
    return make(text, *(param.default for param in FAMILIES[text].params))


@each("text", [*CONTINUOUS, *BUILT])
def test_scipy_has_the_same_density_and_cdf(text: str) -> None:
    dist = dist_of(text)
    # 7 in 16ths is no edge of a cell.
    x = np.linspace(*dist.window(), 41) + 7 / 16 * 1e-3
    said = spelled(dist, "P")
    assert said is not None
    names: dict[str, Any] = {"np": np, "stats": stats, "logsumexp": logsumexp, "x": x}
    exec("\n".join(said.setup), names)
    with np.errstate(all="ignore"):
        logs, cdf, sf = (eval(expression("x"), names) for expression in
                         (said.log, said.cdf, said.sf))  # fmt: skip
    np.testing.assert_allclose(np.exp(logs), dist.density(x), rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(cdf, dist.cdf(x), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(sf, dist.sf(x), rtol=1e-9, atol=1e-12)


NUMPY = [name for name in CONTINUOUS if name != "skewnormal"]


@each("text", [*NUMPY, *(text for text in BUILT if not text.startswith("tru")
                                            and "skew" not in text)])  # fmt: skip
def test_numpy_has_the_same_density(text: str) -> None:
    dist = dist_of(text)
    x = np.linspace(*dist.window(), 41) + 7 / 16 * 1e-3
    said = written_out(dist, "P")
    assert said is not None and not said.loose
    names: dict[str, Any] = {"np": np, "math": math, "x": x}
    exec("\n".join([*FUNCTIONS.values(), *said.setup]), names)
    logs = eval(said.log("x"), names)
    np.testing.assert_allclose(np.exp(logs), dist.density(x), rtol=1e-9, atol=1e-300)


# --- closed forms, which are no code of ours


@pytest.mark.parametrize("write", [numpy_code, scipy_code])
def test_kl_of_normals_is_the_textbook_formula(write: Any) -> None:
    names = run(write(scene_of("normal(1,2)", "normal(-1,3)"), ["kl_pq"]))
    assert names["kl_pq"] == pytest.approx(math.log(3 / 2) + (4 + 4) / 18 - 0.5, abs=1e-9)


@pytest.mark.parametrize("write", [numpy_code, scipy_code])
def test_kl_of_poissons_is_the_textbook_formula(write: Any) -> None:
    names = run(write(scene_of("poisson(4)", "poisson(7)"), ["kl_pq"]))
    assert names["kl_pq"] == pytest.approx(4 * math.log(4 / 7) + 3, abs=1e-12)


# --- infinite, undefined, left out


def test_a_list_finds_infinity_by_itself() -> None:
    scene = scene_of("pmf(1,2,3)", "pmf(1,0,3)")
    for write in (numpy_code, scipy_code):
        program = write(scene, ["kl_pq"])
        assert "inf" not in re.sub("infinite", "", program)
        assert run(program)["kl_pq"] == math.inf


def test_an_infinite_integral_is_stated_with_its_reason() -> None:
    scene = scene_of("cauchy(0,1)", "normal(0,1)")
    for write in (numpy_code, scipy_code):
        assert "kl_pq = np.inf  # P's tail is too heavy for Q." in write(scene, ["kl_pq"])
    assert "kl_pq = math.inf  # P's" in torch_code(scene, ["kl_pq"])


def test_a_tail_below_all_doubles_is_infinite_all_the_same() -> None:
    scene = scene_of("poisson(1)", "discrete_uniform(0,60)")
    for write in (numpy_code, scipy_code):
        assert run(write(scene, ["kl_pq"]))["kl_pq"] == math.inf


def test_what_is_undefined_is_none_with_its_reason() -> None:
    program = numpy_code(scene_of("poisson(4)", "poisson(5)"), ["mse"])
    assert "mse = None  # A mean over outcomes needs finitely many;" in program
    assert run(program)["mse"] is None


def test_a_sum_that_would_be_cut_short_is_left_out() -> None:
    program = numpy_code(scene_of("geometric(0.5)", "geometric(0.74)"), ["chi2_pearson", "tv"])
    assert "# chi2_pearson is left out: NumPy has no short way to it for this pair" in program
    assert "χ²" not in program


def test_a_tail_that_goes_on_too_long_is_left_out() -> None:
    scene = scene_of("student_t(1.1,0,1)", "normal(0,1)")
    for write in (numpy_code, scipy_code):
        assert "# w1 is left out" in write(scene, ["w1"])


# --- errors


def test_what_is_no_measure_is_refused() -> None:
    for write in (numpy_code, scipy_code, torch_code):
        with pytest.raises(SceneError, match="nonsense is not one of the numbers"):
            write(DEFAULTS["discrete"], ["nonsense"])


def test_a_program_without_end_is_refused() -> None:
    long = Scene(pmf(np.arange(1.0, MOST_NUMBERS + 2)), pmf(np.ones(MOST_NUMBERS + 1)))
    for write in (numpy_code, scipy_code, torch_code):
        with pytest.raises(SceneError, match="too long to read; use at most 1000"):
            write(long, ["kl_pq"])


def test_a_sample_against_a_density_is_refused() -> None:
    for write in (numpy_code, scipy_code, torch_code):
        with pytest.raises(SceneError, match="cannot say samples / normal"):
            write(scene_of("samples(1,2,4)", "normal(0,1)"), ["w1"])


# --- the text

HOSTILE = ["'; import os; os.system('id')", '"""', "a\\", "#", "\\nimport os", "{kl_pq}",
           "__import__", "‘’“”", "p = 7", "%s", "</script>"]  # fmt: skip
IMPORTED = {"numpy", "scipy", "torch", "math", "functools"}


def hostile_scene() -> Scene:
    names = [re.sub(r"[(),:+*]", "", name)[:40] for name in HOSTILE]
    n = len(names)
    return Scene(pmf(range(1, n + 1), labels=names), pmf([0.0, *range(n, 1, -1)], labels=names))


@pytest.mark.parametrize("write", [numpy_code, scipy_code, torch_code])
def test_names_of_outcomes_stay_strings(write: Any) -> None:
    scene = hostile_scene()
    with in_place_of_torch():
        program = write(scene, ALL)
        assert differing(scene, program, ALL, 1e-12) == []
        assert run(program)["outcomes"] == list(scene.p.labels or ())
    lines = [line for line in program.splitlines() if not line.startswith("outcomes = ")]
    plain = write(Scene(pmf(scene.p.weights), pmf(scene.q.weights)), ALL).splitlines()
    # Apart from their list and from the reasons, names change nothing.
    assert [line.split("  #")[0] for line in lines] == [line.split("  #")[0] for line in plain]
    assert not any(name in "\n".join(lines) for name in (scene.p.labels or ())
                   if len(name) > 3)  # fmt: skip


@pytest.mark.parametrize("names", [*DISCRETE[::4], *SMOOTH[::4], ("normal(0,1)", "normal(2,1)")])
def test_programs_do_nothing_but_compute_and_print(names: tuple[str, str]) -> None:
    scene = scene_of(*names)
    for write in (numpy_code, scipy_code, torch_code):
        try:
            program = write(scene, PLAIN)
        except SceneError:
            assert write is torch_code
            continue
        tree = ast.parse(program)
        imported = {(node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
                    for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))
                    for alias in node.names}  # fmt: skip
        assert imported <= IMPORTED
        called = {node.func.id for node in ast.walk(tree)
                  if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
        assert not called & {"exec", "eval", "open", "getattr", "setattr", "compile", "__import__"}
        assert not any(isinstance(node, ast.Attribute) and node.attr.startswith("_")
                       for node in ast.walk(tree))  # fmt: skip


@pytest.mark.parametrize("write", [numpy_code, scipy_code, torch_code])
@pytest.mark.parametrize("kind", ["discrete", "continuous"])
def test_programs_are_short_and_print_each_symbol(kind: str, write: Any) -> None:
    keys = ("kl_pq", "kl_qp", "js")
    program = write(DEFAULTS[kind], keys)
    assert len([line for line in program.splitlines() if line]) <= (
        20 if kind == "discrete" else 40
    )
    with in_place_of_torch():
        printed = run(program)["printed"]
    assert [line.split(" = ")[0] for line in printed.splitlines()] == [
        MEASURES[key].symbol for key in keys
    ]
    assert all(line.endswith(" nats") for line in printed.splitlines())


def test_nothing_is_imported_or_defined_in_vain() -> None:
    program = numpy_code(DEFAULTS["discrete"], ["tv"])
    assert "def " not in program and "x =" not in program and "import math" not in program
