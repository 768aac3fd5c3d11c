"""What an act of inspection says, in the short form, and what it cannot say.

Codes are ours: an office maps its own onto them. Masses are kilograms.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import msgspec

from risk.domain.errors import InvalidOutcome
from shipments.domain.errors import InvalidValue
from shipments.domain.values import parse_commodity_code


class Result(StrEnum):
    """What the control came to; ``not_applied``: it was recommended and did not happen."""

    CLEAN = "clean"
    OFFENCE = "offence"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLIED = "not_applied"


CONCLUSIVE = (Result.CLEAN.value, Result.OFFENCE.value)


class SelectedBy(StrEnum):
    """Why it was inspected; ``unknown`` lets the stored lane decide."""

    CRITERIA = "criteria"
    RANDOM = "random"
    OFFICER = "officer"
    UNKNOWN = "unknown"


class Waiver(StrEnum):
    """Why a recommended control was not applied."""

    TRUSTED_TRADER = "trusted_trader"
    EARLIER_CONTROL = "earlier_control"
    OTHER_CONTROL = "other_control"
    DOCUMENTS_SUFFICIENT = "documents_sufficient"
    PERISHABLE = "perishable"
    DANGEROUS = "dangerous"
    NO_CAPACITY = "no_capacity"
    OTHER = "other"


class Measure(StrEnum):
    """What was done with the goods or the people."""

    NONE = "none"
    CODE_CORRECTED = "code_corrected"
    DETAINED = "detained"
    RETURNED = "returned"
    SEIZED = "seized"
    FINE = "fine"
    CRIMINAL_CASE = "criminal_case"


class LaboratoryResult(StrEnum):
    """What the laboratory answered; blank while it has not."""

    CONFIRMED = "confirmed"
    OTHER_SUBSTANCE = "other_substance"
    NOTHING_CONTROLLED = "nothing_controlled"
    UNCLEAR = "unclear"


MOST_KG = Decimal(10) ** 12
MASS_PLACES = 6
LONGEST_ACT_NUMBER = 100
LONGEST_NOTE = 500
# How far the clock of another system may be ahead of ours.
CLOCK_TOLERANCE = timedelta(minutes=10)


class Fault(msgspec.Struct, frozen=True):
    """One field that an act cannot say so."""

    field: str
    value: str
    allowed: str


class OutcomeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One act on one goods item; ``item_number`` 0 is the declaration as a whole.

    ``found_substance`` is the key of a substance. ``corrects`` is the number of the earlier act
    of the same source on the same item that this one takes the place of.
    """

    act_number: str
    inspected_at: datetime
    result: Result
    item_number: int = 0
    selected_by: SelectedBy = SelectedBy.UNKNOWN
    found_substance: str = ""
    found_mass_kg: Decimal | None = None
    found_commodity_code: str = ""
    laboratory_requested_at: datetime | None = None
    laboratory_resulted_at: datetime | None = None
    laboratory_result: LaboratoryResult | None = None
    measure: Measure = Measure.NONE
    waiver: Waiver | None = None
    waiver_note: str = ""
    corrects: str = ""

    @property
    def known_at(self) -> datetime:
        """Since when the result is known: the inspection, or the laboratory's later answer."""
        return max(self.inspected_at, self.laboratory_resulted_at or self.inspected_at)


def check_outcome(record: OutcomeRecord, *, now: datetime) -> None:
    """Raises InvalidOutcome with every field that the act cannot say so."""
    faults = (*_act(record, now), *_findings(record), *_laboratory(record, now), *_waiver(record))
    if faults:
        raise InvalidOutcome(faults=faults)


def _act(record: OutcomeRecord, now: datetime) -> Iterator[Fault]:
    if not 0 < len(record.act_number.strip()) <= LONGEST_ACT_NUMBER:
        yield Fault("act_number", record.act_number[:200], f"1 to {LONGEST_ACT_NUMBER} characters")
    if record.corrects and record.corrects == record.act_number:
        yield Fault("corrects", record.corrects, "the number of an earlier act, not its own")
    if record.inspected_at > now + CLOCK_TOLERANCE:
        yield Fault("inspected_at", record.inspected_at.isoformat(), "a moment that has passed")


def _findings(record: OutcomeRecord) -> Iterator[Fault]:
    if record.found_substance and record.result is not Result.OFFENCE:
        yield Fault(
            "found_substance", record.found_substance, "only with the result offence, else blank"
        )
    if record.measure is not Measure.NONE and record.result in (Result.CLEAN, Result.NOT_APPLIED):
        yield Fault("measure", record.measure, f"none with the result {record.result}")
    mass = record.found_mass_kg
    if mass is not None and not (mass.is_finite() and 0 <= mass < MOST_KG and _is_fine(mass)):
        yield Fault("found_mass_kg", str(mass), f"kilograms from 0, at most {MASS_PLACES} places")
    if record.found_commodity_code:
        try:
            parse_commodity_code(record.found_commodity_code)
        except InvalidValue:
            code = record.found_commodity_code[:200]
            yield Fault("found_commodity_code", code, "4 to 12 digits")


def _is_fine(mass: Decimal) -> bool:
    exponent = mass.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MASS_PLACES


def _laboratory(record: OutcomeRecord, now: datetime) -> Iterator[Fault]:
    asked, answered = record.laboratory_requested_at, record.laboratory_resulted_at
    if asked and asked > now + CLOCK_TOLERANCE:
        yield Fault("laboratory_requested_at", asked.isoformat(), "a moment that has passed")
    if answered and (asked is None or answered < asked or answered > now + CLOCK_TOLERANCE):
        yield Fault(
            "laboratory_resulted_at",
            answered.isoformat(),
            "a moment that has passed, not before laboratory_requested_at",
        )
    if bool(answered) != bool(record.laboratory_result):
        yield Fault(
            "laboratory_result",
            record.laboratory_result or "",
            "together with laboratory_resulted_at, or neither",
        )


def _waiver(record: OutcomeRecord) -> Iterator[Fault]:
    """A waiver says why nothing was done, so nothing was found either."""
    if record.result is not Result.NOT_APPLIED:
        if record.waiver:
            yield Fault("waiver", record.waiver, "only with the result not_applied")
        return
    if record.waiver is None:
        yield Fault("waiver", "", f"with not_applied one of {', '.join(Waiver)}")
    if record.waiver is Waiver.OTHER and not record.waiver_note.strip():
        yield Fault("waiver_note", "", "the reason in words, with the waiver other")
    found = ("found_mass_kg", "found_commodity_code", "laboratory_requested_at")
    for name in found:
        if getattr(record, name):
            yield Fault(name, str(getattr(record, name)), "blank with the result not_applied")
