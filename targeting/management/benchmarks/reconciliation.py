"""Declarations held against the registers: how fast, what is found, and who is accused wrongly."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import NamedTuple, TypeVar

from django.core.files import File
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from risk.domain.intervals import wilson
from risk.domain.permits.four_way import Row
from risk.models import NotificationMatch, Substance
from risk.selectors.four_way import checked_declarations, four_way_checks, is_checked
from risk.services.drawdowns import settle_numbers
from risk.services.notice_matching import match_notices
from shipments.models import Declaration, Drawdown, GoodsItem
from shipments.services.intake import register_submitter
from targeting import pipeline
from targeting.management.benchmarks.base import Bench, Part, Result, Table, processor_seconds
from targeting.management.benchmarks.data import GENERATOR
from targeting.management.benchmarks.pipeline import drain, empty, truncate

SIZE = 20_000
MILLION = 1_000_000
AT_ONCE = 1_000
PAGE, PAGES = 25, 40
PLANTED, TRAPS = 0.05, 0.25
# The planted kinds, and how the check names what is wrong with them.
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "permit_missing": ("authorisation:none",),
    "permit_expired": ("authorisation:expired",),
    "permit_borrowed": ("authorisation:borrowed", "authorisation:wrong_holder"),
    "permit_overdrawn": ("authorisation:over_drawn",),
    "notice_without_declaration": ("notice:awaited",),
    "split_consignments": ("declaration:split",),
}
MOST_TEXTS = 20
HOLDERS = ("permitted_maker", "declared_as_announced")
ITEMS_A_DECLARATION = 2
"""Of generated declarations, about; the run is told in items."""

_Part = TypeVar("_Part")
_Checks = Mapping[str, tuple[Row, ...]]


class _Speed(NamedTuple):
    """Processor seconds, those of the database session included."""

    items: int
    controlled: int
    settling: float
    again: float
    checking: float
    is_same: bool


def run(bench: Bench) -> Result:
    items = bench.items or SIZE
    truth = _fill(items, bench)
    speed = _reconcile(bench)
    bench.tell("four-way checks of what is controlled")
    started = processor_seconds()
    checks = _checks()
    speed = speed._replace(checking=processor_seconds() - started, controlled=_rows(checks))
    total = speed.settling + speed.checking
    at = f"{speed.items:,} items, {speed.controlled:,} of them controlled"
    return Result(
        title="reconciliation",
        notes=(
            f"Generated declarations (seed {bench.seed}, {PLANTED:.0%} of them of planted permit,"
            f" notice and split cases, {TRAPS:.0%} of honest permit holders) with the registers"
            " that the generator writes and a yearly need of the country for every substance,"
            " through the pipeline. Then the ledger and the matches"
            " with notices are emptied and made anew, a thousand declarations at once, and every"
            " declaration that names something controlled is checked four ways. Processor seconds"
            " of one process, those of the database session included. A case is found when the"
            " check names what was planted, not anything; shares with their 95 % intervals."
        ),
        columns=("measure", "value"),
        rows=(
            (f"drawing and matching {at}, s", f"{speed.settling:.1f}"),
            ("… the same ledger and matches as the pipeline's", "yes" if speed.is_same else "NO"),
            ("… once more, when nothing is left to do, s", f"{speed.again:.1f}"),
            ("four-way check of what is controlled, s", f"{speed.checking:.1f}"),
            ("together, items/s", f"{speed.items / total:,.0f}"),
            ("a million items at that rate, minutes", f"{MILLION / speed.items * total / 60:.1f}"),
            (f"a page of {PAGE} checks, latest and older, p95 by the clock", _page_times()),
        ),
        tables=(_found(truth, checks), _accused(truth, checks), *_texts(truth, checks)),
    )


def _fill(items: int, bench: Bench) -> dict[str, dict[str, str]]:
    """The registers and the declarations, stored; the truth by registration number."""
    empty()
    out = bench.folder / "reconciliation.ndjson"
    bench.tell(f"generating some {items:,} items and their registers")
    call_command(
        GENERATOR,
        str(out),
        f"--count={items // ITEMS_A_DECLARATION}",
        f"--seed={bench.seed}",
        f"--planted={PLANTED}",
        f"--traps={TRAPS}",
        "--from=2025-01-01",
        "--to=2025-12-31",
        f"--kinds={','.join((*EXPECTED, *HOLDERS))}",
        stdout=StringIO(),
    )
    for command, ending in (("authorisations", "authorisations"), ("notifications", "notices")):
        path = out.with_name(f"reconciliation.{ending}.ndjson")
        more = {"authority": "generated"} if command == "authorisations" else {}
        call_command(f"load_{command}", str(path), stdout=StringIO(), **more)
    needs = out.with_name("reconciliation.requirements.ndjson")
    needs.write_text("".join(_need(key) for key in _substances()), encoding="utf-8")
    call_command("load_requirements", str(needs), stdout=StringIO())
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
    return _truth(out.with_name("reconciliation.truth.csv"))


def _substances() -> "QuerySet[Substance, str]":
    return Substance.objects.order_by("key").values_list("key", flat=True)


def _need(key: str) -> str:
    """The country's need of a substance, so that the totals of all its importers are asked for."""
    entry = {
        "country": "KZ",
        "substance_key": key,
        "year": 2025,
        "amount_kg": "1000000000",
        "stated_on": "2025-01-01",
        "source": "generated",
    }
    return json.dumps(entry) + "\n"


