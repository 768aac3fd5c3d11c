"""Files that people attach to alerts: stored outside the web root, told by their content."""

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from shipments.domain.errors import InvalidValue
from targeting.domain.attachments import MOST_ATTACHMENTS, MOST_BYTES, shown_name
from targeting.domain.lifecycle import Move
from targeting.domain.questions import MEDIA_TYPES, media_type_of
from targeting.models import Alert, AlertAct, AlertAttachment, User
from targeting.services.alert_acts import Said, move_alert

FOLDER = "attachments"


class Brought(NamedTuple):
    """A file as it was brought: its bytes, the sender's word for it, and what is said of it."""

    content: bytes
    name: str
    note: str = ""


@transaction.atomic
def attach(
    *, alert: Alert, brought: Brought, by: User, now: datetime, hold: timedelta
) -> tuple[AlertAttachment, bool]:
    """The attachment, and whether it is new: the same bytes are attached once. A new one is a move
    of the alert with the note as its comment; whoever holds the alert holds it on for ``hold``.

    Locks the alert. Raises InvalidValue for content of another kind than a PDF, PNG or JPEG, more
    than MOST_BYTES, and more than MOST_ATTACHMENTS files.
    """
    digest = hashlib.sha256(brought.content).digest()
    row = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    stored = AlertAttachment.objects.filter(alert=row)
    if same := stored.filter(sha256=digest).first():
        return same, False
    kind = _checked_kind(brought)
    count = stored.count()
    if count >= MOST_ATTACHMENTS:
        raise InvalidValue(field="file", value=str(count + 1), allowed=f"{MOST_ATTACHMENTS} files")
    move_alert(
        alert=row,
        move=Move.ATTACH,
        by=by,
        now=now,
        hold=hold,
        mark=None,
        said=Said(comment=brought.note),
    )
    # By a name of ours: nothing of the sender's gets into the storage's paths.
    place = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}", ContentFile(brought.content))
    try:
        return AlertAttachment.objects.create(
            alert=row,
            # The alert is locked: the latest act is the one just made.
            act=AlertAct.objects.filter(alert=row).latest("pk"),
            number=count + 1,
            file=place,
            file_name=shown_name(brought.name),
            media_type=kind,
            size_bytes=len(brought.content),
            sha256=digest,
            note=brought.note.strip(),
            added_by=by.actor,
            added_at=now,
        ), True
    except BaseException:
        default_storage.delete(place)
        raise


def _checked_kind(brought: Brought) -> str:
    if len(brought.content) > MOST_BYTES:
        size = str(len(brought.content))
        raise InvalidValue(field="file", value=size, allowed=f"{MOST_BYTES} bytes")
    kind = media_type_of(brought.content)
    if not kind:
        allowed = ", ".join(MEDIA_TYPES)
        raise InvalidValue(field="file", value=shown_name(brought.name), allowed=allowed)
    return kind
