"""The button that clears what a browser keeps for this site."""

from typing import Any

import streamlit as st

from divviz.web import component
from divviz.web.text import Translate

WORDS = ("clear", "none", "pages", "theme")

_css, _js = component.stub("forget.js", ["stage.css", "lesson.css"])
_component = st.components.v2.component("divviz_forget", css=_css, js=_js, isolate_styles=False)


def show(lang: str, t: Translate) -> None:
    """Show the button; what it says stands in the page's own words."""
    words: dict[str, Any] = {name: t(name) for name in WORDS}
    _component(key="forget", data={"lang": lang, "words": words})
