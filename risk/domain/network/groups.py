"""Names and sizes of groups of nodes, kept once a group: a member that stays is not told anew.

A component grows by one new link and its name, the lowest id in it, may become another; told with
each member, that would be a new number of half of the network. So a node keeps the key under which
its group was first stored, and what is true of the group stands beside the key.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from risk.domain.network.metrics import FIRST_IDENTIFIER, Ids

NONE = 0
"""The group of a node that belongs to none; no party has this id."""


class Groups(NamedTuple):
    """A row for each key that a party has, rising: the name of its group (the lowest id in it)
    and how many parties that has. Groups that were joined are one name under several keys."""

    key: Ids
    name: Ids
    parties: NDArray[np.intp]

    def other_than(self, before: "Groups") -> NDArray[np.bool_]:
        """Which rows those before do not have, or have otherwise."""
        if not len(before.key):
            return np.ones(len(self.key), dtype=bool)
        places = np.minimum(np.searchsorted(before.key, self.key), len(before.key) - 1)
        is_same = before.key[places] == self.key
        is_same &= before.name[places] == self.name
        is_same &= before.parties[places] == self.parties
        return np.asarray(~is_same)


def groups_of(ids: Ids, keys: Ids, names: Ids) -> Groups:
    """The groups of these nodes by their keys and the names of their groups, ``NONE`` without."""
    is_counted = (ids < FIRST_IDENTIFIER) & (names != NONE)
    keys, names = keys[is_counted], names[is_counted]
    found, counts = np.unique(names, return_counts=True)
    key, first = np.unique(keys, return_index=True)
    name = names[first]
    return Groups(key, name, np.asarray(counts[np.searchsorted(found, name)]))


def groups_with(ids: Ids, keys: Ids, wanted: Ids) -> Groups:
    """The groups of these keys, each key a group of its own; those without a party are not there.
    ``ids`` rise. Cost: going through the nodes once.

    >>> groups_with(np.array([3, 5, 7, 9]), np.array([5, 5, 7, 7]), np.array([5, 6])).name.tolist()
    [3]
    """
    is_counted = (ids < FIRST_IDENTIFIER) & np.isin(keys, wanted)
    key, first, parties = np.unique(keys[is_counted], return_index=True, return_counts=True)
    return Groups(key, ids[is_counted][first], parties)


def kept_keys(before: Ids, names: Ids) -> Ids:
    """Of each node the key of its group: the one it had where most who had it are in this group
    (``names``) as well, else the lowest that others of the group keep, else the negated name.

    ``before`` and the answer are ``NONE`` without a group. The same both times, whatever was
    asked in between: what a refresh tells depends on the night alone. Cost: sorting the nodes.

    >>> kept_keys(np.array([2, 2, 7, 7, 7, 0, 0]), np.array([1, 1, 1, 1, 5, 1, 9])).tolist()
    [2, 2, 7, 7, -5, 2, -9]
    """
    is_known = (before != NONE) & (names != NONE)
    key, home = _homes(before[is_known], names[is_known])
    keys = np.full(len(names), NONE, dtype=np.int64)
    held = before[is_known]
    keys[is_known] = np.where(home[np.searchsorted(key, held)] == names[is_known], held, NONE)
    is_left = (names != NONE) & (keys == NONE)
    wanted = names[is_left]
    if not len(key):
        keys[is_left] = -wanted
        return keys
    order = np.lexsort((key, home))
    places = np.minimum(np.searchsorted(home[order], wanted), len(order) - 1)
    lowest = order[places]
    keys[is_left] = np.where(home[lowest] == wanted, key[lowest], -wanted)
    return keys


def _homes(keys: Ids, names: Ids) -> tuple[Ids, Ids]:
    """Each key, rising, and the group that most nodes with it are in, of equals the lowest."""
    order = np.lexsort((names, keys))
    keys, names = keys[order], names[order]
    first = np.flatnonzero(_starts(keys) | _starts(names))
    counts = np.diff(first, append=len(keys))
    keys, names = keys[first], names[first]
    order = np.lexsort((names, -counts, keys))
    best = order[_starts(keys[order])]
    return keys[best], names[best]


def _starts(values: Ids) -> NDArray[np.bool_]:
    """Where another value begins, in values of which equal ones stand together."""
    found = np.ones(len(values), dtype=bool)
    found[1:] = values[1:] != values[:-1]
    return found
