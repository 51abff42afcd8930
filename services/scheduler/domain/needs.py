"""A need becomes a task at once: what can be met (SC-12, T102), else what may be shown (SC-13)."""

from __future__ import annotations

from msgspec.structs import replace

from services.scheduler.domain.memory import Wanted
from services.scheduler.domain.recommending import recommend_needed
from services.scheduler.domain.state import Answer, Change, CustomerState
from services.scheduler.domain.tasks import cancel_tasks, make_task
from shared.contracts.profile import NeedChanged
from shared.contracts.values import Demand
from shared.engine.decision import Context, Event, Superseded


def decide_need(state: CustomerState, _event: Event, said: NeedChanged, context: Context) -> Answer:
    """The same need stated again is no new one; one that is gone takes its task with it."""
    if state.wanted is not None and said.stated_at < state.wanted.stated_at:
        return Superseded("a later need is known")
    feasible = bool(said.feasible) and said.demand is not Demand.NONE
    new = Wanted(said.stated_at, feasible, tuple(said.tags))
    known = recommend_needed(replace(state, wanted=new), said, context)
    if not feasible:
        return known.then(
            lambda after: cancel_tasks(after, "need_gone", context, lambda task: task.because == "need.changed")
        )
    if state.wanted is not None and state.wanted.feasible and state.wanted.tags == new.tags:
        return known
    return known.then(_make, said, context)


def _make(state: CustomerState, said: NeedChanged, context: Context) -> Change:
    return make_task(
        state, "need", said.stated_at.isoformat(), context, since=said.stated_at, days=context.policy.need.task_days,
        occasion="need",
    )  # fmt: skip
