"""What a simulated clock read when a record was sent, however late it is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

from shared.engine.clocks import TICK, Clock, Told
from shared.engine.fence import Fence, Range
from shared.engine.inputs import Input, Move
from tests.engine.conftest import Bench

WALL = datetime(2026, 11, 1, 9, tzinfo=UTC)
"""The broker's own clock."""
DAYS = [datetime(2025, 3, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
LANE = ("holdfast.clock.v1", 0)


def sent(minutes: float, kind: int = 1) -> SimpleNamespace:
    at = WALL + timedelta(minutes=minutes)
    return SimpleNamespace(timestamp=int(at.timestamp() * 1000), timestamp_type=kind)


async def test_a_record_is_of_the_instant_at_which_the_broker_took_it_in(bench: Bench):
    await bench.pool.execute("delete from clock")
    await bench.pool.execute("insert into consumer_offset (topic, part, next_offset) values ($1, $2, 0)", *LANE)
    moves = [Move(day, WALL + timedelta(minutes=10 * n)) for n, day in enumerate(DAYS)]
    again = Move(DAYS[0], WALL + timedelta(minutes=25))
    read = 0
    for batch in (moves[:1], moves[1:3], [again, moves[3]]):  # the reader was away; nothing moves the clock back
        fence = Fence((Range(*LANE, read, read + len(batch), DAYS[0], UUID(int=1)),))
        inputs = [Input("kafka", move.now, clock=move) for move in batch]
        async with bench.pool.acquire() as connection:
            await fence.advance(connection, Clock("simulated").moved_by(inputs))
        read += len(batch)
    told = Told()
    await told.look(bench.pool)

    stood = [told.at(sent(minutes)) for minutes in (-1, 0, 9.9, 10, 29, 31, 600)]
    assert stood == [DAYS[n] + TICK for n in (0, 0, 0, 1, 2, 3, 3)]
    assert await Clock("simulated").read(bench.pool) == DAYS[3] + TICK


async def test_where_it_is_not_known_the_present_clock_holds(bench: Bench):
    told = Told()
    await told.look(bench.pool)
    assert told.at(sent(5)) is None
    await bench.pool.execute(
        "insert into clock_move (now, logged_at) values ($1, $2), ($3, null)", DAYS[0], WALL, DAYS[1]
    )
    await told.look(bench.pool)
    assert told.at(sent(5)) == DAYS[0] + TICK
    assert told.at(sent(5, kind=0)) is None
