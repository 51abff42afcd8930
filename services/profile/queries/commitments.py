"""Promises to a customer as they are shown."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.profile.queries.rows import Connection

COMMITMENTS = """
select p.commitment_id, p.owner, p.due_on, p.complaint_id, p.made_at, p.fulfilled_at, p.breached_at,
       case when p.fulfilled_by is not null then 'fulfilled' when p.breached_by is not null then 'breached'
            else 'open' end as status,
       case when e.contact_id is null or e.contact_id = $5 then p.text end as text
  from commitment p
  left join entry e on e.entry_id = p.made_by
 where p.customer_id = $1 and p.made_by is not null
   and ($2::date is null or (p.due_on, p.commitment_id) > ($2, $3::text))
 order by p.due_on, p.commitment_id
 limit $4
"""


async def list_commitments(
    connection: Connection, customer: UUID, after: tuple[date, str] | None, limit: int, contact_id: str | None
) -> list[dict[str, Any]]:
    """By the day they are due, one more than `limit` where there are more; one kept late is fulfilled.

    The words of one made to a contact show for that contact alone (CN-06).
    """
    given = (customer, *(after or (None, None)), limit + 1, contact_id)
    return [dict(row) for row in await connection.fetch(COMMITMENTS, *given)]
