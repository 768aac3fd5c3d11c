"""People: password, second factor, sessions."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from config.identity import SealedFactors
from config.second_factor import GIVE, SET_UP
from shipments.domain.errors import InvalidValue
from targeting.management.access import patterns
from targeting.management.one_time_codes import new_key, one_time_code
from targeting.models import User
from targeting.models.choices import Role
from targeting.services.users import (
    enrol_authenticator_app,
    invitation_link,
    register_user,
)
from tests.api.conftest import sign_in
from tests.api.test_access_matrix import ARGUMENTS

pytestmark = pytest.mark.django_db

PASSWORD = "a long pass phrase of Astana"
LOGIN, CODE, ME = "/accounts/login/", "/accounts/2fa/authenticate/", "/api/v1/me"


def person(**more):
    """Aigul with an authenticator app; the app's key."""
    wanted = {"roles": [Role.ANALYST], **more}
    user = register_user(username="aigul", password=PASSWORD, **wanted)
    key = new_key()
    enrol_authenticator_app(user=user, secret=key)
    return key


def submit(browser, page, **form):
    if "csrftoken" in browser.cookies:
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"].value
    return browser.post(page, form, format="multipart")


def entered(code, password=PASSWORD):
    browser = APIClient()
    submit(browser, LOGIN, login="aigul", password=password)
    submit(browser, CODE, code=code)
    return browser


def test_a_person_signs_in_with_password_and_code_and_is_known_to_the_api():
    key = person()
    browser = APIClient(enforce_csrf_checks=True)
    page = browser.get(LOGIN)
    assert page.status_code == 200
    assert "sign up" not in page.content.decode().lower()
    answer = submit(browser, LOGIN, login="aigul", password=PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    assert browser.get(ME).status_code == 401
    answer = submit(browser, CODE, code=one_time_code(key, at=time.time()))
    assert answer.status_code == 302
    assert browser.get(ME).json()["grants"] == ["analyst"]


def test_a_code_is_good_once():
    key = person()
    code = one_time_code(key, at=time.time())
    first, second = entered(code), entered(code)
    assert first.get(ME).status_code == 200
    assert second.get(ME).status_code == 401


def test_a_recovery_code_is_good_once():
    person()
    user = User.objects.get()
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    first, second = entered(code), entered(code)
    assert first.get(ME).status_code == 200
    assert second.get(ME).status_code == 401


def test_the_key_of_an_app_is_stored_sealed():
    key = person()
    stored = Authenticator.objects.get().data["secret"]
    assert key not in stored
    assert SealedFactors().decrypt(stored) == key


def test_sealed_keys_are_read_under_the_key_before(settings):
    key = person()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another " * 8
    assert SealedFactors().decrypt(Authenticator.objects.get().data["secret"]) == key


def with_password_only():
    register_user(username="aigul", password=PASSWORD, roles=[Role.ADMINISTRATOR])
    browser = APIClient()
    browser.answer = submit(browser, LOGIN, login="aigul", password=PASSWORD)
    return browser


def by_link():
    """Whoever followed the mailed link and chose a password."""
    user = User.objects.filter(username="aigul").first() or register_user(
        username="aigul", password=PASSWORD, roles=[Role.ADMINISTRATOR]
    )
    browser = APIClient()
    page = browser.get(invitation_link(user=user, site="http://testserver"), follow=True)
    submit(browser, page.request["PATH_INFO"], password1=PASSWORD, password2=PASSWORD)
    return browser


def set_up(browser):
    """The key of the app that a person sets up, who comes by a link."""
    page = reverse("mfa_activate_totp")
    confirm = browser.get(page)["Location"]
    assert confirm.startswith(reverse("account_reauthenticate"))
    submit(browser, confirm, password=PASSWORD)
    key = browser.get(page).context["form"].secret
    browser.answer = submit(browser, page, code=one_time_code(key, at=time.time()))
    return key


def test_password_when_stolen_before_the_first_second_factor_then_it_opens_nothing():
    thief = with_password_only()
    assert thief.answer.status_code == 403
    assert "Open the link that was mailed" in thief.answer.content.decode()
    for path in (reverse("mfa_activate_totp"), "/accounts/sessions/", "/admin/"):
        assert "login" in thief.get(path)["Location"], path
    assert thief.get(ME).status_code == 401
    owner = by_link()
    assert set_up(owner)
    assert thief.get(ME).status_code == 401


def test_session_of_a_password_alone_when_a_factor_is_there_then_only_giving_it_is_open():
    """However it came to be: by the time before a factor was taken away, say."""
    person(roles=[Role.ADMINISTRATOR])
    browser = APIClient()
    sign_in(browser, User.objects.get(), method="password")
    for path in (reverse("mfa_view_recovery_codes"), reverse("mfa_activate_totp"), "/admin/"):
        assert browser.get(path)["Location"].startswith(reverse("mfa_reauthenticate")), path


@pytest.mark.parametrize("path", ["/", "/admin/", "/accounts/sessions/", "/accounts/email/"])
def test_page_when_without_a_second_factor_then_sent_to_set_it_up(path):
    answer = by_link().get(path)
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_activate_totp"))


def test_api_when_without_a_second_factor_then_403():
    answer = by_link().get(ME)
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")
    assert answer["Content-Type"] == "application/problem+json"


def test_every_route_when_without_a_second_factor_then_closed_or_on_the_way_to_it():
    browser = by_link()
    opened, asked = set(), 0
    for route, _, entry in patterns():
        names = entry.pattern.converters
        if "(?P" in route or entry.name == "account_logout" or not names.keys() <= ARGUMENTS.keys():
            continue
        url = "/" + route.replace("^", "").replace("$", "")
        for key, converter in names.items():
            url = re.sub(rf"<[^<>]*\b{key}>", str(converter.to_url(ARGUMENTS[key])), url)
        asked += 1
        if browser.get(url).status_code == 200:
            opened.add(entry.name)
    assert asked > 40
    assert opened <= GIVE | SET_UP


def test_second_factor_when_first_set_up_then_asked_for_and_the_session_is_good():
    browser = by_link()
    key = set_up(browser)
    assert Authenticator.objects.filter(type="totp").count() == 1
    ask = browser.get("/admin/")["Location"]
    assert ask.startswith(reverse("mfa_reauthenticate"))
    assert submit(browser, ask, code=one_time_code(key, at=time.time()))["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_second_factor_when_the_last_then_its_owner_cannot_take_it_away():
    key = person()
    browser = entered(one_time_code(key, at=time.time()))
    off = reverse("mfa_deactivate_totp")
    submit(browser, browser.get(off)["Location"], password=PASSWORD)
    answer = submit(browser, off)
    assert "cannot deactivate" in answer.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_second_factor_when_not_required_then_a_password_is_enough(settings):
    settings.SECOND_FACTOR = settings.SECOND_FACTOR | {"REQUIRED": False}
    assert with_password_only().get(ME).status_code == 200


def left():
    return Session.objects.get().expire_date - timezone.now()


def test_session_when_idle_then_ended(analyst):
    assert timedelta(minutes=29) < left() <= timedelta(minutes=30)
    Session.objects.update(expire_date=timezone.now())
    assert analyst.get(ME).status_code == 401


def test_session_when_used_then_lasts_on_by_one_write_a_minute(analyst):
    session = analyst.session
    session["seen_at"] = time.time() - 61
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=5))
    analyst.get(ME)
    assert left() > timedelta(minutes=29)
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=5))
    analyst.get(ME)
    assert left() < timedelta(minutes=6)


