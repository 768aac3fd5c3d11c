"""Raw messages at rest: compressed when their batch is done, and the same bytes for ever."""

import json
import random
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from shipments.models import IntakeBatch, RawMessage
from shipments.models.choices import MessageCoding
from shipments.services import raw_messages
from shipments.services.cancelling import cancel_batch
from shipments.services.intake import INLINE_BYTES
from shipments.services.raw_messages import compress_messages, is_intact, open_message
from targeting import pipeline
from tests.integration.conftest import RECEIVED_AT, declaration, work_off

pytestmark = pytest.mark.django_db

LINE = json.dumps(declaration()).encode() + b"\n"
LARGE = LINE * (INLINE_BYTES // len(LINE) + 2)


def send(submitter, content: bytes, *, finish: bool = True) -> IntakeBatch:
    batch = pipeline.receive(
        submitter=submitter,
        content=ContentFile(content, name="message.ndjson"),
        format_key="ndjson",
        received_at=RECEIVED_AT,
    )
    if finish:
        work_off()
    return IntakeBatch.objects.get(pk=batch.pk)


def read(batch: IntakeBatch) -> bytes:
    with open_message(IntakeBatch.objects.get(pk=batch.pk)) as stream:
        return stream.read()


def files(folder) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("content", [LINE, LARGE], ids=["in the row", "in the storage"])
def test_message_when_its_batch_is_done_then_smaller_and_the_same_bytes(
    submitter, storage, content
):
    batch = send(submitter, content)
    counts = compress_messages()
    kept = RawMessage.objects.get()
    assert (counts["compressed"], kept.coding) == (1, MessageCoding.GZIP)
    assert (kept.size_bytes, kept.stored_bytes) == (len(content), counts["bytes_after"])
    assert counts["bytes_after"] < len(content)
    assert read(batch) == content
    assert is_intact(IntakeBatch.objects.get())
    assert files(storage) == ([] if content is LINE else [f"{batch.public_id}.ndjson.gz"])
    assert compress_messages()["compressed"] == 0


def test_message_when_its_batch_is_under_way_then_left_alone(submitter, storage):
    send(submitter, LARGE, finish=False)
    assert compress_messages()["compressed"] == 0
    assert RawMessage.objects.get().coding == ""


def test_message_when_taken_up_again_meanwhile_then_stays_as_it_came(
    submitter, storage, monkeypatch
):
    batch = send(submitter, LARGE)
    pack = raw_messages._write_compressed

    def reopened_meanwhile(message, target):
        IntakeBatch.objects.filter(pk=batch.pk).update(finished_at=None)
        return pack(message, target)

    monkeypatch.setattr(raw_messages, "_write_compressed", reopened_meanwhile)
    assert compress_messages()["compressed"] == 0
    assert RawMessage.objects.get().coding == ""
    assert (read(batch), files(storage)) == (LARGE, [f"{batch.public_id}.ndjson"])


def test_message_when_an_archive_then_kept_as_it_came(submitter, storage):
    noise = random.Random(1).randbytes(INLINE_BYTES + 1)
    batch = send(submitter, noise)
    assert compress_messages()["kept"] == 1
    kept = RawMessage.objects.get()
    assert (kept.coding, kept.stored_bytes) == (MessageCoding.IDENTITY, len(noise))
    assert read(batch) == noise


@pytest.mark.parametrize("fault", ["changed", "missing"])
def test_message_when_not_what_came_then_marked_and_told(submitter, storage, fault):
    batch = send(submitter, LARGE)
    (path,) = storage.rglob("*.ndjson")
    path.write_bytes(LARGE.replace(b"100", b"900")) if fault == "changed" else path.unlink()
    assert compress_messages()["damaged"] == 1
    assert RawMessage.objects.get().coding == MessageCoding.DAMAGED
    with pytest.raises(CommandError, match=str(batch.public_id)):
        call_command("verify_messages", stdout=StringIO())


def test_messages_when_compressed_and_untouched_then_proved(submitter, storage):
    for content in (LINE, LARGE):
        send(submitter, content)
    compress_messages()
    told = StringIO()
    call_command("verify_messages", stdout=told)
    assert "2 of 2 messages are what came" in told.getvalue()


def test_compressed_file_when_its_end_is_cut_then_not_intact(submitter, storage):
    batch = send(submitter, LARGE)
    compress_messages()
    (path,) = storage.rglob("*.gz")
    path.write_bytes(path.read_bytes()[:-20])
    assert not is_intact(IntakeBatch.objects.get(pk=batch.pk))


def test_cancelled_file_when_compressed_and_sent_again_then_read_to_its_end(
    submitter, storage, settings
):
    lines = [json.dumps(declaration(n)).encode() for n in range(1, 501)]
    content = b"\n".join(lines) + b"\n"
    batch = send(submitter, content, finish=False)
    cancel_batch(batch_id=batch.pk, now=RECEIVED_AT)
    work_off()
    assert compress_messages()["compressed"] == 1
    again = send(submitter, content)
    assert (again.pk, again.state, again.declaration_count) == (batch.pk, "done", 500)
