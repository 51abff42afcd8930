"""Servers that are killed: Apache Kafka and Postgres, each started for one test on data of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.local.kafka import ApacheKafka
from holdfast.local.postgres import EmbeddedPostgres


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "postgres.log")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[ApacheKafka]:
    server = ApacheKafka(tmp_path / "kafka", tmp_path / "kafka.log")
    server.start()
    yield server
    server.kill()


class Killable:
    """A server whose blocking start does not hold up those who live through its absence."""

    def __init__(self, server: ApacheKafka | EmbeddedPostgres) -> None:
        self.server = server

    async def kill(self) -> None:
        self.server.kill()

    async def start(self) -> None:
        await asyncio.to_thread(self.server.start)


@pytest.fixture
def killable() -> type[Killable]:
    return Killable
