"""When a record counts as recorded: partitions are read in step by that."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import ClassVar
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from shared.contracts.data import Command, Data
from shared.contracts.dates import FIRST_INSTANT
from shared.contracts.envelope import Envelope, encode
from shared.contracts.reading import dump_data
from shared.contracts.topics import topics
from shared.contracts.upstream import OrderCancelled
from shared.engine.inputs import at_clock
from shared.engine.intake import Intake, journaled
from shared.engine.subscriptions import reads
from tests.engine import toy

TOPICS = topics()
UNREAD = "holdfast.profile.lifecycle.changed.v1"
RECORDED = datetime(2025, 3, 1, tzinfo=UTC)
NOW = datetime(2025, 3, 10, tzinfo=UTC)
"""The reader was away for days."""


def record(topic: str, type_: str) -> SimpleNamespace:
    body = {
        "specversion": "1.0",
        "id": "0195730d-3400-8338-8daf-43e2433c27f0",
        "source": "holdfast/profile",
        "type": type_,
        "subject": "2afe9f27-7e31-3433-e5cf-c25323ae913f",
        "time": "2025-02-20T00:00:00Z",
        "recordedtime": "2025-03-01T00:00:00Z",
        "data": {"n": 1},
    }
    return SimpleNamespace(
        topic=topic, partition=0, offset=7, timestamp=0, timestamp_type=0, key=b"k", headers=(),
        value=msgspec.json.encode(body),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "type_", "at"),
    [
        pytest.param(TOPICS.of("profile"), toy.Counted.TYPE, RECORDED, id="a fact that is read"),
        pytest.param(TOPICS.of("profile"), UNREAD, RECORDED, id="one that nobody reads"),
        pytest.param(TOPICS.upstream, "holdfast.need.stated.v1", NOW, id="what comes from outside is recorded now"),
    ],
)  # fmt: skip
def test_a_fact_keeps_the_time_at_which_it_was_recorded(topic: str, type_: str, at: datetime):
    intake = Intake(reads(toy.SUBSCRIPTIONS, (), TOPICS), simulated=True, log_append_time=False)

    assert intake.read(record(topic, type_), 7, NOW).recordedtime == at


class Do(Command):
    TYPE: ClassVar[str] = "holdfast.toy.command.do.v1"


@pytest.mark.parametrize(
    ("data", "at"),
    [(OrderCancelled(order_id="o1"), FIRST_INSTANT), (Do(), NOW)],
    ids=["what happened as 1900 began", "a command, which is made when it is written"],
)  # fmt: skip
def test_time_is_the_clock_where_none_is_named(data: Data, at: datetime):
    envelope = Envelope(
        specversion="1.0", id="e1", source="shop", type=data.TYPE, subject="shop:1", time=FIRST_INSTANT,
        data=msgspec.Raw(dump_data(data)),
    )  # fmt: skip
    written = journaled({data.TYPE: type(data)}, "http", NOW, UUID(int=1), encode(envelope))
    assert written.event is not None
    told = at_clock(replace(written, event=replace(written.event, time=FIRST_INSTANT)), NOW)
    assert told.event is not None
    assert (written.event.time, told.event.time) == (at, at)
