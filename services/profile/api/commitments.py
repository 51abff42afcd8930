"""Promises to a customer."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter

from services.profile.api.asked import File, Text
from services.profile.queries.commitments import list_commitments
from shared.web.deps import Db, Page
from shared.web.pages import page, seek

router = APIRouter()


@router.get("/customers/{customer_id}/commitments")
async def show_commitments(db: Db, page_of: Page, file: File, contact: Text | None = None) -> dict[str, Any]:
    """Every promise by the day it is due (PR-25); with the words of those made to one contact where one is named."""
    after = seek(page_of.after, lambda due_on, name: (date.fromisoformat(due_on), str(name)))
    found = await list_commitments(db, file.customer, after, page_of.limit, contact)
    return page(found, page_of.limit, lambda item: [item["due_on"].isoformat(), item["commitment_id"]])
