"""The queue as it changes, and as a sheet."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import signed_in
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

SHEET = "/workbench/alerts/sheet"


def rows(answer):
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_queue_when_opened_then_rows_bear_their_alert_and_the_stream_is_named(analyst) -> None:
    alert = flagged_shipment()
    text = analyst.get("/workbench/alerts").content.decode()
    assert f'data-alert="{alert.pk}"' in text
    assert 'data-stream="/api/v1/events/stream"' in text


def test_sheet_when_taken_then_the_rows_of_the_view(analyst) -> None:
    flagged_shipment(lane="red", registration_number="A-1")
    flagged_shipment(lane="yellow", registration_number="A-2")
    (row,) = rows(analyst.get(SHEET, {"lane": "red", "as": "csv"}))
    assert row["registration_number"] == "A-1"
    assert row["lane"] == "red"
    assert row["reasons"]
    assert analyst.get(SHEET, {"as": "xlsx"}).content.startswith(b"PK")
    assert analyst.get(SHEET, {"as": "exe"}).status_code == 404


def test_sheet_when_a_text_is_a_formula_then_it_is_none(analyst) -> None:
    item = flagged_shipment().declaration.items.get()
    item.description = "=1+1"
    item.save()
    (row,) = rows(analyst.get(SHEET))
    assert not row["description"].startswith("=")


def test_sheet_when_of_another_office_then_without_its_rows() -> None:
    flagged_shipment(customs_office="11111")
    assert rows(signed_in(roles=["analyst"], reach="offices", offices=["2"]).get(SHEET)) == []


def test_sheet_when_of_more_rows_then_no_more_queries(analyst) -> None:
    flagged_shipment(registration_number="A-0")
    with CaptureQueriesContext(connection) as few:
        analyst.get(SHEET)
    for number in range(1, 4):
        flagged_shipment(registration_number=f"A-{number}")
    with CaptureQueriesContext(connection) as more:
        analyst.get(SHEET)
    assert len(more) == len(few) <= 25


def test_queue_when_opened_then_at_most_25_queries(analyst) -> None:
    for number in range(3):
        flagged_shipment(registration_number=f"A-{number}")
    with CaptureQueriesContext(connection) as asked:
        analyst.get("/workbench/alerts")
    assert len(asked) <= 25
