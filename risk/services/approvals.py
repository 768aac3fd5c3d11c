"""Proposing and approving reference data: one person proposes, another approves."""

from typing import TypeVar

from django.db import transaction

from risk.domain.errors import RiskError
from risk.domain.four_eyes import Actor, check_known_person, check_second_person
from risk.models import ListEdition, RiskProfile
from risk.models.choices import EditionState

_Proposal = TypeVar("_Proposal", ListEdition, RiskProfile)


class WrongState(RiskError):
    """The step does not follow from the state. Params: ``state``, ``allowed``."""

    code = "wrong_state"


@transaction.atomic
def propose_edition(*, edition_id: int, by: Actor) -> ListEdition:
    """Put a draft before a second person. Raises WrongState, FourEyesViolated; locks it."""
    edition = _locked_edition(edition_id, EditionState.DRAFT)
    edition.state = EditionState.PROPOSED
    return _proposed(edition, by, "state")


@transaction.atomic
def approve_edition(*, edition_id: int, by: Actor) -> ListEdition:
    """Bring a proposed edition into force; the one before is superseded.

    Raises WrongState, FourEyesViolated. Locks the edition.
    """
    edition = _locked_edition(edition_id, EditionState.PROPOSED)
    _check(edition, by)
    edition.control_list.editions.filter(state=EditionState.APPROVED).update(
        state=EditionState.SUPERSEDED
    )
    edition.state = EditionState.APPROVED
    return _approved(edition, by, "state")


@transaction.atomic
def propose_profile(*, profile_id: int, by: Actor) -> RiskProfile:
    """Put a profile that nobody proposed yet before a second person; locks it."""
    profile = RiskProfile.objects.select_for_update().get(pk=profile_id)
    if profile.proposed_by:
        raise WrongState(state="proposed", allowed="a profile that nobody proposed")
    return _proposed(profile, by)


@transaction.atomic
def approve_profile(*, profile_id: int, by: Actor) -> RiskProfile:
    """Approve a proposed profile; using it is another step. Locks it.

    Raises WrongState, FourEyesViolated.
    """
    profile = RiskProfile.objects.select_for_update().get(pk=profile_id)
    if not profile.proposed_by or profile.approved_by:
        state = "approved" if profile.approved_by else "draft"
        raise WrongState(state=state, allowed="a proposed profile")
    _check(profile, by)
    return _approved(profile, by)


def _locked_edition(edition_id: int, state: EditionState) -> ListEdition:
    editions = ListEdition.objects.select_for_update(of=("self",)).select_related("control_list")
    edition = editions.get(pk=edition_id)
    if edition.state != state:
        raise WrongState(state=edition.state, allowed=state.value)
    return edition


def _check(row: ListEdition | RiskProfile, by: Actor) -> None:
    proposer = Actor(account=row.proposed_by, person=row.proposed_person)
    check_second_person(proposer=proposer, approver=by)


def _proposed(row: _Proposal, by: Actor, *more: str) -> _Proposal:
    check_known_person(by)
    row.proposed_by, row.proposed_person = by.account, by.person
    row.save(update_fields=["proposed_by", "proposed_person", *more])
    return row


def _approved(row: _Proposal, by: Actor, *more: str) -> _Proposal:
    row.approved_by, row.approved_person = by.account, by.person
    row.save(update_fields=["approved_by", "approved_person", *more])
    return row
