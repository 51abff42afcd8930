"""Telling every customer of a launched product, in the order of their ids; whom it fits, the rules say."""

from __future__ import annotations

from uuid import UUID

from services.scheduler.domain.commands import OfferProduct
from shared.engine.run import Chunk, Run

NEXT = "select customer_id from customer where customer_id > $1 and not exited order by customer_id limit $2"
BEFORE_ALL = UUID(int=0)


async def offer_product(run: Run) -> None:
    """A chunk at a time; goes on where it was stopped."""
    await run.through(_chunk)


async def _chunk(run: Run, chunk: Chunk) -> int:
    last = UUID(chunk.cursor["customer_id"]) if chunk.cursor else BEFORE_ALL
    ids = [row["customer_id"] for row in await chunk.connection.fetch(NEXT, last, run.size)]
    if ids:
        offer = OfferProduct(**run.given)
        await chunk.decide([run.about(id, offer) for id in ids])
        chunk.cursor = {"customer_id": str(ids[-1])}
        chunk.progress["customers"] = chunk.progress.get("customers", 0) + len(ids)
    return len(ids)
