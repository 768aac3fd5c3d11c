"""Flagged shipments: what an analyst filters, orders, pages and reads."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shipments.models import PartyIdentifier, PartyName
from targeting.models import Alert
from tests.factories.risk import (
    IndicatorRowFactory,
    RiskAssessmentFactory,
    SubstanceFactory,
    SubstanceIdentifierFactory,
    SubstanceMatchFactory,
)
from tests.factories.shipments import GoodsItemFactory, PartyRoleFactory
from tests.factories.targeting import AlertFactory, flagged_shipment

pytestmark = pytest.mark.django_db

ALERTS = "/api/v1/alerts/"

# Session, user, page of alerts, importers, leading items, matches, indicators, two of names.
LIST_QUERIES = 11  # the audit event, which lists are verified and own controlled deliveries too


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


def test_a_row_says_what_and_why(analyst):
    alert = flagged_shipment()
    row = analyst.get(ALERTS).json()["results"][0]
    role = alert.declaration.party_roles.get()
    assert row["registration_number"] == alert.registration_number
    assert row["score"] == "72.50"
    assert row["lane"] == "red"
    assert row["leading_item"] == {
        "item_number": 1,
        "description": "Уксусный ангидрид технический, 98 %",
        "commodity_code": "2915240000",
    }
    assert row["importer"]["bin"] == role.identifiers[0]["value"]
    assert row["importer"]["party"] == role.party_id
    assert row["substances"] == [
        {
            "key": "acetic-anhydride",
            "name": "Acetic anhydride",
            "match_score": 0.99,
            "is_flagged": True,
            "is_exempt": False,
            "kind": "told",
            "is_verified": False,
        }
    ]
    assert [reason["code"] for reason in row["reasons"]] == ["licence_missing", "importer_new"]
    assert "Acetic anhydride" in row["reasons"][0]["sentence"]
    assert row["accepted_at"].endswith("Z")
    for link in row["links"].values():
        assert analyst.get(link).status_code == 200


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_sentences_follow_the_accepted_language(analyst, language):
    flagged_shipment()
    answer = analyst.get(ALERTS, headers={"Accept-Language": language})
    sentence = answer.json()["results"][0]["reasons"][0]["sentence"]
    assert "уксусный ангидрид" in sentence
    assert "лицензия" in sentence


def test_a_reason_without_a_sentence_is_shown_by_its_code(analyst):
    alert = flagged_shipment()
    IndicatorRowFactory(
        assessment=alert.assessment, code="retired_indicator", contribution="50.00", params={}
    )
    reasons = analyst.get(ALERTS).json()["results"][0]["reasons"]
    assert reasons[0]["sentence"] == "retired_indicator"


def test_reasons_are_the_three_strongest_of_the_leading_item(analyst):
    alert = flagged_shipment()
    for code, contribution, item in [("x1", "90.00", 2), ("x2", "35.00", 1), ("x3", "1.00", 1)]:
        IndicatorRowFactory(
            assessment=alert.assessment, code=code, contribution=contribution, item_number=item
        )
    reasons = analyst.get(ALERTS).json()["results"][0]["reasons"]
    assert [reason["code"] for reason in reasons] == ["licence_missing", "x2", "importer_new"]


def test_the_importer_is_the_consignee_when_no_importer_is_declared(analyst):
    alert = AlertFactory()
    PartyRoleFactory(
        declaration=alert.declaration, role="consignor", party=None, name="Seller", identifiers=[]
    )
    PartyRoleFactory(
        declaration=alert.declaration, role="consignee", party=None, name="Buyer", identifiers=[]
    )
    row = analyst.get(ALERTS).json()["results"][0]
    assert row["importer"] == {"name": "Buyer", "bin": None, "country": "KZ", "party": None}
    assert row["links"]["importer"] is None


def test_an_importer_declared_after_the_consignee_is_still_the_importer(analyst):
    alert = AlertFactory()
    for role in ("consignee", "importer"):
        PartyRoleFactory(
            declaration=alert.declaration, role=role, party=None, name=role, identifiers=[]
        )
    assert analyst.get(ALERTS).json()["results"][0]["importer"]["name"] == "importer"


@pytest.mark.parametrize(
    "text", ["acetic-anhydride", "108-24-7", "ангидрид", "УКСУСНЫЙ", "acetic anh"]
)
def test_filter_by_substance_takes_key_cas_and_names(analyst, text):
    alert = flagged_shipment()
    SubstanceIdentifierFactory()
    other = AlertFactory()
    item = GoodsItemFactory(declaration=other.declaration)
    SubstanceMatchFactory(
        goods_item=item, substance=SubstanceFactory(key="acetone", preferred_name="Acetone")
    )
    assert ids(analyst.get(ALERTS, {"substance": text})) == [alert.id]


def test_filter_by_importer_takes_bin_and_part_of_the_name(analyst):
    alert, _ = flagged_shipment(), flagged_shipment()
    role = alert.declaration.party_roles.get()
    role.name = "ТОО «Алтын Химия»"
    role.save()
    number = role.identifiers[0]["value"]
    # As the link stage stores what it finds.
    moment = alert.accepted_at
    PartyName.objects.create(party=role.party, name=role.name)
    PartyIdentifier.objects.create(party=role.party, kind="bin", value=number, first_seen_at=moment)
    assert ids(analyst.get(ALERTS, {"importer": number})) == [alert.id]
    assert ids(analyst.get(ALERTS, {"importer": "алтын хим"})) == [alert.id]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"office": "50000"}, ["low"]),
        ({"score_min": "50"}, ["high"]),
        ({"score_max": "50"}, ["low"]),
        ({"lane": "yellow"}, ["low"]),
        ({"lane": ["red", "yellow"]}, ["high", "low"]),
        ({"date_from": "2026-03-02"}, ["low"]),
        ({"date_to": "2026-03-01"}, ["high"]),
        ({"state": "closed"}, ["low"]),
        ({"random_arm": "true"}, ["low"]),
        ({"ordering": "score"}, ["low", "high"]),
        ({"ordering": "-accepted_at"}, ["low", "high"]),
        ({}, ["high", "low"]),
    ],
)
def test_filters_and_orderings(analyst, query, expected):
    made = {
        "high": AlertFactory(score="80", accepted_at=datetime(2026, 3, 1, 23, 59, tzinfo=UTC)),
        "low": AlertFactory(
            score="20",
            lane="yellow",
            state="closed",
            customs_office="50000",
            is_random_arm=True,
            accepted_at=datetime(2026, 3, 2, tzinfo=UTC),
        ),
    }
    assert ids(analyst.get(ALERTS, query)) == [made[name].id for name in expected]


@pytest.mark.parametrize(
    "query",
    [
        {"lane": "purple"},
        {"score_min": "many"},
        {"date_from": "yesterday"},
        {"ordering": "facts"},
        {"page_size": "201"},
        {"page_size": "0"},
        {"cursor": "bm9uc2Vuc2U="},
        {"importer": "\x00"},
    ],
)
def test_a_wrong_parameter_is_400_and_named(analyst, query):
    answer = analyst.get(ALERTS, query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == next(iter(query))


@pytest.mark.parametrize("ordering", ["score", "-score", "-raised_at", "accepted_at", "-priority"])
def test_pages_hold_every_row_once_though_scores_tie(analyst, ordering):
    assessment = RiskAssessmentFactory()
    made = {AlertFactory(assessment=assessment, registration_number=f"n{n}").id for n in range(7)}
    url, seen = f"{ALERTS}?page_size=2&ordering={ordering}", []
    while url:
        answer = analyst.get(url)
        seen += ids(answer)
        url = answer.json()["next"]
    assert len(seen) == 7
    assert set(seen) == made


def test_a_cursor_of_another_ordering_is_refused(analyst):
    AlertFactory.create_batch(3)
    url = analyst.get(f"{ALERTS}?page_size=1&ordering=score").json()["next"]
    assert analyst.get(url.replace("ordering=score", "ordering=raised_at")).status_code == 400


@pytest.mark.parametrize("count", [5, 25])
def test_the_list_costs_the_same_number_of_queries(analyst, count):
    for _ in range(count):
        flagged_shipment()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = analyst.get(f"{ALERTS}?page_size=200")
    assert len(answer.json()["results"]) == count
    assert len(queries) == LIST_QUERIES


def test_one_alert_looks_like_its_row(analyst):
    alert = flagged_shipment()
    row = analyst.get(ALERTS).json()["results"][0]
    assert analyst.get(f"{ALERTS}{alert.id}/").json() == row
    assert analyst.get(f"{ALERTS}{alert.id + 1}/").status_code == 404
    assert analyst.get(f"{ALERTS}{10**30}/").status_code == 404


def test_a_parameter_that_nobody_knows_is_refused_by_name(analyst):
    answer = analyst.get(ALERTS, {"substnce": "acetone"})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == "substnce"
    assert "substance" in error["detail"]


def test_a_whole_name_does_not_find_the_longer_names_that_hold_it(analyst):
    for key, name in (("acetone", "Acetone"), ("p2p", "Phenylacetone")):
        item = GoodsItemFactory(declaration=AlertFactory().declaration)
        SubstanceMatchFactory(
            goods_item=item, substance=SubstanceFactory(key=key, preferred_name=name)
        )
    whole = analyst.get(ALERTS, {"substance": "acetone"}).json()["results"]
    part = analyst.get(ALERTS, {"substance": "aceton"}).json()["results"]
    assert (len(whole), len(part)) == (1, 2)


def test_list_when_it_is_known_then_304_until_something_shown_changes(analyst):
    flagged_shipment()
    alert = flagged_shipment()
    for query in ({}, {"page_size": 1, "ordering": "-raised_at"}):
        known = {"If-None-Match": analyst.get(ALERTS, query)["ETag"]}
        again = analyst.get(ALERTS, query, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        Alert.objects.filter(pk=alert.pk).update(is_cancelled=not query)
        assert analyst.get(ALERTS, query, headers=known).status_code == 200


def test_alert_when_only_its_hold_is_over_then_not_304_but_the_mark_holds(analyst):
    alert = flagged_shipment()
    later = timezone.now() + timedelta(hours=1)
    Alert.objects.filter(pk=alert.pk).update(assignee=analyst.user, assigned_until=later)
    place = f"/api/v1/alerts/{alert.pk}"
    shown = analyst.get(place)
    known = {"If-None-Match": shown["ETag"]}
    assert analyst.get(place, headers=known).status_code == 304
    Alert.objects.filter(pk=alert.pk).update(assigned_until=timezone.now())
    now = analyst.get(place, headers=known)
    assert (now.status_code, now.json()["assignee"]) == (200, None)
    # As a proxy that compresses marks it.
    headers = {"If-Match": f"W/{shown['ETag']}"}
    assert analyst.post(f"{place}/take", headers=headers).status_code == 200


def test_answer_when_asked_compressed_then_json_of_the_api_alone_is(analyst):
    for _ in range(3):
        flagged_shipment()
    wanted = {"Accept-Encoding": "gzip"}
    answer = analyst.get(ALERTS, headers=wanted)
    assert answer["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.content)) == analyst.get(ALERTS).json()
    assert "Accept-Encoding" in answer["Vary"]
    known = {**wanted, "If-None-Match": answer["ETag"]}
    assert analyst.get(ALERTS, headers=known).status_code == 304
    for other in ("/workbench/alerts", "/api/v1/substances/sheet", "/api/docs/"):
        page = analyst.get(other, headers=wanted)
        assert not page.has_header("Content-Encoding"), other
