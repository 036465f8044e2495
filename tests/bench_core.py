"""What the numbers themselves cost: each beside the bare NumPy expression and the named libraries.

Everything in a row is timed in turn, in short batches, over and over: what slows the machine down
for a while slows them all, and the best of many batches is what the work takes.
"""

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any

import live
import numpy as np
from bench_drags import beside

from divviz import evaluate, measure, parse, pmf, samples
from divviz.dist import Dist
from divviz.measures import FIRST, values
from divviz.pair import Pair

Work = Callable[[], Any]
Table = list[list[str]]
MILLION = 10**6
BINS = 64
ROUNDS = 9
BATCH = 0.002  # seconds; work that takes longer is done once at a time
ROUND = 0.15  # seconds for each work in a round, and once at least

FIRST_PMFS, FIRST_DENSITIES = 150, 1000  # microseconds
LIBRARIES = 5  # times as fast as each
BARE = 1  # of the time of the bare NumPy expression
SORTS = {"w1": 0.6, "samples": 1.2}  # of the time of two np.sort
IMPORT = 0.15  # seconds beyond NumPy
IMPORTED = {
    "import divviz": IMPORT,
    "from divviz import parse, evaluate, measure": None,
}


# ------------------------------------------------------------------ the clock


@dataclass(frozen=True)
class Timed:
    """Seconds that one call took: in the best batch and in the middle one."""

    best: float
    median: float


def timed(works: Mapping[str, Work]) -> dict[str, Timed]:
    """Each of `works` by name, all in turn, so that they share the machine's moods."""
    counts = {name: _count(work) for name, work in works.items()}
    found: dict[str, list[float]] = {name: [] for name in works}
    collecting = gc.isenabled()
    gc.disable()
    try:
        for _ in range(ROUNDS):
            for name, work in works.items():
                calls, batches = counts[name]
                found[name] += [_batch(work, calls) for _ in range(batches)]
    finally:
        if collecting:
            gc.enable()
    return {name: Timed(min(times), median(times)) for name, times in found.items()}


def _count(work: Work) -> tuple[int, int]:
    """How many calls make a batch, and how many batches a round; the first call warms up."""
    work()
    once = max(_batch(work, 1), 1e-7)
    calls = max(1, round(BATCH / once))
    return calls, max(1, round(ROUND / (calls * once)))


