"""Memberships and benefits: granted, used, expired, and what leaving forfeits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.domain.benefits import end_of
from services.profile.domain.lots import DAYS, Benefits, Lot, Right, Use, spent, with_lot, with_use
from shared.contracts.values import BenefitBasis
from shared.engine.decision import StreamKey

ANNA = "shop:1"
AT = datetime(2025, 1, 1, tzinfo=UTC)
POINTS = Right("points", BenefitBasis.EARNED)


def joined(files, at="2024-03-10", **benefit):
    benefits = [{"kind": "training", **benefit}]
    return files.tell("membership.granted", ANNA, at, membership_id="m1", from_on="2024-03-10", benefits=benefits)


def recorded(files, action, at, **data):
    told = {"kind": "training", "basis": "membership", "membership_id": "m1"} if "basis" not in data else {}
    return files.tell("benefit.recorded", ANNA, at, action=action, **told | data)


def shown(files):
    return [(lot.right.kind, str(lot.status), lot.granted, lot.remaining) for lot in files.state(ANNA).benefits.lots]


def said(files):
    return [(fact["kind"], fact["status"], fact.get("remaining")) for fact in files.facts("benefit.changed")]


def wake(files, until):
    """All that time alone does to Anna's file before this instant."""
    files.wake(ANNA, until)


@pytest.mark.parametrize(
    ("at", "reason"),
    [("2025-03-09", None), ("2025-03-10", "benefit_expired"), ("2024-03-09", "benefit_expired")],
    ids=["last day", "a year is over", "not begun"],
)
def test_t50_a_membership_holds_for_its_term(files, at, reason):
    joined(files)
    assert recorded(files, "used", at).reason == reason


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        ("2024-03-10", "P1Y", "2025-03-10"),
        ("2024-02-29", "P1Y", "2025-03-01"),
        ("2025-01-31", "P1M", "2025-03-01"),
        ("2025-11-30", "P3M", "2026-03-01"),
        ("2025-12-01", "P1M", "2026-01-01"),
        ("2025-01-01", "P30D", "2025-01-31"),
    ],
)
def test_a_term_ends_on_its_day_or_where_the_month_has_none_on_the_next_ones_first(start, term, end):
    assert end_of(date.fromisoformat(start), term) == date.fromisoformat(end)


def test_a_membership_that_would_end_after_all_days_is_refused(files):
    told = files.tell("membership.granted", ANNA, "2024-03-10", membership_id="m1", from_on="2200-03-10", benefits=[])
    assert told.reason == "invalid_data"


def test_what_is_granted_adds_up_to_no_more_than_an_event_can_say(files):
    for day in ("2025-01-01", "2025-01-02"):
        recorded(files, "granted", day, kind="points", basis="earned", quantity=10**9)
    recorded(files, "used", "2025-01-03", kind="points", basis="earned", quantity=1)
    assert shown(files) == [("points", "active", 10**9, 10**9 - 1)]


def test_a_membership_is_told_with_its_last_day(files):
    joined(files, quota=2)
    (fact,) = files.facts("membership.granted")
    assert (fact["from_on"], fact["to_on"], fact["benefits"]) == (
        "2024-03-10",
        "2025-03-09",
        [{"kind": "training", "quota": 2}],
    )
    assert said(files) == [("training", "active", 2)]


def test_the_same_membership_under_another_event_is_superseded(files):
    joined(files)
    assert joined(files).result == "superseded"


def test_a_quota_is_used_up(files):
    joined(files, quota=3)
    recorded(files, "used", "2024-04-01", quantity=2)
    assert recorded(files, "used", "2024-04-02", quantity=2).reason == "benefit_used_up"
    recorded(files, "used", "2024-04-03")
    assert recorded(files, "used", "2024-04-04").reason == "benefit_used_up"
    assert said(files) == [("training", "active", 3), ("training", "active", 1), ("training", "used_up", 0)]


def test_a_benefit_without_a_quota_is_never_used_up(files):
    joined(files)
    for day in ("01", "02", "03"):
        assert recorded(files, "used", f"2024-04-{day}").result == "applied"
    assert said(files) == [("training", "active", None)]


