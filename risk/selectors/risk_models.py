"""Learned models: those that score, what they are trained on, what their drift is told from."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

import structlog
from django.db.models import QuerySet
from django.db.models.functions import MD5

from risk.domain.learning.features import Labelled, Scorer, feature_rows
from risk.domain.learning.trees import ArtefactRefused, TreeEnsemble
from risk.domain.outcomes import CONCLUSIVE, Result, SelectedBy
from risk.domain.profile import Lane, RiskProfile
from risk.domain.scoring import Assessment, assess, decode_facts
from risk.models import InspectionOutcome, LaneDecision, RiskAssessment, RiskModel
from risk.models.choices import RiskModelState
from risk.selectors.office import midnight

log = structlog.get_logger(__name__)

_INTAKE = "intake"
SAMPLE = 5_000
"""At most so many declarations of a window tell how its features are distributed."""


class Window(NamedTuple):
    """Declarations accepted from the first to the last day, as the office counts days."""

    first: date
    last: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """From the first moment to the one after the last."""
        return midnight(self.first), midnight(date.fromordinal(self.last.toordinal() + 1))


def list_risk_models() -> QuerySet[RiskModel]:
    """Every model, the newest first, without its artefact."""
    return RiskModel.objects.select_related("profile").defer("artefact", "profile__content")


def scoring_models() -> list[tuple[int, Scorer]]:
    """The models that score what comes, by id; one query, and one more for each that this
    process has not read yet.

    One that cannot be read is left out and is an error in the log: what stands beside the rules
    does not stop them.
    """
    rows = RiskModel.objects.exclude(state=RiskModelState.RETIRED).order_by("pk")
    found = ((pk, scorer_of(pk, digest)) for pk, digest in rows.values_list("pk", "digest"))
    return [(pk, scorer) for pk, scorer in found if scorer]


@lru_cache(maxsize=8)
def scorer_of(pk: int, digest: str) -> Scorer | None:
    """The stored model; None where its bytes are not those of the digest, or no model."""
    packed = bytes(RiskModel.objects.values_list("artefact", flat=True).get(pk=pk))
    try:
        if hashlib.sha256(packed).hexdigest() != digest:
            raise ArtefactRefused("bytes of another digest")
        return Scorer(TreeEnsemble.unpacked(packed))
    except ArtefactRefused as error:
        log.error("risk_model_refused", model=pk, reason=str(error))
        return None


def known_outcomes(window: Window, as_of: date) -> QuerySet[InspectionOutcome]:
    """Acts that say clean or offence on assessed declarations of the window, as they were known
    before the day began: what came later, corrections included, is as if it had never been."""
    before = midnight(as_of)
    start, end = window.bounds
    return (
        InspectionOutcome.objects.filter(
            known_at__lt=before,
            result__in=CONCLUSIVE,
            assessment__isnull=False,
            declaration__accepted_at__gte=start,
            declaration__accepted_at__lt=end,
        )
        .exclude(superseded_by__isnull=False, superseded_by__known_at__lt=before)
        .order_by("registration_number", "item_number", "pk")
    )


def labelled_items(outcomes: QuerySet[InspectionOutcome], profile: RiskProfile) -> list[Labelled]:
    """A row for each inspected item, by the facts of the intake's assessment.

    An offence in which no listed substance was found says neither and is left out. An act on the
    declaration as a whole tells of every item when it is clean, else of the leading one. Of
    several acts on an item one that found something counts.
    """
    found: dict[tuple[int, int], Labelled] = {}
    for act in outcomes.select_related("assessment").iterator(chunk_size=1000):
        is_found = act.found_substance_id is not None
        if act.assessment is None or (act.result == Result.OFFENCE and not is_found):
            continue
        facts = decode_facts(bytes(act.assessment.facts))
        told = assess(facts, profile)
        for item_number, row in zip(_numbers(told), feature_rows(facts, told), strict=True):
            if act.item_number not in (0, item_number):
                continue
            if is_found and act.item_number == 0 and item_number != told.leading_item:
                continue
            key = (act.declaration_id, item_number)
            if key not in found or is_found:
                found[key] = Labelled(
                    registration_number=act.registration_number,
                    item_number=item_number,
                    trader=facts.party.importer_key or act.registration_number,
                    is_found=is_found,
                    is_random=act.selected_by == SelectedBy.RANDOM,
                    row=row,
                )
    return list(found.values())


def _numbers(assessment: Assessment) -> list[int]:
    return [item.item_number for item in assessment.items if item.item_number]


def passed_by(window: Window) -> int:
    """How many declarations of the window the criteria pass by."""
    start, end = window.bounds
    return LaneDecision.objects.filter(
        criteria_lane=Lane.GREEN.value,
        assessment__trigger=_INTAKE,
        assessment__declaration__version=1,
        assessment__declaration__accepted_at__gte=start,
        assessment__declaration__accepted_at__lt=end,
    ).count()


def sampled_rows(
    window: Window, profile: RiskProfile, size: int = SAMPLE
) -> Iterator[list[list[float]]]:
    """The rows of the items of a sample of the window's declarations, a list for each: always
    the same ones, by the digest of the number, in their first versions."""
    start, end = window.bounds
    rows = RiskAssessment.objects.filter(
        trigger=_INTAKE,
        trigger_key="",
        declaration__version=1,
        declaration__accepted_at__gte=start,
        declaration__accepted_at__lt=end,
    ).order_by(MD5("declaration__registration_number"))
    for stored in rows.values_list("facts", flat=True)[:size]:
        facts = decode_facts(bytes(stored))
        yield feature_rows(facts, assess(facts, profile))
