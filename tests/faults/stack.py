"""All that runs in a kill test: five processes of four services, and the ways to look at them and to work with them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2

from tests.faults.members import Member

PATIENCE = 90.0
READ_IN_ALL = "select coalesce(sum(next_offset), 0) from consumer_offset"


class Refused(AssertionError):
    """A route answered what the test did not expect."""


@dataclass
class Stack:
    dsns: dict[str, str]
    """A superuser's, by service."""
    token: str
    members: list[Member]
    down: set[str] = field(default_factory=set)
    """Services that are meant to be away now."""

    async def __aenter__(self) -> Stack:
        self.http = httpx2.AsyncClient(timeout=20, headers={"Authorization": f"Bearer {self.token}"})
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        for member in self.members:
            member.stop()

    def of(self, service: str) -> list[Member]:
        return [member for member in self.members if member.service == service]

    def up(self) -> Iterator[Member]:
        return (member for member in self.members if member.service not in self.down)

    # -- HTTP

    async def _ask(self, method: str, service: str, path: str, **how: Any) -> httpx2.Response:
        """Ask replica after replica until one answers, whatever is killed meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while True:
            for member in self.of(service):
                try:
                    answer = await self.http.request(method, member.url + path, **how)
                except httpx2.TransportError:
                    continue
                if answer.status_code != 503:
                    return answer
            if time.monotonic() > deadline:
                raise Refused(f"{method} {service}{path}: nobody has answered for {PATIENCE} s")
            await asyncio.sleep(0.1)

    async def get(self, service: str, path: str, **query: Any) -> dict[str, Any]:
        answer = await self._ask("GET", service, path, params=query)
        if answer.status_code != 200:
            raise Refused(f"GET {service}{path} {query}: {answer.status_code} {answer.text[:500]}")
        found: dict[str, Any] = answer.json()
        return found

    async def post(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One effect however often it must be sent: every try carries the same Idempotency-Key."""
        answer = await self._ask("POST", service, path, json=body, headers={"Idempotency-Key": uuid4().hex})
        if answer.status_code not in {200, 201}:
            raise Refused(f"POST {service}{path} {body}: {answer.status_code} {answer.text[:500]}")
        done: dict[str, Any] = answer.json()
        return done

    # -- looking

    async def idle(self) -> dict[str, dict[str, Any] | None]:
        """What each service says; the counters of its replicas added up."""
        found: dict[str, dict[str, Any] | None] = {}
        for member in self.up():
            state = await self.state_of(member)
            before = found.get(member.service)
            if state and before:
                state = state | {"applied": state["applied"] + before["applied"]}
            found[member.service] = None if member.service in found and before is None else state
        return found

    async def state_of(self, member: Member) -> dict[str, Any] | None:
        try:
            answer = await self.http.get(member.url + "/v1/idle")
        except httpx2.TransportError:
            return None
        return answer.json() if answer.status_code == 200 else None

    async def read_in_all(self, service: str) -> int | None:
        """Offsets of all partitions added up; None while the database is away."""
        try:
            connection = await asyncpg.connect(self.dsns[service], timeout=5)
            try:
                return int(await connection.fetchval(READ_IN_ALL))
            finally:
                await connection.close()
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return None
