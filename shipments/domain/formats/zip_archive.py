"""ZIP: an archive of declaration files, each read as its own format, within bounds."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, cast

import msgspec

from shipments.domain.archives import (
    MAX_ENTRIES,
    Budget,
    Expanding,
    open_archive,
    open_entry,
    refuse_large_directory,
    with_seeking,
)
from shipments.domain.errors import InvalidValue, UnreadableFile
from shipments.domain.formats.base import IntakeFormat, MappingUse, ReadingContext
from shipments.domain.formats.detection import recognise
from shipments.domain.formats.issues import MAX_RAW_LENGTH, REJECT, IssueLog, storable
from shipments.domain.formats.mapping import CsvMapping
from shipments.domain.records import ParsedDeclaration, TableReading

MAX_TOTAL_BYTES = 4 * 1024 * 1024 * 1024
_HEAD_BYTES = 64 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_BY_SYSTEMS = ("Thumbs.db", ".DS_Store")


class ZipFormat(IntakeFormat):
    """Reads the files of an archive in their order; a bad one does not spoil the others.

    Nothing is unpacked to disk. Archives inside archives are refused. ``line`` is that
    of the file inside; ``column`` starts with the file's name.
    """

    key = "zip"
    suffixes: tuple[str, ...] = (".zip",)
    content_types: tuple[str, ...] = ("application/zip", "application/x-zip-compressed")
    mapping_use = MappingUse.OPTIONAL

    def __init__(self, members: Sequence[IntakeFormat]) -> None:
        self._members = members

    def places(
        self, stream: BinaryIO, mapping: CsvMapping | None, context: ReadingContext
    ) -> Iterator[ParsedDeclaration]:
        stream = with_seeking(stream)
        refuse_large_directory(stream)
        archive = open_archive(stream)
        files = [info for info in archive.infolist() if not _is_passed_over(info)]
        if len(files) > MAX_ENTRIES:
            raise UnreadableFile("archive_too_large", reason=f"{MAX_ENTRIES} files", line=1)
        if not files:
            raise UnreadableFile("archive_empty", reason="a file of declarations", line=1)
        budget = Budget(MAX_TOTAL_BYTES)
        for info in files:
            for place in self._entry(archive, info, budget, mapping, context):
                yield _named(place, info.filename)

    def _entry(
        self,
        archive: zipfile.ZipFile,
        info: zipfile.ZipInfo,
        budget: "Budget",
        mapping: CsvMapping | None,
        context: ReadingContext,
    ) -> Iterator[ParsedDeclaration]:
        """The places of one file; a fault of the whole file is a rejected place of its own."""
        head = b""
        try:
            if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
                raise UnreadableFile("archive_entry_unreadable", reason="no encryption, deflate")
            with open_entry(archive, info) as opened:
                expanding = Expanding(opened, info.compress_size, budget)
                stream = io.BufferedReader(expanding, _HEAD_BYTES)  # type: ignore[type-var]
                head = stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]
                member = recognise(self._members, info.filename, "", head)
                used = None if member.mapping_use is MappingUse.REFUSED else mapping
                told = _naming(context, info.filename)
                yield from member.parse(cast(BinaryIO, stream), mapping=used, context=told)
        except (UnreadableFile, InvalidValue) as fault:
            if fault.code == "archive_expands_too_much":
                raise
            yield _rejected(fault, head)


def _naming(context: ReadingContext, name: str) -> ReadingContext:
    """The context for one file: what is told of its table is told with its name."""
    file = storable(name, 200)

    def tell(reading: TableReading) -> None:
        context.tell(msgspec.structs.replace(reading, file=file))

    return replace(context, tell=tell)


def _is_passed_over(info: zipfile.ZipInfo) -> bool:
    """Folders, and what some systems add of their own."""
    name = info.filename
    return info.is_dir() or name.startswith("__MACOSX/") or name.endswith(_BY_SYSTEMS)


def _rejected(fault: UnreadableFile | InvalidValue, head: bytes) -> ParsedDeclaration:
    line = fault.params.get("line")
    log = IssueLog(line if isinstance(line, int) else 1)
    value = fault.params.get("value", fault.params.get("reason", ""))
    reason = InvalidValue(fault.code, value=value, allowed=fault.params.get("allowed", ""))
    log.add(reason, REJECT, "")
    text = head[:MAX_RAW_LENGTH].decode("utf-8", "replace") or "(empty)"
    return ParsedDeclaration(line=log.line, issues=log.issues(), raw=storable(text, MAX_RAW_LENGTH))


def _named(place: ParsedDeclaration, name: str) -> ParsedDeclaration:
    if not place.issues:
        return place
    prefix = storable(name, 200)
    issues = tuple(
        msgspec.structs.replace(issue, column=f"{prefix}: {issue.column}".rstrip(": "))
        for issue in place.issues
    )
    return msgspec.structs.replace(place, issues=issues)