def _batch(work: Work, calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        work()
    return (perf_counter() - start) / calls


# ------------------------------------------------------------------ what a page shows


def pairs() -> dict[str, tuple[tuple[Dist, Dist], float | None]]:
    """Two distributions by their title, with the target for what is shown at first in us."""
    p, q = weights(BINS)
    scenes: dict[str, tuple[str, str, float | None]] = {
        "two normals": ("normal(0,1)", "normal(1,1.5)", FIRST_DENSITIES),
        "a mixture of two normals, a normal": (
            "mixture(0.4*normal(-2,1)+0.6*normal(2,0.5))",
            "normal(0,2)",
            FIRST_DENSITIES,
        ),
        "two gammas": ("gamma(2,1)", "gamma(3,1.5)", None),
        "two betas": ("beta(2,3)", "beta(4,2)", None),
        "two Student t": ("student_t(5,0,1)", "student_t(3,1,1)", None),
        "two lognormals": ("lognormal(0,1)", "lognormal(0.5,0.8)", None),
        "geometric(0.001), geometric(0.002)": ("geometric(0.001)", "geometric(0.002)", None),
    }
    found = {f"two pmfs of {BINS} bins": ((pmf(p), pmf(q)), float(FIRST_PMFS))}
    return found | {
        title: ((parse(one), parse(other)), target)
        for title, (one, other, target) in scenes.items()
    }


def weights(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Two vectors of masses (n,), all positive, that sum to 1."""
    random = np.random.default_rng(20)
    p, q = random.random(n) + 1e-3, random.random(n) + 1e-3
    return p / p.sum(), q / q.sum()


def shown(p: Dist, q: Dist) -> dict[str, float | None]:
    """What a page shows at first, computed from nothing but the two distributions."""
    return values(Pair(p, q), keys=FIRST)


def first() -> Table:
    """The numbers that a page shows at first, and all that need no parameter."""
    table = [["", f"best of first {len(FIRST)}", "median", "best of all", "median"]]
    for title, ((p, q), target) in pairs().items():
        table.append(first_row(title, lambda p=p, q=q: (p, q), target))
        if title.startswith("two pmfs"):
            p, q = weights(BINS)
            table.append(
                first_row("the same, made afresh", lambda p=p, q=q: (pmf(p), pmf(q)), target)
            )
    return table


def first_row(title: str, made: Callable[[], tuple[Dist, Dist]], target: float | None) -> list[str]:
    """Microseconds for a pair that `made` gives."""
    found = timed({"first": lambda: shown(*made()), "all": lambda: evaluate(*made())})
    one, every = found["first"], found["all"]
    figures = [beside(1e6 * one.best, target), beside(1e6 * one.median)]
    return [title, *figures, beside(1e6 * every.best), beside(1e6 * every.median)]


# ------------------------------------------------------------------ a million outcomes


@dataclass(frozen=True)
class Row:
    """One number in several ways, each a call without arguments that returns it.

    `bare` is the NumPy expression, or two sorts (which return None); `most` the share of its time
    that is the target. `fresh` starts from arrays, `ready` from distributions made beforehand.
    """

    title: str
    ready: Work | None
    fresh: Work
    bare: Work
    most: float
    libraries: Mapping[str, Work] = field(default_factory=dict)


def million(n: int = MILLION) -> Iterator[Row]:
    """The rows for `n` outcomes, or for two samples of `n` values."""
    import ot
    from scipy.spatial.distance import jensenshannon
    from scipy.stats import entropy, wasserstein_distance

    p, q = weights(n)
    ready = pmf(p), pmf(q)

    def two(key: str) -> tuple[Work, Work]:
        return lambda: measure(key, *ready), lambda: measure(key, pmf(p), pmf(q))

    def bare_js() -> float:
        m = 0.5 * (p + q)
        return float(0.5 * (p * np.log(p / m)).sum() + 0.5 * (q * np.log(q / m)).sum())

    yield Row(
        "entropy",
        lambda: measure("entropy_p", ready[0]),
        lambda: measure("entropy_p", pmf(p)),
        lambda: -(p * np.log(p)).sum(),
        BARE,
        {"SciPy": lambda: entropy(p)},
    )
    yield Row(
        "KL",
        *two("kl_pq"),
        lambda: (p * np.log(p / q)).sum(),
        BARE,
        {"SciPy": lambda: entropy(p, q)},
    )
    yield Row("JS", *two("js"), bare_js, BARE, {"SciPy": lambda: jensenshannon(p, q) ** 2})

    random = np.random.default_rng(21)
    x, y = random.normal(size=n), random.normal(1, 2, size=n)
    whole, unequal = np.arange(float(n)), np.sort(random.normal(size=n))
    placed = pmf(p, unequal), pmf(q, unequal)

    def sorts() -> None:
        np.sort(x)
        np.sort(y)

    yield Row(
        "W1 on 0, 1, ...",
        *two("w1"),
        sorts,
        SORTS["w1"],
        {
            "SciPy": lambda: wasserstein_distance(whole, whole, p, q),
            "POT": lambda: ot.wasserstein_1d(whole, whole, p, q),
        },
    )
    yield Row(
        "W1 on unequal steps",
        lambda: measure("w1", *placed),
        lambda: measure("w1", pmf(p, unequal), pmf(q, unequal)),
        sorts,
        SORTS["w1"],
        {
            "SciPy": lambda: wasserstein_distance(unequal, unequal, p, q),
            "POT": lambda: ot.wasserstein_1d(unequal, unequal, p, q),
        },
    )
    yield Row(
        "W1 of two samples",
        None,
        lambda: measure("w1", samples(x), samples(y)),
        sorts,
        SORTS["samples"],
        {
            "SciPy": lambda: wasserstein_distance(x, y),
            "POT": lambda: ot.wasserstein_1d(x, y),
        },
    )


HEAD = ["", "best", "median", "of NumPy's", "NumPy", "afresh"]
HEAD += ["SciPy", "times as fast", "POT", "times as fast"]


def many(n: int = MILLION) -> Table:
    """A row for each number of long lists."""
    return [HEAD, *map(many_row, million(n))]


def many_row(row: Row) -> list[str]:
    """Milliseconds, the share of the bare expression's time, and how far ahead of the libraries."""
    works = {"fresh": row.fresh, "bare": row.bare, **row.libraries}
    if row.ready is not None:
        works["ready"] = row.ready
    found = timed(works)
    ours = found["ready" if row.ready is not None else "fresh"]
    cells = [
        row.title,
        beside(1e3 * ours.best, digits=1),
        beside(1e3 * ours.median, digits=1),
        beside(ours.best / found["bare"].best, row.most, 2),
        beside(1e3 * found["bare"].best, digits=1),
        beside(1e3 * found["fresh"].best, digits=1),
    ]
    for name in row.libraries:
        other = found[name].best
        cells += [beside(1e3 * other), beside(other / ours.best, LIBRARIES)]
    return cells


# ------------------------------------------------------------------ the import


def imports() -> Table:
    """Seconds from after `import numpy` to after ours, each in a process of its own."""
    table = [["in a new process, beyond NumPy", "best s", "median s"]]
    times: dict[str, list[float]] = {code: [] for code in IMPORTED}
    for _ in range(ROUNDS):
        for code in IMPORTED:
            times[code].append(beyond_numpy(code))
    return table + [
        [code, beside(min(times[code]), target, 3), beside(median(times[code]), digits=3)]
        for code, target in IMPORTED.items()
    ]


def beyond_numpy(code: str) -> float:
    """Seconds that `code` takes in a new process that has NumPy."""
    program = f"import numpy, time\ns = time.perf_counter()\n{code}\nprint(time.perf_counter() - s)"
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, cwd=live.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return float(run.stdout)


# ------------------------------------------------------------------ all of it


def tables() -> Iterator[tuple[str, Table]]:
    """Each table with its heading, made when it is asked for."""
    yield "The numbers of a page, microseconds", first()
    yield f"{MILLION:,} outcomes, milliseconds; NumPy's is the bare sum, of W1 two sorts", many()
    yield f"The import, best of {ROUNDS}", imports()
