"""What is published of the random draw, for every caller."""

from datetime import UTC, date, datetime

import pytest

from risk.models import DrawDigest, DrawKey

TOLD = datetime(2026, 2, 1, tzinfo=UTC)
ADDRESS = "/api/v1/draw-days"


@pytest.fixture
def days(db) -> None:
    first, _ = (
        DrawDigest.objects.create(day=date(2026, 3, day), digest=f"{day}" * 64, announced_at=TOLD)
        for day in (1, 2)
    )
    DrawKey.objects.create(announcement=first, key="ab" * 32, published_at=TOLD)


def test_client_reads_keys_once_they_are_published(client_system, days) -> None:
    rows = client_system.get(ADDRESS).json()["results"]
    assert [(row["day"], row["key"]) for row in rows] == [
        ("2026-03-02", None),
        ("2026-03-01", "ab" * 32),
    ]
    one = client_system.get(f"{ADDRESS}/2026-03-01").json()
    assert (one["digest"], one["published_at"]) == ("1" * 64, "2026-02-01T00:00:00Z")


def test_pages_follow_each_other(analyst, days) -> None:
    first = analyst.get(f"{ADDRESS}?page_size=1").json()
    second = analyst.get(first["next"]).json()
    assert [row["day"] for row in first["results"] + second["results"]] == [
        "2026-03-02",
        "2026-03-01",
    ]


@pytest.mark.parametrize("day", ["2026-03-03", "today"])
def test_day_that_nobody_told_is_not_there(analyst, days, day) -> None:
    assert analyst.get(f"{ADDRESS}/{day}").status_code == 404
