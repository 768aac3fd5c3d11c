"""Acts of inspection are recorded: once a number, corrected by later acts only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from risk.domain.errors import InvalidOutcome, OutcomeConflict
from risk.domain.lanes import Ground
from risk.domain.outcomes import Fault, OutcomeRecord, SelectedBy, check_outcome
from risk.models import InspectionOutcome, LaneDecision, RiskAssessment, Substance
from risk.services.assessments import INTAKE
from risk.services.cover_name_proposals import propose_from_outcomes
from shipments.domain.values import parse_commodity_code
from shipments.models import Declaration, GoodsItem

# What two posts of one act have to agree on.
_SAID = (
    *("registration_number", "item_number", "inspected_at", "result", "found_substance_id"),
    *("found_mass_kg", "found_commodity_code", "laboratory_requested_at"),
    *("laboratory_resulted_at", "laboratory_result", "measure", "waiver", "waiver_note"),
    "supersedes_id",
)


@transaction.atomic
def record_outcome(
    *,
    record: OutcomeRecord,
    declaration: Declaration,
    source: str,
    actor: str,
    now: datetime,
) -> tuple[InspectionOutcome, bool]:
    """The stored act, and whether it is new: posted again it is the row of the first time.

    ``source`` is whose number the act bears. What it found under another name is proposed as a
    cover name. Raises InvalidOutcome, and
    OutcomeConflict for another content under a number that is taken, or for an act that was
    corrected already.
    """
    check_outcome(record, now=now)
    item = _check_item(record, declaration)
    row = outcome_row(
        record,
        declaration=declaration,
        source=source,
        substance_id=_substance_id(record),
        assessment=_assessment_of(declaration),
        supersedes_id=_superseded(record, declaration, source),
    )
    row.recorded_by, row.recorded_at = actor, now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return _same_again(row), False
    propose_from_outcomes([(row, item)], now=now)
    return row, True


def outcome_row(
    record: OutcomeRecord,
    *,
    declaration: Declaration,
    source: str,
    substance_id: int | None,
    assessment: RiskAssessment | None,
    supersedes_id: int | None = None,
) -> InspectionOutcome:
    """The row of a checked act, not stored, without who recorded it when."""
    code = record.found_commodity_code
    return InspectionOutcome(
        declaration=declaration,
        assessment=assessment,
        registration_number=declaration.registration_number,
        customs_office=declaration.customs_office,
        item_number=record.item_number,
        source=source,
        act_number=record.act_number.strip(),
        supersedes_id=supersedes_id,
        inspected_at=record.inspected_at,
        known_at=record.known_at,
        selected_by=_selected_by(record, assessment).value,
        result=record.result.value,
        found_substance_id=substance_id,
        found_mass_kg=record.found_mass_kg,
        found_commodity_code=parse_commodity_code(code) if code else "",
        laboratory_requested_at=record.laboratory_requested_at,
        laboratory_resulted_at=record.laboratory_resulted_at,
        laboratory_result=record.laboratory_result.value if record.laboratory_result else "",
        measure=record.measure.value,
        waiver=record.waiver.value if record.waiver else "",
        waiver_note=record.waiver_note.strip(),
    )


_BY_GROUND: Mapping[str, SelectedBy] = {
    Ground.CRITERIA.value: SelectedBy.CRITERIA,
    Ground.RANDOM.value: SelectedBy.RANDOM,
    Ground.NONE.value: SelectedBy.OFFICER,
}


def _selected_by(record: OutcomeRecord, assessment: RiskAssessment | None) -> SelectedBy:
    """What the act says, else the ground of the lane: the post is not told of the draw, and
    who opens what nothing selected did it by themselves."""
    if record.selected_by is not SelectedBy.UNKNOWN or assessment is None:
        return record.selected_by
    try:
        ground = assessment.lane_decision.ground
    except LaneDecision.DoesNotExist:
        return SelectedBy.UNKNOWN
    return _BY_GROUND.get(ground, SelectedBy.UNKNOWN)


def _check_item(record: OutcomeRecord, declaration: Declaration) -> GoodsItem | None:
    """The goods item, None for the declaration as a whole."""
    if not record.item_number:
        return None
    item = GoodsItem.objects.filter(declaration=declaration, item_number=record.item_number).first()
    if item is None:
        allowed = "0 for the whole declaration, or the number of one of its items"
        raise InvalidOutcome(faults=(Fault("item_number", str(record.item_number), allowed),))
    return item


def _substance_id(record: OutcomeRecord) -> int | None:
    if not record.found_substance:
        return None
    found = Substance.objects.filter(key=record.found_substance).values_list("pk", flat=True)
    pk = found.first()
    if pk is None:
        fault = Fault("found_substance", record.found_substance[:200], "the key of a substance")
        raise InvalidOutcome(faults=(fault,))
    return pk


def _assessment_of(declaration: Declaration) -> RiskAssessment | None:
    assessments = RiskAssessment.objects.filter(
        declaration=declaration, trigger=INTAKE, trigger_key=""
    )
    return assessments.select_related("lane_decision").first()


def _superseded(record: OutcomeRecord, declaration: Declaration, source: str) -> int | None:
    """The earlier act on the same goods, whichever version of the declaration it was made on."""
    if not record.corrects:
        return None
    earlier = InspectionOutcome.objects.filter(
        source=source,
        registration_number=declaration.registration_number,
        act_number=record.corrects,
        item_number=record.item_number,
    )
    pk = earlier.values_list("pk", flat=True).first()
    if pk is None:
        allowed = "the number of an act of yours on the same declaration and item"
        raise InvalidOutcome(faults=(Fault("corrects", record.corrects[:200], allowed),))
    return pk


def _same_again(row: InspectionOutcome) -> InspectionOutcome:
    """The act that stood in the way of ``row``, if it is the same; else OutcomeConflict."""
    stored = InspectionOutcome.objects.filter(
        source=row.source,
        act_number=row.act_number,
        item_number=row.item_number,
    ).first()
    if stored is None:
        allowed = "a correction of the act that corrected it"
        raise OutcomeConflict("act_corrected", act_number=row.act_number, allowed=allowed)
    if _said(stored) != _said(row):
        allowed = "the same content, or a correction: an act of its own number that corrects it"
        raise OutcomeConflict("act_recorded", act_number=row.act_number, allowed=allowed)
    return stored


def _said(row: InspectionOutcome) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SAID}
