"""Reading a ZIP archive that may be hostile: measured while it expands, never by its own word."""

import io
import shutil
import struct
import tempfile
import zipfile
import zlib
from typing import IO, BinaryIO, cast

from shipments.domain.errors import UnreadableFile

MAX_ENTRIES = 10_000
MAX_DIRECTORY_BYTES = 4 * 1024 * 1024
MAX_ENTRY_BYTES = 2 * 1024 * 1024 * 1024
# Real XML shrinks to a twentieth; repetitive generated files to a hundredth.
MAX_RATIO = 250
_RATIO_COUNTS_FROM = 4 * 1024 * 1024
_SPOOL_BYTES = 1024 * 1024
_END_RECORD_BYTES = 22
_MAX_COMMENT_BYTES = 65_535

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
        raise unreadable_entry(fault) from None


def unreadable_entry(fault: Exception) -> UnreadableFile:
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
            raise unreadable_entry(fault) from None
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
