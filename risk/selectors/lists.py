"""The lists that are law on a day, and the screener built from them."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.db import connection

from risk.domain.lists.names_csv import read_innocent_names
from risk.domain.lists.periods import (
    EditionInForce,
    Period,
    change_days,
    changes_after,
    flattened,
    period_of,
    upcoming,
)
from risk.domain.matching.calibration import Calibration, read_calibration
from risk.domain.matching.engine import Screener
from risk.domain.matching.met_words import read_goods_texts
from risk.domain.matching.tail import FILE_NAME, InnocentTail, open_tail
from risk.domain.permits.exemptions import ExemptionFacts, exemptions_of
from risk.domain.substances import CoverName, ListEntry, SubstanceIdentifier, SubstanceName
from risk.models import CoverName as CoverNameRow
from risk.models import ListEdition, Substance
from risk.models import SubstanceIdentifier as SubstanceIdentifierRow
from risk.models import SubstanceName as SubstanceNameRow
from risk.models.choices import CoverNameState
from risk.models.lists import LAW
from risk.selectors.drafted import names_to_come
from risk.selectors.entries import entries_by_edition, entries_of

CALIBRATION = Path(settings.TARGETING["FIXTURES_DIR"]) / "matching" / "calibration.csv"
COMPILED_NAMES = Path(settings.DATA_DIR) / "lexicon"
INNOCENT_NAMES = Path(settings.TARGETING["FIXTURES_DIR"]) / "names" / "innocent.csv"
GOODS = Path(settings.TARGETING["FIXTURES_DIR"]) / "goods"
# A chunk meets few periods, most of them the present one. A screener is tens of megabytes.
PERIODS_KEPT = 4


class LawInForce(msgspec.Struct, frozen=True):
    """What facts need to know of the lists that are law in one period.

    ``verified`` are the codes of lists that a person compared with their act; ``kinds`` maps
    (list_code, substance_key) to SubstanceKind values; ``substance_ids`` maps keys to primary
    keys; ``coded`` are the substances for which some list gives a tariff code; ``editions`` maps
    list codes to the numbers of their editions in force; ``exemptions`` are what the lists of the
    office's own law say of small quantities, by substances of which some of them exempts any;
    ``home`` are the codes of those lists.
    """

    period: Period
    verified: frozenset[str]
    kinds: dict[tuple[str, str], tuple[str, ...]]
    substance_ids: dict[str, int]
    coded: frozenset[str]
    editions: dict[str, int]
    exemptions: dict[str, tuple[ExemptionFacts, ...]]
    home: frozenset[str]


class ListsInForce(LawInForce, frozen=True):
    """The law of one period with what finds its substances in texts.

    ``coming`` screens for what comes into force within ``UPCOMING_DAYS`` after the day
    asked for; None when nothing does.
    """

    screener: Screener
    digest: bytes
    coming: Screener | None = None


class Catalogue(msgspec.Struct, frozen=True):
    """Every edition that is or was law, with all names and what editors gave of identifiers:
    what any day's lists are made of. ``home`` are the codes of the lists of the office's law."""

    editions: tuple[EditionInForce, ...]
    names: tuple[SubstanceName, ...]
    cover_names: tuple[CoverName, ...]
    identifiers: tuple[SubstanceIdentifier, ...]
    verified: frozenset[tuple[str, int]]
    home: frozenset[str]
    substance_ids: dict[str, int]
    changes: tuple[date, ...]


class Known(NamedTuple):
    """What is known of some substances: on lists, by names, by identifiers of editors."""

    entries: list[ListEntry]
    names: list[SubstanceName]
    cover_names: list[CoverName]
    identifiers: list[SubstanceIdentifier]


def lists_in_force(on: date) -> ListsInForce:
    """The lists as they are law on the office's day ``on``.

    Nothing changes between two change days, so a screener is built once a period, which
    takes seconds, and kept for the process until an edition or a name changes; seeing
    that costs one query for one row.
    """
    return lists_by_day([on])[on]


def lists_by_day(days: Iterable[date]) -> dict[date, ListsInForce]:
    """:func:`lists_in_force` of each of the days; one query for all of them."""
    revision = _revision()
    catalogue = _catalogue(revision)
    return {day: _of_day(revision, catalogue, day) for day in sorted(set(days))}


def law_by_day(days: Iterable[date]) -> dict[date, LawInForce]:
    """The law of each of the offices' days, without the screeners that take seconds to build; one
    query for all of them."""
    revision = _revision()
    changes = _catalogue(revision).changes
    return {day: _law_of_period(revision, period_of(day, changes)) for day in sorted(set(days))}


def lists_with(edition: ListEdition, day: date) -> ListsInForce:
    """The lists of the day as if ``edition``, whatever its state, were law on it.

    Takes seconds: a screener is built, and the last one is kept.
    """
    return _with_edition(_revision(), edition.pk, edition.version, day)


def entries_on(list_code: str, day: date) -> tuple[ListEntry, ...]:
    """What one list holds as law on the day."""
    found = flattened(_catalogue(_revision()).editions, day)
    return tuple(entry for entry in found if entry.list_code == list_code)


def known_of(substances: Collection[str], day: date) -> Known:
    """What any list holds of these substances as law on the day, all names that they have, and
    had when they were disguised, and their identifiers."""
    catalogue = _catalogue(_revision())
    return Known(
        [one for one in flattened(catalogue.editions, day) if one.substance_key in substances],
        [one for one in catalogue.names if one.substance_key in substances],
        [one for one in catalogue.cover_names if one.substance_key in substances],
        [one for one in catalogue.identifiers if one.substance_key in substances],
    )


def draft_entries_on(edition: ListEdition, day: date) -> tuple[ListEntry, ...]:
    """What an edition would hold on the day if it were law."""
    return flattened([_as_law(edition)], day)


def editions_that_are_law() -> tuple[EditionInForce, ...]:
    """Every edition that is or was law with its entries and period."""
    return _catalogue(_revision()).editions


def stored_names() -> tuple[SubstanceName, ...]:
    """All names of all substances."""
    return _catalogue(_revision()).names


def build_screener(
    entries: Sequence[ListEntry],
    names: Sequence[SubstanceName],
    cover_names: Sequence[CoverName] = (),
    identifiers: Sequence[SubstanceIdentifier] = (),
) -> Screener:
    """A screener with the names of innocent chemicals that ship with the project."""
    return Screener(
        entries,
        names,
        innocent_names(),
        stored_calibration(),
        cover_names=cover_names,
        identifiers=identifiers,
        tail=innocent_tail(),
        goods=read_goods_texts(GOODS),
        cache_folder=COMPILED_NAMES,
    )


@lru_cache(maxsize=1)
def stored_calibration() -> Calibration:
    """What strength of evidence means, as fitted to the labelled cases."""
    return read_calibration(CALIBRATION)


@lru_cache(maxsize=1)
def innocent_names() -> tuple[str, ...]:
    """Names of chemicals on no list, which keep near names from being taken for listed ones."""
    return read_innocent_names(INNOCENT_NAMES)


@lru_cache(maxsize=1)
def innocent_tail() -> InnocentTail | None:
    """Many more such names, as hashes; None where the file is missing. Mapped once a process."""
    return open_tail(INNOCENT_NAMES.with_name(FILE_NAME))


def screener_digest(screener: Screener) -> bytes:
    """16 bytes that name a screener: the key of what it answered."""
    return hashlib.blake2b(screener.digest.encode(), digest_size=16).digest()


def _revision() -> str:
    """What changes with everything that screening depends on; blank before anything is stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM risk_listsrevision ORDER BY id LIMIT 1")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


