"""What a service turns from its start to its end: reader, wake-ups, workshop and relay."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

import structlog

from shared.engine.apply import Engine
from shared.engine.attempts import Attempts
from shared.engine.consumer import Consumer
from shared.engine.intake import Intake
from shared.engine.outlet import Outlet
from shared.engine.relay import Relay
from shared.engine.settings import EngineSettings
from shared.engine.subscriptions import Reads
from shared.engine.wakeups import Wakeups
from shared.engine.watermarks import FetchedWatermarks, Watermarks
from shared.engine.workshop import Workshop
from shared.kafka import clients
from shared.postgres.pool import INFRASTRUCTURE, connect

log = structlog.get_logger(__name__)

BATCH_SECONDS, DRAIN_SECONDS, STOP_SECONDS = 8, 3, 12
"""When asked to end: for the batch, for what waits in the outbox, and for all of it. What hangs longer is cut off."""

SOON_MS = 12
"""How long a fetch waits at the broker where everybody waits for everybody to rest."""
EMBEDDED_MS = 50
"""The embedded broker answers a waiting fetch as fast, and each one that found nothing costs it and its reader CPU."""


class Loops:
    """Built once the database has answered."""

    def __init__(
        self, engine: Engine, settings: EngineSettings, reads: Reads, intake: Intake, outlet: Outlet | None = None
    ) -> None:
        name, dsn = engine.rules.service, settings.dsn.get_secret_value()
        self.consumer = _consumer(engine, settings, reads, intake)
        self.relay = Relay(
            engine.pool, lambda: connect(dsn, f"holdfast-{name}-relay"), lambda: clients.producer(settings), outlet
        )
        self.relay.spans = engine.spans
        self.sender = outlet.sender(engine.pool, settings) if outlet else None
        self.workshop = Workshop([sys.executable, "-m", f"services.{name}", "work"], engine.pool)
        self.wakeups = Wakeups(engine, engine.clock_topic, self.consumer.progressed, self.workshop.due)

    async def turn(self, stopping: asyncio.Event) -> None:
        """Until `stopping` is set; raises what ended a loop by itself."""
        loops: list[Any] = [self.consumer, self.wakeups, self.workshop, self.relay]
        if self.sender is not None:
            loops.append(self.sender)
        running = [asyncio.create_task(loop.run(), name=type(loop).__name__) for loop in loops]
        stopped = asyncio.create_task(stopping.wait())
        done, _ = await asyncio.wait([*running, stopped], return_when=asyncio.FIRST_COMPLETED)
        await self._wind_down(running)
        stopped.cancel()
        for task in done - {stopped}:  # a loop that ended by itself: the process must not look alive without it
            if task.cancelled():
                raise RuntimeError(f"{task.get_name()} was cancelled, and nobody here did")
            task.result()

    async def _wind_down(self, running: list[asyncio.Task[None]]) -> None:
        """Finish the batch, drain the outbox once, leave the group; what hangs is cut off, as safe as a kill."""
        self.consumer.stopping = self.wakeups.stopping = True
        self.workshop.stop()
        if self.sender is not None:
            self.sender.stop()
        now = asyncio.get_running_loop().time
        end = now() + STOP_SECONDS
        await asyncio.wait(running[:3], timeout=BATCH_SECONDS)
        self.relay.drained.clear()
        self.relay.woken.set()
        await bounded(self.relay.drained.wait(), DRAIN_SECONDS)
        self.relay.stopping = True
        self.relay.woken.set()
        await asyncio.wait(running, timeout=max(0.0, end - now()))
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=1)


def _consumer(engine: Engine, settings: EngineSettings, reads: Reads, intake: Intake) -> Consumer:
    name, replica = engine.rules.service, str(settings.replica)
    wait = SOON_MS if engine.clock.simulated else EMBEDDED_MS if settings.embedded_broker else 500
    group = None if settings.only_replica else f"{settings.topic_prefix}{name}"
    return Consumer(
        lambda: clients.consumer(settings, group, replica, wait),
        lambda: (FetchedWatermarks if settings.embedded_broker else Watermarks)(clients.asking(settings)),
        reads.names,
        intake,
        Attempts(engine, settings.outage_seconds),
        in_group=group is not None,
    )


async def bounded(work: Coroutine[Any, Any, Any], seconds: float) -> None:
    """As long as it may take and no longer; an outage cuts it off too."""
    try:
        await asyncio.wait_for(work, seconds)
    except (*INFRASTRUCTURE, TimeoutError) as error:
        log.warning("cut_off", error=repr(error))
