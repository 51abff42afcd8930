"""Changes at a key account reach its owner: one notice for each (KA-03, KA-05)."""

from __future__ import annotations

from typing import Any

from services.scheduler.domain.state import Change, CustomerState, counted, day_of
from services.scheduler.domain.tasks import make_task
from shared.contracts import feedback, grading, profile
from shared.contracts.values import MentionKind, Tier
from shared.engine.decision import Context, Event


def notify_owner(before: CustomerState, state: CustomerState, event: Event, context: Context) -> Change:
    """`before`: the account as it was; one without an owner has nobody to tell."""
    if state.tier is not Tier.KEY or state.owner is None or (what := _changed(before, event.data)) is None:
        return Change(state)
    today = day_of(state, context.now, context)
    after, count = counted(state, f"owner_notice|{what}", today)
    return make_task(
        after, "owner_notice", f"{what}|{today}|{count}", context, purpose=what, because="key_account.changed"
    )


def _changed(before: CustomerState, data: Any) -> str | None:
    match data:
        case profile.CustomerUpdated():
            return "customer"
        case grading.GradeAssigned():
            return "grade" if before.grade not in (None, data.grade) else None
        case profile.MentionMatched():
            return "news" if data.kind is MentionKind.NEWS else None
        case _:
            return WORDS.get(type(data))


WORDS: dict[type, str] = {
    feedback.ComplaintOpened: "complaint",
    feedback.ComplaintResolved: "complaint_resolved",
    profile.CustomerChurned: "churn",
    profile.CustomerWonBack: "won_back",
}
