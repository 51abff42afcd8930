"""Time moves letters and urgencies: the wake-ups give what looking every day would give."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.grading.domain.assess import axes_of
from services.grading.domain.grades import letter
from services.grading.domain.state import CustomerState, NeedInForce
from services.grading.domain.wake import next_letter
from services.grading.domain.windows import opens_on, plus_months
from shared.clock import business_date, start_of_day
from shared.contracts.policy import default_policy, overlay
from shared.contracts.values import Demand, Grade

FIRST = date(2025, 1, 15)
DATES = st.one_of(st.none(), st.dates(FIRST - timedelta(days=60), FIRST + timedelta(days=260)))
ZONES = st.sampled_from([None, "Asia/Shanghai", "America/Sao_Paulo", "Pacific/Apia", "Europe/Berlin"])
POLICIES = [
    overlay(default_policy(), {"values": {"grading.month_mode": mode, "grading.window_days": list(windows)}})
    for mode in ("days", "calendar")
    for windows in ((30, 90, 180), (7, 30, 45), (0, 60, 61))
]

needs = st.builds(
    NeedInForce,
    stated_at=st.just(datetime(2025, 1, 1, tzinfo=UTC)),
    event_id=st.just("n"),
    inferred=st.just(False),
    demand=st.sampled_from(Demand),
    expected_close_on=DATES,
    handle_by_on=DATES,
    deal_possible=st.sampled_from([True, True, True, False]),
)
states = st.builds(CustomerState, registered=st.just(True), time_zone=ZONES, need=st.one_of(st.none(), needs))


@given(state=states, policy=st.sampled_from(POLICIES))
def test_jumping_from_wake_to_wake_gives_the_facts_of_looking_every_day(story, facts, state, policy):
    told = story(state=state)
    told.policy = policy
    told.told(facts.registered(), FIRST.isoformat())
    zone = state.time_zone or "UTC"
    first = business_date(facts.instant(FIRST.isoformat()), zone)
    told.sleep(start_of_day(first + timedelta(days=300), zone))

    expected, last = [], None
    for day in (first + timedelta(days=n) for n in range(300)):
        axes = axes_of(state, day, policy)
        if axes != last:
            expected.append((day, axes.grade, axes.urgency, axes.flags))
            last = axes
    assert [(said.as_of, said.grade, said.urgency, said.flags) for _, said in told.said] == expected
    assert told.wakes == [start_of_day(day, zone) for day, *_ in expected[1:]], (
        "a wake-up that changes nothing is waste"
    )


@given(state=states, policy=st.sampled_from(POLICIES))
def test_what_the_letter_becomes_is_what_it_becomes(state, policy):
    today = letter(state.need, FIRST, policy).grade
    days = (FIRST + timedelta(days=n) for n in range(1, 600))
    found = next(((g, day) for day in days if (g := letter(state.need, day, policy).grade) is not today), None)
    assert next_letter(state, FIRST, policy) == found


@given(need=st.one_of(st.none(), needs), policy=st.sampled_from(POLICIES))
def test_every_input_gets_exactly_one_letter_and_a_reason(need, policy):
    found = letter(need, FIRST, policy)
    assert found.grade in Grade
    assert found.rule
    assert found.input
    target = need is not None and need.demand is Demand.TARGET and need.deal_possible
    assert (found.grade in (Grade.A, Grade.B, Grade.C)) <= target
    dead = need is not None and (need.demand is Demand.NONE or not need.deal_possible)
    assert (found.grade is Grade.E) == dead


@given(near=st.integers(-30, 400), further=st.integers(0, 400), policy=st.sampled_from(POLICIES))
def test_a_nearer_close_never_grades_worse(near, further, policy):
    def graded(days):
        need = NeedInForce(datetime(2025, 1, 1, tzinfo=UTC), "n", False, Demand.TARGET, FIRST + timedelta(days=days))
        return letter(need, FIRST, policy).grade

    assert graded(near) <= graded(near + further)


@given(day=st.dates(date(1901, 1, 1), date(2199, 1, 1)), months=st.integers(0, 24))
@example(date(2025, 3, 31), 1)
@example(date(2024, 2, 29), 12)
def test_a_window_of_months_opens_on_the_first_day_that_reaches_the_date(day, months):
    opening = opens_on(day, months * 30, "calendar")
    assert plus_months(opening, months) >= day
    assert plus_months(opening - timedelta(days=1), months) < day


@pytest.mark.parametrize(
    ("closes", "days", "mode", "opening"),
    [
        pytest.param("2025-03-31", 30, "days", "2025-03-01", id="thirty days before"),
        pytest.param(
            "2025-03-31", 30, "calendar", "2025-03-01", id="the last of March is a month from the first, not before"
        ),
        pytest.param("2025-03-28", 30, "calendar", "2025-02-28", id="a month before"),
        pytest.param("2025-03-28", 45, "calendar", "2025-02-11", id="what is no whole month stays days"),
    ],
)
def test_windows_open(closes, days, mode, opening):
    assert opens_on(date.fromisoformat(closes), days, mode).isoformat() == opening


def test_the_customers_own_day_counts(story):
    told = story().registered(time_zone="Asia/Shanghai").need(expected_close_on="2025-06-01")
    assert told.wake_at == datetime(2025, 3, 2, 16, tzinfo=UTC)


def test_another_time_zone_may_move_the_day_at_once(story):
    from shared.contracts.profile import CustomerUpdated

    told = story().registered("2025-03-02").need("2025-03-02", expected_close_on="2025-06-01")
    assert told.last.grade is Grade.C
    told.told(CustomerUpdated(fields=("time_zone",), time_zone="Pacific/Kiritimati"), "2025-03-02")
    assert told.last.grade is Grade.C
    late = told.event(CustomerUpdated(fields=("owner",)), datetime(2025, 3, 2, 10, tzinfo=UTC))
    told.fold(late)
    assert (told.last.grade, str(told.last.as_of)) == (Grade.B, "2025-03-03")
