"""The battery: at least 500 pairs over all families, spelled as in exact_measures."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np

from divviz.families import Dist, drawn, make, mixture, pmf, scaled, shifted, truncated

Spec = tuple[Any, ...]


def dist_of(spec: Spec) -> Dist:
    """The program's distribution of a spelling."""
    name, *args = spec
    if name == "mixture":
        return mixture([w for w, _ in args], [dist_of(part) for _, part in args])
    if name in ("truncated", "shifted", "scaled"):
        wrap = {"truncated": truncated, "shifted": shifted, "scaled": scaled}[name]
        return wrap(dist_of(args[0]), *args[1:])
    if name == "pmf":
        return pmf(args)
    if name == "places":
        return pmf([w for _, w in args], [x for x, _ in args])
    return drawn(*args) if name == "drawn" else make(name, *args)


N01 = ("normal", 0, 1)
VALUES = (-1.7, -0.6, -0.1, 0.2, 0.35, 0.9, 1.1, 2.3)

# Each family with parameters of several shapes; all pairs within a family are compared.
SAME: dict[str, list[tuple[Any, ...]]] = {
    "normal": [(0, 1), (2, 1), (0.5, 0.3), (-3, 4), (0, 1 + 1e-9)],
    "uniform": [(0, 1), (0.25, 0.75), (0.5, 2), (3, 4)],
    "exponential": [(1,), (5,), (0.01,), (1.0000001,)],
    "gamma": [(2, 1), (0.5, 1), (0.1, 2), (30, 10), (1, 0.5)],
    "beta": [(2, 3), (0.5, 0.5), (0.2, 4), (30, 20), (1, 1)],
    "laplace": [(0, 1), (1, 0.5), (-2, 3), (1e-8, 1)],
    "logistic": [(0, 1), (1, 0.5), (-2, 3), (30, 0.2)],
    "lognormal": [(0, 1), (1, 0.5), (-1, 2), (0, 0.1)],
    "student_t": [(3, 0, 1), (1.5, 1, 2), (30, 0, 0.5), (0.7, 0, 1), (3, 2, 1)],
    "cauchy": [(0, 1), (3, 1), (0, 0.01), (-5, 20)],
    "weibull": [(1.5, 1), (0.5, 2), (3, 0.7), (1, 1)],
    "pareto": [(2.5, 1), (1.5, 1), (4, 2), (0.8, 0.5)],
    "gumbel": [(0, 1), (1, 0.5), (-1, 2), (0.5, 1)],
    "chi2": [(4,), (1,), (10,), (0.5,)],
    "halfnormal": [(1,), (0.2,), (5,), (1.000001,)],
    "rayleigh": [(1,), (0.2,), (5,)],
    "triangular": [(0, 1, 3), (-1, 0, 1), (0, 0, 2), (0, 2, 2)],
    "skewnormal": [(0, 1, 2), (0, 1, -3), (1, 2, 0.5)],
    "vonmises": [(0, 2), (1, 0.5), (-2, 20), (0, 0)],
    "bernoulli": [(0.3,), (0.5,), (1e-300,), (0.0,), (1 - 2**-40,)],
    "binomial": [(10, 0.3), (10, 0.6), (20, 0.5), (10, 0.3 + 1e-10), (3, 1e-9)],
    "poisson": [(4,), (0.1,), (30,), (4 + 1e-9,), (60,)],
    "geometric": [(0.3,), (0.5,), (0.05,), (0.3 - 1e-11,), (1,)],
    "negative_binomial": [(3, 0.4), (0.5, 0.4), (10, 0.7), (3, 0.4 + 1e-10), (1, 0.2)],
    "discrete_uniform": [(0, 5), (2, 9), (-3, 0), (20, 25)],
    "zipf": [(1, 10), (0, 10), (2.5, 10), (1, 40)],
    "one_hot": [(1, 4), (2, 4), (1, 6)],
}  # fmt: skip

