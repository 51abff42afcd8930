"""One person through the database: all that is kept of them is exported, and nothing of it outlives them.

Whoever adds a table with a `customer_id`: fill it in `whole_life`, name it in `queries/export.py`, and give its ledger
an `erase`.
"""

from __future__ import annotations

import base64
import json
from itertools import count, product

import msgspec
import pytest

from services.profile.api import router
from services.profile.domain.rules import rules
from services.profile.laws import LAWS
from services.profile.queries.export import TABLES
from services.profile.store import LEDGERS
from services.profile.subscriptions import SUBSCRIPTIONS
from shared.contracts.envelope import Envelope, encode
from shared.contracts.ids import event_key
from shared.contracts.types import ALL as TYPES
from shared.engine.decision import Event
from shared.engine.inputs import Input, Origin, Raw, Unreadable
from shared.engine.streams import NEVER
from shared.laws import broken
from tests.harness.engines import routes

ANNA, PHONE, MAIL, BOB = "shop:1", "phone:+8613800000000", "email:anna@example.com", "shop:2"
FAX, PAGER = "fax:7", "pager:9"
"""Both say that they have them."""
AUNT = "wechat:aunt-may"
CASE = "0b8f3f0e-0000-4000-8000-00000000000c"
PERSONAL = (
    "Anna",
    "shop:1",
    "8613800000000",
    "0000-0000",
    "anna@example.com",
    "Elm Street",
    "it leaks",
    "her mother is ill",
    "aunt-may",
)
OF_A_PERSON = """
select table_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
 where table_schema = 'public' and column_name = 'customer_id' and table_type = 'BASE TABLE' order by table_name
"""
ALL = """
select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
"""


@pytest.fixture
async def engine(engine_of):
    return await engine_of(rules(b"a secret of sixteen bytes"), LEDGERS, SUBSCRIPTIONS, "2025-04-01T00:00:00+00:00")


@pytest.fixture
async def client(engine):
    async with routes(engine, router) as client:
        client.base_url = "http://service/v1"
        yield client


@pytest.fixture
def tell(engine, instant):
    number = count(1)

    async def told(name, subject, at, /, id=None, sender="shop", **data):
        type_, source, id = f"holdfast.{name}.v1", sender, id or f"e{next(number)}"
        body, time = json.dumps(data).encode(), instant(at)
        envelope = Envelope(
            specversion="1.0",
            id=id,
            source=source,
            type=type_,
            subject=subject,
            time=time,
            recordedtime=time,
            data=msgspec.Raw(body),
        )
        whole = encode(envelope)
        event = Event(
            event_key(source, id), id, source, type_, time, time, subject, TYPES[type_].model_validate_json(body)
        )
        origin = Origin("holdfast.upstream.v1", 0, 0, 0, 0)
        key = subject.encode() if subject else None
        item = Input("kafka", time, event, body=whole, raw=Raw(whole, key), origin=origin)
        applied = await engine.apply([item])
        assert not applied.failures, applied.failures
        return applied.outcomes[0].result

    return told


