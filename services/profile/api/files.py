"""Who a handle is, and the file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request

from services.profile.api.asked import File, Text
from services.profile.queries import files
from services.profile.queries.search import Place, Sought, search
from shared.web.deps import ActivePolicy, Db, Page, engine_of
from shared.web.pages import page, seek
from shared.web.problems import Problem

router = APIRouter()


@router.get("/customers")
async def find_customers(  # noqa: PLR0913, PLR0917 - each is a filter of the route
    request: Request,
    db: Db,
    page_of: Page,
    handle: Text | None = None,
    name: Text | None = None,
    owner: Text | None = None,
    tag: Text | None = None,
    group: Text | None = None,
) -> dict[str, Any]:
    """Who is known by this handle, `phone:+8613800000000`, without asking for a number first (PR-20); or by a part of
    the name, an owner, a tag, a group. Filters combine; at least one is needed."""
    spelling = engine_of(request).rules.spelling
    sought = Sought(name, owner, tag, group, spelling(handle) if handle is not None else None)
    if sought == Sought():
        raise Problem(422, "invalid_query", "give at least one of handle, name, owner, tag, group")
    after = seek(page_of.after, lambda folded, customer: Place(str(folded), UUID(customer))) or Place()
    found = page(
        await search(db, sought, after, page_of.limit),
        page_of.limit,
        lambda item: [item["folded"], str(item["customer_id"])],
    )
    return found | {"items": [{k: v for k, v in item.items() if k != "folded"} for item in found["items"]]}


@router.get("/customers/{customer_id}")
async def show_customer(db: Db, policy: ActivePolicy, file: File) -> dict[str, Any]:
    """One file; the id of a merged one answers with the surviving customer."""
    return await files.show_customer(db, file.customer, file.state, policy)
