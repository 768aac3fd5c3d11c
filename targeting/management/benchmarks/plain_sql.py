"""The page of the alert list as one SQL statement: its rows with all that is shown of them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from targeting.filters.alerts import AlertFilter
from targeting.models import Alert, User
from targeting.selectors.alerts import list_alerts
from targeting.selectors.scope import EVERYTHING

PAGE = 25
_SHOWN = """
    WITH page AS MATERIALIZED (SELECT id, row_number() OVER () AS place FROM ({page}) AS p)
    SELECT a.*, d.version, r.leading_item_number, u.username, p.*,
      (SELECT row_to_json(i) FROM shipments_goodsitem AS i
       WHERE i.declaration_id = a.declaration_id AND i.item_number = r.leading_item_number),
      (SELECT json_agg(row_to_json(o)) FROM shipments_partyrole AS o
       WHERE o.declaration_id = a.declaration_id AND o.role IN ('importer', 'consignee')),
      (SELECT json_agg(row_to_json(m)) FROM (
         SELECT DISTINCT ON (m.substance_id) m.*, s.key, s.preferred_name
         FROM shipments_goodsitem AS i
         JOIN risk_substancematch AS m ON m.goods_item_id = i.id
         JOIN risk_substance AS s ON s.id = m.substance_id
         WHERE i.declaration_id = a.declaration_id
         ORDER BY m.substance_id, m.is_flagged DESC, m.match_score DESC) AS m),
      (SELECT json_agg(row_to_json(f)) FROM (
         SELECT * FROM risk_indicatorrow AS f
         WHERE f.assessment_id = a.assessment_id
           AND f.item_number IN (0, r.leading_item_number)
         ORDER BY f.contribution DESC, f.code LIMIT 3) AS f)
    FROM page
    JOIN targeting_alert AS a ON a.id = page.id
    JOIN shipments_declaration AS d ON d.id = a.declaration_id
    JOIN risk_riskassessment AS r ON r.id = a.assessment_id
    LEFT JOIN targeting_user AS u ON u.id = a.assignee_id
    LEFT JOIN targeting_alertact AS p ON p.id = a.proposal_id
    ORDER BY page.place
"""


def page_of(query: Mapping[str, str], reader: User) -> QuerySet[Alert]:
    """The first page of the list, as the list orders it."""
    request = cast(HttpRequest, _Asker(reader))
    asked = QueryDict(mutable=True)
    asked.update(query)
    rows = AlertFilter(asked, queryset=list_alerts(EVERYTHING), request=request).qs
    first = str(rows.query.order_by[0])
    tie = "-id" if first.startswith("-") else "id"
    return rows.select_related(None).order_by(first, tie)[: PAGE + 1]


def statements(queries: Sequence[Mapping[str, str]], username: str) -> str:
    """What to execute for each of the queries: JSON, for a process of another installation."""
    reader = User.objects.get(username=username)
    return json.dumps([_statement(query, reader) for query in queries])


def _statement(query: Mapping[str, str], reader: User) -> str:
    text, parameters = page_of(query, reader).values("id").query.sql_with_params()
    of_postgres: Any = connection.ops
    return _SHOWN.replace("{page}", of_postgres.compose_sql(text, parameters))


class _Asker:
    """Of a request filters ask only who it is."""

    def __init__(self, user: User) -> None:
        self.user = user
