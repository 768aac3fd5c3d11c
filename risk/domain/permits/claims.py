"""Claims that control does not reach the goods: what a declarant says to go without a permit,
and how often it was said before."""

import csv
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import msgspec

from risk.domain.errors import InvalidList
from risk.domain.matching.evidence import ListVerdict, Verdict

MARK_FIELD = "restrictions_declared_not_to_apply"
"""The further field of a goods item that holds the mark of the union's declaration."""
NEAR_LIMIT = Decimal("0.95")
"""From this part of a limit on a percent is just under it."""
HISTORY_DAYS = 365
HISTORY_ITEMS = 200
PEER_ITEMS = 500

# What a form prints where nothing is claimed.
_NO_MARK = frozenset({"", "0", "-", "false", "no", "нет", "н"})


class ClaimKind(StrEnum):
    """By what control is said not to reach the goods."""

    RESTRICTIONS_DENIED = "restrictions_denied"
    OTHER_CONCLUSION = "other_conclusion"
    JUST_UNDER_LIMIT = "just_under_limit"


STATED = frozenset({ClaimKind.RESTRICTIONS_DENIED.value, ClaimKind.OTHER_CONCLUSION.value})
"""Claims in so many words; a percent only lets the law say it."""


class Claimant(StrEnum):
    """Whose history it is: the roles of a declaration."""

    IMPORTER = "importer"
    REPRESENTATIVE = "representative"


class ExemptionClaim(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One claim of a goods item. ``stated`` is the mark, the code of the document, or the percent;
    of a percent there is the substance and the limit that it stays under, else both are blank."""

    kind: str
    stated: str
    substance_key: str = ""
    limit_pct: Decimal | None = None


class ClaimHistory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one party of a declaration claimed before it, within :data:`HISTORY_DAYS`.

    ``items`` are its latest items (at most :data:`HISTORY_ITEMS`) that name something controlled,
    however much of it, and ``claimed`` those of them with a claim; ``unnamed`` are claims about
    goods that name nothing. ``peer_items`` and ``peer_claimed`` are the latest of all others (at
    most :data:`PEER_ITEMS`).
    """

    claimant: str
    items: int = 0
    claimed: int = 0
    unnamed: int = 0
    peer_items: int = 0
    peer_claimed: int = 0

    @property
    def peer_share(self) -> float | None:
        """Of others' items the part with a claim; None without any."""
        return self.peer_claimed / self.peer_items if self.peer_items else None


def near_limit(
    percent: Decimal | None, verdicts: Iterable[ListVerdict], home: Collection[str]
) -> Decimal | None:
    """The lowest limit of the lists ``home`` that the percent stays just under; None without one.

    >>> below = ListVerdict(list_code="A", verdict=Verdict.BELOW, limit_pct=Decimal(60))
    >>> near_limit(Decimal("59.5"), [below], {"A"}), near_limit(Decimal(40), [below], {"A"})
    (Decimal('60'), None)
    """
    if percent is None:
        return None
    limits = [
        one.limit_pct
        for one in verdicts
        if one.list_code in home
        and one.verdict is Verdict.BELOW
        and one.limit_pct is not None
        and percent >= NEAR_LIMIT * one.limit_pct
    ]
    return min(limits, default=None)


def claims_of(
    mark: str,
    documents: Iterable[str],
    near: Iterable[tuple[str, Decimal, Decimal]],
    codes: Mapping[str, ClaimKind],
) -> tuple[ExemptionClaim, ...]:
    """The claims of an item: its mark, its documents by ``codes``, and (substance, percent, limit)
    of what stays just under a limit; in this order, each once."""
    found: dict[ExemptionClaim, None] = {}
    if mark.strip().casefold() not in _NO_MARK:
        kind = ClaimKind.RESTRICTIONS_DENIED.value
        found[ExemptionClaim(kind=kind, stated=mark.strip())] = None
    for code in sorted(set(documents) & codes.keys()):
        found[ExemptionClaim(kind=codes[code].value, stated=code)] = None
    for key, percent, limit in sorted(near):
        claim = ExemptionClaim(
            kind=ClaimKind.JUST_UNDER_LIMIT.value,
            stated=f"{percent.normalize():f}",
            substance_key=key,
            limit_pct=limit,
        )
        found[claim] = None
    return tuple(found)


def read_claim_codes(path: Path) -> Mapping[str, ClaimKind]:
    """The documents that claim it: the table (code, claim, meaning, source, confidence). Raises
    InvalidList with the line."""
    found: dict[str, ClaimKind] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream), 2):
            code, claim = row.get("code") or "", row.get("claim") or ""
            if code in found or claim not in STATED or not row.get("source"):
                allowed = f"each code once, with a source; claim one of {', '.join(sorted(STATED))}"
                raise InvalidList(
                    file=path.name, line=line, column="claim", value=claim, allowed=allowed
                )
            found[code] = ClaimKind(claim)
    return found
