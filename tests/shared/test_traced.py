"""A request goes on in the trace that its header names; where somebody looks, it is a span."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from fastapi import APIRouter, FastAPI, Request
from starlette.testclient import TestClient
from structlog.contextvars import get_contextvars

from shared.traces.spans import Spans
from shared.web.access import OPEN, table_of
from shared.web.deps import trace_of
from shared.web.problems import Problem, install
from shared.web.traced import Traced

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CAME, UNSEEN = (f"00-{TRACE}-{PARENT}-{flags}" for flags in ("01", "00"))
router = APIRouter()


@router.get("/v1/things/{thing}")
async def thing(request: Request, thing: str) -> dict[str, str | None]:
    said = get_contextvars()
    if thing == "broken":
        raise ArithmeticError(thing)
    if thing == "gone":
        raise Problem(410, "erased", "gone")
    return {"trace": trace_of(request), "trace_id": said.get("trace_id"), "span_id": said.get("span_id")}


@router.get("/livez")
async def livez(request: Request) -> dict[str, str | None]:
    return {"trace": trace_of(request)}


def client_of(share: float | None):
    """A client, and what is told."""
    told = []
    app = FastAPI()
    app.include_router(router)
    install(app)
    app.state.access = table_of(app, {"GET /v1/things/{thing}": OPEN, "GET /livez": OPEN, **FASTAPIS})
    spans = Spans("grading", share, told.append) if share is not None else None
    app.state.service = SimpleNamespace(spans=spans)
    app.add_middleware(Traced)
    return TestClient(app, raise_server_exceptions=False), told


FASTAPIS = {f"GET {path}": OPEN for path in ("/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc")}


@pytest.mark.parametrize(
    ("share", "header", "goes_on", "spans"),
    [
        pytest.param(None, None, None, 0, id="nobody looks, no header"),
        pytest.param(None, CAME, CAME, 0, id="nobody looks"),
        pytest.param(None, "nonsense", None, 0, id="nobody looks, nonsense"),
        pytest.param(0.0, CAME, f"00-{TRACE}-", 1, id="the header says that somebody does"),
        pytest.param(1.0, UNSEEN, f"00-{TRACE}-", 0, id="the header says that nobody does"),
        pytest.param(1.0, None, "00-", 1, id="one begins here"),
        pytest.param(1.0, "nonsense", "00-", 1, id="one begins here, for nonsense"),
        pytest.param(0.0, None, "00-", 0, id="none begins here"),
    ],
)
def test_what_follows_from_a_request(share, header, goes_on, spans):
    client, told = client_of(share)
    answer = client.get("/v1/things/7", headers={"traceparent": header} if header else {}).json()
    assert (answer["trace"] or "").startswith(goes_on or "")
    assert bool(answer["trace"]) is bool(goes_on)
    assert answer["trace_id"] == (answer["trace"][3:35] if goes_on else None)
    assert len(told) == spans
    for span in told:
        assert answer["trace"][36:52] == answer["span_id"] == span.id
        assert span.context[:35] == answer["trace"][:35]
        assert (span.context == CAME) is (header == CAME)


@pytest.mark.parametrize(
    ("path", "name", "status", "failed"),
    [
        ("/v1/things/Klara?name=Zeisig", "GET /v1/things/{thing}", 200, False),
        ("/v1/things/gone", "GET /v1/things/{thing}", 410, False),
        ("/v1/things/broken", "GET /v1/things/{thing}", 500, True),
        ("/v1/Klara", "GET none", 404, False),
    ],
)
def test_a_span_names_the_route_and_nobody(path, name, status, failed):
    client, (told) = client_of(1.0)
    client.get(path)
    (span,) = told
    assert (span.name, span.attributes["http.response.status_code"], span.has_failed) == (name, status, failed)
    assert "Klara" not in str(span)
    assert "Zeisig" not in str(span)


def test_a_probe_is_of_no_trace():
    client, told = client_of(1.0)
    assert client.get("/livez", headers={"traceparent": CAME}).json() == {"trace": None}
    assert told == []
