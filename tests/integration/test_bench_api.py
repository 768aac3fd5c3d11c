"""The parts of the API's benchmark: a world copied with new ids, and the plain SQL of its pages."""

import json
import threading

import pytest
from allauth.mfa.utils import is_mfa_enabled
from django.db import connection

from risk.models import RiskAssessment
from shipments.models import Declaration, GoodsItem, Party
from targeting.management.benchmarks.api import PASSWORD, _queries
from targeting.management.benchmarks.copied_world import CopiedWorld
from targeting.management.benchmarks.open_loop import at_rate
from targeting.management.benchmarks.plain_sql import statements
from targeting.management.benchmarks.readers import register_readers
from targeting.management.one_time_codes import new_key
from targeting.models import Alert, User
from targeting.models.choices import Reach
from targeting.selectors.scope import scope_of
from tests.api import conftest as callers
from tests.api.conftest import signed_in
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db
_no_reference_data = callers._no_reference_data


@pytest.fixture
def world():
    """A hundred and fifty items and their alerts: three of fifty come back."""
    alerts = [flagged_shipment(registration_number=f"A-{number}") for number in range(3)]
    declaration = alerts[0].declaration
    GoodsItem.objects.bulk_create(
        GoodsItem(declaration=declaration, item_number=number) for number in range(2, 99)
    )
    # The benchmark has no transaction around it.
    connection.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return CopiedWorld(connection.connection)


def test_world_when_it_grows_then_copies_stand_by_themselves(world):
    before = Declaration.objects.count()
    assert world.grow(300) == 300
    assert world.grow(400) == 400
    assert Declaration.objects.count() == 4 * before
    numbers = Declaration.objects.values_list("registration_number", flat=True)
    assert len(set(numbers)) == 4 * before
    assert Party.objects.count() == len(set(Party.objects.values_list("key", flat=True)))
    assert Alert.objects.count() == 8
    for alert in Alert.objects.select_related("declaration", "assessment"):
        assert alert.assessment.declaration_id == alert.declaration_id
        assert alert.declaration.items.exists()
    assert RiskAssessment.objects.count() == 4 * before
    flagged_shipment()  # the sequences go on behind the copies


def test_plain_sql_when_executed_then_it_gives_the_rows_of_the_list(world):
    senior_analyst = signed_in(roles=["senior_analyst"])
    world.grow(300)
    queries = _queries(connection.connection)
    plain = json.loads(statements(list(queries.values()), senior_analyst.user.username))
    for (name, query), text in zip(queries.items(), plain, strict=True):
        with connection.cursor() as cursor:
            rows = cursor.connection.execute(text.encode()).fetchall()
        answer = senior_analyst.get("/api/v1/alerts", query)
        assert answer.status_code == 200, name
        shown = [row["id"] for row in answer.json()["results"]]
        assert [row[0] for row in rows] == shown, name


def test_requests_when_slow_then_later_ones_do_not_wait_for_them():
    together = threading.Barrier(3, timeout=10)
    taken = at_rate([together.wait] * 3, per_second=100)
    assert (len(taken.seconds), taken.failed) == (3, 0)
    assert taken.p50 <= taken.p95


def test_readers_when_made_then_they_sign_in_with_a_second_factor_and_see_every_office():
    register_readers(["reader-0"], password=PASSWORD, key=new_key())
    reader = User.objects.get(username="reader-0")
    assert reader.check_password(PASSWORD)
    assert is_mfa_enabled(reader)
    assert scope_of(reader).reach == Reach.CENTRAL