@lru_cache(maxsize=2)
def _catalogue(revision: str) -> Catalogue:
    stored = list(
        ListEdition.objects.filter(state__in=LAW)
        .select_related("control_list")
        .order_by("control_list__code", "number")
    )
    in_force = [edition for edition in stored if not edition.period.is_empty]
    entries = entries_by_edition(in_force)
    editions = tuple(
        EditionInForce(
            list_code=edition.control_list.code,
            number=edition.number,
            period=edition.period,
            entries=entries[edition.pk],
        )
        for edition in in_force
    )
    names = tuple(
        SubstanceName(
            substance_key=key, name=name, lang=lang, kind=kind, source=source, verification=checked
        )
        for key, name, lang, kind, source, checked in SubstanceNameRow.objects.order_by(
            "substance__key", "lang", "name"
        ).values_list("substance__key", "name", "lang", "kind", "source", "verification")
    )
    return Catalogue(
        editions=editions,
        names=names,
        cover_names=tuple(
            row.as_cover()
            for row in CoverNameRow.objects.filter(state=CoverNameState.ACTIVE)
            .select_related("substance")
            .order_by("pk")
        ),
        identifiers=tuple(
            SubstanceIdentifier(substance_key=key, kind=kind, value=value)
            for key, kind, value in SubstanceIdentifierRow.objects.filter(is_by_hand=True)
            .order_by("substance__key", "kind", "value")
            .values_list("substance__key", "kind", "value")
        ),
        verified=frozenset(
            (edition.control_list.code, edition.number)
            for edition in in_force
            if edition.is_verified
        ),
        home=_at_home(stored),
        substance_ids=dict(Substance.objects.values_list("key", "pk")),
        changes=change_days(editions),
    )


