"""Feedback as it comes in, is tagged, planned and, where nobody does, flagged (FB-04, FB-09)."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import today, zone_of
from services.feedback.domain.commands import CompletePlan, PlanFeedback, TagFeedback
from services.feedback.domain.feedback_entry import FeedbackEntry, Plan, flagged_on, suggested_item
from services.feedback.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.feedback import FeedbackFlagged
from shared.contracts.profile import FeedbackReceived
from shared.contracts.values import FeedbackFlag, FeedbackKind
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Refused, Superseded

NO_FEEDBACK = Refused("not_found", "there is no such feedback; GET /v1/feedback lists it", status=404)
NO_PLAN = Refused("no_plan", "nothing is planned yet: POST …/plan first", status=409)
PLAN_DONE = Refused("plan_done", "the plan is done already; make another one with POST …/plan", status=409)


def decide_feedback(state: CustomerState, event: Event, data: FeedbackReceived, context: Context) -> Decision:
    """Kept, counted, and flagged where it names no element; a complaint has a case of its own for the rest."""
    if context.rows.get(FeedbackEntry, data.feedback_id) is not None and not context.again:
        return Superseded(f"feedback {data.feedback_id} is known already")
    entry = FeedbackEntry(
        feedback_id=data.feedback_id,
        customer_id=context.stream.id,
        kind=data.kind,
        source=data.source,
        received_at=event.time,
        received_on=business_date(event.time, zone_of(state, context)),
        element=data.element,
        touchpoint=data.touchpoint,
        score=data.score,
        aspects=data.aspects or (),
        item_id=suggested_item(data.feedback_id, data.kind),
    )
    return receive(Accepted(state), entry, context)


def receive(decided: Accepted, entry: FeedbackEntry, context: Context) -> Accepted:
    """The decision with this feedback in it."""
    untagged = entry.element not in context.policy.feedback.elements
    entry = replace(entry, untagged=untagged)
    facts = (Fact(FeedbackFlagged(feedback_id=entry.feedback_id, flag=FeedbackFlag.UNTAGGED)),) if untagged else ()
    state = decided.state
    if entry.kind != FeedbackKind.COMPLAINT:
        state = replace(state, pending=(*state.pending, entry))
    took = replace(decided, state=state, facts=(*decided.facts, *facts), rows=(*decided.rows, *entry.rows))
    return flag_unplanned(took, context)


def decide_tag(state: CustomerState, _event: Event, data: TagFeedback, context: Context) -> Decision:
    """Say which element it is about; then it counts there."""
    elements = context.policy.feedback.elements
    if data.element not in elements:
        return Refused("element_unknown", f"element must be one of: {', '.join(elements)}")
    entry = _find(state, data.feedback_id, context)
    if entry is None:
        return NO_FEEDBACK
    if data.aspects and (unknown := sorted(set(data.aspects) - set(context.policy.feedback.aspects))):
        known = ", ".join(context.policy.feedback.aspects)
        return Refused("invalid_body", f"unknown aspect {', '.join(unknown)}; aspects are: {known}")
    tagged = replace(
        entry,
        element=data.element,
        touchpoint=data.touchpoint or entry.touchpoint,
        aspects=entry.aspects if data.aspects is None else data.aspects,
        untagged=False,
    )
    return _put(state, tagged)


def decide_plan(state: CustomerState, _event: Event, data: PlanFeedback, context: Context) -> Decision:
    """Say what is done about it; a later plan takes the place of an older one."""
    entry = _find(state, data.feedback_id, context)
    if entry is None:
        return NO_FEEDBACK
    planned = replace(entry, plan=Plan(data.action, data.owner, data.due_on), no_plan=False)
    kept = tuple(each for each in state.pending if each.feedback_id != entry.feedback_id)
    return Accepted(replace(state, pending=kept), rows=planned.rows)


def decide_plan_done(state: CustomerState, _event: Event, data: CompletePlan, context: Context) -> Decision:
    """The plan was carried out (FB-09)."""
    entry = _find(state, data.feedback_id, context)
    if entry is None:
        return NO_FEEDBACK
    if entry.plan is None or entry.plan.done_on is not None:
        return NO_PLAN if entry.plan is None else PLAN_DONE
    done = replace(entry, plan=replace(entry.plan, done_on=today(state, context), result=data.result))
    return Accepted(state, rows=done.rows)


def flag_unplanned(decided: Accepted, context: Context) -> Accepted:
    """What has no plan by now is flagged, once."""
    state: CustomerState = decided.state
    day, days = today(state, context), context.policy.feedback.plan_days
    late = [each for each in state.pending if flagged_on(each, days) <= day]
    if not late:
        return decided
    facts = (Fact(FeedbackFlagged(feedback_id=each.feedback_id, flag=FeedbackFlag.NO_PLAN)) for each in late)
    rows = (row for each in late for row in replace(each, no_plan=True).rows)
    return replace(
        decided,
        state=replace(state, pending=tuple(each for each in state.pending if each not in late)),
        facts=(*decided.facts, *facts),
        rows=(*decided.rows, *rows),
    )


def _find(state: CustomerState, feedback_id: str, context: Context) -> FeedbackEntry | None:
    held = next((each for each in state.pending if each.feedback_id == feedback_id), None)
    if held is not None:
        return held
    row = context.rows.get(FeedbackEntry, feedback_id)
    return row if row is not None and row.customer_id == context.stream.id else None


def _put(state: CustomerState, entry: FeedbackEntry) -> Accepted:
    pending = tuple(entry if each.feedback_id == entry.feedback_id else each for each in state.pending)
    return Accepted(replace(state, pending=pending), rows=entry.rows)
