"""What alerts, declarations and dossiers can bring along (:mod:`targeting.api.includes`)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from shipments.models import Declaration
from shipments.selectors.declarations import importer_roles
from targeting.api.declaration_rows import DeclarationRowSerializer, shown_rows
from targeting.api.dossier import DossierAlertSerializer
from targeting.api.includes import Include, Includes
from targeting.api.outcomes import OutcomeSerializer
from targeting.api.parties import PartySerializer
from targeting.api.permissions import POLICIES
from targeting.api.referrals import ReferralSerializer
from targeting.models import Alert
from targeting.selectors.alerts import alerts_on
from targeting.selectors.dossiers import scoped_versions
from targeting.selectors.outcomes import scoped_outcomes
from targeting.selectors.parties import list_parties
from targeting.selectors.referrals import list_referrals
from targeting.selectors.scope import Scope

Shown = Mapping[int, Any]


def _declarations(alerts: Sequence[Alert], scope: Scope, context: Mapping[str, Any]) -> Shown:
    """The version that each alert is of."""
    ids = [alert.declaration_id for alert in alerts]
    rows = list(scoped_versions(scope).filter(pk__in=ids))
    shown = dict(zip((row.pk for row in rows), shown_rows(rows, context), strict=True))
    return _by_row({alert.pk: alert.declaration_id for alert in alerts}, shown)


def _referrals(alerts: Sequence[Alert], scope: Scope, context: Mapping[str, Any]) -> Shown:
    rows = list(list_referrals(scope).filter(alert__in=[alert.pk for alert in alerts]))
    shown = ReferralSerializer(rows, many=True, context=context).data
    return _grouped(zip((row.alert_id for row in rows), shown, strict=True))


def _parties_of_alerts(alerts: Sequence[Alert], scope: Scope, context: Mapping[str, Any]) -> Shown:
    return _importers({alert.pk: alert.declaration_id for alert in alerts}, scope, context)


def _parties(rows: Sequence[Declaration], scope: Scope, context: Mapping[str, Any]) -> Shown:
    return _importers({row.pk: row.pk for row in rows}, scope, context)


def _importers(
    declarations: Mapping[int, int], scope: Scope, context: Mapping[str, Any]
) -> dict[int, Any]:
    """By row the party that its declaration's importer was found to be."""
    roles = importer_roles(declaration_ids=list(declarations.values()))
    ids = {role.party_id for role in roles.values() if role.party_id}
    found = list(list_parties(scope).filter(pk__in=ids))
    shown = PartySerializer(found, many=True, context=context).data
    parties = dict(zip((party.pk for party in found), shown, strict=True))
    behind = {row: roles[pk].party_id for row, pk in declarations.items() if pk in roles}
    return _by_row(behind, parties)


def _alerts(rows: Sequence[Declaration], scope: Scope, context: Mapping[str, Any]) -> Shown:
    """Of whichever version, as the dossier shows them."""
    found = list(alerts_on([row.registration_number for row in rows], scope))
    return _by_number(rows, found, DossierAlertSerializer(found, many=True, context=context).data)


def _outcomes(rows: Sequence[Declaration], scope: Scope, context: Mapping[str, Any]) -> Shown:
    numbers = [row.registration_number for row in rows]
    found = list(scoped_outcomes(scope).filter(registration_number__in=numbers))
    return _by_number(rows, found, OutcomeSerializer(found, many=True, context=context).data)


def _by_number(
    rows: Sequence[Declaration], found: Iterable[Any], shown: Iterable[Any]
) -> dict[int, Any]:
    """What is shown of what was found, behind every version of the number that it is about."""
    grouped = _grouped(zip((one.registration_number for one in found), shown, strict=True))
    return _by_row({row.pk: row.registration_number for row in rows}, grouped)


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for key, shown in pairs:
        found[key].append(shown)
    return dict(found)


def _by_row(behind: Mapping[int, Any], shown: Mapping[Any, Any]) -> dict[int, Any]:
    return {row: shown[key] for row, key in behind.items() if key in shown}


def _party(read: Any) -> Include:
    return Include(POLICIES["parties"]["retrieve"], "party-detail", PartySerializer, read)


_OUTCOMES = Include(
    POLICIES["outcomes"]["list"],
    "outcome-list",
    partial(OutcomeSerializer, many=True),
    _outcomes,
    is_many=True,
)
OF_ALERTS: Includes = {
    "declaration": Include(
        POLICIES["declarations"]["retrieve"],
        "declaration-detail",
        DeclarationRowSerializer,
        _declarations,
    ),
    "party": _party(_parties_of_alerts),
    "referrals": Include(
        POLICIES["referrals"]["list"],
        "referral-list",
        partial(ReferralSerializer, many=True),
        _referrals,
        is_many=True,
    ),
}
OF_DECLARATIONS: Includes = {
    "alerts": Include(
        POLICIES["alerts"]["list"],
        "alert-list",
        partial(DossierAlertSerializer, many=True),
        _alerts,
        is_many=True,
    ),
    "outcomes": _OUTCOMES,
    "party": _party(_parties),
}
# A dossier shows its alerts by itself.
OF_DOSSIERS: Includes = {"outcomes": _OUTCOMES, "party": _party(_parties)}
