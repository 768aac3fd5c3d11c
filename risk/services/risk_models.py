"""Learned models: proposed, made active by two people, retired (trained: ``model_training``)."""

from datetime import datetime

from django.db import transaction

from risk.domain.errors import InvalidList, WrongState
from risk.domain.four_eyes import Actor, check_known_person, check_second_person
from risk.models import RiskModel
from risk.models.choices import RiskModelState


@transaction.atomic
def propose_model(*, model_id: int, by: Actor, now: datetime) -> RiskModel:
    """Put the shadow before a second person; raises WrongState, FourEyesViolated."""
    check_known_person(by)
    row = _locked(model_id, RiskModelState.SHADOW)
    if row.proposed_by:
        raise WrongState(state="proposed", allowed="a shadow that nobody proposed")
    row.proposed_by, row.proposed_person, row.proposed_at = by.account, by.person, now
    row.save(update_fields=["proposed_by", "proposed_person", "proposed_at"])
    return row


@transaction.atomic
def approve_model(*, model_id: int, by: Actor, now: datetime) -> RiskModel:
    """Let the shadow be the active model in place of the one before; lanes do not change.

    Raises WrongState, FourEyesViolated.
    """
    row = _locked(model_id, RiskModelState.SHADOW)
    if not row.proposed_by:
        raise WrongState(state="shadow", allowed="a shadow that somebody proposed")
    proposer = Actor(account=row.proposed_by, person=row.proposed_person)
    check_second_person(proposer=proposer, approver=by)
    retire_in_state(
        RiskModelState.ACTIVE, f"replaced by model {row.number}", by=by.account, now=now
    )
    row.state = RiskModelState.ACTIVE
    row.approved_by, row.approved_person, row.approved_at = by.account, by.person, now
    row.save(update_fields=["state", "approved_by", "approved_person", "approved_at"])
    return row


@transaction.atomic
def retire_model(*, model_id: int, reason: str, by: Actor, now: datetime) -> RiskModel:
    """Let the model score nothing that comes; what it scored stays. Raises WrongState,
    InvalidList."""
    row = _locked(model_id, RiskModelState.SHADOW, RiskModelState.ACTIVE)
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why it is retired")
    retire_in_state(RiskModelState(row.state), reason.strip(), by=by.account, now=now)
    row.refresh_from_db(fields=["state", "retired_by", "retired_at", "retirement_reason"])
    return row


def _locked(model_id: int, *states: RiskModelState) -> RiskModel:
    rows = RiskModel.objects.defer("artefact").select_for_update(of=("self",))
    row = rows.get(pk=model_id)
    if row.state not in states:
        raise WrongState(state=row.state, allowed=", ".join(states))
    return row


def retire_in_state(state: RiskModelState, reason: str, *, by: str, now: datetime) -> None:
    """Retire the one model of the state, if there is one. The caller holds the transaction."""
    RiskModel.objects.filter(state=state).update(
        state=RiskModelState.RETIRED, retired_by=by, retired_at=now, retirement_reason=reason
    )
