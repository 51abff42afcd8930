"""Bad requests: problem+json that says what to do, and nothing has changed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from tests.bad_input.conftest import customer_of
from tests.bad_input.requests import COMPLETE, MB, REFUSED, REPORT
from tests.driving.client import Client
from tests.driving.events import LATENT, at_time, event
from tests.driving.local import state_of

COMPLAINT = {"complaint_id": "desk", "fault": "company", "severity": "minor", "correctable": True}


@pytest.fixture(scope="module")
def desk(stack: Path):
    """Two customers with something to do: names of the table's paths -> ids."""
    return asyncio.run(_open(stack))


async def _open(stack: Path) -> dict[str, str]:
    async with Client(state_of(stack)) as client:
        on = (await client.now()).date().isoformat()
        for subject in ("desk:1", "desk:2"):
            await client.send(event("need.stated", LATENT, at_time(on), subject=subject))
        await client.send(event("complaint.reported", COMPLAINT, at_time(on), subject="desk:1"))
        await client.settle()
        customer = await customer_of(client, "desk:1")
        journal = f"/v1/customers/{customer}/journal"
        done = (await client.get("scheduler", journal))["open"]["followup_id"]
        await client.post("scheduler", f"/v1/followups/{done}/complete", REPORT)
        await client.settle()
        other = await client.get("scheduler", f"/v1/customers/{await customer_of(client, 'desk:2')}/journal")
        (task, *_) = (await client.get("scheduler", "/v1/tasks", customer=customer, kind="case_step"))["items"]
        (case,) = (await client.get("feedback", "/v1/cases", customer=customer))["items"]
        return {
            "customer": customer,
            "done": done,
            "followup": (await client.get("scheduler", journal))["open"]["followup_id"],
            "other": other["open"]["followup_id"],
            "task": task["task_id"],
            "case": case["case_id"],
        }


def is_problem(answer, status, slug, says=""):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["type"], body["status"]) == (f"urn:holdfast:{slug}", status)
    assert says in body["detail"]
    assert len(body["detail"]) > len("no")
    return body


@pytest.mark.parametrize("refusal", [pytest.param(row, id=row.name) for row in REFUSED])
def test_it_is_a_problem_that_says_what_to_do(http, desk, refusal):
    journal = f"/v1/customers/{desk['customer']}/journal"
    before = http("GET", "scheduler", journal).json()
    path = refusal.path.format(**desk)
    body = is_problem(
        http(refusal.method, refusal.service, path, **refusal.how), refusal.status, refusal.slug, refusal.says
    )
    if refusal.slug == "invalid_body":
        assert all(error["field"] is not None and error["detail"] for error in body["errors"])
    assert http("GET", "scheduler", journal).json() == before


def test_a_body_that_does_not_say_its_length_is_cut_off_at_1_mb(http, desk):
    chunks = (b" " * 100_000 for _ in range(2 * MB // 100_000))
    is_problem(http("POST", "scheduler", COMPLETE.format(**desk), content=chunks), 413, "too_large")


def test_the_same_idempotency_key_gets_the_first_answer_again(http, desk):
    path, key = f"/v1/followups/{desk['other']}/complete", {"Idempotency-Key": uuid4().hex}
    first = http("POST", "scheduler", path, json=REPORT, headers=key)
    assert first.status_code == 200, first.text
    again = http("POST", "scheduler", path, json=REPORT, headers=key)
    assert (again.status_code, again.content) == (200, first.content)
    changed = http("POST", "scheduler", path, json=REPORT | {"outcome": "declined"}, headers=key)
    is_problem(changed, 422, "idempotency_key_reused", "new")
