"""The public routes of a running stack, over connections that stay open."""

from __future__ import annotations

import asyncio
from typing import Any, Self

import httpx2
import msgspec

from holdfast.local.state import StackState

AT_ONCE = 8

KEPT_SECONDS = 2
"""How long an idle connection is used again: less than the services keep it."""
PATIENCE = 100
"""Times that a request is sent again while a service says that it is not ready."""

Json = dict[str, Any]


class Unexpected(Exception):
    """A route answered what it should not have."""


class NotEmpty(ValueError):
    """The stack has something in it already."""


class Answer(msgspec.Struct, frozen=True):
    """What a route answered, its JSON read."""

    status: int
    body: Json

    @property
    def slug(self) -> str:
        """Of the problem; empty where there is none."""
        return str(self.body.get("type", "")).removeprefix("urn:holdfast:") if self.status >= 400 else ""


class Api:
    """At most `AT_ONCE` requests at a time; an async context. `requests` counts them."""

    def __init__(self, state: StackState) -> None:
        self.urls = {service: urls[0] for service, urls in state.urls().items()}
        self.headers = {"Authorization": f"Bearer {state.token}"}
        self.requests = 0
        self._places = asyncio.Semaphore(AT_ONCE)

    async def __aenter__(self) -> Self:
        """One client per service: to choose a connection takes longer the more there are."""
        limits = httpx2.Limits(
            max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE, keepalive_expiry=KEPT_SECONDS
        )
        self.http = {
            service: httpx2.AsyncClient(base_url=url, timeout=60, headers=self.headers, limits=limits)
            for service, url in self.urls.items()
        }
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(client.aclose() for client in self.http.values()))

    async def get(self, service: str, path: str, **query: Any) -> Json:
        """The answer of a route that must answer 200. Raises Unexpected."""
        answer = await self.send("GET", service, path, query=query)
        if answer.status != 200:
            raise Unexpected(f"GET {path} of {service} answers {answer.status}: {answer.body.get('detail')}")
        return answer.body

    async def items(self, service: str, path: str, **query: Any) -> list[Json]:
        """All items of a list, page after page. Raises Unexpected."""
        found: list[Json] = []
        cursor: Json = {}
        while True:
            page = await self.get(service, path, limit=200, **query, **cursor)
            found += page["items"]
            if page.get("next_cursor") is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    async def post(self, service: str, path: str, body: Any, key: str | None = None) -> Answer:
        """Whatever the route answers; `key` is the Idempotency-Key."""
        return await self.send("POST", service, path, body=body, headers={"Idempotency-Key": key} if key else {})

    async def send(
        self,
        method: str,
        service: str,
        path: str,
        *,
        query: Json | None = None,
        body: Any = None,
        headers: Json | None = None,
    ) -> Answer:
        """One request, sent again while the service is not ready; `body` bytes go as they are. Raises Unexpected.

        A command that changes something must have a key: it may arrive twice.
        """
        content = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
        told = ({} if content is None else {"content-type": "application/json"}) | (headers or {})
        http = self.http[service]
        request = http.build_request(method, path, params=query, content=content, headers=told)
        why = ""
        for _ in range(PATIENCE):
            answer, why = await self._once(http, request)
            if answer is not None:
                return answer
            await asyncio.sleep(0.1)
        raise Unexpected(f"{service} is not ready: {why}")

    async def _once(self, http: httpx2.AsyncClient, request: httpx2.Request) -> tuple[Answer | None, str]:
        """The answer, or None and why there is none yet."""
        async with self._places:
            self.requests += 1
            try:
                got = await http.send(request)
            except httpx2.TransportError as error:
                return None, repr(error)
        if got.status_code == 503:
            return None, got.text[:300]
        return Answer(got.status_code, msgspec.json.decode(got.content) if got.content else {}), ""


async def require_empty(api: Api) -> None:
    """Raises NotEmpty where a customer is known."""
    if (await api.get("grading", "/v1/summary"))["customers"]:
        raise NotEmpty("customers are known here already: give an empty stack, with --data for another folder")
