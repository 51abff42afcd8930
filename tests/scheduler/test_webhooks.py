"""Webhooks: what is queued for whom, how it is signed, when it is tried again, and where it never goes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, timedelta
from ipaddress import ip_address
from uuid import UUID

import httpx2
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.scheduler.webhooks import sender
from services.scheduler.webhooks.addresses import AddressRefused, checked, is_allowed, resolved
from services.scheduler.webhooks.deliveries import QUEUE, RETRIES, Outcome, after_try
from services.scheduler.webhooks.sender import Sender, outcome_of, sender_of
from shared.engine.outlet import Outlet
from shared.engine.relay import READ, Relay
from tests.scheduler.database import ANN

URL = "https://93.184.215.14/hooks/holdfast?team=north"
TOKEN = "a token of tests"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://example.com/", id="without TLS"),
        pytest.param("ftp://example.com/", id="another protocol"),
        pytest.param("https:///path", id="no host"),
        pytest.param("https://user:secret@example.com/", id="a password"),
        pytest.param("https://example.com/#part", id="a fragment"),
        pytest.param("https://example.com:0/", id="port 0"),
        pytest.param("https://example.com:99999/", id="no port"),
        pytest.param("https://[::1", id="unreadable"),
        pytest.param("https://exa mple.com/", id="a space"),
        pytest.param("https://ex\u00e4mple.com/", id="not spelt in ASCII"),
        pytest.param("https://127.0.0.1/", id="loopback"),
        pytest.param("https://127.1/", id="loopback in short"),
        pytest.param("https://2130706433/", id="loopback as a number"),
        pytest.param("https://0x7f000001/", id="loopback in hexadecimal"),
        pytest.param("https://10.0.0.8/", id="a private network"),
        pytest.param("https://169.254.169.254/latest/meta-data", id="a cloud's metadata"),
        pytest.param("https://[::ffff:10.0.0.8]/", id="a private network in IPv6 spelling"),
        pytest.param("https://[64:ff9b::a00:8]/", id="a private network through NAT64"),
        pytest.param("https://[2002:a00:8::]/", id="a private network through 6to4"),
        pytest.param("https://[fd00::8]/", id="a private network of IPv6"),
        pytest.param("https://0.0.0.0/", id="no address"),
    ],
)
def test_no_webhook_goes_inside(url):
    with pytest.raises(AddressRefused):
        checked(url, private=False)


@pytest.mark.parametrize(
    ("address", "private", "allowed"),
    [
        pytest.param("93.184.215.14", False, True, id="public"),
        pytest.param("10.0.0.8", True, True, id="private where that is wanted"),
        pytest.param("169.254.169.254", True, False, id="metadata never"),
        pytest.param("::ffff:169.254.169.254", True, False, id="metadata in IPv6 spelling"),
        pytest.param("224.0.0.1", True, False, id="many at once never"),
        pytest.param("2606:2800:220:1::1", False, True, id="public IPv6"),
    ],
)
def test_addresses(address, private, allowed):
    assert is_allowed(ip_address(address), private=private) is allowed


async def test_a_name_that_leads_inside_is_found_out_when_it_is_called():
    parts = checked("https://localhost/", private=False)
    with pytest.raises(AddressRefused, match="no public address"):
        await resolved(parts, private=False)


@pytest.mark.parametrize(
    ("attempts", "outcome", "state", "wait"),
    [
        pytest.param(1, Outcome(delivered=True), "delivered", None, id="delivered"),
        pytest.param(1, Outcome(delivered=False), "waiting", timedelta(seconds=5), id="soon again"),
        pytest.param(2, Outcome(delivered=False), "waiting", timedelta(minutes=5), id="then later"),
        pytest.param(9, Outcome(delivered=False), "waiting", timedelta(days=1), id="the last time"),
        pytest.param(10, Outcome(delivered=False), "failed", None, id="given up"),
        pytest.param(1, outcome_of(410, {}), "failed", None, id="the receiver wants no more"),
        pytest.param(1, outcome_of(429, {"retry-after": "90"}), "waiting", timedelta(seconds=90), id="as it asks"),
        pytest.param(1, outcome_of(503, {"retry-after": "999999"}), "waiting", RETRIES[-1], id="a day at most"),
        pytest.param(1, outcome_of(503, {"retry-after": "Fri, 31 Dec"}), "waiting", RETRIES[0], id="no number"),
        pytest.param(
            1,
            outcome_of(503, {"retry-after": "Fri, 31 Dec 2100 23:59:59 GMT"}),
            "waiting",
            RETRIES[-1],
            id="an instant",
        ),
        pytest.param(
            1, outcome_of(503, {"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}), "waiting", RETRIES[0], id="long past"
        ),
        pytest.param(1, outcome_of(302, {"location": "http://10.0.0.8/"}), "waiting", RETRIES[0], id="not followed"),
    ],
)
def test_what_becomes_of_a_try(attempts, outcome, state, wait):
    assert after_try(attempts, outcome) == (state, wait)


class Receiver:
    """The other side: what it was sent, and what it answers."""

    def __init__(self, engine, answer=200):
        self.sender = Sender(engine.pool, TOKEN, private=False)
        self.sender.client = lambda: httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))
        self.seen: list[httpx2.Request] = []
        self.status = answer

    def _answer(self, request):
        self.seen.append(request)
        return httpx2.Response(self.status)

    def verified(self, secret, n=-1):
        request = self.seen[n]
        return Webhook(secret).verify(request.content, dict(request.headers))


async def relayed(engine):
    """What the relay does once the topic has what is in the outbox."""
    relay = Relay(engine.pool, None, None, Outlet(QUEUE, sender_of))
    rows = await engine.pool.fetch(READ, 1000)
    await relay._settle([(("t", 0), rows, 1_000 + len(rows))])
    return rows


async def test_what_people_asked_for_is_told_once_and_signed(stack, engine):
    asked = await stack.post("/webhooks", {"url": URL, "types": ["holdfast.scheduler.task.created.v1"]}, 201)
    await stack.known("2025-03-01", "C", ANN, owner="ann")
    await stack.complained("2025-03-01", ANN)
    rows = await relayed(engine)
    assert await relayed(engine) == []
    told = [row for row in rows if b"task.created" in row["payload"]]
    receiver = Receiver(engine)
    assert (await receiver.sender.round(), await receiver.sender.round(), len(told)) == (2, 0, 2)
    assert {request.content for request in receiver.seen} == {row["payload"] for row in told}
    assert receiver.verified(asked["secret"])["subject"] == str(ANN)
    with pytest.raises(WebhookVerificationError):
        receiver.verified("whsec_" + "b" * 40)
    request = receiver.seen[0]
    assert (request.url.path, request.url.query, request.headers["host"]) == (
        "/hooks/holdfast",
        b"team=north",
        "93.184.215.14",
    )
    (one, _) = (await stack.get(f"/webhooks/{asked['endpoint_id']}/deliveries"))["items"]
    assert (one["state"], one["status"], one["attempts"], one["next_at"]) == ("delivered", 200, 1, None)
    assert "secret" not in (await stack.get("/webhooks"))["items"][0]


async def test_it_is_tried_again_given_up_and_told_again_by_hand(stack, engine):
    asked = await stack.post("/webhooks", {"url": URL}, 201)
    path = f"/webhooks/{asked['endpoint_id']}"
    await stack.known("2025-03-01", "C", ANN)
    await stack.complained("2025-03-01", ANN, fault="company")
    await relayed(engine)
    receiver = Receiver(engine, 500)
    assert (await receiver.sender.round(), await receiver.sender.round()) == (1, 0)
    await engine.pool.execute("update webhook_delivery set next_at = clock_timestamp(), attempts = $1", len(RETRIES))
    await receiver.sender.round()
    ((failed),) = (await stack.get(f"{path}/deliveries", state="failed"))["items"]
    assert (failed["attempts"], failed["problem"]) == (len(RETRIES) + 1, "answered 500")

    receiver.status = 204
    assert await stack.post(f"{path}/replay", {}, 202) == {"replayed": 1}
    await receiver.sender.round()
    assert await stack.post(f"{path}/replay", {}, 202) == {"replayed": 0}
    assert await stack.post(f"{path}/replay", {"event_id": failed["event_id"]}, 202) == {"replayed": 1}
    await receiver.sender.round()
    assert {request.headers["webhook-id"] for request in receiver.seen} == {failed["event_id"]}
    await stack.post(f"{path}/replay", {"event_id": str(UUID(int=1))}, 404)


async def test_a_secret_is_exchanged_while_both_are_good(stack, engine):
    old = await stack.post("/webhooks", {"url": URL}, 201)
    path = f"/webhooks/{old['endpoint_id']}"
    assert (await stack.post("/webhooks", {"url": URL}, 201))["secret"] == old["secret"]
    new = await stack.post(f"{path}/rotate", {})
    await stack.known("2025-03-01", "C", ANN)
    await stack.complained("2025-03-01", ANN)
    await relayed(engine)
    receiver = Receiver(engine)
    await receiver.sender.round()
    assert receiver.verified(old["secret"]) == receiver.verified(new["secret"])
    await engine.pool.execute("update webhook_endpoint set rotated_at = rotated_at - interval '25 hours'")
    await stack.post(f"{path}/replay", {"event_id": receiver.seen[0].headers["webhook-id"]}, 202)
    await receiver.sender.round()
    receiver.verified(new["secret"])
    with pytest.raises(WebhookVerificationError):
        receiver.verified(old["secret"])
    assert (await stack.client.delete(path)).status_code == 204
    assert (await stack.post("/webhooks", {"url": URL}, 201))["secret"] not in (old["secret"], new["secret"])


async def test_one_that_is_gone_is_called_no_more_until_it_is_registered_again(stack, engine):
    asked = await stack.post("/webhooks", {"url": URL}, 201)
    await stack.known("2025-03-01", "C", ANN)
    await stack.complained("2025-03-01", ANN, fault="company")
    await relayed(engine)
    receiver = Receiver(engine, 410)
    await receiver.sender.round()
    assert (await stack.get("/webhooks"))["items"][0]["disabled_because"] == "gone"
    task = await stack.post("/tasks", {"customer_id": str(ANN), "kind": "appointment"}, 201)
    await relayed(engine)
    assert await receiver.sender.round() == 0
    again = await stack.post("/webhooks", {"url": URL}, 201)
    assert (again["disabled_at"], again["endpoint_id"]) == (None, asked["endpoint_id"])
    assert task["status"] == "open"


async def test_one_that_does_not_answer_keeps_no_other_waiting(stack, engine):
    for n in range(2):
        await stack.post("/webhooks", {"url": f"https://93.184.215.{n}/"}, 201)
    await engine.pool.execute(
        "insert into webhook_delivery (endpoint_id, event_id, type, payload, next_at)"
        " select endpoint_id, gen_random_uuid(), 't', '{}', clock_timestamp() - n * interval '1 hour'"
        "   from webhook_endpoint, generate_series(1, 30) n"
    )
    receiver = Receiver(engine)
    assert await receiver.sender.round() == 40
    assert [str(request.url.host) for request in receiver.seen].count("93.184.215.1") == 20


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        pytest.param({"url": "https://10.0.0.8/"}, "url_not_allowed", id="inside"),
        pytest.param({"url": URL, "types": ["holdfast.profile.customer.registered.v1"]}, "type_unknown", id="type"),
        pytest.param({"url": URL, "types": []}, "invalid_body", id="nothing to tell"),
        pytest.param({}, "invalid_body", id="nowhere"),
    ],
)
async def test_what_is_refused(stack, body, slug):
    await stack.post("/webhooks", body, 422, slug)


async def put_down(engine, url, endpoints=1, each=1):
    """So many endpoints at this address, each with so many deliveries that are due."""
    await engine.pool.execute(
        "insert into webhook_endpoint (endpoint_id, url, types, secret_number)"
        " select gen_random_uuid(), $1, '{t}', n from generate_series(1, $2::int) n", url, endpoints,
    )  # fmt: skip
    await engine.pool.execute(
        "insert into webhook_delivery (endpoint_id, event_id, type, payload, next_at)"
        " select endpoint_id, gen_random_uuid(), 't', '{\"a\": 1}', clock_timestamp()"
        "   from webhook_endpoint, generate_series(1, $1::int) n", each,
    )  # fmt: skip


@asynccontextmanager
async def receiving(answer):
    """A real receiver of the own network; its port."""
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_it_connects_to_the_address_that_was_looked_at_and_calls_it_by_its_name(engine):
    heard = asyncio.Queue()

    async def answer(reader, writer):
        heard.put_nowait(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 302 Found\r\nlocation: http://10.0.0.8/\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with receiving(answer) as port:
        await put_down(engine, f"http://localhost:{port}/in?x=1")
        assert await Sender(engine.pool, TOKEN, private=True).round() == 1
    head = (await heard.get()).decode().lower()
    assert head.startswith("post /in?x=1 ")
    assert f"host: localhost:{port}" in head
    row = await engine.pool.fetchrow("select state, status, last_at from webhook_delivery")
    assert (row["state"], row["status"], row["last_at"].tzinfo) == ("waiting", 302, UTC)


async def test_one_that_answers_byte_by_byte_is_left_in_time(engine, monkeypatch):
    async def answer(_reader, writer):
        with suppress(ConnectionError):
            while True:
                writer.write(b"H")
                await writer.drain()
                await asyncio.sleep(0.01)

    monkeypatch.setattr(sender, "SECONDS", 0.2)
    async with receiving(answer) as port:
        await put_down(engine, f"http://127.0.0.1:{port}/")
        await asyncio.wait_for(Sender(engine.pool, TOKEN, private=True).round(), 5)
    row = await engine.pool.fetchrow("select state, status, problem from webhook_delivery")
    assert (row["state"], row["status"], row["problem"][:12]) == ("waiting", None, "TimeoutError")


async def test_no_call_of_a_round_waits_for_another_ones_answer(engine):
    all_there = asyncio.Barrier(6 * 20)

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await all_there.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    async with receiving(answer) as port:
        await put_down(engine, f"http://127.0.0.1:{port}/", endpoints=6, each=20)
        assert await Sender(engine.pool, TOKEN, private=True).round() == 6 * 20
    assert await engine.pool.fetchval("select array_agg(distinct state) from webhook_delivery") == ["delivered"]
