"""The loop that calls the endpoints: at least once, signed, without following anybody anywhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlunsplit

import asyncpg
import structlog

from services.scheduler.webhooks import deliveries
from services.scheduler.webhooks.addresses import Address, AddressRefused, checked, resolved
from services.scheduler.webhooks.deliveries import Delivery, Outcome
from services.scheduler.webhooks.signing import Message, headers_of, secret_of
from shared.backoff import Backoff
from shared.postgres.pool import INFRASTRUCTURE, begun, borrow

if TYPE_CHECKING:
    import httpx2

log = structlog.get_logger(__name__)

SHARE: Final = 20
"""Calls to one endpoint at a time."""
SECONDS: Final = 10.0
"""That a call may take, from looking up the name to the head of the answer."""
IDLE: Final = 1.0
GONE: Final = 410
PRUNED_EVERY: Final = 3600.0


class Sender:
    """One per process; several share the queue."""

    def __init__(self, pool: asyncpg.Pool, token: str, *, private: bool) -> None:
        """`private`: endpoints of the own network are called too."""
        self.pool = pool
        self.token = token
        self.private = private
        self.client: Callable[[], httpx2.AsyncClient] = _client
        self._stopping = asyncio.Event()
        self._pruned_at = 0.0

    def stop(self) -> None:
        """After the round that is under way."""
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop`; an outage of the database is waited out."""
        backoff = Backoff(0.5, 10.0)
        while not self._stopping.is_set():
            try:
                wait = 0.0 if await self.round() else IDLE
                backoff = Backoff(0.5, 10.0)
            except INFRASTRUCTURE as error:
                log.warning("webhooks_retry", error=repr(error))
                wait = backoff.next()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)

    async def round(self) -> int:
        """Call what is due; how many calls there were."""
        async with borrow(self.pool) as connection, begun(connection):
            due = await deliveries.claim(connection, SHARE)
            if not due and time.monotonic() - self._pruned_at > PRUNED_EVERY:
                await connection.execute(deliveries.PRUNE)
                self._pruned_at = time.monotonic()
        if not due:
            return 0
        async with self.client() as client:
            outcomes = await asyncio.gather(*(self._call(client, delivery) for delivery in due))
        async with borrow(self.pool) as connection, begun(connection):
            await deliveries.settle(connection, list(zip(due, outcomes, strict=True)))
        log.info("webhooks_called", calls=len(due), delivered=sum(outcome.delivered for outcome in outcomes))
        return len(due)

    async def _call(self, client: httpx2.AsyncClient, delivery: Delivery) -> Outcome:
        import httpx2  # noqa: PLC0415 - a service that calls nobody starts without it

        try:
            parts = checked(delivery.url, private=self.private)
            async with asyncio.timeout(SECONDS):  # the client's own timeouts begin anew with every byte
                address = await resolved(parts, private=self.private)
                answer = await self._post(client, delivery, parts, address)
        except AddressRefused as refused:
            return Outcome(delivered=False, problem=str(refused))
        except (httpx2.HTTPError, OSError, TimeoutError) as error:
            return Outcome(delivered=False, problem=f"{type(error).__name__}: {error}"[:200])
        return outcome_of(answer.status_code, answer.headers)

    async def _post(
        self, client: httpx2.AsyncClient, delivery: Delivery, parts: SplitResult, address: Address
    ) -> httpx2.Response:
        """To the address that was looked at, by its name; of the answer nothing but the head is read."""
        numbers = [delivery.secret_number, *([delivery.earlier_number] if delivery.earlier_number else [])]
        secrets = [secret_of(self.token, delivery.endpoint_id, number) for number in numbers]
        headers = headers_of(Message(delivery.event_id, delivery.payload, delivery.at), secrets)
        headers["host"] = parts.netloc
        pinned = f"[{address}]" if address.version == 6 else str(address)
        place = urlunsplit((parts.scheme, f"{pinned}:{parts.port}" if parts.port else pinned, *parts[2:4], ""))
        named = {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}
        async with client.stream(
            "POST", place, content=delivery.payload, headers=headers, extensions=named, follow_redirects=False
        ) as answer:
            return answer


def outcome_of(status: int, headers: Mapping[str, str]) -> Outcome:
    """2xx is delivered; a redirect is not followed."""
    if 200 <= status < 300:
        return Outcome(delivered=True, status=status)
    asked = _wait(headers.get("retry-after", ""))
    return Outcome(delivered=False, status=status, problem=f"answered {status}", retry_after=asked, gone=status == GONE)


def _wait(asked: str) -> timedelta | None:
    """Seconds, or an instant of HTTP (RFC 9110); None: it says nothing that can be read."""
    if asked.isascii() and asked.isdecimal():
        return timedelta(seconds=int(asked)) if len(asked) < 7 else None
    try:
        at = parsedate_to_datetime(asked)
    except ValueError:
        return None
    return timedelta(seconds=at.timestamp() - time.time()) if at.tzinfo else None


def sender_of(pool: asyncpg.Pool, settings: Any) -> Sender:
    """As the scheduler's settings say."""
    return Sender(pool, settings.token.get_secret_value(), private=settings.webhooks_private)


def _client() -> httpx2.AsyncClient:
    import httpx2  # noqa: PLC0415

    # No limit of connections: the calls of a round are limited, and none is to wait for those of other endpoints.
    return httpx2.AsyncClient(timeout=SECONDS, limits=httpx2.Limits(max_connections=None), trust_env=False)
