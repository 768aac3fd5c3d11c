"""The four-way check: each side beside the declaration, in kilograms of the goods."""

from decimal import Decimal

import msgspec
import pytest

from risk.domain.permits.checks import PermitFacts, PermitFinding
from risk.domain.permits.four_way import Found, Reported, four_way_check
from risk.domain.permits.notices import AwaitedNotice, NoticeFacts, NoticeFinding
from risk.domain.permits.running import Running
from tests.unit.risk.builders import declaration_facts, item_facts, match_facts

PERMIT = PermitFacts(
    method="document", substance_key="acetone", authority="МВД", number="KZ1", document="01011",
    basis="net", granted_kg=Decimal(1000), drawn_kg=Decimal(100), balance_kg=Decimal(500),
)  # fmt: skip
NOTICE = NoticeFacts(
    authority="CN", number="PEN1", substance_key="acetone", basis="net",
    notified_kg=Decimal(100), item_kg=Decimal(100), total_kg=Decimal(100),
)  # fmt: skip


def check(item=None, running=None, found=None, reported=(), **more):
    values = {"matches": (match_facts(),), "permits": (PERMIT,), "notices": (NOTICE,)}
    values["running"] = (running,) if running else None
    facts = declaration_facts(item_facts(**{**values, **(item or {})}), **more)
    return four_way_check(facts, {1: [found]} if found else {}, {1: reported})


def received(kg, kind="received", **more):
    values = {"number": "R1", "substance_key": "acetone", "basis": "net"} | more
    return Reported(kind=kind, kg=Decimal(kg), **values)


def cells(**more):
    (row,) = check(**more)
    return {cell.side: cell for cell in row.cells}, row.reasons


def test_check_when_all_agree_then_clean_with_differences_told():
    act = Found(act_number="A1", result="clean", mass_kg=Decimal(101))
    found, reasons = cells(found=act, reported=[received(99)])
    assert [cell.verdict for cell in found.values()] == ["agrees"] * 5
    assert (found["received"].value_kg, found["received"].difference_kg) == (99, -1)
    assert reasons == ()
    assert found["authorisation"].value_kg == 600
    assert found["authorisation"].difference_kg == 500
    assert found["notice"].difference_kg == 0
    assert (found["found"].source, found["found"].difference_kg) == ("A1", 1)


def test_check_when_the_notice_is_of_the_pure_substance_then_converted_to_the_goods():
    matches = (match_facts(concentration_pct=Decimal(50), verdict="above"),)
    pure = NoticeFacts(**{
        name: getattr(NOTICE, name) for name in NOTICE.__struct_fields__
    } | {"basis": "pure", "notified_kg": Decimal(50)})  # fmt: skip
    found, _ = cells(item={"matches": matches, "notices": (pure,)})
    assert found["notice"].value_kg == 100
    assert found["notice"].grounds == ("concentration_pct=50",)


def faulty(permit_or_notice, finding, code):
    fields = {n: getattr(permit_or_notice, n) for n in permit_or_notice.__struct_fields__}
    return type(permit_or_notice)(**fields | {"findings": (finding(code=code),)})


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"permits": (faulty(PERMIT, PermitFinding, "expired"),)}, "authorisation:expired"),
        (
            {"permits": (PermitFacts(findings=(PermitFinding(code="none"),)),)},
            "authorisation:none",
        ),
        ({"notices": (faulty(NOTICE, NoticeFinding, "diverted"),)}, "notice:diverted"),
        (
            {"notices": (NoticeFacts(findings=(NoticeFinding(code="none"),)),)},
            "notice:none",
        ),
    ],
)
def test_check_when_one_side_does_not_fit_then_it_is_named(item, reason):
    _, reasons = cells(item=item)
    assert reasons == (reason,)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (Found(act_number="A", result="offence", substance_key="toluene"), "other_substance"),
        (Found(act_number="A", result="offence", mass_kg=Decimal(150)), "other_mass"),
    ],
)
def test_check_when_something_else_was_found_then_told(act, reason):
    _, reasons = cells(found=act)
    assert reasons == (f"found:{reason}",)


