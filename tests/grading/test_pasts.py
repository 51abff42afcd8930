"""The letters of a history are those that its customer was told, whatever else was heard of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.grading.domain.measure import Letter
from services.grading.domain.pasts import LEARN_ALONE, known_of, letters_of
from shared.clock import start_of_day
from shared.contracts.policy import default_policy, overlay
from shared.contracts.profile import CustomerChurned, CustomerUpdated
from shared.engine.decision import Cause

FIRST, LAST = date(2025, 1, 10), date(2025, 12, 31)
ZONES = st.sampled_from(["Asia/Shanghai", "America/Sao_Paulo", "Pacific/Kiritimati", "Pacific/Apia"])
POLICIES = [
    overlay(default_policy(), {"values": {"grading.window_days": windows, "calendar.time_zone": zone}})
    for windows, zone in (([30, 90, 180], "UTC"), ([0, 61, 400], "Asia/Tokyo"))
]
whens = st.tuples(st.integers(0, 340), st.sampled_from([time(0), time(9), time(23, 59)]))
heard = st.one_of(
    st.tuples(
        st.just("need"),
        st.fixed_dictionaries(
            {
                "demand": st.sampled_from(["target", "target", "latent", "none"]),
                "expected_close_on": st.one_of(st.none(), st.dates(FIRST, LAST + timedelta(days=200))),
                "source": st.sampled_from(["stated", "followup", "inferred"]),
            }
        ),
    ),
    st.tuples(st.just("followup"), st.fixed_dictionaries({"expected_close_on": st.dates(FIRST, LAST)})),
    st.tuples(st.just("zone"), ZONES),
    st.tuples(st.just("order"), st.none()),
    st.tuples(st.just("left"), st.sampled_from(["normal", "abnormal"])),
)


def data_of(facts, what, day):
    kind, more = what
    match kind:
        case "need":
            return facts.need(day, **more)
        case "followup":
            return facts.followup(day, **more)
        case "zone":
            return CustomerUpdated(fields=("time_zone",), time_zone=more)
        case "left":
            return CustomerChurned(kind=more, reason="other")
    return facts.order("placed", day, order_id=day, amount=100)


@settings(max_examples=100, deadline=None)
@given(
    history=st.lists(st.tuples(whens, heard), max_size=8, unique_by=lambda one: one[0]),
    begins=st.integers(0, 200),
    policy=st.sampled_from(POLICIES),
)
def test_what_is_learnt_alone_gives_the_letters_that_were_said(story, facts, history, begins, policy):
    told = story()
    told.policy = policy
    said = [((begins, time(8)), facts.registered((FIRST + timedelta(days=begins)).isoformat()))]
    said += [(at, data_of(facts, what, (FIRST + timedelta(days=at[0])).isoformat())) for at, what in history]
    events = []
    for (days, at), data in sorted(said, key=lambda one: one[0]):
        event = told.event(data, datetime.combine(FIRST + timedelta(days=days), at, facts.instant("2025-01-01").tzinfo))
        told.fold(event)
        if type(data) in LEARN_ALONE:
            events.append((event.recordedtime, event))
    end = start_of_day(LAST + timedelta(days=1), policy.calendar.time_zone)
    told.sleep(end)

    known = known_of(events, told._context(end, Cause("", "backtest")))
    expected = [
        Letter(one.as_of, one.grade, one.reasons[0].rule, one.reasons[0].input)
        for at, one in told.said
        if one.changed and at < end
    ]
    assert letters_of(known, policy, end) == expected
