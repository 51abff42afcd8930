"""Consents as they are shown: what holds, and every statement as its proof."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.profile.domain.consents import holdings
from services.profile.domain.state import CustomerState
from services.profile.queries.rows import Connection, with_json
from shared.contracts.policy import Policy

WORDS = """
select event_key, channel, purpose, granted, at, recorded_at, source,
       json_build_object('event_id', event_id, 'type', 'holdfast.consent.changed.v1')::text as cause
  from consent_word
 where customer_id = $1 and ($2::timestamptz is null or (at, event_key) < ($2, $3::uuid))
 order by at desc, event_key desc
 limit $4
"""


def show_consents(state: CustomerState, policy: Policy) -> list[dict[str, Any]]:
    """Per channel (null: every one not named) and purpose what holds since when; `at` null: the policy's default."""
    return [
        {
            "channel": holding.channel,
            "purpose": holding.purpose,
            "granted": holding.granted,
            "at": holding.word.told.at if holding.word else None,
            "event_id": holding.word.told.event_id if holding.word else None,
        }
        for holding in holdings(state, policy)
    ]


async def list_statements(
    connection: Connection, customer: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Every grant and withdrawal, newest first, one more than `limit` where there are more (CN-05)."""
    found = await connection.fetch(WORDS, customer, *(after or (None, None)), limit + 1)
    return [with_json(row, "cause") for row in found]
