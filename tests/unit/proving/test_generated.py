"""What a run holds: it parses, its truth points to items, its traffic looks like traffic."""

import json
import re
import statistics
from collections import defaultdict
from datetime import date, datetime

from stdnum import iban, iso6346

from risk.domain.proving.blocks import BLOCK, Generator
from risk.domain.proving.kinds import PLANTS, TRAPS
from shipments.domain.records import IdentifierRecord
from shipments.domain.values import IdentifierKind, PartyRoleKind, is_bin_valid
from tests.unit.proving.conftest import COUNT, FIRST, LAST, files_of, rows, settings_of


def test_lines_when_parsed_then_none_has_an_issue(parsed):
    assert len(parsed) == COUNT
    assert [found.issues for found in parsed if found.issues] == []


def test_lines_when_read_then_in_order_of_acceptance_within_the_days(declarations):
    moments = [one.accepted_at for one in declarations]
    assert moments == sorted(moments)
    assert date(2024, 12, 31) <= moments[0].date() <= FIRST
    assert moments[-1].date() <= LAST


def test_numbers_when_amended_then_the_first_version_came_before(declarations):
    seen = {}
    for one in declarations:
        assert one.version == seen.get(one.registration_number, 0) + 1
        seen[one.registration_number] = one.version
    amended = sum(version > 1 for version in seen.values())
    assert 0.01 * COUNT < amended < 0.03 * COUNT


def test_blocks_when_made_in_any_order_then_the_same_bytes(materials):
    settings = settings_of(count=3 * BLOCK)
    first, second = Generator(settings, materials), Generator(settings, materials)
    backwards = {number: second.block(number) for number in reversed(range(3))}
    assert [first.block(number) for number in range(3)] == [backwards[n] for n in range(3)]


def test_run_when_the_seed_differs_then_other_lines(materials, generated):
    settings = settings_of(seed=12)
    assert files_of(Generator(settings, materials), settings)[".ndjson"] != generated[".ndjson"]


def test_identifiers_when_checked_then_their_digits_are_right(declarations):
    identifiers = {
        identifier
        for one in declarations
        for party in one.parties
        for identifier in party.identifiers
    }
    by_kind = defaultdict(set)
    for identifier in identifiers:
        assert isinstance(identifier, IdentifierRecord)
        by_kind[identifier.kind].add(identifier.value)
    assert all(map(is_bin_valid, by_kind[IdentifierKind.BIN]))
    assert all(map(iban.is_valid, by_kind[IdentifierKind.BANK_ACCOUNT]))
    assert all(re.fullmatch(r"\+77\d{9}", phone) for phone in by_kind[IdentifierKind.PHONE])
    assert all(".example." in email for email in by_kind[IdentifierKind.EMAIL])
    containers = {number for one in declarations for number in one.containers}
    assert containers
    assert all(map(iso6346.is_valid, containers))


def test_truth_when_read_then_every_kind_occurs_and_points_to_an_item(truth, declarations):
    items = {
        one.registration_number: {item.item_number for item in one.items} for one in declarations
    }
    for row in truth:
        assert int(row["item_number"]) in {0, *items[row["registration_number"]]}
        assert row["difficulty"] in {"easy", "medium", "hard"}
    found = {(row["label"], row["kind"]) for row in truth}
    assert found == {("planted", kind.code) for kind in PLANTS} | {
        ("trap", kind.code) for kind in TRAPS
    }


def test_truth_when_counted_then_the_rate_is_that_of_the_settings(truth):
    planted = {row["registration_number"] for row in truth if row["label"] == "planted"}
    assert 0.04 * COUNT < len(planted) <= 0.05 * COUNT


def test_cases_of_several_when_read_then_they_share_a_group(truth):
    groups = defaultdict(set)
    for row in truth:
        if row["kind"] in {"split_consignments", "recurring_channel", "phoenix_firm"}:
            groups[row["kind"], row["detail"].partition(";")[0]].add(row["registration_number"])
    assert groups
    assert all(group.startswith("group=G") for _, group in groups)
    assert all(len(numbers) > 1 for numbers in groups.values())


