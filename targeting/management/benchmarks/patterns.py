"""Supply channels and reagent baskets out of the pipeline's own results, held against the truth."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from django.core.files import File
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from msgspec import structs

from risk.models import Channel, ReagentBasket, WatchlistEntry
from risk.services.baskets import find_reagent_baskets
from risk.services.channels import propose_supply_channels
from shipments.models import Declaration, LegalEntity
from shipments.services.intake import register_submitter
from targeting import pipeline
from targeting.management.benchmarks.base import Bench, Part, Result, Table, processor_seconds
from targeting.management.benchmarks.data import GENERATOR
from targeting.management.benchmarks.pattern_pairs import (
    Judged,
    judged,
    load_register,
    phoenix_pairs,
    planted_pairs,
    ring_pairs,
)
from targeting.management.benchmarks.pipeline import drain, empty, truncate

# Beside 30 lawful lanes of listed goods and more.
SIZE = 16_000
PLANTED, TRAPS = 0.02, 0.20
FIRST, LAST = date(2025, 1, 1), date(2025, 4, 20)
NOW = datetime(2025, 4, 21, tzinfo=UTC)
TOP = 10
_CLOSED_DAYS = 1_095
_CHANNEL, _BASKET = "recurring_channel", "reagent_basket"

# Lawful pairs of supplier and importer that come again as a channel does.
_LANES = """
    SELECT count(*), count(*) FILTER (WHERE listed >= 4) FROM (
      SELECT importer.party_id, consignor.party_id AS supplier, count(*) FILTER (WHERE EXISTS (
               SELECT FROM shipments_goodsitem AS g
               JOIN risk_substancematch AS m ON m.goods_item_id = g.id AND m.is_flagged
               WHERE g.declaration_id = d.id)) AS listed
      FROM shipments_declaration AS d
      JOIN shipments_partyrole AS importer
        ON importer.declaration_id = d.id AND importer.role = 'importer'
      JOIN shipments_partyrole AS consignor
        ON consignor.declaration_id = d.id AND consignor.role = 'consignor'
      WHERE NOT d.registration_number = ANY(%(planted)s)
      GROUP BY 1, 2
      HAVING count(*) >= 4 AND max(d.accepted_at) - min(d.accepted_at) >= interval '14 days'
    ) AS lane
