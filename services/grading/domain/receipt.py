"""The receipt of a customer's numbers: for each the rule, what it looked at, and parts that add up to it exactly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import isinf
from typing import NamedTuple

from services.grading.domain.books import Books
from services.grading.domain.follow import loyalty_of
from services.grading.domain.models.history import History
from services.grading.domain.references import TierCuts, ValueModel
from services.grading.domain.rows import ReasonRow
from services.grading.domain.silence import Chances, Rhythm, chances_of, rhythm_of
from services.grading.domain.state import CustomerState
from services.grading.domain.value import PROFIT, Future, Profit, Values, history_of, values_of, years_of
from shared.contracts.policy import Policy

MILLI = 1000
"""Log-odds are told in thousandths."""


class Figures(NamedTuple):
    """The numbers that are told beside a grade."""

    values: Values | None
    """None without an order or a cost."""
    rhythm: Rhythm | None
    chances: Chances | None


def figures_of(state: CustomerState, day: date, policy: Policy, model: ValueModel | None) -> Figures:
    """As of a day."""
    books = state.books
    history = history_of(books, day)
    values = values_of(books, day, policy, model) if books != Books() else None
    return Figures(values, rhythm_of(books, policy), chances_of(history, model) if history and model else None)


def receipt(
    state: CustomerState, day: date, policy: Policy, cuts: TierCuts | None, model: ValueModel | None
) -> tuple[ReasonRow, ...]:
    """`points` of the rules `<number>.<part>` add up to that number."""
    found = figures_of(state, day, policy, model)
    return (
        *(_values(found.values, policy) if found.values else ()),
        _tier(state, found.values, cuts),
        _loyalty(state, policy),
        *(_rhythm(found.rhythm, day) if found.rhythm else ()),
        *(_chances(state, found.chances, model, day) if found.chances and model else ()),
    )


def _values(values: Values, policy: Policy) -> Iterator[ReasonRow]:
    yield from _profit("profit_12m", values.last_year, "of the last twelve months")
    yield from _profit("historic", values.historic, "of all time")
    yield from _future(values.future, policy)
    yield ReasonRow("clv.historic", "profit to date", values.historic.total)
    yield ReasonRow("clv.future", f"by {values.future.method}", values.future.amount)


def _profit(name: str, profit: Profit, span: str) -> Iterator[ReasonRow]:
    for part, amount in zip(profit._fields, profit, strict=True):
        yield ReasonRow(f"{name}.{part}", span, amount)


def _future(future: Future, policy: Policy) -> Iterator[ReasonRow]:
    if future.orders is None or future.per_day is None or future.service_per_day is None:
        about = "no purchase" if future.yearly is None else f"m {future.yearly} a year, {_formula(policy)}"
        yield ReasonRow(f"future.{future.method}", about, future.amount)
        return
    margin = round(future.orders * future.per_day)
    orders = f"{future.orders:.3f} order days expected, discounted"
    yield ReasonRow("future.margin", f"{orders}, {future.per_day:.0f} each", margin)
    yield ReasonRow("future.service", f"{orders}, {future.service_per_day:.0f} each", future.amount - margin)


def _formula(policy: Policy) -> str:
    """With the numbers of the policy, so that the amount can be worked out again."""
    clv, years = policy.clv, f"{years_of(policy):.6g} years of it"
    r_and_d = f"r {clv.retention}, d {clv.discount}"
    if clv.horizon == "infinite":
        return f"m·r/(1+d-r): {years}, {r_and_d}"
    if clv.retention == 1 + clv.discount:
        return f"m·n: {years}, {r_and_d}"
    return f"m·r/(1+d-r)·(1-(r/(1+d))^n): {years}, {r_and_d}, n {clv.horizon}"


def _tier(state: CustomerState, values: Values | None, cuts: TierCuts | None) -> ReasonRow:
    if cuts is None:
        return ReasonRow("tier", "no cuts yet: regular")
    if state.books.orders <= 0 or values is None:
        return ReasonRow("tier", "no purchase: regular")
    profit, future = values.last_year.total, values.future.amount
    worth = f"profit {profit}" if cuts.value == PROFIT else f"profit {profit} and future {future}: {profit + future}"
    return ReasonRow(
        "tier", f"{worth}, key from {cuts.key_from}, regular from {cuts.regular_from}, cuts of {cuts.as_of}"
    )


def _loyalty(state: CustomerState, policy: Policy) -> ReasonRow:
    needed = policy.loyalty
    return ReasonRow(
        f"loyalty.{loyalty_of(state, policy)}",
        f"{state.books.orders} orders of {needed.min_orders}, {state.referrals} referrals of {needed.min_referrals}",
    )


def _rhythm(rhythm: Rhythm, day: date) -> Iterator[ReasonRow]:
    silent = (day - rhythm.last_on).days
    yield ReasonRow(
        "churn.rhythm",
        f"{silent} days since {rhythm.last_on}, median gap {rhythm.gap:g}, at risk on {rhythm.risky_on}, "
        f"suspected churn on {rhythm.suspect_on}",
    )


def _chances(state: CustomerState, chances: Chances, model: ValueModel, day: date) -> Iterator[ReasonRow]:
    history = history_of(state.books, day)
    if history is None:
        return
    yield from _odds(history, model)
    yield ReasonRow(
        "churn.model",
        f"p_buy {chances.told:.4f} of {chances.told_at_best:.4f} just after an order, model of {model.fitted_on}",
    )
    if (learnt := model.calibration) is not None:
        line = f"{learnt.intercept:+.3f} {learnt.slope:+.3f} x log-odds, by what {learnt.customers} did"
        yield ReasonRow("churn.calibration", f"{chances.now:.4f} before: {line} since {learnt.since}")


def _odds(history: History, model: ValueModel) -> Iterator[ReasonRow]:
    """Log-odds of having left: thousandths, whose parts are rounded to add up."""
    before, silence = model.timing.odds_terms(history)
    if isinf(before + silence):  # Pareto/NBD of somebody who ordered today: certainly a customer
        yield ReasonRow("log_odds_gone", "ordered today")
        return
    total = round((before + silence) * MILLI)
    first = round(before * MILLI)
    yield ReasonRow("log_odds_gone.history", f"{history.repeats} repeat order days", first)
    yield ReasonRow(
        "log_odds_gone.silence", f"{history.weeks - history.last_week:.1f} weeks since the last one", total - first
    )
