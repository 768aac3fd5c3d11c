"""Risk profiles: every number of the assessment as versioned data."""

import hashlib
import tomllib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import msgspec

from risk.domain.errors import InvalidProfile
from risk.domain.indicators import INDICATORS
from risk.domain.indicators.base import Indicator

_TOP_FIELDS = frozenset(
    {"code", "version", "valid_from", "valid_to", "score", "lanes", "shared", "indicators"}
)
# Beside these, an indicator's table holds its own parameters.
_INDICATOR_FIELDS = frozenset({"weight", "leading", "corroborating", "rule", "note"})
NOTE_LANGUAGES = ("en", "ru")
MAX_WEIGHT = 10.0
MAX_TEXT = 500


class Lane(StrEnum):
    """What happens with a declaration before release, most severe first."""

    RED = "red"
    YELLOW = "yellow"
    BLUE = "blue"
    GREEN = "green"


class ScoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How evidence becomes a score (formula in ``docs/risk.md``).

    ``half_score_evidence`` is the evidence that scores 50. ``supporting_ceiling`` bounds
    what supporting indicators reach without a leading one. ``corroboration_evidence`` is
    the leading evidence at which half of what the ceiling held back counts.
    """

    half_score_evidence: float
    supporting_ceiling: float
    corroboration_evidence: float


class LaneSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Scores from which a lane holds, and the random share of the declarations."""

    red: Decimal
    yellow: Decimal
    blue: Decimal
    random_rate: float
    random_lane: Lane


class RiskProfile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of a profile, checked: the indicators that it evaluates have their numbers.

    ``leading`` holds the codes that can raise a lane by themselves, ``corroborating`` those that
    count only beside a leading one; all others support.
    ``valid_to`` is the last day, None while open. ``rules`` say in words, by indicator, what
    is selected and why: secret. ``notes`` say by indicator and language what an examiner is
    told to do when it fired: plain, and nothing else of the profile leaves for the post.
    """

    code: str
    version: int
    valid_from: date
    valid_to: date | None
    score: ScoreSettings
    lanes: LaneSettings
    weights: dict[str, float]
    leading: frozenset[str]
    parameters: dict[str, dict[str, float]]
    rules: dict[str, str] = {}
    notes: dict[str, dict[str, str]] = {}
    corroborating: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """SHA-256 over all values in a fixed order: two equal profiles, one digest."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


