"""Identifiers of substances as an editor gives them: their shape, and what they contradict."""

import msgspec

from risk.domain.errors import InvalidList
from risk.domain.lists.fields import RowReader
from risk.domain.lists.verification import Contradiction, contradictions_of
from risk.domain.matching.identifiers import is_cus_number
from risk.domain.substances import ListEntry, SubstanceKind

IDENTIFIER_KINDS = ("cas", "ec", "un", "inchikey", "smiles", "cus", "formula")
LONGEST = 1000
CUS_ALLOWED = "seven digits, a hyphen and the right check digit, 0023865-3"
# What only one substance can have.
OF_ONE_SUBSTANCE = frozenset({"cas", "ec", "inchikey", "smiles", "cus"})


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """One identifier of the form ``form_name`` of a substance."""

    kind: str
    value: str
    form_name: str = ""


def read_identifier(kind: str, value: str, form_name: str = "") -> Identifier:
    """The identifier in its usual spelling; raises InvalidList for a wrong shape or check digit.

    >>> read_identifier("cas", " 67-64-1 ").value
    '67-64-1'
    """
    text = value.strip()
    row = RowReader("request", 1, {kind: text})
    if kind not in IDENTIFIER_KINDS:
        raise InvalidList(column="kind", value=kind[:50], allowed=", ".join(IDENTIFIER_KINDS))
    if not text or len(text) > LONGEST:
        raise InvalidList(column=kind, value=text[:50], allowed=f"1 to {LONGEST} characters")
    checks = {"cas": row.cas_rn, "ec": row.ec_number, "un": row.un_numbers}
    checks["inchikey"] = row.inchikey
    checks["cus"] = lambda column: row.checked(column, _is_cus, CUS_ALLOWED)
    if kind in checks:
        checks[kind](kind)
    if row.errors:
        first = row.errors[0]
        raise InvalidList(column=kind, value=first.value, allowed=first.allowed)
    return Identifier(kind=kind, value=text, form_name=form_name.strip())


def contradictions_between(
    identifiers: list[Identifier], name: str = ""
) -> tuple[Contradiction, ...]:
    """What the identifiers of the form called ``name`` say against each other or against the
    reference."""
    values: dict[str, str] = {}
    for one in identifiers:
        values.setdefault(one.kind, one.value)
    return contradictions_of(
        ListEntry(
            list_code="",
            substance_key="",
            schedule="",
            kind=SubstanceKind.PRECURSOR,
            form="",
            form_name=name,
            cas_rn=values.get("cas", ""),
            inchikey=values.get("inchikey", ""),
            smiles=values.get("smiles", ""),
            formula=values.get("formula", ""),
        )
    )


def _is_cus(value: str) -> bool:
    return value[7:-1] == "-" and is_cus_number(value)