@pytest.mark.parametrize("sequence", list(permutations(range(3))), ids=str)
def test_uses_and_grants_end_the_same_in_whatever_sequence_they_come(make_files, sequence):
    files = make_files()
    told = [
        lambda: joined(files, quota=3),
        lambda: recorded(files, "used", "2024-04-01", now="2024-05-01"),
        lambda: recorded(files, "used", "2024-04-02", now="2024-05-01"),
    ]
    for n in sequence:
        told[n]()
    assert shown(files) == [("training", "active", 3, 1)]


def test_a_benefit_expires_at_the_start_of_the_day_after_its_last(files):
    files.tell("customer.registered", ANNA, "2024-03-01", party="individual", time_zone="Asia/Shanghai")
    joined(files, quota=1)
    stream = files.streams[StreamKey("customer", files.id_of(ANNA))]
    assert stream.wake_at == datetime(2025, 3, 9, 16, tzinfo=UTC)
    wake(files, datetime(2025, 3, 10, tzinfo=UTC))
    assert said(files) == [("training", "active", 1), ("training", "expired", 1)]
    assert stream.wake_at is None


def earned_and_tier(files):
    recorded(files, "granted", "2025-03-01", kind="points", basis="earned", quantity=200)
    recorded(files, "granted", "2025-03-01", kind="training", basis="tier", quantity=1)


@pytest.mark.parametrize(
    ("notice", "training"),
    [("2025-03-05", "lapsed"), ("2025-03-11", "active"), (None, "active")],
    ids=["shown before", "shown too late", "never shown"],
)
def test_t45_leaving_forfeits_what_was_not_earned_if_it_was_shown_before(files, notice, training):
    earned_and_tier(files)
    if notice:
        recorded(files, "notice_shown", notice, kind="training", basis="tier", now="2025-03-12")
    files.tell("customer.left", ANNA, "2025-03-10", now="2025-03-13", avoidable=True, reason="price")
    assert shown(files) == [("points", "active", 200, 200), ("training", training, 1, 1)]
    used = recorded(files, "used", "2025-03-14", kind="training", basis="tier")
    assert used.reason == ("benefit_expired" if training == "lapsed" else None)


def test_t45_what_was_used_before_leaving_is_not_forfeited(files):
    earned_and_tier(files)
    recorded(files, "notice_shown", "2025-03-02", kind="training", basis="tier")
    recorded(files, "used", "2025-03-03", kind="training", basis="tier")
    files.tell("customer.left", ANNA, "2025-03-10", avoidable=True)
    assert shown(files)[1] == ("training", "used_up", 1, 0)


def test_points_add_up(files):
    for day in ("01", "02"):
        recorded(files, "granted", f"2025-03-{day}", kind="points", basis="earned", quantity=100)
    recorded(files, "used", "2025-03-03", kind="points", basis="earned", quantity=150)
    assert shown(files) == [("points", "active", 200, 50)]
    assert said(files) == [("points", "active", 100), ("points", "active", 200), ("points", "active", 50)]


USES = st.lists(st.tuples(st.integers(1, 100), st.integers(1, 3)), max_size=80)


@given(uses=USES, data=st.data())
def test_what_is_left_does_not_depend_on_the_sequence_nor_on_what_is_forgotten(uses, data):
    benefits, again = Benefits(), Benefits()
    lots = [Lot(POINTS, None, None, 500, AT), Lot(POINTS, None, date(2025, 2, 1), 5, AT)]
    for lot in lots:
        benefits = with_lot(benefits, lot)
    for day, quantity in uses:
        benefits = with_use(benefits, Use(POINTS, date.fromordinal(date(2025, 1, 1).toordinal() + day), quantity))
    for day, quantity in data.draw(st.permutations(uses)):
        again = with_use(again, Use(POINTS, date.fromordinal(date(2025, 1, 1).toordinal() + day), quantity))
    for lot in reversed(lots):
        again = with_lot(again, lot)
    assert benefits == again
    used, homeless = spent(benefits, [None] * len(benefits.lots))
    assert sum(used) + homeless == sum(quantity for _, quantity in uses)
    assert len(benefits.uses) <= DAYS + 1
