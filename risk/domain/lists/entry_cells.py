"""A list entry as a row of texts and back: the columns that editors see.

``cells_of`` and ``read_entry`` are inverse to each other; comparison, export and import all
stand on them. A row's texts carry no formula protection: see ``sheet_export``.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from risk.domain.lists.fields import CODE_LENGTHS, THRESHOLD_UNITS, RowReader, one_of
from risk.domain.lists.reference_csv import CONFIDENCES, FORMS
from risk.domain.substances import (
    EntryCode,
    ExemptionPeriod,
    Fact,
    FactConfidence,
    ListEntry,
    Nomenclature,
    QuantityExemption,
    Scope,
    ScopeException,
    SubstanceKind,
)

NAME_COLUMN = "preferred_name"
LIMIT_RULES = ("", "at_least", "more_than")
_SCOPE_COLUMNS = tuple(f"includes_{scope}" for scope in Scope)
_EXCEPT_COLUMNS = tuple(f"{scope}_except" for scope in Scope)
ENTRY_COLUMNS = (
    "schedule", "kind", "substance_key", NAME_COLUMN, "form", "form_name", "cas", "ec_number",
    "un_number", "inchikey", "smiles", "formula", "hs6", "codes", "is_basket_code",
    *_SCOPE_COLUMNS, *_EXCEPT_COLUMNS,
    "concentration_min_pct", "limit_rule", "limit_known",
    "exempt_amount", "exempt_unit", "exempt_period", "exempt_wording",
    "clause_smarts", "clause_wording", "effective_from", "effective_to",
    "source", "confidence", "confidences", "notes",
)  # fmt: skip
# What an export tells beside: whether, by whom and when an entry was compared with its act. An
# import leaves them: that is recorded entry by entry.
STATUS_COLUMNS = ("is_verified", "verified_by", "verified_on")
REQUIRED_COLUMNS = ("form_name", "kind")
TEXT_MAX_LENGTH = 4000
_CODE = re.compile(
    r"(?P<system>[A-Za-z]+):(?P<digits>[\d .]+?)(?P<ex> ex)?(?: share=(?P<share>[\d.]+))?"
    r"(?: from=(?P<since>\d{4}-\d\d-\d\d))?(?: to=(?P<until>\d{4}-\d\d-\d\d))?"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_KINDS = frozenset(SubstanceKind)
_INCLUDES = tuple(f"includes_{scope}" for scope in Scope)
_EXCEPTS = tuple((scope, f"{scope}_except") for scope in Scope)
_CODES_ALLOWED = (
    "SYSTEM:digits with SYSTEM one of HS, CN, TNVED, HTS, then as needed ' ex', ' share=0.05',"
    " ' from=YYYY-MM-DD', ' to=YYYY-MM-DD'; several joined by ;"
)


def cells_of(entry: ListEntry, preferred_name: str = "") -> dict[str, str]:
    """The entry's texts by column, in the order of ENTRY_COLUMNS; blank where it says nothing."""
    exceptions = {one.scope: one.wording for one in entry.exceptions}
    exemption = entry.exemption
    limit = entry.concentration_min_pct
    return {
        "schedule": entry.schedule,
        "kind": entry.kind.value,
        "substance_key": entry.substance_key,
        NAME_COLUMN: preferred_name,
        "form": entry.form,
        "form_name": entry.form_name,
        "cas": entry.cas_rn,
        "ec_number": entry.ec_number,
        "un_number": entry.un_number,
        "inchikey": entry.inchikey,
        "smiles": entry.smiles,
        "formula": entry.formula,
        "hs6": entry.hs6,
        "codes": ";".join(map(_code_text, entry.codes)),
        "is_basket_code": _flag(entry.is_basket_code),
        **{column: _flag(getattr(entry, column)) for column in _INCLUDES},
        **{column: exceptions.get(scope, "") for scope, column in _EXCEPTS},
        "concentration_min_pct": _plain(limit),
        "limit_rule": "" if limit is None else LIMIT_RULES[1 + entry.is_limit_exclusive],
        "limit_known": _flag(entry.is_limit_known),
        "exempt_amount": _plain(exemption.amount) if exemption else "",
        "exempt_unit": exemption.unit if exemption else "",
        "exempt_period": exemption.period.value if exemption else "",
        "exempt_wording": exemption.wording if exemption else "",
        "clause_smarts": entry.clause_smarts,
        "clause_wording": entry.clause_wording,
        "effective_from": _day(entry.effective_from),
        "effective_to": _day(entry.effective_to),
        "source": entry.source,
        "confidence": entry.confidence,
        "confidences": ";".join(f"{one.fact}={one.confidence}" for one in entry.confidences),
        "notes": entry.notes,
    }


