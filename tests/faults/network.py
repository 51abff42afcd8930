"""Outages of the network and of servers that stand still: what begins, lasts and ends while a history goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import Protocol

from holdfast.local.kafka import ApacheKafka
from holdfast.local.ports import free_port
from holdfast.local.postgres import EmbeddedPostgres
from holdfast.local.process import LOOPBACK, children
from tests.faults.campaign import Campaign, Fault
from tests.harness.proxy import Proxy

LISTENERS = """
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},BEHIND://127.0.0.1:{inner}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},BEHIND://127.0.0.1:{door}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,BEHIND:PLAINTEXT
"""
"""The last line on a key counts."""


class KafkaBehindDoor(ApacheKafka):
    """Whoever comes in at `door` is sent there again by the broker; the tests' own clients go by `bootstrap`."""

    inner = 0
    door = 0

    def _format(self) -> None:
        super()._format()
        self.inner, self.door = free_port(), free_port()
        with open(self._properties, "a") as file:
            ports = {"port": self.port, "controller": self.controller_port, "inner": self.inner, "door": self.door}
            file.write(LISTENERS.format(**ports))

    @property
    def through(self) -> str:
        """The bootstrap server of those who are cut off."""
        return f"{LOOPBACK}:{self.door}"


class Outage(Protocol):
    def begin(self) -> None: ...

    def end(self) -> None: ...


class Dark:
    """A blackhole."""

    def __init__(self, door: Proxy) -> None:
        self.door = door

    def begin(self) -> None:
        self.door.go_dark()

    def end(self) -> None:
        self.door.heal()


class Frozen:
    """SIGSTOP: its ports take connections, and nothing comes back."""

    def __init__(self, server: ApacheKafka | EmbeddedPostgres) -> None:
        self.server = server
        self.stopped: list[int] = []

    def begin(self) -> None:
        assert self.server.process is not None
        first = self.server.process.pid
        os.kill(first, signal.SIGSTOP)  # no more are born
        self.stopped = [first, *children(first)]
        self._tell(signal.SIGSTOP)

    def end(self) -> None:
        self._tell(signal.SIGCONT)

    def _tell(self, what: signal.Signals) -> None:
        for pid in self.stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, what)


class Storm:
    """Every connection is reset, twice a second."""

    def __init__(self, door: Proxy) -> None:
        self.door = door

    def begin(self) -> None:
        self.task = asyncio.create_task(self._rage())

    def end(self) -> None:
        self.task.cancel()

    async def _rage(self) -> None:
        while True:
            self.door.reset()
            await asyncio.sleep(0.5)


def outage(of: Outage, seconds: float) -> Fault:
    """It begins now and ends after so many seconds, while more is sent."""

    async def fault(campaign: Campaign) -> None:
        of.begin()

        async def later() -> None:
            await asyncio.sleep(seconds)
            of.end()

        campaign.healing.append(asyncio.create_task(later()))

    return fault


def over() -> Fault:
    """What was cut off or frozen is there again."""

    async def fault(campaign: Campaign) -> None:
        await asyncio.gather(*campaign.healing)

    return fault
