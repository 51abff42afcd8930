"""The value model of a day: fitted to all that is known, its chances corrected by what became of the last ones."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg
import numpy as np

from services.grading.domain.models.calibration import Calibration
from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.domain.references import ValueModel
from services.grading.domain.value import BUYS_WITHIN
from services.grading.fitting import calibrate, fit, sample, scores
from services.grading.fitting.sample import Column, Sample
from services.grading.jobs.looks import Looks, looks_after
from shared.contracts.policy import Policy
from shared.engine.run import Run
from shared.postgres.pool import READING, begun, borrow

MOST = 200_000
PAGE = 5_000
FEWEST, FEWEST_REPEATERS = 500, 100
"""With fewer customers, or fewer who came back, there is no model and the formula holds."""
WINDOW = timedelta(weeks=BUYS_WITHIN)
ORDERED_BEFORE = """
select customer_id, count(distinct "on") as days, max("on") as last_on from purchase
 where customer_id = any($1::uuid[]) and "on" <= $2
   and not cancelled and (amount is null or amount <= 0 or refunded < amount)
 group by customer_id
"""


class Before(NamedTuple):
    """Customers as they were when the last window began, and who of them ordered within it."""

    seen: Sample
    happened: Column


async def fitted(run: Run, day: date, policy: Policy) -> ValueModel | None:
    """None where too little is known."""
    pages: list[Looks] = []
    before: list[Before] = []
    after: UUID | None = UUID(int=0)
    while after is not None and PAGE * len(pages) < MOST:
        async with borrow(run.engine.pool) as connection, begun(connection, READING):
            looks = await looks_after(connection, after, PAGE, (day, policy))
            before.append(await _before(connection, looks, day - WINDOW))
        after = looks.ids[-1] if looks.ids else None
        pages.append(looks)
    return await asyncio.to_thread(_fit, pages, before, day, policy)


async def _before(connection: asyncpg.Connection, looks: Looks, since: date) -> Before:
    """By the sums of those who have not ordered since then, by their orders of those who have."""
    known = looks.bought & (looks.until_now >= WINDOW.days)
    came = known & (looks.until_now - looks.until_last < WINDOW.days)
    ids = [looks.ids[place] for place in came.nonzero()[0]]
    found = {row["customer_id"]: row for row in await connection.fetch(ORDERED_BEFORE, ids, since)}
    rows = []
    for place in known.nonzero()[0]:
        repeats, last, now = looks.order_days[place] - 1, looks.until_last[place], looks.until_now[place] - WINDOW.days
        if came[place]:
            row = found.get(looks.ids[place])
            if row is None:
                continue
            repeats, last = row["days"] - 1, now - (since - row["last_on"]).days
        rows.append((repeats, last / 7, now / 7, float(came[place])))
    columns = np.array(rows, dtype=float).reshape(-1, 4)
    return Before(Sample(columns[:, 0], columns[:, 1], columns[:, 2], np.ones(len(columns))), columns[:, 3])


def _fit(pages: list[Looks], before: list[Before], day: date, policy: Policy) -> ValueModel | None:
    seen = sample.joined([page.sample() for page in pages])
    spent = sample.joined([page.spending() for page in pages])
    try:
        timing, log_likelihood = _timing(seen, policy)
        spend, _ = fit.fit_gamma_gamma(sample.in_order(spent))
    except fit.NoFit:
        return None
    learnt = _calibration(before, day - WINDOW, policy)
    rounded = fit.rounded(timing), fit.rounded(spend)
    return ValueModel(day, seen.customers, round(log_likelihood, 3), *rounded, learnt)


def _timing(seen: Sample, policy: Policy) -> tuple[MbgNbd | ParetoNbd, float]:
    """Raises NoFit."""
    if seen.customers < FEWEST or int((seen.repeats > 0).sum()) < FEWEST_REPEATERS:
        raise fit.NoFit("too few customers")
    return (fit.fit_mbg if policy.clv.model == "mbg_nbd" else fit.fit_pareto)(seen)


def _calibration(before: list[Before], since: date, policy: Policy) -> Calibration | None:
    """What the model of that day said of the window, against what happened in it."""
    seen = sample.joined([page.seen for page in before])
    happened = np.concatenate([page.happened for page in before])
    try:
        timing, _ = _timing(seen, policy)
    except fit.NoFit:
        return None
    line = calibrate.line(scores.buys(timing, seen, BUYS_WITHIN), happened)
    if line is None:
        return None
    intercept, slope = (float(f"{number:.9g}") for number in line)
    return Calibration(intercept, slope, since, seen.customers)
