"""Services as processes for one test: databases and topics of their own, on the session's servers."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from holdfast.local.clock import clock_hand
from holdfast.local.ports import free_port
from holdfast.local.prepare import prepare_topics
from holdfast.local.process import tail
from holdfast.local.services import ServiceProcess, environment_of, stop_all, wait_ready
from holdfast.local.state import StackState
from shared.contracts.topics import WRITERS
from tests.harness.databases import blocking
from tests.harness.servers import Broker

START = datetime(2025, 1, 1, tzinfo=UTC)
READY_SECONDS = 120
PARTITIONS = 3


class Deployment:
    """Nothing runs until `start`. The clock is simulated and stands at `START`."""

    def __init__(self, broker: Broker, database_of: Callable[[str], str], logs: Path) -> None:
        self.kafka = broker.settings(f"t{secrets.token_hex(4)}.")
        self.token = secrets.token_urlsafe(24)
        self.secret = secrets.token_urlsafe(24)
        self.logs = logs
        self.dsns = {service: database_of(service) for service in WRITERS}
        self.processes: dict[str, ServiceProcess] = {}

    async def prepare(self) -> None:
        await prepare_topics(self.kafka, opened=self.kafka.embedded_broker, partitions=PARTITIONS)
        async with clock_hand(self.kafka) as hand:
            await hand.move(START)

    def told(self, service: str, **more: str) -> dict[str, str]:
        """Environment of this service's processes; `more` names go without their prefix, `outage_seconds="2"`."""
        return {
            "HOLDFAST_DSN": self.dsns[service],
            "HOLDFAST_KAFKA": self.kafka.kafka,
            "HOLDFAST_TOPIC_PREFIX": self.kafka.topic_prefix,
            "HOLDFAST_EMBEDDED_BROKER": str(self.kafka.embedded_broker).lower(),
            "HOLDFAST_CLOCK": "simulated",
            "HOLDFAST_TOKEN": self.token,
            "HOLDFAST_SECRET": self.secret,
            **{f"HOLDFAST_{name.upper()}": value for name, value in more.items()},
        }

    def start(self, *services: str, replica: int = 0, **more: str) -> None:
        """Start these (all where none is named) and wait until they are ready. Raises NotReady."""
        started = []
        for service in services or WRITERS:
            environment = environment_of(replica, free_port(), self.told(service, **more))
            process = ServiceProcess(service, replica, environment, self.logs)
            process.start()
            self.processes[process.name] = process
            started.append(process)
        wait_ready(started, READY_SECONDS)

    def kill(self, service: str, replica: int = 0) -> None:
        """SIGKILL; it is gone when this returns."""
        process = self.processes.pop(f"{service}-{replica}").process
        assert process is not None
        process.kill()
        process.wait()

    def stop(self) -> None:
        stop_all(list(self.processes.values()))
        self.processes.clear()

    def state(self) -> StackState:
        """What `holdfast.local.clock.driving` and `holdfast.local.rest.Probe` need."""
        return StackState(
            supervisor=os.getpid(),
            kafka=self.kafka.kafka,
            postgres=self.dsns,
            token=self.token,
            clock="simulated",
            time_zone="UTC",
            embedded_broker=self.kafka.embedded_broker,
            topic_prefix=self.kafka.topic_prefix,
            members=tuple(process.member() for process in self.processes.values()),
            environment={service: self.told(service) for service in WRITERS},
        )

    def log_tails(self) -> dict[str, str]:
        """File name -> its last lines."""
        return {log.name: tail(log, 40) for log in sorted(self.logs.glob("*.log"))}


@pytest.fixture
def deployment(broker: Broker, database_of: Callable[[str], str], tmp_path: Path) -> Iterator[Deployment]:
    """A deployment of this test alone; where the test fails the ends of its logs are shown."""
    made = Deployment(broker, database_of, tmp_path / "logs")
    blocking(made.prepare())
    yield made
    made.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    made = getattr(item, "funcargs", {}).get("deployment")
    if report.failed and isinstance(made, Deployment):
        report.sections += [(f"log {name}", text) for name, text in made.log_tails().items()]
    return report
