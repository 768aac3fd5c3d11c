"""What the selection report needs of the stored declarations: those of the truth, and all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from django.db.models import Count, F, Q, QuerySet

from risk.domain.selection_report import Match, Population, Scored
from risk.models import IndicatorRow, RiskAssessment, SubstanceMatch
from risk.services.assessments import INTAKE
from shipments.models import Declaration, GoodsItem
from targeting.models import Alert

_AT_ONCE = 10_000


def scored_declarations(registration_numbers: Collection[str]) -> dict[str, Scored]:
    """The current version of each of these declarations that is stored, by its number.

    Five queries for every ten thousand numbers. ``fired`` holds the indicators of the
    leading item and of the declaration, largest contribution first.
    """
    scored: dict[str, Scored] = {}
    for numbers in _portions(sorted(registration_numbers)):
        current = Declaration.objects.current().filter(registration_number__in=numbers)
        stored = dict(current.values_list("pk", "registration_number"))
        assessments = {
            row["declaration"]: row
            for row in RiskAssessment.objects.filter(
                declaration__in=stored, trigger=INTAKE, trigger_key=""
            ).values(
                "pk",
                "declaration",
                "score",
                "missing_codes",
                lane=F("lane_decision__criteria_lane"),
            )
        }
        fired = _fired([row["pk"] for row in assessments.values()])
        items, matches = _items(stored), _matches(stored)
        for pk, number in stored.items():
            row = assessments.get(pk)
            scored[number] = Scored(
                registration_number=number,
                score=float(row["score"]) if row else None,
                lane=(row["lane"] or "") if row else "",
                item_numbers=frozenset(items[pk]),
                matches=tuple(matches[pk]),
                fired=tuple(fired[row["pk"]]) if row else (),
                missing=tuple(row["missing_codes"]) if row else (),
            )
    return scored


def population_around(
    registration_numbers: Collection[str], *, planted: Collection[str]
) -> Population:
    """All assessed declarations of the batches that hold any of these, in current versions.

    Honest are those whose number is not among ``planted``, stored in these batches.
    """
    batches = batches_of(registration_numbers)
    assessments = RiskAssessment.objects.filter(
        declaration__batch__in=batches,
        declaration__superseded_by__isnull=True,
        trigger=INTAKE,
        trigger_key="",
    )
    scores = assessments.order_by().values("score").annotate(count=Count("pk"))
    alerts = Alert.objects.filter(
        declaration__batch__in=batches,
        declaration__superseded_by__isnull=True,
        is_random_arm=False,
    )
    return Population(
        scores={float(row["score"]): row["count"] for row in scores},
        honest=assessments.count() - _count_of(assessments, "declaration__", planted),
        alerts=_distinct(alerts) - _count_of(alerts, "", planted),
    )


def _distinct(alerts: "QuerySet[Alert]") -> int:
    """Declarations with an alert: one may have a closed and an open one."""
    return int(alerts.aggregate(count=Count("registration_number", distinct=True))["count"])


def _count_of(
    rows: "QuerySet[RiskAssessment] | QuerySet[Alert]", prefix: str, numbers: Collection[str]
) -> int:
    name = f"{prefix}registration_number"
    return sum(
        rows.filter(Q((f"{name}__in", some))).aggregate(count=Count(name, distinct=True))["count"]
        for some in _portions(sorted(numbers))
    )


def batches_of(registration_numbers: Collection[str]) -> list[int]:
    """The batches that hold the current version of any of these declarations, by id."""
    found: set[int] = set()
    for numbers in _portions(sorted(registration_numbers)):
        current = Declaration.objects.current().filter(registration_number__in=numbers)
        found.update(current.order_by().values_list("batch", flat=True).distinct())
    return sorted(found)


def _fired(assessments: Collection[int]) -> dict[int, list[str]]:
    rows = IndicatorRow.objects.filter(
        Q(item_number=0) | Q(item_number=F("assessment__leading_item_number")),
        assessment__in=assessments,
    ).order_by("assessment", "-contribution", "code")
    fired: dict[int, list[str]] = defaultdict(list)
    for assessment, code in rows.values_list("assessment", "code"):
        fired[assessment].append(code)
    return fired


def _items(declarations: Iterable[int]) -> dict[int, list[int]]:
    items: dict[int, list[int]] = defaultdict(list)
    rows = GoodsItem.objects.filter(declaration__in=list(declarations))
    for declaration, item_number in rows.values_list("declaration", "item_number"):
        items[declaration].append(item_number)
    return items


def _matches(declarations: Iterable[int]) -> dict[int, list[Match]]:
    matches: dict[int, list[Match]] = defaultdict(list)
    rows = SubstanceMatch.objects.filter(
        goods_item__declaration__in=list(declarations)
    ).values_list(
        "goods_item__declaration",
        "goods_item__item_number",
        "substance__key",
        "method",
        "verdict",
        "is_above_alert_point",
    )
    for declaration, item_number, key, method, verdict, is_above in rows:
        matches[declaration].append(
            Match(
                item_number=item_number,
                substance_key=key,
                method=method,
                verdict=verdict,
                is_above_alert_point=is_above,
            )
        )
    return matches


def _portions(numbers: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]
