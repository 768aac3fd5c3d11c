"""The assess stage: facts, score, lane, stored so that they can be computed again."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from risk.domain.facts import DeclarationFacts
from risk.domain.indicators import INDICATOR_VERSIONS
from risk.domain.lanes import LaneDecision, day_key, decide_lane, draw, key_digest
from risk.domain.matching.engine import ENGINE_VERSION
from risk.domain.profile import RiskProfile
from risk.domain.scoring import Assessment, assess, decode_facts, encode_facts
from risk.models import AssessmentBasis, IndicatorRow
from risk.models import LaneDecision as LaneDecisionRow
from risk.models import RiskAssessment as RiskAssessmentRow
from risk.selectors.facts import facts_for_chunk
from risk.selectors.lists import ListsInForce, lists_by_day
from risk.selectors.profiles import active_profile, stored_profile
from shipments.services.bulk import copy_rows, upsert_rows

INTAKE = "intake"


class _Assessed(NamedTuple):
    declaration_id: int
    facts: DeclarationFacts
    assessment: Assessment
    decision: LaneDecision
    day: date
    key_digest: str


def assess_chunk(
    *, batch_id: int, chunk: int, draw_secret: bytes, office_time_zone: str
) -> Mapping[str, int]:
    """Assess the chunk's declarations and give each its lane.

    The caller holds the transaction. Assessments and lanes are upserted on the
    declaration, fired indicators replaced.
    """
    profile_id, profile = active_profile()
    zone = ZoneInfo(office_time_zone)
    assessed = [
        _assess(declaration_id, facts, profile, draw_secret, zone)
        for declaration_id, facts in facts_for_chunk(batch_id=batch_id, chunk=chunk)
    ]
    ids: dict[int, int] = {}
    lists_of = lists_by_day({one.day for one in assessed})
    for lists in {lists.period: lists for lists in lists_of.values()}.values():
        group = [one for one in assessed if lists.period.holds(one.day)]
        ids |= _upsert_assessments(group, _basis(profile_id, lists))
    _replace_indicator_rows(assessed, ids)
    _upsert_lanes(assessed, ids)
    return {"assessment": len(assessed)}


def reassess(assessment: RiskAssessmentRow) -> Assessment:
    """What the stored facts give under the stored profile: the same again, or a fault.

    Compare ``indicator_versions`` of the basis first: an indicator that changed since
    may rightly answer otherwise.
    """
    return assess(decode_facts(bytes(assessment.facts)), stored_profile(assessment.basis.profile))


def _assess(
    declaration_id: int,
    facts: DeclarationFacts,
    profile: RiskProfile,
    draw_secret: bytes,
    zone: ZoneInfo,
) -> _Assessed:
    day = facts.accepted_at.astimezone(zone).date()
    key = day_key(draw_secret, day)
    assessment = assess(facts, profile)
    decision = decide_lane(assessment, profile, draw(key, facts.registration_number))
    return _Assessed(declaration_id, facts, assessment, decision, day, key_digest(key))


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


def _upsert_assessments(assessed: Sequence[_Assessed], basis: AssessmentBasis) -> dict[int, int]:
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
            INTAKE,
            "",
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


def _replace_indicator_rows(assessed: Sequence[_Assessed], ids: Mapping[int, int]) -> None:
    IndicatorRow.objects.filter(assessment__in=ids.values()).delete()
    copy_rows(
        IndicatorRow,
        ("assessment", "item_number", "code", "strength", "contribution", "params"),
        (
            (
                ids[one.declaration_id],
                row.item_number,
                row.code,
                row.strength,
                row.contribution,
                json.dumps(row.params),
            )
            for one in assessed
            for row in one.assessment.rows
        ),
    )


def _upsert_lanes(assessed: Sequence[_Assessed], ids: Mapping[int, int]) -> None:
    values = (
        "lane",
        "criteria_lane",
        "ground",
        "is_random_arm",
        "is_drawn",
        "is_held_below_red",
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
                one.decision.draw,
                one.decision.rate,
                one.day,
                one.key_digest,
            )
            for one in assessed
        ],
        key=("assessment",),
        update=values,
    )
