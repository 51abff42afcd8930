"""An agent's key on a running stack: what it opens in all four services, and what is kept of it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bad_input.conftest import customer_of
from tests.driving.client import Client
from tests.driving.events import LATENT, at_time, event
from tests.driving.local import state_of


def holdfast(stack: Path, *words: str) -> str:
    command = [sys.executable, "-m", "holdfast.cli", *words]
    told = {**os.environ, "HOLDFAST_DATA": str(stack)}
    return subprocess.run(command, env=told, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def seen(stack):
    """Of ann's customer and of bob's, how four services answer ann's key; who has looked; what the chains say."""
    key = holdfast(stack, "keys", "new", "ann-laptop", "--role", "agent", "--agent", "ann")
    found = asyncio.run(_look(stack, key))
    holdfast(stack, "keys", "revoke", "ann-laptop")
    found["revoked"] = asyncio.run(_wait_for_401(stack, key))
    found["chains"] = {service: holdfast(stack, service, "audit") for service in ("profile", "feedback")}
    return found


async def _look(stack, key):
    async with Client(state_of(stack)) as client:
        on = (await client.now()).date().isoformat()
        for owner in ("ann", "bob"):
            told = {"party": "individual", "owner": owner}
            await client.send(event("customer.registered", told, at_time(on), subject=f"own:{owner}"))
            await client.send(event("need.stated", LATENT, at_time(on), subject=f"own:{owner}"))
            complaint = {"complaint_id": f"own-{owner}", "fault": "company", "severity": "minor", "correctable": True}
            await client.send(event("complaint.reported", complaint, at_time(on), subject=f"own:{owner}"))
        await client.settle()
        statuses, ids = {}, {}
        for owner in ("ann", "bob"):
            ids[owner] = customer = await customer_of(client, f"own:{owner}")
            (case,) = (await client.get("feedback", "/v1/cases", customer=customer))["items"]
            statuses[owner] = [
                (
                    await client.ask(
                        "GET", service, path.format(customer=customer, case=case["case_id"]), headers=_of(key)
                    )
                ).status_code
                for service, path in PATHS
            ]
        listed = await client.ask("GET", "profile", "/v1/customers", params={"owner": "ann"}, headers=_of(key))
        log = (await client.get("profile", "/v1/audit", about=ids["bob"], who="key:ann-laptop"))["items"]
        return {"statuses": statuses, "ids": ids, "listed": listed.json()["items"], "log": log}


async def _status(client, key, service, path, customer, case):
    asked = path.format(customer=customer, case=case)
    return (await client.ask("GET", service, asked, headers=_of(key))).status_code


PATHS = (
    ("profile", "/v1/customers/{customer}"),
    ("profile", "/v1/customers/{customer}/briefing"),
    ("grading", "/v1/customers/{customer}/grade"),
    ("scheduler", "/v1/customers/{customer}/journal"),
    ("scheduler", "/v1/tasks?customer={customer}"),
    ("feedback", "/v1/cases/{case}"),
    ("feedback", "/v1/cases?customer={customer}"),
)


def _of(key):
    return {"Authorization": f"Bearer {key}"}


async def _wait_for_401(stack, key):
    async with Client(state_of(stack)) as client:
        for _ in range(100):
            status = (await client.ask("GET", "profile", "/v1/idle", headers=_of(key))).status_code
            if status == 401:
                break
            await asyncio.sleep(0.05)
        return status


def test_an_agent_sees_own_customers_and_no_others_in_all_services(seen):
    assert seen["statuses"] == {"ann": [200] * len(PATHS), "bob": [404] * len(PATHS)}
    assert [item["customer_id"] for item in seen["listed"]] == [seen["ids"]["ann"]]


def test_a_revoked_key_opens_nothing_without_a_restart(seen):
    assert seen["revoked"] == 401


def test_who_looked_is_written_down_and_the_log_is_whole(seen):
    told = [(row["role"], row["did"], row["outcome"]) for row in seen["log"]]
    assert told == [
        ("agent", "GET /v1/customers/{customer_id}/briefing", "refused"),
        ("agent", "GET /v1/customers/{customer_id}", "refused"),
    ]
    assert all(chain.partition(":")[0].isdigit() for chain in seen["chains"].values())