def test_check_when_registers_cannot_tell_then_unknown_and_not_missing():
    found, reasons = cells(item={"permits": None, "notices": None})
    assert [found[side].verdict for side in ("notice", "authorisation")] == ["unknown"] * 2
    assert reasons == ()


@pytest.mark.parametrize(
    ("direction", "side", "reason"),
    [("export", "notice", "not_an_import"), ("transit", "authorisation", "transit")],
)
def test_check_when_a_paper_is_not_required_then_why(direction, side, reason):
    found, _ = cells(direction=direction)
    assert (found[side].verdict, found[side].reasons) == ("not_required", (reason,))


@pytest.mark.parametrize(
    ("count", "kg", "is_split"), [(3, "12.1", True), (2, "24", False), (9, "12", False)]
)
def test_running_when_small_consignments_exceed_the_limit_together_then_one(count, kg, is_split):
    running = Running(
        substance_key="acetone", small_count=count, small_kg=Decimal(kg), small_limit_kg=Decimal(12)
    )
    assert running.is_split is is_split
    lacking = {"permits": (PermitFacts(findings=(PermitFinding(code="none"),)),)}
    _, reasons = cells(item=lacking, running=running)
    assert ("declaration:split" in reasons) is is_split
    _, permitted = cells(running=running)
    assert permitted == ()


def test_check_when_a_notice_is_awaited_then_a_row_of_its_own():
    awaited = AwaitedNotice(
        number="PEN9", substance_key="toluene", notified_kg=Decimal(5), item_number=1
    )
    (row,) = check(item={"matches": ()}, awaited=(awaited,))
    assert (row.substance_key, row.reasons) == ("toluene", ("notice:awaited",))


@pytest.mark.parametrize(
    ("reported", "verdict", "reasons"),
    [
        ([], "unknown", ("not_reported",)),
        ([received(60), received(40)], "agrees", ()),
        ([received(90)], "differs", ("other_mass",)),
        ([received(100), received(70, "end_use"), received(35, "end_use")], "agrees", ()),
        ([received(100), received(106, "end_use")], "differs", ("used_more_than_received",)),
        ([received(106, "end_use")], "differs", ("used_more_than_received",)),
        ([received(90, substance_key="toluene")], "unknown", ("not_reported",)),
        ([received(110, basis="gross")], "agrees", ()),
    ],
)
def test_check_when_the_holder_reported_then_held_against_what_was_declared(
    reported, verdict, reasons
):
    found, _ = cells(reported=reported)
    assert (found["received"].verdict, found["received"].reasons) == (verdict, reasons)


@pytest.mark.parametrize(
    "doubt", [{"is_above_alert_point": False}, {"method": "code", "is_above_alert_point": False}]
)
def test_check_when_the_text_does_not_surely_name_it_then_nothing_is_missing(doubt):
    none = PermitFacts(method="", findings=(PermitFinding(code="none"),))
    lacking = NoticeFacts(findings=(NoticeFinding(code="none"),))
    split = Running(
        substance_key="acetone", small_count=3, small_kg=Decimal(30), small_limit_kg=Decimal(12)
    )
    bare = {"permits": (none,), "notices": (lacking,)}
    sure, accused = cells(item=bare, running=split)
    assert [sure[side].verdict for side in ("notice", "authorisation")] == ["missing"] * 2
    assert accused == ("notice:none", "authorisation:none", "declaration:split")
    found, reasons = cells(item=bare | {"matches": (match_facts(**doubt),)}, running=split)
    for side in ("notice", "authorisation"):
        assert (found[side].verdict, found[side].reasons) == ("unknown", ("not_surely_recognised",))
    assert reasons == ()
    # A permit that it names all the same is held against it.
    expired = msgspec.structs.replace(PERMIT, findings=(PermitFinding(code="expired"),))
    _, reasons = cells(item={"permits": (expired,), "matches": (match_facts(**doubt),)})
    assert reasons == ("authorisation:expired",)
