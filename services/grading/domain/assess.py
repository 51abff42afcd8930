"""All axes of a customer on a day, with the reason for each (GR-02…GR-11)."""

from __future__ import annotations

from datetime import date

from services.grading.domain.books import last_year
from services.grading.domain.grades import haste, letter
from services.grading.domain.rows import Inputs, ReasonRow
from services.grading.domain.state import Axes, CustomerState, NeedInForce
from services.grading.domain.value import minor
from shared.contracts.policy import Policy
from shared.contracts.values import DealStatus, Demand, GradeFlag, Importance
from shared.money import convert


def axes_of(state: CustomerState, day: date, policy: Policy) -> Axes:
    """What the customer is on this day."""
    found = letter(state.need, day, policy)
    return Axes(
        grade=found.grade,
        deal_status=deal_status_of(state),
        importance=importance_of(state.need, policy),
        urgency=haste(state, day, policy).urgency,
        demand=demand_of(state.need),
        flags=tuple(flag for flag in (found.flag, cost_flag(state)) if flag),
    )


def reasons_of(state: CustomerState, day: date, policy: Policy) -> tuple[ReasonRow, ...]:
    """Why: one reason for the letter and for each axis."""
    grade, urgency = letter(state.need, day, policy), haste(state, day, policy)
    return (
        ReasonRow(grade.rule, str(grade.input)),
        ReasonRow(
            "deal_status", f"{state.books.orders} live orders, {'' if negotiating(state) else 'not '}negotiating"
        ),
        ReasonRow("importance", _reach_text(state.need, policy)),
        ReasonRow(urgency.rule, str(urgency.input)),
        ReasonRow("demand", "as the need says" if state.need else "no need known"),
    )


def negotiating(state: CustomerState) -> bool:
    return state.need is not None and state.need.negotiating


def deal_status_of(state: CustomerState) -> DealStatus:
    """Negotiating when the need in force says so; else won by a live order; else a prospect (GR-02)."""
    if negotiating(state):
        return DealStatus.NEGOTIATING
    return DealStatus.WON if state.books.orders > 0 else DealStatus.PROSPECT


def importance_of(need: NeedInForce | None, policy: Policy) -> Importance:
    """Important from the threshold on, by expected amount or potential volume (GR-03)."""
    reach = reach_of(need, policy)
    if reach is None or reach < minor(policy.importance.threshold, policy.currency.reporting):
        return Importance.STANDARD
    return Importance.IMPORTANT


def reach_of(need: NeedInForce | None, policy: Policy) -> int | None:
    """The larger of the two amounts in minor units of the reporting currency; None where none is known."""
    if need is None:
        return None
    amounts = [a for a in (need.expected_amount, need.potential_volume) if a is not None]
    if need.currency is not None and need.currency != policy.currency.reporting:
        converted = (convert(amount, need.currency, policy.currency) for amount in amounts)
        amounts = [amount for amount in converted if amount is not None]
    return max(amounts, default=None)


def share_of_potential(state: CustomerState, day: date, policy: Policy) -> float | None:
    """Percent of what the need says they could buy that twelve months brought: from 50 on we come first (GR-27)."""
    need = state.need
    if need is None or not need.potential_volume:
        return None
    potential = convert(need.potential_volume, need.currency or policy.currency.reporting, policy.currency)
    bought = last_year(state.books, day)
    return 100 * max(0, bought.revenue - bought.refunds) / potential if potential and potential > 0 else None


def cost_flag(state: CustomerState) -> GradeFlag | None:
    """An order came without goods cost: profits take it for 0."""
    return GradeFlag.COST_UNKNOWN if state.books.unpriced > 0 else None


def demand_of(need: NeedInForce | None) -> Demand:
    """As the need says; latent where none is known (K-08)."""
    return need.demand if need else Demand.LATENT


def inputs_of(state: CustomerState, policy: Policy) -> Inputs:
    """What the rules looked at, for the history."""
    need = state.need
    return Inputs(
        demand=need.demand if need else None,
        stated_at=need.stated_at if need else None,
        expected_close_on=need.expected_close_on if need else None,
        handle_by_on=need.handle_by_on if need else None,
        deal_possible=need.deal_possible if need else True,
        negotiating=negotiating(state),
        reach=reach_of(need, policy),
        live_orders=state.books.orders,
        open_complaints=len(state.open_cases),
    )


def _reach_text(need: NeedInForce | None, policy: Policy) -> str:
    reach = reach_of(need, policy)
    if reach is None:
        return "no amount known"
    return f"{reach} minor units of {policy.currency.reporting}, threshold {policy.importance.threshold} major"
