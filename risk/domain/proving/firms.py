"""Invented firms: names, numbers, addresses, heads and owners."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from risk.domain.proving.numbers import SERIALS_A_WORLD, bank_account, bin_number, phone_number
from risk.domain.proving.places import GIVEN, OFFICES, STREETS, SURNAMES, Country

_HEADS = (
    "АЛТЫН", "КӨК", "АК", "ТЕМІР", "НУР", "БОЗ", "САРЫ", "ЖЕЛ", "ОРДА", "ТАЙ", "КЕН", "ДАЛА", "БАТ",
    "СЕВЕР", "МЕГА", "ГРАНД", "ТРАНС", "ЕВРО", "АЗИЯ", "ЮГ", "ПРОМ", "ТЕХНО", "АРТ", "МИР", "ВЕК",
)  # fmt: skip
_TAILS = (
    "ЖОЛ", "САУДА", "ТАС", "КУМ", "ШАМ", "ТРЕЙД", "СНАБ", "ИМПЭКС", "ТОРГ", "ГРУПП", "СЕРВИС",
    "ИНВЕСТ", "ЛОГ", "МАРКЕТ", "РЕСУРС", "СТРОЙ", "КОМПАНИ", "АЛЬЯНС", "ОПТ", "КОНТРАКТ",
)  # fmt: skip
_LATIN = (
    "LUN", "VOR", "TESS", "MAR", "KAD", "BREN", "OST", "HAV", "SIL", "QUAN", "FENG", "HUA", "TAO",
    "DORA", "PELL", "RIV", "NOX", "ZEN", "ULM", "CARD", "EL", "MIRA", "SOL", "KOR", "VEGA", "JIN",
)  # fmt: skip
ACTIVITIES = (
    "46900 оптовая торговля без специализации", "46390 оптовая торговля продуктами питания",
    "46420 оптовая торговля одеждой", "46690 оптовая торговля машинами",
    "46730 оптовая торговля стройматериалами", "45310 торговля автодеталями",
    "46460 оптовая торговля фармацевтическими товарами", "46510 торговля техникой",
)  # fmt: skip
CHEMICAL_ACTIVITY = "46750 оптовая торговля химическими продуктами"
PHARMA_ACTIVITY = "21200 производство фармацевтических препаратов"
PAINT_ACTIVITY = "20300 производство красок и лаков"


class Firm(NamedTuple):
    """A trader of this country as it declares itself and as the company register knows it."""

    bin: str
    name: str
    address: str
    phone: str
    email: str
    account: str
    registered_on: date
    head: str
    owners: str
    activity: str
    office: str
    closed_on: date | None = None

    @property
    def party(self) -> str:
        """The JSON members of a party, without role and braces."""
        return (
            f'"name":"{self.name}","country":"KZ","address":"{self.address}","identifiers":['
            f'{{"kind":"bin","value":"{self.bin}"}},{{"kind":"phone","value":"{self.phone}"}},'
            f'{{"kind":"email","value":"{self.email}"}},'
            f'{{"kind":"bank_account","value":"{self.account}"}}]'
        )

    @property
    def register_row(self) -> tuple[str, ...]:
        """The row of the company register extract."""
        closed = self.closed_on.isoformat() if self.closed_on else ""
        return (
            self.bin, self.name, self.registered_on.isoformat(), closed, self.head, self.owners,
            self.address, self.phone, self.activity,
        )  # fmt: skip


class Supplier(NamedTuple):
    """A foreign seller."""

    name: str
    country: Country
    party: str


def new_firm(
    draw: Random, serial: int, registered_on: date, activity: str = "", office: str = ""
) -> Firm:
    """An invented firm; ``serial`` makes its numbers its own."""
    town = next((town for code, town, *_ in OFFICES if code == office), "")
    if not town:
        office, town = draw.choices([row[:2] for row in OFFICES], [row[2] for row in OFFICES])[0]
    name = f"{draw.choice(_HEADS)}{draw.choice(_TAILS)}"
    if draw.random() < 0.6:
        name += f" {draw.choice(_TAILS)}"
    form = "ЖШС" if draw.random() < 0.12 else "ТОО"
    is_small = serial % SERIALS_A_WORLD > 200
    number = bin_number(serial, registered_on.strftime("%y%m"))
    return Firm(
        bin=number,
        name=f"{form} «{name} {serial % 997}»" if is_small else f"{form} «{name}»",
        address=street_address(draw, town),
        phone=phone_number(serial),
        email=f"office@firm{serial}.example.kz",
        account=bank_account(serial),
        registered_on=registered_on,
        head=person(draw),
        owners=";".join(person(draw) for _ in range(draw.choice((1, 1, 2)))),
        activity=activity or draw.choice(ACTIVITIES),
        office=office,
    )


def street_address(draw: Random, town: str) -> str:
    """An invented address in ``town``."""
    return (
        f"Г. {town}, УЛ. {draw.choice(STREETS)} {draw.randint(1, 290)}, ОФ. {draw.randint(1, 99)}"
    )


def person(draw: Random) -> str:
    """An invented person, as a register prints one."""
    return f"{draw.choice(SURNAMES)} {draw.choice(GIVEN)}{draw.choice(GIVEN)}"


def registration_day(draw: Random, latest: date) -> date:
    """When a firm of some standing was registered: half a year to twenty years ago."""
    return latest - timedelta(days=draw.randint(180, 7_000))


def new_supplier(draw: Random, serial: int, country: Country) -> Supplier:
    """An invented foreign firm."""
    stem = draw.choice(_LATIN) + draw.choice(_LATIN)
    town = draw.choice(country.towns)
    name = f"{stem} {draw.choice(_LATIN)}{draw.choice(_LATIN)} {country.form}"
    party = (
        f'"name":"{name}","country":"{country.code}",'
        f'"address":"{town}, {draw.randint(1, 400)} {draw.choice(_LATIN)} ST.","identifiers":['
        f'{{"kind":"email","value":"sales@{stem.lower()}{serial}.example.com"}}]'
    )
    return Supplier(name, country, party)
