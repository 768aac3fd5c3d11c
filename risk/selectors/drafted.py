"""What a draft brings to the register of substances, which learns of it when it is approved."""

from collections.abc import Iterable

from risk.domain.substances import ListEntry, SubstanceName
from risk.models import ListEdition
from risk.models.lists import LAW
from risk.selectors.entries import compare_editions

PREFERRED = "preferred_name"


def drafted_entries(edition: ListEdition) -> tuple[ListEntry, ...]:
    """The entries that differ from those of the edition it is a copy of; all without one."""
    return compare_editions(edition.based_on, edition).touched


def names_to_come(edition: ListEdition) -> tuple[SubstanceName, ...]:
    """The names that the register gets with its approval; none once it is law."""
    if edition.state in LAW:
        return ()
    return drafted_names(edition, drafted_entries(edition))


def drafted_names(edition: ListEdition, entries: Iterable[ListEntry]) -> tuple[SubstanceName, ...]:
    """The names that its drafted ``entries`` bring: as printed, so in the language they are
    printed in, and how its editors call the substances that no list had."""
    code = edition.control_list.code
    printed = [(one.substance_key, one.form_name, "form_name") for one in entries]
    called = [
        (key, name, PREFERRED)
        for key, name in edition.brings.order_by("key").values_list("key", "preferred_name")
        if name != key
    ]
    found = {
        (key, name): SubstanceName(
            substance_key=key,
            name=name,
            lang="ru" if any("а" <= char <= "я" for char in name.lower()) else "en",
            kind="list",
            source=f"{code}: {column}",
        )
        for key, name, column in (*printed, *called)
    }
    return tuple(found.values())
