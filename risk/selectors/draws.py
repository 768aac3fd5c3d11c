"""The random draw: what was published of it, and what was drawn on a day."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet

from risk.domain.draws import Drawn
from risk.models import DrawDigest, LaneDecision

_FIRST_CAME = """
    SELECT own.id, (
      SELECT min(batch.received_at) FROM shipments_declaration AS version
      JOIN shipments_intakebatch AS batch ON batch.id = version.batch_id
      WHERE version.registration_number = own.registration_number)
    FROM shipments_declaration AS own WHERE own.id = ANY(%s)
"""


def first_came(declaration_ids: Sequence[int]) -> dict[int, datetime]:
    """When the first of all versions of each declaration came, by its id; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_CAME, [list(declaration_ids)])
        return dict(cursor.fetchall())


def list_draw_days() -> QuerySet[DrawDigest]:
    """Announced days with their keys where they are published, the latest day first."""
    return DrawDigest.objects.select_related("published").order_by("-day")


def drawn_on(day: date) -> Iterator[Drawn]:
    """Every decision that the key of the day drew, by registration number."""
    rows: Iterable[tuple[str, float, float, bool, str]] = (
        LaneDecision.objects.filter(draw_day=day)
        .order_by("assessment__declaration__registration_number", "pk")
        .values_list(
            "assessment__declaration__registration_number",
            "draw",
            "random_rate",
            "is_drawn",
            "key_digest",
        )
        .iterator(chunk_size=10_000)
    )
    return (Drawn._make(row) for row in rows)
