"""QR codes, read back by a reader written from the standard."""

import pytest
from qr_reader import QUIET, decoded, symbol

from divviz.dist import SceneError
from divviz.web import qr


def link(length: int) -> str:
    start = "https://example.org/divviz/?p=normal(0,1)&q=pmf(%E7%8C%AB:0.25"
    return (start + "".join(f",{k}" for k in range(length)))[:length]


@pytest.mark.parametrize(("length", "version"), [(60, 4), (150, 8), (300, 13), (2000, 38)])
def test_a_reader_of_the_standard_reads_the_link(length: int, version: int) -> None:
    code = qr.code(link(length))
    assert code.size == 17 + 4 * version + 2 * QUIET
    assert decoded(symbol(code.path, code.size)) == link(length)


def test_the_reader_notices_a_module_that_is_wrong() -> None:
    code = qr.code(link(60))
    modules = symbol(code.path, code.size).copy()
    modules[20, 20] ^= 1
    with pytest.raises(AssertionError):
        decoded(modules)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (link(2001), "too dense"),
        ("http://" + "x" * 10**6, "too dense"),
        ("", "no address"),
        ("javascript:alert(1)", "no address"),
        ("https://example.org/\n", "no address"),
        ("https://example.org/猫", "no address"),
        ("\ud800", "no address"),
    ],
)
def test_what_is_no_link_or_too_long_gets_a_sentence(text: str, told: str) -> None:
    with pytest.raises(SceneError, match=told):
        qr.code(text)
