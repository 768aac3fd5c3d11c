"""The registers that files and requests fill: how each is read and written."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from risk.domain.errors import (
    AuthorisationsRefused,
    EntitiesRefused,
    NotificationsRefused,
    RequirementsRefused,
    ReturnsRefused,
    RiskError,
)
from risk.domain.network import entity_reading
from risk.domain.permits import notice_reading, reading, requirement_reading, return_reading
from risk.services import authorisations, notifications, requirements, returns
from shipments.services import legal_entities

_NONE = {"created": 0, "amended": 0, "unchanged": 0}


class Register(NamedTuple):
    """``name`` is that of its sheet, ``columns`` are the sheet's.

    The readers give ``records`` and ``rejected``; the services enter all records or raise
    ``refused`` with its ``faults``, and give what was ``created``, ``amended``, ``unchanged``.
    """

    name: str
    columns: tuple[str, ...]
    read_entries: Callable[..., Any]
    read_sheet: Callable[..., Any]
    enter: Callable[..., Any]
    preview: Callable[..., Any]
    refused: type[RiskError]

    def store(self, given: Any, *, actor: str, now: datetime) -> dict[str, int]:
        """Enter a reading, if nothing in it is wrong, and count; raises ``refused`` with every
        fault."""
        if given.rejected:
            raise self.refused(faults=given.rejected)
        return _counts(self.enter(records=given.records, actor=actor, now=now))

    def tried(
        self, given: Any, *, actor: str, now: datetime
    ) -> tuple[dict[str, int], tuple[Any, ...]]:
        """What entering would do, and everything that is wrong."""
        try:
            done = self.preview(records=given.records, actor=actor, now=now)
        except self.refused as error:
            faults: Any = error.params["faults"]
            return _NONE, (*given.rejected, *faults)
        return _counts(done), given.rejected


def _counts(done: Any) -> dict[str, int]:
    return {
        "created": len(done.created),
        "amended": len(done.amended),
        "unchanged": done.unchanged,
    }


AUTHORISATIONS = Register(
    name="authorisations",
    columns=(*reading.SHEET_COLUMNS, *reading.REPORT_COLUMNS),
    read_entries=reading.read_entries,
    read_sheet=reading.read_permit_sheet,
    enter=authorisations.register_authorisations,
    preview=authorisations.preview_authorisations,
    refused=AuthorisationsRefused,
)
ENTITIES = Register(
    name="legal-entities",
    columns=entity_reading.SHEET_COLUMNS,
    read_entries=entity_reading.read_entities,
    read_sheet=entity_reading.read_entity_sheet,
    enter=legal_entities.register_entities,
    preview=legal_entities.preview_entities,
    refused=EntitiesRefused,
)
NOTIFICATIONS = Register(
    name="pre-export-notifications",
    columns=(*notice_reading.SHEET_COLUMNS, *notice_reading.REPORT_COLUMNS),
    read_entries=notice_reading.read_notices,
    read_sheet=notice_reading.read_notice_sheet,
    enter=notifications.register_notifications,
    preview=notifications.preview_notifications,
    refused=NotificationsRefused,
)
REQUIREMENTS = Register(
    name="requirements",
    columns=(*requirement_reading.SHEET_COLUMNS, *requirement_reading.REPORT_COLUMNS),
    read_entries=requirement_reading.read_requirements,
    read_sheet=requirement_reading.read_requirement_sheet,
    enter=requirements.register_requirements,
    preview=requirements.preview_requirements,
    refused=RequirementsRefused,
)
RETURNS = Register(
    name="returns",
    columns=(*return_reading.SHEET_COLUMNS, *return_reading.REPORT_COLUMNS),
    read_entries=return_reading.read_returns,
    read_sheet=return_reading.read_return_sheet,
    enter=returns.register_returns,
    preview=returns.preview_returns,
    refused=ReturnsRefused,
)
