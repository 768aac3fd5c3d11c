"""What never stands in a log: secrets, and who a declaration or an account is about.

Fields are blanked by their name; text is searched for the shapes that libraries put into
messages and traces. The second is a net, not a wall: do not log personal data in the first place.
"""

import re
from collections.abc import MutableMapping
from typing import Any

HIDDEN = "[hidden]"

_SECRET_KEYS = ("password", "secret", "token", "authorization", "cookie", "api_key")
_PERSONAL_KEYS = ("email", "phone", "iin", "bin", "username", "first_name", "last_name")

_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    # An Authorization header.
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.I), rf"\1 {HIDDEN}"),
    # A field of a form, a query or a JSON object.
    (
        re.compile(
            r"""(\w*(?:password|secret|token|sessionid)\w*["']?\s*[=:]\s*["']?)"""
            r"""[^\s&"',;}]{4,}""",
            re.I,
        ),
        rf"\1{HIDDEN}",
    ),
    # A second factor's code.
    (re.compile(r"""(\bcode["']?\s*[=:]\s*["']?)\d{6,8}\b"""), rf"\1{HIDDEN}"),
    # Credentials in an address, and the one-time link of an invitation.
    (re.compile(r"(\w://)[^\s/@]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(/password/reset/key/)[^\s/?\"']+"), rf"\1{HIDDEN}"),
    # PostgreSQL quotes the row that broke a rule.
    (re.compile(r"^(DETAIL:|CONTEXT:)\s.*$", re.M), rf"\1 {HIDDEN}"),
    # A mail address; an IIN or BIN, twelve digits by themselves.
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), HIDDEN),
    (re.compile(r"(?<![\w.-])\d{12}(?![\w.-])"), HIDDEN),
)


def hide_secrets(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The event without secrets and personal data; the last step before it is written."""
    for key, value in event.items():
        if _is_hidden(key):
            event[key] = HIDDEN
        elif isinstance(value, str):
            event[key] = redacted(value)
    return event


def redacted(text: str) -> str:
    """The text without what has the shape of a secret or a person's number.

    >>> redacted("GET /x?token=abcdef123 by a.b@customs.example, IIN 900101300123")
    'GET /x?token=[hidden] by [hidden], IIN [hidden]'
    """
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text


def _is_hidden(key: str) -> bool:
    name = key.lower()
    return any(word in name for word in _SECRET_KEYS) or name in _PERSONAL_KEYS
