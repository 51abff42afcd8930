"""What customers did and said, as others may know it: without texts."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.data import Count, Currency, Data, Flag, Minor, Name, Value
from shared.contracts.dates import BusinessDate
from shared.contracts.upstream import contacts, orders
from shared.contracts.values import ConsentPurpose, Direction, MentionKind, PurchaseKind, Sentiment, Stage


class PurchaseRecorded(Data):
    """The order as it stands after `kind`; without an amount its `order.placed` has not been seen yet.

    `refunded_amount` is the sum of its refunds so far.
    """

    TYPE: ClassVar[str] = "holdfast.profile.purchase.recorded.v1"

    order_id: Name
    kind: PurchaseKind
    ordered_on: BusinessDate
    amount: Minor | None = None
    currency: Currency | None = None
    goods_cost: Minor | None = None
    discount: Minor | None = None
    refunded_amount: Minor | None = None
    categories: Annotated[tuple[Name, ...], Field(fail_fast=True, max_length=1000)] = ()
    expected_on: BusinessDate | None = None
    guarantee_until_on: BusinessDate | None = None


class InteractionRecorded(Data):
    """`objection` and `question` say that there was one; the words stay in profile."""

    TYPE: ClassVar[str] = "holdfast.profile.interaction.recorded.v1"

    interaction_id: Name
    channel: Name
    direction: Direction
    touchpoint: Name | None = None
    stage: Stage | None = None
    agent: Name | None = None
    minutes: Count | None = None
    sentiment: Sentiment | None = None
    human: Flag
    grievance: Flag
    question: Flag
    objection: Flag
    consent_purpose: ConsentPurpose
    contact_id: Name | None = None
    complaint_id: Name | None = None


class GrievanceResolved(contacts.GrievanceNamed, Data):
    """Either names the grievance."""

    TYPE: ClassVar[str] = "holdfast.profile.grievance.resolved.v1"


class ComplaintReceived(contacts.Complaint, Data):
    TYPE: ClassVar[str] = "holdfast.profile.complaint.received.v1"


class ComplaintUpdated(contacts.ComplaintUpdated):
    """What is None stays as it is."""

    TYPE: ClassVar[str] = "holdfast.profile.complaint.updated.v1"


class ComplaintWithdrawn(contacts.ComplaintWithdrawn):
    TYPE: ClassVar[str] = "holdfast.profile.complaint.withdrawn.v1"


class SatisfactionStated(contacts.SatisfactionStated):
    """The customer's own word on how a complaint was handled (CP-16)."""

    TYPE: ClassVar[str] = "holdfast.profile.satisfaction.stated.v1"


class _FeedbackId(Data):
    feedback_id: Name


class FeedbackReceived(contacts.Opinion, _FeedbackId):  # the fields of the last base come first
    TYPE: ClassVar[str] = "holdfast.profile.feedback.received.v1"


class _AnswerId(Data):
    answer_id: Name


class SurveyAnswered(contacts.SurveyAnswer, _AnswerId):  # the fields of the last base come first
    TYPE: ClassVar[str] = "holdfast.profile.survey.answered.v1"


class Mention(Value):
    mention_id: Name
    sentiment: Sentiment
    element: Name | None = None
    network: Name
    kind: MentionKind


class MentionMatched(Mention, Data):
    TYPE: ClassVar[str] = "holdfast.profile.mention.matched.v1"


class MentionUnmatched(Mention, Data):
    """By nobody whom we know: counted, and no customer is touched (FB-20)."""

    TYPE: ClassVar[str] = "holdfast.profile.mention.unmatched.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False


class BrowseRecorded(orders.BrowseRecorded):
    TYPE: ClassVar[str] = "holdfast.profile.browse.recorded.v1"


class CostAllocated(orders.Cost, Data):
    """Minutes, an amount in the reporting currency, or both."""

    TYPE: ClassVar[str] = "holdfast.profile.cost.allocated.v1"


class ProductLaunched(orders.ProductLaunched):
    TYPE: ClassVar[str] = "holdfast.profile.product.launched.v1"
