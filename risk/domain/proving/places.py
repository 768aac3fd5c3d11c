"""Countries of supply, offices, towns and streets of the generated traffic.

Offices have the form of the union's codes and are not a register; streets, houses and
firms are invented.
"""

from typing import NamedTuple


class Country(NamedTuple):
    """A country of supply: share of suppliers, currency and its price in dollars, the legal
    form of its firms, towns, how goods come (mode of graph 25, border office)."""

    code: str
    weight: float
    currency: str
    dollars: float
    form: str
    towns: tuple[str, ...]
    mode: str
    border: str


def _country(
    code: str,
    weight: float,
    money: tuple[str, float],
    form: str,
    towns: str,
    route: tuple[str, str],
) -> Country:
    return Country(code, weight, *money, form, tuple(towns.split(",")), *route)


_USD, _EUR, _CNY = ("USD", 1.0), ("EUR", 1.12), ("CNY", 0.139)
_ROAD_EAST, _RAIL_EAST, _ROAD_WEST = ("30", "55310"), ("20", "55311"), ("30", "55317")
_SEA, _AIR, _SOUTH = ("10", "55315"), ("40", "55305"), ("30", "55313")

COUNTRIES: tuple[Country, ...] = (
    _country("CN", 30, _CNY, "CO., LTD", "SHENZHEN,YIWU,NINGBO,QINGDAO,URUMQI", _ROAD_EAST),
    _country("CN", 10, _USD, "TRADING CO., LTD", "SHANGHAI,TIANJIN,GUANGZHOU,WUHAN", _RAIL_EAST),
    _country("TR", 8, _EUR, "A.S.", "ISTANBUL,IZMIR,BURSA,KONYA", _ROAD_WEST),
    _country("DE", 8, _EUR, "GMBH", "HAMBURG,KOELN,STUTTGART,BREMEN", _ROAD_WEST),
    _country("IT", 4, _EUR, "S.R.L.", "MILANO,BOLOGNA,TORINO", _ROAD_WEST),
    _country("US", 4, _USD, "INC", "HOUSTON,CHICAGO,ATLANTA", _AIR),
    _country("KR", 4, _USD, "CO., LTD", "SEOUL,BUSAN,INCHEON", _RAIL_EAST),
    _country("UZ", 4, _USD, "MCHJ", "TOSHKENT,NAMANGAN,SAMARQAND", _SOUTH),
    _country("IN", 4, _USD, "PVT. LTD", "MUMBAI,AHMEDABAD,CHENNAI", _SEA),
    _country("JP", 2, ("JPY", 0.0066), "K.K.", "OSAKA,NAGOYA,TOKYO", _SEA),
    _country("PL", 3, ("PLN", 0.26), "SP. Z O.O.", "WARSZAWA,LODZ,POZNAN", _ROAD_WEST),
    _country("FR", 3, _EUR, "SARL", "LYON,LILLE,NANTES", _AIR),
    _country("NL", 2, _EUR, "B.V.", "ROTTERDAM,UTRECHT", _ROAD_WEST),
    _country("GB", 2, ("GBP", 1.29), "LTD", "LEEDS,BRISTOL,LONDON", _AIR),
    _country("AE", 2, _USD, "FZCO", "DUBAI,SHARJAH", _AIR),
    _country("IR", 2, _USD, "CO.", "TABRIZ,ISFAHAN", _SEA),
    _country("GE", 1, _USD, "LLC", "TBILISI,POTI", _SEA),
    _country("VN", 1, _USD, "JSC", "HANOI,DANANG", _RAIL_EAST),
    _country("TH", 1, _USD, "CO., LTD", "BANGKOK", _SEA),
    _country("ES", 1, _EUR, "S.L.", "VALENCIA,BILBAO", _ROAD_WEST),
    _country("CZ", 1, ("CZK", 0.045), "S.R.O.", "BRNO,PLZEN", _ROAD_WEST),
    _country("AT", 1, _EUR, "GMBH", "LINZ,GRAZ", _ROAD_WEST),
    _country("CH", 1, ("CHF", 1.18), "AG", "BASEL,ZUERICH", _AIR),
    _country("FI", 1, _EUR, "OY", "TURKU,OULU", _ROAD_WEST),
    _country("SE", 1, ("SEK", 0.098), "AB", "MALMO,GOTEBORG", _ROAD_WEST),
    _country("BE", 1, _EUR, "BVBA", "ANTWERPEN,GENT", _ROAD_WEST),
    _country("MY", 1, _USD, "SDN BHD", "PENANG", _SEA),
    _country("ID", 1, _USD, "PT", "SURABAYA", _SEA),
    _country("EG", 1, _USD, "S.A.E.", "ALEXANDRIA", _SEA),
    _country("PK", 1, _USD, "PVT LTD", "KARACHI,LAHORE", _SOUTH),
    _country("LT", 1, _EUR, "UAB", "KAUNAS,VILNIUS", _ROAD_WEST),
    _country("BG", 1, _EUR, "EOOD", "VARNA,PLOVDIV", _ROAD_WEST),
    _country("RS", 1, _EUR, "D.O.O.", "NOVI SAD,NIS", _ROAD_WEST),
    _country("EC", 1, _USD, "S.A.", "GUAYAQUIL", _SEA),
    _country("BR", 1, _USD, "LTDA", "SANTOS,CURITIBA", _SEA),
)  # fmt: skip

