"""Substances, lists, matches and assessments."""

import hashlib
import json
import tomllib
from datetime import date, timedelta

import factory
import msgspec
from factory.django import DjangoModelFactory

from risk import models
from risk.domain.learning.features import FEATURES
from risk.domain.learning.outcome_training import SETTINGS
from risk.services.periods import NOBODY, enact
from shipments.models import Job
from tests.factories.shipments import START, DeclarationFactory, GoodsItemFactory, PartyFactory
from tests.unit.learning.samples import small_model
from tests.unit.risk.builders import PROFILE_PATH


class SubstanceFactory(DjangoModelFactory):
    key = "acetic-anhydride"
    preferred_name = "Acetic anhydride"

    class Meta:
        model = models.Substance
        django_get_or_create = ["key"]


class SubstanceNameFactory(DjangoModelFactory):
    substance = factory.SubFactory(SubstanceFactory)
    name = "уксусный ангидрид"
    lang = "ru"
    kind = "common"

    class Meta:
        model = models.SubstanceName
        django_get_or_create = ["substance", "lang", "name"]


class SubstanceIdentifierFactory(DjangoModelFactory):
    substance = factory.SubFactory(SubstanceFactory)
    kind = "cas"
    value = "108-24-7"

    class Meta:
        model = models.SubstanceIdentifier
        django_get_or_create = ["substance", "kind", "value"]


class CoverNameFactory(DjangoModelFactory):
    substance = factory.SubFactory(SubstanceFactory)
    name = "industrial surfactant"
    lang = "en"
    commodity_code = "3402"
    source = "bulletin 7"
    state = "proposed"
    proposed_by = "service:outcomes"
    proposed_at = START

    class Meta:
        model = models.CoverName


class ControlListFactory(DjangoModelFactory):
    code = "un1988-t1"
    title = "1988 Convention, Table I"

    class Meta:
        model = models.ControlList
        django_get_or_create = ["code"]


class ListEditionFactory(DjangoModelFactory):
    control_list = factory.SubFactory(ControlListFactory)
    number = factory.Sequence(lambda n: n + 1)
    state = "approved"
    source_digest = "0"
    verified_by = "user:1"

    class Meta:
        model = models.ListEdition


class DraftFactory(ListEditionFactory):
    """A draft, for entries: they cannot be added to an edition that is law."""

    state = "draft"
    source_digest = ""

    class Meta:
        model = models.ListEdition
        django_get_or_create = ["control_list", "state"]


class ListEntryFactory(DjangoModelFactory):
    edition = factory.SubFactory(DraftFactory)
    substance = factory.SubFactory(SubstanceFactory)
    kind = "precursor"
    form = "base"
    form_name = "Acetic anhydride"
    cas_rn = "108-24-7"

    class Meta:
        model = models.ListEntry


class LawEntryFactory(ListEntryFactory):
    """The one entry of an edition, which it makes law."""

    edition = factory.SubFactory(DraftFactory, source_digest="0")

    @factory.post_generation
    def _enacted(entry, create, extracted, **values):  # noqa: N805 (as the library calls it)
        enact(edition=entry.edition, approved_by=NOBODY, now=START)

    class Meta:
        model = models.ListEntry
        skip_postgeneration_save = True


class SubstanceMatchFactory(DjangoModelFactory):
    goods_item = factory.SubFactory(GoodsItemFactory)
    substance = factory.SubFactory(SubstanceFactory)
    matched_text = "Уксусный ангидрид"
    start = 0
    end = 17
    name = "уксусный ангидрид"
    lang = "ru"
    method = "exact"
    match_score = 0.99
    verdict = "above"
    list_verdicts = [
        {"list_code": "un1988-t1", "verdict": "not_limited"},
        {"list_code": "ru-681-l4", "verdict": "above", "limit_pct": "10"},
    ]
    is_above_alert_point = True
    is_flagged = True
    screener_digest = b"0" * 16

    class Meta:
        model = models.SubstanceMatch


class RiskProfileFactory(DjangoModelFactory):
    """A version that came from a file, in use unless told otherwise."""

    code = "default"
    version = 1
    state = "approved"
    loaded_from = "default.toml"
    content = factory.LazyFunction(
        lambda: json.loads(
            json.dumps(tomllib.loads(PROFILE_PATH.read_text(encoding="utf-8")), default=str)
        )
    )
    digest = "0"
    valid_from = date(2026, 1, 1)
    is_active = True

    class Meta:
        model = models.RiskProfile
        django_get_or_create = ["code", "version"]


class ProfileDraftFactory(RiskProfileFactory):
    """A draft: what is approved can no longer be changed."""

    code = "local"
    state = "draft"
    loaded_from = ""
    is_active = False


class LaneLimitFactory(DjangoModelFactory):
    """Recorded long ago: the API takes no day that has begun."""

    customs_office = "55301"
    lane = "blue"
    valid_from = date(2025, 1, 1)
    reason = "order 5"
    recorded_by = "user:1"
    recorded_at = START

    class Meta:
        model = models.LaneLimit


