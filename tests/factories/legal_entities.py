"""Firms of a company register."""

from datetime import date
from typing import Any

from risk.domain.network.entity_reading import read_entities
from risk.domain.permits.entry_fields import Known
from shipments.services.legal_entities import RegisteredEntities, register_entities
from tests.factories.shipments import START

KNOWN = Known(frozenset(), {})


def entity(number: str = "200140000015", **changes: Any) -> dict[str, Any]:
    """A firm as a caller sends it."""
    return {
        "bin": number,
        "name": "ТОО «Химснаб»",
        "registered_on": "2020-01-20",
        "head": "АХМЕТОВ БОЛАТ",
        "owners": ["СЕРИКОВА ДАНА", "ҚҰЛОВ ЕРМЕК"],
        "address": "Г. АЛМАТЫ, УЛ. АБАЯ 5, ОФ. 7",
        "phone": "8 (727) 258-00-00",
        "activity": "46750 оптовая торговля химическими продуктами",
        "source": "Минюст",
    } | changes


def closed(
    number: str = "200140000015", on: date = date(2026, 1, 10), **more: Any
) -> dict[str, Any]:
    """A firm that was struck off the register."""
    return entity(number, closed_on=on.isoformat(), **more)


def register(*entries: dict[str, Any]) -> RegisteredEntities:
    """Enter them, as a command does."""
    reading = read_entities(entries, file_name="test", known=KNOWN)
    assert reading.rejected == ()
    return register_entities(records=reading.records, actor="command:test", now=START)
