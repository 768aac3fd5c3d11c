"""An account begins with an administrator's invitation, and with nothing else."""

import io
import re
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from rest_framework.test import APIClient

from shipments.domain.errors import InvalidValue
from targeting.management.one_time_codes import one_time_code
from targeting.models import User
from targeting.models.choices import Role
from targeting.services.users import invite_user, register_user
from tests.api.test_identity import CODE, LOGIN, ME, PASSWORD, set_up, submit

pytestmark = pytest.mark.django_db

FORM = {
    "username": "bolat",
    "first_name": "Bolat",
    "last_name": "Example",
    "email": "bolat@customs.example",
    "roles": [Role.ANALYST.value],
    "reach": "central",
    "offices": "",
}


def invited(administrator, django_capture_on_commit_callbacks, **changes):
    with django_capture_on_commit_callbacks(execute=True):
        url = reverse("admin:targeting_user_add")
        return administrator.post(url, {**FORM, **changes}, format="multipart")


def link_in(message):
    return re.search(r"https?://testserver(/\S+)", message.body)[1]


def choose_password(link, password=PASSWORD):
    browser = APIClient()
    page = browser.get(link, follow=True)
    form = {"password1": password, "password2": password}
    browser.answer = submit(browser, page.request["PATH_INFO"], **form)
    return browser


def test_invitation_when_followed_then_password_and_second_factor_come_at_one_sitting(
    administrator, django_capture_on_commit_callbacks
):
    invited(administrator, django_capture_on_commit_callbacks)
    browser = choose_password(link_in(mail.outbox[0]))
    assert browser.get("/admin/")["Location"] == reverse("mfa_activate_totp")
    key = set_up(browser)
    assert browser.answer["Location"] == reverse("mfa_view_recovery_codes")
    assert browser.get(browser.answer["Location"]).status_code == 200
    later = APIClient()
    submit(later, LOGIN, login="bolat", password=PASSWORD)
    submit(later, CODE, code=one_time_code(key, at=time.time() + 30))
    assert later.get(ME).json()["name"] == "bolat"


def test_invitation_when_printed_for_the_first_administrator_then_it_works_as_the_mailed_one():
    call_command("createsuperuser", username="root", email="", interactive=False)
    printed = io.StringIO()
    call_command("invite_user", "root", site="http://testserver", stdout=printed)
    browser = choose_password(printed.getvalue().strip().removeprefix("http://testserver"))
    assert browser.get("/admin/")["Location"] == reverse("mfa_activate_totp")
    with pytest.raises(CommandError, match="no active account"):
        call_command("invite_user", "nobody", site="http://testserver")


def test_invitation_when_followed_then_the_person_chooses_a_password_once(
    administrator, django_capture_on_commit_callbacks
):
    invited(administrator, django_capture_on_commit_callbacks)
    user = User.objects.get(username="bolat")
    assert not user.has_usable_password()
    (message,) = mail.outbox
    assert message.to == ["bolat@customs.example"]
    assert choose_password(link_in(message)).answer.status_code == 302
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    choose_password(link_in(message), "a second choice of words")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_invitation_when_the_password_is_weak_then_it_is_refused(
    administrator, django_capture_on_commit_callbacks
):
    invited(administrator, django_capture_on_commit_callbacks)
    for weak in ("short", "bolat-example", "123456789012", "password1234"):
        browser = choose_password(link_in(mail.outbox[0]), weak)
        assert browser.answer.status_code == 200
    assert not User.objects.get(username="bolat").has_usable_password()


def test_invitation_when_two_days_old_then_the_link_is_dead(
    administrator, django_capture_on_commit_callbacks, settings
):
    invited(administrator, django_capture_on_commit_callbacks)
    settings.PASSWORD_RESET_TIMEOUT = timedelta(seconds=-1).total_seconds()
    choose_password(link_in(mail.outbox[0]))
    assert not User.objects.get(username="bolat").has_usable_password()


def test_invitation_when_sent_again_then_the_link_before_and_the_password_are_dead(
    administrator, django_capture_on_commit_callbacks
):
    invited(administrator, django_capture_on_commit_callbacks)
    choose_password(link_in(mail.outbox[0]))
    user = User.objects.get(username="bolat")
    with django_capture_on_commit_callbacks(execute=True):
        form = {"action": "invite", "_selected_action": [user.pk]}
        administrator.post(reverse("admin:targeting_user_changelist"), form, format="multipart")
    user.refresh_from_db()
    assert not user.has_usable_password()
    choose_password(link_in(mail.outbox[0]))
    user.refresh_from_db()
    assert not user.has_usable_password()
    choose_password(link_in(mail.outbox[1]))
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_invitation_without_an_address_is_refused(
    administrator, django_capture_on_commit_callbacks
):
    page = invited(administrator, django_capture_on_commit_callbacks, email="")
    assert "This field is required" in page.content.decode()
    user = register_user(username="nomail", password=PASSWORD, roles=[Role.ANALYST])
    with pytest.raises(InvalidValue) as caught:
        invite_user(user=user, site="http://testserver")
    assert caught.value.code == "email_missing"
    assert user.check_password(PASSWORD)


def test_only_administrators_invite(list_editor, django_capture_on_commit_callbacks):
    answer = invited(list_editor, django_capture_on_commit_callbacks)
    assert answer.status_code == 403
    assert not mail.outbox


def test_a_forgotten_password_betrays_no_account(django_capture_on_commit_callbacks):
    register_user(
        username="aigul", password=PASSWORD, roles=[Role.ANALYST], email="a@customs.example"
    )
    answers = [
        submit(APIClient(), reverse("account_reset_password"), email=email)
        for email in ("a@customs.example", "nobody@customs.example")
    ]
    assert [answer["Location"] for answer in answers] == [
        reverse("account_reset_password_done")
    ] * 2


@pytest.mark.parametrize(("lang", "word"), [("kk", "Құпиясөзді"), ("ru", "парол")])
def test_a_forgotten_password_is_spoken_of_in_the_readers_language(
    lang, word, django_capture_on_commit_callbacks
):
    register_user(
        username="aigul", password=PASSWORD, roles=[Role.ANALYST], email="a@customs.example"
    )
    caller, place = APIClient(headers={"Accept-Language": lang}), reverse("account_reset_password")
    with django_capture_on_commit_callbacks(execute=True):
        done = submit(caller, place, email="a@customs.example")
    (letter,) = mail.outbox
    link = re.search(r"https?://[^/]+(/\S+/key/\S+)", letter.body)[1]
    pages = [caller.get(place), caller.get(done["Location"]), caller.get(link + "x", follow=True)]
    told = [re.sub(r"<[^>]*>", " ", page.content.decode()) for page in pages]
    for text in [*told, f"{letter.subject} {letter.body.replace(link, '')}"]:
        assert word in text
        assert not re.search(r"\b(password|email|you|please|your)\b", text, re.IGNORECASE), text
