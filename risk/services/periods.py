"""Editions become law: each ends where the next one of its list begins."""

from datetime import date, datetime

from django.db.models import F, Max

from risk.domain.four_eyes import Actor
from risk.domain.lists.periods import succession
from risk.models import ControlList, ListEdition
from risk.models.choices import EditionState
from risk.models.lists import LAW

# A loaded file carries its authority's approval, so nobody here approved it.
NOBODY = Actor(account="", person="")


def enact(*, edition: ListEdition, approved_by: Actor, now: datetime) -> None:
    """Make the edition law from its first day on and end those that stand in its way.

    The caller holds the transaction and the lock of the control list. Editions that began
    earlier end on its first day, it ends where a later one begins, and one that began on
    the same day is replaced: its period is empty. The database refuses an overlap.
    """
    others = list(
        ListEdition.objects.filter(control_list=edition.control_list_id, state__in=LAW)
        .exclude(pk=edition.pk)
        .order_by(F("approved_at").asc(nulls_first=True), "number")
    )
    *before, own = succession([*(one.in_force_from for one in others), edition.in_force_from])
    for one, period in zip(others, before, strict=True):
        if one.period != period:
            one.in_force_from, one.in_force_to = period.since, period.until
            one.save(update_fields=["in_force_from", "in_force_to"])
    edition.in_force_from, edition.in_force_to = own.since, own.until
    edition.state = EditionState.APPROVED
    edition.approved_by, edition.approved_person = approved_by.account, approved_by.person
    edition.approved_at = now
    edition.save(
        update_fields=[
            "in_force_from",
            "in_force_to",
            "state",
            "approved_by",
            "approved_person",
            "approved_at",
        ]
    )


def supersede_past_editions(*, today: date) -> int:
    """Mark the approved editions whose period is over; how many. What they say stays law
    for the days it was law."""
    return ListEdition.objects.filter(state=EditionState.APPROVED, in_force_to__lte=today).update(
        state=EditionState.SUPERSEDED
    )


def next_number(control_list: ControlList) -> int:
    """The number of the list's next edition; the caller holds the list's lock."""
    highest = control_list.editions.aggregate(highest=Max("number"))["highest"]
    return int(highest or 0) + 1
