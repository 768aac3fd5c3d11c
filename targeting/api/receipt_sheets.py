"""What was wrong in a message as CSV or XLSX: to read it, and to correct it and send it again."""

from django.http import FileResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from targeting.api.receipts import ReceiptViewSet
from targeting.api.registers import SHEETS
from targeting.intake.sheets import CSV, MEDIA_TYPES, XLSX, issues_file, rejects_file
from targeting.selectors.sentences import sentence_language

AS = OpenApiParameter("as", enum=[CSV, XLSX], description="csv when left out.")


class ReceiptSheetViewSet(ReceiptViewSet):
    """Files to take away; formulas in them are made harmless, and reading us restores the texts."""

    problems = {"rejects": (410, 422), "sheet": (422,)}

    @extend_schema(
        summary="Rows of a table that were not stored, to be corrected and sent again",
        parameters=[AS],
        responses=SHEETS,
    )
    def rejects(self, request: Request, id: str) -> FileResponse:
        wanted = _wanted(request)
        return rejects_file(self.get_object(), wanted=wanted, lang=sentence_language())

    @extend_schema(
        summary="Everything that was wrong, as a table", parameters=[AS], responses=SHEETS
    )
    def sheet(self, request: Request, id: str) -> FileResponse:
        wanted = _wanted(request)
        return issues_file(self.get_object(), wanted=wanted, lang=sentence_language())


def _wanted(request: Request) -> str:
    wanted = request.query_params.get("as", CSV)
    if wanted not in MEDIA_TYPES:
        raise ValidationError({"as": f"One of {', '.join(MEDIA_TYPES)}."})
    return wanted
