"""The script that each visitor runs: language, navigation, and the chrome around a lesson."""

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import streamlit as st

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:  # `streamlit run divviz/web/frame.py` puts this folder there, not the root
    sys.path.insert(0, ROOT)

from divviz.web import activities, lesson, prose, text  # noqa: E402

ICON = Path(__file__).with_name("icon.svg")


def language() -> str:
    """Return the language of this run: the link's, else the browser's."""
    return text.pick(st.query_params.get("lang"), st.context.locale)


def switch_language() -> None:
    """Put the chosen language into the address, where a shared link carries it."""
    chosen = st.session_state.get("lang")
    if chosen in text.LANGUAGES:
        st.query_params["lang"] = chosen


def head(stem: str, lang: str, pages: Mapping[str, st.Page]) -> None:
    """Show the title of the page, the way to the others, and the switch of language."""
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        horizontal_alignment="distribute",
        key="head",
    ):
        st.markdown(f"# {prose.title(stem, lang)}", width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            with st.popover(text.of(lang)("frame.lessons"), width="content"):
                for page in pages.values():
                    st.page_link(page, query_params={"lang": lang})
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


def main() -> None:
    """Run the page that the address names, in its path or as `?page=`."""
    lang = language()
    st.set_page_config(page_title=text.of(lang)("frame.title"), page_icon=ICON, layout="wide")
    stems = prose.stems()
    named = asked_for() or stems[0]
    pages = {stem: page_of(stem, lang, default=stem == named) for stem in stems}
    chosen = st.navigation(list(pages.values()), position="hidden")
    stem = next(stem for stem, page in pages.items() if page == chosen)
    if not st.context.is_embedded:
        head(stem, lang, pages)
    chosen.run()


def asked_for() -> str | None:
    """Return the stem of the page that the address is for: its activity's, else the one named."""
    task = lesson.stem_of(activities.page_of(st.query_params) or "")
    if task is not None and (task == lesson.PLAYGROUND or lesson.topic(task) is not None):
        return task
    return lesson.stem_of(st.query_params.get("page", ""))


def page_of(stem: str, lang: str, *, default: bool) -> st.Page:
    """Return a lesson as a page of Streamlit's; the default one stands at the root."""
    title, path = prose.title(stem, lang), prose.name(stem)
    return st.Page(partial(lesson.show, stem, lang), title=title, url_path=path, default=default)


main()
