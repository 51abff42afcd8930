"""One case's view of the running stack: its customer, the days it acts on, and what all services answer."""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Any

from shared.contracts.topics import topics
from tests.driving.client import Json
from tests.driving.events import STRUCTURED, as_bytes, at_time, event
from tests.driving.timeline import Timeline, instant
from tests.driving.waiting import until

Case = Callable[["World"], Awaitable[None]]


class World:
    """`name` keeps the customers, orders and complaints of cases apart."""

    def __init__(self, timeline: Timeline, name: str) -> None:
        self.timeline, self.client, self.name = timeline, timeline.client, name
        self.handle = f"case:{name}"
        self.today = ""
        self.customer = ""

    # -- days

    async def day(self, on: str) -> None:
        """The start of this day, at rest."""
        await self.timeline.reach(date.fromisoformat(on))
        self.today = on

    async def settle(self) -> None:
        await self.timeline.settle()

    async def leap(self, on: str) -> None:
        """From now to 00:00 of this day in one step."""
        await self.timeline.alone(partial(self.client.leap, instant(on)))
        self.today = on

    async def without(self, service: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do this work while the service stands still, then let it go on, and wait for rest."""
        pids = [member.pid for member in self.client.state.members if member.service == service]

        async def frozen() -> None:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            try:
                await work()
            finally:
                for pid in pids:
                    os.kill(pid, signal.SIGCONT)
            await self.client.settle()

        await self.timeline.alone(frozen)

    async def move_clock(self, on: str, *services: str) -> None:
        """Tell the time and wait until these services have heard; the others may be standing still."""
        place, end = await self.client.driver.hand.move(instant(on))
        self.client.driver.probe.topics.ends[place] = end
        for service in services:
            await until(partial(self._is_there, service, on))

    async def _is_there(self, service: str, on: str) -> bool:
        idle = await self.client.get(service, "/v1/idle")
        return str(idle["now"]).startswith(on) and idle["due"] == 0 and idle["outbox"] == 0

    # -- in

    async def say(self, type_: str, data: Json, at: str | None = None, **attributes: Any) -> str:
        """Send an upstream event about this case's customer, today at 09:00 unless told otherwise; its id."""
        made = event(type_, data, at or at_time(self.today), **{"subject": self.handle} | attributes)
        await self.client.send(made)
        return str(made["id"])

    async def register(self, on: str, need: Json | None = None, **fields: Any) -> str:
        """Go to this day and register a customer, with a need stated a minute later; the customer's id."""
        await self.day(on)
        await self.say("customer.registered", {"party": "individual", **fields})
        if need is not None:
            await self.say("need.stated", need, at_time(on, "09:01"))
        await self.settle()
        self.customer = await self.find()
        return self.customer

    async def deliver_again(self, writer: str, said: Json, readers: tuple[str, ...]) -> None:
        """Put a fact on its topic once more, and wait until these services have read it."""
        told = {name: value for name, value in said.items() if name != "key"}
        topic = topics(self.client.state.topic_prefix).of(writer)
        sent = await self.client.producer.send_and_wait(
            topic, as_bytes(told), said["key"].encode(), headers=[*STRUCTURED]
        )
        for reader in readers:
            await until(partial(self._has_read, reader, sent.topic, sent.partition, sent.offset))

    async def _has_read(self, reader: str, topic: str, part: int, offset: int) -> bool:
        idle = await self.client.get(reader, "/v1/idle")
        return int(idle["consumed"][topic][str(part)]) > offset

    async def complain(self, **told: Any) -> str:
        """A complaint of today, minor, correctable and the company's fault unless told otherwise; the case's id."""
        usual = {"complaint_id": self.name, "fault": "company", "severity": "minor", "correctable": True}
        await self.say("complaint.reported", usual | told)
        await self.settle()
        (case,) = await self.cases()
        return str(case["case_id"])

    async def post(self, service: str, path: str, body: Json, status: int = 200, slug: str | None = None) -> Json:
        """A command; its answer. `slug`: of the problem that it must be."""
        answer = await self.client.post(service, path, body)
        assert answer.status_code == status, f"POST {service}{path}: {answer.status_code} {answer.text[:500]}"
        found: Json = answer.json()
        assert slug is None or found["type"] == f"urn:holdfast:{slug}", found
        return found

    async def complete(self, need: Json, followup: str | None = None, **report: Any) -> Json:
        """Complete the open follow-up, or this one, by phone unless told otherwise."""
        id_ = followup or (await self.journal())["open"]["followup_id"]
        said = {"mode": "contact", "channel": "phone", "outcome": "advanced", "need": need} | report
        return await self.post("scheduler", f"/v1/followups/{id_}/complete", said)

    async def step(self, case_id: str, step: str, **report: Any) -> Json:
        return await self.post("feedback", f"/v1/cases/{case_id}/steps/{step}/complete", {"result": "done"} | report)

    # -- out

    async def find(self, handle: str | None = None) -> str:
        """The one customer of a handle."""
        (found,) = (await self.client.get("profile", "/v1/customers", handle=handle or self.handle))["items"]
        return str(found["customer_id"])

    async def file(self, part: str = "") -> Json:
        return await self.client.get("profile", f"/v1/customers/{self.customer}{part}")

    async def grade(self) -> Json:
        return await self.client.get("grading", f"/v1/customers/{self.customer}/grade")

    async def grades(self) -> list[Json]:
        """Newest first."""
        return list((await self.client.get("grading", f"/v1/customers/{self.customer}/grades"))["items"])

    async def journal(self) -> Json:
        return await self.client.get("scheduler", f"/v1/customers/{self.customer}/journal")

    async def due(self) -> tuple[str, str]:
        """(journal, due_on) of the open follow-up."""
        journal = await self.journal()
        return journal["open"]["journal"], journal["open"]["due_on"]

    async def cases(self) -> list[Json]:
        return list((await self.client.get("feedback", "/v1/cases", customer=self.customer))["items"])

    async def tasks(self) -> list[Json]:
        return list((await self.client.get("scheduler", "/v1/tasks", customer=self.customer))["items"])

    async def facts(self, name: str) -> list[Json]:
        """Facts of this type about the customer so far, oldest first."""
        return await self.client.facts_of(name, self.customer)

    async def data_of(self, name: str, *fields: str) -> list[tuple[Any, ...]]:
        """These fields of those facts; None where a fact has no such field."""
        return [tuple(said["data"].get(field) for field in fields) for said in await self.facts(name)]

    async def everything(self) -> list[Json]:
        """All facts about the customer, about everybody where the case has none; in the order of each topic."""
        await self.facts("")
        return [said for said in self.client.facts.all if not self.customer or said.get("subject") == self.customer]

    async def everybody(self) -> list[str]:
        """All customers who are graded."""
        found: list[str] = []
        cursor: Json = {}
        while True:
            answer = await self.client.get("grading", "/v1/customers", limit=200, **cursor)
            found += [item["customer_id"] for item in answer["items"]]
            if answer["next_cursor"] is None:
                return found
            cursor = {"cursor": answer["next_cursor"]}

    async def fate_of(self, id_: str) -> Json:
        """What profile says has become of an upstream event of this case."""
        return await self.client.get("profile", "/v1/events", source="test", id=id_)

    async def dead_letters(self, id_: str) -> list[Json]:
        """Those of profile for an upstream event."""
        items = (await self.client.get("profile", "/v1/dead-letters", limit=200))["items"]
        return [letter for letter in items if letter["event_id"] == id_]
