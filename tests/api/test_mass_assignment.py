"""Fields that a caller may not set, sent all the same; rights that nested rows might bring."""

import io
import json

import pytest
from django.core import mail
from django.urls import get_resolver, reverse
from rest_framework.test import APIClient

from risk.models import LaneDecision, RiskAssessment, SubstanceMatch
from shipments.models import Declaration, IntakeBatch
from targeting.models import Alert, ApiClient, User
from tests.api.conftest import sign_in, signed_in
from tests.api.test_identity import PASSWORD, person
from tests.factories.shipments import SubmitterFactory
from tests.factories.targeting import CLIENT_FORM, UserFactory, registered_client
from tests.integration.conftest import declaration

pytestmark = pytest.mark.django_db

NEW = "another long pass phrase"
PRIVILEGED = {
    "id": 1,
    "pk": 1,
    "state": "done",
    "submitter": "another",
    "submitter_id": 1,
    "received_at": "2000-01-01T00:00:00Z",
    "actor": "user:1",
    "lane": "green",
    "score": 0,
    "is_random_arm": True,
    "assessment": {"score": 0},
    "alert": {"state": "closed"},
    "roles": ["administrator"],
    "_state": {"adding": False},
    "__class__": "x",
}


def test_declaration_when_it_brings_privileged_fields_then_none_is_set(client_system):
    other = SubmitterFactory(key="another")
    body = declaration() | {k: v for k, v in PRIVILEGED.items() if k != "id"}
    body["items"] = [item | PRIVILEGED for item in body["items"]]
    body["parties"] = [party | {"submitter": "another", "party_id": 1} for party in body["parties"]]
    answer = client_system.post(reverse("declaration-list"), body)
    assert answer.status_code in {202, 422}
    own = client_system.token.application.submitter
    assert set(IntakeBatch.objects.values_list("submitter_id", flat=True)) <= {own.pk}
    assert not IntakeBatch.objects.filter(submitter=other).exists()
    assert not IntakeBatch.objects.filter(received_at__year=2000).exists()
    for written_by_the_pipeline in (Declaration, RiskAssessment, LaneDecision, Alert):
        assert not written_by_the_pipeline.objects.exists()


def test_screening_when_it_brings_privileged_fields_then_nothing_is_written(analyst):
    body = {"texts": [{"text": "acetone", **PRIVILEGED}], **PRIVILEGED}
    assert analyst.post(reverse("screen"), body).status_code == 200
    for table in (IntakeBatch, Declaration, SubstanceMatch, RiskAssessment, Alert):
        assert not table.objects.exists()


def test_batch_when_its_form_brings_privileged_fields_then_none_is_set(client_system):
    other = SubmitterFactory(key="another")
    upload = io.BytesIO(json.dumps(declaration()).encode() + b"\n")
    upload.name = "may.ndjson"
    form = {"file": upload, "submitter": other.pk, "state": "done", "received_at": "2000-01-01"}
    answer = client_system.post(reverse("batch-list"), form, format="multipart")
    assert answer.status_code == 202
    batch = IntakeBatch.objects.get()
    assert batch.submitter == client_system.token.application.submitter
    assert batch.state != "done"
    assert batch.received_at.year > 2000


def test_upload_when_its_name_climbs_then_it_stays_below_the_uploads(client_system):
    upload = io.BytesIO(b"{}\n")
    upload.name = "../../../etc/cron.d/x.ndjson"
    client_system.post(reverse("batch-list"), {"file": upload}, format="multipart")
    assert ".." not in str(IntakeBatch.objects.values().get())


def test_token_request_when_it_brings_scope_user_and_life_then_the_client_decides():
    client, secret = registered_client(token_seconds=90)
    root = UserFactory(roles=["administrator"])
    form = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": secret,
        "user": root.pk,
        "username": root.username,
        "expires_in": 10**9,
        "submitter": 1,
    }
    answer = APIClient().post("/oauth/token/", form, format="multipart")
    assert (answer.json()["scope"], answer.json()["expires_in"]) == ("receipts:read", 90)
    token = client.accesstoken_set.get()
    assert token.user is None


