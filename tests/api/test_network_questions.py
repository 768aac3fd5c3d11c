"""What an analyst asks of links: expand, connect, what is new, who shares, which brokers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from risk.models import WatchlistEntry
from risk.selectors.office import office_day
from risk.services.network_masses import weigh_numbers
from shipments.models import Declaration
from tests.api.conftest import signed_in
from tests.factories.risk import (
    InspectionOutcomeFactory,
    LaneDecisionFactory,
    PartyLinkFactory,
    RiskAssessmentFactory,
    SubstanceFactory,
    SubstanceMatchFactory,
)
from tests.factories.shipments import (
    DeclarationFactory,
    GoodsItemFactory,
    PartyFactory,
    PartyIdentifierFactory,
    PartyRoleFactory,
)

pytestmark = pytest.mark.django_db

API, OURS, THEIRS = "/api/v1", "55301", "50000"
PHONE, ACCOUNT = "+77019999999", "KZ86125KZT5004100100"
OLD, NEW = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC)


def declared(importer, broker=None, office=OURS, at=NEW, phone=""):
    made = DeclarationFactory(customs_office=office, accepted_at=at)
    identifiers = [{"kind": "phone", "value": phone}] if phone else []
    PartyRoleFactory(declaration=made, party=importer, identifiers=identifiers)
    if broker:
        PartyRoleFactory(declaration=made, party=broker, role="representative")
    return made


def found(importer, broker=None, office=OURS):
    """An act that found a listed substance in a consignment of the importer."""
    made = declared(importer, broker, office)
    InspectionOutcomeFactory(
        assessment=RiskAssessmentFactory(declaration=made),
        result="offence",
        found_substance=SubstanceFactory(),
    )
    return made


def watched(kind, value):
    return WatchlistEntry.objects.create(
        kind=kind, value=value, reason="r", source="s", state="active",
        valid_from=office_day(timezone.now()), proposed_by="user:1", proposed_person="person:1",
        approved_by="user:2", approved_person="person:2", proposed_at=timezone.now(),
    )  # fmt: skip


def party(name, office=OURS):
    made = PartyFactory(name=name)
    declared(made, office=office)
    return made


@pytest.fixture
def near():
    return signed_in(reach="offices", offices=[OURS])


@pytest.fixture
def three():
    """One and Two share a phone; Two and Three have one broker; the link is dated."""
    one, two, three, broker = (PartyFactory(name=name) for name in ("One", "Two", "Three", "B"))
    for holder, at in ((one, OLD), (two, NEW)):
        PartyIdentifierFactory(party=holder, value=PHONE, first_seen_at=at)
        declared(holder, at=at, phone=PHONE)
    for importer, at in ((two, OLD), (three, NEW)):
        declared(importer, broker, at=at)
        PartyLinkFactory(
            source=importer, target=broker, kind="represented_by",
            first_seen_at=at, last_seen_at=NEW,
        )  # fmt: skip
    return one, two, three, broker


def test_a_connection_is_shown_step_by_step_with_the_declarations_behind_it(analyst, three):
    one, two, third, broker = three
    answer = analyst.get(f"{API}/parties/{one.pk}/connection?to={third.pk}").json()
    path = answer["shortest"]
    middle = f"identifier:phone:{PHONE}"
    keys = [f"party:{one.pk}", middle, *(f"party:{p.pk}" for p in (two, broker, third))]
    assert [node["key"] for node in path["nodes"]] == keys
    links = [link for step in path["steps"] for link in step["links"]]
    assert [link["link"]["kind"] for link in links] == [
        "has", "has", "represented_by", "represented_by",
    ]  # fmt: skip
    assert [len(link["declarations"]) for link in links] == [1, 1, 1, 1]
    shown = [link["declarations"][0]["registration_number"] for link in links]
    assert len(set(shown)) == 4
    assert 0 < path["strength"] < 1
    assert answer["strongest"] == path


def test_links_of_a_connection_tell_the_masses_by_substance_of_their_latest_versions(analyst, near):
    """Flagged matches, each item once a substance; of the caller's offices; no versions before."""
    importer, supplier = party("Importer"), PartyFactory(name="Supplier")
    PartyLinkFactory(source=importer, target=supplier)
    acetone, toluene = SubstanceFactory(key="acetone"), SubstanceFactory(key="toluene")

    def sent(mass, *substances, office=OURS, **given):
        made = DeclarationFactory(customs_office=office, **given)
        PartyRoleFactory(declaration=made, party=importer)
        PartyRoleFactory(declaration=made, party=supplier, role="consignor", position=1)
        item = GoodsItemFactory(declaration=made, item_number=1, net_mass_kg=mass)
        for substance in substances:
            SubstanceMatchFactory(goods_item=item, substance=substance, is_flagged=True)
        return made

    before = sent(1_000, acetone)
    number = before.registration_number
    sent(100, acetone, registration_number=number, version=2, supersedes=before)
    sent(50, acetone, toluene)
    sent(7, acetone, office=THEIRS)
    sent(900, acetone, document_kind="preliminary")
    sent(900, acetone, is_cancelled=True)
    item = sent(900).items.get()
    SubstanceMatchFactory(goods_item=item, substance=acetone, is_flagged=False)

    def told(caller):
        url = f"{API}/parties/{importer.pk}/connection?to={supplier.pk}"
        ((link,),) = [step["links"] for step in caller.get(url).json()["shortest"]["steps"]]
        return [tuple(one.values()) for one in link["substances"]]

    weigh_numbers(numbers=Declaration.objects.values_list("registration_number", flat=True))
    everywhere = [("acetone", "157.000000", 3), ("toluene", "50.000000", 1)]
    assert told(analyst) == everywhere
    assert told(near) == [("acetone", "150.000000", 2), ("toluene", "50.000000", 1)]

    def stored(caller, question):
        (edge,) = caller.get(f"{API}/parties/{importer.pk}/{question}").json()["edges"]
        return edge["substances"] and [tuple(one.values()) for one in edge["substances"]]

    assert stored(analyst, "network") == everywhere
    assert stored(near, "network") is None
    table = analyst.get(f"{API}/parties/{importer.pk}/network/file?as=csv").content.decode()
    assert "acetone: 157.000000 kg in 3; toluene: 50.000000 kg in 1" in table


