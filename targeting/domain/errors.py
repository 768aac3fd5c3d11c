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
