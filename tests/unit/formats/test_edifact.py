"""EDIFACT: service characters, character sets, what is not closed, what means harm."""

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydifact.parser import Parser
from pydifact.tokenizer import Tokenizer

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats import edifact, format_by_key
from shipments.domain.formats.edifact import read_messages
from tests.unit.formats.golden import CONTEXT, DECLARATIONS
from tests.unit.formats.test_hostile import assert_clean

OK = (DECLARATIONS / "cusdec" / "ok.edi").read_bytes()


def read(content: bytes):
    return list(format_by_key("cusdec").parse(io.BytesIO(content), context=CONTEXT))


def code_of(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(content)
    return caught.value.code


def described(place):
    items = place.declaration.items
    return [(item.description, item.net_mass_kg, item.documents) for item in items]


def test_service_characters_when_others_then_the_same_declarations() -> None:
    text = OK.decode("iso-8859-5")
    # Parts that must not be taken for the new service characters are released first.
    other = text.replace("?'", "\x01").replace("?+", "+").replace("?%", "%").replace("?,", ",")
    body = other.partition("\n")[2].translate(str.maketrans({"'": "~", ":": "|"}))
    body = body.replace("+", "*").replace("\x01", "'").replace("COM**7", "COM*+7")
    again = ("UNA|*.! ~\n" + body).encode("iso-8859-5")
    assert [described(place) for place in read(again)] == [described(place) for place in read(OK)]


@pytest.mark.parametrize(
    ("name", "codec"), [("UNOY", "utf-8"), ("UNOE", "iso-8859-5"), ("UNOW", "utf-8")]
)
def test_character_set_when_named_in_the_header_then_read_by_it(name: str, codec: str) -> None:
    text = OK.decode("iso-8859-5").replace("UNOE", name)
    assert read(text.encode(codec))[0].declaration == read(OK)[0].declaration


def test_file_when_several_interchanges_then_all_are_read() -> None:
    second = OK.partition(b"\n")[2]
    assert len(read(OK + second)) == 2 * len(read(OK))


def test_message_when_wrapped_at_a_width_then_the_same() -> None:
    text = OK.decode("iso-8859-5").partition("\n")[2].replace("\n", "")
    wrapped = "\r\n".join(text[start : start + 80] for start in range(0, len(text), 80))
    again = read(wrapped.encode("iso-8859-5"))
    assert [place.declaration for place in again] == [place.declaration for place in read(OK)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "edifact_invalid"),
        (b"hello", "edifact_invalid"),
        (b"UNA::::::", "edifact_invalid"),
        (b"UNA", "edifact_invalid"),
        (b"UNB+UNOA:1+A+B", "edifact_invalid"),
        (b"UNB+UNOA:1+" + b"x" * 300_000, "edifact_invalid"),
        (b"UNB+UNOA:1+A+B'UNZ+0+1'", "edifact_no_declaration"),
        (b"UNB+UNOA:1+A+B'UNH+1+ORDERS:D:96B:UN'UNT+2+1'", "edifact_no_declaration"),
    ],
    ids=repr,
)
def test_file_when_no_declaration_then_a_documented_code(content: bytes, code: str) -> None:
    assert code_of(content[:400_000]) == code


def test_message_when_it_never_ends_then_too_long_and_bounded() -> None:
    many = b"UNB+UNOA:1+A+B'UNH+1+CUSDEC:D:96B:UN'" + b"A'" * 100_500 + b"UNT+1+1'"
    (message,) = read_messages(io.BytesIO(many), "CUSDEC")
    assert message.is_too_long
    (place,) = read(many)
    assert [issue.code for issue in place.issues] == ["declaration_too_long"]


TAGS = "UNH UNT UNS CST BGM DTM NAD MEA LOC MOA FTX IMD DOC RFF PAC TDT"
tags = st.sampled_from(TAGS.split())
parts = st.text(alphabet="AB1+:?' D\n\x00é", max_size=12)


@given(segments=st.lists(st.tuples(tags, parts), max_size=20))
@settings(max_examples=200, deadline=None)
def test_arbitrary_segments_when_parsed_then_only_issues(segments) -> None:
    body = "".join(f"{tag}+{part}'" for tag, part in segments)
    text = f"UNB+UNOY:1+A+B'UNH+1+CUSDEC:D:96B:UN'{body}UNT+1+1'"
    with contextlib.suppress(UnreadableFile):
        assert_clean(read(text.encode()))


@given(
    tag=st.sampled_from(["NAD", "CST", "MOA", "nad", "N1", "", "FTXX"]),
    elements=st.lists(st.text(alphabet="AZ9:+ .\u042f", max_size=8), max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_plain_segment_when_cut_at_its_separators_then_as_the_library_does(tag, elements) -> None:
    text = "+".join((tag, *elements))
    read_by_library = Parser(characters=edifact.USUAL).convert_tokens_to_raw_segments(
        Tokenizer().get_tokens(text + "'", edifact.USUAL)
    )
    plain = edifact.plain_data(text, edifact.USUAL)
    if plain is not None:
        (raw,) = read_by_library
        data = [[part] if isinstance(part, str) else list(part) for part in raw]
        assert without_empty_ends(plain) == without_empty_ends(data)


def without_empty_ends(data):
    """A component that is not there and one that is empty are the same to a reader."""
    parts = [list(element) for element in data]
    for element in parts:
        while element and not element[-1]:
            element.pop()
    while parts and not parts[-1]:
        parts.pop()
    return parts
