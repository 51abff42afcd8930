"""Servers that a whole test session shares: one Postgres and one broker, given by the environment or started here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdfast.local.broker import EmbeddedBroker
from holdfast.local.kafka import ApacheKafka
from holdfast.local.postgres import EmbeddedPostgres
from shared.kafka.settings import KafkaSettings
from tests.harness.container import kafka_container


@dataclass(frozen=True)
class Broker:
    """`server` is None where somebody else's broker was given: that one is never killed."""

    bootstrap: str
    embedded: bool
    server: EmbeddedBroker | ApacheKafka | None = None

    def settings(self, prefix: str = "holdfast.") -> KafkaSettings:
        return KafkaSettings(kafka=self.bootstrap, embedded_broker=self.embedded, topic_prefix=prefix)


@contextmanager
def embedded_broker(folder: Path) -> Iterator[Broker]:
    server = EmbeddedBroker(folder / "broker.log")
    server.start()
    yield Broker(server.bootstrap, embedded=True, server=server)
    server.kill()


@contextmanager
def apache_kafka(folder: Path) -> Iterator[Broker]:
    server = ApacheKafka(folder / "kafka", folder / "kafka.log")
    server.start()
    yield Broker(server.bootstrap, embedded=False, server=server)
    server.kill()


@contextmanager
def given_broker(_folder: Path) -> Iterator[Broker]:
    yield Broker(os.environ["KAFKA_BOOTSTRAP"], embedded=False)


@contextmanager
def container(folder: Path) -> Iterator[Broker]:
    with kafka_container(folder / "kafka-container.log") as bootstrap:
        yield Broker(bootstrap, embedded=False)


KINDS = {
    "embedded": embedded_broker,
    "kafka": apache_kafka,
    "testcontainers": container,
    "given": given_broker,
}


def broker_kind() -> str:
    """`HOLDFAST_TEST_BROKER`: embedded (default), kafka, testcontainers, or given (by `KAFKA_BOOTSTRAP`)."""
    return os.environ.get("HOLDFAST_TEST_BROKER", "embedded")


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The session's broker."""
    with KINDS[broker_kind()](tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture(scope="session")
def bootstrap(request: pytest.FixtureRequest) -> str | None:
    """The session's broker where a real one is asked for; None: each stack starts an embedded one of its own."""
    return None if broker_kind() == "embedded" else str(request.getfixturevalue("broker").bootstrap)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The superuser's DSN of the session's Postgres: `POSTGRES_DSN`, else an embedded one."""
    if given := os.environ.get("POSTGRES_DSN"):
        yield given
        return
    folder = tmp_path_factory.mktemp("postgres")
    server = EmbeddedPostgres(folder / "data", folder / "postgres.log", synced=False)
    server.start()
    yield server.dsn
    server.kill()
