"""Outcomes in bulk: a table of acts, chunk by chunk, each act once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice

import msgspec
from django.db import transaction

from risk.domain.outcomes import Fault
from risk.domain.outcomes_csv import OutcomeLine
from risk.models import InspectionOutcome, RiskAssessment, Substance
from risk.services.assessments import INTAKE
from risk.services.cover_name_proposals import propose_from_outcomes
from risk.services.outcomes import outcome_row
from shipments.models import Declaration, GoodsItem

CHUNK = 1_000


class Imported(msgspec.Struct):
    """What became of the lines so far; ``refused`` are the first lines with their faults."""

    lines: int = 0
    stored: int = 0
    known: int = 0
    proposals: int = 0
    refused_count: int = 0
    refused: list[tuple[int, Fault]] = []


MOST_SHOWN = 100
_UNKNOWN = "the number of a declaration that is stored"


def import_outcomes(
    *,
    lines: Iterable[OutcomeLine],
    source: str,
    actor: str,
    now: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> Imported:
    """Store the lines, a transaction for each thousand; what is stored already stays as it is.

    The version inspected is the latest that is no cancellation. A line that cannot be stored is
    told with its faults and the others go on.
    """
    done = Imported()
    substances = dict(Substance.objects.values_list("key", "pk"))
    rest = iter(lines)
    while chunk := list(islice(rest, CHUNK)):
        with transaction.atomic():
            _store(chunk, source, actor, now, substances, done)
        done.lines += len(chunk)
        progress(done.lines)
    return done


def _store(
    chunk: Sequence[OutcomeLine],
    source: str,
    actor: str,
    now: datetime,
    substances: Mapping[str, int],
    done: Imported,
) -> None:
    numbers = {line.registration_number for line in chunk}
    declarations = _declarations(numbers)
    items = _items(declarations.values())
    assessments = _assessments(declarations.values())
    known = _known(chunk, source)
    rows: dict[tuple[str, int], tuple[InspectionOutcome, GoodsItem | None]] = {}
    for line in chunk:
        declaration = declarations.get(line.registration_number)
        fault = _fault(line, declaration, items, substances)
        if fault or line.record is None or declaration is None:
            _refuse(done, line, fault)
            continue
        key = (line.record.act_number.strip(), line.record.item_number)
        if key in known or key in rows:
            done.known += 1
            continue
        row = outcome_row(
            line.record,
            declaration=declaration,
            source=source,
            substance_id=substances.get(line.record.found_substance),
            assessment=assessments.get(declaration.pk),
        )
        row.recorded_by, row.recorded_at = actor, now
        rows[key] = row, items.get((declaration.pk, line.record.item_number))
    InspectionOutcome.objects.bulk_create([row for row, _ in rows.values()])
    done.stored += len(rows)
    done.proposals += len(propose_from_outcomes(rows.values(), now=now))


def _fault(
    line: OutcomeLine,
    declaration: Declaration | None,
    items: Mapping[tuple[int, int], GoodsItem],
    substances: Mapping[str, int],
) -> Fault | None:
    if line.record is None:
        return None
    record = line.record
    if declaration is None:
        return Fault("registration_number", line.registration_number[:200], _UNKNOWN)
    if record.item_number and (declaration.pk, record.item_number) not in items:
        return Fault("item_number", str(record.item_number), "the number of one of its items")
    if record.found_substance and record.found_substance not in substances:
        return Fault("found_substance", record.found_substance[:200], "the key of a substance")
    return None


def _refuse(done: Imported, line: OutcomeLine, fault: Fault | None) -> None:
    done.refused_count += 1
    for one in (fault,) if fault else line.faults:
        if len(done.refused) < MOST_SHOWN:
            done.refused.append((line.line, one))


def _declarations(numbers: Iterable[str]) -> dict[str, Declaration]:
    rows = Declaration.objects.filter(registration_number__in=list(numbers), is_cancelled=False)
    return {row.registration_number: row for row in rows.order_by("version")}


def _items(declarations: Iterable[Declaration]) -> dict[tuple[int, int], GoodsItem]:
    rows = GoodsItem.objects.filter(declaration__in=[one.pk for one in declarations])
    return {(row.declaration_id, row.item_number): row for row in rows}


def _assessments(declarations: Iterable[Declaration]) -> dict[int, RiskAssessment]:
    rows = RiskAssessment.objects.filter(
        declaration__in=[one.pk for one in declarations], trigger=INTAKE, trigger_key=""
    )
    related = rows.select_related("lane_decision").defer("facts")
    return {row.declaration_id: row for row in related}


def _known(chunk: Sequence[OutcomeLine], source: str) -> set[tuple[str, int]]:
    numbers = [line.record.act_number.strip() for line in chunk if line.record]
    rows = InspectionOutcome.objects.filter(source=source, act_number__in=numbers)
    return set(rows.values_list("act_number", "item_number"))
