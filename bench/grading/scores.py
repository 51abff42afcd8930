"""Ways to rank customers, from the simplest to the models: each is a column over the same people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, logit
from scipy.stats import rankdata

from bench.grading.cohorts import Cohort
from bench.grading.measures import Column
from services.grading.fitting import calibrate, fit, scores
from services.grading.fitting.sample import Sample, grouped, spending_of

MODELS: Mapping[str, Callable[[Sample], tuple[Any, float]]] = {"MBG/NBD": fit.fit_mbg, "Pareto/NBD": fit.fit_pareto}


class Ranking(NamedTuple):
    """`orders`: what it forecasts in all, where it forecasts."""

    name: str
    spend: Column
    buys: Column
    orders: float | None = None


def rankings(cohort: Cohort, models: Collection[str] = tuple(MODELS)) -> list[Ranking]:
    """Simple ones first; of the models those that are named: a fit takes seconds."""
    seen, spent, days = cohort.seen, cohort.spent, cohort.seen.repeats + 1
    recency = seen.last_week - seen.weeks
    rfm = _quintiles(recency) + _quintiles(seen.repeats) + _quintiles(spent)
    simple = [
        Ranking("recency", recency, recency),
        Ranking("frequency", seen.repeats, seen.repeats),
        Ranking("past spend", spent, spent),
        Ranking("RFM quintiles", rfm, rfm),
        Ranking("decayed spend, 13 weeks", cohort.decayed, cohort.decayed),
    ]
    return simple + [ranking for name in models for ranking in _by_model(name, cohort, spent, days)]


def _by_model(name: str, cohort: Cohort, spent: Column, days: Column) -> list[Ranking]:
    all_days, _ = fit.fit_gamma_gamma(spending_of(zip(days, spent, strict=True)))
    repeats = cohort.seen.repeats > 0
    later = (spent - cohort.first_day)[repeats]
    only_repeats, _ = fit.fit_gamma_gamma(spending_of(zip(cohort.seen.repeats[repeats], later, strict=True)))
    textbook = scores.per_day(only_repeats, np.where(repeats, spent - cohort.first_day, 0), cohort.seen.repeats)
    model, _ = MODELS[name](cohort.seen)
    orders = scores.orders(model, cohort.seen, cohort.ahead)
    buys = scores.buys(model, cohort.seen, cohort.ahead)
    total = float(orders.sum())
    return [
        Ranking(f"{name}, orders alone", orders, buys, total),
        Ranking(f"{name} x Gamma-Gamma, repeats (textbook)", orders * textbook, buys, total),
        Ranking(f"{name} x Gamma-Gamma, all days", orders * scores.per_day(all_days, spent, days), buys, total),
    ]


def chance_within(cohort: Cohort, weeks: float) -> Column:
    """P(order within so many weeks) by MBG/NBD."""
    model, _ = fit.fit_mbg(cohort.seen)
    return scores.buys(model, cohort.seen, weeks)


def recalibrated(cohort: Cohort, before: Cohort, weeks: float) -> Column:
    """The same, corrected by what became of what was told of an earlier cohort for a window that has closed."""
    line = calibrate.line(chance_within(before, weeks), before.later_days)
    told = chance_within(cohort, weeks)
    return told if line is None else np.asarray(expit(line[0] + line[1] * logit(told)))


def distinct(seen: Sample) -> int:
    return len(grouped(seen).repeats)


def _quintiles(column: Column) -> Column:
    """1 to 5; who ties is in the same."""
    return np.ceil(5 * rankdata(column, method="average") / len(column))
