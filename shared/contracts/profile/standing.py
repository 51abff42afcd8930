"""How things stand with the customer: occasions, promises, memberships, and how far it has come."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.data import Count, Data, Name
from shared.contracts.dates import BusinessDate
from shared.contracts.upstream import customers as told
from shared.contracts.values import BenefitBasis, BenefitStatus, ChurnKind, LifecycleStage


class LifeEventRecorded(told.LifeEventRecorded):
    TYPE: ClassVar[str] = "holdfast.profile.life_event.recorded.v1"


class ReferralRecorded(Data):
    TYPE: ClassVar[str] = "holdfast.profile.referral.recorded.v1"

    referred_customer_id: UUID


class MembershipGranted(Data):
    """`to_on` is the last day of the term."""

    TYPE: ClassVar[str] = "holdfast.profile.membership.granted.v1"

    membership_id: Name
    from_on: BusinessDate
    to_on: BusinessDate | None = None
    benefits: Annotated[tuple[told.MemberBenefit, ...], Field(fail_fast=True, max_length=100)] = ()


class BenefitChanged(Data):
    """`remaining` None: without limit."""

    TYPE: ClassVar[str] = "holdfast.profile.benefit.changed.v1"

    kind: Name
    basis: BenefitBasis
    status: BenefitStatus
    remaining: Count | None = None


class CommitmentMade(Data):
    TYPE: ClassVar[str] = "holdfast.profile.commitment.made.v1"

    commitment_id: Name
    owner: Name | None = None
    due_on: BusinessDate
    complaint_id: Name | None = None


class CommitmentFulfilled(told.CommitmentFulfilled):
    TYPE: ClassVar[str] = "holdfast.profile.commitment.fulfilled.v1"


class LifecycleChanged(Data):
    TYPE: ClassVar[str] = "holdfast.profile.lifecycle.changed.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    from_: LifecycleStage = Field(alias="from")
    to: LifecycleStage


class CustomerChurned(Data):
    """`reason` is a neutral code (CN-07); `unknown` where nobody has said why (WB-01)."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.churned.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    kind: ChurnKind
    reason: Name


class CustomerWonBack(Data):
    TYPE: ClassVar[str] = "holdfast.profile.customer.won_back.v1"

    on: BusinessDate


class CustomerExited(Data):
    """We ended it, on a person's decision (GR-20)."""

    TYPE: ClassVar[str] = "holdfast.profile.customer.exited.v1"

    on: BusinessDate
