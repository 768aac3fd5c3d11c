"""An importer's card as it is shown: charts with this consignment marked, names for keys."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.formats import number_format

from risk.models import TradeRecord
from shipments.models import Authorisation, AuthorisationLine, Declaration
from targeting.selectors.importer_cards import ImporterCard, Similar
from targeting.selectors.sentences import reader_language
from targeting.selectors.substances import substance_names
from targeting.workbench.charts import Chart, Point, chart


class ShownLine(NamedTuple):
    authorisation: Authorisation
    line: AuthorisationLine
    name: str


class ShownSimilar(NamedTuple):
    similar: Similar
    names: Sequence[str]


class ShownCard(NamedTuple):
    """``masses`` are in kilograms, ``prices`` in statistical value a kilogram."""

    card: ImporterCard
    masses: Chart | None
    prices: Chart | None
    lines: Sequence[ShownLine]
    similar: Sequence[ShownSimilar]


def shown_card(card: ImporterCard, declaration: Declaration, known: Mapping[str, str]) -> ShownCard:
    """The card in the reader's language; a query for the names of substances not ``known``."""
    names = substance_names(keys_of(card), lang=reader_language(), known=known)
    number = declaration.registration_number
    return ShownCard(
        card=card,
        masses=chart(_points(card.records, number, lambda row: row.net_mass_kg)),
        prices=chart(_points(card.records, number, lambda row: row.unit_price)),
        lines=[
            ShownLine(line.authorisation, line, names.get(line.substance_key, line.substance_key))
            for line in card.lines
        ],
        similar=[ShownSimilar(one, [names[key] for key in one.substances]) for one in card.similar],
    )


def keys_of(card: ImporterCard) -> set[str]:
    """The substances that the card names."""
    similar = {key for one in card.similar for key in one.substances}
    return similar | {line.substance_key for line in card.lines}


def _points(
    records: Sequence[TradeRecord], number: str, value: Callable[[TradeRecord], Decimal | None]
) -> list[Point]:
    return [
        Point(
            at=row.accepted_at,
            value=found,
            told=f"{row.accepted_at:%Y-%m-%d} {row.registration_number}: {_number(found)}",
            is_here=row.registration_number == number,
        )
        for row in records
        if (found := value(row)) is not None
    ]


def _number(value: Decimal) -> str:
    return str(number_format(value.quantize(Decimal("0.01")), use_l10n=True))
