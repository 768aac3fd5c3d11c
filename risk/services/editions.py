"""The life of an edition after editing: proposed, approved, in force; and its verification."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from risk.domain.errors import InvalidList
from risk.domain.four_eyes import (
    Actor,
    FourEyesViolated,
    check_known_person,
    check_second_person,
)
from risk.models import ListEdition, Substance
from risk.models.choices import EditionState
from risk.models.lists import LAW
from risk.selectors.drafted import drafted_entries, drafted_names
from risk.selectors.office import office_day
from risk.services.drafts import forget_unused, lock_edition
from risk.services.lists import add_names_and_identifiers
from risk.services.periods import enact, supersede_past_editions


@transaction.atomic
def propose_edition(
    *, edition: ListEdition, version: int, actor: Actor, now: datetime
) -> ListEdition:
    """Close a draft for a second person to judge. It needs its first day and why it is made.

    Raises InvalidList (``column``, ``allowed``) for what is missing, FourEyesViolated when
    nobody recorded who the proposer is.
    """
    draft = lock_edition(edition, version, {EditionState.DRAFT})
    if draft.in_force_from is None:
        raise InvalidList(column="in_force_from", value="", allowed="the day it becomes law")
    if not draft.change_note:
        raise InvalidList(column="change_note", value="", allowed="why the edition is made")
    check_known_person(actor)
    draft.state, draft.proposed_at = EditionState.PROPOSED, now
    draft.proposed_by, draft.proposed_person = actor.account, actor.person
    draft.version += 1
    draft.save(update_fields=["state", "proposed_by", "proposed_person", "proposed_at", "version"])
    return draft


@transaction.atomic
def return_edition(*, edition: ListEdition, version: int) -> ListEdition:
    """Make a proposal a draft again, by its authors or by who would not approve it."""
    proposal = lock_edition(edition, version, {EditionState.PROPOSED})
    proposal.state, proposal.proposed_at = EditionState.DRAFT, None
    proposal.proposed_by = proposal.proposed_person = ""
    proposal.version += 1
    proposal.save(
        update_fields=["state", "proposed_by", "proposed_person", "proposed_at", "version"]
    )
    return proposal


@transaction.atomic
def approve_edition(
    *, edition: ListEdition, version: int, actor: Actor, now: datetime
) -> ListEdition:
    """Make a proposal law from its first day on; raises FourEyesViolated when the approver
    is not a second person: who proposed it or changed a word of it is none.

    It is verified when every one of its entries is. The names and identifiers that its entries
    bring are known from now on.
    """
    proposal = lock_edition(edition, version, {EditionState.PROPOSED})
    proposer = Actor(account=proposal.proposed_by, person=proposal.proposed_person)
    check_second_person(proposer=proposer, approver=actor)
    if actor.account in proposal.authors or actor.person in proposal.author_persons:
        raise FourEyesViolated(
            "same_person", account=actor.account, proposer=", ".join(proposal.authors)
        )
    _verify_when_whole(proposal, actor.account, now)
    _register_what_it_brings(proposal)
    enact(edition=proposal, approved_by=actor, now=now)
    return proposal


@transaction.atomic
def verify_entries(
    *,
    edition: ListEdition,
    entry_ids: Sequence[int],
    actor: Actor,
    note: str,
    now: datetime,
    version: int | None = None,
) -> ListEdition:
    """Record that a person compared these entries with the text of the act.

    With the last of them the edition is verified. ``note`` says with which text. Of a draft
    ``version`` is the one that was read: what another changed since was not compared. Raises
    EditionChanged, InvalidList when one is no entry of this edition.
    """
    found = lock_edition(edition, version, {EditionState.DRAFT, *LAW})
    if not note.strip():
        raise InvalidList(column="note", value="", allowed="the text that was compared with")
    updated = found.entries.filter(pk__in=entry_ids).update(
        verified_by=actor.account, verified_on=office_day(now)
    )
    if updated != len(set(entry_ids)):
        raise InvalidList(
            column="entries", value=str(len(entry_ids)), allowed="entries of this edition"
        )
    found.version += 1
    found.save(update_fields=["version"])
    if found.state in LAW and not found.is_verified:
        found.verification_note = note.strip()
        _verify_when_whole(found, actor.account, now)
    return found


@transaction.atomic
def bring_into_force(*, now: datetime) -> list[ListEdition]:
    """Editions whose first day has come since last asked; marks them, supersedes the old.

    Each edition is given once, however often and however concurrently this runs.
    """
    today = office_day(now)
    supersede_past_editions(today=today)
    due = [
        edition
        for edition in ListEdition.objects.select_for_update(skip_locked=True)
        .filter(state__in=LAW, entered_force_at=None)
        .order_by("pk")
        if not edition.period.is_empty
        and (edition.in_force_from is None or edition.in_force_from <= today)
    ]
    ListEdition.objects.filter(pk__in=[one.pk for one in due]).update(entered_force_at=now)
    return due


def _register_what_it_brings(edition: ListEdition) -> None:
    entries = drafted_entries(edition)
    names = drafted_names(edition, entries)
    by_key = dict(Substance.objects.filter(entries__edition=edition).values_list("key", "pk"))
    brought = list(edition.brings.values_list("pk", flat=True))
    Substance.objects.filter(pk__in=by_key.values()).exclude(of_draft=None).update(of_draft=None)
    forget_unused(brought)
    known = [name for name in names if name.substance_key in by_key]
    add_names_and_identifiers(entries, known, by_key)


def _verify_when_whole(edition: ListEdition, actor: str, now: datetime) -> None:
    if edition.entries.filter(verified_by="").exists() or not edition.entries.exists():
        return
    edition.verified_by, edition.verified_on = actor, office_day(now)
    edition.save(update_fields=["verified_by", "verified_on", "verification_note"])
