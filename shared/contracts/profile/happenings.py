"""What customers did and said, as others may know it: without texts."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.data import Count, Currency, Data, Flag, Minor, Name, Names
from shared.contracts.dates import BusinessDate
from shared.contracts.upstream.contacts import Rating, SurveyScore
from shared.contracts.values import (
    ComplaintAbout,
    ConsentPurpose,
    CostKind,
    Direction,
    Fault,
    FeedbackKind,
    FeedbackSource,
    MentionKind,
    PurchaseKind,
    Sentiment,
    Severity,
    Stage,
    SurveyName,
)


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


class GrievanceResolved(Data):
    """Either names the grievance."""

    TYPE: ClassVar[str] = "holdfast.profile.grievance.resolved.v1"

    interaction_id: Name | None = None
    grievance_id: Name | None = None


class ComplaintReceived(Data):
    TYPE: ClassVar[str] = "holdfast.profile.complaint.received.v1"

    complaint_id: Name
    fault: Fault
    severity: Severity
    correctable: Flag
    commitment_breached: Flag = False
    staff_at_fault: Flag = False
    about: ComplaintAbout | None = None
    order_id: Name | None = None
    element: Name | None = None
    touchpoint: Name | None = None
    channel: Name | None = None


class ComplaintUpdated(Data):
    """What is None stays as it is."""

    TYPE: ClassVar[str] = "holdfast.profile.complaint.updated.v1"

    complaint_id: Name
    fault: Fault | None = None
    severity: Severity | None = None
    correctable: Flag | None = None


class ComplaintWithdrawn(Data):
    TYPE: ClassVar[str] = "holdfast.profile.complaint.withdrawn.v1"

    complaint_id: Name


class SatisfactionStated(Data):
    """The customer's own word on how a complaint was handled (CP-16)."""

    TYPE: ClassVar[str] = "holdfast.profile.satisfaction.stated.v1"

    complaint_id: Name
    satisfied: Flag
    channel: Name | None = None


class FeedbackReceived(Data):
    TYPE: ClassVar[str] = "holdfast.profile.feedback.received.v1"

    feedback_id: Name
    kind: FeedbackKind
    source: FeedbackSource
    element: Name | None = None
    touchpoint: Name | None = None
    score: Rating | None = None


class SurveyAnswered(Data):
    TYPE: ClassVar[str] = "holdfast.profile.survey.answered.v1"

    answer_id: Name
    survey: SurveyName
    score: SurveyScore | None = None
    expectation: Rating | None = None
    experience: Rating | None = None
    dimension: Name | None = None
    element: Name | None = None
    touchpoint: Name | None = None
    trigger: Name | None = None


class MentionMatched(Data):
    TYPE: ClassVar[str] = "holdfast.profile.mention.matched.v1"

    mention_id: Name
    sentiment: Sentiment
    element: Name | None = None
    network: Name
    kind: MentionKind


class MentionUnmatched(Data):
    """By nobody whom we know: counted, and no customer is touched (FB-20)."""

    TYPE: ClassVar[str] = "holdfast.profile.mention.unmatched.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    mention_id: Name
    sentiment: Sentiment
    element: Name | None = None
    network: Name
    kind: MentionKind


class BrowseRecorded(Data):
    TYPE: ClassVar[str] = "holdfast.profile.browse.recorded.v1"

    category: Name
    sku: Name | None = None


class CostAllocated(Data):
    """Minutes, an amount in the reporting currency, or both."""

    TYPE: ClassVar[str] = "holdfast.profile.cost.allocated.v1"

    kind: CostKind
    minutes: Count | None = None
    amount: Minor | None = None
    currency: Currency | None = None
    complaint_id: Name | None = None


class ProductLaunched(Data):
    TYPE: ClassVar[str] = "holdfast.profile.product.launched.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    product: Name
    tags: Names = ()
    pilot: Flag | None = None
