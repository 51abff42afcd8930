"""Real contact: what the tier floor counts from."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from services.scheduler.domain.state import CustomerState
from shared.contracts.policy import Policy

UNREACHABLE = "unreachable"


def is_spoken(channel: str, policy: Policy) -> bool:
    """A channel on which people talk to each other: a call or a visit."""
    entry = policy.channels.get(channel)
    return entry is not None and entry.capability in ("call", "visit")


def contacted(state: CustomerState, on: date, outcome: str | None = None) -> CustomerState:
    """The state after a contact on this day; older ones than the last change nothing, an unreachable one is none."""
    if outcome == UNREACHABLE or (state.last_contact_on is not None and on <= state.last_contact_on):
        return state
    return replace(state, last_contact_on=on)
