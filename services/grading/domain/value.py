"""Profit (GR-18) and lifetime value (GR-17): history and future, kept apart. Minor units of the reporting currency."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from math import exp, log1p
from typing import NamedTuple

from services.grading.domain.books import Amounts, Books, last_year
from services.grading.domain.models.history import History
from services.grading.domain.references import ValueModel
from shared.contracts.policy import Policy
from shared.money import to_minor

WEEKS_PER_YEAR = 52
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
    keep, discount = policy.clv.retention, 1 + policy.clv.discount
    left = discount - keep
    if policy.clv.horizon == "infinite":
        factor = keep / left
    else:
        years = Decimal(policy.clv.horizon)
        factor = keep / left * (1 - (keep / discount) ** years) if left else years
    return int((yearly * factor).to_integral_value(rounding=ROUND_HALF_EVEN))


def _future(books: Books, day: date, policy: Policy, known: tuple[ValueModel | None, int]) -> Future:
    model, yearly = known
    history = history_of(books, day)
    if history is None:
        return Future(0, "no_purchase")
    if policy.clv.method == "formula" or model is None:
        return Future(by_formula(yearly, policy), "formula", yearly=yearly)
    return _by_model(books, history, model, policy)


def _by_model(books: Books, history: History, model: ValueModel, policy: Policy) -> Future:
    """Expected order days, each worth what the customer's are, less goods and service at the rates so far."""
    sums, days = books.total, books.days_ordered
    net = sums.revenue - sums.refunds
    worth = model.spend.per_day(max(net, 0), days) * (1 - sums.goods / net if net > 0 else 1)
    service = -profit_of(sums, policy).service / days
    orders = _discounted_orders(history, model, policy)
    return Future(round(orders * (worth - service)), "model", orders, worth, service)


def _discounted_orders(history: History, model: ValueModel, policy: Policy) -> float:
    """Expected order days, each at what it is worth today: by parts, the integral by Gauss and Legendre."""
    end = LONGEST if policy.clv.horizon == "infinite" else min(float(policy.clv.horizon), LONGEST)
    rate = log1p(float(policy.clv.discount))

    def known_today(years: float) -> float:
        return exp(-rate * years) * model.timing.orders(history, years * WEEKS_PER_YEAR)

    return known_today(end) + rate * end * sum(weight * known_today(share * end) for share, weight in NODES)
