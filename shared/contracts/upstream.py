"""What other systems tell us. The subject is a handle of the customer."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from shared.contracts.data import Count, Currency, Data, Flag, Handle, Handles, Int64, Minor, Name, Names, Text, Value
from shared.contracts.dates import BusinessDate, TimeZone
from shared.contracts.values import (
    ComplaintAbout,
    ConsentPurpose,
    CustomerKind,
    Direction,
    Fault,
    Need,
    Occasions,
    Party,
    Sentiment,
    Severity,
    Stage,
)


class CustomerFields(Data):
    """The fields of a customer's file. Others are kept in `model_extra` for the rule that refuses or ignores them."""

    model_config = ConfigDict(extra="allow")

    kind: CustomerKind | None = None
    name: Name | None = None
    handles: Handles | None = None
    preferred_channel: Name | None = None
    preferences: Names | None = None
    dislikes: Names | None = None
    interests: Names | None = None
    address: Annotated[Text, Field(max_length=1000)] | None = None
    time_zone: TimeZone | None = None
    region: Name | None = None
    owner: Name | None = None
    lead_source: Name | None = None
    dates: Occasions | None = None


class CustomerRegistered(CustomerFields):
    TYPE: ClassVar[str] = "holdfast.customer.registered.v1"

    party: Party


class CustomerUpdated(CustomerFields):
    """What is None was not given and stays as it is."""

    TYPE: ClassVar[str] = "holdfast.customer.updated.v1"

    party: Party | None = None
    credit_rating: Name | None = None


class CustomersMerged(Data):
    """The subject and `other` are one customer."""

    TYPE: ClassVar[str] = "holdfast.customers.merged.v1"

    other: Handle


class HandleReleased(Data):
    """`handle` is no longer this customer's."""

    TYPE: ClassVar[str] = "holdfast.handle.released.v1"

    handle: Handle


class NeedStated(Need, Data):
    """`version` is upstream's own, compared per source."""

    TYPE: ClassVar[str] = "holdfast.need.stated.v1"

    version: Int64 | None = None


class OrderLine(Value):
    sku: Name
    category: Name
    quantity: Count
    amount: Minor


class OrderPlaced(Data):
    """`amount` is net of `discount`."""

    TYPE: ClassVar[str] = "holdfast.order.placed.v1"

    order_id: Name
    amount: Minor
    currency: Currency
    goods_cost: Minor | None = None
    discount: Minor | None = None
    lines: Annotated[tuple[OrderLine, ...], Field(fail_fast=True, max_length=1000)] = ()
    online: Flag | None = None


class OrderDelivered(Data):
    TYPE: ClassVar[str] = "holdfast.order.delivered.v1"

    order_id: Name
    guarantee_until_on: BusinessDate | None = None


class OrderDelayed(Data):
    TYPE: ClassVar[str] = "holdfast.order.delayed.v1"

    order_id: Name
    expected_on: BusinessDate | None = None


class OrderRefunded(Data):
    """`amount` in the currency of the order."""

    TYPE: ClassVar[str] = "holdfast.order.refunded.v1"

    order_id: Name
    amount: Minor


class OrderCancelled(Data):
    TYPE: ClassVar[str] = "holdfast.order.cancelled.v1"

    order_id: Name


class InteractionRecorded(Data):
    """`interaction_id` None: the event's id. `grievance` None: when the sentiment is negative."""

    TYPE: ClassVar[str] = "holdfast.interaction.recorded.v1"

    interaction_id: Name | None = None
    channel: Name
    direction: Direction
    touchpoint: Name | None = None
    stage: Stage | None = None
    agent: Name | None = None
    contact_id: Name | None = None
    minutes: Count | None = None
    sentiment: Sentiment | None = None
    human: Flag | None = None
    grievance: Flag | None = None
    consent_purpose: ConsentPurpose = ConsentPurpose.SERVICE
    question: Flag = False
    objection: Name | None = None
    note: Text | None = None
    note_category: Name | None = None
    complaint_id: Name | None = None


class ComplaintReported(Data):
    TYPE: ClassVar[str] = "holdfast.complaint.reported.v1"

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
    text: Text | None = None


class ComplaintUpdated(Data):
    """What is None stays as it is."""

    TYPE: ClassVar[str] = "holdfast.complaint.updated.v1"

    complaint_id: Name
    fault: Fault | None = None
    severity: Severity | None = None
    correctable: Flag | None = None


class ComplaintWithdrawn(Data):
    TYPE: ClassVar[str] = "holdfast.complaint.withdrawn.v1"

    complaint_id: Name
