"""Agents: who they are, who stands in for them, and who takes over when they leave."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from pydantic import ConfigDict, Field

from shared.clock import business_date
from shared.contracts.data import Command, Name, Value
from shared.contracts.dates import BusinessDate
from shared.contracts.ids import derived
from shared.contracts.policy_surroundings import Windows
from shared.engine.decision import Accepted, Context, Decision, Event, Refused, StreamKey

ONE_DAY = timedelta(days=1)
KEPT = timedelta(days=366)
"""How long an absence is known that is over."""
MOST = 100
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class AgentTold(Value):
    """The body of POST /v1/agents: all that is known of one agent; what is left out is unknown."""

    model_config = ConfigDict(extra="forbid")

    agent_id: Name
    name: Name | None = None
    team: Name | None = None
    role: Name | None = None
    channels: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    capacity: Annotated[int, Field(ge=1, le=1_000, strict=True)] | None = None
    """Items of work a day."""
    hours: dict[Weekday, Windows] | None = None
    """When they work; on weekdays that are not named they do not."""


class DescribeAgent(AgentTold, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.describe_agent.v1"


class Absence(Value):
    """The body of POST /v1/agents/{id}/absences: both days are away. On its days it holds instead of what was said."""

    model_config = ConfigDict(extra="forbid")

    from_on: BusinessDate
    to_on: BusinessDate
    deputy: Name


class StandIn(Absence, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.stand_in.v1"

    agent_id: Name


class Presence(Value):
    """The body of POST /v1/agents/{id}/returns: there on these days, both included, whatever was said."""

    model_config = ConfigDict(extra="forbid")

    from_on: BusinessDate
    to_on: BusinessDate


class Return(Presence, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.return.v1"

    agent_id: Name


class Departure(Value):
    """The body of POST /v1/agents/{id}/leave; from that day on everything is the successor's."""

    model_config = ConfigDict(extra="forbid")

    on: BusinessDate
    successor: Name


class HandOver(Departure, Command):
    TYPE: ClassVar[str] = "holdfast.scheduler.command.hand_over.v1"

    agent_id: Name


AgentCommand = DescribeAgent | StandIn | Return | HandOver


class Away(Struct, frozen=True):
    """Days on which somebody is away, both included, and who stands in for them then."""

    from_on: date
    to_on: date
    deputy: str


class Agent(Struct, frozen=True):
    """One agent as the work list needs them."""

    id: UUID
    agent_id: str
    name: str | None = None
    team: str | None = None
    role: str | None = None
    channels: tuple[str, ...] = ()
    capacity: int | None = None
    hours: dict[str, tuple[dict[str, str], ...]] | None = None
    away_from_on: date | None = None
    away_to_on: date | None = None
    deputy: str | None = None
    """Of the absence that was told last."""
    left_on: date | None = None
    successor: str | None = None
    absences: tuple[Away, ...] = ()
    """In their order; no day is in two of them."""


class AgentState(Struct, frozen=True):
    """The stream of one agent."""

    agent: Agent | None = None


def agent_stream(agent_id: str) -> StreamKey:
    return StreamKey("agent", derived("agent", agent_id))


def decide_agent(state: AgentState, _event: Event, asked: AgentCommand, context: Context) -> Decision:
    """Whoever is named as an owner anywhere is an agent; nobody has to be told of first."""
    agent = _known(state.agent or Agent(context.stream.id, asked.agent_id))
    match asked:
        case DescribeAgent():
            return _described(agent, asked, context)
        case StandIn():
            return _away(agent, asked, context)
        case Return():
            return _back(agent, asked)
        case HandOver():
            if asked.successor == asked.agent_id:
                return Refused("invalid_body", "Name the one who takes over.")
            return _put(replace(agent, left_on=asked.on, successor=asked.successor))


def _known(agent: Agent) -> Agent:
    """One that was told of while there was room for one absence alone."""
    if agent.absences or agent.away_from_on is None or agent.away_to_on is None or agent.deputy is None:
        return agent
    return replace(agent, absences=(Away(agent.away_from_on, agent.away_to_on, agent.deputy),))


def _away(agent: Agent, asked: StandIn, context: Context) -> Decision:
    if asked.to_on < asked.from_on or asked.deputy == asked.agent_id:
        return Refused("invalid_body", "An absence ends after it began, and somebody else stands in.")
    long_ago = business_date(context.now, context.policy.calendar.time_zone) - KEPT
    others = [away for away in _without(agent, asked) if away.to_on >= long_ago]
    if len(others) >= MOST:
        return Refused("invalid_body", f"No more than {MOST} absences are kept; take back one that does not hold.")
    told = Away(asked.from_on, asked.to_on, asked.deputy)
    return _put(
        replace(
            agent,
            away_from_on=told.from_on,
            away_to_on=told.to_on,
            deputy=told.deputy,
            absences=tuple(sorted((*others, told), key=lambda away: away.from_on)),
        )
    )


def _back(agent: Agent, asked: Return) -> Decision:
    if asked.to_on < asked.from_on:
        return Refused("invalid_body", "The last day does not come before the first.")
    there = replace(agent, away_from_on=None, away_to_on=None, deputy=None)
    return _put(replace(there, absences=_without(agent, asked)))


def _without(agent: Agent, days: StandIn | Return) -> tuple[Away, ...]:
    """The absences less these days: what was told before them and after them still holds."""
    left = []
    for away in agent.absences:
        if away.to_on < days.from_on or away.from_on > days.to_on:
            left.append(away)
            continue
        if away.from_on < days.from_on:
            left.append(replace(away, to_on=days.from_on - ONE_DAY))
        if away.to_on > days.to_on:
            left.append(replace(away, from_on=days.to_on + ONE_DAY))
    return tuple(left)


def _described(agent: Agent, asked: DescribeAgent, context: Context) -> Decision:
    unknown = sorted(set(asked.channels) - context.policy.channels.keys())
    if unknown:
        return Refused("channel_unknown", f"Use channels of the policy, not {', '.join(unknown)}.")
    return _put(
        replace(
            agent,
            name=asked.name,
            team=asked.team,
            role=asked.role,
            channels=asked.channels,
            capacity=asked.capacity,
            hours=_hours(asked),
        )
    )


def _hours(asked: DescribeAgent) -> dict[str, tuple[dict[str, str], ...]] | None:
    if asked.hours is None:
        return None
    return {day: tuple(window.model_dump() for window in windows) for day, windows in sorted(asked.hours.items())}


def _put(agent: Agent) -> Accepted:
    return Accepted(AgentState(agent), rows=(agent,))
