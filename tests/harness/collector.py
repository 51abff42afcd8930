"""A collector of traces in the test's own process: OTLP over HTTP, as the exporter speaks it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from holdfast.local.process import LOOPBACK


@dataclass(frozen=True)
class Collected:
    """A span as it came; ids as digits, `parent` empty where it has none."""

    service: str
    trace: str
    id: str
    parent: str
    name: str
    failed: bool
    attributes: dict[str, str | int]


class Collector:
    """`with` opens it at `url`. A `silent` one takes what comes and never answers."""

    def __init__(self, *, silent: bool = False, port: int = 0) -> None:
        self.spans: list[Collected] = []
        self.asked = Event()
        self._over = Event()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.asked.set()
                if silent:
                    collector._over.wait()
                    return
                if self.path == "/v1/traces":
                    collector._take(body)
                self.send_response(200 if self.path == "/v1/traces" else 404)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer((LOOPBACK, port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://{LOOPBACK}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        for of_resource in request.resource_spans:
            service = str(_values(of_resource.resource.attributes)["service.name"])
            for of_scope in of_resource.scope_spans:
                self.spans.extend(
                    Collected(
                        service,
                        span.trace_id.hex(),
                        span.span_id.hex(),
                        span.parent_span_id.hex(),
                        span.name,
                        span.status.code == span.status.STATUS_CODE_ERROR,
                        _values(span.attributes),
                    )
                    for span in of_scope.spans
                )

    def of(self, trace: str) -> list[Collected]:
        return [span for span in self.spans if span.trace == trace]

    def wait(self, until: Callable[[], bool], seconds: float = 60) -> None:
        """Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while not until():
            if time.monotonic() > deadline:
                raise TimeoutError(
                    [
                        (span.service, span.name, span.trace, span.id, span.parent)
                        for span in self.spans
                        if "idle" not in span.name
                    ]
                )
            time.sleep(0.02)


def _values(attributes: Any) -> dict[str, str | int]:
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in attributes}
