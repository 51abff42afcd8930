"""Every route of all four services, walked by everybody who should not get through it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from shared.contracts.topics import WRITERS
from shared.web import doors
from shared.web.access import OPEN, PROBES, Unlisted, routes_of, table_of
from shared.web.audit import Entry
from shared.web.keys import Key, new_key, write_keys
from shared.web.roles import FOR_KEYS, RIGHTS, May, Role

TOKEN, AGENT_TOKEN = "the full token of tests", "the other token of tests"
ID = "00000000-0000-4000-8000-000000000000"
TOLD = {
    "DSN": "postgresql://user:password@nowhere/db",
    "KAFKA": "nowhere:1",
    "TOKEN": TOKEN,
    "AGENT_TOKEN": AGENT_TOKEN,
    "SECRET": "a secret of the tests alone",
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """The file, and by role a key; `over` has ended, `elsewhere` opens nothing that there is."""
    file = tmp_path_factory.mktemp("keys") / "keys.jsonl"
    later, before = datetime.now(UTC) + timedelta(days=1), datetime.now(UTC) - timedelta(seconds=1)
    made = {role: new_key(role.replace("_", "-")) for role in FOR_KEYS}
    over, revoked = new_key("over"), new_key("revoked")
    lines = [
        Key(role.replace("_", "-"), made[role][1], role, later, ("ann",) if role is Role.AGENT else ())
        for role in FOR_KEYS
    ]
    write_keys(file, [*lines, Key("over", over[1], Role.ADMIN, before)])
    texts = {role: text for role, (text, _) in made.items()}
    return SimpleNamespace(file=file, of=texts, over=over[0], revoked=revoked[0])


@pytest.fixture(scope="module", params=WRITERS)
def service(request, keys):
    """The application as it is built at start; nothing runs behind it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (TOLD | {"KEYS_FILE": str(keys.file)}).items():
            patch.setenv(f"HOLDFAST_{name}", value)
        settings = import_module(f"services.{request.param}.settings").Settings()
        app = import_module(f"services.{request.param}.app").build(settings)
        patch.setattr(doors, "UNKNOWN_RATE", 0)
        TestClient(app).get("/livez")  # now the doors are there, without a limit for those who try many
    app.state.trail = told = Told()
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    with asyncio.Runner() as runner:
        client = httpx2.AsyncClient(transport=transport, base_url="http://testserver")
        yield SimpleNamespace(
            app=app,
            request=lambda *asked, **more: runner.run(client.request(*asked, **more)),
            lines=lines_of(app),
            told=told.entries,
        )


class Told:
    """An audit log without a database."""

    def __init__(self):
        self.entries = []

    async def append(self, _request, entry):
        self.entries.append(entry)


def lines_of(app):
    """`METHOD /path` -> what the table says of it."""
    return dict(app.state.access.values())


def ask(service, line, token):
    """The status of this route for this credential; nothing behind the doors answers 401 or 403 here."""
    method, path = line.split(" ", 1)
    concrete = "/".join(ID if part.startswith("{") else part for part in path.split("/"))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return service.request(method, concrete, headers=headers).status_code


def test_every_route_has_a_line_and_every_line_a_route(service):
    assert {line for line, _ in routes_of(service.app)} == service.lines.keys()
    assert {line for line, access in service.lines.items() if access.may is None} == PROBES.keys()


def test_a_route_that_nobody_thought_about_is_not_served():
    app = FastAPI()
    app.get("/v1/new")(lambda: None)
    with pytest.raises(Unlisted, match="GET /v1/new"):
        table_of(app, {line: OPEN for line, _ in routes_of(app) if line != "GET /v1/new"})


def test_no_wrong_or_ended_credential_opens_anything(service, keys):
    flaws = (None, "wrong", f"{TOKEN}x", keys.over, keys.revoked, keys.of[Role.ADMIN][:-1], "hf_admin_", "hf_", "a.b.c")
    for line, access in service.lines.items():
        if access.may is None:
            continue
        for flaw in flaws:
            if access.signed:
                assert ask(service, line, flaw) in (403, 503), (line, flaw)
            else:
                assert ask(service, line, flaw) == 401, (line, flaw)


def test_each_role_gets_through_what_it_has_the_right_to_and_through_nothing_else(service, keys):
    for line, access in service.lines.items():
        if access.may is None:
            continue
        for role in FOR_KEYS:
            status = ask(service, line, keys.of[role])
            assert status != 401, (line, role)
            if access.may not in RIGHTS[role]:
                assert status == 403, (line, role)
            elif role is not Role.AGENT:
                assert status != 403, (line, role)


def test_the_two_tokens_open_what_they_always_opened(service):
    for line in service.lines:
        assert ask(service, line, TOKEN) not in (401, 403), line
        restricted = "dead-letters" in line
        assert (ask(service, line, AGENT_TOKEN) == 403) is restricted, line


def test_an_agent_gets_nowhere_without_saying_whose_customer(service, keys):
    """What no filter of theirs narrows down, and what names another agent."""
    for line, access in service.lines.items():
        if access.may not in RIGHTS[Role.AGENT]:
            continue
        status = ask(service, line, keys.of[Role.AGENT])
        by_path = any(whose.at == "path" for whose in access.whose)
        if access.of_many or (access.whose and not by_path) or any(w.thing == "agent" for w in access.whose):
            assert status == 403, line
        elif by_path:
            assert status == 503, line  # whose it is, the database would say


def test_whoever_is_shown_or_changes_personal_data_is_written_down_and_whoever_is_refused_it(service, keys):
    for line, access in service.lines.items():
        for role in (Role.PRIVACY_OFFICER, Role.LEAD, Role.VIEWER):
            service.told.clear()
            ask(service, line, keys.of[role])
            outcome = "let in" if access.may in RIGHTS[role] else "refused"
            id = role.replace("_", "-")
            about = UUID(ID) if "{" in line else None
            changes = access.may not in (None, May.READ, May.ASK, May.TELL)
            expected = [Entry(f"key:{id}", role, line, about, outcome)] if access.personal or changes else []
            assert service.told == expected, (line, role)


def test_of_the_deployments_own_tokens_personal_data_alone_is_written_down(service):
    for line, access in service.lines.items():
        service.told.clear()
        ask(service, line, TOKEN)
        assert [entry.who for entry in service.told] == ["token"] * access.personal, line


def test_no_name_that_stands_in_a_path_gets_into_the_log(service):
    if "GET /v1/customers/{customer_id}" in service.lines:
        service.request("GET", "/v1/customers/Mei%20Wang?x=Mei", headers={"Authorization": f"Bearer {TOKEN}"})
        assert service.told[-1] == Entry("token", "admin", "GET /v1/customers/{customer_id}", None, "let in")


@pytest.mark.parametrize("part", ["customer", "case_id", "task"])
def test_what_names_a_customer_is_looked_at(service, part):
    """A path about one customer without a word about whose it is would be everybody's."""
    for line, access in service.lines.items():
        if f"/{part}s/{{" in line and "bulk" not in line and access.may is not None:
            assert access.whose, line
