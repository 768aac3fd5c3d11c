"""Substances as they are searched and shown, and what they are called in sentences."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db.models import Exists, FilteredRelation, Max, OuterRef, Prefetch, Q, QuerySet

from risk.models import ListEdition, ListEntry, Substance, SubstanceIdentifier, SubstanceName
from risk.models.choices import EditionState
from risk.models.lists import LAW

# As printed in a list, then the everyday name, then the systematic one.
_KINDS = ("list", "common", "iupac")


NO_NAMES: Mapping[str, str] = MappingProxyType({})
_CAS = re.compile(r"\d{2,7}-\d{2}-\d")


@dataclass(frozen=True, slots=True)
class SubstanceSummary:
    """A substance with its CAS numbers and where it is listed: (list code, edition, verified)."""

    substance: Substance
    cas_rns: tuple[str, ...]
    kinds: tuple[str, ...]
    lists: tuple[tuple[str, int, bool], ...]


def matching_substances(text: str) -> Q:
    """The condition on substances: a whole CAS number, or part of a name in any language,
    of the key, or a whole identifier of another kind."""
    if _CAS.fullmatch(text):
        numbers = SubstanceIdentifier.objects.filter(kind="cas", value=text)
        entries = ListEntry.objects.filter(cas_rn=text)
        return Q(pk__in=numbers.values("substance")) | Q(pk__in=entries.values("substance"))
    names = SubstanceName.objects.filter(name__icontains=text)
    identifiers = SubstanceIdentifier.objects.filter(value=text)
    return (
        Q(preferred_name__icontains=text)
        | Q(key__icontains=text)
        | Q(pk__in=names.values("substance"))
        | Q(pk__in=identifiers.values("substance"))
    )


def substances_named(text: str) -> QuerySet[SubstanceName, Any]:
    """Keys of the substances of which a name in any language holds the text."""
    return SubstanceName.objects.filter(name__icontains=text).values("substance")


def substances_numbered(text: str) -> QuerySet[SubstanceIdentifier, Any]:
    """Keys of the substances with an identifier that is the text."""
    return SubstanceIdentifier.objects.filter(value=text).values("substance")


def listed_entries() -> QuerySet[ListEntry]:
    """Entries of the editions that are law now or will be, by list."""
    return (
        ListEntry.objects.filter(edition__state=EditionState.APPROVED)
        .select_related("edition__control_list")
        .order_by("edition__control_list__code", "edition__number", "form_name")
    )


def first_listed(*, before: date) -> Exists:
    """Substances that some list held before the day, an edition without a first day included."""
    law = ListEntry.objects.filter(substance=OuterRef("pk"), edition__state__in=LAW)
    earlier = Q(edition__in_force_from__lt=before) | Q(edition__in_force_from=None)
    return Exists(law.filter(earlier))


def summarise_substances(rows: Sequence[Substance]) -> list[SubstanceSummary]:
    """The page with what its lines show, in two queries."""
    cas: dict[int, set[str]] = defaultdict(set)
    numbers = SubstanceIdentifier.objects.filter(substance__in=rows, kind="cas")
    for pk, value in numbers.values_list("substance", "value"):
        cas[pk].add(value)
    kinds: dict[int, set[str]] = defaultdict(set)
    lists: dict[int, set[tuple[str, int, bool]]] = defaultdict(set)
    for entry in listed_entries().filter(substance__in=rows):
        edition = entry.edition
        kinds[entry.substance_id].add(entry.kind)
        place = (edition.control_list.code, edition.number, edition.is_verified)
        lists[entry.substance_id].add(place)
    return [
        SubstanceSummary(
            substance=row,
            cas_rns=tuple(sorted(cas[row.pk])),
            kinds=tuple(sorted(kinds[row.pk])),
            lists=tuple(sorted(lists[row.pk])),
        )
        for row in rows
    ]


def substances_in_full() -> QuerySet[Substance]:
    """Substances with names, identifiers and listed entries."""
    return Substance.objects.prefetch_related(
        Prefetch("names", SubstanceName.objects.order_by("lang", "kind", "name")),
        Prefetch("identifiers", SubstanceIdentifier.objects.order_by("form_name", "kind", "value")),
        Prefetch("entries", listed_entries(), to_attr="listed"),
    )


def changed_at(substance: Substance) -> datetime:
    """When anything shown of a substance in full last changed, its editions' periods and
    verification included; one query."""
    law = ListEdition.objects.filter(entries__substance=substance, state__in=LAW)
    last: datetime | None = law.aggregate(last=Max("events__pgh_created_at"))["last"]
    moments: list[datetime] = [substance.changed_at, *([last] if last else [])]
    moments += [name.added_at for name in substance.names.all()]
    moments += [identifier.added_at for identifier in substance.identifiers.all()]
    return max(moments)


def substance_names(
    keys: Iterable[str], *, lang: str, known: Mapping[str, str] = NO_NAMES
) -> dict[str, str]:
    """The name to show for each key: in the language if it has one. One query, none when all are
    among the ``known``, names that the same reader was shown already."""
    asked = set(keys)
    wanted = asked - known.keys()
    found = _names(wanted, lang) if wanted else {}
    return {key: known[key] for key in asked & known.keys()} | found


def _names(keys: set[str], lang: str) -> dict[str, str]:
    # English is what substances are called here; what Kazakh does not name, Russian does.
    langs = {"en": [""], "kk": ["kk", "ru"]}.get(lang, [lang])
    said = Q(names__lang__in=langs, names__kind__in=_KINDS)
    rows = list(
        Substance.objects.filter(key__in=keys)
        .annotate(said=FilteredRelation("names", condition=said))
        .values_list("key", "preferred_name", "said__kind", "said__name", "said__lang")
    )
    told = [(langs.index(of), kind, key, name) for key, _, kind, name, of in rows if name]
    ranked = sorted(told, key=lambda row: (-row[0], -_KINDS.index(row[1]), row[3]))
    return {key: name for key, name, *_ in rows} | {key: name for *_, key, name in ranked}