# Neighbours across families; every two of a row are compared.
ACROSS: list[list[Spec]] = [
    [N01, ("laplace", 0, 1), ("logistic", 0.5, 0.6), ("student_t", 1.5, 0, 1), ("gumbel", 0, 1),
     ("skewnormal", 0, 1, 2), ("cauchy", 0, 1)],
    [("exponential", 1), ("gamma", 0.5, 1), ("weibull", 0.7, 1), ("lognormal", 0, 1),
     ("chi2", 3), ("halfnormal", 1), ("rayleigh", 1), ("pareto", 2, 0.5)],
    [("uniform", 0, 1), ("beta", 2, 2), ("triangular", 0, 0.3, 1), ("drawn", 0, 1, (3, 0, 5, 9)),
     ("vonmises", 0.5, 4), ("truncated", N01, 0, 1)],
    [("uniform", -1, 2), N01, ("exponential", 2), ("beta", 0.5, 0.5), ("cauchy", 0, 0.3),
     ("triangular", -2, 0, 2)],
    [("poisson", 3), ("binomial", 12, 0.25), ("negative_binomial", 4, 0.5), ("geometric", 0.3),
     ("discrete_uniform", 0, 8), ("zipf", 1.2, 12), ("pmf", 1, 2, 0, 4)],
]  # fmt: skip

