"""What an operator's check finds, and that it finds nothing where nothing is wrong."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.feedback.laws import LAWS
from shared.laws import BROKEN, Watch, broken
from shared.postgres.pool import borrow
from tests.feedback.database import ANN, BOB, CID

(ONE_CLOCK,) = LAWS
STATE = "update stream set state = convert_to({}::text, 'UTF8') where kind = 'customer' and id = $1"
HELD = "convert_from(state, 'UTF8')::jsonb"


@pytest.fixture
async def sound(stack):
    """Open, paused, breached, closed, opened again, two of one customer, one that was paused for long."""
    for number, customer in enumerate((ANN, BOB, CID)):
        await stack.complain(f"c{number}", customer, fault="unknown")
    await stack.complain("c3", BOB)
    paths = {item["complaint_id"]: f"/cases/{item['case_id']}" for item in (await stack.get("/cases"))["items"]}
    await stack.post(f"{paths['c1']}/pause", {"reason": "away"})
    await stack.post(f"{paths['c2']}/resolve", {"customer_satisfied": True})
    await stack.to("2025-04-20")
    await stack.post(f"{paths['c1']}/resume", {})
    await stack.post(f"{paths['c2']}/reopen", {"reason": "again"})
    assert await broken(stack.engine.pool, ONE_CLOCK) == []
    return stack


HARM = {
    "it never wakes": "update stream set wake_at = null where kind = 'customer' and id = $1",
    "it wakes too late": "update stream set wake_at = '2025-07-01Z' where kind = 'customer' and id = $1",
    "no clock": STATE.format(f"jsonb_set({HELD}, '{{cases,0,clocks}}', '[]')"),
    "two clocks": STATE.format(f"jsonb_insert({HELD}, '{{cases,0,clocks,0}}', {HELD} #> '{{cases,0,clocks,-1}}')"),
    "a case that its file has not": STATE.format(f"({HELD} #- '{{cases,0}}')"),
    "a case that its file has twice": STATE.format(f"jsonb_insert({HELD}, '{{cases,0}}', {HELD} #> '{{cases,0}}')"),
    "a case of nobody": f"update case_file set customer_id = '{UUID(int=9)}' where customer_id = $1",
    "no file at all": "delete from stream where kind = 'customer' and id = $1",
}


async def test_one_clock_for_each_open_case(sound):
    async with borrow(sound.engine.pool) as connection:
        for what, harm in HARM.items():
            harmed = connection.transaction()
            await harmed.start()
            await connection.execute(harm, CID)
            assert len(await connection.fetch(ONE_CLOCK.broken)) == 1, what
            await harmed.rollback()


async def test_what_is_broken_is_measured_and_looked_for_not_too_often(sound):
    watch, pool = Watch(LAWS), sound.engine.pool
    await pool.execute("update stream set wake_at = null where kind = 'customer' and id = any($1::uuid[])", [BOB, CID])
    for expected in (2.0, 2.0):
        watch.look(pool)
        await watch._task
        assert BROKEN.labels("one_clock")._value.get() == expected
        await pool.execute("update stream set wake_at = '2025-04-20Z' where kind = 'customer' and wake_at is null")
    await watch.work(pool)
    assert BROKEN.labels("one_clock")._value.get() == 0.0
