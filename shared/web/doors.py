"""The outer doors: who asks, how fast, how much at once; before anything else sees the request."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.credentials import Credentials
from shared.web.limits import Buckets
from shared.web.oidc import IssuerAway
from shared.web.problems import Problem, not_ready
from shared.web.roles import Principal

MOST = 1_000_000
"""Bytes of a body."""
MOST_OF_HEAD = 32_768
"""Bytes of the headers, and of path and query."""
SECONDS = 30.0
"""For a body to arrive."""
MARKS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
UNKNOWN_RATE = 10
"""A second from one address without a credential that is known."""


class Doors:
    """ASGI middleware; answers 401, 408, 413, 429 or 503 by itself."""

    def __init__(self, app: ASGIApp, credentials: Credentials, signed: Sequence[str] = (), rate: int = 0) -> None:
        """`signed`: ends of paths that may be asked for without a token; such a route checks a signature itself."""
        self.app = app
        self.credentials = credentials
        self.signed = tuple(signed)
        self.known, self.unknown = Buckets(rate), Buckets(UNKNOWN_RATE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = _marked(send)
        try:
            headers = dict(scope["headers"])
            principal = await self._principal(headers)
            scope.setdefault("state", {})["principal"] = principal
            self._judge(scope, principal)
            body = await self._body(headers, receive)
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    async def _principal(self, headers: dict[bytes, bytes]) -> Principal | None:
        told = headers.get(b"authorization")
        try:
            return await self.credentials.principal_of(told) if told else None
        except IssuerAway:
            raise not_ready("the issuer of tokens does not answer") from None

    def _judge(self, scope: Scope, principal: Principal | None) -> None:
        """Raises Problem for who may not come in, comes too often, or has too much to say beforehand."""
        if not scope["path"].startswith("/v1"):
            return
        if principal is None and not self._is_signed(scope):
            if not self.unknown.takes(_address(scope)):
                raise Problem(429, "too_fast", "too many requests without a credential that is known: wait a while")
            raise Problem(401, "unauthorised", "send the header Authorization: Bearer <token>")
        if not self.known.takes(principal.id if principal else _address(scope)):
            raise Problem(429, "too_fast", "too many requests: wait a second, and send fewer at a time")
        head = sum(len(name) + len(value) for name, value in scope["headers"])
        if head + len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > MOST_OF_HEAD:
            raise Problem(413, "too_large", f"headers, path and query may have {MOST_OF_HEAD:,} bytes: send less")

    def _is_signed(self, scope: Scope) -> bool:
        return bool(self.signed) and scope["method"] == "GET" and scope["path"].endswith(self.signed)

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        """The whole body, judged before it is all here. Raises Problem."""
        told = headers.get(b"content-length", b"0")
        if told.isdigit() and int(told) > MOST:
            raise _too_large()
        message = await receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body", False):
            try:
                async with asyncio.timeout(SECONDS):
                    body = await _rest(body, receive)
            except TimeoutError:
                raise Problem(408, "too_slow", f"the body was not here after {SECONDS:g} s: send it again") from None
        if len(body) > MOST:
            raise _too_large()
        return body


async def _rest(body: bytes, receive: Receive) -> bytes:
    """Up to a piece more than is allowed."""
    pieces, size, more = [body], len(body), True
    while more and size <= MOST:
        message = await receive()
        piece = message.get("body", b"")
        pieces.append(piece)
        size += len(piece)
        more = message.get("more_body", False)
    return b"".join(pieces)


def _too_large() -> Problem:
    return Problem(413, "too_large", f"a body may have {MOST:,} bytes: send less at a time")


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return f"from {client[0]}" if client else "from nowhere"


def _marked(send: Send) -> Send:
    """Answers are for who asked: nobody keeps them, nobody takes them for another kind of content."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *MARKS]}
        await send(message)

    return sending


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