@pytest.fixture
def whole_life(tell, told_by, client, engine):
    """Everything that profile can know of somebody; her id."""

    async def lived():
        bought = {"amount": 300, "currency": "USD"}
        mentioned = {"handle": f"Email:{MAIL[6:]}", "sentiment": "negative", "network": "weibo"}
        await tell("social.mentioned", None, "2025-02-28", id="m1", **mentioned)
        await tell("order.placed", MAIL, "2025-03-01", order_id="o1", **bought)
        fields = {"name": "Anna", "address": "1 Elm Street", "handles": [PHONE, MAIL, FAX]}
        await tell("customer.registered", ANNA, "2025-03-02", party="individual", **fields)
        await tell("customer.registered", BOB, "2025-03-03", party="individual", handles=[FAX, PAGER])
        await tell("customer.updated", ANNA, "2025-03-04", handles=[PAGER])
        await tell("customers.merged", ANNA, "2025-03-04", other=PHONE)
        await tell("need.stated", ANNA, "2025-03-03", demand="target")
        await tell("contact.stated", ANNA, "2025-03-03", contact_id="k1", role="user", handles=[AUNT])
        await tell("consent.changed", ANNA, "2025-03-03", channel="email", granted=False)
        promised = {"commitment_id": "p1", "text": "a visit to Anna", "due_on": "2025-03-20"}
        await tell("commitment.made", ANNA, "2025-03-03", **promised)
        await tell("referral.recorded", ANNA, "2025-03-03", referred=BOB)
        await tell(
            "membership.granted",
            ANNA,
            "2025-03-03",
            membership_id="m1",
            from_on="2025-03-03",
            benefits=[{"kind": "tea"}],
        )
        await tell("order.placed", PHONE, "2025-03-04", order_id="o2", **bought)
        await tell("order.refunded", PHONE, "2025-03-05", order_id="o2", amount=100)
        note = {"channel": "phone", "direction": "inbound", "note": "her mother is ill"}
        await tell("interaction.recorded", ANNA, "2025-03-05", **note)
        complaint = {"fault": "company", "severity": "minor", "correctable": True, "text": "it leaks"}
        await tell("complaint.reported", ANNA, "2025-03-06", complaint_id="c1", **complaint)
        refused = await tell("interaction.recorded", ANNA, "2025-03-07", **note | {"channel": "telepathy"})
        assert refused == "refused"
        raw = Raw(b"Anna, it leaks", b"Phone: +86 (138) 0000-0000")
        await engine.apply([Input("kafka", NEVER, unreadable=Unreadable("not_json", "no JSON"), raw=raw)])
        customer = (await client.get("/customers", params={"handle": ANNA})).json()["items"][0]["customer_id"]
        case = {"case_id": CASE, "complaint_id": "c1", "fault": "company", "severity": "minor"}
        on = {"opened_on": "2025-03-06", "acknowledge_by_on": "2025-03-06"}
        assert await told_by("feedback", "complaint.opened", customer, "2025-03-06", **case, **on) == "applied"
        return customer

    return lived


async def tables_of(engine, statement=OF_A_PERSON):
    return [row["table_name"] for row in await engine.pool.fetch(statement)]


async def test_a_complaint_without_its_case_is_found(engine, whole_life):
    await whole_life()
    (one_case,) = LAWS
    assert await broken(engine.pool, one_case) == []
    await engine.pool.execute("delete from complaint_case")
    assert await broken(engine.pool, one_case) == ["c1"]


async def test_every_table_of_a_person_is_exported_row_by_row(engine, client, whole_life):
    customer = await whole_life()
    answer = await client.get(f"/customers/{customer}/export")
    assert answer.status_code == 200
    told = answer.json()
    assert told["customer"]["name"] == "Anna"
    assert [lot["right"]["membership_id"] for lot in told["state"]["benefits"]["lots"]] == ["m1"]
    assert set(await tables_of(engine)) == set(TABLES)
    for table in TABLES:
        rows = await engine.pool.fetch(
            f"""select to_jsonb(t)::text as row from {table} t
                     where customer_id = $1 or customer_id in (select id from alias where canonical = $1)""",
            customer,
        )
        assert rows, f"whole_life leaves {table} empty: nothing of it was looked at"
        kept = [
            {k: v for k, v in json.loads(row["row"]).items() if k not in {"customer_id", "print", "past"}}
            for row in rows
        ]
        assert [row for row in kept if row not in told[table]] == []
        assert len(told[table]) == len(kept)
    journaled = await engine.pool.fetchval("select count(*) from journal where id = $1", customer)
    assert len(told["inputs"]) == journaled + 1 == 16, "the mention came before there was a file"
    assert sorted(item["reason"] for item in told["refused"]) == ["channel_unknown", "not_json"]
    told["refused"].sort(key=lambda item: item["reason"])
    assert b"her mother is ill" in base64.b64decode(told["refused"][0]["body"])
    assert len(told["customer_ids"]) == 2


