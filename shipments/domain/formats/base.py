"""The contract of an intake format: a stream of bytes in, a stream of parsed places out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, Protocol
from zoneinfo import ZoneInfo

from shipments.domain.formats.issues import UnknownCounts
from shipments.domain.formats.mapping import CsvMapping
from shipments.domain.records import ParsedDeclaration, TableReading


def _say_nothing(reading: TableReading) -> None:
    """Nobody asked how tables are read."""


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What a message does not say and its reader has to be told.

    ``received_at`` (aware) stands for the moment of registration of a message that has
    none, and dates behind its day are doubted; without it such a message is rejected and
    no date is doubted. ``time_zone`` is the administration's: that of dates and times
    without one, in formats that have a form for them. ``tell`` is called once for each
    table with how it is read, before its rows; ``unknown_counts`` grows by every field of
    the message that we do not know.
    """

    received_at: datetime | None = None
    time_zone: str = "UTC"
    tell: Callable[[TableReading], None] = _say_nothing
    unknown_counts: UnknownCounts | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


NO_CONTEXT = ReadingContext()


class MappingUse(StrEnum):
    """Whether a format is read through a mapping of columns."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    REFUSED = "refused"


class IntakeFormat(Protocol):
    """One way to write declarations.

    ``key`` names it in the API, commands and fixtures; ``suffixes`` are the usual file
    name endings, lower case. ``parse`` streams: it never holds the whole file (JSON and
    workbooks excepted, which are bounded), never raises for a bad row, and raises
    :class:`~shipments.domain.errors.UnreadableFile` for a fault of the whole file.
    """

    key: str
    suffixes: tuple[str, ...]
    content_types: tuple[str, ...]
    mapping_use: MappingUse

    def parse(
        self,
        stream: BinaryIO,
        *,
        mapping: CsvMapping | None = None,
        context: ReadingContext = NO_CONTEXT,
    ) -> Iterator[ParsedDeclaration]: ...
