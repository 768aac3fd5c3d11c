"""Errors of the bottom layer. A stable ``code`` and structured params; no sentences for people."""


class TargetingError(Exception):
    """Base of every error the project raises on purpose.

    ``code`` is stable and documented; ``params`` are plain values from which the
    edge (API, page, command) makes a sentence.
    """

    code = "error"

    def __init__(self, code: str | None = None, **params: object) -> None:
        self.code = code or type(self).code
        self.params = params
        details = ", ".join(f"{key}={value!r}" for key, value in params.items())
        super().__init__(f"{self.code}: {details}" if details else self.code)


class ShipmentsError(TargetingError):
    """Family of errors about what was declared."""


class InvalidValue(ShipmentsError):
    """A value that breaks the rule of its type. Params: ``value``, ``allowed``."""

    code = "invalid_value"


class UnreadableFile(ShipmentsError):
    """A fault of the whole file: nothing after it can be read. Params: ``reason``, ``line``."""

    code = "unreadable_file"


class WrongJobState(ShipmentsError):
    """The step does not follow from the job's state. Params: ``state``, ``allowed``."""

    code = "wrong_state"
