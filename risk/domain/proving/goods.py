"""The honest goods: ten-digit codes with official wordings, trade names, prices and lots."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from risk.domain.proving.purity import ListedWords
from risk.domain.substances import ListEntry

GOODS_FILES = ("headings_ru.csv", "codes_ru.csv", "hs6_en.csv", "trade.csv")
_LONGEST_HEADING, _LONGEST_LEAF, _LONGEST_ENGLISH = 90, 110, 180
# So many codes of a heading carry its trade name; the others their official wording only.
_TRADED_CODES = 6
# Trade headings carry most declarations; the other headings of the tariff are the long tail.
_TAIL_WEIGHT = 0.35
_OUTLANDISH = frozenset({"прочие", "прочая", "прочее", "прочий"})


class Good(msgspec.Struct, frozen=True):
    """One kind of goods. ``texts`` are wordings by language, best first; the price is in
    US dollars a kg, ``lot_kg`` the usual net mass of one goods item, ``weight`` relative."""

    code: str
    weight: float
    price: float
    lot_kg: float
    package: str
    texts: dict[str, tuple[str, ...]]

    @property
    def chapter(self) -> str:
        return self.code[:2]


class _Trade(msgspec.Struct, frozen=True):
    weight: float
    price: float
    lot_kg: float
    package: str
    names: dict[str, str]


def read_goods(folder: Path, entries: Iterable[ListEntry], listed: ListedWords) -> tuple[Good, ...]:
    """The honest goods of ``folder``, by code.

    Left out: wordings that name a listed substance, and codes that are a listed
    substance's own (not its basket), because an honest line under such a code would be
    a line about that substance.
    """
    headings = _read(folder / "headings_ru.csv", "hs4", "text")
    english = _read(folder / "hs6_en.csv", "hs6", "text")
    trade = _read_trade(folder / "trade.csv")
    nearest = {
        heading: trade[min(trade, key=lambda other: abs(int(other) - int(heading)))]
        for heading in headings
    }
    own = {code for entry in entries for code in entry.commodity_codes}
    ranks: dict[str, int] = defaultdict(int)
    goods = []
    for code, leaf in _read(folder / "codes_ru.csv", "code", "text").items():
        heading = code[:4]
        if code in own or code[:6] in own:
            continue
        official = {"ru": _official(headings[heading], leaf), "en": english.get(code[:6], "")}
        if len(official["en"]) > _LONGEST_ENGLISH:
            official["en"] = ""
        pure: dict[str, tuple[str, ...]] = {
            lang: (text,)
            for lang, text in official.items()
            if text and not listed.are_named_in(text)
        }
        known = trade.get(heading) if ranks[heading] < _TRADED_CODES else None
        if known or "ru" in pure:
            ranks[heading] += 1
            goods.append(_good(code, ranks[heading], pure, known, nearest[heading]))
    return tuple(goods)


def _good(
    code: str,
    rank: int,
    texts: dict[str, tuple[str, ...]],
    known: _Trade | None,
    nearest: _Trade,
) -> Good:
    if known:
        texts = {lang: (name, *texts.get(lang, ())) for lang, name in known.names.items()}
    spread = 0.55 + int(hashlib.sha256(code.encode()).hexdigest()[:4], 16) / 65_536
    return Good(
        code=code,
        weight=(known.weight if known else _TAIL_WEIGHT) / rank,
        price=round(nearest.price * spread, 3),
        lot_kg=nearest.lot_kg * (1.0 if known else 0.4),
        package=nearest.package,
        texts=texts,
    )


def _official(heading: str, leaf: str) -> str:
    """Heading and last part of the tariff's wording, as declarants shorten them."""
    head = _cut(heading.partition(";")[0].partition(" (")[0].lower(), _LONGEST_HEADING)
    if not leaf or leaf.lower() in _OUTLANDISH or leaf.lower() == head:
        return head
    return f"{head}: {_cut(leaf.lower(), _LONGEST_LEAF)}"


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[:most].rpartition(" ")[0].rstrip(" ,;:-(")


def _read(path: Path, key: str, value: str) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {row[key]: row[value] for row in csv.DictReader(stream)}


def _read_trade(path: Path) -> dict[str, _Trade]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            row["hs4"]: _Trade(
                weight=float(row["weight"]),
                price=float(row["price_usd_kg"]),
                lot_kg=float(row["lot_kg"]),
                package=row["package"],
                names={lang: row[lang] for lang in ("ru", "en", "kk", "zh")},
            )
            for row in csv.DictReader(stream)
        }
