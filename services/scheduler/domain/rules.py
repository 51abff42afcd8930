"""All that the engine knows of the scheduler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from services.scheduler.domain.agents import AgentState, DescribeAgent, HandOver, Return, StandIn, agent_stream
from services.scheduler.domain.commands import (
    ApproveTask,
    AssignTask,
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
from shared.contracts.data import Data
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

NAMED: Final[Mapping[type[Data], tuple[type[Struct], str]]] = {
    ComplaintOpened: (ComplaintCase, "case_id"),
    ComplaintFaultFound: (ComplaintCase, "case_id"),
    ComplaintResolved: (ComplaintCase, "case_id"),
    ComplaintReopened: (ComplaintCase, "case_id"),
    RemediationStarted: (ComplaintCase, "case_id"),
    RemediationStepAdded: (ComplaintCase, "case_id"),
    RemediationStepCompleted: (ComplaintCase, "case_id"),
    CompleteFollowup: (Followup, "followup_id"),
    CompleteTask: (Task, "task_id"),
    ApproveTask: (Task, "task_id"),
    AssignTask: (Task, "task_id"),
    CancelTask: (Task, "task_id"),
    SnoozeTask: (Task, "task_id"),
    DecideExit: (ExitReview, "review_id"),
    ExitReviewRequested: (ExitReview, "review_id"),
}
"""What an event is about besides its customer: the ledger, and the field that has the key."""
OF_NOBODY: Final = frozenset((ProductLaunched, DescribeAgent, StandIn, Return, HandOver))


def names(event: Event) -> Iterator[RowKey]:
    """The ledger rows that an event's rule asks for."""
    if type(event.data) in OF_NOBODY:
        return
    yield from alias_keys(event)
    if (named := NAMED.get(type(event.data))) is not None:
        table, field = named
        yield RowKey(table, getattr(event.data, field))


def _candidates(event: Event, rows: Rows) -> tuple[StreamKey, ...]:
    other = _other_stream(event)
    return only_its_customer(event, rows) if other is None else (other,)


def _route(event: Event, rows: Rows) -> StreamKey:
    return _other_stream(event) or by_customer(event, rows)


def _other_stream(event: Event) -> StreamKey | None:
    """Of what is about no customer."""
    if type(event.data) not in OF_NOBODY:
        return None
    match event.data:
        case ProductLaunched(product=product):
            return launch_stream(product)
        case (
            DescribeAgent(agent_id=agent) | StandIn(agent_id=agent) | Return(agent_id=agent) | HandOver(agent_id=agent)
        ):
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
    AssignTask,
    CancelTask,
    SnoozeTask,
    DecideExit,
    OfferProduct,
    DescribeAgent,
    StandIn,
    Return,
    HandOver,
)
RULES: Final = Rules(
    service="scheduler",
    states={"customer": CustomerState, "launch": LaunchState, "agent": AgentState},
    commands=COMMANDS,
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
