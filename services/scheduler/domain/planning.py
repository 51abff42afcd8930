"""Spreading work over days and people: never later than it is due, never more than there is room for if that can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from services.scheduler.domain.agents import Agent
from shared.working_days import NAMES, ONE_DAY, Calendar, is_working_day

UNBOUNDED = 10_000
"""Items a day of somebody who said no number."""


class Placed(Struct, frozen=True):
    """The day on which an item is to be done; `over`: there was no room for it on any day up to the one it is due."""

    on: date
    over: bool = False


class Diary:
    """The room that somebody has left on each day."""

    def __init__(self, today: date, room: Callable[[date], int]) -> None:
        self.today = today
        self._room = room
        self._taken: dict[date, int] = {}

    def place(self, due_on: date) -> Placed:
        """On the last day with room up to the one it is due: what is urgent elsewhere finds the days before free.

        Placed so, as many items fit as can be, and of those that do not all fit the first ones (unit jobs with
        deadlines are a matroid). Without room it stays where the least is too much, the latest of such days.
        """
        last = max(due_on, self.today)
        on = self.free_until(last)
        found = Placed(on) if on is not None else Placed(self._least_crowded(last), over=True)
        self._taken[found.on] = self._taken.get(found.on, 0) + 1
        return found

    def free_until(self, last: date) -> date | None:
        """The last day with room."""
        return next((day for day in self._back_from(last) if self._left(day) > 0), None)

    def share_left(self, last: date) -> float:
        """How much of the room up to this day is left, from 1 down; below 0 where too much is to be done."""
        days = list(self._back_from(last))
        room = sum(map(self._room, days))
        return sum(map(self._left, days)) / room if room else -1.0 - sum(self._taken.values())

    def _left(self, day: date) -> int:
        return self._room(day) - self._taken.get(day, 0)

    def _least_crowded(self, last: date) -> date:
        worked = [day for day in self._back_from(last) if self._room(day) > 0]
        return max(worked, key=lambda day: (self._left(day), day), default=last)

    def _back_from(self, last: date) -> Sequence[date]:
        return [last - timedelta(days=n) for n in range((last - self.today).days + 1)]


def room_of(agent: Agent, calendar: Calendar) -> Callable[[date], int]:
    """What an agent can do on a day: nothing while they are away, have left, or do not work."""

    def room(day: date) -> int:
        if not is_working_day(day, calendar) or not is_there(agent, day):
            return 0
        if agent.hours is not None and NAMES[day.weekday()] not in agent.hours:
            return 0
        return agent.capacity or UNBOUNDED

    return room


def is_there(agent: Agent, day: date) -> bool:
    """Neither away nor gone."""
    if agent.left_on is not None and agent.left_on <= day:
        return False
    return not any(away.from_on <= day <= away.to_on for away in agent.absences)


def shared_out(due: Sequence[date], diaries: Mapping[str, Diary]) -> list[str]:
    """Who does each of these, the most important first: whoever has the most of their room left until its day."""
    given = dict.fromkeys(diaries, 0)
    answer = []
    for due_on in due:

        def fitness(name: str, due_on: date = due_on) -> tuple[Any, ...]:
            diary = diaries[name]
            last = max(due_on, diary.today)
            return (diary.free_until(last) is None, -diary.share_left(last), given[name], name)

        chosen = min(diaries, key=fitness)
        diaries[chosen].place(due_on)
        given[chosen] += 1
        answer.append(chosen)
    return answer


def days_from(today: date, last: date) -> list[date]:
    """Both included."""
    return [today + ONE_DAY * n for n in range((last - today).days + 1)]
