"""A year of wake-ups in two processes, whose clock jumps, who are killed, and whose database is.

The clock of the service jumps by up to 26 hours either way while what the broker has recorded goes on as time does.
After every step nobody may have woken before the instant that both had reached; at the end each wake-up and each fact
must be there once, and every state must be what the rules alone make of the same year.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time as clock
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from bench.waking.expected import Life, Said
from bench.waking.lives import BEGINS, ENDS, customer_id, heard, told
from bench.waking.workers import NAME, Waker, engine_over
from services.scheduler.app import MIGRATIONS
from services.scheduler.domain.state import CustomerState
from shared.contracts.envelope import decode
from shared.contracts.policy import default_policy
from shared.engine import policies
from shared.engine.policy_life import body_of
from shared.postgres.migrations import migrate
from shared.postgres.pool import INFRASTRUCTURE, open_pool

START = datetime.combine(BEGINS, time.min, UTC) - timedelta(days=31)
END = datetime.combine(ENDS, time.min, UTC)
JUMP = timedelta(hours=26)
TIDE = "update consumer_offset set applied_until = $1"
MOVE = "update clock set now = $1"
EARLY = "select count(*) from journal where door = 'wake' and seq > $1 and now >= $2"
LAST = "select coalesce(max(seq), 0) from journal"
DUE = "select count(*) from stream where wake_at < $1"
TOLD = "delete from outbox returning payload"
WOKE = """
select s.id, s.state, (select array_agg(j.now) from journal j where j.kind = s.kind and j.id = s.id and door = 'wake')
  from stream s where s.kind = 'customer' and s.id = any($1::uuid[])
