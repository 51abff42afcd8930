"""Policies over HTTP: what is refused says where, what is taken is answered whole."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from shared.contracts.policy import default_policy, policy_id
from shared.web import policies
from tests.engine.conftest import START, Bench
from tests.harness.engines import routes

DEFAULT = policy_id(default_policy())


@pytest.fixture
async def http(bench: Bench) -> AsyncIterator[httpx2.AsyncClient]:
    await bench.pool.execute("update consumer_offset set applied_until = $1", START.replace(year=2100))
    async with routes(bench.engine, policies.router) as client:
        yield client


async def test_a_draft_is_made_shadowed_activated_and_retired(http: httpx2.AsyncClient) -> None:
    made = await http.post("/v1/policies", json={"name": "slow", "values": {"reply.days": 9}})
    again = await http.post("/v1/policies", content=b"values:\n  reply:\n    days: 9\n")

    assert (made.status_code, again.status_code) == (201, 200)
    item = made.json()
    assert (item["name"], item["state"], item["based_on"], item["values"]["reply"]["days"]) == (
        "slow", "draft", DEFAULT, 9,
    )  # fmt: skip
    assert again.json() == item

    path = f"/v1/policies/{item['policy_id']}/activate"
    shadowed = await http.post(path, json={"state": "shadow"})
    assert (shadowed.status_code, shadowed.json()["state"]) == (200, "shadow")
    activated = await http.post(path)
    assert (activated.status_code, activated.json()["state"]) == (200, "active")
    assert (await http.get("/v1/policies", params={"state": "retired"})).json()["items"][0]["policy_id"] == DEFAULT
    assert (await http.post(f"/v1/policies/{DEFAULT}/activate")).json()["state"] == "active"


async def test_a_draft_may_stand_on_another_than_the_active_one(http: httpx2.AsyncClient) -> None:
    first = (await http.post("/v1/policies", json={"values": {"reply.days": 9}})).json()["policy_id"]
    body = {"based_on": first, "values": {"complaint.urgent_days": 5}}

    second = (await http.post("/v1/policies", json=body)).json()

    assert second["values"]["reply"]["days"] == 9
    assert second["based_on"] == first


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param("values:\n  reply:\n    days: many\n", "(line 3)", id="nested"),
        pytest.param("name: x\nvalues:\n  reply.days: many\n", "(line 3)", id="dotted"),
        pytest.param('{"values": {\n"replies": 1}}', "replies: is not a field here", id="a key that there is not"),
        pytest.param("values: [\n", "is no YAML", id="no text that can be read"),
        pytest.param("values: {}\nnames: x\n", "names: is not a field here", id="a field that there is not"),
        pytest.param("values: {}\nbased_on: pol_1\n", "no policy pol_1 is known", id="a base that there is not"),
        pytest.param("{}", "values", id="nothing"),
    ],
)
async def test_what_is_wrong_is_said_with_its_line(http: httpx2.AsyncClient, body: str, says: str) -> None:
    answer = await http.post("/v1/policies", content=body.encode())

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:holdfast:policy_invalid"
    assert says in answer.json()["detail"]


async def test_unknown_ones_and_wrong_states_are_refused(http: httpx2.AsyncClient) -> None:
    assert (await http.post("/v1/policies/pol_0/activate")).status_code == 404
    assert (await http.post("/v1/policies/%00/activate")).status_code == 404
    wrong = await http.post(f"/v1/policies/{DEFAULT}/activate", json={"state": "retired"})
    assert wrong.json()["type"] == "urn:holdfast:invalid_body"
    shadow = await http.post(f"/v1/policies/{DEFAULT}/activate", json={"state": "shadow"})
    assert (shadow.status_code, shadow.json()["type"]) == (409, "urn:holdfast:policy_active")
