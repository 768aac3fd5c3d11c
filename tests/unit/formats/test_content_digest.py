"""The same declaration written in several ways is the same content."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from shipments.domain.formats.issues import UnknownFields
from shipments.domain.formats.json_text import parse_json_text
from shipments.domain.records import DeclarationRecord, GoodsItemRecord, Record
from shipments.services.declarations import content_digest

ITEM: dict[str, Any] = {
    "item_number": 1,
    "description": "ацетон",
    "commodity_code": "2914110000",
    "net_mass_kg": 16000,
    "customs_value": "22000.5",
    "documents": [{"code": "01011", "number": "1"}],
    "extra": {"a": "1", "b": "2"},
}
DECLARATION: dict[str, Any] = {
    "registration_number": "55301/121125/0001234",
    "accepted_at": "2025-11-12T10:15:00+05:00",
    "invoice_amount": 100,
    "parties": [{"role": "importer", "name": "A", "identifiers": []}],
    "items": [ITEM],
}


def written(item: dict[str, Any] | None = None, **head: Any) -> bytes:
    return msgspec.json.encode({**DECLARATION, **head, "items": [{**ITEM, **(item or {})}]})


def record_of(source: bytes) -> DeclarationRecord:
    place = parse_json_text(source, line=1, unknown_fields=UnknownFields())
    assert place.declaration is not None
    return place.declaration


SAME = [
    written(),
    written({"nomenclature": "tnved"}),
    written({"nomenclature": ""}),
    written({"extra": {"b": "2", "a": "1"}}),
    written({"net_mass_kg": "16000.000000"}),
    written({"net_mass_kg": "16 000,0", "customs_value": "22000.5000"}),
    written({"gross_mass_kg": None, "manufacturer": ""}),
    written(invoice_amount="100.00", version=1, direction="import", document_kind="import"),
    written(is_cancelled=False, extra={}, containers=[], accepted_at="2025-11-12T05:15:00Z"),
    json.dumps(dict(reversed(DECLARATION.items())), indent=2).encode(),
]


@pytest.mark.parametrize("source", SAME)
@pytest.mark.parametrize("is_long_way", [False, True])
def test_digest_when_the_same_is_declared_then_the_same(source: bytes, is_long_way: bool) -> None:
    if is_long_way:
        source = source.replace('"ацетон"'.encode(), '" ацетон "'.encode())
    assert content_digest(record_of(source)) == content_digest(record_of(written()))


@pytest.mark.parametrize(
    "source",
    [
        written({"nomenclature": "hs"}),
        written({"net_mass_kg": "16000.1"}),
        written({"customs_value": None}),
        written({"customs_value": 0}),
        written({"extra": {"a": "2", "b": "1"}}),
        written(version=2),
    ],
)
def test_digest_when_something_else_is_declared_then_another(source: bytes) -> None:
    assert content_digest(record_of(source)) != content_digest(record_of(written()))


def defaults(kind: type[Record]) -> Iterator[tuple[str, object]]:
    for field in msgspec.structs.fields(kind):
        if field.default is not msgspec.NODEFAULT:
            yield field.name, field.default


def test_texts_that_stand_for_what_is_not_stated_are_few() -> None:
    """A default that is a text, and not the empty one, has to be made the same object."""
    texts = [
        (kind.__name__, name)
        for kind in (DeclarationRecord, GoodsItemRecord)
        for name, default in defaults(kind)
        if type(default) is str and default
    ]
    assert texts == [("GoodsItemRecord", "nomenclature")]
