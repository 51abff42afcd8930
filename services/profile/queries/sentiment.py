"""How the customer's mood changes."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from services.profile.queries.rows import Connection
from shared.contracts.values import Sentiment

LAST = """
select sentiment, at from timeline
 where customer_id = $1 and direction is not null and sentiment is not null
 order by at desc, entry_id desc
 limit 2
"""
RANK: Final = {Sentiment.NEGATIVE: 0, Sentiment.NEUTRAL: 1, Sentiment.POSITIVE: 2}


async def sentiment_of(connection: Connection, customer: UUID) -> dict[str, Any] | None:
    """The last mood and the one before it; `change` better, worse or same, null after the first (PR-28)."""
    found = await connection.fetch(LAST, customer)
    if not found:
        return None
    last, before = found[0], found[1] if len(found) > 1 else None
    return {
        "last": last["sentiment"],
        "at": last["at"],
        "previous": before["sentiment"] if before else None,
        "change": _change(Sentiment(last["sentiment"]), Sentiment(before["sentiment"])) if before else None,
    }


def _change(last: Sentiment, before: Sentiment) -> str:
    if RANK[last] == RANK[before]:
        return "same"
    return "better" if RANK[last] > RANK[before] else "worse"
