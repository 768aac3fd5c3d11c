"""Taking in what a submitter sent: the message first, its meaning later."""

import hashlib
from datetime import datetime
from io import BytesIO
from typing import IO

from django.core.files import File
from django.db import transaction

from shipments.models import IntakeBatch, RawMessage, Submitter
from shipments.models.choices import BatchState

INLINE_BYTES = 256 * 1024
"""Messages up to this size are kept in the row; larger ones in the file storage, as bulk."""


def register_submitter(*, key: str, name: str = "") -> Submitter:
    """The submitter with this stable key, made when it is new."""
    submitter, _ = Submitter.objects.get_or_create(key=key, defaults={"name": name or key})
    return submitter


@transaction.atomic
def register_batch(
    *,
    submitter: Submitter,
    content: "bytes | File[bytes]",
    format_key: str,
    mapping_key: str = "",
    file_name: str = "",
    received_at: datetime,
) -> tuple[IntakeBatch, bool]:
    """Store the message and its batch; the same bytes of the same submitter are one batch.

    Returns the batch and whether it is new. A file that was saved before a failed
    commit stays in the storage as an orphan: harmless, and the retention job's to remove.
    """
    digest, size = measure(content)
    batch, is_new = IntakeBatch.objects.get_or_create(
        submitter=submitter,
        sha256=digest,
        mapping_key=mapping_key,
        defaults={
            "format_key": format_key,
            "file_name": file_name[:255],
            "is_bulk": size > INLINE_BYTES,
            "received_at": received_at,
        },
    )
    if is_new or _is_to_be_read_again(batch):
        message = RawMessage(batch=batch, size_bytes=size, received_at=batch.received_at)
        if size <= INLINE_BYTES:
            message.content = content if isinstance(content, bytes) else content.read()
            message.save()
        else:
            stored = File(BytesIO(content)) if isinstance(content, bytes) else content
            message.file.save(f"{batch.public_id}.{format_key}", stored)
    return batch, is_new


def _is_to_be_read_again(batch: IntakeBatch) -> bool:
    """Whether a file was cancelled half-way and its bytes have been removed since."""
    is_cancelled = batch.state == BatchState.CANCELLED
    return is_cancelled and not RawMessage.objects.filter(batch=batch).exists()


class MeasuredFile(File):  # type: ignore[type-arg]
    """A file whose SHA-256 was taken while it came, so that it need not be read for it."""

    def __init__(self, file: IO[bytes], *, sha256: bytes, size: int) -> None:
        super().__init__(file, name="")
        self.sha256, self.size = sha256, size


def measure(content: "bytes | File[bytes]") -> tuple[bytes, int]:
    """SHA-256 and size in bytes, reading a file at most once and leaving it at its start."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).digest(), len(content)
    if isinstance(content, MeasuredFile):
        return content.sha256, content.size
    digest, size = hashlib.sha256(), 0
    for block in content.chunks():
        digest.update(block)
        size += len(block)
    content.seek(0)
    return digest.digest(), size
