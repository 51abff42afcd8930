"""What holds for every sequence of facts and orders: the cap, one word for each occasion, tasks made and ended once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.scheduler.domain.commands import CancelTask, CreateTask, SnoozeTask
from services.scheduler.domain.rows import Contact, Task
from services.scheduler.domain.state import place_of
from shared.contracts.policy import default_policy
from shared.contracts.values import OccasionDate
from tests.scheduler.desk import TICK, day
from tests.scheduler.telling import Teller

FIRST = date(2025, 3, 1)
WEEK = timedelta(days=7)
CAP = default_policy().care.cap_per_7_days
OPEN = ("open", "awaiting_approval", "suppressed")
BIRTHDAY = OccasionDate(kind="birthday", month=3, day=15, volunteered=True)
Act = Callable[[Teller, str], object]


def ask(kind: str, later: int) -> Act:
    def asked(teller: Teller, on: str) -> object:
        due_on = date.fromisoformat(on) + timedelta(days=later)
        return teller.fold(CreateTask(kind=kind, due_on=due_on, purpose="p"), day(on) + TICK)

    return asked


def first_open(teller: Teller) -> Task | None:
    return next((task for task in teller.state.tasks if task.status == "open" and task.caused_by_case is None), None)


def complete(teller: Teller, on: str) -> None:
    if (task := first_open(teller)) is not None:
        teller.complete_task(task, on, channel="phone")


def cancel(teller: Teller, on: str) -> None:
    if (task := first_open(teller)) is not None:
        teller.fold(CancelTask(task_id=task.task_id, reason="r"), day(on) + TICK)


def snooze(teller: Teller, on: str) -> None:
    if (task := first_open(teller)) is not None:
        until = date.fromisoformat(on) + timedelta(days=3)
        teller.fold(SnoozeTask(task_id=task.task_id, until_on=until, reason="r"), day(on) + TICK)


ACTS = st.sampled_from(
    [
        *(ask(kind, later) for kind in ("promotion", "gift", "survey_ask", "call") for later in (0, 2, 5)),
        complete,
        cancel,
        snooze,
        lambda teller, on: teller.consented(on, granted=False, purpose="marketing"),
        lambda teller, on: teller.consented(on, granted=True),
        lambda teller, on: teller.tiered("key", on),
        lambda teller, on: teller.tiered("small", on),
        lambda teller, on: teller.bought(on, order=f"o-{on}"),
        lambda teller, on: teller.needs(on, feasible=True, tags=(on,)),
        lambda teller, on: teller.lived(on, "award"),
        lambda teller, on: teller.lived(on, "illness"),
        lambda teller, on: teller.scored(on, 3),
        lambda teller, on: teller.asked(on),
        lambda teller, on: teller.complained(on),
    ]
)
DAYS = st.lists(st.tuples(st.integers(0, 6), st.lists(ACTS, max_size=4)), max_size=12)


def play(days: list[tuple[int, list[Act]]]) -> Teller:
    teller, on = Teller(), FIRST
    teller.known(on.isoformat(), owner="ann", dates=(BIRTHDAY,))
    for gap, acts in days:
        on += timedelta(days=gap)
        teller.tick(on.isoformat())
        for act in acts:
            act(teller, on.isoformat())
    teller.tick((on + WEEK).isoformat())
    return teller


@given(days=DAYS)
def test_no_seven_days_hold_more_contacts_than_the_cap(days):
    teller = play(days)
    held = {(row.place, row.place_on) for row in teller.tables[Contact].values() if row.place_on is not None}
    for _, start in held:
        places = {place for place, on in held if start <= on < start + WEEK}
        assert len(places) <= CAP


@given(days=DAYS)
def test_the_state_holds_what_is_open_and_every_task_is_told_of_once(days):
    teller = play(days)
    rows = teller.tables[Task]
    assert all(rows[task.task_id] == task for task in teller.state.tasks)
    kept = {task.task_id for task in teller.state.tasks}
    assert {id for id, task in rows.items() if task.status in ("open", "awaiting_approval")} <= kept
    assert kept <= {id for id, task in rows.items() if task.status in OPEN}
    made = Counter(fact.task_id for fact in teller.said("task.created"))
    assert made == Counter(rows.keys())
    ends = Counter(fact.task_id for name in ("completed", "cancelled") for fact in teller.said(f"task.{name}"))
    assert ends == Counter(id for id, task in rows.items() if task.status in ("completed", "cancelled"))


@given(days=DAYS)
def test_what_is_due_and_let_through_has_its_consent_and_a_reason_is_given_for_the_rest(days):
    teller = play(days)
    for task in teller.tables[Task].values():
        assert (task.status == "suppressed") <= (task.rule is not None)
        assert (task.let_through_on is not None) <= (task.consent_purpose != "service")
    marketing = [consent.granted for consent in teller.state.consents if consent.purpose in (None, "marketing")]
    if marketing and not marketing[-1]:
        waiting = [task for task in teller.state.tasks if task.consent_purpose == "marketing" and task.status == "open"]
        assert all(task.let_through_on is None for task in waiting)
    spoken = Counter(place_of(teller.tables[Task][fact.task_id]) for fact in teller.said("contact.suppressed"))
    assert spoken.keys() <= {place_of(task) for task in teller.tables[Task].values()}