@pytest.mark.parametrize("grant", ["password", "authorization_code", "implicit", "refresh_token"])
def test_token_request_when_it_names_another_grant_then_refused(grant):
    client, secret = registered_client()
    person()
    form = {
        "grant_type": grant,
        "client_id": client.client_id,
        "client_secret": secret,
        "username": "aigul",
        "password": PASSWORD,
        "code": "x",
        "refresh_token": "x",
    }
    answer = APIClient().post("/oauth/token/", form, format="multipart")
    assert answer.status_code == 400
    assert not client.accesstoken_set.exists()


@pytest.mark.parametrize(
    ("page", "form"),
    [
        (
            "account_change_password",
            {
                "oldpassword": PASSWORD,
                "password1": "a new long phrase",
                "password2": "a new long phrase",
            },
        ),
        ("account_email", {"email": "new@customs.example", "action_add": ""}),
        ("usersessions_list", {}),
        ("account_reauthenticate", {"password": PASSWORD}),
    ],
)
def test_pages_of_an_account_when_they_bring_rights_then_none_is_given(page, form):
    person()
    user = User.objects.get()
    browser = sign_in(APIClient(), user)
    rights = {"roles": "administrator", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    rights |= {"person": 1, "reach": "central", "user": 1, "username": "root"}
    browser.post(reverse(page), form | rights, format="multipart")
    now = User.objects.get(pk=user.pk)
    assert (now.roles, now.username, now.person, now.reach) == (
        user.roles,
        "aigul",
        user.person,
        user.reach,
    )


@pytest.mark.parametrize(
    "role", ["analyst", "senior_analyst", "list_editor", "list_approver", "auditor"]
)
def test_admin_when_a_person_without_the_right_gives_rights_then_refused(role):
    browser = signed_in(roles=[role])
    me = User.objects.get()
    client, _ = registered_client()
    pages = {
        reverse("admin:targeting_user_change", args=[me.pk]): {"roles": ["administrator"]},
        reverse("admin:targeting_user_add"): {"username": "new", "roles": ["administrator"]},
        reverse("admin:targeting_apiclient_add"): {"name": "New", **CLIENT_FORM},
        reverse("admin:targeting_apiclient_change", args=[client.pk]): CLIENT_FORM,
        reverse("admin:targeting_user_changelist"): {"action": "invite", "_selected_action": me.pk},
    }
    for page, form in pages.items():
        # 200 is the list again, for who may read it: the action is not theirs.
        is_list = page.endswith("/user/")
        assert browser.post(page, form, format="multipart").status_code in {302, 403} | (
            {200} if is_list else set()
        )
    assert not mail.outbox
    assert list(User.objects.values_list("roles", flat=True)) == [[role]]
    assert ApiClient.objects.get().allowed_networks == client.allowed_networks


def test_client_when_nested_secrets_are_posted_then_none_is_added():
    browser = signed_in(roles=["administrator"])
    client, _ = registered_client()
    before = list(client.secrets.values())
    form = {"name": client.name, "submitter": client.submitter_id, **CLIENT_FORM}
    form |= {
        "secrets-TOTAL_FORMS": 2,
        "secrets-INITIAL_FORMS": 1,
        "secrets-0-id": before[0]["id"],
        "secrets-0-client": client.pk,
        "secrets-0-expires_at_0": "2099-01-01",
        "secrets-0-DELETE": "on",
        "secrets-1-digest": "ab" * 32,
        "secrets-1-client": client.pk,
        "client_id": "chosen",
        "client_secret": "chosen",
        "user": 1,
        "skip_authorization": "on",
        "authorization_grant_type": "password",
    }
    browser.post(
        reverse("admin:targeting_apiclient_change", args=[client.pk]), form, format="multipart"
    )
    now = ApiClient.objects.get()
    assert list(now.secrets.values()) == before
    assert (now.client_id, now.client_secret, now.authorization_grant_type) == (
        client.client_id,
        "",
        "client-credentials",
    )


def test_writing_routes_of_the_api_are_all_known_here():
    """Whoever adds a route that writes adds its case above, in test_editions.py for editions, in
    test_alert_acts.py, test_referrals.py, test_saved_searches.py, test_lanes.py, test_outcomes.py,
    test_controlled_deliveries.py, test_legal_holds.py, test_preliminary_links.py,
    test_watchlists.py, test_trader_categories.py,
    test_party_decisions.py, test_party_bulk.py, test_questions.py, test_permit_matches.py,
    test_profiles.py,
    test_risk_models.py, test_exports.py, test_list_imports.py,
    test_lane_limits.py, test_authorisations.py, test_pre_export_notifications.py and
    test_webhooks.py for these, in
    test_mass_assignment_reference.py for other reference data and subscriptions."""
    api = next(p for p in get_resolver().url_patterns if str(p.pattern) == "api/v1/")
    writes = {
        entry.name
        for entry in api.url_patterns
        if {"post", "put", "patch", "delete"} & entry.callback.actions.keys()
    }
    editing = {name for name in writes if name.startswith("edition-")}
    assert editing == {
        "edition-list",
        "edition-detail",
        "edition-entry",
        "edition-entry-detail",
        "edition-import",
        "edition-imports",
        "edition-propose",
        "edition-return",
        "edition-approve",
        "edition-verify",
        "edition-simulation",
    }
    reference = {
        "cover-name-list",
        "cover-name-activate",
        "cover-name-withdraw",
        "substance-list",
        "substance-names",
        "substance-identifiers",
        "subscription-list",
    }
    links = {"preliminary-link-decide"}
    traders = {"party-decision-list", "party-decision-withdraw", "party-pair-decide"}
    traders |= {"party-decision-bulk", "party-pair-bulk"}
    holds = {"legal-hold-list", "legal-hold-propose-lifting"}
    leads = ("list", "withdraw", "import", "approve-many")
    watchlist = {f"watchlist-entry-{way}" for way in leads} | {"lead-list", "lead-import"}
    channels = {f"channel-{move}" for move in ("confirm", "liquidate", "dismiss", "reopen")}
    baskets = {f"reagent-basket-{move}" for move in ("dismiss", "reopen")}
    profiles = {f"profile-{word}" for word in ("list", "detail", "propose", "return", "approve")}
    profiles |= {"profile-simulation", "profile-simulation-cancel"}
    assert {name for name in writes if name.startswith("profile-")} == profiles
    profiles |= {"lane-limit-list"}
    categories = {"category-override-list", "category-override-withdraw"}
    models = {"risk-model-retire"}
    without_a_body = {
        "risk-model-propose",
        "risk-model-approve",
        "standing-dismissal-end",
        "watchlist-entry-approve",
        "category-override-approve",
        "party-decision-approve",
        "legal-hold-lift",
        "batch-cancel",
        "controlled-delivery-end",
        "referral-withdraw",
        "received-referral-receive",
        "look-back-cancel",
        "look-back-resume",
        "reassessment-cancel",
        "reassessment-resume",
        "notice-read",
        "notices-read",
        "substance-name-detail",
        "substance-identifier-detail",
        "export-detail",
        "list-import-detail",
        "subscription-detail",
        "webhook-rotate-secret",
    }
    own = {
        *("batch-list", "declaration-list", "screen", "lane-acknowledge", "outcome-list"),
        "controlled-delivery-list",
        "received-referral-answer",
        *("saved-search-list", "saved-search-detail"),
        *("webhook-list", "webhook-detail", "webhook-replay"),
        "export-list",
        "list-import-confirm",
    }
    register = {
        "authorisation-list",
        "authorisation-import",
        "authorisation-suspend",
        "authorisation-resume",
        "authorisation-revocation",
        "authorisation-revoke",
    }
    assert {name for name in writes if name.startswith("authorisation-")} == register
    notified = {
        "pre-export-notification-list",
        "pre-export-notification-import",
        "pre-export-notification-step",
        "pre-export-notification-close",
        "notification-match-decision",
        "notification-match-approve",
    }
    assert {name for name in writes if "notification-" in name} == notified
    sheets = ("requirement", "return", "legal-entity")
    needs = {f"{name}-{way}" for name in sheets for way in ("list", "import")}
    questions = {f"operator-question-{way}" for way in ("list", "settle", "withdraw", "extend")}
    questions |= {"question-answer"}
    permits = {f"permit-match-{way}" for way in ("list", "approve", "withdraw")}
    moves = {
        f"alert-{move}"
        for move in (
            *("take", "assign", "release", "note", "dismiss", "confirm-dismissal"),
            *("refuse-dismissal", "reopen", "refer", "attachments", "bulk"),
        )
    }
    assert {name for name in writes if name.startswith("alert-")} == moves
    known = own | reference | holds | links | watchlist | categories | without_a_body
    known |= traders | questions | permits | channels | baskets | profiles | models
    assert writes - editing - register - moves - notified - needs == known
