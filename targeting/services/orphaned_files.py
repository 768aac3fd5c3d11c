"""Files of attachments, exports and imports that no row names: a process was killed in between."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Model

from targeting.models import AlertAttachment, Export, ListImport

# Longer than any request or job between writing a file and committing the row that names it.
LEAST_AGE = timedelta(days=2)
AT_ONCE = 500
# Raw messages are not here: a batch is never left without its row (docs/adr/0017-retention.md).
NAMED_BY: Mapping[str, tuple[tuple[type[Model], str], ...]] = {
    "attachments": ((AlertAttachment, "file"),),
    "exports": ((Export, "file"),),
    "list-imports": ((ListImport, "sheet"), (ListImport, "preview")),
}


def remove_orphaned_files(*, now: datetime, is_dry_run: bool = False) -> list[str]:
    """Delete the files that are older than LEAST_AGE and that no row names; their places.

    A dry run deletes none. Twice is as once; a file that a row names is never touched.
    """
    removed = []
    for folder, named_by in NAMED_BY.items():
        for places in _in_batches(_older(folder, now - LEAST_AGE)):
            for place in sorted(set(places) - _named(places, named_by)):
                if not is_dry_run:
                    default_storage.delete(place)
                removed.append(place)
    return removed


def _in_batches(places: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(places, AT_ONCE)):
        yield batch


def _older(folder: str, moment: datetime) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    _, names = default_storage.listdir(folder)
    for place in (f"{folder}/{name}" for name in names):
        if default_storage.get_modified_time(place) < moment:
            yield place


def _named(places: list[str], named_by: tuple[tuple[type[Model], str], ...]) -> set[str]:
    found: set[str] = set()
    for model, field in named_by:
        rows: Any = model._default_manager.filter(**{f"{field}__in": places})
        found |= set(rows.values_list(field, flat=True))
    return found
