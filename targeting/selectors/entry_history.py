"""What became of an entry of a register: every version, who made it, what it changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

# Of the bookkeeping: they say nothing that the other columns do not.
_SILENT = frozenset({"id", "content_digest", "number_key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEvent:
    """One insert, change or deletion. ``changed`` are fields with what they were and became, those
    of a part behind its name: ``lines[2].amount``."""

    at: datetime
    action: str
    actor: str
    reason: str
    changed: dict[str, tuple[Any, Any]]


def entry_history(row: models.Model, parts: Sequence[str] = ()) -> list[HistoryEvent]:
    """The events of the entry and of its ``parts`` (relations, by their ``line_number``), the
    latest first. One query, and one for each kind of part; nothing is cut off."""
    found = list(_events(_event_rows(row, "pgh_obj_id"), ""))
    for name in parts:
        relation: Any = row._meta.get_field(name)
        field = relation.remote_field.attname
        found += _events(_event_rows(relation.related_model, field, row.pk), name)
    return [event for _, event in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _event_rows(of: Any, field: str, pk: Any = None) -> list[Any]:
    model: Any = of._meta.get_field("events").related_model
    key = of.pk if pk is None else pk
    return list(model.objects.filter(**{field: key}).order_by("pgh_id"))


def _events(rows: Sequence[Any], part: str) -> Iterator[tuple[tuple[Any, ...], HistoryEvent]]:
    before: dict[int, dict[str, Any]] = {}
    for event in rows:
        values = _values(event)
        earlier = before.get(event.pgh_obj_id, {})
        later: dict[str, Any] = {} if event.pgh_label == "delete" else values
        place = f"{part}[{values['line_number']}]." if part else ""
        context = event.pgh_context or {}
        yield (
            (event.pgh_created_at, part == "", event.pgh_id),
            HistoryEvent(
                at=event.pgh_created_at,
                action=event.pgh_label,
                actor=str(context.get("actor", "")),
                reason=str(context.get("reason", "")),
                changed={
                    f"{place}{name}": (earlier.get(name), later.get(name))
                    for name in values
                    if earlier.get(name) != later.get(name)
                },
            ),
        )
        before[event.pgh_obj_id] = later


def _values(event: Any) -> dict[str, Any]:
    return {
        field.name: getattr(event, field.attname)
        for field in event._meta.concrete_fields
        if not field.name.startswith("pgh_")
        and not field.name.endswith("_person")
        and field.name not in _SILENT
    }
