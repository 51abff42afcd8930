"""Ids that hold in every stack: what the secret of a deployment goes into is called by what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from holdfast.journal.databases import Connections
from holdfast.journal.rows import Journals, Row

HANDLES = """
select customer_id, min(handle) as handle
  from (select customer_id, handle from handle
        union all
        select (gone ->> 'customer_id')::uuid, handle || ' until ' || (gone ->> 'until')
          from handle, jsonb_array_elements(past) as gone) as known (customer_id, handle)
 group by customer_id
"""
FOLLOWUPS = """
select followup_id, customer_id, cycle, journal, due_on, scheduled_at from followup
 order by customer_id, cycle, journal, due_on, scheduled_at, closed_at nulls last
"""
CANDIDATES = "select candidate_id, customer_id, other_customer_id, reason from candidate"
REVIEWS = "select review_id, customer_id, requested_at from exit_review"
TASKS = "select task_id, customer_id, kind, key from task"
CONTACTS = """
select contact_id, customer_id, task_id, at, channel, direction, consent_purpose from contact
 order by customer_id, at, channel, direction, consent_purpose
"""

Names = Mapping[str, str]
"""Id -> name."""


async def names_of(connections: Connections, journals: Journals) -> Names:
    """Customers by their first handle, follow-ups by what they are, our own facts by customer and instant."""
    names = {str(row["customer_id"]): str(row["handle"]) for row in await connections["profile"].fetch(HANDLES)}
    names |= _facts(journals, dict(names))
    names |= await _candidates(connections, names)
    names |= await _reviews(connections, names)
    names |= await _tasks(connections, names)
    return names | await _followups(connections, names) | await _contacts(connections, names)


def _facts(journals: Journals, customers: Names) -> dict[str, str]:
    """Facts and wake-ups of one customer and instant share a name: their ids depend on the secret, and on causes."""
    return {str(row.key): _fact(row, customers) for rows in journals.values() for row in rows if not row.is_external}


def _fact(row: Row, customers: Names) -> str:
    who = customers.get(str(row.customer), str(row.customer))
    return f"what happened to {who} at {row.now.isoformat()}"


async def _followups(connections: Connections, names: Names) -> dict[str, str]:
    seen: Counter[str] = Counter()
    found = {}
    for row in await connections["scheduler"].fetch(FOLLOWUPS):
        what = f"{names.get(str(row['customer_id']))} {row['cycle']} {row['journal']} {row['due_on']}"
        name = f"follow-up of {what} made {row['scheduled_at'].isoformat()}"
        found[str(row["followup_id"])] = f"{name} #{seen[name]}"
        seen[name] += 1
    return found


async def _candidates(connections: Connections, names: Names) -> dict[str, str]:
    found = {}
    for row in await connections["profile"].fetch(CANDIDATES):
        pair = sorted(names.get(str(id), str(id)) for id in (row["customer_id"], row["other_customer_id"]))
        found[str(row["candidate_id"])] = f"{' and '.join(pair)} by {row['reason']}"
    return found


async def _reviews(connections: Connections, names: Names) -> dict[str, str]:
    return {
        str(row["review_id"]): f"exit review of {names.get(str(row['customer_id']))} {row['requested_at'].isoformat()}"
        for row in await connections["scheduler"].fetch(REVIEWS)
    }


async def _tasks(connections: Connections, names: Names) -> dict[str, str]:
    found = {}
    for row in await connections["scheduler"].fetch(TASKS):
        key = names.get(row["key"], row["key"])
        found[str(row["task_id"])] = f"task of {names.get(str(row['customer_id']))} {row['kind']} {key}"
    return found


async def _contacts(connections: Connections, names: Names) -> dict[str, str]:
    """By their task, else by where they stand among the customer's."""
    seen: Counter[str] = Counter()
    found = {}
    for row in await connections["scheduler"].fetch(CONTACTS):
        what = f"{row['at'].isoformat()} {row['channel']} {row['direction']} {row['consent_purpose']}"
        name = f"contact of {names.get(str(row['customer_id']))} {names.get(str(row['task_id']), what)}"
        found[str(row["contact_id"])] = f"{name} #{seen[name]}"
        seen[name] += 1
    return found


def renamed(value: Any, names: Names) -> Any:
    """JSON with every id that has a name called by it."""
    match value:
        case str():
            return names.get(value, value)
        case list():
            return [renamed(item, names) for item in value]
        case dict():
            return {names.get(key, key): renamed(item, names) for key, item in value.items()}
        case _:
            return value
