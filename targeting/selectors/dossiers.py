"""Everything about one declaration, as an analyst opens it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery, prefetch_related_objects

from risk.domain.facts import DeclarationFacts
from risk.domain.permits.checks import PermitFacts
from risk.domain.permits.claims import ClaimHistory, ExemptionClaim
from risk.domain.scoring import decode_facts, scores_without
from risk.models import LaneDecision, PreliminaryLink, RiskAssessment, SubstanceMatch
from risk.selectors.model_scores import Opinion, opinions_on
from risk.selectors.network import party_key
from risk.selectors.profiles import stored_profile
from shipments.domain.changes import Difference
from shipments.models import Declaration
from shipments.selectors.declarations import (
    importer_of,
    in_full,
    list_declarations,
    list_declarations_in_full,
    list_differences,
    list_versions,
)
from targeting.models import Alert, OperatorQuestion
from targeting.selectors.alerts import alerts_on, list_alerts
from targeting.selectors.networks import ScopedNetwork, scoped_network
from targeting.selectors.preliminary import links_of
from targeting.selectors.questions import questions_on
from targeting.selectors.scope import Scope, in_scope
from targeting.selectors.verification import VerifiedLists

NEAR_NODES = 30
# The lane that a version was given at intake; none for a cancellation.
_GIVEN = Subquery(
    LaneDecision.objects.filter(assessment__declaration=OuterRef("pk"))
    .order_by("assessment")
    .values("lane")[:1]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A declaration with what was recognised in it and how it was assessed.

    ``matches`` are by goods item id, best first. ``verified`` tells which lists
    behind them a person has verified. ``permits`` and ``claims`` are by item number, as the
    assessment found them, ``claim_histories`` what was claimed before.

    ``differences`` and ``lanes`` are by the id of the version: what it says otherwise and the
    lane that it was given, so that one sees what was said otherwise once a lane was known.
    ``rules`` are the profile's own words for its indicators, by code, and ``scores_without`` what
    the score would be if an indicator that fired had been quiet. ``facts`` are what the
    assessment knew, None where it stored nothing.
    """

    declaration: Declaration
    versions: Sequence[Declaration]
    differences: Mapping[int, Sequence[Difference]]
    lanes: dict[int, str]
    matches: dict[int, list[SubstanceMatch]]
    permits: Mapping[int, tuple[PermitFacts, ...]]
    claims: Mapping[int, tuple[ExemptionClaim, ...]]
    claim_histories: tuple[ClaimHistory, ...]
    verified: VerifiedLists
    assessment: RiskAssessment | None
    rules: dict[str, str]
    scores_without: Mapping[str, Decimal]
    facts: DeclarationFacts | None

    @property
    def changes(self) -> dict[int, list[str]]:
        """By the id of the version the names of the fields that it changed."""
        return {pk: [one.name for one in found] for pk, found in self.differences.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier(Case):
    """The case with who is near.

    ``opinions`` are what learned models say beside it. ``preliminary`` are links to what
    announced it, or to what it announced. ``questions`` were asked of its operator.
    """

    opinions: Sequence[Opinion]
    alerts: Sequence[Alert]
    network: ScopedNetwork | None
    preliminary: Sequence[PreliminaryLink]
    questions: Sequence[OperatorQuestion]


def get_case(declaration: Declaration, scope: Scope) -> Case:
    """The case in a number of queries that does not depend on the size of the declaration.

    It is read in full with its other versions, where it does not come so. Versions out of the
    scope are left out: an amendment may have moved the declaration to another office.
    """
    number = declaration.registration_number
    seen = list_versions(registration_number=number).filter(in_scope(scope))
    rows = list(seen.annotate(lane=_GIVEN))
    versions = [declaration if row.pk == declaration.pk else row for row in rows]
    prefetch_related_objects([declaration, *versions], *in_full())
    assessment = _latest_assessment(declaration)
    facts = _facts(assessment)
    items = facts.items if facts else ()
    return Case(
        declaration=declaration,
        versions=versions,
        differences=list_differences(versions),
        lanes={one.pk: lane for one in rows if (lane := vars(one)["lane"])},
        matches=matches_of(declaration),
        verified=VerifiedLists(),
        permits={item.item_number: item.permits or () for item in items},
        claims={item.item_number: item.claims for item in items},
        claim_histories=facts.claim_histories or () if facts else (),
        assessment=assessment,
        rules=stored_profile(assessment.basis.profile).rules if assessment else {},
        scores_without=_scores_without(assessment) if assessment else {},
        facts=facts,
    )


def get_dossier(declaration: Declaration, scope: Scope) -> Dossier:
    """The whole dossier, of which :func:`get_case` is a part; alerts out of the scope are left
    out as versions are."""
    number = declaration.registration_number
    case = get_case(declaration, scope)
    assessment = case.assessment
    return Dossier(
        **{one.name: getattr(case, one.name) for one in fields(case)},
        opinions=opinions_on(assessment, case.facts) if assessment else [],
        alerts=list(alerts_on([number], scope)),
        network=near_importer(declaration, scope),
        preliminary=list(links_of(number, scope)),
        questions=list(questions_on(number, scope)),
    )


def scoped_declarations(scope: Scope) -> QuerySet[Declaration]:
    """The current version of every declaration in the scope, the latest accepted first."""
    return list_declarations().filter(in_scope(scope))


def scoped_versions(scope: Scope) -> QuerySet[Declaration]:
    """Every version in the scope, the latest accepted first."""
    return Declaration.objects.filter(in_scope(scope)).order_by("-accepted_at")


def scoped_declarations_in_full(scope: Scope) -> QuerySet[Declaration]:
    """Every version in the scope, with what :func:`get_dossier` reads of it."""
    return list_declarations_in_full().filter(in_scope(scope))


def scoped_cases(scope: Scope) -> QuerySet[Declaration]:
    """Every version in the scope, for :func:`get_case`, which reads the rest of it."""
    return Declaration.objects.select_related("submitter", "batch").filter(in_scope(scope))


def alerts_of_cases(scope: Scope) -> QuerySet[Alert]:
    """The alerts in the scope with their declarations, as :func:`scoped_cases` gives them."""
    rows = list_alerts(scope).filter(in_scope(scope, "declaration__customs_office"))
    return rows.select_related("declaration__submitter", "declaration__batch")


def matches_of(declaration: Declaration) -> dict[int, list[SubstanceMatch]]:
    """What was recognised in it, by goods item id, best first."""
    found: dict[int, list[SubstanceMatch]] = defaultdict(list)
    matches = SubstanceMatch.objects.filter(goods_item__declaration=declaration)
    for match in matches.select_related("substance", "look_back").order_by("-match_score", "id"):
        found[match.goods_item_id].append(match)
    return found


def facts_known(declaration: Declaration) -> DeclarationFacts | None:
    """What its latest assessment knew; None where none stored anything. One query."""
    latest = RiskAssessment.objects.filter(declaration=declaration).order_by("-id")
    return _facts(latest.only("facts").first())


def _scores_without(assessment: RiskAssessment) -> dict[str, Decimal]:
    rows = assessment.indicator_rows.all()
    return scores_without(
        [(row.item_number, row.code, row.strength) for row in rows],
        stored_profile(assessment.basis.profile),
    )


def _latest_assessment(declaration: Declaration) -> RiskAssessment | None:
    assessments = RiskAssessment.objects.filter(declaration=declaration).order_by("-id")
    related = assessments.select_related("basis__profile", "lane_decision")
    related = related.defer("basis__profile__content")
    return related.prefetch_related("indicator_rows").first()


def _facts(assessment: RiskAssessment | None) -> DeclarationFacts | None:
    """What the assessment knew; None where it stored nothing."""
    stored = bytes(assessment.facts) if assessment else b""
    return decode_facts(stored) if stored else None


def near_importer(
    declaration: Declaration, scope: Scope, *, is_found_read: bool = True
) -> ScopedNetwork | None:
    """Who is one link from the importer; a broker's thousand others would say nothing.

    ``declaration`` comes from :func:`scoped_declarations_in_full`; ``is_found_read`` as of
    :func:`scoped_network`.
    """
    role = importer_of(list(declaration.party_roles.all()))
    if role is None or role.party_id is None:
        return None
    node = party_key(role.party_id)
    return scoped_network(
        node=node, scope=scope, depth=1, max_nodes=NEAR_NODES, is_found_read=is_found_read
    )
