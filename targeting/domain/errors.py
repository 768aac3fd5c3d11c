"""Errors about who may do what."""

from shipments.domain.errors import TargetingError


class AccessError(TargetingError):
    """Family of errors about accounts, rights and purpose."""


class PurposeRequired(AccessError):
    """The policy asks what for. Params: ``header``."""

    code = "purpose_required"


class KeyReused(TargetingError):
    """The idempotency key was used for another request. Params: ``key``."""

    code = "idempotency_key_reused"


class InvalidSetting(TargetingError):
    """A setting of the installation cannot be. Params: ``value``, ``allowed``."""

    code = "invalid_setting"


class LaneChanged(TargetingError):
    """Another lane than the one acknowledged holds now. Params: ``version``, ``lane`` (that hold
    now)."""

    code = "lane_changed"


class ImpossibleMove(TargetingError):
    """The move does not lead on from here. Params: ``state``, ``move``, ``allowed`` (moves)."""

    code = "wrong_state"


class AlertChanged(TargetingError):
    """The alert is not any more what was read. Params: ``updated_at``."""

    code = "alert_changed"


class AlertHeld(TargetingError):
    """Somebody else is at it. Params: ``assignee``, ``until``."""

    code = "alert_held"


class ExportNeeded(TargetingError):
    """Too many rows to write while somebody waits. Params: ``rows``, ``at_once``."""

    code = "export_needed"


class ExportRefused(TargetingError):
    """What is to be exported is not there. Params: ``value``, ``allowed``."""

    code = "export_refused"


class ExportNotDone(TargetingError):
    """The file of the export is not written. Params: ``state``."""

    code = "export_not_done"


class ImportNeeded(TargetingError):
    """Too many rows to read while somebody waits. Params: ``at_once``."""

    code = "import_needed"


class ImportNotPreviewed(TargetingError):
    """There is nothing to confirm. Params: ``state``."""

    code = "import_not_previewed"


class ImportsRunning(TargetingError):
    """One person has too many imports under way. Params: ``allowed``."""

    code = "imports_running"


class ExportsRunning(TargetingError):
    """One person has too many exports under way. Params: ``allowed``."""

    code = "exports_running"
