"""How much room a workbook (.xlsx) would take, measured before a library lays it out.

Its parts are expanded once and read by expat, which is strict where readers of workbooks are
not: what it does not accept is refused, so that nothing is read later which was not measured.
A sheet is laid out as a whole rectangle, and every cell holds its own copy of the text that it
shares with others, so both are counted as they will be, not as the file has them.
"""

import codecs
from array import array
from collections.abc import Callable
from typing import BinaryIO, cast
from xml.parsers import expat
from zipfile import ZipFile, ZipInfo

from shipments.domain.archives import (
    Budget,
    Expanding,
    open_archive,
    open_entry,
    refuse_large_directory,
)
from shipments.domain.errors import UnreadableFile

MAX_EXPANDED_BYTES = 100 * 1024 * 1024
MAX_PARTS = 2_000
# A sheet is laid out as a whole rectangle, at 32 bytes a cell.
MAX_CELLS = 5_000_000
# Of the cells of a sheet, each with its own copy of what it shares.
MAX_SHARED_BYTES = 100 * 1024 * 1024
MAX_DEPTH = 100
MAX_DISTINCT_NAMES = 10_000
_PIECE_BYTES = 64 * 1024
_MAX_TOKEN_BYTES = 1024 * 1024
_XML_SUFFIXES = (".xml", ".rels")
_REFUSED_SUFFIXES = (".zip", ".xlsx", ".xlsm", ".docx", ".bin", ".jar", ".exe", ".7z", ".gz")
# The printer's settings are the one binary part that ordinary workbooks hold.
_PRINTER = "xl/printersettings/"
_SHARED_TEXTS = "xl/sharedstrings.xml"
_SHEET_MARK = b"sheetData"


def measure_workbook(stream: BinaryIO) -> None:
    """Raise UnreadableFile for a workbook that is out of bounds or that nobody should open.

    Codes are those of :func:`shipments.domain.workbooks.read_first_sheet`. Expands every part
    once: the directory of a hostile archive may lie.
    """
    refuse_large_directory(stream)
    with open_archive(stream) as archive:
        parts = archive.infolist()
        names = {_name(part) for part in parts}
        if len(parts) > MAX_PARTS:
            raise UnreadableFile("workbook_part_refused", reason=f"at most {MAX_PARTS} parts")
        if len(names) < len(parts):
            raise UnreadableFile("workbook_part_refused", reason="each part once", line=1)
        budget = Budget(MAX_EXPANDED_BYTES)
        texts = _SharedTexts()
        # The shared texts before the cells that show them.
        for part in sorted(parts, key=lambda one: _name(one) != _SHARED_TEXTS):
            _measure_part(archive, part, budget, texts)


def _measure_part(archive: ZipFile, part: ZipInfo, budget: Budget, texts: "_SharedTexts") -> None:
    name = _name(part)
    if name.endswith(_REFUSED_SUFFIXES) and not name.startswith(_PRINTER):
        raise UnreadableFile("workbook_part_refused", reason=part.filename[:200], line=1)
    with open_entry(archive, part) as opened:
        stream = cast(BinaryIO, Expanding(opened, part.compress_size, budget))
        if not name.endswith(_XML_SUFFIXES):
            _refuse_hidden_sheet(stream, part.filename)
        elif name == _SHARED_TEXTS:
            _read(stream, texts)
        else:
            _read(stream, _Sheet(texts))


def _name(part: ZipInfo) -> str:
    """As readers look for it: whatever its case and its kind of slash."""
    return part.filename.lower().replace("\\", "/").lstrip("/")


def _refuse_hidden_sheet(stream: BinaryIO, name: str) -> None:
    """Any part may be named as a sheet: one that was not measured may not hold one."""
    rest = b""
    while piece := stream.read(_PIECE_BYTES):
        if _SHEET_MARK in rest + piece:
            raise UnreadableFile("workbook_part_refused", reason=name[:200], line=1)
        rest = piece[-len(_SHEET_MARK) :]


