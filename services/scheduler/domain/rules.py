"""All that the engine knows of the scheduler."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.scheduler.domain.agents import AgentState, DescribeAgent, HandOver, StandIn, agent_stream
from services.scheduler.domain.commands import (
    ApproveTask,
    CancelTask,
    CompleteFollowup,
    CompleteTask,
    CreateTask,
    DecideExit,
    OfferProduct,
    SnoozeTask,
)
from services.scheduler.domain.decide import State, decide, redecide
from services.scheduler.domain.launches import LaunchState, launch_stream
from services.scheduler.domain.rows import ComplaintCase, ExitReview, Followup, Task
from services.scheduler.domain.schedule import announce, remains
from services.scheduler.domain.state import CustomerState
from services.scheduler.domain.wake import next_wake
from shared.contracts.feedback import (
    ComplaintFaultFound,
    ComplaintOpened,
    ComplaintReopened,
    ComplaintResolved,
    RemediationStarted,
    RemediationStepAdded,
    RemediationStepCompleted,
)
from shared.contracts.grading import ExitReviewRequested
from shared.contracts.profile import ProductLaunched
from shared.contracts.topics import DEFAULT
from shared.engine.decision import Context, Event, RowKey, Rows, Rules, StreamKey
from shared.engine.routing import alias_keys, by_customer, home_of, only_its_customer


def names(event: Event) -> Iterator[RowKey]:
    """The ledger rows that an event's rule asks for."""
    if _other_stream(event) is not None:
        return
    yield from alias_keys(event)
    match event.data:
        case (
            ComplaintOpened(case_id=case_id)
            | ComplaintFaultFound(case_id=case_id)
            | ComplaintResolved(case_id=case_id)
            | ComplaintReopened(case_id=case_id)
            | RemediationStarted(case_id=case_id)
            | RemediationStepAdded(case_id=case_id)
            | RemediationStepCompleted(case_id=case_id)
        ):
            yield RowKey(ComplaintCase, case_id)
        case CompleteFollowup(followup_id=followup_id):
            yield RowKey(Followup, followup_id)
        case (
            CompleteTask(task_id=task_id)
            | ApproveTask(task_id=task_id)
            | CancelTask(task_id=task_id)
            | SnoozeTask(task_id=task_id)
        ):
            yield RowKey(Task, task_id)
        case DecideExit(review_id=review_id) | ExitReviewRequested(review_id=review_id):
            yield RowKey(ExitReview, review_id)


def _candidates(event: Event, rows: Rows) -> tuple[StreamKey, ...]:
    other = _other_stream(event)
    return only_its_customer(event, rows) if other is None else (other,)


def _route(event: Event, rows: Rows) -> StreamKey:
    return _other_stream(event) or by_customer(event, rows)


def _other_stream(event: Event) -> StreamKey | None:
    """Of what is about no customer."""
    match event.data:
        case ProductLaunched(product=product):
            return launch_stream(product)
        case DescribeAgent(agent_id=agent) | StandIn(agent_id=agent) | HandOver(agent_id=agent):
            return agent_stream(agent)
        case _:
            return None


def _next_wake(state: State, context: Context) -> datetime | None:
    return next_wake(state, context) if isinstance(state, CustomerState) else None


COMMANDS: Final = (
    CompleteFollowup,
    CompleteTask,
    CreateTask,
    ApproveTask,
    CancelTask,
    SnoozeTask,
    DecideExit,
    OfferProduct,
    DescribeAgent,
    StandIn,
    HandOver,
)
RULES: Final = Rules(
    service="scheduler",
    states={"customer": CustomerState, "launch": LaunchState, "agent": AgentState},
    commands=(
        CompleteFollowup,
        CompleteTask,
        CreateTask,
        ApproveTask,
        CancelTask,
        SnoozeTask,
        DecideExit,
        OfferProduct,
    ),
    decide=decide,
    next_wake=_next_wake,
    names=names,
    candidates=_candidates,
    route=_route,
    announce=announce,
    redecide=redecide,
    remains=remains,
    home=home_of,
    outbound=DEFAULT.scheduler,
)
