"""Stored versions as the records they were made of."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from django.db.models import Model, Prefetch

from shipments.domain.records import (
    DeclarationRecord,
    DocumentRecord,
    GoodsItemRecord,
    PartyRecord,
)
from shipments.models import Declaration, GoodsItem, GoodsItemDocument

_Part = TypeVar("_Part", bound=msgspec.Struct)
_COLLECTIONS = {"containers", "parties", "items", "documents"}


def records_of(declaration_ids: Sequence[int]) -> dict[int, DeclarationRecord]:
    """The declarations as declared, by id, with everything that hangs on them; five queries."""
    items = GoodsItem.objects.order_by("item_number").prefetch_related(
        Prefetch("documents", GoodsItemDocument.objects.order_by("position"))
    )
    rows = (
        Declaration.objects.filter(pk__in=list(declaration_ids))
        .order_by("pk")
        .prefetch_related(Prefetch("items", items), "containers", "party_roles")
    )
    return {row.pk: _record(row) for row in rows}


def _record(row: Declaration) -> DeclarationRecord:
    roles = sorted(row.party_roles.all(), key=lambda role: role.position)
    return DeclarationRecord(
        **_said(row, DeclarationRecord),
        containers=tuple(c.number for c in sorted(row.containers.all(), key=lambda c: c.pk)),
        parties=tuple(_convert(role, PartyRecord) for role in roles),
        items=tuple(_item(item) for item in row.items.all()),
    )


def _item(row: GoodsItem) -> GoodsItemRecord:
    documents = tuple(_convert(document, DocumentRecord) for document in row.documents.all())
    return GoodsItemRecord(**_said(row, GoodsItemRecord), documents=documents)


def _said(row: Model, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The columns that the record has fields for, as values of their types."""
    types = {field.name: field.type for field in msgspec.structs.fields(kind)}
    return {
        name: msgspec.convert(getattr(row, name), types[name])
        for name in kind.__struct_fields__
        if name not in _COLLECTIONS
    }


def _convert(row: Model, kind: type[_Part]) -> _Part:
    return kind(**_said(row, kind))
