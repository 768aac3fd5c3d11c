"""Declarations as analysts read them, and as the pipeline takes them up."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import Prefetch, QuerySet

from shipments.domain.changes import Difference, differences
from shipments.domain.values import PartyRoleKind
from shipments.models import Declaration, GoodsItem, PartyRole

# What is compared between versions: all that was declared, but for documents and extra fields.
_NOT_SAID = {
    "id",
    "version",
    "supersedes",
    "submitter",
    "batch",
    "chunk",
    "content_digest",
    "extra",
}
_SAID = [field.name for field in Declaration._meta.concrete_fields if field.name not in _NOT_SAID]
_SAID_OF_AN_ITEM = [
    field.name
    for field in GoodsItem._meta.concrete_fields
    if field.name not in {"id", "declaration", "item_number", "hs6", "extra"}
]
_SAID_OF_A_PARTY = ["role", "name", "country", "address", "identifiers"]
IMPORTER_ROLES = (PartyRoleKind.IMPORTER.value, PartyRoleKind.CONSIGNEE.value)


def list_declarations() -> QuerySet[Declaration]:
    """The current version of every declaration, the latest accepted first."""
    return Declaration.objects.current().order_by("-accepted_at")


def list_declarations_in_full() -> QuerySet[Declaration]:
    """Every version, with its parties, containers and goods items read in four more queries."""
    return Declaration.objects.select_related("submitter", "batch").prefetch_related(*in_full())


def in_full() -> list["str | Prefetch[Any]"]:
    """What :func:`list_declarations_in_full` reads of a declaration beside its row."""
    items = GoodsItem.objects.order_by("item_number").prefetch_related("documents")
    roles = PartyRole.objects.order_by("position").select_related("party")
    return ["containers", Prefetch("items", items), Prefetch("party_roles", roles)]


def list_versions(*, registration_number: str) -> QuerySet[Declaration]:
    """All versions of one declaration, the first one first."""
    return Declaration.objects.filter(registration_number=registration_number).order_by("version")


def list_differences(versions: Sequence[Declaration]) -> dict[int, list[Difference]]:
    """What each version says otherwise than the one before it, by its id.

    ``versions`` are in their order and in full (:func:`in_full`). Items are named by their
    number, parties by their position. No query.
    """
    said = {version.pk: _said(version) for version in versions}
    found = {version.pk: list[Difference]() for version in versions[:1]}
    for before, after in pairwise(versions):
        found[after.pk] = differences(said[before.pk], said[after.pk])
    return found


def _said(version: Declaration) -> dict[str, object]:
    """What is compared of a version, by the place at which it is said."""
    said: dict[str, object] = {name: getattr(version, name) for name in _SAID}
    for item in version.items.all():
        place = f"items[{item.item_number}]"
        said |= {f"{place}.{name}": getattr(item, name) for name in _SAID_OF_AN_ITEM}
    for role in version.party_roles.all():
        place = f"parties[{role.position}]"
        said |= {f"{place}.{name}": getattr(role, name) for name in _SAID_OF_A_PARTY}
    return said


def chunk_declarations(*, batch_id: int, chunk: int) -> dict[int, datetime]:
    """When each declaration of the chunk was accepted, by its id.

    The stages select what hangs on a chunk by these ids: joined to the declarations by
    batch and chunk, the tables of a young database, which has no statistics yet, are read
    from end to end for every chunk.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, accepted_at FROM shipments_declaration"
            " WHERE batch_id = %s AND chunk = %s ORDER BY id",
            [batch_id, chunk],
        )
        return dict(cursor.fetchall())


def chunk_numbers(*, batch_id: int, chunk: int) -> list[str]:
    """The registration numbers of the chunk's declarations, each once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT registration_number FROM shipments_declaration"
            " WHERE batch_id = %s AND chunk = %s",
            [batch_id, chunk],
        )
        return sorted(number for (number,) in cursor.fetchall())


def importer_roles(*, declaration_ids: list[int]) -> dict[int, PartyRole]:
    """The importer of each declaration, or its consignee when no importer was declared."""
    roles = PartyRole.objects.filter(declaration__among=declaration_ids, role__in=IMPORTER_ROLES)
    by_declaration: dict[int, list[PartyRole]] = {}
    for role in roles.order_by("declaration_id", "position").select_related("party"):
        by_declaration.setdefault(role.declaration_id, []).append(role)
    found = {pk: importer_of(declared) for pk, declared in by_declaration.items()}
    return {pk: role for pk, role in found.items() if role is not None}


def importer_of(roles: Sequence[PartyRole]) -> PartyRole | None:
    """Of one declaration's roles, in their order, that of the importer, else of the consignee."""
    declared = [role for role in roles if role.role in IMPORTER_ROLES]
    importers = [role for role in declared if role.role == PartyRoleKind.IMPORTER]
    return next(iter(importers + declared), None)
