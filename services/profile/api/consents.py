"""What the customer granted and withdrew."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.profile.api.asked import File
from services.profile.queries.consents import list_statements
from shared.web.deps import Db, Page
from shared.web.pages import page, seek

router = APIRouter()


@router.get("/customers/{customer_id}/consents")
async def show_statements(db: Db, page_of: Page, file: File) -> dict[str, Any]:
    """Every statement, newest first: when, through which system, and by which event (CN-05)."""
    after = seek(page_of.after, lambda at, key: (datetime.fromisoformat(at), UUID(key)))
    found = page(
        await list_statements(db, file.customer, after, page_of.limit),
        page_of.limit,
        lambda item: [item["at"].isoformat(), str(item["event_key"])],
    )
    return found | {"items": [{k: v for k, v in item.items() if k != "event_key"} for item in found["items"]]}
