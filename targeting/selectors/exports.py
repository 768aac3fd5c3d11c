"""The entries of an edition as rows of a file, and the exports that somebody has."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from risk.models import ListEdition
from shipments.models import StageRun
from targeting.domain.errors import ExportRefused
from targeting.models import Export, User
from targeting.selectors.edition_sheets import SHEET_COLUMNS, sheet_name, sheet_rows

_LARGEST_NUMBER = 2**31 - 1
Parameters = Mapping[str, Any]


class Rows(NamedTuple):
    """The rows to be written: under which name (without a suffix) and heading, how many there
    are, and the rows themselves, read as they are written."""

    name: str
    columns: Sequence[str]
    total: int
    read: Callable[[], Iterable[Mapping[str, str]]]


def list_entry_rows(parameters: Parameters, owner: User) -> Rows:
    """The entries of the edition with ``list_code`` and ``number``."""
    code, number = parameters.get("list_code"), parameters.get("number")
    is_one = isinstance(code, str) and isinstance(number, int) and 0 < number <= _LARGEST_NUMBER
    if parameters.keys() != {"list_code", "number"} or not is_one:
        raise ExportRefused(value=str(dict(parameters))[:200], allowed="list_code, number")
    found = ListEdition.objects.filter(control_list__code=str(code), number=int(number or 0))
    edition = found.select_related("control_list").first()
    if edition is None:
        raise ExportRefused(value=f"{code} {number}"[:200], allowed="an edition that is there")
    return Rows(
        name=sheet_name(edition),
        columns=SHEET_COLUMNS,
        total=edition.entries.count(),
        read=lambda: sheet_rows(edition),
    )


def own_exports(owner: User) -> QuerySet[Export]:
    """The exports of one person, the newest first, each with the rows written as far as told."""
    runs = StageRun.objects.filter(job=OuterRef("job")).annotate(
        written=Cast(KeyTextTransform("row", "counts"), IntegerField())
    )
    written = Coalesce(Subquery(runs.values("written")[:1]), 0)
    own = Export.objects.filter(owner=owner).select_related("job")
    return own.annotate(rows_written=written).order_by("-id")
