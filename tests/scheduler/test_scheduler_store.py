"""Follow-ups and tasks through the engine into a real database, and out again by the routes."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid4, uuid5

import asyncpg
import httpx2
import msgspec
import pytest
from fastapi import Depends, FastAPI

from holdfast.local.postgres import EmbeddedPostgres
from services.scheduler.api import router
from services.scheduler.app import MIGRATIONS
from services.scheduler.domain.rules import RULES
from services.scheduler.store import LEDGERS
from services.scheduler.subscriptions import SUBSCRIPTIONS
from shared.contracts import feedback, grading, profile
from shared.contracts.envelope import Envelope, encode
from shared.contracts.policy import default_policy, document
from shared.contracts.topics import DEFAULT
from shared.engine import policies
from shared.engine.apply import Engine
from shared.engine.clocks import Clock
from shared.engine.decision import Event
from shared.engine.inputs import Input
from shared.engine.subscriptions import reads
from shared.postgres.migrations import migrate
from shared.postgres.pool import open_pool
from shared.web import problems
from shared.web.deps import known_query
from tests.scheduler.conftest import CASE, TICK, day

SPACE = UUID("0b8f3f0e-0000-4000-8000-000000000003")
ANN, BOB, CID = (uuid5(SPACE, name) for name in ("ann", "bob", "cid"))
NEED = {"demand": "latent"}
CONTACT = {"mode": "contact", "channel": "phone", "outcome": "advanced", "need": NEED}
READ = (
    "insert into consumer_offset (topic, part, next_offset, applied_until) values ('t', 0, 0, '2100-01-01T00:00:00Z')"
)


@pytest.fixture(scope="module")
def server():
    folder = Path(tempfile.mkdtemp(prefix="holdfast-scheduler-"))
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder / "data", folder / "log")
    postgres.start()
    asyncio.run(make_template(postgres.dsn))
    yield postgres.dsn
    postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)


async def make_template(dsn):
    await on(dsn, lambda connection: connection.execute("create database migrated"))
    await on(of(dsn, "migrated"), prepare)


async def prepare(connection):
    await migrate(connection, MIGRATIONS)
    await policies.install(connection, msgspec.json.encode(document(default_policy())))
    await connection.execute("insert into clock (single, now) values (true, '2025-03-01T00:00:00Z')")
    await connection.execute(READ)


async def on(dsn, work):
    connection = await asyncpg.connect(dsn)
    try:
        await work(connection)
    finally:
        await connection.close()


def of(dsn, database):
    return f"{dsn.rpartition('/')[0]}/{database}"


@pytest.fixture
async def engine(server):
    name = f"s_{uuid4().hex}"
    await on(server, lambda connection: connection.execute(f"create database {name} template migrated"))
    pool = await open_pool(of(server, name), "test", 4)
    yield Engine(RULES, LEDGERS, pool, Clock("simulated"), reads(SUBSCRIPTIONS, RULES.commands, DEFAULT))
    await pool.close()


@pytest.fixture
async def client(engine):
    app = FastAPI(dependencies=[Depends(known_query)])
    app.state.service = SimpleNamespace(engine=engine)
    problems.install(app)
    app.include_router(router)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://scheduler/v1") as client:
        yield client


class Stack:
    """The engine as a reader of facts, and the routes."""

    def __init__(self, engine, client):
        self.engine, self.client, self.number = engine, client, 0

    async def tell(self, data, on, customer=ANN):
        self.number += 1
        at, id = day(on) + TICK, uuid5(SPACE, str(self.number))
        envelope = Envelope(
            specversion="1.0",
            id=str(id),
            source="holdfast/test",
            type=data.TYPE,
            subject=str(customer),
            time=at,
            recordedtime=at,
            data=msgspec.Raw(data.model_dump_json(by_alias=True, exclude_none=True).encode()),
        )
        event = Event(id, str(id), envelope.source, data.TYPE, at, at, str(customer), data)
        applied = await self.engine.apply([Input("kafka", at, event, body=encode(envelope))])
        assert not applied.failures, applied.failures

    async def now(self, on):
        await self.engine.pool.execute("update clock set now = $1", day(on))

    async def known(self, on, grade, customer=ANN, urgency="moderate", **more):
        registered = date.fromisoformat(on)
        await self.tell(
            profile.CustomerRegistered(party="individual", kind="consumer", registered_on=registered, **more),
            on,
            customer,
        )
        await self.graded(on, grade, customer, urgency)

    async def graded(self, on, grade, customer=ANN, urgency="moderate"):
        said = grading.GradeAssigned(
            grade=grade, changed=True, basis="computed", deal_status="prospect", importance="standard",
            urgency=urgency, demand="target", policy_id="pol", as_of=date.fromisoformat(on),
        )  # fmt: skip
        await self.tell(said, on, customer)

    async def complained(self, on, customer=ANN, fault="customer"):
        opened = date.fromisoformat(on)
        said = feedback.ComplaintOpened(
            case_id=uuid5(CASE, str(customer)), complaint_id=f"c-{customer}", fault=fault, severity="minor",
            opened_on=opened, acknowledge_by_on=opened,
        )  # fmt: skip
        await self.tell(said, on, customer)

    async def get(self, path, expect=200, **query):
        answer = await self.client.get(path, params=query)
        assert answer.status_code == expect, answer.text
        return answer.json()

    async def post(self, path, body, expect=200, slug=None):
        answer = await self.client.post(path, json=body)
        assert answer.status_code == expect, answer.text
        if slug:
            assert answer.json()["type"] == f"urn:holdfast:{slug}"
        return answer.json()

    async def journal(self, customer=ANN):
        return await self.get(f"/customers/{customer}/journal")


@pytest.fixture
def stack(engine, client):
    return Stack(engine, client)


async def test_the_journal_shows_the_open_followup_and_those_before_it(stack):
    await stack.known("2025-03-01", "C")
    opened = (await stack.journal())["open"]
    assert opened.pop("followup_id")
    assert opened == {
        "journal": "half_monthly",
        "grade": "C",
        "due_on": "2025-03-16",
        "because": ["grade"],
        "status": "scheduled",
        "overdue_days": 0,
    }
    await stack.now("2025-03-20")
    await stack.graded("2025-03-20", "B")
    shown = await stack.journal()
    assert (shown["open"]["due_on"], shown["last_contact_on"], shown["next_cursor"]) == (
        "2025-03-20",
        "2025-03-01",
        None,
    )
    (superseded,) = shown["items"]
    assert (superseded["status"], superseded["due_on"], superseded["mode"]) == ("superseded", "2025-03-16", None)
    assert superseded["cause"]["type"] == "holdfast.grading.grade.assigned.v1"


async def test_t137_completing_a_superseded_followup_completes_the_open_one_once(stack):
    await stack.known("2025-03-01", "C")
    first = (await stack.journal())["open"]["followup_id"]
    await stack.graded("2025-03-01", "B")
    second = (await stack.journal())["open"]["followup_id"]
    done = await stack.post(f"/followups/{first}/complete", CONTACT)
    assert (done["followup_id"], done["status"], done["on_time"]) == (second, "completed", True)
    assert done["completed_at"].startswith("2025-03-01")
    for again in (first, second):
        await stack.post(f"/followups/{again}/complete", CONTACT, 409, "followup_completed")
    shown = await stack.journal()
    assert (shown["open"]["due_on"], shown["items"][0]["need"]["demand"]) == ("2025-03-08", "latent")
    page = await stack.get(f"/customers/{ANN}/journal", limit=1)
    rest = await stack.get(f"/customers/{ANN}/journal", limit=1, cursor=page["next_cursor"])
    assert page["items"] + rest["items"] == shown["items"]


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({"mode": "contact", "channel": "phone", "outcome": "advanced"}, "record_not_refreshed"),
        ({}, "record_not_refreshed"),
        ({"mode": "contact", "outcome": "advanced", "need": NEED}, "channel_required"),
        (CONTACT | {"channel": "pigeon"}, "channel_unknown"),
        (CONTACT | {"colour": "red"}, "invalid_body"),
        (CONTACT | {"need": {"demand": "latent", "colour": "red"}}, "invalid_body"),
    ],
)
async def test_t21_a_refused_completion_leaves_the_followup_open(stack, body, slug):
    await stack.known("2025-03-01", "C")
    before = await stack.journal()
    await stack.post(f"/followups/{before['open']['followup_id']}/complete", body, 422, slug)
    assert await stack.journal() == before


async def test_tasks_are_listed_filtered_and_completed(stack):
    await stack.known("2025-03-01", "C", owner="ann")
    await stack.complained("2025-03-01")
    items = (await stack.get("/tasks", customer=str(ANN)))["items"]
    assert sorted(item["kind"] for item in items) == ["acknowledge", "assist"]
    case = str(uuid5(CASE, str(ANN)))
    task = next(item for item in items if item["kind"] == "acknowledge")
    assert (task["due_on"], task["owner"], task["caused_by_case"], task["status"]) == (
        "2025-03-01",
        "ann",
        case,
        "open",
    )
    for wanted in ({"kind": "assist"}, {"owner": "ann"}, {"case": case}, {"from_on": "2025-03-01", "status": "open"}):
        assert (await stack.get("/tasks", **wanted))["items"]
    for wanted in ({"owner": "bob"}, {"status": "completed"}, {"to_on": "2025-02-28"}, {"customer": str(BOB)}):
        assert not (await stack.get("/tasks", **wanted))["items"]
    done = await stack.post(f"/tasks/{task['task_id']}/complete", {"outcome": "advanced", "channel": "phone"})
    assert (done["status"], done["channel"], done.keys()) == ("completed", "phone", task.keys())
    await stack.post(f"/tasks/{task['task_id']}/complete", {"outcome": "advanced"}, 409, "task_closed")


async def test_a_step_is_completed_where_its_case_is(stack):
    await stack.known("2025-03-01", "C")
    await stack.complained("2025-03-01", fault="company")
    step = feedback.PlannedStep(step="R1", due_on=date(2025, 3, 1))
    await stack.tell(feedback.RemediationStarted(case_id=uuid5(CASE, str(ANN)), steps=(step,)), "2025-03-01")
    ((task),) = (await stack.get("/tasks", kind="case_step"))["items"]
    await stack.post(f"/tasks/{task['task_id']}/complete", {"outcome": "advanced"}, 409, "complete_the_step")


async def test_sc25_the_work_list_is_ranked_and_a_later_day_is_a_preview(stack):
    await stack.known("2025-02-26", "C", ANN, urgency="not_urgent")
    await stack.known("2025-03-01", "A", BOB, urgency="urgent", owner="bob", preferred_channel="wechat")
    await stack.known("2025-03-01", "B", CID, urgency="urgent")
    await stack.tell(grading.TierAssigned(tier="key", basis="computed", supply_priority=False), "2025-03-01", CID)
    assert (await stack.get("/worklist"))["items"] == []
    await stack.complained("2025-03-01", CID, fault="company")

    def seen(answer):
        return [(item["kind"], item["customer_id"], item["due_on"], item["overdue_days"]) for item in answer["items"]]

    preview = await stack.get("/worklist", on="2025-03-13")
    expected = [
        ("acknowledge", str(CID), "2025-03-01", 12),
        ("followup", str(CID), "2025-03-08", 5),
        ("followup", str(BOB), "2025-03-02", 11),
        ("followup", str(ANN), "2025-03-13", 0),
    ]
    assert seen(preview) == expected
    first = await stack.get("/worklist", on="2025-03-13", limit=3)
    rest = await stack.get("/worklist", on="2025-03-13", limit=3, cursor=first["next_cursor"])
    assert (seen(first) + seen(rest), rest["next_cursor"]) == (expected, None)
    ((mine),) = (await stack.get("/worklist", on="2025-03-13", agent="bob"))["items"]
    assert mine == {
        "kind": "followup",
        "id": mine["id"],
        "customer_id": str(BOB),
        "due_on": "2025-03-02",
        "overdue_days": 11,
        "urgency": "urgent",
        "tier": "regular",
        "grade": "A",
        "because": ["grade"],
        "channel": "wechat",
        "briefing": f"/v1/customers/{BOB}/briefing",
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("get", f"/customers/{BOB}/journal", 404, "not_found"),
        ("post", f"/followups/{BOB}/complete", 404, "not_found"),
        ("post", "/followups/none/complete", 404, "not_found"),
        ("post", f"/tasks/{BOB}/complete", 404, "not_found"),
        ("get", "/worklist?on=soon", 422, "invalid_query"),
        ("get", "/worklist?cursor=WzFd", 422, "invalid_query"),
        ("get", "/tasks?colour=red", 422, "invalid_query"),
        ("get", f"/customers/{BOB}/journal?cursor=W10", 422, "invalid_query"),
    ],
)
async def test_what_cannot_be_answered_says_why(client, method, path, status, slug):
    answer = await client.request(method, path, json=CONTACT if "followups" in path else {"outcome": "advanced"})
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:holdfast:{slug}")


@pytest.mark.parametrize("first", ["merged", "absorbed"])
async def test_merged_files_have_one_open_followup(stack, engine, first):
    await stack.known("2025-03-01", "C", ANN)
    await stack.known("2025-02-25", "C", BOB)
    await stack.complained("2025-03-01", BOB)
    facts = [(profile.CustomerMerged(into=ANN), BOB), (profile.CustomerAbsorbed(from_=BOB), ANN)]
    for data, customer in facts if first == "merged" else reversed(facts):
        await stack.tell(data, "2025-03-02", customer)
    assert await stack.journal(BOB) == await stack.journal(ANN)
    still = await engine.pool.fetch("select customer_id from followup where status in ('scheduled', 'due', 'overdue')")
    assert [str(row["customer_id"]) for row in still] == [str(ANN)]
    assert len((await stack.get("/tasks", customer=str(BOB), status="open"))["items"]) == 2
    followup = (await stack.journal())["open"]["followup_id"]
    await stack.post(f"/followups/{followup}/complete", CONTACT)


async def test_the_database_keeps_a_second_open_followup_out(stack, engine):
    await stack.known("2025-03-01", "C")
    again = """
    insert into followup select gen_random_uuid(), customer_id, cycle, journal, grade, due_on, because, scheduled_at,
                                cause_id, cause_type, 'due' from followup
    """
    with pytest.raises(asyncpg.UniqueViolationError):
        await engine.pool.execute(again)