def test_session_when_older_than_half_a_day_then_ended_however_busy(analyst):
    session = analyst.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": time.time() - 12 * 3600 - 1}
    ]
    session.save()
    assert analyst.get(ME).status_code == 401


def test_a_person_sees_their_sessions_and_ends_the_others():
    key = person()
    here, there = (entered(one_time_code(key, at=time.time() + shift)) for shift in (0, 30))
    page = here.get(reverse("usersessions_list"))
    assert page.content.decode().count("127.0.0.1") == 2
    here.post(reverse("usersessions_list"))
    assert here.get(ME).status_code == 200
    assert there.get(ME).status_code == 401


def test_a_changed_password_ends_the_sessions_everywhere():
    key = person()
    here, there = (entered(one_time_code(key, at=time.time() + shift)) for shift in (0, 30))
    assert there.get(ME).status_code == 200
    new = "another long pass phrase"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    submit(here, reverse("account_change_password"), **form)
    assert there.get(ME).status_code == 401
    assert User.objects.get().check_password(new)


def test_nobody_signs_up(anonymous):
    form = {"username": "stranger", "password1": PASSWORD, "password2": PASSWORD}
    page = anonymous.post("/accounts/signup/", form, format="multipart")
    assert page.status_code == 200
    assert "closed" in page.content.decode().lower()


def test_a_session_post_without_the_csrf_token_is_refused():
    user = register_user(username="aigul", password=PASSWORD, roles=[Role.ANALYST])
    browser = APIClient(enforce_csrf_checks=True)
    sign_in(browser, user)
    answer = browser.post("/api/v1/declarations/", {}, format="json")
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_an_inactive_person_is_401(analyst):
    User.objects.update(is_active=False)
    assert analyst.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "12345678"}, "password_weak"),
        ({"roles": []}, "role_missing"),
        ({"username": "AIGUL"}, "username_taken"),
    ],
)
def test_register_user_refuses(changes, code):
    register_user(username="aigul", password=PASSWORD, roles=[Role.ANALYST])
    wanted = {"username": "new", "password": PASSWORD, "roles": [Role.ANALYST], **changes}
    with pytest.raises(InvalidValue) as caught:
        register_user(**wanted)
    assert caught.value.code == code


def test_only_list_editors_and_administrators_enter_the_admin():
    analyst = register_user(username="a", password=PASSWORD, roles=[Role.ANALYST])
    editor = register_user(username="b", password=PASSWORD, roles=[Role.LIST_EDITOR])
    root = register_user(username="c", password=PASSWORD, roles=[Role.ADMINISTRATOR])
    assert [person.is_staff for person in (analyst, editor, root)] == [False, True, True]


def test_the_admin_has_no_sign_in_of_its_own():
    person(roles=[Role.ADMINISTRATOR])
    browser = APIClient()
    assert browser.get("/admin/")["Location"].startswith("/admin/login/")
    for method in (browser.get, browser.post):
        assert method("/admin/login/")["Location"].startswith(LOGIN)
    form = {"username": "aigul", "password": PASSWORD, "next": "/admin/"}
    browser.post("/admin/login/", form, format="multipart")
    assert browser.get("/admin/").status_code == 302
