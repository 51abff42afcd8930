"""The end state over the public routes against the oracle, customer by customer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Protocol

from tests.oracle import expected
from tests.oracle.customer import Customer
from tests.oracle.tables import FLAGS, SEGMENTS

AT_ONCE = 8


class Routes(Protocol):
    """The public routes of a running stack."""

    async def get(self, service: str, path: str, **query: Any) -> dict[str, Any]: ...


async def customer_ids(routes: Routes, handles: list[str]) -> dict[str, str]:
    """Handle -> customer id; raises AssertionError where a handle has not exactly one file."""
    found = await _all(handles, lambda handle: routes.get("profile", "/v1/customers", handle=handle))
    for handle, answer in found.items():
        assert len(answer["items"]) == 1, f"{handle} has {len(answer['items'])} files"
    return {handle: answer["items"][0]["customer_id"] for handle, answer in found.items()}


async def differences(routes: Routes, customers: dict[str, Customer], ids: dict[str, str]) -> list[str]:
    """One line for each thing that is not as the oracle says."""
    stands = await _all(list(customers), lambda handle: _look(routes, ids[handle]))
    return [
        f"{handle} {ids[handle]} {what}: is {seen}, expected {wanted}"
        for handle, answers in stands.items()
        for what, seen, wanted in _compare(customers[handle], answers)
        if seen != wanted
    ]


async def _all(handles: list[str], ask: Any) -> dict[str, Any]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(handle: str) -> tuple[str, Any]:
        async with gate:
            return handle, await ask(handle)

    return dict(await asyncio.gather(*(one(handle) for handle in handles)))


async def _look(routes: Routes, customer_id: str) -> dict[str, Any]:
    at = f"/v1/customers/{customer_id}"
    return {
        "file": await routes.get("profile", at),
        "needs": (await routes.get("profile", f"{at}/needs", limit=200))["items"],
        "grade": await routes.get("grading", f"{at}/grade"),
        "journal": await routes.get("scheduler", f"{at}/journal"),
        "tasks": (await routes.get("scheduler", "/v1/tasks", customer=customer_id, limit=200))["items"],
        "commitments": (await routes.get("profile", f"{at}/commitments", limit=200))["items"],
        "cases": (await routes.get("feedback", "/v1/cases", customer=customer_id, limit=200))["items"],
    }


def _compare(customer: Customer, seen: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    yield from _file(customer, seen["file"], seen["needs"])
    grade = seen["grade"] | {"flags": sorted(set(seen["grade"]["flags"]) & FLAGS)}
    yield from _fields("grade", grade, expected.grade(customer))
    yield from _worth(expected.worth(customer), seen["grade"])
    yield from _journal(expected.journal(customer), seen["journal"])
    yield from _tasks(customer, seen["tasks"])
    yield from _voice(customer, seen)
    cases = {case["complaint_id"]: case for case in seen["cases"] if case["kind"] == "complaint"}
    yield "cases", sorted(cases), sorted(customer.cases)
    for complaint_id, case in customer.cases.items():
        yield from _case(expected.case(case), cases.get(complaint_id, {}))


def _fields(name: str, seen: dict[str, Any], wanted: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for field, value in wanted.items():
        yield f"{name}.{field}", seen.get(field), value


def _file(customer: Customer, file: dict[str, Any], needs: list[dict[str, Any]]) -> Iterator[tuple[str, Any, Any]]:
    wanted = expected.orders(customer)
    yield "registered_on", file["registered_on"], customer.file.registered_on.isoformat()
    yield "delivered", sorted(p["order_id"] for p in file["owned_products"]), wanted["delivered"]
    for name in ("purchases", "complaints", "interactions"):
        yield name, file["totals"][name], wanted[name]
    need = expected.need(customer)
    if need is None:
        yield "need", file["need"], None
    else:
        yield from _fields("need", file["need"] or {}, need)
    versions = [need["version"] for need in needs]
    yield "need versions", versions, sorted(set(versions), reverse=True)
    for source, count in expected.need_versions(customer).items():
        if count is not None:
            yield f"needs {source}", sum(need["source"] == source for need in needs), count


def _worth(wanted: dict[str, Any], grade: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Figures of somebody who has never bought are not known: null."""
    for field in ("tier", "supply_priority", "loyalty"):
        yield field, grade[field], wanted[field]
    yield "segments", sorted(set(grade["segments"]) & SEGMENTS), wanted["segments"]
    yield "churn", grade["churn"]["level"], wanted["churn"]
    for name, amount in wanted["value"].items():
        yield f"value.{name}", grade["value"][name] or 0, amount


