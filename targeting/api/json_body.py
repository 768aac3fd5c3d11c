"""JSON that a page or program sends, other than declarations: small and shallow.

Imports nothing of ours: the framework's settings name it while the framework is imported.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
_TOO_DEEP = f"The JSON is nested deeper than {MAX_DEPTH} levels."


class JsonTooLarge(APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = f"At most {MAX_BYTES} bytes are allowed."


class BoundedJsonParser(JSONParser):
    """At most 1 MiB by the declared length, and 20 levels."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        declared = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if declared.isdigit() and int(declared) > MAX_BYTES:
            raise JsonTooLarge
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_TOO_DEEP) from None
        if _is_deeper_than(MAX_DEPTH, data):
            raise ParseError(_TOO_DEEP)
        return data


def _is_deeper_than(levels: int, data: Any) -> bool:
    here = [data]
    for _ in range(levels + 1):
        here = [inner for value in here for inner in _inside(value)]
    return bool(here)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
