"""Agents: on their days each takes the work list from the top, as many follow-ups as a day has room for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from holdfast.demo.chance import Chance
from holdfast.demo.outlook import told_need
from holdfast.demo.people import AGENTS, Person
from holdfast.demo.work import Work
from holdfast.outside.api import Json

ROOM = 9
"""Follow-ups that one agent does on one day."""
LATE_DAYS = 6
WORKING = frozenset({0, 3})
"""Mondays and Thursdays: a step costs what its rests cost, and a demo is watched."""


class Agents:
    """Those who are late wait some days; some customers they never call."""

    def __init__(self, people: Sequence[Person], work: Work, chance: Chance, since: date) -> None:
        self.work, self.chance = work, chance
        self.unknown = {person.handle: person for person in people if person.owner}
        self.known: dict[str, Person] = {}
        self._last = since - timedelta(days=1)
        """The last day that was worked on: what had happened by then has been sent."""

    async def work_on(self, day: date) -> None:
        """One day of all agents."""
        await self._meet()
        self._last = day
        if self.known and day.weekday() in WORKING:
            await asyncio.gather(*(self._day_of(agent, day) for agent in AGENTS))

    async def _meet(self) -> None:
        """Learn the ids of customers who have come since."""
        new = [person for person in self.unknown.values() if person.orders[0].on <= self._last]
        get = self.work.api.get
        found = await asyncio.gather(*(get("profile", "/v1/customers", handle=person.handle) for person in new))
        for person, answer in zip(new, found, strict=True):
            self.known[answer["items"][0]["customer_id"]] = self.unknown.pop(person.handle)

    async def _day_of(self, agent: str, day: date) -> None:
        list_ = await self.work.api.get("scheduler", "/v1/worklist", agent=agent, limit=100)
        chosen = [item for item in list_["items"] if item["kind"] == "followup" and self._takes(item)][:ROOM]
        await asyncio.gather(*(self._follow_up(item, agent, day) for item in chosen))

    def _takes(self, item: Json) -> bool:
        person = self.known[item["customer_id"]]
        if person.habit == "never":
            return False
        lot = self.chance.of("late", person.number, item["due_on"])
        wait = lot.randint(1, LATE_DAYS) if person.habit == "late" or lot.random() < 0.1 else 0
        return int(item["overdue_days"]) >= wait

    async def _follow_up(self, item: Json, agent: str, day: date) -> None:
        person = self.known[item["customer_id"]]
        path = f"/v1/followups/{item['id']}/complete"
        report = self._report(person, agent, day)
        await self._slip(path, report, person, day)
        key = f"{person.handle}/{day}"
        self.work.touched.add(person.handle)
        self.work.asks(person.handle)
        await self.work.do("follow-up completed", "scheduler", path, report, f"followup/{key}")
        if self._slips("twice", person, day):
            await self.work.fail("a follow-up completed twice", "scheduler", path, report, "followup_completed")

    def _report(self, person: Person, agent: str, day: date) -> dict[str, Any]:
        lot = self.chance.of("report", person.number, day)
        need = told_need(person, day, lot)
        if lot.random() < 0.15:
            return {"mode": "desk_review", "outcome": "reviewed", "need": need, "agent": agent}
        outcomes = ("advanced", "unchanged", "declined", "unreachable")
        return {
            "mode": "contact",
            "channel": lot.choices(("phone", person.channel, "visit"), (60, 30, 10))[0],
            "outcome": lot.choices(outcomes, (35, 45, 5, 15))[0],
            "need": need,
            "agent": agent,
        }

    async def _slip(self, path: str, report: dict[str, Any], person: Person, day: date) -> None:
        """Now and then an agent sends it wrong first."""
        if self._slips("record", person, day):
            bare = {name: value for name, value in report.items() if name != "need"}
            await self.work.fail("a follow-up without the need", "scheduler", path, bare, "record_not_refreshed")
        if self._slips("channel", person, day):
            telex = report | {"mode": "contact", "channel": "telex"}
            await self.work.fail("a follow-up by telex", "scheduler", path, telex, "channel_unknown")

    def _slips(self, how: str, person: Person, day: date) -> bool:
        return self.chance.of("slip", how, person.number, day).random() < 0.002
