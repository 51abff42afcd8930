"""The routes of those who left: the register, and the win-backs in the order in which they are worth doing."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter

from services.feedback.queries import winbacks
from shared.contracts.data import Name
from shared.contracts.values import ChurnKind
from shared.engine.alias import canonical
from shared.web.deps import Db, Page, PageOf
from shared.web.pages import page, seek

router = APIRouter()

Status = Literal["open", "resolved", "won", "lost"]


@router.get("/churns")
async def list_churns(
    connection: Db,
    page_of: Page,
    kind: ChurnKind | None = None,
    reason: Name | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
) -> dict[str, Any]:
    """Who left and why, best tier first; `unknown` is to be investigated (WB-01)."""
    wanted = winbacks.Left(kind, reason, from_on, to_on)
    items = await winbacks.list_churns(connection, wanted, page_of.limit + 1, _after(page_of))
    return page(items, page_of.limit, lambda item: _mark(item, "churned_on", "churn_id"))


@router.get("/winbacks")
async def list_winbacks(
    connection: Db,
    page_of: Page,
    kind: Literal["complaint", "winback"] | None = None,
    status: Status | None = None,
    customer: UUID | None = None,
) -> dict[str, Any]:
    """Win-backs, best tier first; of another kind there are none here."""
    if kind == "complaint":
        return {"items": [], "next_cursor": None}
    owner = await canonical(connection, customer) if customer else None
    items = await winbacks.list_winbacks(connection, status, owner, page_of.limit + 1, _after(page_of))
    return page(items, page_of.limit, lambda item: _mark(item, "opened_on", "case_id"))


def _mark(item: dict[str, Any], on: str, id: str) -> list[Any]:
    return [winbacks.RANKS[item["tier"]], item[on], item[id]]


def _after(page_of: PageOf) -> winbacks.After:
    def read(rank: Any, on: Any, id: Any) -> winbacks.After:
        return winbacks.After(int(rank), date.fromisoformat(on), UUID(id))

    return seek(page_of.after, read) or winbacks.After()
