"""Declarations: clients submit one, analysts list them and open a dossier."""

from io import BytesIO
from itertools import islice
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from risk.explanations import LANGUAGES
from shipments.domain.errors import InvalidValue
from shipments.domain.formats import format_by_key
from shipments.domain.formats.base import ReadingContext
from shipments.domain.records import ParsedDeclaration
from shipments.models import Declaration
from targeting import pipeline
from targeting.api.base import Resource
from targeting.api.batches import RECEIPT_ANSWERS, submit
from targeting.api.declaration_rows import DeclarationRowSerializer, shown_rows
from targeting.api.dossier import DossierSerializer, dossier_rows
from targeting.api.errors import CONTENT_TYPE, DOMAIN_ERRORS, problem
from targeting.api.idempotency import KEY
from targeting.api.included import OF_DECLARATIONS, OF_DOSSIERS
from targeting.api.includes import including
from targeting.api.permissions import POLICIES
from targeting.api.receipts import IssueSerializer
from targeting.api.schema import declaration_body
from targeting.api.uploads import DeclarationBodyParser, refuse_unknown_length
from targeting.api.validation import VALIDATE_ONLY, is_validation_asked, validation_response
from targeting.filters.declarations import DeclarationFilter
from targeting.selectors.dossiers import (
    Dossier,
    get_dossier,
    scoped_cases,
    scoped_declarations,
)
from targeting.selectors.sentences import substances_of
from targeting.selectors.substances import substance_names

JSON = "json"
REJECTED = "declaration_rejected"


@extend_schema_view(
    list=extend_schema(
        summary="Declarations, the current version of each",
        responses=including(DeclarationRowSerializer, OF_DECLARATIONS)(many=True),
    ),
    retrieve=extend_schema(
        summary="The dossier of a declaration", responses=including(DossierSerializer, OF_DOSSIERS)
    ),
)
class DeclarationViewSet(Resource):
    """Clients submit declarations; analysts read them with everything known about them."""

    policy = POLICIES["declarations"]
    serializer_class = DeclarationRowSerializer
    filterset_class = DeclarationFilter
    parser_classes = [DeclarationBodyParser]
    queryset = Declaration.objects.none()
    includes = {"list": OF_DECLARATIONS, "retrieve": OF_DOSSIERS}

    def get_queryset(self) -> QuerySet[Declaration]:
        full = self.action == "retrieve"
        return (scoped_cases if full else scoped_declarations)(self.scope)

    def list(self, request: Request) -> Response:
        page = self.page_of(self.get_queryset())
        rows = shown_rows(page, self.get_serializer_context())
        return self.get_paginated_response(self.with_included(rows, page))

    def retrieve(self, request: Request, pk: int) -> Response:
        declaration = self.get_object()
        dossier = get_dossier(declaration, self.scope)
        shown = DossierSerializer(dossier, context=self._context(dossier)).data
        return Response(self.with_included([shown], [declaration])[0])

    @extend_schema(
        summary="Submit one declaration",
        parameters=[VALIDATE_ONLY, KEY],
        request={"application/json": declaration_body()},
        responses=RECEIPT_ANSWERS,
    )
    def create(self, request: Request) -> Response:
        refuse_unknown_length(request)
        body: Any = request.data
        content = body if isinstance(body, bytes) else b""
        context = pipeline.reading_context(timezone.now())
        parsed = _only_declaration(content, context)
        if parsed.declaration is None:
            return _rejected(parsed)
        if is_validation_asked(request):
            file, json = ContentFile(content), format_by_key(JSON)
            return validation_response(file, intake_format=json, mapping=None, context=context)
        return submit(request, content=content, format_key=JSON)

    def _context(self, dossier: Dossier) -> dict[str, object]:
        keys = substances_of(dossier_rows(dossier))
        names = {lang: substance_names(keys, lang=lang) for lang in LANGUAGES}
        return {**self.get_serializer_context(), "dossier": dossier, "substance_names": names}


def _only_declaration(content: bytes, context: ReadingContext) -> ParsedDeclaration:
    """Reading one declaration is cheap, so its faults are told at once."""
    found = list(islice(format_by_key(JSON).parse(BytesIO(content), context=context), 2))
    if len(found) != 1:
        raise InvalidValue("one_declaration_expected", allowed="one JSON object; files: batches/")
    return found[0]


def _rejected(parsed: ParsedDeclaration) -> Response:
    status, title = DOMAIN_ERRORS[REJECTED]
    issues = IssueSerializer(parsed.issues, many=True).data
    body = problem(status=status, code=REJECTED, title=title, issues=issues)
    return Response(body, status=status, content_type=CONTENT_TYPE)
