"""What profile says: the customer's file as others may know it, without names, handles and texts."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.data import Count, Currency, Data, Flag, Minor, Name, Names
from shared.contracts.dates import BusinessDate, Instant, TimeZone
from shared.contracts.values import (
    ComplaintAbout,
    ConsentPurpose,
    CustomerKind,
    Direction,
    Fault,
    Need,
    NeedSource,
    Occasions,
    Party,
    PurchaseKind,
    Sentiment,
    Severity,
    Stage,
)


class CustomerRegistered(Data):
    """Said once per file, also for one that an event opened by itself."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.registered.v1"

    party: Party
    kind: CustomerKind
    registered_on: BusinessDate
    owner: Name | None = None
    time_zone: TimeZone | None = None
    region: Name | None = None
    preferred_channel: Name | None = None
    preferences: Names = ()
    interests: Names = ()
    dates: Occasions = ()


class CustomerUpdated(Data):
    """`fields` names what changed; of these, the new values of what may travel (None: not changed)."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.updated.v1"

    fields: Names
    party: Party | None = None
    kind: CustomerKind | None = None
    registered_on: BusinessDate | None = None
    owner: Name | None = None
    time_zone: TimeZone | None = None
    region: Name | None = None
    preferred_channel: Name | None = None
    preferences: Names | None = None
    interests: Names | None = None
    dates: Occasions | None = None


class CustomerMerged(Data):
    """Said on the key of the file that ends."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.merged.v1"

    into: UUID


class CustomerAbsorbed(Data):
    """Said on the key of the file that lives on."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.absorbed.v1"

    from_: UUID = Field(alias="from")


class NeedChanged(Need, Data):
    """The order of needs is (`stated_at`, event id); `version` numbers them 1, 2, 3 … for reading only."""

    TYPE: ClassVar[str] = "holdfast.profile.need.changed.v1"

    stated_at: Instant
    version: Annotated[Count, Field(ge=1)]
    source: NeedSource


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