DENSITIES: dict[str, tuple[Spec, Spec]] = {
    "50 sigma apart": (N01, ("normal", 50, 1)),
    "50 widths apart, laplace": (("laplace", 0, 1), ("laplace", 50, 1)),
    "50 widths apart, logistic": (("logistic", 0, 1), ("logistic", 50, 1)),
    "1e-3 against 1e3": (("normal", 0, 1e-3), ("normal", 0, 1e3)),
    "1e-3 against 1e3, off centre": (("normal", 7, 1e-3), ("normal", 0, 1e3)),
    "narrow laplace in wide normal": (("laplace", 3, 1e-3), ("normal", 0, 1e3)),
    "narrow gamma against wide": (("gamma", 2, 1e3), ("gamma", 2, 1e-3)),
    "far from 0": (("normal", 1e6, 1e-3), ("normal", 1e6, 2e-3)),
    "far from 0, shifted": (("shifted", ("normal", 0, 1e-3), 1e6), ("normal", 1e6, 2e-3)),
    "pareto against lognormal": (("pareto", 1.5, 1), ("lognormal", 1, 1)),
    "pareto against lognormal, heavy": (("pareto", 0.6, 1), ("lognormal", 0, 2)),
    "weibull of shape 1 is exponential": (("weibull", 1, 0.5), ("exponential", 2)),
    "weibull against exponential": (("weibull", 1, 1), ("exponential", 3)),
    "weibull with a heavier tail": (("weibull", 0.9, 1), ("exponential", 1)),
    "weibull with a lighter tail": (("weibull", 1.1, 1), ("exponential", 1)),
    "weibull of shape 2 is rayleigh": (("weibull", 2, 1), ("rayleigh", 0.7)),
    "gamma 0.05 against exponential": (("gamma", 0.05, 1), ("exponential", 1)),
    "gamma 0.01": (("gamma", 0.01, 1), ("gamma", 0.02, 1)),
    "beta 0.05": (("beta", 0.05, 0.05), ("beta", 1, 1)),
    "beta with a singular far end": (("beta", 3, 0.1), ("beta", 1, 0.4)),
    "beta 300 against 2": (("beta", 300, 2), ("beta", 2, 2)),
    "gamma 1000": (("gamma", 1000, 10), ("gamma", 900, 10)),
    "gamma 1e5": (("gamma", 1e5, 1e5), ("normal", 1, 0.003)),
    "chi2 100 against normal": (("chi2", 100), ("normal", 100, 14)),
    "exponential tails that decide chi2": (("exponential", 1), ("exponential", 2)),
    "exponential just inside chi2": (("exponential", 1), ("exponential", 1.99)),
    "normal just inside chi2": (("normal", 0, 1.41), N01),
    "normal just outside chi2": (("normal", 0, 1.42), N01),
    "student tails that decide chi2": (("student_t", 1, 0, 1), ("student_t", 2, 0, 1)),
    "student just outside chi2": (("student_t", 1, 0, 1), ("student_t", 2.01, 0, 1)),
    "student just inside chi2": (("student_t", 1.5, 0, 1), ("student_t", 2, 0, 1)),
    "gamma ends that decide chi2": (("gamma", 0.5, 1), ("gamma", 1, 1)),
    "gamma ends inside chi2": (("gamma", 0.6, 1), ("gamma", 1, 1)),
    "student 2.5 against normal": (("student_t", 2.5, 0, 1), N01),
    "student 2 against normal": (("student_t", 2, 0, 1), N01),
    "student 1.5 against laplace": (("student_t", 1.5, 0, 1), ("laplace", 0, 1)),
    "student 1 against laplace": (("student_t", 1, 0, 1), ("laplace", 0, 1)),
    "lognormal against normal": (("lognormal", 0, 1), N01),
    "lognormal against weibull": (("lognormal", 0, 0.7), ("weibull", 2, 1)),
    "gumbel against its mirror": (("gumbel", 0, 1), ("scaled", ("gumbel", 0, 1), -1)),
    "exponential against a gumbel's light side":
        (("scaled", ("exponential", 0.5), -1), ("gumbel", 0, 1)),
    "exponential faster than a gumbel's light side":
        (("scaled", ("exponential", 3), -1), ("gumbel", 0, 1)),
    "lognormal mirrored against itself": (("scaled", ("lognormal", 0, 1), -1), ("normal", -2, 2)),
    "normal near itself": (N01, ("normal", 1e-10, 1)),
    "normal near its width": (N01, ("normal", 0, 1 + 1e-10)),
    "laplace near itself": (("laplace", 0, 1), ("laplace", 0, 1 + 1e-10)),
    "logistic near itself": (("logistic", 0, 1), ("logistic", 1e-10, 1)),
    "gamma near itself": (("gamma", 3, 1), ("gamma", 3, 1 + 1e-10)),
    "gamma near its shape": (("gamma", 0.5, 1), ("gamma", 0.5 + 1e-10, 1)),
    "beta near itself": (("beta", 2, 3), ("beta", 2 + 1e-10, 3)),
    "student near itself": (("student_t", 3, 0, 1), ("student_t", 3, 1e-10, 1)),
    "student near its order": (("student_t", 3, 0, 1), ("student_t", 3 + 1e-9, 0, 1)),
    "cauchy near itself": (("cauchy", 0, 1), ("cauchy", 0, 1 + 1e-10)),
    "lognormal near itself": (("lognormal", 0, 1), ("lognormal", 1e-10, 1)),
    "weibull near itself": (("weibull", 2, 1), ("weibull", 2, 1 + 1e-10)),
    "weibull near its shape": (("weibull", 2, 1), ("weibull", 2 + 1e-10, 1)),
    "pareto near itself": (("pareto", 2, 1), ("pareto", 2 + 1e-10, 1)),
    "gumbel near itself": (("gumbel", 0, 1), ("gumbel", 1e-10, 1)),
    "chi2 near itself": (("chi2", 3), ("chi2", 3 + 1e-10)),
    "halfnormal near itself": (("halfnormal", 1), ("halfnormal", 1 + 1e-10)),
    "rayleigh near itself": (("rayleigh", 1), ("rayleigh", 1 + 1e-10)),
    "skewnormal near itself": (("skewnormal", 0, 1, 2), ("skewnormal", 1e-9, 1, 2)),
    "skewnormal near its slant": (("skewnormal", 0, 1, 2), ("skewnormal", 0, 1, 2 + 1e-9)),
    "vonmises near itself": (("vonmises", 0, 2), ("vonmises", 0, 2 + 1e-9)),
    "triangular near itself": (("triangular", 0, 1, 3), ("triangular", 0, 1 + 1e-9, 3)),
    "exponential near itself": (("exponential", 1), ("exponential", 1 + 1e-10)),
    "identical": (("normal", 0.1, 0.7), ("normal", 0.1, 0.7)),
    "skewnormal of slant 0": (("skewnormal", 0, 1, 0), N01),
    "skewnormal nearly a halfnormal": (("skewnormal", 0, 1, 50), ("halfnormal", 1)),
    "skewnormal 30 apart": (("skewnormal", 0, 1, 3), ("skewnormal", 30, 1, -3)),
    "vonmises at kappa 1000": (("vonmises", 0, 1000), ("vonmises", 0.5, 300)),
    "vonmises against normal": (("vonmises", 0, 3), ("normal", 0, 0.6)),
    "vonmises across the cut": (("vonmises", 3, 5), ("vonmises", -3, 5)),
    "triangular against uniform": (("triangular", 0, 1, 2), ("uniform", 0, 2)),
    "triangular against a wider one": (("triangular", 0, 1, 2), ("triangular", -1, 1, 3)),
    "disjoint uniforms": (("uniform", 0, 1), ("uniform", 2, 3)),
    "touching uniforms": (("uniform", 0, 1), ("uniform", 1, 2)),
    "disjoint drawn": (("drawn", 0, 1, (5, 0)), ("drawn", 0, 1, (0, 5))),
    "density against density": (("density", (0, 1, 1.5, 4), (2, 0.5, 1)),
                                ("density", (-1, 1, 2, 4), (1, 3, 0.25))),
    "density with a hole": (("density", (0, 1, 2, 3), (1, 0, 1e-12)), ("uniform", 0, 3)),
    "density of 1e-300": (("density", (0, 1, 2), (1, 1e-300)), ("exponential", 1)),
    "histogram against what it was drawn from": (("histogram", 4, *VALUES), ("normal", 0.3, 1.2)),
    "fitted against what it was drawn from": (("fitted", "normal", *VALUES), ("normal", 0.3, 1.2)),
    "fitted exponential": (("fitted", "exponential", 0.3, 1.7, 0.9), ("gamma", 1.5, 1)),
    "interleaved drawn": (("drawn", -4, 4, (1, 0, 1, 0, 4, 0, 1, 0)),
                          ("drawn", -4, 4, (0, 1, 0, 3, 1, 1, 0, 1))),
    "drawn with a hole against normal": (("drawn", -4, 4, (0, 9, 1, 0, 30, 5, 5, 0)), N01),
    "drawn against shifted drawn": (("drawn", -4, 4, (1, 2, 3, 4095)),
                                    ("drawn", -3, 5, (4095, 1, 2, 3))),
    "drawn against laplace": (("drawn", -1, 1, (1, 2, 4, 2, 1)), ("laplace", 0, 1)),
    "mirrored exponentials": (("exponential", 1), ("scaled", ("exponential", 1), -1)),
    "truncated within": (("truncated", N01, -1, 2), N01),
    "truncated apart": (("truncated", N01, -2, 0), ("truncated", N01, 0, 2)),
    "truncated overlap": (("truncated", N01, -2, 1), ("truncated", ("normal", 1, 2), -1, 3)),
    "truncated in the far tail": (("truncated", N01, 8, 9), ("uniform", 8, 9)),
    "truncated on one side":
        (("truncated", N01, 2, float("inf")), ("shifted", ("exponential", 2), 2)),
    "truncated cauchy": (("truncated", ("cauchy", 0, 1), -10, 10), ("student_t", 2, 0, 1)),
    "truncated cauchy tail": (("truncated", ("cauchy", 0, 1), 1, float("inf")), ("pareto", 1, 1)),
    "truncated gamma": (("truncated", ("gamma", 0.5, 1), 0, 2), ("gamma", 0.7, 1)),
    "truncated student": (("truncated", ("student_t", 3, 0, 1), -5, 1), ("normal", -1, 2)),
    "shifted gamma at its end": (("shifted", ("gamma", 0.5, 1), 1), ("normal", 1, 2)),
    "shifted exponentials": (("shifted", ("exponential", 1), 0.5), ("exponential", 1)),
    "shifted weibull": (("shifted", ("weibull", 0.6, 1), -2), ("shifted", ("weibull", 0.8, 1), -2)),
    "shifted pareto is lomax": (("shifted", ("pareto", 2, 1), -1), ("exponential", 1)),
    "shifted beta": (("shifted", ("beta", 0.5, 2), 3), ("uniform", 3, 4)),
    "scaled normal": (("scaled", N01, 3), ("normal", 0, 2)),
    "scaled student": (("scaled", ("student_t", 3, 0, 1), 0.5), ("student_t", 3, 0, 1)),
    "scaled beta": (("scaled", ("beta", 2, 0.5), 5), ("uniform", 0, 5)),
    "scaled beta mirrored": (("scaled", ("beta", 0.5, 2), -1), ("uniform", -1, 0)),
    "scaled lognormal": (("scaled", ("lognormal", 0, 1), 2), ("lognormal", 0, 1.5)),
    "scaled weibull": (("scaled", ("weibull", 1.5, 1), 0.3), ("exponential", 3)),
    "two modes against one": (("mixture", (0.3, ("normal", -2, 1)), (0.7, ("normal", 2, 0.5))),
                              ("normal", 0, 2)),
    "mixtures": (("mixture", (0.3, ("normal", -2, 1)), (0.7, ("normal", 2, 0.5))),
                 ("mixture", (0.6, ("normal", -2, 1)), (0.4, ("laplace", 1, 0.5)))),
    "a weight of 1e-12": (("mixture", (1, N01), (1e-12, ("normal", 30, 0.1))), N01),
    "a weight of 1e-12 overlapped": (("mixture", (1, N01), (1e-12, ("normal", 1, 2))), N01),
    "a heavy part of 1e-12": (("mixture", (1, N01), (1e-12, ("cauchy", 0, 1))), ("laplace", 0, 1)),
    "a heavy part of 1e-12 against cauchy": (("mixture", (1, N01), (1e-12, ("cauchy", 0, 1))),
                                             ("cauchy", 0, 1)),
    "a part of 1e-15 far away": (("mixture", (1, N01), (1e-15, ("uniform", 50, 51))), N01),
    "a weight of 1e308": (("mixture", (1e308, N01), (1e308, ("normal", 3, 1))), ("normal", 1, 2)),
    "normal and cauchy mixed": (("mixture", (0.9, N01), (0.1, ("cauchy", 2, 1))),
                                ("student_t", 2, 0, 1)),
    "singular part": (("mixture", (0.5, ("gamma", 0.4, 1)), (0.5, ("normal", 1, 1))),
                      ("normal", 0, 2)),
    "parts with different supports": (("mixture", (1, ("uniform", 0, 1)), (2, ("uniform", 0.5, 3))),
                                      ("exponential", 1)),
    "a gap between parts": (("mixture", (1, ("uniform", 0, 1)), (1, ("uniform", 2, 3))),
                            ("uniform", 0, 3)),
    "nested":
        (("mixture", (1, ("mixture", (1, N01), (2, ("normal", 4, 1)))), (1, ("laplace", -3, 1))),
         ("normal", 1, 3)),
    "mixed exponentials": (("mixture", (1, ("exponential", 1)), (1e-6, ("exponential", 0.1))),
                           ("exponential", 1)),
}  # fmt: skip

