"""Tasks that people ask for, approve and cancel: gifts within the cap, dinners with a meeting, one approver."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from services.scheduler.domain.commands import ApproveTask, AssignTask, CancelTask, CreateTask, SnoozeTask
from services.scheduler.domain.escalating import attended
from services.scheduler.domain.finishing import is_blank, meant
from services.scheduler.domain.judging import judge
from services.scheduler.domain.rows import Meeting
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of, with_task
from services.scheduler.domain.tasks import asked_key, cancel, make_task, put_off
from shared.contracts.policy import Policy
from shared.contracts.values import Segment, Tier
from shared.engine.decision import Context, Event, Refused
from shared.money import convert, to_minor

CLOSED = Refused("task_closed", "This task is completed or cancelled; there is nothing left to do.", 409)
OF_A_CASE = ("case_step",)
"""Kinds that only a case makes: they are completed with its step."""


def decide_create_task(state: CustomerState, event: Event, asked: CreateTask, context: Context) -> Answer:
    """POST /v1/tasks."""
    if refused := _refused(state, asked, context.policy):
        return refused
    due_on = day_of(state, asked.due_at, context) if asked.due_at else asked.due_on
    if asked.due_on not in (None, due_on) and not context.again:
        return Refused("invalid_body", f"Its hour due_at is on {due_on} where the customer is: leave due_on out.")
    return make_task(
        state,
        asked.kind,
        asked_key(event.id),
        context,
        because="request",
        due_on=due_on,
        days=0,
        due_at=asked.due_at,
        channel=asked.channel,
        consent_purpose=asked.consent_purpose,
        owner=asked.owner,
        department=asked.department,
        purpose=asked.purpose,
        amount=asked.amount,
        currency=_currency(asked, context.policy),
        approvers=asked.approvers,
        meeting=_meeting(asked),
        service_type=asked.service_type,
        note=asked.note,
        status="awaiting_approval" if _needs_approval(asked, context.policy) else "open",
    )


def decide_approve_task(state: CustomerState, _event: Event, asked: ApproveTask, context: Context) -> Answer:
    """POST /v1/tasks/{id}/approve: with the last yes it is open; one no cancels it."""
    task = meant(state, asked.task_id, context)
    if task is None:
        return CLOSED
    if task.status != "awaiting_approval":
        return Refused("no_approval_needed", "This task waits for nobody's approval: just do it.", 409)
    if task.approvers and asked.approver not in task.approvers:
        names = ", ".join(task.approvers)
        return Refused("no_approval_needed", f"It is not {asked.approver} who approves this task, but {names}.", 409)
    if not asked.approved:
        return cancel(state, task, "not_approved", context, asked.reason)
    today = day_of(state, context.now, context)
    approved = replace(
        attended(task, today, today, context.policy), approved_by=tuple(sorted({*task.approved_by, asked.approver}))
    )
    if not set(approved.approvers) <= set(approved.approved_by):
        return Change(with_task(state, approved), rows=(approved,))
    opened = replace(approved, status="open")
    return Change(with_task(state, opened), rows=(opened,)).then(judge, opened, context)


def decide_assign_task(state: CustomerState, _event: Event, asked: AssignTask, context: Context) -> Answer:
    """POST /v1/tasks/{id}/assign: another person or department goes on with it (SC-19); its day stays."""
    task = meant(state, asked.task_id, context)
    if task is None:
        return CLOSED
    if asked.owner is None and asked.department is None:
        return Refused("invalid_body", "Give the owner or the department that goes on with it.")
    today = day_of(state, context.now, context)
    given = replace(
        attended(task, today, today, context.policy),
        owner=asked.owner or task.owner,
        department=asked.department or task.department,
    )
    return Change(with_task(state, given), rows=(given,))


def decide_cancel_task(state: CustomerState, _event: Event, asked: CancelTask, context: Context) -> Answer:
    """POST /v1/tasks/{id}/cancel; the place that it held in the cap is given back."""
    task = meant(state, asked.task_id, context)
    if task is None:
        return CLOSED
    if is_blank(asked.reason, context):
        return Refused("reason_required", "Say why it is not to be done any more.")
    return cancel(state, task, "by_hand", context, asked.reason)


def decide_snooze_task(state: CustomerState, _event: Event, asked: SnoozeTask, context: Context) -> Answer:
    """POST /v1/tasks/{id}/snooze: later, for a reason; what a case is owed has its own deadline."""
    task = meant(state, asked.task_id, context)
    if task is None:
        return CLOSED
    if is_blank(asked.reason, context):
        return Refused("reason_required", "Say why it is put off.")
    today = day_of(state, context.now, context)
    last = today + timedelta(days=context.policy.tasks.snooze_days)
    if task.caused_by_case is not None or task.status != "open":
        return Refused("not_snoozable", "What a case is owed, or somebody holds back or approves, is not put off.", 409)
    if not today < asked.until_on <= last:
        return Refused("invalid_body", f"Give a day until_on after {today} and not after {last}.")
    return put_off(state, task, asked.until_on, context, snoozed_because=asked.reason)


def _refused(state: CustomerState, asked: CreateTask, policy: Policy) -> Refused | None:
    if policy.tasks.play(asked.kind) is None or asked.kind in OF_A_CASE:
        return Refused("kind_unknown", f"Use one of the kinds {', '.join(policy.tasks.kinds)}.")
    if asked.channel is not None and asked.channel not in policy.channels:
        return Refused("channel_unknown", f"Use one of the channels {', '.join(sorted(policy.channels))}.")
    if state.exited:
        return Refused("customer_exited", "We have parted from this customer: no tasks are made any more.", 409)
    if asked.service_type is not None and asked.service_type not in policy.tasks.services:
        return Refused("invalid_body", f"Use one of the services {', '.join(policy.tasks.services)}.")
    if asked.amount is not None and _converted(asked, policy) is None:
        return Refused("invalid_body", f"Give the amount in {policy.currency.reporting} or a currency with a rate.")
    return _incomplete(state, asked, policy)


def _incomplete(state: CustomerState, asked: CreateTask, policy: Policy) -> Refused | None:
    is_gold = state.tier is Tier.KEY or Segment.GOLD in state.segments
    if asked.kind == "call" and is_gold and not asked.purpose:
        return Refused("purpose_required", "Calls to gold accounts are planned: say what this one is for (SC-14).")
    if not _has_its_meeting(asked):
        return Refused(
            "meeting_required", "A tour belongs to a customer meeting, a dinner to one with a lecture and an award."
        )
    if len(asked.approvers) > policy.approval.max and not asked.special:
        return Refused(
            "too_many_approvers", f"At most {policy.approval.max} approves, except in cases marked `special`."
        )
    return None


def _has_its_meeting(asked: CreateTask) -> bool:
    match asked.kind:
        case "dinner":
            return asked.meeting is not None and {"lecture", "award"} <= set(asked.meeting.items)
        case "tour":
            return asked.meeting is not None
        case _:
            return True


def _meeting(asked: CreateTask) -> Meeting | None:
    meeting = asked.meeting
    return Meeting(meeting.cycle, meeting.theme, meeting.items) if meeting else None


def _currency(asked: CreateTask, policy: Policy) -> str | None:
    return None if asked.amount is None else asked.currency or policy.currency.reporting


def _converted(asked: CreateTask, policy: Policy) -> int | None:
    if asked.amount is None:
        return None
    return convert(asked.amount, asked.currency or policy.currency.reporting, policy.currency)


def _needs_approval(asked: CreateTask, policy: Policy) -> bool:
    """Whoever is named approves; a gift above the cap needs somebody (CA-10)."""
    worth = _converted(asked, policy) or 0
    cap = to_minor(policy.care.gift_cap, policy.currency.reporting)
    return bool(asked.approvers) or (asked.kind == "gift" and worth > cap)
