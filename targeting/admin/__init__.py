"""The admin of people, lists, the risk profile and the outbox: importing it registers the pages."""

from targeting.admin import (
    accounts,
    editions,
    exports,
    list_imports,
    lists,
    notices,
    outbox,
    profiles,
    questions,
    requirements,
    retention,
    substances,
    webhooks,
)

__all__ = [
    "accounts",
    "editions",
    "exports",
    "list_imports",
    "lists",
    "notices",
    "outbox",
    "profiles",
    "questions",
    "requirements",
    "retention",
    "substances",
    "webhooks",
]
