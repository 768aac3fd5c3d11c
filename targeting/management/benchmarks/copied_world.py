"""A world that the pipeline made, many times over: its rows copied with new ids in the database."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.db import models
from psycopg import sql

from risk.models import (
    IndicatorRow,
    LaneDecision,
    PartyLink,
    PartyTie,
    RiskAssessment,
    SubstanceMatch,
)
from shipments.models import (
    Container,
    Declaration,
    GoodsItem,
    GoodsItemDocument,
    Party,
    PartyIdentifier,
    PartyName,
    PartyRole,
)
from targeting.management.benchmarks.installation import STATE, Installation
from targeting.models import Alert

COPIED: tuple[type[models.Model], ...] = (
    Party,
    PartyName,
    PartyIdentifier,
    PartyLink,
    PartyTie,
    Declaration,
    GoodsItem,
    GoodsItemDocument,
    Container,
    PartyRole,
    SubstanceMatch,
    RiskAssessment,
    IndicatorRow,
    LaneDecision,
)
WRITTEN: tuple[type[models.Model], ...] = (*COPIED, Alert)
ITEMS_AN_ALERT = 50
# An alert of each declaration that has none, as its assessment scored it, the highest first.
_MORE_ALERTS = """
    INSERT INTO original_alert (
      id, registration_number, declaration_id, assessment_id, state, disposition, lane, score,
      is_random_arm, is_cancelled, is_retroactive, customs_office, accepted_at, raised_at,
      updated_at, changed_in)
    SELECT (SELECT coalesce(max(id), 0) FROM original_alert) + row_number() OVER (),
      d.registration_number, d.id, r.id, 'open', '', 'blue', r.score,
      false, false, false, d.customs_office, d.accepted_at, d.accepted_at, d.accepted_at, 0
    FROM (SELECT DISTINCT ON (registration_number) * FROM shipments_declaration
          ORDER BY registration_number, version DESC) AS d
    CROSS JOIN LATERAL (SELECT * FROM risk_riskassessment AS r WHERE r.declaration_id = d.id
                        ORDER BY r.id DESC LIMIT 1) AS r
    WHERE NOT EXISTS (SELECT FROM original_alert AS o
                      WHERE o.registration_number = d.registration_number)
    ORDER BY r.score DESC, d.id LIMIT %s
"""
# As after months of work: every filter of the list finds some.
_WORKED_ON = """
    UPDATE targeting_alert SET
      state = CASE WHEN hashint8(id) % 5 = 0 THEN 'closed' ELSE 'open' END,
      disposition = CASE WHEN hashint8(id) % 5 = 0 THEN 'plausible_trade' ELSE '' END,
      is_cancelled = hashint8(id) % 20 = 1,
      is_retroactive = hashint8(id) % 25 = 2,
      is_random_arm = hashint8(id) % 50 = 3,
      due_at = CASE WHEN hashint8(id) % 3 = 0 THEN NULL
               ELSE now() + hashint8(id) % 48 * interval '1 hour' END,
      assignee_id = CASE WHEN hashint8(id) % 10 = 4 THEN (SELECT min(id) FROM targeting_user) END,
      assigned_until = CASE WHEN hashint8(id) % 10 = 4 THEN now() + interval '1 day' END
"""
# Natural keys, which a copy has as its own.
_KEYS = {(Party, "key"), (Declaration, "registration_number"), (Alert, "registration_number")}


def superuser(installation: Installation) -> "psycopg.Connection[tuple[Any, ...]]":
    """To the installation's own database, past its triggers: what is copied was checked."""
    state = json.loads((installation.folder / STATE).read_text(encoding="utf-8"))
    url = urlsplit(state["variables"]["DATABASE_URL"])
    connection = psycopg.connect(
        host=url.hostname,
        port=url.port,
        dbname=url.path.removeprefix("/"),
        user="postgres",
        password=state["passwords"]["postgres"],
        autocommit=True,
    )
    connection.execute("SET session_replication_role = replica")
    return connection


