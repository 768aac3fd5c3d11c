"""Fields of reference data and subscriptions that a caller may not set, sent all the same."""

import pytest

from risk.models import CoverName, Substance, SubstanceIdentifier, SubstanceName
from targeting.models import Subscription
from tests.api.test_cover_names import NEW
from tests.api.test_cover_names import PLACE as COVER_NAMES
from tests.api.test_substances import NAME, change
from tests.api.test_substances import PLACE as SUBSTANCES
from tests.factories.targeting import UserFactory
from tests.integration.test_law import make_edition, only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db

SOMEBODY, LONG_AGO = "user:999999", "2000-01-01T00:00:00Z"
PRIVILEGED = {
    "id": 999_999,
    "pk": 999_999,
    "actor": SOMEBODY,
    "state": "withdrawn",
    "proposed_by": SOMEBODY,
    "proposed_at": LONG_AGO,
    "activated_by": SOMEBODY,
    "activated_at": LONG_AGO,
    "approved_by": SOMEBODY,
    "verified_by": SOMEBODY,
    "withdrawn_by": SOMEBODY,
    "names": [{"name": "smuggled", "lang": "en", "kind": "common", "source": "x"}],
    "identifiers": [{"kind": "cas", "value": "60-29-7"}],
    "substance": "ether",
    "substance_id": 1,
    "user": 1,
    "user_id": 1,
}


@pytest.fixture(autouse=True)
def law(only_own_lists):
    make_edition(1, None, ["acetone", "ether"])


def names_besides(known):
    return set(SubstanceName.objects.values_list("substance__key", "name")) - known


def test_cover_name_when_it_brings_privileged_fields_then_none_is_set(list_editor):
    answer = list_editor.post(COVER_NAMES, {**PRIVILEGED, **NEW})
    assert answer.status_code == 201
    for row in CoverName.objects.all():
        own = list_editor.user.actor
        assert (row.state, row.proposed_by, row.activated_by) == ("active", own, own)
        assert (row.withdrawn_by, row.proposed_at.year > 2000) == ("", True)
        assert (row.substance.key, row.pk < PRIVILEGED["pk"]) == ("acetone", True)


def test_cover_name_when_activating_or_withdrawing_brings_more_then_only_that_is_done(list_editor):
    pk = list_editor.post(COVER_NAMES, NEW).json()["id"]
    assert list_editor.post(f"{COVER_NAMES}/{pk}/activate", PRIVILEGED).status_code >= 400
    body = {**PRIVILEGED, "reason": "wrong", "withdrawn_at": LONG_AGO}
    list_editor.post(f"{COVER_NAMES}/{pk}/withdraw", body)
    row = CoverName.objects.get()
    assert (row.proposed_by, row.activated_by) == (list_editor.user.actor,) * 2
    assert (row.withdrawn_by, row.withdrawn_at.year > 2000) == (list_editor.user.actor, True)


def test_substance_when_it_brings_nested_rows_then_none_is_made(list_editor):
    known = set(SubstanceName.objects.values_list("substance__key", "name"))
    identifiers = SubstanceIdentifier.objects.count()
    body = {**PRIVILEGED, "key": "new-one", "preferred_name": "New one"}
    assert list_editor.post(SUBSTANCES, body).status_code == 201
    assert names_besides(known) <= {("new-one", "New one")}
    assert SubstanceIdentifier.objects.count() == identifiers
    assert not Substance.objects.filter(pk=PRIVILEGED["pk"]).exists()


def test_name_and_identifier_when_they_name_another_substance_then_the_address_decides(list_editor):
    known = set(SubstanceName.objects.values_list("substance__key", "name"))
    before = set(SubstanceIdentifier.objects.values_list("pk", flat=True))
    change(list_editor, "put", "/names", {**PRIVILEGED, **NAME})
    change(list_editor, "put", "/identifiers", {**PRIVILEGED, "kind": "cas", "value": "67-64-1"})
    assert names_besides(known) == {("acetone", NAME["name"])}
    added = SubstanceIdentifier.objects.exclude(pk__in=before)
    assert {row.substance.key for row in added} == {"acetone"}
    assert not added.filter(pk=PRIVILEGED["pk"]).exists()


def test_subscription_when_it_names_another_person_then_it_is_the_callers(analyst):
    other = UserFactory()
    analyst.put("/api/v1/subscriptions", {**PRIVILEGED, "user": other.pk, "user_id": other.pk})
    assert {row.user_id for row in Subscription.objects.all()} == {analyst.user.pk}
    assert not Subscription.objects.filter(pk=PRIVILEGED["pk"]).exists()
