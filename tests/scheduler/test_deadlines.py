"""By when tasks are to be done: working days and working hours, where the policy has them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.scheduler.domain.commands import CreateTask, SnoozeTask
from shared.contracts import feedback, profile
from tests.scheduler.desk import CASE, TICK, day

WEEK = ["mon", "tue", "wed", "thu", "fri"]
OFFICE = {"default": [{"begin": "09:00", "end": "12:00"}, {"begin": "13:00", "end": "17:00"}]}
FRIDAY, SATURDAY = "2025-03-14", "2025-03-15"


def asks(teller, on, hour):
    said = profile.InteractionRecorded(
        interaction_id="i", channel="email", direction="inbound", human=False, grievance=False,
        question=True, objection=False, consent_purpose="service",
    )  # fmt: skip
    teller.hear(said, on, hour)
    return teller.one("reply")


@pytest.mark.parametrize(
    ("values", "on", "hour", "due"),
    [
        pytest.param({}, FRIDAY, 18, SATURDAY, id="all days are worked"),
        pytest.param({"calendar.working_days": WEEK}, FRIDAY, 18, "2025-03-17", id="not onto its own day: Monday"),
        pytest.param({"calendar.working_days": WEEK}, "2025-03-13", 18, FRIDAY, id="the next day"),
        pytest.param(
            {"calendar.working_days": WEEK, "calendar.windows": OFFICE}, "2025-03-13", 18, "2025-03-17",
            id="after hours it is Friday's, and due on Monday",
        ),
        pytest.param(
            {"calendar.working_days": WEEK, "calendar.windows": OFFICE, "reply.days": 3}, "2025-03-12", 10, FRIDAY,
            id="Saturday moves to Friday",
        ),
        pytest.param({"calendar.windows": OFFICE}, FRIDAY, 18, "2025-03-16", id="windows alone"),
    ],
)  # fmt: skip
def test_a_reply_is_due_as_people_work(new_teller, values, on, hour, due):
    teller = new_teller(**values)
    teller.known("2025-03-01", "D")
    assert asks(teller, on, hour).due_on == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("on", "hour", "zone", "due"),
    [
        pytest.param(FRIDAY, 10, None, "2025-03-14T15:00:00+00:00", id="the same day"),
        pytest.param(FRIDAY, 14, None, "2025-03-17T10:00:00+00:00", id="on Monday"),
        pytest.param(FRIDAY, 14, "America/New_York", "2025-03-14T19:00:00+00:00", id="in the customer's own hours"),
    ],
)
def test_a_kind_may_be_counted_in_working_hours(new_teller, on, hour, zone, due):
    teller = new_teller(
        **{"calendar.working_days": WEEK, "calendar.windows": OFFICE, "tasks.catalogue": {"reply": {"due_hours": 4}}}
    )
    teller.known("2025-03-01", "D", time_zone=zone)
    task = asks(teller, on, hour)
    assert (task.due_at.isoformat(), task.due_on.isoformat()) == (due, due[:10])


def test_a_call_after_a_delivery_is_made_on_a_working_day_that_has_not_passed(new_teller):
    teller = new_teller(**{"calendar.working_days": WEEK})
    teller.known("2025-03-01", "D")
    teller.bought("2025-03-12")
    assert teller.one("post_purchase_contact").due_on == date.fromisoformat(FRIDAY)
    said = profile.PurchaseRecorded(order_id="o-2", kind="delivered", ordered_on=date(2025, 3, 10))
    teller.fold(said, day(SATURDAY) + TICK, time=day("2025-03-10"))
    assert max(task.due_on for task in teller.tasks("post_purchase_contact")) == date(2025, 3, 17)


def test_what_falls_on_a_day_stays_there_and_what_a_case_is_owed_is_the_cases(new_teller):
    teller = new_teller(**{"calendar.working_days": WEEK, "calendar.windows": OFFICE})
    teller.known("2025-03-01", "D", dates=[{"kind": "birthday", "month": 3, "day": 15, "volunteered": True}])
    teller.complained("2025-03-13")
    step = feedback.PlannedStep(step="R1", due_on=date.fromisoformat(SATURDAY))
    teller.hear(feedback.RemediationStarted(case_id=CASE, steps=(step,)), "2025-03-13")
    teller.tick("2025-03-16")
    assert {task.due_on.isoformat() for task in teller.tasks() if task.kind in ("greeting", "case_step")} == {SATURDAY}


def test_where_nobody_ever_works_days_are_counted_all_the_same(new_teller):
    free = [date.fromordinal(date(2025, 1, 1).toordinal() + n).isoformat() for n in range(800)]
    values = {"calendar.working_days": WEEK, "calendar.holidays": free, "calendar.windows": OFFICE}
    teller = new_teller(**values, **{"tasks.catalogue": {"reply": {"due_hours": 4}}})
    teller.known("2025-03-01", "C")
    assert asks(teller, FRIDAY, 10).due_on == date.fromisoformat(SATURDAY)
    assert (teller.due, teller.one("reply").due_at) == ("2025-03-16", None)


def test_sc11_an_appointment_has_an_hour_on_the_customers_own_day(new_teller):
    teller = new_teller()
    teller.known("2025-03-01", "D", time_zone="Pacific/Auckland")
    at = day("2025-03-14") + timedelta(hours=20)
    teller.hear(CreateTask(kind="appointment", due_at=at, service_type="technical_training"), "2025-03-10")
    task = teller.one("appointment")
    assert (task.due_at, task.due_on, task.service_type) == (at, date(2025, 3, 15), "technical_training")
    teller.hear(SnoozeTask(task_id=task.task_id, until_on="2025-03-20", reason="ill"), "2025-03-11")
    assert teller.one("appointment").due_at is None


@pytest.mark.parametrize(("due_on", "rule"), [("2025-03-14", "invalid_body"), ("2025-03-15", None)])
def test_sc11_the_day_of_an_appointment_is_that_of_its_hour(new_teller, due_on, rule):
    teller = new_teller()
    teller.known("2025-03-01", "D", time_zone="Pacific/Auckland")
    at = day("2025-03-14") + timedelta(hours=20)
    answer = teller.hear(CreateTask(kind="appointment", due_at=at, due_on=due_on), "2025-03-10")
    assert getattr(answer, "rule", None) == rule


def test_sc23_what_is_asked_for_is_in_the_catalogue_of_services(new_teller):
    teller = new_teller()
    teller.known("2025-03-01", "D")
    assert teller.hear(CreateTask(kind="appointment", service_type="massage"), "2025-03-10").rule == "invalid_body"
