"""What is told of what was measured: nothing of a wrong answer, and only between the marks."""

from __future__ import annotations

import pytest

from bench import report
from bench.path.latency import Read, latencies
from bench.path.rounds import Latency, Services
from bench.reference.records import Size
from bench.reference.rounds import Measured, Result
from shared.contracts.scheduler import FollowupScheduled

FAST = Result(Measured(10.0, 5.0, 1.0, 50_000.0, 80.0, 0.9, 0.1), 3, [])
SLOW = Result(Measured(30.0, 0.0, 2.0, 20_000.0, 800.0, 0.9, 0.1), 3, [])
WRONG = Result(None, 3, ["2 chains of changes are broken"])
SERVICES = Services(600, 100, 300.0, {"profile": 900.0}, {"profile": 120.0}, 0.2, (Latency(50, 500, 15, 27),), [])


def test_figures_are_those_that_were_asked_for():
    assert report._figures(FAST) == {"cpu_s_per_million": 16.0, "events_per_s": 50_000, "rss_mb": 80.0, "correct": True}


def test_a_figure_whose_answer_is_wrong_is_not_told():
    assert set(report._figures(WRONG).values()) == {None, False}
    table = report.reference_table(Size(), {"holdfast": FAST, "quixstreams": SLOW, "naive": WRONG})
    assert "| **Holdfast** | **16.0**: 10.0 + 5.0 + 1.0 | 2.00 |" in table
    assert "Not shown, because its answer was wrong: naive." in table


def test_services_with_a_wrong_answer_show_no_figure():
    assert "300 records/s" in SERVICES.table()
    wrong = SERVICES._replace(faults=["3 dead letters"])
    assert "300" not in wrong.table()
    assert wrong.figures() == {"correct": False, "faults": ["3 dead letters"]}


def test_only_what_lies_between_the_marks_is_replaced():
    text = "a\n<!-- x: written by make bench -->\nold\n<!-- end of x -->\nb"
    new = report.replaced(text, "x", "new")
    assert new == text.replace("old", "new")
    with pytest.raises(ValueError, match="lacks the marks"):
        report.replaced(text, "y", "new")


def test_the_document_has_a_place_for_every_table():
    text = report.DOCUMENT.read_text()
    assert report.replaced(report.replaced(text, "the reference job", "t"), "the real services", "t")


def test_a_followup_belongs_to_the_record_at_the_start_of_its_causes():
    read = [
        Read(3.0, "f", FollowupScheduled.TYPE, "g"),
        Read(2.0, "g", "graded", "p"),
        Read(1.0, "p", "registered", "record"),
        Read(9.0, "f2", FollowupScheduled.TYPE, "g"),
        Read(9.0, "f3", FollowupScheduled.TYPE, "somebody else's"),
    ]
    assert latencies({"record": 0.5}, read) == [2_500]
