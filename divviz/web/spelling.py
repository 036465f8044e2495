"""Numbers, shares and amounts as a visitor reads them, in the reader's language."""

import math
import re
from collections.abc import Mapping

from divviz.errors import clipped
from divviz.measures import MEASURES
from divviz.web.text import Translate

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# The letters that stand for a measure's parameters in formulas.
LETTERS = {"alpha": "α", "p": "p", "sigma": "σ", "weight": "w"}


def number(value: float, digits: int = 4) -> str:
    """Spell a number for reading, with so many significant digits.

    >>> number(1.30042), number(-0.00004), number(float("inf")), number(-0.0)
    ('1.300', '−4.0×10⁻⁵', '∞', '0')
    """
    if math.isnan(value):
        return "–"
    sign = "−" if value < 0 else ""
    size = abs(value)
    if math.isinf(size):
        return f"{sign}∞"
    if size == 0:
        return "0"
    power = int(f"{size:.{digits - 1}e}".partition("e")[2])
    if -4 <= power < max(6, digits):
        return f"{sign}{size:.{max(0, digits - 1 - power)}f}"
    # What is next to nothing needs no more than its size.
    places = digits - 1 if power > 0 else max(1, digits // 2 - 1)
    mantissa, _, exponent = f"{size:.{places}e}".partition("e")
    return f"{sign}{mantissa}×10{superscript(int(exponent))}"


def superscript(power: int) -> str:
    """Spell a whole number as an exponent."""
    return str(power).translate(SUPERSCRIPTS)


def short(value: float) -> str:
    """Spell a number with three digits and no zeros at the end: a place, a share."""
    return trimmed(number(value, 3))


def order(value: float) -> str:
    """Spell a parameter of a measure, which is read back as it was given, to six digits.

    >>> order(0.5), order(float("inf")), order(1e-5), order(-2.0)
    ('0.5', '∞', '1×10⁻⁵', '−2')
    """
    mantissa, cross, power = number(value, 6).partition("×")
    return trimmed(mantissa) + cross + power


def trimmed(spelled: str) -> str:
    """Take the zeros at the end away from a number with a decimal point."""
    return spelled.rstrip("0").rstrip(".") if re.fullmatch(r"−?\d+\.\d+", spelled) else spelled


def cut_to(name: str, most: int) -> str:
    """Spell a name with so many letters at most, and … where it was cut."""
    return name if len(name) <= most else name[: most - 1] + "…"


def with_unit(value: float, unit: str, t: Translate) -> str:
    """Spell a number with its unit, a key of UNITS, "x" or "root_x"; "number" has no unit."""
    if unit == "number":
        return number(value)
    return t("unit.with", value=number(value), unit=t(f"unit.{unit}"))


def amount(value: float, key: str, unit: str, t: Translate) -> str:
    """Spell a value of a measure of MEASURES with its unit, where `unit` is that of information."""
    own = MEASURES[key].unit
    if own == "root":
        return number(value)
    return with_unit(value, unit if own == "information" else own, t)


def percent(share: float, t: Translate) -> str:
    """Spell a share of 1 so that only the whole is "all" and only nothing rounds to less."""
    if share >= 1 - 1e-9:
        return t("words.all")
    if share > 0.99:
        return t("words.almost_all")
    if share < 0.01:
        return t("words.almost_none")
    return t("words.percent", n=round(100 * share))


def said(t: Translate, key: str, fields: Mapping[str, object]) -> str:
    """A sentence of the core, with whatever a visitor sent cut short."""
    return tidy(t(key, **{name: clipped(value) for name, value in fields.items()}))


def tidy(text: str) -> str:
    """Chinese sets a space between its own words and others, but none beside its own or marks."""
    text = re.sub(
        r" (?=[，。；：、）（])|(?<=[，。；：、（）]) |(?<=[一-鿿]) (?=[一-鿿])", "", text
    )
    return re.sub(r"  +", " ", text).strip()
