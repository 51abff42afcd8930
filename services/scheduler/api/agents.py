"""Agents: told of, away, gone; and an agent's work list as a calendar."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.scheduler import agents, feeds
from services.scheduler.agents import Rank
from services.scheduler.api.asked import Restated, ThisMoment, Today, ranked
from services.scheduler.domain.agents import (
    Absence,
    AgentCommand,
    AgentTold,
    Departure,
    DescribeAgent,
    HandOver,
    Presence,
    Return,
    StandIn,
    agent_stream,
)
from services.scheduler.queries import Item
from shared.postgres.pool import begun, borrow
from shared.web.commands import run_command
from shared.web.deps import Db, Page, engine_of, principal_of
from shared.web.pages import page, seek
from shared.web.problems import Problem, not_found

router = APIRouter()

Agent = Annotated[str, Path(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]


@router.get("/agents")
async def get_agents(connection: Db, asked: Page) -> Item:
    """By id."""
    found = await agents.list_agents(connection, asked.limit, seek(asked.after, str) or "")
    return page(found, asked.limit, lambda item: [item["agent_id"]])


@router.post("/agents")
async def describe_agent(told: AgentTold, request: Request) -> Response:
    """Who an agent is; said again, what is left out is unknown."""
    return await _told(request, DescribeAgent(**dict(told)))


@router.post("/agents/{id}/absences")
async def stand_in(id: Agent, told: Absence, request: Request) -> Response:
    """Away for these days: the deputy's work list has their work too."""
    return await _told(request, StandIn(agent_id=id, **dict(told)))


@router.post("/agents/{id}/returns")
async def come_back(id: Agent, told: Presence, request: Request) -> Response:
    """There on these days after all, or back early; other days of an absence stay."""
    return await _told(request, Return(agent_id=id, **dict(told)))


@router.post("/agents/{id}/leave")
async def hand_over(id: Agent, told: Departure, request: Request) -> Response:
    """From that day on the successor's work list has all their work: nobody is forgotten."""
    return await _told(request, HandOver(agent_id=id, **dict(told)))


async def _told(request: Request, command: AgentCommand) -> Response:
    stream = agent_stream(command.agent_id).id

    async def answer(connection: asyncpg.Connection) -> Item:
        found = await agents.find_agent(connection, stream)
        if found is None:
            raise not_found(f"agent {command.agent_id}")
        return found

    return await run_command(request, stream, command, answer)


@router.get("/agents/{id}/customers")
async def get_customers(id: Agent, connection: Db, today: Today, asked: Page) -> Item:
    """Those whom they look after today, for others too; the best tier first."""
    desk = await agents.desk_of(connection, id, today)
    seen = seek(asked.after, lambda tier, grade, customer: Rank(int(tier), str(grade), UUID(customer))) or Rank()
    found = await agents.customers_of(connection, desk, asked.limit, seen)
    return ranked(found, asked.limit)


async def _may_read(
    id: Agent, connection: Db, request: Request, today: Today, signature: Annotated[str, Query(max_length=200)] = ""
) -> None:
    if principal_of(request) is None and not await feeds.is_valid(connection, id, today, signature, _secret(request)):
        raise Problem(403, "forbidden", "This address is not valid any more: ask for a new one of this agent.")


@router.get("/agents/{id}/calendar.ics", dependencies=[Depends(_may_read)])
async def get_calendar(id: Agent, connection: Db, moment: ThisMoment, formula: Restated) -> Response:
    """For people with the token, and for calendar programs that were given a signed address."""
    return Response(await feeds.calendar_of(connection, id, moment, formula), media_type="text/calendar")


@router.post("/agents/{id}/calendar", status_code=201)
async def give_address(id: Agent, request: Request) -> Item:
    """The address for a calendar program; the same one until it is revoked."""
    async with borrow(engine_of(request).pool) as connection, begun(connection):
        return {"url": await feeds.address_of(connection, id, _secret(request))}


@router.delete("/agents/{id}/calendar", status_code=204)
async def revoke_addresses(id: Agent, request: Request) -> None:
    """Every address that was given out for this agent is void."""
    async with borrow(engine_of(request).pool) as connection, begun(connection):
        await feeds.revoke(connection, id)


def _secret(request: Request) -> str:
    settings: Any = request.app.state.service.settings
    return str(settings.token.get_secret_value())
