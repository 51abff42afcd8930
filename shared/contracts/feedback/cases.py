"""Cases: what a complaint or a departure opens, and the steps to its end."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.data import Count, Data, Flag, Name, Names, Value
from shared.contracts.dates import BusinessDate
from shared.contracts.scheduler import RefreshedNeed
from shared.contracts.values import Fault, Severity, Step, StepResult, WinbackStep


class PlannedStep(Value):
    step: Step
    due_on: BusinessDate
    entitlements: Names | None = None


class ComplaintOpened(Data):
    """`opened_on` is the day of the complaint itself, which may lie before the day it is said."""

    TYPE: ClassVar[str] = "holdfast.feedback.complaint.opened.v1"

    case_id: UUID
    complaint_id: Name
    fault: Fault
    severity: Severity
    opened_on: BusinessDate
    acknowledge_by_on: BusinessDate


class RemediationStarted(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.remediation.started.v1"

    case_id: UUID
    steps: Annotated[tuple[PlannedStep, ...], Field(fail_fast=True, max_length=20)]


class RemediationStepCompleted(Data):
    """With `outcome` and `need` it completes the open follow-up too."""

    TYPE: ClassVar[str] = "holdfast.feedback.remediation.step_completed.v1"

    case_id: UUID
    step: Step
    result: StepResult
    channel: Name | None = None
    outcome: Name | None = None
    need: RefreshedNeed | None = None
    agent: Name | None = None


class RemediationStepAdded(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.remediation.step_added.v1"

    case_id: UUID
    step: Step
    due_on: BusinessDate
    because: Name


class ComplaintFaultFound(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.complaint.fault_found.v1"

    case_id: UUID
    complaint_id: Name
    fault: Fault


class ComplaintResolved(Data):
    """`days` from opened to resolved."""

    TYPE: ClassVar[str] = "holdfast.feedback.complaint.resolved.v1"

    case_id: UUID
    days: Count


class ComplaintReopened(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.complaint.reopened.v1"

    case_id: UUID


class CaseMoved(Data):
    """What is open of it falls on another day now: after a pause, by another policy, or because it was opened again.

    `step`: acknowledge, R1…R7 or W1…W5. A reopening says it of all that is still owed.
    """

    TYPE: ClassVar[str] = "holdfast.feedback.case.moved.v1"

    case_id: UUID
    step: Name
    due_on: BusinessDate


class CaseWarned(Data):
    """A deadline of the case, or of one step, is near. `due_on` as it stands."""

    TYPE: ClassVar[str] = "holdfast.feedback.case.warned.v1"

    case_id: UUID
    step: Name | None = None
    due_on: BusinessDate


class CaseBreached(Data):
    """Said once per deadline."""

    TYPE: ClassVar[str] = "holdfast.feedback.case.breached.v1"

    case_id: UUID
    step: Name | None = None
    due_on: BusinessDate


class PlannedWinbackStep(Value):
    """`channels`: the only ones it may be done over; None: any."""

    step: WinbackStep
    due_on: BusinessDate
    channels: Names | None = None


class WinbackStarted(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.winback.started.v1"

    case_id: UUID
    steps: Annotated[tuple[PlannedWinbackStep, ...], Field(fail_fast=True, max_length=20)]


class WinbackStepCompleted(Data):
    """With `outcome` and `need` it completes the open follow-up too."""

    TYPE: ClassVar[str] = "holdfast.feedback.winback.step_completed.v1"

    case_id: UUID
    step: WinbackStep
    result: StepResult
    channel: Name | None = None
    outcome: Name | None = None
    need: RefreshedNeed | None = None
    agent: Name | None = None


class WinbackStepBlocked(Data):
    """No consented channel is left for it: a person decides."""

    TYPE: ClassVar[str] = "holdfast.feedback.winback.step_blocked.v1"

    case_id: UUID
    step: WinbackStep
    because: Name


class WinbackClosed(Data):
    TYPE: ClassVar[str] = "holdfast.feedback.winback.closed.v1"

    case_id: UUID
    won: Flag
