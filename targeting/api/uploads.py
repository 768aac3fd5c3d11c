"""Reading what a client sends without holding it in memory, within a limit."""

import hashlib
from collections.abc import Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request

from risk.domain.lists.sheets import MAX_FILE_BYTES
from shipments.services.intake import MeasuredFile
from targeting.api.errors import BacklogFull, LengthRequired, UploadTooLarge
from targeting.intake.files import without_room

MAX_DECLARATION_BYTES = 1024 * 1024
IN_MEMORY_BYTES = 1024 * 1024
BLOCK_BYTES = 64 * 1024
# What a form adds around a file.
FORM_BYTES = 64 * 1024
MAX_SHEET_BYTES = MAX_FILE_BYTES + FORM_BYTES

ParserContext = Mapping[str, Any] | None


def refuse_unknown_length(request: Request) -> None:
    """Raise :class:`LengthRequired` for a chunked body; to be called before ``request.data``."""
    if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
        raise LengthRequired


def refuse_when_full(request: Request) -> None:
    """Raise :class:`BacklogFull` for a large file that the backlog has no room for.

    To be called before ``request.data``: what is refused is not read either.
    """
    declared = request.META.get("CONTENT_LENGTH") or "0"
    queued = without_room(int(declared) if declared.isdigit() else 0)
    if queued:
        raise BacklogFull(waiting_bytes=queued.waiting_bytes, wait=queued.wait)


def refuse_too_large(parser_context: ParserContext, *, allowed_bytes: int) -> None:
    """Raise :class:`UploadTooLarge` by the declared length, before anything is read."""
    declared = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
    if declared.isdigit() and int(declared) > allowed_bytes:
        raise UploadTooLarge(allowed_bytes)


class DeclarationBodyParser(BaseParser):
    """One declaration as the bytes that came: the intake format, not the framework, reads it."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: ParserContext = None
    ) -> Any:
        refuse_too_large(parser_context, allowed_bytes=MAX_DECLARATION_BYTES)
        content = stream.read(MAX_DECLARATION_BYTES + 1)
        if len(content) > MAX_DECLARATION_BYTES:
            raise UploadTooLarge(MAX_DECLARATION_BYTES)
        return content


class FileBodyParser(BaseParser):
    """A whole file as the body: spooled to disk beyond 1 MiB, refused beyond the limit.

    Measured on the way: a gigabyte that is read once more is answered seconds later.
    """

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: ParserContext = None
    ) -> Any:
        allowed = settings.TARGETING["MAX_UPLOAD_BYTES"]
        refuse_too_large(parser_context, allowed_bytes=allowed)
        spool = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 (outlives this)
        digest, size = hashlib.sha256(), 0
        while block := stream.read(BLOCK_BYTES):
            size += len(block)
            if size > allowed:
                spool.close()
                raise UploadTooLarge(allowed)
            spool.write(block)
            digest.update(block)
        spool.seek(0)
        return MeasuredFile(spool, sha256=digest.digest(), size=size)


class NdjsonBodyParser(FileBodyParser):
    media_type = "application/x-ndjson"


class CsvBodyParser(FileBodyParser):
    media_type = "text/csv"


class JsonBodyParser(FileBodyParser):
    media_type = "application/json"


class XmlBodyParser(FileBodyParser):
    media_type = "application/xml"


class TextXmlBodyParser(FileBodyParser):
    media_type = "text/xml"


class EdifactBodyParser(FileBodyParser):
    media_type = "application/edifact"


class WorkbookBodyParser(FileBodyParser):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ZipBodyParser(FileBodyParser):
    media_type = "application/zip"


class AnyBodyParser(FileBodyParser):
    """A sender that does not know what it sends: the content alone tells the format."""

    media_type = "application/octet-stream"


BODY_PARSERS = [
    NdjsonBodyParser,
    CsvBodyParser,
    JsonBodyParser,
    XmlBodyParser,
    TextXmlBodyParser,
    EdifactBodyParser,
    WorkbookBodyParser,
    ZipBodyParser,
    AnyBodyParser,
]


class UploadFormParser(MultiPartParser):
    """A form with a field ``file``; the declared length is checked before it is read."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: ParserContext = None
    ) -> Any:
        refuse_too_large(parser_context, allowed_bytes=settings.TARGETING["MAX_UPLOAD_BYTES"])
        return super().parse(stream, media_type, parser_context)


class SheetFormParser(UploadFormParser):
    """A form with a sheet of a list or a register."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: ParserContext = None
    ) -> Any:
        refuse_too_large(parser_context, allowed_bytes=MAX_SHEET_BYTES)
        return super().parse(stream, media_type, parser_context)
