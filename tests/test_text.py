"""Every language says the same things, and everything in the tables of the core has its words."""

from string import Formatter

import pytest
from cases import each

from divviz.errors import ERRORS
from divviz.families import FAMILIES
from divviz.gestures import NOTICES
from divviz.infinity import REASONS
from divviz.measures import MEASURES, UNITS
from divviz.presets import PRESETS
from divviz.web import text
from divviz.web.figures import PICTURES

OTHERS = [lang for lang in text.LANGUAGES if lang != text.SOURCE]
NAMED = [
    *(f"family.{name}" for name in FAMILIES),
    *(f"param.{param.name}" for family in FAMILIES.values() for param in family.params),
    *(f"measure.{key}.{part}" for key in MEASURES for part in ("name", "says")),
    *(f"order.{param.name}" for one in MEASURES.values() for param in one.params),
    *(f"picture.{key}" for key in MEASURES.keys() | PICTURES.keys()),
    *(f"unit.{one.unit}" for one in MEASURES.values() if one.unit in ("x", "root_x")),
    *(f"preset.{name}.{part}" for name in PRESETS for part in ("name", "note")),
    *(f"unit.{unit}" for unit in UNITS),
    *(f"error.{code}" for code in ERRORS),
    *(f"notice.{code}" for code in NOTICES),
    *(f"reason.{code}" for code in REASONS),
]


def placeholders(template: str) -> set[str]:
    """The names of the fields of a template; a nameless one counts as itself."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("lang", OTHERS)
def test_a_translation_has_the_keys_of_the_source_and_no_others(lang: str) -> None:
    assert set(text.table(lang)) == set(text.table(text.SOURCE))


@each("lang", OTHERS)
@each("key", sorted(text.table(text.SOURCE)))
def test_a_translation_fills_the_same_placeholders(lang: str, key: str) -> None:
    assert placeholders(text.table(lang)[key]) == placeholders(text.table(text.SOURCE)[key])


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_no_template_is_empty_and_all_placeholders_have_names(lang: str) -> None:
    for key, template in text.table(lang).items():
        assert template.strip(), key
        assert all(name.isidentifier() for name in placeholders(template)), key


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_everything_in_the_tables_of_the_core_has_its_words(lang: str) -> None:
    assert [key for key in NAMED if key not in text.table(lang)] == []


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_no_words_are_left_of_what_the_tables_no_longer_have(lang: str) -> None:
    sections = {key.split(".")[0] for key in NAMED}
    written = {key for key in text.table(lang) if key.split(".")[0] in sections}
    # The sliders of a mixture's part and of what is moved; "with" joins unit and number.
    assert written - set(NAMED) == {"param.by", "param.weight", "unit.with"}


def test_chinese_is_written_in_chinese() -> None:
    same = {k for k, v in text.table("zh").items() if v == text.table("en")[k]}
    assert not {key for key in same if any(c.isalpha() for c in text.table("zh")[key])} - {
        "frame.title",
        "param.a",
        "param.b",
        "param.n",
        "unit.with",
    }


def test_what_the_core_says_in_english_is_not_written_twice() -> None:
    t = text.of("en")
    assert t("error.depth", most=3) == ERRORS["depth"].format(most=3)
    path = text.Path(text.__file__).with_name("text") / "en.toml"
    headings = set(path.read_text(encoding="utf-8").splitlines())
    assert not headings & {"[error]", "[notice]", "[reason]"}


def test_an_unknown_language_is_answered_in_english() -> None:
    assert text.of("tlh")("family.normal") == "Normal" == text.of("")("family.normal")
    assert text.static("tlh") == text.static("en")


def test_an_unknown_key_is_a_mistake_in_the_program() -> None:
    with pytest.raises(KeyError):
        text.of("zh")("family.nonsense")


@each(
    ("asked", "locale", "lang"),
    [
        ("zh", "en-GB", "zh"),
        ("en", "zh-CN", "en"),
        ("zh_Hans", None, "zh"),
        ("ZH-cn", None, "zh"),
        (None, "zh-TW", "zh"),
        (None, "fr-FR", "en"),
        ("xx", "zh", "zh"),
        ("zhou", None, "en"),
        ("", "", "en"),
        ("z" * 10**6, None, "en"),
    ],
)
def test_the_link_chooses_the_language_before_the_browser(
    asked: str | None, locale: str | None, lang: str
) -> None:
    assert text.pick(asked, locale) == lang


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_the_browser_gets_the_words_of_the_stage_unfilled(lang: str) -> None:
    words = text.static(lang)
    assert "{side}" in words["draw"] and not any("." in key for key in words)
    assert {f"stage.{key}" for key in words} <= set(text.table(lang))
