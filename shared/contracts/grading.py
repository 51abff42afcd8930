"""What grading says: the grade with its axes, and the value tier."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.data import Data, Flag, Int64, Name, Names, Value
from shared.contracts.dates import BusinessDate
from shared.contracts.values import Basis, DealStatus, Demand, Grade, Importance, Segment, Tier, Urgency


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

    tier: Tier
    previous: Tier | None = None
    basis: Basis
    supply_priority: Flag
    segments: Annotated[tuple[Segment, ...], Field(fail_fast=True, max_length=20)] = ()
