"""The person is erased: nothing is due any more, and nobody is contacted (CN-05)."""

from __future__ import annotations

from services.scheduler.domain.state import CustomerState
from services.scheduler.domain.tasks import cancel_tasks
from shared.contracts.scheduler import ContactSuppressed, ErasureCompleted, FollowupSuperseded
from shared.contracts.values import SuppressedBy
from shared.engine.decision import Accepted, Context, Fact

REASON = "erased"


def decide_erased(state: CustomerState, context: Context) -> Accepted:
    """The open follow-up and every open task end; that no contact follows is said once."""
    ended = (Fact(FollowupSuperseded(followup_id=state.open.followup_id, because=REASON)),) if state.open else ()
    cancelled = cancel_tasks(state, REASON, context, lambda _task: True).facts
    suppressed = Fact(ContactSuppressed(rule=SuppressedBy.ERASED))
    return Accepted(state, (*ended, *cancelled, suppressed, Fact(ErasureCompleted())), erases=True)
