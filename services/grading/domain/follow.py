"""What follows from value, silence and loyalty: said where it is different from what was said last."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from services.grading.domain import alerts, reviews, tiers
from services.grading.domain.books import Books, last_year
from services.grading.domain.overrides import settle, standing_of, tier_basis
from services.grading.domain.references import cuts_of, model_of
from services.grading.domain.rows import Tiering
from services.grading.domain.silence import MODEL_RISKS, rhythm_of
from services.grading.domain.state import CustomerState, Standing
from services.grading.domain.value import profit_of, values_of
from services.grading.domain.wake import day_of
from services.grading.domain.worth import is_told_anew, worth_of
from shared.contracts import grading
from shared.contracts.data import Data
from shared.contracts.ids import named
from shared.contracts.policy import Policy
from shared.contracts.values import Basis, ChurnLevel, Loyalty, Tier
from shared.engine.decision import Context

LARGEST = 10**15
"""Of an amount in a fact, in minor units."""


class Followed(Struct, frozen=True):
    """The state with all that in it, what is announced, and the history's new row."""

    state: CustomerState
    facts: tuple[Data, ...] = ()
    rows: tuple[Struct, ...] = ()


def follow(before: CustomerState, state: CustomerState, context: Context, *, places: bool) -> Followed:
    """`places`: the event may move the tier: it changed the books, or came from the job."""
    if not state.registered:
        return Followed(state)
    state = _stand(state, context, places=places)
    settled = settle(state, context)
    state = settled.state
    facts = differences(before, state, context)
    state, alarmed = _alarm(state, context)
    state, asked = _review(state, context)
    rows: tuple[Struct, ...] = () if before.standing == state.standing else (_tiering(before, state, context),)
    if is_told_anew(before, state):
        rows += (worth_of(context.stream.id, state, day_of(state, context)),)
    return Followed(state, (*settled.facts, *facts, *alarmed, *asked), (*settled.rows, *rows))


def differences(before: CustomerState, after: CustomerState, context: Context) -> tuple[Data, ...]:
    """Value, tier, loyalty and uplift as they are now, as far as they were said otherwise."""
    facts: list[Data] = []
    was, now = standing_of(before), standing_of(after)
    known = before.books if before.registered else Books()
    if (after.books.days, after.books.total) != (known.days, known.total):
        facts.append(_value(after, context))
    if (was.tier, was.segments) != (now.tier, now.segments):
        facts.append(_tier(was, now, tier_basis(after)))
    if was.loyalty is not now.loyalty:
        facts.append(grading.LoyaltyAssigned(loyalty=now.loyalty))
    if now.uplift_to is not None and now.uplift_on != was.uplift_on:
        facts.append(grading.UpliftSuggested(from_=now.tier, to=now.uplift_to))
    return tuple(facts)


def loyalty_of(state: CustomerState, policy: Policy) -> Loyalty:
    """Buys again and sends others (GR-22)."""
    repeats = state.books.orders >= policy.loyalty.min_orders
    recommends = state.referrals >= policy.loyalty.min_referrals
    if repeats:
        return Loyalty.LOYAL if recommends else Loyalty.REPEAT_ONLY
    return Loyalty.ADVOCATE_ONLY if recommends else Loyalty.NONE


def _stand(state: CustomerState, context: Context, *, places: bool) -> CustomerState:
    day, policy = day_of(state, context), context.policy
    standing = _placed(state, context) if places else state.standing
    standing = replace(
        standing,
        segments=tiers.segments_of(state, (standing.tier, standing.premium), day, policy),
        loyalty=loyalty_of(state, policy),
    )
    return state if standing == state.standing else replace(state, standing=standing)


def _placed(state: CustomerState, context: Context) -> Standing:
    """Folded again, a customer stands where the cuts of that day put them: the history remembers."""
    if context.again:
        row = context.rows.get(Tiering, context.cause.event_id)
        return row.standing if row else state.standing
    day, policy = day_of(state, context), context.policy
    found = tiers.place(state, day, policy, (cuts_of(context), model_of(context)))
    return replace(
        state.standing,
        tier=found.tier,
        premium=cuts_of(context) is not None and tiers.is_premium(state, found.tier, day, policy),
        uplift_to=found.uplift_to,
        uplift_on=day if tiers.suggests(state.standing, found.uplift_to) else state.standing.uplift_on,
        below_since=found.below_since,
    )


def _alarm(state: CustomerState, context: Context) -> tuple[CustomerState, tuple[Data, ...]]:
    level = _alarming(state, context)
    if level is None or state.gone:
        return state, ()
    p_buy = state.outlook.p_buy if state.outlook else None
    told = state.alerts.with_told(level, day_of(state, context))
    return replace(state, alerts=told), (grading.ChurnRiskRaised(level=level, p_buy=p_buy),)


def _alarming(state: CustomerState, context: Context) -> ChurnLevel | None:
    """By the customer's own rhythm (GR-23), or by the model where the policy says so."""
    day = day_of(state, context)
    if context.policy.churn.method == "frequency":
        rhythm = rhythm_of(state.books, context.policy)
        return alerts.alert_of(rhythm, state.alerts, day) if rhythm else None
    outlook = state.outlook
    level = MODEL_RISKS.get(outlook.level) if outlook else None
    if outlook is None or level is None or outlook.last_order_on != state.books.last_order_on:
        return None
    return level if alerts.is_due(level, outlook.last_order_on, state.alerts, day) else None


def _review(state: CustomerState, context: Context) -> tuple[CustomerState, tuple[Data, ...]]:
    day, policy = day_of(state, context), context.policy
    review = reviews.reviewed(state, day, policy)
    if review == state.review:
        return state, ()
    asked = review.number > state.review.number
    state = replace(state, review=review)
    if not asked:
        return state, ()
    fact = grading.ExitReviewRequested(
        review_id=named(context.stream.id, f"exit review|{context.cause.event_id}"),
        profit=_sayable(profit_of(last_year(state.books, day), policy).total),
        currency=policy.currency.reporting,
    )
    return state, (fact,)


def _value(state: CustomerState, context: Context) -> grading.ValueComputed:
    values = values_of(state.books, day_of(state, context), context.policy, model_of(context))
    return grading.ValueComputed(
        clv=_sayable(values.clv),
        historic=_sayable(values.historic.total),
        future=_sayable(values.future.amount),
        profit_12m=_sayable(values.last_year.total),
        currency=context.policy.currency.reporting,
    )


def _sayable(amount: int) -> int:
    """Sums may outgrow what a fact can say: the receipt has them whole."""
    return max(-LARGEST, min(LARGEST, amount))


def _tier(was: Standing, now: Standing, basis: Basis) -> grading.TierAssigned:
    return grading.TierAssigned(
        tier=now.tier,
        previous=was.tier,
        basis=basis,
        supply_priority=now.tier is Tier.KEY,
        segments=now.segments,
    )


def _tiering(before: CustomerState, state: CustomerState, context: Context) -> Tiering:
    day, cuts = day_of(state, context), cuts_of(context)
    return Tiering(
        event_id=context.cause.event_id,
        customer_id=context.stream.id,
        decided_at=context.now,
        as_of=day,
        tier=state.standing.tier,
        previous=before.standing.tier,
        standing=state.standing,
        profit_12m=profit_of(last_year(state.books, day), context.policy).total,
        cuts_of=cuts.as_of if cuts else None,
        policy_id=context.policy_id,
        cause_type=context.cause.type,
    )
