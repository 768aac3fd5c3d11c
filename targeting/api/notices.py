"""What happened to lists somebody subscribed to, and the subscriptions: each one's own."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.models import ControlList
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, own_account
from targeting.domain.outbox import (
    ANYTHING,
    FOR_PEOPLE,
    LANGUAGES,
    OF_RECEIVERS,
    EventKind,
    list_topic,
)
from targeting.domain.policy import EVERY_ROLE, allows
from targeting.filters.notices import NoticeFilter
from targeting.models import Notice, Subscription
from targeting.selectors.sentences import sentence_language
from targeting.services.notice_mail import notice_text
from targeting.services.notices import mark_read, subscribe, unsubscribe

_KINDS = [kind.value for kind in FOR_PEOPLE]


class NoticeSerializer(serializers.ModelSerializer):
    kind = serializers.CharField(source="event.kind")
    at = serializers.DateTimeField(source="event.at")
    list_code = serializers.CharField(
        source="event.payload.list_code", default=None, allow_null=True
    )
    edition = serializers.IntegerField(
        source="event.payload.edition", default=None, allow_null=True
    )
    referral = serializers.UUIDField(
        source="event.payload.referral",
        default=None,
        allow_null=True,
        help_text="Its id among those that you received.",
    )
    sentence = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")

    class Meta:
        model = Notice
        fields = ["id", "kind", "at", "list_code", "edition", "referral", "sentence", "read_at"]

    def get_sentence(self, notice: Notice) -> str:
        return notice_text(notice.event, sentence_language())[0]


class MarkedSerializer(serializers.Serializer):
    marked = serializers.IntegerField(help_text="How many were unread.")


class SubscriptionSerializer(serializers.ModelSerializer):
    list_code = serializers.SerializerMethodField(help_text="Null: every list.")
    lang = serializers.CharField()

    class Meta:
        model = Subscription
        fields = ["id", "list_code", "kinds", "by_email", "lang"]

    def get_list_code(self, subscription: Subscription) -> str | None:
        return subscription.topic.partition(":")[2] or None


class SubscriptionRequestSerializer(serializers.Serializer):
    list_code = serializers.CharField(
        required=False, allow_null=True, default=None, help_text="Null: every list."
    )
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=_KINDS),
        required=False,
        default=_KINDS,
        allow_empty=False,
    )
    by_email = serializers.BooleanField(required=False, default=False)
    lang = serializers.ChoiceField(choices=LANGUAGES, required=False, default=LANGUAGES[0])


@extend_schema_view(list=extend_schema(summary="My notices, the newest first"))
class NoticeViewSet(mixins.ListModelMixin, Resource):
    """What happened that the caller subscribed to, and what was referred to them."""

    policy = POLICIES["notices"]
    audit_reads = False
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        user = own_account(self.request)
        own = Notice.objects.filter(user=user)
        if not allows(user.grants, EVERY_ROLE):
            # Told of lists before they went over to another agency.
            own = own.filter(event__kind__in=[kind.value for kind in OF_RECEIVERS])
        return own.select_related("event").order_by("-id")

    @extend_schema(summary="Mark a notice read", request=None, responses=MarkedSerializer)
    def mark_read(self, request: Request, pk: int) -> Response:
        notice = get_object_or_404(self.get_queryset(), pk=pk)
        return self._marked([notice.pk])

    @extend_schema(
        operation_id="v1_notices_read_all_create",
        summary="Mark all my notices read",
        request=None,
        responses=MarkedSerializer,
    )
    def mark_all_read(self, request: Request) -> Response:
        return self._marked(None)

    def _marked(self, pks: list[int] | None) -> Response:
        user = own_account(self.request)
        return Response({"marked": mark_read(user=user, notice_ids=pks, now=timezone.now())})


class SubscriptionViewSet(Resource):
    """Of which lists the caller is told what, and how."""

    policy = POLICIES["subscriptions"]
    audit_reads = False
    serializer_class = SubscriptionSerializer
    filter_backends = []
    queryset = Subscription.objects.none()

    def get_queryset(self) -> QuerySet[Subscription]:
        return Subscription.objects.filter(user=own_account(self.request)).order_by("id")

    def get_object(self) -> Subscription:
        """For the framework's answer to OPTIONS, which asks for it where there is a PUT."""
        return get_object_or_404(self.get_queryset(), pk=self.kwargs.get("pk"))

    @extend_schema(summary="My subscriptions", responses=SubscriptionSerializer(many=True))
    def list(self, request: Request) -> Response:
        page = self.page_of(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Subscribe to a list, or to all; again to change how",
        request=SubscriptionRequestSerializer,
    )
    def store(self, request: Request) -> Response:
        serializer = SubscriptionRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = serializer.validated_data
        code = given.pop("list_code")
        subscription = subscribe(
            user=own_account(request),
            topic=list_topic(get_object_or_404(ControlList, code=code).code) if code else ANYTHING,
            kinds=[EventKind(kind) for kind in given.pop("kinds")],
            **given,
        )
        return Response(self.get_serializer(subscription).data)

    @extend_schema(summary="End a subscription")
    def destroy(self, request: Request, pk: int) -> Response:
        unsubscribe(subscription=get_object_or_404(self.get_queryset(), pk=pk))
        return Response(status=204)
