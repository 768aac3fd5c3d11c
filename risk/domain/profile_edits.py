"""Editing a risk profile: changes by field, every fault at once, the difference of two versions.

A field is named by its dotted path in the profile's content, as the profile file has it:
``lanes.red``, ``indicators.licence_missing.note.en``.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from risk.domain.errors import InvalidProfile
from risk.domain.indicators import INDICATORS
from risk.domain.profile import profile_from_data

# They name the version: nobody edits them.
IDENTITY = frozenset({"code", "version"})
MOST_FAULTS = 100
MOST_SHOWN = 200
_BY_CODE = {indicator.code: indicator for indicator in INDICATORS}


class ProfileFault(NamedTuple):
    """A field that breaks the profile's contract, and what is allowed there."""

    field: str
    value: str
    allowed: str


class FieldChange(NamedTuple):
    """A field that differs; None where a version does not have it."""

    field: str
    before: object
    after: object


def with_changes(content: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """A copy of the content with other values of these fields; None takes a field out.

    Raises InvalidProfile for a field that names the version, or lies inside of a value.

    >>> with_changes({"lanes": {"red": 55}}, {"lanes.red": 60, "valid_to": None})
    {'lanes': {'red': 60}}
    """
    changed = deepcopy(dict(content))
    for field, value in changes.items():
        if field in IDENTITY:
            raise InvalidProfile(field=field, value=value, allowed="what it is: it names the draft")
        *tables, name = field.split(".")
        table: Any = changed
        for part in tables:
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                raise InvalidProfile(field=field, value=value, allowed="a field of the profile")
        if value is None:
            table.pop(name, None)
        else:
            table[name] = value
    return changed


def faults_of(content: Mapping[str, Any], sound: Mapping[str, Any]) -> list[ProfileFault]:
    """Every field that breaks the contract, in the order in which the profile is read.

    After each the value of ``sound`` content, or the least that is allowed, is taken in its place,
    so that the next is found; a field that is wrong beside others is told once. At most a hundred.
    """
    tried = dict(content)
    found: dict[str, ProfileFault] = {}
    while len(found) < MOST_FAULTS:
        try:
            profile_from_data(tried)
        except InvalidProfile as error:
            field = str(error.params["field"])
            if field in found:
                break
            value, allowed = (str(error.params[name])[:MOST_SHOWN] for name in ("value", "allowed"))
            found[field] = ProfileFault(field, value, allowed)
            tried = _repaired(tried, field, sound)
        else:
            break
    return list(found.values())


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """The fields in which two contents differ, by name.

    >>> differences({"lanes": {"red": 55, "blue": 20}}, {"lanes": {"red": 60, "blue": 20}})
    [FieldChange(field='lanes.red', before=55, after=60)]
    """
    old, new = dict(_fields(before)), dict(_fields(after))
    return [
        FieldChange(field, old.get(field), new.get(field))
        for field in sorted(old.keys() | new.keys())
        if old.get(field) != new.get(field)
    ]


def _repaired(content: Mapping[str, Any], field: str, sound: Mapping[str, Any]) -> dict[str, Any]:
    value = _least(field) if (known := _value(sound, field)) is None else known
    copy = deepcopy(dict(content))
    *tables, name = field.split(".")
    table: Any = copy
    for part in tables:
        table = table.get(part) if isinstance(table, dict) else None
    if isinstance(table, dict):
        table.pop(name, None)
        if value is not None:
            table[name] = value
    return copy


def _least(field: str) -> Any:
    """What an indicator that a profile does not have yet, or a number of it, is at the least."""
    table, code, *name = [*field.split("."), ""][:3]
    indicator = _BY_CODE.get(code) if table == "indicators" else None
    if indicator is None:
        return None
    least = {"weight": 0.0} | {parameter.name: parameter.low for parameter in indicator.parameters}
    return least.get(name[0]) if name[0] else least


def _value(content: Mapping[str, Any], field: str) -> Any:
    value: Any = content
    for part in field.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _fields(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _fields(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
