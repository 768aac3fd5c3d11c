"""Legal holds: set by one person at once, lifted by two."""

from datetime import date, datetime

from django.db import connection, transaction

from risk.domain.four_eyes import Actor, check_known_person, check_second_person
from shipments.domain.errors import InvalidValue, ShipmentsError
from shipments.models import Party
from targeting.domain.retention import HoldKind
from targeting.models import LegalHold

# Any number that no other advisory lock of the database uses. A removal holds it while it
# looks for holds and removes; who sets a hold waits for it, and the removals after see the hold.
HOLD_LOCK = 7_302_614_982


class WrongHoldState(ShipmentsError):
    """The step does not follow from the hold's state. Params: ``state``, ``allowed``."""

    code = "wrong_state"


def lock_holds() -> None:
    """Let nobody set a hold, and nobody remove anything, until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HOLD_LOCK])


@transaction.atomic
def set_hold(
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    registration_number: str = "",
    party: Party | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> LegalHold:
    """Keep one declaration, all of a party, or all of some days; in force with the commit.

    Exactly one of the three is given. Raises InvalidValue. Waits for a removal under way.
    """
    kinds = {
        HoldKind.DECLARATION: bool(registration_number),
        HoldKind.PARTY: party is not None,
        HoldKind.PERIOD: first_day is not None or last_day is not None,
    }
    given = [kind for kind, is_given in kinds.items() if is_given]
    if len(given) != 1:
        raise InvalidValue(
            field="registration_number",
            value=", ".join(given),
            allowed="one of registration_number, party, first_day with last_day",
        )
    if kinds[HoldKind.PERIOD] and not (first_day and last_day and first_day <= last_day):
        raise InvalidValue(
            field="last_day", value=str(last_day), allowed="first_day and a day not before it"
        )
    if not reason.strip():
        raise InvalidValue(field="reason", value="", allowed="why it must be kept")
    lock_holds()
    return LegalHold.objects.create(
        kind=given[0].value,
        registration_number=registration_number,
        party=party,
        first_day=first_day,
        last_day=last_day,
        reason=reason.strip(),
        set_by=actor.account,
        set_at=now,
    )


@transaction.atomic
def propose_lifting(*, hold: LegalHold, reason: str, actor: Actor, now: datetime) -> LegalHold:
    """Say why the hold may end; it goes on until somebody else lifts it.

    A later proposal takes the place of an earlier one. Locks the hold. Raises WrongHoldState,
    FourEyesViolated, InvalidValue.
    """
    check_known_person(actor)
    if not reason.strip():
        raise InvalidValue(field="reason", value="", allowed="why it need not be kept any longer")
    hold = _locked(hold)
    hold.lifting_reason, hold.lifting_proposed_at = reason.strip(), now
    hold.proposed_by, hold.proposed_person = actor.account, actor.person
    hold.save()
    return hold


@transaction.atomic
def lift_hold(*, hold: LegalHold, actor: Actor, now: datetime) -> LegalHold:
    """End a hold whose lifting another person proposed.

    Locks the hold. Raises WrongHoldState, FourEyesViolated.
    """
    hold = _locked(hold)
    if not hold.lifting_reason:
        raise WrongHoldState(state="in force", allowed="lifting proposed")
    proposer = Actor(account=hold.proposed_by, person=hold.proposed_person)
    check_second_person(proposer=proposer, approver=actor)
    hold.approved_by, hold.approved_person = actor.account, actor.person
    hold.lifted_at = now
    hold.save()
    return hold


def _locked(hold: LegalHold) -> LegalHold:
    locked = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if locked.lifted_at is not None:
        raise WrongHoldState(state="lifted", allowed="in force")
    return locked
