"""Declarations as analysts read them, and as the pipeline takes them up."""

from datetime import datetime

from django.db.models import Prefetch, QuerySet

from shipments.domain.values import PartyRoleKind
from shipments.models import Declaration, GoodsItem, PartyRole

IMPORTER_ROLES = (PartyRoleKind.IMPORTER.value, PartyRoleKind.CONSIGNEE.value)


def list_declarations() -> QuerySet[Declaration]:
    """The current version of every declaration, the latest accepted first."""
    return Declaration.objects.current().order_by("-accepted_at")


def list_declarations_in_full() -> QuerySet[Declaration]:
    """Every version, with its parties, containers and goods items read in four more queries."""
    items = GoodsItem.objects.order_by("item_number").prefetch_related("documents")
    roles = PartyRole.objects.order_by("position").select_related("party")
    return Declaration.objects.select_related("submitter", "batch").prefetch_related(
        "containers", Prefetch("items", items), Prefetch("party_roles", roles)
    )


def list_versions(*, registration_number: str) -> QuerySet[Declaration]:
    """All versions of one declaration, the first one first."""
    return Declaration.objects.filter(registration_number=registration_number).order_by("version")


def chunk_declarations(*, batch_id: int, chunk: int) -> dict[int, datetime]:
    """When each declaration of the chunk was accepted, by its id.

    The stages select what hangs on a chunk by these ids: joined to the declarations by
    batch and chunk, the tables of a young database, which has no statistics yet, are read
    from end to end for every chunk.
    """
    rows = Declaration.objects.filter(batch_id=batch_id, chunk=chunk).order_by("pk")
    return dict(rows.values_list("pk", "accepted_at"))


def importer_roles(*, declaration_ids: list[int]) -> dict[int, PartyRole]:
    """The importer of each declaration, or its consignee when no importer was declared."""
    roles = PartyRole.objects.filter(declaration__in=declaration_ids, role__in=IMPORTER_ROLES)
    found: dict[int, PartyRole] = {}
    for role in roles.order_by("declaration_id", "position").select_related("party"):
        known = found.setdefault(role.declaration_id, role)
        if known.role != PartyRoleKind.IMPORTER and role.role == PartyRoleKind.IMPORTER:
            found[role.declaration_id] = role
    return found