OUTCOMES: dict[str, tuple[Spec, Spec]] = {
    "three": (("pmf", 0.1, 0.2, 0.7), ("pmf", 0.2, 0.3, 0.5)),
    "a zero in Q": (("pmf", 1, 2, 3), ("pmf", 1, 0, 3)),
    "a zero in P": (("pmf", 1, 0, 3), ("pmf", 1, 2, 3)),
    "zeros in both": (("pmf", 0, 2, 3), ("pmf", 1, 0, 3)),
    "disjoint": (("pmf", 1, 2, 0, 0), ("pmf", 0, 0, 2, 1)),
    "1e-300": (("pmf", 1, 1e-300), ("pmf", 1, 2e-300)),
    "1e-300 against 1": (("pmf", 1, 1e-300), ("pmf", 1e-300, 1)),
    "the smallest double": (("pmf", 1, 5e-324, 1), ("pmf", 3, 1, 5e-324)),
    "the smallest doubles alone": (("pmf", 5e-324, 5e-324), ("pmf", 5e-324, 1e-323)),
    "1e308": (("pmf", 1e308, 1e308), ("pmf", 1e308, 3e307)),
    "1e308 beside the smallest double": (("pmf", 1e308, 1e308, 5e-324),
                                         ("pmf", 1e308, 5e-324, 1)),
    "near": (("pmf", 1, 2, 3), ("pmf", 1, 2, 3.0000000003)),
    "near, other scale": (("pmf", 0.1, 0.2, 0.3), ("pmf", 1, 2, 3)),
    "near, thirds": (("pmf", 1, 1, 1 + 2**-40), ("pmf", 0.7, 0.7, 0.7)),
    "near, one ulp": (("pmf", 1, 1), ("pmf", 1, 1 + 2**-52)),
    "near with a zero": (("pmf", 1, 2, 0), ("pmf", 1, 2, 1e-18)),
    "near with a small mass": (("pmf", 1, 2, 1e-200), ("pmf", 1, 2, 2e-200)),
    "identical": (("pmf", 1, 2, 3), ("pmf", 2, 4, 6)),
    "one outcome": (("pmf", 3), ("pmf", 1e-5)),
    "unequal spaces": (("places", (0, 1), (2.5, 2), (7, 3)), ("places", (-1, 3), (2.5, 1), (8, 1))),
    "repeated and unsorted": (("places", (5, 1), (1, 2), (5, 3)), ("places", (1, 4), (5, 1))),
    "1e300 apart": (("places", (-1e300, 1), (1e300, 2)), ("places", (-1e300, 2), (1e300, 1))),
    "samples": (("samples", 2, 1, 2, 7.5), ("samples", 1, 2, 2, 2, 3)),
    "samples against outcomes": (("samples", 0, 1, 1, 3), ("binomial", 3, 0.4)),
    "poissons whose overlap lies between them": (("poisson", 30), ("poisson", 500)),
    "poisson 1000 against 1100": (("poisson", 1000), ("poisson", 1100)),
    "poisson 1e-3": (("poisson", 1e-3), ("poisson", 2)),
    "poissons 1e-9 apart": (("poisson", 50), ("poisson", 50 + 1e-9)),
    "binomial 200": (("binomial", 200, 0.3), ("binomial", 200, 0.31)),
    "binomial at its ends": (("binomial", 10, 0), ("binomial", 10, 1)),
    "binomial 0 against some": (("binomial", 10, 0), ("binomial", 10, 0.4)),
    "binomial 1e-9 against 0.9": (("binomial", 30, 1e-9), ("binomial", 30, 0.9)),
    "geometric with a long tail": (("geometric", 0.02), ("geometric", 0.9)),
    "geometrics that decide chi2": (("geometric", 0.5), ("geometric", 0.75)),
    "geometrics just inside chi2": (("geometric", 0.5), ("geometric", 0.74)),
    "geometrics just outside chi2": (("geometric", 0.5), ("geometric", 0.76)),
    "negative binomials of one tail":
        (("negative_binomial", 3, 0.4), ("negative_binomial", 2, 0.4)),
    "negative binomial of 1 against geometric": (("negative_binomial", 1, 0.3), ("geometric", 0.3)),
    "negative binomial against poisson": (("negative_binomial", 50, 0.9), ("poisson", 5.5)),
    "zipf 500": (("zipf", 1.1, 500), ("zipf", 1.2, 500)),
    "zipf 50": (("zipf", 50, 20), ("zipf", 0, 20)),
    "zipf near itself": (("zipf", 1.5, 30), ("zipf", 1.5 + 1e-10, 30)),
    "discrete uniform of 1": (("discrete_uniform", 3, 3), ("discrete_uniform", 0, 9)),
    "mixed poissons": (("mixture", (0.5, ("poisson", 2)), (0.5, ("poisson", 20))), ("poisson", 11)),
    "mixed with 1e-12": (("mixture", (1, ("poisson", 3)), (1e-12, ("poisson", 40))),
                         ("poisson", 3)),
    "mixed outcomes": (("mixture", (1, ("bernoulli", 0.2)), (3, ("binomial", 4, 0.5))),
                       ("discrete_uniform", 0, 4)),
    "mixed pmfs of 1e308": (("mixture", (1e308, ("pmf", 1, 2)), (1e308, ("pmf", 3, 1))),
                            ("pmf", 1, 1)),
    "truncated poisson": (("truncated", ("poisson", 4), 2, 7), ("discrete_uniform", 2, 7)),
    "truncated geometric": (("truncated", ("geometric", 0.3), 1, 5), ("geometric", 0.3)),
    "truncated apart": (("truncated", ("binomial", 10, 0.5), 0, 4),
                        ("truncated", ("binomial", 10, 0.5), 5, 10)),
    "shifted binomial": (("shifted", ("binomial", 6, 0.4), 3), ("binomial", 12, 0.5)),
    "shifted off the grid": (("shifted", ("bernoulli", 0.4), 0.5), ("bernoulli", 0.4)),
    "scaled bernoulli": (("scaled", ("bernoulli", 0.3), 4), ("discrete_uniform", 0, 4)),
    "scaled bernoulli mirrored":
        (("scaled", ("bernoulli", 0.3), -1), ("shifted", ("bernoulli", 0.6), -1)),
}  # fmt: skip

