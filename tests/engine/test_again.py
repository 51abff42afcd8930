"""Dead letters judged again: through the door that they came by."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from services.scheduler.domain.commands import CompleteTask
from services.scheduler.domain.rules import RULES
from services.scheduler.subscriptions import SUBSCRIPTIONS
from shared.contracts.clock import ClockMoved
from shared.contracts.data import Data
from shared.contracts.envelope import Envelope, encode
from shared.contracts.ids import derived, event_key
from shared.contracts.profile import CustomerUpdated
from shared.contracts.reading import dump_data
from shared.contracts.topics import topics
from shared.engine.inputs import Input, Raw
from shared.engine.intake import Intake
from shared.engine.records import dead_letter
from shared.engine.subscriptions import reads

AT = datetime(2025, 3, 1, tzinfo=UTC)
TOPICS = topics()
DONE = CompleteTask(task_id=UUID(int=7), outcome="advanced")
TOLD = CustomerUpdated(fields=())
MOVED = ClockMoved(now=AT)


def again(data: Data, topic: str | None, source: str = "holdfast/scheduler/http") -> Input:
    """What the scheduler makes of these bytes."""
    intake = Intake(reads(SUBSCRIPTIONS, (CompleteTask,), TOPICS), simulated=True, log_append_time=False)
    envelope = Envelope(
        specversion="1.0", id="x-1", source=source, type=data.TYPE, subject=str(UUID(int=1)), time=AT,
        data=msgspec.Raw(dump_data(data)),
    )  # fmt: skip
    return intake.again(Raw(encode(envelope)), topic)


def test_a_command_that_failed_is_a_command_again():
    item = again(DONE, None)
    assert item.event is not None
    assert (item.door, item.event.data) == ("replay", DONE)
    assert item.event.key == event_key("holdfast/scheduler/http", "x-1")


def test_a_fact_does_not_come_in_by_the_door_of_commands():
    item = again(TOLD, None)
    assert item.unreadable is not None
    assert item.unreadable.reason == "unknown_type"


def test_what_cannot_be_understood_is_known_by_the_id_of_its_event():
    """So `GET /v1/events` says what became of it, and sent again it is the same letter."""
    item, key = again(TOLD, None), event_key("holdfast/scheduler/http", "x-1")
    letter = dead_letter(RULES, item, "unknown_type", "why")
    assert (letter.event_key, letter.event_id) == (key, "x-1")
    assert letter.id == derived("dead letter", RULES.service, key.bytes)


def test_a_topic_that_is_read_no_more_is_told():
    item = again(TOLD, "another.grading.v1")
    assert item.unreadable is not None


def test_a_letter_of_the_clock_moves_nothing_by_being_sent_again():
    item = again(MOVED, TOPICS.clock)
    assert item.event is None
    assert item.origin is None
