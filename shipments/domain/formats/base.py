"""The contract of an intake format: a stream of bytes in, a stream of parsed places out."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO
from zoneinfo import ZoneInfo

from shipments.domain.errors import InvalidValue
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


class IntakeFormat(ABC):
    """One way to write declarations.

    ``key`` names it in the API, commands and fixtures; ``suffixes`` are the usual file
    name endings, lower case.
    """

    key: str
    suffixes: tuple[str, ...]
    content_types: tuple[str, ...]
    mapping_use: MappingUse

    def check_mapping(self, mapping: CsvMapping | None) -> None:
        """Raise InvalidValue ``mapping_required`` or ``mapping_refused``."""
        if mapping is None and self.mapping_use is MappingUse.REQUIRED:
            raise InvalidValue("mapping_required", value="", allowed="the key of a mapping")
        if mapping is not None and self.mapping_use is MappingUse.REFUSED:
            raise InvalidValue("mapping_refused", value=mapping.key, allowed="no mapping")

    def parse(
        self,
        stream: BinaryIO,
        *,
        mapping: CsvMapping | None = None,
        context: ReadingContext = NO_CONTEXT,
    ) -> Iterator[ParsedDeclaration]:
        """The places of a message; raises at once as :meth:`check_mapping` does."""
        self.check_mapping(mapping)
        return self.places(stream, mapping, context)

    @abstractmethod
    def places(
        self, stream: BinaryIO, mapping: CsvMapping | None, context: ReadingContext
    ) -> Iterator[ParsedDeclaration]:
        """The declarations and what is wrong, as a stream.

        It never holds the whole file (JSON and workbooks excepted, which are bounded), never
        raises for a bad row, and raises :class:`~shipments.domain.errors.UnreadableFile` for a
        fault of the whole file. ``mapping`` is as ``mapping_use`` says.
        """
