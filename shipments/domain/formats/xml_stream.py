"""XML of unknown origin as a stream of whole record elements, within fixed bounds.

The parser is expat: it reads in pieces, knows the line of everything, and is told here to
refuse document types, so that no entity of the file's own exists to be expanded or
fetched. Names are local ones: prefixes and namespaces differ between versions of a format
and say nothing that the local names do not.
"""

from collections.abc import Collection, Iterator
from typing import BinaryIO
from xml.parsers import expat

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats.xml_tree import Element

CHUNK_BYTES = 64 * 1024
MAX_DEPTH = 100
# Between two events of the parser, so also the size of one tag with its attributes.
MAX_TOKEN_BYTES = 1024 * 1024
MAX_DISTINCT_NAMES = 10_000
# Of one record; 999 items of the fullest format need about 250,000 and 16 million.
MAX_ELEMENTS = 400_000
MAX_CHARACTERS = 32 * 1024 * 1024


class XmlRecord:
    """One record element, whole unless ``is_too_long``; then only its beginning was kept."""

    __slots__ = ("element", "is_too_long")

    def __init__(self, element: Element) -> None:
        self.element = element
        self.is_too_long = False


def read_records(stream: BinaryIO, names: Collection[str]) -> Iterator[XmlRecord]:
    """The outermost elements of these local names, each as soon as it is closed.

    Memory stays within one record. Raises UnreadableFile ``xml_invalid``,
    ``xml_doctype_refused``, ``xml_token_too_long``, ``xml_too_many_names`` or
    ``nesting_too_deep``; records that were closed before have been given by then.
    """
    collector = _Collector(frozenset(names))
    parser = collector.parser
    fed = 0
    fault: UnreadableFile | None = None
    while fault is None:
        chunk = stream.read(CHUNK_BYTES)
        fed += len(chunk)
        try:
            parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, str(error))
            fault = UnreadableFile("xml_invalid", reason=reason, line=error.lineno)
        except (ValueError, LookupError) as error:
            # An encoding that Python does not know, or knows only as a multi-byte one.
            fault = UnreadableFile("xml_invalid", reason=str(error)[:200], line=1)
        except UnreadableFile as error:
            fault = error
        yield from collector.take_finished()
        if not chunk:
            break
        if fed - max(parser.CurrentByteIndex, 0) > MAX_TOKEN_BYTES + CHUNK_BYTES:
            line = parser.CurrentLineNumber
            fault = fault or UnreadableFile(
                "xml_token_too_long", reason=f"{MAX_TOKEN_BYTES}", line=line
            )
    if fault is not None:
        raise fault


class _Collector:
    """Builds the elements of one record at a time from the events of the parser.

    The handlers inside a record are called for every tag and text of a message, so they do
    little; what is rare (too much, a new name, text in pieces) is done beside them.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._finished: list[XmlRecord] = []
        # Elements above the record: they keep no children, only how many they had.
        self._above: list[Element] = []
        self._record: XmlRecord | None = None
        self._open = _NOWHERE
        # Texts that come in several pieces, by the identity of their open element.
        self._pieces: dict[int, list[str]] = {}
        self._depth = 0
        self._skipped_depth = 0
        self._elements = 0
        self._characters = 0
        self._distinct: dict[str, str] = {}
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._listen_above()

    def take_finished(self) -> list[XmlRecord]:
        finished, self._finished = self._finished, []
        return finished

    def _listen_above(self) -> None:
        self.parser.StartElementHandler = self._start_above
        self.parser.EndElementHandler = self._end_above
        self.parser.CharacterDataHandler = None

    def _listen_inside(self) -> None:
        self.parser.StartElementHandler = self._start_inside
        self.parser.EndElementHandler = self._end_inside
        self.parser.CharacterDataHandler = self._text

    def _refuse_doctype(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        raise UnreadableFile("xml_doctype_refused", reason="no DOCTYPE", line=line)

    def _refuse_depth(self) -> None:
        line = self.parser.CurrentLineNumber
        raise UnreadableFile("nesting_too_deep", reason=f"{MAX_DEPTH}", line=line)

    def _local(self, name: str) -> str:
        local = self._distinct.get(name)
        if local is None:
            # The parser itself remembers every name that it has met.
            if len(self._distinct) >= MAX_DISTINCT_NAMES:
                line = self.parser.CurrentLineNumber
                reason = f"{MAX_DISTINCT_NAMES} different names"
                raise UnreadableFile("xml_too_many_names", reason=reason, line=line)
            local = self._distinct[name] = name.rpartition(":")[2]
        return local

    def _attributes(self, listed: list[str]) -> dict[str, str] | None:
        kept = {}
        for name, value in zip(listed[::2], listed[1::2], strict=True):
            local = self._local(name)
            if not name.startswith("xmlns"):
                kept[local] = value
        return kept or None

    def _start_above(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse_depth()
        local = self._local(name)
        kept = self._attributes(attributes) if attributes else None
        parent = self._above[-1] if self._above else None
        element = Element(local, self.parser.CurrentLineNumber, parent, kept)
        if parent is not None:
            element.position = parent.count_child(local)
        if local in self._names:
            self._record = XmlRecord(element)
            self._open, self._elements, self._characters = element, 1, 0
            self._listen_inside()
        else:
            self._above.append(element)

    def _end_above(self, _: str) -> None:
        self._depth -= 1
        self._above.pop()

    def _start_inside(self, name: str, attributes: list[str]) -> None:
        depth = self._depth = self._depth + 1
        elements = self._elements = self._elements + 1
        if depth > MAX_DEPTH:
            self._refuse_depth()
        local = self._distinct.get(name) or self._local(name)
        kept = self._attributes(attributes) if attributes else None
        if elements > MAX_ELEMENTS or self._skipped_depth:
            self._skipped_depth += 1
            self._cut()
            return
        parent = self._open
        element = Element(local, self.parser.CurrentLineNumber, parent, kept)
        parent.children.append(element)
        self._open = element

    def _cut(self) -> None:
        if self._record is not None:
            self._record.is_too_long = True

    def _text(self, text: str) -> None:
        element = self._open
        if not element.text and text.isspace():
            return
        self._characters += len(text)
        if self._skipped_depth:
            return
        if self._characters > MAX_CHARACTERS:
            self._cut()
        elif not element.text:
            element.text = text
        else:
            self._pieces.setdefault(id(element), [element.text]).append(text)

    def _end_inside(self, _: str) -> None:
        self._depth -= 1
        if self._skipped_depth:
            self._skipped_depth -= 1
            return
        closed = self._open
        if closed.text:
            if self._pieces and (pieces := self._pieces.pop(id(closed), None)):
                closed.text = "".join(pieces)
            closed.text = closed.text.strip()
        record = self._record
        if record is not None and closed is record.element:
            self._finished.append(record)
            self._record, self._open = None, _NOWHERE
            self._listen_above()
        elif closed.parent is not None:
            self._open = closed.parent


# Where elements go while no record is open: nothing is put there.
_NOWHERE = Element("", 0)
