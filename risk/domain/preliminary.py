"""Preliminary information against the declaration: do they tell of one consignment, and do they
say the same?

Only what was declared is compared, never what was resolved from it, so that the answer is the
same whichever came first.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from rapidfuzz import fuzz

from shipments.domain.names import normalise_trader_name

# How far a ground speaks for one consignment by itself; together they are independent doubts.
# A reasoned start, not a measurement.
WEIGHTS = {
    "reference": 0.98,
    "transport_document": 0.8,
    "container": 0.7,
    "vehicle": 0.4,
    "importer": 0.3,
    "consignor": 0.25,
    "goods": 0.25,
}
LINKED_FROM = 0.6
"""From this score on a pair is one consignment until somebody says otherwise."""
PROPOSED_FROM = 0.4
"""Below it a pair is not kept; between the two it is proposed to people."""
WINDOW_DAYS = 45
"""Declarations accepted further apart are never compared."""

MASS_TOLERANCE = Decimal("0.05")
LEAST_SIMILARITY = 45.0
"""Descriptions of one script that are less alike (token set ratio, 0-100) differ."""
MAX_DIFFERENCES = 20
_IDENTIFYING = frozenset({"bin", "iin", "tax_id"})
_INDEFINITE = frozenset({"", "00", "EU"})


class StatedParty(msgspec.Struct, frozen=True, array_like=True):
    """A party as declared: its name, and identifiers as ``{kind, value}``."""

    role: str
    name: str
    identifiers: tuple[dict[str, str], ...] = ()


class StatedItem(msgspec.Struct, frozen=True, array_like=True):
    """A goods item as declared. Masses in kg."""

    item_number: int
    commodity_code: str
    description: str
    net_mass_kg: Decimal | None = None
    gross_mass_kg: Decimal | None = None


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """What one document states of its consignment. ``documents`` are (code, number)."""

    registration_number: str
    accepted_at: datetime
    transport_id: str = ""
    country_of_dispatch: str = ""
    country_of_destination: str = ""
    border_office: str = ""
    transport_document: str = ""
    containers: tuple[str, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()
    parties: tuple[StatedParty, ...] = ()
    items: tuple[StatedItem, ...] = ()


class Difference(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is declared otherwise than announced; ``share`` is how far, in (0, 1].

    ``item_number`` is that of the declaration, 0 for the whole of it.
    """

    field: str
    announced: str
    declared: str
    share: float
    item_number: int = 0


class Comparison(msgspec.Struct, frozen=True):
    """``grounds`` are keys of :data:`WEIGHTS`; ``compared`` the fields both sides state."""

    score: float
    grounds: tuple[str, ...]
    compared: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def is_kept(self) -> bool:
        return self.score >= PROPOSED_FROM

    @property
    def is_linked(self) -> bool:
        return self.score >= LINKED_FROM


def compare(announced: Stated, declared: Stated) -> Comparison:
    """How sure it is that both tell of one consignment, why, and what they say differently."""
    grounds = tuple(_grounds(announced, declared))
    doubt = 1.0
    for ground in grounds:
        doubt *= 1.0 - WEIGHTS[ground]
    compared: list[str] = []
    differences: list[Difference] = []
    for field, found in _compared(announced, declared):
        compared.append(field)
        differences.extend(found)
    ordered = sorted(differences, key=lambda one: (-one.share, one.field, one.item_number))
    return Comparison(
        round(1.0 - doubt, 4), grounds, tuple(compared), tuple(ordered[:MAX_DIFFERENCES])
    )


def _grounds(announced: Stated, declared: Stated) -> Iterable[str]:
    if announced.registration_number in {number for _, number in declared.documents}:
        yield "reference"
    if _transport_documents(announced) & _transport_documents(declared):
        yield "transport_document"
    if set(announced.containers) & set(declared.containers):
        yield "container"
    if announced.transport_id and announced.transport_id == declared.transport_id:
        yield "vehicle"
    for role in ("importer", "consignor"):
        if _same_party(_party(announced, role), _party(declared, role)):
            yield role
    if _codes(announced, 4) & _codes(declared, 4):
        yield "goods"


def _transport_documents(stated: Stated) -> set[str]:
    numbers = {number for code, number in stated.documents if code.startswith("02") and number}
    return numbers | ({stated.transport_document} - {""})