def read_entry(row: RowReader, *, list_code: str, key_of: Callable[[RowReader], str]) -> ListEntry:
    """The entry of a row; what is wrong is noted in ``row.errors``.

    ``key_of`` finds the substance of a row that names none by key (by CAS number, say).
    """
    limit = row.percent("concentration_min_pct")
    rule = row.member("limit_rule", LIMIT_RULES, "at_least, more_than or blank")
    hs6 = row.hs6("hs6")
    kind = row.member("kind", _KINDS)
    return ListEntry(
        list_code=list_code,
        substance_key=_substance_key(row, key_of),
        schedule=_text(row, "schedule"),
        kind=SubstanceKind(kind) if kind in _KINDS else SubstanceKind.PRECURSOR,
        form=row.member("form", FORMS) if row.text("form") else "base",
        form_name=_text(row, "form_name", required=True),
        cas_rn=row.cas_rn("cas"),
        ec_number=row.ec_number("ec_number"),
        un_number=row.un_numbers("un_number"),
        inchikey=row.inchikey("inchikey"),
        smiles=_text(row, "smiles"),
        formula=_text(row, "formula"),
        hs6=hs6,
        codes=_codes(row, hs6),
        is_basket_code=row.flag("is_basket_code"),
        includes_salts=row.flag("includes_salts"),
        includes_isomers=row.flag("includes_isomers"),
        includes_esters=row.flag("includes_esters"),
        includes_ethers=row.flag("includes_ethers"),
        includes_mixtures=row.flag("includes_mixtures"),
        includes_preparations=row.flag("includes_preparations"),
        exceptions=tuple(
            ScopeException(scope=scope, wording=wording)
            for scope in Scope
            if (wording := _text(row, f"{scope}_except"))
        ),
        concentration_min_pct=limit,
        is_limit_exclusive=limit is not None and rule == "more_than",
        is_limit_known=row.flag("limit_known") if row.text("limit_known") else limit is not None,
        exemption=_exemption(row),
        clause_smarts=_text(row, "clause_smarts"),
        clause_wording=_clause_wording(row),
        effective_from=row.day("effective_from"),
        effective_to=row.day("effective_to"),
        source=_text(row, "source"),
        confidence=_confidence(row),
        confidences=_confidences(row),
        notes=_text(row, "notes"),
    )


def _text(row: RowReader, column: str, *, required: bool = False) -> str:
    value = row.text(column, required=required)
    if len(value) > TEXT_MAX_LENGTH:
        row.reject(column, f"at most {TEXT_MAX_LENGTH} characters")
    elif _CONTROL.search(value):
        row.reject(column, "text without control characters")
    return value


def _substance_key(row: RowReader, key_of: Callable[[RowReader], str]) -> str:
    key = row.text("substance_key") or key_of(row)
    if not re.fullmatch(r"[a-z0-9_-]{1,120}", key):
        row.reject("substance_key", "a key of a-z, 0-9 and -, or a CAS number that is known")
    return key


def _clause_wording(row: RowReader) -> str:
    wording = _text(row, "clause_wording")
    if row.text("clause_smarts") and not wording:
        row.reject("clause_wording", "the act's wording beside its SMARTS")
    return wording


def _confidence(row: RowReader) -> str:
    value = row.text("confidence")
    return row.member("confidence", CONFIDENCES) if value else ""


def _confidences(row: RowReader) -> tuple[FactConfidence, ...]:
    found: dict[Fact, str] = {}
    for part in filter(None, row.text("confidences").split(";")):
        fact, _, confidence = part.strip().partition("=")
        if fact not in frozenset(Fact) or confidence not in CONFIDENCES:
            row.reject("confidences", f"fact=confidence; facts {sorted(Fact)}, joined by ;")
            return ()
        found[Fact(fact)] = confidence
    return tuple(
        FactConfidence(fact=fact, confidence=found[fact]) for fact in Fact if fact in found
    )


def _exemption(row: RowReader) -> QuantityExemption | None:
    if not row.text("exempt_amount"):
        for column in ("exempt_unit", "exempt_period", "exempt_wording"):
            if row.text(column):
                row.reject("exempt_amount", f"an amount, since {column} is given")
                return None
        return None
    amount = row.amount("exempt_amount")
    unit = row.member("exempt_unit", THRESHOLD_UNITS)
    period = row.text("exempt_period") or ExemptionPeriod.UNKNOWN.value
    if period not in frozenset(ExemptionPeriod):
        row.reject("exempt_period", one_of(ExemptionPeriod))
        return None
    return QuantityExemption(
        amount=amount or Decimal(0),
        unit=unit,
        period=ExemptionPeriod(period),
        wording=_text(row, "exempt_wording"),
    )


def _codes(row: RowReader, hs6: str) -> tuple[EntryCode, ...]:
    codes: dict[EntryCode, None] = {}
    for part in filter(None, (part.strip() for part in row.text("codes").split(";"))):
        code = _code(part)
        if code is None:
            row.reject("codes", _CODES_ALLOWED)
        elif hs6 and not code.code.startswith(hs6[: len(code.code)]):
            row.reject("codes", f"codes that begin with {hs6}")
        else:
            codes[code] = None
    return tuple(codes)


def _code(part: str) -> EntryCode | None:
    found = _CODE.fullmatch(part)
    if not found or found["system"].lower() not in frozenset(Nomenclature):
        return None
    digits = re.sub(r"\D", "", found["digits"])
    nomenclature = Nomenclature(found["system"].lower())
    if len(digits) not in CODE_LENGTHS[nomenclature]:
        return None
    try:
        share = Decimal(found["share"]) if found["share"] else None
        since = date.fromisoformat(found["since"]) if found["since"] else None
        until = date.fromisoformat(found["until"]) if found["until"] else None
    except (ValueError, ArithmeticError):
        return None
    if (share is not None and not 0 <= share <= 1) or (since and until and until <= since):
        return None
    return EntryCode(
        nomenclature=nomenclature,
        code=digits,
        is_ex=bool(found["ex"]),
        prior_share=share,
        valid_from=since,
        valid_to=until,
    )


def _code_text(code: EntryCode) -> str:
    parts = [f"{code.nomenclature.upper()}:{code.code}"]
    parts += ["ex"] if code.is_ex else []
    parts += [f"share={_plain(code.prior_share)}"] if code.prior_share is not None else []
    parts += [f"from={code.valid_from}"] if code.valid_from else []
    parts += [f"to={code.valid_to}"] if code.valid_to else []
    return " ".join(parts)


def _flag(value: bool) -> str:
    return "True" if value else "False"


def _plain(value: Decimal | None) -> str:
    """Without exponent or trailing zeros, so that equal numbers are equal texts."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
