"""What cases and win-backs cost, who ends their steps in time, whether improvements helped."""

from __future__ import annotations

from datetime import date

import pytest

from services.feedback.domain.counts import Imported, Spent
from services.feedback.domain.signals import Signal, SignalKind
from shared.contracts import profile
from shared.contracts.feedback import RemediationStepCompleted
from shared.contracts.profile import CustomerChurned
from tests.feedback.test_figures import figure
from tests.feedback.test_winback import CALL, do


@pytest.mark.parametrize("kpi", ["remediation_cost", "winback_cost"])
@pytest.mark.parametrize(
    ("spent", "value"),
    [
        pytest.param(Spent(n=2, minutes=90, amount=1_000), 8_500, id="an hour and a half at 50.00, and 10.00"),
        pytest.param(Spent(n=1, minutes=1), 83, id="a minute is 83 of 5,000 cents an hour"),
        pytest.param(Spent(n=1, amount=-200), -200, id="a credit note"),
        pytest.param(Spent(n=1), 0, id="named, and nothing spent on it"),
        pytest.param(Spent(), None, id="nothing to count"),
    ],
)
def test_wb08_a_cost_is_minutes_at_the_policys_rate_and_amounts(kpi, spent, value):
    found = figure(kpi, **{"on_cases" if kpi == "remediation_cost" else "on_winbacks": spent})
    assert (found.value, found.n, found.details["currency"]) == (value, spent.n, "USD")


def test_wb08_the_programme_is_told_by_who_came_back():
    found = figure("winback_cost", on_winbacks=Spent(n=4, amount=900, returned=3))
    assert (found.details["per_returned"], found.details["returned"]) == (300, 3)
    assert figure("winback_cost", on_winbacks=Spent(n=4, amount=900)).details["per_returned"] is None
    assert figure("remediation_cost", on_cases=Spent(n=3, amount=100)).details["per_case"] == 33.3333


@pytest.mark.parametrize(
    ("measured", "value", "verified", "reopened"),
    [
        pytest.param((), None, 0, 0, id="nothing was measured"),
        pytest.param((("process", 3.0, 4.0),), 1.0, 1, 0, id="one got better"),
        pytest.param((("process", 3.0, 4.0), ("training", 3.0, 2.5)), 0.25, 1, 1, id="one better, one worse"),
        pytest.param((("process", 3.0, 3.0),), 0.0, 0, 1, id="as it was is not better"),
    ],
)
def test_the_effect_of_improvements_is_the_mean_change(measured, value, verified, reopened):
    found = figure("improvement_effect", measured=measured)
    assert (found.value, found.n) == (value, len(measured))
    assert (found.details["verified"], found.details["reopened"]) == (verified, reopened)
    assert {type_: part["n"] for type_, part in found.details["types"].items()} == {each[0]: 1 for each in measured}


@pytest.mark.parametrize(
    ("solved", "value", "eligible"),
    [
        pytest.param((("on_time", 9), ("late", 1)), 90.0, True, id="nine of ten in time"),
        pytest.param((("on_time", 8), ("late", 2)), 80.0, False, id="eight of ten"),
        pytest.param((("on_time", 9),), 100.0, False, id="too few steps to say"),
        pytest.param((("on_time", 9), ("declined", 1), ("rejected", 2)), 75.0, False, id="declined and rejected count"),
        pytest.param((), None, False, id="nobody did anything"),
    ],
)
def test_kp08_who_solves_in_time_is_eligible_for_an_incentive(solved, value, eligible):
    found = figure("staff_solving", solved=solved)
    assert (found.value, found.n, found.details["eligible"]) == (value, sum(n for _, n in solved), eligible)


@pytest.mark.parametrize("percent", range(1, 100))
def test_kp08_the_incentives_rate_itself_is_enough(percent):
    for on_time, eligible in ((percent - 1, False), (percent, True)):
        solved = (("on_time", on_time), ("late", 100 - on_time))
        found = figure("staff_solving", {"kpi.incentive_rate": percent / 100}, solved=solved)
        assert found.details["eligible"] is eligible


@pytest.mark.parametrize(
    ("kpi", "counts", "value", "n"),
    [
        ("sales", {"orders": 2, "sales": 900}, 900, 2),
        ("sales", {}, None, 0),
        ("referral_count", {"referrals": 3}, 3, 3),
        ("referral_count", {}, None, 0),
        ("market_share", {"market_share": Imported(12.5, 40, date(2025, 1, 1), date(2025, 3, 31), "panel")}, 12.5, 40),
        ("market_share", {}, None, 0),
    ],
)
def test_kp05_what_the_business_asks_for(kpi, counts, value, n):
    found = figure(kpi, **counts)
    assert (found.value, found.n) == (value, n)


# -- what is written down to be counted


def counted(desk, kind=SignalKind.STEP):
    rows = (row for row in desk.saved.values() if isinstance(row, Signal) and row.kind == kind)
    return [(row.agent, row.status) for row in sorted(rows, key=lambda row: row.at)]


@pytest.mark.parametrize(
    ("day", "clock", "report", "status"),
    [
        pytest.param("2025-03-11", "23:59", {}, "on_time", id="on its last day"),
        pytest.param("2025-03-12", "00:00", {}, "late", id="the day after"),
        pytest.param("2025-03-11", "09:00", {"result": "declined", "reason": "x"}, "declined", id="declined"),
        pytest.param("2025-03-20", "09:00", {"result": "rejected", "reason": "x"}, "rejected", id="rejected"),
    ],
)
def test_kp08_a_step_counts_for_who_ended_it(desk, day, clock, report, status):
    desk.complain()
    desk.to(day, clock).complete("R2", agent="ann", **report)
    assert counted(desk) == [("ann", status)]


def test_kp08_a_pause_is_not_held_against_anybody(desk):
    desk.complain()
    desk.to("2025-03-11").change("pause")
    desk.to("2025-03-20").complete("R2", agent="ann")
    desk.change("resume")
    desk.to("2025-03-20").complete("R3", agent="ann")
    assert counted(desk) == [("ann", "on_time"), ("ann", "on_time")]


def test_kp08_telling_the_result_of_r7_ends_no_step_again(desk):
    desk.complain(staff_at_fault=True)
    desk.complete("R7", agent="ann")
    desk.to("2025-03-30").complete("R7", customer_told=True, agent="bob")
    assert counted(desk) == [("ann", "on_time")]
    assert len(desk.said(RemediationStepCompleted)) == 2


def test_kp08_steps_of_a_win_back_count_too(desk):
    desk.tell(CustomerChurned(kind="abnormal", reason="service"))
    do(desk, "W1", agent="ann")
    do(desk.to("2025-03-12"), "W2", agent="ann", **CALL)
    assert counted(desk) == [("ann", "on_time"), ("ann", "late")]


def test_a_cost_that_is_said_again_is_one(desk):
    spent = profile.CostAllocated(kind="repair", minutes=30, complaint_id="c1")
    for _ in range(2):
        desk.tell(spent, id="e1")
    rows = [row for row in desk.saved.values() if isinstance(row, Signal)]
    assert [(row.kind, row.minutes, row.complaint_id) for row in rows] == [("cost", 30, "c1")]
