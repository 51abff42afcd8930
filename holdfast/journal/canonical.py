"""Ids that hold in every stack: what the secret of a deployment goes into is called by what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from holdfast.journal.databases import Connections
from holdfast.journal.rows import Journals, Row

HANDLES = "select customer_id, min(handle) as handle from handle group by customer_id"
ABSORBED = "select id, canonical from alias order by id"
FOLLOWUPS = """
select followup_id, customer_id, cycle, journal, due_on, scheduled_at from followup
 order by customer_id, cycle, journal, due_on, scheduled_at, closed_at nulls last
"""

Names = Mapping[str, str]
"""Id -> name."""


async def names_of(connections: Connections, journals: Journals) -> Names:
    """Customers by their first handle, follow-ups by what they are, our own facts by customer and instant."""
    names = {str(row["customer_id"]): str(row["handle"]) for row in await connections["profile"].fetch(HANDLES)}
    for row in await connections["profile"].fetch(ABSORBED):
        names[str(row["id"])] = f"taken in by {names.get(str(row['canonical']))}"
    names |= _facts(journals, dict(names))
    return names | await _followups(connections, names)


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
