"""One flagged shipment: everything to decide it by, and what is decided."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risk.models import IndicatorRow, SubstanceMatch
from targeting.models import Alert, AlertAct
from targeting.selectors.alerts import mark_of
from targeting.workbench.highlights import Place, cut
from tests.api.conftest import signed_in
from tests.factories.risk import SubstanceMatchFactory
from tests.factories.shipments import GoodsItemFactory
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

QUEUE = "/workbench/alerts"
FORM = {"content_type": "application/x-www-form-urlencoded"}


@pytest.fixture
def alert():
    return flagged_shipment(lane="yellow")


def page(reader, alert, **query):
    answer = reader.get(f"{QUEUE}/{alert.pk}", query)
    assert answer.status_code == 200
    return answer.content.decode()


def step(reader, alert, name, mark=None, **said):
    mark = mark or mark_of(Alert.objects.get(pk=alert.pk))
    prefix = name.replace("-", "_")
    body = {"mark": mark, **{f"{prefix}-{key}": value for key, value in said.items()}}
    return reader.post(f"{QUEUE}/{alert.pk}/{name}", body, format="multipart")


def test_page_when_opened_then_words_are_marked_in_the_original_text(analyst, alert) -> None:
    item = alert.declaration.items.get()
    item.description = "Растворитель АЦЕТОН & вода"
    item.save()
    SubstanceMatch.objects.update(start=13, end=19, is_flagged=True)
    said = page(analyst, alert)
    assert re.search(r'Растворитель <mark class="flagged"[^>]*>АЦЕТОН</mark> &amp; вода', said)


def test_page_when_opened_then_bars_begin_where_the_last_one_ended(analyst, alert) -> None:
    rows = IndicatorRow.objects.filter(assessment=alert.assessment).order_by("-contribution")
    bars = re.findall(r'<rect x="([\d.]+)" width="([\d.]+)"', page(analyst, alert))
    assert [float(width) for _, width in bars] == [float(row.contribution) for row in rows]
    assert float(bars[1][0]) == float(rows[0].contribution)


def test_page_when_in_russian_then_sentences_and_numbers_of_bars_hold(analyst, alert) -> None:
    said = analyst.get(f"{QUEUE}/{alert.pk}", headers={"Accept-Language": "ru"}).content.decode()
    assert 'lang="ru"' in said
    assert "Почему" in said
    assert re.search(r'<rect x="0" width="\d+\.\d+"', said)


def test_page_when_a_name_is_misspelt_then_the_nearest_innocent_name_is_beside_it(
    analyst, alert
) -> None:
    GoodsItemFactory(declaration=alert.declaration, item_number=2, net_mass_kg=None)
    assert "benzoylchloride" not in page(analyst, alert)
    near = {"name": "benzoylchloride", "distance": 0.71}
    SubstanceMatch.objects.update(nearest_innocent=near)
    said = page(analyst, alert)
    assert "benzoylchloride <small>0.71</small>" in said
    assert "— kg" not in said


def test_page_when_more_items_then_no_more_queries(analyst, alert) -> None:
    def queries():
        with CaptureQueriesContext(connection) as found:
            page(analyst, alert)
        return len(found)

    queries()
    few = queries()
    for number in range(2, 12):
        item = GoodsItemFactory(declaration=alert.declaration, item_number=number)
        SubstanceMatchFactory(goods_item=item)
    assert queries() == few


def test_page_when_out_of_scope_then_there_is_nothing(alert) -> None:
    reader = signed_in(roles=["analyst"], reach="offices", offices=["other"])
    answer = reader.get(f"{QUEUE}/{alert.pk}")
    assert answer.status_code == 404
    assert "of another office" in answer.content.decode()


def test_step_when_dismissed_then_closed_and_it_can_be_opened_again(analyst, alert) -> None:
    answer = step(analyst, alert, "dismiss", reason="below_limit", comment="12 %")
    assert answer.status_code == 302
    alert.refresh_from_db()
    assert (alert.state, alert.disposition) == ("closed", "below_limit")
    said = page(analyst, alert)
    assert "12 %" in said
    assert f"{QUEUE}/{alert.pk}/reopen" in said
    assert step(analyst, alert, "reopen", comment="a second look").status_code == 302
    alert.refresh_from_db()
    assert alert.state == "open"


def test_step_when_red_then_a_second_person_confirms_and_not_the_first(analyst) -> None:
    red = flagged_shipment(lane="red")
    assert step(analyst, red, "dismiss", reason="permits_in_order").status_code == 302
    own = step(analyst, red, "confirm-dismissal")
    assert own.status_code == 409
    assert "second person" in own.content.decode()
    other = signed_in(roles=["analyst"])
    assert step(other, red, "confirm-dismissal").status_code == 302
    red.refresh_from_db()
    assert red.state == "closed"


def test_step_when_somebody_was_quicker_then_told_and_what_was_typed_is_kept(
    analyst, alert
) -> None:
    old = mark_of(Alert.objects.get(pk=alert.pk))
    step(signed_in(roles=["analyst"]), alert, "note", comment="look at the vessel")
    answer = step(analyst, alert, "dismiss", mark=old, reason="other", comment="мой довод")
    said = answer.content.decode()
    assert answer.status_code == 412
    assert "Somebody changed the alert" in said
    assert "мой довод" in said
    assert AlertAct.objects.get().move == "note"


def test_step_when_held_by_another_then_told_who(analyst, alert) -> None:
    other = signed_in(roles=["analyst"])
    step(other, alert, "take")
    answer = step(analyst, alert, "dismiss", reason="below_limit")
    assert answer.status_code == 409
    assert other.user.username in answer.content.decode()


def test_step_when_a_note_is_blank_then_the_field_says_so(analyst, alert) -> None:
    answer = step(analyst, alert, "note", comment=" ")
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()


def test_assign_when_a_senior_then_given_and_an_analyst_is_not_offered_it(
    analyst, senior_analyst, alert
) -> None:
    assert f"{QUEUE}/{alert.pk}/assign" not in page(analyst, alert)
    assert step(analyst, alert, "assign", assignee="x").status_code == 403
    refused = step(senior_analyst, alert, "assign", assignee="nobody")
    assert refused.status_code == 422
    assert "nobody" in refused.content.decode()
    given = step(senior_analyst, alert, "assign", assignee=analyst.user.username)
    assert given.status_code == 302
    alert.refresh_from_db()
    assert alert.assignee == analyst.user


@pytest.mark.parametrize("ordering", ["-priority", "accepted_at", "-score"])
def test_neighbours_when_ordered_otherwise_then_in_that_order(analyst, ordering) -> None:
    made = [flagged_shipment(registration_number=f"A-{n}", lane="yellow") for n in range(3)]
    query = {"state": "open", "ordering": ordering}
    order = re.findall(r"data-open>([^<]+)</a>", analyst.get(QUEUE, query).content.decode())
    ids = {alert.registration_number: alert.pk for alert in made}
    here = next(alert for alert in made if alert.registration_number == order[1])
    said = page(analyst, here, **query)
    assert f'rel="prev" href="{QUEUE}/{ids[order[0]]}?' in said
    assert f'rel="next" href="{QUEUE}/{ids[order[2]]}?' in said


def test_neighbours_when_dismissed_then_the_queue_goes_on_from_there(analyst) -> None:
    scores = {"A": "90.00", "B": "80.00", "C": "80.00", "D": "70.00"}
    made = {n: flagged_shipment(registration_number=n, score=s, lane="yellow")
            for n, s in scores.items()}  # fmt: skip
    order = re.findall(r"data-open>([^<]+)</a>", analyst.get(QUEUE).content.decode())
    assert order == ["A", "C", "B", "D"]
    for before, here, after in zip(order, order[1:], order[2:], strict=False):
        said = page(analyst, made[here])
        assert f'rel="prev" href="{QUEUE}/{made[before].pk}?' in said
        assert f'rel="next" href="{QUEUE}/{made[after].pk}?' in said
    step(analyst, made["C"], "dismiss", reason="below_limit")
    assert f'rel="next" href="{QUEUE}/{made["B"].pk}?' in page(analyst, made["C"])


def test_cut_when_places_overlap_or_lie_outside_then_the_text_is_whole() -> None:
    text = "ацетон и толуол"
    places = [
        Place(0, 6, "a", "x"),
        Place(3, 8, "b", "y"),
        Place(9, 99, "a", "z"),
        Place(5, 2, "b", ""),
    ]
    pieces = cut(text, places)
    assert "".join(piece.text for piece in pieces) == text
    assert [(p.text, p.kind, p.told) for p in pieces] == [
        ("аце", "a", "x"),
        ("тон", "a", "x; y"),
        (" и", "b", "y"),
        (" ", "", ""),
        ("толуол", "a", "z"),
    ]
