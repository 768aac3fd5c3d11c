"""How well declarations are selected: by the rules, by a learned model, by both, by neither.

The model is trained on the outcomes of one generated world and judged on a later one of another
seed, whose outcomes nobody gave it.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from django.core.files import File
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from risk.domain.errors import WrongState
from risk.domain.four_eyes import Actor
from risk.domain.intervals import Share
from risk.domain.leads_csv import read_leads
from risk.domain.scoring import assess, decode_facts
from risk.domain.selection_comparison import MAIN_PLACE, Compared, compare_rankings
from risk.domain.selection_report import TOP_SHARES, KindRow
from risk.domain.selection_truth import Label, read_truth
from risk.models import RiskAssessment, RiskModel
from risk.models.choices import RiskModelState
from risk.selectors.profiles import active_profile
from risk.services.assessments import assess_chunk
from risk.services.judging import Draws
from risk.services.model_training import Trained, train_risk_model
from risk.services.watchlists import approve_entry, propose_entry
from shipments.models import Declaration, GoodsItem, IntakeBatch, StageRun
from shipments.models.choices import Stage
from shipments.services.intake import register_submitter
from targeting import pipeline
from targeting.management.benchmarks.base import Bench, Part, Result, Table, processor_seconds
from targeting.management.benchmarks.data import GENERATOR, PLANTED_RATE
from targeting.management.benchmarks.pipeline import drain, empty
from targeting.selectors.selection import scored_declarations
from targeting.selectors.selection_rankings import rankings

SIZE = 20_000
TRAINED_RATE = 0.05
"""Planted in the world that is trained on, so that half a year has the findings of years."""
TRAINED_ON = (date(2025, 1, 1), date(2025, 6, 30))
JUDGED_ON = (date(2025, 7, 1), date(2025, 12, 31))
AS_OF = TRAINED_ON[1] + timedelta(days=1)
DONE_AGAIN = 10_000
"""So many of the latest assessments are done again, to see whether the bytes are the same."""
CHUNKS = 6
"""So many chunks are assessed again, with the model and without, to see what it costs."""
_PROPOSER, _APPROVER = Actor("bench:1", "person:1"), Actor("bench:2", "person:2")


class _Cost(NamedTuple):
    """Declarations and goods items assessed, and processor seconds, the session's included."""

    declarations: int
    items: int
    without: float
    beside: float


def run(bench: Bench) -> Result:
    size = bench.items or SIZE
    empty()
    _take_in("earlier", size, TRAINED_RATE, bench.seed, TRAINED_ON, bench)
    call_command("import_outcomes", str(bench.folder / "earlier.outcomes.csv"), stdout=StringIO())
    bench.tell("training")
    started = processor_seconds()
    trained = train_risk_model(first=None, last=None, as_of=AS_OF, by="bench", now=timezone.now())
    training = processor_seconds() - started
    _take_in("later", size, PLANTED_RATE, bench.seed + 1, JUDGED_ON, bench)
    compared = _compared(bench.folder / "later.truth.csv", trained.row)
    cost = _cost(bench)
    again = _done_again(bench)
    return Result(
        title="selection",
        notes=(
            f"Two worlds of {size:,} generated declarations each, {TRAINED_RATE:.0%} of the first"
            f" and {PLANTED_RATE:.0%} of the second planted, of every kind, 1 % of each traps, with"
            " the registers and leads that the generator writes:"
            f" seed {bench.seed} from {TRAINED_ON[0]} to {TRAINED_ON[1]}, seed {bench.seed + 1}"
            f" from {JUDGED_ON[0]} to {JUDGED_ON[1]}, through the pipeline. The model is trained on"
            f" the outcomes of the first that were known before {AS_OF} and is a shadow while the"
            " second comes in; no outcome of the second is stored. A case is found when any of its"
            " declarations is in the first share by the ranking, equal ones by their chance; with"
            " 95 % Wilson intervals. Both: the rule score and at most 15 points of the model. Code"
            " only: a declared code is one of a listed substance's. The cost is of the assess stage"
            f" of {cost.items:,} items done again with and without the shadow, by turns, in"
            " processor seconds, those of the database session included."
        ),
        columns=("ranking", *(f"planted, top {s:.0%}" for s in TOP_SHARES), "traps, top 5 %"),
        rows=tuple(
            (
                one.name,
                *map(_cell, one.of_all(Label.PLANTED)),
                _cell(one.of_all(Label.TRAP)[MAIN_PLACE]),
            )
            for one in compared
        ),
        tables=(
            _kinds("planted kind, top 5 %", compared, Label.PLANTED),
            _kinds("trap, top 5 %", compared, Label.TRAP),
            _training(trained, training),
            _costs(cost),
            again,
        ),
    )


def _take_in(
    name: str, size: int, rate: float, seed: int, days: tuple[date, date], bench: Bench
) -> None:
    """The registers, leads and declarations of one world, stored."""
    out = bench.folder / f"{name}.ndjson"
    bench.tell(f"generating {size:,} declarations, seed {seed}")
    call_command(
        GENERATOR,
        str(out),
        f"--count={size}",
        f"--seed={seed}",
        f"--planted={rate}",
        f"--from={days[0]}",
        f"--to={days[1]}",
        stdout=StringIO(),
    )
    for register, ending, more in (
        ("authorisations", "authorisations", {"authority": "generated"}),
        ("notifications", "notices", {}),
    ):
        path = out.with_name(f"{name}.{ending}.ndjson")
        call_command(f"load_{register}", str(path), stdout=StringIO(), **more)
    _watch(out.with_name(f"{name}.leads.csv"))
    bench.tell("taking them in")
    with out.open("rb") as stream:
        pipeline.receive(
            submitter=register_submitter(key="bench"),
            content=File(stream, name=out.name),
            format_key="ndjson",
            file_name=out.name,
            received_at=timezone.now(),
        )
    drain()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@transaction.atomic
