"""A credential opens the doors, and says what may be done behind them."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from fastapi import APIRouter, FastAPI, Request
from pydantic import ValidationError
from starlette.testclient import TestClient

from shared.engine.settings import EngineSettings
from shared.web import doors, limits
from shared.web.credentials import Credentials
from shared.web.deps import principal_of, require_staff
from shared.web.doors import Doors
from shared.web.problems import install

FULL, AGENT = "the full token of tests", "the other token of tests"
router = APIRouter(prefix="/v1")


@router.get("/everybody")
async def everybody(request: Request) -> dict[str, str]:
    return {"who": principal_of(request).id}


@router.get("/few")
async def few(request: Request) -> dict[str, bool]:
    require_staff(request)
    return {}


@router.post("/size")
async def size(request: Request) -> int:
    return len(await request.body())


def client_of(agent_token: str | None, rate: int = 0) -> TestClient:
    app = FastAPI()
    app.include_router(router)
    install(app)
    app.add_middleware(Doors, credentials=Credentials(FULL, agent_token), rate=rate)
    return TestClient(app)


@pytest.mark.parametrize(
    ("agent_token", "told", "expected"),
    [
        pytest.param(AGENT, f"Bearer {FULL}", (200, 200), id="the full token may do everything"),
        pytest.param(AGENT, f"Bearer {AGENT}", (200, 403), id="the other one all but what is restricted"),
        pytest.param(None, f"Bearer {AGENT}", (401, 401), id="no other token is set"),
        pytest.param(None, "Bearer None", (401, 401), id="nor is its absence one"),
        pytest.param(AGENT, "Bearer ", (401, 401), id="an empty token"),
        pytest.param(AGENT, FULL, (401, 401), id="not a bearer's"),
        pytest.param(AGENT, f"Bearer {FULL}{AGENT}", (401, 401), id="both at once"),
        pytest.param(AGENT, f"Bearer Bearer {FULL}", (401, 401), id="said twice"),
        pytest.param(AGENT, "Bearer \u00e9\u00ff", (401, 401), id="no ASCII"),
    ],
)
def test_each_token_has_its_role(agent_token, told, expected):
    client = client_of(agent_token)
    headers = {"Authorization": told.encode("latin-1")}
    answers = [client.get(f"/v1/{path}", headers=headers) for path in ("everybody", "few")]
    assert tuple(answer.status_code for answer in answers) == expected
    if expected[0] == 200:
        assert answers[0].json() == {"who": "token" if expected[1] == 200 else "agent-token"}


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when they are told to."""
    told = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: told.now))
    return told


def statuses(client, token, times, path="everybody"):
    headers = {"Authorization": f"Bearer {token}"}
    return [client.get(f"/v1/{path}", headers=headers).status_code for _ in range(times)]


def test_who_asks_too_often_waits_and_nobody_else_does(clock):
    client = client_of(AGENT, rate=1)
    assert statuses(client, FULL, 11) == [200] * 10 + [429]
    assert statuses(client, AGENT, 1) == [200], "each has a bucket of its own"
    clock.now += 1
    assert statuses(client, FULL, 2) == [200, 429]
    refused = client.get("/v1/everybody", headers={"Authorization": f"Bearer {FULL}"})
    assert (refused.json()["type"], refused.headers["retry-after"]) == ("urn:holdfast:too_fast", "1")
    clock.now += 3600
    assert statuses(client, FULL, 11) == [200] * 10 + [429], "no more is saved up than ten seconds' worth"


def test_who_guesses_is_slowed_down_and_who_is_known_comes_in_meanwhile(clock, monkeypatch):
    monkeypatch.setattr(doors, "UNKNOWN_RATE", 1)
    client = client_of(None)
    assert statuses(client, "guessed", 11) == [401] * 10 + [429]
    assert statuses(client, FULL, 1) == [200]
    clock.now += 1
    assert statuses(client, "guessed", 2) == [401, 429]


def test_those_who_asked_long_ago_are_forgotten_first(clock, monkeypatch):
    monkeypatch.setattr(limits, "KNOWN", 2)
    buckets = limits.Buckets(1)
    taken = [buckets.takes(who) for who in ["a"] * 10 + ["b", "a", "c", "b", "a"]]
    assert taken == [True] * 11 + [False, True, True, True]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param({"content": b"x" * 1_000_000}, 200, id="1 MB"),
        pytest.param({"content": b"x" * 1_000_001}, 413, id="a byte more"),
        pytest.param({"content": iter([b"x" * 600_000] * 2)}, 413, id="that does not say its length"),
        pytest.param({"content": b"", "headers": {"x": "y" * 33_000}}, 413, id="long headers"),
        pytest.param({"content": b"", "params": {"x": "y" * 33_000}}, 413, id="a long query"),
    ],
)
def test_what_is_too_large_is_refused(asked, status):
    headers = {"Authorization": f"Bearer {FULL}"} | asked.pop("headers", {})
    assert client_of(None).post("/v1/size", headers=headers, **asked).status_code == status


async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(doors, "SECONDS", 0.01)
    pieces, sent = [{"type": "http.request", "body": b"x", "more_body": True}], []

    async def receive():
        return pieces.pop() if pieces else await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/size",
        "headers": [(b"authorization", b"Bearer " + FULL.encode())],
    }
    await Doors(lambda *_: None, Credentials(FULL))(scope, receive, send)
    assert sent[0]["status"] == 408


@pytest.mark.parametrize(("given", "says"), [("short", "16"), (FULL, "another one")])
def test_the_other_token_is_another_one(monkeypatch, given, says):
    for name, value in {"DSN": "postgresql://u:p@h/d", "KAFKA": "h:1", "TOKEN": FULL, "AGENT_TOKEN": given}.items():
        monkeypatch.setenv(f"HOLDFAST_{name}", value)
    with pytest.raises(ValidationError, match=says):
        EngineSettings()


@pytest.mark.parametrize("told", [FULL, "a token of nobody"], ids=["an answer", "a refusal"])
def test_no_cache_keeps_an_answer_and_no_browser_guesses_what_it_is(told: str) -> None:
    answer = client_of(None).get("/v1/everybody", headers={"Authorization": f"Bearer {told}"})

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
