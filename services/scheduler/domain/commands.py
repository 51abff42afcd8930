"""HTTP bodies, and the commands that they become."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import ConfigDict

from shared.contracts.data import Command, Name, Text, Value
from shared.contracts.values import FollowupMode, NeedGiven


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


class CompleteTask(TaskReport, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.complete_task.v1"

    task_id: UUID
