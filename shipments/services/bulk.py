"""Set-based writes that the ORM has no words for: COPY and upsert from arrays.

Both take a model, field names and rows in the order of those names. They are for the
pipeline, where a chunk is a thousand declarations; everything else uses the ORM.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from psycopg import sql

_PLAIN = frozenset({str, int})
_BETWEEN = "\0"


def _column(model: type[models.Model], name: str) -> str:
    return str(_field(model, name).column)


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{model.__name__}.{name} is no column")
    return field


def _array_type(model: type[models.Model], name: str) -> sql.SQL:
    field = _field(model, name)
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    db_type = "bigint" if isinstance(target, models.BigAutoField) else target.db_type(connection)
    return sql.SQL(f"{db_type}[]")  # from the model's own fields, never from input


def copy_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """COPY ``rows`` into the model's table. The caller holds the transaction.

    Raises Django's database errors, as every other query does.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(_column(model, name)) for name in names),
    )
    # Django's cursor wraps the errors of what it knows, and it does not know COPY: without this
    # a lost connection would pass for a fault that another attempt meets again.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def upsert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    key: Sequence[str],
    update: Sequence[str] = (),
    condition: str = "",
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert ``rows``; on a conflict over ``key`` set ``update`` (nothing when empty).

    ``update`` entries are field names, or ``name = expression`` in SQL where ``stored`` is
    the present row and ``EXCLUDED`` the new one; ``condition`` is the WHERE of the update.
    Stored rows that do not meet it beforehand are not even locked, so it may be turned
    false, never true, by what others write meanwhile. Rows are inserted in the order of
    ``key``, so that concurrent upserts lock in one order and cannot deadlock. Returns the
    ``returning`` columns of rows that were inserted or updated, in no order. Rows may not
    repeat a key when ``update`` is given.
    """
    if not rows:
        return []
    statement = _upsert(model, tuple(names), tuple(key), tuple(update), condition, tuple(returning))
    with connection.cursor() as cursor:
        cursor.execute(statement, [_array_text(column) for column in zip(*rows, strict=True)])
        return list(cursor.fetchall()) if returning else []


@cache
def _upsert(
    model: type[models.Model],
    names: tuple[str, ...],
    key: tuple[str, ...],
    update: tuple[str, ...],
    condition: str,
    returning: tuple[str, ...],
) -> str:
    """The statement of :func:`upsert_rows`, composed once."""
    columns = [sql.Identifier(_column(model, name)) for name in names]
    keys = sql.SQL(", ").join(sql.Identifier(_column(model, name)) for name in key)
    action: sql.Composable = sql.SQL("NOTHING")
    needed: sql.Composable = sql.SQL("")
    if update:
        action = sql.SQL("UPDATE SET {}").format(
            sql.SQL(", ").join(_assignment(model, entry) for entry in update)
        )
        if condition:
            action += sql.SQL(" WHERE {}").format(sql.SQL(condition))
            needed = _where_needed(model, key, condition)
    statement: sql.Composable = sql.SQL(
        "INSERT INTO {table} AS stored ({columns})"
        " SELECT * FROM unnest({arrays}) AS excluded ({columns}){needed} ORDER BY {keys}"
        " ON CONFLICT ({keys}) DO {action}"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(columns),
        arrays=sql.SQL(", ").join(sql.SQL("%s::{}").format(_array_type(model, n)) for n in names),
        needed=needed,
        keys=keys,
        action=action,
    )
    if returning:
        statement += sql.SQL(" RETURNING {}").format(
            sql.SQL(", ").join(sql.SQL("stored.{}").format(sql.Identifier(c)) for c in returning)
        )
    return statement.as_string()


def _where_needed(model: type[models.Model], key: Sequence[str], condition: str) -> sql.Composable:
    """Without rows that would change nothing: a conflict locks the stored row all the same, and
    whoever names the same broker in another transaction would wait for the end of this one."""
    same = sql.SQL(" AND ").join(
        sql.SQL("stored.{0} = excluded.{0}").format(sql.Identifier(_column(model, name)))
        for name in key
    )
    return sql.SQL(" WHERE NOT EXISTS (SELECT FROM {} AS stored WHERE {} AND NOT ({}))").format(
        sql.Identifier(model._meta.db_table), same, sql.SQL(condition)
    )


def _array_text(values: Iterable[Any]) -> str:
    """The values as one array in PostgreSQL's text form; its cast gives them their type.

    The driver writes arrays element by element in Python, which took a fifth of the pipeline.
    Texts and numbers are joined by a character that no text in PostgreSQL has, and all that is
    to be escaped is escaped at once.
    """
    column = list(values)
    if _PLAIN.issuperset(map(type, column)):
        joined = _BETWEEN.join(map(str, column))
        if joined.count(_BETWEEN) == len(column) - 1:
            escaped = joined.replace("\\", "\\\\").replace('"', '\\"')
            return '{"' + escaped.replace(_BETWEEN, '","') + '"}'
    return "{" + ",".join(map(_element_text, column)) + "}"


def _element_text(value: Any) -> str:
    if value is None:
        return "NULL"
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _assignment(model: type[models.Model], entry: str) -> sql.Composable:
    if "=" in entry:
        return sql.SQL(entry)
    column = sql.Identifier(_column(model, entry))
    return sql.SQL("{} = EXCLUDED.{}").format(column, column)


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """``count`` fresh primary keys, so that children can be copied with their parents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
