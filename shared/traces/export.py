"""Spans on their way to a collector: OTLP over HTTP, from a thread of its own. Whatever becomes of it, nobody waits."""

from __future__ import annotations

from threading import Thread
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from shared.traces.spans import Span, context_of

WAITING: Final = 4_096
"""Spans that may wait for the collector, some 3 kB each; of more the oldest are dropped."""
EVERY_MS: Final = 1_000
ANSWER_SECONDS: Final = 5.0
"""For the collector, with what is tried again."""
LAST_SECONDS: Final = 2.0
"""At the end of the process, for what waits."""
KINDS: Final = {
    "server": SpanKind.SERVER,
    "consumer": SpanKind.CONSUMER,
    "producer": SpanKind.PRODUCER,
    "internal": SpanKind.INTERNAL,
}


class _Given(IdGenerator):
    """The ids of the span that is being told: they follow from what it is about."""

    trace = span = 0

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self.span


class Exporter:
    """What the standard variables say of headers, certificates and compression holds (`OTEL_EXPORTER_OTLP_…`)."""

    def __init__(self, service: str, replica: int, endpoint: str) -> None:
        """`endpoint`: of the collector, without the path of traces."""
        names = {
            "service.namespace": "holdfast",
            "service.name": f"holdfast-{service}",
            "service.instance.id": f"{service}-{replica}",
        }
        self._ids = _Given()
        self._provider = TracerProvider(
            ALWAYS_ON, Resource.create(names), shutdown_on_exit=False, id_generator=self._ids
        )
        self._exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=ANSWER_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter, WAITING, EVERY_MS))
        self._tracer = self._provider.get_tracer("holdfast")

    def send(self, span: Span) -> None:
        """Put it into the queue; from the thread of the loop alone."""
        self._ids.trace, self._ids.span, parent = context_of(span)
        around = Context()
        if parent is not None:
            came = SpanContext(self._ids.trace, parent, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
            around = set_span_in_context(NonRecordingSpan(came), around)
        told = self._tracer.start_span(
            span.name, around, KINDS[span.kind], dict(span.attributes), start_time=span.began
        )
        if span.has_failed:
            told.set_status(Status(StatusCode.ERROR))
        told.end(span.ended)

    def close(self) -> None:
        """Send what waits, for as long as may be waited; the rest is dropped."""
        closing = Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(LAST_SECONDS)
        if closing.is_alive():
            self._exporter.shutdown()  # type: ignore[no-untyped-call]
