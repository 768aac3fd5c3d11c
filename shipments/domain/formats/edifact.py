"""UN/EDIFACT: from bytes to the segments of one message at a time.

Segments are cut here, so that a file is never held as a whole. A segment in which nothing is
released is cut at its separators; any other is read by pydifact, which takes fifty times as
long (a test compares both). The service characters are those of UNA, the character set that
of UNB.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pydifact.control import Characters
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser
from pydifact.tokenizer import Tokenizer

from shipments.domain.errors import UnreadableFile

CHUNK_BYTES = 64 * 1024
MAX_SEGMENT_CHARACTERS = 64 * 1024
MAX_SEGMENTS = 100_000
_HEAD_BYTES = 512
USUAL = Characters.from_str("UNA:+.? '")
# Syntax identifiers of UNB (code list 0001) as codecs.
_CHARACTER_SETS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso-8859-1",
    "UNOD": "iso-8859-2",
    "UNOE": "iso-8859-5",
    "UNOF": "iso-8859-7",
    "UNOG": "iso-8859-3",
    "UNOH": "iso-8859-4",
    "UNOI": "iso-8859-6",
    "UNOJ": "iso-8859-8",
    "UNOK": "iso-8859-9",
    "UNOX": "iso-2022-jp",
    "UNOY": "utf-8",
    "UNOW": "utf-8",
    "KECA": "euc-kr",
}
Data = list[list[str]]


@dataclass(frozen=True, slots=True)
class EdifactSegment:
    """A segment: its tag, its data elements as lists of components, its line and text."""

    tag: str
    data: Data
    line: int
    text: str


@dataclass(slots=True)
class EdifactMessage:
    """The segments from UNH to UNT, and the control reference of the interchange."""

    interchange: str
    segments: list[EdifactSegment]
    is_too_long: bool = False
    is_cut: bool = False


def read_messages(stream: BinaryIO, message_type: str) -> Iterator[EdifactMessage]:
    """The messages of a type in all interchanges of a file, each when it ends.

    A message that is not closed is given with ``is_cut``. Raises UnreadableFile
    ``edifact_invalid`` for a file that is no interchange or a segment that cannot be read.
    """
    interchange = ""
    message: EdifactMessage | None = None
    for segment in _segments(stream):
        if segment.tag in ("UNB", "UNH", "UNZ") and message is not None:
            message.is_cut = True
            yield message
            message = None
        if segment.tag == "UNB":
            interchange = component(segment, 4)
        elif segment.tag == "UNH":
            is_wanted = component(segment, 1).startswith(message_type)
            message = EdifactMessage(interchange, [segment]) if is_wanted else None
        elif message is not None and segment.tag == "UNT":
            yield message
            message = None
        elif message is not None:
            message.is_too_long = len(message.segments) >= MAX_SEGMENTS
            if not message.is_too_long:
                message.segments.append(segment)
    if message is not None:
        message.is_cut = True
        yield message


def component(segment: EdifactSegment, element: int, number: int = 0) -> str:
    """A component of a data element, both from 0; empty when it is not there."""
    parts = segment.data[element] if element < len(segment.data) else []
    return parts[number].strip() if number < len(parts) else ""


def _segments(stream: BinaryIO) -> Iterator[EdifactSegment]:
    head = stream.read(_HEAD_BYTES)
    start = head.lstrip(codecs.BOM_UTF8 + b" \r\n\t")
    if not start.startswith((b"UNA", b"UNB")):
        raise UnreadableFile("edifact_invalid", reason="UNA or UNB", line=1)
    characters = USUAL
    if start.startswith(b"UNA"):
        service = start[3:9].decode("latin-1")
        if len(service) < 6 or len({*service[:2], service[3], service[5]}) < 4:
            raise UnreadableFile("edifact_invalid", reason="six service characters", line=1)
        characters = Characters.from_str("UNA" + service)
    reader = _SegmentReader(characters)
    # Bytes of no character become lone surrogates, which the reader of the field refuses.
    decode = codecs.getincrementaldecoder(_character_set(start))("surrogateescape").decode
    chunk = start[9:] if start.startswith(b"UNA") else start
    reader.line += head[: len(head) - len(start)].count(b"\n")
    while chunk:
        yield from reader.feed(decode(chunk))
        chunk = stream.read(CHUNK_BYTES)
    yield from reader.feed(decode(b"", True))
    reader.finish()


def _character_set(start: bytes) -> str:
    place = start.find(b"UNB")
    return _CHARACTER_SETS.get(start[place + 4 : place + 8].decode("latin-1"), "utf-8")


class _SegmentReader:
    """Cuts text at segment terminators that no release character stands before."""

    def __init__(self, characters: Characters) -> None:
        self._characters = characters
        self._parser = Parser(characters=characters)
        self._rest = ""
        self._searched = 0
        self.line = 1

    def feed(self, text: str) -> Iterator[EdifactSegment]:
        self._rest += text
        begin = 0
        while (end := self._end(begin)) is not None:
            source = self._rest[begin : end + 1]
            begin = self._searched = end + 1
            yield from self._segment(source)
        self._rest = self._rest[begin:]
        self._searched -= begin
        if len(self._rest) > MAX_SEGMENT_CHARACTERS:
            reason = f"a segment of {MAX_SEGMENT_CHARACTERS} characters at most"
            raise UnreadableFile("edifact_invalid", reason=reason, line=self.line)

    def finish(self) -> None:
        if text := self._rest.lstrip():
            line = self.line + self._rest[: len(self._rest) - len(text)].count("\n")
            raise UnreadableFile("edifact_invalid", reason="a closed segment", line=line)

    def _end(self, begin: int) -> int | None:
        """Where the next terminator stands; a release character releases what follows it."""
        release, terminator = (
            self._characters.escape_character,
            self._characters.segment_terminator,
        )
        place = max(self._searched, begin)
        while True:
            end = self._rest.find(terminator, place)
            if end < 0:
                self._searched = begin
                return None
            released = 0
            while end - released > begin and self._rest[end - released - 1] == release:
                released += 1
            if released % 2 == 0 or release == " ":
                return end
            place = end + 1

    def _segment(self, source: str) -> Iterator[EdifactSegment]:
        text = source.lstrip(" \r\n\t")
        line = self.line + source[: len(source) - len(text)].count("\n")
        self.line += source.count("\n")
        if text[:-1].strip() == "":
            return
        # A line break inside a segment only wraps it.
        wrapped = text.replace("\r", "").replace("\n", "")
        if plain := plain_data(wrapped[:-1], self._characters):
            yield EdifactSegment(plain[0][0], plain[1:], line, wrapped[:-1])
            return
        try:
            tokens = Tokenizer().get_tokens(wrapped, self._characters)
            for raw in self._parser.convert_tokens_to_raw_segments(tokens):
                data = [[part] if isinstance(part, str) else list(part) for part in raw]
                yield EdifactSegment(data[0][0], data[1:], line, wrapped[:-1])
        except (EDISyntaxError, AssertionError, TypeError, IndexError) as fault:
            reason = str(fault)[:200] or type(fault).__name__
            raise UnreadableFile("edifact_invalid", reason=reason, line=line) from None


def plain_data(text: str, characters: Characters) -> Data | None:
    """The data elements of a segment that pydifact would cut the same way, else None."""
    tag = text[:3]
    if characters.escape_character in text or not (tag.isascii() and tag.isupper()):
        return None
    elements = text.split(characters.data_separator)
    if elements[0] != tag:
        return None
    return [element.split(characters.component_separator) for element in elements]
