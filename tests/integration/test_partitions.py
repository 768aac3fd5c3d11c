"""Tables by month: rows find their month, months are made ahead, empty ones go."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from risk.models import IndicatorRow
from shipments.models import RawMessage
from shipments.models.partitioning import DROPPABLE, MONTHS_AHEAD, PARTITIONED, partition_by_month
from targeting.models import AuditEvent
from targeting.services.partitions import (
    drop_empty_partitions,
    make_partitions,
    rows_without_month,
)
from targeting.services.retention import remove_due
from tests.factories.shipments import IntakeBatchFactory
from tests.factories.targeting import AuditEventFactory
from tests.integration.test_audit import other_login

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2024, 2, 29, 23, 30, tzinfo=UTC)
NEVER = datetime(1950, 1, 1, tzinfo=UTC)


def execute(statement: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []


def partitions(table: str) -> set[str]:
    rows = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass"
    return {name for (name,) in execute(rows, table)}


def place(table: str) -> set[str]:
    rows = f"SELECT DISTINCT tableoid::regclass::text FROM {table}"  # noqa: S608
    return {name for (name,) in execute(rows)}


def message(received_at: datetime) -> RawMessage:
    batch = IntakeBatchFactory(received_at=received_at, finished_at=received_at)
    made = RawMessage.objects.create(
        batch=batch, content=b"{}", size_bytes=2, received_at=received_at
    )
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    return made


@pytest.mark.parametrize("table", PARTITIONED)
def test_table_when_migrated_then_this_month_and_the_next_are_there(table):
    now = timezone.now()
    months = {(now.year * 12 + now.month - 1 + ahead) for ahead in range(MONTHS_AHEAD + 1)}
    names = {f"{table}_y{month // 12:04}m{month % 12 + 1:02}" for month in months}
    assert names | {f"{table}_default"} <= partitions(table)


def test_row_when_of_this_month_then_in_its_partition():
    message(timezone.now())
    assert place("shipments_rawmessage") == {f"shipments_rawmessage_y{timezone.now():%Ym%m}"}


def test_rows_when_of_an_older_month_then_moved_out_of_the_default_and_found_as_before():
    waiting, never = message(LONG_AGO), message(NEVER)
    assert rows_without_month()["shipments_rawmessage"] == 2
    assert "shipments_rawmessage_y2024m02" in make_partitions()
    assert rows_without_month()["shipments_rawmessage"] == 1, "nobody makes a month for 1950"
    assert RawMessage.objects.get(pk=waiting.pk).received_at == LONG_AGO
    assert RawMessage.objects.filter(batch=never.batch).exists()
    assert place("shipments_rawmessage") == {
        "shipments_rawmessage_y2024m02",
        "shipments_rawmessage_default",
    }
    assert make_partitions() == []


def test_month_when_empty_and_due_then_dropped_and_else_kept():
    first, second = message(LONG_AGO), message(LONG_AGO + timedelta(days=40))
    make_partitions()
    first.delete()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert drop_empty_partitions(before=date(2024, 2, 29)) == [], "the month has not ended"
    assert drop_empty_partitions(before=date(2024, 12, 1)) == ["shipments_rawmessage_y2024m02"]
    second.delete()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    dropped = drop_empty_partitions(before=date(2200, 1, 1))
    assert dropped == ["shipments_rawmessage_y2024m04"], "never this month or one to come"


def test_audit_when_old_and_empty_then_its_months_are_never_dropped():
    AuditEventFactory(at=LONG_AGO)
    make_partitions()
    execute("DELETE FROM targeting_auditevent")
    assert "targeting_auditevent" not in DROPPABLE
    assert drop_empty_partitions(before=date(2200, 1, 1)) == []
    assert "targeting_auditevent_y2024m02" in partitions("targeting_auditevent")


def test_retention_when_a_month_is_empty_then_dropped_with_the_run():
    message(LONG_AGO)
    make_partitions()
    (run,) = remove_due(policy={"raw": 6}, now=timezone.now())
    assert (run.removed_count, run.counts["partitions"]) == (1, 1)
    assert "shipments_rawmessage_y2024m02" not in partitions("shipments_rawmessage")


@pytest.mark.parametrize("table", PARTITIONED)
def test_app_role_when_it_asks_a_partition_then_refused_and_the_whole_table_answers(table):
    with other_login("DATABASE_URL") as app:
        app.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        for part in (f"{table}_default", f"{table}_y{timezone.now():%Ym%m}"):
            for ask in ("SELECT count(*) FROM {}", "DELETE FROM {}", "DROP TABLE {}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    app.execute(ask.format(part))
                app.rollback()


def test_app_role_when_it_calls_the_functions_then_only_these_and_within_bounds():
    with other_login("DATABASE_URL") as app:
        app.execute("SELECT targeting_make_partitions(1)")
        app.execute("SELECT targeting_rows_without_month()")
        app.rollback()
        for statement, error in {
            "SELECT targeting_make_partitions(13)": psycopg.errors.RaiseException,
            "SELECT targeting_make_partition('scratch', 'at', now()::timestamp)":
                psycopg.errors.InsufficientPrivilege,
            "CREATE TABLE mine (id int)": psycopg.errors.InsufficientPrivilege,
        }.items():  # fmt: skip
            with pytest.raises(error):
                app.execute(statement)
            app.rollback()


def test_conversion_when_the_table_has_rows_then_all_are_there_with_keys_and_rights(monkeypatch):
    monkeypatch.setitem(PARTITIONED, "scratch", "at")
    execute("CREATE TABLE scratch_of (id bigint PRIMARY KEY)")
    execute("INSERT INTO scratch_of SELECT generate_series(1, 3)")
    execute(
        """CREATE TABLE scratch (
             xid bigint DEFAULT 7, id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
             of_id bigint NOT NULL CONSTRAINT scratch_fk REFERENCES scratch_of (id)
               DEFERRABLE INITIALLY DEFERRED,
             code text NOT NULL, CONSTRAINT scratch_once UNIQUE (of_id, code),
             CONSTRAINT scratch_code CHECK (code <> ''))"""
    )
    execute("CREATE INDEX scratch_by_code ON scratch (code) WHERE code > 'a'")
    execute("REVOKE UPDATE, DELETE ON scratch FROM targeting_app")
    execute(
        """INSERT INTO scratch (of_id, code)
           SELECT 1 + mod(n, 3), 'code' || n FROM generate_series(1, 500) AS n"""
    )
    before = execute("SELECT xid, id, of_id, code FROM scratch ORDER BY id")
    days = "SELECT old.*, '2026-01-01Z'::timestamptz + id * interval '1 day' FROM {old} AS old"
    step = partition_by_month("scratch", select=days, add="at timestamptz NOT NULL")
    for _ in range(2):
        with connection.schema_editor() as editor:
            step.code(None, editor)
    assert execute("SELECT xid, id, of_id, code FROM scratch ORDER BY id") == before
    added = "INSERT INTO scratch (of_id, code, at) VALUES (1, 'x', now()) RETURNING id, xid"
    assert execute(added) == [(501, 7)]
    definitions = dict(
        execute(
            """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
               WHERE conrelid = 'scratch'::regclass"""
        )
    )
    assert definitions["scratch_once"] == "UNIQUE (of_id, code, at)"
    assert "DEFERRABLE INITIALLY DEFERRED" in definitions["scratch_fk"]
    assert definitions["scratch_code"] == "CHECK ((code <> ''::text))"
    indexes = execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'scratch_by_code'")
    assert "WHERE (code > 'a'::text)" in indexes[0][0]
    rights = execute(
        """SELECT has_table_privilege('targeting_app', 'scratch', 'INSERT'),
                  has_table_privilege('targeting_app', 'scratch', 'DELETE'),
                  has_table_privilege('targeting_app', 'scratch_default', 'INSERT')"""
    )
    assert rights == [(True, False, False)]


def test_models_when_compared_with_the_tables_then_each_knows_its_month():
    models = {model._meta.db_table: model for model in (RawMessage, IndicatorRow, AuditEvent)}
    assert models.keys() == PARTITIONED.keys()
    for table, column in PARTITIONED.items():
        assert not models[table]._meta.get_field(column).null
