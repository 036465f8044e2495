"""The script that each visitor runs: language, navigation, and the chrome around a lesson."""

import sys
from functools import partial
from pathlib import Path

import streamlit as st

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:  # `streamlit run divviz/web/frame.py` puts this folder there, not the root
    sys.path.insert(0, ROOT)

from divviz.web import lesson, text  # noqa: E402

ICON = Path(__file__).with_name("icon.svg")


def language() -> str:
    """Return the language of this run: the link's, else the browser's."""
    return text.pick(st.query_params.get("lang"), st.context.locale)


def switch_language() -> None:
    """Put the chosen language into the address, where a shared link carries it."""
    chosen = st.session_state.get("lang")
    if chosen in text.LANGUAGES:
        st.query_params["lang"] = chosen


def head(stem: str, lang: str) -> None:
    """Show the title of the page and the switch of language."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.markdown(f"# {lesson.title(stem, lang)}", width="content")
        st.segmented_control(
            "Language · 语言",
            list(text.LANGUAGES),
            default=lang,
            format_func=text.LANGUAGES.__getitem__,
            key="lang",
            on_change=switch_language,
            label_visibility="collapsed",
            width="content",
        )


def show(stem: str, lang: str) -> None:
    """Show one page; when it is embedded, without the chrome around it."""
    if not st.context.is_embedded:
        head(stem, lang)
    lesson.show(stem, lang)


def main() -> None:
    """Run the page that the address names, in its path or as `?page=`."""
    lang = language()
    st.set_page_config(page_title=text.of(lang)("frame.title"), page_icon=ICON, layout="wide")
    stems = lesson.stems()
    pages = {
        lesson.name(stem): st.Page(
            partial(show, stem, lang),
            title=lesson.title(stem, lang),
            url_path=lesson.name(stem),
            default=stem == stems[0],
        )
        for stem in stems
    }
    chosen = st.navigation(list(pages.values()), position="hidden" if len(pages) == 1 else "top")
    pages.get(st.query_params.get("page", ""), chosen).run()


main()
