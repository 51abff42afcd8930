"""Which rule an input meets; after every rule the open follow-up is put where it belongs, and said to be due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.scheduler.domain.commands import CompleteFollowup, CompleteTask
from services.scheduler.domain.complaints import (
    decide_fault_found,
    decide_opened,
    decide_reopened,
    decide_resolved,
    decide_withdrawn,
)
from services.scheduler.domain.completion import decide_complete_followup
from services.scheduler.domain.customers import (
    decide_grade,
    decide_interaction,
    decide_joined,
    decide_registered,
    decide_tier,
    decide_updated,
)
from services.scheduler.domain.erasure import decide_erased
from services.scheduler.domain.schedule import reschedule
from services.scheduler.domain.state import Answer, Change, CustomerState, customer_row, day_of, zone_of
from services.scheduler.domain.steps import decide_started, decide_step_added, decide_step_completed
from services.scheduler.domain.tasks import decide_complete_task
from services.scheduler.domain.wake import overtaken, wake
from shared.clock import start_of_day
from shared.contracts import feedback, grading, profile
from shared.contracts.data import Data
from shared.contracts.ids import wake_key
from shared.engine.decision import Accepted, Context, Decision, Event, TimePassed

Rule = Callable[[CustomerState, Event, Any, Context], Answer]
"""Its third argument is the event's data, of the class that the rule is filed under."""

RULES: dict[type[Data], tuple[Rule, str]] = {
    profile.CustomerRegistered: (decide_registered, "registration"),
    profile.CustomerUpdated: (decide_updated, "registration"),
    profile.CustomerMerged: (decide_joined, "merge"),
    profile.CustomerAbsorbed: (decide_joined, "merge"),
    profile.InteractionRecorded: (decide_interaction, "contact"),
    profile.ComplaintWithdrawn: (decide_withdrawn, "complaint"),
    grading.GradeAssigned: (decide_grade, "grade"),
    grading.TierAssigned: (decide_tier, "tier_floor"),
    feedback.ComplaintOpened: (decide_opened, "complaint"),
    feedback.ComplaintFaultFound: (decide_fault_found, "complaint"),
    feedback.ComplaintResolved: (decide_resolved, "complaint"),
    feedback.ComplaintReopened: (decide_reopened, "complaint"),
    feedback.RemediationStarted: (decide_started, "complaint"),
    feedback.RemediationStepAdded: (decide_step_added, "complaint"),
    feedback.RemediationStepCompleted: (decide_step_completed, "contact"),
    CompleteFollowup: (decide_complete_followup, "completed"),
    CompleteTask: (decide_complete_task, "contact"),
}
"""Input -> its rule, and the code that a follow-up superseded by it gives as its reason."""


def decide(state: CustomerState, event: Event | TimePassed, context: Context) -> Decision:
    """The scheduler's decision about one customer."""
    if isinstance(event, TimePassed):
        return _accepted(state, wake(state, context), context)
    if isinstance(event.data, profile.CustomerErased):
        return decide_erased(state, context)
    rule, reason = _rule(event)
    answer = rule(state, event, event.data, context)
    if not isinstance(answer, Change):
        return answer
    time_alone = is_of_time_alone(state, event, context)
    settled = answer.then(lambda after: reschedule(after, reason, time_alone=time_alone, context=context))
    return _accepted(state, settled.then(lambda after: overtaken(after, context)), context)


def redecide(state: CustomerState, context: Context) -> Accepted:
    """Another policy: cadences, floors and calendars move the open follow-up to where it belongs."""
    change = reschedule(state, "policy", time_alone=False, context=context)
    return _accepted(state, change.then(lambda after: overtaken(after, context)), context)


def is_of_time_alone(state: CustomerState, event: Event, context: Context) -> bool:
    """Whether grading spoke because a day began, and nothing else (X-02): its cause is its stream's own wake-up then.

    Grading also wakes within a day, to tell what it has heard by then: that is not time alone.
    """
    if not isinstance(event.data, grading.GradeAssigned | grading.TierAssigned) or event.subject is None:
        return False
    if event.causationid != str(wake_key("grading", "customer", UUID(event.subject), event.time)):
        return False
    return event.time == start_of_day(day_of(state, event.time, context), zone_of(state, context))


def _rule(event: Event) -> tuple[Rule, str]:
    found = RULES.get(type(event.data))
    if found is None:
        raise TypeError(f"the scheduler has no rule for {type(event.data).__name__}")
    return found


def _accepted(before: CustomerState, change: Change, context: Context) -> Accepted:
    customer = customer_row(change.state, context.stream.id)
    is_new = before == CustomerState() or customer != customer_row(before, context.stream.id)
    rows = (*change.rows, customer) if is_new else change.rows
    return Accepted(change.state, change.facts, rows, change.absorbs)
