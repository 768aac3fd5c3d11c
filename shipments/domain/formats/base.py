"""The contract of an intake format: a stream of bytes in, a stream of parsed places out."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from shipments.domain.formats.mapping import CsvMapping
from shipments.domain.records import ParsedDeclaration


class IntakeFormat(Protocol):
    """One way to write declarations.

    ``key`` names it in the API, commands and fixtures; ``suffixes`` are the usual file
    name endings, lower case. ``parse`` streams: it never holds the whole file (JSON
    excepted, which is bounded), never raises for a bad row, and raises
    :class:`~shipments.domain.errors.UnreadableFile` for a fault of the whole file.
    ``mapping`` is required by CSV and refused by the others.
    """

    key: str
    suffixes: tuple[str, ...]
    content_types: tuple[str, ...]

    def parse(
        self, stream: BinaryIO, *, mapping: CsvMapping | None = None
    ) -> Iterator[ParsedDeclaration]: ...
