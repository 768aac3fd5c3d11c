"""Words are found in whatever form they stand, names with a slip in them, and by indexes alone."""

import json

import pytest
from django.db import connection

from risk.models import GoodsText
from risk.services.texts import index_texts, store_texts
from shipments.models import Declaration, GoodsItem, Party, PartyName
from targeting.selectors.text_search import declarations_with
from tests.api.conftest import signed_in
from tests.factories.shipments import GoodsItemFactory, PartyRoleFactory
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

ALERTS, DECLARATIONS, PARTIES = "/api/v1/alerts", "/api/v1/declarations", "/api/v1/parties"


@pytest.fixture
def alert():
    made = flagged_shipment()
    for number, text in enumerate(
        ("Кислота серная техническая", "Sulphuric acid, drums", "Күкірт қышқылының ерітіндісі"), 11
    ):
        GoodsItemFactory(declaration=made.declaration, item_number=number, description=text)
    party = Party.objects.create(key="name:KZ:x", name="ТОО «Реактив Трейд»", country="KZ")
    PartyName.objects.create(party=party, name="ТОО «Реактив Трейд»")
    PartyRoleFactory(declaration=made.declaration, party=party)
    flagged_shipment()
    _index()
    return made


def _index():
    store_texts(GoodsItem.objects.values_list("description", "commodity_code"))
    index_texts()


def found(caller, place, text):
    answer = caller.get(place, {"q": text})
    assert answer.status_code == 200
    return [row["id"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    "text",
    [
        "серной кислоты",
        "КИСЛОТА",
        "кислота -азотная",
        "sulphuric acids",
        '"sulphuric acid"',
        "қышқыл",
        "күкірт ерітінді",
        "реактив",
        "Реактив Трэйд",
    ],
)
def test_words_when_in_another_form_then_found(alert, text):
    caller = signed_in(roles=["analyst"])
    assert found(caller, ALERTS, text) == [alert.pk]
    assert found(caller, DECLARATIONS, text) == [alert.declaration_id]


@pytest.mark.parametrize("text", ["соляная", "кислота -серная", "100%", "se_na", "%%%", "'); --"])
def test_words_when_not_there_then_nothing(alert, text):
    assert found(signed_in(roles=["analyst"]), ALERTS, text) == []


def test_number_when_whole_then_found(alert):
    assert found(signed_in(roles=["analyst"]), ALERTS, alert.registration_number) == [alert.pk]


@pytest.mark.parametrize("text", ["ab", "x" * 201])
def test_words_when_too_short_or_long_then_refused(alert, text):
    assert signed_in(roles=["analyst"]).get(ALERTS, {"q": text}).status_code == 400


def test_words_when_of_another_office_then_nothing(alert):
    far = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    assert found(far, ALERTS, "серная") == found(far, DECLARATIONS, "серная") == []
    assert found(far, PARTIES, "реактив") == []


def test_parties_when_named_alike_then_found(alert):
    caller = signed_in(roles=["analyst"])
    party = Party.objects.get(key="name:KZ:x")
    for text in ("Реактив", "еактив тр", "Риактив Трейд"):
        assert party.pk in found(caller, PARTIES, text)
    assert party.pk not in found(caller, PARTIES, "%")


def test_text_when_it_came_just_now_then_found_once_it_has_its_keys(alert):
    caller = signed_in(roles=["analyst"])
    GoodsItemFactory(declaration=alert.declaration, item_number=20, description="Перманганат калия")
    store_texts([("Перманганат калия", "")])
    assert found(caller, ALERTS, "перманганата") == []
    index_texts()
    assert found(caller, ALERTS, "перманганата") == [alert.pk]


def test_plan_when_many_are_stored_then_by_indexes_alone(alert):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO risk_goodstext (digest, description, commodity_code, keys, keys_version)
            SELECT decode(md5(n::text), 'hex'), 'Товар номер ' || n || ' прочий', '', '{}', 1
            FROM generate_series(1, 20000) AS n
            """
        )
        cursor.execute(
            """
            WITH made AS (
              INSERT INTO shipments_party (key, name, country)
              SELECT 'name:KZ:' || n, 'ТОО Фирма ' || md5(n::text), 'KZ'
              FROM generate_series(1, 20000) AS n RETURNING id, name)
            INSERT INTO shipments_partyname (party_id, name) SELECT id, name FROM made
            """
        )
        # Whether an index can serve is asked, not whether a table this small is worth it.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("ANALYZE risk_goodstext, shipments_partyname, shipments_party")
        query = Declaration.objects.filter(pk__in=declarations_with("серной кислоты")).values("pk")
        statement, parameters = query.query.sql_with_params()
        cursor.execute(f"EXPLAIN (FORMAT json) {statement}", parameters)
        plan = cursor.fetchone()[0]
    told = json.dumps(plan if not isinstance(plan, str) else json.loads(plan))
    for index in ("goods_text_by_word", "goods_text_trigram", "party_name_trigram"):
        assert index in told
    for table in ("risk_goodstext", "shipments_partyname"):
        assert not _reads_all(json.loads(told), table)
    assert GoodsText.objects.count() > 20_000


def _reads_all(plan, table):
    if isinstance(plan, list):
        return any(_reads_all(one, table) for one in plan)
    if not isinstance(plan, dict):
        return False
    if plan.get("Node Type") == "Seq Scan" and plan.get("Relation Name") == table:
        return True
    return any(_reads_all(one, table) for one in plan.values())
