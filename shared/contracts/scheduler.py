"""What the scheduler says: the follow-up journal, the tasks, contacts held back, promises broken."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts import service
from shared.contracts.data import Count, Data, Flag, Name, Names
from shared.contracts.dates import BusinessDate, Instant
from shared.contracts.values import DueBecause, FollowupMode, Journal, Need, SuppressedBy


class RefreshedNeed(Need):
    """The need as the follow-up found it; it takes its place among the needs by `stated_at`."""

    stated_at: Instant


class FollowupScheduled(Data):
    TYPE: ClassVar[str] = "holdfast.scheduler.followup.scheduled.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    followup_id: UUID
    journal: Journal
    due_on: BusinessDate
    because: Annotated[tuple[DueBecause, ...], Field(fail_fast=True, max_length=10)]


class FollowupDue(Data):
    TYPE: ClassVar[str] = "holdfast.scheduler.followup.due.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    followup_id: UUID
    due_on: BusinessDate


class FollowupOverdue(Data):
    TYPE: ClassVar[str] = "holdfast.scheduler.followup.overdue.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    followup_id: UUID
    journal: Journal | None = None
    due_on: BusinessDate
    days: Count


class FollowupEscalated(Data):
    """Once for each rung of the policy's ladder: overdue for so many days, it is this role's matter as well."""

    TYPE: ClassVar[str] = "holdfast.scheduler.followup.escalated.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    followup_id: UUID
    due_on: BusinessDate
    days: Count
    to: Name


class FollowupSuperseded(Data):
    TYPE: ClassVar[str] = "holdfast.scheduler.followup.superseded.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    followup_id: UUID
    because: Name


class FollowupCompleted(Data):
    TYPE: ClassVar[str] = "holdfast.scheduler.followup.completed.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True

    followup_id: UUID
    journal: Journal
    due_on: BusinessDate
    mode: FollowupMode
    channel: Name | None = None
    outcome: Name
    need: RefreshedNeed
    on_time: Flag
    agent: Name | None = None


class TaskCreated(Data):
    TYPE: ClassVar[str] = "holdfast.scheduler.task.created.v1"

    task_id: UUID
    kind: Name
    occasion: Name | None = None
    channel: Name | None = None
    due_on: BusinessDate
    owner: Name | None = None
    options: Names | None = None
    caused_by_case: UUID | None = None
    step: Name | None = None
    service_type: Name | None = None


class TaskCompleted(Data):
    TYPE: ClassVar[str] = "holdfast.scheduler.task.completed.v1"

    task_id: UUID
    kind: Name
    channel: Name | None = None
    outcome: Name
    need: RefreshedNeed | None = None
    agent: Name | None = None
    caused_by_case: UUID | None = None


class TaskCancelled(Data):
    """`reason` is a code: the words of a person stay in the scheduler."""

    TYPE: ClassVar[str] = "holdfast.scheduler.task.cancelled.v1"

    task_id: UUID
    kind: Name
    reason: Name | None = None


class TaskOverdue(Data):
    TYPE: ClassVar[str] = "holdfast.scheduler.task.overdue.v1"

    task_id: UUID
    kind: Name
    due_on: BusinessDate
    days: Count


class TaskEscalated(Data):
    """As `followup.escalated`."""

    TYPE: ClassVar[str] = "holdfast.scheduler.task.escalated.v1"

    task_id: UUID
    kind: Name
    due_on: BusinessDate
    days: Count
    to: Name


class ContactSuppressed(Data):
    """Said once per occasion; `until`: when it may go, None where that is not a matter of time."""

    TYPE: ClassVar[str] = "holdfast.scheduler.contact.suppressed.v1"

    task_id: UUID | None = None
    rule: SuppressedBy
    until: Instant | None = None


class CommitmentBreached(Data):
    TYPE: ClassVar[str] = "holdfast.scheduler.commitment.breached.v1"

    commitment_id: Name


class ExitDecided(Data):
    TYPE: ClassVar[str] = "holdfast.scheduler.exit.decided.v1"

    review_id: UUID
    approved: Flag


class PolicyActivated(service.PolicyActivated):
    __doc__ = service.PolicyActivated.__doc__

    TYPE: ClassVar[str] = "holdfast.scheduler.policy.activated.v1"


class ErasureCompleted(service.ErasureCompleted):
    __doc__ = service.ErasureCompleted.__doc__

    TYPE: ClassVar[str] = "holdfast.scheduler.erasure.completed.v1"
