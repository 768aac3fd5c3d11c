"""Errors are problem+json with stable codes, and never a trace."""

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from shipments.domain import errors as shipment_errors
from targeting.api import alerts
from targeting.api.errors import DOMAIN_ERRORS, problem_exception_handler

pytestmark = pytest.mark.django_db


def test_a_problem_has_the_members_of_rfc_9457(analyst):
    answer = analyst.get("/api/v1/alerts/7/")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:targeting-centre:problem:not_found",
        "title": "There is nothing here.",
        "status": 404,
        "code": "not_found",
    }


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v1/", "/api/v2/alerts/", "/api/x"])
def test_an_unknown_path_of_the_api_is_a_problem(anonymous, path):
    answer = anonymous.get(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_an_unknown_page_elsewhere_is_a_page(anonymous):
    answer = anonymous.get("/nothing/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_a_fault_of_ours_is_500_without_a_trace(analyst, monkeypatch):
    def fail(rows, **more):
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr(alerts, "summarise_alerts", fail)
    analyst.raise_request_exception = False
    answer = analyst.get("/api/v1/alerts/")
    assert answer.status_code == 500
    assert answer.json()["code"] == "server_error"
    assert "42" not in answer.content.decode()


def test_only_json_is_given(analyst):
    answer = analyst.get("/api/v1/alerts/", headers={"Accept": "text/html"})
    assert answer.status_code == 406
    assert answer.json()["code"] == "not_acceptable"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (shipment_errors.InvalidValue("cas_rn_invalid", value="1-2-3"), 422, "cas_rn_invalid"),
        (shipment_errors.UnreadableFile("json_truncated", line=3), 422, "json_truncated"),
        (shipment_errors.InvalidValue("format_unknown", value="x"), 415, "format_unknown"),
        (shipment_errors.TargetingError("something_new"), 422, "something_new"),
    ],
)
def test_a_domain_error_takes_its_own_line_or_that_of_its_family(error, status, code):
    answer = problem_exception_handler(error, {})
    assert (answer.status_code, answer.data["code"]) == (status, code)
    assert answer.data["title"] in {title for _, title in DOMAIN_ERRORS.values()}


def test_the_schema_is_valid_without_warnings_and_declared():
    call_command("describe_api")


@pytest.mark.parametrize("path", ["/api/docs/", "/api/redoc/"])
def test_the_pages_of_the_schema_load_nothing_from_elsewhere(path):
    page = APIClient().get(path).content.decode()
    assert "https://" not in page
    assert "/static/drf_spectacular_sidecar/" in page
