"""Tier, loyalty, churn and exit: what they ask people to do (KA-04 to KA-06, GR-15, GR-19, GR-20, GR-23, WB-01)."""

from __future__ import annotations

from msgspec.structs import replace

from services.scheduler.domain.commands import DecideExit
from services.scheduler.domain.finishing import is_blank
from services.scheduler.domain.rows import ExitReview, Task
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of
from services.scheduler.domain.tasks import AFTER_THE_END, cancel_tasks, make_task, open_of
from services.scheduler.domain.voice import ask_referral
from shared.contracts.feedback import WinbackClosed
from shared.contracts.grading import (
    ChurnRiskRaised,
    ExitReviewRequested,
    LoyaltyAssigned,
    TierAssigned,
    UpliftSuggested,
)
from shared.contracts.profile import CustomerChurned, CustomerExited, CustomerWonBack
from shared.contracts.scheduler import ExitDecided
from shared.contracts.values import Tier, WinbackStep
from shared.engine.decision import Context, Event, Fact, Refused, Superseded

PARTING = ("end_membership", "refund", "suggest_supplier")
RANK = {Tier.SMALL: 0, Tier.REGULAR: 1, Tier.KEY: 2}


def decide_tier(state: CustomerState, _event: Event, said: TierAssigned, context: Context) -> Answer:
    """The tier may set a floor under the contact; one that was suggested has been reached."""
    known = replace(state, tier=said.tier, segments=tuple(sorted(said.segments)))
    return cancel_tasks(
        known, "tier_reached", context, lambda t: t.kind == "uplift" and RANK[Tier(t.options[0])] <= RANK[said.tier]
    )


def ask_for_owner(state: CustomerState, context: Context) -> Change:
    """A key account without an owner: somebody is to find one, once until it has one or is none any more (KA-06)."""
    orphaned = state.tier is Tier.KEY and state.owner is None and not state.exited
    if not orphaned:
        known = replace(state, owner_asked=False) if state.owner_asked else state
        return cancel_tasks(known, "not_needed", context, lambda task: task.kind == "assign_owner")
    if state.owner_asked or state.registered_on is None:
        return Change(state)
    key = day_of(state, context.now, context).isoformat()
    return make_task(replace(state, owner_asked=True), "assign_owner", key, context)


def ask_for_plan(state: CustomerState, context: Context) -> Change:
    """A key account has promotions and rewards of its own: its owner plans them, once while it is one (KA-04)."""
    if state.tier is not Tier.KEY or state.exited:
        known = replace(state, plan_asked=False) if state.plan_asked else state
        return cancel_tasks(known, "not_needed", context, lambda task: task.kind == "account_plan")
    if state.plan_asked or state.owner is None or context.policy.tasks.play("account_plan") is None:
        return Change(state)
    key = day_of(state, context.now, context).isoformat()
    return make_task(replace(state, plan_asked=True), "account_plan", key, context)


def decide_loyalty(state: CustomerState, _event: Event, said: LoyaltyAssigned, context: Context) -> Answer:
    return ask_referral(replace(state, loyalty=said.loyalty), context)


def decide_uplift(state: CustomerState, _event: Event, said: UpliftSuggested, context: Context) -> Answer:
    """One at a time."""
    if open_of(state, "uplift") is not None or RANK[said.to] <= RANK[state.tier]:
        return Change(state)
    key = f"{said.to}|{day_of(state, context.now, context)}"
    return make_task(state, "uplift", key, context, options=(said.to.value,))


def decide_churn_risk(state: CustomerState, _event: Event, said: ChurnRiskRaised, context: Context) -> Answer:
    """Somebody asks how things are; a higher level of the same silence is the same task."""
    if open_of(state, "contact", "churn_risk.raised") is not None:
        return Change(state)
    key = f"{said.level}|{day_of(state, context.now, context)}"
    return make_task(state, "contact", key, context, purpose=said.level.value)


def decide_churned(state: CustomerState, _event: Event, said: CustomerChurned, context: Context) -> Answer:
    """Why they left must be known (WB-01); until then somebody finds out."""
    gone = cancel_tasks(state, "churned", context, lambda task: task.because == "churn_risk.raised")
    if said.reason != "unknown":
        return gone.then(cancel_tasks, "reason_known", context, _investigates)
    if open_of(state, "investigate_churn") is not None:
        return gone
    key = day_of(state, context.now, context).isoformat()
    return gone.then(make_task, "investigate_churn", key, context)


def decide_won_back(state: CustomerState, _event: Event, _said: CustomerWonBack, context: Context) -> Answer:
    """Nothing is left to find out, nor to try; the measure against the next departure stays (WB-06)."""
    return cancel_tasks(state, "won_back", context, _tries_to_win_back)


def decide_winback_closed(state: CustomerState, _event: Event, said: WinbackClosed, context: Context) -> Answer:
    """The case is over: what was left of it has lost its point."""
    return cancel_tasks(state, "winback_closed", context, lambda task: task.caused_by_case == said.case_id)


def decide_review_requested(state: CustomerState, _event: Event, said: ExitReviewRequested, context: Context) -> Answer:
    """A person decides; nothing ends by itself (GR-19)."""
    if context.rows.get(ExitReview, said.review_id) is not None and not context.again:
        return Superseded("this review is known")
    review = ExitReview(said.review_id, context.stream.id, said.profit, said.currency, context.now)
    made = make_task(state, "exit_review", str(said.review_id), context, amount=said.profit, currency=said.currency)
    return replace(made, rows=(*made.rows, review))


def decide_exit(state: CustomerState, _event: Event, asked: DecideExit, context: Context) -> Answer:
    """POST /v1/exit-reviews/{id}/decide: approved, we part properly; profile hears of it and ends the life cycle."""
    review = context.rows.get(ExitReview, asked.review_id)
    if review is None or (review.status != "open" and not context.again):
        return Refused("already_decided", "Somebody has decided about this already.", 409)
    if is_blank(asked.reason, context):
        return Refused("reason_required", "Say why we part, or why we do not.")
    decided = replace(
        review,
        status="approved" if asked.approved else "declined",
        decided_by=asked.by,
        reason=asked.reason,
        customer_id=context.stream.id,
    )
    done = cancel_tasks(
        state, "decided", context, lambda task: task.kind == "exit_review" and task.key == str(asked.review_id)
    )
    said = ExitDecided(review_id=asked.review_id, approved=asked.approved)
    change = replace(done, facts=(*done.facts, Fact(said)), rows=(*done.rows, decided))
    for kind in PARTING if asked.approved else ():
        change = change.then(make_task, kind, str(asked.review_id), context)
    return change


def decide_exited(state: CustomerState, _event: Event, _said: CustomerExited, context: Context) -> Answer:
    """We have left: only parting and open complaints are still worked on (GR-20)."""
    return cancel_tasks(
        replace(state, exited=True, commitments=()),
        "customer_exited",
        context,
        lambda task: task.because not in AFTER_THE_END,
    )


def _investigates(task: Task) -> bool:
    return task.kind == "investigate_churn"


def _tries_to_win_back(task: Task) -> bool:
    return _investigates(task) or (task.because == "winback" and task.step != WinbackStep.W5)
