"""What holds for every sequence of inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.feedback.domain.joining import announce
from services.feedback.domain.rows import CaseFile
from shared.contracts.feedback import (
    CaseBreached,
    ComplaintOpened,
    ComplaintReopened,
    ComplaintResolved,
    RemediationStarted,
    RemediationStepAdded,
)
from shared.contracts.profile import ComplaintReceived, ComplaintUpdated, ComplaintWithdrawn
from shared.engine.decision import Accepted

LAWS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
COMPLAINTS = st.sampled_from(["c1", "c2"])
FAULTS = st.sampled_from(["company", "company", "customer", "third_party", "unknown"])
SEVERITIES = st.sampled_from(["minor", "major"])
STEPS = st.sampled_from(["R1", "R2", "R3", "R4", "R5", "R6", "R7"])

Op = tuple[str, dict[str, Any]]


def op(name: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Op]:
    return st.tuples(st.just(name), st.fixed_dictionaries(fields))


OPS = st.lists(
    st.one_of(
        op(
            "complain",
            complaint_id=COMPLAINTS,
            fault=FAULTS,
            severity=SEVERITIES,
            correctable=st.booleans(),
            staff_at_fault=st.booleans(),
        ),
        op("update", complaint_id=COMPLAINTS, fault=st.none() | FAULTS, severity=st.none() | SEVERITIES),
        op("cause", complaint_id=COMPLAINTS, fault=st.none() | FAULTS),
        op("withdraw", complaint_id=COMPLAINTS),
        op("tier", tier=st.sampled_from(["key", "regular"])),
        op(
            "complete",
            complaint_id=COMPLAINTS,
            step=STEPS,
            result=st.sampled_from(["done", "done", "declined", "rejected"]),
            reason=st.just("why"),
        ),
        op("complete", complaint_id=COMPLAINTS, step=st.just("R7"), customer_told=st.just(True)),
        op("complete_all", complaint_id=COMPLAINTS),
        op("resolve", complaint_id=COMPLAINTS, satisfied=st.booleans()),
        op("state_satisfaction", complaint_id=COMPLAINTS, satisfied=st.booleans()),
        op("acknowledge", complaint_id=COMPLAINTS),
        op(
            "change",
            complaint_id=COMPLAINTS,
            action=st.sampled_from(["pause", "resume", "escalate", "withdraw", "reopen"]),
        ),
    ),
    max_size=25,
)


def play(desk: Any, ops: list[Op], check: Callable[[Any, Op], None] = lambda desk, op: None) -> Any:
    for name, fields in ops:
        desk.now += timedelta(hours=7)
        getattr(desk, name)(**fields)
        check(desk, (name, fields))
    return desk


@LAWS
@given(OPS)
def test_no_sequence_closes_a_case_early_or_opens_two(desk_of, ops):
    closed: set[UUID] = set()
    told: list[Op] = []

    def check(desk: Any, made: Op) -> None:
        told.append(made)
        for file in (row for row in desk.saved.values() if isinstance(row, CaseFile)):
            if file.status == "open":
                closed.discard(file.case_id)
            binding = [desk.step(step, file.complaint_id) for step in desk.steps(file.complaint_id)]
            if file.status == "resolved" and file.case_id not in closed:
                closed.add(file.case_id)
                if file.closed_because == "satisfied":
                    assert _says_satisfied(told, file.complaint_id)
                    assert all(step.status != "open" for step in binding)
                    assert all(step.customer_told for step in binding if step.step == "R7")
            assert (file.status == "open") == (desk.case(file.complaint_id) is not None)

    desk = play(desk_of(), ops, check)
    for fact in (ComplaintOpened, RemediationStarted):
        assert set(Counter(each.case_id for each in desk.said(fact)).values()) <= {1}
    ended, begun = (
        Counter(each.case_id for each in desk.said(fact)) for fact in (ComplaintResolved, ComplaintReopened)
    )
    for file in (row for row in desk.saved.values() if isinstance(row, CaseFile)):
        assert ended[file.case_id] - begun[file.case_id] == (file.status == "resolved")
    breaches = Counter((each.case_id, each.step) for each in desk.said(CaseBreached))
    assert set(breaches.values()) <= {1}, "a deadline is breached once, also of a case that is opened again"
    announced = [(f.case_id, s.step) for f in desk.said(RemediationStarted) for s in f.steps]
    announced += [(f.case_id, f.step) for f in desk.said(RemediationStepAdded)]
    assert len(announced) == len(set(announced))
    assert {(each[0], str(each[1])) for each in announced} == {
        (case_id, step)
        for file in desk.saved.values()
        if isinstance(file, CaseFile)
        for case_id, step in ((file.case_id, step) for step in desk.steps(file.complaint_id))
    }


def _says_satisfied(told: list[Op], complaint_id: str) -> bool:
    """By the last word, or, where that is the complaint, by one from before it."""
    words = ("state_satisfaction",) if told[-1][0] == "complain" else ("resolve", "state_satisfaction")
    said = [fields for name, fields in told if name in words and fields["complaint_id"] == complaint_id]
    return said[-1:] == [{"complaint_id": complaint_id, "satisfied": True}] and told[-1][0] in (*words, "complain")


@LAWS
@given(
    st.lists(
        st.one_of(
            op("update", fault=st.none() | FAULTS, severity=st.none() | SEVERITIES, day=st.integers(1, 9)),
            op("withdraw", day=st.integers(1, 9)),
        ),
        min_size=1,
        max_size=5,
    ),
    FAULTS,
    st.data(),
)
def test_what_is_told_of_a_complaint_may_come_before_it(desk_of, words, fault, data):
    def fold(place: int) -> Any:
        desk = desk_of()
        complaint = ComplaintReceived(
            complaint_id="c1", fault=fault, severity="minor", correctable=True, commitment_breached=True
        )
        events = [desk.event(_word(name, fields), desk.now + timedelta(minutes=fields["day"]), f"w{n}")
                  for n, (name, fields) in enumerate(words)]  # fmt: skip
        events.insert(place, desk.event(complaint, desk.now, "received"))
        for event in events:
            assert isinstance(desk.fold(event), Accepted)
        return desk

    first, later = fold(0), fold(data.draw(st.integers(1, len(words))))
    assert later.state == first.state
    assert later.saved == first.saved
    assert later.facts == first.facts


def _word(name: str, fields: dict[str, Any]) -> ComplaintUpdated | ComplaintWithdrawn:
    if name == "withdraw":
        return ComplaintWithdrawn(complaint_id="c1")
    return ComplaintUpdated(complaint_id="c1", fault=fields["fault"], severity=fields["severity"])


@LAWS
@given(OPS)
def test_folded_again_over_its_own_rows_a_stream_ends_the_same(desk_of, ops):
    desk = play(desk_of(), ops)
    again = desk_of()
    again.saved = dict(desk.saved)
    for event in desk.told:
        again.now = event.recordedtime
        again.fold(event)
    assert again.state == desk.state
    assert again.saved == desk.saved


@LAWS
@given(OPS)
def test_state_and_rows_are_read_back_as_they_were_written(desk_of, ops):
    desk = play(desk_of(), ops)
    for value in (desk.state, *desk.saved.values()):
        assert msgspec.json.decode(msgspec.json.encode(value), type=type(value)) == value


# -- two files of one customer become one


def joined(desk_of: Any, *parts: Any) -> Any:
    desk = desk_of()
    for part in parts:
        desk.saved |= part.saved
    for event in sorted((event for part in parts for event in part.told), key=lambda event: event.recordedtime):
        desk.now = event.recordedtime
        desk.fold(event)
    return desk


def announced(before: Any, after: Any) -> list[tuple[str, str]]:
    facts = announce(before.state, after.state, after.context(after.told[-1]))
    return [(str(fact.data.case_id), str(fact.data.step)) for fact in facts]


@LAWS
@given(OPS)
def test_joining_with_an_empty_file_announces_nothing(desk_of, ops):
    desk = play(desk_of(), [("register", {"time_zone": None}), *ops])
    assert announced(desk, joined(desk_of, desk)) == []


@pytest.mark.parametrize(
    ("winner_on", "loser_on", "expected"),
    [
        pytest.param("2025-03-12", "2025-03-10", "c1", id="the winner's case repeats the loser's"),
        pytest.param("2025-03-10", "2025-03-12", "c2", id="the loser's case repeats the winner's"),
        pytest.param("2025-03-10", "2025-08-12", None, id="too far apart"),
    ],
)
def test_a_merge_announces_the_repeat_that_it_reveals(desk_of, winner_on, loser_on, expected):
    winner, loser = desk_of(), desk_of(UUID(int=2))
    winner.to(winner_on).complain("c1")
    loser.to(loser_on).complain("c2")
    after = joined(desk_of, winner, loser)
    case = after.case(expected) if expected else None
    assert announced(winner, after) == ([(str(case.file.case_id), "R4")] if case else [])
    assert announced(after, after) == []


def test_a_repeat_that_the_absorbed_file_knew_is_not_said_again(desk_of):
    winner, loser = desk_of(), desk_of(UUID(int=2))
    winner.complain("c0")
    loser.to("2025-03-11").complain("c1")
    loser.to("2025-03-12").complain("c2")
    after = joined(desk_of, winner, loser)
    assert announced(winner, after) == [(str(after.case("c1").file.case_id), "R4")]
    assert after.file("c2").customer_id == winner.stream.id
