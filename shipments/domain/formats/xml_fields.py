"""Fields of a record, each with the element it was read from, and tables that fill them."""

from collections.abc import Mapping
from typing import Any

from shipments.domain.formats.parts import MAX_EXTRA_VALUE_LENGTH
from shipments.domain.formats.xml_tree import Element

# A name on a path: the fields that an element there fills (its place in the table, its rank
# among the paths of the field), and the names below it.
_Node = dict[str, tuple[list[tuple[int, int]], "_Node"]]


class FieldTable:
    """Which fields the texts on which paths fill; of a field's paths the first that has one.

    A key ``extra.x`` keeps the text as extra. The paths are made one tree of names, so that
    a part of a message is walked once, whatever the number of its fields.
    """

    __slots__ = ("keys", "root")

    def __init__(self, table: Mapping[str, tuple[str, ...]]) -> None:
        self.keys = [(key.removeprefix("extra."), key.startswith("extra.")) for key in table]
        self.root: _Node = {}
        for place, paths in enumerate(table.values()):
            for rank, path in enumerate(paths):
                *above, last = path.split("/")
                node = self.root
                for name in above:
                    node = node.setdefault(name, ([], {}))[1]
                node.setdefault(last, ([], {}))[0].append((place, rank))

    def find(self, source: Element) -> "list[tuple[int, Element]]":
        """The element of each field that has one, by the field's place in the table."""
        found: dict[int, tuple[int, Element]] = {}
        _find(source, self.root, found)
        return [(place, element) for place, (_, element) in sorted(found.items())]


def _find(source: Element, node: _Node, found: dict[int, tuple[int, Element]]) -> None:
    for child in source.children:
        entry = node.get(child.name)
        if entry is None:
            continue
        targets, below = entry
        if child.text:
            for place, rank in targets:
                if place not in found or found[place][0] > rank:
                    found[place] = (rank, child)
        if below and child.children:
            _find(child, below, found)


class Fields(dict[str, Any]):
    """A part of the tree that remembers from which element each of its fields came."""

    __slots__ = ("places",)

    def __init__(self, element: Element) -> None:
        self.places: dict[str, Element] = {"": element}

    def put(self, key: str, element: Element | None, value: object = None) -> None:
        """Fill a field from an element, unless it is filled or there is nothing to say."""
        if element is None or key in self:
            return
        if value is None:
            element.is_read = True
            value = element.text
        if value != "":
            self[key] = value
            self.places[key] = element

    def put_extra(self, key: str, element: Element | None, value: str = "") -> None:
        """Keep a text that is known and has no field of its own."""
        text = value or (element.read() if element is not None else "")
        if text:
            extra = self.setdefault("extra", {})
            if isinstance(extra, dict):
                extra.setdefault(key, text[:MAX_EXTRA_VALUE_LENGTH])

    def read(self, source: Element, table: FieldTable) -> None:
        """Fill fields from what stands below an element."""
        keys = table.keys
        for place, element in table.find(source):
            key, is_extra = keys[place]
            if is_extra:
                self.put_extra(key, element)
            else:
                self.put(key, element)
