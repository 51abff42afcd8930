"""The day's start for value: the model where it is old, the cuts of the tiers, and all who now stand otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import msgspec

from services.grading.domain.books import Books
from services.grading.domain.commands import SettleCustomer
from services.grading.domain.models.history import History
from services.grading.domain.references import CUTS, MODEL, TierCuts, ValueModel
from services.grading.domain.silence import ModelLevel, chances_of
from services.grading.domain.state import CustomerState
from services.grading.domain.tiers import place
from services.grading.domain.value import history_of
from services.grading.jobs.cuts import cuts_on
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.engine import references
from shared.engine.inputs import Input
from shared.engine.jobs import Job
from shared.engine.run import Chunk, Run
from shared.postgres.pool import READING, begun, borrow

NOBODY = UUID(int=0)
STATES = """
select s.id, s.state, c.model_level from stream s join customer c on c.customer_id = s.id
 where s.kind = 'customer' and s.id > $1 order by s.id limit $2
"""
REFIT_AFTER = timedelta(days=28)
"""Parameters that are older tell chances worse (docs/grading.md)."""
SAMPLE = 200_000
PAGE = 5_000
FEWEST, FEWEST_REPEATERS = 500, 100
"""With fewer customers, or fewer who came back, there is no model and the formula holds."""

_state = msgspec.json.Decoder(CustomerState)


async def settle(run: Run) -> None:
    """Goes on from `run.cursor`: nothing, then {"as_of", "after"}."""
    if run.cursor is None:
        await _prepare(run)
    await run.through(_settle_some)


async def _prepare(run: Run) -> None:
    """New documents; who is placed from now on is placed by them."""
    async with run.chunk() as chunk:
        policy, day = chunk.world.policy, _day(chunk)
        old: ValueModel | None = chunk.world.reference.get(MODEL)
    async with borrow(run.engine.pool) as connection, begun(connection, READING):
        cuts = await cuts_on(connection, day, policy)
    model = await _fitted(run, day, policy) if _is_old(old, day, policy) else None
    async with run.chunk() as chunk:
        if cuts.ranked or chunk.world.reference.get(CUTS) is not None:  # cuts of nobody place nobody
            await references.put(chunk.connection, CUTS, cuts)
        if model is not None:
            await references.put(chunk.connection, MODEL, model)
        chunk.cursor = {"as_of": day.isoformat(), "after": str(NOBODY)}


async def _settle_some(run: Run, chunk: Chunk) -> int:
    """One page of customers; how many there were. Only those who stand otherwise are told to."""
    cursor = chunk.cursor or {}
    rows = await chunk.connection.fetch(STATES, UUID(cursor["after"]), run.size)
    if rows:
        inputs = [said for row in rows if (said := _said(run, chunk, row, date.fromisoformat(cursor["as_of"])))]
        if inputs:
            await chunk.decide(inputs)
        chunk.cursor = {**cursor, "after": str(rows[-1]["id"])}
        told = chunk.progress.get("told", 0) + len(inputs)
        chunk.progress = {"done": chunk.progress.get("done", 0) + len(rows), "told": told}
    return len(rows)


def _said(run: Run, chunk: Chunk, row: asyncpg.Record, day: date) -> Input | None:
    state = _state.decode(row["state"])
    cuts: TierCuts | None = chunk.world.reference.get(CUTS)
    model: ValueModel | None = chunk.world.reference.get(MODEL)
    found = place(state, day, chunk.world.policy, cuts)
    level, p_buy = _outlook(state.books, day, chunk.world.policy, model)
    standing = state.standing
    stays = (found.tier, found.uplift_to, found.below_since) == (
        standing.tier,
        standing.uplift_to,
        standing.below_since,
    )
    if stays and level == row["model_level"]:
        return None
    said = SettleCustomer(as_of=day, model_level=level, p_buy=p_buy, last_order_on=state.books.last_order_on)
    return run.about(UUID(bytes=row["id"].bytes), said)


def _outlook(
    books: Books, day: date, policy: Policy, model: ValueModel | None
) -> tuple[ModelLevel | None, float | None]:
    history = history_of(books, day)
    if history is None or model is None:
        return None, None
    chances = chances_of(history, model)
    return chances.level(policy), chances.now


def _is_old(model: ValueModel | None, day: date, policy: Policy) -> bool:
    if policy.clv.method == "formula" and policy.churn.method == "frequency":
        return False
    return model is None or day >= model.fitted_on + REFIT_AFTER or _kind(model) != policy.clv.model


def _kind(model: ValueModel) -> str:
    return str(type(model.timing).__struct_config__.tag)


async def _fitted(run: Run, day: date, policy: Policy) -> ValueModel | None:
    """None where too little is known."""
    histories: list[History] = []
    spent: list[tuple[int, float]] = []
    after = NOBODY
    while len(histories) < SAMPLE:
        async with borrow(run.engine.pool) as connection, begun(connection, READING):
            rows = await connection.fetch(STATES, after, PAGE)
        if not rows:
            break
        after = rows[-1]["id"]
        _collect([_state.decode(row["state"]).books for row in rows], day, histories, spent)
    if len(histories) < FEWEST or sum(history.repeats > 0 for history in histories) < FEWEST_REPEATERS:
        return None
    return await asyncio.to_thread(_fit, histories, spent, day, policy)


def _collect(books: Sequence[Books], day: date, histories: list[History], spent: list[tuple[int, float]]) -> None:
    for one in books:
        history = history_of(one, day)
        if history is not None:
            histories.append(history)
            spent.append((one.days_ordered, one.total.revenue - one.total.refunds))


def _fit(histories: list[History], spent: list[tuple[int, float]], day: date, policy: Policy) -> ValueModel | None:
    from services.grading.fitting import fit, sample  # noqa: PLC0415 - 70 MB that only this day's process needs

    find = fit.fit_mbg if policy.clv.model == "mbg_nbd" else fit.fit_pareto
    try:
        timing, log_likelihood = find(sample.sample_of(histories))
        spend, _ = fit.fit_gamma_gamma(sample.spending_of(sorted(spent)))
    except fit.NoFit:
        return None
    return ValueModel(day, len(histories), round(log_likelihood, 3), fit.rounded(timing), fit.rounded(spend))


def _day(chunk: Chunk) -> date:
    return business_date(chunk.world.clock, chunk.world.policy.calendar.time_zone)


JOB = Job("values", settle, daily=True)
