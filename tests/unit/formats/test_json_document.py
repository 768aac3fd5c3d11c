"""Splitting a JSON array while it streams."""

import io

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats import json_document
from shipments.domain.formats.json_document import JsonFormat

values = st.recursive(
    st.none() | st.text('"\\[]{},aж', max_size=6) | st.integers(-9, 9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text('"\\]},b', max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(
    array=st.lists(values, max_size=5),
    chunk_bytes=st.integers(1, 9) | st.sampled_from([60, 10_000]),
    indent=st.integers(0, 2),
)
@settings(max_examples=300, deadline=None)
def test_array_when_cut_into_any_chunks_then_its_elements(array, chunk_bytes, indent) -> None:
    content = msgspec.json.format(msgspec.json.encode(array), indent=indent)
    chunks = [content[i : i + chunk_bytes] for i in range(0, len(content), chunk_bytes)]
    first, *rest = chunks
    elements = json_document._Elements(1).split(first[1:], iter(rest))
    assert [msgspec.json.decode(bytes(element.source)) for element in elements] == array


def test_array_when_pretty_printed_then_lines_of_elements() -> None:
    content = b'\n[\n  {"a": [1,\n 2]},\n\n  {"a": "]\\"}"},\n  7]\n'
    places = list(JsonFormat().parse(io.BytesIO(content)))
    assert [place.line for place in places] == [3, 6, 7]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "json_expected", 1),
        (b"\n\n  hello", "json_expected", 3),
        (b'[{"a": 1},\n{"b": "', "json_truncated", 2),
        (b"[]\n[]", "json_trailing", 1),
        (b"\xff\xfe[\x00]\x00", "encoding_unsupported", 1),
        (b"[" * 1000, "nesting_too_deep", 1),
    ],
)
def test_file_when_not_an_array_then_unreadable(content: bytes, code: str, line: int) -> None:
    with pytest.raises(UnreadableFile) as caught:
        list(JsonFormat().parse(io.BytesIO(content)))
    assert (caught.value.code, caught.value.params["line"]) == (code, line)


def test_array_when_an_element_is_broken_then_the_others_are_read() -> None:
    good = b'{"registration_number":"1","accepted_at":"2025-01-01T00:00:00Z",'
    good += b'"items":[{"item_number":1,"description":"x"}]}'
    content = b"[" + good + b', {"a": tru}, , ' + good + b",]"
    places = list(JsonFormat().parse(io.BytesIO(content)))
    assert [place.declaration is not None for place in places] == [True, False, False, True, False]
