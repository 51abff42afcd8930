"""An HTTP command is an event that comes through another door."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
from fastapi import Request, Response

from shared.contracts.data import Command
from shared.contracts.envelope import Envelope, encode
from shared.contracts.ids import event_key
from shared.contracts.reading import dump_data
from shared.engine.apply import ClockUnset, Engine
from shared.engine.decision import Event
from shared.engine.inputs import Input, Outcome
from shared.engine.streams import NEVER
from shared.web.deps import engine_of, principal_of, trace_of
from shared.web.problems import Problem, not_ready
from shared.web.roles import Role

FIND = "select body_hash, status, answer from idempotency where key = $1"
KEEP = "insert into idempotency (key, body_hash, status, answer, stream_id) values ($1, $2, $3, $4, $5)"
KEEP_FIRST = """
insert into idempotency (key, body_hash, status, answer, stream_id) values ($1, $2, $3, $4, $5) on conflict do nothing
"""
CAUGHT_UP = "select {clock} as now, (select min(applied_until) from consumer_offset where topic <> $1) as until"
PATIENCE = 250
"""Times 20 ms that a command waits for partitions that are behind the clock."""

LONGEST_KEY = 255
"""Characters of an `Idempotency-Key`: it becomes the event's id, and the `causationid` of the facts that follow."""

Answer = Callable[[asyncpg.Connection], Awaitable[dict[str, Any]]]
AnswerTo = Callable[[asyncpg.Connection, Sequence[str]], Awaitable[dict[str, Any]]]


async def run_command(
    request: Request, subject: UUID, command: Command, answer: Answer, status: int = 200, id: str | None = None
) -> Response:
    """Fold the command into the customer's stream and answer with `answer`, read in the same transaction.

    `id`: of the command, where the route has derived something from it; else the `Idempotency-Key`, else a new one.
    The same `Idempotency-Key` and body gets the first answer again. Raises Problem for a refusal (as the rule
    says), for a key with another body or too long a one (422), and while the backlog is behind the clock (503).
    """
    return await run_commands(request, [(subject, command)], lambda connection, _ids: answer(connection), status, id=id)


async def run_commands(
    request: Request,
    commands: Sequence[tuple[UUID, Command]],
    answer: AnswerTo,
    status: int = 200,
    *,
    asked: bytes | None = None,
    id: str | None = None,
) -> Response:
    """As `run_command`, several at once: all of them or none. `answer` gets the ids of the events that they became.

    `asked`: what the caller sent, where the first command does not say all of it.
    """
    engine = engine_of(request)
    key = _key(request)
    print_ = _print(request, asked or dump_data(commands[0][1]))
    if key and (known := await _known(engine, key, print_)) is not None:
        return known
    await caught_up(engine)
    id = key or id or str(uuid4())
    ids = [id if n == 0 else f"{id}/{n}" for n in range(len(commands))]
    items = [_input(request, subject, command, id) for (subject, command), id in zip(commands, ids, strict=True)]
    answered: list[bytes] = []

    async def settle(connection: asyncpg.Connection, outcomes: list[Outcome]) -> None:
        if any(outcome.result not in ("applied", "superseded") for outcome in outcomes):
            if len(outcomes) > 1:
                raise problem_of(next(o for o in outcomes if o.result not in ("applied", "superseded")))
            return
        answered.append(msgspec.json.encode(await answer(connection, ids)))
        if key:
            await connection.execute(KEEP, key, print_, status, answered[0], commands[0][0])

    done = await engine.apply(items, answer=settle)
    if answered:
        return Response(answered[0], status, media_type="application/json")
    if done.outcomes[0].result == "duplicate" and key and (known := await _known(engine, key, print_)) is not None:
        return known
    raise problem_of(done.outcomes[0])


async def once(request: Request, asked: Command, work: Callable[[str], Awaitable[Any]]) -> Response:
    """What `work` answers for the id that it is given, kept for the `Idempotency-Key`.

    For a request of many commands that may end differently; those that were applied before an answer was kept are
    known by their own ids. Raises Problem as `run_command` does for the key.
    """
    engine, key = engine_of(request), _key(request)
    print_ = _print(request, dump_data(asked))
    if key and (known := await _known(engine, key, print_)) is not None:
        return known
    answer = msgspec.json.encode(await work(key or str(uuid4())))
    if key:
        await engine.pool.execute(KEEP_FIRST, key, print_, 200, answer, None)
    return Response(answer, media_type="application/json")


async def tell(request: Request, subject: UUID, command: Command, id: str) -> Outcome:
    """One of several commands of a request, under an id of its own: told twice it is one."""
    engine = engine_of(request)
    await caught_up(engine)
    done = await engine.apply([_input(request, subject, command, id)])
    return done.outcomes[0]


def problem_of(outcome: Outcome) -> Problem:
    """A refusal as its rule said it; a failure without its traceback."""
    if outcome.result == "failed":
        return Problem(
            500, "internal_error", "a rule failed; the input is kept in the dead letters, with the traceback"
        )
    return Problem(outcome.status, outcome.reason or "refused", outcome.detail or "refused")


async def caught_up(engine: Engine) -> None:
    """Wait a little until what was recorded before now has been applied; Problem 503 where it takes longer."""
    for _ in range(PATIENCE):
        [row] = await engine.pool.fetch(CAUGHT_UP.format(clock=engine.clock.sql), engine.clock_topic)
        if row["now"] is None:
            raise ClockUnset("the simulated clock has not been set: send clock.moved first")
        if row["until"] is not None and row["until"] >= row["now"] - engine.clock.grace:
            return
        await asyncio.sleep(0.02)
    raise not_ready("events that were recorded earlier are still being applied")


def _print(request: Request, asked: bytes) -> bytes:
    """Of what is asked, and by whom: an answer is given again to whom it was given."""
    return sha256(f"{_asker(request)}{request.method} {request.url.path} ".encode() + asked).digest()


def _asker(request: Request) -> str:
    principal = principal_of(request)
    if principal is None or principal.personal:
        return f"{principal.id} " if principal else "nobody "
    return "" if principal.role is Role.ADMIN else "agent "  # as they were called before there were others


def _key(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and len(key) > LONGEST_KEY:
        detail = f"may have {LONGEST_KEY} characters, this one has {len(key)}"
        errors = [{"field": "Idempotency-Key", "detail": detail}]
        raise Problem(422, "invalid_body", f"Idempotency-Key: {detail}. Choose a shorter one.", errors)
    return key


def _input(request: Request, subject: UUID, command: Command, id: str) -> Input:
    source, trace = f"holdfast/{engine_of(request).rules.service}/http", trace_of(request)
    key = event_key(source, id)
    event = Event(key, id, source, command.TYPE, NEVER, NEVER, str(subject), command, traceparent=trace)
    envelope = Envelope(
        specversion="1.0",
        id=id,
        source=source,
        type=command.TYPE,
        subject=str(subject),
        time=NEVER,
        traceparent=trace,
        data=msgspec.Raw(dump_data(command)),
    )
    return Input("http", NEVER, event, body=encode(envelope))  # its times are the clock when its row is written


async def _known(engine: Engine, key: str, print_: bytes) -> Response | None:
    row = await engine.pool.fetchrow(FIND, key)
    if row is None:
        return None
    if row["body_hash"] != print_:
        raise Problem(
            422, "idempotency_key_reused", "this Idempotency-Key was used with another body: choose a new one"
        )
    return Response(row["answer"], row["status"], media_type="application/json")
