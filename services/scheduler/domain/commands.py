"""HTTP bodies, and the commands that they become."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.contracts.data import Command, Currency, Flag, Minor, Name, Names, Text, Value
from shared.contracts.dates import BusinessDate, Instant
from shared.contracts.values import ConsentPurpose, FollowupMode, NeedGiven


class FollowupReport(Value):
    """The body of POST /v1/followups/{id}/complete; what is missing is the rule's to refuse, by its own name."""

    model_config = ConfigDict(extra="forbid")

    mode: FollowupMode | None = None
    channel: Name | None = None
    outcome: Name | None = None
    need: NeedGiven | None = None
    agent: Name | None = None
    note: Text | None = None


class CompleteFollowup(FollowupReport, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.complete_followup.v1"

    followup_id: UUID


class TaskReport(Value):
    """The body of POST /v1/tasks/{id}/complete."""

    model_config = ConfigDict(extra="forbid")

    outcome: Name
    channel: Name | None = None
    need: NeedGiven | None = None
    agent: Name | None = None
    note: Text | None = None


class MeetingAsked(Value):
    """The customer meeting that a dinner or a tour belongs to (CA-11, CA-12)."""

    model_config = ConfigDict(extra="forbid")

    cycle: Literal["quarterly", "half_yearly", "annual"]
    theme: Literal["ordering", "new_product", "review"]
    items: Annotated[tuple[Literal["lecture", "award"], ...], Field(max_length=10)] = ()


class TaskAsked(Value):
    """What POST /v1/tasks says about the task itself."""

    model_config = ConfigDict(extra="forbid")

    kind: Name
    due_on: BusinessDate | None = None
    due_at: Instant | None = None
    """An appointment's hour; its day is the customer's."""
    channel: Name | None = None
    owner: Name | None = None
    department: Name | None = None
    purpose: Name | None = None
    consent_purpose: ConsentPurpose | None = None
    amount: Annotated[Minor, Field(ge=0)] | None = None
    currency: Currency | None = None
    approvers: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    special: Flag = False
    meeting: MeetingAsked | None = None
    service_type: Name | None = None
    note: Text | None = None


class TaskOrder(TaskAsked):
    """The body of POST /v1/tasks: for one customer, or for those of several whom the seats are enough for."""

    customer_id: UUID | None = None
    customer_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=200)] | None = None
    seats: Annotated[int, Field(ge=1, le=10_000, strict=True)] | None = None


class CreateTask(TaskAsked, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.create_task.v1"


class ApprovalGiven(Value):
    """The body of POST /v1/tasks/{id}/approve."""

    model_config = ConfigDict(extra="forbid")

    approver: Name
    approved: Flag = True
    reason: Text | None = None


class ApproveTask(ApprovalGiven, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.approve_task.v1"

    task_id: UUID


class Cancellation(Value):
    """The body of POST /v1/tasks/{id}/cancel."""

    model_config = ConfigDict(extra="forbid")

    reason: Text


class CancelTask(Cancellation, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.cancel_task.v1"

    task_id: UUID


class Assignment(Value):
    """The body of POST /v1/tasks/{id}/assign; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    owner: Name | None = None
    department: Name | None = None


class AssignTask(Assignment, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.assign_task.v1"

    task_id: UUID


class Snooze(Value):
    """The body of POST /v1/tasks/{id}/snooze."""

    model_config = ConfigDict(extra="forbid")

    until_on: BusinessDate
    reason: Text


class SnoozeTask(Snooze, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.snooze_task.v1"

    task_id: UUID


class ExitDecision(Value):
    """The body of POST /v1/exit-reviews/{id}/decide."""

    model_config = ConfigDict(extra="forbid")

    approved: Flag
    by: Name
    reason: Text


class DecideExit(ExitDecision, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.decide_exit.v1"

    review_id: UUID


class OfferProduct(Command):
    """A launched product reaches one customer who may fit: said by the launch's own job."""

    TYPE: ClassVar[str] = "holdfast.scheduler.command.offer_product.v1"

    product: Name
    tags: Names = ()
    pilot: Flag | None = None


class CompleteTask(TaskReport, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.complete_task.v1"

    task_id: UUID
