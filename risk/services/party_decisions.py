"""Decisions on who is one trader: proposed, approved by another person, withdrawn.

Aliases are recomputed from the active decisions of the trader concerned and of no other, in
the same transaction; who decides waits for whoever decides at the same time. What was drawn on
permits and matched to notices follows, and what was assessed is assessed again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet

from risk.domain.errors import InvalidList, WrongState
from risk.domain.four_eyes import Actor, check_known_person, check_second_person
from risk.domain.resolution.aliases import group_of, representatives
from risk.models import PartyAlias, PartyDecision
from risk.models.choices import DecisionState, TraderVerdict
from risk.services.register_changes import concerns_of_trader, note_changes
from risk.services.trader_papers import settle_papers


@transaction.atomic
def propose_decision(
    *, one_id: int, other_id: int, verdict: TraderVerdict, reason: str, by: Actor, now: datetime
) -> PartyDecision:
    """A decision for a second person to look at; nothing is merged or kept apart yet.

    Raises InvalidList for one party twice or no reason, WrongState where the pair has a
    decision that was not withdrawn, FourEyesViolated for an account without a person.
    """
    check_known_person(by)
    if one_id == other_id:
        raise InvalidList(column="other", value=str(other_id), allowed="another party")
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why it is so")
    row = PartyDecision(
        lower_id=min(one_id, other_id),
        higher_id=max(one_id, other_id),
        verdict=verdict.value,
        reason=reason.strip(),
        proposed_by=by.account,
        proposed_person=by.person,
        proposed_at=now,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        allowed = "one decision a pair: withdraw the other first"
        raise WrongState(state="decided", allowed=allowed) from None
    return row


@transaction.atomic
def approve_decision(*, decision_id: int, by: Actor, now: datetime) -> PartyDecision:
    """Let the decision count, unless another one contradicts it.

    Raises FourEyesViolated, and WrongState where it is not proposed, where parties of the two
    traders were decided to be two, or where other decisions make one trader of what this one
    keeps apart.
    """
    _lock_aliases()
    row = _locked(decision_id, DecisionState.PROPOSED)
    proposer = Actor(account=row.proposed_by, person=row.proposed_person)
    check_second_person(proposer=proposer, approver=by)
    _check_consistent(row)
    row.state = DecisionState.ACTIVE
    row.approved_by, row.approved_person, row.approved_at = by.account, by.person, now
    row.save(update_fields=["state", "approved_by", "approved_person", "approved_at"])
    _recompute(row, by.account, now)
    return row


@transaction.atomic
def withdraw_decision(*, decision_id: int, reason: str, by: Actor, now: datetime) -> PartyDecision:
    """Undo the decision, or refuse the proposal: aliases are as without it. Raises WrongState,
    InvalidList."""
    _lock_aliases()
    row = _locked(decision_id, DecisionState.PROPOSED, DecisionState.ACTIVE)
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why it is withdrawn")
    row.state, row.withdrawal_reason = DecisionState.WITHDRAWN, reason.strip()
    row.withdrawn_by, row.withdrawn_at = by.account, now
    row.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    _recompute(row, by.account, now)
    return row


def _lock_aliases() -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE risk_partyalias IN SHARE ROW EXCLUSIVE MODE")


def _locked(decision_id: int, *states: DecisionState) -> PartyDecision:
    row = PartyDecision.objects.select_for_update().get(pk=decision_id)
    if row.state not in states:
        raise WrongState(state=row.state, allowed=", ".join(states))
    return row


def _check_consistent(row: PartyDecision) -> None:
    ours, theirs = _trader(row.lower_id), _trader(row.higher_id)
    if row.verdict == TraderVerdict.DIFFERENT:
        if ours == theirs:
            chain = _active(TraderVerdict.SAME, ours).filter(higher__in=ours)
            _refuse("one trader", chain.values_list("pk", flat=True))
        return
    apart = _active(TraderVerdict.DIFFERENT, ours).filter(
        Q(lower__in=ours, higher__in=theirs) | Q(lower__in=theirs, higher__in=ours)
    )
    if found := list(apart.values_list("pk", flat=True)):
        _refuse("two traders", found)


def _refuse(state: str, decisions: Iterable[int]) -> None:
    numbers = ", ".join(map(str, sorted(decisions)))
    raise WrongState(state=f"{state} by decision {numbers}", allowed="withdraw one of them first")


def _active(verdict: TraderVerdict, parties: Collection[int]) -> QuerySet[PartyDecision]:
    return PartyDecision.objects.filter(
        Q(lower__in=parties) | Q(higher__in=parties), state=DecisionState.ACTIVE, verdict=verdict
    )


def _trader(party_id: int) -> frozenset[int]:
    """The parties that active decisions chain to this one, itself among them."""
    same: dict[int, set[int]] = defaultdict(set)
    known, ahead = {party_id}, {party_id}
    while ahead:
        for lower, higher in _active(TraderVerdict.SAME, ahead).values_list("lower", "higher"):
            same[lower].add(higher)
            same[higher].add(lower)
        ahead = set(same) - known
        known |= ahead
    return group_of(party_id, same)


def _recompute(row: PartyDecision, actor: str, now: datetime) -> None:
    """The aliases of all parties that the decision's two chain to, with it or without it, and what
    rests on them."""
    if row.verdict != TraderVerdict.SAME:
        return
    concerned = _trader(row.lower_id) | _trader(row.higher_id)
    stored = PartyAlias.objects.filter(party__in=concerned)
    before = dict(stored.values_list("party", "representative"))
    stored.delete()
    pairs = _active(TraderVerdict.SAME, concerned).values_list("lower", "higher")
    after = representatives(pairs)
    PartyAlias.objects.bulk_create(
        PartyAlias(party_id=party, representative_id=head) for party, head in after.items()
    )
    if after != before:
        settle_papers(party_ids=concerned)
        note_changes(after=concerns_of_trader(row, concerned), actor=actor, now=now)
