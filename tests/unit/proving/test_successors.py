"""Planted phoenix firms in generated registers: found, and nothing else taken for one."""

import io
from collections import Counter, defaultdict
from itertools import product

from risk.domain.network.entity_reading import read_entity_sheet
from risk.domain.network.successions import MOST_HOLDERS, Entity, find_succession
from risk.domain.permits.entry_fields import Known
from risk.domain.proving.blocks import Generator
from shipments.domain.formats import format_by_key
from shipments.domain.legal_entities import person_key
from tests.unit.proving.conftest import files_of, rows, settings_of

KNOWN = Known(frozenset(), {}, "register")


def proposed(files):
    """(predecessor, successor) by number, among closed firms that the leads name."""
    reading = read_entity_sheet(files[".register.csv"], file_name="register.csv", known=KNOWN)
    assert reading.rejected == ()
    entities = {
        record.number: Entity(
            key=place,
            registered_on=record.registered_on,
            closed_on=record.closed_on,
            head=person_key(record.head),
            owners=frozenset(map(person_key, record.owners)),
            ties=record.ties,
        )
        for place, record in enumerate(reading.records)
    }
    by_tie = defaultdict(list)
    for record in reading.records:
        for tie in record.ties:
            by_tie[tie].append(record.number)
    holders = Counter({tie: len(numbers) for tie, numbers in by_tie.items()})
    watched = {row["value"] for row in rows(files[".leads.csv"]) if row["kind"] == "bin"}
    near = {
        pair
        for numbers in by_tie.values()
        if len(numbers) <= MOST_HOLDERS
        for pair in product(watched.intersection(numbers), numbers)
    }
    return {pair for pair in near if find_succession(entities[pair[0]], entities[pair[1]], holders)}


def test_phoenix_firms_when_planted_then_found(materials):
    """Bars: recall 0.95, precision 0.9; beside other offenders, rings and traps."""
    settings = settings_of(
        codes=(
            *("phoenix_firm", "shared_phone_with_offender", "recurring_channel"),
            *("shared_business_centre", "big_innocent_broker"),
        )
    )
    files = files_of(Generator(settings, materials), settings)
    importer = {
        one.declaration.registration_number: next(
            i.value for p in one.declaration.parties for i in p.identifiers if i.kind == "bin"
        )
        for one in format_by_key("ndjson").parse(io.BytesIO(files[".ndjson"]))
    }
    planted = {
        (row["detail"].rpartition("predecessor=")[2], importer[row["registration_number"]])
        for row in rows(files[".truth.csv"])
        if row["kind"] == "phoenix_firm"
    }
    found = proposed(files)
    assert len(planted) > 10
    assert len(found & planted) >= 0.95 * len(planted)
    assert len(found & planted) >= 0.9 * len(found)


def test_phoenix_firms_when_none_is_planted_then_next_to_nothing_is_found(materials):
    """Bar: two proposals in 10,000 declarations; traps are there."""
    settings = settings_of(count=10_000, planted=0.0, traps=0.05)
    files = files_of(Generator(settings, materials), settings)
    assert any(row["kind"] == "bin" for row in rows(files[".leads.csv"]))
    assert len(proposed(files)) <= 2
