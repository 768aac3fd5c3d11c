"""What the selection works under: limits of lanes and learned models, seen and set."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from risk.models import LaneLimit, RiskModel
from risk.selectors.office import office_day
from tests.api.conftest import signed_in
from tests.factories.risk import LaneLimitFactory, RiskModelFactory
from tests.factories.targeting import CustomsOfficeFactory

pytestmark = pytest.mark.django_db

LIMITS, MODELS = "/workbench/limits", "/workbench/models"


@pytest.fixture(autouse=True)
def office(db):
    return CustomsOfficeFactory(code="55301")


def limit(reader, *, days=1, **said):
    first = office_day(timezone.now()) + timedelta(days=days)
    body = {
        "customs_office": "55301", "lane": "red", "capacity": "40", "valid_from": str(first),
        "reason": "two shifts",
    }  # fmt: skip
    return reader.post(LIMITS, body | said, format="multipart")


def test_limit_when_recorded_by_a_senior_then_it_stands_with_who_and_why(
    senior_analyst, auditor, analyst
) -> None:
    unknown = limit(senior_analyst, customs_office="55302")
    assert "No customs office is entered" in unknown.content.decode()
    assert limit(senior_analyst).status_code == 302
    row = LaneLimit.objects.get()
    assert (row.capacity, row.rate, row.recorded_by) == (40, None, senior_analyst.user.actor)
    said = auditor.get(LIMITS).content.decode()
    assert "two shifts" in said
    assert '<form method="post" class="ask"' not in said
    assert limit(auditor).status_code == 403
    assert analyst.get(LIMITS).status_code == 403


def test_limit_when_of_a_day_that_began_then_kept_beside_its_field(senior_analyst) -> None:
    answer = limit(senior_analyst, days=0)
    assert answer.status_code == 422
    assert 'value="two shifts"' in answer.content.decode()
    assert not LaneLimit.objects.exists()


def test_limit_when_the_senior_sees_one_office_then_not_to_be_set() -> None:
    reader = signed_in(roles=["senior_analyst"], reach="offices", offices=["55301"])
    LaneLimitFactory(customs_office="55301", reason="ours")
    LaneLimitFactory(customs_office="50000", reason="theirs")
    said = reader.get(LIMITS).content.decode()
    assert "ours" in said
    assert "theirs" not in said
    assert limit(reader).status_code == 403


def test_model_when_proposed_then_a_second_person_approves_and_one_retires_it(
    senior_analyst, analyst
) -> None:
    row = RiskModelFactory()
    other = signed_in(roles=["senior_analyst"])
    assert f"{MODELS}/{row.pk}/" not in analyst.get(MODELS).content.decode()
    assert analyst.post(f"{MODELS}/{row.pk}/propose").status_code == 403
    senior_analyst.post(f"{MODELS}/{row.pk}/propose")
    own = senior_analyst.post(f"{MODELS}/{row.pk}/approve", follow=True)
    assert "second person" in own.content.decode()
    other.post(f"{MODELS}/{row.pk}/approve")
    assert RiskModel.objects.get().state == "active"
    blank = other.post(f"{MODELS}/{row.pk}/retire", {"reason": " "}, format="multipart")
    assert blank.status_code == 422
    assert "This field is required." in blank.content.decode()
    other.post(f"{MODELS}/{row.pk}/retire", {"reason": "it drifts"}, format="multipart")
    row.refresh_from_db()
    assert (row.state, row.retirement_reason) == ("retired", "it drifts")
    assert "it drifts" in analyst.get(MODELS).content.decode()


def test_models_when_more_then_no_more_queries(analyst) -> None:
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert analyst.get(MODELS).status_code == 200
        return len(found)

    by_whom = {"retired_by": "user:1", "retirement_reason": "old", "state": "retired"}
    RiskModelFactory(**by_whom, digest="first")
    queries()
    few = queries()
    for number in range(3):
        RiskModelFactory(**by_whom, digest=f"other {number}")
    assert queries() == few <= 25
