"""The four-way check on generated data: planted cases are found, honest permit holders are not
accused; and over the API."""

import csv
import json
from decimal import Decimal

import pytest
from django.core.management import call_command

from risk.models import IndicatorRow, LaneDecision
from risk.selectors.four_way import four_way_checks
from shipments.models import Declaration
from tests.factories.returns import ConsignmentReturnFactory
from tests.integration.conftest import declaration

pytestmark = pytest.mark.django_db
KINDS = (
    "permit_missing",
    "permit_expired",
    "permit_borrowed",
    "permit_overdrawn",
    "notice_without_declaration",
    "split_consignments",
    "permitted_maker",
)
FAULTS = ("permit_", "notice_", "consignments_", "requirement_")


@pytest.fixture
def generated(tmp_path, take_in):
    """A run with its registers loaded, through the whole pipeline; its truth by number."""
    out = tmp_path / "out.ndjson"
    call_command(
        "generate_declarations", str(out), "--count", "1500", "--seed", "88", "--planted", "0.08",
        "--traps", "0.05", "--from", "2025-03-01", "--to", "2025-12-30", "--processes", "1",
        "--kinds", ",".join(KINDS), verbosity=0,
    )  # fmt: skip
    authorisations = out.with_name("out.authorisations.ndjson")
    call_command("load_authorisations", str(authorisations), "--authority", "generated")
    call_command("load_notifications", str(out.with_name("out.notices.ndjson")))
    with out.with_name("out.truth.csv").open(encoding="utf-8", newline="") as stream:
        truth = {row["registration_number"]: row for row in csv.DictReader(stream)}
    # The registers are about planted cases and traps; honest traffic is not needed beside them.
    lines = out.read_bytes().splitlines()
    lines = [line for line in lines if json.loads(line)["registration_number"] in truth]
    take_in(b"\n".join(lines))
    return truth


def test_check_when_cases_are_planted_then_found_and_honest_holders_are_not_accused(generated):
    ids = dict(Declaration.objects.current().values_list("registration_number", "pk"))
    checks = four_way_checks(list(ids.values()))
    accused = {
        number: sorted({reason for row in checks[pk] for reason in row.reasons})
        for number, pk in ids.items()
    }
    of_label = {
        label: [number for number, row in generated.items() if row["label"] == label]
        for label in ("planted", "trap")
    }
    missed = [(n, generated[n]["kind"]) for n in of_label["planted"] if not accused.get(n)]
    assert len(missed) <= 0.02 * len(of_label["planted"]), missed
    split: dict[str, set[str]] = {}
    for number in of_label["planted"]:
        if generated[number]["kind"] == "split_consignments":
            group = generated[number]["detail"].partition(";")[0]
            split.setdefault(group, set()).add(number)
    told = set(
        IndicatorRow.objects.filter(code="consignments_split").values_list(
            "assessment__declaration__registration_number", flat=True
        )
    )
    assert split
    assert [group for group, numbers in split.items() if numbers.isdisjoint(told)] == []
    blamed = {number: accused[number] for number in of_label["trap"] if accused[number]}
    assert blamed == {}
    # The score: no permit or notice indicator against them, and no lane for being new.
    traps = IndicatorRow.objects.filter(
        assessment__declaration__registration_number__in=of_label["trap"]
    )
    codes = set(traps.values_list("code", flat=True))
    assert not {code for code in codes if code.startswith(FAULTS)}
    assert "importer_new" not in codes
    lanes = LaneDecision.objects.filter(
        assessment__declaration__registration_number__in=of_label["trap"]
    )
    assert set(lanes.values_list("criteria_lane", flat=True)) <= {"blue", "green"}


def test_check_when_small_consignments_of_linked_firms_add_up_then_seen_as_one(take_in):
    def small(number: int):
        firm = {
            "name": f"ТОО «Малый {number % 2}»",
            "country": "KZ",
            "identifiers": [
                {"kind": "bin", "value": ["990140000007", "850340000008"][number % 2]},
                {"kind": "phone", "value": "+77010000001"},
            ],
        }
        item = {"description": "АЦЕТОН, чистый", "commodity_code": "2914110000", "net_mass_kg": 5}
        parties = [{"role": role, **firm} for role in ("importer", "consignee")]
        return declaration(number, item=item, parties=parties)

    take_in(small(number) for number in range(1, 5))
    first = Declaration.objects.earliest("registration_number").registration_number
    ConsignmentReturnFactory(registration_number=first, number="R1", reported_kg=4)
    rows = {
        row.registration_number: four_way_checks([row.pk])[row.pk]
        for row in Declaration.objects.order_by("registration_number")
    }
    told = rows[first][0].cells[-1]
    assert (told.side, told.verdict, told.source) == ("received", "differs", "R1")
    assert rows[first][0].reasons[-1] == "received:other_mass"
    totals = [row.running for (row,) in rows.values()]
    assert [one.group_year_kg for one in totals] == [Decimal(5 * n) for n in range(1, 5)]
    assert [one.is_split for one in totals] == [False, False, True, True]
