"""What one version of a declaration says otherwise than the one before it."""

from collections.abc import Mapping
from typing import NamedTuple

Said = Mapping[str, object]


class Difference(NamedTuple):
    """A field that says something else now. Of a part that only one version has both are None."""

    name: str
    before: object
    after: object


def differences(before: Said, after: Said) -> list[Difference]:
    """What differs, in the order of the fields' names, each at most once.

    Names are dotted paths (``items[2].net_mass_kg``). A part that only one of them has is
    named as a whole (``items[3]``), not field by field.

    >>> differences({"a": 1, "items[1].x": 1}, {"a": 2, "items[1].x": 1, "items[2].x": 1})
    [Difference(name='a', before=1, after=2), Difference(name='items[2]', before=None, after=None)]
    """
    parts = _parts(before) & _parts(after)
    found = {}
    for name in before.keys() | after.keys():
        part, dot, _ = name.partition(".")
        if dot and part not in parts:
            found[part] = Difference(part, None, None)
        elif before.get(name) != after.get(name):
            found[name] = Difference(name, before.get(name), after.get(name))
    return [found[name] for name in sorted(found)]


def _parts(said: Said) -> set[str]:
    return {name.partition(".")[0] for name in said if "." in name}
