"""Which steps a case has: begun when the fault is the company's, judged again while it is open (CP-04…CP-12)."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from services.feedback.domain.case import Change, step_row
from services.feedback.domain.clocks import step_due
from services.feedback.domain.playbook import needed_steps, place_of
from services.feedback.domain.state import OpenCase, OpenStep
from shared.contracts.feedback import PlannedStep, RemediationStarted, RemediationStepAdded
from shared.contracts.policy import Policy
from shared.contracts.values import Fault, Step


def judge(change: Change, counted_from: date, policy: Policy) -> Change:
    """Add the steps whose condition is true now, due their days after `counted_from`.

    A condition that is no longer true takes no step away: the step has been announced, somebody may have begun or
    promised it, and a customer who was told of an apology is owed it. Who finds it pointless declines it with a reason.
    """
    if change.file.fault != Fault.COMPANY:
        return change
    new = _missing_steps(change.case, counted_from, policy)
    if not new:
        return change
    case = replace(change.case, steps=tuple(sorted((*change.case.steps, *new), key=lambda each: each.place)))
    judged = replace(change, case=case).write(*(step_row(case, each) for each in new))
    return judged.say(*(added(case, each) for each in new)) if change.case.steps else judged.say(_started(case))


def _missing_steps(case: OpenCase, counted_from: date, policy: Policy) -> tuple[OpenStep, ...]:
    return tuple(
        OpenStep(
            step=step,
            place=place_of(step, policy),
            due_on=step_due(step, counted_from, policy),
            because=because,
            entitlements=policy.remediation.entitlements if step == Step.R2 and case.guaranteed else (),
            counted_from=counted_from,
        )
        for step, because in needed_steps(case, policy)
        if case.find(step) is None
    )


def _started(case: OpenCase) -> RemediationStarted:
    planned = tuple(
        PlannedStep(step=each.step, due_on=each.due_on, entitlements=each.entitlements or None) for each in case.steps
    )
    return RemediationStarted(case_id=case.file.case_id, steps=planned)


def added(case: OpenCase, step: OpenStep) -> RemediationStepAdded:
    """What is said of a step that came later than the others."""
    return RemediationStepAdded(case_id=case.file.case_id, step=step.step, due_on=step.due_on, because=step.because)
