"""The admin of people, lists and the outbox: importing it registers the pages."""

from targeting.admin import (
    accounts,
    editions,
    lists,
    notices,
    outbox,
    questions,
    requirements,
    retention,
    substances,
)

__all__ = [
    "accounts",
    "editions",
    "lists",
    "notices",
    "outbox",
    "questions",
    "requirements",
    "retention",
    "substances",
]
