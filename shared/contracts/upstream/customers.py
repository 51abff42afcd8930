"""What other systems tell about who a customer is, and how things stand with them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from shared.contracts.data import Count, Data, Flag, Handle, Handles, Int64, Name, Names, Text, Value
from shared.contracts.dates import BusinessDate, TimeZone
from shared.contracts.values import (
    BenefitAction,
    BenefitBasis,
    ConsentPurpose,
    ContactRole,
    CustomerKind,
    Need,
    Occasions,
    Party,
)


class CustomerFields(Data):
    """The fields of a customer's file. Others are kept in `model_extra` for the rule that refuses or ignores them.

    `approach`: praise, service, gift … won the first talk (PR-08); `attraction`: product, price, promotion, convenience
    (PR-09); `spending_capacity`: a class, never an amount (PR-03, CN-02).
    """

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
    approach: Name | None = None
    attraction: Name | None = None
    spending_capacity: Name | None = None
    greeting_style: Name | None = None
    pain_points: Names | None = None
    tags: Names | None = None
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


class ContactStated(Data):
    """A person inside an organisation (PR-07, PR-29); stated again, the newest word on each field holds."""

    TYPE: ClassVar[str] = "holdfast.contact.stated.v1"

    contact_id: Name
    role: ContactRole
    handles: Handles | None = None
    department: Name | None = None


class ConsentChanged(Data):
    """`channel` None: all channels; `purpose` None: all purposes (CN-05)."""

    TYPE: ClassVar[str] = "holdfast.consent.changed.v1"

    channel: Name | None = None
    purpose: ConsentPurpose | None = None
    granted: Flag


class NeedStated(Need, Data):
    """`version` is upstream's own, compared per source."""

    TYPE: ClassVar[str] = "holdfast.need.stated.v1"

    version: Int64 | None = None


class LifeEventRecorded(Data):
    """`kind`: promotion, award, company_anniversary, illness, difficulty … (PR-13)."""

    TYPE: ClassVar[str] = "holdfast.life_event.recorded.v1"

    kind: Name
    on: BusinessDate
    volunteered: Flag


class ReferralRecorded(Data):
    """The subject has brought `referred` (PR-24)."""

    TYPE: ClassVar[str] = "holdfast.referral.recorded.v1"

    referred: Handle


class CustomerLeft(Data):
    """`reason` is a code of the policy's list; None is unknown (WB-01, GR-24)."""

    TYPE: ClassVar[str] = "holdfast.customer.left.v1"

    avoidable: Flag
    reason: Name | None = None


class CommitmentMade(Data):
    """A promise to the customer (PR-25)."""

    TYPE: ClassVar[str] = "holdfast.commitment.made.v1"

    commitment_id: Name
    text: Text | None = None
    owner: Name | None = None
    due_on: BusinessDate
    complaint_id: Name | None = None


class CommitmentFulfilled(Data):
    TYPE: ClassVar[str] = "holdfast.commitment.fulfilled.v1"

    commitment_id: Name


class MemberBenefit(Value):
    """`quota` None: without limit; the days, inclusive, default to the membership's term."""

    kind: Name
    quota: Count | None = None
    from_on: BusinessDate | None = None
    to_on: BusinessDate | None = None


class MembershipGranted(Data):
    """For the policy's `membership.term` from `from_on` (PR-26)."""

    TYPE: ClassVar[str] = "holdfast.membership.granted.v1"

    membership_id: Name
    from_on: BusinessDate
    benefits: Annotated[tuple[MemberBenefit, ...], Field(fail_fast=True, max_length=100)] = ()


class BenefitRecorded(Data):
    """`quantity` of `kind` (points, training …) granted or used, or the loss of it shown beforehand (LO-02)."""

    TYPE: ClassVar[str] = "holdfast.benefit.recorded.v1"

    action: BenefitAction
    kind: Name
    basis: BenefitBasis
    membership_id: Name | None = None
    quantity: Count | None = None
    from_on: BusinessDate | None = None
    to_on: BusinessDate | None = None
