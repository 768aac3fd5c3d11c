"""Tables that are partitioned by month, and the functions that keep their partitions (ADR 19).

Django knows such a table as any other: it is the database that has months, and a primary key
of ``id`` and the moment. What the application may do to partitions, which is to make the next
ones and to drop empty old ones of the tables named here, it does through functions that
run with the owner's rights.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import migrations

PARTITIONED = {
    "shipments_rawmessage": "received_at",
    "risk_indicatorrow": "accepted_at",
    "targeting_auditevent": "at",
}
"""Column of the month, by table."""
DROPPABLE = ("shipments_rawmessage", "risk_indicatorrow")
"""Tables whose empty old partitions the application may drop; the audit's it may not."""
MONTHS_AHEAD = 3
EARLIEST, LATEST = "20 years", "1 year"
"""Rows of other times, counted from today, stay in the default partition."""

_NAMED = ", ".join(f"('{table}', '{column}')" for table, column in PARTITIONED.items())
_DROPPABLE = ", ".join(f"'{table}'" for table in DROPPABLE)

# One month: what waits in the default partition goes along. Nobody but the owner may touch a
# partition itself: rights are those of the whole table.
MAKE_PARTITION = """
CREATE OR REPLACE FUNCTION targeting_make_partition(whole text, moment text, month timestamp)
RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  part text := whole || to_char(month, '"_y"YYYY"m"MM');
  low timestamptz := month AT TIME ZONE 'UTC';
  high timestamptz := (month + interval '1 month') AT TIME ZONE 'UTC';
  reader text;
BEGIN
  IF to_regclass(part) IS NOT NULL THEN RETURN NULL; END IF;
  EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', whole);
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, whole);
  FOR reader IN SELECT DISTINCT grantee::regrole::text FROM pg_class, aclexplode(relacl)
                WHERE oid = to_regclass(part) AND grantee <> relowner AND grantee <> 0 LOOP
    EXECUTE format('REVOKE ALL ON %I FROM %s', part, reader);
  END LOOP;
  EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= $1 AND %I < $2 RETURNING *)
                  INSERT INTO %I SELECT * FROM moved', whole || '_default', moment, moment, part)
    USING low, high;
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                 whole, part, low, high);
  RETURN part;
END $$
"""

MAKE_PARTITIONS = f"""
CREATE OR REPLACE FUNCTION targeting_make_partitions(ahead integer)
RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '3s' SET timezone = 'UTC' AS $$
DECLARE
  named record; month timestamp; made text;
BEGIN
  IF ahead NOT BETWEEN 1 AND 12 THEN
    RAISE EXCEPTION 'ahead is %: 1 to 12 months are allowed', ahead;
  END IF;
  FOR named IN SELECT whole, moment FROM (VALUES {_NAMED}) AS list (whole, moment)
               JOIN pg_class ON pg_class.oid = to_regclass(whole) AND relkind = 'p' LOOP
    FOR month IN EXECUTE format(
      'SELECT generate_series(date_trunc(''month'', now()::timestamp),
                now()::timestamp + $1 * interval ''1 month'', interval ''1 month'')
       UNION SELECT DISTINCT date_trunc(''month'', %I::timestamp) FROM %I
       WHERE %I > now() - interval ''{EARLIEST}'' AND %I < now() + interval ''{LATEST}''
       ORDER BY 1', named.moment, named.whole || '_default', named.moment, named.moment)
      USING ahead
    LOOP
      made := targeting_make_partition(named.whole, named.moment, month);
      IF made IS NOT NULL THEN RETURN NEXT made; END IF;
    END LOOP;
  END LOOP;
END $$
"""  # noqa: S608 - composed of the constants above

DROP_PARTITIONS = f"""
CREATE OR REPLACE FUNCTION targeting_drop_empty_partitions(before date)
RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '3s' SET timezone = 'UTC' AS $$
DECLARE
  part text; is_empty boolean;
BEGIN
  FOR part IN SELECT child.relname FROM pg_inherits
              JOIN pg_class AS child ON child.oid = inhrelid
              JOIN pg_class AS whole ON whole.oid = inhparent
              WHERE whole.relname IN ({_DROPPABLE}) AND child.relname ~ '_y[0-9]{{4}}m[0-9]{{2}}$'
                AND to_date(right(child.relname, 7), 'YYYY"m"MM') + interval '1 month'
                    <= least(before, current_date - 31)
              ORDER BY 1 LOOP
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', part) INTO is_empty;
    CONTINUE WHEN NOT is_empty;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', part);
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', part) INTO is_empty;
    CONTINUE WHEN NOT is_empty;
    EXECUTE format('DROP TABLE %I', part);
    RETURN NEXT part;
  END LOOP;
END $$
"""  # noqa: S608 - composed of the constants above


WITHOUT_MONTH = f"""
CREATE OR REPLACE FUNCTION targeting_rows_without_month()
RETURNS TABLE (whole text, waiting bigint) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  FOR whole IN SELECT list.whole FROM (VALUES {_NAMED}) AS list (whole, moment)
               WHERE to_regclass(list.whole || '_default') IS NOT NULL LOOP
    EXECUTE format('SELECT count(*) FROM %I', whole || '_default') INTO waiting;
    RETURN NEXT;
  END LOOP;
END $$
"""  # noqa: S608 - composed of the constants above


