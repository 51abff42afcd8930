"""Who does what on which day: an agent's plan, and work spread over several agents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

import asyncpg
from fastapi import APIRouter, Path, Request, Response
from pydantic import ConfigDict, Field

from services.scheduler import agents, tasks
from services.scheduler.agents import Owed
from services.scheduler.api.asked import Restated, Today, moment_of
from services.scheduler.domain.agents import Agent, agent_stream
from services.scheduler.domain.commands import AssignTask
from services.scheduler.domain.planning import Diary, days_from, is_there, room_of, shared_out
from services.scheduler.queries import Item
from services.scheduler.restating import Formula, formula_of
from shared.clock import business_date
from shared.contracts.data import Name, Value
from shared.contracts.policy import Policy
from shared.postgres.pool import READING, begun, borrow
from shared.web.commands import run_commands
from shared.web.deps import ActivePolicy, Db, engine_of
from shared.web.problems import Problem

router = APIRouter()

AHEAD = timedelta(days=13)
MOST_DAYS = 92
MOST = 2_000
"""Items that are looked at."""
AT_ONCE = 200
"""Tasks that are spread at a time."""


class Spread(Value):
    """The body of POST /v1/worklist/spread; no `owner`: what belongs to nobody."""

    model_config = ConfigDict(extra="forbid")

    owner: Name | None = None
    agents: Annotated[tuple[Name, ...], Field(max_length=200)] = ()
    team: Name | None = None
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, strict=True)] = 14


@router.get("/agents/{id}/plan")
async def get_plan(
    id: Annotated[str, Path(min_length=1, max_length=255, pattern=r"^[^\x00]*$")],
    connection: Db,
    today: Today,
    policy: ActivePolicy,
    formula: Restated,
    to_on: date | None = None,
) -> Item:
    """Each day's work from today on (two weeks): nothing later than it is due, and no more than the agent can do if
    that can be. What has no room is marked `over`."""
    last = to_on or today + AHEAD
    if not today <= last < today + timedelta(days=MOST_DAYS):
        raise Problem(422, "invalid_query", f"Give a day to_on from {today} on, {MOST_DAYS} days ahead at most.")
    agent = _or_unknown(await agents.colleagues(connection, [id], None), id)
    desk = await agents.desk_of(connection, id, today)
    items = await agents.load_of(connection, desk.agents, (today, last), MOST, formula)
    room = room_of(agent, policy.calendar)
    diary = Diary(today, room)
    planned = [(diary.place(date.fromisoformat(item["due_on"])), item) for item in items]
    days = [
        {
            "on": day.isoformat(),
            "capacity": agent.capacity if room(day) else 0,
            "items": [item | {"over": placed.over} for placed, item in planned if placed.on == day],
        }
        for day in days_from(today, last)
    ]
    return {"agent_id": id, "days": days}


@router.post("/worklist/spread")
async def spread(asked: Spread, request: Request) -> Response:
    """Open tasks of one agent, or of nobody, go to these agents by the room that each has left until their day."""
    async with borrow(engine_of(request).pool) as connection, begun(connection, READING):
        now, policy = await moment_of(engine_of(request), connection)
        today = business_date(now, policy.calendar.time_zone)
        owed = await agents.tasks_owned_by(connection, asked.owner, today + timedelta(days=asked.days), AT_ONCE)
        formula = await formula_of(connection, now, policy)
        diaries = await _diaries(connection, asked, {str(task.task_id) for task in owed}, (today, policy), formula)
    if not diaries:
        raise Problem(422, "invalid_body", "Give agents or a team of whom somebody is there to do it.")
    if not owed:
        raise Problem(409, "nothing_to_spread", "No such task is open; there is nothing to give to anybody.")
    return await _given(request, asked, owed, shared_out([task.due_on for task in owed], diaries))


async def _given(request: Request, asked: Spread, owed: Sequence[Owed], owners: Sequence[str]) -> Response:
    commands: list[Any] = [
        (task.customer_id, AssignTask(task_id=task.task_id, owner=owner))
        for task, owner in zip(owed, owners, strict=True)
    ]

    async def answer(connection: asyncpg.Connection, _events: Sequence[str]) -> Item:
        found = await tasks.find_tasks(
            connection, [task.task_id for task in owed], await moment_of(engine_of(request), connection)
        )
        return {"items": found}

    return await run_commands(request, commands, answer, asked=asked.model_dump_json().encode())


async def _diaries(
    connection: asyncpg.Connection,
    asked: Spread,
    owed: Collection[str],
    given: tuple[date, Policy],
    formula: Formula | None,
) -> dict[str, Diary]:
    """Of those who are there today, with what they have to do already, for others too, but for what is `owed`."""
    today, policy = given
    last = today + timedelta(days=asked.days)
    known = {agent.agent_id: agent for agent in await agents.colleagues(connection, asked.agents, asked.team)}
    named = known | {id: Agent(agent_stream(id).id, id) for id in asked.agents if id not in known}
    diaries = {}
    for id, agent in named.items():
        if id != asked.owner and is_there(agent, today):
            diaries[id] = Diary(today, room_of(agent, policy.calendar))
            desk = await agents.desk_of(connection, id, today)
            for item in await agents.load_of(connection, desk.agents, (today, last), MOST, formula):
                if item["id"] not in owed:
                    diaries[id].place(date.fromisoformat(item["due_on"]))
    return diaries


def _or_unknown(found: Sequence[Agent], id: str) -> Agent:
    """Whoever is named as an owner is an agent, told of or not."""
    return found[0] if found else Agent(agent_stream(id).id, id)
