"""The lists in force and the screener built from them."""

import hashlib
from datetime import date
from functools import lru_cache
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import connection

from risk.domain.lists.names_csv import read_innocent_names
from risk.domain.matching.calibration import read_calibration
from risk.domain.matching.engine import Screener
from risk.domain.substances import ListEntry, SubstanceKind, SubstanceName
from risk.models import ListEdition
from risk.models import ListEntry as ListEntryRow
from risk.models import SubstanceName as SubstanceNameRow
from risk.models.choices import EditionState

CALIBRATION = Path(settings.TARGETING["FIXTURES_DIR"]) / "matching" / "calibration.csv"
INNOCENT_NAMES = Path(settings.TARGETING["FIXTURES_DIR"]) / "names" / "innocent.csv"


class ListsInForce(msgspec.Struct, frozen=True):
    """What screening and facts need to know of the lists, read once per state of them.

    ``verified`` are the codes of lists that a person compared with their act; ``kinds``
    maps (list_code, substance_key) to SubstanceKind values; ``substance_ids`` maps keys
    to primary keys; ``coded`` are the substances for which some list gives a tariff code;
    ``editions`` maps list codes to the numbers of their editions in force.
    """

    screener: Screener
    digest: bytes
    verified: frozenset[str]
    kinds: dict[tuple[str, str], tuple[str, ...]]
    substance_ids: dict[str, int]
    coded: frozenset[str]
    editions: dict[str, int]


def lists_in_force() -> ListsInForce:
    """The approved editions and all names, with their screener.

    Building takes seconds, so it is kept for the process until a row of editions,
    entries or names changes; the check costs one query over about 6,000 rows.
    """
    return _build(_state_of_lists())


def _state_of_lists() -> str:
    """A digest of every row that screening depends on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT md5(concat(
              (SELECT string_agg(md5(edition::text), '' ORDER BY id)
                 FROM risk_listedition AS edition WHERE state = 'approved'),
              (SELECT string_agg(md5(entry::text), '' ORDER BY entry.id)
                 FROM risk_listentry AS entry JOIN risk_listedition AS edition
                   ON edition.id = entry.edition_id AND edition.state = 'approved'),
              (SELECT string_agg(md5(name::text), '' ORDER BY id) FROM risk_substancename AS name)
            ))
            """
        )
        return str(cursor.fetchone()[0])


@lru_cache(maxsize=2)
def _build(state: str) -> ListsInForce:
    editions = {
        edition.pk: edition
        for edition in ListEdition.objects.filter(state=EditionState.APPROVED)
        .select_related("control_list")
        .order_by("control_list__code")
    }
    rows = list(
        ListEntryRow.objects.filter(edition__in=editions)
        .select_related("substance")
        .order_by("edition__control_list__code", "substance__key", "form_name")
    )
    entries = [_entry(row, editions[row.edition_id]) for row in rows]
    names = [
        SubstanceName(
            substance_key=row.substance.key,
            name=row.name,
            lang=row.lang,
            kind=row.kind,
            source=row.source,
            verification=row.verification,
        )
        for row in SubstanceNameRow.objects.select_related("substance").order_by(
            "substance__key", "lang", "name"
        )
    ]
    kinds: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        kinds.setdefault((entry.list_code, entry.substance_key), set()).add(entry.kind.value)
    calibration = read_calibration(CALIBRATION)
    screener = Screener(entries, names, read_innocent_names(INNOCENT_NAMES), calibration)
    return ListsInForce(
        screener=screener,
        digest=hashlib.blake2b(screener.digest.encode(), digest_size=16).digest(),
        verified=frozenset(
            edition.control_list.code for edition in editions.values() if edition.is_verified
        ),
        kinds={key: tuple(sorted(values)) for key, values in kinds.items()},
        substance_ids={row.substance.key: row.substance_id for row in rows},
        coded=frozenset(entry.substance_key for entry in entries if entry.hs6),
        editions={edition.control_list.code: edition.number for edition in editions.values()},
    )


def _entry(row: ListEntryRow, edition: ListEdition) -> ListEntry:
    return ListEntry(
        list_code=edition.control_list.code,
        substance_key=row.substance.key,
        schedule=row.schedule,
        kind=SubstanceKind(row.kind),
        form=row.form,
        form_name=row.form_name,
        cas_rn=row.cas_rn,
        ec_number=row.ec_number,
        un_number=row.un_number,
        inchikey=row.inchikey,
        smiles=row.smiles,
        formula=row.formula,
        hs6=row.hs6,
        commodity_codes=tuple(row.commodity_codes),
        is_basket_code=row.is_basket_code,
        includes_salts=row.includes_salts,
        includes_isomers=row.includes_isomers,
        includes_esters=row.includes_esters,
        concentration_min_pct=row.concentration_min_pct,
        is_limit_known=row.is_limit_known,
        quantity_threshold=row.quantity_threshold,
        effective_from=_later(row.effective_from, edition.in_force_from),
        effective_to=row.effective_to or edition.in_force_to,
        source=row.source,
        confidence=row.confidence,
        notes=row.notes,
    )


def _later(first: date | None, second: date | None) -> date | None:
    """An entry is in force once both its own date and its edition's have come."""
    return max((day for day in (first, second) if day), default=None)
