"""What people tell feedback over HTTP, as events."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.feedback.domain.commands_of_things import COMMANDS_OF_THINGS
from services.feedback.domain.importing import ImportFigure
from shared.contracts.data import Command, Flag, Name, Names, Text
from shared.contracts.dates import BusinessDate
from shared.contracts.values import Fault, NeedGiven, Step, StepResult, WinbackStep

Category = Literal["process", "training", "technology", "product", "delivery", "information", "other"]


class Measure(Command):
    """What keeps a departure from happening again, and what of the experience it betters (WB-06)."""

    element: Name
    text: Text


class StepReport(Command):
    """How a step ended: done, declined by us, rejected by the customer.

    `customer_told` belongs to R7, `displeasure_resolved`, `opinions` and `plan` to W3, `measure` to W5.
    """

    result: StepResult
    reason: Text | None = None
    channel: Name | None = None
    outcome: Name | None = None
    need: NeedGiven | None = None
    agent: Name | None = None
    note: Text | None = None
    customer_told: Flag | None = None
    displeasure_resolved: Flag | None = None
    opinions: Text | None = None
    plan: Text | None = None
    measure: Measure | None = None


class CompleteStep(StepReport):
    TYPE: ClassVar[str] = "holdfast.feedback.command.complete_step.v1"

    case_id: UUID
    step: Step | WinbackStep


class Satisfaction(Command):
    """What the customer says at the end: only a satisfied one closes a case (CP-16)."""

    customer_satisfied: Flag
    channel: Name | None = None
    note: Text | None = None


class ResolveCase(Satisfaction):
    TYPE: ClassVar[str] = "holdfast.feedback.command.resolve_case.v1"

    case_id: UUID


class CauseFound(Command):
    """One finding about a process; no field names a person (WB-07)."""

    category: Category
    element: Name | None = None
    touchpoint: Name | None = None
    text: Text | None = None


class CauseReport(Command):
    """Whose fault it is, and the causes: the whole list, in the place of the last one; what is left out stays."""

    fault: Fault | None = None
    causes: Annotated[tuple[CauseFound, ...], Field(max_length=50)] | None = None


class FindCause(CauseReport):
    TYPE: ClassVar[str] = "holdfast.feedback.command.find_cause.v1"

    case_id: UUID


class CaseAction(StrEnum):
    """What people do with a case besides its steps."""

    PAUSE = "pause"
    RESUME = "resume"
    REASSIGN = "reassign"
    ESCALATE = "escalate"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


class CaseChange(Command):
    """`to`: who takes it, or to whom it is escalated."""

    reason: Text | None = None
    to: Name | None = None


class ChangeCase(CaseChange):
    TYPE: ClassVar[str] = "holdfast.feedback.command.change_case.v1"

    case_id: UUID
    action: CaseAction


class BulkChange(CaseChange):
    """The same for many cases, each by itself."""

    case_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=500)]
    action: CaseAction


class Tag(Command):
    element: Name
    touchpoint: Name | None = None
    aspects: Names | None = None


class TagFeedback(Tag):
    TYPE: ClassVar[str] = "holdfast.feedback.command.tag_feedback.v1"

    feedback_id: Name


class ActionPlan(Command):
    action: Text
    owner: Name
    due_on: BusinessDate


class PlanFeedback(ActionPlan):
    TYPE: ClassVar[str] = "holdfast.feedback.command.plan_feedback.v1"

    feedback_id: Name


class PlanDone(Command):
    """`result`: what came of it."""

    result: Text | None = None


class CompletePlan(PlanDone):
    TYPE: ClassVar[str] = "holdfast.feedback.command.complete_plan.v1"

    feedback_id: Name


COMMANDS = (
    CompleteStep,
    ResolveCase,
    FindCause,
    ChangeCase,
    TagFeedback,
    PlanFeedback,
    CompletePlan,
    *COMMANDS_OF_THINGS,
    ImportFigure,
)