async def test_nothing_of_an_erased_person_is_left_in_any_table(engine, client, tell, whole_life):
    await tell("customer.registered", BOB, "2025-03-01", party="individual", name="Bob")
    customer = await whole_life()
    answer = await client.post(
        f"/customers/{customer}/erase", json={"reason": "asked"}, headers={"Idempotency-Key": "k"}
    )
    assert (answer.status_code, answer.json()) == (202, {"customer_id": customer})
    for table in await tables_of(engine):
        assert await engine.pool.fetchval(f"select count(*) from {table} where customer_id = $1", customer) == 0, table
    for table in await tables_of(engine, ALL):
        rows = await engine.pool.fetch(f"select to_jsonb(t)::text as row from {table} t")
        text = "\n".join(_legible(json.loads(row["row"])) for row in rows)
        assert [word for word in PERSONAL if word in text] == [], table
    sums = await engine.pool.fetchrow("select orders, amount, refunded from erased_order")
    assert tuple(sums) == (2, 600, 100)
    assert (await client.get("/customers", params={"handle": BOB})).json()["items"][0]["name"] == "Bob"


COMMANDS = {
    "erase": {"reason": "asked"},
    "lifecycle": {"to": "churned", "reason": "price"},
    "split": {"other": ANNA},
}
PATHS = ["", "/timeline", "/needs", "/export", "/briefing", "/history", "/benefits", "/commitments", "/consents"]


async def test_whoever_asks_for_them_is_told_that_they_are_gone(client, whole_life):
    customer = await whole_life()
    merged = (await client.get(f"/customers/{customer}/export")).json()["customer_ids"]
    await client.post(f"/customers/{customer}/erase", json={"reason": "asked"})
    for id, path in product(merged, PATHS):
        answer = await client.get(f"/customers/{id}{path}")
        assert (answer.status_code, answer.json()["type"]) == (410, "urn:holdfast:erased"), path
    for command, body in COMMANDS.items():
        again = await client.post(f"/customers/{customer}/{command}", json=body)
        assert (again.status_code, again.json()["type"]) == (410, "urn:holdfast:erased"), command
    assert (await client.get("/customers", params={"handle": ANNA})).json()["items"] == []


async def test_the_old_topic_read_again_brings_nobody_back(engine, client, tell, whole_life):
    customer = await whole_life()
    await client.post(f"/customers/{customer}/erase", json={"reason": "asked"})
    bought = {"order_id": "o1", "amount": 300, "currency": "USD"}
    assert await tell("order.placed", MAIL, "2025-03-01", id="e1", **bought) == "duplicate"
    assert await tell("order.placed", MAIL, "2025-03-01", id="sent-again", **bought) == "superseded"
    assert await engine.pool.fetchval("select array_agg(handle order by handle) from handle") == [PAGER, BOB]
    assert await tell("order.placed", MAIL, "2025-04-02", order_id="o9", amount=5, currency="USD") == "applied"
    [item] = (await client.get("/customers", params={"handle": MAIL})).json()["items"]
    assert item["customer_id"] != customer
    file = (await client.get(f"/customers/{item['customer_id']}")).json()
    assert (file["totals"]["purchases"], file["registered_on"], file["handles"]) == (1, "2025-04-02", [MAIL])


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "asked", "name": "Anna"}])
async def test_an_erasure_says_why_and_nothing_else(client, whole_life, body):
    answer = await client.post(f"/customers/{await whole_life()}/erase", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:holdfast:invalid_body")


def _legible(row):
    """A row with the bytes in it as text."""
    return " ".join(
        bytes.fromhex(v[2:]).decode(errors="replace") if isinstance(v, str) and v.startswith("\\x") else json.dumps(v)
        for v in row.values()
    )
