"""The versions of a need."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.profile.api.asked import File
from services.profile.queries.needs import list_needs
from shared.web.deps import Db, Page
from shared.web.pages import page, seek

router = APIRouter()


def _version(version: Any) -> int:
    if not isinstance(version, int) or not 0 < version < 2**31:
        raise ValueError("no version")
    return version


@router.get("/customers/{customer_id}/needs")
async def show_needs(db: Db, page_of: Page, file: File) -> dict[str, Any]:
    """Every version of the need, newest first (PR-16)."""
    found = await list_needs(db, file.customer, seek(page_of.after, _version), page_of.limit)
    return page(found, page_of.limit, lambda item: [item["version"]])