def test_nothing_connects_strangers_and_nobody_with_himself(analyst, three):
    alone = party("Alone")
    answer = analyst.get(f"{API}/parties/{alone.pk}/connection?to={three[0].pk}").json()
    assert answer == {"shortest": None, "strongest": None}
    assert analyst.get(f"{API}/parties/{alone.pk}/connection?to={alone.pk}").status_code == 400
    assert analyst.get(f"{API}/parties/{alone.pk}/connection?to=0").status_code == 400
    assert analyst.get(f"{API}/parties/{alone.pk}/connection?to=999999").status_code == 404


def test_a_connection_leads_through_no_two_strangers_and_names_none(near):
    one, two = party("One"), party("Two")
    far, farther = party("Far", THEIRS), party("Farther", THEIRS)
    for source, target in ((one, far), (far, two)):
        PartyLinkFactory(source=source, target=target)
    url = f"{API}/parties/{one.pk}/connection?to={two.pk}"
    answer = near.get(url)
    nodes = answer.json()["shortest"]["nodes"]
    assert [node["is_redacted"] for node in nodes] == [False, True, False]
    assert answer.json()["shortest"]["strength"] is None
    assert "Far" not in answer.content.decode()
    assert f"party:{far.pk}" not in answer.content.decode()
    three = party("Three")
    PartyLinkFactory(source=far, target=farther)
    PartyLinkFactory(source=farther, target=three)
    hidden = near.get(f"{API}/parties/{one.pk}/connection?to={three.pk}").json()
    assert hidden == {"shortest": None, "strongest": None}
    assert near.get(f"{API}/parties/{one.pk}/connection?to={far.pk}").status_code == 404


