"""Errors of what we think of a declaration."""

from shipments.domain.errors import TargetingError


class RiskError(TargetingError):
    """Family of errors about lists, matching, networks and risk."""


class InvalidList(RiskError):
    """A list file breaks its contract. Params: ``file``, ``line``, ``column``, ``value``."""

    code = "invalid_list"


class InvalidProfile(RiskError):
    """A risk profile breaks its contract. Params: ``field``, ``value``, ``allowed``."""

    code = "invalid_profile"


class InvalidTruth(RiskError):
    """A truth file breaks its contract. Params: ``file``, ``line``, ``column``, ``value``,
    ``allowed``."""

    code = "invalid_truth"
