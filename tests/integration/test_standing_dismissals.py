"""Decisions that stick: repeats are marked and counted, what differs comes back."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from risk.selectors.office import office_day
from targeting.models import Alert, StandingDismissal
from tests.api.conftest import signed_in
from tests.api.test_alert_acts import ALERTS, move
from tests.integration.conftest import declaration
from tests.integration.conftest import submitter as submitter
from tests.integration.conftest import take_in as take_in
from tests.integration.test_law import make_edition

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/standing-dismissals"
BELOW = {"description": "ТОЛУОЛ, 99 %", "commodity_code": "2902300000", "net_mass_kg": "50"}
PERMITS = [{"code": "01011", "number": "KZ-1"}, {"code": "01332", "number": "TR-1"}]


def toluene(number, **item):
    return declaration(number, item=BELOW | {"documents": PERMITS} | item)


@pytest.fixture
def analyst():
    return signed_in(roles=["analyst"])


def alert_of(number):
    return Alert.objects.get(registration_number=f"55301/121125/{number:07}")


def until(days=30):
    return (office_day(timezone.now()) + timedelta(days=days)).isoformat()


def dismissed(analyst, number=1, **body):
    given = {"reason": "plausible_trade", "scope": "importer_substance", "until": until()} | body
    return move(analyst, alert_of(number), "dismiss", **given)


@pytest.fixture
def first(take_in, settings):
    settings.TARGETING = settings.TARGETING | {"DRAW_SECRET": "draws nothing here" * 2}
    take_in([toluene(1)])
    assert alert_of(1).lane != "red"
    return alert_of(1)


def test_repeat_when_dismissed_to_stand_then_marked_listed_and_counted(
    analyst, first, take_in
) -> None:
    assert dismissed(analyst).status_code == 200
    (standing,) = analyst.get(PLACE).json()["results"]
    assert (standing["substances"], standing["covered_count"]) == (["toluene"], 0)
    take_in([toluene(2)])
    row = analyst.get(f"{ALERTS}/{alert_of(2).pk}").json()
    assert (row["state"], row["covered_by"]) == ("open", standing["id"])
    assert ids(analyst, covered="true") == [row["id"]]
    assert ids(analyst, covered="false", state="open") == []
    assert analyst.get(f"{PLACE}/{standing['id']}").json()["covered_count"] == 1


def ids(caller, **narrowed):
    return [row["id"] for row in caller.get(ALERTS, narrowed).json()["results"]]


@pytest.mark.parametrize(
    "item",
    [
        {"net_mass_kg": "101", "gross_mass_kg": "120"},
        {"description": "АЦЕТОН, 99 %", "commodity_code": "2914110000"},
    ],
    ids=["more", "another substance"],
)
def test_repeat_when_it_differs_then_it_comes_back(analyst, first, take_in, item) -> None:
    dismissed(analyst)
    take_in([toluene(2, **item)])
    assert alert_of(2).covered_by is None


def test_repeat_when_worded_otherwise_then_it_comes_back(analyst, first, take_in) -> None:
    """Of a dismissal of these words, whoever brings them."""
    dismissed(analyst, scope="wording")
    take_in([toluene(2), toluene(3, description="ТОЛУОЛ технический, 99 %")])
    assert alert_of(2).covered_by is not None
    assert alert_of(3).covered_by is None


def test_repeat_when_a_list_says_otherwise_then_it_comes_back(analyst, first, take_in) -> None:
    """A list that did not name the substance, in force before the repeat."""
    dismissed(analyst)
    take_in([toluene(2)])
    assert alert_of(2).covered_by is not None
    make_edition(1, date(2025, 1, 1), ["toluene"], code="NEW-1")
    take_in([toluene(3)])
    assert alert_of(3).covered_by is None


def test_repeat_when_more_share_the_importers_telephone_then_it_comes_back(
    analyst, first, take_in
) -> None:
    """The network of the importer is another one since somebody else has its telephone."""
    phone = {"kind": "phone", "value": "+77010000017"}

    def of(number, bin_):
        made = toluene(number)
        (importer, *others) = made["parties"]
        identifiers = [{"kind": "bin", "value": bin_}, phone]
        made["parties"] = [importer | {"name": bin_, "identifiers": identifiers}, *others]
        return made

    own, other = "990140000007", "850340000008"
    take_in([of(2, own)])
    dismissed(analyst, 2)
    take_in([of(3, own)])
    assert alert_of(3).covered_by is not None
    take_in([of(4, other)])
    take_in([of(5, own)])
    assert alert_of(5).covered_by is None


def test_repeat_when_another_office_has_it_then_it_comes_back(analyst, first, take_in) -> None:
    dismissed(analyst)
    take_in([toluene(2) | {"customs_office": "55302"}])
    assert alert_of(2).covered_by is None


def test_amendment_when_it_brings_more_then_it_is_covered_no_more(analyst, first, take_in) -> None:
    dismissed(analyst)
    take_in([toluene(2)])
    assert alert_of(2).covered_by is not None
    take_in([toluene(2, net_mass_kg="105") | {"version": 2}])
    assert alert_of(2).covered_by is None


def test_standing_when_ended_then_what_it_covered_is_as_all_others(analyst, first, take_in) -> None:
    dismissed(analyst)
    take_in([toluene(2)])
    standing = StandingDismissal.objects.get()
    answer = analyst.post(f"{PLACE}/{standing.pk}/end", {"valid_until": "2099-01-01", "id": 7})
    assert answer.json()["ended_by"] == analyst.user.actor
    assert ids(analyst, covered="false", state="open") == [alert_of(2).pk]
    take_in([toluene(3)])
    assert alert_of(3).covered_by is None


def test_standing_when_its_time_is_over_then_it_covers_nothing(analyst, first, take_in) -> None:
    dismissed(analyst)
    take_in([toluene(2)])
    StandingDismissal.objects.update(valid_until=office_day(timezone.now()) - timedelta(days=1))
    assert ids(analyst, covered="true") == []
    take_in([toluene(3)])
    assert alert_of(3).covered_by is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"until": "2020-01-01"}, 422),
        ({"until": until(400)}, 422),
        ({"scope": "everything"}, 400),
        ({"until": "tomorrow"}, 400),
    ],
    ids=["past", "far", "scope", "day"],
)
def test_standing_when_it_cannot_be_then_nothing_is_dismissed(analyst, first, body, status) -> None:
    assert dismissed(analyst, **body).status_code == status
    assert alert_of(1).state == "open"
    assert not StandingDismissal.objects.exists()


def test_standing_without_a_day_is_refused(analyst, first) -> None:
    answer = move(analyst, first, "dismiss", reason="plausible_trade", scope="importer")
    assert answer.status_code == 422
    assert alert_of(1).state == "open"


def test_red_when_dismissed_to_stand_then_refused(analyst, first) -> None:
    Alert.objects.filter(pk=first.pk).update(lane="red")
    assert dismissed(analyst).status_code == 422
    assert alert_of(1).state == "open"


def test_standing_of_another_office_is_not_there(analyst, first) -> None:
    dismissed(analyst)
    elsewhere = signed_in(roles=["analyst"], reach="offices")
    assert elsewhere.get(PLACE).json()["results"] == []
    pk = StandingDismissal.objects.get().pk
    assert elsewhere.post(f"{PLACE}/{pk}/end").status_code == 404
