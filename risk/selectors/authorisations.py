"""The register as people read it: authorisations with what is left of them."""

from decimal import Decimal

from django.db.models import DecimalField, Exists, F, OuterRef, Prefetch, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from risk.domain.permits.entry_fields import Known
from risk.models import Substance, SubstanceIdentifier
from risk.models.choices import IdentifierKind
from shipments.models import Authorisation, AuthorisationLine, Drawdown

_MASS = DecimalField(max_digits=24, decimal_places=6)
_DRAWN = Coalesce(Sum("drawdowns__mass_kg"), Value(Decimal(0)), output_field=_MASS)


def known_substances(*, authority: str = "") -> Known:
    """What the reader of authorisations is told: which substances there are."""
    return Known(
        frozenset(Substance.objects.values_list("key", flat=True)),
        dict(
            SubstanceIdentifier.objects.filter(kind=IdentifierKind.CAS).values_list(
                "value", "substance__key"
            )
        ),
        authority,
    )


def list_lines() -> QuerySet[AuthorisationLine]:
    """Lines with ``drawn_kg``, which is computed from the ledger, and ``balance_kg``: what was
    granted less what is drawn, below zero when too much was."""
    return AuthorisationLine.objects.order_by("line_number").annotate(
        drawn_kg=_DRAWN, balance_kg=F("granted_kg") - _DRAWN
    )


def list_authorisations() -> QuerySet[Authorisation]:
    """Authorisations with holder and lines, the latest entered first; two queries more."""
    rows = Authorisation.objects.select_related("holder").order_by("-id")
    return rows.prefetch_related("holder__identifiers", Prefetch("lines", list_lines()))


def is_overdrawn() -> Exists:
    """Whether some line of the authorisation has less than nothing left."""
    lines = AuthorisationLine.objects.annotate(balance_kg=F("granted_kg") - _DRAWN)
    return Exists(lines.filter(authorisation=OuterRef("pk"), balance_kg__lt=0))


def list_drawdowns(*, authorisation_id: int) -> QuerySet[Drawdown]:
    """The ledger of an authorisation, the latest entry first."""
    rows = Drawdown.objects.filter(line__authorisation=authorisation_id)
    return rows.select_related("line", "reverses").order_by("-id")
