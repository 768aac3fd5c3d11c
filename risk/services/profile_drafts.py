"""A version of the risk profile from draft to use: edited, proposed, approved, activated.

As with list editions (``drafts``, ``editions``): one open draft, an approved version never
changes, and a second person approves who changed no word of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from django.db import transaction

from risk.domain.errors import InvalidProfile, ProfileChanged, ProfileRefused, WrongState
from risk.domain.four_eyes import (
    Actor,
    FourEyesViolated,
    check_known_person,
    check_second_person,
)
from risk.domain.profile import profile_as_stored, profile_from_data
from risk.domain.profile_edits import IDENTITY, ProfileFault, faults_of, with_changes
from risk.models import RiskProfile
from risk.models.choices import ProfileState
from risk.selectors.office import office_day
from shipments.models.choices import JobState
from shipments.services.jobs import cancel_job

# Versions that are edited here; those of files keep the numbers of their files.
LOCAL = "local"
_OPEN = (ProfileState.DRAFT, ProfileState.PROPOSED)


@transaction.atomic
def start_draft(*, based_on: RiskProfile, actor: Actor, now: datetime) -> RiskProfile:
    """A draft with the content of another version, to be valid from today; raises WrongState
    where one is open."""
    known = RiskProfile.objects.select_for_update().filter(code=LOCAL).order_by("version")
    numbers = {row.version: row.state for row in known}
    for number, state in numbers.items():
        if state in _OPEN:
            raise WrongState(state=state, number=number, allowed="no open draft")
    number, today = max(numbers, default=0) + 1, office_day(now)
    identity = {"code": LOCAL, "version": number, "valid_from": today.isoformat()}
    copied = {name: value for name, value in based_on.content.items() if name != "valid_to"}
    content = {**copied, **identity}
    return RiskProfile.objects.create(
        code=LOCAL,
        version=number,
        state=ProfileState.DRAFT,
        content=content,
        digest=profile_as_stored(content).digest,
        valid_from=today,
        based_on=based_on,
        authors=[actor.account],
        author_persons=[actor.person] if actor.person else [],
    )


@transaction.atomic
def edit_draft(
    *,
    profile_id: int,
    revision: int,
    actor: Actor,
    content: Mapping[str, Any] | None = None,
    changes: Mapping[str, object] | None = None,
    change_note: str | None = None,
) -> RiskProfile:
    """Give a draft another content, or other values of some fields, or say why it is made.

    Raises ProfileRefused with every fault, and stores nothing then.
    """
    draft = _locked(profile_id, revision, {ProfileState.DRAFT})
    wanted: dict[str, Any] = draft.content
    if content is not None:
        wanted = {**content, **{name: draft.content[name] for name in IDENTITY}}
    if changes:
        wanted = _changed(wanted, changes)
    _check(wanted, draft)
    profile = profile_from_data(wanted)
    draft.content, draft.digest, draft.valid_from = wanted, profile.digest, profile.valid_from
    if change_note is not None:
        draft.change_note = change_note.strip()
    draft.revision += 1
    draft.authors = list(dict.fromkeys([*draft.authors, actor.account]))
    persons = [*draft.author_persons, *filter(None, [actor.person])]
    draft.author_persons = list(dict.fromkeys(persons))
    draft.save()
    return draft


@transaction.atomic
def discard_draft(*, profile_id: int, revision: int, actor: Actor, now: datetime) -> None:
    """Delete a draft with its simulations; one that runs is cancelled."""
    draft = _locked(profile_id, revision, {ProfileState.DRAFT})
    for simulation in draft.simulations.filter(job__state=JobState.RUNNING):
        cancel_job(job_id=simulation.job_id, actor=actor.account, now=now)
    draft.delete()


@transaction.atomic
def propose_profile(*, profile_id: int, revision: int, actor: Actor, now: datetime) -> RiskProfile:
    """Close a draft for a second person to judge.

    Raises ProfileRefused for a fault of it, a first day that is over or no reason,
    FourEyesViolated when nobody recorded who proposes.
    """
    draft = _locked(profile_id, revision, {ProfileState.DRAFT})
    _check(draft.content, draft)
    today = office_day(now)
    if draft.valid_from < today:
        _refuse("valid_from", str(draft.valid_from), f"{today} or later")
    if not draft.change_note:
        _refuse("change_note", "", "why the version is made")
    check_known_person(actor)
    draft.state, draft.proposed_at = ProfileState.PROPOSED, now
    draft.proposed_by, draft.proposed_person = actor.account, actor.person
    draft.revision += 1
    draft.save()
    return draft


@transaction.atomic
def return_profile(*, profile_id: int, revision: int) -> RiskProfile:
    """Make a proposal a draft again, by its authors or by who would not approve it."""
    proposal = _locked(profile_id, revision, {ProfileState.PROPOSED})
    proposal.state, proposal.proposed_at = ProfileState.DRAFT, None
    proposal.proposed_by = proposal.proposed_person = ""
    proposal.revision += 1
    proposal.save()
    return proposal


@transaction.atomic
def approve_profile(*, profile_id: int, revision: int, actor: Actor, now: datetime) -> RiskProfile:
    """Approve a proposal: it is used from its first day on, at once where that has come.

    Raises FourEyesViolated when the approver is not a second person: who proposed it or changed
    a word of it is none; ProfileRefused where an upgrade since wants more of a profile.
    """
    proposal = _locked(profile_id, revision, {ProfileState.PROPOSED})
    proposer = Actor(account=proposal.proposed_by, person=proposal.proposed_person)
    check_second_person(proposer=proposer, approver=actor)
    if actor.account in proposal.authors or actor.person in proposal.author_persons:
        raise FourEyesViolated(
            "same_person", account=actor.account, proposer=", ".join(proposal.authors)
        )
    _check(proposal.content, proposal)
    proposal.state, proposal.approved_at = ProfileState.APPROVED, now
    proposal.approved_by, proposal.approved_person = actor.account, actor.person
    proposal.save()
    activate_due(now=now)
    proposal.refresh_from_db()
    return proposal


@transaction.atomic
def activate_due(*, now: datetime) -> RiskProfile | None:
    """Bring the approved version into use whose first day has come; None when none waits.

    Of several the latest first day counts, then the latest approval; the others are passed by.
    Often or concurrently called, each is brought into use once.
    """
    waiting = RiskProfile.objects.select_for_update().filter(
        state=ProfileState.APPROVED, activated_at=None, valid_from__lte=office_day(now)
    )
    due = list(waiting.order_by("valid_from", "approved_at", "pk"))
    if not due:
        return None
    RiskProfile.objects.filter(pk__in=[row.pk for row in due]).update(activated_at=now)
    bring_into_use(due[-1])
    return due[-1]


def bring_into_use(row: RiskProfile) -> None:
    """Make it the active one, and no other; the caller holds the transaction."""
    RiskProfile.objects.filter(is_active=True).exclude(pk=row.pk).update(is_active=False)
    RiskProfile.objects.filter(pk=row.pk, is_active=False).update(is_active=True)
    row.is_active = True


def faults_in(row: RiskProfile) -> list[ProfileFault]:
    """What keeps a version from being proposed: of a copy of an older one, the numbers of
    indicators that came since."""
    return faults_of(row.content, {})


def _check(content: Mapping[str, Any], draft: RiskProfile) -> None:
    sound = draft.content if draft.content is not content else {}
    if faults := faults_of(content, sound):
        _refuse_all(faults)


def _changed(content: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    try:
        return with_changes(content, changes)
    except InvalidProfile as error:
        field, value, allowed = (str(error.params[n]) for n in ("field", "value", "allowed"))
        _refuse(field, value, allowed)


def _refuse(field: str, value: str, allowed: str) -> NoReturn:
    _refuse_all([ProfileFault(field, value, allowed)])


def _refuse_all(faults: list[ProfileFault]) -> NoReturn:
    raise ProfileRefused(faults=[one._asdict() for one in faults])


def _locked(profile_id: int, revision: int, states: set[ProfileState]) -> RiskProfile:
    """The version as it is now, locked; checks its state and revision."""
    row = RiskProfile.objects.select_for_update(of=("self",)).get(pk=profile_id)
    if row.state not in states:
        raise WrongState(state=row.state, number=row.version, allowed=", ".join(sorted(states)))
    if row.revision != revision:
        raise ProfileChanged(revision=row.revision, given=revision)
    return row
