"""The oracle against the acceptance cases of grade and cadence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.grading import assess

DAY = "2025-03-01"
LATENT = {"demand": "latent", "expected_close_on": "2025-03-10"}


def explicit(close: str | None = None, **more: Any) -> dict[str, Any]:
    return {"demand": "target", **({"expected_close_on": close} if close else {}), **more}


@pytest.mark.parametrize(
    ("need", "grade", "journal", "due_on"),
    [
        pytest.param(explicit("2025-03-31"), "A", "daily", "2025-03-02", id="T01 close in 30 days is A"),
        pytest.param(explicit("2025-04-01"), "B", "weekly", "2025-03-08", id="T02 close in 31 days is B"),
        pytest.param(explicit("2025-05-30"), "B", "weekly", "2025-03-08", id="T03 close in 90 days is B"),
        pytest.param(explicit("2025-05-31"), "C", "half_monthly", "2025-03-16", id="T04 close in 91 days is C"),
        pytest.param(explicit("2025-08-28"), "C", "half_monthly", "2025-03-16", id="close in 180 days is C"),
        pytest.param(explicit("2025-08-29"), "D", "monthly", "2025-03-31", id="T06 close in 181 days is D"),
        pytest.param(LATENT, "D", "monthly", "2025-03-31", id="T07 latent is D"),
        pytest.param({"demand": "none"}, "E", "yearly", "2026-03-01", id="T08 no need is E"),
        pytest.param(explicit("2025-03-10", deal_possible=False), "E", "yearly", "2026-03-01", id="no chance is E"),
        pytest.param(None, "D", "monthly", "2025-03-31", id="nothing known is D"),
    ],
)
def test_a_registered_customer_gets_grade_journal_and_due_date(start, need, grade, journal, due_on):
    case = start(DAY)
    case.register(need)
    assert (case.grade, case.journal, case.due_on) == (grade, journal, due_on)


@pytest.mark.parametrize(
    ("close", "grade", "flag"),
    [
        pytest.param(None, "D", "expected_close_missing", id="T10 explicit need without a close"),
        pytest.param("2025-02-20", "A", "forecast_overdue", id="T11 close in the past"),
    ],
)
def test_a_forecast_that_needs_a_word_is_flagged(start, close, grade, flag):
    case = start(DAY)
    case.register(explicit(close))
    assert (case.grade, case.customer.grade.flags) == (grade, {flag})


def test_t26_a_lower_version_of_a_source_is_ignored(start):
    case = start(DAY)
    case.register()
    case.send("need.stated", explicit("2025-03-20", version=3), hour=10)
    case.send("need.stated", {"demand": "none", "version": 2}, hour=11)
    assert case.grade == "A"


def test_an_older_need_is_kept_and_changes_nothing(start):
    case = start(DAY)
    case.register(explicit("2025-03-20"))
    case.send("need.stated", {"demand": "none"}, on="2025-02-20")
    assert (case.grade, len(case.customer.file.stated)) == ("A", 2)


@pytest.mark.parametrize("first", ["order.placed", "order.delivered"])
def test_t28_t136_t138_a_purchase_spends_the_need_in_any_sequence(start, first):
    case = start(DAY)
    case.register(explicit("2025-03-20"))
    case.to("2025-03-05")
    hours = {"order.placed": 8, "order.delivered": 12}
    for name in sorted(hours, key=lambda name: name != first):
        case.send(name, {"order_id": "o1", "amount": 100, "currency": "USD"}, hour=hours[name])
    grade = case.customer.grade
    assert (grade.letter, grade.deal_status, grade.demand, len(case.customer.file.orders)) == ("D", "won", "latent", 1)


def test_t136_a_need_stated_after_the_order_stands(start):
    case = start(DAY)
    case.register(explicit("2025-03-21"))
    case.send("order.placed", {"order_id": "o1", "amount": 100, "currency": "USD"}, hour=8)
    assert case.grade == "D"
    case.send("need.stated", explicit("2025-03-21"), hour=9)
    assert (case.grade, case.customer.file.inferred_versions()) == ("A", 1)


@pytest.mark.parametrize("undone", [("order.cancelled", {}), ("order.refunded", {"amount": 100})])
def test_an_order_that_was_undone_leaves_a_prospect(start, undone):
    case = start(DAY)
    case.register()
    case.send("order.placed", {"order_id": "o1", "amount": 100, "currency": "USD"})
    assert case.customer.grade.deal_status == "won"
    case.send(undone[0], {"order_id": "o1"} | undone[1])
    assert case.customer.grade.deal_status == "prospect"


@pytest.mark.parametrize(
    ("until", "urgency"),
    [
        ("2025-03-08", "urgent"),
        ("2025-03-09", "moderate"),
        ("2025-03-31", "moderate"),
        ("2025-04-01", "not_urgent"),
        ("2025-05-30", "not_urgent"),
        ("2025-05-31", "long_horizon"),
    ],
)
def test_t30_urgency_by_the_handle_by_date(start, until, urgency):
    case = start(DAY)
    case.register(explicit("2025-12-01", handle_by_on=until))
    assert case.customer.grade.urgency == urgency


@pytest.mark.parametrize(("potential", "importance"), [(150_000_00, "important"), (90_000_00, "standard")])
def test_t31_importance_by_amount_or_potential(start, potential, importance):
    case = start(DAY)
    need = explicit("2025-12-01", expected_amount=80_000_00, potential_volume=potential)
    assert assess(need, bought=False, complaint_open=False, day=case.oracle.today).importance == importance
