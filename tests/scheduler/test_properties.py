"""What holds for every sequence of inputs (T127), and in every order between topics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.scheduler.domain.rows import ComplaintCase
from shared.contracts.scheduler import RefreshedNeed
from shared.engine.decision import Refused
from tests.scheduler.desk import Desk

FIRST = date(2025, 3, 1)
STATED = RefreshedNeed(demand="latent", stated_at=datetime(2025, 3, 1, tzinfo=UTC))
CASES = [UUID(int=n) for n in (1, 2)]
Act = Callable[[Desk, str], object]


def grade(letter: str) -> Act:
    return lambda desk, on: desk.graded(letter, on)


def tier(name: str) -> Act:
    return lambda desk, on: desk.tiered(name, on)


def spoke(channel: str) -> Act:
    return lambda desk, on: desk.spoke(on, channel)


def withdrew(n: int) -> Act:
    return lambda desk, on: desk.withdrew(on, f"c-{n}")


def opened(n: int, fault: str) -> Act:
    """A case is opened once."""
    said = CASES[n], f"c-{n}"
    return lambda desk, on: None if said[0] in desk.tables[ComplaintCase] else desk.complained(on, fault, *said)


def case(name: str) -> Act:
    return lambda desk, on: getattr(desk, name)(on)


def remedied(desk: Desk, on: str) -> None:
    desk.remedy(on, R1=on, R2=(date.fromisoformat(on) + timedelta(days=1)).isoformat())


def stepped(desk: Desk, on: str) -> None:
    desk.step_done(on, "R1", outcome="advanced", need=STATED, channel="phone")


def completed(desk: Desk, on: str) -> None:
    if desk.state.open is not None:
        desk.complete(on)


def moved(days: int) -> Act:
    return lambda desk, on: desk.updated(on, registered_on=FIRST - timedelta(days=days))


PROFILE = st.sampled_from([spoke("phone"), spoke("email"), withdrew(0), withdrew(1), moved(3), moved(5)])
GRADING = st.one_of(st.sampled_from("ABCDE").map(grade), st.sampled_from(["key", "regular", "small"]).map(tier))
FEEDBACK = st.sampled_from(
    [opened(0, "company"), opened(1, "customer"), case("resolved"), case("reopened"), remedied, stepped]
)
COMMANDS = st.just(completed)
TOPICS = (PROFILE, GRADING, FEEDBACK, COMMANDS)
DAY = st.tuples(*(st.lists(topic, max_size=3) for topic in TOPICS))
DAYS = st.lists(st.tuples(st.integers(1, 20), DAY), max_size=6)


def register(desk: Desk, on: str) -> None:
    desk.registered(on)


def mixed(topics: tuple[list[Act], ...], random: Random) -> list[Act]:
    """One order of a day's inputs: each topic's own is kept, between topics it is open."""
    queues = [list(topic) for topic in topics if topic]
    order = []
    while queues:
        queue = random.choice(queues)
        order.append(queue.pop(0))
        queues = [left for left in queues if left]
    return order


def story(days: list[tuple[int, tuple[list[Act], ...]]]) -> list[tuple[str, tuple[list[Act], ...]]]:
    """The generated days with their dates; the customer registers and is graded on the first."""
    on, told = FIRST, [(FIRST.isoformat(), ([register], [grade("D")], [], []))]
    for gap, topics in days:
        on += timedelta(days=gap)
        told.append((on.isoformat(), topics))
    return told


def status_on(due_on: date, today: date) -> str:
    return "scheduled" if today < due_on else "due" if today == due_on else "overdue"


def check(desk: Desk, on: str) -> None:
    known = desk.state.registered_on is not None and desk.state.grade is not None
    openly = [f for status in ("scheduled", "due", "overdue") for f in desk.journal(status)]
    assert openly == ([desk.state.open] if known else [])
    assert [f.status for f in openly] == [status_on(f.due_on, date.fromisoformat(on)) for f in openly]
    assert {t.task_id for t in desk.tasks(status="open")} == {t.task_id for t in desk.state.tasks}


def play(days: list[tuple[str, tuple[list[Act], ...]]], random: Random) -> Desk:
    desk = Desk()
    for on, topics in days:
        desk.tick(on)
        check(desk, on)
        for act in mixed(topics, random):
            decision = act(desk, on)
            assert not isinstance(decision, Refused)
            check(desk, on)
    return desk


@given(days=DAYS, seeds=st.tuples(st.integers(0, 99), st.integers(0, 99)))
def test_t127_one_open_followup_and_the_same_schedule_in_any_order_between_topics(days, seeds):
    one, other = (play(story(days), Random(seed)) for seed in seeds)
    assert one.open.journal == other.open.journal
    assert one.open.due_on == other.open.due_on
    assert (one.open.because, one.open.status) == (other.open.because, other.open.status)
    assert one.state.contact_on == other.state.contact_on
    assert {t.task_id for t in one.state.tasks} == {t.task_id for t in other.state.tasks}


@given(days=DAYS, seed=st.integers(0, 99))
def test_folded_again_a_customer_stands_as_before(days, seed):
    desk = play(story(days), Random(seed))
    assert desk.folded_again() == desk.state


@given(days=DAYS, seed=st.integers(0, 99))
def test_facts_tell_of_one_followup_after_the_other(days, seed):
    open_one, seen = None, set()
    for _, fact in play(story(days), Random(seed)).facts:
        id, name = getattr(fact, "followup_id", None), fact.TYPE.split(".")[3]
        if id is None:
            continue
        assert (name, id) not in seen, "each is said at most once"
        seen.add((name, id))
        assert (open_one is None) == (name == "scheduled")
        if name == "scheduled":
            open_one = id
        assert open_one == id
        if name in ("superseded", "completed"):
            open_one = None
    assert open_one is not None
