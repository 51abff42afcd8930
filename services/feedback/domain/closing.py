"""The end of a case: a satisfied customer, or a complaint taken back (CP-16)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec.structs import replace

from services.feedback.domain.case import Change, accept, closed_file, today
from services.feedback.domain.commands import ResolveCase
from services.feedback.domain.refusals import CASE_CLOSED, NO_CASE, unknown_channel
from services.feedback.domain.remediation import judge
from services.feedback.domain.state import CustomerState, OpenCase
from shared.contracts.feedback import ComplaintResolved
from shared.contracts.values import Step
from shared.engine.decision import Context, Decision, Event, Refused


def close(change: Change, because: Literal["satisfied", "withdrawn"], day: date, context: Context) -> Change:
    """The case closed on this day of the customer; steps still open no longer bind.

    A withdrawal is said as `complaint.resolved` too: the customer asks for nothing more, and whoever reads our topic
    needs one fact that ends the hurry and the tasks.
    """
    file = replace(change.file, status="resolved", closed_at=context.now, closed_because=because)
    days = max(0, (day - file.opened_on).days)
    return replace(change, case=replace(change.case, file=file)).say(ComplaintResolved(case_id=file.case_id, days=days))


def decide_resolve(state: CustomerState, _event: Event, data: ResolveCase, context: Context) -> Decision:
    """Only a satisfied customer closes a case, after its last step; another one may bring the supervisor in (CP-08)."""
    if refusal := unknown_channel(data.channel, context.policy):
        return refusal
    case = state.find(data.case_id)
    if case is None:
        return NO_CASE if closed_file(context, data.case_id) is None else CASE_CLOSED
    asked = replace(case, file=replace(case.file, answer_channel=data.channel, answer_note=data.note))
    day = today(state, context)
    told = answered(Change(asked), data.customer_satisfied, day, context)
    return told if isinstance(told, Refused) else accept(to_be_asked(state, told, day), told)


def answered(change: Change, satisfied: bool, day: date, context: Context) -> Change | Refused:
    """What the customer's answer makes of an open case."""
    if satisfied:
        return _what_is_missing(change.case) or close(change, "satisfied", day, context)
    rejected = replace(change, case=replace(change.case, rejected=True))
    return judge(rejected, max(day, change.file.opened_on), context.policy)


def to_be_asked(state: CustomerState, change: Change, day: date) -> CustomerState:
    """The state that knows of a case with a satisfied end: a survey asks about it (FB-10)."""
    if change.file.closed_because != "satisfied":
        return state
    return replace(state, asking=replace(state.asking, resolved_on=day))


def _what_is_missing(case: OpenCase) -> Refused | None:
    open_steps = [each.step for each in case.steps if each.status == "open"]
    if open_steps:
        return Refused(
            "steps_open", f"complete {', '.join(open_steps)} first, or decline them with a reason", status=409
        )
    staff = case.find(Step.R7)
    if staff is not None and not staff.customer_told:
        return Refused(
            "result_not_told",
            "tell the customer what came of R7, then complete it again with customer_told",
            status=409,
        )
    return None