RANDOM = np.random.default_rng(20240607)


def random_outcomes() -> dict[str, tuple[Spec, Spec]]:
    """Pmfs over few and many decades, with and without zeros."""
    found = {}
    for n, decades in product((2, 5, 17, 64), (0, 3, 30, 300)):
        p, q = 10.0 ** (-decades * RANDOM.random((2, n))) * (0.1 + RANDOM.random((2, n)))
        found[f"{n} random over {decades} decades"] = (("pmf", *p.tolist()), ("pmf", *q.tolist()))
        nudged = p * (1 + 1e-10 * RANDOM.standard_normal(n))
        found[f"{n} nudged over {decades} decades"] = (
            ("pmf", *p.tolist()), ("pmf", *nudged.tolist()))  # fmt: skip
        holes = np.where(RANDOM.random(n) < 0.3, 0.0, q)
        holes[0] = 1.0
        found[f"{n} with holes over {decades} decades"] = (
            ("pmf", *p.tolist()), ("pmf", *holes.tolist()))  # fmt: skip
    return found


def rounded(x: float) -> float:
    return float(f"{x:.4g}")


def random_densities(count: int) -> dict[str, tuple[Spec, Spec]]:
    """Pairs of location-scale families with parameters drawn over decades."""
    found = {}
    names = ("normal", "laplace", "logistic", "gumbel", "cauchy", "student_t")
    for k in range(count):
        pair = []
        for _ in range(2):
            name = names[int(RANDOM.integers(len(names)))]
            place = rounded(float(RANDOM.normal(0, 3)))
            scale = rounded(float(10 ** RANDOM.uniform(-1, 1)))
            order = (rounded(float(RANDOM.uniform(1.1, 8))),) if name == "student_t" else ()
            pair.append((name, *order, place, scale))
        found[f"random {k}"] = (pair[0], pair[1])
    return found


