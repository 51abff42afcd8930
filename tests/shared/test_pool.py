"""A network that swallows all: of a pool's connections none is waited for that is dead."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from holdfast.local.ports import free_port
from shared.postgres import pool as pools
from shared.postgres.pool import INFRASTRUCTURE, begun, borrow, open_pool
from tests.harness.proxy import Proxy

CONNECTIONS = 4
AT_MOST_SECONDS = 10
"""One dead connection after the other, each waited for, would take longer."""


async def ask(pool):
    async with borrow(pool) as connection, begun(connection):
        return await connection.fetchval("select 1")


@pytest.mark.parametrize("idle_seconds", [0.0, 3600.0], ids=["connections long unused", "connections in use"])
async def test_after_a_blackhole_the_first_to_ask_is_answered(postgres_server, monkeypatch, idle_seconds):
    monkeypatch.setattr(pools, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(pools, "IDLE_SECONDS", idle_seconds)
    port = urlsplit(postgres_server).port
    with Proxy(free_port(), port) as door:
        pool = await open_pool(postgres_server.replace(f":{port}", f":{door.port}"), "dark", CONNECTIONS)
        held = [await pool.acquire() for _ in range(CONNECTIONS)]
        for connection in held:
            await pool.release(connection)
        door.go_dark()
        with pytest.raises(INFRASTRUCTURE):
            await ask(pool)
        door.heal()
        async with asyncio.timeout(AT_MOST_SECONDS):
            assert await ask(pool) == 1
        pool.terminate()
