"""Pairs worth looking at, each as the text that a visitor could have typed."""

from typing import NamedTuple

from divviz.scene import DEFAULT, DEFAULT_SHOW, DEFAULTS, Scene, parse


class Preset(NamedTuple):
    """The spellings of P and Q, the number to look at, and a unit where the pair asks for one."""

    p: str
    q: str
    show: str = DEFAULT_SHOW
    unit: str | None = None

    def scene(self, unit: str) -> Scene:
        """The scene of this preset, in ``unit`` unless the preset names its own."""
        return Scene(parse(self.p), parse(self.q), self.unit or unit, self.show)


# Share of the probes that found a worm with 0, 1, ... 10 teeth; the mean is 5.44.
_TEETH = "pmf(0.02,0.03,0.05,0.14,0.16,0.15,0.12,0.08,0.1,0.08,0.07)"
_EVEN = "pmf(A:0.5,B:0.5)"
_LOPSIDED = "pmf(A:0.99,B:0.01)"
_OUTSIDER_WON = "pmf(A:0,B:1)"

PRESETS: dict[str, Preset] = {
    "identical": Preset("normal(0,1)", "normal(0,1)"),
    "shifted": Preset("normal(-1,1)", "normal(1,1)", "w1"),
    "narrow_wide": Preset("normal(0,0.5)", "normal(0,2)"),
    "two_modes_one": Preset(str(DEFAULT.p), str(DEFAULT.q)),
    "one_zero": Preset("pmf(0.1,0.3,0.4,0.2)", "pmf(0.2,0.4,0,0.4)"),
    "disjoint": Preset("uniform(-3,-1)", "uniform(1,3)", "js"),
    "heavy_tail": Preset("cauchy(0,1)", "normal(0,1.5)"),
    "loaded_die": Preset(str(DEFAULTS["discrete"].p), str(DEFAULTS["discrete"].q)),
    "one_hot_softmax": Preset(
        "pmf(cat:0,dog:1,bird:0,fish:0)",
        "pmf(cat:0.2,dog:0.7,bird:0.06,fish:0.04)",
        "cross_entropy_pq",
    ),
    # H(P) is 1 bit beside H(Q) = 0.0808 bits
    "final_even": Preset(_EVEN, _LOPSIDED, "entropy_p", "bits"),
    # H(P) is 0.0808 bits; H(Q,P) is what the outsider's victory tells: 6.64 bits
    "final_lopsided": Preset(_LOPSIDED, _OUTSIDER_WON, "entropy_p", "bits"),
    "worms_binomial": Preset(_TEETH, "binomial(10,0.544)"),
    "worms_uniform": Preset(_TEETH, "discrete_uniform(0,10)"),
}