def _truth(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["registration_number"]: row for row in csv.DictReader(stream)}


def _reconcile(bench: Bench) -> _Speed:
    written = _ledger()
    truncate(Drawdown, NotificationMatch)
    bench.tell("drawing and matching from nothing")
    settling, again = _timed(_settle_all), _timed(_settle_all)
    return _Speed(
        items=GoodsItem.objects.count(),
        controlled=0,
        settling=settling,
        again=again,
        checking=0.0,
        is_same=_ledger() == written,
    )


def _timed(work: Callable[[], None]) -> float:
    started = processor_seconds()
    work()
    return processor_seconds() - started


def _settle_all() -> None:
    numbers = Declaration.objects.current().order_by("registration_number")
    for few in _slices(list(numbers.values_list("registration_number", flat=True))):
        with transaction.atomic():
            settle_numbers(numbers=few)
            match_notices(numbers=few)


def _ledger() -> tuple[set[tuple[object, ...]], set[tuple[object, ...]]]:
    """What is drawn and matched, without what a second run numbers anew."""
    drawn = Drawdown.objects.filter(reverses=None, reversed_by=None)
    return (
        set(drawn.values_list("line", "registration_number", "item_number", "mass_kg")),
        set(
            NotificationMatch.objects.values_list(
                "notification", "registration_number", "item_number", "state", "mass_kg"
            )
        ),
    )


def _checks() -> dict[str, tuple[Row, ...]]:
    """By registration number the rows of every declaration that names something controlled."""
    rows = Declaration.objects.current().filter(checked_declarations())
    numbers = dict(rows.order_by("pk").values_list("pk", "registration_number"))
    found: dict[str, tuple[Row, ...]] = {}
    for few in _slices(list(numbers)):
        found |= {numbers[pk]: told for pk, told in four_way_checks(few).items()}
    return found


def _page_times() -> str:
    """What a page of the list takes from its query to its checks; pages all over the year."""
    latest = Declaration.objects.current().filter(is_checked()).order_by("-accepted_at", "-id")
    days = Declaration.objects.aggregate(first=Min("accepted_at"), last=Max("accepted_at"))
    taken = []
    for part in range(1, PAGES + 1):
        until = days["first"] + (days["last"] - days["first"]) * part / PAGES
        started = perf_counter()
        page = latest.filter(accepted_at__lte=until)[:PAGE]
        four_way_checks([declaration.pk for declaration in page])
        taken.append(perf_counter() - started)
    return f"{1000 * quantiles(taken, n=20)[-1]:.0f} ms"


