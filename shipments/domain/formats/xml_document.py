"""What the XML formats share: from record elements to declarations with places."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from shipments.domain.errors import InvalidValue, UnreadableFile
from shipments.domain.formats.base import NO_CONTEXT, MappingUse, ReadingContext
from shipments.domain.formats.issues import (
    MAX_RAW_LENGTH,
    REJECT,
    WARN,
    IssueLog,
    UnknownFields,
    storable,
)
from shipments.domain.formats.mapping import CsvMapping
from shipments.domain.formats.parts import MAX_EXTRA_KEY_LENGTH, MAX_EXTRA_VALUE_LENGTH
from shipments.domain.formats.tree import read_declaration
from shipments.domain.formats.xml_stream import MAX_ELEMENTS, XmlRecord, read_records
from shipments.domain.formats.xml_tree import Element, source_of, xpath_of
from shipments.domain.records import Issue, ParsedDeclaration

# Kept apart from the fields of a record, which number at most a hundred with these.
MAX_UNKNOWN_PATHS = 80


class Fields(dict[str, object]):
    """A part of the tree that remembers from which element each of its fields came."""

    __slots__ = ("places",)

    def __init__(self, element: Element) -> None:
        super().__init__()
        self.places: dict[str, Element] = {"": element}

    def put(self, key: str, element: Element | None, value: object = None) -> None:
        """Fill a field from an element, unless it is filled or there is nothing to say."""
        if element is None:
            return
        found = element.read() if value is None else value
        if found not in ("", None) and key not in self:
            self[key] = found
            self.places[key] = element

    def put_extra(self, key: str, element: Element | None, value: str = "") -> None:
        """Keep a text that is known and has no field of its own."""
        text = value or (element.read() if element is not None else "")
        if text:
            extra = self.setdefault("extra", {})
            if isinstance(extra, dict):
                extra.setdefault(key, text[:MAX_EXTRA_VALUE_LENGTH])

    def read(self, source: Element, table: Mapping[str, tuple[str, ...]]) -> None:
        """Fill fields from the first path of each that holds something.

        A key ``extra.x`` keeps the text as extra.
        """
        for key, paths in table.items():
            element = source.one(*paths)
            if element is None:
                continue
            if key.startswith("extra."):
                self.put_extra(key.removeprefix("extra."), element)
            else:
                self.put(key, element)


@dataclass(slots=True)
class Draft:
    """A declaration on its way: its fields, its item elements, and what was assumed.

    ``items`` stand in the order of ``fields["items"]``; ``assumed`` are doubts of the
    reader, as code, field, value and what it took instead.
    """

    fields: Fields
    items: list[Element] = field(default_factory=list)
    assumed: list[tuple[InvalidValue, str]] = field(default_factory=list)

    def assume(self, code: str, field_name: str, value: str, allowed: str) -> None:
        self.assumed.append((InvalidValue(code, value=value, allowed=allowed), field_name))


class _ElementPlace:
    """Where an item stands; its source text is made when somebody asks."""

    __slots__ = ("_element",)

    def __init__(self, element: Element) -> None:
        self._element = element

    @property
    def line(self) -> int:
        return self._element.line

    @property
    def raw(self) -> str:
        return source_of(self._element, MAX_RAW_LENGTH)


Draw = Callable[[Element, ReadingContext], Draft]


class XmlFormat:
    """An XML format: which elements are declarations, and how one becomes a draft.

    ``followers`` are elements that say something about the declaration before them, by
    name, with what to do with both; other elements between declarations are passed over.
    """

    key: str
    record_names: tuple[str, ...]
    suffixes: tuple[str, ...] = (".xml",)
    content_types: tuple[str, ...] = ("application/xml", "text/xml")
    mapping_use = MappingUse.REFUSED
    nothing_code = "xml_no_declaration"

    def parse(
        self,
        stream: BinaryIO,
        *,
        mapping: CsvMapping | None = None,
        context: ReadingContext = NO_CONTEXT,
    ) -> Iterator[ParsedDeclaration]:
        if mapping is not None:
            raise InvalidValue("mapping_refused", value=mapping.key, allowed="no mapping")
        return self._parse(stream, context)

    def _parse(self, stream: BinaryIO, context: ReadingContext) -> Iterator[ParsedDeclaration]:
        unknown_fields = UnknownFields(context.unknown_counts)
        is_empty = True
        for record in self.records(stream):
            is_empty = False
            yield self._parsed(record, context, unknown_fields)
        if is_empty:
            allowed = ", ".join(self.record_names)
            raise UnreadableFile(self.nothing_code, reason=f"an element {allowed}", line=1)

    def records(self, stream: BinaryIO) -> Iterator[XmlRecord]:
        """The declarations of the file; a format may first put others' remarks into them."""
        return read_records(stream, self.record_names)

    def draft(self, element: Element, context: ReadingContext) -> Draft:
        raise NotImplementedError

    def _parsed(
        self, record: XmlRecord, context: ReadingContext, unknown_fields: UnknownFields
    ) -> ParsedDeclaration:
        element = record.element
        log = IssueLog(element.line)
        if record.is_too_long:
            reason = InvalidValue("declaration_too_long", allowed=f"{MAX_ELEMENTS} elements")
            log.add(reason, REJECT, "")
            raw = storable(source_of(element, MAX_RAW_LENGTH), MAX_RAW_LENGTH)
            return ParsedDeclaration(line=element.line, issues=log.issues(), raw=raw)
        draft = self.draft(element, context)
        _keep_unread(draft, element)
        fields = draft.fields
        declaration = read_declaration(
            fields,
            log=log,
            unknown_fields=unknown_fields,
            places=[_ElementPlace(item) for item in draft.items],
            context=context,
        )
        for doubt, name in draft.assumed:
            log.add(doubt, WARN, name)
        raw = ""
        if declaration is None or log.has_quarantine:
            raw = storable(source_of(element, MAX_RAW_LENGTH), MAX_RAW_LENGTH)
        issues = tuple(_with_place(issue, fields) for issue in log.issues())
        return ParsedDeclaration(line=element.line, declaration=declaration, issues=issues, raw=raw)


