"""Help in place: what a score and a lane mean, and every code, from the code's own catalogues."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from risk.domain.indicators import INDICATORS
from risk.domain.profile import Lane, RiskProfile
from risk.explanations import LANE_NOTES, SENTENCES
from risk.models import RiskProfile as RiskProfileRow
from risk.models.choices import METHODS, VERDICTS
from risk.selectors.profiles import active_profile
from shipments.domain.issue_sentences import SENTENCES as ISSUE_SENTENCES
from shipments.domain.issue_sentences import issue_sentence
from shipments.models.choices import BatchState, IssueSeverity
from targeting.domain.policy import POLICIES, SUBMITTER_PEOPLE
from targeting.models.choices import DISMISSALS, QUESTION_KINDS
from targeting.selectors.sentences import sentence_language
from targeting.workbench.labels import LABELS
from targeting.workbench.views.base import Page
from targeting.workbench.views.submissions import SubmitterPage


class ShownLane(NamedTuple):
    """A lane, from which score on, and what the post is told; None: whatever is left."""

    lane: str
    threshold: Decimal | None
    note: str


class ShownIndicator(NamedTuple):
    """``sentence`` with its places in braces; ``weight`` None: not in the profile in use, by which
    ``role`` is "leading", "corroborating" or "supporting"."""

    code: str
    family: str
    sentence: str
    weight: float | None
    role: str
    source: str


class HelpPage(Page):
    """For those who read cases: the profile in use, in words."""

    needed = {"GET": POLICIES["profiles"]["retrieve"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        profile = _profile()
        lang = sentence_language()
        context = {
            "profile": profile,
            "lanes": _lanes(profile, lang) if profile else [],
            "indicators": _indicators(profile, lang),
            "grounds": LABELS["ground"].items(),
            "methods": METHODS,
            "verdicts": VERDICTS,
            "dismissals": DISMISSALS,
            "reasons": LABELS["reason"].items(),
            "section": "help",
        }
        return render(request, "workbench/help.html", context)


class SubmissionsHelpPage(SubmitterPage):
    """For those who submit: states, severities and every code of an issue."""

    needed = {"GET": SUBMITTER_PEOPLE}

    def get(self, request: HttpRequest) -> HttpResponse:
        lang = sentence_language()
        codes = [
            (code, issue_sentence(code, lang, field="…", value="…", allowed="…"))
            for code in sorted(ISSUE_SENTENCES)
        ]
        return self.shown(
            "help.html",
            states=BatchState.choices,
            severities=IssueSeverity.choices,
            codes=codes,
            kinds=QUESTION_KINDS,
            section="help",
        )


def _profile() -> RiskProfile | None:
    try:
        return active_profile()[1]
    except RiskProfileRow.DoesNotExist:
        return None


def _lanes(profile: RiskProfile, lang: str) -> list[ShownLane]:
    own = profile.lanes
    thresholds = {"red": own.red, "yellow": own.yellow, "blue": own.blue}
    notes = {lane: words[lang] for lane, words in LANE_NOTES.items()}
    return [
        ShownLane(lane.value, thresholds.get(lane.value), notes.get(lane.value, ""))
        for lane in (Lane.RED, Lane.YELLOW, Lane.BLUE, Lane.GREEN)
    ]


def _indicators(profile: RiskProfile | None, lang: str) -> Sequence[ShownIndicator]:
    weights = profile.weights if profile else {}
    return [
        ShownIndicator(
            code=one.code,
            family=one.family,
            sentence=SENTENCES[one.code][lang],
            weight=weights.get(one.code),
            role=_role(one.code, profile),
            source=one.source,
        )
        for one in INDICATORS
    ]


def _role(code: str, profile: RiskProfile | None) -> str:
    if profile and code in profile.leading:
        return "leading"
    return "corroborating" if profile and code in profile.corroborating else "supporting"
