"""Telling every customer of a launched product, in the order of their ids; whom it fits, the rules say."""

from __future__ import annotations

from uuid import UUID

from services.scheduler.domain.commands import OfferProduct
from shared.engine.run import Run

NEXT = "select customer_id from customer where customer_id > $1 and not exited order by customer_id limit $2"
BEFORE_ALL = UUID(int=0)


async def offer_product(run: Run) -> None:
    """A chunk at a time; goes on where it was stopped."""
    while await _next_chunk(run):
        pass


async def _next_chunk(run: Run) -> bool:
    async with run.chunk() as chunk:
        last = UUID(run.cursor["customer_id"]) if run.cursor else BEFORE_ALL
        ids = [UUID(bytes=row["customer_id"].bytes) for row in await chunk.connection.fetch(NEXT, last, run.size)]
        if not ids:
            return False
        offer = OfferProduct(**run.given)
        await chunk.decide([run.about(id, offer) for id in ids])
        chunk.cursor = {"customer_id": str(ids[-1])}
        chunk.progress["customers"] = chunk.progress.get("customers", 0) + len(ids)
    return True
