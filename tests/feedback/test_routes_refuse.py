"""What the routes refuse before any rule is asked."""

from __future__ import annotations

from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.feedback.api import router
from shared.web.problems import install

CASE = f"/v1/cases/{UUID(int=1)}"
CAUSE = {"category": "training", "element": "service_quality"}


@pytest.fixture(scope="module")
def client():
    """The routes alone: no engine, so whatever is not refused fails."""
    app = FastAPI()
    app.include_router(router)
    install(app)
    return TestClient(app)


@pytest.mark.parametrize(
    ("path", "body", "slug", "status"),
    [
        pytest.param(
            "cause", {"causes": [CAUSE | {"staff_name": "Li"}]}, "field_not_allowed", 422, id="T80 a person named"
        ),
        pytest.param(
            "cause", {"causes": [{"staff_name": "Li"}]}, "field_not_allowed", 422, id="before what is missing"
        ),
        pytest.param("cause", {"causes": [], "staff_name": "Li"}, "field_not_allowed", 422, id="beside the causes"),
        pytest.param("cause", {"causes": [{"category": "who"}]}, "invalid_body", 422, id="no such category"),
        pytest.param("cause", {"causes": "Li"}, "invalid_body", 422, id="no list"),
        pytest.param("cause", {"fault": "nobody"}, "invalid_body", 422, id="no such fault"),
        pytest.param("steps/R1/complete", {}, "invalid_body", 422, id="no result"),
        pytest.param(
            "steps/R1/complete", {"result": "done", "measure": {}}, "invalid_body", 422, id="another playbook's"
        ),
        pytest.param(
            "steps/R1/complete", {"result": "done", "need": {"demand": "x"}}, "invalid_body", 422, id="no need"
        ),
        pytest.param("steps/R9/complete", {"result": "done"}, "not_found", 404, id="no such step"),
        pytest.param("resolve", {"customer_satisfied": "yes"}, "invalid_body", 422, id="no bool"),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused(client, path, body, slug, status):
    answer = client.post(f"{CASE}/{path}", json=body)
    assert (answer.json()["type"], answer.status_code) == (f"urn:holdfast:{slug}", status)


def test_a_body_that_is_no_json_is_said_to_be_none(client):
    answer = client.post(f"{CASE}/cause", content=b"{", headers={"content-type": "application/json"})
    assert (answer.json()["type"], answer.status_code) == ("urn:holdfast:not_json", 400)


def test_t93_a_type_that_is_no_solution_is_said_before_what_is_missing(client):
    path = f"/v1/improvements/{UUID(int=1)}/solution"
    for body, slug in (({"type": "advert"}, "solution_type_unknown"), ({"type": "process"}, "invalid_body")):
        assert client.post(path, json=body).json()["type"] == f"urn:holdfast:{slug}"
