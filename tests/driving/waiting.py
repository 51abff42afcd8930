"""Waiting for what will be true soon."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Ask again and again. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - what changes is another process
            await asyncio.sleep(0.02)
