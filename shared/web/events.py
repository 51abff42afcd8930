"""`POST /v1/events`: upstream events without Kafka, one or a batch."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from msgspec.structs import replace

from shared.engine.inputs import Input, Outcome, Raw
from shared.engine.streams import NEVER
from shared.traces.context import parent_of
from shared.web.commands import caught_up, problem_of
from shared.web.deps import engine_of, trace_of
from shared.web.problems import Problem

router = APIRouter(prefix="/v1")
BATCH = "application/cloudevents-batch+json"
MOST = 1_000


@router.post("/events", tags=["events"], status_code=202)
async def post_events(request: Request) -> Response:
    """One CloudEvent (structured or binary) or a batch of at most 1,000; each is judged by itself, in order."""
    body = await request.body()
    headers = tuple(
        (name, value.encode("latin-1"))
        for name, value in request.headers.items()
        if name.startswith("ce-") or name == "content-type"
    )
    if request.headers.get("content-type", "").startswith(BATCH):
        return await _batch(request, _members(body))
    inputs, outcomes = await _apply(
        request, [Raw(body, headers=tuple((n.replace("ce-", "ce_"), v) for n, v in headers))]
    )
    outcome = outcomes[0]
    if outcome.result in ("refused", "failed"):
        raise (
            problem_of(outcome)
            if outcome.reason != "not_json"
            else Problem(400, "not_json", outcome.detail or "no JSON")
        )
    return JSONResponse(_result(inputs[0], outcome), 200 if outcome.result == "duplicate" else 202)


def _members(body: bytes) -> list[Raw]:
    try:
        members = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(400, "not_json", "the body is not a JSON array of CloudEvents") from error
    if len(members) > MOST:
        raise Problem(422, "invalid_body", f"a batch may have {MOST} events: send the rest in another")
    return [Raw(bytes(member)) for member in members]


async def _batch(request: Request, members: list[Raw]) -> Response:
    inputs, outcomes = await _apply(request, members) if members else ([], [])
    return JSONResponse({"results": [_result(i, o) for i, o in zip(inputs, outcomes, strict=True)]}, 200)


async def _apply(request: Request, raws: list[Raw]) -> tuple[list[Input], list[Outcome]]:
    """The caller has every refusal: none becomes a dead letter. What cannot be read is refused beside the fold."""
    engine, intake = engine_of(request), request.app.state.service.intake
    await caught_up(engine)
    inputs = [_traced(request, intake.event(raw, intake.topics.upstream, None, NEVER, "http")) for raw in raws]
    readable = [item for item in inputs if item.event is not None]
    folded = iter((await engine.apply(readable)).outcomes if readable else [])
    return inputs, [next(folded) if item.event is not None else _unreadable(item) for item in inputs]


def _traced(request: Request, item: Input) -> Input:
    """In the trace that the event names, else in that of the request."""
    event, context = item.event, trace_of(request)
    if event is None or context is None or (event.traceparent and parent_of(event.traceparent)):
        return item
    return replace(item, event=replace(event, traceparent=context))


def _unreadable(item: Input) -> Outcome:
    if item.unreadable is None:
        return Outcome("skipped")
    return Outcome("refused", None, item.unreadable.reason, item.unreadable.detail)


def _result(item: Input, outcome: Outcome) -> dict[str, Any]:
    id = item.event.id if item.event else item.unreadable.event_id if item.unreadable else None
    result = {"applied": "accepted", "failed": "refused", "skipped": "duplicate"}.get(outcome.result, outcome.result)
    answer: dict[str, Any] = {"id": id, "result": result}
    if outcome.stream is not None and outcome.stream.kind == "customer" and outcome.result in ("applied", "superseded"):
        answer["customer_id"] = str(outcome.stream.id)
    if result == "refused":
        answer["problem"] = problem_of(outcome).body()
    return answer
