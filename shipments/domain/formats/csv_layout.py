"""From the cells of a CSV row to the tree that every format hands on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats.csv_cells import Convert, converter
from shipments.domain.formats.mapping import ColumnSource, CsvMapping
from shipments.domain.formats.parts import MAX_EXTRA_KEY_LENGTH
from shipments.domain.formats.table_habits import Habits

# Columns that an export of rows to correct adds behind those that came.
EXPORT_PREFIX = "targeting."
VERSION_COLUMN = EXPORT_PREFIX + "version"
# A column that any table may have, so that no mapping need name it.
CANCELLED_COLUMN = EXPORT_PREFIX + "is_cancelled"


# In the list of ignored columns of a mapping: all that no target names.
EVERYTHING = "*"
# Kept apart from the extra fields of an item, which number at most a hundred with these.
MAX_UNKNOWN_COLUMNS = 80


class Node(dict[str, object]):
    """A part of the tree that remembers from which column each of its fields came."""

    __slots__ = ("columns",)

    def __init__(self, columns: Mapping[str, str]) -> None:
        super().__init__()
        self.columns = columns


@dataclass(slots=True)
class _Part:
    """The bindings of one object of the tree: which cell fills which of its fields."""

    constants: dict[str, str] = field(default_factory=dict)
    bindings: list[tuple[str, int, Convert | None]] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)

    def bind(self, key: str, index: int, convert: Convert | None, column: str) -> None:
        self.bindings.append((key, index, convert))
        self.columns[key] = column

    def fill(self, cells: Sequence[str]) -> Node:
        """The object without constants: empty when no column says anything."""
        node = Node(self.columns)
        for key, index, convert in self.bindings:
            cell = cells[index].strip()
            if cell:
                node[key] = cell if convert is None else convert(cell)
        return node

    def filled(self, cells: Sequence[str]) -> Node | None:
        """The object with its constants, or None when no column says anything."""
        node = self.fill(cells)
        if not node:
            return None
        for key, constant in self.constants.items():
            node.setdefault(key, constant)
        return node


class CsvLayout:
    """A mapping bound to the columns of one file. Raises UnreadableFile for a column
    that is missing or stands there twice. ``is_export`` is a file that we wrote, with texts
    made harmless for spreadsheets and a version for what is stored already.
    """

    def __init__(
        self, mapping: CsvMapping, habits: Habits, header: Sequence[str], width: int
    ) -> None:
        self.width = width
        self._declaration = _Part()
        self._item = _Part()
        self._extra = _Part()
        self._item_extra = _Part()
        self._parties: dict[str, _Part] = {}
        self._identifiers: dict[str, list[_Part]] = {}
        self._documents: dict[str, _Part] = {}
        for target, source in mapping.columns.items():
            index = self._index(source, header)
            part, key = self._place(target)
            column = str(source.column)
            part.bind(key, index, converter(target, source, mapping, habits), column)
        for target, constant in mapping.constants.items():
            part, key = self._place(target)
            part.constants[key] = constant
        self.is_export = VERSION_COLUMN in header
        if self.is_export and "version" not in mapping.columns:
            index = header.index(VERSION_COLUMN)
            self._declaration.bind("version", index, None, VERSION_COLUMN)
        if CANCELLED_COLUMN in header and "is_cancelled" not in mapping.columns:
            index = header.index(CANCELLED_COLUMN)
            self._declaration.bind("is_cancelled", index, None, CANCELLED_COLUMN)
        self._header_cells = [
            (key, index)
            for part in (self._declaration, self._extra, *self._parties.values())
            for key, index, _ in part.bindings
        ]
        self._flag_cells = [
            index for key, index, _ in self._declaration.bindings if key == "is_cancelled"
        ]
        self._item_cells = [
            index
            for part in (self._item, self._item_extra, *self._documents.values())
            for _, index, _ in part.bindings
        ]
        self._has_item_number = "item.item_number" in mapping.columns
        self._keep_unknown(mapping, header)
        self._key_cells = [
            index
            for key, index, _ in self._declaration.bindings
            if key in ("registration_number", "version")
        ]

    def _index(self, source: ColumnSource, header: Sequence[str]) -> int:
        if isinstance(source.column, int):
            if source.column > self.width:
                raise UnreadableFile("column_missing", reason=str(source.column), line=1)
            return source.column - 1
        found = [index for index, name in enumerate(header) if name == source.column]
        if len(found) != 1:
            code = "column_repeated" if found else "column_missing"
            raise UnreadableFile(code, reason=source.column, line=1)
        return found[0]

    def _keep_unknown(self, mapping: CsvMapping, header: Sequence[str]) -> None:
        """Bind the columns that the mapping does not name to names that no field has."""
        if EVERYTHING in mapping.ignored:
            return
        named = {source.column for source in mapping.columns.values()} | set(mapping.ignored)
        unknown: set[str] = set()
        left = 0
        for index in range(self.width):
            name = header[index] if header else ""
            if name in named or index + 1 in named or name.startswith(EXPORT_PREFIX):
                continue
            if len(unknown) == MAX_UNKNOWN_COLUMNS:
                left += 1
                continue
            # Never taken for a field of ours.
            key = f"/{name or f'column {index + 1}'}"[: MAX_EXTRA_KEY_LENGTH - 8]
            key = f"{key} ({index + 1})" if key in unknown else key
            unknown.add(key)
            self._item.bind(key, index, None, name)
        if left:
            self._item.constants["/…"] = f"{left} more columns"

    def _place(self, target: str) -> tuple[_Part, str]:
        match target.split("."):
            case ["extra", name]:
                return self._extra, name
            case ["item", "extra", name]:
                return self._item_extra, name
            case ["item", "documents", label, key]:
                return self._documents.setdefault(label, _Part()), key
            case ["item", key]:
                return self._item, key
            case ["party", role, "identifiers", kind]:
                part = _Part(constants={"kind": kind})
                self._party(role)
                self._identifiers[role].append(part)
                return part, "value"
            case ["party", role, key]:
                return self._party(role), key
            case _:
                return self._declaration, target

    def _party(self, role: str) -> _Part:
        self._identifiers.setdefault(role, [])
        return self._parties.setdefault(role, _Part(constants={"role": role}))

    def group_key(self, cells: Sequence[str]) -> tuple[str, ...]:
        """What consecutive rows of one declaration share; empty when the row states none."""
        key = tuple(cells[index].strip() for index in self._key_cells)
        return key if any(key) else ()

    def differing(self, first: Sequence[str], other: Sequence[str]) -> list[tuple[str, str, str]]:
        """Fields of the declaration in which a later row disagrees: key, value, first value."""
        return [
            (key, other[index], first[index])
            for key, index in self._header_cells
            if other[index] != first[index]
        ]

    def is_without_item(self, cells: Sequence[str]) -> bool:
        """Whether a row only says that its declaration is cancelled, or is not."""
        return any(cells[index].strip() for index in self._flag_cells) and not any(
            cells[index].strip() for index in self._item_cells
        )

    def declaration(self, cells: Sequence[str]) -> Node:
        node = self._declaration.fill(cells)
        for key, constant in self._declaration.constants.items():
            node.setdefault(key, constant)
        node["parties"] = [
            party for role in self._parties if (party := self._filled_party(role, cells))
        ]
        node["extra"] = self._extra.filled(cells)
        return node

    def _filled_party(self, role: str, cells: Sequence[str]) -> Node | None:
        part = self._parties[role]
        node = part.fill(cells)
        filled = (identifier.filled(cells) for identifier in self._identifiers[role])
        identifiers = [identifier for identifier in filled if identifier]
        if not node and not identifiers:
            return None
        for key, constant in part.constants.items():
            node.setdefault(key, constant)
        node["identifiers"] = identifiers
        return node

    def item(self, cells: Sequence[str], position: int) -> Node:
        node = self._item.fill(cells)
        for key, constant in self._item.constants.items():
            node.setdefault(key, constant)
        if not self._has_item_number:
            node["item_number"] = position
        filled = (document.filled(cells) for document in self._documents.values())
        if documents := [document for document in filled if document]:
            node["documents"] = documents
        node["extra"] = self._item_extra.filled(cells)
        return node


_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")


def column_of(tree: Node, path: str) -> str:
    """The name of the column behind a field path; empty when no column filled it."""
    node: object = tree
    column = ""
    for name, position in _STEP.findall(path):
        if not isinstance(node, Node):
            break
        column = node.columns.get(name, "")
        node = node.get(name)
        if position and isinstance(node, list) and len(node) >= int(position):
            node = node[int(position) - 1]
    return column
