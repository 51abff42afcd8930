"""What is told of value, loyalty and silence beside a grade: worked out on read, as of now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from services.grading.domain import assess
from services.grading.domain.books import window_start
from services.grading.domain.grades import runner_up
from services.grading.domain.overrides import standing_of
from services.grading.domain.receipt import Figures, figures_of, receipt
from services.grading.domain.references import CUTS, MODEL, TierCuts
from services.grading.domain.silence import MODEL_RISKS
from services.grading.domain.state import CustomerState
from services.grading.domain.wake import next_letter
from shared.contracts.policy import Policy
from shared.contracts.values import ChurnLevel, Tier

Item = dict[str, Any]

STANDS = "select state, policy_id, wake_at from stream where kind = 'customer' and id = $1"
BOOKED_BY = """
select event_id from posting where customer_id = $1 and "on" > $2 group by event_id order by max("on") desc, event_id
 limit 50
"""
INSTANT = timedelta(microseconds=1)
_state = msgspec.json.Decoder(CustomerState)


class Stands(NamedTuple):
    """What the rules know of a customer, by which policy they decided, and the instant up to which they have."""

    state: CustomerState
    policy_id: str
    until: datetime


async def stands_of(connection: asyncpg.Connection, customer: UUID, now: datetime) -> Stands:
    """A wake-up that is due has not run yet: until then all stands as it did."""
    [row] = await connection.fetch(STANDS, customer)
    wake_at = row["wake_at"]
    until = now if wake_at is None else min(now, wake_at - INSTANT)
    return Stands(_state.decode(row["state"]), row["policy_id"], until)


def grading_told(state: CustomerState, day: date, policy: Policy) -> Item:
    """Why the grade is in force, with the events behind it, what it would be else, and becomes by time alone."""
    need = state.need.event_id if state.need else None
    told = [msgspec.to_builtins(row) for row in assess.reasons_of(state, day, policy)]
    second, following = runner_up(state.need, day, policy), next_letter(state, day, policy)
    return {
        "reasons": [reason | ({"event_ids": [need]} if need and _is_of_need(reason) else {}) for reason in told],
        "runner_up": {"grade": second.grade, "rule": second.rule} if second else None,
        "next": {"grade": following.grade, "on": following.on.isoformat()} if following else None,
    }


async def receipt_of(
    connection: asyncpg.Connection, customer: UUID, state: CustomerState, asked: tuple[Any, ...]
) -> list[Item]:
    """The receipt of the numbers, with the events that the inputs come from."""
    day, policy, reference = asked
    rows = receipt(state, day, policy, reference.get(CUTS), reference.get(MODEL))
    events = [row["event_id"] for row in await connection.fetch(BOOKED_BY, customer, window_start(day))]
    return [
        msgspec.to_builtins(row) | ({"event_ids": events} if row.rule.startswith("profit_12m.") else {}) for row in rows
    ]


def figures_told(state: CustomerState, day: date, policy: Policy, reference: Mapping[str, Any]) -> Item:
    """The fields of `GET /v1/customers/{id}/grade` that are about value."""
    found = figures_of(state, day, policy, reference.get(MODEL))
    standing = standing_of(state)
    return {
        "segments": list(standing.segments),
        "supply_priority": standing.tier is Tier.KEY,
        "uplift_to": standing.uplift_to,
        "value": _value(found, policy),
        "share_of_potential": assess.share_of_potential(state, day, policy),
        "loyalty": state.standing.loyalty,
        "churn": _churn(found, day, policy),
    }


def shares_of(cuts: TierCuts | None) -> Item:
    """How much of the profit the key customers bring (GR-16), and the best tenths one after the other, in percent."""
    if cuts is None:
        return {"key_profit_share": None, "whale_curve": []}
    return {
        "key_profit_share": 100 * cuts.key_earned / cuts.earned if cuts.earned > 0 else None,
        "whale_curve": [100 * so_far / cuts.profit for so_far in cuts.whale] if cuts.profit > 0 else [],
    }


def warnings_of(policy: Policy, reference: Mapping[str, Any]) -> list[Item]:
    """What the policy asks for and does not get."""
    return [{"rule": rule, "detail": detail} for rule, detail in _warnings(policy, reference.get(MODEL) is not None)]


def _warnings(policy: Policy, is_fitted: bool) -> Iterator[tuple[str, str]]:
    supervised = policy.remediation.supervisor_when.tiers
    plans = {(policy.tier.floor_days.get(tier), tier in supervised) for tier in Tier}
    if len(plans) == 1:  # service effort follows value (GR-25)
        detail = "all tiers are served alike: give tier.floor_days or remediation.supervisor_when.tiers for one of them"
        yield "same_plan_for_all_tiers", detail
    if policy.churn.method == "model" and not is_fitted:
        detail = (
            "churn.method is model and none is fitted: nobody is warned of; it takes 500 customers who have bought, "
            "100 of them again, and a 00:00; until then choose churn.method frequency"
        )
        yield "churn_without_model", detail


def _value(found: Figures, policy: Policy) -> Item:
    values, currency = found.values, policy.currency.reporting
    if values is None:
        return {**dict.fromkeys(("historic", "future", "clv", "profit_12m")), "currency": currency}
    return {
        "historic": values.historic.total,
        "future": values.future.amount,
        "clv": values.clv,
        "profit_12m": values.last_year.total,
        "currency": currency,
    }


def _churn(found: Figures, day: date, policy: Policy) -> Item:
    chances = found.chances
    model_level = chances.level(policy) if chances else None
    if policy.churn.method == "model":
        level: ChurnLevel | None = MODEL_RISKS.get(model_level or "")
    else:
        level = found.rhythm.level(day) if found.rhythm else None
    return {"level": level or "none", "model_level": model_level, "p_buy": chances.told if chances else None}


def _is_of_need(reason: Item) -> bool:
    return reason["rule"] not in ("deal_status", "complaint_open", "no_date")
