"""A file of declarations at the door: its format, its mapping, room, what would become of it.

The API and the pages of submitters ask the same; neither stores anything here.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from django.conf import settings
from django.core.files import File

from shipments.domain.formats import detect_format, format_by_key
from shipments.domain.formats.base import IntakeFormat, ReadingContext
from shipments.domain.formats.mapping import CHOOSABLE, CsvMapping, mapping_by_key, with_habits
from shipments.domain.validation import Validation, validate
from shipments.selectors.backlog import get_backlog
from shipments.services.intake import INLINE_BYTES

HEAD_BYTES = 64 * 1024
MAX_VALIDATED_BYTES = 16 * 1024 * 1024
"""Whoever sends a file to be validated waits; longer ones are validated by the command, or in
parts."""
UNKNOWN_WAIT_SECONDS = 60


class Queued(NamedTuple):
    """Why a large file has no room: what waits, in bytes, and for how many seconds likely."""

    waiting_bytes: int
    wait: int


def format_of(upload: "File[bytes]", *, asked: str, content_type: str) -> IntakeFormat:
    """The format that was asked for, else the one that the content tells.

    Raises InvalidValue ``format_unknown``. Leaves the file at its start.
    """
    if asked:
        return format_by_key(asked)
    head = upload.read(HEAD_BYTES)
    upload.seek(0)
    return detect_format(upload.name or "", content_type, head)


def mapping_of(asked: str, habits: Mapping[str, str]) -> CsvMapping | None:
    """The mapping of this key with the habits that the sender states; None without a key.

    Raises InvalidValue ``mapping_unknown``, ``habit_invalid``.
    """
    if not asked:
        return None
    stated = {name: habits.get(name, "") for name in CHOOSABLE}
    return with_habits(mapping_by_key(_mappings(), asked), stated)


def mapping_keys() -> list[str]:
    """The mappings of this installation."""
    return sorted(path.stem for path in _mappings().glob("*.toml"))


def without_room(size: int) -> Queued | None:
    """Why a file of so many bytes cannot be taken now; None when it can. Two queries for a
    large one."""
    if size <= INLINE_BYTES:
        return None
    backlog = get_backlog()
    excess = backlog.waiting_bytes + size - settings.TARGETING["MAX_BACKLOG_BYTES"]
    if not backlog.waiting_bytes or excess <= 0:
        return None
    return Queued(backlog.waiting_bytes, backlog.seconds_for(excess) or UNKNOWN_WAIT_SECONDS)


def validated(
    content: "File[bytes]",
    *,
    intake_format: IntakeFormat,
    mapping: CsvMapping | None,
    context: ReadingContext,
) -> Validation:
    """What would become of the file, which is at most :data:`MAX_VALIDATED_BYTES` long."""
    # The file itself: one without a name, as a body is, counts as false for a ZIP reader.
    stream = cast(BinaryIO, content.file)
    return validate(stream, intake_format=intake_format, mapping=mapping, context=context)


def _mappings() -> Path:
    return Path(settings.TARGETING["FIXTURES_DIR"]) / "mappings"
