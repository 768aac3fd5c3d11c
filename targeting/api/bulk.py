"""One move on many rows with what became of each, as of alerts, pairs and decisions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from targeting.api.base import Resource
from targeting.api.errors import domain_problem, framework_problem
from targeting.api.schema import Problem
from targeting.services.bulk import MOST_AT_ONCE, Done


class BulkResultSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    status = serializers.IntegerField(help_text="What the move of this one alone would answer.")
    problem = Problem(allow_null=True, help_text="Why it was not moved; null: it was.")


class BulkDoneSerializer(serializers.Serializer):
    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BulkResultSerializer(many=True, help_text="In the order of the request.")


class ChosenField(serializers.ListField):
    """Ids of rows, each once, at most a hundred."""

    child = serializers.IntegerField(min_value=1, max_value=2**63 - 1)

    def __init__(self, **told: Any) -> None:
        super().__init__(min_length=1, max_length=MOST_AT_ONCE, **told)

    def to_internal_value(self, data: Any) -> list[int]:
        given: list[int] = super().to_internal_value(data)
        if len(set(given)) < len(given):
            raise ValidationError("Each of them once.")
        return given


class BulkResource(Resource):
    """200 whenever the request as a whole could be read; ``results`` tell of each row."""

    filter_backends = []


def told_each(
    chosen: Sequence[int],
    done: Mapping[int, Done],
    *,
    status: int = 200,
    more: Callable[[Any], Mapping[str, Any]] = lambda row: {},
) -> dict[str, Any]:
    """What became of each that was chosen, in that order; one that the caller does not see is
    none. ``more`` is told of a row that was moved, and of None for one that was not."""
    results = [_told(pk, done.get(pk), status, more) for pk in chosen]
    moved = sum(one["problem"] is None for one in results)
    return {"done": moved, "refused": len(results) - moved, "results": results}


def _told(
    pk: int, done: Done | None, status: int, more: Callable[[Any], Mapping[str, Any]]
) -> dict[str, Any]:
    if done and not done.fault:
        return {"id": pk, "status": status, "problem": None, **more(done.row)}
    problem = domain_problem(done.fault) if done and done.fault else framework_problem(404)
    return {"id": pk, "status": problem["status"], "problem": problem, **more(None)}
