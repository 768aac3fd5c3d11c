"""Watchlist entries: proposed by one person, approved by another, withdrawn with a reason."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from risk.domain.errors import InvalidList, WrongState
from risk.domain.four_eyes import Actor, check_known_person, check_second_person
from risk.domain.lead_sharing import Sharing
from risk.domain.leads_csv import Lead
from risk.models import WatchlistEntry
from risk.models.choices import WatchState
from shipments.domain.names import normalise_identifier
from shipments.domain.values import IdentifierKind


@transaction.atomic
def propose_entry(
    *,
    kind: IdentifierKind,
    value: str,
    country: str,
    reason: str,
    source: str,
    valid_from: date,
    valid_until: date | None,
    by: Actor,
    now: datetime,
    sharing: Sharing = Sharing.ANALYSTS,
) -> WatchlistEntry:
    """An entry for a second person to look at; nobody is looked out for yet.

    ``country`` says how a phone number without its country's prefix is read. Raises
    InvalidValue for the value, InvalidList for the period, WrongState when the same source
    has it there already with the same sharing level, FourEyesViolated for an account without a
    person.
    """
    check_known_person(by)
    if valid_until is not None and valid_until < valid_from:
        raise InvalidList(
            column="valid_until", value=valid_until.isoformat(), allowed="valid_from or later"
        )
    row = WatchlistEntry(
        kind=kind.value,
        value=normalise_identifier(kind, value, country),
        reason=reason.strip(),
        source=source.strip(),
        sharing=sharing.value,
        valid_from=valid_from,
        valid_until=valid_until,
        proposed_by=by.account,
        proposed_person=by.person,
        proposed_at=now,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        allowed = "an identifier once a source and sharing level"
        raise WrongState(state="there already", allowed=allowed) from None
    return row


@transaction.atomic
def propose_once(
    *,
    kind: IdentifierKind,
    value: str,
    country: str,
    sharing: Sharing,
    source: str,
    by: Actor,
    **said: Any,
) -> tuple[WatchlistEntry, bool]:
    """As :func:`propose_entry`, for a machine that sends again what it is not sure of: the entry
    that the source has there already, and whether it is a new one."""
    given: dict[str, Any] = {"kind": kind, "sharing": sharing, "source": source, "by": by}
    try:
        return propose_entry(value=value, country=country, **given, **said), True
    except WrongState:
        known = WatchlistEntry.objects.exclude(state=WatchState.WITHDRAWN).get(
            kind=kind.value,
            value=normalise_identifier(kind, value, country),
            source=source.strip(),
            sharing=sharing.value,
        )
        return known, False


@transaction.atomic
def propose_leads(
    *, leads: Sequence[Lead], source: str, sharing: Sharing, by: Actor, now: datetime
) -> list[WatchlistEntry]:
    """Entries for the leads of a table, all of them or none; without those that the source has
    there already. Raises what :func:`propose_entry` does."""
    proposed = []
    for lead in leads:
        try:
            entry = propose_entry(
                kind=lead.kind,
                value=lead.value,
                country=lead.country,
                reason=lead.reason,
                source=source,
                sharing=sharing,
                valid_from=lead.valid_from,
                valid_until=lead.valid_until,
                by=by,
                now=now,
            )
        except WrongState:
            continue
        proposed.append(entry)
    return proposed


@transaction.atomic
def approve_entries(*, entry_ids: Sequence[int], by: Actor, now: datetime) -> None:
    """Look out for all of them or for none; raises WrongState, FourEyesViolated."""
    for entry_id in sorted(entry_ids):
        approve_entry(entry_id=entry_id, by=by, now=now)


@transaction.atomic
def approve_entry(*, entry_id: int, by: Actor, now: datetime) -> WatchlistEntry:
    """Look out for the identifier from now on; raises WrongState, FourEyesViolated."""
    row = _locked(entry_id, WatchState.PROPOSED)
    proposer = Actor(account=row.proposed_by, person=row.proposed_person)
    check_second_person(proposer=proposer, approver=by)
    row.state = WatchState.ACTIVE
    row.approved_by, row.approved_person, row.approved_at = by.account, by.person, now
    row.save(update_fields=["state", "approved_by", "approved_person", "approved_at"])
    return row


@transaction.atomic
def withdraw_entry(*, entry_id: int, reason: str, by: Actor, now: datetime) -> WatchlistEntry:
    """Look out no longer, or refuse the proposal; raises WrongState, InvalidList."""
    row = _locked(entry_id, WatchState.PROPOSED, WatchState.ACTIVE)
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why it is withdrawn")
    row.state, row.withdrawal_reason = WatchState.WITHDRAWN, reason.strip()
    row.withdrawn_by, row.withdrawn_at = by.account, now
    row.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    return row


def _locked(entry_id: int, *states: WatchState) -> WatchlistEntry:
    row = WatchlistEntry.objects.select_for_update().get(pk=entry_id)
    if row.state not in states:
        raise WrongState(state=row.state, allowed=", ".join(states))
    return row
