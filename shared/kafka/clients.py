"""Consumers and producers with the options that keep promises."""

from __future__ import annotations

from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

from shared.kafka.settings import KafkaSettings

_SEND = AIOKafkaConnection.send


def _send(connection: AIOKafkaConnection, *request: Any, **how: Any) -> Any:
    """A write to a connection that was just reset is a RuntimeError of uvloop's, where asyncio minds nothing.

    aiokafka waits for an OSError there; by any other error its fetching ends for good, and nothing says so.
    """
    try:
        return _SEND(connection, *request, **how)
    except RuntimeError as error:
        connection.close(reason=CloseReason.CONNECTION_BROKEN)
        raise KafkaConnectionError(f"{connection} is broken: {error}") from error


AIOKafkaConnection.send = _send


def consumer(settings: KafkaSettings, group: str | None, replica: str, fetch_max_wait_ms: int) -> AIOKafkaConsumer:
    """A member of `group` that commits nothing by itself and starts nowhere by itself; without one it reads all.

    `replica` is its static membership: a member that was killed does not block its partitions when it comes back.
    """
    return AIOKafkaConsumer(
        **settings.client_options(),
        group_id=group,
        group_instance_id=None if group is None or settings.embedded_broker else f"{group}-{replica}",
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_uncommitted" if settings.embedded_broker else "read_committed",
        session_timeout_ms=settings.group_session_timeout_ms,
        heartbeat_interval_ms=max(200, settings.group_session_timeout_ms // 5),
        max_poll_interval_ms=settings.max_poll_interval_ms,
        rebalance_timeout_ms=min(settings.max_poll_interval_ms, 60_000),
        fetch_max_wait_ms=fetch_max_wait_ms,
        max_partition_fetch_bytes=750_000,  # a catch-up holds it a few times over for each partition
    )


def asking(settings: KafkaSettings) -> AIOKafkaConsumer:
    """A consumer that reads nothing: it asks the broker how far partitions reach."""
    return AIOKafkaConsumer(**settings.client_options(), enable_auto_commit=False, retry_backoff_ms=20)


def producer(settings: KafkaSettings) -> AIOKafkaProducer:
    """Acknowledged by all replicas; idempotent wherever the broker knows how."""
    return AIOKafkaProducer(
        **settings.client_options(),
        acks="all",
        enable_idempotence=not settings.embedded_broker,
        max_request_size=4_000_000,
        max_batch_size=512_000,
        linger_ms=0,
    )
