"""What came in through all doors of a stack, from its databases."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from holdfast.journal.databases import Connections
from holdfast.journal.lines import SERVICE_OF_CLOCK, Line
from holdfast.journal.phases import Phases
from holdfast.journal.rows import Row, external, load_journals
from holdfast.local.clock import stops
from holdfast.local.rest import TICK
from shared.contracts.envelope import encode
from shared.contracts.topics import WRITERS
from shared.engine.policies import Policies
from shared.engine.streams import NEVER

HANDLES = "select customer_id, min(handle) as handle from handle group by customer_id"
REFUSED = "select event_key, id from dead_letter where event_key is not null"
FOLLOWUPS = "select followup_id, journal, due_on from followup"
TASKS = "select task_id, kind, key from task"
DEAD = """
select key, headers, body, tries, first_at, last_at, id from dead_letter
 where origin_topic like '%upstream.v1' order by first_at, id
"""
POLICIES = """
select c.policy_id, c.state, c.at, p.name, p.body from policy_change c join policy p on p.id = c.policy_id
 where c.door = 'http' order by c.number
"""
MOVES = "select now from clock_move order by now"


ORDER = {"clock": 0, "policy": 1, "http": 2}
"""Of the doors at one place; the others come last."""


async def record(connections: Connections) -> list[Line]:
    """Every input, in the order in which it is to be played.

    Wake-ups and the facts of our own services are not among them: they follow. Nor are commands that were refused,
    which changed nothing, and events that came a second time.
    """
    journals = await load_journals(connections)
    phases, names = Phases(journals), await _names(connections)
    inputs = [_line(row, phases.of(row), names) for row in sorted(external(journals), key=_order)]
    inputs += [line for row in await connections["profile"].fetch(DEAD) for line in _dead_letter(row)]
    inputs += [
        _policy(service, row) for service, connection in connections.items() for row in await connection.fetch(POLICIES)
    ]
    at = {line.at for line in inputs}
    moves = [_move(to) for to in sorted(at | await _moves(connections["profile"], at))]
    return sorted([*moves, *inputs], key=lambda line: (*line.place, ORDER.get(line.door, len(ORDER))))


def _order(row: Row) -> tuple[int, int]:
    """Within a service as it was folded; the scheduler's commands before feedback's."""
    return WRITERS.index(row.service), row.seq


class _Names(msgspec.Struct, frozen=True):
    """What is called by words that hold in every stack."""

    handles: Mapping[str, str]
    followups: Mapping[str, dict[str, Any]]
    tasks: Mapping[str, dict[str, Any]]
    dead_letters: Mapping[tuple[str, str], str]
    """(service, event key) -> the dead letter that it was once."""


async def _names(connections: Connections) -> _Names:
    handles = {str(r["customer_id"]): r["handle"] for r in await connections["profile"].fetch(HANDLES)}
    followups = {
        str(row["followup_id"]): {"journal": row["journal"], "due_on": row["due_on"].isoformat()}
        for row in await connections["scheduler"].fetch(FOLLOWUPS)
    }
    tasks = {
        str(row["task_id"]): {"kind": row["kind"], "key": row["key"]}
        for row in await connections["scheduler"].fetch(TASKS)
    }
    dead_letters = {
        (service, str(row["event_key"])): str(row["id"])
        for service, connection in connections.items()
        for row in await connection.fetch(REFUSED)
    }
    return _Names(handles, followups, tasks, dead_letters)


def _line(row: Row, phase: int, names: _Names) -> Line:
    event = msgspec.json.decode(encode(row.event))
    data = event["data"] if row.door == "http" else {}
    return Line(
        at=row.now - TICK,
        door=msgspec.convert(row.door, Any),
        service=row.service,
        input=event,
        phase=phase,
        handle=names.handles.get(str(row.customer)),
        followup=names.followups.get(data.get("followup_id", "")),
        task=names.tasks.get(data.get("task_id", "")),
        dead_letter_id=names.dead_letters.get((row.service, str(row.key))) if row.door == "replay" else None,
    )


def _dead_letter(row: asyncpg.Record) -> Iterator[Line]:
    """As often as it came, the first time and the last."""
    headers = msgspec.json.decode(row["headers"]) if row["headers"] else []
    raw = {"body": _base64(row["body"]), "key": _base64(row["key"]), "headers": headers}
    times: Iterable[datetime] = [row["first_at"], *[row["last_at"]] * (row["tries"] - 1)]
    for at in times:
        yield Line(at=at - TICK, door="kafka", service="profile", input=raw, dead_letter_id=str(row["id"]))


def _policy(service: str, row: asyncpg.Record) -> Line:
    """A draft, or what it became."""
    said = {"policy_id": row["policy_id"], "state": row["state"], "name": row["name"]}
    if row["state"] == "draft":
        said["values"] = msgspec.json.decode(row["body"])
    return Line(at=row["at"] - TICK, door="policy", service=service, input=said)


def _base64(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _move(at: datetime) -> Line:
    return Line(at=at, door="clock", service=SERVICE_OF_CLOCK, input={"now": at.isoformat()})


async def _moves(connection: asyncpg.Connection, inputs: Collection[datetime]) -> set[datetime]:
    """Where a simulated clock has stood from the first input on; under the system's every 00:00 between inputs."""
    first, last = min(inputs, default=NEVER), max(inputs, default=NEVER)
    if told := {row["now"] for row in await connection.fetch(MOVES)}:
        return {at for at in told if at >= first}
    zone = (await Policies().active(connection)).calendar.time_zone
    return set(stops(first, last, zone)) if first < last else set()
