"""How a file finds its format: what it says about itself wins over what it is called."""

import codecs
import re
from collections.abc import Iterable, Sequence

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.base import IntakeFormat

_UTF8_MARK = codecs.BOM_UTF8
# The bytes with which archives, office files and pictures start that are not read.
_BINARY_MARKS = (b"\x1f\x8b", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"Rar!", b"7z\xbc\xaf")
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_WORKBOOK_SIGNS = (b"[Content_Types].xml", b"xl/workbook", b"xl/worksheets")
_NDJSON_SUFFIXES = (".ndjson", ".jsonl")
# The first of these elements in a file tells its format; an envelope around it does not.
_XML_ELEMENTS = {
    "ED_Container": "eaeu",
    "ESADout_CU": "eaeu",
    "KDTout_CU": "eaeu",
    "ASYCUDA": "asycuda",
    "Declaration": "wco",
}
_TAG = re.compile(r"<(?:[\w.\-]+:)?(" + "|".join(_XML_ELEMENTS) + r")[\s/>]")


def recognise(
    formats: Sequence[IntakeFormat], file_name: str, content_type: str, head: bytes
) -> IntakeFormat:
    """The format of a file from its first bytes, its name, its content type, in that order.

    ``head`` should hold the first line where possible; a single object on the first line
    with another one below it is NDJSON. Raises InvalidValue ``format_unknown``.
    """
    by_key = {intake_format.key: intake_format for intake_format in formats}
    name, media_type = file_name.lower(), content_type.partition(";")[0].strip().lower()
    found = _key_of_content(head, name)
    if found is not None:
        if found not in by_key:
            raise unknown_format(formats, file_name)
        return by_key[found]
    for intake_format in formats:
        if name.endswith(intake_format.suffixes):
            return intake_format
    for intake_format in formats:
        if media_type in intake_format.content_types:
            return intake_format
    raise unknown_format(formats, file_name)


def unknown_format(formats: Iterable[IntakeFormat], value: str) -> InvalidValue:
    allowed = ", ".join(intake_format.key for intake_format in formats)
    return InvalidValue("format_unknown", value=value, allowed=allowed)


def _key_of_content(head: bytes, name: str) -> str | None:
    """The key that the first bytes tell, a key of nothing we read, or None if they are mute."""
    if head.startswith(_BINARY_MARKS):
        return ""
    if head.startswith(_ZIP_MARKS):
        is_workbook = name.endswith(".xlsx") or any(sign in head for sign in _WORKBOOK_SIGNS)
        return "xlsx" if is_workbook else "zip"
    text = head.removeprefix(_UTF8_MARK).lstrip()
    if text.startswith(b"["):
        return "json"
    if text.startswith(b"{"):
        return "ndjson" if _is_object_per_line(text, name) else "json"
    if text.startswith((b"UNA", b"UNB+")):
        return "cusdec"
    characters = _characters(head).lstrip("\ufeff \t\r\n")
    if characters.startswith("<"):
        tag = _TAG.search(characters)
        return _XML_ELEMENTS[tag[1]] if tag else ""
    return None


def _is_object_per_line(text: bytes, name: str) -> bool:
    first, _, rest = text.partition(b"\n")
    if name.endswith(_NDJSON_SUFFIXES):
        return True
    if not rest.lstrip().startswith(b"{"):
        return False
    return first.rstrip().endswith(b"}")


def _characters(head: bytes) -> str:
    """Enough of a text of any encoding to see its tags."""
    is_utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.removeprefix(_UTF8_MARK)
    return text.decode("utf-16" if is_utf16 else "latin-1", "replace")
