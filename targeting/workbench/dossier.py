"""A dossier as its page shows it: sentences, marks in the original text, bars that add up."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext

from risk.domain.permits.checks import PermitFacts
from risk.domain.permits.four_way import Row
from risk.models import IndicatorRow, LaneDecision, RiskAssessment, SubstanceMatch
from risk.selectors.four_way import four_way_checks
from risk.selectors.office import office_day
from shipments.models import Declaration, GoodsItem
from targeting.selectors.dossiers import Dossier
from targeting.selectors.networks import ShownNode
from targeting.selectors.sentences import explain_row, sentence_language, substances_of
from targeting.selectors.substances import substance_names
from targeting.workbench.highlights import Piece, Place, cut
from targeting.workbench.verdicts import ShownVerdict


class Contribution(NamedTuple):
    """What one indicator adds to the score; ``start`` is where its bar begins, both of 100."""

    item_number: int
    code: str
    sentence: str
    rule: str
    points: Decimal
    start: Decimal
    score_without: Decimal | None


class ShownMatch(NamedTuple):
    match: SubstanceMatch
    name: str
    verdicts: Sequence[ShownVerdict]


class ShownItem(NamedTuple):
    item: GoodsItem
    pieces: Sequence[Piece]
    matches: Sequence[ShownMatch]
    permits: Sequence[PermitFacts]
    is_leading: bool


class ShownVersion(NamedTuple):
    version: Declaration
    lane: str
    changed: Sequence[str]


class Neighbour(NamedTuple):
    node: ShownNode
    links: Sequence[str]


class ShownDossier(NamedTuple):
    """``contributions`` are those of the leading item and of the declaration, which add up to
    the score; ``elsewhere`` what fired on other items. ``names`` are substances by key."""

    declaration: Declaration
    assessment: RiskAssessment | None
    lane: LaneDecision | None
    contributions: Sequence[Contribution]
    elsewhere: Sequence[Contribution]
    items: Sequence[ShownItem]
    checks: Sequence[tuple[Row, str]]
    versions: Sequence[ShownVersion]
    neighbours: Sequence[Neighbour]
    source: Dossier


def shown_dossier(dossier: Dossier) -> ShownDossier:
    """The dossier in the reader's language."""
    lang = sentence_language()
    assessment = dossier.assessment
    rows = list(assessment.indicator_rows.all()) if assessment else []
    checks = four_way_checks([dossier.declaration.pk]).get(dossier.declaration.pk, ())
    matches = [match for found in dossier.matches.values() for match in found]
    keys = substances_of(rows) | {match.substance.key for match in matches}
    names = substance_names(keys | {row.substance_key for row in checks}, lang=lang)
    leading = assessment.leading_item_number if assessment else None
    ordered = sorted(rows, key=lambda row: (-row.contribution, row.item_number, row.code))
    sentences = {row.pk: explain_row(row, names=names, lang=lang) for row in rows}
    in_score = [row for row in ordered if row.item_number in (0, leading)]
    others = [row for row in ordered if row.item_number not in (0, leading)]
    return ShownDossier(
        declaration=dossier.declaration,
        assessment=assessment,
        lane=getattr(assessment, "lane_decision", None),
        contributions=_bars(in_score, sentences, dossier),
        elsewhere=_bars(others, sentences, dossier),
        items=[_item(item, dossier, names, leading) for item in dossier.declaration.items.all()],
        checks=[(row, names.get(row.substance_key, row.substance_key)) for row in checks],
        versions=[
            ShownVersion(one, dossier.lanes.get(one.pk, ""), dossier.changes[one.pk])
            for one in reversed(dossier.versions)
        ],
        neighbours=_neighbours(dossier),
        source=dossier,
    )


def _bars(
    rows: Sequence[IndicatorRow], sentences: dict[int, str], dossier: Dossier
) -> list[Contribution]:
    bars, start = [], Decimal(0)
    for row in rows:
        bars.append(
            Contribution(
                item_number=row.item_number,
                code=row.code,
                sentence=sentences[row.pk],
                rule=dossier.rules.get(row.code, ""),
                points=row.contribution,
                start=start,
                score_without=dossier.scores_without.get(row.code),
            )
        )
        start += row.contribution
    return bars


def _item(
    item: GoodsItem, dossier: Dossier, names: dict[str, str], leading: int | None
) -> ShownItem:
    matches = dossier.matches.get(item.pk, [])
    return ShownItem(
        item=item,
        pieces=cut(item.description, _places(matches, names)),
        matches=[_match(match, dossier, names) for match in matches],
        permits=dossier.permits.get(item.item_number, ()),
        is_leading=item.item_number == leading,
    )


def _places(matches: Sequence[SubstanceMatch], names: dict[str, str]) -> list[Place]:
    """Flagged matches before the others; what contradicts them behind."""
    ordered = sorted(matches, key=lambda match: (not match.is_flagged, -match.match_score))
    found = [
        Place(m.start, m.end, "flagged" if m.is_flagged else "seen", names[m.substance.key])
        for m in ordered
    ]
    against = gettext("speaks against it")
    return found + [
        Place(one["start"], one["end"], "against", f"{one['value']}: {against}")
        for match in ordered
        for one in match.contradictions
    ]


def _match(match: SubstanceMatch, dossier: Dossier, names: dict[str, str]) -> ShownMatch:
    verified = dossier.verified.behind(match, office_day(dossier.declaration.accepted_at))
    verdicts = [
        ShownVerdict(
            list_code=found["list_code"],
            verdict=found["verdict"],
            limit_pct=found.get("limit_pct"),
            is_limit_known=found.get("is_limit_known", True),
            is_limit_exclusive=found.get("is_limit_exclusive", False),
            is_unverified=found["list_code"] not in verified,
        )
        for found in match.list_verdicts
    ]
    return ShownMatch(match, names[match.substance.key], verdicts)


def _neighbours(dossier: Dossier) -> list[Neighbour]:
    """Who stands one link from the importer, and by what links."""
    network = dossier.network
    if network is None:
        return []
    links: dict[str, Counter[str]] = {}
    for edge in network.edges:
        for end in (edge.source, edge.target):
            links.setdefault(end, Counter())[edge.kind] += 1
    return [
        Neighbour(node, sorted(links.get(node.key, ())))
        for node in network.nodes
        if node.key != network.center
    ]
