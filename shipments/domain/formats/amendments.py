"""Messages that change a declaration, as its next version.

Some forms send only what changes: what they leave out would be gone if they were taken for the
version that they make. Where the form says what an item left out means, the message is laid
over the version before (:mod:`shipments.domain.amending`); else it is refused with its source,
and what has to be sent instead is said.
"""

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.xml_document import Draft


def read_amendment(
    draft: Draft, stated_total: str, *, is_whole: bool = True, may_be_partial: bool = False
) -> None:
    """Refuse an amendment that states no version or leaves items out.

    ``stated_total`` is how many items the message says that the declaration has; without it
    the items described have to be numbered from 1 on without a gap, and the form must be one
    that says everything (``is_whole``). In a form that leaves out what stays as it was
    (``may_be_partial``) items left out make it a partial amendment.
    """
    fields = draft.fields
    if fields.get("is_cancelled"):
        return
    if "version" not in fields:
        fields["version"] = InvalidValue("version_missing", allowed="2 for the first amendment")
    items = fields.get("items", [])
    total = int(stated_total[:9]) if stated_total.isascii() and stated_total.isdigit() else None
    if total is not None:
        is_complete = bool(items) and total <= len(items)
    else:
        numbers = {str(item.get("item_number", "")) for item in items}
        is_complete = is_whole and numbers == {str(n) for n in range(1, len(items) + 1)} != set()
    if not is_complete and may_be_partial:
        draft.is_partial, draft.item_count = True, total
    elif not is_complete:
        value = f"{len(items)} of {stated_total or 'an unknown number of'} items"
        draft.items = []
        fields["items"] = InvalidValue(
            "amendment_incomplete", value=value, allowed="every item of the declaration"
        )