def random_positive(count: int) -> dict[str, tuple[Spec, Spec]]:
    """Pairs of families of positive numbers."""
    found = {}
    for k in range(count):
        pair = []
        for _ in range(2):
            one = rounded(float(10 ** RANDOM.uniform(-0.4, 0.7)))
            two = rounded(float(10 ** RANDOM.uniform(-0.5, 0.5)))
            choices: list[Spec] = [
                ("gamma", one, two), ("weibull", one, two),
                ("lognormal", rounded(np.log(two)), one),
                ("exponential", one), ("halfnormal", one), ("rayleigh", one), ("chi2", one),
            ]  # fmt: skip
            pair.append(choices[int(RANDOM.integers(len(choices)))])
        found[f"random positive {k}"] = (pair[0], pair[1])
    return found


def spelled(spec: Spec) -> str:
    return f"{spec[0]}{spec[1:]}".replace("'", "").replace(" ", "")


def every_pair() -> dict[str, tuple[Spec, Spec]]:
    """All pairs by name."""
    found: dict[str, tuple[Spec, Spec]] = {}
    for name, rows in SAME.items():
        for a, b in combinations([(name, *row) for row in rows], 2):
            found[f"{spelled(a)} {spelled(b)}"] = (a, b)
    for row in ACROSS:
        for a, b in combinations(row, 2):
            found[f"{spelled(a)} {spelled(b)}"] = (a, b)
    named = {**DENSITIES, **random_densities(45), **random_positive(35)}
    found.update(named)
    found.update({f"outcomes: {name}": pair for name, pair in OUTCOMES.items()})
    found.update({f"outcomes: {name}": pair for name, pair in random_outcomes().items()})
    return found