class _Measured:
    """A part as events of its elements by local name; bounded in depth and names."""

    def __init__(self) -> None:
        self._local: dict[str, str] = {}
        self._attributes: set[str] = set()
        self._depth = 0
        # As the readers of workbooks take them, whatever a part says of itself.
        self.parser = parser = expat.ParserCreate("UTF-8")
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        """An element of this local name begins."""

    def ends(self, name: str) -> None:
        """An element of this local name ends."""

    def hear(self, text: Callable[[str], None] | None) -> None:
        """Have text told from here on, or no longer."""
        self.parser.CharacterDataHandler = text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UnreadableFile("nesting_too_deep", reason=f"{MAX_DEPTH}", line=1)
        for attribute in attributes:
            if attribute not in self._attributes:
                self._attributes.add(attribute)
                self._refuse_many(self._attributes)
        self.begins(self._local.get(name) or self._new_name(name), attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.ends(self._local[name])

    def _new_name(self, name: str) -> str:
        self._local[name] = name.rpartition(":")[2]
        self._refuse_many(self._local)
        return self._local[name]

    @staticmethod
    def _refuse_many(names: "dict[str, str] | set[str]") -> None:
        """The parser remembers every name that it meets."""
        if len(names) > MAX_DISTINCT_NAMES:
            reason = f"{MAX_DISTINCT_NAMES} different names"
            raise UnreadableFile("xml_too_many_names", reason=reason, line=1)


class _SharedTexts(_Measured):
    """Bytes of each text that cells refer to by its number; the longest and all are known."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes = array("L")

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            if len(self.sizes) >= MAX_CELLS:
                raise _too_large(f"at most {MAX_CELLS} texts")
            self.sizes.append(0)
            self.hear(self._add)

    def ends(self, name: str) -> None:
        if name == "si":
            self.hear(None)

    def _add(self, text: str) -> None:
        self.sizes[-1] += len(text.encode())


class _Sheet(_Measured):
    """Counts the rectangle of the cells and the texts that they share.

    A cell or row without a place of its own stands behind the one before it.
    """

    def __init__(self, texts: _SharedTexts) -> None:
        super().__init__()
        self._sizes = texts.sizes
        self._row = self._column = 0
        self._rows = self._columns = self._cells = 0
        self._shared_bytes = 0
        self._is_shared = False
        self._value: list[str] = []

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            place = attributes.get("r")
            if place is not None:
                self._row = _number(place) - 1
        elif name == "v" and self._is_shared:
            self._value = []
            self.hear(self._value.append)

    def ends(self, name: str) -> None:
        if name == "c":
            self._column += 1
        elif name == "row":
            self._row, self._column = self._row + 1, 0
        elif name == "v" and self._is_shared:
            self.hear(None)
            self._share("".join(self._value))

    def _cell(self, attributes: dict[str, str]) -> None:
        self._is_shared = attributes.get("t") == "s"
        place = attributes.get("r")
        row = self._row
        if place is not None:
            letters = place.rstrip("0123456789")
            self._column = _column(letters)
            row = _number(place[len(letters) :]) - 1
        self._cells += 1
        self._rows, self._columns = max(self._rows, row + 1), max(self._columns, self._column + 1)
        if max(self._rows * self._columns, self._cells) > MAX_CELLS:
            raise _too_large(f"at most {MAX_CELLS} cells")

    def _share(self, value: str) -> None:
        digits = value.strip()
        if not digits:
            return
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else -1
        if not 0 <= number < len(self._sizes):
            raise UnreadableFile("workbook_invalid", reason=f"text {digits[:20]!r}", line=1)
        self._shared_bytes += self._sizes[number]
        if self._shared_bytes > MAX_SHARED_BYTES:
            raise _too_large(f"at most {MAX_SHARED_BYTES} bytes of text")


def _read(stream: BinaryIO, part: _Measured) -> None:
    """Every event of the part, in bounded memory; raises UnreadableFile."""
    parser = part.parser
    fed = 0
    piece = b" "
    try:
        while piece:
            piece = stream.read(_PIECE_BYTES)
            if not fed:
                _refuse_head(piece)
            parser.Parse(piece, not piece)
            fed += len(piece)
            if fed - max(parser.CurrentByteIndex, 0) > _MAX_TOKEN_BYTES + _PIECE_BYTES:
                raise UnreadableFile("xml_token_too_long", reason=f"{_MAX_TOKEN_BYTES}", line=1)
    except expat.ExpatError as fault:
        reason = expat.errors.messages.get(fault.code, str(fault))
        raise UnreadableFile("workbook_invalid", reason=reason, line=1) from None


def _refuse_head(head: bytes) -> None:
    """A declaration of types in any of the encodings of XML, and UTF-16 without one.

    UTF-16 only puts zero bytes between; a text in it may hold tags for who reads it as UTF-8.
    """
    plain = head.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        _refuse_doctype()
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head[:4]:
        raise UnreadableFile("workbook_invalid", reason="UTF-16, not UTF-8", line=1)


def _refuse_doctype(*_: object) -> None:
    raise UnreadableFile("xml_doctype_refused", reason="no DOCTYPE", line=1)


def _too_large(reason: str) -> UnreadableFile:
    return UnreadableFile("workbook_too_large", reason=reason, line=1)


def _column(letters: str) -> int:
    """The column of its letters, counted from 0.

    >>> _column("A"), _column("xfd")
    (0, 16383)
    """
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z" or number > 26**3:
            raise UnreadableFile("workbook_invalid", reason=f"cell {letters[:20]!r}", line=1)
        number = number * 26 + ord(letter) - 64
    return max(number, 1) - 1


def _number(digits: str) -> int:
    """A row's number, counted from 1."""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 7 and int(digits)):
        raise UnreadableFile("workbook_invalid", reason=f"row {digits[:20]!r}", line=1)
    return int(digits)
