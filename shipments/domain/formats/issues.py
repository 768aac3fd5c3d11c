"""Collecting what is wrong: one log per declaration, one memory per file."""

from collections import Counter

from shipments.domain.errors import InvalidValue
from shipments.domain.records import Issue

REJECT = "reject"
QUARANTINE = "quarantine"
WARN = "warn"

MAX_VALUE_LENGTH = 200
MAX_RAW_LENGTH = 4_000
MAX_ISSUES_PER_DECLARATION = 1_000
MAX_UNKNOWN_FIELDS_PER_FILE = 1_000


def storable(text: str, max_length: int) -> str:
    """The text cut to length, with what PostgreSQL or UTF-8 cannot hold made visible."""
    cut = text[:max_length]
    if cut.isprintable():
        return cut
    return cut.replace("\x00", "\u2400").encode("utf-8", "replace").decode()


class UnknownCounts:
    """How often each field that we do not know was met in a message; at most 1,000 of them.

    What is met after these is counted together, under ``…``.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, field: str) -> None:
        is_full = len(self.counts) >= MAX_UNKNOWN_FIELDS_PER_FILE
        self.counts["…" if is_full and field not in self.counts else field] += 1


class UnknownFields:
    """Which unknown fields of a file were already reported: each is one warning a file.

    Every one that is met is added to ``counts``, which may be of several files.
    """

    def __init__(self, counts: UnknownCounts | None = None) -> None:
        self._seen: set[str] = set()
        self._counts = counts

    def is_new(self, field: str) -> bool:
        """Whether this field was not seen before; False for all once 1,000 were seen."""
        if self._counts is not None:
            self._counts.add(field)
        if field in self._seen or len(self._seen) >= MAX_UNKNOWN_FIELDS_PER_FILE:
            return False
        self._seen.add(field)
        return True


class IssueLog:
    """The issues of one declaration, at most 1,000: the last one then says ``issues_cut``."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.registration_number = ""
        self.is_rejected = False
        self.has_quarantine = False
        self._issues: list[Issue] = []

    def add(
        self,
        reason: InvalidValue,
        severity: str,
        field: str,
        *,
        line: int | None = None,
        raw: str = "",
    ) -> None:
        self.is_rejected = self.is_rejected or severity == REJECT
        self.has_quarantine = self.has_quarantine or severity == QUARANTINE
        if len(self._issues) > MAX_ISSUES_PER_DECLARATION:
            return
        if len(self._issues) == MAX_ISSUES_PER_DECLARATION:
            reason = InvalidValue("issues_cut", allowed=f"{MAX_ISSUES_PER_DECLARATION} issues")
            # The cut must not hide that the declaration as a whole failed.
            severity, field, raw = (severity if severity == REJECT else WARN), "", ""
        self._issues.append(
            Issue(
                code=reason.code,
                severity=severity,
                line=self.line if line is None else line,
                field=storable(field, MAX_VALUE_LENGTH),
                value=storable(str(reason.params.get("value", "")), MAX_VALUE_LENGTH),
                allowed=str(reason.params.get("allowed", "")),
                registration_number=self.registration_number,
                raw=storable(raw, MAX_RAW_LENGTH),
            )
        )

    def issues(self) -> tuple[Issue, ...]:
        return tuple(self._issues)
