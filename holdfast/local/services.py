"""The services as processes: what each is told, started, started again, stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx2

from holdfast.local.jars import ROOT
from holdfast.local.ports import NotReady
from holdfast.local.process import LOOPBACK, start, stop, tail
from holdfast.local.state import Member
from shared.backoff import Backoff
from shared.contracts.topics import WRITERS

STABLE_SECONDS = 30.0
STOP_SECONDS = 25.0
MOST_REPLICAS_MORE = 6


class ServiceProcess:
    """One replica of a service. `environment` is all that it is told; its log is appended to."""

    def __init__(self, service: str, replica: int, environment: Mapping[str, str], logs: Path) -> None:
        self.service, self.replica = service, replica
        self.environment = environment
        self.url = f"http://{LOOPBACK}:{environment['HOLDFAST_PORT']}"
        self.log = logs / f"{service}-{replica}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._backoff = Backoff(0.2, 10.0)

    @property
    def name(self) -> str:
        return f"{self.service}-{self.replica}"

    @property
    def pid(self) -> int:
        """0 before its first start."""
        return self.process.pid if self.process else 0

    def start(self) -> None:
        command = [sys.executable, "-m", f"services.{self.service}"]
        self.process = start(command, self.log, environment=self.environment)
        self._started = time.monotonic()

    def ended(self) -> int | None:
        """Its exit status, or None while it runs."""
        return self.process.poll() if self.process else None

    def pause_seconds(self) -> float:
        """How long to wait before it is started again: longer each time, from the start again once it has run well."""
        if time.monotonic() - self._started > STABLE_SECONDS:
            self._backoff = Backoff(0.2, 10.0)
        return self._backoff.next()

    def is_ready(self, client: httpx2.Client) -> bool:
        try:
            return client.get(f"{self.url}/readyz").status_code == 200
        except httpx2.TransportError:
            return False

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """Killed where it does not end by itself."""
        if self.process:
            stop(self.process, STOP_SECONDS)

    def member(self) -> Member:
        return Member(self.service, self.replica, self.url, self.pid)


def wait_ready(services: Sequence[ServiceProcess], seconds: float) -> None:
    """Raises NotReady, with the end of the log, when one ends before or does not come up in time."""
    deadline = time.monotonic() + seconds
    waiting = list(services)
    with httpx2.Client(timeout=5) as client:  # one for all: making it costs more than starting up leaves to spare
        while waiting:
            for service in waiting:
                if service.ended() is not None or time.monotonic() > deadline:
                    raise NotReady(f"{service.name} does not come up; the end of {service.log}:\n{tail(service.log)}")
            waiting = [service for service in waiting if not service.is_ready(client)]
            time.sleep(0.03 if waiting else 0)


def stop_all(services: Sequence[ServiceProcess]) -> None:
    """All at once."""
    for service in services:
        service.ask_to_stop()
    for service in services:
        service.stop()


def ports(first: int, replicas: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """(service, replica, port): replica 0 of the services from `first` on, further ones after those four."""
    further = [(name, replica) for name in WRITERS for replica in range(1, replicas.get(name, 1))]
    if len(further) > MOST_REPLICAS_MORE:
        raise ValueError(f"at most {MOST_REPLICAS_MORE} replicas more than one each")
    every = [*((name, 0) for name in WRITERS), *further]
    return [(name, replica, first + index) for index, (name, replica) in enumerate(every)]


def environment_of(replica: int, port: int, told: Mapping[str, str]) -> dict[str, str]:
    """What one process is told beside what all of its service are."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    place = {"HOLDFAST_HOST": LOOPBACK, "HOLDFAST_PORT": str(port), "HOLDFAST_REPLICA": str(replica)}
    return {**told, **place, "PYTHONPATH": path}
