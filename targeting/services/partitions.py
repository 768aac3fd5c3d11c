"""Months of partitioned tables: made ahead, dropped when empty, by the owner's functions (ADR 19).

The application has no right to create or drop anything; what the functions may do is fixed in
them (shipments/models/partitioning.py). Each waits three seconds at most for a busy table and
then raises OperationalError: the next call tries again.
"""

from datetime import date

from django.db import connection

from shipments.models.partitioning import MONTHS_AHEAD


def make_partitions() -> list[str]:
    """Make this month's partitions and the next ones; what waits in the default one moves along.

    Returns the names of those that are new.
    """
    return _names("SELECT targeting_make_partitions(%s)", MONTHS_AHEAD)


def drop_empty_partitions(*, before: date) -> list[str]:
    """Drop months of messages and indicator rows that ended before the day and hold nothing.

    Never one that ended less than 31 days ago. Returns their names.
    """
    return _names("SELECT targeting_drop_empty_partitions(%s)", before)


def rows_without_month() -> dict[str, int]:
    """How many rows of each table wait in its default partition."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT whole, waiting FROM targeting_rows_without_month()")
        return dict(cursor.fetchall())


def _names(statement: str, argument: int | date) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [argument])
        return [name for (name,) in cursor.fetchall()]
