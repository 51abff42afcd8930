"""Who a handle is, and the file."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.profile.api.asked import File, Text
from services.profile.queries import files
from shared.web.deps import ActivePolicy, Db, Page
from shared.web.pages import page

router = APIRouter()


@router.get("/customers")
async def find_customers(db: Db, page_of: Page, handle: Text) -> dict[str, Any]:
    """The customer known by this handle: `phone:+8613800000000`, without asking for a number first (PR-20)."""
    return page(await files.list_by_handle(db, handle), page_of.limit, lambda item: [item["customer_id"]])


@router.get("/customers/{customer_id}")
async def show_customer(db: Db, policy: ActivePolicy, file: File) -> dict[str, Any]:
    """One file; the id of a merged one answers with the surviving customer."""
    return await files.show_customer(db, file.customer, file.state, policy)
