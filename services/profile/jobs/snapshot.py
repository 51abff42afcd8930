"""Announces every customer again, in id order, no faster than the facts leave."""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID

from services.profile.domain.commands import AnnounceCustomer
from shared.engine.jobs import Job
from shared.engine.run import Run

NEXT: Final = """
select id from stream
 where kind = 'customer' and id > $1 and version > 0 and erased_at is null order by kind, id limit $2
"""
UNSENT: Final = "select count(*) from (select from outbox limit $1) as waiting"
MOST_UNSENT: Final = 20_000
PAUSE: Final = 0.5
NOBODY: Final = str(UUID(int=0))


async def announce_all(run: Run) -> None:
    """Each customer is said once by this job, whatever is killed; who is new meanwhile has just been announced."""
    while True:
        async with run.chunk() as chunk:
            after = chunk.cursor["after"] if chunk.cursor else NOBODY
            found = await chunk.connection.fetch(NEXT, UUID(after), run.size)
            ids = [row["id"] for row in found]
            if ids:
                await chunk.decide([run.about(id, AnnounceCustomer()) for id in ids])
                chunk.cursor = {"after": str(ids[-1])}
                chunk.progress = {"done": chunk.progress.get("done", 0) + len(ids)}
            unsent = await chunk.connection.fetchval(UNSENT, MOST_UNSENT)
        if not ids:
            return
        if unsent >= MOST_UNSENT:
            await asyncio.sleep(PAUSE)


SNAPSHOT: Final = Job("snapshot", announce_all)
