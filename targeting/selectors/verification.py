"""What was not compared with the gazette yet: the badge on a day, and the editors' to-do list."""

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec
from django.conf import settings
from django.db.models import Count, Q, QuerySet

from risk.domain.lists.periods import Period
from risk.models import ControlList, ListEdition, ListEntry, SubstanceMatch
from risk.models.choices import EditionState
from risk.models.lists import LAW


class VerifiedLists:
    """Which lists were verified on which day: those whose edition of the day a person
    compared with its act. One query, whatever the number of days asked for."""

    def __init__(self) -> None:
        verified = ListEdition.objects.filter(state__in=LAW).exclude(verified_by="")
        self._periods = [
            (code, Period(since, until))
            for code, since, until in verified.values_list(
                "control_list__code", "in_force_from", "in_force_to"
            )
        ]

    def on(self, day: date) -> frozenset[str]:
        """Codes of the lists that are verified as they stand on the day."""
        return frozenset(code for code, period in self._periods if period.holds(day))

    def behind(self, match: SubstanceMatch, accepted_on: date) -> frozenset[str]:
        """Codes of the lists that are verified as they stood when they held the match: on the
        day of acceptance, on the day of the change for which a look-back found it, or, of a match
        to come, as they stand when it has come."""
        if match.is_upcoming:
            return self.on(accepted_on + timedelta(days=settings.TARGETING["UPCOMING_DAYS"]))
        return self.on(match.look_back.day if match.look_back else accepted_on)


class ToDo(msgspec.Struct, frozen=True, kw_only=True):
    """How much of an edition was compared with its act."""

    list_code: str
    title: str
    act_url: str
    edition: int
    state: str
    in_force_from: date | None
    entry_count: int
    unverified_count: int


def unverified_entries() -> QuerySet[ListEntry]:
    """Entries that nobody compared with the act, of editions in force, to come or in the making."""
    return (
        ListEntry.objects.filter(verified_by="")
        .exclude(edition__state=EditionState.SUPERSEDED)
        .select_related("substance", "edition__control_list")
        .order_by("id")
    )


def count_unverified() -> list[ToDo]:
    """The editions that have such entries, the list with most of them first. One query."""
    counted = (
        ListEdition.objects.exclude(state=EditionState.SUPERSEDED)
        .annotate(
            entry_count=Count("entries"),
            unverified_count=Count("entries", filter=Q(entries__verified_by="")),
        )
        .filter(unverified_count__gt=0)
        .select_related("control_list")
        .order_by("-unverified_count", "control_list__code", "number")
    )
    return [_to_do(edition, edition.control_list) for edition in counted]


def _to_do(edition: ListEdition, control_list: ControlList) -> ToDo:
    counts = vars(edition)
    return ToDo(
        list_code=control_list.code,
        title=control_list.title,
        act_url=control_list.act_url,
        edition=edition.number,
        state=edition.state,
        in_force_from=edition.in_force_from,
        entry_count=counts["entry_count"],
        unverified_count=counts["unverified_count"],
    )


def is_any_verified(list_codes: Iterable[str], verified: frozenset[str]) -> bool:
    """Whether one of the lists that hold a substance is verified: otherwise it wears the badge."""
    return not verified.isdisjoint(list_codes)