def _party(stated: Stated, role: str) -> StatedParty | None:
    """The first party of the role; a consignee stands for an importer that is not stated."""
    roles = ("importer", "consignee") if role == "importer" else (role,)
    for wanted in roles:
        for party in stated.parties:
            if party.role == wanted and (party.name or party.identifiers):
                return party
    return None


def _same_party(one: StatedParty | None, other: StatedParty | None) -> bool | None:
    """By an identifying number when both state one, else by name; None when neither can tell."""
    if one is None or other is None:
        return None
    numbers = [
        {each["value"] for each in party.identifiers if each["kind"] in _IDENTIFYING}
        for party in (one, other)
    ]
    if all(numbers):
        return bool(numbers[0] & numbers[1])
    names = [normalise_trader_name(party.name) for party in (one, other)]
    return names[0] == names[1] if all(names) else None


def _codes(stated: Stated, digits: int) -> set[str]:
    codes = (item.commodity_code for item in stated.items)
    return {code[:digits] for code in codes if len(code) >= digits}


def _compared(announced: Stated, declared: Stated) -> Iterable[tuple[str, Sequence[Difference]]]:
    """Each field that both state, with what differs in it."""
    for field in ("net_mass_kg", "gross_mass_kg"):
        masses = _mass(announced, field), _mass(declared, field)
        if masses[0] and masses[1]:
            yield field, _mass_difference(field, masses[0], masses[1])
    if _codes(announced, 4) and _codes(declared, 4):
        yield "commodity_code", _code_differences(announced, declared)
    texts = [item.description for item in announced.items if item.description]
    alike = [item for item in declared.items if _same_script(item.description, texts)]
    if alike:
        yield "description", _description_differences(texts, alike)
    for role in ("importer", "consignor"):
        pair = _party(announced, role), _party(declared, role)
        is_same = _same_party(*pair)
        if is_same is not None and pair[0] and pair[1]:
            yield role, [] if is_same else [Difference(role, pair[0].name, pair[1].name, 1.0)]
    for field, share in (("country_of_dispatch", 1.0), ("country_of_destination", 1.0),
                         ("border_office", 0.5)):  # fmt: skip
        said, now = getattr(announced, field), getattr(declared, field)
        if not _INDEFINITE.intersection((said, now)):
            yield field, [] if said == now else [Difference(field, said, now, share)]


def _mass(stated: Stated, field: str) -> Decimal | None:
    """The total of the items, kg; None when one of them does not state it."""
    masses = [getattr(item, field) for item in stated.items]
    return sum(masses, Decimal(0)) if masses and None not in masses else None


def _mass_difference(field: str, announced: Decimal, declared: Decimal) -> list[Difference]:
    share = abs(announced - declared) / max(announced, declared)
    if share <= MASS_TOLERANCE:
        return []
    return [Difference(field, _plain(announced), _plain(declared), round(float(share), 4))]


def _plain(mass: Decimal) -> str:
    return f"{mass.normalize():f}"


def _code_differences(announced: Stated, declared: Stated) -> list[Difference]:
    """Codes of the declaration that no announced one begins, or continues; 1 in another heading."""
    said = sorted({item.commodity_code for item in announced.items if item.commodity_code})
    shown = ", ".join(said[:5])
    found = []
    for item in declared.items:
        code = item.commodity_code
        if not code or any(code.startswith(one[:6]) or one.startswith(code[:6]) for one in said):
            continue
        share = 0.5 if any(code[:4] == one[:4] for one in said) else 1.0
        found.append(Difference("commodity_code", shown, code, share, item.item_number))
    return found


def _is_cyrillic(text: str) -> bool | None:
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return None
    return 2 * sum("\u0400" <= char <= "\u04ff" for char in letters) > len(letters)


def _same_script(text: str, others: Sequence[str]) -> bool:
    """Whether the text can be compared at all: a translation is no difference."""
    script = _is_cyrillic(text)
    return script is not None and any(_is_cyrillic(other) == script for other in others)


def _description_differences(
    announced: Sequence[str], items: Sequence[StatedItem]
) -> list[Difference]:
    found = []
    for item in items:
        script, text = _is_cyrillic(item.description), item.description.casefold()
        likes = [
            (fuzz.token_set_ratio(text, other.casefold()), other)
            for other in announced
            if _is_cyrillic(other) == script
        ]
        best, nearest = max(likes)
        if best < LEAST_SIMILARITY:
            share = round(1.0 - best / 100.0, 4)
            said, now = nearest[:200], item.description[:200]
            found.append(Difference("description", said, now, share, item.item_number))
    return found
