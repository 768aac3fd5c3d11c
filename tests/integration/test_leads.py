"""Leads of the watchlist as facts: the day, who bears the identifier, and with how many."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from risk.domain.facts import LeadFacts
from risk.domain.four_eyes import Actor
from risk.domain.lead_sharing import Sharing
from risk.domain.scoring import decode_facts
from risk.models import IndicatorRow, RiskAssessment, WatchlistEntry
from risk.services.watchlists import approve_entry, propose_entry
from shipments.domain.values import IdentifierKind
from targeting.selectors.table_digests import digest_tables
from tests.factories.targeting import UserFactory
from tests.integration.conftest import declaration

pytestmark = pytest.mark.django_db

PHONE = "+77272580000"
NOW = datetime(2025, 10, 1, tzinfo=UTC)
ANALYST, SENIOR = Actor("user:1", "person:1"), Actor("user:2", "person:2")


def watch(
    *,
    kind: IdentifierKind = IdentifierKind.PHONE,
    value: str = PHONE,
    valid_from: date = date(2025, 1, 1),
    valid_until: date | None = None,
    sharing: Sharing = Sharing.ANALYSTS,
) -> WatchlistEntry:
    entry = propose_entry(
        kind=kind,
        value=value,
        country="KZ",
        reason="seen at a laboratory",
        source="unit 7",
        valid_from=valid_from,
        valid_until=valid_until,
        sharing=sharing,
        by=ANALYST,
        now=NOW,
    )
    return approve_entry(entry_id=entry.pk, by=SENIOR, now=NOW)


def by_phone(number: int, bin_number: str = "990140000007", role: str = "importer"):
    one = declaration(number)
    firm = {
        "role": role,
        "name": f"ТОО «Звено {bin_number}»",
        "country": "KZ",
        "identifiers": [
            {"kind": "bin", "value": bin_number},
            {"kind": "phone", "value": "8 727 258-00-00"},
        ],
    }
    if role == "importer":
        one["parties"][0] = firm
    else:
        one["parties"].append(firm)
    return one


def leads_of(number: int):
    stored = RiskAssessment.objects.get(
        declaration__registration_number=f"55301/121125/{number:07}"
    )
    return decode_facts(bytes(stored.facts)).leads


def fired(number: int) -> list[str]:
    rows = IndicatorRow.objects.filter(
        assessment__declaration__registration_number=f"55301/121125/{number:07}"
    )
    return list(rows.values_list("code", flat=True))


def test_importer_with_a_watched_telephone_then_a_lead_that_alone_selects_nothing(take_in) -> None:
    entry = watch()
    take_in([by_phone(1, "850340000008"), declaration(2)])
    assert leads_of(1) == (LeadFacts(entry.pk, "phone", "importer"),)
    assert leads_of(2) == ()
    assert "watchlist_met" in fired(1)
    assert "watchlist_met" not in fired(2)
    assessment = RiskAssessment.objects.get(declaration__registration_number="55301/121125/0000001")
    assert assessment.lane_decision.criteria_lane == "green"


def test_no_watchlist_then_unknown_and_not_nothing(take_in) -> None:
    take_in([by_phone(1)])
    assert leads_of(1) is None
    assert "watchlist_met" in RiskAssessment.objects.get().missing_codes


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "is_met"),
    [
        (date(2025, 11, 12), date(2025, 11, 12), True),
        (date(2025, 11, 13), None, False),
        (date(2025, 1, 1), date(2025, 11, 11), False),
    ],
)
def test_lead_counts_on_its_days_alone(take_in, valid_from, valid_until, is_met) -> None:
    watch(valid_from=valid_from, valid_until=valid_until)
    take_in([by_phone(1)])
    assert bool(leads_of(1)) is is_met


def test_lead_when_only_proposed_or_withdrawn_then_none(take_in) -> None:
    entry = watch()
    WatchlistEntry.objects.filter(pk=entry.pk).update(
        state="withdrawn", withdrawn_by="user:1", withdrawal_reason="a mistake"
    )
    take_in([by_phone(1)])
    assert leads_of(1) == ()


@pytest.mark.parametrize("sharing", [Sharing.CENTRAL, Sharing.SENIORS])
def test_lead_for_few_when_met_then_the_assessment_is_as_without_it(take_in, sharing) -> None:
    """Of a telephone and a vehicle: facts, indicators and score, which more people read."""

    def judged(*, is_watched: bool):
        with transaction.atomic():
            if is_watched:
                watch(sharing=sharing)
                watch(kind=IdentifierKind.VEHICLE, value="123 ABC 02", sharing=sharing)
            take_in([by_phone(1) | {"transport_id": "123 ABC 02"}])
            told = digest_tables()
            transaction.set_rollback(True)
        return {name: told[name] for name in ("assessment", "indicator_row", "alert")}

    assert judged(is_watched=True) == judged(is_watched=False)


def test_lead_for_few_beside_one_for_all_is_not_the_one_that_counts(take_in) -> None:
    watch(value="+77272580000", sharing=Sharing.SENIORS)
    shared = watch()
    take_in([by_phone(1)])
    assert [lead.entry for lead in leads_of(1)] == [shared.pk]


def test_what_many_share_is_counted_as_of_the_declaration(take_in) -> None:
    watch()
    bins = ["990140000007", "850340000008", "010140000009"]
    take_in([by_phone(number, one) for number, one in enumerate(bins, 1)])
    assert [lead.holders for number in (1, 2, 3) for lead in leads_of(number)] == [3, 3, 3]


def test_role_is_told(take_in) -> None:
    watch()
    take_in([by_phone(1, "850340000008", role="carrier")])
    assert [lead.role for lead in leads_of(1)] == ["carrier"]


def test_what_moves_the_consignment_is_met_on_its_days(take_in) -> None:
    for kind, value in (("container", "MSKU 123456-5"), ("vehicle", "123 АВС 02")):
        entry = propose_entry(
            kind=IdentifierKind(kind), value=value, country="KZ", reason="r", source="s",
            valid_from=date(2025, 11, 1), valid_until=date(2025, 11, 12), by=ANALYST, now=NOW,
        )  # fmt: skip
        approve_entry(entry_id=entry.pk, by=SENIOR, now=NOW)
    carried = {"transport_id": "123ABC02", "containers": ["MSKU1234565"]}
    late = carried | {"accepted_at": "2025-11-13T10:00:00+05:00"}
    take_in([declaration(1, **carried), declaration(2), declaration(3, **late)])
    assert [(lead.kind, lead.role, lead.holders) for lead in leads_of(1)] == [
        ("container", "importer", 1),
        ("vehicle", "importer", 1),
    ]
    assert "watchlist_met" in fired(1)
    assert (leads_of(2), leads_of(3)) == ((), ())


@pytest.fixture
def people():
    return (
        UserFactory(username="aigul", roles=["analyst"]),
        UserFactory(username="bolat", roles=["senior_analyst"]),
    )


def load(path, **options):
    out = StringIO()
    given = {"source": "unit 7", "proposed_by": "aigul", "approved_by": "bolat"} | options
    call_command("load_watchlist", str(path), stdout=out, **given)
    return out.getvalue()


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text(
        "kind,value,reason\nphone,+77272580000,склад\nbin,990140000007,склад\n", "utf-8"
    )
    return path


def test_table_when_taken_in_twice_then_the_leads_are_there_once(people, table) -> None:
    assert "2 leads approved, 0 known" in load(table)
    assert "0 leads approved, 2 known" in load(table)
    assert set(WatchlistEntry.objects.values_list("state", flat=True)) == {"active"}


def test_table_when_nobody_approves_then_only_proposed(people, table) -> None:
    assert "2 leads proposed" in load(table, approved_by="")
    assert set(WatchlistEntry.objects.values_list("state", flat=True)) == {"proposed"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"approved_by": "aigul"}, "no senior analyst"),
        ({"proposed_by": "bolat", "approved_by": "bolat"}, "two known persons"),
        ({"proposed_by": "nobody"}, "no account 'nobody'"),
    ],
)
def test_table_when_not_by_two_who_may_then_nothing_is_taken_in(people, table, options, said):
    with pytest.raises(CommandError, match=said):
        load(table, **options)
    assert not WatchlistEntry.objects.exists()


def test_table_when_a_line_is_wrong_then_nothing_is_taken_in(people, table) -> None:
    table.write_text("kind,value,reason\nphone,+77272580000,склад\nphone,12,склад\n", "utf-8")
    with pytest.raises(CommandError, match="line 3, value '12'"):
        load(table)
    assert not WatchlistEntry.objects.exists()
