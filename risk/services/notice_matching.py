"""Which goods items came under which pre-export notification: settled from either side."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from risk.domain.errors import InvalidList, WrongState
from risk.domain.four_eyes import Actor, check_known_person, check_second_person
from risk.domain.permits.notices import Comparison, Notice, best_notices, compare_notice
from risk.models import NotificationMatch
from risk.models.choices import NotificationMatchState as State
from risk.selectors.notices import Place, declared_items, notice_pairs, notices_of
from risk.services.register_changes import concern_of_notification_match, note_changes
from shipments.selectors.declarations import chunk_numbers
from shipments.services.bulk import upsert_rows

_COMPARED = (
    "declaration", "goods_item", "accepted_at", "score", "grounds", "differences", "mass_kg",
    "is_counted",
)  # fmt: skip
_KEY = ("registration_number", "item_number", "notification")
# What two people decided stays; the rest follows the score.
_STATE = (
    "state = CASE WHEN stored.decided_by = '' THEN EXCLUDED.state ELSE stored.state END"
)  # fmt: skip
_BLANK = (
    "proposed_state", "proposed_by", "proposed_person", "reason", "decided_by", "decided_person",
)  # fmt: skip
_PLACES = Decimal("0.000001")

_Found = Mapping[tuple[str, int, int], tuple[Place, int, Comparison, bool]]


def match_notices_of_chunk(*, batch_id: int, chunk: int) -> Mapping[str, int]:
    """The link stage: hold the chunk's declarations against the notifications. The caller holds
    the transaction and has resolved the parties; three queries where nothing was notified."""
    return match_notices(numbers=chunk_numbers(batch_id=batch_id, chunk=chunk))


def match_notices(*, numbers: Sequence[str]) -> Mapping[str, int]:
    """Bring the matches of these declarations to what their latest versions say.

    The caller holds the transaction and the versions (``lock_versions``). What two people
    decided stays. Twice is as once.
    """
    pairs = notice_pairs(numbers)
    present = list(NotificationMatch.objects.filter(registration_number__among=numbers))
    if not pairs and not present:
        return {"notified": 0}
    found = _compare(pairs, present)
    upsert_rows(
        NotificationMatch,
        (*_KEY, *_COMPARED, "state", *_BLANK),
        [_row(key, *told) for key, told in sorted(found.items())],
        key=_KEY,
        update=(*_COMPARED, _STATE),
    )
    gone = [
        one.pk
        for one in present
        if not one.decided_by
        and (one.registration_number, one.item_number, one.notification_id) not in found
    ]
    NotificationMatch.objects.filter(pk__among=gone).delete()
    return {"notified": len(found)}


def _compare(pairs: Mapping[int, Sequence[int]], present: Sequence[NotificationMatch]) -> _Found:
    notices = notices_of(pk for of_item in pairs.values() for pk in of_item)
    items, places = declared_items(list(pairs))
    refused: dict[tuple[str, int], set[int]] = defaultdict(set)
    for one in present:
        if one.state == State.REJECTED:
            refused[(one.registration_number, one.item_number)].add(one.notification_id)
    found: dict[tuple[str, int, int], tuple[Place, int, Comparison, bool]] = {}
    for item_id, candidates in pairs.items():
        place, item = places[item_id], items[item_id]
        told: list[tuple[Notice, Comparison]] = [
            (notices[pk], compare_notice(notices[pk], item)) for pk in candidates
        ]
        where = place.registration_number, place.item_number
        for notice, comparison, is_sure in best_notices(
            told, item.day, frozenset(refused.get(where, ()))
        ):
            found[(*where, notice.pk)] = (place, item_id, comparison, is_sure)
    return found


def _row(
    key: tuple[str, int, int], place: Place, item_id: int, found: Comparison, is_sure: bool
) -> tuple[object, ...]:
    state = State.MATCHED if is_sure else State.PROPOSED
    return (
        *key,
        place.declaration_id,
        item_id,
        place.accepted_at,
        found.score,
        json.dumps(found.grounds),
        json.dumps(found.differences),
        None if found.mass is None else found.mass.kg.quantize(_PLACES),
        found.is_counted,
        state.value,
        *("" for _ in _BLANK),
    )


@transaction.atomic
def propose_decision(
    *, match_id: int, is_same: bool, reason: str, actor: Actor, now: datetime
) -> NotificationMatch:
    """Propose that an item did, or did not, come under the notice; nothing changes until a
    second person agrees. A proposal takes the place of the one before. Raises InvalidList
    without a reason, FourEyesViolated for somebody nobody knows."""
    check_known_person(actor)
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why it is, or is not, the same")
    row = NotificationMatch.objects.select_for_update().get(pk=match_id)
    if row.decided_by:
        raise WrongState(state=row.state, allowed="proposed, matched")
    row.proposed_state = (State.CONFIRMED if is_same else State.REJECTED).value
    row.proposed_by, row.proposed_person = actor.account, actor.person
    row.proposed_at, row.reason = now, reason.strip()
    row.save()
    return row


@transaction.atomic
def approve_decision(*, match_id: int, actor: Actor, now: datetime) -> NotificationMatch:
    """Let hold what another person proposed. Raises WrongState, FourEyesViolated."""
    row = NotificationMatch.objects.select_for_update().get(pk=match_id)
    if row.decided_by or not row.proposed_state:
        raise WrongState(state=row.state, allowed="a decision was proposed")
    check_second_person(proposer=Actor(row.proposed_by, row.proposed_person), approver=actor)
    row.state = row.proposed_state
    row.decided_by, row.decided_person, row.decided_at = actor.account, actor.person, now
    row.save()
    note_changes(after=[concern_of_notification_match(row)], actor=actor.account, now=now)
    return row


def counted() -> Q:
    """Matches that use up a notice: of its importer, sure or confirmed."""
    return Q(is_counted=True, state__in=(State.MATCHED.value, State.CONFIRMED.value))
