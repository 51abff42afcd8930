"""The contacts with a customer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from services.scheduler import contacts, queries
from services.scheduler.contacts import Seen
from services.scheduler.queries import Item
from shared.clock import business_date
from shared.web.deps import ActivePolicy, Db, Now, Page
from shared.web.erased import missing
from shared.web.pages import page, seek

router = APIRouter()


@router.get("/customers/{id}/contacts")
async def get_contacts(id: UUID, connection: Db, now: Now, policy: ActivePolicy, asked: Page) -> Item:
    """Planned, made and held back, newest first, and how much of the cap is used today."""
    (customer,) = await queries.standings_of(connection, [id])
    if customer is None:
        raise await missing(connection, id)
    seen = seek(asked.after, lambda at, contact: Seen(datetime.fromisoformat(at), UUID(contact))) or Seen()
    found = await contacts.list_contacts(connection, customer.customer_id, asked.limit, seen)
    today = business_date(now, customer.time_zone or policy.calendar.time_zone)
    cap = await contacts.cap_of(connection, customer.customer_id, today, policy.care.cap_per_7_days)
    return {**page(found, asked.limit, lambda item: [item["at"], item["contact_id"]]), "cap": cap}
