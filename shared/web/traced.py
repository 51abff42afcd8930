"""The trace of a request: it goes on in what follows from it, and in the lines of the log that it leads to."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from shared.traces.context import normal, parent_of, trace_of
from shared.traces.spans import Spans

NO_ANSWER = 500


class Traced:
    """ASGI middleware behind the doors: strangers begin no traces, nor do probes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1"):
            await self.app(scope, receive, send)
            return
        header = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        spans: Spans | None = scope["app"].state.service.spans
        if spans is not None:
            await self._followed(spans, header, scope, receive, send)
        elif (context := normal(header)) is not None:
            scope.setdefault("state", {})["trace"] = context
            with bound_contextvars(trace_id=trace_of(context)):
                await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _followed(self, spans: Spans, header: str, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.time_ns(), NO_ANSWER
        came, own = spans.entered(header)
        scope.setdefault("state", {})["trace"] = own

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with bound_contextvars(trace_id=trace_of(own), span_id=parent_of(own)):
                await self.app(scope, receive, sending)
        finally:
            attributes = {
                "http.request.method": scope["method"],
                "http.route": _route(scope),
                "http.response.status_code": status,
            }
            spans.answered(came, own, attributes, began)


def _route(scope: Scope) -> str:
    """With the names of what stands in it: what stands there may be a person's."""
    line, _ = scope["app"].state.access.get(scope.get("endpoint"), ("- none", None))
    return str(line).partition(" ")[2]
