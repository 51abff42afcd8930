"""What is done to a running system, each as a step of a campaign's script."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

import asyncpg

from tests.faults.broker import FACTS
from tests.faults.campaign import Campaign, Fault
from tests.faults.rollback import Copy


class Server(Protocol):
    """A broker or a database that can be killed and started again with what it had written."""

    async def kill(self) -> None: ...

    async def start(self) -> None: ...


def kill_server(server: Server, seconds_away: float = 2.0) -> Fault:
    async def fault(_: Campaign) -> None:
        await server.kill()
        await asyncio.sleep(seconds_away)
        await server.start()

    return fault


def go_back(service: str) -> tuple[Fault, Fault]:
    """(remember the tables, put them back once the service has gone on)."""
    copies: list[Copy] = []
    stood: list[int] = []

    async def remember(campaign: Campaign) -> None:
        copies.append(Copy(campaign.stack.dsns[service]))
        await copies[0].take()
        stood.append(await campaign.stack.read_in_all(service) or 0)

    async def put_back(campaign: Campaign) -> None:
        deadline = time.monotonic() + 30
        while (await campaign.stack.read_in_all(service) or 0) < stood[0] + 20:
            assert time.monotonic() < deadline, f"{service} has not gone on"
            await asyncio.sleep(0.05)
        while True:
            try:
                await copies[0].restore()
            except asyncpg.DeadlockDetectedError:
                continue
            return

    return remember, put_back


def back_up(*services: str) -> Fault:
    """Their databases as they are now, for `restore`."""

    async def fault(campaign: Campaign) -> None:
        for service in services:
            campaign.copies[service] = Copy(campaign.stack.dsns[service])
            await campaign.copies[service].take()

    return fault


def restore() -> Fault:
    """Stop all services, put every database back to its own age, start: as docs/operations.md says."""

    async def fault(campaign: Campaign) -> None:
        services = {member.service for member in campaign.stack.members}
        campaign.stack.down |= services
        for member in campaign.stack.members:
            await asyncio.to_thread(member.stop)
        for copy in campaign.copies.values():
            await copy.restore()
        campaign.stack.down -= services
        campaign.is_restored = True
        await campaign.rest()

    return fault


def make_again(topic: str) -> Fault:
    """The topic is deleted, once it has been read, and created under the same name."""

    async def fault(campaign: Campaign) -> None:
        if topic in FACTS:
            await campaign.keep(topic)
        await campaign.broker.make_again(topic)

    return fault


def settle() -> Fault:
    """What was sent so far is taken in first."""

    async def fault(campaign: Campaign) -> None:
        await campaign.rest()

    return fault


def mirror() -> Fault:
    """What was sent upstream on days before is sent again, behind what is new: the topic grows longer than it was."""

    async def fault(campaign: Campaign) -> None:
        await campaign.upstream.send(campaign.history)

    return fault


def take_away(service: str) -> Fault:
    async def fault(campaign: Campaign) -> None:
        campaign.stack.down.add(service)
        for member in campaign.stack.of(service):
            member.kill()
            member.died()

    return fault


def bring_back(service: str) -> Fault:
    """It must catch up with everything, each thing at its own instant, before anybody goes on."""

    async def fault(campaign: Campaign) -> None:
        campaign.stack.down.discard(service)
        await campaign.rest()

    return fault
