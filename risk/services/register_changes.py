"""Changes of the registers noted down for the reassessment that takes them up.

Every service that changes an entry calls these in its own transaction: what is taken back
with it was never noted.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from risk.models import NotificationMatch, PartyDecision, PermitMatch, RegisterChange
from risk.models.choices import RegisterKind
from shipments.models import (
    AnnualLegitimateRequirement,
    Authorisation,
    AuthorisationLine,
    PreExportNotification,
)

_DAY = timedelta(days=1)


class Concern(NamedTuple):
    """Which declarations an entry concerns, as :class:`~risk.models.RegisterChange` keeps it."""

    register: RegisterKind
    entry: str
    authorisation_id: int | None = None
    notification_id: int | None = None
    registration_number: str = ""
    number_key: str = ""
    party_id: int | None = None
    country: str = ""
    substance_keys: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None


def note_changes(
    *, before: Sequence[Concern] = (), after: Sequence[Concern], actor: str, now: datetime
) -> None:
    """Note down what the entries concerned and what they concern now, each once.

    The caller holds the transaction that changes them.
    """
    RegisterChange.objects.bulk_create(
        RegisterChange(
            **one._asdict() | {"substance_keys": list(one.substance_keys)},
            actor=actor,
            changed_at=now,
        )
        for one in dict.fromkeys((*before, *after))
    )


def concerns_of_authorisations(authorisation_ids: Iterable[int]) -> list[Concern]:
    """Declarations that name the permits or draw on them, and those of their holders that a
    permit would fit. Two queries."""
    ids = list(authorisation_ids)
    keys: dict[int, set[str]] = {pk: set() for pk in ids}
    lines = AuthorisationLine.objects.filter(authorisation__among=ids)
    for pk, key in lines.values_list("authorisation_id", "substance_key"):
        keys[pk].add(key)
    return [
        Concern(
            RegisterKind.AUTHORISATION,
            f"{row.authority} {row.number}",
            authorisation_id=row.pk,
            number_key=row.number_key,
            party_id=row.holder_id,
            substance_keys=tuple(sorted(keys[row.pk])),
            first_day=row.valid_from,
            last_day=row.valid_to,
        )
        for row in Authorisation.objects.filter(pk__among=ids).order_by("pk")
    ]


def concerns_of_notifications(notification_ids: Iterable[int]) -> list[Concern]:
    """Declarations that name the notices or came under them, and, of any goods, those of their
    importers while they were awaited. One query."""
    rows = PreExportNotification.objects.filter(pk__among=list(notification_ids))
    return [
        Concern(
            RegisterKind.NOTIFICATION,
            f"{row.authority} {row.number} {row.substance_key}",
            notification_id=row.pk,
            number_key=row.number_key,
            party_id=row.importer_id,
            first_day=row.opens_on,
            last_day=row.closes_on,
        )
        for row in rows.order_by("pk")
    ]


def concerns_of_requirements(rows: Iterable[AnnualLegitimateRequirement]) -> list[Concern]:
    """Imports of the substance, of the holder or of everybody in the country, from its year on
    until a later one is stated. One query."""
    rows = list(rows)
    years = _years(rows)
    return [
        Concern(
            RegisterKind.REQUIREMENT,
            f"{row.country} {row.substance_key} {row.year}{' norm' if row.holder_id else ''}",
            party_id=row.holder_id,
            country="" if row.holder_id else row.country,
            substance_keys=(row.substance_key,),
            first_day=date(row.year, 1, 1),
            last_day=_day_before_next(row.year, years[_of(row)]),
        )
        for row in rows
    ]


def concern_of_permit_match(row: PermitMatch) -> Concern:
    """The declaration itself, and what draws on the permit with it."""
    permit = row.line.authorisation
    return Concern(
        RegisterKind.PERMIT_MATCH,
        f"{permit.authority} {permit.number}",
        authorisation_id=permit.pk,
        registration_number=row.registration_number,
    )


def concern_of_notification_match(row: NotificationMatch) -> Concern:
    """The declaration itself, what came under the notice with it, and, of any goods, what its
    importer declared while the notice was awaited."""
    notice = row.notification
    return Concern(
        RegisterKind.NOTIFICATION_MATCH,
        f"{notice.authority} {notice.number} {notice.substance_key}",
        notification_id=notice.pk,
        registration_number=row.registration_number,
        party_id=notice.importer_id,
        first_day=notice.opens_on,
        last_day=notice.closes_on,
    )


def concerns_of_trader(row: PartyDecision, party_ids: Iterable[int]) -> list[Concern]:
    """All declarations of the parties that the decision makes one trader or parts."""
    entry = f"{row.lower.key} = {row.higher.key}"
    return [Concern(RegisterKind.TRADER, entry, party_id=pk) for pk in sorted(party_ids)]


def _day_before_next(year: int, stated: Iterable[int]) -> date | None:
    return next((date(one, 1, 1) - _DAY for one in stated if one > year), None)


def _of(row: AnnualLegitimateRequirement) -> tuple[str, str, int | None]:
    return row.country, row.substance_key, row.holder_id


def _years(
    rows: Iterable[AnnualLegitimateRequirement],
) -> dict[tuple[str, str, int | None], list[int]]:
    """The years stated, rising, by country, substance and holder."""
    keys = {row.substance_key for row in rows}
    stated = AnnualLegitimateRequirement.objects.filter(substance_key__among=keys).order_by("year")
    found: dict[tuple[str, str, int | None], list[int]] = defaultdict(list)
    for row in stated:
        found[_of(row)].append(row.year)
    return found
