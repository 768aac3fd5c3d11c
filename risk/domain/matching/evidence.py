"""What the engine says about one text: evidence with its place in the original text."""

from decimal import Decimal
from enum import StrEnum

import msgspec


class Method(StrEnum):
    """How a substance was recognised."""

    CAS = "cas"
    EC = "ec"
    CUS = "cus"
    UN = "un"
    INCHIKEY = "inchikey"
    STRUCTURE = "structure"
    EXACT = "exact"
    FUZZY = "fuzzy"
    FORMULA = "formula"
    CODE = "code"


class EvidenceKind(StrEnum):
    """What the evidence rests on: the substance is told, or what it was once declared as."""

    TOLD = "told"
    COVER_NAME = "cover_name"


class Verdict(StrEnum):
    """The stated concentration against the limits of the lists that hold the substance."""

    ABOVE = "above"
    BELOW = "below"
    NOT_STATED = "not_stated"
    NOT_LIMITED = "not_limited"


class ListVerdict(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The verdict for one list. ``limit_pct`` is None when it has none or it is unknown;
    control starts at it, or above it when ``is_limit_exclusive``."""

    list_code: str
    verdict: Verdict
    limit_pct: Decimal | None = None
    is_limit_known: bool = True
    is_limit_exclusive: bool = False


class NearestInnocent(msgspec.Struct, frozen=True, gc=False):
    """The innocent name nearest to a matched span; ``distance`` is the cost of the typing
    errors between them, 0 for the name itself (docs/matching.md)."""

    name: str
    distance: float


class ContradictionKind(StrEnum):
    """What in a line speaks against a recognised substance."""

    CAS_OF_ANOTHER = "cas_of_another"
    CODE_OF_OTHER_GOODS = "code_of_other_goods"
    TEXT_OF_OTHER_GOODS = "text_of_other_goods"


class Contradiction(msgspec.Struct, frozen=True, gc=False):
    """Something in the line that cannot be true together with the evidence: the CAS number,
    the declared code or the name of other goods (``value``), with its place in the text; a
    code has none (0, 0)."""

    kind: ContradictionKind
    value: str
    start: int
    end: int


class Reason(StrEnum):
    """Why a place that looks like a listed substance is no match."""

    INNOCENT_NAME = "innocent_name"
    ANOTHER_MOLECULE = "another_molecule"
    ABSENT = "absent"
    PURPOSE = "purpose"
    DERIVATIVE = "derivative"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    NOT_IN_FORCE = "not_in_force"


class Dismissal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A place that looks like a listed substance, and why it is no match.

    ``name`` is the listed name or number; ``distance`` the cost of the typing errors between
    it and the text, None where nothing was misspelt; ``innocent`` the innocent name that won.
    """

    substance_key: str
    matched_text: str
    start: int
    end: int
    name: str
    method: Method
    reason: Reason
    distance: float | None = None
    innocent: str = ""


class SubstanceEvidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One controlled substance recognised in one goods description.

    ``start`` and ``end`` are character offsets in the *original* text (both 0 and
    ``matched_text`` empty when the evidence is the commodity code alone). ``name`` and
    ``lang`` are the listed name that matched. ``match_score`` is in [0, 1]. ``support``
    lists further methods that point to the same substance, strongest first.
    ``is_above_alert_point`` tells whether the score reaches the alert operating point;
    ``flagged`` is that and a verdict other than ``below``. ``is_preparation``: the substance is
    an ingredient of goods for another use, so its name alone does not reach the alert point.
    ``is_concentration_assumed``: told by a grade word, or converted from grams or parts.
    ``kind`` is ``cover_name`` when the text and the code are what the substance was declared
    as elsewhere: method ``exact``, under the alert point, no concentration.
    ``nearest_innocent`` is the nearest innocent name to a misspelt or weak name, as far as
    one lies near. ``contradictions`` are what else in the line cannot be true beside it.
    """

    substance_key: str
    matched_text: str
    start: int
    end: int
    name: str
    lang: str
    method: Method
    match_score: float
    concentration_pct: Decimal | None
    concentration_span: tuple[int, int] | None
    verdict: Verdict
    list_verdicts: tuple[ListVerdict, ...]
    support: tuple[Method, ...] = ()
    is_above_alert_point: bool = False
    flagged: bool = False
    is_preparation: bool = False
    is_concentration_assumed: bool = False
    kind: EvidenceKind = EvidenceKind.TOLD
    nearest_innocent: NearestInnocent | None = None
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def lists(self) -> tuple[str, ...]:
        """Codes of the lists that hold the substance, in list order."""
        return tuple(verdict.list_code for verdict in self.list_verdicts)
