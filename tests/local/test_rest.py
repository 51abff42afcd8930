"""When there is rest, and what is said when there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from holdfast.local.rest import TICK, Idle, obstacles

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
TOPIC = "holdfast.profile.v1"


def idle(**differs):
    quiet = {"now": NOON + TICK, "published": {}, "consumed": {}, "outbox": 0, "due": 0, "applied": 5}
    return Idle(**quiet | differs)


AT_REST = {
    "nothing has happened": {"profile": idle(), "grading": idle()},
    "all that was published has been read": {
        "profile": idle(published={TOPIC: {"0": 7}}),
        "grading": idle(consumed={TOPIC: {"0": 7}}),
    },
    "a reader is ahead of a relay that has not said so yet": {
        "profile": idle(published={TOPIC: {"0": 6}}),
        "grading": idle(consumed={TOPIC: {"0": 7}}),
    },
    "nobody reads the topic": {"profile": idle(published={TOPIC: {"0": 7}}), "grading": idle()},
}


@pytest.mark.parametrize("states", AT_REST.values(), ids=AT_REST.keys())
def test_is_rest(states):
    assert obstacles(states, {}, NOON) == []


BUSY = {
    "a record is unread": (
        {"profile": idle(published={TOPIC: {"3": 7}}), "grading": idle(consumed={TOPIC: {"3": 6}})},
        "grading has read 6 of 7 in holdfast.profile.v1/3",
    ),
    "a fact waits in an outbox": ({"profile": idle(outbox=2)}, "profile has 2 facts to publish"),
    "a wake-up is due": ({"scheduler": idle(due=1)}, "scheduler has 1 wake-ups or jobs due"),
    "a service is silent": ({"feedback": "does not answer (ConnectError)"}, "feedback does not answer (ConnectError)"),
    "a clock is late": (
        {"profile": idle(), "grading": idle(now=NOON)},
        "grading stands at 2025-03-01T12:00:00+00:00, not at 2025-03-01T12:00:00.000001+00:00",
    ),
}


@pytest.mark.parametrize(("states", "why"), BUSY.values(), ids=BUSY.keys())
def test_is_no_rest_while(states, why):
    assert [str(obstacle) for obstacle in obstacles(states, {}, NOON)] == [why]


def test_what_others_wrote_counts_as_far_as_it_was_seen():
    states = {"profile": idle(consumed={"holdfast.upstream.v1": {"0": 3, "1": 9}})}
    ends = {("holdfast.upstream.v1", 0): 4, ("holdfast.upstream.v1", 1): 9}
    assert [str(found) for found in obstacles(states, ends)] == ["profile has read 3 of 4 in holdfast.upstream.v1/0"]


def test_clocks_that_run_by_themselves_are_not_compared():
    assert obstacles({"profile": idle(), "grading": idle(now=NOON + timedelta(seconds=1))}, {}) == []