def _voice(customer: Customer, seen: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    voice = customer.voice
    kept = {one["commitment_id"]: one["status"] for one in seen["commitments"]}
    yield "commitments", kept, {one: commitment.status for one, commitment in voice.commitments.items()}
    yield "has left", seen["file"]["lifecycle"] == "churned", voice.left_on is not None
    steps = {s["step"]: s["due_on"] for case in seen["cases"] if case["kind"] == "winback" for s in case["steps"]}
    yield "win-back", steps, expected.winback(customer)
    asked = [t for t in seen["tasks"] if t["kind"] == "investigate_churn"]
    yield "asked why they left", len(asked), int(voice.left_on is not None and voice.reason == "unknown")
    called = {t["cause"]["type"].split(".")[2] for t in seen["tasks"] if t["kind"] == "call"} - {"passed"}
    wanted = ({"complaint_risk"} if voice.risks else set()) | ({"survey"} if voice.low_answers else set())
    yield "called because of", called, wanted


def _journal(wanted: dict[str, Any], journal: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    open_one = journal["open"] or {}
    for field in ("journal", "grade", "due_on", "status"):
        yield f"follow-up {field}", open_one.get(field), wanted[field]
    yield "last_contact_on", journal["last_contact_on"], wanted["last_contact_on"]
    done = [i for i in journal["items"] if i["status"] == "completed"]
    entries = [{key: i[key] for key in ("due_on", "mode", "outcome", "on_time")} for i in done]
    yield "entries", sorted(entries, key=str), sorted(wanted["completed"], key=str)


def _tasks(customer: Customer, tasks: list[dict[str, Any]]) -> Iterator[tuple[str, Any, Any]]:
    kinds = ("acknowledge", "assist", "case_step", "post_purchase_contact", "usage_visit")
    wanted = expected.tasks(customer)
    loose = {(kind, step) for kind, step, due_on in wanted if not due_on}
    shown = [task for task in tasks if (task["kind"], task["status"]) != ("usage_visit", "cancelled")]
    made = [(task["kind"], task["step"], task["due_on"]) for task in shown if task["kind"] in kinds]
    yield "tasks", _without_loose(made, loose), _without_loose(wanted, loose)
    still = sorted(t["step"] for t in tasks if t["kind"] == "case_step" and t["status"] == "open")
    steps = [step for case in customer.cases.values() for step, state in case.steps.items() if state == "open"]
    steps += expected.winback(customer)
    yield "open steps' tasks", still, sorted(steps)
    looked_for = [task for task in tasks if task["kind"] == "assign_owner" and task["status"] == "open"]
    yield "owners looked for", len(looked_for), int(customer.tier == "key")
    cared_for = any(task["kind"] == "contact" for task in tasks)
    yield "asked how things are", cared_for, bool(customer.alerts)


def _without_loose(tasks: list[Any], loose: set[tuple[str, str | None]]) -> list[Any]:
    """Sorted, and without the due dates of those kinds and steps of which one is left open."""
    return sorted(((kind, step, "" if (kind, step) in loose else due_on) for kind, step, due_on in tasks), key=str)


def _case(wanted: dict[str, Any], case: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    loose = {step for step, what in wanted["steps"].items() if not what["due_on"]}
    steps = {
        s["step"]: {"due_on": "" if s["step"] in loose else s["due_on"], "status": s["status"]}
        for s in case.get("steps", [])
    }
    seen = case | {"acknowledged": case.get("acknowledged_at") is not None, "steps": steps}
    yield from _fields(f"case {case.get('complaint_id')}", seen, wanted)
