"""Cases with their steps, as `events.md` names the fields."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from services.feedback.queries import winbacks

LIST = """
with found as (
  (select case_id, opened_on from case_file
    where ($1::text is null or $1 = 'complaint')
      and ($2::text is null or status = $2)
      and ($3::uuid is null or customer_id = $3)
      and ($4::date is null or (opened_on, case_id) < ($4, $5::uuid))
    order by opened_on desc, case_id desc limit $6)
  union all
  (select case_id, opened_on from winback_file
    where ($1::text is null or $1 = 'winback')
      and ($2::text is null or status = $2)
      and ($3::uuid is null or customer_id = $3)
      and ($4::date is null or (opened_on, case_id) < ($4, $5::uuid))
    order by opened_on desc, case_id desc limit $6)
  order by opened_on desc, case_id desc limit $6
)
select shown.item::text
  from found cross join lateral (select item from case_item c where c.case_id = found.case_id offset 0) shown
 order by found.opened_on desc, found.case_id desc
"""
"""The page first, then what is shown of its cases: of all cases that would be too much."""
ONE = "select item::text from case_item where case_id = $1"
WORDS = "select reason, note from case_step where case_id = $1 order by place"
OWNER = """
select customer_id from case_file where case_id = $1
union all
select customer_id from winback_file where case_id = $1
"""


class Filter(NamedTuple):
    """None: any. A customer is asked for by the id of the file that lives on."""

    kind: str | None = None
    status: str | None = None
    customer_id: UUID | None = None


class After(NamedTuple):
    """The last case of the page before."""

    opened_on: date | None = None
    case_id: UUID | None = None


async def list_cases(connection: asyncpg.Connection, wanted: Filter, limit: int, after: After) -> list[dict[str, Any]]:
    """Newest first, without what was said of the steps."""
    rows = await connection.fetch(LIST, *wanted, *after, limit)
    return [msgspec.json.decode(row["item"]) for row in rows]


async def find_case(connection: asyncpg.Connection, case_id: UUID) -> dict[str, Any] | None:
    """The case; its steps with their `reason` and `note` too."""
    found = await connection.fetchval(ONE, case_id)
    if found is None:
        return None
    item: dict[str, Any] = msgspec.json.decode(found)
    if item["kind"] == "winback":
        [told] = await connection.fetch(winbacks.WORDS, case_id)
        item |= dict(told)
    words = await connection.fetch(winbacks.STEP_WORDS if item["kind"] == "winback" else WORDS, case_id)
    steps = [step | dict(said) for step, said in zip(item["steps"], words, strict=True)]
    return item | {"steps": steps}


async def owner_of(pool: asyncpg.Pool, case_id: UUID) -> UUID | None:
    """The customer whose case it is."""
    found: UUID | None = await pool.fetchval(OWNER, case_id)
    return found
