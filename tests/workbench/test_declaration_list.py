"""The list of declarations: the rows behind figures, page by page, and as a file."""

from datetime import timedelta

import pytest

from risk.models import LaneDecision
from shipments.models import Declaration
from targeting.models import Export
from targeting.workbench.views import declaration_list
from tests.api.conftest import signed_in
from tests.factories.shipments import DeclarationFactory
from tests.factories.targeting import flagged_shipment
from tests.workbench.test_figures import PERIOD, board, hrefs

pytestmark = pytest.mark.django_db

PAGE = "/workbench/declarations"


def numbers(said: str) -> list[str]:
    """The registration numbers of the rows, in their order."""
    return [piece.partition("<")[0] for piece in said.split("data-open>")[1:]]


def read(reader, address, **query):
    answer = reader.get(address, query)
    assert answer.status_code == 200, address
    return answer.content.decode()


def passed_by(number: str) -> Declaration:
    """One that met no criterion; the draw put it into the blue lane."""
    alert = flagged_shipment(registration_number=number, lane="blue", is_random_arm=True)
    LaneDecision.objects.filter(assessment=alert.assessment).update(
        criteria_lane="green", is_drawn=True
    )
    return alert.declaration


def test_figure_when_of_what_met_no_criterion_then_it_opens_just_these(analyst) -> None:
    wanted = {passed_by(f"P-{number}").registration_number for number in range(2)}
    flagged_shipment(registration_number="red", lane="red")
    said = read(analyst, board("findings"), **PERIOD)
    (link,) = hrefs(said, "criteria_lane=green")
    assert set(numbers(read(analyst, link))) == wanted
    far = signed_in(roles=["analyst"], reach="offices", offices=["1"])
    assert numbers(read(far, link)) == []


def test_figures_when_they_count_something_then_every_row_of_every_board_opens(
    senior_analyst,
) -> None:
    passed_by("P-1")
    for code in ("workload", "findings", "goods"):
        said = read(senior_analyst, board(code), **PERIOD)
        lines = said.split('<th scope="row">')[1:]
        assert lines, code
        assert [line[:60] for line in lines if not line.startswith("<a ")] == []
        for link in {*hrefs(said, PAGE), *hrefs(said, "/workbench/alerts?")}:
            assert "A filter cannot be" not in read(senior_analyst, link)


def test_lanes_when_a_number_is_opened_then_its_declarations_stand_there(analyst) -> None:
    for number, lane in enumerate(("red", "red", "yellow")):
        flagged_shipment(registration_number=f"A-{number}", lane=lane)
    said = read(analyst, board("workload"), **PERIOD).partition('id="lanes"')[2]
    (of_red,) = hrefs(said.partition("</section>")[0], f"{PAGE}?lane=red")
    assert len(numbers(read(analyst, of_red))) == 2
    substances = read(analyst, board("goods"), **PERIOD).partition('id="substances"')[2]
    (of_one,) = hrefs(substances.partition("</section>")[0], "flagged_substance=")
    assert len(numbers(read(analyst, of_one))) == 3


def test_list_when_longer_than_a_page_then_each_stands_once_the_latest_first(
    analyst, monkeypatch
) -> None:
    monkeypatch.setattr(declaration_list, "ON_A_PAGE", 2)
    first = DeclarationFactory(registration_number="D-0")
    for number in range(1, 5):  # two of them at the same moment
        at = first.accepted_at + timedelta(days=number // 2)
        DeclarationFactory(registration_number=f"D-{number}", accepted_at=at)
    address, found = PAGE, []
    while address:
        said = read(analyst, address)
        found += numbers(said)
        (address,) = [f"{PAGE}{link}" for link in hrefs(said, "before=")] or [""]
    assert found == ["D-4", "D-3", "D-2", "D-1", "D-0"]
    for wrong in ("x", "2026-13-01T00:00:00Z_1", "2026-01-01_1", "2026-01-01T00:00:00Z_"):
        assert len(numbers(read(analyst, PAGE, before=wrong))) == 2
    assert "A filter cannot be" in read(analyst, PAGE, lane="purple")
    assert "No declaration is like that" in read(analyst, PAGE, office="nowhere")


def test_list_when_taken_away_then_the_file_is_of_what_it_shows(analyst) -> None:
    DeclarationFactory(customs_office="55301")
    said = read(analyst, PAGE, office="55301", before="")
    assert '<input type="hidden" name="query" value="office=55301">' in said
    body = {"resource": "declarations", "query": "office=55301&ordering=x"}
    assert analyst.post("/workbench/exports", body, format="multipart").status_code == 302
    made = Export.objects.get()
    assert (made.resource, made.parameters) == ("declarations", {"office": ["55301"]})


def test_sheet_when_taken_then_the_rows_of_the_page_and_no_formula(analyst, monkeypatch) -> None:
    passed_by("A-1")
    wanted = flagged_shipment(lane="red").declaration
    wanted.party_roles.update(name="=1+1")
    flagged_shipment(lane="red")
    said = read(analyst, PAGE, lane="red")
    assert f'href="{PAGE}/sheet?lane=red&amp;as=csv"' in said
    shown = numbers(said)
    lines = read(analyst, f"{PAGE}/sheet", lane="red").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == shown
    assert "'=1+1" in lines[1 + shown.index(wanted.registration_number)]
    monkeypatch.setattr(declaration_list, "MOST_ROWS", 1)
    assert len(read(analyst, f"{PAGE}/sheet", lane="red").splitlines()) == 2
    assert analyst.get(f"{PAGE}/sheet", {"as": "exe"}).status_code == 404
    far = signed_in(roles=["analyst"], reach="offices", offices=["99999"])
    assert read(far, f"{PAGE}/sheet").count("\n") == 1
