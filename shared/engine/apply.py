"""The one way through: a batch of inputs, or one command, becomes journal, states and facts in one transaction."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog
from msgspec import Struct

from shared.engine import duplicates, references, tables, tally
from shared.engine.alias import ALIASES, BELONGINGS
from shared.engine.claims import Claim
from shared.engine.clocks import Clock
from shared.engine.crash import reached
from shared.engine.decision import Rows, Rules, StreamKey, in_order
from shared.engine.erasure import erase
from shared.engine.fence import ADVANCE, Fence
from shared.engine.fold import Fold
from shared.engine.inputs import Failure, Input, Outcome, at_clock
from shared.engine.journal import past_of
from shared.engine.ledger import Ledger
from shared.engine.needed import Look, Needed
from shared.engine.policies import Policies, deciding
from shared.engine.records import notice
from shared.engine.settlement import settle
from shared.engine.streams import Hindsight, NeedJournals, RegroupFailed, World
from shared.engine.subscriptions import Reads
from shared.postgres.pool import borrow
from shared.traces.spans import Decided, Spans

log = structlog.get_logger(__name__)

Connection = asyncpg.Connection
Answer = Callable[[Connection, list[Outcome]], Awaitable[None]]

ENSURED = 10_000
"""Stream keys that a process remembers to have rows: some 2 MB at most."""


WORLD = """
with advanced as ({advance})
select (select id from policy where state = 'active') as policy_id,
       (select activation from policy where state = 'active') as activation, {clock} as now,
       ({documents}) as documents, (select count(*) from advanced) as advanced
