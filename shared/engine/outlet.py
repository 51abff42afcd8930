"""A second way out for a service's facts, beside its topic: queued as the relay takes them off the outbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import asyncpg
from msgspec import Struct


class Sending(Protocol):
    """A loop beside the service's others."""

    async def run(self) -> None:
        """Until `stop`."""

    def stop(self) -> None:
        """End soon."""


class Outlet(Struct, frozen=True):
    """`queue`: a part of the relay's statement, which keeps (event_id, payload) of what was `acknowledged`."""

    queue: str
    sender: Callable[[asyncpg.Pool, Any], Sending]
    """Of the pool and the service's settings."""
