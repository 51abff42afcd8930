"""A process that is asked to end does, whatever hangs."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from holdfast.local.ports import free_port
from services.grading.app import build
from services.grading.settings import Settings
from tests.harness.proxy import Proxy

AT_MOST_SECONDS = 20


@pytest.mark.slow
async def test_a_service_ends_though_its_database_swallows_all(database_of):
    dsn = database_of("grading")
    port = urlsplit(dsn).port
    with Proxy(free_port(), port) as door:
        settings = Settings(dsn=dsn.replace(f":{port}", f":{door.port}"), kafka="127.0.0.1:1", token="a token of tests")
        service = build(settings).state.service
        running = asyncio.create_task(service.run())
        async with asyncio.timeout(30):
            while service.loops is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        door.go_dark()
        service.stop()
        await asyncio.wait_for(running, AT_MOST_SECONDS)
