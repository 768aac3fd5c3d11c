"""Up to which mass a consignment is small: one may go without a permit, several are seen as one."""

import csv
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

from risk.domain.errors import InvalidList


class SmallConsignment(NamedTuple):
    """Kilograms by substance, and for all others."""

    by_substance: Mapping[str, Decimal]
    default_kg: Decimal

    def limit_kg(self, substance_key: str) -> Decimal:
        """The mass up to which a consignment of the substance is small."""
        return self.by_substance.get(substance_key, self.default_kg)


def read_small_consignments(path: Path) -> SmallConsignment:
    """The table (substance_key, limit_kg, source, confidence); the line without a key is for all
    others. Raises InvalidList with the line."""
    found: dict[str, Decimal] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream), 2):
            key, text = row.get("substance_key") or "", row.get("limit_kg") or ""
            try:
                limit = Decimal(text)
            except InvalidOperation:
                limit = Decimal(0)
            if limit <= 0 or key in found or not row.get("source"):
                allowed = "each key once, a mass above 0, a source"
                raise InvalidList(
                    file=path.name, line=line, column="limit_kg", value=text, allowed=allowed
                )
            found[key] = limit
    if "" not in found:
        raise InvalidList(
            file=path.name,
            line=1,
            column="substance_key",
            value="",
            allowed="a line for all others",
        )
    return SmallConsignment(found, found[""])
