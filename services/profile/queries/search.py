"""Who is found by a name, an owner, a tag, a group or a handle."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from services.profile.domain.search import asked, fold
from services.profile.queries.files import OWNER, list_of
from services.profile.queries.rows import Connection
from shared.engine.alias import canonical

FOUND = """
select folded, customer_id from search_entry
 where ($1::text[] is null or grams @> $1)
   and ($2::text is null or position($2 in folded) > 0)
   and ($3::text is null or owner = $3)
   and ($4::text is null or tags @> array[$4])
   and ($5::uuid is null or customer_id = $5)
   and ($6::text is null or groups @> array[$6])
   and ($7::text is null or (folded, customer_id) > ($7, $8::uuid))
 order by folded, customer_id
 limit $9
"""


class Sought(NamedTuple):
    """What the customers asked for have in common; None: anything."""

    name: str | None = None
    owner: str | None = None
    tag: str | None = None
    group: str | None = None
    handle: str | None = None


class Place(NamedTuple):
    """Where a page ended."""

    folded: str | None = None
    customer: UUID | None = None


async def search(connection: Connection, sought: Sought, after: Place, limit: int) -> list[dict[str, Any]]:
    """By name, one more than `limit` where there are more; `folded` is what they are sorted by.

    `handle` in the one spelling that the rules have for it.
    """
    customer = await _holder(connection, sought.handle) if sought.handle is not None else None
    if sought.handle is not None and customer is None:
        return []
    if customer is not None and sought[:4] == (None,) * 4:
        places = {} if after.folded is not None else {customer: ""}
    else:
        places = await _found(connection, sought, customer, after, limit)
    return [item | {"folded": places[item["customer_id"]]} for item in await list_of(connection, list(places))]


async def _holder(connection: Connection, handle: str) -> UUID | None:
    home = await connection.fetchval(OWNER, handle)
    return await canonical(connection, home) if home else None


async def _found(
    connection: Connection, sought: Sought, customer: UUID | None, after: Place, limit: int
) -> dict[UUID, str]:
    part = fold(sought.name) if sought.name is not None else ""
    if sought.name is not None and not part:
        return {}
    rows = await connection.fetch(
        FOUND,
        list(asked(part)) if part else None,
        part if len(part) > 1 else None,
        sought.owner,
        fold(sought.tag) if sought.tag is not None else None,
        customer,
        sought.group,
        *after,
        limit + 1,
    )
    return {row["customer_id"]: row["folded"] for row in rows}
