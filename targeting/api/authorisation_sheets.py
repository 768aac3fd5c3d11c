"""The register of authorisations as a sheet, a row a line."""

from collections.abc import Iterator
from typing import Any

from targeting.api.authorisations import AuthorisationViewSet, HolderSerializer
from targeting.api.registers import SheetExport, SheetImport, as_text, party_cells

_OWN = (
    "authority", "number", "kind", "direction", "issued_on", "valid_from", "valid_to",
    "border_office", "conditions", "end_use", "is_single_consignment", "state",
)  # fmt: skip
_OF_A_LINE = (
    "substance_key", "amount", "unit", "basis", "solution_pct", "density_kg_per_l", "drawn_kg",
    "balance_kg",
)  # fmt: skip


class AuthorisationExportViewSet(SheetExport, AuthorisationViewSet):
    """Authorisations taken away."""

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        context = self.get_serializer_context()
        for row in rows:
            holder = HolderSerializer(row.holder, context=context).data
            head = {name: as_text(getattr(row, name)) for name in _OWN}
            head |= party_cells("holder", holder)
            for line in row.lines.all():
                cells = {name: as_text(getattr(line, name)) for name in _OF_A_LINE}
                yield {**head, **cells, "line": str(line.line_number)}


class AuthorisationSheetViewSet(SheetImport, AuthorisationViewSet):
    """Authorisations brought in."""
