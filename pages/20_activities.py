"""Activities: those that there are, and a place to write one and to see it at once."""

from html import escape
from urllib.parse import urljoin

import streamlit as st
from streamlit.components import v1

from divviz.activity import LONGEST, said
from divviz.web import activities, assets, authoring, prose

STEM = "20_activities"
TEXT, FROM = "activity_text", "activity_from"
HEIGHT = 760  # pixels of the preview


def listed(lang: str) -> None:
    """Each activity of the folder: its title, a link to it, and what it asks."""
    st.html(f"<style>{assets.text('stage.css')}</style>")  # of the page around, as on the others
    t = prose.translator(STEM, lang)
    rows = []
    for name in activities.files():
        found, errors = activities.read(name)
        if found is None:
            rows.append(f"- `{name}`: {_plain(activities.explained(errors[0], t))}")
            continue
        title, question = _plain(said(found.title, lang)), _plain(said(found.question, lang))
        rows.append(f"- **[{title}]({_address(name, lang)})**  \n  {question}")
    st.markdown("\n".join(rows))


def _plain(words: str) -> str:
    """Words without the marks of Markdown that they may hold, as one line."""
    bare = " ".join(words.split()).replace("**", "")
    return "".join(f"\\{char}" if char in "\\`*_[]{}<>#|~$:" else char for char in bare)


def _address(link: str, lang: str = "", *, embedded: bool = False) -> str:
    """The address of an activity, from the root of the site on."""
    parts = [f"activity={link}", f"lang={lang}" if lang else "", "embed=true" if embedded else ""]
    return urljoin(st.context.url or "", "./?" + "&".join(filter(None, parts)))


def editor(lang: str) -> None:
    """A text to write in; below it what is wrong, or the activity itself with its link."""
    t = prose.translator(STEM, lang)
    st.session_state.setdefault(TEXT, t("example").replace("\\n", "\n"))
    names = {name: _title(name, lang) for name in activities.files()}
    st.selectbox(
        t("from"), list(names), index=None, format_func=names.__getitem__, key=FROM,
        placeholder=t("from_none"), on_change=_begin,
    )  # fmt: skip
    st.text_area(
        t("text"), height=380, key=TEXT, max_chars=LONGEST, help=t("text_help"), on_change=_opened
    )
    verdict = authoring.judged(st.session_state[TEXT], lang, t)
    if verdict.problems:
        st.error("\n".join(f"- {_plain(each)}" for each in verdict.problems))
        return
    for each in verdict.warnings:
        st.warning(_plain(each))
    st.markdown(f"**{t('link')}**")
    st.code(_address(verdict.link), language=None, wrap_lines=True)
    st.markdown(f"**{t('snippet')}**")
    st.code(_snippet(verdict.link), language="html", wrap_lines=True)
    st.markdown(f"**{t('preview')}**")
    _frame(_address(verdict.link, lang, embedded=True))


def _title(name: str, lang: str) -> str:
    found, _ = activities.read(name)
    return said(found.title, lang) if found else name


def _begin() -> None:
    """Put the chosen activity's own text where it can be changed."""
    name = st.session_state.get(FROM)
    if name in activities.files():
        st.session_state[TEXT] = activities.source_of(name)


def _opened() -> None:
    """Where the text is an activity's address, put what it holds in its place."""
    st.session_state[TEXT] = authoring.source_in(st.session_state[TEXT])


def _snippet(link: str) -> str:
    address = escape(_address(link, embedded=True))
    return (
        f'<iframe src="{address}" title="DivViz" width="100%" height="{HEIGHT}" '
        'style="border: 0" loading="lazy"></iframe>'
    )


def _frame(address: str) -> None:
    if hasattr(st, "iframe"):
        st.iframe(address, height=HEIGHT)
    else:  # before Streamlit 1.63
        v1.iframe(address, height=HEIGHT, scrolling=True)


DEMOS = {"list": listed, "editor": editor}
