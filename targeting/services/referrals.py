"""Referring a flagged shipment: sent as chosen parts, received, answered or taken back.

Whoever receives it is told, and of what was taken back no more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from shipments.domain.errors import InvalidValue
from targeting.domain.errors import AlertChanged
from targeting.domain.lifecycle import (
    Move,
    ReferralKind,
    ReferralState,
    ReferralStep,
    next_referral_state,
)
from targeting.domain.outbox import Channel, EventKind, referral_topic
from targeting.domain.referrals import ReferredPart, content_digest
from targeting.models import (
    Agency,
    Alert,
    AlertAct,
    Delivery,
    Notice,
    OutboxEvent,
    Referral,
    User,
)
from targeting.models.choices import DeliveryState
from targeting.selectors.referrals import content_of, receivers_of
from targeting.selectors.sentences import sentence_language
from targeting.services.alert_acts import Said, move_alert


class Asked(NamedTuple):
    """What is referred to whom: ``parts`` and ``note`` go out; ``agency`` is the code of one.

    ``digest`` is that of the content which the sender was shown (``content_digest``); blank: the
    sender was shown none."""

    kind: str
    parts: Sequence[str]
    note: str
    agency: str = ""
    digest: str = ""


@transaction.atomic
def refer_alert(
    *, alert: Alert, asked: Asked, by: User, now: datetime, hold: timedelta, mark: str | None
) -> Referral:
    """Send the parts as they stand, keep them and tell the receivers.

    Locks the alert. Raises what ``move_alert`` raises, AlertChanged where something else would go
    out than was shown, and InvalidValue for an agency that is not there, one's own, or named for
    an inspection.
    """
    agency = _agency(asked, by)
    row = move_alert(
        alert=alert,
        move=Move.REFER,
        by=by,
        now=now,
        hold=hold,
        mark=mark,
        said=Said(comment=asked.note),
    )
    parts = [ReferredPart(part) for part in asked.parts]
    content = content_of(row, parts)
    if asked.digest and asked.digest != content_digest(content):
        raise AlertChanged(updated_at=row.updated_at.isoformat())
    referral = Referral.objects.create(
        alert=row,
        # The alert is locked: the latest act is the one just made.
        act=AlertAct.objects.filter(alert=row).latest("pk"),
        kind=asked.kind,
        agency=agency,
        parts=[part.value for part in ReferredPart if part in parts],
        content=content,
        note=asked.note.strip(),
    )
    _tell(referral, now)
    return referral


@transaction.atomic
def step_referral(
    *, referral: Referral, step: ReferralStep, by: User, now: datetime, answer: str = ""
) -> Referral:
    """Take the step; an answer goes with ``answer``, a withdrawal needs none.

    Of one that is taken back nobody is told any more. Locks the referral. Raises
    ImpossibleMove with the steps that are allowed.
    """
    row = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    row.state = next_referral_state(ReferralState(row.state), step).value
    if row.received_at is None and step is not ReferralStep.WITHDRAW:
        row.received_by, row.received_at = by.actor, now
    if step is not ReferralStep.RECEIVE:
        row.answer, row.closed_by, row.closed_at = answer.strip(), by.actor, now
    row.save(
        update_fields=["state", "received_by", "received_at", "answer", "closed_by", "closed_at"]
    )
    if step is ReferralStep.WITHDRAW:
        _tell_no_more(row)
    return row


def _tell(referral: Referral, now: datetime) -> None:
    """A notice to each receiver, to people of another agency by mail, too: they are seldom here.

    The event says which parts there are and no more: they are read, and audited, where a referral
    that is taken back is no longer found.
    """
    number = str(referral.public_id)
    event = OutboxEvent.objects.create(
        key=_key(referral),
        kind=EventKind.REFERRAL_SENT.value,
        topic=referral_topic(number),
        payload={"referral": number, "parts": referral.parts},
        at=now,
    )
    told = list(receivers_of(referral))
    Notice.objects.bulk_create(Notice(event=event, user=user) for user in told)
    if referral.kind != ReferralKind.AGENCY.value:
        return
    Delivery.objects.bulk_create(
        Delivery(
            event=event,
            channel=Channel.EMAIL.value,
            recipient=user.actor,
            # That of whoever sends it: nobody asked the receiver for theirs.
            lang=sentence_language(),
            due_at=now,
        )
        for user in told
        if user.email
    )


def _tell_no_more(referral: Referral) -> None:
    event = OutboxEvent.objects.filter(key=_key(referral))
    Notice.objects.filter(event__in=event).delete()
    Delivery.objects.filter(event__in=event, state=DeliveryState.PENDING).delete()


def _key(referral: Referral) -> str:
    return f"{EventKind.REFERRAL_SENT.value}:{referral.public_id}"


def _agency(asked: Asked, by: User) -> Agency | None:
    if asked.kind == ReferralKind.INSPECTION:
        if asked.agency:
            raise InvalidValue(field="agency", value=asked.agency, allowed="none for inspection")
        return None
    agency = Agency.objects.filter(code=asked.agency).first()
    own = by.person.agency_id if by.person else None
    if agency is None or agency.pk == own:
        raise InvalidValue(field="agency", value=asked.agency, allowed="code of another agency")
    return agency
