"""What people did over HTTP, and what they were refused."""

from __future__ import annotations

from collections import Counter
from typing import Any

from msgspec import Struct

from holdfast.outside.api import Answer, Api, Unexpected


class Refusal(Struct, frozen=True):
    """An answer of 4xx that was meant to be one."""

    what: str
    status: int
    slug: str
    detail: str


class Work:
    """Sends commands and keeps count. `done`: what was done, how often."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.done: Counter[str] = Counter()
        self.refusals: list[Refusal] = []
        self.touched: set[str] = set()
        """Handles of the customers for whom something was done today."""
        self._asked: set[str] = set()

    def begin_day(self) -> None:
        """Nothing was done for anybody yet."""
        self.touched.clear()
        self._asked.clear()

    def asks(self, handle: str) -> bool:
        """Whether the customer is asked for the need: once a day, whoever calls.

        A second answer of the same instant would complete the next follow-up or the one in its place, as it happens.
        """
        first = handle not in self._asked
        self._asked.add(handle)
        return first

    async def do(self, what: str, service: str, path: str, body: dict[str, Any], key: str) -> Answer:
        """A command that must be accepted. Raises Unexpected."""
        answer = await self.api.post(service, path, body, key)
        if answer.status >= 300:
            raise Unexpected(f"{what}: POST {path} answers {answer.status} {answer.slug}: {answer.body.get('detail')}")
        self.done[what] += 1
        return answer

    async def offer(self, what: str, service: str, path: str, body: dict[str, Any], key: str) -> None:
        """As `do`, unless what the customer did meanwhile has taken the task away."""
        answer = await self.api.post(service, path, body, key)
        if answer.slug == "task_closed":
            self.done["taken away meanwhile"] += 1
        elif answer.status >= 300:
            raise Unexpected(f"{what}: POST {path} answers {answer.status} {answer.slug}: {answer.body.get('detail')}")
        else:
            self.done[what] += 1

    async def fail(self, what: str, service: str, path: str, body: dict[str, Any], slug: str) -> None:
        """A command that must be refused like this. Raises Unexpected."""
        answer = await self.api.post(service, path, body)
        if answer.slug != slug:
            raise Unexpected(f"{what}: POST {path} answers {answer.status} {answer.slug or answer.body}, not {slug}")
        self.refusals.append(Refusal(what, answer.status, slug, str(answer.body.get("detail"))))
