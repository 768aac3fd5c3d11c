"""Brute force at the sign-in pages, with real attempts."""

import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from targeting.management.one_time_codes import one_time_code
from tests.api.test_identity import CODE, LOGIN, ME, PASSWORD, by_link, entered, person, submit

pytestmark = pytest.mark.django_db

TRIES = 5


def attempt(login="aigul", password="wrong", address="127.0.0.1"):
    return submit(APIClient(REMOTE_ADDR=address), LOGIN, login=login, password=password)


def test_brute_force_when_five_passwords_are_wrong_then_the_right_one_is_refused_too():
    person()
    statuses = [attempt().status_code for _ in range(TRIES)]
    assert statuses == [200] * (TRIES - 1) + [429]
    answer = attempt(password=PASSWORD)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert "locked for 15 minutes" in answer.content.decode()


def test_brute_force_when_spread_over_addresses_then_the_account_is_locked_all_the_same():
    person()
    for number in range(TRIES):
        attempt(address=f"203.0.113.{number}")
    assert attempt(password=PASSWORD, address="198.51.100.1").status_code == 429


def test_brute_force_when_the_name_is_spelt_anew_each_time_then_still_one_account():
    person()
    for name in ("aigul", "Aigul", "AIGUL", " aigul", "ａｉｇｕｌ"):
        attempt(login=name)
    assert attempt(password=PASSWORD).status_code == 429


def test_brute_force_when_one_account_is_locked_then_its_neighbours_are_not():
    person()
    for _ in range(TRIES):
        attempt(login="somebody else")
    assert attempt(password=PASSWORD).status_code == 302


def test_brute_force_when_the_time_is_over_then_the_owner_comes_in():
    person()
    for _ in range(TRIES + 3):
        attempt()
    # Tries on a locked account do not lengthen the lock.
    past = timezone.now() - timedelta(minutes=15, seconds=1)
    AccessAttempt.objects.update(attempt_time=past)
    assert attempt(password=PASSWORD).status_code == 302


def test_brute_force_when_the_counters_of_the_cache_are_lost_then_the_lock_stays():
    person()
    for _ in range(TRIES):
        attempt()
    cache.clear()
    assert attempt(password=PASSWORD).status_code == 429


def test_brute_force_when_one_address_tries_many_accounts_then_it_is_stopped():
    statuses = {attempt(login=f"person-{number}").status_code for number in range(29)}
    assert statuses == {200}
    answer = [attempt(login=f"other-{number}") for number in range(3)][-1]
    assert "Too many failed login attempts" in answer.content.decode()
    key = person()
    assert attempt(password=PASSWORD).status_code == 200  # not even tried
    assert attempt(password=PASSWORD, address="198.51.100.1").status_code == 302
    assert key


def test_brute_force_on_the_code_when_ten_are_wrong_then_the_right_one_is_refused_too():
    key = person()
    browser = APIClient()
    submit(browser, LOGIN, login="aigul", password=PASSWORD)
    for _ in range(10):
        submit(browser, CODE, code="000000")
    submit(browser, CODE, code=one_time_code(key, at=time.time()))
    assert browser.get(ME).status_code == 401
    # Nor does a new session or a new address help.
    other = APIClient(REMOTE_ADDR="198.51.100.1")
    submit(other, LOGIN, login="aigul", password=PASSWORD)
    submit(other, CODE, code=one_time_code(key, at=time.time()))
    assert other.get(ME).status_code == 401


def test_a_locked_account_is_unlocked_in_the_admin(administrator):
    person()
    for _ in range(TRIES):
        attempt()
    user = administrator.get(reverse("admin:targeting_user_changelist")).context["cl"].queryset
    form = {"action": "unlock", "_selected_action": [user.get(username="aigul").pk]}
    administrator.post(reverse("admin:targeting_user_changelist"), form, format="multipart")
    assert attempt(password=PASSWORD).status_code == 302


def test_what_was_typed_is_kept_without_passwords():
    attempt(password="my-real-password")
    assert "my-real-password" not in str(AccessAttempt.objects.values())


def test_a_second_factor_taken_away_by_an_administrator_ends_sessions(administrator):
    key = person()
    browser = entered(one_time_code(key, at=time.time()))
    assert browser.get(ME).status_code == 200
    users = administrator.get(reverse("admin:targeting_user_changelist")).context["cl"].queryset
    form = {"action": "remove_second_factor"}
    form["_selected_action"] = [users.get(username="aigul").pk]
    administrator.post(reverse("admin:targeting_user_changelist"), form, format="multipart")
    assert browser.get(ME).status_code == 401
    again = APIClient()
    assert submit(again, LOGIN, login="aigul", password=PASSWORD).status_code == 403
    assert by_link().get("/")["Location"] == reverse("mfa_activate_totp")
