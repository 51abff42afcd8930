"""Completing a step of a win-back: in person first, then the displeasure, then the offer; the measure always."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import today
from services.feedback.domain.collecting import receive
from services.feedback.domain.commands import CompleteStep
from services.feedback.domain.consents import is_granted
from services.feedback.domain.departures import Leaving
from services.feedback.domain.feedback_entry import FeedbackEntry
from services.feedback.domain.improvement_seed import Seed, item_id_of
from services.feedback.domain.leaving import settle
from services.feedback.domain.refusals import CASE_CLOSED, NO_CASE
from services.feedback.domain.rows import StepStatus
from services.feedback.domain.solving import solved
from services.feedback.domain.state import CustomerState
from services.feedback.domain.winback import (
    IN_ORDER,
    Winback,
    WinbackChange,
    WinbackFile,
    WinbackStepRow,
    close_if_done,
    closed_winback,
)
from shared.contracts.feedback import ImprovementPrioritised, WinbackStepCompleted
from shared.contracts.scheduler import RefreshedNeed
from shared.contracts.values import ConsentPurpose, FeedbackKind, FeedbackSource, StepResult, WinbackStep
from shared.engine.decision import Accepted, Context, Decision, Fact, Refused

STEP_ORDER = "complete {before} first: W2, W3 and W4 follow each other"
DISPLEASURE = Refused(
    "displeasure_unresolved", "remove the displeasure first, then say so in `displeasure_resolved`", status=409
)
MEASURE = Refused(
    "measure_required",
    "say in `measure` {element, text} what prevents it from happening again, whether or not the customer returns",
)


def decide_winning(state: CustomerState, data: CompleteStep, context: Context) -> Decision:
    """End one step; a win-back ends with its last one."""
    winback = state.departure.find(data.case_id)
    if winback is None:
        return CASE_CLOSED if closed_winback(context, data.case_id) else NO_CASE
    step = winback.find(data.step)
    if step is None:
        return Refused("not_found", f"this win-back has no {data.step}", status=404)
    if refusal := _order(winback, step) or _missing(state, step, data, context):
        return refusal
    change = close_if_done(_complete(winback, step, data, context), context.now)
    settled = settle(state, Leaving(state.departure, (), (change,)))
    settled = replace(settled, rows=(*settled.rows, solved(state, data, step.due_on, context)))
    if (seed := _seed(winback, data, context)) is not None:
        return _begin_improvement(settled, seed)
    if data.step == WinbackStep.W3 and data.opinions:
        return receive(settled, _opinions(winback.file, data.opinions, state, context), context)
    return settled


def _begin_improvement(decided: Accepted, seed: Seed) -> Accepted:
    """Said with its element; it gets its rank when somebody rates it."""
    said = ImprovementPrioritised(item_id=seed.item_id, element=seed.element or "")
    fact = Fact(said, about_customer=False, subject=seed.item_id)
    return replace(decided, facts=(*decided.facts, fact), rows=(*decided.rows, seed))


def _opinions(file: WinbackFile, opinions: str, state: CustomerState, context: Context) -> FeedbackEntry:
    """What a departed customer thinks is feedback like any other (WB-09)."""
    return FeedbackEntry(
        feedback_id=f"winback {file.case_id}",
        customer_id=file.customer_id,
        kind=FeedbackKind.EVALUATION,
        source=FeedbackSource.DEPARTED_VISIT,
        received_at=context.now,
        received_on=today(state, context),
        text=opinions,
    )


def _order(winback: Winback, step: WinbackStepRow) -> Refused | None:
    if not step.is_open:
        return Refused("step_done", f"{step.step} is {step.status} already", status=409)
    if step.step not in IN_ORDER[1:]:
        return None
    before = winback.find(IN_ORDER[IN_ORDER.index(step.step) - 1])
    if before is not None and before.is_open:
        return Refused("step_order", STEP_ORDER.format(before=before.step), status=409)
    return None


def _missing(state: CustomerState, step: WinbackStepRow, data: CompleteStep, context: Context) -> Refused | None:
    if step.status == StepStatus.BLOCKED and data.result != StepResult.DECLINED:
        return Refused(
            "step_blocked", f"the customer allows no channel that {step.step} needs: decline it, saying why", status=409
        )
    if data.result == StepResult.DONE and (wrong := _wrong_channel(state, step, data.channel, context)):
        return wrong
    if step.step == WinbackStep.W3 and data.result == StepResult.DONE and not data.displeasure_resolved:
        return DISPLEASURE
    if step.step == WinbackStep.W5:
        return _wrong_measure(data, context)
    return None


def _wrong_channel(state: CustomerState, step: WinbackStepRow, channel: str | None, context: Context) -> Refused | None:
    if not step.channels:
        return None
    free = [
        name
        for name in step.channels
        if name in context.policy.channels and is_granted(state.consents, name, ConsentPurpose.SERVICE, context.policy)
    ]
    if channel in free:
        return None
    return Refused("channel_not_allowed", f"{step.step} is done over one of: {', '.join(free)}")


def _wrong_measure(data: CompleteStep, context: Context) -> Refused | None:
    if data.measure is None:
        return MEASURE
    elements = context.policy.feedback.elements
    if data.measure.element in elements:
        return None
    return Refused("element_unknown", f"measure.element must be one of: {', '.join(elements)}")


def _complete(winback: Winback, step: WinbackStepRow, data: CompleteStep, context: Context) -> WinbackChange:
    ended = replace(
        step,
        status=StepStatus(data.result),
        completed_at=context.now,
        reason=data.reason,
        channel=data.channel,
        outcome=data.outcome,
        agent=data.agent,
        note=data.note,
    )
    need = RefreshedNeed(**dict(data.need), stated_at=context.now) if data.need else None
    said = WinbackStepCompleted(
        case_id=data.case_id,
        step=step.step,
        result=data.result,
        channel=data.channel,
        outcome=data.outcome,
        need=need,
        agent=data.agent,
    )
    return WinbackChange(replace(winback.with_step(ended), file=_told(winback.file, step, data))).say(said)


def _told(file: WinbackFile, step: WinbackStepRow, data: CompleteStep) -> WinbackFile:
    match step.step:
        case WinbackStep.W3:
            return replace(file, opinions=data.opinions, plan=data.plan)
        case WinbackStep.W4:
            return replace(file, returned=file.returned or data.result == StepResult.DONE)
        case WinbackStep.W5:
            return replace(file, item_id=item_id_of(str(file.case_id)))
        case _:
            return file


def _seed(winback: Winback, data: CompleteStep, context: Context) -> Seed | None:
    if data.step != WinbackStep.W5 or data.measure is None:
        return None
    case_id = str(winback.file.case_id)
    return Seed(
        item_id=item_id_of(case_id),
        source="winback",
        origin=case_id,
        seeded_at=context.now,
        element=data.measure.element,
        title=data.measure.text,
    )
