"""What the Share dialog asks of the server: a link of a fitting length, and a QR code."""

from typing import Any

from divviz import state
from divviz.dist import SceneError
from divviz.measures import MEASURES
from divviz.readers import text, whole
from divviz.scene import Scene, read_link
from divviz.shortlink import Change, Cut, Short, shortened
from divviz.web import prose, qr
from divviz.web import text as words
from divviz.web.spelling import number
from divviz.web.wishes import Asked, Wish

BOTH_WAYS = ("kl_pq", "kl_qp")
MOST_DIGITS = 13


def short_link(asked: Asked, most: int) -> dict[str, Any]:
    """The state in so many characters, with a sentence for each thing that is left out.

    Beside it what a dialog needs to know of the page: the measures to predict and its titles.
    """
    found = shortened(asked.scene, asked.link, most, lambda link: _read(asked, link))
    return {
        "link": found.link,
        "data": found.data,
        "cuts": [_cut(one, asked) for one in found.cuts],
        "change": _changed(found, asked),
        "predict": BOTH_WAYS if asked.scene.key in BOTH_WAYS else (asked.scene.key,),
        "titles": titles(asked.page),
    }


def _read(asked: Asked, link: str) -> tuple[Scene, list[SceneError]]:
    if asked.state is None:
        return read_link(link)
    found, errors = state.read_link(asked.state.topic, link)
    return found.scene, errors


def _cut(cut: Cut, asked: Asked) -> str:
    fields = dict(cut.fields)
    if cut.code == "knobs":
        fields["names"] = asked.t("share.between").join(fields["names"])
    return asked.t(f"share.cut_{cut.code}", **fields)


def _changed(found: Short, asked: Asked) -> str:
    if not found.cuts:
        return ""
    if found.change is None:
        return asked.t("share.same")
    symbol = MEASURES[found.change.key].symbol
    before, after = _apart(found.change)
    return asked.t("share.change", symbol=symbol, before=before, after=after)


def _apart(change: Change) -> tuple[str, str]:
    """Both values with as many digits as it takes to tell them apart."""
    both = change.before, change.after
    spelled = ((number(both[0], n), number(both[1], n)) for n in range(4, MOST_DIGITS))
    return next((pair for pair in spelled if pair[0] != pair[1]), (repr(both[0]), repr(both[1])))


def titles(page: str) -> dict[str, str]:
    """What a page is called, by language, with the name of the program."""
    stem = next(stem for stem in prose.stems() if prose.name(stem) == page)
    return {lang: _titled(prose.title(stem, lang), words.of(lang)) for lang in words.LANGUAGES}


def _titled(title: str, t: words.Translate) -> str:
    return title if t("frame.title") in title else t("share.title", title=title)


def qr_code(_: Asked, link: str) -> dict[str, Any]:
    """The QR code of an address."""
    return qr.code(link)._asdict()


WISHES: dict[str, Wish] = {
    "short": Wish((whole,), short_link),
    "qr": Wish((text,), qr_code),
}
