"""Notices by mail, in the language of the subscription."""

import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from targeting.domain.errors import AccessError
from targeting.models import Delivery, OutboxEvent, User
from targeting.models.choices import TOLD_KINDS

_PERMANENT = 500


class DeliveryFailed(AccessError):
    """The channel did not take it. ``code`` says why, ``is_final`` that another try is no use."""

    code = "delivery_failed"

    def __init__(self, code: str, *, is_final: bool = False) -> None:
        super().__init__(code)
        self.is_final = is_final


def send_mail_notice(delivery: Delivery) -> None:
    """Mail the event to its recipient's address. Raises DeliveryFailed.

    The message id names the delivery, so a mail that is sent a second time is the same
    mail for those who sort by it. What a server answers may hold the address: only the
    kind of fault is kept.
    """
    user = _recipient(delivery)
    event = OutboxEvent.objects.get(pk=delivery.event_id)
    subject, body = notice_text(event, delivery.lang)
    host = urlsplit(settings.TARGETING["WEB_URL"]).hostname or "targeting-centre.invalid"
    message = EmailMessage(
        subject, body, to=[user.email], headers={"Message-ID": f"<delivery-{delivery.pk}@{host}>"}
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        is_final = all(code >= _PERMANENT for code in codes)
        raise DeliveryFailed("recipient_refused", is_final=is_final) from None
    except smtplib.SMTPException as error:
        raise DeliveryFailed(type(error).__name__) from None
    except OSError as error:
        raise DeliveryFailed(f"no_server_{type(error).__name__}") from None


def notice_text(event: OutboxEvent, lang: str) -> tuple[str, str]:
    """Subject and body of the event in the language, plain text."""
    if event.kind not in dict(TOLD_KINDS):
        raise DeliveryFailed("kind_unknown", is_final=True)
    context = {"event": event, "site": settings.TARGETING["WEB_URL"].rstrip("/"), **event.payload}
    text = render_to_string(f"notices/{lang}/{event.kind}.txt", context).strip()
    subject, _, body = text.partition("\n")
    return subject.strip(), body.strip() + "\n"


def _recipient(delivery: Delivery) -> User:
    kind, _, number = delivery.recipient.partition(":")
    user = User.objects.filter(pk=int(number)).first() if kind == "user" else None
    if user is None or not user.grants:
        raise DeliveryFailed("recipient_gone", is_final=True)
    if not user.email:
        raise DeliveryFailed("address_missing", is_final=True)
    return user