PAIRS = every_pair()


# Pairs whose distribution functions, quantile functions or characteristic functions are closed

GAPS: list[tuple[Spec, Spec]] = [
    (N01, ("normal", 2, 1)), (N01, ("normal", 0, 3)), (N01, ("normal", 0.5, 1.25)),
    (N01, ("normal", 50, 1)), (("normal", 0, 1e-3), ("normal", 0, 1e3)),
    (N01, ("normal", 1e-10, 1)), (N01, ("normal", 0, 1 + 1e-10)), (N01, ("laplace", 0, 1)),
    (N01, ("laplace", 0.3, 1)), (N01, ("logistic", 0, 0.5)), (N01, ("gumbel", 0, 1)),
    (N01, ("cauchy", 0, 1)), (N01, ("uniform", -1, 2)), (N01, ("exponential", 1)),
    (N01, ("lognormal", 0, 1)), (N01, ("weibull", 2, 1)), (N01, ("triangular", -2, 0, 2)),
    (N01, ("student_t", 2, 0, 1)), (N01, ("student_t", 1.5, 0, 1)),
    (("student_t", 3, 0, 1), ("student_t", 3, 0, 2)),
    (("student_t", 1.2, 0, 1), ("student_t", 5, 1, 1)), (("laplace", 0, 1), ("laplace", 1, 2)),
    (("laplace", -2, 3), ("laplace", 1e-8, 1)), (("laplace", 0, 1), ("cauchy", 0, 1)),
    (("logistic", 0, 1), ("logistic", 1, 0.5)), (("logistic", 0, 1), ("logistic", 30, 0.2)),
    (("cauchy", 0, 1), ("cauchy", 3, 1)), (("cauchy", 0, 0.01), ("cauchy", 5, 20)),
    (("uniform", 0, 1), ("uniform", 0.25, 0.75)), (("uniform", 0, 1), ("uniform", 3, 4)),
    (("uniform", 0, 1), ("uniform", 0.5, 2)), (("uniform", 0, 1), ("triangular", 0, 0.3, 1)),
    (("triangular", 0, 1, 3), ("triangular", -1, 0, 1)),
    (("triangular", 0, 0, 2), ("triangular", 0, 2, 2)),
    (("exponential", 1), ("exponential", 5)), (("exponential", 1), ("exponential", 0.01)),
    (("exponential", 1), ("exponential", 1 + 1e-10)), (("exponential", 1), ("weibull", 0.7, 1)),
    (("exponential", 1), ("gamma", 2, 1)), (("exponential", 1), ("halfnormal", 1)),
    (("exponential", 1), ("pareto", 2.5, 0.5)), (("exponential", 1), ("lognormal", 0, 1)),
    (("exponential", 1), ("uniform", 0, 2)), (("weibull", 0.5, 1), ("weibull", 0.5, 2)),
    (("weibull", 1.5, 1), ("rayleigh", 0.7)), (("weibull", 3, 0.7), ("weibull", 0.5, 2)),
    (("rayleigh", 1), ("rayleigh", 0.2)), (("rayleigh", 1), ("halfnormal", 1)),
    (("halfnormal", 1), ("halfnormal", 5)), (("lognormal", 0, 1), ("lognormal", 1, 0.5)),
    (("lognormal", 0, 1), ("weibull", 1, 1)), (("lognormal", -1, 2), ("lognormal", 0, 0.1)),
    (("pareto", 2.5, 1), ("pareto", 1.5, 1)), (("pareto", 2.5, 1), ("pareto", 4, 2)),
    (("pareto", 2.5, 1), ("lognormal", 1, 1)), (("gumbel", 0, 1), ("gumbel", 1, 0.5)),
    (("gumbel", 0, 1), ("gumbel", -1, 2)), (("gumbel", 0, 1), ("logistic", 0.5, 0.6)),
    (("gumbel", 0, 1), ("scaled", ("gumbel", 0, 1), -1)),
    (("gamma", 0.5, 1), ("gamma", 2, 1)), (("gamma", 0.5, 1), ("exponential", 2)),
    (("gamma", 30, 10), ("normal", 3, 0.5)), (("chi2", 4), ("exponential", 0.3)),
    (("shifted", ("exponential", 1), 0.5), ("exponential", 1)),
    (("scaled", ("laplace", 0, 1), 3), ("laplace", 1, 1)),
    (("scaled", ("exponential", 1), -1), ("exponential", 1)),
    (("mixture", (0.3, ("normal", -2, 1)), (0.7, ("normal", 2, 0.5))), ("normal", 0, 2)),
    (("mixture", (1, N01), (1e-12, ("normal", 30, 0.1))), N01),
    (("mixture", (1, ("uniform", 0, 1)), (1, ("uniform", 2, 3))), ("uniform", 0, 3)),
    (("mixture", (0.5, ("exponential", 1)), (0.5, ("exponential", 9))), ("exponential", 2)),
    (("mixture", (1, N01), (1, ("laplace", 3, 1))), ("logistic", 1, 1)),
]  # fmt: skip

