"""Apache Kafka in a container, where a Docker engine answers and it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from holdfast.local.ports import free_port, wait_until
from holdfast.local.process import LOOPBACK

IMAGE = "apache/kafka:4.3.0"
INSIDE = 9092
READY = b"Kafka Server started"


@contextmanager
def kafka_container(log: Path) -> Iterator[str]:
    """Its bootstrap server on this machine; what it printed is in `log` afterwards."""
    from testcontainers.core.container import DockerContainer

    port = free_port()
    container = DockerContainer(IMAGE).with_bind_ports(INSIDE, port)
    for name, value in _settings(port).items():
        container = container.with_env(name, value)
    with container as started:
        running = started.get_wrapped_container()
        wait_until(lambda: READY in running.logs(), lambda: False, 120)
        yield f"{LOOPBACK}:{port}"
        log.write_bytes(running.logs())


def _settings(port: int) -> dict[str, str]:
    """The image's own names of deploy/kafka/server.properties."""
    return {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_LISTENERS": f"PLAINTEXT://:{INSIDE},CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{LOOPBACK}:{port}",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "PLAINTEXT",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
        "KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    }
