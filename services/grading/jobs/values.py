"""The day's start for value: the model where it is old, the cuts of the tiers, and all who now stand otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from importlib import import_module
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.grading.domain.books import Books
from services.grading.domain.commands import SettleCustomer
from services.grading.domain.references import CUTS, MODEL, ValueModel
from services.grading.domain.silence import ModelLevel, chances_of
from services.grading.domain.state import CustomerState
from services.grading.domain.tiers import place
from services.grading.domain.value import history_of
from services.grading.jobs.worths import ARE_OLD, renewed
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.engine import references
from shared.engine.jobs import Job
from shared.engine.run import Chunk, Run
from shared.postgres.pool import READING, begun, borrow

NOBODY = UUID(int=0)
STATES = "select id, state from stream where kind = 'customer' and id = any($1::uuid[]) order by id"
REFIT_AFTER = timedelta(days=28)
"""Parameters that are older tell chances worse (docs/grading.md)."""
PAGE = 5_000

_state = msgspec.json.Decoder(CustomerState)


class Made(Struct):
    """What a day's start has made: documents by name."""

    day: date
    documents: dict[str, Struct] = msgspec.field(default_factory=dict)


async def settle(run: Run) -> None:
    """Goes on from `run.cursor`: nothing, then {"as_of", "after"}."""
    import_module("services.grading.jobs.suspects")  # arrays, in this process alone; and in no transaction
    made = await _made(run) if run.cursor is None else None
    await run.through(partial(_settle_some, made))


async def _made(run: Run) -> Made:
    """From profits that are all the day's."""
    from services.grading.jobs.cuts import cuts_on  # noqa: PLC0415 - as above

    async with borrow(run.engine.pool) as connection, begun(connection, READING):
        world = await run.engine.world(connection)
        day = business_date(world.clock, world.policy.calendar.time_zone)
        are_old, model = await connection.fetchval(ARE_OLD, day), world.reference.get(MODEL)
        is_old = _is_old(model, day, world.policy)
        cuts = None if are_old or is_old else await cuts_on(connection, day, world.policy, model)
    if are_old:
        await _renew(run, day)
    made = Made(day)
    if is_old:
        from services.grading.jobs.model import fitted  # noqa: PLC0415 - 70 MB that only this day's process needs

        if (newer := await fitted(run, day, world.policy)) is not None:
            made.documents[MODEL] = model = newer
    if cuts is None:
        async with borrow(run.engine.pool) as connection, begun(connection, READING):
            cuts = await cuts_on(connection, day, world.policy, model)
    if cuts.ranked or world.reference.get(CUTS) is not None:  # cuts of nobody place nobody
        made.documents[CUTS] = cuts
    return made


async def _renew(run: Run, day: date) -> None:
    found = 1
    while found:
        async with run.chunk() as chunk:
            found = await renewed(chunk.connection, day, run.size)


async def _settle_some(made: Made | None, run: Run, chunk: Chunk) -> int:
    """Tell to those of one page who stand otherwise; how many were looked at, or 0 where nobody comes after them."""
    from services.grading.jobs.looks import looks_after  # noqa: PLC0415 - as above
    from services.grading.jobs.suspects import suspects  # noqa: PLC0415

    if chunk.cursor is None and made is not None:
        await _put(made, chunk)
    cursor = chunk.cursor or {}
    day, policy = date.fromisoformat(cursor["as_of"]), chunk.world.policy
    looks = await looks_after(chunk.connection, UUID(cursor["after"]), PAGE, (day, policy))
    places = suspects(looks, policy, chunk.world.reference.get(CUTS), chunk.world.reference.get(MODEL))
    upto = int(places[run.size]) if len(places) > run.size else len(looks.ids)
    if upto:
        told = {looks.ids[place]: looks.told[place] for place in places[: run.size]}
        rows = await chunk.connection.fetch(STATES, list(told)) if told else []
        said = {row["id"]: _said(chunk, _state.decode(row["state"]), told[row["id"]], day) for row in rows}
        inputs = [run.about(id, one) for id, one in said.items() if one is not None]
        if inputs:
            await chunk.decide(inputs)
        chunk.cursor = {**cursor, "after": str(looks.ids[upto - 1])}
        done, so_far = chunk.progress.get("done", 0) + upto, chunk.progress.get("told", 0)
        chunk.progress = {"done": done, "told": so_far + len(inputs)}
    return 0 if upto == len(looks.ids) < PAGE else upto


async def _put(made: Made, chunk: Chunk) -> None:
    """New documents: who is placed from now on, in this chunk too, is placed by them."""
    for name, document in made.documents.items():
        await references.put(chunk.connection, name, document)
    chunk.world = replace(chunk.world, reference={**chunk.world.reference, **made.documents})
    chunk.cursor = {"as_of": made.day.isoformat(), "after": str(NOBODY)}


def _said(chunk: Chunk, state: CustomerState, level_said: str | None, day: date) -> SettleCustomer | None:
    policy, cuts, model = chunk.world.policy, chunk.world.reference.get(CUTS), chunk.world.reference.get(MODEL)
    found, standing = place(state, day, policy, (cuts, model)), state.standing
    level, p_buy = _outlook(state.books, day, policy, model)
    stays = (found.tier, found.uplift_to, found.below_since) == (
        standing.tier,
        standing.uplift_to,
        standing.below_since,
    )
    if stays and level == level_said:
        return None
    return SettleCustomer(as_of=day, model_level=level, p_buy=p_buy, last_order_on=state.books.last_order_on)


def _outlook(
    books: Books, day: date, policy: Policy, model: ValueModel | None
) -> tuple[ModelLevel | None, float | None]:
    history = history_of(books, day)
    if history is None or model is None:
        return None, None
    chances = chances_of(history, model)
    return chances.level(policy), chances.told


def _is_old(model: ValueModel | None, day: date, policy: Policy) -> bool:
    if policy.clv.method == "formula" and policy.churn.method == "frequency":
        return False
    return model is None or day >= model.fitted_on + REFIT_AFTER or _kind(model) != policy.clv.model


def _kind(model: ValueModel) -> str:
    return str(type(model.timing).__struct_config__.tag)


JOB = Job("values", settle, daily=True)
