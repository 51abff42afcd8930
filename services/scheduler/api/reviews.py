"""Exit reviews: who is to be looked at, and the decision."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request, Response

from services.scheduler import reviews
from services.scheduler.api.asked import owner_of
from services.scheduler.domain.commands import DecideExit, ExitDecision
from services.scheduler.queries import Item
from services.scheduler.reviews import Seen
from shared.web.commands import run_command
from shared.web.deps import Db, Page
from shared.web.pages import page, seek
from shared.web.problems import not_found

router = APIRouter()


@router.get("/exit-reviews")
async def get_reviews(
    connection: Db, asked: Page, status: Literal["open", "approved", "declined"] | None = None
) -> Item:
    """Newest first."""
    seen = seek(asked.after, lambda at, review: Seen(datetime.fromisoformat(at), UUID(review))) or Seen()
    found = await reviews.list_reviews(connection, status, asked.limit, seen)
    return page(found, asked.limit, lambda item: [item["requested_at"], item["review_id"]])


@router.post("/exit-reviews/{id}/decide")
async def decide_exit(id: UUID, decision: ExitDecision, request: Request) -> Response:
    """A person's decision: approved, the parting begins."""
    customer = await owner_of(request, reviews.customer_of_review, id, "exit review")

    async def answer(connection: asyncpg.Connection) -> Item:
        found = await reviews.find_review(connection, id)
        if found is None:
            raise not_found(f"exit review {id}")
        return found

    return await run_command(request, customer, DecideExit(review_id=id, **dict(decision)), answer)
