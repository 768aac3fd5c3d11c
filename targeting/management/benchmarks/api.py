"""The API as analysts and clients ask it, at a rate, beside the plain SQL of the same rows."""

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import cycle, islice
from typing import Any, NamedTuple

import psycopg

from targeting.management.api_client import ApiConnection
from targeting.management.benchmarks.base import Bench, Part, Result, Table
from targeting.management.benchmarks.copied_world import CopiedWorld, superuser
from targeting.management.benchmarks.data import declarations_file
from targeting.management.benchmarks.installation import Installation
from targeting.management.benchmarks.open_loop import PER_SECOND, Taken, at_rate
from targeting.management.benchmarks.plain_sql import PAGE
from targeting.management.one_time_codes import new_key

ITEMS, ORIGINAL = 1_000_000, 20_000
REQUESTS = 30
DETAILS = 150
READERS = 8
RATES = (10, 20, 30, 40, 60, 80)
RATE_SECONDS = 8
ONE_FILE = 200
PATIENCE_SECONDS = 1800
PASSWORD, CLIENT = "a-bench's own passphrase 7", "api-bench"
REGION = "Almaty"
_READERS = """
from targeting.management.benchmarks.readers import name_offices, register_readers
name_offices({region!r})
register_readers({names!r}, password={password!r}, key={key!r})
"""
# Texts are found by words once beat gave them keys, which waits for no bench.
_INDEX = """
from risk.services.texts import index_texts
while index_texts(wait=True):
    pass
"""
_IMPORTER = """
    SELECT p.name FROM shipments_partyrole AS p
    JOIN targeting_alert AS a ON a.declaration_id = p.declaration_id
    WHERE p.role = 'importer' ORDER BY a.id LIMIT 1
"""
_NUMBER = """
    SELECT i->>'value' FROM shipments_partyrole AS p
    JOIN targeting_alert AS a ON a.declaration_id = p.declaration_id,
      jsonb_array_elements(p.identifiers) AS i
    WHERE p.role = 'importer' AND i->>'kind' = 'bin' ORDER BY a.id LIMIT 1
"""
_SUBSTANCE = """
    SELECT s.key FROM risk_substancematch AS m JOIN risk_substance AS s ON s.id = m.substance_id
    WHERE m.is_flagged ORDER BY m.id LIMIT 1
"""
_STATEMENTS = """
from targeting.management.benchmarks.plain_sql import statements
print(statements({queries!r}, {name!r}))
"""
Query = Mapping[str, str]
Database = psycopg.Connection[tuple[Any, ...]]


class _Asked(NamedTuple):
    """One list, dossier or page: how the server answered and how the database alone did."""

    name: str
    taken: Taken
    sql: Taken | None = None
    rows: int = 0
    first: float = 0.0

    @property
    def times(self) -> float:
        """The plain SQL's median goes into the answer's so many times."""
        return self.taken.p50 / self.sql.p50 if self.sql and self.rows == PAGE else 0.0

    @property
    def ratio(self) -> str:
        return f"{self.taken.p50 / self.sql.p50:.1f}" if self.sql else ""