def _watch(path: Path) -> None:
    now = timezone.now()
    with path.open(encoding="utf-8-sig", newline="") as table:
        leads, _ = read_leads(table, today=now.date())
    for lead in leads:
        try:
            entry = propose_entry(
                kind=lead.kind,
                value=lead.value,
                country=lead.country,
                reason=lead.reason,
                source=path.name,
                valid_from=lead.valid_from,
                valid_until=lead.valid_until,
                by=_PROPOSER,
                now=now,
            )
        except WrongState:
            continue  # the same identifier twice
        approve_entry(entry_id=entry.pk, by=_APPROVER, now=now)


def _compared(path: Path, model: RiskModel) -> list[Compared]:
    with path.open(encoding="utf-8", newline="") as stream:
        truth = list(read_truth(stream, file=path.name))
    numbers = {row.registration_number for row in truth}
    scored = scored_declarations(numbers)
    return compare_rankings(truth, scored, rankings(numbers, model=model))


def _cost(bench: Bench) -> _Cost:
    """The assess stage of the first chunks of what came last, by turns without and with."""
    bench.tell("assessing again, with the shadow and without")
    batch = IntakeBatch.objects.latest("pk")
    runs = StageRun.objects.filter(batch=batch, stage=Stage.ASSESS).order_by("chunk")
    chunks = list(runs.values_list("chunk", flat=True)[:CHUNKS])
    taken = [0.0, 0.0]
    for beside in (False, True) * 2:
        with transaction.atomic():
            if not beside:
                RiskModel.objects.update(
                    state=RiskModelState.RETIRED, retired_by="bench", retirement_reason="bench"
                )
            taken[beside] += _timed(lambda: _assess(batch.pk, chunks))
            transaction.set_rollback(True)
    rows = Declaration.objects.filter(batch=batch, chunk__in=chunks)
    return _Cost(
        declarations=rows.count(),
        items=GoodsItem.objects.filter(declaration__in=rows).count(),
        without=taken[0] / 2,
        beside=taken[1] / 2,
    )


def _done_again(bench: Bench) -> Table:
    """Stored assessments computed again from their facts and profile, as an auditor does."""
    bench.tell(f"doing {DONE_AGAIN:,} assessments again")
    told = StringIO()
    started = processor_seconds()
    call_command("verify_assessments", limit=DONE_AGAIN, stdout=told)
    taken = processor_seconds() - started
    return Table(
        columns=("assessments done again", "processor s"),
        rows=((told.getvalue().strip(), f"{taken:.1f}"), _without_database()),
    )


def _without_database() -> tuple[str, str]:
    """The latest stored facts, decoded and assessed by this process alone."""
    _, profile = active_profile()
    latest = RiskAssessment.objects.order_by("-pk").values_list("facts", flat=True)
    stored = [bytes(facts) for facts in latest[:DONE_AGAIN]]
    started = time.process_time()
    items = 0
    for encoded in stored:
        facts = decode_facts(encoded)
        items += len(facts.items)
        assess(facts, profile)
    taken = time.process_time() - started
    return f"{items:,} items without the database, {items / taken:,.0f} a second", f"{taken:.1f}"


def _assess(batch_id: int, chunks: Sequence[int]) -> None:
    draws = Draws(b"bench", "Asia/Almaty", 7)
    for chunk in chunks:
        assess_chunk(batch_id=batch_id, chunk=chunk, draws=draws)


def _timed(work: Callable[[], None]) -> float:
    started = processor_seconds()
    work()
    return processor_seconds() - started


def _cell(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None:
        return "–"
    return f"{share.value:.3f} [{share.low:.2f}–{share.high:.2f}]"


def _kinds(title: str, compared: Sequence[Compared], label: Label) -> Table:
    by_name: dict[str, list[KindRow]] = {}
    for one in compared:
        for row in one.kinds(label):
            by_name.setdefault(row.name, []).append(row)
    return Table(
        columns=(title, "cases", *(one.name for one in compared)),
        rows=tuple(
            (name, str(rows[0].cases), *(f"{row.top[MAIN_PLACE].value:.2f}" for row in rows))
            for name, rows in by_name.items()
        ),
    )


def _training(trained: Trained, seconds: float) -> Table:
    learned, auc = trained.learned, trained.learned.quality.auc
    return Table(
        columns=("training", "value"),
        rows=(
            ("items with a finding", str(learned.found)),
            ("clean items", str(learned.clean)),
            ("… of the random arm, of both", str(learned.random)),
            ("weight of each of these", f"{learned.random_weight:.1f}"),
            ("AUC, traders left out", f"{auc.value:.3f} [{auc.low:.3f}, {auc.high:.3f}]"),
            ("artefact, kB", f"{len(trained.row.artefact) / 1000:.0f}"),
            ("processor s", f"{seconds:.1f}"),
        ),
    )


def _costs(cost: _Cost) -> Table:
    return Table(
        columns=("assess stage", "without a model", "with a shadow", "ratio"),
        rows=(
            (
                "processor s",
                f"{cost.without:.2f}",
                f"{cost.beside:.2f}",
                f"{cost.beside / cost.without:.3f}",
            ),
            (
                "items/s",
                f"{cost.items / cost.without:,.0f}",
                f"{cost.items / cost.beside:,.0f}",
                "",
            ),
        ),
    )


PART = Part(
    name="selection",
    summary="planted cases found by rules, a learned model, both, chance and code; its cost",
    needs_database=True,
    run=run,
)
