"""The routes of what customers were promised with what they bought (CP-15)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from services.feedback.api.kpis import Days, days_asked, figures_of
from services.feedback.queries import guarantees
from services.feedback.queries.kpis import Dimensions
from shared.clock import business_date
from shared.engine.alias import canonical
from shared.web.deps import ActivePolicy, Db, Now, Page
from shared.web.pages import page, seek

router = APIRouter()


@router.get("/guarantees")
async def list_guarantees(
    connection: Db, page_of: Page, now: Now, policy: ActivePolicy, on: date | None = None, customer: UUID | None = None
) -> dict[str, Any]:
    """Guarantees that run on a day, by default today, with what was claimed under them."""

    def read(until: Any, order_id: Any) -> guarantees.After:
        return date.fromisoformat(until), str(order_id)

    after = seek(page_of.after, read) or (None, None)
    day = on or business_date(now, policy.calendar.time_zone)
    owner = await canonical(connection, customer) if customer else None
    items = await guarantees.list_guarantees(connection, day, owner, after, page_of.limit + 1)
    return page(items, page_of.limit, lambda item: [item["guarantee_until_on"], item["order_id"]])


@router.get("/quality")
async def show_quality(
    connection: Db, policy: ActivePolicy, days: Annotated[Days, Depends(days_asked)]
) -> dict[str, Any]:
    """The quality policy, its objectives beside the figures of a period, and the claims made in it."""
    figures = await figures_of(connection, policy, days, Dimensions(), None)
    return {
        "from_on": days.from_on,
        "to_on": days.to_on,
        "quality_policy": policy.guarantee.quality_policy,
        "objectives": guarantees.judge(policy.guarantee.objectives, figures),
        "entitlements": policy.remediation.entitlements,
        "claims": await guarantees.count_claims(connection, days.from_on, days.to_on),
    }
