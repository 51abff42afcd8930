"""What one event leads to in four services is one trace, though they are killed on the way."""

from __future__ import annotations

import json

import pytest

from shared.contracts.ids import event_key
from shared.contracts.topics import WRITERS
from shared.traces.context import decision
from tests.driving.client import Client
from tests.driving.events import as_bytes, at_time, event
from tests.harness.collector import Collector

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.faults]
SECONDS = 120
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CAME = f"00-{TRACE}-{PARENT}-01"
REQUEST, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
ASKED = f"00-{REQUEST}-{CALLER}-01"
EMAIL, NAME, NUMBER, TEXT = "email:klara@zwitscher.example", "Klara Zeisig", "+8613912345678", "zirp zirp"
FILE = {"party": "individual", "name": NAME, "handles": [f"phone:{NUMBER}"]}
ORDER = {"order_id": "o-1", "amount": 5000, "currency": "USD"}
COMPLAINT = {"complaint_id": "c-1", "fault": "company", "severity": "major", "correctable": True, "text": TEXT}
NAMES = ("customer.registered", "order.placed", "complaint.reported")
WEAK = ("profile", "grading")
"""Die once in the middle of what they decide, and decide it again."""


def told(type_, data, **more):
    return event(type_, data, at_time("2025-01-01", "00:00"), subject=EMAIL, **more)


@pytest.fixture
def collector():
    with Collector() as opened:
        yield opened


async def test_what_follows_from_one_event_is_one_trace(deployment, collector):
    more = {"otlp_endpoint": collector.url}
    deployment.start(*WEAK, **more, crash_at="before_commit")
    deployment.start("scheduler", "feedback", **more)
    dying = [deployment.processes[f"{service}-0"].process for service in WEAK]
    deployment.kill("scheduler")
    async with Client(deployment.state()) as client:
        for name, data in zip(NAMES, (FILE, ORDER, COMPLAINT), strict=True):
            await client.send(told(name, data, traceparent=CAME))
        assert dying[0].wait(SECONDS) == 137
        deployment.start("profile", **more)
        assert dying[1].wait(SECONDS) == 137
    deployment.start("grading", "scheduler", **more)
    async with Client(deployment.state()) as client:
        await client.settle()
        await client.send(told("referral.recorded", {"referred": "shop:7"}, id="anew", traceparent="nonsense"))
        asked = as_bytes(told("order.placed", ORDER | {"order_id": "o-2"}))
        headers = {"traceparent": ASKED, "content-type": "application/cloudevents+json"}
        answer = await client.ask("POST", "profile", "/v1/events", content=asked, headers=headers)
        await client.settle()
    assert answer.status_code == 202, answer.text
    _goes_through_all_services(collector, deployment)
    _begins_with_an_event(collector)
    _goes_on_from_a_request(collector)
    words = (NAME, NUMBER, TEXT, EMAIL.partition(":")[2])
    assert [word for word in words if word in str(collector.spans)] == []


def _goes_through_all_services(collector, deployment):
    spans = _whole(collector, TRACE, PARENT, WRITERS)
    roots = [(span.service, span.name) for span in spans if span.parent == PARENT]
    assert sorted(roots) == sorted(("holdfast-profile", f"decide holdfast.{name}.v1") for name in NAMES)
    assert len({span.id for span in spans}) == len(spans), "what was done again was told once"
    for service in WRITERS:
        lines = (deployment.logs / f"{service}-0.log").read_text().splitlines()
        said = [json.loads(line) for line in lines if TRACE in line]
        assert {line["event"] for line in said if line["trace_id"] == TRACE} >= {"batch_applied"}, service


def _begins_with_an_event(collector):
    """Its id is the event's key, of which it is a matter of two files here."""
    trace = event_key("test", "anew").hex
    spans = _whole(collector, trace, "", ["profile"])
    (root,) = (span for span in spans if not span.parent)
    assert (root.name, root.id) == ("decide holdfast.referral.recorded.v1", decision("profile", f"00-{trace}", "anew"))
    (below,) = (span for span in spans if span.parent == root.id and span.name.startswith("decide"))
    assert below.attributes["holdfast.customer.id"] != root.attributes["holdfast.customer.id"]


def _goes_on_from_a_request(collector):
    spans = _whole(collector, REQUEST, CALLER, ["profile", "grading"])
    (root,) = (span for span in spans if span.parent == CALLER)
    (below,) = (span for span in spans if span.parent == root.id)
    assert (root.name, below.name) == ("POST /v1/events", "decide holdfast.order.placed.v1")


def _whole(collector, trace, begin, services):
    """Its spans, once it has been in these and each span hangs below another one, or below what began it."""

    def is_whole():
        spans = collector.of(trace)
        parents = {span.parent for span in spans}
        is_tree = begin in parents and parents <= {begin, *(span.id for span in spans)}
        return is_tree and {span.service for span in spans} >= {f"holdfast-{service}" for service in services}

    collector.wait(is_whole)
    return collector.of(trace)
