"""Planted rings and phoenix pairs out of the pipeline's own results, held against the truth."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from io import StringIO
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import networkx as nx
from django.core.management import call_command

from risk.domain.four_eyes import Actor
from risk.domain.leads_csv import read_leads
from risk.selectors.shared_identifiers import MOST_HOLDERS, shared_identifiers
from risk.services.watchlists import approve_entry, propose_entry
from shipments.domain.values import IdentifierKind, PartyRoleKind
from shipments.models import PartyIdentifier, PartyRole
from targeting.selectors.scope import EVERYTHING
from targeting.selectors.successions import scoped_successions

RINGS = frozenset({"split_consignments", "reagent_basket", "recurring_channel"})
"""Kinds whose cases are of firms with one telephone."""
PHOENIX = "phoenix_firm"
# Of one's own, as a telephone that is no reception's; an address is the house's.
_TYING = frozenset(
    kind.value
    for kind in (
        IdentifierKind.PHONE,
        IdentifierKind.EMAIL,
        IdentifierKind.BANK_ACCOUNT,
        IdentifierKind.WALLET,
    )
)
_PROPOSER, _APPROVER = Actor("bench:1", "bench:1"), Actor("bench:2", "bench:2")
Pairs = frozenset[tuple[str, str]]


class PlantedPairs(NamedTuple):
    """By number: importers of one planted ring, and closed firms with their successors."""

    rings: Pairs
    phoenix: Pairs


class Judged(NamedTuple):
    planted: int
    found: int
    right: int

    @property
    def recall(self) -> str:
        return f"{self.right / self.planted:.3f}" if self.planted else "–"

    @property
    def precision(self) -> str:
        return f"{self.right / self.found:.3f}" if self.found else "–"


def judged(planted: Pairs, found: Pairs) -> Judged:
    return Judged(len(planted), len(found), len(planted & found))


def load_register(out: Path, now: datetime) -> None:
    """The company register and the leads that the generator wrote beside the declarations."""
    register = out.with_name(f"{out.stem}.register.csv")
    call_command("load_legal_entities", str(register), "--authority=generated", stdout=StringIO())
    with out.with_name(f"{out.stem}.leads.csv").open(encoding="utf-8", newline="") as stream:
        leads, _ = read_leads(stream, today=now.date())
    # An offender may be one twice, and a telephone of two.
    known = {(lead.kind, lead.value): lead for lead in leads}
    for lead in known.values():
        entry = propose_entry(
            kind=lead.kind,
            value=lead.value,
            country=lead.country,
            reason=lead.reason,
            source="generated",
            valid_from=lead.valid_from,
            valid_until=lead.valid_until,
            by=_PROPOSER,
            now=now,
        )
        approve_entry(entry_id=entry.pk, by=_APPROVER, now=now)


def planted_pairs(truth: Path) -> PlantedPairs:
    """Who was planted as linked, by the truth file and who declared."""
    importer = _importers()
    rings: dict[tuple[str, str], set[str]] = defaultdict(set)
    phoenix: set[tuple[str, str]] = set()
    with truth.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            own = importer.get(row["registration_number"])
            if row["label"] != "planted" or own is None:
                continue
            details = dict(part.partition("=")[::2] for part in row["detail"].split(";"))
            if row["kind"] in RINGS:
                rings[row["kind"], details.get("group", "")].add(own)
            elif row["kind"] == PHOENIX:
                phoenix.add((details["predecessor"], own))
    return PlantedPairs(_pairs_within(rings.values()), frozenset(phoenix))


def ring_pairs() -> Pairs:
    """Importers that the network ties together by what is theirs, over any number of steps."""
    numbers = _numbers()
    graph = nx.Graph()
    for party, shares in shared_identifiers(list(numbers)).items():
        for one in shares:
            if one.kind in _TYING and not one.is_hub and not one.is_reception:
                graph.add_edges_from((party, other) for other in one.party_ids if other in numbers)
    groups = nx.connected_components(graph)
    return _pairs_within(
        {numbers[party] for party in group} for group in groups if len(group) <= MOST_HOLDERS
    )


def phoenix_pairs(day: date, since: date) -> Pairs:
    """Closed firms and their successors, as an analyst who sees everything is answered."""
    found = scoped_successions(scope=EVERYTHING, day=day, since=since, within_days=365)
    return frozenset(
        (one.predecessor.entity.number, one.successor.entity.number) for one in found.results
    )


def _pairs_within(groups: Iterable[set[str]]) -> Pairs:
    return frozenset(pair for group in groups for pair in combinations(sorted(group), 2))


def _numbers() -> Mapping[int, str]:
    """Importers by their BIN."""
    importers = PartyRole.objects.filter(
        role=PartyRoleKind.IMPORTER.value, party__isnull=False
    ).values("party")
    rows = PartyIdentifier.objects.filter(kind=IdentifierKind.BIN.value, party__in=importers)
    return dict(rows.values_list("party_id", "value"))


def _importers() -> Mapping[str, str]:
    numbers = _numbers()
    roles = PartyRole.objects.filter(role=PartyRoleKind.IMPORTER.value, party__in=numbers)
    rows = roles.values_list("declaration__registration_number", "party_id")
    return {number: numbers[party] for number, party in rows if party is not None}