def test_run_when_nothing_is_planted_then_no_truth(materials):
    settings = settings_of(count=BLOCK, planted=0.0, traps=0.0)
    assert rows(files_of(Generator(settings, materials), settings)[".truth.csv"]) == []


def test_run_when_kinds_are_chosen_then_only_these(materials):
    settings = settings_of(count=BLOCK, codes=("typo", "absence"))
    found = rows(files_of(Generator(settings, materials), settings)[".truth.csv"])
    assert {row["kind"] for row in found} == {"typo", "absence"}


def test_traffic_when_counted_then_chapters_languages_and_prices_spread(declarations):
    items = [item for one in declarations for item in one.items]
    assert len({item.commodity_code[:2] for item in items}) > 80
    russian = sum(bool(re.search("[а-яА-Я]", item.description)) for item in items)
    chinese = sum(bool(re.search("[\u4e00-\u9fff]", item.description)) for item in items)
    assert 0.75 < russian / len(items) < 0.95
    assert 0.01 < chinese / len(items) < 0.10
    prices = defaultdict(list)
    for item in items:
        prices[item.commodity_code].append(float(item.statistical_value / item.net_mass_kg))
    spreads = [max(known) / min(known) for known in prices.values() if len(known) >= 8]
    assert 1.2 < statistics.median(spreads) < 20
    assert {len(one.items) for one in declarations} == {1, 2, 3, 4, 5}


def test_importers_when_counted_then_few_bring_much_and_texts_repeat(declarations):
    counts = defaultdict(int)
    for one in declarations:
        counts[next(p.name for p in one.parties if p.role is PartyRoleKind.IMPORTER)] += 1
    most = sorted(counts.values(), reverse=True)
    assert sum(most[: len(most) // 5]) > 0.35 * COUNT
    texts = [item.description for one in declarations for item in one.items]
    assert len(set(texts)) < 0.85 * len(texts)


def test_permits_when_declared_then_they_stand_in_the_registers(generated, declarations, truth_of):
    licences, notices = (
        {json.loads(line)["number"] for line in generated[ending].splitlines()}
        for ending in (".authorisations.ndjson", ".notices.ndjson")
    )
    makers = 0
    for one in declarations:
        kinds = {row["kind"] for row in truth_of.get(one.registration_number, ())}
        documents = [document for item in one.items for document in item.documents]
        shown = {document.number for document in documents if document.code == "01011"}
        assert shown <= licences
        assert {d.number for d in documents if d.code == "01332"} <= notices
        if "permitted_maker" in kinds:
            makers += 1
            assert shown
        elif not kinds:
            assert not shown
    assert makers


def test_registers_when_read_then_offenders_and_predecessors_are_in_them(generated, truth):
    register = {row["bin"]: row for row in rows(generated[".register.csv"])}
    offenders = {row["bin"] for row in rows(generated[".offenders.csv"])}
    assert offenders <= set(register)
    predecessors = {
        row["detail"].partition("predecessor=")[2] for row in truth if row["kind"] == "phoenix_firm"
    }
    assert predecessors
    assert predecessors <= offenders
    assert all(register[number]["closed_on"] for number in predecessors)


def test_outcomes_when_read_then_noisy_and_of_declared_items(generated, declarations, truth_of):
    outcomes = rows(generated[".outcomes.csv"])
    known = {
        (one.registration_number, item.item_number): one
        for one in declarations
        if one.version == 1
        for item in one.items
    }
    for row in outcomes:
        one = known[row["registration_number"], int(row["item_number"])]
        assert datetime.fromisoformat(row["inspected_at"]) > one.accepted_at
        assert row["result"] in {"offence", "clean", "inconclusive"}
        assert row["selected_by"] in {"criteria", "officer", "random"}
    results = {(row["registration_number"] in truth_of, row["result"]) for row in outcomes}
    assert {(True, "offence"), (True, "clean"), (False, "clean")} <= results
    inspected = {row["registration_number"] for row in outcomes}
    last = max(one.accepted_at for one in declarations if one.registration_number in inspected)
    assert last.date() < date(2025, 11, 1)
