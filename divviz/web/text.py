"""Every string a visitor reads, by key and language: `t = of("zh"); t("measure.kl_pq.name")`.

English stands in `text/en.toml`, except for what the core itself says (errors, notices, reasons):
those templates live beside the code that raises them and are read from there.
"""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from divviz.errors import ERRORS
from divviz.gestures import NOTICES
from divviz.infinity import REASONS

LANGUAGES = {"en": "English", "zh": "简体中文"}
SOURCE = "en"
CORE = {"error": ERRORS, "notice": NOTICES, "reason": REASONS}

Translate = Callable[..., str]


def of(lang: str) -> Translate:
    """Return `t(key, **fields) -> str` for a language; an unknown language gets English.

    A key that a translation lacks is said in English; one that English lacks raises KeyError.
    """
    return _translator(lang if lang in LANGUAGES else SOURCE)


@cache
def _translator(lang: str) -> Translate:
    templates = table(lang)
    source = table(SOURCE)

    def t(key: str, **fields: object) -> str:
        template = templates.get(key)
        if template is None:
            template = source[key]
        return template.format(**fields) if fields else template

    return t


@cache
def table(lang: str) -> Mapping[str, str]:
    """Return every template of one language by its dotted key."""
    path = Path(__file__).with_name("text") / f"{lang}.toml"
    templates = _flat(tomllib.loads(path.read_text(encoding="utf-8")))
    if lang == SOURCE:
        templates |= _flat(CORE)
    return MappingProxyType(templates)


def static(lang: str) -> dict[str, str]:
    """Return the templates of [stage], which the browser fills by itself, without their prefix."""
    lang = lang if lang in LANGUAGES else SOURCE
    whole = {**table(SOURCE), **table(lang)}
    return {key[6:]: text for key, text in whole.items() if key.startswith("stage.")}


def pick(asked: str | None, locale: str | None = None) -> str:
    """Choose the language: what the link asks for, else the browser's locale, else English.

    >>> pick(None, "zh-Hant-TW"), pick("en", "zh-CN"), pick("xx", None)
    ('zh', 'en', 'en')
    """
    for wish in (asked, locale):
        lang = str(wish or "")[:20].lower().replace("_", "-").split("-")[0]
        if lang in LANGUAGES:
            return lang
    return SOURCE


def _flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, node in tree.items():
        if isinstance(node, Mapping):
            flat |= _flat(node, f"{prefix}{name}.")
        else:
            flat[prefix + name] = str(node)
    return flat
