"""What people tell feedback of improvements and promises, as events: streams that are nobody's."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.data import Command, Name, Text
from shared.contracts.dates import BusinessDate

Rating = Annotated[int, Field(ge=1, le=5, strict=True)]
Mean = Annotated[float, Field(ge=-1000, le=1000)]


class Ratings(Command):
    """Impact on satisfaction, feasibility and cost, scope of touchpoints; `baseline`: the mean score before."""

    element: Name | None = None
    impact: Rating | None = None
    feasibility: Rating | None = None
    scope: Rating | None = None
    baseline: Mean | None = None


class RateImprovement(Ratings):
    TYPE: ClassVar[str] = "holdfast.feedback.command.rate_improvement.v1"

    item_id: UUID


class NewImprovement(Ratings):
    element: Name
    title: Text | None = None


class OpenImprovement(NewImprovement):
    TYPE: ClassVar[str] = "holdfast.feedback.command.open_improvement.v1"

    item_id: UUID


class SolutionGiven(Command):
    type: Name
    owner: Name
    due_on: BusinessDate
    text: Text | None = None


class DecideSolution(SolutionGiven):
    TYPE: ClassVar[str] = "holdfast.feedback.command.decide_solution.v1"

    item_id: UUID


class ProgressReport(Command):
    """`on` belongs to the step implement, `now` to monitor."""

    on: BusinessDate | None = None
    now: Mean | None = None


class CompleteImprovement(ProgressReport):
    """`measured`: the mean score of the element when it was said, before the solution or since."""

    TYPE: ClassVar[str] = "holdfast.feedback.command.complete_improvement.v1"

    item_id: UUID
    step: Literal["implement", "monitor"]
    measured: Mean | None = None


class NewPromise(Command):
    title: Text
    touchpoints: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]


class OpenPromise(NewPromise):
    TYPE: ClassVar[str] = "holdfast.feedback.command.open_promise.v1"

    promise_id: UUID


class Confirmation(Command):
    touchpoint: Name
    by: Name


class ConfirmPromise(Confirmation):
    TYPE: ClassVar[str] = "holdfast.feedback.command.confirm_promise.v1"

    promise_id: UUID


class ActivatePromise(Command):
    TYPE: ClassVar[str] = "holdfast.feedback.command.activate_promise.v1"

    promise_id: UUID


COMMANDS_OF_THINGS = (
    OpenImprovement,
    RateImprovement,
    DecideSolution,
    CompleteImprovement,
    OpenPromise,
    ConfirmPromise,
    ActivatePromise,
)
