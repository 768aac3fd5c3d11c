"""What the XML formats share: from record elements to declarations with places."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from shipments.domain.errors import InvalidValue, UnreadableFile
from shipments.domain.formats.base import IntakeFormat, MappingUse, ReadingContext
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
from shipments.domain.formats.xml_fields import Fields
from shipments.domain.formats.xml_stream import MAX_ELEMENTS, XmlRecord, read_records
from shipments.domain.formats.xml_tree import Element, KnownPaths, Places, source_of
from shipments.domain.records import Issue, ParsedDeclaration, PartialAmendment

# Kept apart from the fields of a record, which number at most a hundred with these.
MAX_UNKNOWN_PATHS = 80


@dataclass(slots=True)
class Draft:
    """A declaration on its way: its fields, its item elements, and what was assumed.

    ``items`` stand in the order of ``fields["items"]``; ``assumed`` are doubts of the
    reader, as code, field, value and what it took instead. ``is_partial`` when it says only
    what changes of the version before, which then has ``item_count`` items (None: not said).
    """

    fields: Fields
    items: list[Element] = field(default_factory=list)
    assumed: list[tuple[InvalidValue, str]] = field(default_factory=list)
    is_partial: bool = False
    item_count: int | None = None

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


class XmlFormat(IntakeFormat):
    """An XML format: which elements are declarations, and how one becomes a draft.

    ``known`` and ``known_of_item`` are paths that are known and not needed, below a
    declaration and below one of its items.
    """

    key: str
    record_names: tuple[str, ...]
    suffixes: tuple[str, ...] = (".xml",)
    content_types: tuple[str, ...] = ("application/xml", "text/xml")
    mapping_use = MappingUse.REFUSED
    nothing_code = "xml_no_declaration"
    known: KnownPaths = {}
    known_of_item: KnownPaths = {}

    def places(
        self, stream: BinaryIO, mapping: CsvMapping | None, context: ReadingContext
    ) -> Iterator[ParsedDeclaration]:
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
        _keep_unread(draft, element, self.known, self.known_of_item)
        fields = draft.fields
        declaration = read_declaration(
            fields,
            log=log,
            unknown_fields=unknown_fields,
            places=[_ElementPlace(item) for item in draft.items],
            context=context,
            is_partial=draft.is_partial,
        )
        for doubt, name in draft.assumed:
            log.add(doubt, WARN, name)
        raw = ""
        if declaration is None or log.has_quarantine or draft.is_partial:
            raw = storable(source_of(element, MAX_RAW_LENGTH), MAX_RAW_LENGTH)
        places = record.places()
        issues = tuple([_with_place(issue, fields, places) for issue in log.issues()])
        if draft.is_partial and declaration is not None:
            amendment = PartialAmendment(declaration=declaration, item_count=draft.item_count)
            return ParsedDeclaration(line=element.line, amendment=amendment, issues=issues, raw=raw)
        return ParsedDeclaration(line=element.line, declaration=declaration, issues=issues, raw=raw)


def _keep_unread(
    draft: Draft, record: Element, known: KnownPaths, known_of_item: KnownPaths
) -> None:
    """Put every text that no field was made of under its path, of the item it stands in.

    Elements of one path are joined; what is over the bounds is counted under ``…``.
    """
    owners = {id(item) for item in draft.items}
    _gather(record, draft.fields, known, owners)
    if draft.items:
        for item, fields in zip(draft.items, draft.fields["items"], strict=True):
            _gather(item, fields, known_of_item, set())


def _gather(element: Element, fields: Fields, known: KnownPaths, others: set[int]) -> None:
    unread: list[tuple[tuple[str, ...], Element]] = []
    _find_unread(element, (), known, others, unread)
    if not unread:
        return
    found: dict[tuple[str, ...], tuple[Element, list[str]]] = {}
    for steps, below in unread:
        found.setdefault(steps, (below, []))[1].append(below.text)
    for number, (steps, (below, texts)) in enumerate(found.items()):
        if number >= MAX_UNKNOWN_PATHS:
            fields.put_extra("…", None, f"{len(found) - MAX_UNKNOWN_PATHS} more elements")
            break
        key = _short("/".join(steps))
        while key in fields:
            key = _short("_" + key)
        fields[key] = " | ".join(texts)[:MAX_EXTRA_VALUE_LENGTH]
        fields.places[key] = below


def _find_unread(
    element: Element,
    steps: tuple[str, ...],
    known: KnownPaths,
    others: set[int],
    unread: list[tuple[tuple[str, ...], Element]],
) -> None:
    """Elements with a text that no field was made of, with their path below the owner.

    ``others`` are the identities of elements that own what is below them.
    """
    for child in element.children:
        below = known.get(child.name)
        # A path that ends here is known with everything below it.
        if (below is not None and not below) or (others and id(child) in others):
            continue
        if child.text and not child.is_read:
            unread.append(((*steps, child.written or child.name), child))
        if child.children:
            path = (*steps, child.written or child.name)
            _find_unread(child, path, below or _NOTHING_KNOWN, others, unread)


_NOTHING_KNOWN: KnownPaths = {}


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


def _with_place(issue: Issue, fields: Fields, places: Places) -> Issue:
    element = _place_of(fields, issue.field)
    if element is None:
        return issue
    return msgspec.structs.replace(
        issue, column=storable(places.xpath(element), 1_000), line=element.line
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
