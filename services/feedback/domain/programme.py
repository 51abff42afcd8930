"""Figures of what is done: what it costs, who does it, whether it helps; and what it brings (WB-08, KP-05, KP-08)."""

from __future__ import annotations

import math
from typing import Any

from services.feedback.domain.counts import Counts, Spent
from services.feedback.domain.figures import Figure
from shared.contracts.policy import Policy
from shared.money import to_minor


def remediation_cost(counts: Counts, policy: Policy) -> Figure:
    return _cost(counts.on_cases, policy, "per_case", counts.on_cases.n)


def winback_cost(counts: Counts, policy: Policy) -> Figure:
    spent = counts.on_winbacks
    figure = _cost(spent, policy, "per_returned", spent.returned)
    return Figure(figure.value, figure.n, figure.details | {"returned": spent.returned})


def improvement_effect(counts: Counts, _policy: Policy) -> Figure:
    """What a solution changed, in points of the score that it was to better; nobody claims that it alone did."""
    whole = _effect([now - before for _, before, now in counts.measured])
    types = sorted({type_ for type_, _, _ in counts.measured})
    by_type = {
        each: {"value": part.value, "n": part.n}
        for each in types
        for part in (_effect([now - before for type_, before, now in counts.measured if type_ == each]),)
    }
    return Figure(whole.value, whole.n, whole.details | {"types": by_type})


def sales(counts: Counts, policy: Policy) -> Figure:
    details = {"currency": policy.currency.reporting}
    return Figure(counts.sales if counts.orders else None, counts.orders, details)


def referral_count(counts: Counts, _policy: Policy) -> Figure:
    return Figure(counts.referrals or None, counts.referrals)


def market_share(counts: Counts, _policy: Policy) -> Figure:
    told = counts.market_share
    if told is None:
        return Figure(None, 0)
    return Figure(told.value, told.n, {"source": told.source, "told_from_on": told.from_on, "told_to_on": told.to_on})


def staff_solving(counts: Counts, policy: Policy) -> Figure:
    """Eligible for an incentive from the policy's rate on, and with enough steps to say so."""
    by = dict(counts.solved)
    n = sum(by.values())
    rate = 100 * by.get("on_time", 0) / n if n else None
    enough = n >= policy.kpi.incentive_min_steps
    eligible = n > 0 and enough and by.get("on_time", 0) >= policy.kpi.incentive_rate * n
    return Figure(rate, n, {"eligible": eligible} | {name: by.get(name, 0) for name in HOW})


HOW = ("on_time", "late", "declined", "rejected")


def _cost(spent: Spent, policy: Policy, per: str, times: int) -> Figure:
    """Minutes at the policy's rate and amounts, minor units."""
    currency = policy.currency.reporting
    rate = to_minor(policy.cost.hour_rate, currency)
    cost = spent.amount + (spent.minutes * rate + 30) // 60
    details: dict[str, Any] = {"currency": currency, "minutes": spent.minutes, "amount": spent.amount}
    each = round(cost / times, 4) if times else None
    return Figure(cost if spent.n else None, spent.n, details | {per: each})


def _effect(changes: list[float]) -> Figure:
    n = len(changes)
    if n == 0:
        return Figure(None, 0, {"standard_error": None, "verified": 0, "reopened": 0})
    mean = sum(changes) / n
    spread = sum((change - mean) ** 2 for change in changes) / n
    better = sum(change > 0 for change in changes)
    details = {"standard_error": math.sqrt(spread / n), "verified": better, "reopened": n - better}
    return Figure(mean, n, details)
