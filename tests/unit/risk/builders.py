"""Facts of an ordinary, innocent declaration, to be changed where a test needs it."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from risk.domain.facts import DeclarationFacts, ItemFacts, MatchFacts, PartyFacts
from risk.domain.indicators import INDICATORS
from risk.domain.indicators.base import DeclarationIndicator, IndicatorResult
from risk.domain.profile import RiskProfile, read_profile

PROFILE_PATH = Path(__file__).parents[3] / "fixtures" / "profiles" / "default.toml"
PROFILE: RiskProfile = read_profile(PROFILE_PATH)
BY_CODE = {indicator.code: indicator for indicator in INDICATORS}
PERMITS = ("01011", "01332")


def match_facts(**changes: object) -> MatchFacts:
    """Acetone named exactly, on a verified list, with a code that agrees."""
    values: dict[str, object] = {
        "substance_key": "acetone",
        "method": "exact",
        "match_score": 1.0,
        "verdict": "not_limited",
        "lists": ("UN1988-T2",),
        "kinds": ("precursor",),
        "is_above_alert_point": True,
        "is_flagged": True,
        "is_verified": True,
        "has_code_support": True,
        "has_listed_code": True,
    }
    return MatchFacts(**{**values, **changes})  # type: ignore[arg-type]


def item_facts(**changes: object) -> ItemFacts:
    """A solvent with every fact known and nothing odd about it."""
    values: dict[str, object] = {
        "item_number": 1,
        "commodity_code": "2914110000",
        "hs6": "291411",
        "description_length": 60,
        "net_mass_kg": Decimal(100),
        "gross_mass_kg": Decimal(110),
        "unit_price": Decimal("2.0"),
        "country_of_origin": "CN",
        "document_codes": ("03011",),
        "importer_item_count": 20,
        "importer_hs6_count": 5,
        "importer_hs6_max_mass_kg": Decimal(100),
        "importer_chemical_share": 0.8,
        "peer_unit_prices": tuple(Decimal(price) / 10 for price in range(10, 40)),
    }
    return ItemFacts(**{**values, **changes})  # type: ignore[arg-type]


def party_facts(**changes: object) -> PartyFacts:
    """An importer known for years, without links."""
    values: dict[str, object] = {
        "importer_key": "bin:123456789012",
        "is_importer_identified": True,
        "is_bin_check_digit_valid": True,
        "days_since_first_seen": 900,
        "declaration_count": 50,
        "shared_identifier_count": 0,
        "unpermitted_links": 0,
    }
    return PartyFacts(**{**values, **changes})  # type: ignore[arg-type]


def declaration_facts(*items: ItemFacts, **changes: object) -> DeclarationFacts:
    """An import from China of the given items (one ordinary item when none is given)."""
    values: dict[str, object] = {
        "registration_number": "55301/121125/0001234",
        "version": 1,
        "accepted_at": datetime(2025, 11, 12, 9, 30, tzinfo=UTC),
        "document_kind": "import",
        "direction": "import",
        "country_of_dispatch": "CN",
        "country_of_trading": "CN",
        "party": party_facts(),
        "items": items or (item_facts(),),
        "leads": (),
        "successions": (),
    }
    return DeclarationFacts(**{**values, **changes})  # type: ignore[arg-type]


def evaluate(code: str, facts: DeclarationFacts, **numbers: float) -> IndicatorResult:
    """One indicator on the first item, with the default profile's numbers or ``numbers``."""
    indicator = BY_CODE[code]
    params = {**PROFILE.parameters[code], **numbers}
    if isinstance(indicator, DeclarationIndicator):
        return indicator.evaluate(facts, params)
    return indicator.evaluate(facts, facts.items[0], params)
