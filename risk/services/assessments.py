"""The assess stage: facts, score, lane, stored so that they can be computed again."""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import msgspec
from django.db import connection

from risk.domain.indicators import INDICATOR_VERSIONS
from risk.domain.lanes import Place
from risk.domain.matching.engine import ENGINE_VERSION
from risk.domain.scoring import encode_facts
from risk.models import AssessmentBasis, IndicatorRow
from risk.models import LaneDecision as LaneDecisionRow
from risk.models import RiskAssessment as RiskAssessmentRow
from risk.selectors.facts import facts_for_chunk
from risk.selectors.lists import ListsInForce, lists_by_day
from risk.selectors.profiles import active_profile
from risk.services.judging import Assessed, Draws, judge
from risk.services.lane_days import keep_places, place_in_days
from risk.services.model_scores import store_model_scores
from shipments.services.bulk import copy_rows, upsert_rows

INTAKE = "intake"
LIST_CHANGE = "list_change"
ANNOUNCED_LATE = "announced_late"
REGISTER_CHANGE = "register_change"


def assess_chunk(*, batch_id: int, chunk: int, draws: Draws) -> Mapping[str, int]:
    """Assess the chunk's declarations and give each its lane.

    The caller holds the transaction. Assessments and lanes are upserted on the
    declaration, fired indicators replaced.
    """
    profile_id, profile = active_profile()
    found = facts_for_chunk(batch_id=batch_id, chunk=chunk)
    assessed = place_in_days(judge(found, profile, draws))
    store_assessed(assessed=assessed, profile_id=profile_id, trigger=INTAKE)
    return {"assessment": len(assessed)}


def store_assessed(
    *,
    assessed: Sequence[Assessed],
    profile_id: int,
    trigger: str,
    trigger_keys: Mapping[int, str] | None = None,
) -> None:
    """Store assessments under the lists of their days, each for its trigger once.

    ``trigger_keys`` name what led to them, by declaration id. The caller holds the transaction.
    """
    keys = trigger_keys or {}
    if trigger != INTAKE:
        assessed = keep_places(assessed)
    lists_of = lists_by_day({one.day for one in assessed})
    ids: dict[int, int] = {}
    for lists in {lists.period: lists for lists in lists_of.values()}.values():
        group = [one for one in assessed if lists.period.holds(one.day)]
        ids |= _upsert_assessments(group, _basis(profile_id, lists), trigger, keys)
    _store_judgements(assessed, ids)
    mark_exempt(assessed=assessed)


def store_list_change(
    *,
    assessed: Sequence[Assessed],
    profile_id: int,
    lists: ListsInForce,
    trigger_key: str,
    look_back_id: int,
) -> None:
    """Store assessments that a change of the lists led to, beside those of the intake.

    ``trigger_key`` names the change. The caller holds the transaction; twice is as once.
    """
    basis = _basis(profile_id, lists)
    assessed = keep_places(assessed)
    keys = dict.fromkeys((one.declaration_id for one in assessed), trigger_key)
    _store_judgements(assessed, _upsert_assessments(assessed, basis, LIST_CHANGE, keys))
    mark_exempt(assessed=assessed, look_back_id=look_back_id)


def mark_exempt(*, assessed: Iterable[Assessed], look_back_id: int | None = None) -> None:
    """Mark the stored matches whose quantity was found to be exempted, and no others, of
    substances of which some list exempts any; no query without them.

    Matches of the intake, or those that the look-back found. The caller holds the transaction.
    """
    marks = {
        (one.declaration_id, item.item_number, match.substance_key): match.is_exempt
        for one in assessed
        for item in one.facts.items
        for match in item.matches
        if match.exemptions
    }
    if not marks:
        return
    declarations, items, keys = zip(*marks, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK_EXEMPT,
            {
                "declarations": list(declarations),
                "items": list(items),
                "keys": list(keys),
                "exempt": list(marks.values()),
                "look_back": look_back_id,
            },
        )


