"""Reading an Office Open XML workbook (.xlsx) that may be hostile.

python-calamine reads whole sheets into memory, so what the archive would expand to is counted
first: by unpacking it in pieces, not by believing its directory. Parts that declare a document
type or an entity are refused, as are macros and archives inside the archive.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from shipments.domain.errors import UnreadableFile

ZIP_MAGIC = b"PK\x03\x04"
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_EXPANDED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 2_000
MAX_CELLS = 5_000_000
_PIECE = 1024 * 1024
_RATIO_FREE_BYTES = 1024 * 1024
# A declaration of types or entities can stand at the head of a part only.
_HEAD_BYTES = 64 * 1024
_REFUSED_SUFFIXES = (".zip", ".xlsx", ".xlsm", ".docx", ".bin", ".jar", ".exe", ".7z", ".gz")

Cell = str | int | float | bool | time | date | datetime | timedelta


def read_workbook(content: bytes) -> Iterator[list[str]]:
    """The rows of the first sheet as texts; whole numbers without a fraction, dates as ISO.

    Raises UnreadableFile with ``reason`` (``file_too_large``, ``expanded_too_large``,
    ``entities_refused``, ``part_refused``, ``too_many_cells``, ``not_a_workbook``) and
    ``allowed``, before anything is read from the sheet.
    """
    check_archive(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = workbook.get_sheet_by_index(0)
    except (CalamineError, IndexError) as error:
        raise UnreadableFile(reason="not_a_workbook", allowed=".xlsx with a sheet") from error
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise UnreadableFile(reason="too_many_cells", allowed=f"at most {MAX_CELLS} cells")
    for row in sheet.to_python(skip_empty_area=False):
        yield [text_of(cell) for cell in row]


def check_archive(content: bytes) -> None:
    """Raises UnreadableFile unless the archive is small, plain and holds XML and pictures only."""
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableFile(reason="file_too_large", allowed=f"at most {MAX_FILE_BYTES} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS:
                raise UnreadableFile(reason="part_refused", allowed=f"at most {MAX_PARTS} parts")
            expanded = 0
            for part in parts:
                expanded = _check_part(archive, part, expanded, len(content))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnreadableFile(reason="not_a_workbook", allowed=".xlsx, not encrypted") from error


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, expanded: int, packed: int) -> int:
    name = part.filename.lower()
    # The printer's settings are the one binary part that ordinary workbooks hold.
    if name.endswith(_REFUSED_SUFFIXES) and not name.startswith("xl/printersettings/"):
        raise UnreadableFile(reason="part_refused", value=part.filename[:200], allowed="XML parts")
    with archive.open(part) as stream:
        head = True
        while piece := stream.read(_PIECE):
            expanded += len(piece)
            allowed = min(MAX_EXPANDED_BYTES, max(_RATIO_FREE_BYTES, packed * MAX_RATIO))
            if expanded > allowed:
                raise UnreadableFile(
                    reason="expanded_too_large", allowed=f"at most {allowed} bytes unpacked"
                )
            if head and _declares_types(piece[:_HEAD_BYTES]):
                raise UnreadableFile(
                    reason="entities_refused", value=part.filename[:200], allowed="no DOCTYPE"
                )
            head = False
    return expanded


def _declares_types(head: bytes) -> bool:
    """In any of the encodings of XML: UTF-16 only puts zero bytes between."""
    plain = head.replace(b"\0", b"").upper()
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def text_of(cell: Cell) -> str:
    """What the cell shows, as far as its value tells: 2915240000.0 is ``2915240000``."""
    if isinstance(cell, bool):
        return "True" if cell else "False"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return str(cell)