class AssessmentBasisFactory(DjangoModelFactory):
    digest = b"0" * 16
    profile = factory.SubFactory(RiskProfileFactory)
    engine_version = "1"
    screener_digest = b"0" * 16
    indicator_versions = {"licence_missing": 1}
    list_editions = {"un1988-t1": 1}

    class Meta:
        model = models.AssessmentBasis
        django_get_or_create = ["digest"]


class RiskAssessmentFactory(DjangoModelFactory):
    declaration = factory.SubFactory(DeclarationFactory)
    basis = factory.SubFactory(AssessmentBasisFactory)
    score = "72.50"
    confidence = "0.8"
    leading_item_number = 1
    facts = b""
    quiet_codes = ["importer_new"]
    missing_codes = ["unit_price_far_from_peers"]

    class Meta:
        model = models.RiskAssessment


class IndicatorRowFactory(DjangoModelFactory):
    assessment = factory.SubFactory(RiskAssessmentFactory)
    item_number = 1
    code = "licence_missing"
    strength = 1.0
    contribution = "40.00"
    params = {"substance": "acetic-anhydride", "document": "01011"}
    accepted_at = factory.SelfAttribute("assessment.declaration.accepted_at")

    class Meta:
        model = models.IndicatorRow


class LaneDecisionFactory(DjangoModelFactory):
    assessment = factory.SubFactory(RiskAssessmentFactory)
    lane = "red"
    criteria_lane = "red"
    ground = "criteria"
    draw = 0.5
    random_rate = 0.01
    draw_day = date(2026, 3, 1)
    key_digest = "0"

    class Meta:
        model = models.LaneDecision


class PartyLinkFactory(DjangoModelFactory):
    source = factory.SubFactory(PartyFactory)
    target = factory.SubFactory(PartyFactory)
    kind = "trade"
    first_seen_at = START
    last_seen_at = START
    declaration_count = 1
    mass_kg = "10"

    class Meta:
        model = models.PartyLink


class ReassessmentFactory(DjangoModelFactory):
    key = factory.Sequence(lambda n: f"registers/2026-03-01/{n + 1}")
    job = factory.LazyFunction(
        lambda: Job.objects.create(
            kind="reassessment", state="done", requested_by="task:test", started_at=START
        )
    )
    day = START.date()
    since = START.date()

    class Meta:
        model = models.Reassessment


class RegisterChangeFactory(DjangoModelFactory):
    register = "authorisation"
    entry = factory.Sequence(lambda n: f"МВД KZ{n}")
    actor = "user:1"
    changed_at = START

    class Meta:
        model = models.RegisterChange


class RescreeningFactory(DjangoModelFactory):
    kind = "look_back"
    job = factory.LazyFunction(
        lambda: Job.objects.create(
            kind="look_back", state="done", requested_by="user:1", started_at=START
        )
    )
    edition = factory.SubFactory(ListEditionFactory)
    edition_version = 1
    day = START.date()
    since = START.date()
    until = START.date()

    class Meta:
        model = models.Rescreening


class RiskModelFactory(DjangoModelFactory):
    """A shadow that was trained on a few invented items."""

    number = factory.Sequence(lambda n: n + 1)
    state = "shadow"
    as_of = date(2026, 3, 1)
    window_from = date(2026, 1, 1)
    window_to = date(2026, 2, 28)
    profile = factory.SubFactory(RiskProfileFactory)
    features = factory.LazyFunction(lambda: list(FEATURES))
    settings = factory.LazyFunction(lambda: msgspec.to_builtins(SETTINGS))
    quality = factory.LazyFunction(lambda: {"found": 40, "clean": 200})
    profiles = factory.LazyFunction(lambda: msgspec.to_builtins(small_model().profiles))
    artefact = factory.LazyFunction(lambda: small_model().ensemble.packed())
    digest = factory.LazyAttribute(lambda o: hashlib.sha256(o.artefact).hexdigest())
    trained_by = "command:train_risk_model"
    trained_at = START

    class Meta:
        model = models.RiskModel


class InspectionOutcomeFactory(DjangoModelFactory):
    """A clean act on the first item of an assessed declaration."""

    assessment = factory.SubFactory(RiskAssessmentFactory)
    declaration = factory.SelfAttribute("assessment.declaration")
    registration_number = factory.SelfAttribute("declaration.registration_number")
    customs_office = factory.SelfAttribute("declaration.customs_office")
    item_number = 1
    source = "client:post"
    act_number = factory.Sequence(lambda n: f"A-{n}")
    inspected_at = factory.LazyAttribute(lambda o: o.declaration.accepted_at + timedelta(hours=3))
    known_at = factory.SelfAttribute("inspected_at")
    selected_by = "criteria"
    result = "clean"
    measure = "none"
    recorded_by = "client:post"
    recorded_at = factory.SelfAttribute("inspected_at")

    class Meta:
        model = models.InspectionOutcome