_MARK_EXEMPT = """
    UPDATE risk_substancematch AS match SET is_exempt = given.is_exempt
    FROM unnest(%(declarations)s::bigint[], %(items)s::integer[], %(keys)s::text[],
                %(exempt)s::boolean[]) AS given (declaration_id, item_number, key, is_exempt)
    JOIN shipments_goodsitem AS i
      ON i.declaration_id = given.declaration_id AND i.item_number = given.item_number
    JOIN risk_substance AS substance ON substance.key = given.key
    WHERE match.goods_item_id = i.id AND match.substance_id = substance.id
      AND match.look_back_id IS NOT DISTINCT FROM %(look_back)s AND NOT match.is_upcoming
      AND match.is_exempt <> given.is_exempt
"""


def _basis(profile_id: int, lists: ListsInForce) -> AssessmentBasis:
    """The row for what every assessment of this chunk and period of the lists stands on."""
    values = {
        "profile_id": profile_id,
        "engine_version": ENGINE_VERSION,
        "screener_digest": lists.digest,
        "indicator_versions": INDICATOR_VERSIONS,
        "list_editions": lists.editions,
    }
    digest = blake2b(msgspec.json.encode(values, order="sorted"), digest_size=16).digest()
    basis, _ = AssessmentBasis.objects.get_or_create(digest=digest, defaults=values)
    return basis


def _upsert_assessments(
    assessed: Sequence[Assessed],
    basis: AssessmentBasis,
    trigger: str,
    trigger_keys: Mapping[int, str],
) -> dict[int, int]:
    """Assessment ids by declaration id."""
    values = (
        "basis",
        "score",
        "confidence",
        "leading_item_number",
        "facts",
        "quiet_codes",
        "missing_codes",
    )
    rows = [
        (
            one.declaration_id,
            trigger,
            trigger_keys.get(one.declaration_id, ""),
            basis.pk,
            one.assessment.score,
            one.assessment.confidence,
            one.assessment.leading_item or None,
            encode_facts(one.facts),
            json.dumps(one.assessment.quiet),
            json.dumps(one.assessment.missing),
        )
        for one in assessed
    ]
    return dict(
        upsert_rows(
            RiskAssessmentRow,
            ("declaration", "trigger", "trigger_key", *values),
            rows,
            key=("declaration", "trigger", "trigger_key"),
            update=values,
            returning=("declaration_id", "id"),
        )
    )


def _store_judgements(assessed: Sequence[Assessed], ids: Mapping[int, int]) -> None:
    _replace_indicator_rows(assessed, ids)
    _upsert_lanes(assessed, ids)
    store_model_scores(assessed, ids)


def _replace_indicator_rows(assessed: Sequence[Assessed], ids: Mapping[int, int]) -> None:
    if not assessed:
        return
    # The months are named, so that no other partition is looked at.
    moments = [one.facts.accepted_at for one in assessed]
    IndicatorRow.objects.filter(
        assessment__among=ids.values(), accepted_at__range=(min(moments), max(moments))
    ).delete()
    copy_rows(
        IndicatorRow,
        ("assessment", "item_number", "code", "strength", "contribution", "params", "accepted_at"),
        (
            (
                ids[one.declaration_id],
                row.item_number,
                row.code,
                row.strength,
                row.contribution,
                json.dumps(row.params),
                one.facts.accepted_at,
            )
            for one in assessed
            for row in one.assessment.rows
        ),
    )


def _upsert_lanes(assessed: Sequence[Assessed], ids: Mapping[int, int]) -> None:
    values = (
        "lane",
        "criteria_lane",
        "ground",
        "is_random_arm",
        "is_drawn",
        "is_held_below_red",
        "is_over_capacity",
        "place",
        "draw",
        "random_rate",
        "draw_day",
        "key_digest",
    )
    upsert_rows(
        LaneDecisionRow,
        ("assessment", *values),
        [
            (
                ids[one.declaration_id],
                one.decision.lane.value,
                one.decision.criteria_lane.value,
                one.decision.ground.value,
                one.decision.is_random_arm,
                one.decision.is_drawn,
                one.decision.is_held_below_red,
                one.decision.is_over_capacity,
                _json(one.decision.place),
                one.decision.draw,
                one.decision.rate,
                one.draw_day,
                one.key_digest,
            )
            for one in assessed
        ],
        key=("assessment",),
        update=values,
    )


def _json(place: Place | None) -> str | None:
    return None if place is None else msgspec.json.encode(place).decode()