QUANTILES: list[tuple[Spec, Spec]] = [
    (a, b)
    for row in (
        [("laplace", 0, 1), ("logistic", 0.5, 0.6), ("gumbel", 0, 1), ("uniform", -1, 2),
         ("exponential", 1), ("shifted", ("exponential", 3), -1), ("laplace", 1, 0.5)],
        [("exponential", 1), ("weibull", 0.7, 1), ("weibull", 3, 2), ("rayleigh", 0.7),
         ("uniform", 0, 1), ("pareto", 9, 0.5), ("exponential", 0.01), ("logistic", 50, 1)],
        [("gumbel", 0, 1), ("gumbel", 3, 2), ("gumbel", 1e-9, 1), ("logistic", 0, 1),
         ("logistic", 0, 1 + 1e-9), ("uniform", 100, 101)],
    )
    for a, b in combinations(row, 2)
]  # fmt: skip

BLURRED: list[tuple[Spec, Spec]] = [
    (a, b)
    for row in (
        [N01, ("normal", 2, 0.5), ("laplace", 0, 1), ("cauchy", 0, 1), ("logistic", 0.5, 0.6),
         ("uniform", -1, 2), ("exponential", 1), ("normal", 1e-10, 1)],
        [("gamma", 2, 1), ("gamma", 0.5, 1), ("exponential", 0.5), ("uniform", 0, 1),
         ("normal", 5, 0.1), ("cauchy", 3, 0.01)],
    )
    for a, b in combinations(row, 2)
]  # fmt: skip
