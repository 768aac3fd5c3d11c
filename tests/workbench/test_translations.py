"""Whatever people read is in Russian and Kazakh, too, in catalogues compiled as they are."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
_IN_TEMPLATE = re.compile(r"""\b_?n?gettext\(\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")


def said_in_code():
    for folder in ("config", "shipments", "risk", "targeting"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                yield from _said(ast.parse(path.read_text(encoding="utf-8")))


def _said(tree):
    for node in ast.walk(tree):
        name = getattr(getattr(node, "func", None), "id", "")
        if name in CALLS and node.args and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value


def said_in_templates():
    for folder in ("config", "shipments", "risk", "targeting"):
        for path in [*(ROOT / folder).rglob("*.html"), *(ROOT / folder).rglob("*.txt")]:
            source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            yield from map(ast.literal_eval, _IN_TEMPLATE.findall(source))


@pytest.fixture(params=["ru", "kk"])
def catalogue(request):
    """The folder of a language's catalogue."""
    return ROOT / "locale" / request.param / "LC_MESSAGES"


@pytest.fixture
def translations(catalogue):
    with (catalogue / "django.mo").open("rb") as stream:
        return gettext.GNUTranslations(stream)._catalog


def test_every_sentence_is_translated(translations) -> None:
    translated = {key[0] if isinstance(key, tuple) else key for key in translations}
    said = {*said_in_code(), *said_in_templates()}
    assert len(said) > 400, "the search finds too little"
    assert sorted(said - translated) == []


def test_no_translation_is_blank_or_doubtful(catalogue) -> None:
    source = (catalogue / "django.po").read_text(encoding="utf-8")
    assert "fuzzy" not in source
    assert not re.search(r'msgstr(?:\[\d\])? ""\n(?!")', source)


def test_placeholders_are_the_same_in_both(translations) -> None:
    def named(text):
        return set(re.findall(r"%\((\w+)\)", text))

    for key, translated in translations.items():
        source = key[0] if isinstance(key, tuple) else key
        if source:
            assert named(translated) == named(source), source


def test_compiled_catalogue_when_the_source_changed_then_it_was_compiled_again(
    catalogue, translations
) -> None:
    source = (catalogue / "django.po").read_text(encoding="utf-8")
    entries = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE)
    assert len(entries) > 400
    unescaped = {ast.literal_eval(f'"{k}"'): ast.literal_eval(f'"{v}"') for k, v in entries}
    assert {key: translations.get(key) for key in unescaped} == unescaped