"""
NOWHERE = "select where false"


class Retry(Exception):
    """The batch touches a stream that was not locked: roll back, look again."""


class ClockUnset(Exception):
    """The simulated clock has not been told the time yet."""


class Applied(Struct, frozen=True):
    """What one transaction did."""

    outcomes: list[Outcome]
    journaled: int
    facts: int
    dead: int
    failures: list[Failure]
    changed: list[str]
    """Ids that are known with other content."""
    decided: tally.Decided
    traced: Sequence[Decided] = ()


class Engine:
    """A service's rules over its database. One instance per process; every door calls it."""

    def __init__(self, rules: Rules, ledgers: Sequence[Ledger], pool: asyncpg.Pool, clock: Clock, reads: Reads) -> None:
        self.rules = rules
        self.ledgers = (ALIASES, BELONGINGS, *ledgers)
        self.needed = Needed(rules, ledgers)
        self.pool = pool
        self.clock = clock
        self.policies = Policies()
        self.references = references.References(rules.references)
        self.types = reads.types
        self.dead_letter_topic = reads.topics.dead_letter
        self.clock_topic = reads.topics.clock
        self.jobs: frozenset[str] = frozenset()
        """The kinds of work that its service has."""
        self.spans: Spans | None = None
        """None: nobody collects them."""
        self.applied = self.duplicates = self.changed = 0
        self._ensured: set[StreamKey] = set()

    async def apply(self, inputs: Sequence[Input], fence: Fence | None = None, answer: Answer | None = None) -> Applied:
        """Fold the inputs in this order and record what follows, or nothing at all.

        Raises FenceLost where the partitions were read further by somebody else or the database went back;
        whatever asyncpg raises where the database is away or refuses a value.
        """
        if fence is not None and all(item.is_nothing for item in inputs):
            return await self._step_over(inputs, fence)
        began = time.time_ns()
        extra: set[StreamKey] = set()
        asked = self.needed.asked([item.event for item in inputs if item.event])
        for tries in range(20):
            async with borrow(self.pool) as connection:
                guess = tries == 0 and not self.needed.routing  # that no file was taken in: under the locks it is seen
                rows = Rows() if guess else await self.needed.for_routing(connection, asked)
                look = Look(asked, rows, in_order(self.needed.candidates(inputs, rows) | extra))
                await self._ensure(connection, look.keys)
                try:
                    async with deciding(connection):
                        world = await self.world(connection, inputs, fence)
                        reached("after_fence")
                        done = await self._transaction(connection, inputs, world, answer, look)
                except Retry:
                    extra |= set(look.keys)
                    if not guess:
                        self._ensured.clear()
                    continue
            reached("after_commit")
            self._count(done, began)
            if fence is not None:
                tally.measure_age(inputs, world.clock)
            return done
        raise Retry("streams kept changing")

    async def within(self, connection: Connection, inputs: Sequence[Input], world: World) -> Applied:
        """As `apply`, about streams that exist, in a transaction of `deciding` that is the caller's, in its world.

        Raises Retry where they are not what they were a moment ago: roll back, look again.
        """
        began = time.time_ns()
        asked = self.needed.asked([item.event for item in inputs if item.event])
        rows = await self.needed.for_routing(connection, asked)
        look = Look(asked, rows, in_order(self.needed.candidates(inputs, rows)))
        done = await self._transaction(connection, inputs, world, None, look)
        self._count(done, began)
        return done

    async def _step_over(self, inputs: Sequence[Input], fence: Fence) -> Applied:
        """Records that are nothing to the rules: only the offsets move, and the clock."""
        async with borrow(self.pool) as connection:
            await fence.advance(connection, self.clock.moved_by(inputs))
        return Applied([Outcome("skipped")] * len(inputs), 0, 0, 0, [], [], tally.Decided())

    async def _ensure(self, connection: Connection, keys: Sequence[StreamKey]) -> None:
        """A row for every stream, asked for once; where rows have gone since, the lock misses them and raises Retry."""
        new = [key for key in keys if key not in self._ensured]
        if new:
            await tables.ensure_streams(connection, new)
            if len(self._ensured) > ENSURED:
                self._ensured.clear()
            self._ensured.update(new)

    def follow(self, found: Sequence[Decided], began: int) -> None:
        """Tell what was decided since `began` (nanoseconds since 1970), once it is committed."""
        if self.spans is not None and found:
            self.spans.decided(found, began)

    def _count(self, done: Applied, began: int) -> None:
        self.applied += done.journaled
        self.duplicates += sum(outcome.result == "duplicate" for outcome in done.outcomes)
        self.changed += len(done.changed)
        tally.count(done.decided)
        self.follow(done.traced, began)
        if done.changed:
            log.warning("duplicates_with_other_content", events=len(done.changed), event_ids=done.changed[:10])

    async def _transaction(
        self,
        connection: Connection,
        inputs: Sequence[Input],
        world: World,
        answer: Answer | None,
        look: Look,
    ) -> Applied:
        streams = await tables.lock_streams(connection, self.rules, look.keys)
        rows = await self.needed.for_deciding(connection, look.asked, [event.key for event in look.asked.events])
        if len(streams) < len(look.keys) or not self.needed.is_covered(inputs, look, rows):
            raise Retry
        claimed = {claim.event_key for claim in rows.of(Claim)}
        fold, outcomes = await self._fold(connection, inputs, world, streams, rows, claimed)
        await self.record(connection, fold, world)
        if replayed := [i.event.key for i, o in zip(inputs, outcomes, strict=True) if i.event and _healed(i, o)]:
            await tables.mark_replayed(connection, replayed, world.clock)
        if answer is not None:
            await answer(connection, outcomes)
        changed = await duplicates.other_content(connection, inputs, outcomes)
        reached("before_commit")
        decided = tally.decided(fold.journal, inputs, outcomes)
        facts, dead = len(fold.outbox), len(fold.dead)
        return Applied(outcomes, len(fold.journal), facts, dead, fold.failures, changed, decided, fold.traced)

    async def world(self, connection: Connection, inputs: Sequence[Input] = (), fence: Fence | None = None) -> World:
        """What a transaction is decided by: the policy and, behind the fence, the clock; they hold under `deciding`.

        Raises FenceLost, NoPolicy, and ClockUnset while a simulated clock has not been told the time.
        """
        if fence is not None and (moved := self.clock.moved_by(inputs)):
            await fence.advance(connection, moved)
            fence = None
        advance = NOWHERE if fence is None else ADVANCE
        statement = WORLD.format(advance=advance, clock=self.clock.sql, documents=references.ACTIVE)
        [row] = await connection.fetch(statement, *(fence.columns if fence else ()))
        if fence is not None:
            fence.check(row["advanced"])
        policy = await self.policies.known(connection, row["policy_id"])
        if row["now"] is None:
            raise ClockUnset("the simulated clock has not been set: send clock.moved first")
        activation = str(row["activation"] or "start")
        reference = await self.references.of(connection, row["documents"])
        share = self.spans.share if self.spans else None
        return World(policy, row["policy_id"], row["now"], reference, activation, share)

    async def _fold(
        self,
        connection: Connection,
        inputs: Sequence[Input],
        world: World,
        streams: dict[StreamKey, Any],
        rows: Rows,
        claimed: set[UUID],
    ) -> tuple[Fold, list[Outcome]]:
        hindsight = Hindsight()
        while True:
            fold = self.new_fold(world, streams, rows, hindsight)
            try:
                return fold, settle(fold, [at_clock(item, world.clock) for item in inputs], set(claimed))
            except NeedJournals as need:
                hindsight = await self.with_past(connection, need.keys, hindsight.broken)
            except RegroupFailed as failed:
                broken = {**hindsight.broken, failed.event_key: failed.detail}
                hindsight = msgspec.structs.replace(hindsight, broken=broken)
            streams = await tables.lock_streams(connection, self.rules, in_order(streams))
            past = [row.event for rows in hindsight.journals.values() for row in rows if row.event]
            events = [item.event for item in inputs if item.event]
            rows = await self.needed.for_deciding(connection, self.needed.asked([*events, *past]))

    async def with_past(
        self, connection: Connection, keys: Iterable[StreamKey], broken: Mapping[UUID, str] | None = None
    ) -> Hindsight:
        """The past of streams that are dealt out anew, and the policies under which it was decided."""
        journals = await past_of(connection, self.types, keys)
        ids = {row.policy_id for rows in journals.values() for row in rows}
        policies = {id: await self.policies.known(connection, id) for id in ids}
        return Hindsight(journals, policies, broken or {})

    def new_fold(
        self, world: World, streams: dict[StreamKey, Any], rows: Rows, hindsight: Hindsight | None = None
    ) -> Fold:
        return Fold(self.rules, self.ledgers, world, streams, rows, hindsight)

    async def record(self, connection: Connection, fold: Fold, world: World) -> None:
        """Dead letters; journal, states, ledgers and outbox; then who is to be forgotten is."""
        new = await tables.save_dead_letters(connection, fold.dead, world.clock)
        fold.outbox.extend(
            notice(self.rules.service, self.dead_letter_topic, d, world.clock) for d in fold.dead if d.id in new
        )
        await tables.save(connection, self.ledgers, fold)
        await erase(connection, self.ledgers, fold.erased)


def _healed(item: Input, outcome: Outcome) -> bool:
    return item.door == "replay" and outcome.result in ("applied", "superseded", "duplicate")
