"""Raw messages at rest: compressed once their batch is done, and proved against their digest.

The digest of a batch is that of the bytes as they came, so a message is what it was for as
long as what it decompresses to has that digest, however it is kept.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from django.core.files import File
from django.db import transaction

from shipments.domain.errors import ShipmentsError
from shipments.models import IntakeBatch, RawMessage
from shipments.models.choices import MessageCoding

COMPRESSION_LEVEL = 6
WORTH_KEEPING = 0.9
"""A message that stays larger than this share of itself (an archive) is kept as it came."""
MAX_MESSAGES, MAX_BYTES = 500, 1024**3
"""One run compresses at most so many messages, and begins none beyond so many bytes."""

ORPHAN_DAYS = range(2, 30)
"""Files without a row are looked for in the folders of so many days ago."""

_BLOCK = 256 * 1024
_IN_MEMORY = 4 * 1024 * 1024


class MessageRemoved(ShipmentsError):
    """The message is not kept any more; what was declared in it may be."""

    code = "message_removed"


@contextmanager
def open_message(batch: IntakeBatch) -> Iterator[BinaryIO]:
    """The bytes of the batch's message as they came, whatever they are kept as.

    Raises :class:`MessageRemoved`.
    """
    message = RawMessage.objects.filter(batch=batch).first()
    if message is None:
        raise MessageRemoved
    with _stored(message) as stored:
        if message.coding == MessageCoding.GZIP:
            with gzip.GzipFile(fileobj=stored, mode="rb") as stream:
                yield cast(BinaryIO, stream)
        else:
            yield stored


def is_intact(batch: IntakeBatch) -> bool:
    """Whether the stored message still has the size and SHA-256 it came with.

    Reads all of it, in blocks.
    """
    try:
        with open_message(batch) as stream:
            digest, size = _measure(stream)
    except (OSError, EOFError, zlib.error, MessageRemoved):
        return False
    return digest == bytes(batch.sha256) and size == batch.raw_message.size_bytes


def compress_messages() -> dict[str, int]:
    """Compress messages of batches that are done; counts of messages and bytes, and of damage.

    One transaction a message, so that a run that is killed leaves whole ones behind; twice is
    as once. A message that is not what came any more is marked and left alone.
    """
    waiting = RawMessage.objects.filter(
        coding=MessageCoding.AS_IT_CAME, batch__finished_at__isnull=False
    ).order_by("pk")
    counts = {"compressed": 0, "kept": 0, "damaged": 0, "bytes_before": 0, "bytes_after": 0}
    for message in waiting.select_related("batch")[:MAX_MESSAGES]:
        if counts["bytes_before"] >= MAX_BYTES:
            break
        coding = _compress(message)
        if coding is None:
            continue
        name = {MessageCoding.GZIP: "compressed", MessageCoding.DAMAGED: "damaged"}
        counts[name.get(coding, "kept")] += 1
        counts["bytes_before"] += message.size_bytes
        counts["bytes_after"] += message.stored_bytes or 0
    return counts


def clear_orphans(*, today: date) -> int:
    """Delete stored files that no row names: of a receipt or a removal that was killed half-way."""
    storage = RawMessage._meta.get_field("file").storage
    cleared = 0
    for days in ORPHAN_DAYS:
        folder = (today - timedelta(days=days)).strftime("intake/%Y/%m/%d")
        try:
            names = [f"{folder}/{name}" for name in storage.listdir(folder)[1]]
        except FileNotFoundError:
            continue
        known = set(RawMessage.objects.filter(file__in=names).values_list("file", flat=True))
        for name in (one for one in names if one not in known):
            storage.delete(name)
            cleared += 1
    return cleared


def _compress(message: RawMessage) -> MessageCoding | None:
    """What the message is kept as from now on; None when its batch was taken up again."""
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as small:
        try:
            is_whole = _write_compressed(message, cast(IO[bytes], small))
        except FileNotFoundError:
            is_whole = False
        stored_bytes = small.tell()
        small.seek(0)
        coding = MessageCoding.IDENTITY
        if not is_whole:
            coding = MessageCoding.DAMAGED
        elif stored_bytes <= WORTH_KEEPING * message.size_bytes:
            coding = MessageCoding.GZIP
        before = message.file.name
        if coding != MessageCoding.GZIP:
            message.stored_bytes = message.size_bytes
        else:
            message.stored_bytes = stored_bytes
            if message.content is not None:
                message.content = small.read()
            else:
                storage, name = message.file.storage, f"{before}.gz"
                message.file.name = storage.save(name, File(cast(IO[bytes], small)))
        message.coding = coding
        return _switch(message, before)


def _switch(message: RawMessage, before: str | None) -> MessageCoding | None:
    """Store what became of the message, unless its batch is being read again by now.

    Locks the batch, as taking it up again does, so that no reader holds the name of a file
    that is deleted. The old file goes after the commit; killed between, it is an orphan.
    """
    with transaction.atomic():
        batch = IntakeBatch.objects.select_for_update(no_key=True).get(pk=message.batch_id)
        is_done = batch.finished_at is not None
        if is_done:
            message.save(update_fields=["coding", "content", "file", "stored_bytes"])
    superfluous = before if is_done else message.file.name
    if superfluous and message.coding == MessageCoding.GZIP:
        message.file.storage.delete(superfluous)
    return MessageCoding(message.coding) if is_done else None


def _write_compressed(message: RawMessage, target: IO[bytes]) -> bool:
    """Compress into ``target``; whether what was read is what came."""
    digest = hashlib.sha256()
    # Without name and time, the same message gives the same bytes.
    with (
        _stored(message) as source,
        gzip.GzipFile("", "wb", COMPRESSION_LEVEL, target, mtime=0) as packed,
    ):
        while block := source.read(_BLOCK):
            digest.update(block)
            packed.write(block)
    return digest.digest() == bytes(message.batch.sha256)


@contextmanager
def _stored(message: RawMessage) -> Iterator[BinaryIO]:
    if message.content is not None:
        yield BytesIO(bytes(message.content))
    else:
        with message.file.open("rb") as stream:
            yield cast(BinaryIO, stream)  # a FieldFile proxies the methods of its file


def _measure(stream: BinaryIO) -> tuple[bytes, int]:
    digest, size = hashlib.sha256(), 0
    while block := stream.read(_BLOCK):
        digest.update(block)
        size += len(block)
    return digest.digest(), size
