"""What is due for removal, and what a legal hold keeps."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from risk.models import RiskAssessment, SubstanceMatch
from risk.selectors.office import midnight
from shipments.models import Declaration, IntakeBatch, IntakeIssue, PartyRole, WaitingAmendment
from targeting.domain.retention import HoldKind
from targeting.models import LegalHold, OutboxEvent
from targeting.models.outbox import subject
from targeting.selectors.scope import Scope, in_scope


def list_holds(scope: Scope) -> QuerySet[LegalHold]:
    """Every hold, the newest first; of an office only those on its declarations and parties."""
    holds = LegalHold.objects.select_related("party").order_by("-id")
    if scope.is_central:
        return holds
    declared = Declaration.objects.filter(
        in_scope(scope), registration_number=OuterRef("registration_number")
    )
    roles = PartyRole.objects.filter(party=OuterRef("party"))
    named = roles.filter(in_scope(scope, "declaration__customs_office"))
    return holds.filter(Exists(declared), kind=HoldKind.DECLARATION.value) | holds.filter(
        Exists(named), kind=HoldKind.PARTY.value
    )


def due_declarations(before: date) -> QuerySet[Declaration]:
    """Latest versions accepted before the day, the oldest first; none that is still worked on."""
    return (
        Declaration.objects.current()
        .filter(accepted_at__lt=midnight(before), batch__finished_at__isnull=False)
        .order_by("accepted_at", "pk")
    )


def due_judgements(before: date) -> QuerySet[Declaration]:
    """As :func:`due_declarations`, those of which something was thought."""
    matches = SubstanceMatch.objects.filter(goods_item__declaration=OuterRef("pk"))
    assessments = RiskAssessment.objects.filter(declaration=OuterRef("pk"))
    return due_declarations(before).filter(Exists(matches) | Exists(assessments))


def due_messages(before: date) -> QuerySet[IntakeBatch]:
    """Batches that were done before the day, of which nothing waits, and whose message is here."""
    return IntakeBatch.objects.filter(
        ~_waits(), finished_at__lt=midnight(before), raw_message__isnull=False
    ).order_by("finished_at", "pk")


def empty_batches(before: date) -> QuerySet[IntakeBatch]:
    """Batches that were done before the day and of which no declaration and no message is left."""
    declared = Declaration.objects.filter(batch=OuterRef("pk"))
    return IntakeBatch.objects.filter(
        ~Exists(declared), ~_waits(), finished_at__lt=midnight(before), raw_message=None
    ).order_by("finished_at", "pk")


def _waits() -> Exists:
    """An amendment of the batch waits for the version that it changes."""
    return Exists(WaitingAmendment.objects.filter(batch=OuterRef("pk")))


def behind(rows: QuerySet, order: str, last: tuple[datetime, int] | None) -> QuerySet:  # type: ignore[type-arg]
    """The rows behind the last one that was looked at, in the order of ``order`` and id."""
    if last is None:
        return rows
    moment, pk = last
    return rows.filter(Q(**{f"{order}__gt": moment}) | Q(**{order: moment}, pk__gt=pk))


def held_numbers(numbers: Iterable[str]) -> set[str]:
    """Which of the declarations a hold keeps, in whatever version it found what it keeps."""
    versions = Declaration.objects.filter(registration_number__in=list(numbers))
    held = versions.filter(_is_declaration_held())
    return set(held.values_list("registration_number", flat=True))


def held_batches(pks: Iterable[int]) -> set[int]:
    """Which of the batches a hold keeps: for a declaration in it, also one that was refused,
    or for the days on which it came."""
    declared = Declaration.objects.filter(_is_declaration_held(), batch=OuterRef("pk"))
    numbers = _active(HoldKind.DECLARATION).values("registration_number")
    refused = IntakeIssue.objects.filter(batch=OuterRef("pk"), registration_number__in=numbers)
    held = IntakeBatch.objects.filter(pk__in=list(pks)).filter(
        Exists(declared) | Exists(refused) | _in_held_days("received_at")
    )
    return set(held.values_list("pk", flat=True))


def _is_declaration_held() -> Q:
    parties = _active(HoldKind.PARTY).values("party")
    roles = PartyRole.objects.filter(declaration=OuterRef("pk"), party__in=parties)
    numbers = _active(HoldKind.DECLARATION).values("registration_number")
    return Q(registration_number__in=numbers) | Exists(roles) | _in_held_days("accepted_at")


def _in_held_days(moment: str) -> Q:
    """No day is held: nothing is. Django leaves an empty ``Q`` out, hence ``pk__in=[]``."""
    days = Q(pk__in=[])
    for first, last in _active(HoldKind.PERIOD).values_list("first_day", "last_day"):
        if first and last:  # as the table's own check says of a period
            end = midnight(last + timedelta(days=1))
            days |= Q(**{f"{moment}__gte": midnight(first), f"{moment}__lt": end})
    return days


def _active(kind: HoldKind) -> QuerySet[LegalHold]:
    return LegalHold.objects.filter(kind=kind.value, lifted_at=None)


def events_about(subjects: Iterable[str]) -> QuerySet[OutboxEvent]:
    """What was told, or waits to be, of these declarations (by number) and receipts (by id)."""
    return OutboxEvent.objects.alias(subject=subject()).filter(subject__in=sorted(subjects))


def versions_of(numbers: Iterable[str]) -> QuerySet[Declaration]:
    """Every version of the declarations, the latest first."""
    return Declaration.objects.filter(registration_number__in=list(numbers)).order_by(
        "registration_number", F("version").desc()
    )
