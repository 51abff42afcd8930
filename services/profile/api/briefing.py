"""The briefing before a contact."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.profile.api.asked import File, Text
from services.profile.queries.briefing import show_briefing
from shared.web.deps import Db

router = APIRouter()


@router.get("/customers/{customer_id}/briefing")
async def get_briefing(db: Db, file: File, contact: Text | None = None) -> dict[str, Any]:
    """How the customer stands, what was said and learnt last, what is open; for one contact where one is named."""
    return await show_briefing(db, file.customer, file.state, contact)
