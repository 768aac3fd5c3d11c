"""XML of unknown origin as a stream of whole record elements, within fixed bounds.

The parser is expat: it reads in pieces, knows the line of everything, and is told here to
refuse document types, so that no entity of the file's own exists to be expanded or
fetched. Names are local ones: prefixes and namespaces differ between versions of a format
and say nothing that the local names do not.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import BinaryIO
from xml.parsers import expat

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats.xml_tree import Element, Places

CHUNK_BYTES = 64 * 1024
MAX_DEPTH = 100
# Between two events of the parser, so also the size of one tag with its attributes.
MAX_TOKEN_BYTES = 1024 * 1024
MAX_DISTINCT_NAMES = 10_000
# Of one record; 999 items of the fullest format need about 250,000 and 16 million.
MAX_ELEMENTS = 400_000
MAX_CHARACTERS = 32 * 1024 * 1024


class XmlRecord:
    """One record element, whole unless ``is_too_long``; then only its beginning was kept.

    ``path`` says where it stands in the file; ``lenders`` are records of which elements were
    put into this one.
    """

    __slots__ = ("element", "is_too_long", "lenders", "path")

    def __init__(self, element: Element, path: str) -> None:
        self.element = element
        self.path = path
        self.is_too_long = False
        self.lenders: list[XmlRecord] = []

    def places(self) -> Places:
        return Places([(record.element, record.path) for record in (self, *self.lenders)])


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
        collector.bound()
        if fed - max(parser.CurrentByteIndex, 0) > MAX_TOKEN_BYTES + CHUNK_BYTES:
            line = parser.CurrentLineNumber
            fault = fault or UnreadableFile(
                "xml_token_too_long", reason=f"{MAX_TOKEN_BYTES}", line=line
            )
    if fault is not None:
        raise fault


class _LocalNames(dict[str, str]):
    """Local names by the names of the file: as many as the parser itself may remember."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__()
        self._parser = parser

    def __missing__(self, name: str) -> str:
        if len(self) >= MAX_DISTINCT_NAMES:
            reason = f"{MAX_DISTINCT_NAMES} different names"
            line = self._parser.CurrentLineNumber
            raise UnreadableFile("xml_too_many_names", reason=reason, line=line)
        local = self[name] = name.rpartition(":")[2]
        return local


