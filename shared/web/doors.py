"""The outer doors: a bearer token on every /v1 route, which says the role, and bodies of at most 1 MB."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from hmac import compare_digest

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problems import Problem

MOST = 1_000_000


class Role(StrEnum):
    """What a token may do: everything, or all but what is restricted."""

    FULL = "full"
    AGENT = "agent"


class Doors:
    """ASGI middleware; answers 401 or 413 before anything else sees the request."""

    def __init__(self, app: ASGIApp, token: str, signed: Sequence[str] = (), agent_token: str | None = None) -> None:
        """`signed`: ends of paths that may be asked for without a token; such a route checks a signature itself."""
        self.app = app
        tokens = {Role.FULL: token, Role.AGENT: agent_token}
        self.expected = {role: f"Bearer {given}".encode() for role, given in tokens.items() if given}
        self.signed = tuple(signed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        told = headers.get(b"authorization", b"")
        role = next((role for role, expected in self.expected.items() if compare_digest(told, expected)), None)
        known = role is not None
        scope.setdefault("state", {}).update(known=known, role=role)
        if scope["path"].startswith("/v1") and not known and not self._is_signed(scope):
            await Problem(401, "unauthorised", "send the header Authorization: Bearer <token>").response()(
                scope, receive, send
            )
            return
        body = await self._body(headers, receive)
        if body is None:
            problem = Problem(413, "too_large", f"a body may have {MOST:,} bytes: send less at a time")
            await problem.response()(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    def _is_signed(self, scope: Scope) -> bool:
        return bool(self.signed) and scope["method"] == "GET" and scope["path"].endswith(self.signed)

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes | None:
        """The whole body, or None when it is longer than allowed, judged before it is all here."""
        if headers.get(b"content-length", b"0").isdigit() and int(headers.get(b"content-length", b"0")) > MOST:
            return None
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MOST:
                return None
        return body


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
