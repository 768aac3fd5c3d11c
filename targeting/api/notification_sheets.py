"""The register of notifications as a sheet, a row a notice."""

from collections.abc import Iterator
from typing import Any

from targeting.api.authorisations import HolderSerializer
from targeting.api.pre_export_notifications import NotificationSerializer, NotificationViewSet
from targeting.api.registers import SheetExport, SheetImport, as_text, party_cells

_OWN = (
    "authority", "number", "state", "direction", "substance_key", "amount", "unit", "basis",
    "solution_pct", "density_kg_per_l", "sent_on", "dispatch_on", "valid_from", "period_months",
    "consignee", "entry_point", "transport_mode", "transport_document", "notes", "matched_kg",
    "opens_on", "closes_on",
)  # fmt: skip


class NotificationExportViewSet(SheetExport, NotificationViewSet):
    """Notices taken away."""

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        context = self.get_serializer_context()
        standing = NotificationSerializer(context=context)
        for row in rows:
            cells = {name: as_text(getattr(row, name)) for name in _OWN}
            cells["standing"] = standing.get_standing(row)
            cells["reply_due_on"] = as_text(row.reply_due_on) if row.is_reply_day_stated else ""
            for role in ("exporter", "importer"):
                party = HolderSerializer(getattr(row, role), context=context).data
                cells |= party_cells(role, party)
            yield cells


class NotificationSheetViewSet(SheetImport, NotificationViewSet):
    """Notices brought in."""
