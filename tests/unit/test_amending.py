"""Amendments that say only what changes, laid over the version before."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipments.domain.amending import amended
from shipments.domain.errors import InvalidValue
from shipments.domain.records import (
    DeclarationRecord,
    DocumentRecord,
    GoodsItemRecord,
    PartialAmendment,
    PartyRecord,
)

AT = datetime(2025, 11, 12, 5, tzinfo=UTC)
TEXTS = st.sampled_from(["a", "b"])
MASSES = st.sampled_from([Decimal(0), Decimal("1.5"), Decimal(2)])
DOCUMENTS = st.lists(
    st.builds(DocumentRecord, code=TEXTS, number=TEXTS), min_size=1, max_size=2
).map(tuple)
CHANGES = {
    "description": TEXTS,
    "commodity_code": st.sampled_from(["2914110000", "2915240000"]),
    "net_mass_kg": MASSES,
    "documents": DOCUMENTS,
    "manufacturer": TEXTS,
}
HEAD = {
    "transport_id": TEXTS,
    "currency": st.sampled_from(["USD", "EUR"]),
    "invoice_amount": MASSES,
    "containers": st.lists(TEXTS, min_size=1, max_size=2).map(tuple),
}
ITEM_CHANGES = st.dictionaries(
    st.integers(1, 4), st.fixed_dictionaries({}, optional=CHANGES), max_size=3
).filter(lambda items: {"description", "commodity_code"} & set(items.get(4, {"description": ""})))


def base(**changes) -> DeclarationRecord:
    items = tuple(
        GoodsItemRecord(item_number=n, description="x", net_mass_kg=Decimal(n), extra={"k": "1"})
        for n in (1, 2, 3)
    )
    party = PartyRecord(role="importer", name="A")
    given_fields = {"items": items, "parties": (party,), "customs_office": "55301"} | changes
    return DeclarationRecord(registration_number="7", accepted_at=AT, **given_fields)


def partial(version=2, *, count=None, items=(), **head) -> PartialAmendment:
    later = datetime(2025, 12, 1, tzinfo=UTC)
    record = DeclarationRecord(
        registration_number="7", version=version, accepted_at=later, items=tuple(items), **head
    )
    return PartialAmendment(declaration=record, item_count=count)


@given(st.fixed_dictionaries({}, optional=HEAD), ITEM_CHANGES)
def test_amended_when_anything_is_stated_then_just_that_is_changed(head, items) -> None:
    before = base()
    change = partial(items=[GoodsItemRecord(item_number=n, **s) for n, s in items.items()], **head)
    after = amended(before, change)
    wanted = {item.item_number: item for item in before.items}
    for number, stated in items.items():
        known = wanted.get(number, GoodsItemRecord(item_number=number))
        wanted[number] = msgspec.structs.replace(known, **stated)
    assert after.items == tuple(wanted[number] for number in sorted(wanted))
    assert after == msgspec.structs.replace(before, **head, version=2, items=after.items)
    # The same again changes nothing more.
    assert amended(after, change) == after


def test_amended_when_the_number_of_items_is_another_one_then_incomplete() -> None:
    extra_item = GoodsItemRecord(item_number=4, description="new")
    assert len(amended(base(), partial(count=4, items=[extra_item])).items) == 4
    unknown_item = GoodsItemRecord(item_number=4, net_mass_kg=Decimal(1))
    for count, items in ((2, []), (4, []), (3, [extra_item]), (4, [unknown_item])):
        with pytest.raises(InvalidValue, match="amendment_incomplete"):
            amended(base(), partial(count=count, items=items))


def test_amended_when_cancelled_before_then_refused() -> None:
    with pytest.raises(InvalidValue, match="amendment_of_cancelled"):
        amended(base(is_cancelled=True), partial())


def test_amended_when_extra_is_stated_then_added_but_for_what_is_of_one_amendment() -> None:
    before = base(extra={"kept": "1", "change_code": "2071", "accepted_at_source": "document"})
    after = amended(before, partial(extra={"new": "2", "accepted_at_source": "receipt"}))
    assert after.extra == {"kept": "1", "accepted_at_source": "document", "new": "2"}