def test_a_connection_costs_no_more_queries_beside_a_hub(
    analyst, three, django_assert_max_num_queries
):
    one, _, third, broker = three
    for n in range(60):
        PartyLinkFactory(source=PartyFactory(name=f"N{n}"), target=broker, kind="represented_by")
    with django_assert_max_num_queries(60):
        path = analyst.get(f"{API}/parties/{one.pk}/connection?to={third.pk}").json()["shortest"]
    assert path["passes_hub"]


def test_any_node_of_an_answer_can_be_expanded(analyst, near, three):
    one, two, *_ = three
    node = f"identifier:phone:{PHONE}".replace("+", "%2B")
    answer = analyst.get(f"{API}/parties/{one.pk}/network?at={node}").json()
    keys = {n["key"] for n in answer["nodes"]}
    assert keys == {f"identifier:phone:{PHONE}", f"party:{one.pk}", f"party:{two.pk}"}
    far = party("Far", THEIRS)
    PartyIdentifierFactory(party=far, value="+77011111111")
    for hidden in (f"party:{far.pk}", "identifier:phone:%2B77011111111", "party:999999"):
        assert near.get(f"{API}/parties/{one.pk}/network?at={hidden}").status_code == 404
    assert near.get(f"{API}/parties/{one.pk}/network?at=hidden:1").status_code == 400


def test_what_is_new_since_a_day_is_what_only_new_links_join(analyst, three):
    one, two, third, broker = three
    url = f"{API}/parties/{two.pk}/network/changes"
    answer = analyst.get(f"{url}?since=2026-03-01&depth=2").json()
    joined = {node["key"] for node in answer["joined"]}
    assert joined == {f"party:{one.pk}", f"party:{third.pk}", f"identifier:phone:{PHONE}"}
    new = {(edge["source"], edge["target"]) for edge in answer["new_links"]}
    assert new == {
        (f"party:{two.pk}", f"identifier:phone:{PHONE}"),
        (f"party:{third.pk}", f"party:{broker.pk}"),
    }
    assert [edge["source"] for edge in answer["seen_again"]] == [f"party:{two.pk}"]
    later = analyst.get(f"{url}?since=2026-04-01").json()
    assert (later["joined"], later["new_links"], later["seen_again"]) == ([], [], [])
    assert analyst.get(url).status_code == 400


def test_who_shares_with_offenders_and_with_whom_is_under_watch(analyst, near):
    offender, sharer, far, marked = (party(name) for name in ("Offender", "Sharer", "X", "Marked"))
    hidden = party("Hidden", THEIRS)
    found(offender)
    for holder in (offender, sharer, hidden):
        PartyIdentifierFactory(party=holder, value=PHONE)
    for holder in (marked, sharer):
        PartyIdentifierFactory(party=holder, kind="bank_account", value=ACCOUNT)
    PartyIdentifierFactory(party=marked, kind="email", value="m@example.com")
    watched("email", "m@example.com")
    rows = analyst.get(f"{API}/offender-links").json()["results"]
    told = {
        row["party"]["name"]: (
            row["grounds"],
            {(s["kind"], p["party"]["name"]) for s in row["shared"] for p in s["parties"]},
        )
        for row in rows
    }
    assert told == {
        "Offender": (["offender"], {("phone", "Sharer"), ("phone", "Hidden")}),
        "Marked": (["watchlisted"], {("bank_account", "Sharer")}),
    }
    only = analyst.get(f"{API}/offender-links?ground=watchlisted").json()["results"]
    assert [row["party"]["name"] for row in only] == ["Marked"]
    assert analyst.get(f"{API}/offender-links?ground=other").status_code == 400
    assert b"Hidden" not in near.get(f"{API}/offender-links").content
    own = near.get(f"{API}/parties/{sharer.pk}/shared-identifiers").json()
    assert [(s["kind"], [p["grounds"] for p in s["parties"]]) for s in own["shared"]] == [
        ("bank_account", [["watchlisted"]]),
        ("phone", [["offender"]]),
    ]
    assert near.get(f"{API}/parties/{far.pk}/shared-identifiers").json()["shared"] == []


