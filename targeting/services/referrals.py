"""Referring a flagged shipment: sent as chosen parts, received, answered or taken back."""

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
from targeting.domain.referrals import ReferredPart, content_digest
from targeting.models import Agency, Alert, AlertAct, Referral, User
from targeting.selectors.referrals import content_of
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
    """Send the parts as they stand, and keep them.

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
    return Referral.objects.create(
        alert=row,
        # The alert is locked: the latest act is the one just made.
        act=AlertAct.objects.filter(alert=row).latest("pk"),
        kind=asked.kind,
        agency=agency,
        parts=[part.value for part in ReferredPart if part in parts],
        content=content,
        note=asked.note.strip(),
    )


@transaction.atomic
def step_referral(
    *, referral: Referral, step: ReferralStep, by: User, now: datetime, answer: str = ""
) -> Referral:
    """Take the step; an answer goes with ``answer``, a withdrawal needs none.

    Locks the referral. Raises ImpossibleMove with the steps that are allowed.
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
    return row


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
