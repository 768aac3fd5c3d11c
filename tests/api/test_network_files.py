"""Networks taken away as files: what the answer shows, no more, within the scope, in the audit."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import networkx as nx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risk.services.channels import propose_supply_channels
from targeting.models import AuditEvent
from tests.api.conftest import signed_in
from tests.api.test_channels import NOW, World
from tests.factories.risk import PartyLinkFactory
from tests.factories.shipments import (
    DeclarationFactory,
    PartyFactory,
    PartyIdentifierFactory,
    PartyRoleFactory,
)

pytestmark = pytest.mark.django_db

API, OURS, THEIRS = "/api/v1", "55301", "50000"
PHONE = "+77019999999"
FORMATS = {
    "graphml": "application/graphml+xml",
    "csv": "text/csv; charset=utf-8",
    "nodes": "text/csv; charset=utf-8",
    "ftm": "application/x-ndjson",
    "svg": "image/svg+xml",
}


def declared(name, office=OURS):
    made = PartyFactory(name=name)
    PartyRoleFactory(declaration=DeclarationFactory(customs_office=office), party=made)
    return made


@pytest.fixture
def three():
    """One buys of Two, who shares a phone with Three; the last lies in another office."""
    one, two, third = declared("One & <Co>"), declared("=Two"), declared("Far", THEIRS)
    PartyLinkFactory(source=one, target=two, declaration_count=7, mass_kg="12.5")
    for holder in (two, third):
        PartyIdentifierFactory(party=holder, value=PHONE)
    return one, two, third


def addresses(three, channel=None):
    one, two, third = three
    return {
        "network": f"{API}/parties/{one.pk}/network/file?depth=3",
        "connection": f"{API}/parties/{one.pk}/connection/file?to={third.pk}",
        "changes": f"{API}/parties/{one.pk}/network/changes/file?since=2020-01-01",
        "shares": f"{API}/parties/{two.pk}/shared-identifiers/file?",
    }


def graph_of(answer):
    return nx.read_graphml(io.BytesIO(answer.content), force_multigraph=True)


@pytest.mark.parametrize("wanted", FORMATS)
@pytest.mark.parametrize("question", ["network", "connection", "changes", "shares"])
def test_every_question_is_taken_away_as_every_file(analyst, three, question, wanted):
    answer = analyst.get(f"{addresses(three)[question]}&as={wanted}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == FORMATS[wanted]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith('attachment; filename="party-')
    if wanted == "ftm":
        told = [json.loads(line) for line in answer.content.splitlines()]
        assert any("=Two" in one["properties"].get("name", ()) for one in told)
    elif wanted in ("csv", "nodes"):
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert any("'=Two" in row for row in rows)
    else:
        read = ElementTree.fromstring(answer.content)  # noqa: S314 (our own)
        assert "=Two" in "".join(read.itertext())


def test_a_file_holds_what_the_answer_shows(analyst, three):
    one, *_ = three
    shown = analyst.get(f"{API}/parties/{one.pk}/network?depth=3").json()
    read = graph_of(analyst.get(addresses(three)["network"]))
    assert set(read) == {node["key"] for node in shown["nodes"]}
    assert read.number_of_edges() == len(shown["edges"])
    (sale,) = [d for *_, d in read.edges(data=True) if d["kind"] == "trade"]
    assert (sale["declarations"], sale["mass_kg"]) == (7, 12.5)
    assert read.nodes[f"party:{one.pk}"]["label"] == "One & <Co>"


def test_a_file_goes_no_further_than_the_scope(three):
    third = three[2]
    near = signed_in(reach="offices", offices=[OURS])
    for wanted in FORMATS:
        answer = near.get(f"{addresses(three)['network']}&as={wanted}")
        assert answer.status_code == 200
        assert b"Far" not in answer.content
        assert f"party:{third.pk}".encode() not in answer.content
    assert near.get(addresses(three)["connection"]).status_code == 404
    assert near.get(f"{API}/parties/{third.pk}/network/file").status_code == 404


def test_a_file_is_an_event_of_the_audit_with_what_was_asked(analyst, three):
    one, *_ = three
    analyst.get(f"{addresses(three)['network']}&as=svg")
    event = AuditEvent.objects.latest("pk")
    assert (event.resource, event.object_key) == ("party-network-file", str(one.pk))
    assert event.terms == {"depth": ["3"], "as": ["svg"]}


def test_an_unheard_format_and_an_unheard_question_are_refused(analyst, three):
    answer = analyst.get(f"{addresses(three)['network']}&as=pdf")
    assert answer.status_code == 400
    assert "graphml" in str(answer.json())
    assert analyst.get(f"{API}/parties/{three[0].pk}/network/file?depth=9").status_code == 400


def test_a_picture_of_too_many_is_refused_and_the_graph_is_not(analyst):
    center = declared("Centre")
    for n in range(160):
        PartyLinkFactory(source=center, target=PartyFactory(name=f"N{n}"))
    at = f"{API}/parties/{center.pk}/network/file?depth=1"
    refused = analyst.get(f"{at}&as=svg")
    assert (refused.status_code, refused.json()["code"]) == (422, "picture_too_large")
    assert len(graph_of(analyst.get(at))) == 161
    assert analyst.get(f"{at}&as=svg&max_nodes=100").status_code == 200


def test_a_channel_is_taken_away_with_the_ways_of_its_goods(analyst):
    world = World()
    for n in range(6):
        world.sent(10 * n + 3, importer=n % 2)
    world.sent(14, is_found=False)
    (channel,) = propose_supply_channels(day=date(2026, 6, 1), now=NOW)
    at = f"{API}/channels/{channel.pk}/network/file"
    with CaptureQueriesContext(connection) as queries:
        read = graph_of(analyst.get(at))
    assert len(queries) <= 16
    broker, first = f"party:{world.broker.pk}", f"party:{world.importers[0].pk}"
    ways = {d["kind"]: d for *_, d in read.edges(broker, data=True) if d}
    assert ways["leg"]["declarations"] == 3
    assert ways["leg"]["mass_kg"] == 300.0
    assert read.nodes[first]["roles"] == "importer"
    assert read.nodes["identifier:country:CN"]["rank"] < read.nodes[first]["rank"]
    for wanted in FORMATS:
        assert analyst.get(f"{at}?as={wanted}").status_code == 200
    far = signed_in(reach="offices", offices=[THEIRS])
    assert far.get(at).status_code == 404


def test_changes_hold_only_what_is_new(analyst, three):
    one, *_ = three
    old = declared("Old")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    PartyLinkFactory(source=one, target=old, first_seen_at=long_ago, last_seen_at=long_ago)
    since = (long_ago + timedelta(days=30)).date()
    read = graph_of(
        analyst.get(f"{API}/parties/{one.pk}/network/changes/file?since={since}&depth=1")
    )
    assert f"party:{old.pk}" not in read
    assert f"party:{three[1].pk}" in read
