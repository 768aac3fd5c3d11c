"""What may be attached to an alert."""

MOST_ATTACHMENTS = 50
MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 150


def shown_name(given: str) -> str:
    """The sender's word for the file as it is shown: its last part, without what is not seen.

    >>> shown_name("../../etc/scan\\n 1.pdf"), shown_name("")
    ('scan 1.pdf', 'attachment')
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    seen = "".join(one for one in last if one.isprintable()).strip()
    return seen[-LONGEST_NAME:] or "attachment"