def _at_home(editions: Iterable[ListEdition]) -> frozenset[str]:
    """Codes of those editions' lists that are the office's own law."""
    lists = (edition.control_list for edition in editions)
    home = settings.TARGETING["JURISDICTIONS"]
    return frozenset(one.code for one in lists if one.jurisdiction in home)


def _of_day(revision: str, catalogue: Catalogue, day: date) -> ListsInForce:
    period = period_of(day, catalogue.changes)
    changes = changes_after(day, catalogue.changes, within_days=settings.TARGETING["UPCOMING_DAYS"])
    return _of_period_before(revision, period, changes) if changes else _of_period(revision, period)


@lru_cache(maxsize=PERIODS_KEPT)
def _of_period_before(revision: str, period: Period, changes: tuple[date, ...]) -> ListsInForce:
    """The lists of the period on those of its days from which these changes are near."""
    lists = _of_period(revision, period)
    editions = _catalogue(revision).editions
    entries = upcoming(editions, period.since or date.min, changes=changes)
    if not entries:
        return lists
    return msgspec.structs.replace(lists, coming=_screener_of(revision, entries))


@lru_cache(maxsize=PERIODS_KEPT)
def _of_period(revision: str, period: Period) -> ListsInForce:
    catalogue = _catalogue(revision)
    entries = flattened(catalogue.editions, period.since or date.min)
    return _with_screener(_law_of_period(revision, period), catalogue, entries)


@lru_cache(maxsize=PERIODS_KEPT)
def _law_of_period(revision: str, period: Period) -> LawInForce:
    catalogue, day = _catalogue(revision), period.since or date.min
    return _law_of(catalogue, period, day, flattened(catalogue.editions, day))


@lru_cache(maxsize=1)
def _with_edition(revision: str, edition_id: int, version: int, day: date) -> ListsInForce:
    catalogue = _catalogue(revision)
    edition = ListEdition.objects.select_related("control_list").get(pk=edition_id)
    own = _as_law(edition)
    others = tuple(one for one in catalogue.editions if one.list_code != own.list_code)
    verified = {(own.list_code, own.number)} if edition.is_verified else set()
    changed = msgspec.structs.replace(
        catalogue,
        editions=(*others, own),
        names=_with_new(catalogue.names, names_to_come(edition)),
        verified=catalogue.verified | verified,
        home=catalogue.home | _at_home([edition]),
        substance_ids=dict(Substance.objects.values_list("key", "pk")),
    )
    entries = flattened(changed.editions, day)
    return _with_screener(_law_of(changed, Period(day, None), day, entries), changed, entries)


def _with_new(
    names: tuple[SubstanceName, ...], more: tuple[SubstanceName, ...]
) -> tuple[SubstanceName, ...]:
    known = {(one.substance_key, one.lang, one.name) for one in names} if more else set()
    new = (one for one in more if (one.substance_key, one.lang, one.name) not in known)
    return (*names, *new)


def _as_law(edition: ListEdition) -> EditionInForce:
    return EditionInForce(
        list_code=edition.control_list.code,
        number=edition.number,
        period=Period(),
        entries=entries_of(edition),
    )


def _law_of(
    catalogue: Catalogue, period: Period, day: date, entries: Sequence[ListEntry]
) -> LawInForce:
    kinds: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        kinds.setdefault((entry.list_code, entry.substance_key), set()).add(entry.kind.value)
    in_force = [edition for edition in catalogue.editions if edition.period.holds(day)]
    return LawInForce(
        period=period,
        verified=frozenset(
            edition.list_code
            for edition in in_force
            if (edition.list_code, edition.number) in catalogue.verified
        ),
        kinds={key: tuple(sorted(values)) for key, values in kinds.items()},
        substance_ids=catalogue.substance_ids,
        coded=frozenset(entry.substance_key for entry in entries if entry.hs6),
        editions={edition.list_code: edition.number for edition in in_force},
        exemptions=exemptions_of(entries, catalogue.home),
        home=catalogue.home,
    )


def _with_screener(
    law: LawInForce, catalogue: Catalogue, entries: Sequence[ListEntry]
) -> ListsInForce:
    screener = _screener(catalogue, entries)
    digest = screener_digest(screener)
    return ListsInForce(**msgspec.structs.asdict(law), screener=screener, digest=digest)


@lru_cache(maxsize=PERIODS_KEPT)
def _screener_of(revision: str, entries: tuple[ListEntry, ...]) -> Screener:
    return _screener(_catalogue(revision), entries)


def _screener(catalogue: Catalogue, entries: Sequence[ListEntry]) -> Screener:
    return build_screener(entries, catalogue.names, catalogue.cover_names, catalogue.identifiers)
