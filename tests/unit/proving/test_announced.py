"""What was announced and then declared, the same or otherwise, as linking sees it."""

import io
from collections import defaultdict
from datetime import timedelta

from risk.domain.preliminary import Stated, StatedItem, StatedParty, compare
from risk.domain.proving.blocks import Generator
from shipments.domain.formats import format_by_key
from shipments.domain.records import DeclarationRecord
from tests.unit.proving.conftest import files_of, rows, settings_of

CODES = ("declared_otherwise", "declared_as_announced")


def stated(record: DeclarationRecord) -> Stated:
    return Stated(
        registration_number=record.registration_number,
        accepted_at=record.accepted_at,
        containers=record.containers,
        country_of_dispatch=record.country_of_dispatch,
        border_office=record.border_office,
        parties=tuple(
            StatedParty(
                party.role.value,
                party.name,
                tuple({"kind": one.kind.value, "value": one.value} for one in party.identifiers),
            )
            for party in record.parties
        ),
        items=tuple(
            StatedItem(
                item.item_number,
                item.commodity_code,
                item.description,
                item.net_mass_kg,
                item.gross_mass_kg,
            )
            for item in record.items
        ),
    )


def test_announced_when_declared_then_linked_and_only_the_planted_differ(materials) -> None:
    settings = settings_of(count=1_000, codes=CODES)
    files = files_of(Generator(settings, materials), settings)
    records = {
        place.declaration.registration_number: place.declaration
        for place in format_by_key("ndjson").parse(io.BytesIO(files[".ndjson"]))
        if place.declaration and place.declaration.version == 1
    }
    pairs = defaultdict(list)
    truth = {row["registration_number"]: row["kind"] for row in rows(files[".truth.csv"])}
    for number in truth:
        pairs[records[number].containers].append(records[number])
    outcomes = defaultdict(set)
    for announced, declared in pairs.values():
        assert announced.document_kind == "preliminary"
        # Days later, in a thin run too: nobody compares what lies WINDOW_DAYS apart.
        assert timedelta(0) < declared.accepted_at - announced.accepted_at < timedelta(days=12)
        assert truth[announced.registration_number] == "declared_as_announced"
        found = compare(stated(announced), stated(declared))
        assert found.is_linked
        outcomes[truth[declared.registration_number]].add(bool(found.differences))
    assert outcomes == {"declared_otherwise": {True}, "declared_as_announced": {False}}
    assert len(pairs) > 20
