"""The oracle against the acceptance cases of grievances, answers, promises and leaving."""

from __future__ import annotations

import pytest

from tests.oracle import expected

DAY = "2025-03-01"


@pytest.fixture(name="case")
def _case(start):
    case = start(DAY)
    case.register()
    return case


def talk(case, **more):
    case.send("interaction.recorded", {"channel": "phone", "direction": "inbound"} | more)


def test_t63_the_third_grievance_warns_once(case):
    seen = []
    for day in ("2025-03-01", "2025-03-10", "2025-03-20", "2025-03-22"):
        case.to(day)
        talk(case, sentiment="negative")
        seen.append(case.customer.voice.risks)
    assert seen == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("said", "grievances"),
    [({"sentiment": "neutral"}, 0), ({"sentiment": "negative", "grievance": False}, 0), ({"grievance": True}, 1)],
)
def test_what_a_grievance_is(case, said, grievances):
    talk(case, **said)
    assert case.customer.voice.grievances.total() == grievances


@pytest.mark.parametrize(
    ("survey", "score", "low"), [("nps", 3, 1), ("nps", 6, 1), ("nps", 7, 0), ("csat", 2, 1), ("csat", 3, 0)]
)
def test_t131_a_low_answer_is_a_grievance(case, survey, score, low):
    case.send("survey.answered", {"survey": survey, "score": score})
    assert (case.customer.voice.low_answers, case.customer.voice.answers) == (low, {(survey, score): 1})


def promise(case, **more):
    case.send("commitment.made", {"commitment_id": "p1", "due_on": "2025-03-12"} | more)


def test_t69_a_promise_is_broken_the_day_after_and_a_linked_complaint_gets_its_r7(case):
    case.complain()
    promise(case, complaint_id="c1")
    case.to("2025-03-12")
    assert (case.customer.voice.commitments["p1"].status, "R7" in case.customer.cases["c1"].steps) == ("open", False)
    case.to("2025-03-13")
    assert (case.customer.voice.commitments["p1"].status, "R7" in case.customer.cases["c1"].late) == ("breached", True)


def test_t139_a_promise_kept_on_its_day_is_not_broken(case):
    promise(case)
    case.to("2025-03-12")
    case.send("commitment.fulfilled", {"commitment_id": "p1"})
    case.to("2025-03-14")
    assert case.customer.voice.commitments["p1"].status == "fulfilled"


def test_t73_a_departure_starts_the_win_back(case):
    case.to("2025-03-10")
    case.send("customer.left", {"avoidable": True})
    assert [due_on[5:] for due_on in expected.winback(case.customer).values()] == [
        "03-10", "03-11", "03-13", "03-17", "04-09",
    ]  # fmt: skip
    assert ("case_step", "W5", "2025-04-09") in expected.tasks(case.customer)


def test_who_has_left_raises_no_alert(case):
    for day in range(3):
        case.to(f"2025-03-0{day + 1}")
        case.send("order.placed", {"order_id": f"o{day}", "amount": 100, "currency": "USD"})
    case.send("customer.left", {"avoidable": True, "reason": "price"})
    case.to("2025-03-20")
    assert (case.customer.alerts, case.customer.voice.reason) == ({}, "price")
