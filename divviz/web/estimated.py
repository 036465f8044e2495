"""What is said of sides made of data: which they are, and estimates of entropy and KL."""

from collections.abc import Callable

from divviz import estimates
from divviz.dataset import numbers_of
from divviz.dist import Array, Dist, SceneError
from divviz.empirical import bins
from divviz.estimates import Estimate
from divviz.measures import MEASURES, UNITS
from divviz.scene import SAMPLES, Scene
from divviz.web import words
from divviz.web.text import Translate

RESAMPLES = 200
WORK = 4_000_000  # resampled values an estimate may take: about half a second

KEYS = {one.symbol: key for key, one in MEASURES.items()}  # by which a link hides a row

Row = dict[str, str]


def described(dist: Dist, t: Translate) -> str:
    """Return what a side made of data is, in a clause; "" for any other."""
    values = numbers_of(dist)
    if values is None:
        return ""
    count = len(values)
    if dist.name == "histogram":
        rule, _ = dist.args
        n = len(bins(dist)[1])
        if isinstance(rule, int):
            return t("data.histogram_count", count=count, bins=n)
        return t("data.histogram", count=count, bins=n, rule=t(f"rule.{rule}"))
    if dist.name == "fitted":
        return t("data.fitted", count=count, family=t(f"family.{dist.parts[0].name}"))
    return t("data.samples", count=count)


def rows(scene: Scene, t: Translate) -> list[Row]:
    """Return a row an estimate: of each sample's entropy, and of KL where both are samples."""
    p, q = (numbers_of(d) if d.name == SAMPLES else None for d in (scene.p, scene.q))
    found = []
    for name, values in (("H(P)", p), ("H(Q)", q)):
        if values is not None:
            for kind in ("plug_in_entropy", "miller_madow_entropy", "nearest_entropy"):
                found.append(_row(name, kind, scene.unit, t, values))
    if p is not None and q is not None:
        for name, pair in (("KL(P‖Q)", (p, q)), ("KL(Q‖P)", (q, p))):
            for kind in ("plug_in_kl", "nearest_kl"):
                found.append(_row(name, kind, scene.unit, t, *pair))
    said: set[str] = set()
    for row in found:  # the bias of an estimate is told once
        row["note"] = "" if row["note"] in said else row["note"]
        said.add(row["note"])
    return found


def _row(symbol: str, kind: str, unit: str, t: Translate, *samples: Array) -> Row:
    estimate: Callable[..., Estimate] = getattr(estimates, kind)
    size = sum(map(len, samples))
    row = {
        "symbol": symbol,
        "hides": KEYS[symbol],
        "kind": t(f"estimate.{kind}"),
        "note": t(f"estimate.{kind}_bias"),
    }
    try:
        found = estimate(*samples, resamples=max(20, min(RESAMPLES, WORK // size)))
    except SceneError as error:
        return row | {"value": "–", "interval": "", "note": words.error(error, t)}
    low, high = (words.number(end * UNITS[unit]) for end in (found.low, found.high))
    value = words.with_unit(found.value * UNITS[unit], unit, t)
    scatter = found.low < found.high  # too few values, or an infinite estimate, leave none
    return row | {"value": value, "interval": f"[{low}, {high}]" if scatter else ""}
