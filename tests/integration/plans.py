"""What the database did for a query, by its own account."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def plans_of(word: str) -> Iterator[list[Any]]:
    """The executed plans (EXPLAIN ANALYZE) of the queries that hold the word, as they are asked."""
    plans: list[Any] = []

    def explain(execute, sql, params, many, context):
        if word in sql:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                plan = cursor.fetchone()[0]
            plans.append(json.loads(plan) if isinstance(plan, str) else plan)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield plans


def nodes(plan: Any) -> Iterator[dict[str, Any]]:
    """Every step of a plan."""
    if isinstance(plan, list):
        for one in plan:
            yield from nodes(one)
    elif isinstance(plan, dict):
        if "Node Type" in plan:
            yield plan
        for value in plan.values():
            if isinstance(value, dict | list):
                yield from nodes(value)


def rows(node: dict[str, Any]) -> int:
    """The rows that a step gave, over all times it was done."""
    return round(node["Actual Rows"] * node["Actual Loops"])


def rows_looked_at(node: dict[str, Any]) -> int:
    """Those and the ones that it looked at and left out."""
    left_out = (value for key, value in node.items() if key.startswith("Rows Removed"))
    return rows(node) + round(sum(left_out) * node["Actual Loops"])
