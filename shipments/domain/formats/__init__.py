"""The intake formats: an explicit list, and how a file finds its format."""

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.base import IntakeFormat
from shipments.domain.formats.csv_rows import CsvFormat
from shipments.domain.formats.json_document import JsonFormat
from shipments.domain.formats.ndjson import UTF8_MARK, NdjsonFormat

_JSON = JsonFormat()
_NDJSON = NdjsonFormat()

FORMATS: tuple[IntakeFormat, ...] = (_JSON, _NDJSON, CsvFormat())

# The bytes with which archives, office files and pictures start.
_BINARY_MARKS = (b"PK\x03\x04", b"\x1f\x8b", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG")


def format_by_key(key: str) -> IntakeFormat:
    """The format of this key; raises InvalidValue ``format_unknown``."""
    for intake_format in FORMATS:
        if intake_format.key == key:
            return intake_format
    raise _unknown(key)


def detect_format(file_name: str, content_type: str, head: bytes) -> IntakeFormat:
    """The format of a file from its first bytes, its name, its content type, in that order.

    What a file says about itself wins over what it is called: JSON under any name is read
    as JSON. ``head`` should hold the first line where possible; a single object on the
    first line with another one below it is NDJSON. Raises InvalidValue ``format_unknown``.
    """
    text = head.removeprefix(UTF8_MARK).lstrip()
    if head.startswith(_BINARY_MARKS):
        raise _unknown(file_name)
    if text.startswith(b"["):
        return _JSON
    if text.startswith(b"{"):
        return _NDJSON if _is_object_per_line(text, file_name) else _JSON
    name, media_type = file_name.lower(), content_type.partition(";")[0].strip().lower()
    for intake_format in FORMATS:
        if name.endswith(intake_format.suffixes):
            return intake_format
    for intake_format in FORMATS:
        if media_type in intake_format.content_types:
            return intake_format
    raise _unknown(file_name)


def _is_object_per_line(text: bytes, file_name: str) -> bool:
    first, _, rest = text.partition(b"\n")
    if file_name.lower().endswith(_NDJSON.suffixes):
        return True
    if not rest.lstrip().startswith(b"{"):
        return False
    return first.rstrip().endswith(b"}")


def _unknown(value: str) -> InvalidValue:
    allowed = ", ".join(intake_format.key for intake_format in FORMATS)
    return InvalidValue("format_unknown", value=value, allowed=allowed)
