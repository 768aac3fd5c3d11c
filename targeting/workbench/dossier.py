"""A dossier as its page shows it: sentences, marks in the original text, bars that add up."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from risk.domain.indicators import INDICATORS
from risk.domain.permits.checks import PermitFacts
from risk.models import IndicatorRow, LaneDecision, RiskAssessment, SubstanceMatch
from risk.selectors.office import office_day
from shipments.domain.changes import Difference
from shipments.models import Declaration, GoodsItem
from targeting.selectors.dossiers import Case
from targeting.selectors.sentences import explain_row, reader_language, seen_by, substances_of
from targeting.selectors.substances import substance_names
from targeting.workbench.highlights import Piece, Place, cut
from targeting.workbench.profile_words import rule_words
from targeting.workbench.verdicts import ShownVerdict

# Family of the indicator → part of the page that shows what it saw, and what that is called.
_PLACES: dict[str, tuple[str, str | Promise]] = {
    "authorisation": ("check", _("Four-way check")),
    "document": ("check", _("Four-way check")),
    "exemption": ("check", _("Four-way check")),
    "notice": ("check", _("Four-way check")),
    "network": ("importer", _("Importer")),
    "party": ("importer", _("Importer")),
    "price": ("importer", _("Importer")),
    "quantity": ("importer", _("Importer")),
    "route": ("transport", _("Consignment")),
    "preliminary": ("versions", _("Amendments")),
}
_FAMILIES = {indicator.code: indicator.family for indicator in INDICATORS}


class Contribution(NamedTuple):
    """What one indicator adds to the score; ``start`` is where its bar begins, both of 100.

    ``evidence`` are what it saw, by name; ``place`` the part of the page that shows more of it.
    """

    item_number: int
    code: str
    sentence: str
    rule: str
    points: Decimal
    start: Decimal
    score_without: Decimal | None
    evidence: Sequence[tuple[str, str]]
    place: str
    place_title: str | Promise


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
    changed: Sequence[Difference]


class ShownDossier(NamedTuple):
    """``contributions`` are those of the leading item and of the declaration, which add up to
    the score; ``elsewhere`` what fired on other items. ``names`` are substances by key."""

    declaration: Declaration
    assessment: RiskAssessment | None
    lane: LaneDecision | None
    contributions: Sequence[Contribution]
    elsewhere: Sequence[Contribution]
    items: Sequence[ShownItem]
    versions: Sequence[ShownVersion]
    names: Mapping[str, str]
    source: Case


def shown_dossier(dossier: Case, beside: Collection[str] = ()) -> ShownDossier:
    """The dossier in the reader's language; ``beside`` are keys of substances whose names are
    read with its own, for what is shown with it."""
    lang = reader_language()
    assessment = dossier.assessment
    rows = list(assessment.indicator_rows.all()) if assessment else []
    matches = [match for found in dossier.matches.values() for match in found]
    keys = substances_of(rows) | {match.substance.key for match in matches}
    names = substance_names({*keys, *beside}, lang=lang)
    leading = assessment.leading_item_number if assessment else None
    ordered = sorted(rows, key=lambda row: (-row.contribution, row.item_number, row.code))
    in_score = [row for row in ordered if row.item_number in (0, leading)]
    others = [row for row in ordered if row.item_number not in (0, leading)]
    return ShownDossier(
        declaration=dossier.declaration,
        assessment=assessment,
        lane=getattr(assessment, "lane_decision", None),
        contributions=_bars(in_score, dossier, names, lang),
        elsewhere=_bars(others, dossier, names, lang),
        items=[_item(item, dossier, names, leading) for item in dossier.declaration.items.all()],
        versions=[
            ShownVersion(one, dossier.lanes.get(one.pk, ""), dossier.differences[one.pk])
            for one in reversed(dossier.versions)
        ],
        names=names,
        source=dossier,
    )


def _bars(
    rows: Sequence[IndicatorRow], dossier: Case, names: Mapping[str, str], lang: str
) -> list[Contribution]:
    bars, start = [], Decimal(0)
    for row in rows:
        item = f"item-{row.item_number}", gettext("Goods") + f" {row.item_number}"
        place, title = _PLACES.get(_FAMILIES.get(row.code, ""), item)
        bars.append(
            Contribution(
                item_number=row.item_number,
                code=row.code,
                sentence=explain_row(row, names=names, lang=lang),
                rule=rule_words(dossier.rules.get(row.code, "")),
                points=row.contribution,
                start=start,
                score_without=dossier.scores_without.get(row.code),
                evidence=sorted(seen_by(row, names=names, lang=lang).items()),
                place=place,
                place_title=title,
            )
        )
        start += row.contribution
    return bars


def _item(item: GoodsItem, dossier: Case, names: dict[str, str], leading: int | None) -> ShownItem:
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


def _match(match: SubstanceMatch, dossier: Case, names: dict[str, str]) -> ShownMatch:
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
