"""The shop of the tests, run in a pod beside the services: it sells and asks, and counts what was made of it.

`sell RUN` until standard input ends, `count`, `ask SERVICE PATH [BODY]`; each prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

PORTS = {"profile": 8101, "grading": 8102, "scheduler": 8103, "feedback": 8104}
CUSTOMERS = 60
AMOUNT = 10_000
BETWEEN_SECONDS = 0.1
BETWEEN_LOOKS_SECONDS = 0.5


def url(service, path):
    return f"http://shop-{service}:{PORTS[service]}{path}"


def headers():
    return {"Authorization": f"Bearer {os.environ['HOLDFAST_TOKEN']}", "Content-Type": "application/json"}


def order(run, number):
    return {
        "specversion": "1.0",
        "id": f"order/{run}/{number}",
        "source": "shop",
        "type": "holdfast.order.placed.v1",
        "subject": f"shop:{number % CUSTOMERS}",
        "time": datetime.now(UTC).isoformat(),
        "data": {"order_id": f"{run}/{number}", "amount": AMOUNT, "currency": "USD"},
    }


class Sale:
    """Even numbers go by Kafka, odd ones over HTTP, each again until it is accepted; somebody reads the work list."""

    def __init__(self, run):
        import httpx2
        from aiokafka import AIOKafkaProducer

        self.run = run
        self.over = asyncio.Event()
        self.http = httpx2.AsyncClient(timeout=30, headers=headers())
        self.lost_connection = httpx2.TransportError
        self.producer = AIOKafkaProducer(
            bootstrap_servers=os.environ["HOLDFAST_KAFKA"], acks="all", enable_idempotence=True
        )
        self.sent, self.looked, self.answers = 0, 0, Counter()
        self.longest = 0.0

    async def __call__(self):
        async with self.producer, self.http, asyncio.TaskGroup() as all_at_once:
            for one in (self.by_kafka(), self.over_http(), self.looking()):
                all_at_once.create_task(one)
            await asyncio.to_thread(sys.stdin.read)
            self.over.set()
        return {
            "sent": self.sent,
            "looked": self.looked,
            "turned_away": self.answers,
            "longest_wait_s": round(self.longest, 2),
        }

    async def by_kafka(self):
        for number in range(0, sys.maxsize, 2):
            if self.over.is_set():
                return
            made = order(self.run, number)
            await self.producer.send_and_wait(
                "holdfast.upstream.v1", json.dumps(made).encode(), made["subject"].encode()
            )
            self.sent += 1
            await asyncio.sleep(BETWEEN_SECONDS)

    async def over_http(self):
        for number in range(1, sys.maxsize, 2):
            if self.over.is_set():
                return
            await self.until_answered("POST", url("profile", "/v1/events"), json=order(self.run, number))
            self.sent += 1
            await asyncio.sleep(BETWEEN_SECONDS)

    async def looking(self):
        on = (datetime.now(UTC) + timedelta(days=30)).date()
        while not self.over.is_set():
            await self.until_answered("GET", url("scheduler", f"/v1/worklist?on={on}&limit=5"))
            self.looked += 1
            await asyncio.sleep(BETWEEN_LOOKS_SECONDS)

    async def until_answered(self, method, where, **more):
        began = time.monotonic()
        while not await self.is_answered(method, where, **more):  # noqa: ASYNC110 - somebody else's answer is waited for
            await asyncio.sleep(BETWEEN_SECONDS)
        self.longest = max(self.longest, time.monotonic() - began)

    async def is_answered(self, method, where, **more):
        """Whether it is; what else came is counted: the status, or how the connection was lost."""
        try:
            answer = await self.http.request(method, where, **more)
        except self.lost_connection as error:
            self.answers[type(error).__name__] += 1
            return False
        if answer.status_code >= 400:
            self.answers[str(answer.status_code)] += 1
            assert answer.status_code == 503, answer.text
        return answer.status_code < 400


async def sell(run):
    return await Sale(run)()


async def count():
    """What lies on the topics, each fact once however often it was said."""
    from aiokafka import AIOKafkaConsumer

    topics = [f"holdfast.{service}.v1" for service in PORTS]
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=os.environ["HOLDFAST_KAFKA"], group_id=None, auto_offset_reset="earliest"
    )
    facts, records = {}, 0
    async with consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                records += len(batch)
                facts |= {fact["id"]: fact for fact in (json.loads(record.value) for record in batch)}
    return {"records": records, "facts": len(facts)} | summed_up(facts.values())


def summed_up(facts):
    """`orders`: run -> [facts, orders]; `values`: what an order is worth, by how many customers; `open`: follow-ups."""
    said = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: fact["recordedtime"]):
        said[fact["type"].split(".", 2)[2].removesuffix(".v1")].append(fact)
    bought, orders, by_run = Counter(), set(), Counter()
    for fact in said["purchase.recorded"]:
        bought[fact["subject"]] += 1
        orders.add(fact["data"]["order_id"])
        by_run[fact["data"]["order_id"].split("/")[0]] += 1
    worth = {fact["subject"]: fact["data"]["historic"] for fact in said["value.computed"]}
    plans = Counter(fact["subject"] for fact in said["followup.scheduled"])
    plans.subtract(fact["subject"] for end in ("superseded", "completed") for fact in said[f"followup.{end}"])
    return {
        "customers": len({fact["subject"] for fact in said["customer.registered"]}),
        "registered": len(said["customer.registered"]),
        "orders": {run: [told, sum(order.startswith(f"{run}/") for order in orders)] for run, told in by_run.items()},
        "worth": Counter(str(worth.get(customer, 0) / times) for customer, times in bought.items()),
        "open": Counter(str(plans[customer]) for customer in bought),
    }


def ask(service, path, body=None):
    """Its answer; None while nobody can give one."""
    try:
        asked = urllib.request.Request(url(service, path), body and body.encode(), headers())
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code not in {404, 503}:
            raise
    except OSError:
        pass
    return None


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["sell", run]:
            sys.stdout.write(json.dumps(asyncio.run(sell(run))) + "\n")
        case ["count"]:
            sys.stdout.write(json.dumps(asyncio.run(count())) + "\n")
        case ["ask", *words]:
            sys.stdout.write(json.dumps(ask(*words)) + "\n")
