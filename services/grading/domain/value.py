"""Profit (GR-18) and lifetime value (GR-17): history and future, kept apart. Minor units of the reporting currency."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from math import exp, log1p
from typing import Any, NamedTuple

from services.grading.domain.books import Amounts, Books, last_year
from services.grading.domain.models.history import History
from services.grading.domain.references import ValueModel
from shared.contracts.policy import Policy
from shared.money import to_minor

Amount = Any
"""A number, or a column of them."""
WEEKS_PER_YEAR = 52
PROFIT = "profit_12m"
"""`tier.value` where the future does not count."""
BUYS_WITHIN = 13
"""Weeks ahead for which `p_buy` is told."""
LONGEST = 30.0
"""Years; what is ordered later adds nothing."""
NODES = (
    (0.0011400916279895744, 0.005784813099631881),
    (0.028694769954641233, 0.06111131733618723),
    (0.14492518595015338, 0.17813034617398463),
    (0.38354437203335034, 0.28978358839870644),
    (0.6899041564209057, 0.2996502557119515),
    (0.9336096058311414, 0.1655396792795384),
)
"""Shares of the horizon and their weights: six points, denser near today; right to a thousandth."""


class Profit(NamedTuple):
    """Parts that add up to the profit."""

    revenue: int
    refunds: int
    goods: int
    service: int

    @property
    def total(self) -> int:
        return self.revenue + self.refunds + self.goods + self.service


class Future(NamedTuple):
    """What is still to come, and the numbers behind it."""

    amount: int
    method: str
    orders: float | None = None
    """Expected order days, discounted."""
    per_day: float | None = None
    """What one of them brings after goods."""
    service_per_day: float | None = None
    yearly: int | None = None
    """The formula's margin of the last twelve months."""


class Values(NamedTuple):
    historic: Profit
    last_year: Profit
    future: Future

    @property
    def clv(self) -> int:
        return self.historic.total + self.future.amount


def values_of(books: Books, day: date, policy: Policy, model: ValueModel | None) -> Values:
    """As of a day."""
    last = profit_of(last_year(books, day), policy)
    return Values(profit_of(books.total, policy), last, _future(books, day, policy, (model, last.total)))


def ranked_by(measure: str, books: Books, at: tuple[date, Policy, ValueModel | None]) -> int:
    """What `tier.value` names."""
    day, policy, model = at
    profit = profit_of(last_year(books, day), policy).total
    return profit if measure == PROFIT else profit + _future(books, day, policy, (model, profit)).amount


def profit_of(amounts: Amounts, policy: Policy) -> Profit:
    """Revenue less refunds, goods, and service by the minute and by amount."""
    return Profit(amounts.revenue, -amounts.refunds, -amounts.goods, -amounts.cost - minutes_cost(amounts, policy))


def minutes_cost(amounts: Amounts, policy: Policy) -> int:
    """Half a minor unit is rounded up, as the job's statement does."""
    return (amounts.minutes * hour_rate(policy) + 30) // 60


def hour_rate(policy: Policy) -> int:
    return minor(policy.cost.hour_rate, policy.currency.reporting)


@lru_cache(maxsize=1_024)
def minor(major: Decimal, currency: str) -> int:
    """An amount of a policy, of which there are few."""
    return to_minor(major, currency)


def history_of(books: Books, day: date) -> History | None:
    """What the models look at; None without an order."""
    first, last = books.first_order_on, books.last_order_on
    if first is None or last is None:
        return None
    return History(books.days_ordered - 1, (last - first).days / 7, max(0, (max(day, last) - first).days) / 7)


def by_formula(yearly: int, policy: Policy) -> int:
    """m·r/(1+d-r), or as many years of it as the horizon has."""
    return int((yearly * years_of(policy)).to_integral_value(rounding=ROUND_HALF_EVEN))


def years_of(policy: Policy) -> Decimal:
    """As many years of today's margin as the formula expects, discounted."""
    keep, discount = policy.clv.retention, 1 + policy.clv.discount
    left = discount - keep
    if policy.clv.horizon == "infinite":
        return keep / left
    years = Decimal(policy.clv.horizon)
    return keep / left * (1 - (keep / discount) ** years) if left else years


def by_model(policy: Policy, model: ValueModel | None) -> bool:
    """Whether the future is the model's: else it is the formula's."""
    return policy.clv.method != "formula" and model is not None


def _future(books: Books, day: date, policy: Policy, known: tuple[ValueModel | None, int]) -> Future:
    model, yearly = known
    history = history_of(books, day)
    if history is None:
        return Future(0, "no_purchase")
    if model is None or not by_model(policy, model):
        return Future(by_formula(yearly, policy), "formula", yearly=yearly)
    return _by_model(books, history, model, policy)


def _by_model(books: Books, history: History, model: ValueModel, policy: Policy) -> Future:
    """Expected order days, each worth what the customer's are, less goods and service at the rates so far."""
    sums, days = books.total, books.days_ordered
    net = sums.revenue - sums.refunds
    worth = model.spend.per_day(max(net, 0), days) * (1 - sums.goods / net if net > 0 else 1)
    service = -profit_of(sums, policy).service / days
    orders = discounted(lambda weeks: model.timing.orders(history, weeks), policy)
    return Future(round(orders * (worth - service)), "model", orders, worth, service)


def discounted(expected: Callable[[float], Amount], policy: Policy) -> Amount:
    """Order days that are expected within so many weeks, each at what it is worth today.

    By parts, the integral by Gauss and Legendre.
    """
    end = LONGEST if policy.clv.horizon == "infinite" else min(float(policy.clv.horizon), LONGEST)
    rate = log1p(float(policy.clv.discount))

    def known_today(years: float) -> Amount:
        return exp(-rate * years) * expected(years * WEEKS_PER_YEAR)

    return known_today(end) + rate * end * sum(weight * known_today(share * end) for share, weight in NODES)
