"""Completing a follow-up: the refreshed record (SC-07, X-03)."""

from __future__ import annotations

import pytest

from shared.engine.decision import Refused


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        pytest.param({"need": None}, "record_not_refreshed", id="T21 no need"),
        pytest.param({"outcome": None}, "record_not_refreshed", id="T21 no outcome"),
        pytest.param({"need": None, "mode": None}, "record_not_refreshed", id="its own slug goes before invalid_body"),
        pytest.param({"mode": None}, "invalid_body", id="no mode"),
        pytest.param({"channel": None}, "channel_required", id="a contact without its channel"),
        pytest.param({"channel": "pigeon"}, "channel_unknown", id="a channel that the policy does not list"),
        pytest.param({"outcome": "fine"}, "invalid_body", id="an outcome that the policy does not list"),
    ],
)
def test_t21_a_followup_without_a_refreshed_record_stays_open(desk, body, slug):
    desk.registered("2025-03-01")
    desk.graded("B", "2025-03-01")
    before = desk.state
    refused = desk.complete("2025-03-02", **body)
    assert isinstance(refused, Refused)
    assert (refused.rule, refused.status, desk.state) == (slug, 422, before)


def test_t22_a_desk_review_counts_but_is_no_contact(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.complete("2025-03-05", mode="desk_review", channel=None)
    assert (desk.due, desk.state.contact_on.isoformat()) == ("2025-03-20", "2025-03-01")
    assert [(f.mode, f.on_time) for f in desk.said("followup.completed")] == [("desk_review", True)]


def test_a_completed_contact_is_one_unless_nobody_answered(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.complete("2025-03-05", outcome="unreachable")
    assert desk.state.contact_on.isoformat() == "2025-03-01"
    desk.complete("2025-03-06")
    assert desk.state.contact_on.isoformat() == "2025-03-06"


def test_x03_the_completion_carries_the_need_as_of_now(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.complete("2025-03-17", need={"demand": "target", "expected_close_on": "2025-05-15"})
    (said,) = desk.said("followup.completed")
    assert (said.need.expected_close_on.isoformat(), said.need.stated_at, said.on_time) == (
        "2025-05-15",
        desk.last_now,
        False,
    )


def test_t137_a_superseded_followup_stands_for_the_one_that_took_its_place(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    first = desk.open
    desk.graded("B", "2025-03-01")
    second = desk.open
    desk.complete("2025-03-01", followup=first.followup_id)
    assert [f.followup_id for f in desk.journal("completed")] == [second.followup_id]
    for again in (first, second):
        refused = desk.complete("2025-03-01", followup=again.followup_id)
        assert isinstance(refused, Refused)
        assert (refused.rule, refused.status) == ("followup_completed", 409)
