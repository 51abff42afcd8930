"""How the fields of a file came to be what they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.profile.api.asked import File, Text
from services.profile.queries.history import Place, list_changes
from shared.web.deps import Db, Page
from shared.web.pages import page, seek

router = APIRouter()


@router.get("/customers/{customer_id}/history")
async def show_history(db: Db, page_of: Page, file: File, field: Text | None = None) -> dict[str, Any]:
    """Every change of a field, newest first: by which event of which system, when, before and after."""
    after = seek(page_of.after, lambda at, event, word: Place(datetime.fromisoformat(at), str(event), UUID(word)))
    found = page(
        await list_changes(db, file.customer, field, after or Place(), page_of.limit),
        page_of.limit,
        lambda item: [item["at"].isoformat(), item["cause"]["event_id"], str(item["word_id"])],
    )
    return found | {"items": [{k: v for k, v in item.items() if k != "word_id"} for item in found["items"]]}
