"""Proof, at start, that the database can compare Cyrillic text.

In a database with the locale C, ``lower`` leaves Cyrillic alone, ILIKE is blind to its case and
pg_trgm finds no trigram in it: every search would silently miss. PostgreSQL itself never warns.
"""

import contextlib
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import OperationalError, connections

_HAS_TRIGRAMS = "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"
_UNDERSTANDS_CYRILLIC = """
    SELECT lower('АЦЕТОН') = 'ацетон', 'АЦЕТОН' ILIKE 'ацетон', similarity('АЦЕТОН', 'ацетон') = 1
"""


def check_database(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """One error for every database that cannot be reached or cannot compare Cyrillic."""
    return [error for alias in databases or () for error in _check(alias)]


def _check(alias: str) -> list[CheckMessage]:
    # A connection of its own: a pool would hide why it cannot connect, and must not outlive a fork.
    connection = connections[alias].copy()
    connection.settings_dict["OPTIONS"].pop("pool", None)
    try:
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(_HAS_TRIGRAMS)
            if cursor.fetchone() == (0,):
                return [_no_trigrams(alias)]
            cursor.execute(_UNDERSTANDS_CYRILLIC)
            row = cursor.fetchone()
    except OperationalError as error:
        return [_unreachable(alias, error)]
    names = ("lower", "ILIKE", "similarity")
    wrong = [name for name, right in zip(names, row, strict=True) if not right]
    return [_blind(alias, wrong)] if wrong else []


def _unreachable(alias: str, error: OperationalError) -> Error:
    reason = str(error).strip().splitlines()[0]
    return Error(
        f"The database '{alias}' does not answer: {reason}",
        hint="Run `make up`, or correct DATABASE_URL.",
        id="config.E001",
    )


def _no_trigrams(alias: str) -> Error:
    return Error(
        f"The database '{alias}' has no extension pg_trgm.",
        hint="Run CREATE EXTENSION pg_trgm there (deploy/roles.sql does).",
        id="config.E002",
    )


def _blind(alias: str, wrong: list[str]) -> Error:
    return Error(
        f"The database '{alias}' does not compare Cyrillic text: {', '.join(wrong)} "
        "cannot tell that 'АЦЕТОН' and 'ацетон' are one word.",
        hint="Create it with the built-in locale C.UTF-8 (docs/operator.md).",
        id="config.E003",
    )
