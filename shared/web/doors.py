"""The outer doors: a credential on every /v1 route, which says who asks, and bodies of at most 1 MB."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.credentials import Credentials
from shared.web.problems import Problem

MOST = 1_000_000


class Doors:
    """ASGI middleware; answers 401 or 413 before anything else sees the request."""

    def __init__(self, app: ASGIApp, credentials: Credentials, signed: Sequence[str] = ()) -> None:
        """`signed`: ends of paths that may be asked for without a token; such a route checks a signature itself."""
        self.app = app
        self.credentials = credentials
        self.signed = tuple(signed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        told = headers.get(b"authorization")
        principal = await self.credentials.principal_of(told) if told else None
        scope.setdefault("state", {})["principal"] = principal
        if scope["path"].startswith("/v1") and principal is None and not self._is_signed(scope):
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
