"""Which parts of an answer a grant shows: the one table of fields, and how names are masked.

A serializer says which of its fields are of which class (``targeting.api.fields``); this
table says who sees the class. A hidden field is null, personal data are masked.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from shipments.domain.names import has_corporate_form
from shipments.domain.values import IdentifierKind
from targeting.domain.policy import CASE_READERS, NOBODY, Grants, Role, allows


class FieldClass(StrEnum):
    """What a field would tell."""

    RULE_TEXT = "rule text"
    DRAW = "random draw"
    WATCHLIST_SOURCE = "watchlist source"
    RESTRICTED_LEAD = "lead of every sharing level"
    CONTROLLED_DELIVERY = "controlled delivery"
    PERSONAL = "personal data"


# Who sees it. Controlled delivery is for the persons named on it, whatever their role, so no
# role by itself opens it.
VISIBLE_TO: Mapping[FieldClass, Grants] = {
    FieldClass.RULE_TEXT: CASE_READERS,
    FieldClass.DRAW: frozenset({Role.SENIOR_ANALYST.value, Role.AUDITOR.value}),
    FieldClass.WATCHLIST_SOURCE: frozenset({Role.SENIOR_ANALYST.value, Role.AUDITOR.value}),
    FieldClass.RESTRICTED_LEAD: frozenset({Role.SENIOR_ANALYST.value, Role.AUDITOR.value}),
    FieldClass.CONTROLLED_DELIVERY: NOBODY,
    FieldClass.PERSONAL: CASE_READERS,
}

MASK = "•••"
_NUMBERS_OF_FIRMS = {IdentifierKind.BIN.value, IdentifierKind.TAX_ID.value}
# Where a person cannot be told from a firm, these kinds are of firms only.
_PUBLIC_KINDS = {IdentifierKind.BIN.value, IdentifierKind.WEBSITE.value}


def may_see(granted: Iterable[str], wanted: FieldClass) -> bool:
    """Whether somebody with these grants sees fields of the class."""
    return allows(granted, VISIBLE_TO[wanted])


def is_natural_person(name: str, kinds: Iterable[str]) -> bool:
    """Whether the party must be treated as a natural person: unless it is known to be a firm.

    Known by a BIN, by a foreign tax number without an IIN beside it, or by its legal form.

    >>> is_natural_person("ТОО «Реактив»", [])
    False
    >>> is_natural_person("Иванов Иван", ["phone"])
    True
    >>> is_natural_person("ИП Иванов", ["iin"])
    True
    """
    found = set(kinds)
    if IdentifierKind.IIN.value in found:
        return True
    return not (found & _NUMBERS_OF_FIRMS or has_corporate_form(name))


def mask(text: str) -> str:
    """The first character of every word, nothing else.

    >>> mask("Иванов Иван")
    'И••• И•••'
    >>> mask("+77010000000")
    '+•••'
    """
    return " ".join(word[0] + MASK for word in text.split())


def mask_identifier(kind: str, value: str) -> str:
    """The identifier of a natural person; what only firms have stays."""
    return value if kind in _PUBLIC_KINDS else mask(value)