def read_profile(path: Path) -> RiskProfile:
    """The profile of a TOML file; raises InvalidProfile, also for unreadable TOML."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidProfile(field="", value=str(error), allowed="a TOML document") from error
    return profile_from_data(data)


def profile_as_stored(content: Mapping[str, object]) -> RiskProfile:
    """The profile of a stored version, as much of it as this release still knows.

    It was whole when it was stored. An indicator or a parameter that has gone since is left out. A
    parameter that has come since is taken as it was before it came; an indicator that has come
    since, or has a parameter of which that is not known, is not evaluated under this profile.
    """
    tables, shared = _table(content, "indicators"), _table(content, "shared")
    complete = {
        i.code: {
            **{
                p.name: p.before
                for p in i.parameters
                if p.before is not None and p.name not in shared
            },
            **_table(tables, i.code),
        }
        for i in INDICATORS
        if i.code in tables
    }
    kept = {
        i.code: _known(complete[i.code], {p.name for p in i.parameters} | _INDICATOR_FIELDS)
        for i in INDICATORS
        if i.code in complete
        and all(p.name in complete[i.code] or p.name in shared for p in i.parameters)
    }
    indicators = [i for i in INDICATORS if i.code in kept]
    used = {parameter.name for i in indicators for parameter in i.parameters}
    return profile_from_data(
        {**_known(content, _TOP_FIELDS), "indicators": kept, "shared": _known(shared, used)},
        indicators,
    )


def _known(table: Mapping[str, object], names: Collection[str]) -> dict[str, object]:
    return {name: value for name, value in table.items() if name in names}


def profile_from_data(
    data: Mapping[str, object], indicators: Sequence[Indicator] = INDICATORS
) -> RiskProfile:
    """The profile of plain values (TOML or stored JSON), with numbers for all ``indicators``.

    Raises InvalidProfile with the dotted ``field``, the value and what is allowed: for a
    missing or unknown field, a number out of bounds, lane thresholds out of order, an
    indicator without weight or parameters, or an unknown indicator, and when supporting
    indicators alone could reach the yellow lane.
    """
    _refuse_unknown(data, _TOP_FIELDS, "")
    score = _score_settings(_table(data, "score"))
    lanes = _lane_settings(_table(data, "lanes"))
    if 100 * score.supporting_ceiling >= float(lanes.yellow) * (
        score.supporting_ceiling + score.half_score_evidence
    ):
        raise InvalidProfile(
            field="score.supporting_ceiling",
            value=score.supporting_ceiling,
            allowed="less than what reaches the yellow lane",
        )
    tables = _table(data, "indicators")
    weights, parameters = _indicator_settings(tables, _table(data, "shared"), indicators)
    leading, corroborating = _roles(tables, indicators)
    valid_from, valid_to = _day(data, "valid_from"), _day(data, "valid_to")
    if valid_from is None or (valid_to is not None and valid_to < valid_from):
        raise InvalidProfile(
            field="valid_to" if valid_from else "valid_from",
            value=str(valid_to),
            allowed="a date, not before valid_from",
        )
    return RiskProfile(
        code=_code(data),
        version=int(_number(data, "version", "", 1, 1_000_000, whole=True)),
        valid_from=valid_from,
        valid_to=valid_to,
        score=score,
        lanes=lanes,
        weights=weights,
        leading=leading,
        parameters=parameters,
        rules=_rules(tables),
        notes=_notes(tables),
        corroborating=corroborating,
    )


def _rules(tables: Mapping[str, object]) -> dict[str, str]:
    return {
        code: _text(_table(tables, code), "rule", f"indicators.{code}.")
        for code in sorted(tables)
        if "rule" in _table(tables, code)
    }


def _notes(tables: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """A note is there in every language or in none: no examiner reads half of it."""
    notes: dict[str, dict[str, str]] = {}
    for code in sorted(tables):
        if "note" in _table(tables, code):
            prefix = f"indicators.{code}.note."
            note = _table(_table(tables, code), "note", f"indicators.{code}.")
            _refuse_unknown(note, frozenset(NOTE_LANGUAGES), prefix)
            notes[code] = {lang: _text(note, lang, prefix) for lang in NOTE_LANGUAGES}
    return notes


def _text(table: Mapping[str, object], name: str, prefix: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= MAX_TEXT:
        raise InvalidProfile(
            field=f"{prefix}{name}", value=value, allowed=f"a text of 1 to {MAX_TEXT} characters"
        )
    return value.strip()


def _score_settings(table: Mapping[str, object]) -> ScoreSettings:
    _refuse_unknown(table, frozenset(ScoreSettings.__struct_fields__), "score.")
    return ScoreSettings(
        half_score_evidence=_number(table, "half_score_evidence", "score.", 0.01, 100.0),
        supporting_ceiling=_number(table, "supporting_ceiling", "score.", 0.001, 100.0),
        corroboration_evidence=_number(table, "corroboration_evidence", "score.", 0.001, 100.0),
    )


def _lane_settings(table: Mapping[str, object]) -> LaneSettings:
    _refuse_unknown(table, frozenset(LaneSettings.__struct_fields__), "lanes.")
    thresholds = {
        name: Decimal(str(_number(table, name, "lanes.", 0.01, 100.0)))
        for name in ("red", "yellow", "blue")
    }
    if not thresholds["red"] > thresholds["yellow"] > thresholds["blue"]:
        raise InvalidProfile(
            field="lanes.yellow", value=str(thresholds["yellow"]), allowed="red > yellow > blue"
        )
    random_lane = table.get("random_lane")
    if random_lane not in (Lane.RED.value, Lane.YELLOW.value, Lane.BLUE.value):
        raise InvalidProfile(
            field="lanes.random_lane", value=random_lane, allowed="red, yellow or blue"
        )
    return LaneSettings(
        **thresholds,
        random_rate=_number(table, "random_rate", "lanes.", 0.0, 1.0),
        random_lane=Lane(str(random_lane)),
    )


def _indicator_settings(
    tables: Mapping[str, object], shared: Mapping[str, object], indicators: Sequence[Indicator]
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    _refuse_unknown(tables, frozenset(i.code for i in indicators), "indicators.")
    used_by_any = {parameter.name for i in indicators for parameter in i.parameters}
    _refuse_unknown(shared, frozenset(used_by_any), "shared.")
    weights: dict[str, float] = {}
    parameters: dict[str, dict[str, float]] = {}
    for indicator in indicators:
        prefix = f"indicators.{indicator.code}."
        table = _table(tables, indicator.code, "indicators.")
        weights[indicator.code] = _number(table, "weight", prefix, 0.0, MAX_WEIGHT)
        parameters[indicator.code] = _parameters(indicator, table, shared, prefix)
    if not any(weights.values()):
        raise InvalidProfile(field="indicators", value=0, allowed="one weight above 0")
    return weights, parameters


def _roles(
    tables: Mapping[str, object], indicators: Sequence[Indicator]
) -> tuple[frozenset[str], frozenset[str]]:
    """The leading codes and the corroborating ones; none is both."""
    leading = frozenset(i.code for i in indicators if _flag(tables, i.code, "leading"))
    corroborating = frozenset(i.code for i in indicators if _flag(tables, i.code, "corroborating"))
    for code in sorted(leading & corroborating):
        raise InvalidProfile(
            field=f"indicators.{code}.corroborating",
            value=True,
            allowed="false where leading is true",
        )
    return leading, corroborating


def _flag(tables: Mapping[str, object], code: str, name: str) -> bool:
    value = _table(tables, code, "indicators.").get(name, False)
    if not isinstance(value, bool):
        raise InvalidProfile(
            field=f"indicators.{code}.{name}", value=value, allowed="true or false"
        )
    return value


def _parameters(
    indicator: Indicator, table: Mapping[str, object], shared: Mapping[str, object], prefix: str
) -> dict[str, float]:
    names = frozenset(parameter.name for parameter in indicator.parameters)
    _refuse_unknown(table, names | _INDICATOR_FIELDS, prefix)
    resolved: dict[str, float] = {}
    for parameter in indicator.parameters:
        is_shared = parameter.name not in table and parameter.name in shared
        resolved[parameter.name] = _number(
            shared if is_shared else table,
            parameter.name,
            "shared." if is_shared else prefix,
            parameter.low,
            parameter.high,
        )
    return resolved


def _refuse_unknown(table: Mapping[str, object], known: frozenset[str], prefix: str) -> None:
    for name in sorted(table):
        if name not in known:
            raise InvalidProfile(
                field=f"{prefix}{name}", value=name, allowed=", ".join(sorted(known))
            )


def _table(data: Mapping[str, object], name: str, prefix: str = "") -> Mapping[str, object]:
    table = data.get(name)
    if not isinstance(table, Mapping):
        raise InvalidProfile(field=f"{prefix}{name}", value=table, allowed="a table")
    return table


def _number(
    table: Mapping[str, object],
    name: str,
    prefix: str,
    low: float,
    high: float,
    whole: bool = False,
) -> float:
    value = table.get(name)
    numbers = (int,) if whole else (int, float)
    # Comparing also refuses NaN and infinities; a bool is an int to Python.
    if isinstance(value, numbers) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    kind = "a whole number" if whole else "a number"
    raise InvalidProfile(
        field=f"{prefix}{name}", value=value, allowed=f"{kind} from {low:g} to {high:g}"
    )


def _code(data: Mapping[str, object]) -> str:
    code = data.get("code")
    if not isinstance(code, str) or not code.isidentifier():
        raise InvalidProfile(field="code", value=code, allowed="letters, digits and underscores")
    return code


def _day(data: Mapping[str, object], name: str) -> date | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise InvalidProfile(field=name, value=value, allowed="a date") from None
    if type(value) is not date:
        raise InvalidProfile(field=name, value=str(value), allowed="a date")
    return value
