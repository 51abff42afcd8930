"""Spans of what a service has done: a request, a decision, a publication. Told once it is done; ids only.

Those of a decision and of a publication follow from what they are about: done again after a crash, they are the same.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal
from uuid import uuid4

import msgspec
from msgspec import Struct

from shared.engine.inputs import Door, Origin, Outcome
from shared.traces.context import (
    NO_PARENT,
    begun,
    decision,
    is_sampled,
    normal,
    parent_of,
    publication,
    trace_of,
    within,
)

Kind = Literal["server", "consumer", "producer", "internal"]


class Span(Struct, frozen=True):
    """`context`: trace and parent. `began`, `ended`: nanoseconds since 1970."""

    name: str
    kind: Kind
    context: str
    id: str
    attributes: Mapping[str, str | int]
    began: int
    ended: int
    has_failed: bool = False


class Decided(Struct, frozen=True):
    """What a fold has decided about one input that is sampled; `id` and `type` are its cause's."""

    context: str
    door: Door
    id: str
    type: str
    outcome: Outcome
    origin: Origin | None = None


class Told(Struct, frozen=True):
    """What the publication of a fact says about it."""

    id: str
    type: str
    subject: str | None = None
    causationid: str = ""
    traceparent: str | None = None


TOLD = msgspec.json.Decoder(Told)


class Spans:
    """One per process. `share`: of the traces that begin here, those that are followed; `send` must not wait."""

    def __init__(self, service: str, share: float, send: Callable[[Span], None]) -> None:
        self.service = service
        self.share = share
        self._send = send

    def decided(self, found: Iterable[Decided], began: int) -> None:
        """After the commit of the transaction that has decided them."""
        ended = time.time_ns()
        for one in found:
            span = decision(self.service, one.context, one.id)
            attributes = {
                "holdfast.door": one.door,
                "holdfast.outcome": one.outcome.result,
                "cloudevents.event_id": one.id,
                "cloudevents.event_type": one.type,
                **_whose(one.outcome),
                **_lay(one.origin),
            }
            kind: Kind = "consumer" if one.origin else "internal"
            failed = one.outcome.result == "failed"
            self._send(Span(f"decide {one.type}", kind, one.context, span, attributes, began, ended, failed))

    def published(self, topic: str, part: int, payloads: Iterable[bytes], began: int) -> None:
        """Once the broker has them."""
        ended = time.time_ns()
        for payload in payloads:
            told = TOLD.decode(payload)
            if told.traceparent is None or not is_sampled(told.traceparent):
                continue
            context = within(told.traceparent, decision(self.service, told.traceparent, told.causationid))
            attributes: dict[str, str | int] = {
                "cloudevents.event_id": told.id,
                "cloudevents.event_type": told.type,
                "messaging.system": "kafka",
                "messaging.operation.type": "send",
                "messaging.destination.name": topic,
                "messaging.destination.partition.id": str(part),
            }
            if told.subject:
                attributes["holdfast.customer.id"] = told.subject
            span = publication(told.id)
            self._send(Span(f"publish {told.type}", "producer", context, span, attributes, began, ended))

    def entered(self, header: str | None) -> tuple[str, str]:
        """The context that a request came in, or begins, and that of what follows from it."""
        key = uuid4()
        came = normal(header) or begun(key, self.share) or f"00-{key.hex}-{NO_PARENT}-00"
        return came, within(came, secrets.token_hex(8))

    def answered(self, came: str, own: str, attributes: Mapping[str, str | int], began: int) -> None:
        """A request, by its method, route and status: paths and queries may hold names."""
        if is_sampled(came):
            name = f"{attributes['http.request.method']} {attributes['http.route']}"
            failed = int(attributes["http.response.status_code"]) >= 500
            span = str(parent_of(own))
            self._send(Span(name, "server", came, span, attributes, began, time.time_ns(), failed))


def words_of(payload: bytes) -> dict[str, str]:
    """For a line of the log about a fact."""
    context = TOLD.decode(payload).traceparent
    return {"trace_id": trace_of(context), "span_id": parent_of(context) or ""} if context else {}


def context_of(span: Span) -> tuple[int, int, int | None]:
    """Trace, span and parent as numbers."""
    parent = parent_of(span.context)
    return int(trace_of(span.context), 16), int(span.id, 16), int(parent, 16) if parent else None


def _whose(outcome: Outcome) -> dict[str, str | int]:
    """A reason is a word where a rule has refused; else it is a sentence."""
    found: dict[str, str | int] = {}
    if outcome.result in ("refused", "failed") and outcome.reason:
        found["holdfast.rule"] = outcome.reason
    if outcome.stream is not None:
        found[f"holdfast.{outcome.stream.kind}.id"] = str(outcome.stream.id)
    return found


def _lay(origin: Origin | None) -> dict[str, Any]:
    if origin is None:
        return {}
    return {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": origin.topic,
        "messaging.destination.partition.id": str(origin.part),
        "messaging.kafka.offset": origin.offset,
    }
