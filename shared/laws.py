"""Laws: what holds of a service's tables at every moment, looked for while it runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import asyncpg
import structlog
from msgspec import Struct
from prometheus_client import Gauge

from shared.postgres.pool import INFRASTRUCTURE, READING, begun, borrow

log = structlog.get_logger(__name__)

EVERY_SECONDS = 300.0
PATIENT = f"{READING}; set local transaction_timeout = 0"
"""Looking through everything may take longer than anything that decides."""
BROKEN = Gauge("holdfast_law_broken", "How many rows break a law, as of the last look, every five minutes", ["law"])


class Law(Struct, frozen=True):
    """One claim about tables; `broken` is a statement of one column, the ids of what breaks it."""

    name: str
    claim: str
    broken: str


async def broken(pool: asyncpg.Pool, law: Law) -> list[str]:
    """What breaks it, now: nothing, as long as it holds."""
    async with borrow(pool) as connection, begun(connection, PATIENT):
        return [str(row[0]) for row in await connection.fetch(law.broken, timeout=EVERY_SECONDS)]


class Watch:
    """Looks at the laws when it is asked, in the background and not too often: who scrapes does not wait for it."""

    def __init__(self, laws: Sequence[Law]) -> None:
        self.laws = tuple(laws)
        self._looked = -EVERY_SECONDS
        self._task: asyncio.Task[None] | None = None

    def look(self, pool: asyncpg.Pool) -> None:
        """Begin to look, where the last time is long enough ago."""
        now = time.monotonic()
        if self.laws and now - self._looked >= EVERY_SECONDS:
            self._looked = now
            self._task = asyncio.create_task(self.work(pool))

    async def work(self, pool: asyncpg.Pool) -> None:
        """Bring the gauge up to date; an outage leaves it as it was."""
        for law in self.laws:
            try:
                ids = await broken(pool, law)
            except INFRASTRUCTURE as error:
                log.warning("law_not_checked", law=law.name, error=repr(error))
                continue
            BROKEN.labels(law.name).set(len(ids))
            if ids:
                log.error("law_broken", law=law.name, claim=law.claim, ids=ids[:20], rows=len(ids))
