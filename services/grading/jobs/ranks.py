"""What customers are ranked by, for many at once: the profit of twelve months, alone or with what is still expected."""

from __future__ import annotations

import numpy as np

from services.grading.domain.references import ValueModel
from services.grading.domain.value import PROFIT, by_model, discounted, years_of
from services.grading.fitting import scores
from services.grading.fitting.sample import Column
from services.grading.jobs.looks import Looks
from shared.contracts.policy import Policy


def ranked_by(measure: str, looks: Looks, policy: Policy, model: ValueModel | None) -> Column:
    """As `domain.value.ranked_by`, of each."""
    if measure == PROFIT:
        return looks.profit
    found = looks.profit.copy()
    found[looks.bought] += _futures(looks, policy, model)
    return found


def uncertain(measure: str, value: Column) -> Column:
    """How far columns and single numbers may lie apart, in minor units."""
    return np.zeros(len(value)) if measure == PROFIT else 2 + np.abs(value) * 1e-9


def _futures(looks: Looks, policy: Policy, model: ValueModel | None) -> Column:
    """Of those who have bought."""
    bought = looks.bought
    if model is None or not by_model(policy, model):
        return looks.profit[bought] * float(years_of(policy))
    days, net = looks.order_days[bought], np.maximum(looks.net[bought], 0)
    kept = 1 - np.divide(looks.goods[bought], net, out=np.zeros(len(net)), where=net > 0)
    worth = scores.per_day(model.spend, net, days) * kept - looks.service[bought] / days
    seen = looks.sample()
    return np.asarray(worth * discounted(lambda weeks: scores.orders(model.timing, seen, weeks), policy))
