"""The life of an edition with what follows from it for people: whoever subscribed is told.

The steps themselves are :mod:`risk.services.editions`; the event is stored with them.
"""

from datetime import datetime

from django.db import transaction

from risk.domain.four_eyes import Actor
from risk.models import ListEdition
from risk.services import editions
from targeting.domain.outbox import EventKind, list_topic
from targeting.services.outbox import record_event


@transaction.atomic
def propose_edition(
    *, edition: ListEdition, version: int, actor: Actor, now: datetime
) -> ListEdition:
    """As :func:`risk.services.editions.propose_edition`."""
    proposal = editions.propose_edition(edition=edition, version=version, actor=actor, now=now)
    _tell(EventKind.EDITION_PROPOSED, proposal, now)
    return proposal


@transaction.atomic
def approve_edition(
    *, edition: ListEdition, version: int, actor: Actor, now: datetime
) -> ListEdition:
    """As :func:`risk.services.editions.approve_edition`."""
    approved = editions.approve_edition(edition=edition, version=version, actor=actor, now=now)
    _tell(EventKind.EDITION_APPROVED, approved, now)
    return approved


@transaction.atomic
def bring_into_force(*, now: datetime) -> list[ListEdition]:
    """As :func:`risk.services.editions.bring_into_force`."""
    begun = editions.bring_into_force(now=now)
    for edition in begun:
        _tell(EventKind.EDITION_IN_FORCE, edition, now)
    return begun


def _tell(kind: EventKind, edition: ListEdition, now: datetime) -> None:
    control_list = edition.control_list
    # An edition that was given back may be proposed again: its version is another then.
    version = f":{edition.version}" if kind is EventKind.EDITION_PROPOSED else ""
    record_event(
        key=f"{kind}:{edition.pk}{version}",
        kind=kind,
        topic=list_topic(control_list.code),
        payload={
            "list_code": control_list.code,
            "list_title": control_list.title,
            "edition": edition.number,
            "in_force_from": edition.in_force_from.isoformat() if edition.in_force_from else "",
            "change_note": edition.change_note,
        },
        now=now,
    )