def run(bench: Bench) -> Result:
    items = bench.items or ITEMS
    original = min(ORIGINAL, items // 2)
    small = max(original, items // 10)
    variables = {"TARGETING_DRAW_SECRET": secrets.token_urlsafe(48), "TARGETING_WEB_WORKERS": "1"}
    with Installation(bench.folder / "api", variables) as installation:
        installation.fill()
        installation.up()
        _take_in(installation, original, bench)
        readers = _readers(installation)
        with superuser(installation) as database:
            world = CopiedWorld(database)
            stored = [(_grown(world, small), _lists(installation, readers, database, bench))]
            if items > small:
                started = time.perf_counter()
                stored.append((_grown(world, items), []))
                bench.tell(f"filled in {time.perf_counter() - started:.0f} s")
                stored[-1] = (stored[-1][0], _lists(installation, readers, database, bench))
            details = _details(installation, readers, database, bench)
            rates = _rates(readers, bench)
            alerts = _one(database, "SELECT count(*) FROM targeting_alert")
    return _result(stored, details, rates, alerts)


def _grown(world: CopiedWorld, items: int) -> int:
    stored = world.grow(items)
    world.database.execute("VACUUM ANALYZE")
    return stored


def _take_in(installation: Installation, items: int, bench: Bench) -> None:
    source = declarations_file(items, bench)
    bench.tell(f"{source.items} goods items through the pipeline")
    installation.manage("ingest_declarations", str(source.path), "--submitter=bench")
    deadline = time.monotonic() + PATIENCE_SECONDS
    with installation.connect() as database:
        while time.monotonic() < deadline and _one(
            database,
            "SELECT count(*) FROM shipments_stagerun WHERE state NOT IN ('done', 'failed')",
        ):
            time.sleep(1)
    for part in ("beat", "worker", "quick"):
        installation.kill_group(part)
    installation.manage("shell", "-v", "0", "-c", _INDEX)


def _readers(installation: Installation) -> list[ApiConnection]:
    """Signed-in analysts: one person may ask ten times a second, and no more."""
    key = new_key()
    names = [f"reader-{number}" for number in range(READERS)]
    code = _READERS.format(names=names, password=PASSWORD, key=key, region=REGION)
    installation.manage("shell", "-v", "0", "-c", code)
    readers = []
    for name in names:
        readers.append(ApiConnection(installation.url))
        readers[-1].sign_in(username=name, password=PASSWORD, key=key)
        readers[-1].state_purpose("bench")
    return readers


def _lists(
    installation: Installation, readers: Sequence[ApiConnection], database: Database, bench: Bench
) -> list[_Asked]:
    """Every filter of the alert list at ten requests a second, then its SQL at the same rate."""
    queries = _queries(database)
    code = _STATEMENTS.format(queries=list(queries.values()), name="reader-0")
    plain = json.loads(installation.manage("shell", "-v", "0", "-c", code))
    _each(readers, "/api/v1/alerts", [{}] * READERS * 2)
    found = []
    bench.tell(f"{len(queries)} queries of the alert list")
    for (name, query), text in zip(queries.items(), plain, strict=True):
        first = _each(readers[:1], "/api/v1/alerts", [query]).p50
        taken = _each(readers[:1], "/api/v1/alerts", [query] * REQUESTS)
        rows = len(_rows(database, text))
        alone = at_rate([partial(_rows, database, text)] * REQUESTS)
        found.append(_Asked(name, taken, alone, min(rows, PAGE), first))
    return found


def _queries(database: Database) -> dict[str, Query]:
    """Each filter and each order of the list by itself, with values that are stored."""
    one = partial(_one, database)
    office = str(one("SELECT customs_office FROM targeting_alert ORDER BY id LIMIT 1"))
    accepted = "SELECT accepted_at::date::text FROM targeting_alert ORDER BY id LIMIT 1"
    share = "SELECT percentile_disc({}) WITHIN GROUP (ORDER BY score) FROM targeting_alert"
    flags = ("random_arm", "cancelled", "retroactive", "controlled_delivery", "overdue",
             "dismissal_proposed", "covered")  # fmt: skip
    orders = ("score", "accepted_at", "raised_at", "due_at", "priority")
    return {
        "the list as it opens": {},
        "words, frequent": {"q": "ацетон"},
        "words, rare": {"q": "нетакогослова"},
        "registration number": {
            "q": str(one("SELECT registration_number FROM targeting_alert ORDER BY id LIMIT 1"))
        },
        "substance": {"substance": str(one(_SUBSTANCE))},
        "part of a substance's name": {"substance": "ацет"},
        "importer's number": {"importer": str(one(_NUMBER))},
        "part of the importer's name": {"importer": str(one(_IMPORTER))[:12]},
        "importer that is nobody": {"importer": "нетакого"},
        "office": {"office": office},
        "office that is none": {"office": "00000"},
        "region": {"region": REGION},
        "score from": {"score_min": str(one(share.format(0.9)))},
        "score to": {"score_max": str(one(share.format(0.1)))},
        "lane red": {"lane": "red"},
        "lane blue": {"lane": "blue"},
        "open": {"state": "open"},
        "closed": {"state": "closed"},
        **{f"{flag} {value}": {flag: value} for flag in flags for value in ("true", "false")},
        **{f"assignee {value}": {"assignee": value} for value in ("me", "none")},
        **{
            name: {name: str(one(accepted))}
            for name in ("date_from", "date_to", "raised_from", "raised_to")
        },
        **{f"by {sign}{name}": {"ordering": sign + name} for name in orders for sign in ("", "-")},
    }


def _details(
    installation: Installation, readers: Sequence[ApiConnection], database: Database, bench: Bench
) -> list[_Asked]:
    """A dossier, a receipt, the queue's page and lists that other readers ask."""
    bench.tell("dossiers, receipts and pages")
    some = "SELECT declaration_id FROM targeting_alert ORDER BY hashint8(id) LIMIT %s"
    alerts = [row[0] for row in database.execute(some, (DETAILS,)).fetchall()]
    dossiers = [f"/api/v1/declarations/{pk}" for pk in alerts]
    receipts, client = _receipts(installation, bench)
    name = _one(database, "SELECT name FROM shipments_party ORDER BY hashint8(id) LIMIT 1")
    pages = ["/workbench/alerts"] * (DETAILS // 2)
    lists = {
        "declarations": "/api/v1/declarations",
        "four-way checks": "/api/v1/four-way-checks",
        "parties by name": "/api/v1/parties",
    }
    words = {"parties by name": {"q": str(name)[:30]}}
    return [
        _Asked("dossier", _each(readers, "", [{"": one} for one in dossiers])),
        _Asked("a client's receipt", _each([client], "", [{"": one} for one in receipts])),
        _Asked("the queue's page", _each(readers, "", [{"": one} for one in pages])),
        *(
            _Asked(
                f"list: {name}",
                _each(readers[:1], "", [{"": path, **words.get(name, {})}] * REQUESTS),
            )
            for name, path in lists.items()
        ),
    ]


def _receipts(installation: Installation, bench: Bench) -> tuple[list[str], ApiConnection]:
    """Receipts of single declarations that a client sent."""
    told = json.loads(installation.manage("register_client", CLIENT, "--network=127.0.0.0/8"))
    client = ApiConnection(installation.url)
    client.take_token(**told)
    lines = declarations_file(ONE_FILE, bench).path.read_bytes().splitlines()[-20:]
    sent = [
        client.post("/api/v1/declarations", line, content_type="application/json")["id"]
        for line in lines
    ]
    return [f"/api/v1/receipts/{one}" for one in islice(cycle(sent), DETAILS)], client


def _rates(readers: Sequence[ApiConnection], bench: Bench) -> list[tuple[int, Taken]]:
    """The list as it opens, faster and faster until its p95 is a second."""
    found = []
    for rate in RATES:
        bench.tell(f"{rate} requests a second")
        taken = _each(readers, "/api/v1/alerts", [{}] * rate * RATE_SECONDS, per_second=rate)
        found.append((rate, taken))
        if taken.failed or taken.p95 >= 1.0:
            break
    return found


def _each(
    readers: Sequence[ApiConnection],
    path: str,
    queries: Sequence[Query],
    *,
    per_second: float = PER_SECOND,
) -> Taken:
    """The readers take turns; the key ``""`` of a query is a path of its own."""
    asked: list[Callable[[], object]] = [
        partial(reader.read, query.get("", path), **{k: v for k, v in query.items() if k})
        for reader, query in zip(cycle(readers), queries, strict=False)
    ]
    return at_rate(asked, per_second=per_second)


def _rows(database: Database, text: str) -> list[tuple[Any, ...]]:
    return database.execute(text.encode()).fetchall()


def _one(database: Database, text: str) -> Any:
    row = database.execute(text).fetchone()
    return row[0] if row else None


def _result(
    stored: Sequence[tuple[int, list[_Asked]]],
    details: Sequence[_Asked],
    rates: Sequence[tuple[int, Taken]],
    alerts: int,
) -> Result:
    small, large = stored[0], stored[-1]
    at_small = {one.name: one.taken.p95 for one in small[1]} if len(stored) > 1 else {}
    return Result(
        title="API",
        notes=(
            f"{large[0]:,} goods items and {alerts:,} alerts: {ORIGINAL:,} items through the"
            " pipeline, then copied in the database with new ids and numbers. The real web server"
            f" with its database on the same cores; {PER_SECOND} requests a second whatever the"
            f" answers, pages of {PAGE}; times from the moment at which a request was due, as a"
            " client on the same machine sees them. The first answer to each query stands apart:"
            " it reads what nobody asked for since the rows were copied. Beside each filter of the"
            " alert list one SQL statement that gives the same rows with what is shown of them, by"
            " itself, at the same rate."
        ),
        columns=(
            *("alert list", "rows", "first, ms", "p50, ms", "p95, ms"),
            *("plain SQL p50, ms", "ratio", "p95 ÷ small"),
        ),
        rows=tuple(_row_beside_sql(one, at_small.get(one.name)) for one in large[1]),
        tables=(
            Table(columns=("asked", "p50, ms", "p95, ms"), rows=tuple(map(_row, details))),
            Table(
                columns=("requests a second", "p50, ms", "p95, ms", "failed"),
                rows=tuple(
                    (f"{rate}", _ms(taken.p50), _ms(taken.p95), f"{taken.failed}")
                    for rate, taken in rates
                ),
            ),
            Table(
                columns=("over all", "value"), rows=_over_all(small[0], large[1], details, rates)
            ),
        ),
    )


def _over_all(
    small: int,
    asked: Sequence[_Asked],
    details: Sequence[_Asked],
    rates: Sequence[tuple[int, Taken]],
) -> tuple[tuple[str, str], ...]:
    held = [rate for rate, taken in rates if not taken.failed and taken.p95 < 1.0]
    return (
        ("highest rate held with p95 under 1 s", f"{max(held, default=0)}"),
        ("highest ratio of a full page", _worst(asked, lambda one: one.times)),
        ("highest p95 of the list, ms", _worst(asked, lambda one: one.taken.p95 * 1000)),
        ("goods items at the small size", f"{small:,}"),
        ("requests that failed", f"{sum(one.taken.failed for one in (*asked, *details))}"),
    )


def _row_beside_sql(one: _Asked, at_small: float | None) -> tuple[str, ...]:
    name, p50, p95 = _row(one)
    growth = f"{one.taken.p95 / at_small:.2f}" if at_small else ""
    plain = _ms(one.sql.p50 if one.sql else 0)
    return name, f"{one.rows}", _ms(one.first), p50, p95, plain, one.ratio, growth


def _worst(asked: Sequence[_Asked], of: Callable[[_Asked], float]) -> str:
    worst = max(asked, key=of)
    return f"{of(worst):.1f} ({worst.name})"


def _row(one: _Asked) -> tuple[str, str, str]:
    return one.name, _ms(one.taken.p50), _ms(one.taken.p95)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f}"


PART = Part(
    name="api",
    summary="alert list with every filter beside plain SQL, dossiers, receipts, pages, rates",
    needs_database=False,
    run=run,
)