def test_an_office_does_not_learn_of_another_ones_offenders(analyst, near):
    one, other = party("One"), party("Other")
    found(one, office=THEIRS)
    for holder in (one, other):
        PartyIdentifierFactory(party=holder, value=PHONE)
    url = f"{API}/parties/{other.pk}/shared-identifiers"
    (share,) = analyst.get(url).json()["shared"]
    assert share["parties"][0]["grounds"] == ["offender"]
    (share,) = near.get(url).json()["shared"]
    assert share["parties"][0]["grounds"] == []
    assert near.get(f"{API}/offender-links").json()["results"] == []


def test_a_number_of_many_names_nobody(analyst):
    holders = [PartyFactory(name=f"N{n}") for n in range(21)]
    for holder in holders:
        PartyIdentifierFactory(party=holder, value=PHONE)
    (share,) = analyst.get(f"{API}/parties/{holders[0].pk}/shared-identifiers").json()["shared"]
    assert (share["is_hub"], share["parties"]) == (True, [])


@pytest.mark.parametrize(
    ("addresses", "is_reception"),
    [
        (("abay 5", "abay 5", "abay 5", "mira 1"), True),
        (("abay 5", "abay 5", "mira 1", "tole bi 2"), False),
        (("abay 5", "abay 5"), False),
        (("", "", "", ""), False),
    ],
)
def test_a_telephone_of_neighbours_is_told_from_one_of_firms_that_sit_apart(
    analyst, addresses, is_reception
):
    holders = [PartyFactory(name=f"N{n}") for n in range(len(addresses))]
    for holder, address in zip(holders, addresses, strict=True):
        PartyIdentifierFactory(party=holder, value=PHONE)
        PartyIdentifierFactory(party=holder, kind="email", value="office@example.kz")
        if address:
            PartyIdentifierFactory(party=holder, kind="address", value=address)
    shared = analyst.get(f"{API}/parties/{holders[0].pk}/shared-identifiers").json()["shared"]
    told = {one["kind"]: one["is_reception"] for one in shared}
    assert told.pop("address", False) is False
    assert told == {"phone": is_reception, "email": False}


def test_rows_cost_no_queries(analyst, django_assert_max_num_queries):
    for n in range(6):
        one, other = party(f"A{n}"), party(f"B{n}")
        found(one)
        for holder in (one, other):
            PartyIdentifierFactory(party=holder, value=f"+7701999990{n}")
    with django_assert_max_num_queries(20):
        assert len(analyst.get(f"{API}/offender-links").json()["results"]) == 6


def test_brokers_are_compared_by_red_lanes_and_offenders(analyst, near):
    bad, honest, foreign = (PartyFactory(name=name) for name in ("Bad", "Honest", "Foreign"))
    offender, plain = PartyFactory(name="Offender"), PartyFactory(name="Plain")
    found(offender, bad)
    for n in range(12):
        made = declared(offender if n < 9 else plain, bad, at=NEW + timedelta(hours=n))
        LaneDecisionFactory(assessment__declaration=made, lane="red" if n < 9 else "green")
    for n in range(40):
        made = declared(plain, honest, at=NEW + timedelta(hours=n))
        if n < 2:
            LaneDecisionFactory(assessment__declaration=made, lane="red")
    declared(plain, foreign, office=THEIRS)
    declared(plain, bad, at=OLD)
    url = f"{API}/intermediaries?role=representative&date_from=2026-03-01&date_to=2026-03-31"
    answer = analyst.get(url).json()
    assert answer["compared"] == 3
    first, *rest = answer["results"]
    assert (first["party"]["name"], first["declarations"]) == ("Bad", 13)
    assert (first["red"]["found"], first["red"]["is_unusual"]) == (9, True)
    assert (first["offender_linked"]["found"], first["offender_linked"]["is_unusual"]) == (10, True)
    assert first["red"]["elsewhere"] == pytest.approx(2 / 41)
    assert not any(row["red"]["is_unusual"] for row in rest)
    assert near.get(url).json()["compared"] == 2
    assert analyst.get(f"{url}&role=importer").status_code == 400
    long = url.replace("2026-03-31", "2026-07-31")
    assert [error["field"] for error in analyst.get(long).json()["errors"]] == ["date_to"]