class CopiedWorld:
    """The rows that are stored when it is made are the original; nothing else may be stored."""

    def __init__(self, database: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self.database = database
        self.copies = 0
        self.last = {model: self._last(model) for model in WRITTEN}
        self.items = self._count(GoodsItem)
        self._set_aside_alerts()

    def grow(self, items: int) -> int:
        """Copy until about so many goods items are stored, an alert for each fifty; how many."""
        wanted = max(0, round(items / self.items) - 1)
        if wanted > self.copies:
            for model in COPIED:
                self._copy(model, _table(model), self.copies + 1, wanted)
            self.copies = wanted
        self._fill_alerts()
        for model in WRITTEN:
            self._end_sequence(model)
        return self._count(GoodsItem)

    def _set_aside_alerts(self) -> None:
        """The alerts of the original, of which as many come back as each size holds."""
        self.database.execute(
            "CREATE TABLE original_alert AS SELECT * FROM targeting_alert ORDER BY id"
        )
        missing = self.items // ITEMS_AN_ALERT - self._count(Alert)
        self.database.execute(_MORE_ALERTS, (max(0, missing),))
        (row,) = self.database.execute("SELECT coalesce(max(id), 0) FROM original_alert").fetchall()
        self.last[Alert] = row[0]

    def _fill_alerts(self) -> None:
        self.database.execute("TRUNCATE targeting_alert CASCADE")
        most = self.items * (self.copies + 1) // ITEMS_AN_ALERT
        self._copy(Alert, "original_alert", 0, self.copies, most=most)
        self.database.execute(_WORKED_ON)

    def _copy(
        self, model: type[models.Model], source: str, first: int, last: int, most: int | None = None
    ) -> None:
        fields = model._meta.concrete_fields
        statement = sql.SQL(
            "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values}"
            " FROM {source} AS o, generate_series(%s::bigint, %s::bigint) AS n"
            " WHERE o.id <= %s ORDER BY {order} LIMIT %s"
        ).format(
            table=sql.Identifier(_table(model)),
            columns=sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in fields]),
            values=sql.SQL(", ").join([self._value(model, field) for field in fields]),
            source=sql.Identifier(source),
            # Alerts are fewer than declarations: those that come are spread over all of them.
            order=sql.SQL("1") if most is None else sql.SQL("hashint8(o.id * 7919 + n), 1"),
        )
        self.database.execute(statement, (first, last, self.last[model], most))

    def _value(self, model: type[models.Model], field: Any) -> sql.Composable:
        column = sql.SQL("o.{}").format(sql.Identifier(field.column))
        target = model if field.primary_key else field.related_model
        if target in self.last:
            step = sql.Literal(self.last[target])
            return sql.SQL("{} + n * {}").format(column, step)
        if (model, field.name) in _KEYS:
            return sql.SQL("CASE WHEN n = 0 THEN {0} ELSE {0} || '/' || n END").format(column)
        return column

    def _end_sequence(self, model: type[models.Model]) -> None:
        statement = sql.SQL(
            "SELECT setval(pg_get_serial_sequence({name}, 'id'), (SELECT max(id) FROM {table}))"
        )
        table = _table(model)
        self.database.execute(
            statement.format(name=sql.Literal(table), table=sql.Identifier(table))
        )

    def _last(self, model: type[models.Model]) -> int:
        return self._one("SELECT coalesce(max(id), 0) FROM {}", model)

    def _count(self, model: type[models.Model]) -> int:
        return self._one("SELECT count(*) FROM {}", model)

    def _one(self, text: str, model: type[models.Model]) -> int:
        found: Sequence[Any] = (
            self.database.execute(sql.SQL(text).format(sql.Identifier(_table(model)))).fetchone()
            or ()
        )
        return int(found[0])


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table
