"""The synthetic import declarations of the Korea Customs Service (arXiv 2208.02484).

Three parts in the order of their dates. What makes them easy is that most rows of the later
parts repeat goods, price and mass of a training row, and with them its outcome: a figure over
all rows rewards memory. Rows whose *tuple* is unseen in training are what tells of learning.
"""

import csv
import lzma
import zlib
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from risk.domain.learning.encoding import Rates, fit_rates, log_odds_out_of_fold
from risk.domain.learning.trees import Numbers

TRAINING, VALIDATION, TEST = "train", "valid", "test"
COLUMNS = (
    "Declaration ID", "Date", "Office ID", "Process Type", "Import Type", "Import Use",
    "Payment Type", "Mode of Transport", "Declarant ID", "Importer ID", "Seller ID", "Courier ID",
    "HS6 Code", "Country of Departure", "Country of Origin", "Tax Rate", "Tax Type",
    "Country of Origin Indicator", "Net Mass", "Item Price", "Fraud", "Critical Fraud",
)  # fmt: skip
FOLDS = 10
_PRIOR_PEERS = 5
"""Rows that the median of all goods counts for beside that of a code."""


Row: TypeAlias = Mapping[str, str]
Tuple: TypeAlias = tuple[str, str, str]

CATEGORIES: Mapping[str, Callable[[Row], Hashable]] = {
    "hs2": lambda row: row["HS6 Code"].zfill(6)[:2],
    "hs4": lambda row: row["HS6 Code"].zfill(6)[:4],
    "hs6": lambda row: row["HS6 Code"].zfill(6),
    "origin": lambda row: row["Country of Origin"],
    "departure": lambda row: row["Country of Departure"],
    "tax_type": lambda row: row["Tax Type"],
    "tax_type_and_rate": lambda row: (row["Tax Type"], row["Tax Rate"]),
    "hs2_and_origin": lambda row: (row["HS6 Code"].zfill(6)[:2], row["Country of Origin"]),
}
"""What a row is known for; each enters as the log odds of fraud of its category."""

NUMBERS = ("log_price", "log_mass", "log_unit_price", "tax_rate", "sent_from_elsewhere")
COMPARED = ("log_mass", "log_unit_price")
PEERS = ("hs4", "hs6")
"""Whose median a number of :data:`COMPARED` is held against."""

FEATURES = (*CATEGORIES, *NUMBERS, *(f"{number}_beside_{p}" for number in COMPARED for p in PEERS))
RISING = dict.fromkeys(CATEGORIES, 1)
"""Signs that are known: a category with more fraud never lowers the score."""


class Part:
    """The rows of one part, with labels (fraud or not), tuples and weights by place."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.rows = rows
        self.labels: NDArray[np.bool_] = np.array([row["Fraud"] == "1" for row in rows])
        self.tuples: list[Tuple] = [
            (row["HS6 Code"], row["Item Price"], row["Net Mass"]) for row in rows
        ]

    @cached_property
    def weights(self) -> Numbers:
        """One for each tuple, shared by the rows that repeat it."""
        times = Counter(self.tuples)
        return np.array([1 / times[one] for one in self.tuples])

    @cached_property
    def folds(self) -> NDArray[np.intp]:
        """One of :data:`FOLDS` by tuple, so that no tuple is in two."""
        return np.array([zlib.crc32(repr(one).encode()) % FOLDS for one in self.tuples])

    def unseen_in(self, training: "Part") -> NDArray[np.bool_]:
        """Whether no row of ``training`` has the row's tuple."""
        seen = set(training.tuples)
        return np.array([one not in seen for one in self.tuples])

    def chosen(self, which: NDArray[np.bool_]) -> "Part":
        """Only the rows where ``which`` is true."""
        return Part([row for row, is_in in zip(self.rows, which, strict=True) if is_in])

    def categories(self, name: str) -> list[Hashable]:
        """The category of each row by one of :data:`CATEGORIES`."""
        return [CATEGORIES[name](row) for row in self.rows]

    def numbers(self) -> Numbers:
        """Columns of :data:`NUMBERS`; price in KRW, mass in kg, rate in per cent, 0 or 1."""
        price, mass, rate = (
            np.array([float(row[name]) for row in self.rows])
            for name in ("Item Price", "Net Mass", "Tax Rate")
        )
        elsewhere = [row["Country of Departure"] != row["Country of Origin"] for row in self.rows]
        unit_price = np.log((price + 1) / (mass + 0.01))
        return np.column_stack([np.log1p(price), np.log1p(mass), unit_price, rate, elsewhere])


def read_part(path: Path) -> Part:
    """One part from its compressed CSV.

    :raises ValueError: its columns are not :data:`COLUMNS`.
    """
    with lzma.open(path, "rt", encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path.name}: other columns than published")
        return Part(list(reader))


class Encoder:
    """The features of rows, by what the training part knows of their categories."""

    def __init__(self, training: Part, *, prior: float) -> None:
        self._training, self._prior = training, prior
        self._rates: dict[str, Rates] = {
            name: fit_rates(
                training.categories(name), training.labels, training.weights, prior=prior
            )
            for name in CATEGORIES
        }
        numbers = training.numbers()
        self._medians = {
            (number, peers): _Medians(training.categories(peers), numbers[:, NUMBERS.index(number)])
            for number in COMPARED
            for peers in PEERS
        }

    def rows(self, part: Part) -> Numbers:
        """Features of rows that are not of the training part."""
        return self._joined(
            part, [self._rates[name].of(part.categories(name)) for name in CATEGORIES]
        )

    def training_rows(self) -> Numbers:
        """Features of the training rows, their rates each by the rows of the other folds."""
        part = self._training
        encoded = [
            log_odds_out_of_fold(
                part.categories(name),
                part.labels,
                part.weights,
                folds=part.folds,
                prior=self._prior,
            )
            for name in CATEGORIES
        ]
        return self._joined(part, encoded)

    def _joined(self, part: Part, encoded: list[Numbers]) -> Numbers:
        numbers = part.numbers()
        beside = [
            numbers[:, NUMBERS.index(number)]
            - self._medians[number, peers].of(part.categories(peers))
            for number in COMPARED
            for peers in PEERS
        ]
        return np.column_stack([*encoded, numbers, *beside])


class _Medians:
    """The median of a number by category, drawn towards that of all where there are few."""

    def __init__(self, categories: list[Hashable], numbers: Numbers) -> None:
        self._of_all = float(np.median(numbers))
        held: dict[Hashable, list[float]] = {}
        for category, number in zip(categories, numbers, strict=True):
            held.setdefault(category, []).append(float(number))
        self._medians = {
            category: (median(own) * len(own) + self._of_all * _PRIOR_PEERS)
            / (len(own) + _PRIOR_PEERS)
            for category, own in held.items()
        }

    def of(self, categories: list[Hashable]) -> Numbers:
        return np.array([self._medians.get(one, self._of_all) for one in categories])
