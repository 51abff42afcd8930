"""Pairs of files that may be one customer, as they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.profile.queries.files import list_of
from services.profile.queries.rows import Connection

# An open pair that has become one customer in another way, is no more alike, or never had a handle at one time, asks
# nobody anything.
CANDIDATES = """
select pair.candidate_id, pair.reason, pair.since, pair.status, pair.because, pair.decided_at, one.id as one,
       other.id as other
  from candidate pair
 cross join lateral (
       with recursive chain as (
         select pair.customer_id as id union select alias.canonical from chain join alias on alias.id = chain.id
       )
       select id from chain
        where not exists (select from alias where alias.id = chain.id and alias.canonical <> alias.id)) one
 cross join lateral (
       with recursive chain as (
         select pair.other_customer_id as id union select alias.canonical from chain join alias on alias.id = chain.id
       )
       select id from chain
        where not exists (select from alias where alias.id = chain.id and alias.canonical <> alias.id)) other
 where pair.status = $1 and (pair.status <> 'open' or one.id <> other.id)
   and (pair.status <> 'open' or pair.reason <> 'name_and_birthday' or exists (
        select from search_entry a join search_entry b on b.customer_id = other.id
         where a.customer_id = one.id and a.folded = b.folded and a.birthday = b.birthday
           and (a.born = b.born or a.born is null or b.born is null)))
   and (pair.status <> 'open' or not exists (
        select from shared_handle said where said.candidate_id = pair.candidate_id) or exists (
        select from shared_handle said
          join handle on handle.handle = said.handle
         cross join lateral (
               select coalesce((
                 select (holder ->> 'customer_id')::uuid
                   from jsonb_array_elements(handle.past) with ordinality as past (holder, place)
                  where said.at < (holder ->> 'until')::timestamptz order by place limit 1), handle.customer_id) as id
               ) held
         cross join lateral (
               with recursive chain as (
                 select held.id union select alias.canonical from chain join alias on alias.id = chain.id
               )
               select id from chain where not exists (
                 select from alias where alias.id = chain.id and alias.canonical <> alias.id)) had
         cross join lateral (
               with recursive chain as (
                 select said.customer_id as id union select alias.canonical from chain join alias on alias.id = chain.id
               )
               select id from chain where not exists (
                 select from alias where alias.id = chain.id and alias.canonical <> alias.id)) claimed
         where said.candidate_id = pair.candidate_id and had.id <> claimed.id
           and had.id in (one.id, other.id) and claimed.id in (one.id, other.id)))
   and ($2::timestamptz is null or (pair.since, pair.candidate_id) > ($2, $3::uuid))
 order by pair.since, pair.candidate_id
 limit $4
"""
CANDIDATE = "select customer_id, other_customer_id, reason, status from candidate where candidate_id = $1"
VERDICT = "select candidate_id, status, because, decided_at from candidate where candidate_id = $1"


async def list_candidates(
    connection: Connection, status: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """The oldest first, one more than `limit` where there are more; `customers`: whose the two files are now."""
    rows = await connection.fetch(CANDIDATES, status, *(after or (None, None)), limit + 1)
    files = await list_of(connection, list({id: None for row in rows for id in (row["one"], row["other"])}))
    known = {item["customer_id"]: item for item in files}
    return [
        {
            "candidate_id": row["candidate_id"],
            "customers": [
                {"customer_id": id, "name": known[id]["name"]}
                for id in dict.fromkeys((row["one"], row["other"]))
                if id in known
            ],
            "reason": row["reason"],
            "since": row["since"],
            "status": row["status"],
            "decided_at": row["decided_at"],
            "because": row["because"],
        }
        for row in rows
    ]


async def pair_of(connection: Connection, candidate: UUID) -> dict[str, Any] | None:
    """The two files as they were proposed."""
    row = await connection.fetchrow(CANDIDATE, candidate)
    return dict(row) if row else None


async def verdict_on(connection: Connection, candidate: UUID) -> dict[str, Any]:
    """What has been said about it."""
    row = await connection.fetchrow(VERDICT, candidate)
    return dict(row) if row else {}
