"""What became of an entry: an action of every register that keeps history."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from targeting.api.base import Resource
from targeting.api.registers import as_text
from targeting.selectors.entry_history import HistoryEvent, entry_history


class ChangedFieldSerializer(serializers.Serializer):
    """Values as text; blank: none."""

    field = serializers.CharField(help_text="Of a part behind its name: `lines[2].amount`.")
    before = serializers.CharField()
    after = serializers.CharField()


class HistoryEventSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    action = serializers.CharField(help_text="insert, update or delete.")
    actor = serializers.CharField(help_text="Blank: outside of the application.")
    reason = serializers.CharField()
    changed = ChangedFieldSerializer(many=True)


class KeepsHistory(Resource):
    """A resource whose rows have a history; ``history_parts`` are relations kept with them."""

    history_parts: ClassVar[tuple[str, ...]] = ()
    bare_lists = frozenset({"history"})

    @extend_schema(
        summary="Every version of it: who changed what, the latest first",
        responses=HistoryEventSerializer(many=True),
        filters=False,
    )
    def history(self, request: Request, pk: int) -> Response:
        events = entry_history(self.get_object(), self.history_parts)
        return Response(HistoryEventSerializer([_shown(one) for one in events], many=True).data)


def _shown(event: HistoryEvent) -> dict[str, Any]:
    return {
        "at": event.at,
        "action": event.action,
        "actor": event.actor,
        "reason": event.reason,
        "changed": [
            {"field": name, "before": as_text(before), "after": as_text(after)}
            for name, (before, after) in event.changed.items()
        ],
    }
