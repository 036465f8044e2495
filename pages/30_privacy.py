"""Privacy: what is kept, what the server sees, and a button that clears all of it."""

from divviz.web import forgetting, prose

STEM = "30_privacy"


def kept(lang: str) -> None:
    """The button that clears what this browser keeps."""
    forgetting.show(lang, prose.translator(STEM, lang))


DEMOS = {"kept": kept}
