"""A follow-up completed: over HTTP, or by a task or a case's step that brought a refreshed record (SC-07, X-03)."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from services.scheduler.domain.commands import CompleteFollowup
from services.scheduler.domain.contact import contacted
from services.scheduler.domain.contacts import made
from services.scheduler.domain.escalating import all_attended
from services.scheduler.domain.rows import Followup
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of
from shared.contracts.policy import Policy
from shared.contracts.scheduler import FollowupCompleted, RefreshedNeed
from shared.contracts.values import FollowupMode, Need
from shared.engine.decision import Context, Event, Fact, Refused


class Record(Struct, frozen=True):
    """What the person who completed it wrote down."""

    mode: FollowupMode
    outcome: str
    need: RefreshedNeed
    channel: str | None = None
    agent: str | None = None
    note: str | None = None


def decide_complete_followup(state: CustomerState, _event: Event, asked: CompleteFollowup, context: Context) -> Answer:
    """POST /v1/followups/{id}/complete; the open follow-up stands for those of its cycle that it took the place of."""
    record = _record(asked, context)
    if isinstance(record, Refused):
        return record
    row = context.rows.get(Followup, asked.followup_id)
    if state.open is None or (row is not None and not context.again and _is_done(row, state, context)):
        return Refused("followup_completed", "This follow-up is completed; complete the open one of the journal.", 409)
    return complete_followup(state, record, context)


def complete_followup(state: CustomerState, record: Record, context: Context) -> Change:
    """Close the open follow-up, if there is one, with a refreshed record; a desk review is no contact (T22)."""
    if state.open is None:
        return Change(state)
    today = day_of(state, context.now, context)
    done = replace(
        state.open,
        status="completed",
        closed_at=context.now,
        mode=record.mode,
        channel=record.channel,
        outcome=record.outcome,
        need=record.need.model_dump(mode="json"),
        on_time=today <= state.open.due_on,
        agent=record.agent,
        note=record.note,
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
    )
    after = replace(state, open=None, plan=None, cycle=state.cycle + 1, completed_on=today)
    if record.mode is FollowupMode.CONTACT:
        after = contacted(after, today, record.outcome)
    reached = record.mode is FollowupMode.CONTACT
    contacts = (made(done.followup_id, record.channel, context),) if reached else ()
    change = Change(after, (Fact(_said(done, record)),), (done, *contacts))
    return change.then(all_attended, today, context) if reached else change


def refreshed(need: Need, context: Context) -> RefreshedNeed:
    """The need as it was found now."""
    return RefreshedNeed.model_validate({**need.model_dump(), "stated_at": context.now})


def words_refused(channel: str | None, outcome: str, policy: Policy) -> Refused | None:
    """A channel or an outcome that the policy does not list."""
    if channel is not None and channel not in policy.channels:
        return Refused("channel_unknown", f"Use one of the channels {', '.join(sorted(policy.channels))}.")
    if outcome not in policy.outcomes:
        return Refused("invalid_body", f"Use one of the outcomes {', '.join(policy.outcomes)}.")
    return None


def _record(asked: CompleteFollowup, context: Context) -> Record | Refused:
    if asked.outcome is None or asked.need is None:
        return Refused("record_not_refreshed", "Give the outcome and the customer's need as it is now.")
    if asked.mode is None:
        return Refused("invalid_body", "Give the mode: contact or desk_review.")
    contact = asked.mode is FollowupMode.CONTACT
    if contact and asked.channel is None:
        return Refused("channel_required", "Give the channel of the contact, or the mode desk_review.")
    return words_refused(asked.channel, asked.outcome, context.policy) or Record(
        mode=asked.mode,
        outcome=asked.outcome,
        need=refreshed(asked.need, context),
        channel=asked.channel if contact else None,
        agent=asked.agent,
        note=asked.note,
    )


def _is_done(row: Followup, state: CustomerState, context: Context) -> bool:
    """One of a file that was taken in counts its own cycles: what was open there stands for the open one here."""
    return row.status == "completed" or (row.customer_id == context.stream.id and row.cycle < state.cycle)


def _said(done: Followup, record: Record) -> FollowupCompleted:
    return FollowupCompleted(
        followup_id=done.followup_id,
        journal=done.journal,
        due_on=done.due_on,
        mode=record.mode,
        channel=record.channel,
        outcome=record.outcome,
        need=record.need,
        on_time=bool(done.on_time),
        agent=record.agent,
    )
