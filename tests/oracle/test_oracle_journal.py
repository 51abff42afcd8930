"""The oracle against the acceptance cases of the follow-up journal."""

from __future__ import annotations

from typing import Any

from tests.oracle.tables import MON_TO_FRI

DAY = "2025-03-01"


def explicit(close: str) -> dict[str, Any]:
    return {"demand": "target", "expected_close_on": close}


def test_t12_a_followup_grades_again_and_switches_the_journal(start):
    case = start(DAY)
    case.register(explicit("2025-07-01"))
    assert case.grade == "C"
    case.to("2025-03-16")
    assert case.follow_up(explicit("2025-05-15")) is None
    assert (case.customer.letters[-2:], case.journal, case.due_on) == (["C", "B"], "weekly", "2025-03-23")


def test_t13_time_alone_grades_again(start):
    case = start(DAY)
    case.register(explicit("2025-06-01"))
    case.to("2025-03-02")
    assert case.grade == "C"
    case.to("2025-03-03")
    assert (case.grade, case.due_on) == ("B", "2025-03-08")


def test_t16_the_same_letter_after_a_followup_is_no_change(start):
    case = start(DAY)
    case.register(explicit("2025-07-01"))
    case.to("2025-03-16")
    case.follow_up(explicit("2025-07-01"))
    assert (case.customer.assigned_by_followup, case.due_on) == ([False], "2025-03-31")


def test_t17_another_phone_number_moves_nothing(start):
    case = start(DAY)
    case.register(explicit("2025-07-01"))
    before = case.customer.journal.open
    case.send("customer.updated", {"handles": ["phone:1"]})
    assert case.customer.journal.open is before


def test_t18_due_then_overdue_once(start):
    case = start(DAY)
    case.register(explicit("2025-04-20"))
    seen = []
    for day in ("2025-03-07", "2025-03-08", "2025-03-09", "2025-03-10"):
        case.to(day)
        seen.append((case.customer.journal.said("due"), case.customer.journal.said("overdue")))
    nothing, once = (0, 0), (1, 1)
    assert seen == [(nothing, nothing), (once, nothing), (once, once), (once, once)]


def test_what_is_made_on_its_day_is_due_at_once(start):
    case = start(DAY)
    case.register(explicit("2025-07-01"))
    case.to("2025-03-10")
    case.send("need.stated", explicit("2025-04-20"))
    assert (case.due_on, case.customer.journal.said("due")) == ("2025-03-10", (1, 1))
    case.to("2025-03-11")
    assert (case.customer.journal.said("due"), case.customer.journal.said("overdue")) == ((1, 1), (1, 1))


def test_what_is_replaced_on_the_day_it_was_made_does_not_count(start):
    case = start(DAY)
    case.register(explicit("2025-07-01"))
    case.to("2025-03-10")
    for close in ("2025-04-20", "2025-03-20"):
        case.send("need.stated", explicit(close))
    assert (case.journal, case.customer.journal.said("due")) == ("daily", (1, 1))


def test_t20_missed_days_do_not_pile_up(start):
    case = start(DAY)
    case.register(explicit("2025-03-20"))
    case.to("2025-03-06")
    assert (case.due_on, case.customer.journal.said("overdue")) == ("2025-03-02", (1, 1))
    assert len(case.customer.journal.past) == 1  # the D of the registration, before the need was known


def test_t21_a_followup_without_a_refreshed_record_is_refused(start):
    case = start(DAY)
    case.register(explicit("2025-04-20"))
    assert case.follow_up(None) == "record_not_refreshed"
    assert case.follow_up(explicit("2025-04-20"), outcome=None) == "record_not_refreshed"
    assert case.customer.journal.entries == []


def test_t22_a_desk_review_is_an_entry_but_no_contact(start):
    case = start(DAY)
    case.register(explicit("2025-04-20"))
    case.to("2025-03-08")
    case.follow_up(explicit("2025-04-20"), mode="desk_review", outcome="reviewed", channel=None)
    assert (len(case.customer.journal.entries), case.customer.last_contact_on.isoformat()) == (1, DAY)


def test_t23_a_due_date_moves_to_the_working_day_before(start):
    case = start(DAY, MON_TO_FRI)
    case.register(explicit("2025-07-20"))
    case.to("2025-03-07")
    case.follow_up(explicit("2025-07-20"))
    assert (case.grade, case.due_on) == ("C", "2025-03-21")


def test_t25_the_same_event_twice_counts_once(start):
    case = start(DAY)
    case.register()
    for _ in range(2):
        case.send("need.stated", explicit("2025-03-20"), event_id="n1")
    assert (len(case.customer.file.stated), case.oracle.redelivered, case.customer.letters) == (1, 1, ["D", "A"])
