"""A credential opens the doors, and says what may be done behind them."""

from __future__ import annotations

import pytest
from fastapi import APIRouter, FastAPI, Request
from pydantic import ValidationError
from starlette.testclient import TestClient

from shared.engine.settings import EngineSettings
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


def client_of(agent_token: str | None) -> TestClient:
    app = FastAPI()
    app.include_router(router)
    install(app)
    app.add_middleware(Doors, credentials=Credentials(FULL, agent_token))
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


@pytest.mark.parametrize(("given", "says"), [("short", "16"), (FULL, "another one")])
def test_the_other_token_is_another_one(monkeypatch, given, says):
    for name, value in {"DSN": "postgresql://u:p@h/d", "KAFKA": "h:1", "TOKEN": FULL, "AGENT_TOKEN": given}.items():
        monkeypatch.setenv(f"HOLDFAST_{name}", value)
    with pytest.raises(ValidationError, match=says):
        EngineSettings()
