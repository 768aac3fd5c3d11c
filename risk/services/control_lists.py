"""Control lists themselves: what they are called, whose they are, where their act is.

What a list holds is law and stands in editions (``drafts``, ``editions``); this is its label.
"""

from urllib.parse import urlsplit

import msgspec
from django.db import transaction

from risk.domain.errors import InvalidList, WrongState
from risk.models import ControlList

_CODE_LENGTH = 40
_TEXT_LENGTH = 1_000


class ListLabel(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a list; ``act_url`` is the address of the act's text."""

    title: str
    authority: str = ""
    jurisdiction: str = ""
    legal_act: str = ""
    act_url: str = ""


@transaction.atomic
def register_control_list(*, code: str, label: ListLabel) -> ControlList:
    """A list without any edition yet. Raises InvalidList, WrongState if the code is taken."""
    text = code.strip()
    plain = text.replace("-", "").replace("_", "")
    if not (plain.isascii() and plain.isalnum() and plain.upper() == plain):
        raise InvalidList(column="code", value=text[:50], allowed="of A-Z, 0-9, - and _")
    if len(text) > _CODE_LENGTH:
        raise InvalidList(column="code", value=text[:50], allowed=f"1 to {_CODE_LENGTH} characters")
    row, is_new = ControlList.objects.get_or_create(code=text, defaults=_checked(label))
    if not is_new:
        raise WrongState(state="there already", allowed="a code that no list has")
    return row


@transaction.atomic
def relabel_control_list(
    *, control_list: ControlList, label: ListLabel, before: ListLabel
) -> ControlList:
    """Say otherwise what the list is called; its code stays, because matches name it.

    Raises InvalidList, and WrongState when it is no longer labelled as it was ``before``.
    """
    row = ControlList.objects.select_for_update().get(pk=control_list.pk)
    if label_of(row) != before:
        raise WrongState(state="changed by somebody else", allowed="a change of what it says now")
    for name, value in _checked(label).items():
        setattr(row, name, value)
    row.save()
    return row


def label_of(control_list: ControlList) -> ListLabel:
    """What is said of the list now."""
    return ListLabel(**{name: getattr(control_list, name) for name in ListLabel.__struct_fields__})


def _checked(label: ListLabel) -> dict[str, str]:
    values = {name: str(value).strip() for name, value in msgspec.structs.asdict(label).items()}
    for name, value in values.items():
        if len(value) > _TEXT_LENGTH or not value.isprintable():
            allowed = f"up to {_TEXT_LENGTH} printable characters"
            raise InvalidList(column=name, value=value[:50], allowed=allowed)
    if not values["title"]:
        raise InvalidList(column="title", value="", allowed="the list's title")
    url = values["act_url"]
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
        raise InvalidList(column="act_url", value=url[:50], allowed="an http or https address")
    return values
