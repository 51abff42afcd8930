"""Rules of single types, and what a reader of our own topics skips or refuses."""

from __future__ import annotations

import json

import pytest

from shared.contracts.envelope import decode
from shared.contracts.reading import read
from shared.contracts.types import FACTS, UPSTREAM
from shared.contracts.undecodable import Undecodable, Unread
from shared.contracts.values import FeedbackSource


def refusal(take, value):
    with pytest.raises(Undecodable) as caught:
        take(value)
    return caught.value


def test_fields_outside_the_allow_list_reach_the_rule_that_refuses_them(take, spoil, need_event):
    event = {
        **need_event,
        "type": "holdfast.customer.registered.v1",
        "data": {"party": "individual", "bank_balance": 3},
    }
    _, data = take(json.dumps(event).encode())
    assert data.model_extra == {"bank_balance": 3}


def test_a_party_is_one_of_two(take, need_event):
    event = {**need_event, "type": "holdfast.customer.registered.v1", "data": {"party": "horoscope"}}
    assert "data.party" in refusal(take, json.dumps(event).encode()).detail


@pytest.mark.parametrize("source", [*FeedbackSource, "horoscope"])
def test_t90_feedback_comes_from_one_of_the_sources(take, need_event, source):
    said = {"kind": "evaluation", "source": source}
    event = json.dumps({**need_event, "type": "holdfast.feedback.submitted.v1", "data": said}).encode()
    if source == "horoscope":
        assert "data.source" in refusal(take, event).detail
    else:
        assert take(event)[1].source == source


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "America", "../../etc/passwd", "x" * 65])
def test_time_zone_must_exist(take, need_event, name):
    event = {**need_event, "type": "holdfast.customer.updated.v1", "data": {"time_zone": name}}
    assert "data.time_zone" in refusal(take, json.dumps(event).encode()).detail


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ({"month": 2, "day": 30}, "not in the calendar"),
        ({"month": 2, "day": 29, "year": 2025}, "not in the calendar"),
        ({"month": 8, "day": 31, "lunar": True}, "at most 30 days"),
        ({"month": 13, "day": 1}, "less than or equal to 12"),
    ],
    ids=["30-february", "29-february-2025", "31-lunar", "month-13"],
)
def test_occasion_must_be_a_day(take, need_event, day, sentence):
    dates = [{"kind": "birthday", "volunteered": True, **day}]
    event = {**need_event, "type": "holdfast.customer.updated.v1", "data": {"dates": dates}}
    assert sentence in refusal(take, json.dumps(event).encode()).detail


class TestOurOwnTopics:
    def test_a_type_that_the_reader_leaves_out_is_skipped(self, samples):
        envelope = decode(samples["holdfast.grading.tier.assigned.v1"])
        with pytest.raises(Unread):
            read(envelope, FACTS["profile"])

    @pytest.mark.parametrize("registry", [UPSTREAM, FACTS["profile"]], ids=["upstream", "ours"])
    def test_opened_partitions_are_skipped(self, spoil, registry):
        with pytest.raises(Unread):
            read(decode(spoil(type="holdfast.partition.opened.v1")), registry)

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"subject": "shop:42"}, "invalid_envelope"),
            ({"subject": None}, "subject_missing"),
            ({"id": "e1"}, "invalid_envelope"),
        ],
        ids=["subject-is-a-handle", "no-subject", "id-is-no-uuid"],
    )
    def test_fact_must_name_a_customer_and_have_a_derived_id(self, samples, take, change, reason):
        event = json.loads(samples["holdfast.profile.need.changed.v1"]) | change
        assert refusal(take, json.dumps(event).encode()).reason == reason
