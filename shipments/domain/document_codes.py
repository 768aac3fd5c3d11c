"""Which documents of graph 44 are permits, and of which kind: a table, with its source."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from shipments.domain.authorisations import AuthorisationKind
from shipments.domain.errors import UnreadableFile


class DocumentCode(NamedTuple):
    """A code of the classifier of documents; ``kinds`` are the permits that it may name."""

    code: str
    kinds: frozenset[AuthorisationKind]
    meaning: str
    source: str
    confidence: str


@lru_cache(maxsize=8)
def read_document_codes(path: Path) -> Mapping[str, DocumentCode]:
    """The table by code; raises UnreadableFile ``document_codes_invalid`` with the line."""
    found: dict[str, DocumentCode] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream), 2):
            try:
                kinds = frozenset(AuthorisationKind(kind) for kind in row["kinds"].split())
            except (KeyError, ValueError) as error:
                raise UnreadableFile(
                    "document_codes_invalid", reason=str(error), line=line
                ) from None
            if row["code"] in found or not row["source"]:
                reason = "each code once, with a source"
                raise UnreadableFile("document_codes_invalid", reason=reason, line=line)
            found[row["code"]] = DocumentCode(
                row["code"], kinds, row["meaning"], row["source"], row["confidence"]
            )
    return found
