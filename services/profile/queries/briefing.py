"""What somebody must know who is about to talk to the customer (PR-21)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec.structs import asdict

from services.profile.domain.state import CustomerState
from services.profile.queries.contacts import list_contacts
from services.profile.queries.rows import Connection
from services.profile.queries.sentiment import sentiment_of
from services.profile.queries.timeline import shown

INTERACTIONS = """
select entry_id, at, recorded_at, type, direction, channel, touchpoint, stage, agent, contact_id, sentiment, note,
       details::text as details, json_build_object('event_id', cause_id, 'type', cause_type)::text as cause
  from entry
 where customer_id = $1 and direction is not null
 order by at desc, entry_id desc
 limit 10
"""
COMPLAINTS = """
select c.complaint_id, k.case_id, c.reported_at, c.fault, c.severity, c.about, c.order_id,
       case when e.contact_id is null or e.contact_id = $2 then c.text end as text
  from complaint c
  left join complaint_case k on k.complaint_id = c.complaint_id
  left join entry e on e.entry_id = c.reported_by
 where c.customer_id = $1 and c.reported_by is not null and c.withdrawn_by is null
   and (k.resolved_at is null or k.reopened_at > k.resolved_at)
 order by c.reported_at desc, c.complaint_id
 limit 50
"""
COMMITMENTS = """
select p.commitment_id, p.owner, p.due_on, p.complaint_id,
       case when p.breached_by is null then 'open' else 'breached' end as status,
       case when e.contact_id is null or e.contact_id = $2 then p.text end as text
  from commitment p
  left join entry e on e.entry_id = p.made_by
 where p.customer_id = $1 and p.made_by is not null and p.fulfilled_by is null
 order by p.due_on, p.commitment_id
 limit 50
"""


async def show_briefing(
    connection: Connection, customer: UUID, state: CustomerState, contact_id: str | None
) -> dict[str, Any]:
    """Newest interactions first, promises by due date. What one contact said shows for that contact alone (CN-06)."""
    standing, file = state.standing, state.file
    contacts = await list_contacts(connection, customer)
    return {
        "customer_id": customer,
        "name": file.name,
        "preferred_channel": file.preferred_channel,
        "greeting_style": file.greeting_style,
        "contact": next((one for one in contacts if one["contact_id"] == contact_id), None),
        "grade": standing.grade,
        "grade_reasons": [asdict(reason) for reason in standing.reasons],
        "urgency": standing.urgency,
        "as_of": standing.as_of,
        "tier": standing.tier,
        "segments": standing.segments,
        "need": asdict(state.need.snapshot) if state.need else None,
        "priority_needs": state.stated.snapshot.tags if state.stated else (),
        "pain_points": file.pain_points,
        "sentiment": await sentiment_of(connection, customer),
        "learnt": asdict(state.learnt) if state.learnt else None,
        "last_interactions": [shown(row, contact_id) for row in await connection.fetch(INTERACTIONS, customer)],
        "open_complaints": [dict(row) for row in await connection.fetch(COMPLAINTS, customer, contact_id)],
        "open_commitments": [dict(row) for row in await connection.fetch(COMMITMENTS, customer, contact_id)],
    }
