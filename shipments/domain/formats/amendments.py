"""Messages that change a declaration, as its next version.

Some forms send only what changes: what they leave out would be gone if they were taken for the
version that they make. Where the form says what an item left out means, the message is laid
over the version before (:mod:`shipments.domain.amending`); else it is refused with its source,
and what has to be sent instead is said.
"""

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.xml_document import Draft
from shipments.domain.formats.xml_fields import Fields


def read_amendment(
    draft: Draft,
    stated_total: str,
    *,
    is_whole: bool = True,
    may_be_partial: bool = False,
    pointed_at: str = "",
) -> None:
    """Refuse an amendment that states no version or leaves items out.

    ``stated_total`` is how many items the message says that the declaration has; without it
    the items described have to be numbered from 1 on without a gap, and the form must be one
    that says everything (``is_whole``). In a form that leaves out what stays as it was
    (``may_be_partial``) items left out make it a partial amendment. A message that points at
    what changes (``pointed_at``) is refused unless it is a whole declaration all the same.
    """
    fields = draft.fields
    if fields.get("is_cancelled"):
        return
    if "version" not in fields:
        fields["version"] = InvalidValue("version_missing", allowed="2 for the first amendment")
    items = fields.get("items", [])
    total = int(stated_total[:9]) if stated_total.isascii() and stated_total.isdigit() else None
    if pointed_at and not (total == len(items) and _is_whole(fields)):
        _leave_out_items(draft, "amendment_by_pointers", pointed_at, "the whole declaration")
        return
    if total is not None:
        is_complete = bool(items) and total <= len(items)
    else:
        numbers = {str(item.get("item_number", "")) for item in items}
        is_complete = is_whole and numbers == {str(n) for n in range(1, len(items) + 1)} != set()
    if not is_complete and may_be_partial:
        draft.is_partial, draft.item_count = True, total
    elif not is_complete:
        value = f"{len(items)} of {stated_total or 'an unknown number of'} items"
        _leave_out_items(draft, "amendment_incomplete", value, "every item of the declaration")


def _leave_out_items(draft: Draft, code: str, value: str, allowed: str) -> None:
    draft.items = []
    draft.fields["items"] = InvalidValue(code, value=value, allowed=allowed)


def _is_whole(fields: Fields) -> bool:
    """Who declares and what each of the goods is are said."""
    items = fields.get("items", [])
    described = [item for item in items if item.keys() & {"description", "commodity_code"}]
    return bool(fields.get("parties") and items and len(described) == len(items))
