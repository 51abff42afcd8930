"""Contact that comes round by itself: calls, visits and messages by segment (SC-14 to SC-16), LO-05, CA-14, CA-16."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date, timedelta

from msgspec.structs import replace

from services.scheduler.domain.judging import used
from services.scheduler.domain.state import Change, CustomerState, day_of
from services.scheduler.domain.tasks import make_task, open_of
from shared.contracts.policy import Policy
from shared.contracts.policy_care import Routine
from shared.contracts.values import ConsentPurpose, Tier
from shared.engine.decision import Context

ONE_DAY = timedelta(days=1)


def settle_routines(state: CustomerState, context: Context) -> Change:
    """A routine begins when the customer comes to fit and ends when it no longer does; what runs keeps its days."""
    today, policy = day_of(state, context.now, context), context.policy
    fitting = {
        name: state.routines.get(name) or today + timedelta(days=_every(routine, policy))
        for name, routine in _fitting(state, policy)
    }
    if fitting == state.routines:
        return Change(state)
    return Change(replace(state, routines={name: fitting[name] for name in sorted(fitting)}))


def next_routine(state: CustomerState) -> date | None:
    return min(state.routines.values(), default=None)


def run_routines(state: CustomerState, context: Context) -> Change:
    """Those of today. While the last one waits the next is left out; where little of the cap is left it comes later."""
    today = day_of(state, context.now, context)
    change = Change(state)
    for name, on in state.routines.items():
        if on <= today:
            change = change.then(_run, name, today, context)
    return change


def _run(state: CustomerState, name: str, today: date, context: Context) -> Change:
    """One that the policy no longer has ends here."""
    routine = _routine(name, context.policy)
    if routine is None:
        return Change(replace(state, routines={n: on for n, on in state.routines.items() if n != name}))
    because = f"routine.{name}"
    if open_of(state, routine.kind, because) is not None:
        return Change(_next(state, name, today + timedelta(days=_every(routine, context.policy))))
    if _is_crowded(state, routine, today, context.policy):
        ever = context.policy.care.cap_per_7_days > 1  # else no day leaves a place free
        return Change(
            _next(state, name, today + (ONE_DAY if ever else timedelta(days=_every(routine, context.policy))))
        )
    after = _next(state, name, today + timedelta(days=_every(routine, context.policy)))
    return make_task(
        after, routine.kind, f"{name}|{today}", context, because=because, due_on=today, purpose=routine.purpose,
        options=state.likes[:1] if routine.kind == "message" else (),
    )  # fmt: skip


def _routine(name: str, policy: Policy) -> Routine | None:
    """None where the policy has it not, or makes no tasks of its kind: time would bring nothing."""
    routine = policy.care.routines.get(name)
    return routine if isinstance(routine, Routine) and policy.tasks.play(routine.kind) is not None else None


def _is_crowded(state: CustomerState, routine: Routine, today: date, policy: Policy) -> bool:
    """One place stays free for what cannot wait: a birthday, a difficulty."""
    play = policy.tasks.play(routine.kind)
    service = play is None or play.consent_purpose is ConsentPurpose.SERVICE
    return not service and used(state, today) + 1 >= policy.care.cap_per_7_days


def _fitting(state: CustomerState, policy: Policy) -> Iterator[tuple[str, Routine]]:
    """Those for customers like this one."""
    if state.registered_on is None or state.exited:
        return
    groups = {*state.segments, "gold", "vip"} if state.tier is Tier.KEY else set(state.segments)
    for name, routine in policy.care.routines.items():
        if isinstance(routine, Routine) and _fits(state, groups, routine) and policy.tasks.play(routine.kind):
            yield name, routine


def _fits(state: CustomerState, groups: AbstractSet[str], routine: Routine) -> bool:
    """`groups`: the segments that the customer is in, by all their names."""
    if not routine.segments and not routine.loyalty:
        return True
    return not groups.isdisjoint(routine.segments) or state.loyalty in routine.loyalty


def _next(state: CustomerState, name: str, on: date) -> CustomerState:
    return replace(state, routines={**state.routines, name: on})


def _every(routine: Routine, policy: Policy) -> int:
    return routine.every_days or policy.visit.gold_days
