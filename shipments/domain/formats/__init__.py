"""The intake formats: an explicit list, and how a file finds its format."""

from shipments.domain.formats.asycuda import AsycudaFormat
from shipments.domain.formats.base import IntakeFormat
from shipments.domain.formats.csv_rows import CsvFormat
from shipments.domain.formats.cusdec import CusdecFormat
from shipments.domain.formats.detection import recognise, unknown_format
from shipments.domain.formats.eaeu import EaeuFormat
from shipments.domain.formats.json_document import JsonFormat
from shipments.domain.formats.ndjson import NdjsonFormat
from shipments.domain.formats.wco import WcoFormat
from shipments.domain.formats.xlsx import XlsxFormat
from shipments.domain.formats.zip_archive import ZipFormat

_PLAIN: tuple[IntakeFormat, ...] = (
    JsonFormat(),
    NdjsonFormat(),
    CsvFormat(),
    EaeuFormat(),
    AsycudaFormat(),
    WcoFormat(),
    CusdecFormat(),
    XlsxFormat(),
)
FORMATS: tuple[IntakeFormat, ...] = (*_PLAIN, ZipFormat(_PLAIN))


def format_by_key(key: str) -> IntakeFormat:
    """The format of this key; raises InvalidValue ``format_unknown``."""
    for intake_format in FORMATS:
        if intake_format.key == key:
            return intake_format
    raise unknown_format(FORMATS, key)


def detect_format(file_name: str, content_type: str, head: bytes) -> IntakeFormat:
    """The format of a file from its first bytes, its name, its content type, in that order.

    Raises InvalidValue ``format_unknown``; see :mod:`shipments.domain.formats.detection`.
    """
    return recognise(FORMATS, file_name, content_type, head)
