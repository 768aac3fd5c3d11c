"""ZIP: an archive of declaration files, each read as its own format, within bounds."""

import io
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import IO, BinaryIO, cast

import msgspec

from shipments.domain.errors import InvalidValue, UnreadableFile
from shipments.domain.formats.base import NO_CONTEXT, IntakeFormat, MappingUse, ReadingContext
from shipments.domain.formats.detection import recognise
from shipments.domain.formats.issues import MAX_RAW_LENGTH, REJECT, IssueLog, storable
from shipments.domain.formats.mapping import CsvMapping
from shipments.domain.records import ParsedDeclaration

MAX_ENTRIES = 10_000
MAX_DIRECTORY_BYTES = 4 * 1024 * 1024
MAX_ENTRY_BYTES = 2 * 1024 * 1024 * 1024
MAX_TOTAL_BYTES = 4 * 1024 * 1024 * 1024
# Real XML shrinks to a twentieth; repetitive generated files to a hundredth.
MAX_RATIO = 250
_RATIO_COUNTS_FROM = 4 * 1024 * 1024
_HEAD_BYTES = 64 * 1024
_SPOOL_BYTES = 1024 * 1024
_END_RECORD_BYTES = 22
_MAX_COMMENT_BYTES = 65_535
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_BY_SYSTEMS = ("Thumbs.db", ".DS_Store")


class ZipFormat:
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

    def parse(
        self,
        stream: BinaryIO,
        *,
        mapping: CsvMapping | None = None,
        context: ReadingContext = NO_CONTEXT,
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
                yield from member.parse(cast(BinaryIO, stream), mapping=used, context=context)
        except (UnreadableFile, InvalidValue) as fault:
            if fault.code == "archive_expands_too_much":
                raise
            yield _rejected(fault, head)


# What the standard library lets through of a directory or an entry that is not what it says.
DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)


def open_archive(stream: BinaryIO) -> zipfile.ZipFile:
    """The archive; raises UnreadableFile ``archive_invalid``."""
    try:
        return zipfile.ZipFile(stream)
    except DAMAGES as fault:
        raise UnreadableFile("archive_invalid", reason=str(fault)[:200], line=1) from None


def open_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """An entry to read from; raises UnreadableFile ``archive_entry_unreadable``."""
    try:
        return archive.open(info)
    except DAMAGES as fault:
        raise _unreadable(fault) from None


def _unreadable(fault: Exception) -> UnreadableFile:
    return UnreadableFile("archive_entry_unreadable", reason=str(fault)[:200], line=1)


class Budget:
    """How many expanded bytes the rest of the archive may have."""

    def __init__(self, left: int) -> None:
        self.left = left


class Expanding(io.RawIOBase):
    """An entry as it expands; raises UnreadableFile ``archive_expands_too_much``."""

    def __init__(self, source: zipfile.ZipExtFile | object, packed: int, budget: Budget) -> None:
        self._source: zipfile.ZipExtFile = source  # type: ignore[assignment]
        self._packed = max(packed, 1)
        self._budget = budget
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        try:
            piece = self._source.read(len(buffer))
        except DAMAGES as fault:
            raise _unreadable(fault) from None
        buffer[: len(piece)] = piece
        self._size += len(piece)
        self._budget.left -= len(piece)
        is_bomb = self._size > _RATIO_COUNTS_FROM and self._size > MAX_RATIO * self._packed
        if is_bomb or self._size > MAX_ENTRY_BYTES or self._budget.left < 0:
            reason = f"{MAX_RATIO} times its size, {MAX_ENTRY_BYTES} bytes a file"
            raise UnreadableFile("archive_expands_too_much", reason=reason, line=1)
        return len(piece)


def with_seeking(stream: BinaryIO) -> BinaryIO:
    """The stream itself, or its content in a temporary file: the directory is at the end."""
    if stream.seekable():
        return stream
    spool = tempfile.SpooledTemporaryFile(_SPOOL_BYTES)  # noqa: SIM115 (read after this)
    shutil.copyfileobj(stream, spool)
    return cast(BinaryIO, spool)


def refuse_large_directory(stream: BinaryIO) -> None:
    """The directory is read as a whole: its size is looked up before that.

    Archives of the 64-bit form have more files or bytes than are read here anyway.
    """
    end = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, end - _END_RECORD_BYTES - _MAX_COMMENT_BYTES - 20))
    tail = stream.read()
    stream.seek(0)
    start = tail.rfind(b"PK\x05\x06")
    if start < 0 or len(tail) < start + _END_RECORD_BYTES:
        raise UnreadableFile("archive_invalid", reason="a directory at its end", line=1)
    directory = int.from_bytes(tail[start + 12 : start + 16], "little")
    is_64_bit = tail[max(0, start - 20) : start].startswith(b"PK\x06\x07")
    if is_64_bit or directory > MAX_DIRECTORY_BYTES:
        raise UnreadableFile("archive_too_large", reason=f"{MAX_ENTRIES} files", line=1)


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