"""
BACKENDS = "select pid from pg_stat_activity where application_name = $1 and state <> 'idle'"
BATCH = 200
Place = tuple[datetime, int, int]
"""When something is heard, of whom, and the how-manieth it is."""
_states = msgspec.json.Decoder(CustomerState)


class Size(Struct, frozen=True):
    """How long a year is."""

    customers: int
    steps: int
    kills: float = 0.15
    """The share of steps in which somebody is killed."""
    crashes: float = 0.0
    """Of those the share in which the database dies with them."""
    chunk: int = 100


class Verdict(Struct):
    """What came of it."""

    wakes: int = 0
    early: int = 0
    twice: int = 0
    lost: int = 0
    facts: int = 0
    facts_wrong: int = 0
    states_wrong: int = 0
    """Customers, both."""
    jumps: int = 0
    killed: int = 0
    cut: int = 0
    crashed: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.early or self.twice or self.lost or self.facts_wrong or self.states_wrong)


class Year:
    """One run over an empty database."""

    def __init__(self, dsn: str, size: Size, seed: int = 26) -> None:
        self.dsn, self.size, self.chance = dsn, size, Random(seed)
        self.verdict = Verdict()
        self.told: defaultdict[str, Said] = defaultdict(Said)
        self.wakers = [self._waker(), self._waker()]

    def _waker(self) -> Waker:
        return Waker(self.dsn, self.size.chunk)

    def run(self) -> Verdict:
        with asyncio.Runner() as loop:
            self.pool: asyncpg.Pool = loop.run(opened(self.dsn))
            self.engine = engine_over(self.pool)
            places = [(at, who, n) for who in range(self.size.customers) for n, (at, _) in enumerate(told(who))]
            try:
                self._live(loop, sorted(places))
                loop.run(self._judge())
            finally:
                for waker in self.wakers:
                    waker.end()
                loop.run(self.pool.close())
        return self.verdict

    def _live(self, loop: asyncio.Runner, places: Sequence[Place]) -> None:
        done = 0
        for step in range(1, self.size.steps + 1):
            now = START + (END - START) * step / self.size.steps
            until = bisect_left(places, (now, 0, 0))
            loop.run(self._hear(places[done:until], now))
            done = until
            self._wake_up(loop, now)
            loop.run(self._collect())

    async def _hear(self, places: Sequence[Place], now: datetime) -> None:
        for begin in range(0, len(places), BATCH):
            inputs = [heard(who, n) for _, who, n in places[begin : begin + BATCH]]
            applied = await self._safely(self.engine.apply, inputs)
            assert not applied.failures, applied.failures[0]
        await self._safely(self.pool.execute, TIDE, now)

    def _wake_up(self, loop: asyncio.Runner, now: datetime) -> None:
        """All that is due by both clocks, with a jump and a kill in the middle of it."""
        last = loop.run(self._safely(self.pool.fetchval, LAST))
        jump = JUMP * self.chance.uniform(-1, 1) if now < END and self.chance.random() < 0.5 else timedelta(0)
        in_the_middle = self.chance.random() < 0.5
        shown = now if in_the_middle else now + jump
        loop.run(self._safely(self.pool.execute, MOVE, shown))
        for waker in self.wakers:
            waker.go()
        if jump and in_the_middle:
            loop.run(self._safely(self.pool.execute, MOVE, now + jump))
        self.verdict.jumps += bool(jump)
        if now < END and self.chance.random() < self.size.kills:
            clock.sleep(self.chance.uniform(0.0, 0.03))
            self._strike(loop)
        self._rest()
        self.verdict.early += loop.run(self._safely(self.pool.fetchval, EARLY, last, min(now, shown)))

    def _strike(self, loop: asyncio.Runner) -> None:
        if self.chance.random() < self.size.crashes:
            self.verdict.crashed += loop.run(self._fell_a_backend())
        elif self.chance.random() < 0.5:
            self.chance.choice(self.wakers).kill()
            self.verdict.killed += 1
        else:
            cut = "select count(pg_terminate_backend(pid)) from (" + BACKENDS + ") as busy"
            self.verdict.cut += loop.run(self._safely(self.pool.fetchval, cut, NAME))

    async def _fell_a_backend(self) -> int:
        """The server ends all others with it, and recovers from its log."""
        pids = [row["pid"] for row in await self.pool.fetch(BACKENDS, NAME)]
        if pids:
            os.kill(pids[0], signal.SIGKILL)
            await asyncio.sleep(0.05)
        return len(pids[:1])

    def _rest(self) -> None:
        """Until both have rested since the last of them died."""
        while dead := [n for n, waker in enumerate(self.wakers) if not waker.rested()]:
            for n in dead:
                self.wakers[n].end()
                self.wakers[n] = self._waker()
            for waker in self.wakers:
                waker.go()

    async def _collect(self) -> None:
        """What the relay would send; each to whom it is about."""
        for row in await self._safely(self.pool.fetch, TOLD):
            envelope = decode(row["payload"])
            assert envelope.subject is not None
            self.told[envelope.subject].add(envelope.time, envelope.type, bytes(envelope.data))

    async def _safely(self, ask: Callable[..., Awaitable[Any]], *given: Any) -> Any:
        """Through an outage; what was asked for is the same when it is asked for again."""
        while True:
            try:
                return await ask(*given)
            except INFRASTRUCTURE:
                await asyncio.sleep(0.05)

    async def _judge(self) -> None:
        await self.pool.execute(MOVE, END)
        assert await self.pool.fetchval(DUE, END) == 0, "the last step left somebody behind"
        id = await self.pool.fetchval(policies.ACTIVE_ID)
        for begin in range(0, self.size.customers, BATCH):
            people = range(begin, min(begin + BATCH, self.size.customers))
            rows = {row[0].bytes: row[1:] for row in await self.pool.fetch(WOKE, [customer_id(who) for who in people])}
            for who in people:
                life = Life(customer_id(who), default_policy(), id)
                life.lead([heard(who, n) for n in range(len(told(who)))], END)
                self._compare(life, *rows[life.key.id.bytes])

    def _compare(self, life: Life, state: bytes, woke: Sequence[datetime] | None) -> None:
        verdict, there, wanted = self.verdict, Counter(woke or ()), Counter(life.woke)
        verdict.wakes += there.total()
        verdict.twice += (there - wanted).total()
        verdict.lost += (wanted - there).total()
        said = self.told[str(life.key.id)]
        verdict.facts += said.count
        verdict.facts_wrong += said != life.said
        verdict.states_wrong += _states.decode(state) != life.state


async def opened(dsn: str) -> asyncpg.Pool:
    connection = await asyncpg.connect(dsn)
    await migrate(connection, MIGRATIONS)
    await policies.install(connection, body_of(default_policy()))
    await connection.execute("insert into clock (single, now) values (true, $1)", START)
    await connection.execute(
        "insert into consumer_offset (topic, part, next_offset, applied_until) values ('t', 0, 0, $1)", START
    )
    await connection.close()
    return await open_pool(dsn, "year", 2)
