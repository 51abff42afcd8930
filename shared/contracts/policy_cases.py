"""Policy: grievances and complaints, and how they are put right."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.contracts.data import Flag, Name
from shared.contracts.policy_numbers import Codes, Days, Number, Section, Share, Times, complete
from shared.contracts.values import Severity, Step, Tier, WinbackStep


class Grievance(Section):
    limit: Annotated[int, Field(ge=1, le=1000, strict=True)]
    window_days: Days


class Complaint(Section):
    reach_rate: Annotated[Share, Field(gt=0)]
    bonus_rate: Share
    bonus_min_contacts: Times
    urgent_days: Days
    acknowledge_days: Days
    resolve_days: dict[Severity, Days]
    """After it is opened."""
    warn_days: Days
    """So long before the end of a deadline; 0: never."""
    escalation: Codes
    """To whom a case goes with each breach, rung by rung."""

    @model_validator(mode="after")
    def _has_every_severity(self) -> Self:
        complete(Severity, self.resolve_days, "complaint.resolve_days")
        return self


class SupervisorWhen(Section):
    """The supervisor negotiates (R4) when any of these holds; `rejected` is a remedy that the customer rejected."""

    severity: Annotated[tuple[Severity, ...], Field(max_length=2)]
    tiers: Annotated[tuple[Tier, ...], Field(max_length=3)]
    repeat_days: Days
    rejected: Flag


class Remediation(Section):
    """`due_days` after the case is opened."""

    due_days: dict[Step, Days]
    entitlements: Codes
    """What a guarantee gives a right to (CP-15)."""
    correct_first: Flag
    """A benefit does not stand for a correction that can be made (CN-10)."""
    supervisor_when: SupervisorWhen

    @model_validator(mode="after")
    def _has_every_step(self) -> Self:
        complete(Step, self.due_days, "remediation.due_days")
        return self


class Objective(Section):
    """What a figure is to be: one of the two."""

    at_least: Number | None = None
    at_most: Number | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("guarantee.objectives: give at_least or at_most of each")
        return self


class Guarantee(Section):
    """The register of guarantees: the quality policy, and its objectives by kpi (CP-15)."""

    quality_policy: Codes
    objectives: Annotated[dict[Name, Objective], Field(max_length=50)]


class Winback(Section):
    due_days: dict[WinbackStep, Days]

    @model_validator(mode="after")
    def _has_every_step(self) -> Self:
        complete(WinbackStep, self.due_days, "winback.due_days")
        return self


class Reply(Section):
    days: Days
