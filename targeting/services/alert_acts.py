"""What people do with an alert: take it, dismiss it, open it again. Every move is kept."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from risk.domain.four_eyes import Actor, check_known_person, check_second_person
from risk.domain.profile import Lane
from shipments.domain.errors import InvalidValue
from targeting.domain.dismissals import DismissalScope
from targeting.domain.errors import AlertChanged, AlertHeld, ImpossibleMove, KeyReused
from targeting.domain.lifecycle import Dismissal, Move, Standing, next_standing
from targeting.domain.policy import CASE_WORKERS, allows
from targeting.models import Alert, AlertAct, User
from targeting.models.choices import AlertState
from targeting.selectors.alerts import holder_of, mark_of, standing_of
from targeting.selectors.scope import in_scope, scope_of
from targeting.services.alerts import DECIDE
from targeting.services.lanes import lane_due_times
from targeting.services.standing_dismissals import stand

# What a move is worth nothing without.
_COMMENTED = frozenset({Move.NOTE, Move.REFER, Move.REFUSE_DISMISSAL, Move.REOPEN})
# Whoever holds the alert does these; a note or a second person's word is nobody's to hold up.
_OF_HOLDER = frozenset({Move.TAKE, Move.RELEASE, Move.DISMISS})


class Said(NamedTuple):
    """What a person says with a move: the coded ``reason`` of a dismissal, a ``comment``, the
    account of the ``assignee``; with a ``scope`` the dismissal stands for repeats ``until``."""

    reason: str = ""
    comment: str = ""
    assignee: str = ""
    scope: str = ""
    until: date | None = None


@transaction.atomic
def move_alert(
    *,
    alert: Alert,
    move: Move,
    by: User,
    now: datetime,
    hold: timedelta,
    mark: str | None,
    said: Said,
    request_key: str = "",
) -> Alert:
    """Make the move and keep it; whoever moves while holding the alert holds it on for ``hold``.

    ``mark`` is that of the alert as it was read (``mark_of``), None where it does not matter.
    Locks the alert, so of two at once one is told. A ``request_key`` makes the move once: who sends
    it again gets the alert as it is. Raises KeyReused for another move under the person's key,
    AlertChanged for another mark, ImpossibleMove with the allowed moves, AlertHeld while somebody
    else is at it, FourEyesViolated where the proposer confirms, InvalidValue for a missing reason
    or comment and for an assignee who does not see the alert.
    """
    row = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    if request_key and _is_made(row, move, by, said, request_key):
        return row
    _check_mark(row, mark)
    standing, holder = standing_of(row), holder_of(row, now)
    following = next_standing(standing, move, Lane(row.lane))
    _check_words(move, said)
    _check_person(row, move, by=by, holder=holder)
    person = _assignee(row, said.assignee) if move is Move.ASSIGN else None
    act = AlertAct.objects.create(
        alert=row,
        move=move,
        reason=said.reason,
        comment=said.comment.strip(),
        assignee=person.actor if person else "",
        assessment_id=row.assessment_id,
        actor=by.actor,
        person=by.identity,
        acted_at=now,
        request_key=request_key,
    )
    _hold(row, move, by=by, to=person, is_holder=holder == by, until=now + hold)
    _move_on(row, standing, following, act)
    if said.scope and said.until:
        stand(alert=row, act=act, scope=DismissalScope(said.scope), until=said.until, now=now)
    row.updated_at = now
    row.save()
    return row


def _is_made(row: Alert, move: Move, by: User, said: Said, request_key: str) -> bool:
    """Whether the person made the move under this key."""
    made = AlertAct.objects.filter(alert=row, actor=by.actor, request_key=request_key).first()
    if made is None:
        return False
    asked = (move, said.reason, said.comment.strip())
    same_person = move is not Move.ASSIGN or made.assignee == _assignee(row, said.assignee).actor
    if (made.move, made.reason, made.comment) != asked or not same_person:
        raise KeyReused(key=request_key)
    return True


def _check_words(move: Move, said: Said) -> None:
    if move is Move.DISMISS and said.reason not in set(Dismissal):
        raise InvalidValue(field="reason", value=said.reason, allowed=", ".join(Dismissal))
    if (move in _COMMENTED or said.reason == Dismissal.OTHER) and not said.comment.strip():
        raise InvalidValue(
            field="comment", value=said.comment, allowed="what the next reader must know"
        )
    if said.scope and said.until is None:
        raise InvalidValue(field="until", value="", allowed="a day: none stands for ever")


def _check_mark(row: Alert, mark: str | None) -> None:
    if mark is not None and mark != mark_of(row):
        raise AlertChanged(updated_at=row.updated_at.isoformat())


def _check_person(row: Alert, move: Move, *, by: User, holder: User | None) -> None:
    if move in _OF_HOLDER and holder and holder != by:
        raise AlertHeld(assignee=holder.username, until=str(row.assigned_until))
    if move is Move.CONFIRM_DISMISSAL:
        _check_second(row, by)


def _check_second(row: Alert, by: User) -> None:
    proposal = row.proposal
    if proposal is None:
        raise TypeError(f"alert {row.pk} has no proposed dismissal")
    proposer = Actor(proposal.actor, proposal.person)
    check_second_person(proposer=proposer, approver=by.as_actor())


def _assignee(row: Alert, username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    seen = user and Alert.objects.filter(in_scope(scope_of(user)), pk=row.pk).exists()
    if user is None or not seen or not allows(user.grants, CASE_WORKERS):
        raise InvalidValue(
            "assignee_unknown",
            field="assignee",
            value=username,
            allowed="the account of an analyst who sees the alert",
        )
    return user


def _hold(
    row: Alert, move: Move, *, by: User, to: User | None, is_holder: bool, until: datetime
) -> None:
    if move in (Move.TAKE, Move.ASSIGN):
        row.assignee, row.assigned_until = to or by, until
    elif move is Move.RELEASE:
        row.assignee = row.assigned_until = None
    elif is_holder:
        row.assigned_until = until


def _move_on(row: Alert, standing: Standing, following: Standing, act: AlertAct) -> None:
    if following is standing:
        return
    if following is Standing.DISMISSAL_PROPOSED:
        check_known_person(Actor(act.actor, act.person))
        row.proposal = act
        return
    if following is Standing.CLOSED:
        row.disposition = row.proposal.reason if row.proposal else act.reason
        row.state, row.assignee, row.assigned_until = AlertState.CLOSED, None, None
    elif standing is Standing.CLOSED:
        _check_none_open(row)
        row.state, row.disposition = AlertState.OPEN, ""
        row.due_at = lane_due_times(act.acted_at, DECIDE).get(row.lane)
    row.proposal = None


def _check_none_open(row: Alert) -> None:
    """A later version may have raised another alert since this one was closed."""
    others = Alert.objects.filter(
        registration_number=row.registration_number, state=AlertState.OPEN
    )
    if other := others.first():
        raise ImpossibleMove(
            state="closed", move=Move.REOPEN.value, allowed=f"alert {other.pk} is open instead"
        )