def _rows(checks: _Checks) -> int:
    return sum(bool(row.item_number) for rows in checks.values() for row in rows)


def _found(truth: Mapping[str, Mapping[str, str]], checks: _Checks) -> Table:
    """A case is its group's declarations together, as far as they were stored."""
    cases: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number, row in truth.items():
        if row["label"] == "planted":
            cases[(row["kind"], _group(row) or number)].append(number)
    rows = []
    totals = [0, 0]
    for kind, expected in EXPECTED.items():
        own = [numbers for (of, _), numbers in cases.items() if of == kind]
        hits = sum(any(_reasons(checks, one, expected) for one in numbers) for numbers in own)
        totals = [totals[0] + hits, totals[1] + len(own)]
        rows.append(_share(kind, hits, len(own)))
    return Table(
        columns=("planted", "cases", "found", "share"), rows=(*rows, _share("all", *totals))
    )


def _accused(truth: Mapping[str, Mapping[str, str]], checks: _Checks) -> Table:
    """Of items that name something controlled and are no part of a planted case: those of the
    traps, and all others."""
    items: Counter[str] = Counter()
    accused: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for number, rows in checks.items():
        told = truth.get(number)
        if told and told["label"] == "planted":
            continue
        kind = told["kind"] if told else "other honest"
        of = ("permit holders together", kind) if kind in HOLDERS else (kind,)
        for row in rows:
            items.update(of)
            accused.update(of if row.reasons else ())
            reasons.update(f"{kind}: {reason}" for reason in row.reasons)
    return Table(
        columns=("honest items that name something controlled", "items", "accused", "per 1,000"),
        rows=(
            *(
                (kind, f"{count:,}", f"{accused[kind]:,}", f"{1000 * accused[kind] / count:.2f}")
                for kind, count in sorted(items.items())
            ),
            *((f"… {reason}", "", f"{count:,}", "") for reason, count in sorted(reasons.items())),
        ),
    )


def _texts(truth: Mapping[str, Mapping[str, str]], checks: _Checks) -> tuple[Table, ...]:
    """What the accused say that are no part of a case: the first of them, to be read."""
    told = [
        (number, row)
        for number, rows in sorted(checks.items())
        if number not in truth
        for row in rows
        if row.reasons
    ]
    rows = []
    for number, row in told[:MOST_TEXTS]:
        item = GoodsItem.objects.filter(
            declaration__registration_number=number, item_number=row.item_number
        ).latest("declaration__version")
        rows.append((item.description, item.commodity_code, row.substance_key, *row.reasons[:1]))
    columns = ("accused, no part of a case", "code", "substance", "first reason")
    return (Table(columns=columns, rows=tuple(rows)),) if rows else ()


def _share(name: str, hits: int, cases: int) -> tuple[str, ...]:
    if not cases:
        return name, "0", "0", ""
    share = wilson(hits, cases)
    return name, f"{cases:,}", f"{hits:,}", f"{hits / cases:.3f} [{share.low:.3f}-{share.high:.3f}]"


def _reasons(checks: _Checks, number: str, expected: Sequence[str]) -> bool:
    return any(reason in expected for row in checks.get(number, ()) for reason in row.reasons)


def _group(row: Mapping[str, str]) -> str:
    parts = row["detail"].split(";")
    return next((part for part in parts if part.startswith("group=")), "")


def _slices(values: Sequence[_Part]) -> Iterator[Sequence[_Part]]:
    return (values[first : first + AT_ONCE] for first in range(0, len(values), AT_ONCE))


PART = Part(
    name="reconciliation",
    summary="declarations against the registers: rate, cases found, honest holders accused",
    needs_database=True,
    run=run,
)
