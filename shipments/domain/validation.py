"""Reading a message only to say what is wrong with it: the same answer, nothing stored."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import BinaryIO

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats.base import IntakeFormat, ReadingContext
from shipments.domain.formats.issues import QUARANTINE, WARN, UnknownCounts
from shipments.domain.formats.mapping import CsvMapping
from shipments.domain.records import Issue, ParsedDeclaration, Record, TableReading

MAX_LISTED_ISSUES = 1_000
EMPTY = "empty_file"


class Validation(Record, frozen=True, kw_only=True):
    """What would become of a message.

    ``declarations`` and ``items`` would be stored; ``rejected`` and ``quarantined`` count
    declarations and goods items that would not. ``issues`` are the first 1,000 of
    ``issue_count``. ``failure_code`` is the fault that ended the reading, empty without one.
    """

    declarations: int = 0
    items: int = 0
    rejected: int = 0
    quarantined: int = 0
    warnings: int = 0
    issue_count: int = 0
    issues: tuple[Issue, ...] = ()
    failure_code: str = ""
    failure_line: int | None = None
    table_readings: tuple[TableReading, ...] = ()
    unknown_fields: dict[str, int] = {}

    @property
    def is_clean(self) -> bool:
        """Whether all of it would be stored, with warnings or without."""
        return not (self.failure_code or self.rejected or self.quarantined)


def validate(
    stream: BinaryIO,
    *,
    intake_format: IntakeFormat,
    mapping: CsvMapping | None,
    context: ReadingContext,
) -> Validation:
    """Read the whole message in bounded memory, as storing it would.

    What only the database knows is not said: whether a version is stored already. Raises
    InvalidValue for a mapping that the format needs or refuses.
    """
    counts: Counter[str] = Counter()
    listed: list[Issue] = []
    readings: list[TableReading] = []
    unknown = UnknownCounts()
    told = replace(context, tell=readings.append, unknown_counts=unknown)
    failure: Mapping[str, object] = {}
    code = ""
    try:
        places = intake_format.parse(stream, mapping=mapping, context=told)
        _count(places, counts, listed)
    except UnreadableFile as fault:
        code, failure = fault.code, fault.params
    if not counts["places"]:
        code = code or EMPTY
    line = failure.get("line")
    return Validation(
        declarations=counts["declarations"],
        items=counts["items"],
        rejected=counts["rejected"],
        quarantined=counts["quarantined"],
        warnings=counts[WARN],
        issue_count=counts["issues"],
        issues=tuple(listed),
        failure_code=code,
        failure_line=line if isinstance(line, int) else None,
        table_readings=tuple(readings),
        unknown_fields=dict(unknown.counts),
    )


def _count(places: Iterable[ParsedDeclaration], counts: Counter[str], listed: list[Issue]) -> None:
    for place in places:
        counts["places"] += 1
        stated = place.amendment.declaration if place.amendment else place.declaration
        if stated is None:
            counts["rejected"] += 1
        else:
            counts["declarations"] += 1
            counts["items"] += len(stated.items)
            counts["quarantined"] += quarantined_items(place)
        for issue in place.issues:
            counts["issues"] += 1
            counts[issue.severity] += 1
            if len(listed) < MAX_LISTED_ISSUES:
                listed.append(issue)


def quarantined_items(place: ParsedDeclaration) -> int:
    """How many goods items of a place were kept aside: each has one issue with its source."""
    aside = [issue for issue in place.issues if issue.severity == QUARANTINE]
    return len({issue.field.partition(".")[0] for issue in aside})