TENGE = 538.0
"""Tenge for a dollar; one rounded invention for the whole run."""

OFFICES: tuple[tuple[str, str, float, float], ...] = (
    ("55301", "АЛМАТЫ", 24, 0.8), ("55302", "АЛМАТЫ", 14, 1.0), ("55303", "АСТАНА", 13, 1.2),
    ("55304", "ШЫМКЕНТ", 9, 0.6), ("55305", "АЛМАТЫ", 6, 2.2), ("55306", "ҚАРАҒАНДЫ", 5, 1.0),
    ("55307", "ӨСКЕМЕН", 4, 0.5), ("55308", "АҚТӨБЕ", 4, 0.9), ("55309", "ПАВЛОДАР", 3, 0.7),
    ("55310", "ҚОРҒАС", 8, 2.8), ("55311", "ДОСТЫҚ", 3, 1.6), ("55312", "ҚОСТАНАЙ", 2, 0.4),
    ("55313", "САРЫАҒАШ", 2, 1.8), ("55314", "АТЫРАУ", 2, 0.8), ("55315", "АҚТАУ", 2, 1.4),
    ("55316", "ТАРАЗ", 1, 0.3), ("55317", "ОРАЛ", 2, 1.1),
)  # fmt: skip
"""Code, town, share of the traffic, how eagerly it inspects (1 = usual)."""

STREETS = (
    "АБЫЛАЙ", "БАЙТЕРЕК", "САМАЛ", "ЖИБЕК", "ДОСТЫК", "КЕРУЕН", "САРЫАРКА", "ОТРАР", "ТЕРЕК",
    "БЕРЕКЕ", "ЗАВОДСКАЯ", "СТЕПНАЯ", "САДОВАЯ", "РЕЧНАЯ", "ВОСТОЧНАЯ", "ЯБЛОНЕВАЯ", "ТУРАН",
)  # fmt: skip
SURNAMES = (
    "Ахметбайулы", "Сарсенгали", "Жолдасов", "Нурпеисбек", "Калиаскаров", "Ермекулы", "Тлеубаев",
    "Верхоянцев", "Полозьева", "Садвакасулы", "Мырзахан", "Кожабергенов", "Осинцева", "Таубаев",
    "Байдаулет", "Шонанов", "Кульбаева", "Рощинский", "Есенжолов", "Дюсекенов",
)  # fmt: skip
GIVEN = (
    "А.", "Б.", "Г.", "Д.", "Е.", "Ж.", "К.", "Л.", "М.", "Н.", "О.", "Р.", "С.", "Т.", "У.",
)  # fmt: skip
