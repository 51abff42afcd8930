"""People at work: follow-ups, acknowledgements, steps and resolutions over the public routes."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tests.faults import standing
from tests.faults.stack import Refused, Stack
from tests.oracle.history import Acknowledged, FollowedUp, Resolved, StepDone, Work

AT_ONCE = 8


class Agents:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.ids: dict[str, str] = {}
        """Handle -> customer id, as far as they have been asked for."""
        self.done = 0

    async def work(self, work: Iterable[Work]) -> None:
        """Each customer's in its sequence, customers side by side; nobody is touched by anything else meanwhile."""
        by_handle: defaultdict[str, list[Work]] = defaultdict(list)
        for one in work:
            by_handle[one.handle].append(one)
        new = [handle for handle in by_handle if handle not in self.ids]
        self.ids |= await standing.customer_ids(self.stack, new)
        gate = asyncio.Semaphore(AT_ONCE)

        async def customer(handle: str, mine: list[Work]) -> None:
            async with gate:
                for one in mine:
                    await self._do(self.ids[handle], one)
                    self.done += 1

        await asyncio.gather(*(customer(*item) for item in by_handle.items()))

    async def _do(self, customer_id: str, work: Work) -> None:
        match work:
            case FollowedUp():
                await self._follow_up(customer_id, work)
            case Acknowledged():
                await self._acknowledge(customer_id, work)
            case StepDone():
                body: dict[str, Any] = {"result": work.result}
                body |= {"reason": "no"} if work.result != "done" else {}
                body |= {"customer_told": work.told} if work.step == "R7" else {}
                case = await self._case(customer_id, work.complaint_id)
                await self.stack.post("feedback", f"/v1/cases/{case}/steps/{work.step}/complete", body)
            case Resolved():
                case = await self._case(customer_id, work.complaint_id)
                await self.stack.post("feedback", f"/v1/cases/{case}/resolve", {"customer_satisfied": True})

    async def _follow_up(self, customer_id: str, work: FollowedUp) -> None:
        journal = await self.stack.get("scheduler", f"/v1/customers/{customer_id}/journal")
        body = {"mode": work.mode, "outcome": work.outcome, "need": work.need}
        body |= {"channel": work.channel} if work.mode == "contact" else {}
        if journal["open"] is None:
            raise Refused(f"there is no open follow-up of {work.handle} to complete")
        await self.stack.post("scheduler", f"/v1/followups/{journal['open']['followup_id']}/complete", body)

    async def _acknowledge(self, customer_id: str, work: Acknowledged) -> None:
        case = await self._case(customer_id, work.complaint_id)
        tasks = await self.stack.get("scheduler", "/v1/tasks", customer=customer_id, kind="acknowledge", case=case)
        task = _only(tasks["items"], f"acknowledge tasks of {work.complaint_id}")["task_id"]
        await self.stack.post("scheduler", f"/v1/tasks/{task}/complete", {"outcome": "advanced"})

    async def _case(self, customer_id: str, complaint_id: str) -> str:
        cases = await self.stack.get("feedback", "/v1/cases", customer=customer_id, kind="complaint")
        mine = [case for case in cases["items"] if case["complaint_id"] == complaint_id]
        found: str = _only(mine, f"cases of {complaint_id}")["case_id"]
        return found


def _only(items: list[dict[str, Any]], what: str) -> dict[str, Any]:
    """The one there must be; raises Refused where something was lost or made twice."""
    if len(items) != 1:
        raise Refused(f"{what}: {len(items)}, expected 1")
    return items[0]
