"""The persons inside an organisation."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.profile.api.asked import Day, File, span_of
from services.profile.queries.contacts import contact_balance
from shared.web.deps import ActivePolicy, Db

router = APIRouter()


@router.get("/customers/{customer_id}/contact-balance")
async def show_contact_balance(
    db: Db, policy: ActivePolicy, file: File, from_on: Day = None, to_on: Day = None
) -> dict[str, Any]:
    """How often each person was talked to, the neglected first: nobody is courted for the power of the day (CN-04)."""
    from_at, until_at = span_of(file, policy, from_on, to_on)
    return {"items": await contact_balance(db, file.customer, from_at, until_at), "next_cursor": None}