class _Collector:
    """Builds the elements of one record at a time from the events of the parser.

    The handlers inside a record are called for every tag of a message, so they do little;
    text is gathered by a list's own ``append``. There are handlers for what stands above
    the records, for what stands inside one, and for the rest of one that is too long.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._finished: list[XmlRecord] = []
        # Above the record: the steps that lead to it, and how often each name stood there.
        self._steps: list[str] = []
        self._counts: list[Counter[str]] = [Counter()]
        self._record: XmlRecord | None = None
        self._open: list[Element] = []
        # Text since the last tag; text of an element between its children, by identity.
        self._texts: list[str] = []
        self._pieces: dict[int, list[str]] = {}
        self._depth = 0
        self._room = 0
        self._elements = 0
        self._characters = 0
        self.parser = parser = expat.ParserCreate()
        self._local = _LocalNames(parser)
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._listen_above()

    def take_finished(self) -> list[XmlRecord]:
        finished, self._finished = self._finished, []
        return finished

    def bound(self) -> None:
        """Cut a record that is too long; asked once a chunk, so a chunk may be beyond it."""
        if self._record is None or self._record.is_too_long:
            return
        elements = self._elements + sum(len(element.children) for element in self._open)
        characters = self._characters + sum(map(len, self._texts))
        if elements > MAX_ELEMENTS or characters > MAX_CHARACTERS:
            self._cut()

    def _listen_above(self) -> None:
        self.parser.StartElementHandler = self._start_above
        self.parser.EndElementHandler = self._end_above
        self.parser.CharacterDataHandler = None

    def _listen_inside(self) -> None:
        self.parser.StartElementHandler = self._start_inside
        self.parser.EndElementHandler = self._end_inside
        self.parser.CharacterDataHandler = self._texts.append

    def _refuse_doctype(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        raise UnreadableFile("xml_doctype_refused", reason="no DOCTYPE", line=line)

    def _refuse_depth(self) -> None:
        line = self.parser.CurrentLineNumber
        raise UnreadableFile("nesting_too_deep", reason=f"{MAX_DEPTH}", line=line)

    def _attributes(self, listed: list[str]) -> dict[str, str] | None:
        kept = {}
        for name, value in zip(listed[::2], listed[1::2], strict=True):
            local = self._local[name]
            if not name.startswith("xmlns"):
                kept[local] = value
        return kept or None

    def _start_above(self, name: str, attributes: list[str]) -> None:
        local = self._local[name]
        kept = self._attributes(attributes) if attributes else None
        namesakes = self._counts[-1]
        namesakes[local] += 1
        position = namesakes[local]
        self._steps.append(f"{local}[{position}]" if position > 1 else local)
        self._room = MAX_DEPTH - len(self._steps)
        if self._room < 0:
            self._refuse_depth()
        if local in self._names:
            element = Element(local, self.parser.CurrentLineNumber, kept)
            self._record = XmlRecord(element, "/" + "/".join(self._steps))
            self._open.append(element)
            self._elements = self._characters = 0
            self._listen_inside()
        else:
            self._counts.append(Counter())

    def _end_above(self, _: str) -> None:
        self._steps.pop()
        self._counts.pop()

    def _start_inside(self, name: str, attributes: list[str]) -> None:
        parent = self._open[-1]
        if self._texts:
            text = self._texts.pop()
            if self._texts or not text.isspace():
                self._keep_text(parent, text)
        element = Element(self._local[name], self.parser.CurrentLineNumber)
        if attributes:
            element.attributes = self._attributes(attributes)
        if parent.children:
            parent.children.append(element)  # type: ignore[attr-defined]
        else:
            parent.children = [element]
        self._open.append(element)
        if len(self._open) > self._room:
            self._refuse_depth()

    def _end_inside(self, _: str) -> None:
        element = self._open.pop()
        if self._texts:
            text = self._texts.pop()
            if self._texts or (element.text and not text.isspace()):
                self._keep_text(element, text)
            elif text := text.strip():
                element.text = text
                self._characters += len(text)
        if element.children:
            self._elements += len(element.children)
            if self._pieces and (pieces := self._pieces.pop(id(element), None)):
                element.text = "".join(pieces)
            element.text = element.text.strip()
        if not self._open:
            self._finish()

    def _keep_text(self, element: Element, last: str) -> None:
        """Give an element a text that stands between its children or comes in pieces."""
        text = "".join((*self._texts, last))
        self._texts.clear()
        if text.isspace():
            return
        self._characters += len(text)
        if element.text:
            self._pieces.setdefault(id(element), [element.text]).append(text)
        else:
            element.text = text if element.children else text.strip()

    def _finish(self) -> None:
        """End the record; what follows stands above it, at its own level."""
        if self._record is not None:
            self._finished.append(self._record)
        self._record = None
        self._open.clear()
        self._texts.clear()
        self._pieces.clear()
        self._steps.pop()
        self._listen_above()

    def _cut(self) -> None:
        """Keep no more of the record; only look for its end."""
        if self._record is not None:
            self._record.is_too_long = True
        self._depth = len(self._open)
        self._texts.clear()
        self.parser.StartElementHandler = self._start_beyond
        self.parser.EndElementHandler = self._end_beyond
        self.parser.CharacterDataHandler = None

    def _start_beyond(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        if self._depth > self._room:
            self._refuse_depth()
        for written in (name, *attributes[::2]):
            self._local[written]

    def _end_beyond(self, _: str) -> None:
        self._depth -= 1
        if not self._depth:
            self._finish()
