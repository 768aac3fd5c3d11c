"""Amendments of every form: a whole declaration as its next version, or refused with the reason."""

import io

import pytest

from shipments.domain.formats import format_by_key
from tests.unit.formats.golden import CONTEXT

GOODS = """<GovernmentAgencyGoodsItem><SequenceNumeric>{number}</SequenceNumeric>
<Commodity><Description>Acetone</Description></Commodity></GovernmentAgencyGoodsItem>"""
POINTERS = """<Amendment><ChangeReasonCode>32</ChangeReasonCode><Pointer>
<SequenceNumeric>1</SequenceNumeric><DocumentSectionCode>42A</DocumentSectionCode></Pointer>
<Pointer><DocumentSectionCode>67A</DocumentSectionCode></Pointer><Pointer>
<SequenceNumeric>2</SequenceNumeric><DocumentSectionCode>68A</DocumentSectionCode></Pointer>
<Pointer><DocumentSectionCode>23A</DocumentSectionCode><TagID>137</TagID></Pointer></Amendment>"""
PARTY = "<Declarant><ID>GB1</ID></Declarant>"
CHANGED_MASS = """<GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric><Commodity>
<GoodsMeasure><NetNetWeightMeasure unitCode="KGM">7</NetNetWeightMeasure></GoodsMeasure>
</Commodity></GovernmentAgencyGoodsItem>"""
WCO = """<Declaration><FunctionCode>{function}</FunctionCode><ID>7</ID><TypeCode>{kind}</TypeCode>
{version}{count}<IssueDateTime><DateTimeString>20251112</DateTimeString></IssueDateTime>{pointers}
<GoodsShipment>{goods}</GoodsShipment></Declaration>"""
CUSDEC = """UNB+UNOY:4+A+B+251112:1000+1'UNH+1+CUSDEC:D:96B:UN'BGM+929+7{version}+{function}'
RFF+ABT:7'DTM+148:20251112:102'UNS+D'{goods}UNS+S'UNT+9+1'UNZ+1+1'"""


def wco(*, numbers=(1, 2), version="2", function="13", kind="COR", count="", pointers="") -> str:
    return WCO.format(
        function=function,
        kind=kind,
        version=f"<VersionID>{version}</VersionID>" if version else "",
        count=f"<GoodsItemQuantity>{count}</GoodsItemQuantity>" if count else "",
        pointers=pointers,
        goods="".join(GOODS.format(number=number) for number in numbers),
    )


def cusdec(*, numbers=(1, 2), version=":2", function="4") -> str:
    goods = "".join(f"CST+{n}+2914110000:122'FTX+AAA+++ACETONE'" for n in numbers)
    return CUSDEC.format(version=version, function=function, goods=goods)


def read(key: str, text: str):
    (place,) = format_by_key(key).parse(io.BytesIO(text.encode()), context=CONTEXT)
    return place


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("wco", wco()),
        ("wco", wco(count="2")),
        ("wco", wco(count="2", pointers=POINTERS + PARTY)),
        ("wco", wco(function="5", kind="IMA")),
        ("cusdec", cusdec()),
        ("cusdec", cusdec(function="5")),
    ],
)
def test_amendment_when_whole_then_the_version_that_it_states(key: str, text: str) -> None:
    declaration = read(key, text).declaration
    assert declaration is not None
    assert (declaration.version, declaration.is_cancelled) == (2, False)
    assert [item.item_number for item in declaration.items] == [1, 2]


@pytest.mark.parametrize(
    ("key", "text", "codes"),
    [
        ("wco", wco(count="3"), ["amendment_incomplete"]),
        ("wco", wco(pointers=POINTERS + PARTY), ["amendment_by_pointers"]),
        ("wco", wco(numbers=(), pointers=POINTERS), ["amendment_by_pointers"]),
        # As many items as it says, and nothing of the rest of the declaration.
        ("wco", wco(count="2", pointers=POINTERS), ["amendment_by_pointers"]),
        (
            "wco",
            wco(numbers=(), count="1", pointers=POINTERS + PARTY).replace(
                "<GoodsShipment>", "<GoodsShipment>" + CHANGED_MASS
            ),
            ["amendment_by_pointers"],
        ),
        ("wco", wco(numbers=(), count="0"), ["amendment_incomplete"]),
        ("wco", wco(numbers=(2,)), ["amendment_incomplete"]),
        ("wco", wco(version=""), ["version_missing"]),
        ("wco", wco(version="", numbers=(2,)), ["version_missing", "amendment_incomplete"]),
        ("cusdec", cusdec(numbers=(2,)), ["amendment_incomplete"]),
        ("cusdec", cusdec(numbers=()), ["amendment_incomplete"]),
        ("cusdec", cusdec(version=""), ["version_missing"]),
    ],
)
def test_amendment_when_something_is_left_out_then_refused_with_its_source(key, text, codes):
    place = read(key, text)
    assert place.declaration is None
    assert [issue.code for issue in place.issues if issue.severity == "reject"] == codes
    assert place.raw
    assert {issue.registration_number for issue in place.issues} == {"7"}


def test_amendment_when_it_points_at_what_changes_then_the_issue_names_it_and_what_to_send():
    place = read("wco", wco(pointers=POINTERS))
    (issue,) = [one for one in place.issues if one.severity == "reject"]
    assert (issue.value, issue.allowed) == ("42A[1]/67A/68A[2]/23A/137", "the whole declaration")
