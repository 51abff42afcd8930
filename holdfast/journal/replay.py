"""Playing a recording into an empty stack, through its public doors."""

from __future__ import annotations

import asyncio
import base64
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec

from holdfast.journal.lines import Line
from holdfast.journal.routes import ROUTES, Route
from holdfast.local.clock import NotSimulated
from holdfast.local.rest import TICK
from holdfast.local.state import StackState
from holdfast.outside.api import Api, Unexpected, require_empty
from holdfast.outside.calm import Calm
from holdfast.outside.feed import Feed, Record, feeding
from services.scheduler.domain.tasks import task_id

REST_SECONDS = 120.0
CREATE_TASK = "holdfast.scheduler.command.create_task.v1"
EVENTS = "application/cloudevents+json"


class Replayer:
    """Plays one place of the recording after the other, with a rest after each; an async context of `replaying`."""

    def __init__(self, api: Api, calm: Calm, feed: Feed) -> None:
        self.api, self.calm, self.feed = api, calm, feed
        self._customers: dict[str, str] = {}

    async def play(self, lines: Sequence[Line]) -> None:
        """In the order of the lines. Raises NotAtRest, NotSimulated, NotEmpty, Unexpected."""
        await self.calm.rest(REST_SECONDS)
        await require_empty(self.api)
        for place, together in groupby(lines, key=lambda line: line.place):
            await self._place(place[0], list(together))

    async def _place(self, at: datetime, lines: list[Line]) -> None:
        if any(line.door == "clock" for line in lines):
            await self._move_clock(at)
        for line in lines:
            if line.door == "policy":
                await self._policy(line)
        by_handle: defaultdict[str | None, list[Line]] = defaultdict(list)
        for line in lines:
            if line.door in ("http", "replay"):
                by_handle[line.handle].append(line)
        await asyncio.gather(*(self._commands(own) for own in by_handle.values()))
        await self.feed.send(_record(line) for line in lines if line.door == "kafka")
        await self.calm.rest(REST_SECONDS)

    async def _move_clock(self, to: datetime) -> None:
        """To where it stood, and nowhere between."""
        now = max(datetime.fromisoformat(idle["now"]) for idle in [await self.api.get("profile", "/v1/idle")]) - TICK
        if now > to:
            raise NotSimulated(f"the clock stands at {now.isoformat()}, after {to.isoformat()}: start it with --now")
        if now < to:
            await self.feed.move_clock(to)
            await self.calm.rest(REST_SECONDS, to)

    async def _policy(self, line: Line) -> None:
        """A draft, or what it became; everything decided at this place is decided after it."""
        said = line.input
        if said["state"] == "draft":
            path, body = "/v1/policies", {"name": said["name"], "values": said["values"]}
        else:
            path, body = f"/v1/policies/{said['policy_id']}/activate", {"state": said["state"]}
        answer = await self.api.post(line.service, path, body)
        if answer.status >= 300:
            raise Unexpected(f"{line.at.isoformat()} {path} of {line.service}: {answer.body.get('detail')}")

    async def _commands(self, lines: Sequence[Line]) -> None:
        """One customer's, one after the other."""
        for line in lines:
            await self._command(line)

    async def _command(self, line: Line) -> None:
        if line.door == "replay":
            answer = await self.api.post(line.service, f"/v1/dead-letters/{line.dead_letter_id}/replay", {})
        elif (route := ROUTES.get(line.input["type"])) is None:
            body = msgspec.json.encode(line.input)
            answer = await self.api.send(
                "POST", line.service, "/v1/events", body=body, headers={"content-type": EVENTS}
            )
        else:
            path, body_ = route.request(await self._addressed(line) | await self._of_customer(line, route))
            answer = await self.api.send(
                route.method,
                route.service,
                path,
                body=body_ if route.method == "POST" else None,
                headers={"Idempotency-Key": line.input["id"]},
            )
        if answer.status >= 300:
            what = f"{line.at.isoformat()} {line.input['type']} of {line.handle}"
            raise Unexpected(f"{what}: {answer.status} {answer.body.get('detail')}")

    async def _addressed(self, line: Line) -> dict[str, Any]:
        """The command's data with the ids that its customer, follow-up, task or review has here."""
        data: dict[str, Any] = line.input["data"]
        if line.handle is None:
            return data
        customer = await self._customer(line.handle)
        if line.followup is not None:
            return data | {"followup_id": await self._followup(customer, line)}
        if line.task is not None:
            return data | {"task_id": await self._task(customer, line.task, data["task_id"])}
        if "candidate_id" in data:
            return data | {"candidate_id": await self._candidate(customer, data)}
        if "review_id" in data:
            return data | {"review_id": await self._review(customer)}
        return data | {"customer_id": customer} if line.input["type"] == CREATE_TASK else data

    async def _followup(self, customer: str, line: Line) -> str:
        wanted = line.followup or {}
        journal = await self.api.get("scheduler", f"/v1/customers/{customer}/journal", limit=20)
        for followup in [*filter(None, [journal["open"]]), *journal["items"]]:
            if (
                followup["due_on"] == wanted["due_on"]
                and followup.get("journal", wanted["journal"]) == wanted["journal"]
            ):
                return str(followup["followup_id"])
        raise Unexpected(f"{line.handle} has no follow-up due on {wanted['due_on']}")

    async def _task(self, customer: str, wanted: dict[str, Any], recorded: str) -> str:
        """By its key; one whose key holds an id of the recorded stack is the only one of its kind that is open."""
        listed = await self.api.get("scheduler", "/v1/tasks", customer=customer, kind=wanted["kind"], limit=200)
        open_ = [item["task_id"] for item in listed["items"] if item["status"] not in ("completed", "cancelled")]
        own = str(task_id(UUID(customer), wanted["kind"], wanted["key"]))
        return next((id for id in (own, recorded) if id in open_), (open_ or [recorded])[0])

    async def _review(self, customer: str) -> str:
        listed = await self.api.items("scheduler", "/v1/exit-reviews", status="open")
        return next(str(item["review_id"]) for item in listed if item["customer_id"] == customer)

    async def _candidate(self, customer: str, data: dict[str, Any]) -> str:
        """By the two customers and what they share."""
        pair = {customer, await self._customer(data["handle"])}
        for item in await self.api.items("profile", "/v1/candidates", status="open"):
            if item["reason"] == data["shared"] and {one["customer_id"] for one in item["customers"]} == pair:
                return str(item["candidate_id"])
        raise Unexpected(f"{' and '.join(sorted(pair))} are no candidate by {data['shared']}")

    async def _of_customer(self, line: Line, route: Route) -> dict[str, Any]:
        """The id that the customer has here, for a route that names one."""
        if "customer_id" not in route.fields or line.handle is None:
            return {}
        return {"customer_id": await self._customer(line.handle)}

    async def _customer(self, handle: str) -> str:
        if handle not in self._customers:
            found = await self.api.get("profile", "/v1/customers", handle=handle)
            self._customers[handle] = found["items"][0]["customer_id"]
        return self._customers[handle]


@asynccontextmanager
async def replaying(state: StackState) -> AsyncIterator[Replayer]:
    """A replayer for as long as the block runs. Raises NotSimulated."""
    if state.clock != "simulated":
        raise NotSimulated("a recording is played on a simulated clock: start the stack with --clock simulated")
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(Api(state))
        calm = Calm(api)
        yield Replayer(api, calm, await stack.enter_async_context(feeding(state, calm)))


def _record(line: Line) -> Record:
    if line.dead_letter_id is None:
        return Record(msgspec.json.encode(line.input), (line.input.get("subject") or line.input["id"]).encode())
    key = line.input["key"]
    headers = tuple(
        (name, base64.b64decode(value) if value is not None else None) for name, value in line.input["headers"]
    )
    return Record(base64.b64decode(line.input["body"]), base64.b64decode(key) if key is not None else None, headers)
