"""Completing a step: done, declined by us, rejected by the customer (CP-05…CP-11)."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import Change, accept, closed_file, step_row, today
from services.feedback.domain.commands import CompleteStep
from services.feedback.domain.refusals import CASE_CLOSED, NO_CASE, unknown_channel, unknown_outcome
from services.feedback.domain.remediation import judge
from services.feedback.domain.rows import CaseStep, StepStatus, step_key
from services.feedback.domain.solving import solved
from services.feedback.domain.state import CustomerState, OpenCase, OpenStep
from services.feedback.domain.winning import decide_winning
from shared.contracts.feedback import RemediationStepCompleted
from shared.contracts.scheduler import RefreshedNeed
from shared.contracts.values import Step, StepResult, WinbackStep
from shared.engine.decision import Context, Decision, Event, Refused

CORRECT_FIRST = Refused("step_order", "complete R5 first: a benefit does not stand for the correction", status=409)
UNCORRECTED = Refused(
    "correction_owed", "the error can be corrected: correct it, or have it said that it cannot be", status=409
)


def decide_complete(state: CustomerState, _event: Event, data: CompleteStep, context: Context) -> Decision:
    """End one step, in any order; a remedy that the customer rejects may bring the supervisor in (CP-08)."""
    if refusal := _wrong_report(data, context):
        return refusal
    if isinstance(data.step, WinbackStep):
        return decide_winning(state, data, context)
    case = state.find(data.case_id)
    if case is None:
        return NO_CASE if closed_file(context, data.case_id) is None else CASE_CLOSED
    step = case.find(data.step)
    if step is None:
        return _no_step(case, data.step)
    if refusal := _ended(data, step) or _hides_the_error(case, data, context):
        return refusal
    change = _complete(case, step, data, context)
    if step.status == "open":
        due_on = step_row(case, step).due_on
        change = change.write(solved(state, data, due_on, context, case.file.paused_at))
    return accept(state, judge(change, max(today(state, context), case.file.opened_on), context.policy))


def _wrong_report(data: CompleteStep, context: Context) -> Refused | None:
    if data.result != StepResult.DONE and not (data.reason or "").strip():
        return Refused("reason_required", f"say in `reason` why the step was {data.result}")
    if misplaced := _misplaced(data):
        return Refused("invalid_body", f"`{misplaced}` does not belong to {data.step}; leave it out")
    return unknown_channel(data.channel, context.policy) or unknown_outcome(data.outcome, context.policy)


FIELDS_OF = {
    "customer_told": Step.R7,
    "displeasure_resolved": WinbackStep.W3,
    "opinions": WinbackStep.W3,
    "plan": WinbackStep.W3,
    "measure": WinbackStep.W5,
}
"""What only one step is asked for."""


def _misplaced(data: CompleteStep) -> str | None:
    return next(
        (name for name, step in FIELDS_OF.items() if getattr(data, name) is not None and data.step != step), None
    )


def _no_step(case: OpenCase, step: Step | WinbackStep) -> Refused:
    steps = ", ".join(each.step for each in case.steps) or "none yet"
    return Refused("not_found", f"this case has no {step}; its steps: {steps}", status=404)


def _ended(data: CompleteStep, step: OpenStep) -> Refused | None:
    if step.status == "open" or _tells_the_result(data, step):
        return None
    return Refused("step_done", f"{data.step} is {step.status} already", status=409)


def _hides_the_error(case: OpenCase, data: CompleteStep, context: Context) -> Refused | None:
    """Where the policy says so, a benefit does not stand for a correction that can be made (CN-10)."""
    correction = case.find(Step.R5)
    if not context.policy.remediation.correct_first or not case.file.correctable or correction is None:
        return None
    if data.step == Step.R5 and data.result == StepResult.DECLINED:
        return UNCORRECTED
    waits = data.step == Step.R3 and data.result == StepResult.DONE and correction.status == StepStatus.OPEN
    return CORRECT_FIRST if waits else None


def _tells_the_result(data: CompleteStep, step: OpenStep) -> bool:
    """R7 may be completed again, once, to say that the customer was told what came of it (CP-11)."""
    return bool(data.customer_told) and not step.customer_told


def _complete(case: OpenCase, step: OpenStep, data: CompleteStep, context: Context) -> Change:
    told = step.customer_told or bool(data.customer_told)
    ended = replace(step, status=StepStatus(data.result), customer_told=told)
    steps = tuple(ended if each.step == step.step else each for each in case.steps)
    rejected = case.rejected or data.result == StepResult.REJECTED
    change = Change(replace(case, steps=steps, rejected=rejected))
    need = RefreshedNeed(**dict(data.need), stated_at=context.now) if data.need else None
    return change.write(_row(case, ended, data, context)).say(
        RemediationStepCompleted(
            case_id=data.case_id,
            step=step.step,
            result=data.result,
            channel=data.channel,
            outcome=data.outcome,
            need=need,
            agent=data.agent,
        )
    )


def _row(case: OpenCase, step: OpenStep, data: CompleteStep, context: Context) -> CaseStep:
    """The step with what was said of it, now or (R7, told later) before."""
    fresh = step_row(case, step)
    before = context.rows.get(CaseStep, step_key(data.case_id, data.step)) or fresh
    return replace(
        fresh,
        completed_at=context.now,
        reason=data.reason or before.reason,
        channel=data.channel or before.channel,
        outcome=data.outcome or before.outcome,
        agent=data.agent or before.agent,
        note=data.note or before.note,
    )
