"""The imports of long sheets that somebody has, and what is shown of one."""

from typing import Any

import msgspec
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from risk.domain.lists.comparison import EntryChange
from risk.domain.lists.entry_cells import cells_of
from risk.domain.lists.verification import Contradiction
from risk.domain.substances import ListEntry
from risk.selectors.contradictions import contradictions_in
from shipments.models import StageRun
from targeting.domain.list_imports import MOST_SHOWN, ImportState, import_state
from targeting.models import ListImport, User
from targeting.selectors.edition_sheets import SheetPreview

Shown = dict[str, Any]


def own_imports(owner: User) -> QuerySet[ListImport]:
    """The imports of one person, the newest first, each with the rows read as far as told."""
    runs = StageRun.objects.filter(job=OuterRef("job")).annotate(
        told=Cast(KeyTextTransform("row", "counts"), IntegerField())
    )
    told = Coalesce(Subquery(runs.order_by("-pk").values("told")[:1]), 0)
    own = ListImport.objects.filter(owner=owner)
    return (
        own.select_related("job", "edition__control_list")
        .defer("head")
        .annotate(rows_read=told)
        .order_by("-id")
    )


def state_of(imported: ListImport) -> ImportState:
    """How far it is; its job should be loaded with it."""
    return import_state(
        imported.job.state,
        is_confirmed=imported.confirmed_at is not None,
        is_written=imported.written_at is not None,
    )


def shown_preview(found: SheetPreview) -> tuple[Shown, Shown]:
    """All that a sheet would change, as the API tells it at once of a short one; and the beginning
    of it, as pages show it, with its counts."""
    preview, comparison = found.preview, found.preview.comparison
    contradictions = contradictions_in(comparison.touched)
    whole = {
        "digest": found.digest,
        "difference": {
            "added": [cells_of(entry) for entry in comparison.added],
            "removed": [cells_of(entry) for entry in comparison.removed],
            "changed": [_change(one) for one in comparison.changed],
            "unchanged_count": comparison.unchanged_count,
        },
        "rejected": msgspec.to_builtins(preview.rejected),
        "ignored_columns": list(preview.ignored_columns),
        "contradictions": [
            {"form_name": entry.form_name, **msgspec.to_builtins(one)}
            for entry, one in contradictions
        ],
    }
    head = {
        "counts": [len(comparison.added), len(comparison.removed), len(comparison.changed)],
        "unchanged_count": comparison.unchanged_count,
        "rejected_count": len(preview.rejected),
        "contradiction_count": len(contradictions),
        "ignored_columns": list(preview.ignored_columns),
        "added": [_entry(one) for one in comparison.added[:MOST_SHOWN]],
        "removed": [_entry(one) for one in comparison.removed[:MOST_SHOWN]],
        "changed": [
            {"after": _entry(one.after), "fields": msgspec.to_builtins(one.fields)}
            for one in comparison.changed[:MOST_SHOWN]
        ],
        "rejected": msgspec.to_builtins(preview.rejected[:MOST_SHOWN]),
        "contradictions": [_contradiction(*one) for one in contradictions[:MOST_SHOWN]],
    }
    return whole, head


def _change(change: EntryChange) -> Shown:
    return {
        "substance_key": change.after.substance_key,
        "form_name": change.after.form_name,
        "fields": msgspec.to_builtins(change.fields),
    }


def _entry(entry: ListEntry) -> Shown:
    return {
        "form_name": entry.form_name,
        "substance_key": entry.substance_key,
        "cas_rn": entry.cas_rn,
        "schedule": entry.schedule,
    }


def _contradiction(entry: ListEntry, found: Contradiction) -> list[Shown]:
    return [{"form_name": entry.form_name}, msgspec.to_builtins(found)]
