"""Tokens of machines, sessions of people."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from shipments.domain.errors import InvalidValue
from targeting.models import User
from targeting.models.choices import Role
from targeting.services.users import register_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long pass phrase of Astana"
RECEIPTS = "/api/v1/receipts/"


def test_a_person_signs_in_by_the_page_and_is_known_to_the_api():
    register_user(username="aigul", password=PASSWORD, role=Role.ANALYST)
    browser = APIClient(enforce_csrf_checks=True)
    page = browser.get(reverse("account_login"))
    assert page.status_code == 200
    assert "sign up" not in page.content.decode().lower()
    form = {
        "login": "aigul",
        "password": PASSWORD,
        "csrfmiddlewaretoken": browser.cookies["csrftoken"].value,
    }
    assert browser.post(reverse("account_login"), form, format="multipart").status_code == 302
    assert browser.get("/api/v1/me/").json()["grants"] == ["analyst"]


def test_nobody_signs_up(anonymous):
    form = {"username": "stranger", "password1": PASSWORD, "password2": PASSWORD}
    page = anonymous.post("/accounts/signup/", form, format="multipart")
    assert page.status_code == 200
    assert "closed" in page.content.decode().lower()


def test_a_session_post_without_the_csrf_token_is_refused():
    user = register_user(username="aigul", password=PASSWORD, role=Role.ANALYST)
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(user)
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
        ({"role": None}, "role_missing"),
        ({"username": "AIGUL"}, "username_taken"),
    ],
)
def test_register_user_refuses(changes, code):
    register_user(username="aigul", password=PASSWORD, role=Role.ANALYST)
    wanted = {"username": "new", "password": PASSWORD, "role": Role.ANALYST, **changes}
    with pytest.raises(InvalidValue) as caught:
        register_user(**wanted)
    assert caught.value.code == code


def test_only_list_administrators_and_superusers_enter_the_admin():
    analyst = register_user(username="a", password=PASSWORD, role=Role.ANALYST)
    editor = register_user(username="b", password=PASSWORD, role=Role.LIST_ADMINISTRATOR)
    root = register_user(username="c", password=PASSWORD, is_superuser=True)
    assert [person.is_staff for person in (analyst, editor, root)] == [False, True, True]


def test_a_superuser_signs_in_at_the_admin():
    register_user(username="root", password=PASSWORD, is_superuser=True)
    browser = APIClient()
    form = {"username": "root", "password": PASSWORD, "next": "/admin/"}
    answer = browser.post("/admin/login/", form, format="multipart")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
