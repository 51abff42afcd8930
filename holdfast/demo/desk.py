"""The service desk: acknowledges complaints, does the steps of their cases, and asks whether all is well."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

from holdfast.demo.chance import Chance
from holdfast.demo.work import Work
from holdfast.outside.api import Json

DESK = "desk"
CARED_FOR = 0.3
"""Share of the tasks without a case that somebody does."""


class Desk:
    """Works through the tasks that are due; on some it is late, on a few it never starts."""

    def __init__(self, work: Work, chance: Chance) -> None:
        self.work, self.chance = work, chance
        self.plans: defaultdict[date, list[str]] = defaultdict(list)
        """Cases to look at on a day: by then their fault should be known, or the customer be asked again."""
        self.handles: dict[str, str] = {}

    async def work_on(self, day: date) -> None:
        """One day. The tasks of one case are done one after the other."""
        tasks = await self.work.api.items("scheduler", "/v1/tasks", status="open", to_on=day.isoformat())
        by_case: defaultdict[str, list[Json]] = defaultdict(list)
        for task in sorted(tasks, key=lambda task: (task["kind"], task["step"] or "")):
            if task["caused_by_case"] is not None:
                by_case[task["caused_by_case"]].append(task)
        for planned in [planned for planned in self.plans if planned <= day]:
            for case_id in self.plans.pop(planned):
                by_case[case_id] += []
        await asyncio.gather(*(self._case(case_id, own, day) for case_id, own in by_case.items()))
        await asyncio.gather(*(self._care(task) for task in tasks if task["caused_by_case"] is None))

    async def _care(self, task: Json) -> None:
        """Calls after a purchase, greetings, replies: done on the day they are seen, or left until they expire."""
        lot = self.chance.of("care", task["customer_id"], task["kind"], task["due_on"])
        if lot.random() > CARED_FOR:
            return
        report = {"outcome": "advanced", "agent": DESK}
        path = f"/v1/tasks/{task['task_id']}/complete"
        await self.work.offer(f"{task['kind']} done", "scheduler", path, report, f"task/{task['task_id']}")

    async def _case(self, case_id: str, tasks: list[Json], day: date) -> None:
        taken = [task for task in tasks if self._takes(task, day)]
        if tasks and not taken:
            return
        handle = await self._handle(case_id)
        self.work.touched.add(handle)
        for task in taken:
            await self._task(task, handle, day)
        if taken:  # what closes a case ends its tasks too: within one instant nobody could tell which came first
            self.plans[day + timedelta(days=1)].append(case_id)
        else:
            await self._close(case_id, day)

    async def _handle(self, case_id: str) -> str:
        """Of the customer whose case it is."""
        if case_id not in self.handles:
            case = await self.work.api.get("feedback", f"/v1/cases/{case_id}")
            file = await self.work.api.get("profile", f"/v1/customers/{case['customer_id']}")
            self.handles[case_id] = file["handles"][0]
        return self.handles[case_id]

    def _takes(self, task: Json, day: date) -> bool:
        lot = self.chance.of("task", task["task_id"])
        fate = lot.random()
        if fate > 0.96:
            return False
        wait = lot.randint(1, 6) if fate > 0.72 else 0
        return day >= date.fromisoformat(task["due_on"]) + timedelta(days=wait)

    async def _task(self, task: Json, handle: str, day: date) -> None:
        lot = self.chance.of("done", task["task_id"])
        if task["kind"] == "case_step":
            await self._step(task, handle, lot)
            return
        path = f"/v1/tasks/{task['task_id']}/complete"
        report = {"outcome": "advanced", "channel": lot.choice(("phone", "email")), "agent": DESK}
        if lot.random() < 0.2 and self.work.asks(handle):
            report |= {"need": {"demand": "latent"}}  # type: ignore[dict-item]
        await self.work.do(f"{task['kind']} done", "scheduler", path, report, f"task/{task['task_id']}")
        if task["kind"] == "acknowledge":
            self.plans[day + timedelta(days=2)].append(task["caused_by_case"])

    async def _step(self, task: Json, handle: str, lot: Random) -> None:
        path = f"/v1/cases/{task['caused_by_case']}/steps/{task['step']}/complete"
        if lot.random() < 0.02:
            wrong = f"/v1/tasks/{task['task_id']}/complete"
            await self.work.fail(
                "a step ended as a task", "scheduler", wrong, {"outcome": "advanced"}, "complete_the_step"
            )
        report = _report(task["step"], lot)
        if lot.random() < 0.15 and self.work.asks(handle):
            report |= {"outcome": "advanced", "need": {"demand": "latent"}}
        await self.work.do(f"step {report['result']}", "feedback", path, report, f"step/{task['task_id']}")

    async def _close(self, case_id: str, day: date) -> None:
        """Find the fault if nobody knows it; ask the customer once nothing is left to do."""
        case = await self.work.api.get("feedback", f"/v1/cases/{case_id}")
        if case["status"] != "open":
            return
        lot = self.chance.of("close", case_id, day)
        if case["fault"] == "unknown":
            await self._find_fault(case_id, lot)
        elif all(step["status"] != "open" for step in case["steps"]):
            await self._ask(case_id, day, lot)
        elif lot.random() < 0.03:
            path = f"/v1/cases/{case_id}/resolve"
            await self.work.fail(
                "a case closed too early", "feedback", path, {"customer_satisfied": True}, "steps_open"
            )

    async def _find_fault(self, case_id: str, lot: Random) -> None:
        cause = {"category": lot.choice(("process", "delivery", "product")), "text": "found on the second look"}
        found = {"fault": lot.choice(("company", "customer", "third_party")), "causes": [cause]}
        path = f"/v1/cases/{case_id}/cause"
        await self.work.do("fault found", "feedback", path, found, f"cause/{case_id}")

    async def _ask(self, case_id: str, day: date, lot: Random) -> None:
        """One in eight is not satisfied and is asked again later."""
        satisfied = lot.random() > 0.125
        path = f"/v1/cases/{case_id}/resolve"
        answer = {"customer_satisfied": satisfied, "channel": "phone"}
        what = "case resolved" if satisfied else "customer not satisfied"
        await self.work.do(what, "feedback", path, answer, f"resolve/{case_id}/{day}")
        if not satisfied:
            self.plans[day + timedelta(days=3)].append(case_id)


def _report(step: str, lot: Random) -> dict[str, Any]:
    result = lot.choices(("done", "declined", "rejected"), (90, 5, 5))[0]
    report: dict[str, Any] = {"result": result, "channel": "phone", "agent": DESK}
    if result != "done":
        report["reason"] = "The customer has been helped already." if result == "declined" else "Not enough."
    if step == "R7":
        report["customer_told"] = True
    return report
