"""What one version of a declaration says otherwise than the one before it."""

from collections.abc import Mapping

Said = Mapping[str, object]


def changed_fields(before: Said, after: Said) -> list[str]:
    """The names of fields that differ, in the order of their names, each at most once.

    Names are dotted paths (``items[2].net_mass_kg``). A part that only one of them has is
    named as a whole (``items[3]``), not field by field.

    >>> changed_fields({"a": 1, "items[1].x": 1}, {"a": 2, "items[1].x": 1, "items[2].x": 1})
    ['a', 'items[2]']
    """
    parts = _parts(before) & _parts(after)
    names = set()
    for name in before.keys() | after.keys():
        part, dot, _ = name.partition(".")
        if dot and part not in parts:
            names.add(part)
        elif before.get(name) != after.get(name):
            names.add(name)
    return sorted(names)


def _parts(said: Said) -> set[str]:
    return {name.partition(".")[0] for name in said if "." in name}
