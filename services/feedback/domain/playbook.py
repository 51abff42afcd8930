"""The remediation playbook of the policy, asked about one case (CP-05…CP-11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from services.feedback.domain.state import OpenCase
from shared.contracts.policy import Policy
from shared.contracts.policy_cases import SupervisorWhen
from shared.contracts.policy_playbooks import StepWhen
from shared.contracts.values import Step


def needed_steps(case: OpenCase, policy: Policy) -> Iterator[tuple[Step, str]]:
    """Every step whose condition is true now, in the playbook's order, and why."""
    for play in policy.playbooks.remediation:
        because = _why(play.when, case, policy)
        if because is not None:
            yield play.step, because


def place_of(step: Step, policy: Policy) -> int:
    """Where the playbook lists the step; one that it no longer lists comes last."""
    order = [play.step for play in policy.playbooks.remediation]
    return order.index(step) if step in order else len(order)


def _why(when: StepWhen, case: OpenCase, policy: Policy) -> str | None:
    match when:
        case StepWhen.ALWAYS:
            return "always"
        case StepWhen.CORRECTABLE:
            return "correctable" if case.file.correctable else None
        case StepWhen.SUPERVISOR:
            return _why_supervisor(case, policy.remediation.supervisor_when)
        case StepWhen.BREACH_OR_STAFF:
            return _why_staff(case)
        case _:
            assert_never(when)


def _why_supervisor(case: OpenCase, when: SupervisorWhen) -> str | None:
    if case.file.severity in when.severity:
        return str(case.file.severity)
    if case.file.tier in when.tiers:
        return str(case.file.tier)
    if case.repeat:
        return "repeat"
    return "rejected" if case.rejected and when.rejected else None


def _why_staff(case: OpenCase) -> str | None:
    if case.file.commitment_breached:
        return "commitment_breached"
    return "staff_at_fault" if case.file.staff_at_fault else None
