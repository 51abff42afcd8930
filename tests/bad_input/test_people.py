"""People on a running stack: what an agent's key opens in all four services, and where no word about a person gets."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.contracts.topics import WRITERS
from tests.bad_input.conftest import customer_of
from tests.driving.client import Client
from tests.driving.events import LATENT, as_bytes, at_time, event
from tests.driving.local import state_of

CANARIES = ("Zeisig", "zwitscher", "+8613912345678", "Zirpgasse", "hf_canary_", "zirp")
"""Of a name, an e-mail address, a number, an address, a credential and texts, in any case of letters."""
NAME, EMAIL, PHONE = "Klara Zeisig", "email:klara@zwitscher.example", "phone:+8613912345678"
TEXT = "zirp zirp, sagt Klara Zeisig"
FILE = {"party": "individual", "name": NAME, "handles": [EMAIL, PHONE], "address": "Zirpgasse 7"}
COMPLAINT = {"fault": "company", "severity": "minor", "correctable": True, "text": TEXT}


def holdfast(stack: Path, *words: str) -> str:
    command = [sys.executable, "-m", "holdfast.cli", *words]
    told = {**os.environ, "HOLDFAST_DATA": str(stack)}
    return subprocess.run(command, env=told, check=True, capture_output=True, text=True).stdout.strip()


# -- own customers


ANN, BOB = "people-ann", "people-bob"
"""On a stack of many tests nobody else's agents."""


@pytest.fixture(scope="module")
def seen(stack):
    """Of ann's customer and of bob's, how four services answer ann's key; who has looked; what the chains say."""
    key = holdfast(stack, "keys", "new", "ann-laptop", "--role", "agent", "--agent", ANN)
    found = asyncio.run(_look(stack, key))
    holdfast(stack, "keys", "revoke", "ann-laptop")
    found["revoked"] = asyncio.run(_wait_for_401(stack, key))
    found["chains"] = {service: holdfast(stack, service, "audit") for service in ("profile", "feedback")}
    return found


async def _look(stack, key):
    async with Client(state_of(stack)) as client:
        on = (await client.now()).date().isoformat()
        for owner in (ANN, BOB):
            told = {"party": "individual", "owner": owner}
            await client.send(event("customer.registered", told, at_time(on), subject=f"own:{owner}"))
            await client.send(event("need.stated", LATENT, at_time(on), subject=f"own:{owner}"))
            complaint = {"complaint_id": f"own-{owner}", "fault": "company", "severity": "minor", "correctable": True}
            await client.send(event("complaint.reported", complaint, at_time(on), subject=f"own:{owner}"))
        await client.settle()
        statuses, ids = {}, {}
        for owner in (ANN, BOB):
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
        listed = await client.ask("GET", "profile", "/v1/customers", params={"owner": ANN}, headers=_of(key))
        log = (await client.get("profile", "/v1/audit", about=ids[BOB], who="key:ann-laptop"))["items"]
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
    assert seen["statuses"] == {ANN: [200] * len(PATHS), BOB: [404] * len(PATHS)}
    assert [item["customer_id"] for item in seen["listed"]] == [seen["ids"][ANN]]


def test_a_revoked_key_opens_nothing_without_a_restart(seen):
    assert seen["revoked"] == 401


def test_who_looked_is_written_down_and_the_log_is_whole(seen):
    told = [(row["role"], row["did"], row["outcome"]) for row in seen["log"]]
    assert told == [
        ("agent", "GET /v1/customers/{customer_id}/briefing", "refused"),
        ("agent", "GET /v1/customers/{customer_id}", "refused"),
    ]
    assert all(chain.partition(":")[0].isdigit() for chain in seen["chains"].values())


# -- canaries


async def test_no_word_about_a_person_gets_into_logs_metrics_or_facts(stack):
    """By whichever way it comes in, also where it is refused (S17)."""
    async with Client(state_of(stack)) as client:
        on = (await client.now()).date().isoformat()
        for made in _events(on):
            await client.send(made)
        for value in (TEXT.encode(), b"{" + TEXT.encode(), as_bytes({"data": TEXT, "type": TEXT})):
            await client.send_record(value, EMAIL.encode())
        customer = await _known(client)
        for method, service, path, how in _requests(customer):
            await client.ask(method, service, path, **how)
        await client.ask("GET", "profile", "/v1/idle", headers=_of("hf_canary_" + "x" * 43))
        await client.settle()
        assert (await client.get("profile", f"/v1/customers/{customer}"))["name"] == NAME, "it did come in"
        metrics = [(await client.ask("GET", service, "/metrics")).text for service in WRITERS]
        await client.facts.read_to(await client.published())
        facts = [str(said) for said in client.facts.all]
        audits = [str((await client.get(service, "/v1/audit", limit=200))["items"]) for service in WRITERS]
    logs = [file.read_text(errors="replace") for file in sorted((stack / "logs").glob("*-0.log"))]
    assert len(logs) == len(WRITERS)
    for place, texts in {"logs": logs, "metrics": metrics, "facts": facts, "audit": audits}.items():
        assert _hits(texts) == [], place


def test_a_canary_is_found_where_there_is_one():
    assert _hits(["x", f"y {TEXT.upper()}"]) != []


async def _known(client):
    await client.settle()
    return await customer_of(client, EMAIL)


def _events(on):
    def told(type_, /, **data):
        return event(type_, data, at_time(on), subject=EMAIL)

    yield told("customer.registered", **FILE)
    yield told("customer.registered", **FILE, hobby=TEXT)
    yield told("interaction.recorded", channel="phone", direction="inbound", note=TEXT, note_category="general")
    yield told("interaction.recorded", channel=TEXT, direction="inbound")
    yield told("complaint.reported", complaint_id="c-canary", **COMPLAINT)
    yield told("complaint.reported", complaint_id="c-canary", **COMPLAINT)
    yield told("feedback.submitted", kind="suggestion", source="survey", text=TEXT)
    yield told("commitment.made", commitment_id="m-canary", text=TEXT, due_on=on)
    yield told("need.stated", demand=TEXT)
    yield told("sung.loudly", text=TEXT)


def _requests(customer):
    yield "GET", "profile", "/v1/customers", {"params": {"handle": EMAIL}}
    yield "GET", "profile", "/v1/customers", {"params": {"name": "Zeisig"}}
    yield "GET", "profile", "/v1/customers", {"params": {"zeisig": NAME}}
    yield "GET", "profile", f"/v1/customers/{NAME}", {}
    yield "GET", "profile", f"/v1/customers/{customer}/export", {}
    yield "POST", "profile", "/v1/events", {"json": event("need.stated", {"demand": TEXT}, "yesterday", subject=PHONE)}
    yield "POST", "profile", "/v1/events", {"content": TEXT.encode()}
    yield "POST", "profile", f"/v1/customers/{customer}/lifecycle", {"json": {"to": TEXT, "reason": TEXT}}
    yield "POST", "scheduler", "/v1/tasks", {"json": {"customer_id": customer, "kind": "call", "note": TEXT}}
    yield "POST", "scheduler", "/v1/tasks", {"json": {"customer_id": customer, "kind": TEXT}}
    yield "POST", "feedback", f"/v1/cases/{NAME}/resolve", {"json": {"customer_satisfied": TEXT}}
    yield "POST", "grading", f"/v1/customers/{customer}/overrides", {"json": {"field": TEXT}}


def _hits(texts):
    return [(number, word) for number, text in enumerate(texts) for word in CANARIES if word.lower() in text.lower()]
