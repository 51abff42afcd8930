"""Refusals that several rules share."""

from __future__ import annotations

from shared.contracts.policy import Policy
from shared.engine.decision import Refused

CASE_CLOSED = Refused("case_closed", "the case is closed; a new complaint opens a new one", status=409)
NO_CASE = Refused("not_found", "this customer has no such case; GET /v1/cases lists them", status=404)


def unknown_channel(channel: str | None, policy: Policy) -> Refused | None:
    """A channel that the policy does not list is no way to reach anybody."""
    if channel is None or channel in policy.channels:
        return None
    return Refused("channel_not_allowed", f"use one of: {', '.join(sorted(policy.channels))}")


def unknown_outcome(outcome: str | None, policy: Policy) -> Refused | None:
    if outcome is None or outcome in policy.outcomes:
        return None
    return Refused("invalid_body", f"outcome must be one of: {', '.join(policy.outcomes)}")
