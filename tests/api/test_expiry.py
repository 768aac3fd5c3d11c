"""What has expired is cleared by beat; what is still good stays."""

import time
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from oauth2_provider.models import AccessToken
from rest_framework.test import APIClient

from targeting.management.one_time_codes import one_time_code
from targeting.models import ClientSecret
from targeting.services.clients import rotate_secret
from targeting.services.expiry import clear_expired
from targeting.tasks import clear_expired_rows
from tests.api.test_identity import LOGIN, ME, entered, person, submit
from tests.factories.targeting import registered_client

pytestmark = pytest.mark.django_db

NOTHING = {
    "tokens": 0,
    "sessions": 0,
    "listed_sessions": 0,
    "attempts": 0,
    "secrets": 0,
    "kept_answers": 0,
    "exports": 0,
    "list_imports": 0,
}


def cleared_in(**time_from_now):
    return clear_expired(now=timezone.now() + timedelta(**time_from_now))


def test_sessions_when_over_then_cleared_with_their_line_in_the_list():
    browser = entered(one_time_code(person(), at=time.time()))
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
    assert cleared_in(minutes=29) == NOTHING
    assert browser.get(ME).status_code == 200
    assert cleared_in(minutes=31) == NOTHING | {"sessions": 1, "listed_sessions": 1}
    assert browser.get(ME).status_code == 401


def test_tokens_when_expired_then_cleared_and_the_living_stay_good():
    client, secret = registered_client(token_seconds=600)
    form = {"grant_type": "client_credentials", "client_id": client.client_id}
    answers = [
        APIClient().post("/oauth/token/", {**form, "client_secret": secret}, format="multipart")
    ]
    AccessToken.objects.update(expires=timezone.now())
    answers.append(
        APIClient().post("/oauth/token/", {**form, "client_secret": secret}, format="multipart")
    )
    dead, living = (answer.json()["access_token"] for answer in answers)
    assert cleared_in(minutes=1) == NOTHING | {"tokens": 1}
    asked = [
        APIClient(headers={"Authorization": f"Bearer {word}"}).get(ME) for word in (dead, living)
    ]
    assert [answer.status_code for answer in asked] == [401, 200]


def test_failed_sign_ins_when_a_day_old_then_cleared_and_no_lock_before_its_end():
    person()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        submit(APIClient(), LOGIN, login="aigul", password="wrong")
    assert cleared_in(minutes=14) == NOTHING
    assert submit(APIClient(), LOGIN, login="aigul", password="wrong").status_code == 429
    assert cleared_in(days=1, minutes=1) == NOTHING | {"attempts": 1}
    assert not AccessAttempt.objects.exists()


def test_secrets_when_long_over_then_cleared_and_a_rotation_is_not_disturbed():
    client, _ = registered_client()
    rotate_secret(client=client, now=timezone.now())
    assert cleared_in(days=14 + 89) == NOTHING
    assert cleared_in(days=14 + 91) == NOTHING | {"secrets": 1}
    (left,) = ClientSecret.objects.all()
    assert left.expires_at > timezone.now() + timedelta(days=360)


def test_beat_clears_every_hour(settings):
    schedule = settings.CELERY_BEAT_SCHEDULE["clear_expired"]
    assert (schedule["task"], schedule["schedule"]) == (clear_expired_rows.name, 3600)
    assert clear_expired_rows() == NOTHING
