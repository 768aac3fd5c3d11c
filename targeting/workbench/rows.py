"""The rows of the queue: what a person needs to choose the next alert."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from risk.models import IndicatorRow, SubstanceMatch
from risk.selectors.office import office_day
from targeting.domain.lifecycle import Standing
from targeting.models import Alert
from targeting.selectors.alerts import AlertSummary, holder_of, mark_of, standing_of
from targeting.selectors.sentences import explain_row, reader_language, substances_of
from targeting.selectors.standing_dismissals import is_live
from targeting.selectors.substances import substance_names
from targeting.selectors.verification import is_any_verified


class ShownSubstance(NamedTuple):
    name: str
    key: str
    is_flagged: bool
    is_exempt: bool
    is_verified: bool


class QueueRow(NamedTuple):
    """``summary`` is the alert with what stands beside it; ``reasons`` are sentences. ``is_late``:
    nobody decided by the time that its lane gives."""

    alert: Alert
    mark: str
    summary: AlertSummary
    holder: str
    age: timedelta
    is_late: bool
    importer_bin: str
    substances: Sequence[ShownSubstance]
    reasons: Sequence[str]
    is_proposed: bool
    is_covered: bool


def queue_rows(summaries: Sequence[AlertSummary], *, now: datetime) -> list[QueueRow]:
    """The rows in the reader's language; two queries for the names of substances."""
    lang = reader_language()
    reasons = [row for one in summaries for row in one.reasons]
    matches = [match for one in summaries for match in one.matches]
    keys = substances_of(reasons) | {match.substance.key for match in matches}
    names = substance_names(keys, lang=lang)

    def sentence(row: IndicatorRow) -> str:
        return explain_row(row, names=names, lang=lang)

    def substance(match: SubstanceMatch, summary: AlertSummary) -> ShownSubstance:
        day = office_day(summary.alert.accepted_at)
        verified = is_any_verified(match.list_codes, summary.verified.behind(match, day))
        key = match.substance.key
        return ShownSubstance(names[key], key, match.is_flagged, match.is_exempt, verified)

    return [
        QueueRow(
            alert=one.alert,
            mark=mark_of(one.alert),
            summary=one,
            holder=holder.username if (holder := holder_of(one.alert, now)) else "",
            age=now - one.alert.raised_at,
            is_late=_is_late(one.alert, now),
            importer_bin=_bin(one),
            substances=[substance(match, one) for match in one.matches],
            reasons=[sentence(row) for row in one.reasons],
            is_proposed=standing_of(one.alert) is Standing.DISMISSAL_PROPOSED,
            is_covered=bool(one.alert.covered_by and is_live(one.alert.covered_by, now)),
        )
        for one in summaries
    ]


def _is_late(alert: Alert, now: datetime) -> bool:
    is_open = standing_of(alert) is not Standing.CLOSED
    return is_open and alert.due_at is not None and alert.due_at < now


def _bin(summary: AlertSummary) -> str:
    held = summary.importer.identifiers if summary.importer else []
    return next((one["value"] for one in held if one["kind"] == "bin"), "")
