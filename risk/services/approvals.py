"""Proposing and approving a risk profile: one person proposes, another approves.

List editions have their own services, in ``editions``.
"""

from django.db import transaction

from risk.domain.errors import WrongState
from risk.domain.four_eyes import Actor, check_known_person, check_second_person
from risk.models import RiskProfile


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


def _check(row: RiskProfile, by: Actor) -> None:
    proposer = Actor(account=row.proposed_by, person=row.proposed_person)
    check_second_person(proposer=proposer, approver=by)


def _proposed(row: RiskProfile, by: Actor) -> RiskProfile:
    check_known_person(by)
    row.proposed_by, row.proposed_person = by.account, by.person
    row.save(update_fields=["proposed_by", "proposed_person"])
    return row


def _approved(row: RiskProfile, by: Actor) -> RiskProfile:
    row.approved_by, row.approved_person = by.account, by.person
    row.save(update_fields=["approved_by", "approved_person"])
    return row
