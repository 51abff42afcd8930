"""Derived ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.ids import derived, event_key, fact_id, named, wake_key

AT = datetime(2025, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)
CAUSE = UUID(int=7)
FACT = {"service": "grading", "cause": CAUSE, "type_": "t", "ordinal": 0, "data": b"{}", "recordedtime": AT}


def test_event_key_is_the_hash_of_source_and_id_alone():
    assert event_key("shop", "e1").bytes == sha256(b"shop\x00e1").digest()[:16]
    assert event_key("shop", "e1") != event_key("shope", "1")


def test_fact_id_is_a_uuid_version_8_that_begins_with_the_milliseconds():
    id_ = fact_id(**FACT)
    assert (id_.version, id_.variant) == (8, "specified in RFC 4122")
    assert id_.int >> 80 == int(AT.timestamp() * 1000)


def test_fact_ids_sort_by_recorded_time():
    ids = [fact_id(**FACT | {"recordedtime": AT + timedelta(milliseconds=n)}) for n in range(50)]
    assert ids == sorted(ids)


def test_same_fact_same_id():
    elsewhere = AT.astimezone(timezone(timedelta(hours=5)))
    assert fact_id(**FACT) == fact_id(**FACT | {"recordedtime": elsewhere})


@pytest.mark.parametrize(
    "change",
    [{"service": "profile"}, {"cause": UUID(int=8)}, {"type_": "u"}, {"ordinal": 1}, {"data": b"{ }"}],
    ids=lambda change: next(iter(change)),
)
def test_any_other_content_has_another_id(change):
    assert fact_id(**FACT) != fact_id(**FACT | change)


def test_instants_before_1970_have_ids_too():
    assert fact_id(**FACT | {"recordedtime": datetime(1950, 1, 1, tzinfo=UTC)}).version == 8


def test_parts_cannot_run_into_each_other():
    assert derived("ab", "c") != derived("a", "bc")
    assert derived("a", "") != derived("a")


def test_wake_key_is_one_per_stream_and_instant():
    stream, local = UUID(int=1), AT.astimezone(timezone(timedelta(hours=-8)))
    assert wake_key("grading", "customer", stream, AT) == wake_key("grading", "customer", stream, local)
    assert wake_key("grading", "customer", stream, AT) != wake_key(
        "grading", "customer", stream, AT + timedelta(seconds=1)
    )


@given(space=st.uuids(), name=st.text())
def test_an_id_of_a_name_is_a_uuid_version_5(space, name):
    assert named(space, name) == uuid5(space, name)
