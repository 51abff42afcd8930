"""What moves a customer from stage to stage, and what is said when the stage is another one (PR-22, GR-24, GR-20)."""

from __future__ import annotations

from datetime import date, datetime

from msgspec.structs import replace

from services.profile.domain.commands import ChangeLifecycle
from services.profile.domain.file import zone_of
from services.profile.domain.holders import TICK
from services.profile.domain.stages import Churn, Graded, Lifecycle, Mark, MarkKind, Walked, Wish, marked, stage_of
from services.profile.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts import feedback, grading, profile, scheduler, upstream
from shared.contracts.policy import Policy
from shared.contracts.values import ChurnKind, Grade, LifecycleStage, StepResult, WinbackStep
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Refused, Superseded

UNKNOWN = "unknown"


def decide_moved(state: CustomerState, event: Event, context: Context) -> Decision:
    """An input that says nothing else of the customer than what its mark does."""
    lifecycle = _told(state, event, context.policy)
    return Accepted(replace(state, lifecycle=lifecycle)) if lifecycle else Superseded("this moves no customer")


def decide_lifecycle_changed(state: CustomerState, event: Event, context: Context) -> Decision:
    """A person puts the customer where the policy lets him go."""
    data = event.data
    if not isinstance(data, ChangeLifecycle):
        raise TypeError(f"{data.TYPE} changes no life cycle")
    allowed = context.policy.lifecycle.transitions[state.lifecycle.stage]
    if data.to not in allowed and not context.again:
        known = ", ".join(allowed) or "nowhere"
        return Refused(
            "transition_not_allowed", f"From {state.lifecycle.stage} the policy leads to {known}: choose that.", 409
        )
    return decide_moved(state, event, context)


def ordered(state: CustomerState, event: Event) -> CustomerState:
    """After an order, whatever becomes of it."""
    mark = Mark(event.time, event.id, MarkKind.ORDER)
    return replace(state, lifecycle=replace(state.lifecycle, marks=marked(state.lifecycle.marks, mark)))


def lived(decision: Accepted, at: datetime, context: Context) -> Accepted:
    """The decision, with what it makes of the customer's stage."""
    before: Lifecycle = decision.state.lifecycle
    walked = walked_of(decision.state, context.policy)
    if (walked.stage, walked.churn) == (before.stage, before.churn):
        return decision
    previous = before.stage if walked.stage is not before.stage else before.previous
    after = replace(before, stage=walked.stage, previous=previous, churn=walked.churn)
    state = replace(decision.state, lifecycle=after)
    on = business_date(at, zone_of(state, context.policy))
    told = (*_changed(before, after), *_churned(before, after), *_back(before, after, on), *_gone(before, after, on))
    facts = tuple(Fact(data, time=at) for data in told)
    return replace(decision, state=state, facts=(*decision.facts, *facts))


def walked_of(state: CustomerState, policy: Policy) -> Walked:
    """Where this customer stands, and when he left."""
    return stage_of(state.lifecycle, wish_of(state), policy.lifecycle.transitions)


def wish_of(state: CustomerState) -> Wish | None:
    """What the need in force says of a deal."""
    need = state.need
    return Wish(need.snapshot.negotiating, need.stated_at) if need else None


def lifecycle_facts(before: CustomerState, after: CustomerState) -> tuple[Fact, ...]:
    """What is to be said again when a file was folded anew: the stage, if it is another one."""
    return tuple(Fact(data) for data in _changed(before.lifecycle, after.lifecycle))


def _told(state: CustomerState, event: Event, policy: Policy) -> Lifecycle | None:
    lifecycle = state.lifecycle
    match event.data:
        case grading.GradeAssigned(grade=grade):
            known, graded = lifecycle.graded, Graded(event.time, grade is Grade.E)
            return replace(lifecycle, graded=graded if known is None or known.at <= graded.at else known)
        case scheduler.ExitDecided(approved=True):
            at = min(lifecycle.exited_at or event.time, event.time)
            return replace(lifecycle, exited_at=at)
    mark = _mark(event, policy)
    return replace(lifecycle, marks=marked(lifecycle.marks, _placed(mark, state))) if mark else None


def _placed(mark: Mark, state: CustomerState) -> Mark:
    """Our own people act on what is known, even where upstream dates it later on the same day: they come after it."""
    known = [each.at for each in state.lifecycle.marks if mark.kind is MarkKind.PERSON or each.kind is MarkKind.LEFT]
    if mark.kind is MarkKind.PERSON:
        known += [told.at for told in (wish_of(state), state.lifecycle.graded) if told]
    if mark.kind in (MarkKind.PERSON, MarkKind.WON) and known and max(known) >= mark.at:
        return replace(mark, at=max(known) + TICK)
    return mark


def _mark(event: Event, policy: Policy) -> Mark | None:
    at, id = event.time, event.id
    match event.data:
        case grading.ChurnRiskRaised():
            return Mark(at, id, MarkKind.RISK)
        case feedback.WinbackStepCompleted(step=WinbackStep.W4, result=StepResult.DONE):
            return Mark(at, id, MarkKind.WON)
        case upstream.CustomerLeft(avoidable=avoidable, reason=reason):
            return Mark(at, id, MarkKind.LEFT, churn=Churn(_kind(avoidable), _code(reason, policy)))
        case ChangeLifecycle(to=to, reason=reason):
            avoidable = reason not in policy.lifecycle.unavoidable_reasons
            churn = Churn(_kind(avoidable), _code(reason, policy)) if to is LifecycleStage.CHURNED else None
            return Mark(at, id, MarkKind.PERSON, to, churn)
        case _:
            return None


def _kind(avoidable: bool) -> ChurnKind:
    return ChurnKind.ABNORMAL if avoidable else ChurnKind.NORMAL


def _code(reason: str | None, policy: Policy) -> str:
    """A code of the policy's list; what is not on it stays in the timeline and is unknown to others (WB-01, CN-07)."""
    return reason if reason in policy.lifecycle.leaving_reasons else UNKNOWN


Said = tuple[profile.LifecycleChanged | profile.CustomerChurned | profile.CustomerWonBack | profile.CustomerExited, ...]


def _changed(before: Lifecycle, after: Lifecycle) -> Said:
    return (profile.LifecycleChanged(from_=before.stage, to=after.stage),) if before.stage is not after.stage else ()


def _churned(before: Lifecycle, after: Lifecycle) -> Said:
    """Said again where another reason has become known."""
    if after.churn is None or after.churn == before.churn:
        return ()
    return (profile.CustomerChurned(kind=after.churn.kind, reason=after.churn.reason),)


def _back(before: Lifecycle, after: Lifecycle, on: date) -> Said:
    """Also where it becomes known late, after the next order."""
    was_away = before.stage is LifecycleStage.CHURNED and after.stage in (LifecycleStage.ACTIVE, LifecycleStage.AT_RISK)
    return (profile.CustomerWonBack(on=on),) if was_away or after.stage is LifecycleStage.WON_BACK else ()


def _gone(before: Lifecycle, after: Lifecycle, on: date) -> Said:
    is_new = after.stage is LifecycleStage.EXITED and before.stage is not LifecycleStage.EXITED
    return (profile.CustomerExited(on=on),) if is_new else ()
