"""What the engine recognised: per distinct text (a cache) and per goods item."""

from django.db import models

from risk.domain.matching.evidence import EvidenceKind
from risk.models.choices import EVIDENCE_KINDS, METHODS, VERDICTS
from risk.models.rescreenings import Rescreening
from risk.models.substances import Substance
from shipments.models import GoodsItem


class ScreenedText(models.Model):
    """The engine's answer for one (description, commodity code), so that repeats are free.

    ``text_digest`` is over description and code; ``screener_digest`` over the engine
    version, entries and names. ``evidence`` is a JSON array of SubstanceEvidence.
    """

    text_digest = models.BinaryField(max_length=16)
    screener_digest = models.BinaryField(max_length=16)
    evidence = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["text_digest", "screener_digest"], name="screened_text_once"
            ),
        ]

    def __str__(self) -> str:
        return bytes(self.text_digest).hex()


class SubstanceMatch(models.Model):
    """One substance recognised in one goods item; offsets are into its description.

    ``list_verdicts`` is an array of {list_code, verdict, limit_pct, is_limit_known} for
    the entries in force on the declaration's date. ``is_upcoming``: only entries that come
    into force later hold the substance; shown, and nothing else follows from it. ``kind``
    is ``cover_name`` when the text is what the substance was declared as elsewhere.
    ``nearest_innocent`` is {name, distance} of the innocent name nearest to a misspelt one;
    ``contradictions`` an array of {kind, value, start, end}: what else cannot be true.
    ``is_exempt``: assessed as so little that the law does not control it yet.
    ``look_back`` found the match under law that came after the declaration was screened.
    """

    goods_item = models.ForeignKey(
        GoodsItem, on_delete=models.CASCADE, related_name="matches", db_index=False
    )
    substance = models.ForeignKey(Substance, on_delete=models.PROTECT, related_name="matches")
    matched_text = models.TextField(blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    name = models.TextField(blank=True)
    lang = models.TextField(blank=True)
    method = models.TextField(choices=METHODS)
    support = models.JSONField(default=list)
    nearest_innocent = models.JSONField(null=True)
    contradictions = models.JSONField(default=list, db_default=[])
    kind = models.TextField(
        choices=EVIDENCE_KINDS,
        default=EvidenceKind.TOLD.value,
        db_default=EvidenceKind.TOLD.value,
    )
    match_score = models.FloatField()
    concentration_pct = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    verdict = models.TextField(choices=VERDICTS)
    list_verdicts = models.JSONField(default=list)
    is_above_alert_point = models.BooleanField(default=False)
    is_flagged = models.BooleanField(default=False)
    is_exempt = models.BooleanField(default=False, db_default=False)
    is_upcoming = models.BooleanField(default=False)
    screener_digest = models.BinaryField(max_length=16)
    look_back = models.ForeignKey(
        Rescreening, on_delete=models.PROTECT, null=True, related_name="matches", db_index=False
    )

    class Meta:
        verbose_name_plural = "substance matches"
        constraints = [
            models.UniqueConstraint(
                fields=["goods_item", "substance", "start", "end", "look_back"],
                name="substance_match_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(
                fields=["look_back"],
                condition=models.Q(look_back__isnull=False),
                name="substance_match_by_look_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matched_text or self.method}: {self.match_score:.2f}"

    @property
    def list_codes(self) -> list[str]:
        """Codes of the lists that hold the substance."""
        return [verdict["list_code"] for verdict in self.list_verdicts]
