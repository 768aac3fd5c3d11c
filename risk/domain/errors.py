"""Errors of what we think of a declaration."""

from shipments.domain.errors import TargetingError


class RiskError(TargetingError):
    """Family of errors about lists, matching, networks and risk."""


class InvalidList(RiskError):
    """A list file breaks its contract. Params: ``file``, ``line``, ``column``, ``value``."""

    code = "invalid_list"


class EditionChanged(RiskError):
    """Somebody else changed the draft meanwhile. Params: ``version`` (that it has now),
    ``given``."""

    code = "edition_changed"


class SubstanceChanged(RiskError):
    """Somebody else changed the substance meanwhile. Params: ``given``."""

    code = "substance_changed"


class WrongState(RiskError):
    """The step does not follow from the state. Params: ``state``, ``allowed``."""

    code = "wrong_state"


class Contradictions(RiskError):
    """Identifiers contradict a reference and nobody gave a reason for keeping them. Params:
    ``form_name``, ``contradictions``, ``allowed``."""

    code = "contradictions_unacknowledged"


class InvalidProfile(RiskError):
    """A risk profile breaks its contract. Params: ``field``, ``value``, ``allowed``."""

    code = "invalid_profile"


class ProfileRefused(RiskError):
    """A draft of the risk profile cannot be as it was given. Params: ``faults``, of each ``field``,
    ``value`` and ``allowed``."""

    code = "profile_refused"


class ProfileChanged(RiskError):
    """Somebody else changed the draft of the profile meanwhile. Params: ``revision`` (that it has
    now), ``given``."""

    code = "profile_changed"


class LimitRefused(RiskError):
    """What an office's lane is to hold cannot be said so. Params: ``field``, ``value``,
    ``allowed``."""

    code = "limit_refused"


class InvalidOutcome(RiskError):
    """An act of inspection breaks its contract. Params: ``faults`` (field, value, allowed)."""

    code = "invalid_outcome"


class OutcomeConflict(RiskError):
    """The act cannot be added beside what is recorded. Params: ``act_number``, ``allowed``.

    Codes ``act_recorded`` (with other content) and ``act_corrected`` (by another act).
    """

    code = "outcome_conflict"


class InvalidTruth(RiskError):
    """A truth file breaks its contract. Params: ``file``, ``line``, ``column``, ``value``,
    ``allowed``."""

    code = "invalid_truth"


class AuthorisationsRefused(RiskError):
    """Authorisations cannot be entered or amended so. Params: ``faults``, a RowError each."""

    code = "authorisations_refused"


class NotificationsRefused(RiskError):
    """Notifications cannot be entered or amended so. Params: ``faults``, a RowError each."""

    code = "notifications_refused"


class RequirementsRefused(RiskError):
    """Requirements cannot be entered so. Params: ``faults``, a RowError each."""

    code = "requirements_refused"


class ReturnsRefused(RiskError):
    """Returns cannot be entered so. Params: ``faults``, a RowError each."""

    code = "returns_refused"


class EntitiesRefused(RiskError):
    """Entries of a company register cannot be entered so. Params: ``faults``, a RowError each."""

    code = "legal_entities_refused"


class RegisterChanged(RiskError):
    """The register or the sheet is not what was previewed. Params: ``given``."""

    code = "register_changed"
