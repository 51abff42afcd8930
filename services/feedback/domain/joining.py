"""Two files of one customer become one: their cases lie side by side, and what that makes true is said once."""

from __future__ import annotations

from collections.abc import Iterator

from services.feedback.domain.remediation import added
from services.feedback.domain.repeats import repeats
from services.feedback.domain.state import CustomerState, OpenCase, OpenStep
from shared.contracts.feedback import ComplaintRiskRaised
from shared.contracts.policy import Policy
from shared.engine.decision import Context, Fact


def announce(before: CustomerState, after: CustomerState, context: Context) -> tuple[Fact, ...]:
    """What only the joined file asks for, steps and a warning; all else was said under the id it happened to."""
    steps = (added(case, step) for case in after.cases for step in _new_steps(case, before, after, context.policy))
    return (*(Fact(step) for step in steps), *(Fact(risk) for risk in _risk(before, after, context.policy)))


def _risk(before: CustomerState, after: CustomerState, policy: Policy) -> Iterator[ComplaintRiskRaised]:
    """Grievances that are too many only now that they are one customer's (CP-01)."""
    together, ours = after.grievances, before.grievances
    theirs = len(together.unresolved) - len(ours.unresolved)
    if together.raised and not ours.raised and theirs < policy.grievance.limit:
        yield ComplaintRiskRaised(grievances=len(together.unresolved), window_days=policy.grievance.window_days)


def _new_steps(case: OpenCase, before: CustomerState, after: CustomerState, policy: Policy) -> Iterator[OpenStep]:
    known = before.find(case.file.case_id)
    if known is not None:
        yield from (step for step in case.steps if known.find(step.step) is None)
    elif not _repeated_alone(case, before, after, policy):
        yield from (step for step in case.steps if step.because == "repeat")


def _repeated_alone(case: OpenCase, before: CustomerState, after: CustomerState, policy: Policy) -> bool:
    """Whether the absorbed file knew by itself that this case of its own repeats another of its own."""
    ours = {each.complaint_id for each in before.past}
    theirs = tuple(each for each in after.past if each.complaint_id not in ours)
    return repeats(case.file, theirs, policy.remediation.supervisor_when.repeat_days)
