"""Policy: grievances and complaints, and how they are put right."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.contracts.data import Flag
from shared.contracts.policy_numbers import Codes, Days, Section, Share, Times, complete
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
    supervisor_when: SupervisorWhen

    @model_validator(mode="after")
    def _has_every_step(self) -> Self:
        complete(Step, self.due_days, "remediation.due_days")
        return self


class Winback(Section):
    due_days: dict[WinbackStep, Days]

    @model_validator(mode="after")
    def _has_every_step(self) -> Self:
        complete(WinbackStep, self.due_days, "winback.due_days")
        return self


class Reply(Section):
    days: Days
