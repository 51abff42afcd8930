"""A history lived through day by day while things break: work and events side by side, then rest."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tests.faults.agents import Agents
from tests.faults.broker import Broker
from tests.faults.nemesis import Nemesis
from tests.faults.rest import rest
from tests.faults.rollback import Copy
from tests.faults.stack import Stack
from tests.faults.topics import Log, read_all
from tests.faults.upstream import Upstream
from tests.faults.workload import Day, Workload
from tests.oracle.history import Bad, Sent

Fault = Callable[["Campaign"], Awaitable[None]]
SLICES = 40


class Campaign:
    """`script`: (day of the history, share of its events sent) -> what is done to the system at that moment.

    Share 0 is before the day's first event, at rest after its 00:00; share 1 after its last, before its rest.
    """

    def __init__(
        self, stack: Stack, broker: Broker, upstream: Upstream, workload: Workload, nemesis: Nemesis, seconds: float
    ) -> None:
        self.stack = stack
        self.broker = broker
        self.upstream = upstream
        self.workload = workload
        self.nemesis = nemesis
        self.seconds = seconds
        """How long a rest may take to come."""
        self.pace = 0.25
        """Seconds between two slices of a day's events, so that input waits for whoever comes back."""
        self.today = workload.start
        self.agents = Agents(stack)
        self.script: defaultdict[tuple[int, float], list[Fault]] = defaultdict(list)
        self.quota: defaultdict[int, int] = defaultdict(int)
        """Day of the history -> kills."""
        self.history: list[Sent | Bad] = []
        """What was sent on the days before this one."""
        self.archive: dict[str, Log] = {}
        """What lay on topics that were made again."""
        self.copies: dict[str, Copy] = {}
        """Service -> the backup of its database."""
        self.healing: list[asyncio.Task[None]] = []
        """Outages that are under way, each until it ends by itself."""
        self.is_restored = False
        """Services went back by days: what they say again of an instant may have another cause within it."""

    def at(self, day: int, share: float, fault: Fault) -> None:
        self.script[day, share].append(fault)

    async def run(self) -> None:
        """Raises NotAtRest where the system does not come back by itself."""
        killing = asyncio.create_task(self.nemesis.run())
        try:
            for number, day in enumerate(self.workload.days()):
                await self._live(number, day)
        finally:
            killing.cancel()
            with suppress(asyncio.CancelledError):
                await killing

    async def _live(self, number: int, day: Day) -> None:
        await self.upstream.move_clock(day.on)
        self.today = day.on
        await self.rest()
        await self._faults(number, 0)
        self.nemesis.quota = self.quota[number]
        alone = any(share for (of, share) in self.script if of == number)
        if alone:  # what people do may not be taken back by a fault of the day
            await self.agents.work(day.work)
            await self._send(number, day)
        else:
            await asyncio.gather(self.agents.work(day.work), self._send(number, day))
        await self._faults(number, 1)
        self.history.extend(day.sent)
        self.nemesis.quota = 0
        await self.rest()

    async def _send(self, number: int, day: Day) -> None:
        size = max(1, len(day.sent) // SLICES)
        due = sorted(share for (of, share) in self.script if of == number and 0 < share < 1)
        for start in range(0, len(day.sent), size):
            while due and start >= due[0] * len(day.sent):
                await self._faults(number, due.pop(0))
            await self.upstream.send(day.sent[start : start + size])
            await asyncio.sleep(self.pace if self.nemesis.quota > 0 or due else 0)

    async def _faults(self, number: int, share: float) -> None:
        for fault in self.script.get((number, share), []):
            await fault(self)

    async def rest(self) -> None:
        await rest(self.stack.idle, self.broker.ends, self.seconds, self.today.isoformat())

    async def keep(self, topic: str) -> None:
        """Remember what lies on a topic before it is deleted."""
        found = (await read_all(self.broker.bootstrap, [topic], self.broker.partitions))[topic]
        log = self.archive.setdefault(topic, Log())
        log.records += found.records
        log.facts |= {id_: fact for id_, fact in found.facts.items() if id_ not in log.facts}