"""


class _Found(NamedTuple):
    """A proposal: its place, and how many of its declarations are of which planted case."""

    place: int
    score: float
    size: int
    cases: Counter[tuple[str, str]]

    @property
    def told(self) -> tuple[str, str]:
        """Kind and group of most of its declarations; of no planted case: empty texts."""
        return self.cases.most_common(1)[0][0]


class _World(NamedTuple):
    declarations: int
    lanes: int
    listed_lanes: int
    channels: Sequence[_Found]
    baskets: Sequence[_Found]
    cases: Mapping[str, int]
    rings: Judged
    phoenix: Judged
    seconds: float


def run(bench: Bench) -> Result:
    """Two seeds, so that nothing is of one draw; each with planted cases and without."""
    size, seeds = bench.items or SIZE, (bench.seed, bench.seed + 16)
    benches = [structs.replace(bench, seed=seed) for seed in seeds]
    planted = [_world("planted", size, PLANTED, one) for one in benches]
    honest = [_world("honest", size, 0.0, one) for one in benches]
    return Result(
        title="patterns",
        notes=(
            f"{size:,} generated declarations of {(LAST - FIRST).days + 1} days, of each of two"
            f" seeds, {PLANTED:.0%} of them of planted cases of every kind and {TRAPS:.0%} of"
            " traps, with the registers that the generator writes, through the pipeline; then as"
            " many without a planted case. Channels and baskets are those that the services find"
            " on the day after. A planted case counts as found by a proposal most of whose"
            " declarations are its own; lanes are lawful pairs of supplier and importer with four"
            " declarations over two weeks. Linked pairs are importers that share a telephone,"
            " email or account, over any number of steps, without receptions of neighbours;"
            " phoenix pairs those of /successions. Processor seconds of one process, those of the"
            " database included."
        ),
        columns=(
            "measure",
            *(f"with plants, seed {seed}" for seed in seeds),
            *(f"without, seed {seed}" for seed in seeds),
        ),
        rows=tuple(_rows([*planted, *honest])),
        tables=tuple(
            _listed(f"{name}, seed {seed}", getattr(world, f"{name}s"))
            for seed, world in zip(seeds, planted, strict=True)
            for name in ("channel", "basket")
        ),
    )


def _rows(worlds: Sequence[_World]) -> Iterator[tuple[str, ...]]:
    measures: Mapping[str, Callable[[_World], str]] = {
        "declarations": lambda one: f"{one.declarations:,}",
        "lawful lanes that come again": lambda one: f"{one.lanes:,}",
        "… of goods in which something listed is found": lambda one: f"{one.listed_lanes:,}",
        "channels planted": lambda one: str(one.cases[_CHANNEL]),
        f"… among the first {TOP}": lambda one: str(_hits(one.channels, _CHANNEL, TOP)),
        "channels proposed": lambda one: str(len(one.channels)),
        "… per 10,000 declarations": lambda one: _per_10000(one.channels, one),
        "baskets planted": lambda one: str(one.cases[_BASKET]),
        "… found": lambda one: str(_hits(one.baskets, _BASKET, None)),
        "baskets proposed": lambda one: str(len(one.baskets)),
        "… of these per 10,000 declarations": lambda one: _per_10000(one.baskets, one),
        **_judged_measures("linked pairs", lambda one: one.rings),
        **_judged_measures("phoenix pairs", lambda one: one.phoenix),
        "both searches, processor s": lambda one: f"{one.seconds:.1f}",
    }
    for name, told in measures.items():
        yield name, *map(told, worlds)


def _judged_measures(
    what: str, of: Callable[[_World], Judged]
) -> dict[str, Callable[[_World], str]]:
    return {
        f"{what} planted": lambda one: str(of(one).planted),
        f"{what} found, right of all": lambda one: f"{of(one).right} of {of(one).found}",
        f"{what}: recall": lambda one: of(one).recall,
        f"{what}: precision": lambda one: of(one).precision,
    }


def _per_10000(found: Sequence[_Found], world: _World) -> str:
    return f"{len(found) * 10_000 / world.declarations:.1f}"


def _world(name: str, size: int, rate: float, bench: Bench) -> _World:
    truth = _fill(name, size, rate, bench)
    bench.tell(f"searching the {name} world")
    started = processor_seconds()
    day = LAST + timedelta(days=1)
    propose_supply_channels(day=day, now=NOW)
    find_reagent_baskets(day=day, now=NOW)
    seconds = processor_seconds() - started
    with connection.cursor() as cursor:
        cursor.execute(_LANES, {"planted": list(truth)})
        lanes, listed = cursor.fetchone() or (0, 0)
    cases = Counter(kind for kind, _ in set(truth.values()))
    pairs = planted_pairs(_truth_file(bench.folder / f"{name}.ndjson"))
    return _World(
        declarations=Declaration.objects.count(),
        lanes=lanes,
        listed_lanes=listed,
        channels=_judged(_channel_numbers(), truth),
        baskets=_judged(_basket_numbers(), truth),
        cases=cases,
        rings=judged(pairs.rings, ring_pairs()),
        phoenix=judged(pairs.phoenix, phoenix_pairs(day, day - timedelta(days=_CLOSED_DAYS))),
        seconds=seconds,
    )


def _fill(name: str, size: int, rate: float, bench: Bench) -> dict[str, tuple[str, str]]:
    """The registers and declarations, stored; kind and group by number of what was planted."""
    empty()
    truncate(Channel, ReagentBasket, LegalEntity, WatchlistEntry)
    out = bench.folder / f"{name}.ndjson"
    bench.tell(f"generating {size:,} declarations, {rate:.0%} planted")
    call_command(
        GENERATOR,
        str(out),
        f"--count={size}",
        f"--seed={bench.seed}",
        f"--planted={rate}",
        f"--traps={TRAPS}",
        f"--from={FIRST}",
        f"--to={LAST}",
        stdout=StringIO(),
    )
    for command, ending, more in (
        ("authorisations", "authorisations", {"authority": "generated"}),
        ("notifications", "notices", {}),
    ):
        path = out.with_name(f"{name}.{ending}.ndjson")
        call_command(f"load_{command}", str(path), stdout=StringIO(), **more)
    load_register(out, NOW)
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
    return _truth(_truth_file(out))


def _truth_file(out: Path) -> Path:
    return out.with_name(f"{out.stem}.truth.csv")


def _truth(path: Path) -> dict[str, tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            row["registration_number"]: (row["kind"], _group(row))
            for row in csv.DictReader(stream)
            if row["label"] == "planted"
        }


def _group(row: Mapping[str, str]) -> str:
    parts = row["detail"].split(";")
    own = row["registration_number"]
    return next((part for part in parts if part.startswith("group=")), own)


def _channel_numbers() -> list[tuple[float, list[str]]]:
    return [
        (row.score, [one.declaration.registration_number for one in row.consignments.all()])
        for row in Channel.objects.order_by("-score", "-id").prefetch_related(
            "consignments__declaration"
        )
    ]


def _basket_numbers() -> list[tuple[float, list[str]]]:
    return [
        (row.score, [one.declaration.registration_number for one in row.acquisitions.all()])
        for row in ReagentBasket.objects.order_by("-score", "-id").prefetch_related(
            "acquisitions__declaration"
        )
    ]


def _judged(
    proposals: Iterable[tuple[float, list[str]]], truth: Mapping[str, tuple[str, str]]
) -> list[_Found]:
    return [
        _Found(place, score, len(numbers), Counter(truth.get(one, ("", "")) for one in numbers))
        for place, (score, numbers) in enumerate(proposals, 1)
    ]


def _hits(found: Sequence[_Found], kind: str, top: int | None) -> int:
    """Planted cases of the kind, each once."""
    return len({one.told for one in found[:top] if one.told[0] == kind})


def _listed(name: str, found: Sequence[_Found]) -> Table:
    return Table(
        columns=(name, "score", "most of it is", "declarations"),
        rows=tuple(
            (
                str(one.place),
                f"{one.score:.1f}",
                one.told[0] or "no planted case",
                f"{one.cases[one.told]} of {one.size}",
            )
            for one in found[: 2 * TOP]
        ),
    )


PART = Part(
    name="patterns",
    summary="channels and baskets that are proposed of planted ones and of honest traffic",
    needs_database=True,
    run=run,
)
