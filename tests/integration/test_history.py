"""History of reference data: nothing skips it, it says who and why, nobody rewrites it."""

import pghistory.models
import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg import errors

from risk.models import Substance, SubstanceName
from shipments.services.bulk import copy_rows
from targeting.models import Agency, ApiClient, ClientSecret, User
from targeting.services.history import changes_by, set_history_context
from tests.api.conftest import signed_in
from tests.factories.risk import DraftFactory, SubstanceFactory
from tests.factories.targeting import UserFactory
from tests.integration.test_audit import other_login

pytestmark = pytest.mark.django_db

EVENT_MODELS = [m for m in apps.get_models() if issubclass(m, pghistory.models.Event)]
TRACKED = {model.pgh_tracked_model._meta.label for model in EVENT_MODELS}


def told(row):
    return [(event.pgh_label, event.pgh_context) for event in row.events.order_by("pgh_id")]


def test_reference_data_is_all_tracked():
    assert {
        "risk.ControlList",
        "risk.ListEdition",
        "risk.ListEntry",
        "risk.Substance",
        "risk.SubstanceName",
        "risk.SubstanceIdentifier",
        "risk.CoverName",
        "risk.RiskProfile",
        "targeting.Agency",
        "targeting.CustomsOffice",
        "targeting.Person",
        "targeting.User",
        "targeting.ApiClient",
        "targeting.ClientSecret",
    } <= TRACKED


def test_history_when_changed_by_any_means_then_kept_with_who_and_why():
    with changes_by("user:7", reason="decree 12"):
        edition = DraftFactory()
        type(edition).objects.filter(pk=edition.pk).update(provenance="gazette")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM risk_listedition WHERE id = %s", [edition.pk])
    kept = apps.get_model("risk", "ListEditionEvent").objects.filter(pgh_obj_id=edition.pk)
    assert [event.pgh_label for event in kept.order_by("pgh_id")] == ["insert", "update", "delete"]
    contexts = [event.pgh_context for event in kept]
    assert contexts == [{"actor": "user:7", "reason": "decree 12", "request_id": ""}] * 3
    assert kept.get(pgh_label="update").provenance == "gazette"


def test_history_when_nothing_differs_then_no_row():
    substance = SubstanceFactory(key="own")
    Substance.objects.filter(pk=substance.pk).update(preferred_name=substance.preferred_name)
    assert [label for label, _ in told(substance)] == ["insert"]


def test_history_holds_no_password_and_no_secret():
    columns = {
        model: {field.name for field in model.events.rel.related_model._meta.fields}
        for model in (User, ApiClient, ClientSecret)
    }
    assert "password" not in columns[User]
    assert "client_secret" not in columns[ApiClient]
    assert "digest" not in columns[ClientSecret]


def test_history_when_written_by_copy_then_kept():
    substance = SubstanceFactory(key="own")
    rows = [(substance.pk, f"name {n}", "en", "common", "", "") for n in range(3)]
    with changes_by("command:x"):
        copy_rows(
            SubstanceName, ("substance", "name", "lang", "kind", "source", "verification"), rows
        )
    events = apps.get_model("risk", "SubstanceNameEvent").objects.filter(substance=substance)
    assert [event.pgh_context["actor"] for event in events] == ["command:x"] * 3


def test_history_when_a_command_loads_then_the_command_is_named():
    call_command("load_risk_profile", verbosity=0)
    event = apps.get_model("risk", "RiskProfileEvent").objects.earliest("pgh_id")
    assert event.pgh_context["actor"] == "command:load_risk_profile"
    assert event.pgh_context["reason"] == "default.toml"


def test_history_when_changed_in_the_admin_then_the_person_the_reason_and_the_request():
    caller = signed_in(roles=["administrator"])
    form = {"code": "police", "name": "Police", "name_ru": "", "name_kk": ""}
    headers = {"X-Request-ID": "r-1", "X-Purpose": "new partner"}
    url = reverse("admin:targeting_agency_add")
    assert caller.post(url, form, format="multipart", headers=headers).status_code == 302
    (event,) = Agency.objects.get(code="police").events.all()
    assert event.pgh_context == {
        "actor": caller.user.actor,
        "reason": "new partner",
        "request_id": "r-1",
    }


def test_context_when_the_transaction_is_over_then_gone():
    """A pooled connection must not carry one caller's name into the next one's changes."""
    with other_login("DATABASE_OWNER_URL") as other:
        other.execute("SELECT set_config('pghistory.context_metadata', '{\"actor\": 1}', true)")
        other.commit()
        row = other.execute("SELECT current_setting('pghistory.context_metadata', true)").fetchone()
        assert not row[0]
    with transaction.atomic():
        set_history_context(actor="user:1")


@pytest.mark.parametrize("model", EVENT_MODELS, ids=lambda m: m._meta.label)
def test_history_when_the_application_would_rewrite_it_then_it_may_not(model):
    role = settings.TARGETING["APP_ROLE"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, %s, 'UPDATE, DELETE, TRUNCATE'),"
            " has_table_privilege(%s, %s, 'INSERT')",
            [role, model._meta.db_table] * 2,
        )
        assert cursor.fetchone() == (False, True)


@pytest.mark.django_db(transaction=True)
def test_app_role_when_it_changes_reference_data_then_history_is_written_and_stays():
    user = UserFactory()
    with other_login("DATABASE_URL") as app:
        app.execute("UPDATE targeting_user SET reach = 'offices' WHERE id = %s", [user.pk])
        count = "SELECT count(*) FROM targeting_userevent WHERE pgh_obj_id = %s"
        assert app.execute(count, [user.pk]).fetchone() == (2,)
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute("DELETE FROM targeting_userevent")
        app.rollback()
    assert isinstance(app, psycopg.Connection)


def test_fifty_thousand_names_by_copy_are_all_kept_by_one_statement():
    substance = SubstanceFactory(key="own")
    rows = ((substance.pk, f"name {n}", "en", "common", "", "") for n in range(50_000))
    with changes_by("command:x"), CaptureQueriesContext(connection) as queries:
        copy_rows(
            SubstanceName, ("substance", "name", "lang", "kind", "source", "verification"), rows
        )
    events = apps.get_model("risk", "SubstanceNameEvent").objects.filter(substance=substance)
    assert events.count() == 50_000
    assert len(queries) < 10
