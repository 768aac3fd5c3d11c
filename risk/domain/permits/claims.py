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
    """By what control is said not to reach the goods. ``borne_out``: in so many words, and the
    percents stated leave no doubt of it."""

    RESTRICTIONS_DENIED = "restrictions_denied"
    OTHER_CONCLUSION = "other_conclusion"
    JUST_UNDER_LIMIT = "just_under_limit"
    BORNE_OUT = "borne_out"


STATED = frozenset({ClaimKind.RESTRICTIONS_DENIED.value, ClaimKind.OTHER_CONCLUSION.value})
"""Claims in so many words; a percent only lets the law say it."""
DOUBTFUL = STATED | {ClaimKind.JUST_UNDER_LIMIT.value}
"""Claims that count when one asks how often somebody claims: a lawful user of weak goods says of
each consignment that control does not reach it, and is right."""


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

    @property
    def is_doubtful(self) -> bool:
        """Whether nothing that is stated bears it out."""
        return self.kind in DOUBTFUL


class ClaimHistory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one party of a declaration claimed before it, within :data:`HISTORY_DAYS`.

    ``items`` are its latest items (at most :data:`HISTORY_ITEMS`) that name something controlled,
    however much of it, and ``claimed`` those of them with a doubtful claim; ``unnamed`` are claims
    about goods that name nothing. ``peer_items`` and ``peer_claimed`` are the latest of all others
    (at most :data:`PEER_ITEMS`).
    """

    claimant: str
    items: int = 0
    claimed: int = 0
    unnamed: int = 0
    peer_items: int = 0
    peer_claimed: int = 0

    @property
    def peer_share(self) -> float | None:
        """Of others' items the part with a doubtful claim; None without any."""
        return self.peer_claimed / self.peer_items if self.peer_items else None


def near_limit(
    percent: Decimal | None, verdicts: Iterable[ListVerdict], home: Collection[str]
) -> Decimal | None:
    """The lowest limit that the percent stays just under; None without one.

    Of the lists ``home``, of what they hold. While nobody knows their limits, those of all lists
    that hold the substance count: neighbours that control it stop at about the same percent.

    >>> below = ListVerdict(list_code="A", verdict=Verdict.BELOW, limit_pct=Decimal(60))
    >>> near_limit(Decimal("59.5"), [below], {"A"}), near_limit(Decimal(40), [below], {"A"})
    (Decimal('60'), None)
    """
    given = tuple(verdicts)
    own = tuple(one for one in given if one.list_code in home)
    if percent is None or not own:
        return None
    counting = own if any(one.is_limit_known for one in own) else given
    limits = [
        one.limit_pct
        for one in counting
        if one.verdict is Verdict.BELOW
        and one.limit_pct is not None
        and percent >= NEAR_LIMIT * one.limit_pct
    ]
    return min(limits, default=None)


def claims_of(
    mark: str,
    documents: Iterable[str],
    near: Iterable[tuple[str, Decimal, Decimal]],
    codes: Mapping[str, ClaimKind],
    *,
    is_borne_out: bool = False,
) -> tuple[ExemptionClaim, ...]:
    """The claims of an item: its mark, its documents by ``codes``, and (substance, percent, limit)
    of what stays just under a limit; in this order, each once. ``is_borne_out``: what it says in so
    many words is what its percents say."""
    found: dict[ExemptionClaim, None] = {}
    if mark.strip().casefold() not in _NO_MARK:
        kind = ClaimKind.BORNE_OUT if is_borne_out else ClaimKind.RESTRICTIONS_DENIED
        found[ExemptionClaim(kind=kind.value, stated=mark.strip())] = None
    for code in sorted(set(documents) & codes.keys()):
        kind = ClaimKind.BORNE_OUT if is_borne_out else codes[code]
        found[ExemptionClaim(kind=kind.value, stated=code)] = None
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
    InvalidList with line and column."""
    found: dict[str, ClaimKind] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream), 2):
            code, claim, source = (row.get(name) or "" for name in ("code", "claim", "source"))
            for is_wrong, column, value, allowed in (
                (not code or code in found, "code", code, "each code once"),
                (claim not in STATED, "claim", claim, ", ".join(sorted(STATED))),
                (not source, "source", source, "where it is said"),
            ):
                if is_wrong:
                    raise InvalidList(
                        file=path.name, line=line, column=column, value=value, allowed=allowed
                    )
            found[code] = ClaimKind(claim)
    return found
