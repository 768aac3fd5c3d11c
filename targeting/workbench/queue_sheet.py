"""The queue taken away as a sheet: what its rows show, in columns."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from targeting.models import Alert, User
from targeting.selectors.alerts import summarise_alerts
from targeting.workbench.rows import QueueRow, queue_rows

COLUMNS = (
    *("registration_number", "customs_office", "accepted_at", "raised_at", "lane", "score"),
    *("state", "disposition", "assignee", "importer", "importer_bin", "substances"),
    *("commodity_code", "description", "net_mass_kg", "statistical_value", "reasons"),
)
MOST_ROWS = 1000
"""More are the business of an export in the background."""


def sheet_rows(alerts: Sequence[Alert], *, reader: User, now: datetime) -> Iterator[dict[str, str]]:
    """A row an alert, in their order; as many queries as a page of the queue."""
    for row in queue_rows(summarise_alerts(alerts, reader=reader), now=now):
        yield dict(zip(COLUMNS, _cells(row), strict=True))


def _cells(row: QueueRow) -> Sequence[str]:
    alert, item, importer = row.alert, row.summary.leading_item, row.summary.importer
    return [
        *(alert.registration_number, alert.customs_office),
        *(alert.accepted_at.isoformat(), alert.raised_at.isoformat()),
        *(alert.lane, str(alert.score), alert.state, alert.disposition, row.holder),
        *(importer.name if importer else "", row.importer_bin),
        "; ".join(one.name for one in row.substances),
        *((item.commodity_code, item.description) if item else ("", "")),
        *((_text(item.net_mass_kg), _text(item.statistical_value)) if item else ("", "")),
        "; ".join(row.reasons),
    ]


def _text(value: object) -> str:
    return "" if value is None else str(value)
