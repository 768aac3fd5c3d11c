"""Under which permit an item came that names none: proposed, approved by another, withdrawn.

What is decided is drawn on the permit, and given back, in the same transaction.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from risk.domain.errors import InvalidList, WrongState
from risk.domain.four_eyes import Actor, check_known_person, check_second_person
from risk.models import PermitMatch
from risk.models.choices import DecisionState
from risk.selectors.permit_matches import fitting_lines
from risk.services.drawdowns import settle_numbers
from risk.services.register_changes import concern_of_permit_match, note_changes
from shipments.models import Declaration
from shipments.services.declarations import lock_versions_of


@transaction.atomic
def propose_match(
    *,
    declaration: Declaration,
    item_number: int,
    line_id: int,
    reason: str,
    by: Actor,
    now: datetime,
) -> PermitMatch:
    """A match for a second person to look at; nothing is drawn yet.

    Raises InvalidList without a reason and for a line that does not fit the item by holder,
    substance and day; WrongState where the match waits or holds already.
    """
    check_known_person(by)
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why the item came under it")
    _check_fits(declaration, item_number, line_id)
    row = PermitMatch(
        line_id=line_id,
        declaration=declaration,
        registration_number=declaration.registration_number,
        item_number=item_number,
        reason=reason.strip(),
        proposed_by=by.account,
        proposed_person=by.person,
        proposed_at=now,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise WrongState(state="decided", allowed="one match: withdraw the other first") from None
    return row


@transaction.atomic
def approve_match(*, match_id: int, by: Actor, now: datetime) -> PermitMatch:
    """Let the match hold: the item draws on the line.

    Raises FourEyesViolated; WrongState where it is not proposed; InvalidList where the line does
    not fit the item any more.
    """
    row = _locked(match_id, DecisionState.PROPOSED)
    proposer = Actor(account=row.proposed_by, person=row.proposed_person)
    check_second_person(proposer=proposer, approver=by)
    _check_fits(row.declaration, row.item_number, row.line_id)
    row.state = DecisionState.ACTIVE
    row.approved_by, row.approved_person, row.approved_at = by.account, by.person, now
    row.save(update_fields=["state", "approved_by", "approved_person", "approved_at"])
    settle_numbers(numbers=[row.registration_number])
    note_changes(after=[concern_of_permit_match(row)], actor=by.account, now=now)
    return row


@transaction.atomic
def withdraw_match(*, match_id: int, reason: str, by: Actor, now: datetime) -> PermitMatch:
    """Undo the match, or refuse the proposal: what was drawn is given back. Raises WrongState,
    InvalidList."""
    row = _locked(match_id, DecisionState.PROPOSED, DecisionState.ACTIVE)
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why it is withdrawn")
    did_hold = row.state == DecisionState.ACTIVE
    row.state, row.withdrawal_reason = DecisionState.WITHDRAWN, reason.strip()
    row.withdrawn_by, row.withdrawn_at = by.account, now
    row.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    settle_numbers(numbers=[row.registration_number])
    if did_hold:
        note_changes(after=[concern_of_permit_match(row)], actor=by.account, now=now)
    return row


def _locked(match_id: int, *states: DecisionState) -> PermitMatch:
    """The versions are locked before the match, as the link stage locks them before lines."""
    number = PermitMatch.objects.values_list("registration_number", flat=True).get(pk=match_id)
    lock_versions_of(numbers=[number])
    row = PermitMatch.objects.select_for_update(of=("self",)).get(pk=match_id)
    if row.state not in states:
        raise WrongState(state=row.state, allowed=", ".join(states))
    return row


def _check_fits(declaration: Declaration, item_number: int, line_id: int) -> None:
    fitting = [one.line for one in fitting_lines(declaration.pk) if one.item_number == item_number]
    if line_id not in {line.pk for line in fitting}:
        lines = ", ".join(f"{line.pk} ({line.authorisation})" for line in fitting)
        raise InvalidList(
            column="line",
            value=str(line_id),
            allowed=f"a line of the importer's for the substance and day: {lines or 'none fits'}",
        )
