"""What a submitter's person fills in: a file with how it is written, an answer to a question."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shipments.domain.formats import FORMATS
from shipments.domain.formats.mapping import CHOOSABLE, DATE_ORDERS, ENCODINGS
from targeting.domain.questions import MEDIA_TYPES, MOST_DOCUMENT_BYTES, MOST_DOCUMENTS
from targeting.intake.files import mapping_keys
from targeting.workbench.faults import ToldForm

LONGEST_ANSWER = 10_000
_FOUND_OUT = ("", _("find it out"))
DATE_ORDER_WORDS = dict(zip(DATE_ORDERS, (_("day first"), _("month first")), strict=True))


class FileForm(ToldForm):
    """A file of declarations; whatever is left blank is found out from the file."""

    file = forms.FileField(label=_("File"), allow_empty_file=True)
    format = forms.ChoiceField(
        label=_("Format"),
        required=False,
        choices=[_FOUND_OUT, *((one.key, one.key) for one in FORMATS)],
    )
    mapping = forms.ChoiceField(
        label=_("Layout of the columns"),
        required=False,
        help_text=_("Tables (CSV, XLSX) need one."),
    )
    delimiter = forms.CharField(label=_("Delimiter"), required=False, max_length=1, strip=False)
    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[_FOUND_OUT, *((e, e) for e in ENCODINGS)]
    )
    decimal_mark = forms.ChoiceField(
        label=_("Decimal mark"), required=False, choices=[_FOUND_OUT, (".", "."), (",", ",")]
    )
    date_order = forms.ChoiceField(
        label=_("Order in dates"), required=False, choices=[_FOUND_OUT, *DATE_ORDER_WORDS.items()]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [("", "—"), *((key, key) for key in mapping_keys())]
        self.fields["mapping"].choices = known  # type: ignore[attr-defined] # a ChoiceField's

    @property
    def habits(self) -> dict[str, str]:
        """What the sender states of a table, once the form is valid."""
        return {name: self.cleaned_data[name] for name in CHOOSABLE}


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        one = super().clean
        return [one(file, initial) for file in given] if given else []


class AnswerForm(ToldForm):
    text = forms.CharField(
        label=_("Answer"), max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 5})
    )
    documents = ManyFilesField(label=_("Documents"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["documents"]
        field.widget.attrs["accept"] = ",".join(sorted(MEDIA_TYPES))
        field.help_text = gettext("At most %(count)s of %(size)s MiB: PDF, PNG or JPEG.") % {
            "count": MOST_DOCUMENTS,
            "size": MOST_DOCUMENT_BYTES // 1024**2,
        }
