"""What our own people learnt: needs refreshed by follow-ups, tasks and steps, and the contacts these were."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from services.profile.domain.ledgers import TimelineEntry
from services.profile.domain.lifecycle import decide_moved
from services.profile.domain.needs import state_need
from services.profile.domain.state import CustomerState, Learnt
from services.profile.domain.timeline import entry_of
from shared.contracts.feedback import RemediationStepCompleted, WinbackStepCompleted
from shared.contracts.scheduler import FollowupCompleted, TaskCompleted
from shared.contracts.values import Direction, FollowupMode
from shared.engine.decision import Accepted, Context, Decision, Event

Done = FollowupCompleted | TaskCompleted | RemediationStepCompleted | WinbackStepCompleted
DETAILS: Final = {"outcome", "journal", "on_time", "kind", "case_id", "step", "result"}


def decide_work_done(state: CustomerState, event: Event, context: Context) -> Decision:
    """The need as it was found is a version of its own; a contact is an entry of the timeline, a desk review none."""
    data = event.data
    if not isinstance(data, Done):
        raise TypeError(f"{data.TYPE} completes no work")
    rows = _entries(data, event, context)
    state = replace(state, learnt=_learnt(state, data, event))
    if data.need is None:
        return Accepted(state, rows=rows)
    decision = state_need(state, data.need, data.need.stated_at, event, context)
    return replace(decision, rows=(*rows, *decision.rows)) if isinstance(decision, Accepted) else decision


def decide_winback_step(state: CustomerState, event: Event, context: Context) -> Decision:
    """Work like any other, and W4 done wins the customer back (T76)."""
    moved = decide_moved(state, event, context)
    return decide_work_done(moved.state if isinstance(moved, Accepted) else state, event, context)


def _entries(data: Done, event: Event, context: Context) -> tuple[TimelineEntry, ...]:
    is_contact = data.mode is FollowupMode.CONTACT if isinstance(data, FollowupCompleted) else data.channel is not None
    if not is_contact:
        return ()
    bare = entry_of(event, context, _name(data))
    details = data.model_dump(mode="json", include=DETAILS, exclude_none=True)
    return (replace(bare, channel=data.channel, direction=Direction.OUTBOUND, agent=data.agent, details=details),)


def _learnt(state: CustomerState, data: Done, event: Event) -> Learnt | None:
    if data.outcome is None:
        return state.learnt
    learnt = Learnt(event.time, event.id, _name(data), data.outcome, data.agent)
    return max((one for one in (state.learnt, learnt) if one), key=_last)


def _last(learnt: Learnt) -> tuple[datetime, str, str, str, str]:
    """Of one instant by what was said: ids of commands differ when they are given again."""
    return (learnt.at, learnt.type, learnt.outcome, learnt.agent or "", learnt.event_id)


def _name(data: Done) -> str:
    match data:
        case FollowupCompleted():
            return "followup.completed"
        case TaskCompleted():
            return "task.completed"
        case RemediationStepCompleted():
            return "remediation.step_completed"
        case WinbackStepCompleted():
            return "winback.step_completed"
