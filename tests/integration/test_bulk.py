"""Upserts from arrays: what goes in comes out, whatever it is made of."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import DataError, connection, transaction
from django.db.models import TextField

from risk.models import ScreenedText
from shipments.models import GoodsItem, Party, PartyIdentifier, PartyName
from shipments.services.bulk import upsert_rows
from tests.factories.shipments import DeclarationFactory

pytestmark = pytest.mark.django_db

TEXTS = [
    "",
    "NULL",
    "null",
    '"',
    "\\",
    '\\"',
    "{},",
    "a,b",
    " spaces ",
    "line\nbreak\ttab",
    "Қазақ ұлт 丙酮 ацетон",
    "'; DROP TABLE x; --",
    "%s %(a)s %%",
    "\\x41",
    "😀",
]
TEXT_FIELDS = [
    field.name for field in GoodsItem._meta.concrete_fields if isinstance(field, TextField)
]


def test_texts_when_upserted_then_stored_as_they_are() -> None:
    upsert_rows(Party, ("key", "name", "country"), [(t, t, t) for t in TEXTS], key=("key",))
    stored = set(Party.objects.values_list("key", "name", "country"))
    assert stored == {(text, text, text) for text in TEXTS}


def test_bytes_when_upserted_then_stored_as_they_are() -> None:
    every = bytes(range(256))
    names = ("text_digest", "screener_digest", "evidence")
    rows = [(b"\x00" * 16, b"\\" * 16, every), (b'"' * 16, b"," * 16, b"")]
    upsert_rows(ScreenedText, names, rows, key=names[:2])
    stored = ScreenedText.objects.values_list(*names)
    assert {tuple(map(bytes, row)) for row in stored} == set(rows)


def test_numbers_times_and_nothing_when_upserted_then_stored_as_they_are() -> None:
    declaration = DeclarationFactory()
    amounts = [Decimal("0.001"), Decimal("1E+3"), None]
    blank = dict.fromkeys(TEXT_FIELDS, "")
    rows = [
        {
            **blank,
            "declaration": declaration.pk,
            "item_number": number,
            "net_mass_kg": mass,
            "package_count": number or None,
            "extra": '{"a": "\\\\"}',
        }
        for number, mass in enumerate(amounts)
    ]
    upsert_rows(
        GoodsItem,
        list(rows[0]),
        [list(row.values()) for row in rows],
        key=("declaration", "item_number"),
    )
    items = GoodsItem.objects.order_by("item_number")
    assert [item.net_mass_kg for item in items] == amounts
    assert [item.package_count for item in items] == [None, 1, 2]
    assert items[0].extra == {"a": "\\"}
    party = Party.objects.create(key="p")
    seen = datetime(2026, 3, 1, 4, 5, 6, 789012, tzinfo=UTC)
    upsert_rows(
        PartyIdentifier,
        ("party", "kind", "value", "first_seen_at"),
        [(party.pk, "bin", "1", seen)],
        key=("party", "kind", "value"),
    )
    assert PartyIdentifier.objects.get().first_seen_at == seen


def test_among_finds_what_in_finds() -> None:
    keys = ["bin:1", 'name:KZ:"КУБ", {x}\\', "name::null"]
    for key in keys:
        Party.objects.create(key=key, name=key, country="KZ")
    sought = [*keys[1:], "name::absent"]

    assert set(Party.objects.filter(key__among=sought)) == set(Party.objects.filter(key__in=sought))
    assert not Party.objects.filter(key__among=[]).exists()
    assert PartyName.objects.filter(party__among={0}).count() == 0


def test_a_text_with_nul_when_upserted_then_refused_and_never_cut_in_two() -> None:
    rows = [("a\0b", "a", "KZ"), ("c", "c", "KZ")]
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        upsert_rows(Party, ("key", "name", "country"), rows, key=("key",))
    assert not Party.objects.exists()


def keep_first_name(name: str) -> None:
    upsert_rows(
        Party,
        ("key", "name", "country"),
        [("bin:1", name, "KZ"), ("bin:2", "new", "KZ")],
        key=("key",),
        update=("name = LEAST(stored.name, EXCLUDED.name)",),
        condition="EXCLUDED.name < stored.name",
    )


@pytest.mark.parametrize(("given", "kept"), [("Ба", "Аа"), ("Аа", "Аа"), ("А", "А")])
def test_row_when_the_condition_holds_then_changed_else_kept(given: str, kept: str) -> None:
    Party.objects.create(key="bin:1", name="Аа", country="KZ")
    keep_first_name(given)
    assert dict(Party.objects.values_list("key", "name")) == {"bin:1": kept, "bin:2": "new"}


def test_row_when_nothing_is_to_change_then_left_unlocked_for_others() -> None:
    """Else every chunk with the same broker would wait for the end of the one before it."""
    Party.objects.create(key="bin:1", name="Аа", country="KZ")
    keep_first_name("Ба")
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmax::text FROM shipments_party WHERE key = 'bin:1'")
        assert cursor.fetchone() == ("0",)  # who locked it