def _keep_unread(draft: Draft, record: Element) -> None:
    """Put every text that no field was made of under its path, of the item it stands in.

    Elements of one path are joined; what is over the bounds is counted under ``…``.
    """
    items = draft.fields.get("items", ())
    owners = dict(zip(map(id, draft.items), items, strict=True)) if draft.items else {}  # type: ignore[call-overload]
    _gather(record, draft.fields, owners)


def _gather(record: Element, fields: Fields, owners: dict[int, Fields]) -> None:
    unread: list[Element] = []
    _find_unread(record, owners, unread)
    found: dict[str, tuple[Element, list[str]]] = {}
    for element in unread:
        found.setdefault(_path_below(record, element), (element, []))[1].append(element.text)
    for number, (path, (element, texts)) in enumerate(found.items()):
        if number >= MAX_UNKNOWN_PATHS:
            fields.put_extra("…", None, f"{len(found) - MAX_UNKNOWN_PATHS} more elements")
            break
        key = _short(path)
        while key in fields:
            key = _short("_" + key)
        fields[key] = " | ".join(texts)[:MAX_EXTRA_VALUE_LENGTH]
        fields.places[key] = element


def _find_unread(element: Element, owners: dict[int, Fields], unread: list[Element]) -> None:
    """Elements with a text that no field was made of; those below an item go to the item."""
    for child in element.children:
        if owners and id(child) in owners:
            _gather(child, owners[id(child)], {})
            continue
        if child.text and not child.is_read:
            unread.append(child)
        if child.children:
            _find_unread(child, owners, unread)


def _path_below(record: Element, element: Element) -> str:
    steps = []
    node: Element | None = element
    while node is not None and node is not record:
        steps.append(node.written or node.name)
        node = node.parent
    return "/".join(reversed(steps))


def _short(path: str) -> str:
    """The end of a path: its last steps that fit into the key of an extra field.

    One step alone gets a slash before it, so that it is never taken for a field of ours.
    """
    if "/" not in path:
        path = "/" + path
    while len(path) > MAX_EXTRA_KEY_LENGTH and "/" in path:
        path = path.partition("/")[2]
    return path[-MAX_EXTRA_KEY_LENGTH:]


_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")


def _with_place(issue: Issue, fields: Fields) -> Issue:
    element = _place_of(fields, issue.field)
    if element is None:
        return issue
    return msgspec.structs.replace(
        issue, column=storable(xpath_of(element), 1_000), line=element.line
    )


def _place_of(fields: Fields, path: str) -> Element | None:
    """The element behind a field path; that of the nearest part when the field is missing."""
    node: object = fields
    place: Element | None = fields.places[""]
    for name, position in _STEP.findall(path):
        if not isinstance(node, Fields):
            break
        place = node.places.get(name, place)
        node = node.get(name)
        if position and isinstance(node, Sequence) and len(node) >= int(position):
            node = node[int(position) - 1]
            if isinstance(node, Fields):
                place = node.places[""]
    return place