def partition_by_month(table: str, *, select: str = "SELECT * FROM {old}", add: str = "") -> Any:
    """A step of a migration: turn the table into one that is partitioned by month, with its rows.

    ``select`` gives the rows of the ``{old}`` table in the order of the columns; ``add`` is the
    definition of a column that it has more, at its end. Indexes, checks and foreign keys are
    taken over by their names, unique ones with the moment at their end; so are the rights.
    Twice is as once. The whole table is rewritten in one transaction: stop everything first.
    """

    def convert(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT relkind FROM pg_class WHERE oid = %s::regclass", [table])
            if cursor.fetchone() == ("p",):
                return
            _Conversion(cursor, table, PARTITIONED[table]).run(select, add)

    return migrations.RunPython(convert, migrations.RunPython.noop)


def keep_partitions() -> Any:
    """A step of a migration: make the functions, and the months that are needed now."""

    def make(apps: Any, schema_editor: Any) -> None:
        role = settings.TARGETING["APP_ROLE"]
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            quoted = schema_editor.connection.ops.quote_name(role) if cursor.fetchone() else ""
            for statement in make_functions(quoted):
                cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SELECT targeting_make_partitions(%s)", [MONTHS_AHEAD])

    return migrations.RunPython(make, migrations.RunPython.noop)


class _Conversion:
    """One table on its way; identifiers are of our own schema."""

    def __init__(self, cursor: Any, table: str, moment: str) -> None:
        self.cursor, self.table, self.moment = cursor, table, moment
        self.old = f"{table}_unpartitioned"

    def run(self, select: str, add: str) -> None:
        table, old = self.table, self.old
        # Foreign keys are checked at the commit unless told; a table with checks to come
        # cannot be altered.
        self.execute("SET CONSTRAINTS ALL IMMEDIATE")
        indexes = self.all(
            """SELECT pg_get_indexdef(indexrelid), indisunique, indexrelid::regclass::text
               FROM pg_index WHERE indrelid = %s::regclass AND NOT indisprimary
               AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid
                               AND contype = 'u')"""
        )
        constraints = self.all(
            """SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint
               WHERE conrelid = %s::regclass AND contype IN ('u', 'f')"""
        )
        rights = self.all(
            """SELECT grantee::regrole::text, string_agg(privilege_type, ', ')
               FROM pg_class, aclexplode(relacl)
               WHERE oid = %s::regclass AND grantee <> relowner GROUP BY 1"""
        )
        self.execute(f"ALTER TABLE {table} RENAME TO {old}")
        more = f"{add}, " if add else ""
        self.execute(
            f"CREATE TABLE {table} (LIKE {old} INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
            f" INCLUDING IDENTITY, {more} CONSTRAINT {table}_by_month PRIMARY KEY"
            f" (id, {self.moment})) PARTITION BY RANGE ({self.moment})"
        )
        self.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
        self.move(select)
        self.execute(f"DROP TABLE {old}")
        for name, kind, definition in constraints:
            self.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {self.wide(kind, definition)}")
        for definition, _, _ in indexes:
            self.execute(definition.replace(" ONLY ", " "))
        self.grant(rights)

    def move(self, select: str) -> None:
        """The rows, through the default partition into months, and the identity behind them."""
        self.execute(f"INSERT INTO {self.table} {select.format(old=self.old)}")
        before, _ = self.count(self.old)
        after, highest = self.count(self.table)
        if before != after:
            raise RuntimeError(f"{self.table}: {before} rows before, {after} after")
        if highest:
            self.cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [self.table, highest]
            )

    def count(self, table: str) -> tuple[int, int]:
        """Rows and highest id."""
        self.execute(f"SELECT count(*), coalesce(max(id), 0) FROM {table}")  # noqa: S608
        rows, highest = self.cursor.fetchone()
        return rows, highest

    def wide(self, kind: str, definition: str) -> str:
        """A unique constraint of a partitioned table must hold the moment."""
        if kind != "u" or f"{self.moment})" in definition:
            return definition
        return definition.replace(")", f", {self.moment})", 1)

    def grant(self, rights: Sequence[tuple[str, str]]) -> None:
        """The table's rights, and none on what it consists of: rows are reached through it."""
        for role, privileges in rights:
            self.execute(f"REVOKE ALL ON {self.table}, {self.table}_default FROM {role}")
            self.execute(f"GRANT {privileges} ON {self.table} TO {role}")

    def all(self, statement: str) -> list[tuple[Any, ...]]:
        self.cursor.execute(statement, [self.table])
        return list(self.cursor.fetchall())

    def execute(self, statement: str) -> None:
        self.cursor.execute(statement)


def make_functions(role: str) -> list[str]:
    """Statements that make the functions; ``role`` may call all but the inner one."""
    names = ", ".join(
        (
            "targeting_make_partitions(integer)",
            "targeting_drop_empty_partitions(date)",
            "targeting_rows_without_month()",
        )
    )
    inner = "targeting_make_partition(text, text, timestamp)"
    return [
        MAKE_PARTITION,
        MAKE_PARTITIONS,
        DROP_PARTITIONS,
        WITHOUT_MONTH,
        f"REVOKE ALL ON FUNCTION {names}, {inner} FROM PUBLIC",
        *([f"GRANT EXECUTE ON FUNCTION {names} TO {role}"] if role else []),
    ]
