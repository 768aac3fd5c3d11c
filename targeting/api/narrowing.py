"""Answers narrowed to some of their fields: ``?fields=id,lane``."""

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PARAMETER = "fields"
MOST = 50
IN_SCHEMA = OpenApiParameter(
    PARAMETER,
    str,
    description="Names of fields with commas: of each row nothing else is answered.",
)


def wanted_fields(request: Request) -> frozenset[str]:
    """The fields that the request asks for; none where it takes all. Raises ValidationError."""
    told = request.query_params.get(PARAMETER)
    if told is None:
        return frozenset()
    names = frozenset(name.strip() for name in told.split(","))
    if "" in names or len(names) > MOST:
        raise ValidationError({PARAMETER: f"Names of fields with commas, at most {MOST}."})
    return names


def narrowed(data: Any, wanted: frozenset[str]) -> Any:
    """The row, or the rows of a page or of a list without pages, with the wanted fields alone.

    Raises ValidationError for a name that no row has; of a page without rows none is known.
    """
    if isinstance(data, Mapping) and isinstance(data.get("results"), list):
        rows = data["results"]
        _refuse_unknown(wanted, rows)
        return {**data, "results": [_part(row, wanted) for row in rows]}
    if isinstance(data, list):
        _refuse_unknown(wanted, data)
        return [_part(row, wanted) for row in data]
    _refuse_unknown(wanted, [data])
    return _part(data, wanted)


def _part(row: Mapping[str, Any], wanted: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in wanted}


def _refuse_unknown(wanted: frozenset[str], rows: Iterable[Any]) -> None:
    known: set[str] = set()
    for row in rows:
        known.update(row if isinstance(row, Mapping) else ())
    if known and (unknown := sorted(wanted - known)):
        allowed = ", ".join(sorted(known))
        sentence = f"Not a field here: {', '.join(unknown)}; allowed are {allowed}."
        raise ValidationError({PARAMETER: sentence})
