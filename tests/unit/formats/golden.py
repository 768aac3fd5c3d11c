"""How a parsed file is written down, so that it can be compared with ``expected.json``."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from shipments.domain.formats.base import IntakeFormat, ReadingContext
from shipments.domain.formats.mapping import mapping_by_key
from shipments.domain.records import ParsedDeclaration

FIXTURES = Path(__file__).parents[3] / "fixtures"
DECLARATIONS = FIXTURES / "declarations"
CONTEXT = ReadingContext(
    received_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), time_zone="Asia/Almaty"
)


def parse_fixture(
    intake_format: IntakeFormat, name: str, mapping_key: str | None
) -> list[ParsedDeclaration]:
    (path,) = (DECLARATIONS / intake_format.key).glob(f"{name}.*")
    mapping = mapping_by_key(FIXTURES / "mappings", mapping_key) if mapping_key else None
    with path.open("rb") as stream:
        return list(intake_format.parse(stream, mapping=mapping, context=CONTEXT))


def as_expected(parsed: list[ParsedDeclaration], *, is_whole: bool) -> list[dict[str, Any]]:
    """Whole declarations, or only their number and item numbers, beside all issues."""
    return [
        {
            "line": place.line,
            "declaration": _declaration(place, is_whole=is_whole),
            "issues": [
                " | ".join(
                    (str(issue.line), issue.severity, issue.code, issue.field, issue.column)
                ).rstrip(" |")
                for issue in place.issues
            ],
        }
        for place in parsed
    ]


def _declaration(place: ParsedDeclaration, *, is_whole: bool) -> Any:
    if place.declaration is None:
        return None
    if is_whole:
        return msgspec.json.decode(msgspec.json.encode(place.declaration))
    numbers = [item.item_number for item in place.declaration.items]
    return {"registration_number": place.declaration.registration_number, "items": numbers}
