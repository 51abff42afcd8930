"""What grading says: the grade with its axes, the value tier, and what follows from value and silence."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts import service
from shared.contracts.data import Currency, Data, Flag, Int64, Minor, Name, Names, Value
from shared.contracts.dates import BusinessDate
from shared.contracts.values import (
    Basis,
    ChurnLevel,
    DealStatus,
    Demand,
    Grade,
    Importance,
    Loyalty,
    OverrideEnd,
    OverrideField,
    Segment,
    Tier,
    Urgency,
)


class Reason(Value):
    """One rule that had a say: its name, what it looked at (no customer's words), points where it gives any."""

    rule: Name
    input: Annotated[str, Field(max_length=500)]
    points: Int64 | None = None


class GradeAssigned(Data):
    """Said for every change of letter, axis or flag and after every follow-up; `changed` is about the letter alone.

    `flags` are words of `values.GradeFlag`, and an open set for readers.
    """

    TYPE: ClassVar[str] = "holdfast.grading.grade.assigned.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    grade: Grade
    previous: Grade | None = None
    changed: Flag
    basis: Basis
    deal_status: DealStatus
    importance: Importance
    urgency: Urgency
    demand: Demand
    flags: Names = ()
    policy_id: Name
    reasons: Annotated[tuple[Reason, ...], Field(fail_fast=True, max_length=50)] = ()
    as_of: BusinessDate


class TierAssigned(Data):
    TYPE: ClassVar[str] = "holdfast.grading.tier.assigned.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    tier: Tier
    previous: Tier | None = None
    basis: Basis
    supply_priority: Flag
    segments: Annotated[tuple[Segment, ...], Field(fail_fast=True, max_length=20)] = ()


class ValueComputed(Data):
    """`clv` = `historic` + `future`; `profit_12m` of the last twelve months (GR-17, GR-18)."""

    TYPE: ClassVar[str] = "holdfast.grading.value.computed.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    clv: Minor
    historic: Minor
    future: Minor
    profit_12m: Minor
    currency: Currency


class LoyaltyAssigned(Data):
    TYPE: ClassVar[str] = "holdfast.grading.loyalty.assigned.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    loyalty: Loyalty


class ChurnRiskRaised(Data):
    """`p_buy`: the model's probability of an order within 13 weeks, 0 to 1."""

    TYPE: ClassVar[str] = "holdfast.grading.churn_risk.raised.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    level: ChurnLevel
    p_buy: Annotated[float, Field(ge=0, le=1)] | None = None


class ExitReviewRequested(Data):
    """A person decides; nothing ends by itself (GR-19)."""

    TYPE: ClassVar[str] = "holdfast.grading.exit_review.requested.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    review_id: UUID
    profit: Minor
    currency: Currency


class UpliftSuggested(Data):
    TYPE: ClassVar[str] = "holdfast.grading.uplift.suggested.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    from_: Tier = Field(alias="from")
    to: Tier


class OverrideEnded(Data):
    TYPE: ClassVar[str] = "holdfast.grading.override.ended.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    override_id: UUID
    field: OverrideField
    because: OverrideEnd


class PolicyActivated(service.PolicyActivated):
    __doc__ = service.PolicyActivated.__doc__

    TYPE: ClassVar[str] = "holdfast.grading.policy.activated.v1"


class ErasureCompleted(service.ErasureCompleted):
    __doc__ = service.ErasureCompleted.__doc__

    TYPE: ClassVar[str] = "holdfast.grading.erasure.completed.v1"
