"""Sentences for fired indicators in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from risk.domain.errors import RiskError
from risk.explanations import explain, shown_value
from risk.models import IndicatorRow

SUBSTANCE = "substance"


def sentence_language() -> str:
    """Russian for readers of Russian or Kazakh, else English."""
    return "ru" if (get_language() or "")[:2] in ("ru", "kk") else "en"


def reader_language() -> str:
    """Kazakh for its readers where sentences and names are in it, else as the others."""
    return "kk" if (get_language() or "")[:2] == "kk" else sentence_language()


def substances_of(rows: list[IndicatorRow]) -> set[str]:
    """The keys of the substances that the sentences of these rows name."""
    return {str(row.params[SUBSTANCE]) for row in rows if SUBSTANCE in row.params}


def explain_row(row: IndicatorRow, *, names: Mapping[str, str], lang: str) -> str:
    """The sentence, with the substance's name in place of its key.

    A row of an engine version that has no sentence any more is shown by its code: the
    queue must not become unreadable because of one old row.
    """
    try:
        return explain(row.code, _named(row, names), lang)
    except RiskError:
        return row.code


def seen_by(row: IndicatorRow, *, names: Mapping[str, str], lang: str) -> dict[str, str]:
    """What the indicator saw, by the names of its params, in the words of its sentence."""
    params = _named(row, names)
    return {name: shown_value(name, value, lang) for name, value in params.items()}


def _named(row: IndicatorRow, names: Mapping[str, str]) -> dict[str, Any]:
    params = dict(row.params)
    if SUBSTANCE in params:
        params[SUBSTANCE] = names.get(params[SUBSTANCE], params[SUBSTANCE])
    return params
