"""What is said of entropy, KL and JS is true: the claims are computed another way."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from cases import each
from claims import EN, NUMBER, PAIRS, SHARE, holds, read, stretches, weights
from hypothesis import given, settings
from pairs import pair_of
from scipy.integrate import quad

from divviz.families import drawn, make, pmf
from divviz.measures import UNITS, values
from divviz.measures import value as measured
from divviz.pair import Pair
from divviz.web import words

# ---- KL ----


def kl_claims(said: str) -> dict[str, str]:
    """What a sentence about a finite KL claims, by name."""
    plain = re.search(rf"; {SHARE} of it comes from (.+)\.$", said)
    if plain:
        return {"share": plain[1], "where": plain[2]}
    signed = re.search(
        rf"terms add {NUMBER}, {SHARE} of that from (.+); where [PQ] is larger they take back "
        rf"{NUMBER}\.$",
        said,
    )
    assert signed, said
    return dict(zip(("gain", "share", "where", "loss"), signed.groups(), strict=True))


def check_discrete(pair: Pair, key: str, unit: str) -> None:
    said = words.sentence(pair, key, unit, EN)
    value = values(pair, unit)[key]
    if math.isinf(value):
        assert " is infinite: " in said
        return
    p, q = (pair.p, pair.q) if key == "kl_pq" else (pair.q, pair.p)
    parts = np.array(
        [a * math.log(a / b) * UNITS[unit] if a else 0.0 for a, b in zip(p, q, strict=True)]
    )
    gain, loss = parts[parts > 0].sum(), -parts[parts < 0].sum()
    if value == 0:
        assert "0: P and Q are the same" in said or "hardly differ" in said
        return
    if "almost all of that is taken back" in said:
        assert loss > 0.99 * gain
        return
    claims = kl_claims(said)
    if "gain" in claims:
        assert read(claims["gain"]) == pytest.approx(gain, rel=6e-4, abs=1e-9)
        assert read(claims["loss"]) == pytest.approx(loss, rel=6e-4 if loss > 1e-4 else 0.06)
    else:
        assert loss <= 1e-3 * value
    names = list(pair.labels or (f"{x:.12g}".replace("-", "−") for x in pair.x))
    where, _, bare = claims["where"].partition(", where ")
    together = re.fullmatch(r"(\d+) outcomes together", where)
    if together:
        top = np.sort(parts)[::-1][: int(together[1])].sum() / gain
        assert holds(claims["share"], top)
        return
    ends = re.fullmatch(r"outcomes (\S+) to (\S+)", where)
    if ends:
        chosen = list(range(names.index(ends[1]), names.index(ends[2]) + 1))
    else:
        listed = re.sub(r"^outcomes? ", "", where)
        chosen = [names.index(name) for name in re.split(r", | and ", listed)]
    assert holds(claims["share"], parts[chosen].sum() / gain), said
    if bare:
        assert all(q[i] <= 0.01 and q[i] <= p[i] / 20 for i in chosen)


@each("key", ["kl_pq", "kl_qp"])
@each(("p", "q"), [pair for pair in PAIRS if pair_of(*pair).discrete])
def test_kl_of_outcomes_comes_from_where_the_sentence_says(p: str, q: str, key: str) -> None:
    check_discrete(pair_of(p, q), key, "bits")


@settings(max_examples=2 * settings.default.max_examples, deadline=None)
@given(weights, weights)
def test_kl_of_any_outcomes_comes_from_where_the_sentence_says(
    p: list[float], q: list[float]
) -> None:
    pair = Pair(pmf(p), pmf(q))
    check_discrete(pair, "kl_pq", "nats")
    check_discrete(pair, "kl_qp", "nats")


SMOOTH = [
    ("normal(0,1)", "normal(2,1)"),
    ("normal(0,0.05)", "normal(0.05,0.1)"),
    ("normal(0,2)", "normal(0,1)"),
    ("normal(1000000,0.5)", "normal(1000001,1)"),
    ("laplace(0,1)", "normal(0.5,2)"),
    ("uniform(-1,1)", "normal(0,1)"),
    ("uniform(0,1)", "uniform(0,1.5)"),
    ("beta(2,2)", "beta(2,3)"),
    ("cauchy(0,1)", "cauchy(2,1)"),
    ("exponential(1)", "gamma(2,1)"),
    ("mixture(0.5*normal(-2,0.7)+0.5*normal(2,0.7))", "normal(1.5,1)"),
    ("normal(1.5,1)", "mixture(0.5*normal(-2,0.7)+0.5*normal(2,0.7))"),
]


@pytest.mark.parametrize(("p", "q"), SMOOTH)
def test_kl_of_densities_comes_from_where_the_sentence_says(p: str, q: str) -> None:
    pair = pair_of(p, q)
    claims = kl_claims(words.sentence(pair, "kl_pq", "nats", EN))

    def gain(x: float) -> float:
        a, b = float(pair.P.log_density(x)), float(pair.Q.log_density(x))
        return math.exp(a) * (a - b) if a > b else 0.0

    centre = float(pair.P.quantile(0.5))
    reach = float(pair.P.quantile(0.75)) - centre
    span = (centre - 4000 * reach, centre + 4000 * reach) if "cauchy" in p else (
        centre - 30 * reach, centre + 30 * reach
    )  # fmt: skip

    def area(low: float, high: float) -> float:
        low, high = max(low, span[0]), min(high, span[1])
        marks = np.unique(np.concatenate([[low, high], np.linspace(*span, 400)]))
        marks = marks[(marks >= low) & (marks <= high)]
        return sum(quad(gain, a, b, limit=40)[0] for a, b in pairwise(marks))

    whole = area(*span)
    named = sum(area(low, high) for low, high in stretches(claims["where"]))
    # The ends are rounded to three digits.
    share = claims["share"]
    assert holds(share, named / whole) or (share == "all" and named / whole > 0.9999)
    if "gain" in claims:
        assert read(claims["gain"]) == pytest.approx(whole, rel=2e-3)
        kl = values(pair)["kl_pq"]
        assert read(claims["gain"]) - read(claims["loss"]) == pytest.approx(kl, rel=2e-3)


def test_many_stretches_are_counted_and_not_listed() -> None:
    comb = drawn(0, 64, [1000 if i % 2 else 100 for i in range(64)])
    said = words.sentence(Pair(comb, make("uniform", 0, 64)), "kl_pq", "nats", EN)
    assert re.search(r"from \d+ separate stretches of x", said), said


def test_almost_equal_pairs_are_not_said_to_gain_from_anywhere() -> None:
    said = words.sentence(pair_of("normal(0,1)", "normal(0.0001,1)"), "kl_pq", "nats", EN)
    assert "is only 5.0×10⁻⁹ nats" in said and "almost all of that is taken back" in said


# ---- entropies, JS and Jeffreys ----


@each(("p", "q"), PAIRS)
def test_entropy_is_that_of_as_many_outcomes_or_of_that_width(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key in ("entropy_p", "entropy_q"):
        nats, said = values(pair)[key], words.sentence(pair, key, "bits", EN)
        found = re.search(rf"(?:fair choice among|width of(?: only)?) {NUMBER}[ .]", said)
        if pair.discrete and nats == 0:
            mass = pair.p if key == "entropy_p" else pair.q
            assert mass.max() == 1.0 and "always gives outcome" in said
        else:
            assert found and read(found[1]) == pytest.approx(math.exp(nats), rel=6e-3)
        assert ("may be negative" in said) == (nats < 0)


@each(("p", "q"), PAIRS)
def test_cross_entropy_is_the_sum_that_the_sentence_gives(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key in ("cross_entropy_pq", "cross_entropy_qp"):
        value, said = values(pair, "bits")[key], words.sentence(pair, key, "bits", EN)
        if math.isinf(value):
            assert " is infinite: " in said
            continue
        found = re.search(rf"H\([PQ]\) = {NUMBER} .*KL\([PQ]‖[PQ]\) = {NUMBER} ", said)
        if found:
            parts = [read(part) for part in found.groups()]
            assert sum(parts) == pytest.approx(value, abs=1e-3 * max(map(abs, parts)))
        else:
            assert "all of it H(" in said and np.array_equal(pair.p, pair.q)


@each(("p", "q"), PAIRS)
def test_js_is_that_share_of_its_maximum(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key, power in (("js", 1.0), ("js_distance", 0.5)):
        value, said = values(pair)[key], words.sentence(pair, key, "nats", EN)
        share = re.search(rf", {SHARE} of its maximum", said)
        if share:
            assert holds(share[1], value / math.log(2) ** power)
        elif "at its maximum" in said:
            assert not np.any((pair.p > 0) & (pair.q > 0))
        else:
            assert value == 0


def test_far_apart_is_not_yet_disjoint() -> None:
    said = words.sentence(pair_of("normal(0,1)", "normal(90,1)"), "js", "bits", EN)
    assert "more than 99 % of its maximum" in said


def test_jeffreys_is_said_as_the_sum_of_both_directions() -> None:
    said = words.sentence(pair_of("normal(0,1)", "normal(1,2)"), "jeffreys", "nats", EN)
    found = re.search(rf"{NUMBER} nats: {NUMBER} from KL\(P‖Q\) and {NUMBER} from KL\(Q‖P\)", said)
    assert found
    whole, pq, qp = map(read, found.groups())
    # log 2 + (1 + 1)/8 - 1/2 and -log 2 + (4 + 1)/2 - 1/2
    assert (pq, qp) == pytest.approx((math.log(2) - 0.25, 2 - math.log(2)), rel=1e-3)
    assert pq + qp == pytest.approx(whole, rel=1e-3)


def test_js_with_a_weight_has_the_entropy_of_the_weights_as_its_maximum() -> None:
    most = -0.2 * math.log2(0.2) - 0.8 * math.log2(0.8)
    pair = pair_of("normal(0,1)", "normal(2,1)")
    said = words.sentence(pair, "js", "bits", EN, weight=0.2)
    value = measured(pair, "js", "bits", weight=0.2)
    share = re.search(
        rf"^JS\(P,Q\) at w = 0\.2 is .*, {SHARE} of its maximum {words.number(most)} bits", said
    )
    assert share and value is not None and holds(share[1], value / most)
    apart = words.sentence(pair_of("uniform(0,1)", "uniform(2,3)"), "js", "bits", EN, weight=0.2)
    assert f"at its maximum {words.number(most)} bits" in apart
    assert words.sentence(pair, "js", "bits", EN, weight=0.5) == words.sentence(
        pair, "js", "bits", EN
    )
